"""What a plan proposes for one concern in one zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from ..case import Case
from ..evidence.rows.planning import Confidence
from ..screening import Finding

ProposalVerdict = Literal["course", "refer", "no_default", "stop"]


@dataclass(frozen=True)
class Reason:
    """Why something is proposed, and who says so."""

    text: str
    sources: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.text} ({', '.join(self.sources)})" if self.sources else self.text


@dataclass(frozen=True)
class Proposal:
    """A course, or why there is none. Depths in mm, times in days; None and empty where there is no course."""

    zone: str
    concern: str
    verdict: ProposalVerdict
    confidence: Confidence
    grade: str  # the weakest of the sessions, the depth and the zone
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...] = ()  # the plan's own; those of the screening are `findings`
    findings: tuple[Finding, ...] = ()  # what screening asks to be minded with this course
    depth: float | None = None  # mm, aim of the course
    first_depth: float | None = None  # mm, first session
    depth_range: tuple[float, float] | None = None  # mm, what custom and zone allow
    sessions: int | None = None
    sessions_range: tuple[int, int] | None = None
    interval: float | None = None  # d
    interval_range: tuple[float, float] | None = None  # d
    device: str = ""
    endpoint: str = ""
    read_at: tuple[int, ...] = ()  # weeks after the last session
    beside: tuple[str, ...] = ()  # what trials put beside it and this person may have, with what to mind
    numbing: str = ""
    on_hold: bool = False  # stopped by soft stops alone: a clinician may decide otherwise, with a recorded reason
    case: Case | None = field(default=None, repr=False)

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of all sources of the reasons, each once."""
        return tuple(dict.fromkeys(source for reason in self.reasons for source in reason.sources))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON (the case by its own serialisation); warnings are the plan's own and the screening's."""
        apart = ("case", "reasons", "warnings", "findings")
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in apart}
        reasons = [{"text": reason.text, "sources": list(reason.sources)} for reason in self.reasons]
        warnings = [*self.warnings, *(said(finding) for finding in self.findings)]
        case = self.case.model_dump(mode="json") if self.case else None
        return {**plain, "reasons": reasons, "warnings": warnings, "case": case}


def said(finding: Finding) -> str:
    """A finding in one line: what, why, what to do, until when."""
    until = f" (until {finding.until})" if finding.until else ""
    return f"{finding.title}: {finding.reason}. {finding.action}{until}"
