"""What the stage results of one zone come to: readings, curves, remarks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import barrier, delivery, healing, insertion, outcome
from .. import skin as sections
from ..case import Case, Patient, Zone
from ..core.errors import Notice
from ..evidence import Draws
from ..flows import Channels, Curve, Exposure, Punctures, Reading, TissueHistory
from ..history import Person
from .run import ZoneRun


@dataclass(frozen=True)
class Output:
    """What one zone contributes to the run."""

    run: ZoneRun
    readings: tuple[Reading, ...]
    curves: tuple[Curve, ...]  # of the outcome; those of the stages follow from `run`
    notices: tuple[Notice, ...]
    trials: dict[str, tuple[str, ...]]
    counts: dict[str, outcome.Counts]


def read_zone(case: Case, who: Person, run: ZoneRun, draws: Draws, usual: TissueHistory | None) -> Output:
    """What one zone's stage results come to."""
    zone, days, course = run.zone, case.session_days, course_of(case, run)
    belief, also = outcome.Belief(draws, reference=usual), _observed_days(case, zone)
    read = outcome.read_out(zone, who, run.skin, course, belief, also=also)
    return Output(
        run,
        (*_readings(run, who.patient, days, draws), *read.readings),
        read.curves,
        (*_notices(run, draws), *read.notices),
        dict(read.sources),
        dict(read.counts),
    )


def course_of(case: Case, run: ZoneRun) -> outcome.Course:
    """What the outcome of a zone is read from."""
    return outcome.Course(
        run.history,
        run.punctures,
        run.channels,
        run.exposures,
        [a.adjunct for a in case.course.adjuncts if a.zones is None or run.zone.key in a.zones],
        session_days=case.session_days,
        device="" if run.device is None else run.device.kind.parameters,
        numb={n.session: outcome.Blocked(delivery.along_needle(n), n.behind()) for n in run.numb},
    )


def _observed_days(case: Case, zone: Zone) -> list[float]:
    """Days on which something was measured in this zone: the twin is read on them too."""
    return sorted({seen.time for seen in case.observations if seen.zone == zone.key and seen.time is not None})


def _readings(run: ZoneRun, patient: Patient, days: tuple[float, ...], draws: Draws) -> Iterator[Reading]:
    yield from sections.readings(run.skin)
    for punctures, channels in zip(run.punctures, run.channels, strict=True):
        day = days[punctures.session]
        yield from insertion.readings(punctures, day, run.zone.area)
        yield from barrier.readings(channels, draws, day)
    for exposure in run.exposures:
        yield from delivery.readings(exposure, run.skin, days[exposure.session])
    for numb in run.numb:
        yield from delivery.numb_readings(numb, draws, days[numb.session])
    yield from healing.readings(run.history, run.punctures, run.skin, patient, draws)


def stage_curves(run: ZoneRun) -> Iterator[Curve]:
    """Time courses of stage results; those of tissue are views of what the run keeps."""
    for channels in run.channels:
        yield from barrier.curves(channels)
    for exposure in run.exposures:
        yield from delivery.curves(exposure)
    for numb in run.numb:
        yield delivery.numb_curve(numb)
    yield from healing.curves(run.history)


def _notices(run: ZoneRun, draws: Draws) -> tuple[Notice, ...]:
    parts: list[Punctures | Channels | Exposure] = [*run.punctures, *run.channels, *run.exposures]
    numb = (notice for found in run.numb[:1] for notice in delivery.numb_notices(found, draws))
    return (*run.skin.notices, *(n for part in parts for n in part.notices), *numb, *run.history.notices)
