"""The stages chained over the treatment sessions: case in, Run out.

    needle -> channel -> delivery, at every session; then healing over the whole course; then outcome.

Nothing flows back. Each stage sees only its inputs and the draws; two cases simulated under the same seed share the
luck of every person (paired comparison).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from .. import barrier, delivery, healing, insertion, outcome
from .. import skin as sections
from ..case import Case, Patient, Topical, Zone
from ..core.chance import Luck
from ..core.errors import CaseError, Fault, Notice
from ..core.notebook import Notebook
from ..core.vocabulary import SOURCES
from ..device import find as find_device
from ..evidence import Draws, Evidence
from ..flows import Channels, Curve, Exposure, Punctures, Reading, TissueHistory
from ..history import Person, person_in
from ..screening import Screening, screen
from .endpoints import Endpoint, endpoint, key_of
from .guards import guards
from .provenance import provenance, remarks
from .resolve import ZonePlan, resolve
from .run import Run, ZoneRun
from .weighing import Ranked, closed_draws, weight
from .weight import Weight

Progress = Callable[[float, str], None]
Staged = tuple[tuple[ZoneRun, ...], TissueHistory | None]
"""Stage results by zone, and those of the usual course."""
MAX_DRAWS = 20_000
HUMAN = "human"


@dataclass(frozen=True)
class _Output:
    """What one zone contributes to the run."""

    run: ZoneRun
    readings: tuple[Reading, ...]
    curves: tuple[Curve, ...]
    notices: tuple[Notice, ...]
    trials: dict[str, tuple[str, ...]]
    counts: dict[str, outcome.Counts]


def simulate(
    case: Case,
    draws: int = 200,
    seed: int = 1,
    *,
    progress: Progress | None = None,
    vary: frozenset[str] = frozenset(SOURCES),
    evidence: Evidence | None = None,
    split: bool = False,
) -> Run:
    """Run the twin on a case.

    Parameters
    ----------
    case : the run document (`load_case`).
    draws : number of possible people; 5-95 % bands need some hundreds.
    seed : any non-negative integer; the same seed gives the same run, byte for byte.
    progress : called with (share done, what is being done).
    vary : sources of spread that are switched on, of 'knowledge', 'person' and 'chance'.
    evidence : beliefs other than the packaged ones.
    split : whether every endpoint says which grades and sources its spread comes from, and which parameters carry most of it
        (`weighing`); takes as long as the run once more, so that inner loops leave it out. No other number depends on it.

    Raises
    ------
    CaseError : a name in the case is unknown or a setting does not fit; carries every fault.
    ComputationError : mass, positivity or finiteness was violated; says where and when.
    """
    _require_sane(draws, seed)
    tell = progress or untold
    tell(0.0, "reading the evidence")
    believed = Draws(evidence or Evidence.packaged(), Luck(seed, draws, vary), Notebook(keep=split))
    plans = resolve(case, believed.evidence)
    screening = screen(case, believed.evidence)
    whole, closing = _part(tell, 0, 2 if split else 1), _part(tell, 1, 2)
    zones, usual = _stages(case, plans, believed, whole)
    whole(0.95, "outcome")
    found = read(case, screening, zones, usual, guards(case, zones, believed), believed)
    return _weighed(found, plans, believed, closing) if split else found


def _stages(case: Case, plans: tuple[ZonePlan, ...], draws: Draws, tell: Progress) -> Staged:
    """All stages of all zones, and the reference course where a concern is set against it."""
    tell(0.02, "the reference course")
    usual = usual_course(draws) if case.patient.species == HUMAN and any(zone.concerns for zone in case.zones) else None
    who = person_in(case, draws.evidence)
    parts = (_part(tell, number, len(plans)) for number in range(len(plans)))
    return tuple(_run_zone(case, who, plan, draws, part) for plan, part in zip(plans, parts, strict=True)), usual


def _weighed(run: Run, plans: tuple[ZonePlan, ...], draws: Draws, tell: Progress) -> Run:
    """The run with the split of every endpoint: the stages once more, each group of beliefs closed in some lanes."""
    lanes, who = closed_draws(draws), person_in(run.case, draws.evidence)
    zones, usual = _stages(run.case, plans, lanes, lambda share, what: tell(share, f"where the spread comes from: {what}"))
    found = (reading for zone in zones for reading in _read_zone(run.case, who, zone, lanes, usual).readings)
    closed = {key_of(reading): reading.values for reading in found}
    read = Ranked.of(draws.notes.kept or {})
    ends = [(end, closed.get(end.key)) for end in run.endpoints]
    weighed = [None if values is None else weight(end, values, read, draws.evidence) for end, values in ends]
    return replace(run, endpoints=tuple(replace(e, weight=w) for e, w in zip(run.endpoints, weighed, strict=True)))


def read(
    case: Case,
    screening: Screening,
    zones: tuple[ZoneRun, ...],
    usual: TissueHistory | None,
    guarded: tuple[delivery.Guard, ...],
    believed: Draws,
    weights: Iterable[Weight] = (),
) -> Run:
    """Endpoints, curves and notices of stage results; `weights` are those of the run that they come from."""
    who = person_in(case, believed.evidence)
    outputs = [_read_zone(case, who, zone, believed, usual) for zone in zones]
    weighed = {one.key: one for one in weights}
    missing = delivery.not_computed(case.course.topicals, believed.evidence)
    notices = (*remarks(believed.evidence), *missing, *(notice for output in outputs for notice in output.notices))
    return Run(
        case=case,
        screening=screening,
        zones=zones,
        guards=guarded,
        reference=usual,
        endpoints=tuple(replace(end, weight=weighed.get(end.key)) for end in _endpoints(outputs, believed.evidence)),
        curves=tuple(curve for output in outputs for curve in output.curves),
        notices=tuple(dict.fromkeys(notices)),
        provenance=provenance(believed, believed.luck.vary),
        evidence=believed.evidence,
    )


def untold(share: float, what: str) -> None:
    """Progress of which nobody wants to hear."""


def _require_sane(draws: int, seed: int) -> None:
    faults: list[Fault] = []
    if not 1 <= draws <= MAX_DRAWS:
        faults.append(Fault("draws", str(draws), f"is outside 1-{MAX_DRAWS}"))
    if not 0 <= seed < 2**64:
        faults.append(Fault("seed", str(seed), "is outside 0-18446744073709551615"))
    if faults:
        raise CaseError(faults)


def _part(tell: Progress, number: int, count: int) -> Progress:
    return lambda share, what: tell((number + share) / count, what)


def usual_course(draws: Draws) -> TissueHistory:
    """The usual course of the trials, healed under the same draws: what is unknown of the network then cancels."""
    course = outcome.reference_course(draws)
    skin = sections.section_of(course.zone, course.person.patient, draws)
    device = find_device(course.device, draws.evidence)
    punctures = [insertion.insert(device, course.settings, skin, draws, n) for n in range(len(course.session_days))]
    return healing.heal(punctures, course.session_days, skin, course.person, course.horizon, draws)


def _run_zone(case: Case, who: Person, plan: ZonePlan, draws: Draws, tell: Progress) -> ZoneRun:
    """All stages of one zone."""
    zone, days = plan.zone, case.session_days
    skin = sections.section_of(zone, who.patient, draws)
    tell(0.05, f"{zone.key}: needles")
    punctures = _needle(plan, skin, draws, len(days))
    covered = case.course.aftercare.occlusion or 0.0
    soothed = healing.slows_barrier(who, draws.evidence)
    channels = tuple(barrier.close(p, skin, draws, covered_h=covered, anti_inflammatory=soothed) for p in punctures)
    tell(0.15, f"{zone.key}: delivery")
    exposures = tuple(_deliver(case, zone, channels, skin, draws))
    numb = tuple(_numb(exposures, draws))
    tell(0.4, f"{zone.key}: healing")
    history = healing.heal(punctures, days, skin, who, case.horizon, draws)
    return ZoneRun(zone, skin, plan.device, plan.settings, punctures, channels, exposures, history, numb)


def _read_zone(case: Case, who: Person, run: ZoneRun, draws: Draws, usual: TissueHistory | None) -> _Output:
    """What one zone's stage results come to."""
    zone, days = run.zone, case.session_days
    adjuncts = [a.adjunct for a in case.course.adjuncts if a.zones is None or zone.key in a.zones]
    course = outcome.Course(
        run.history,
        run.punctures,
        run.channels,
        run.exposures,
        adjuncts,
        session_days=days,
        numb={n.session: outcome.Blocked(delivery.along_needle(n), n.behind()) for n in run.numb},
    )
    belief, also = outcome.Belief(draws, reference=usual), _observed_days(case, zone)
    read = outcome.read_out(zone, who, run.skin, course, belief, also=also)
    return _Output(
        run,
        (*_readings(run, who.patient, days, draws), *read.readings),
        (*_curves(run), *read.curves),
        (*_notices(run, draws), *read.notices),
        dict(read.sources),
        dict(read.counts),
    )


def _observed_days(case: Case, zone: Zone) -> list[float]:
    """Days on which something was measured in this zone: the twin is read on them too."""
    return sorted({seen.time for seen in case.observations if seen.zone == zone.key and seen.time is not None})


def _needle(plan: ZonePlan, skin: sections.Skin, draws: Draws, sessions: int) -> tuple[Punctures, ...]:
    if plan.device is None or plan.settings is None:
        return ()
    return tuple(insertion.insert(plan.device, plan.settings, skin, draws, session) for session in range(sessions))


def _deliver(
    case: Case, zone: Zone, channels: tuple[Channels, ...], skin: sections.Skin, draws: Draws
) -> Iterator[Exposure]:
    for channel in channels:
        for topical in case.course.topicals:
            if _applies(topical, zone.key, channel.session):
                yield from delivery.deliver(topical, channel, skin, draws)


def _numb(exposures: tuple[Exposure, ...], draws: Draws) -> Iterator[delivery.Numbness]:
    """The block of nerves in every session in which something numbs."""
    for session in sorted({exposure.session for exposure in exposures}):
        found = delivery.numb([exposure for exposure in exposures if exposure.session == session], draws)
        if found is not None:
            yield found


def _applies(topical: Topical, zone: str, session: int) -> bool:
    here = topical.zones is None or zone in topical.zones
    return here and (topical.sessions is None or session + 1 in topical.sessions)


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


def _curves(run: ZoneRun) -> Iterator[Curve]:
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


def _endpoints(outputs: list[_Output], evidence: Evidence) -> list[Endpoint]:
    return [
        endpoint(reading, evidence, output.trials.get(reading.name, ()), output.counts.get(reading.name))
        for output in outputs
        for reading in output.readings
    ]
