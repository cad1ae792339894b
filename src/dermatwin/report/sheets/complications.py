"""What the clinic does when something goes wrong: first steps, whom to refer to, most urgent first."""

from __future__ import annotations

from dataclasses import dataclass

from ...evidence.rows.advice import ComplicationRow
from .. import words
from .about import OF_NUMBING, About, applies

URGENCIES = ("emergency", "now", "same day", "within days")


@dataclass(frozen=True)
class Complication:
    """One complication as the page shows it."""

    name: str
    signs: str
    steps: list[str]
    refer: str
    urgency: str
    urgent: bool
    notes: str


def complications(about: About) -> list[Complication]:
    """All of them; those of numbing only where something numbs."""
    numbs = applies(about.run, "anaesthetic")
    rows = [row for row in about.run.evidence.rows(ComplicationRow) if numbs or row.id not in OF_NUMBING]
    return [_complication(row, about) for row in sorted(rows, key=lambda row: URGENCIES.index(row.urgency))]


def _complication(row: ComplicationRow, about: About) -> Complication:
    say = about.tongue.say
    return Complication(
        name=say(row.complication),
        signs=say(row.signs),
        steps=[words.sentence(say(step)) for step in row.first_steps],
        refer=say(row.refer_to),
        urgency=say(row.urgency),
        urgent=row.urgency in URGENCIES[:2],
        notes=about.notes.mark(row.source),
    )
