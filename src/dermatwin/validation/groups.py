"""Rows of different scales on one footing, and their figures by group: what a concern's trials say, leaving each out.

A change divided by its baseline and a share of responders have no unit, so that rows of many scales can be averaged within
a concern. The interval is the 10-90 % one of a study's mean. Two baselines know nothing but other packaged studies (see
`naive`), of which each counts once: the mean of those of the same group and kind, and the mean of all groups. Where a group
has no other study, its baseline is that of all groups.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..evidence import Evidence
from ..evidence.rows.knowledge import KnownValueRow
from .naive import file_of, identities, names_of
from .prediction import Common, Scored

LOW, HIGH = 0.1, 0.9  # ends of the interval
ALL = "all"


@dataclass(frozen=True)
class Share:
    """One row on the common footing."""

    entry: Scored
    common: Common
    value: float
    predicted: float
    inside: bool

    @staticmethod
    def of(entry: Scored, common: Common) -> Share:
        """The row's value, the median prediction, and whether the value lies in the 10-90 % interval."""
        low, middle, high = np.quantile(entry.prediction.draws / common.size, (LOW, 0.5, HIGH))
        value, slack = entry.prediction.measured / common.size, 1e-9
        return Share(entry, common, value, float(middle), bool(low - slack <= value <= high + slack))


def by_group(scored: Iterable[Scored], evidence: Evidence) -> dict[str, dict[str, dict[str, Any]]]:
    """Figures by heading and group, the group with most rows first and all together last; {} without comparable rows.

    {"studies", "rows", "coverage_80", "mean_abs_error", "baseline", "baseline_of_all", "measured", "predicted",
    "directions", "sign_accuracy"}: errors and means as shares of the baseline, or of the people for responders.
    """
    marked = [entry for entry in scored if entry.prediction.common is not None]
    shares = [Share.of(e, e.prediction.common) for e in marked if e.prediction.common and e.prediction.common.kind]
    headings = list(dict.fromkeys(h for e in marked if e.prediction.common for h in e.prediction.common.groups))
    return {heading: _of_heading(heading, marked, shares, evidence) for heading in headings}


def _of_heading(
    heading: str, marked: Sequence[Scored], shares: Sequence[Share], evidence: Evidence
) -> dict[str, dict[str, Any]]:
    def group(common: Common | None) -> str:
        return common.groups.get(heading, "") if common else ""

    names = list(dict.fromkeys(group(e.prediction.common) for e in marked))
    found = {
        name: _figures(
            heading,
            [s for s in shares if group(s.common) == name],
            [e for e in marked if group(e.prediction.common) == name],
            evidence,
        )
        for name in names
    }
    ordered = dict(sorted(found.items(), key=lambda pair: -pair[1]["rows"]))
    return {**ordered, ALL: _figures(heading, shares, marked, evidence)}


def _figures(heading: str, own: Sequence[Share], entries: Sequence[Scored], evidence: Evidence) -> dict[str, Any]:
    signs = [e.sign_right for e in entries if e.sign_right is not None]
    return {
        "studies": len({e.row["source"] for e in entries}),
        "rows": len(own),
        "coverage_80": _mean([s.inside for s in own]),
        "mean_abs_error": _mean([abs(s.predicted - s.value) for s in own]),
        "baseline": _mean_error(own, [naive(s, evidence, heading) for s in own]),
        "baseline_of_all": _mean_error(own, [naive(s, evidence) for s in own]),
        "measured": _mean([s.value for s in own]),
        "predicted": _mean([s.predicted for s in own]),
        "directions": len(signs),
        "sign_accuracy": _mean(signs),
    }


def naive(share: Share, evidence: Evidence, heading: str = "") -> float | None:
    """Mean of the other packaged studies' means, of the same kind; within the group if a heading is given and it has any."""
    rest: dict[str, list[float]] = {}
    own, names, file = share.common, names_of(share.entry.row), file_of(share.entry.row)
    for known in evidence.rows(KnownValueRow):
        alike = known.of == file and known.footing == own.kind and known.share is not None
        if alike and _in_group(known, heading, own) and not names & identities(known, evidence):
            rest.setdefault(known.source, []).append(known.share or 0.0)
    if rest:
        return float(np.mean([np.mean(values) for values in rest.values()]))
    return naive(share, evidence) if heading else None


def _in_group(known: KnownValueRow, heading: str, own: Common) -> bool:
    groups = {"concern": known.concern, "arm": known.arm}
    return not heading or groups.get(heading) == own.groups.get(heading)


def _mean_error(own: Sequence[Share], naives: Sequence[float | None]) -> float | None:
    return _mean([abs(value - s.value) for s, value in zip(own, naives, strict=True) if value is not None])


def _mean(values: Sequence[float | bool | None]) -> float | None:
    return float(f"{np.mean([float(v or 0.0) for v in values]):.6g}") if values else None
