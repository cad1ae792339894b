"""The scales on which the field reads results, and what can be answered for each concern.

A scale knows its range, its good direction, its step and its rater; a concern knows whether the evidence allows a
number, only the words 'no evidence', or a referral. Both are tables (`scales.csv`, `concerns.csv`); an unconfirmed
range carries grade E there. Nothing is computed here beyond looking up and clamping.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..evidence import Draws, Evidence, Tables, view
from ..evidence.rows.outcome import ConcernRow, ScaleKind, ScaleRow
from ..evidence.rows.trials import OutcomeRow

SCORED = ("severity", "count", "hair")
"""Kinds of scale that a relative improvement can be put on."""

LOW_QUALITY = "low_quality"


@dataclass(frozen=True)
class Scale:
    """One outcome scale of the field. A limit that does not exist or is not known is None."""

    id: str
    title: str
    kind: ScaleKind
    low: float | None
    high: float | None
    lower_is_better: bool | None
    step: float | None  # one grade
    unit: str
    rater: str
    minimal_change: float | None
    typical: float | None  # a usual value before treatment, where no trial gives one
    grade: str
    sources: tuple[str, ...]
    note: str

    @property
    def sign(self) -> float:
        """+1 if higher is better, -1 if lower is better or the version is not stated."""
        return 1.0 if self.lower_is_better is False else -1.0

    @property
    def usual(self) -> float | None:
        """A usual value before treatment: the table's, else the middle of the range, else None."""
        if self.typical is not None:
            return self.typical
        return None if self.low is None or self.high is None else 0.5 * (self.low + self.high)

    @property
    def shared(self) -> bool:
        """Whether values of different trials can be compared: the scale has a known end or a usual value."""
        return self.low is not None or self.typical is not None

    def clamp(self, values: np.ndarray) -> np.ndarray:
        """Values kept within the scale's range; shape as given."""
        low = -np.inf if self.low is None else self.low
        high = np.inf if self.high is None else self.high
        return np.clip(values, low, high)


@view
def scales(tables: Tables) -> Mapping[str, Scale]:
    """Every scale by id."""
    return {
        row.id: Scale(
            row.id,
            row.title,
            row.kind,
            row.low,
            row.high,
            None if row.direction is None else row.direction == "lower",
            row.step,
            row.unit,
            row.rater,
            row.minimal_change,
            row.typical,
            row.grade,
            row.source,
            row.note,
        )
        for row in tables.rows(ScaleRow)
    }


@view
def concerns(tables: Tables) -> Mapping[str, ConcernRow]:
    """Every concern by name."""
    return {row.concern: row for row in tables.rows(ConcernRow)}


def pool_of(indication: str | None, evidence: Evidence) -> str:
    """The pool that an indication of a trial belongs to; 'mixed' for none or several."""
    rule = concerns(evidence).get(indication or "")
    return rule.pool if rule else "mixed"


def driver_of(indication: str | None, evidence: Evidence) -> str:
    """What of the tissue drives an indication of a trial: the dermis where it is none of the concerns."""
    rule = concerns(evidence).get(indication or "")
    return rule.driver if rule else "dermis"


def missing(scale: Scale | None, draws: Draws) -> float:
    """What of a value could get better, as a share of it [-]: all of a severity, of hair the part that is missing."""
    return draws.median("hair_missing_share", "1") if scale is not None and scale.kind == "hair" else 1.0


def is_counted(scale: Scale) -> bool:
    """Whether a scale counts hairs: what counts as one, and on which area, differs between trials."""
    return scale.kind == "hair" and scale.id.startswith("hair_count")


def stated_baselines(
    rows: Sequence[OutcomeRow], known: Mapping[str, Scale], exclude: frozenset[str]
) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Median baseline of every shared scale over the trials that state one, with their sources."""
    found: dict[str, list[tuple[float, str]]] = {}
    for row in rows:
        shared = row.outcome_scale in known and known[row.outcome_scale].shared
        if shared and row.baseline_mean is not None and row.source not in exclude and LOW_QUALITY not in row.quality_flag:
            found.setdefault(row.outcome_scale, []).append((row.baseline_mean, row.source))
    return {
        scale: (float(np.median([v for v, _ in pairs])), tuple(sorted({s for _, s in pairs})))
        for scale, pairs in found.items()
    }
