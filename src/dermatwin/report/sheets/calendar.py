"""The dates of a course as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

from ...case import dump_case
from ...evidence.rows.advice import Activity
from ...evidence.timetable import reading_days
from ...twin import Run
from .about import About, about
from .clock import day_of, instructions, longest
from .tongue import WEEK, Tongue, tongue

SUN: tuple[Activity, ...] = ("sun",)
ACTIVES: tuple[Activity, ...] = ("retinoid", "acid")


def calendar(run: Run, language: Tongue | None = None) -> str:
    """Whole-day events, the same bytes for the same run."""
    said = language or tongue()
    made = about(run, said)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//dermatwin//course//{said.language.upper()}", "CALSCALE:GREGORIAN"]
    course = _course(run)
    for number, (day, text) in enumerate(_events(made)):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}-{_date(day)}-{course}@dermatwin",
            f"DTSTAMP:{_date(run.case.course.start)}T000000Z",
            f"DTSTART;VALUE=DATE:{_date(day)}",
            f"SUMMARY:{_escaped(text)}",
            "END:VEVENT",
        ]
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _course(run: Run) -> str:
    """What tells this course from every other one: a calendar holds those of many people."""
    return sha256(f"{run.provenance['seed']}\n{dump_case(run.case)}".encode()).hexdigest()[:24]


def _date(day: date) -> str:
    """A day in eight digits; a year has four on every system."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _events(made: About) -> Iterator[tuple[date, str]]:
    say, number = made.tongue.say, made.tongue.number
    for session, day in enumerate(made.days, start=1):
        yield from _leading_up(session, day, made)
        yield day, say("Microneedling session {number} of {all}", number=number(session), all=number(len(made.days)))
        yield from _afterwards(session, day, made)
    for later in reading_days(made.run.evidence):
        weeks = number(later / WEEK)
        yield (
            made.days[-1] + timedelta(days=later),
            say("Result {weeks} weeks after the last session: photographs and score", weeks=weeks),
        )


def _leading_up(session: int, day: date, made: About) -> Iterator[tuple[date, str]]:
    """When to begin to leave what must be left before a session."""
    say, told = made.tongue.say, made.tongue.number(session)
    if (sun := _hours(SUN, "before", made)) is not None:
        text = say("Session {number} in {lasting}: no tan, no sunburn", number=told, lasting=made.tongue.lasting(sun))
        yield day_of(day, sun, "before"), text
    if (stop := _hours(ACTIVES, "before", made)) is not None:
        lasting = made.tongue.lasting(stop)
        text = say("Session {number} in {lasting}: stop retinoids and acids on this skin", number=told, lasting=lasting)
        yield day_of(day, stop, "before"), text


def _afterwards(session: int, day: date, made: About) -> Iterator[tuple[date, str]]:
    """When what was left may begin again; not where the next session already asks to leave it."""
    hours = _hours(ACTIVES, "aftercare", made)
    if hours is None:
        return
    again, stop = day_of(day, hours, "aftercare"), _hours(ACTIVES, "before", made) or 0.0
    say, told, lasting = made.tongue.say, made.tongue.number(session), made.tongue.lasting(hours)
    if session < len(made.days) and again >= day_of(made.days[session], stop, "before"):
        text = say(
            "{lasting} after session {number}: photographs; no retinoids and acids yet, the next session is near",
            number=told,
            lasting=lasting,
        )
    else:
        text = say(
            "{lasting} after session {number}: photographs; retinoids and acids again if calm", number=told, lasting=lasting
        )
    yield again, text


def _hours(activities: tuple[Activity, ...], phase: str, made: About) -> float | None:
    """Hours that the clock gives some activities here, the longest; None where it does not speak of them."""
    return longest(one for one in instructions(made, phase) if one.row.activity in activities)


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text


def _folded(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; what goes on starts with a space."""
    while len(line.encode()) > 75:
        cut = 74
        while len(line[:cut].encode()) > 74:
            cut -= 1
        yield line[:cut]
        line = " " + line[cut:]
    yield line
