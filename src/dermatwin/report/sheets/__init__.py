"""Printable sheets and a calendar for one run: before, session orders, aftercare, what to expect, consent, complications.

Instructions are rows of evidence, each with a source; dates, settings, what to expect and what the person does not tolerate
come from the run. Nothing is computed here. An animal experiment has no sheets, nor has a case in which nothing is treated.
"""

from __future__ import annotations

from ...twin import Run
from .about import session_dates, steps
from .calendar import calendar
from .flags import EMERGENCY, signs, window
from .pages import PAGES, page
from .tongue import ENGLISH, languages, require_language, tongue

CALENDAR = "calendar.ics"
"""The file with the dates of the course, beside the pages."""

__all__ = [
    "CALENDAR",
    "EMERGENCY",
    "calendar",
    "languages",
    "require_language",
    "session_dates",
    "sheets",
    "signs",
    "steps",
    "window",
]


def sheets(run: Run, language: str = ENGLISH) -> dict[str, str]:
    """File name -> text: the pages and a calendar in a language; empty for animals and for a case where nothing is treated.

    Raises CaseError for a language that no catalogue holds.
    """
    said = tongue(language)
    if run.case.patient.species != "human" or not any(zone.punctures for zone in run.zones):
        return {}
    return {**{f"{name}.html": page(run, name, said) for name in PAGES}, CALENDAR: calendar(run, said)}
