"""Sheets of a simulated plan: read from its run, in any language of the sheets, as page or paper; numbing by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from ...planning.numbing import sentence
from ...report.sheets import CALENDAR, sheets
from ...report.sheets.pdf import to_pdf
from ...twin import Run as Found
from ...twin import recall
from ..models import Plan, Run, Session
from .held import case_of_text, planned_settings
from .known import evidence
from .simulating import folder_of

TITLES = {
    "session": "Session order",
    "before": "Before your sessions",
    "aftercare": "After your sessions",
    "expect": "What to expect",
    "consent": "Facts for your consent",
    "complications": "When something goes wrong",
}
"""Sheet -> its title, in the order in which a practice hands them out."""


def last_run(plan: Plan) -> Run | None:
    """The last simulation of a plan's own case."""
    return Run.objects.filter(plan=plan, state="done", case_text=plan.case_text).first()


@lru_cache(maxsize=4)
def _recalled(pk: str) -> Found:
    return recall(folder_of(Run(pk=pk)))


@lru_cache(maxsize=8)
def _pages(pk: str, language: str) -> dict[str, str]:
    return sheets(_recalled(pk), language)


def _file(run: Run, name: str, language: str) -> str | None:
    """A sheet as it stands in the folder of the run; in another language it is made anew, which takes longer."""
    place = folder_of(run) / "sheets"
    any_page = place / "before.html"
    written = any_page.read_text(encoding="utf-8")[:400] if any_page.is_file() else ""
    if f'lang="{language}"' not in written:
        return _pages(str(run.pk), language).get(name)
    path = place / name
    return path.read_bytes().decode() if path.is_file() else None


def page(run: Run, name: str, language: str) -> str | None:
    """A sheet as HTML; None where this run has none of that name."""
    return _file(run, f"{name}.html", language)


def on_paper(run: Run, name: str, language: str) -> bytes | None:
    """A sheet as PDF; None where there is none; CaseError where the extra is missing."""
    text = page(run, name, language)
    return None if text is None else to_pdf(text)


def dates(run: Run, language: str) -> str | None:
    """The dates of the course for a calendar."""
    return _file(run, CALENDAR, language)


@dataclass(frozen=True)
class Numb:
    """A numbing cream of a session: how much, and by the clock when it goes on and comes off."""

    product: str
    zone: str
    amount: str
    covered: bool
    on: datetime
    off: datetime | None


def numbing(session: Session, needling: datetime) -> list[Numb]:
    """Creams of a session, by the clock of a needling that begins then."""
    run = last_run(session.plan)
    if run is None or session.number > len(run.numbing):
        return []
    return [_by_clock(one, needling) for one in run.numbing[session.number - 1]]


def _by_clock(one: dict[str, Any], needling: datetime) -> Numb:
    off = None if one["off_h"] is None else needling + timedelta(hours=one["off_h"])
    on = needling - timedelta(hours=one["before_h"])
    return Numb(one["product"], one["zone"], one["amount"], one["covered"], on, off)


def allowed(session: Session) -> dict[str, str]:
    """Zone -> how much of a usual numbing cream this person may have, in the twin's words."""
    return _allowed(session.plan.case_text, session.number)


@lru_cache(maxsize=64)
def _allowed(text: str, number: int) -> dict[str, str]:
    case = case_of_text(text)
    settings = planned_settings(case, number)
    return {key: sentence(case, case.zone(key), planned.needle_length, evidence()) for key, planned in settings.items()}
