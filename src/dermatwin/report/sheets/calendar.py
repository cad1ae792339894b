"""The dates of a course as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256

from ...case import dump_case
from ...evidence.rows.advice import ClockRow
from ...evidence.timetable import reading_days
from ...twin import Run
from .about import session_dates
from .tongue import WEEK, Tongue, tongue


def calendar(run: Run, language: Tongue | None = None) -> str:
    """Whole-day events, the same bytes for the same run."""
    said = language or tongue()
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//dermatwin//course//{said.language.upper()}", "CALSCALE:GREGORIAN"]
    course = _course(run)
    for number, (day, text) in enumerate(_events(run, said)):
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


def _events(run: Run, said: Tongue) -> Iterator[tuple[date, str]]:
    days = session_dates(run)
    sun, retinoid, again = (
        _hours(run, "before", "sun"),
        _hours(run, "before", "retinoid"),
        _hours(run, "aftercare", "retinoid"),
    )
    for number, day in enumerate(days, start=1):
        told = said.number(number)
        yield (
            day - timedelta(hours=sun),
            said.say("Session {number} in {lasting}: no tan, no sunburn", number=told, lasting=said.lasting(sun)),
        )
        yield (
            day - timedelta(hours=retinoid),
            said.say(
                "Session {number} in {lasting}: stop retinoids and acids on this skin",
                number=told,
                lasting=said.lasting(retinoid),
            ),
        )
        yield day, said.say("Microneedling session {number} of {all}", number=told, all=said.number(len(days)))
        yield (
            day + timedelta(hours=again),
            said.say(
                "{lasting} after session {number}: photographs; retinoids and acids again if calm",
                number=told,
                lasting=said.lasting(again),
            ),
        )
    for later in reading_days(run.evidence):
        weeks = said.number(later / WEEK)
        yield (
            days[-1] + timedelta(days=later),
            said.say("Result {weeks} weeks after the last session: photographs and score", weeks=weeks),
        )


def _hours(run: Run, phase: str, activity: str) -> float:
    """Hours that the clock gives an activity."""
    return max(row.lasting for row in run.evidence.rows(ClockRow) if (row.phase, row.activity) == (phase, activity))


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
