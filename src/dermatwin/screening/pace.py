"""How far apart sessions are set: what trials do for a concern, longer where pigment is at risk.

    interval = customary interval of the concern + extra where pigment is at risk (`pigment_interval_extra`)

What puts pigment at risk is for the rules to say (`pigment_risk` in `screening_rules.yaml`); the number of extra weeks is
assumed. Screening asks for this interval and a plan proposes it: they cannot disagree. Regions that are not paced for
pigment (`regions.csv`) keep the customary interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..case import Case
from ..core.units import factor
from ..core.vocabulary import ASSUMPTION
from ..evidence import Evidence, Tables, view
from ..evidence.rows.planning import DefaultCourseRow
from ..skin import regions
from .match import intervals
from .records import Finding
from .rule import RuleBook
from .target import Target

SOURCES = ("skin_of_colour_chapter", ASSUMPTION)


@view
def _customary(tables: Tables) -> dict[str, float]:
    """Customary weeks between sessions by concern, where there is a course for it."""
    return {row.concern: row.interval_weeks for row in tables.rows(DefaultCourseRow) if row.interval_weeks is not None}


def pigment_risks(findings: Iterable[Finding], zone: str, book: RuleBook) -> tuple[Finding, ...]:
    """Findings that put pigment at risk in a zone."""
    flagged = {rule.id for rule in book.rules if rule.pigment_risk}
    return tuple(f for f in findings if f.rule in flagged and f.zone in ("", zone) and f.level != "info")


def interval(concern: str, region: str, evidence: Evidence, *, at_risk: bool) -> float | None:
    """Days between sessions for a concern in a region of the body; None where no course is customary."""
    weeks = _customary(evidence).get(concern)
    if weeks is None:
        return None
    paced = at_risk and region in regions(evidence) and regions(evidence)[region].paced_for_pigment
    return (weeks + (evidence.value("pigment_interval_extra", "week") if paced else 0.0)) * factor("week", "d")


def pace_check(
    case: Case, target: Target, findings: tuple[Finding, ...], book: RuleBook, evidence: Evidence
) -> Iterator[Finding]:
    """A caution where sessions follow one another faster than skin at risk of pigment bears."""
    risks = pigment_risks(findings, target.key, book)
    shortest = min(intervals(case), default=None)
    if not risks or shortest is None:
        return
    for concern in dict.fromkeys(target.concerns):
        asked = interval(concern, target.region, evidence, at_risk=True)
        usual = interval(concern, target.region, evidence, at_risk=False)
        if asked is not None and asked != usual and shortest < asked:
            yield Finding(
                "pigment_pace",
                "caution",
                "Sessions closer together than skin that darkens is given",
                f"{target.key}: {concern}: {shortest:g} days apart; {asked:g} where pigment is at risk "
                f"({'; '.join(dict.fromkeys(risk.title for risk in risks))})",
                f"Set the sessions at least {asked:g} days apart",
                zone=target.key,
                concern=concern,
                sources=SOURCES,
            )
