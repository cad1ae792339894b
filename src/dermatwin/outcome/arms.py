"""Trial arms as comparable numbers: relative improvement with its standard error.

Scores are turned into the share of the baseline by which an arm got better (positive = better). Where a trial only
counts responders, a normal spread between people turns the share above a threshold into a mean (probit). An arm that
is only said not to have changed significantly enters as zero with the width of what would have stayed unnoticed;
leaving such arms out would flatter every estimate. An arm that is only said to be significantly better is left out: it
says little beyond its sign. Rows pooled over arms, single cases, doubtful units and rows marked low quality are not
used. Data: outcomes.csv.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..evidence import Draws, Evidence
from ..evidence.gate import read_table
from .scales import Scale, concerns, pool_of, scales, stated_baselines

Row = Mapping[str, str]

LEFT_OUT = ("not_arm_specific", "low_quality", "unit_check", "case_n1")
"""Quality flags of rows that no arm estimate uses."""

_SCORED = ("severity", "hair", "count")
_THRESHOLDS = (  # text of a responder definition -> key of its cut-off, first match wins
    (r"(?:>=?|at least|by|over|more than) ?\d+ ?%", "percent"), (r"no scars left|\bclear\b|\bcleared\b", "excellent"),
    (r"\bmoderate\b", "moderate"), (r"\bgood\b|\bmarked\b", "good"), (r"\bexcellent\b", "excellent"),
    (r"\bgrades?\b", "grade"), (r"improve|better|reduced|respond", "any"),
)


@dataclass(frozen=True)
class ArmRules:
    """The numbers that turn rows into arms; medians of evidence parameters."""

    change_correlation: float
    rating_definition_spread: float
    unstated_baseline_spread: float
    unstated_person_spread: float
    cutoffs: tuple[tuple[str, float], ...]

    @staticmethod
    def of(draws: Draws) -> ArmRules:
        """Read the rules from the evidence."""
        names = ("any", "moderate", "good", "excellent")
        cutoffs = tuple((name, draws.median(f"responder_cutoff[{name}]", "1")) for name in names)
        return ArmRules(draws.median("change_correlation", "1"), draws.median("rating_definition_spread", "1"),
                        draws.median("unstated_baseline_spread", "1"), draws.median("unstated_person_spread", "1"), cutoffs)


@dataclass(frozen=True)
class Arm:
    """One arm of one trial for one pool of concerns."""

    source: str
    arm: str
    pool: str
    kind: str  # needle, rf, active (treated without needles), untreated
    adjunct: str
    sessions: float | None
    interval: float | None  # d
    followup: float | None  # d after the last session
    improvement: float  # relative to baseline, positive = better
    variance: float
    basis: str  # score, not_significant, responders


def arms(evidence: Evidence, rules: ArmRules, exclude: frozenset[str] = frozenset()) -> tuple[Arm, ...]:
    """Every usable arm, one per (source, arm, pool), sorted; studies in `exclude` are left out."""
    reader = _Reader(evidence, rules, person_spread(evidence, rules, exclude), exclude)
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in usable(outcome_rows(evidence), exclude):
        groups.setdefault((row["source"], row["arm_id"], pool_of(row["indication"], evidence)), []).append(row)
    found = (reader.arm(rows, pool) for (_, _, pool), rows in sorted(groups.items()))
    return tuple(arm for arm in found if arm is not None)


def person_spread(evidence: Evidence, rules: ArmRules, exclude: frozenset[str] = frozenset()) -> float:
    """Standard deviation of relative improvement between the people of one arm [-].

    sqrt(sum n s^2 / sum n) over arms with a stated baseline and spread; measurement error is part of it.
    """
    squares, weights = 0.0, 0.0
    for row in usable(outcome_rows(evidence), exclude):
        spread = _change_spread(row, rules)
        if spread and row["baseline_mean"] and row["n"] and row["outcome_scale"] in _scored_scales(evidence):
            weight = float(row["n"])
            squares += weight * (spread / float(row["baseline_mean"])) ** 2
            weights += weight
    return float(np.sqrt(squares / weights)) if weights else rules.unstated_person_spread


def outcome_rows(evidence: Evidence) -> tuple[dict[str, str], ...]:
    """Rows of outcomes.csv, read once per folder."""
    return _rows(evidence.folder)


def usable(rows: Iterable[Row], exclude: frozenset[str]) -> list[Row]:
    """Rows that an arm estimate may use."""
    return [row for row in rows if row["source"] not in exclude and row["quality_flag"] not in LEFT_OUT]


def threshold(definition: str, scale: Scale | None, baseline: float | None, rules: ArmRules) -> float | None:
    """Relative improvement above which a person counts as a responder; None if the definition says nothing of it.

    'improved by >= 50 %' is 0.5, '>= 2 grades' is 2 / baseline, words follow the quartile convention of ratings.
    """
    text = definition.lower()
    for pattern, key in _THRESHOLDS:
        if not re.search(pattern, text):
            continue
        if key == "percent":
            return float(re.findall(r"(\d+) ?%", text)[0]) / 100
        return _grades(text, scale, baseline) if key == "grade" else dict(rules.cutoffs)[key]
    return None


def _grades(text: str, scale: Scale | None, baseline: float | None) -> float | None:
    """'>= 2 grades' as a share of the baseline; half a grade less, because grades are rounded."""
    stated = re.findall(r">= ?(\d)|by (\d)", text)
    first = float(next((g for pair in stated for g in pair if g), "1"))
    whole = scale.high if scale and scale.kind == "category" else baseline or (scale.usual if scale else None)
    return (first - 0.5) / whole if whole else None


def kind_of(device_kind: str, role: str) -> str:
    """Which injury an arm has: needle, rf, active or untreated."""
    if role in ("untreated", "sham"):
        return "untreated"
    if role in ("comparator", "led_only") or device_kind == "none":
        return "active"
    return "rf" if device_kind == "rf_needle" else "needle"


@lru_cache(maxsize=4)
def _rows(folder: Path) -> tuple[dict[str, str], ...]:
    return tuple(read_table(folder / "measurements" / "outcomes.csv"))


def _scored_scales(evidence: Evidence) -> set[str]:
    return {name for name, scale in scales(evidence).items() if scale.kind in _SCORED}


class _Reader:
    """Turns the rows of one arm into one estimate."""

    def __init__(self, evidence: Evidence, rules: ArmRules, spread: float, exclude: frozenset[str]) -> None:
        rows = outcome_rows(evidence)
        self.scales, self.concerns, self.rules, self.spread = scales(evidence), concerns(evidence), rules, spread
        self.baselines = {name: value for name, (value, _) in stated_baselines(rows, self.scales, exclude).items()}
        self.arm_counts: dict[str, set[str]] = {}
        for row in rows:
            self.arm_counts.setdefault(row["source"], set()).add(row["arm_id"])

    def arm(self, rows: Sequence[Row], pool: str) -> Arm | None:
        for basis, read in (("score", self.score), ("not_significant", self.null), ("responders", self.responders)):
            pairs = [(row, read(row)) for row in rows]
            usable_pairs = [(row, pair) for row, pair in pairs if pair is not None]
            if usable_pairs:
                return self._mean(_latest(usable_pairs), pool, basis)
        return None

    def _mean(self, pairs: Sequence[tuple[Row, tuple[float, float]]], pool: str, basis: str) -> Arm:
        row, precision = pairs[0][0], np.array([1.0 / pair[1] for _, pair in pairs])
        improvement = np.average([pair[0] for _, pair in pairs], weights=precision)
        variance = 1.0 / precision.max()  # readings of the same people do not add up
        return Arm(row["source"], row["arm_id"], pool, kind_of(row["device_kind"], row["role"]), row["adjunct"],
                   _number(row["sessions"]), _number(row["interval_days"]), followup_of(row), float(improvement),
                   float(variance), basis)

    def size(self, row: Row) -> float:
        """People in the arm; a study total is shared among its arms."""
        if row["n"]:
            return float(row["n"])
        return float(row["n_total"]) / max(len(self.arm_counts[row["source"]]), 2) if row["n_total"] else 10.0

    def baseline(self, row: Row) -> tuple[float, bool] | None:
        """Baseline of the arm and whether the trial states it."""
        if row["baseline_mean"]:
            return float(row["baseline_mean"]), True
        scale = self.scales.get(row["outcome_scale"])
        usual = self.baselines.get(row["outcome_scale"]) or (scale.usual if scale else None)
        return (usual, False) if usual else None

    def default_baseline(self, row: Row) -> tuple[float, bool] | None:
        """A usual baseline on the scale that the concern is usually graded on, for grades of unnamed scales."""
        rule = self.concerns.get(row["indication"])
        return self.baseline({**row, "outcome_scale": rule.default_scale}) if rule and rule.default_scale else None

    def score(self, row: Row) -> tuple[float, float] | None:
        """Relative improvement from a score, and its variance."""
        scale = self.scales.get(row["outcome_scale"])
        if scale is None or scale.kind not in _SCORED:
            return None
        base = self.baseline(row)
        if row["relative_change"]:
            value, stated = scale.sign * float(row["relative_change"]), True
        elif row["change_mean"] and base:
            value, stated = scale.sign * float(row["change_mean"]) / base[0], base[1]
        else:
            return None
        spread = _change_spread(row, self.rules)
        relative = spread / base[0] if spread and base else self.spread
        unknown = 0.0 if stated else (value * self.rules.unstated_baseline_spread) ** 2
        return value, relative**2 / self.size(row) + unknown

    def null(self, row: Row) -> tuple[float, float] | None:
        """An arm without significant change and without a number: zero, as wide as what goes unnoticed (+-2 SE)."""
        scale = self.scales.get(row["outcome_scale"])
        if row["direction"] != "0" or scale is None or scale.kind not in _SCORED:
            return None
        error = self.spread**2 / self.size(row)
        return 0.0, error * (1.0 + 4.0 / 3.0)

    def responders(self, row: Row) -> tuple[float, float] | None:
        """Mean that a share of responders implies: cut + s z(p), at most complete (1); delta-method variance."""
        from scipy.special import ndtri

        scale = self.scales.get(row["outcome_scale"])
        base = self.baseline(row) or self.default_baseline(row)
        cut = threshold(row["responders_definition"], scale, base[0] if base else None, self.rules)
        if cut is None or not row["responders_fraction"]:
            return None
        n = self.size(row)
        share = (float(row["responders_fraction"]) * n + 0.5) / (n + 1.0)
        score = float(ndtri(share))
        density = np.exp(-0.5 * score**2) / np.sqrt(2.0 * np.pi)
        variance = self.spread**2 * share * (1.0 - share) / (n * density**2)
        return min(cut + self.spread * score, 1.0), variance + self.rules.rating_definition_spread**2


def followup_of(row: Row) -> float | None:
    """Days after the last session; a time counted from an unstated start is taken as it stands."""
    if row["followup_days_after_last_session"]:
        return float(row["followup_days_after_last_session"])
    stated = _number(row["followup_days_as_stated"])
    return stated if row["followup_reference"] != "from_first" else None


def _latest(pairs: Sequence[tuple[Row, tuple[float, float]]]) -> list[tuple[Row, tuple[float, float]]]:
    latest = max(followup_of(row) or 0.0 for row, _ in pairs)
    return [pair for pair in pairs if (followup_of(pair[0]) or 0.0) == latest]


def _change_spread(row: Row, rules: ArmRules) -> float | None:
    """Standard deviation of the change within the arm, scale units."""
    if row["change_sd"]:
        return float(row["change_sd"])
    if not row["followup_sd"] or not row["baseline_sd"]:
        return None
    before, after = float(row["baseline_sd"]), float(row["followup_sd"])
    return float(np.sqrt(before**2 + after**2 - 2.0 * rules.change_correlation * before * after))


def _number(text: str) -> float | None:
    return float(text) if text else None
