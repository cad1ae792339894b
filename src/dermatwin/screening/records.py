"""What a screening says: findings with their reason and source, and the verdict that follows from them.

Four levels and three verdicts. A hard stop always stops. A soft stop stops until somebody has recorded a reason, then
it is a caution. Infos never change a verdict; they keep what was read from being ignored in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["hard_stop", "soft_stop", "caution", "info"]
Verdict = Literal["ok", "caution", "stop"]

LEVELS: tuple[Level, ...] = ("hard_stop", "soft_stop", "caution", "info")
"""Levels, gravest first."""

ALLERGY_TO_PRODUCT = "allergy_to_product"
"""Something of the course is or holds what the person does not tolerate."""

OFF_LABEL = "off_label_delivery"
"""The rule on what is put on needled skin without being made for it."""

COMPUTED = frozenset(
    {
        ALLERGY_TO_PRODUCT,
        "anamnesis_contradicts",
        "name_of_zone",
        "not_known",
        "not_confirmed",
        "not_in_record",
        "product_not_known",
        "adjunct_not_known",
        "read_as",
        "depth_beyond_device",
        "depth_beyond_label",
        "depth_stop",
        "depth_beyond_table",
        "depth_beyond_concern",
        "depth_no_guidance",
        "phototype_outside_label",
        "pigment_pace",
        "anaesthetic_label_mass",
        "anaesthetic_label_area",
        "anaesthetic_dose_unknown",
        "anaesthetic_compounded",
        "anaesthetic_on_channels",
        "anaesthetic_time",
        "anaesthetic_short",
        "anaesthetic_occluded",
        "anaesthetic_lidocaine_limit",
        "anaesthetic_lidocaine_label",
        "anaesthetic_weight_missing",
        "anaesthetic_sum",
    }
)
"""Names of the findings that are computed and do not stand among the rules."""


@dataclass(frozen=True)
class Finding:
    """One thing that a rule found in a case.

    `until` is an ISO date or words; empty where time does not settle it. `zone` and `concern` are empty where the
    finding is about the whole person or the whole zone.
    """

    rule: str
    level: Level
    title: str
    reason: str
    action: str = ""
    until: str = ""
    zone: str = ""
    concern: str = ""
    sources: tuple[str, ...] = ()
    overridden: bool = False
    override_reason: str = ""

    @property
    def stops(self) -> bool:
        """Whether this finding by itself means that nobody is treated."""
        return self.level in ("hard_stop", "soft_stop")


@dataclass(frozen=True)
class ConcernVerdict:
    """May this concern be treated by needling in this zone."""

    concern: str
    verdict: Verdict
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class ZoneVerdict:
    """May this zone be needled; whatever holds for the person holds for the zone."""

    zone: str
    site: str
    verdict: Verdict
    concerns: tuple[ConcernVerdict, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Unasked:
    """A question of the anamnesis that applies and that nobody answered."""

    id: str
    group: str
    question: str


@dataclass(frozen=True)
class Screening:
    """The whole answer: gravest findings first. What was not asked never changes the verdict; it is said."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    zones: tuple[ZoneVerdict, ...] = ()
    not_asked: tuple[Unasked, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every question of the anamnesis that applies was answered."""
        return not self.not_asked

    def at(self, *levels: Level) -> tuple[Finding, ...]:
        """Findings of some levels."""
        return tuple(finding for finding in self.findings if finding.level in levels)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "complete": self.complete}


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The verdict that follows from some findings."""
    levels = {finding.level for finding in findings}
    if levels & {"hard_stop", "soft_stop"}:
        return "stop"
    return "caution" if "caution" in levels else "ok"


def gravest_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in the order of their level; the order within a level is kept."""
    return tuple(sorted(findings, key=lambda finding: LEVELS.index(finding.level)))
