"""Rows of trials in the model's words: which injury an arm had, when it was read, who rated, what counts as a responder.

Improvement is the share of the baseline by which an arm got better (positive = better). A definition of responders puts a
line: a stated share, a number of grades over the baseline, or a word whose meaning is learnt from the trials. What rows
say together is weighed in `calibration.trials`. Data: outcomes.csv.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ..evidence.rows.trials import OutcomeRow
from .scales import Scale

_DEFINITIONS = (  # text of a responder definition -> what draws its line; first match wins
    (r"(?:>=?|at least|by|over|more than) ?\d+ ?%", "percent"),
    (r"\+2 to \+3|\bmoderate\b", "moderate"),
    (r"(?:>=?|by) ?\d(?:-\d)?(?: grades?)?\b|\bgrades? (?:improved|reduced)", "grade"),
    (r"\bgood\b|\bmarked\b", "good"),
    (r"\bexcellent\b|\bclear(?:ed)?\b|no scars left", "excellent"),
    (r"improve|better|reduced|respond|satisfied", "any"),
)
_DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4"}
_STEPS = r"(?:grades?|points?|steps?|levels?)"
_MORE = rf"(?:more than|greater than|over|above|>(?!=)) ?(\d)(?![\d.]* ?%)(?= ?(?:{_STEPS}|$|\)))"
_LEAST = rf"(?:at least|no less than|\u2265) ?(\d)(?![\d.]* ?%)(?= ?(?:{_STEPS}|$|\)))"
"""More than a number of grades, and at least so many, in words and signs."""


@dataclass(frozen=True)
class Cut:
    """Where a definition puts the line between responders and the others."""

    word: str  # any, moderate, good or excellent: what raters mean is learnt; '' for a stated share
    share: float = 0.0  # relative improvement, where it is stated
    graded: bool = False  # counted in grades of a scored scale


def cut_of(definition: str, scale: Scale | None, baseline: float | None) -> Cut | None:
    """The line that a responder definition draws; None if it says nothing of it.

    'improved by >= 50 %' is 0.5, '>= 2 grades' is 1.5 / baseline (grades are rounded), and so is 'more than one grade';
    words are left to raters. A definition that also states grades is read by them.
    """
    text = _counting(definition.lower())
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


def _counting(text: str) -> str:
    """A definition with its numbers of grades as '>= n': 'more than one grade' is two at least."""
    words = "|".join(_DIGITS)
    text = re.sub(rf"\b({words})\b(?= ?{_STEPS})", lambda found: _DIGITS[found[1]], text)
    text = re.sub(_MORE, lambda found: f">= {int(found[1]) + 1}", text)
    return re.sub(_LEAST, r">= \1", text)


def rater_of(scale: Scale | None) -> str:
    """Who rates: the patient, or a clinician (an instrument counts as one)."""
    return "patient" if scale is not None and scale.rater == "patient" else "clinician"


def _grades(text: str, scale: Scale | None, baseline: float | None) -> float | None:
    """'>= 2 grades' as a share of the baseline; half a grade less, because grades are rounded."""
    stated = re.findall(r">= ?(\d)|by (\d)", text)
    first = float(next((g for pair in stated for g in pair if g), "1"))
    whole = scale.high if scale and scale.kind == "category" else baseline or (scale.usual if scale else None)
    return (first - 0.5) / whole if whole else None


def kind_of(device_kind: str, role: str, hot: frozenset[str]) -> str:
    """Which injury an arm has: needle, rf, active or untreated. hot : the kinds of device that burn."""
    if role in ("untreated", "sham"):
        return "untreated"
    if role in ("comparator", "led_only") or device_kind == "none":
        return "active"
    return "rf" if device_kind in hot else "needle"


def length_of(row: OutcomeRow) -> float | None:
    """Length of an arm's needles, mm: as stated, the middle of a range, or its one end."""
    if row.needle_length_mm is not None:
        return row.needle_length_mm
    ends = [end for end in (row.needle_length_min_mm, row.needle_length_max_mm) if end is not None]
    return sum(ends) / len(ends) if ends else None


def followup_of(row: OutcomeRow) -> float | None:
    """Days after the last session; a time counted from an unstated start is taken as it stands."""
    if row.followup_days_after_last_session is not None:
        return row.followup_days_after_last_session
    return row.followup_days_as_stated if row.followup_reference != "from_first" else None


def change_spread(row: OutcomeRow, correlation: float) -> float | None:
    """Standard deviation of the change within the arm, scale units."""
    if row.change_sd is not None:
        return row.change_sd
    if row.followup_sd is None or row.baseline_sd is None:
        return None
    before, after = row.baseline_sd, row.followup_sd
    return float(np.sqrt(before**2 + after**2 - 2.0 * correlation * before * after))
