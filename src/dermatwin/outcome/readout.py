"""Read a zone out: tissue, recovery, pain, risks and the clinical answer, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..case.document import Patient, Zone
from ..core.errors import Notice
from ..evidence import Draws, Pages
from ..evidence.timetable import reading_days
from ..flows import Curve, Reading, TissueHistory, standing_on
from ..history import Person
from ..naming import Detail
from ..skin.section import LAYERED, Skin
from . import appearance, recovery, tissue
from .belief import Belief
from .clinical import Answer, clinical
from .counts import Counts
from .course import Course
from .duration import duration_pool
from .pain import along, pain, pain_pool, piercing_depth, relief
from .risks import risks


@dataclass(frozen=True)
class ReadOut:
    """What one zone of one case comes to."""

    readings: tuple[Reading, ...]
    curves: tuple[Curve, ...]
    notices: tuple[Notice, ...]
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # reading -> studies pooled behind it
    answers: tuple[Answer, ...] = ()
    counts: Mapping[str, Counts] = field(default_factory=dict)  # reading -> numerators and denominators behind it


NOTHING_SEEN = ReadOut((), (), ())
TISSUE, COLOUR = "tissue", "colour"
PARTS = frozenset({TISSUE, COLOUR})
"""What of a read-out can be left out; recovery, pain, risks and the clinical answer always stand in it."""


def read_out(
    zone: Zone,
    person: Person,
    skin: Skin,
    course: Course,
    belief: Belief,
    *,
    also: Sequence[float] = (),
    parts: frozenset[str] = PARTS,
) -> ReadOut:
    """Every outcome of one zone; of `PARTS` those that are asked for.

    Readings on the days after the last session that the evidence names, those within the history, and on the days `also`
    (days after the first session on which somebody else measured); recovery and pain per session ([1] is the first);
    risks of the whole course. Actives that trials list as adjuncts count as such.
    """
    times = reading_times(course, belief.draws, also)
    sessions = [_session(course, number, skin, belief) for number in range(len(course.punctures))]
    risk = risks(zone, person, skin, course, belief)
    answers = clinical(zone, course, times, belief)
    seen = _appearance(zone, person.patient, skin, course.history, belief) if COLOUR in parts else NOTHING_SEEN
    readings = (
        *(tissue.readings(course.history, skin, belief.draws, times) if TISSUE in parts else ()),
        *(r for s in sessions for r in s.readings),
        *seen.readings,
        *risk.readings,
        *answers.readings,
    )
    sources = {**{k: v for s in sessions for k, v in s.sources.items()}, **risk.sources, **answers.sources}
    notices = (
        *_failed(zone, course.history),
        *(n for s in sessions for n in s.notices),
        *seen.notices,
        *risk.notices,
        *answers.notices,
    )
    return ReadOut(
        readings,
        (*(c for s in sessions for c in s.curves), *seen.curves),
        tuple(dict.fromkeys(notices)),
        sources,
        answers.answers,
        risk.counts,
    )


def reading_times(course: Course, draws: Draws, also: Sequence[float] = ()) -> np.ndarray:
    """Days after the first session at which outcomes are read, those within the history."""
    times = float(course.days[-1]) + np.array(reading_days(draws.evidence))
    every = np.union1d(times, [day for day in also if day > 0.0])
    return every[every <= course.history.time[-1]]


def _session(course: Course, number: int, skin: Skin, belief: Belief) -> ReadOut:
    """Recovery and pain of one session."""
    punctures, draws, exclude = course.punctures[number], belief.draws, belief.exclude
    page = Pages(draws)
    plain = pain(punctures, (), page["pain"], exclude)
    numb = course.numb.get(punctures.session)
    felt = None if numb is None else along(piercing_depth(punctures), numb.block, page["relief"])
    eased = relief(course.adjuncts, felt, page["relief"])
    hurting = page.of("pain") | punctures.behind("in_situ_depth", "density")
    easing = page.of("relief") | (frozenset() if numb is None else numb.reads | punctures.behind("in_situ_depth"))
    sore = recovery.Soreness(plain, eased, {"pain": hurting, "relief": easing})
    recovered = recovery.recover(course, number, skin, sore, belief)
    found, notices = recovery.readings(course, number, recovered, skin, draws)
    day, session = float(course.history.sessions[punctures.session]), Detail(session=punctures.session + 1)
    hurt = Reading("pain_vas", punctures.zone, "1", plain * (1.0 - sore.relief), day, session, sore.behind())
    lasting = duration_pool(draws, exclude).sources
    sources = {r.name: lasting for r in found if r.quantity in recovery.TIMED}
    return ReadOut(
        (*found, hurt),
        recovery.curves(punctures.session, punctures.zone, recovered, draws),
        notices,
        {**sources, hurt.name: pain_pool(draws, "needle", exclude).sources},
    )


def _appearance(zone: Zone, patient: Patient, skin: Skin, history: TissueHistory, belief: Belief) -> ReadOut:
    """Colour of needled human skin over the course; nothing where no needle went in, or in an animal."""
    if not history.sessions.size or patient.species != "human":
        return ReadOut((), (), ())
    own = belief.draws.apart()
    looks = appearance.look(skin, history, own, belief.reference)
    seen = own.reads.union(*(h.behind() for h in (history, belief.reference) if h is not None), skin.behind(*LAYERED))
    return ReadOut(
        standing_on(appearance.readings(zone.key, looks, belief.draws), seen),
        standing_on(appearance.curves(zone.key, looks), seen),
        appearance.notices(zone.key, looks),
    )


def _failed(zone: Zone, history: TissueHistory) -> tuple[Notice, ...]:
    lost = int((history.status != 0).any(axis=1).sum())
    return (
        (
            Notice(
                f"{zone.key}.healing",
                f"{lost} of {len(history.status)} draws failed to heal numerically and carry no number",
            ),
        )
        if lost
        else ()
    )
