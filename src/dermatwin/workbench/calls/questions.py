"""The anamnesis as the twin asks it: which questions apply to this person and course, which wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass

from ...evidence.rows.history import AnamnesisRow
from ...history import anamnesis, applying
from ...screening.asked import setting_of
from ...screening.target import targets
from ..models import Consultation
from .document import case_for
from .known import evidence


@dataclass(frozen=True)
class Group:
    """Questions that belong together."""

    title: str
    rows: tuple[AnamnesisRow, ...]


def groups(consultation: Consultation) -> tuple[Group, ...]:
    """The questions that apply, by group, in their order; CaseError where there is no case yet."""
    known = evidence()
    case = case_for(consultation)
    rows = applying(setting_of(case, targets(case, known), known), known)
    return tuple(
        Group(title, tuple(row for row in rows if row.group == title)) for title in dict.fromkeys(r.group for r in rows)
    )


def question(name: str) -> AnamnesisRow | None:
    """A question by its id."""
    return anamnesis(evidence()).get(name)
