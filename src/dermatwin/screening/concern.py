"""The concerns that a case may name are those of the evidence."""

from __future__ import annotations

from ..case import Case, check_concerns
from ..evidence import Evidence
from ..evidence.rows.outcome import ConcernRow


def require_concerns(case: Case, evidence: Evidence) -> None:
    """CaseError with every concern of a case that the evidence does not know."""
    check_concerns(case, tuple(row.concern for row in evidence.rows(ConcernRow)))
