"""What to leave and what to do, by hours around a session: rows of `clock.csv` for the places of this course.

Every date and every span of a sheet comes from here: the hours of a row, or what the run computes where that is longer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ...evidence.rows.advice import ClockRow
from ...naming import Detail, Name
from .about import About, Treated, applies, stands
from .tongue import Tongue

WAITING = {  # quantity -> the closing behind it, and the sentence about both
    "no_makeup_before": (
        Name("closure_time_for", Detail(permeant="makeup_pigment")),
        "{zone}: as computed, the channels close to pigment after about {middle} in the middle case, and within {hours} "
        "in at least 95 of 100, with what is not known counted in. Clinics usually say {usual}.",
    ),
    "no_actives_before": (
        Name("closure_time_dye"),
        "{zone}: as computed, the channels close to small molecules after about {middle} in the middle case, and within "
        "{hours} in at least 95 of 100, with what is not known counted in. Clinics usually say {usual}.",
    ),
}
BEFORE = "before"
DAY, HALF_DAY = 24.0, 12.0  # h
MOST_DATES = 6  # of a course with more sessions the first date alone is written


@dataclass(frozen=True)
class Line:
    """One instruction: where it holds (empty: everywhere that is treated), and what the run computes for it."""

    text: str
    zones: str
    computed: list[str]
    notes: str


@dataclass(frozen=True)
class Stretch:
    """Instructions that begin together before a session, or end together after it, and the dates of that day."""

    head: str
    dates: str
    lines: list[Line]


@dataclass(frozen=True)
class Instruction:
    """A row that applies to this person, the zones that it is about, and what the run computes for it there."""

    row: ClockRow
    places: tuple[Treated, ...]
    waits: tuple[tuple[Treated, Wait], ...]

    @property
    def hours(self) -> float:
        """Hours for which it holds: as customary, longer where the channels of a zone are open for longer."""
        return max([self.row.lasting, *(wait.hours for _, wait in self.waits)])


def instructions(about: About, phase: str) -> list[Instruction]:
    """Those of a phase that apply to this person, in the order of their days."""
    rows = [row for row in about.run.evidence.rows(ClockRow) if row.phase == phase and _is_meant(row, about)]
    found = (_instruction(row, about) for row in sorted(rows, key=lambda row: (row.from_h, row.to_h)))
    return [one for one in found if one.places]


def _instruction(row: ClockRow, about: About) -> Instruction:
    places = _zones(row, about)
    waits = tuple((treated, wait) for treated in places if (wait := _wait(row, treated, about)) is not None)
    return Instruction(row, places, waits)


def longest(found: Iterable[Instruction]) -> float | None:
    """Hours of the longest of some instructions; None of none."""
    return max((one.hours for one in found), default=None)


def day_of(session: date, hours: float, phase: str) -> date:
    """The day on which a stretch of hours begins before a session, or ends after it; less than a day is the same day."""
    whole = math.ceil(hours / DAY) if hours >= DAY else 0
    return session + timedelta(days=-whole if phase == BEFORE else whole)


def _is_meant(row: ClockRow, about: About) -> bool:
    held = (f for f in about.who.facts if f.status not in ("denied", "family", "past") and f.role != "allergy")
    return applies(about.run, row.applies_if) and (not row.concepts or any(f.kinds & set(row.concepts) for f in held))


def _zones(row: ClockRow, about: About) -> tuple[Treated, ...]:
    return tuple(treated for treated in about.zones if stands(row.sites, treated.site))


def stretches(about: About, phase: str) -> list[Stretch]:
    """The instructions of a phase by the day on which they begin (before) or end (after)."""
    found: dict[float, list[Line]] = {}
    for one in instructions(about, phase):
        found.setdefault(one.hours, []).append(_line(one, about))
    return [
        Stretch(_head(hours, phase, about.tongue), _dates(hours, phase, about), found[hours])
        for hours in sorted(found, reverse=phase == BEFORE)
    ]


def _head(hours: float, phase: str, tongue: Tongue) -> str:
    if phase != BEFORE:
        return tongue.say("Until {lasting} after", lasting=tongue.lasting(hours))
    if hours < DAY:
        return tongue.say("On the day")
    return tongue.say("From {lasting} before", lasting=tongue.lasting(hours))


def _dates(hours: float, phase: str, about: About) -> str:
    """The day of each session on which a stretch begins or ends; of many sessions the first alone."""
    days = about.days if len(about.days) <= MOST_DATES else about.days[:1]
    return " · ".join(about.tongue.short(day_of(day, hours, phase)) for day in days)


def _line(one: Instruction, about: About) -> Line:
    tongue, row = about.tongue, one.row
    names = [] if len(one.places) == len(about.zones) else [treated.name for treated in one.places]
    return Line(
        text=tongue.say(row.instruction, lasting=tongue.lasting(one.hours)),
        zones=tongue.listing(names),
        computed=[_computed(row, treated, wait, tongue) for treated, wait in one.waits],
        notes=about.notes.mark(row.source),
    )


@dataclass(frozen=True)
class Wait:
    """What the run computes for an instruction in one zone [h].

    `hours` is the upper end (95 %) over people and sessions, rounded up to half a day, never sooner than the instruction
    ends; `middle` the median, rounded up.
    """

    hours: float
    middle: float


def _wait(row: ClockRow, treated: Treated, about: About) -> Wait | None:
    if row.computed is None:
        return None
    closing, _ = WAITING[row.computed]
    ends = [end.band[2] for end in about.run.find(row.computed, treated.key)]
    middles = [end.band[1] for end in about.run.find(closing.quantity, treated.key, closing.detail)]
    if not ends or not all(math.isfinite(end) for end in (*ends, *middles)):
        return None
    return Wait(max(math.ceil(max(ends) / HALF_DAY) * HALF_DAY, row.lasting), math.ceil(max(middles)))


def _computed(row: ClockRow, treated: Treated, wait: Wait, tongue: Tongue) -> str:
    _, sentence = WAITING[row.computed or ""]
    lasting = tongue.lasting
    hours, middle, usual = lasting(wait.hours), lasting(wait.middle), lasting(row.lasting)
    return tongue.say(sentence, zone=treated.name, hours=hours, middle=middle, usual=usual)
