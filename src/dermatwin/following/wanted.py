"""What is asked of every possible person: what was observed, what is foreseen, what could be measured, courses to draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..evidence import Evidence
from ..evidence.timetable import reading_days
from ..naming import Detail, Name
from ..outcome import concerns
from .held import Course
from .people import Ask
from .predicted import before, session_on
from .seen import Seen

AFTER = (1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 28.0)  # numerical: days after a session on which one may look again
DRAWN = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 9.0, 11.0, 14.0, 21.0, 27.9)  # numerical: days
WATCHED = 28.0  # numerical: days after a session over which a course is drawn
COURSES = ("redness_grade", "swelling_grade", "soreness", "erythema_index", "tewl", "skin_redness")
"""Measures that may be read on any day after a session."""
DRAWN_TOO = ("erythema_rise", "skin_lightness", "skin_yellowness")
NEXT = ("pain_vas", "redness_duration", "swelling_duration", "soreness_duration", "downtime_makeup", "downtime_unnoticeable")
"""What is foreseen of a session."""
LASTING = ("redness_duration", "swelling_duration", "soreness_duration", "bruise_duration")


@dataclass(frozen=True)
class Wanted:
    """Everything that is asked of every person."""

    seen: dict[int, Ask]
    forecast: tuple[Ask, ...]
    coming: tuple[Ask, ...]
    lasting: tuple[Ask, ...]
    courses: dict[tuple[str, str], tuple[Ask, ...]]

    @property
    def every(self) -> tuple[Ask, ...]:
        """All of it, each once."""
        drawn = (ask for asks in self.courses.values() for ask in asks)
        return tuple(dict.fromkeys((*self.seen.values(), *self.forecast, *self.coming, *self.lasting, *drawn)))

    @staticmethod
    def of(course: Course, seen: Sequence[Seen], now: float, zones: Sequence[str], evidence: Evidence) -> Wanted:
        """What is asked of a course on a day."""
        asks = {one.number: Ask(one.name, one.zone, one.day, one.session) for one in seen}
        drawn = {
            (one.name.text, one.zone): _drawn(one, course, now)
            for one in seen
            if one.name.quantity in (*COURSES, *DRAWN_TOO)
        }
        lasting = tuple(
            Ask(Name(name, Detail(session=n + 1)), zone, day, n)
            for zone in zones
            for n, day in enumerate(course.days)
            if day <= now
            for name in LASTING
        )
        return Wanted(
            asks, _of_forecast(course, now, zones, evidence), _of_coming(course, now, zones, evidence), lasting, drawn
        )


def now_of(course: Course, seen: Sequence[Seen], today: date | None) -> float:
    """The day until which something is known: today, else the last thing that was told."""
    if today is not None:
        return float(min((today - course.case.course.start).days, course.case.horizon))
    told = [one.day for one in seen]
    told += [noted.time for noted in course.case.symptoms if noted.time is not None]
    return max(told, default=0.0)


def _of_forecast(course: Course, now: float, zones: Sequence[str], evidence: Evidence) -> tuple[Ask, ...]:
    """The session under way, the next one, and the last reading of every concern."""
    latest = session_on(course.days, now)
    numbers = [n for n in (latest, 0 if latest is None else latest + 1) if n is not None and n < len(course.days)]
    sessions = [
        Ask(Name(name, Detail(session=n + 1)), zone, course.days[n], n, later=course.days[n] > now)
        for zone in zones
        for n in numbers
        for name in NEXT
    ]
    return (*sessions, *_results(course, zones, evidence))


def _results(course: Course, zones: Sequence[str], evidence: Evidence) -> tuple[Ask, ...]:
    last = course.days[-1]
    readings = [day for after in reading_days(evidence) if (day := last + after) <= course.case.horizon]
    final = max(readings, default=course.case.horizon)
    found: list[Ask] = []
    for zone in zones:
        for one in course.case.zone(zone).concerns:
            detail = Detail(concern=one.concern)
            found.append(Ask(Name("relative_improvement", detail), zone, final, None))
        found.append(Ask(Name("pih_risk"), zone, last, None))
    return tuple(found)


def _of_coming(course: Course, now: float, zones: Sequence[str], evidence: Evidence) -> tuple[Ask, ...]:
    """What could be measured after now: on days after the session under way and after the next, and at readings."""
    found: list[Ask] = []
    latest = session_on(course.days, now)
    numbers = [n for n in (latest, 0 if latest is None else latest + 1) if n is not None and n < len(course.days)]
    for zone in zones:
        for n in numbers:
            later = course.days[n] > now
            until = course.days[n + 1] if n + 1 < len(course.days) else course.case.horizon
            days = [course.days[n] + after for after in AFTER if now < course.days[n] + after < until]
            found += [Ask(Name(name), zone, day, n, later) for day in days for name in COURSES]
            if later:
                found.append(Ask(Name("pain_vas", Detail(session=n + 1)), zone, course.days[n], n, later))
        found += _scores(course, now, zone, evidence)
    return tuple(found)


def _scores(course: Course, now: float, zone: str, evidence: Evidence) -> list[Ask]:
    """Scores of the zone's concerns at the usual readings that are still to come."""
    known = concerns(evidence)
    days = [course.days[-1] + day for day in reading_days(evidence)]
    found: list[Ask] = []
    for one in course.case.zone(zone).concerns:
        scale = one.scale or known[one.concern].default_scale
        if scale is not None and before(course.case.zone(zone), scale, evidence) is not None:
            name = Name("score", Detail(scale=scale))
            found += [Ask(name, zone, day, None) for day in days if now < day <= course.case.horizon]
    return found


def _drawn(one: Seen, course: Course, now: float) -> tuple[Ask, ...]:
    """Days over which an observed course is drawn: finely after each session, until the next or four weeks."""
    days: list[tuple[float, int]] = []
    for n, start in enumerate(course.days):
        if start > max(now, one.day) and n > (session_on(course.days, now) or 0) + 1:
            break
        end = min(course.days[n + 1] if n + 1 < len(course.days) else course.case.horizon, start + WATCHED)
        days += [(start + step, n) for step in DRAWN if start + step < end]
    return tuple(Ask(one.name, one.zone, day, n, later=course.days[n] > now) for day, n in days)
