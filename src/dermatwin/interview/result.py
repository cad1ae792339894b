"""What comes of a conversation: a commented case file that loads without a fault."""

from __future__ import annotations

from typing import Any

from ..case import case_of
from ..case.address import Loc
from ..case.template import Words, commented
from ..device import kinds, movements
from ..evidence import Evidence
from ..evidence import words as words_of
from ..evidence.rows.outcome import ConcernRow
from ..history import anamnesis
from ..screening.known import require_names


def case_text(values: dict[str, Any], evidence: Evidence) -> str:
    """The file of a case that was asked for; CaseError where it would be refused."""
    concerns = tuple(row.concern for row in evidence.rows(ConcernRow))
    require_names(case_of(values, (), words_of(evidence), movements(evidence)), evidence)
    questions: dict[Loc, str] = {("patient", "anamnesis", row.id): row.question for row in anamnesis(evidence).values()}
    return commented(values, Words(concerns, tuple(kinds(evidence)), questions))
