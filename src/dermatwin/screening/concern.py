"""The concerns and kinds of device that a case may name are those of the evidence."""

from __future__ import annotations

from ..case import Case, check_names
from ..evidence import Evidence
from ..evidence.rows.outcome import ConcernRow


def require_names(case: Case, evidence: Evidence) -> None:
    """CaseError with every concern and kind of device of a case that the evidence does not know."""
    from ..device import movements

    check_names(case, tuple(row.concern for row in evidence.rows(ConcernRow)), movements(evidence))
