"""Printable sheets and a calendar for one run: before, session, aftercare.

The instructions are rows of `care_steps.csv`, each with a source; dates, settings and what to expect come from the run, and
so does the sentence beside an instruction whose row names a computed quantity. Nothing is computed here. An animal
experiment has no sheets.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.vocabulary import DARK_PHOTOTYPES
from ..evidence.rows.advice import CareStepRow, RedFlagRow
from ..evidence.timetable import reading_days
from ..naming import Detail, Name
from ..skin import site_of
from ..twin import Run
from . import words

if TYPE_CHECKING:
    import jinja2

    from ..case import Case

TEMPLATES = Path(__file__).parent / "templates"
SHEETS = {"before": "Before your sessions", "session": "Session record", "aftercare": "After your sessions"}
WAITING = {  # quantity -> what is to stay off the skin, the closing behind it, and what the channels close to
    "no_makeup_before": ("no make-up", Name("closure_time_for", Detail(permeant="makeup_pigment")), "its pigment"),
    "no_actives_before": ("no retinoids, acids or vitamin C", Name("closure_time_dye"), "small molecules"),
}
EMERGENCY = "emergency"
WEEK = 7
LONGEST_IN_HOURS = 72  # h; longer waits are spelt in days


def sheets(run: Run) -> dict[str, str]:
    """File name -> text: three pages and a calendar; empty for animals and for a case where nothing is treated."""
    treated = [zone for zone in run.zones if zone.punctures]
    if run.case.patient.species != "human" or not treated:
        return {}
    pages = {f"{phase}.html": _page(run, phase, title) for phase, title in SHEETS.items()}
    return {**pages, "calendar.ics": calendar(run)}


def session_dates(run: Run) -> list[date]:
    """Calendar dates of the treatment sessions."""
    return [run.case.course.start + timedelta(days=round(day)) for day in run.case.session_days]


@dataclass(frozen=True)
class Step:
    """One instruction: when it holds, and what the run computes for it."""

    text: str
    sources: str
    dates: list[str]
    computed: list[str]


@dataclass(frozen=True)
class Needled:
    """What is done in one zone."""

    name: str
    device: str
    passes: str
    length: str
    area: str


@dataclass(frozen=True)
class Flag:
    """A sign for which to call, with its window in words."""

    sign: str
    when: str
    action: str
    meanwhile: str


@dataclass(frozen=True)
class Sheet:
    """What one page shows."""

    title: str
    phase: str
    case: Case
    rows: list[Step]
    days: list[str]
    flags: list[Flag]
    zones: list[Needled]
    expected: list[str]
    style: str


def steps(run: Run, phase: str) -> list[CareStepRow]:
    """Instructions of a phase that apply to this person."""
    return [row for row in run.evidence.rows(CareStepRow) if row.phase == phase and _applies(run, row.applies_if)]


def signs(run: Run) -> list[tuple[RedFlagRow, str]]:
    """Signs for which to call, each with its window in words, emergencies first."""
    found = [(row, window(row.from_h, row.to_h)) for row in run.evidence.rows(RedFlagRow)]
    return sorted(found, key=lambda pair: pair[0].action != EMERGENCY)


def red_flags(run: Run) -> list[Flag]:
    """The same as they stand on a page."""
    return [Flag(row.sign, when, row.action, row.meanwhile) for row, when in signs(run)]


def window(start: float, last: float | None) -> str:
    """Hours after a session in words: 'first 24 hours', 'day 3 to week 39', 'from day 7'."""
    end = math.inf if last is None else last
    if start == 0.0:
        return (
            "at any time"
            if math.isinf(end)
            else f"first {_lasting(end)}"
            if end <= LONGEST_IN_HOURS
            else (f"until {_when(end)}")
        )
    return f"from {_when(start)}" if math.isinf(end) else f"{_when(start)} to {_when(end)}"


def _when(hours: float) -> str:
    """'day 3', from the fourth week on 'week 8'."""
    days = round(hours / 24.0)
    return f"day {days}" if days < 4 * WEEK else f"week {round(days / WEEK)}"


def _applies(run: Run, condition: str) -> bool:
    conditions = {
        "always": True,
        "dark": run.case.patient.phototype in DARK_PHOTOTYPES,
        "face": any(site_of(zone.skin, run.evidence).on_face for zone in run.zones),
        "anaesthetic": any(exposure.at_nerves is not None for zone in run.zones for exposure in zone.exposures),
    }
    return conditions[condition]


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _page(run: Run, phase: str, title: str) -> str:
    days = session_dates(run)
    dated = phase != "session"
    rows = [
        Step(row.instruction, ", ".join(row.source), [_span(day, row) for day in days] if dated else [], _waiting(run, row))
        for row in steps(run, phase)
    ]
    sheet = Sheet(
        title=title,
        phase=phase,
        case=run.case,
        rows=rows,
        days=[_spelt(day) for day in days],
        flags=red_flags(run) if phase == "aftercare" else [],
        zones=_zones(run),
        expected=_expected(run) if phase == "aftercare" else [],
        style=(TEMPLATES / "sheet.css").read_text(encoding="utf-8"),
    )
    return _environment().get_template("sheet.html").render(**vars(sheet))


def _span(day: date, row: CareStepRow) -> str:
    first, last = (day + timedelta(days=round(hours / 24)) for hours in (row.from_h, row.to_h))
    short = [f"{end.day} {end:%b}" for end in (first, last)]
    return short[0] if first == last else f"{short[0]} to {short[1]}"


def _waiting(run: Run, row: CareStepRow) -> list[str]:
    """What the run computes for an instruction, one sentence per zone; never sooner than the instruction ends.

    The hours are the upper end (95 %) over people and sessions, rounded up.
    """
    if row.computed is None:
        return []
    avoided, closing, entering = WAITING[row.computed]
    found = []
    for zone in run.zones:
        ends = [end.band[2] for end in run.find(row.computed, zone.zone.key)]
        middles = [end.band[1] for end in run.find(closing.quantity, zone.zone.key, closing.detail)]
        if ends and all(math.isfinite(end) for end in (*ends, *middles)):
            hours = max(math.ceil(max(ends)), row.to_h)
            found.append(
                f"{words.title(zone.zone.key)}: {avoided} before {_lasting(hours)}. As computed, the channels "
                f"close to {entering} after about {_lasting(math.ceil(max(middles)))} in the middle case, and by "
                "then in at least 95 of 100, with what is not known counted in."
            )
    return found


def _lasting(hours: float) -> str:
    return f"{hours:.0f} hours" if hours <= LONGEST_IN_HOURS else f"{math.ceil(hours / 24)} days"


def _spelt(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _zones(run: Run) -> list[Needled]:
    found = []
    for zone in run.zones:
        if zone.settings is None or zone.device is None:
            continue
        passes = "" if zone.settings.passes is None else str(zone.settings.passes)
        length, area = f"{zone.settings.needle_length:g} mm", f"{zone.zone.area:g} cm²"
        found.append(Needled(words.title(zone.zone.key), zone.device.name, passes, length, area))
    return found


def _expected(run: Run) -> list[str]:
    """What the run expects of the first days, in plain sentences."""
    texts = (
        ("downtime_makeup", "make-up covers the redness after"),
        ("downtime_unnoticeable", "others no longer notice it after"),
    )
    found = []
    for zone in run.zones:
        for name, text in texts:
            for end in run.find(name, zone.zone.key, Detail(session=1)):
                low, middle, high = end.band
                found.append(
                    f"{words.title(zone.zone.key)}: {text} about {middle:.1g} days; "
                    f"for nine in ten people between {low:.1g} and {high:.2g} days."
                )
    return found


def calendar(run: Run) -> str:
    """The dates as an iCalendar file (RFC 5545): whole-day events, the same bytes for the same run."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//dermatwin//course//EN", "CALSCALE:GREGORIAN"]
    for number, (day, text) in enumerate(_events(run)):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{number}-{run.provenance['seed']}-{day:%Y%m%d}@dermatwin",
            f"DTSTAMP:{run.case.course.start:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"SUMMARY:{_escaped(text)}",
            "END:VEVENT",
        ]
    return "".join(f"{folded}\r\n" for line in [*lines, "END:VCALENDAR"] for folded in _folded(line))


def _events(run: Run) -> Iterator[tuple[date, str]]:
    days = session_dates(run)
    for number, day in enumerate(days, start=1):
        yield day - timedelta(days=14), f"Session {number} in two weeks: no tan, no sunburn"
        yield day - timedelta(days=7), f"Session {number} in a week: stop retinoids and acids on this skin"
        yield day, f"Microneedling session {number} of {len(days)}"
        yield day + timedelta(days=7), f"A week after session {number}: photographs; retinoids and acids again if calm"
    for later in reading_days(run.evidence):
        yield (
            days[-1] + timedelta(days=later),
            f"Result {later / WEEK:g} weeks after the last session: photographs and score",
        )


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
