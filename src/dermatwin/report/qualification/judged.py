"""A quantity's figures in words: the bands first, then the middle against the mean of other studies.

What is judged here is judged by chance alone, rows as if independent; a study among the sources of its own prediction is
no test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .. import words
from .told import factor, share, times, title, unit

FEW = 10  # rows below which a coverage is not judged, unless it is far too low
SURPRISE = 0.05  # chance of so few rows inside, were the bands right, below which they are called too narrow


@dataclass(frozen=True)
class Judged:
    """One line of a file's table of quantities."""

    title: str
    rows: int
    studies: int
    bounds: int
    half: str
    four_fifths: str
    coverage: str
    width: str
    score: str
    error: str
    baseline: str
    unit: str
    same: str  # the twin's error on the rows of the baseline, where these are not all
    verdict: str
    tone: str


def judged(name: str, q: Mapping[str, Any]) -> Judged:
    """A quantity of a file; `q` as `validation.scoring.by_quantity` gives it."""
    naive = q["baseline"]
    own = naive["twin_on_the_same_rows"]
    plain = q["median_factor"] is None and q["mean_abs_error"] is not None
    return Judged(
        title=title(name),
        rows=q["scored"],
        studies=q["studies"],
        bounds=q["bounds"],
        half=share(q["coverage_50"]),
        four_fifths=share(q["coverage_80"]),
        coverage=share(q["coverage_90"]),
        width=_width(q),
        score=times(q["crps_ratio"]),
        error=_error(q),
        baseline=_error(naive),
        unit=("share" if q["unit"] == "1" else unit(q["unit"])) if plain else "",
        same=_error(own) if naive["scored"] != q["scored"] and _compared(naive) else "",
        verdict=verdict(q),
        tone=_tone(q),
    )


def _width(q: Mapping[str, Any]) -> str:
    """Width of the middle 90 % band: a factor between its ends on a scale of ratios, else in the quantity's unit."""
    if q["width"] is None:
        return words.NOTHING
    return (
        words.number(q["width"])
        if q["median_factor"] is None and q["mean_abs_error"] is not None
        else factor(10.0 ** q["width"])
    )


def _error(figures: Mapping[str, Any]) -> str:
    if figures["median_factor"] is not None:
        return factor(figures["median_factor"])
    return words.NOTHING if figures["mean_abs_error"] is None else words.number(figures["mean_abs_error"])


def verdict(q: Mapping[str, Any]) -> str:
    """A quantity's figures in words: the bands first, then the middle against the mean of other studies."""
    parts = [_of_bands(q), _of_direction(q), _of_baseline(q)]
    if q["leaning"] == q["scored"]:
        parts.append("its own studies are among the sources: no test")
    return words.sentence("; ".join(part for part in parts if part))


def _of_bands(q: Mapping[str, Any]) -> str:
    if q["coverage_90"] is None:
        return ""
    inside = round(q["coverage_90"] * q["scored"])
    if q["scored"] == 1:
        return "one row, inside its band" if inside else "one row, outside its band"
    if too_narrow(q):
        return "bands too narrow"
    if too_wide(q):
        return "bands wider than they need be"
    return f"{inside} of {q['scored']} inside, too few to judge" if q["scored"] < FEW else "bands hold within chance"


def too_narrow(q: Mapping[str, Any]) -> bool:
    """Whether so few rows inside would be a surprise if nine in ten belonged there (binomial, rows as if independent)."""
    from scipy.stats import binom

    if q["coverage_90"] is None:
        return False
    return bool(binom.cdf(round(q["coverage_90"] * q["scored"]), q["scored"], 0.9) < SURPRISE)


def too_wide(q: Mapping[str, Any]) -> bool:
    """Whether so many rows inside would be a surprise if nine in ten belonged there; takes 29 rows at least."""
    from scipy.stats import binom

    if q["coverage_90"] is None:
        return False
    return bool(binom.sf(round(q["coverage_90"] * q["scored"]) - 1, q["scored"], 0.9) < SURPRISE)


def _of_direction(q: Mapping[str, Any]) -> str:
    right = q["sign_accuracy"]
    if right is None:
        return ""
    return f"{share(right)} of directions right" if q["scored"] > 1 else f"direction {'right' if right else 'wrong'}"


def _of_baseline(q: Mapping[str, Any]) -> str:
    if q["coverage_90"] is None:
        return ""
    if q["better_than_baseline"] is None:
        return (
            "bounds only, no distance"
            if q["bounds"] == q["scored"]
            else ("as near as other studies' mean" if _compared(q["baseline"]) else "no baseline")
        )
    return "nearer than other studies' mean" if q["better_than_baseline"] else "no nearer than other studies' mean"


def _compared(naive: Mapping[str, Any]) -> bool:
    """Whether the baseline has an error at all: it has none where only bounds could be compared with it."""
    return bool(naive["scored"]) and not (naive["median_factor"] is None and naive["mean_abs_error"] is None)


def _tone(q: Mapping[str, Any]) -> str:
    """Which mark stands before the verdict; the words carry the meaning."""
    if q["leaning"] == q["scored"]:
        return "open"
    if too_narrow(q) or q["coverage_90"] == 0.0 or q["better_than_baseline"] is False:
        return "outside"
    return "inside" if q["better_than_baseline"] or q["sign_accuracy"] == 1.0 else "open"
