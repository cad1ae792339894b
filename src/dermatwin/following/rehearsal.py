"""Whether the weights say the truth: people whose truth is known are observed, learnt from, and asked about again.

Each of some people is taken for her: what would be observed of her is drawn with the errors of the readers and the chance of
her session, all other people are weighed by it, and the place of her own later value among them is noted. Were the weights
and the errors right, these places are uniform (Talts 2018; here for one person among drawn ones), bands of 90 % hold nine of
ten, and the width that is left tells what was learnt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .judged import BAND
from .weights import Reading, equal, formed, log_likelihood, quantiles, unformed, weigh


@dataclass(frozen=True)
class Target:
    """A later value of every person, and the form on which the width of its band is read."""

    values: np.ndarray
    form: str = "additive"
    floor: float = 0.0


@dataclass(frozen=True)
class Rehearsed:
    """Places of true values among the weighted people (0-1), whether bands of 90 % hold them, widths left (after/before)."""

    places: np.ndarray
    inside: np.ndarray
    width: np.ndarray
    effective: np.ndarray
    exponent: np.ndarray


def rehearse(
    readings: Sequence[Reading],
    predicted: Sequence[np.ndarray],
    targets: Mapping[str, Target],
    people: int,
    least: float,
    *,
    seed: int = 1,
) -> dict[str, Rehearsed]:
    """Take the first `people` of all for her, one after the other; what is learnt from each, by target.

    readings : how each value would be read (its value is drawn). predicted : (person,) what each would show.
    """
    count = len(predicted[0])
    random = np.random.Generator(np.random.Philox(seed))
    before = {name: _width(target, equal(count)) for name, target in targets.items()}
    rows: dict[str, list[tuple[float, bool, float, float, float]]] = {name: [] for name in targets}
    for her in range(people):
        observed = _observed(readings, predicted, her, random)
        likelihood = log_likelihood(observed, predicted, count)
        likelihood[her] = -np.inf
        found = weigh(likelihood, least)
        for name, target in targets.items():
            truth = target.values[her]
            if np.isfinite(truth):
                low, _, high = quantiles(target.values, found.weights, BAND)
                place = _place(target.values, found.weights, truth, random)
                width = _width(target, found.weights) / before[name]
                rows[name].append((place, bool(low <= truth <= high), width, found.effective, found.exponent))
    return {name: Rehearsed(*(np.array(column) for column in zip(*row, strict=True))) for name, row in rows.items()}


def _observed(
    readings: Sequence[Reading], predicted: Sequence[np.ndarray], her: int, random: np.random.Generator
) -> list[Reading]:
    """What would be read of her: her value with the chance that her session's readings share and each reader's error."""
    chances = {reading.group: float(random.standard_normal()) for reading in readings}
    found: list[Reading] = []
    for reading, values in zip(readings, predicted, strict=True):
        off = reading.chance * chances[reading.group] + reading.error * float(random.standard_normal())
        value = formed(values[her : her + 1], reading.form, reading.floor) + off
        found.append(replace(reading, value=float(_unformed(value, reading)[0])))
    return found


def _unformed(value: np.ndarray, reading: Reading) -> np.ndarray:
    """Off the form, below nothing too: the likelihood knows no end of a scale."""
    return np.exp(value) - reading.floor if reading.form == "ratio" else unformed(value, reading.form, reading.floor)


def _place(values: np.ndarray, weights: np.ndarray, truth: float, random: np.random.Generator) -> float:
    """Share of the weight below a value, that of equal ones drawn."""
    good = np.isfinite(values)
    total = weights[good].sum()
    equal_to = weights[good][values[good] == truth].sum()
    return float((weights[good][values[good] < truth].sum() + random.random() * equal_to) / total)


def _width(target: Target, weights: np.ndarray) -> float:
    low, _, high = quantiles(formed(target.values, target.form, target.floor), weights, BAND)
    return float(high - low)
