"""Rows of trials in the model's words: which injury an arm had, when it was read, who rated, what counts as a responder.

Improvement is the share of the baseline by which an arm got better (positive = better). A definition of responders puts a
line: a stated share, a number of grades over the baseline, or a word whose meaning is learnt from the trials. What rows
say together is weighed in `calibration.trials`. Data: outcomes.csv.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..evidence import Evidence
from ..evidence.gate import read_table
from .scales import Scale

Row = Mapping[str, str]

_DEFINITIONS = (  # text of a responder definition -> what draws its line; first match wins
    (r"(?:>=?|at least|by|over|more than) ?\d+ ?%", "percent"),
    (r"\+2 to \+3|\bmoderate\b", "moderate"),
    (r"(?:>=?|by) ?\d(?:-\d)?(?: grades?)?\b|\bgrades? (?:improved|reduced)", "grade"),
    (r"\bgood\b|\bmarked\b", "good"),
    (r"\bexcellent\b|\bclear(?:ed)?\b|no scars left", "excellent"),
    (r"improve|better|reduced|respond|satisfied", "any"),
)


@dataclass(frozen=True)
class Cut:
    """Where a definition puts the line between responders and the others."""

    word: str  # any, moderate, good or excellent: what raters mean is learnt; '' for a stated share
    share: float = 0.0  # relative improvement, where it is stated
    graded: bool = False  # counted in grades of a scored scale


def cut_of(definition: str, scale: Scale | None, baseline: float | None) -> Cut | None:
    """The line that a responder definition draws; None if it says nothing of it.

    'improved by >= 50 %' is 0.5, '>= 2 grades' is 1.5 / baseline (grades are rounded), words are left to raters. A
    definition that also states grades is read by them.
    """
    text = definition.lower()
    for pattern, key in _DEFINITIONS:
        if not re.search(pattern, text):
            continue
        if key == "percent":
            return Cut("", float(re.findall(r"(\d+) ?%", text)[0]) / 100)
        if key == "grade":
            share, graded = _grades(text, scale, baseline), scale is None or scale.kind != "category"
            return Cut("any", graded=graded) if share is None else Cut("", share, graded)
        return Cut(key)
    return None


def rater_of(scale: Scale | None) -> str:
    """Who rates: the patient, or a clinician (an instrument counts as one)."""
    return "patient" if scale is not None and scale.rater == "patient" else "clinician"


def outcome_rows(evidence: Evidence) -> tuple[dict[str, str], ...]:
    """Rows of outcomes.csv, read once per folder."""
    return _rows(evidence.folder)


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


def followup_of(row: Row) -> float | None:
    """Days after the last session; a time counted from an unstated start is taken as it stands."""
    if row["followup_days_after_last_session"]:
        return float(row["followup_days_after_last_session"])
    stated = _number(row["followup_days_as_stated"])
    return stated if row["followup_reference"] != "from_first" else None


def change_spread(row: Row, correlation: float) -> float | None:
    """Standard deviation of the change within the arm, scale units."""
    if row["change_sd"]:
        return float(row["change_sd"])
    if not row["followup_sd"] or not row["baseline_sd"]:
        return None
    before, after = float(row["baseline_sd"]), float(row["followup_sd"])
    return float(np.sqrt(before**2 + after**2 - 2.0 * correlation * before * after))


def _number(text: str) -> float | None:
    return float(text) if text else None


@lru_cache(maxsize=4)
def _rows(folder: Path) -> tuple[dict[str, str], ...]:
    return tuple(read_table(folder / "measurements" / "outcomes.csv"))
