"""The head of a report: who, what, the verdict of the screening and the few numbers that matter most."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import words
from . import lookup, needle, result, subject

if TYPE_CHECKING:
    from ...case import Patient
    from ...twin import Run, ZoneRun

LEVELS = {"hard_stop": "stop", "soft_stop": "stop unless overridden", "caution": "caution", "info": "note"}
VERDICT_NAMES = {"ok": "OK", "caution": "Caution", "stop": "Stop"}
HEADLINE_DAYS = 182.0  # after the last session, where the change at the head is read
VERDICTS = {
    "ok": "No rule of the screening speaks against this course",
    "caution": "Go on only with the points below settled",
    "stop": "Do not treat as planned",
}
_PEOPLE = {"female": "Woman", "male": "Man"}


@dataclass(frozen=True)
class Figure:
    """One large number: what it is, its band and a remark."""

    label: str
    band: lookup.Band
    note: str = ""


@dataclass(frozen=True)
class Row:
    """The large numbers of one zone."""

    name: str
    detail: str
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True)
class Finding:
    """One finding of the screening in words."""

    level: str
    level_name: str
    title: str
    about: str
    reason: str
    action: str
    until: str
    sources: str
    overridden: bool
    override_reason: str


@dataclass(frozen=True)
class Opening:
    """What the head of the page shows."""

    title: str
    person: str
    course: str
    verdict: str
    verdict_name: str
    verdict_words: str
    findings: list[Finding]
    columns: list[tuple[str, str]]  # label, remark
    rows: list[Row]
    failed: str


def opening(run: Run) -> Opening:
    """Who, what, the verdict and the few numbers that matter most."""
    screening = run.screening
    rows = [_row(run, zone) for zone in run.zones]
    columns = _columns(rows)
    return Opening(
        title=run.case.title or "A course of microneedling",
        person=said_person(run.case.patient),
        course=course(run),
        verdict=screening.verdict,
        verdict_name=VERDICT_NAMES.get(screening.verdict, screening.verdict),
        verdict_words=VERDICTS.get(screening.verdict, ""),
        findings=_findings(run),
        columns=[(_label(rows, c), _shared_note(rows, c)) for c in columns],
        rows=[Row(row.name, row.detail, tuple(row.figures[c] for c in columns)) for row in rows],
        failed=_failed(run),
    )


def said_person(patient: Patient) -> str:
    """The person (or animal) in one line."""
    age = f"{words.given(patient.age)}{words.SPACE}{'year' if patient.age == 1 else 'years'}"
    if patient.species != "human":
        return f"{words.title(patient.species)}, {patient.sex}, {age}: an animal experiment, no clinical outcome is claimed"
    facts = [f"{_PEOPLE[patient.sex]}, {age}", f"skin phototype {patient.phototype}"]
    facts += ["smoker"] if patient.smoker else []
    facts += ["pregnant"] if patient.pregnant else []
    facts += ["breastfeeding"] if patient.breastfeeding else []
    facts += [item.name for item in (*patient.conditions, *patient.medications)]
    return ", ".join(facts)


def course(run: Run) -> str:
    """The course in one line."""
    days = lookup.session_days(run)
    devices = lookup.unique(zone.device.name for zone in run.zones if zone.device is not None)
    facts = [words.count(len(days), "session") + rhythm(days), f"from {words.day(run.case.course.start)}"]
    return ", ".join([*facts, *([words.listing(devices)] if devices else ["nothing is needled"])])


def rhythm(days: tuple[float, ...]) -> str:
    """' every 4 weeks', or nothing where the sessions are not evenly spaced."""
    gaps = {round(b - a, 3) for a, b in itertools.pairwise(days)}
    return f" {words.lapse(gaps.pop())} apart" if len(gaps) == 1 else ""


def _findings(run: Run) -> list[Finding]:
    """Findings of the screening, worst first, each with what to do."""
    return [
        Finding(
            level=finding.level,
            level_name=LEVELS.get(finding.level, finding.level),
            title=finding.title,
            about=", ".join(words.name(part) for part in (finding.zone, finding.concern) if part),
            reason=finding.reason,
            action=finding.action,
            until=finding.until,
            sources=", ".join(finding.sources),
            overridden=finding.overridden,
            override_reason=finding.override_reason,
        )
        for finding in run.screening.findings
    ]


def _row(run: Run, zone: ZoneRun) -> Row:
    figures = (_depth(run, zone), _closure(zone), _downtime(run, zone), _change(run, zone), _pigment(run, zone))
    site = words.name(zone.zone.zone)
    detail = "" if site == words.name(zone.zone.key) else site
    return Row(
        lookup.zone_name(zone), detail if zone.punctures else ", ".join(filter(None, [detail, "not needled"])), figures
    )


def _depth(run: Run, zone: ZoneRun) -> Figure | None:
    if not zone.punctures or zone.set_first is None:
        return None
    depths = zone.punctures[0].in_situ_depth
    set_to = words.given(zone.set_first.needle_length, "mm")
    found = needle.measured(run, zone, "in_situ_depth", lookup.band(depths[depths > 0.0], "mm"))
    return Figure("Depth that needles reach", found, f"set to {set_to}{lookup.in_first(zone)}")


def _closure(zone: ZoneRun) -> Figure | None:
    if not zone.channels:
        return None
    return Figure("Barrier closed again", lookup.band(zone.channels[0].closure_time[:, 0], "h"), "by water loss (TEWL)")


def _downtime(run: Run, zone: ZoneRun) -> Figure | None:
    found = lookup.first(run, "downtime_makeup", zone.zone.key)
    return (
        Figure("Downtime", lookup.of(found), "per session, with make-up")
        if found and zone.punctures and lookup.human(run)
        else None
    )


def _change(run: Run, zone: ZoneRun) -> Figure | None:
    """The one number of the head of the page: the change of the first concern about half a year after the last session."""
    found = [e for change in result.CHANGES for e in run.find(change.person, zone.zone.key) if e.time_days is not None]
    if not found:
        return None
    wanted = lookup.session_days(run)[-1] + HEADLINE_DAYS
    same = [e for e in found if (e.quantity, e.detail) == (found[0].quantity, found[0].detail)]
    best = min(same, key=lambda e: abs((e.time_days or 0.0) - wanted))
    after = words.lapse((best.time_days or 0.0) - lookup.session_days(run)[-1])
    lower = subject.better_is_lower(run, best.quantity, best.detail)
    good = (
        "" if lower is None or best.unit == "%" or lookup.is_share(best) else f" ({'less' if lower else 'more'} is better)"
    )
    about = subject.subject(run, best.quantity, best.detail)
    return Figure("Change to expect", lookup.of(best), f"{about}{good}, {after} after the last session")


def _pigment(run: Run, zone: ZoneRun) -> Figure | None:
    found = lookup.first(run, "pih_risk", zone.zone.key)
    return (
        Figure("Risk of dark marks", lookup.of(found), "whole course")
        if found and zone.punctures and lookup.human(run)
        else None
    )


def _columns(rows: list[Row]) -> list[int]:
    """Columns in which at least one zone has a number."""
    count = len(rows[0].figures)
    return [c for c in range(count) if any((f := row.figures[c]) is not None and f.band.known for row in rows)]


def _label(rows: list[Row], column: int) -> str:
    """The label of a column, from the first zone that has a number in it."""
    return next(figure.label for row in rows if (figure := row.figures[column]) is not None)


def _shared_note(rows: list[Row], column: int) -> str:
    """The remark of a column where all zones share it: said once, at its head."""
    notes = {figure.note for row in rows if (figure := row.figures[column]) is not None}
    return notes.pop() if len(notes) == 1 and len(rows) > 1 else ""


def _failed(run: Run) -> str:
    """Failed people are counted and shown, never dropped in silence."""
    failed = {lookup.zone_name(zone): run.failed[zone.zone.key] for zone in run.zones}
    parts = [f"{name}: {count} of {run.provenance.get('draws', '?')}" for name, count in failed.items() if count]
    return ", ".join(parts)
