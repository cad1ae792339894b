"""The whole conversation: who, where, what, then the anamnesis by its groups, then anything else."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from ..case import case_of
from ..core.printing import printable
from ..evidence import Evidence
from ..evidence.rows.history import AnamnesisRow
from ..history import Setting, applying, places
from ..history.language import tokens
from ..screening.asked import setting_of
from ..screening.target import targets
from .ask import Talk, asked
from .course import horizon, how, others, where, who
from .read import WHICH, day, optional, reply, text

Answer = str | dict[str, str]
"""An answer as the case file writes it: alone, or a record with what was said beside a yes."""

_FITS = "yes, no, or skip"
_LAST = {"procedure": "On which day, the last time"}
_DETAILS = {
    "which": ("Which, or what it is exactly", "empty: not known"),
    "zone": ("Where", "a site or a place; empty: not one place alone, or not known"),
    "since": ("Since when", "year-month-day; empty: not known"),
    "until": ("Until when", "year-month-day; empty: still so, or not known"),
}


def interview(evidence: Evidence, today: date) -> Talk[dict[str, Any]]:
    """A case as plain values, asked for from the first to the last question."""
    patient = yield from who(evidence)
    zones = yield from where(evidence)
    course = yield from how(zones, today, evidence)
    names = ", ".join(zone["zone"].replace("_", " ") for zone in zones)
    title = f"{names[:1].upper()}{names[1:]}"
    values = {
        "dermatwin": 1,
        "title": title,
        "patient": patient,
        "zones": zones,
        "course": course,
        "horizon": horizon(course),
    }
    case = case_of(values)
    patient["anamnesis"] = yield from anamnesis(setting_of(case, targets(case, evidence), evidence), evidence)
    patient |= yield from others()
    return values


def anamnesis(setting: Setting, evidence: Evidence) -> Talk[dict[str, Answer]]:
    """Every question that applies, each with those that its yes opens; a skipped one is kept as not asked."""
    rows, found, group = applying(setting, evidence), dict[str, Answer](), ""
    for row in rows:
        if not row.after:
            heading = _heading(row, rows) if row.group != group else ""
            found |= yield from _opening(row, rows, heading, evidence)
            group = row.group
    return found


def _opening(row: AnamnesisRow, rows: tuple[AnamnesisRow, ...], heading: str, evidence: Evidence) -> Talk[dict[str, Answer]]:
    found = {row.id: (yield from _answered(row, heading, evidence))}
    for behind in rows:
        if behind.after == row.id and _is_yes(found[row.id]):
            found |= yield from _opening(behind, rows, "", evidence)
    return found


def _heading(row: AnamnesisRow, rows: tuple[AnamnesisRow, ...]) -> str:
    count = sum(other.group == row.group and not other.after for other in rows)
    return f"{row.group[:1].upper()}{row.group[1:]} ({count} question{'s' if count > 1 else ''})"


def _is_yes(answer: Answer) -> bool:
    return answer == "yes" or isinstance(answer, dict)  # only a yes has details


def _answered(row: AnamnesisRow, heading: str, evidence: Evidence) -> Talk[Answer]:
    answer: str = yield from asked(row.question, reply, _FITS, heading)
    if answer != "yes":
        return answer
    details: dict[str, str] = {}
    for detail in row.details:
        words, fits = _DETAILS[detail]
        words = _LAST.get(row.role, words) if detail == "since" else words
        said = yield from asked(words, optional(partial(_detail, detail, details, evidence)), fits)
        details |= {detail: said} if said else {}
    return {"answer": answer, **details} if details else answer


def _detail(detail: str, before: dict[str, str], evidence: Evidence, answer: str) -> str:
    if detail == "which":
        return text(WHICH, answer)
    if detail == "zone":
        return _place(answer, evidence)
    found = day(answer)
    if detail == "until" and found < before.get("since", found):
        raise ValueError(f"'{found}' is before it began, {before['since']}")
    return found


def _place(answer: str, evidence: Evidence) -> str:
    known, words = places(evidence), tokens(answer.replace("_", " "))
    place = "_".join(words) if "_".join(words) in known.covers else known.named(words)
    if not place:
        said = "is no place that is known here; type a site such as cheek, or the chest, the back"
        raise ValueError(f"'{printable(answer)}' {said}")
    return place
