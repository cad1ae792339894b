"""Which measurement would narrow what is awaited most: preposterior variance by regression on the weighted people.

For each measure and day that is still to come, y = g(x) + error of its usual reader + chance of its session; R^2 is how much
of the spread of the awaited result, on normal scores, a cubic of y explains over the people as they now count, less what a
cubic explains by luck:

    R2 = 1 - (1 - r2) (n - 1)/(n - p - 1),   narrowing = 1 - sqrt(1 - max(R2, 0)),   n = effective people, p = 3

The error of y is drawn once per person by named luck, the same for all measures, so that they are compared fairly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .people import Ask
from .weights import Reading, effective

POWERS = 3  # numerical: of the polynomial


@dataclass(frozen=True)
class Coming:
    """A measurement that could be made: by whom, and by how much the awaited result's spread would shrink in the mean."""

    ask: Ask
    title: str
    reader: str
    narrowing: float


def narrowing(target: np.ndarray, reading: Reading, predicted: np.ndarray, weights: np.ndarray, noise: np.ndarray) -> float:
    """Expected share by which the standard deviation of a result shrinks when this is measured [-].

    target, predicted, noise : (person,); noise standard normal.
    Law      between 0 and 1; no larger for a less sure reader, in the mean (tests/laws/test_follow.py).
    """
    good = np.isfinite(target) & np.isfinite(predicted) & (weights > 0.0)
    if good.sum() <= POWERS + 1:
        return 0.0
    count = weights[good] / weights[good].sum()
    y = reading.formed(predicted[good]) + reading.width * noise[good]
    z = _centred(target[good], count)
    x = _centred(y, count)
    if not (np.ptp(z) > 0.0 and np.ptp(x) > 0.0):
        return 0.0
    root = np.sqrt(count)[:, None]
    terms = np.vander(np.clip(x, -4.0, 4.0), POWERS + 1)
    solved = np.linalg.lstsq(root * terms, root[:, 0] * z, rcond=None)[0]
    rest = float((count * (z - terms @ solved) ** 2).sum() / (count * z**2).sum())
    people = effective(count)
    if people <= POWERS + 2:
        return 0.0
    explained = 1.0 - rest * (people - 1.0) / (people - POWERS - 1.0)
    return float(1.0 - np.sqrt(1.0 - max(explained, 0.0)))


def _centred(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Values with weighted mean 0 and standard deviation 1."""
    middle = float((weights * values).sum())
    spread = float(np.sqrt((weights * (values - middle) ** 2).sum()))
    return (values - middle) / spread if spread > 0.0 else values * 0.0


def best(found: Sequence[Coming], most: int = 5) -> tuple[Coming, ...]:
    """The most telling measurements, each quantity of a zone once."""
    told: dict[tuple[str, str], Coming] = {}
    for one in sorted(found, key=lambda one: (-one.narrowing, one.ask.day or 0.0)):
        told.setdefault((one.ask.name.text, one.ask.zone), one)
    return tuple(one for one in told.values() if one.narrowing > 0.0)[:most]
