"""Observations of a case made ready to be compared: what, where, when, after which session, how sure, and what is wrong.

A slip is asked about and never mended: a value that cannot be, a day before the session or in the future, a zone in which
nothing of the kind was done, a reader who does not read such a thing. Whether a value that can be is one that hardly anybody
has, only the twin knows (`judged`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ..case import Case, Observation
from ..core.errors import Fault
from ..core.units import factor
from ..evidence import Evidence
from ..evidence.rows.following import MeasureRow
from ..naming import Name
from ..twin.names import read_name
from .held import Course
from .measure import Sureness, limits, measures, scale_of, step_of, sureness
from .predicted import before, session_on
from .weights import Reading

SLIPS = (0.1, 10.0, 0.01, 100.0, 0.001, 1000.0)
"""Shifted points, which are what a slip of a unit or of a digit looks like."""

SESSION = "session"


@dataclass(frozen=True)
class Seen:
    """One observation. `day` counts from the first session, `session` is that of the sessions held, counted from 0."""

    number: int  # in the list of the case
    observation: Observation
    name: Name
    title: str
    zone: str
    day: float
    session: int | None
    unit: str  # of the prediction
    value: float  # in that unit
    reader: str
    row: MeasureRow | None
    sure: Sureness | None  # None: nobody knows
    left_out: str = ""  # why nothing is learnt from it

    @property
    def where(self) -> str:
        """Its place in the case."""
        return f"observations.{self.number}"

    @property
    def reading(self) -> Reading | None:
        """What is learnt from; None where nobody knows how sure it is."""
        if self.sure is None:
            return None
        group = f"{self.name.quantity}@{self.zone} {self.session}" if self.sure.chance else ""
        told = self.sure
        return Reading(self.value, told.form, told.floor, told.error, told.chance, group, self.observation.bound or "")


def seen_in(course: Course, evidence: Evidence, today: date | None = None) -> tuple[tuple[Seen, ...], tuple[Fault, ...]]:
    """The observations of a course as it was held, and every fault of them.

    today : the day on which this is asked; what is later is a fault. None: nobody said.
    """
    found: list[Seen] = []
    faults: list[Fault] = []
    for number, one in enumerate(course.told.observations):
        wrong, seen = _seen(number, one, course, evidence, today)
        faults += wrong
        if seen is not None and not wrong:
            found.append(seen)
    return tuple(found), (*faults, *_late_notes(course.case, today))


def _seen(
    number: int, one: Observation, course: Course, evidence: Evidence, today: date | None
) -> tuple[list[Fault], Seen | None]:
    where = f"observations.{number}"
    try:
        name = read_name(one.quantity, evidence)
    except ValueError as error:
        return [Fault(f"{where}.quantity", repr(one.quantity), str(error))], None
    row, quantity = measures(evidence).get(name.quantity), evidence.quantities[name.quantity]
    try:
        scale = factor(one.unit, quantity.unit)
    except ValueError:
        return [Fault(f"{where}.unit", repr(one.unit), f"is not a unit of {name.text}; write it in {quantity.unit}")], None
    named, faults = _placed(where, one, name, course, evidence)
    if faults or named is None:
        return faults, None
    day, session, name = named
    on = scale_of(name.quantity, name.detail.scale, evidence)
    reader = one.by or (row.usual if row is not None else "clinician")
    size = 1.0 if on is None else step_of(on, before(course.case.zone(one.zone), on.id, evidence), evidence)
    sure = sureness(one, row, reader, size, scale)
    seen = Seen(
        number,
        one,
        name,
        _title(name, row, evidence),
        one.zone,
        day,
        session,
        quantity.unit,
        one.value * scale,
        reader,
        row,
        sure,
    )
    faults = [*_impossible(seen, evidence), *_unread(seen), *_untimely(seen, course, evidence, today)]
    return faults, replace(seen, left_out=_left_out(seen))


def _placed(
    where: str, one: Observation, name: Name, course: Course, evidence: Evidence
) -> tuple[tuple[float, int | None, Name] | None, list[Fault]]:
    """Day, session among those held and the name with that session; faults where they cannot be said."""
    detail, kind = name.detail, evidence.quantities[name.quantity].detail
    if kind == SESSION:
        planned = detail.session
        if planned is None and one.time is not None:
            at = session_on(course.days, one.time)
            planned = None if at is None else course.planned[at]
        if planned is None:
            said = f"names no session; write for example '{name.quantity}[1]', or the time"
            return None, [Fault(f"{where}.quantity", repr(name.text), said)]
        number = course.number(planned)
        if number is None:
            missed = planned <= max(course.planned, default=0)
            said = "is about a session that was missed" if missed else "is about a session that this course does not have"
            return None, [Fault(f"{where}.quantity", repr(name.text), said)]
        day = course.days[number - 1] if one.time is None else one.time
        if day < course.days[number - 1]:
            said = f"is before the session that it is about, day {course.days[number - 1]:g}"
            return None, [Fault(f"{where}.time", f"{day:g} d", said)]
        return (day, number - 1, Name(name.quantity, replace(detail, session=number))), []
    if one.time is None:
        return None, [Fault(f"{where}.time", "", f"is missing; {name.text} changes from day to day")]
    if one.time < 0.0:
        return None, [Fault(f"{where}.time", f"{one.time:g} d", "is before the first session; nothing of it was done yet")]
    return (one.time, session_on(course.days, one.time), name), []


def _title(name: Name, row: MeasureRow | None, evidence: Evidence) -> str:
    detail = f" ({name.detail.text.replace('_', ' ')})" if name.detail.text else ""
    if name.detail.session is not None:
        detail = f", session {name.detail.session}"
    return (row.label if row is not None else evidence.quantities[name.quantity].title) + detail


def _impossible(seen: Seen, evidence: Evidence) -> Iterator[Fault]:
    """A value that the quantity cannot have, with what it would be if its point had slipped; a zone without needles."""
    if seen.row is not None:
        low, high = limits(seen.row, scale_of(seen.name.quantity, seen.name.detail.scale, evidence))
        if (low is not None and seen.value < low) or (high is not None and seen.value > high):
            fits = [
                seen.observation.value * slip
                for slip in SLIPS
                if (low is None or low <= seen.value * slip) and (high is None or seen.value * slip <= high)
            ]
            meant = f"; was {fits[0]:g} meant?" if fits and seen.value > 0.0 else ""
            ends = f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}"
            found = f"{seen.observation.value:g} {seen.observation.unit}".removesuffix(" 1")
            said = f"cannot be: {seen.row.label} goes from {ends.strip()} {seen.unit}".removesuffix(" 1").rstrip()
            yield Fault(f"{seen.where}.value", found, f"{said}{meant}")


def _unread(seen: Seen) -> Iterator[Fault]:
    """A reader who does not read such a thing."""
    if seen.row is not None and seen.sure is None and seen.observation.by is not None:
        others = [who for who in ("clinician", "patient", "device", "photo") if getattr(seen.row, who) is not None]
        said = f"does not read {seen.row.label}: write {' or '.join(others)}, or the 'error' of this reading"
        yield Fault(f"{seen.where}.by", seen.observation.by, said)


def _untimely(seen: Seen, course: Course, evidence: Evidence, today: date | None) -> Iterator[Fault]:
    """What was seen later than today, and what a session does in a zone that was not needled."""
    if today is not None and seen.day >= _age(course.case, today) + 1:
        yield Fault(
            f"{seen.where}.time", f"{seen.day:g} d", f"is in the future: today, {today}, is day {_age(course.case, today)}"
        )
    needs_needles = seen.row is not None and (seen.row.lasting == "fades" or seen.name.detail.session is not None)
    if needs_needles and not course.case.zone(seen.zone).treated:
        yield Fault(f"{seen.where}.zone", seen.zone, "was not treated; no session did anything there")
    start = before(course.case.zone(seen.zone), seen.name.detail.scale, evidence)
    if seen.name.quantity == "score" and start is None:
        said = (
            f"cannot be compared: no concern of {seen.zone} has a severity on it; write scale and severity with the concern"
        )
        yield Fault(f"{seen.where}.quantity", seen.name.text, said)


def _age(case: Case, today: date) -> int:
    return (today - case.course.start).days


def _late_notes(case: Case, today: date | None) -> Iterator[Fault]:
    """Symptoms that were noted later than today."""
    for number, noted in enumerate(case.symptoms):
        if today is not None and noted.time is not None and noted.time >= _age(case, today) + 1:
            said = f"is in the future: today, {today}, is day {_age(case, today)}"
            yield Fault(f"symptoms.{number}.time", f"{noted.time:g} d", said)


def _left_out(seen: Seen) -> str:
    """Why nothing is learnt from an observation; '' where it is."""
    if seen.observation.n is not None and seen.observation.n > 1:
        return f"a mean of {seen.observation.n} people is not one person"
    if seen.sure is None:
        return "nobody knows how sure it is; write its error"
    return ""
