"""The scales on which the field reads results, and what can be answered for each concern.

A scale knows its range, its good direction, its step and its rater; a concern knows whether the evidence allows a
number, only the words 'no evidence', or a referral. Both are tables (`scales.csv`, `concerns.csv`); an unconfirmed
range carries grade E there. Nothing is computed here beyond looking up and clamping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..evidence import Evidence
from ..evidence.gate import read_table

SCORED = ("severity", "count", "hair")
"""Kinds of scale that a relative improvement can be put on."""


@dataclass(frozen=True)
class Scale:
    """One outcome scale of the field. A limit that does not exist or is not known is None."""

    id: str
    title: str
    kind: str  # severity, category, count, hair, instrument, histology, quality_of_life, symptom
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


@dataclass(frozen=True)
class ConcernRule:
    """What can be answered for one concern."""

    concern: str
    label: str
    answer: str  # number, no_evidence, refer
    pool: str  # trials of one pool share an effect
    driver: str  # which tissue change drives the response
    default_scale: str
    sources: tuple[str, ...]
    note: str


def scales(evidence: Evidence) -> dict[str, Scale]:
    """Every scale by id."""
    return _scales(evidence.folder)


def concerns(evidence: Evidence) -> dict[str, ConcernRule]:
    """Every concern by name."""
    return _concerns(evidence.folder)


def pool_of(indication: str, evidence: Evidence) -> str:
    """The pool that an indication of a trial belongs to; 'mixed' for none or several."""
    rule = concerns(evidence).get(indication)
    return rule.pool if rule else "mixed"


def stated_baselines(
    rows: Sequence[dict[str, str]], known: dict[str, Scale], exclude: frozenset[str]
) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Median baseline of every shared scale over the trials that state one, with their sources."""
    found: dict[str, list[tuple[float, str]]] = {}
    for row in rows:
        shared = row["outcome_scale"] in known and known[row["outcome_scale"]].shared
        if shared and row["baseline_mean"] and row["source"] not in exclude and row["quality_flag"] != "low_quality":
            found.setdefault(row["outcome_scale"], []).append((float(row["baseline_mean"]), row["source"]))
    return {
        scale: (float(np.median([v for v, _ in pairs])), tuple(sorted({s for _, s in pairs})))
        for scale, pairs in found.items()
    }


@lru_cache(maxsize=4)
def _scales(folder: Path) -> dict[str, Scale]:
    table = read_table(folder / "scales.csv")
    return {
        row["id"]: Scale(
            row["id"],
            row["title"],
            row["kind"],
            _number(row["low"]),
            _number(row["high"]),
            {"lower": True, "higher": False}.get(row["direction"]),
            _number(row["step"]),
            row["unit"],
            row["rater"],
            _number(row["minimal_change"]),
            _number(row["typical"]),
            row["grade"],
            _split(row["source"]),
            row["note"],
        )
        for row in table
    }


@lru_cache(maxsize=4)
def _concerns(folder: Path) -> dict[str, ConcernRule]:
    table = read_table(folder / "concerns.csv")
    return {
        row["concern"]: ConcernRule(
            row["concern"],
            row["label"],
            row["answer"],
            row["pool"],
            row["driver"],
            row["default_scale"],
            _split(row["source"]),
            row["note"],
        )
        for row in table
    }


def _number(text: str) -> float | None:
    return float(text) if text else None


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
