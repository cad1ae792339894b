"""What is said of each observation: expected, early, late, or a reason to act; and whether it is asked about first.

Measured against all people like her before anything was learnt, the reader's error and the session's chance included: how
many of a hundred would be read at least so high (or so low). Which side is the bad one follows from the quantity: redness
that is higher than foreseen is late, a score that is better than foreseen is early; of what has no good side it is said that
it is high or low. A value that fewer than one in a thousand would have is more often a slip of the pen than a person: it is
asked about, with the value that it would be if its point had slipped, and counts once `confirmed: true` stands with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..core.errors import Fault
from ..evidence import Evidence
from ..twin.endpoints import BAND
from .measure import scale_of
from .seen import SLIPS, Seen
from .weights import Reading, below, quantiles

Status = Literal["expected", "early", "late", "high", "low", "act", "not predicted"]


@dataclass(frozen=True)
class Judged:
    """An observation beside what was foreseen of everybody like her, in the unit of the prediction."""

    seen: Seen
    status: Status
    low: float  # 5, 50 and 95 % of what would be read
    median: float
    high: float
    share: float  # of people like her who would be read at least as far out on this side [-]
    side: Literal["high", "low"]
    words: str
    look_for: str = ""
    asked: Fault | None = None

    @property
    def learnt(self) -> bool:
        """Whether something is learnt from it."""
        return (
            self.seen.reading is not None
            and not self.seen.left_out
            and self.asked is None
            and self.status != "not predicted"
        )


def judge(seen: Seen, predicted: np.ndarray | None, weights: np.ndarray, evidence: Evidence) -> Judged:
    """What is said of one observation; `predicted` (person,) is what each would show, None where the twin says nothing."""
    reading = seen.reading
    if predicted is None or not np.isfinite(predicted).any():
        return Judged(
            seen, "not predicted", np.nan, np.nan, np.nan, np.nan, "high", "the twin says nothing of it there and then"
        )
    if reading is None:
        low, median, high = quantiles(predicted, weights, BAND)
        return Judged(seen, "not predicted", low, median, high, np.nan, "high", f"shown, not judged: {seen.left_out}")
    share_below = below(reading, predicted, weights)
    low, median, high = _within(seen, _band(reading, predicted, weights))
    side: Literal["high", "low"] = "high" if share_below > 0.5 else "low"
    share = 1.0 - share_below if side == "high" else share_below
    bad = _bad_side(seen, evidence)
    if reading.bound:  # a bound on one side is no reason to act on the other
        share = max(share, 0.5) if (reading.bound == "upper") == (side == "high") else share
    outside = 0.5 * (1.0 - evidence.value("follow_expected_share", "1"))
    acts, asks = evidence.value("follow_act_share", "1"), evidence.value("follow_ask_share", "1")
    status = _status(share, side, bad, outside, acts)
    asked = None
    if share < asks and not seen.observation.confirmed:
        asked = _question(seen, reading, predicted, weights, share, (low, high))
    return Judged(
        seen, status, low, median, high, share, side, _words(seen, share, side, status), _look(seen, side, status), asked
    )


def _band(reading: Reading, predicted: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    """5, 50 and 95 % of what would be read, from the mixture over people."""
    from scipy.special import ndtri

    from .weights import unformed

    shares = (np.arange(9) + 0.5) / 9  # numerical: equal parts of the error
    centre = reading.formed(predicted)[:, None] + reading.width * ndtri(shares)
    spread = quantiles(unformed(centre, reading.form, reading.floor).ravel(), np.repeat(weights, len(shares)), BAND)
    return float(spread[0]), float(spread[1]), float(spread[2])


def _within(seen: Seen, band: tuple[float, float, float]) -> tuple[float, float, float]:
    """A band within what the quantity can be: a reader's error leads beyond the ends of a scale, a reading does not."""
    least = -np.inf if seen.row is None or seen.row.low is None else seen.row.low
    most = np.inf if seen.row is None or seen.row.high is None else seen.row.high
    low, median, high = (float(np.clip(value, least, most)) for value in band)
    return low, median, high


def _bad_side(seen: Seen, evidence: Evidence) -> Literal["high", "low"] | None:
    """The side on which healing is late or a result poor; None where there is none."""
    if seen.row is None or seen.row.lasting == "neither":
        return None
    scale = scale_of(seen.name.quantity, seen.name.detail.scale, evidence)
    lower = evidence.quantities[seen.name.quantity].lower_is_better if scale is None else scale.lower_is_better
    return None if lower is None else "high" if lower else "low"


def _status(share: float, side: str, bad: str | None, outside: float, acts: float) -> Status:
    if share >= outside:
        return "expected"
    if share < acts and side == (bad or side):
        return "act"
    if bad is None:
        return "high" if side == "high" else "low"
    return "late" if side == bad else "early"


def _words(seen: Seen, share: float, side: str, status: Status) -> str:
    count = _of_hundred(share)
    return f"{count} like her are read {'at least so high' if side == 'high' else 'so low or lower'}"


def _of_hundred(share: float) -> str:
    """'3 of 100', 'fewer than 1 of 1000'."""
    if share >= 0.01:
        return f"{round(100 * share)} of 100 people"
    return f"{round(1000 * share)} of 1000 people" if share >= 0.001 else "fewer than 1 of 1000 people"


def _look(seen: Seen, side: str, status: Status) -> str:
    if seen.row is None or status in ("expected", "not predicted"):
        return ""
    return seen.row.look_high if side == "high" else seen.row.look_low


def _question(
    seen: Seen, reading: Reading, predicted: np.ndarray, weights: np.ndarray, share: float, band: tuple[float, float]
) -> Fault:
    """Asks about a value that hardly anybody has."""
    low, high = band
    mended = [slip for slip in SLIPS if low <= seen.value * slip <= high]
    meant = f"; {seen.observation.value * mended[0]:g} would fit, was that meant?" if mended and seen.value else ""
    found = f"{seen.observation.value:g} {seen.observation.unit}".removesuffix(" 1")
    said = (
        f"is read in {_of_hundred(share)} like her (nine of ten: {low:.3g} to {high:.3g}){meant} "
        "Nothing is learnt from it until 'confirmed: true' stands with it"
    )
    return Fault(f"{seen.where}.value", found, said.replace("? Nothing", "? Nothing").replace(") Nothing", "); nothing"))
