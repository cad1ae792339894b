"""Parameters as they are believed: one value per person, drawn under named luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.chance import Luck
from ..core.units import factor
from .records import Parameter
from .store import Evidence


@dataclass(frozen=True)
class Draws:
    """Values of parameters for every person.

    `draws("puncture_toughness", "N/mm")` gives an array (draw,) in the unit that is asked for. What is unknown is
    drawn once for the whole run, what differs between people once per person, and what differs between treatment
    sessions once per (person, session, zone).
    """

    evidence: Evidence
    luck: Luck

    @property
    def count(self) -> int:
        """Number of people."""
        return self.luck.draws

    def __call__(self, name: str, unit: str, session: int = 0, zone: str = "") -> np.ndarray:
        """Values of one parameter in `unit`, shape (draw,)."""
        parameter = self.evidence.parameters[name]
        return self._values(parameter, session, zone) * factor(parameter.unit, unit)

    def median(self, name: str, unit: str) -> float:
        """The parameter's median in `unit`."""
        parameter = self.evidence.parameters[name]
        return parameter.value * factor(parameter.unit, unit)

    def _values(self, parameter: Parameter, session: int, zone: str) -> np.ndarray:
        if parameter.distribution == "fixed":
            return np.full(self.count, parameter.value)
        spreads = {"knowledge": parameter.knowledge, "person": parameter.person, "chance": parameter.chance}
        total = float(np.sqrt(sum(s * s for s in spreads.values())))
        score = np.zeros(self.count)
        for source, spread in spreads.items():
            if spread:
                process = f"{parameter.name}@{zone}" if source == "chance" else parameter.name
                score += spread * self.luck.normal(source, process, session if source == "chance" else 0)[:, 0]
        return truncated(parameter, score / total, total)


def truncated(parameter: Parameter, score: np.ndarray, spread: float) -> np.ndarray:
    """Turn standard normal scores into the parameter's distribution within its range.

    A score of 0 gives the median of the untruncated distribution when the range is wide; the map is increasing, so
    luck keeps its order.
    """
    from scipy.special import ndtr, ndtri

    if parameter.distribution == "uniform":
        width = parameter.high - parameter.low
        middle = (parameter.value - parameter.low) / width
        share = ndtr(score)
        skewed = np.where(share < 0.5, 2.0 * share * middle, middle + (2.0 * share - 1.0) * (1.0 - middle))
        return parameter.low + width * skewed
    log = parameter.distribution == "lognormal"
    centre, low, high = ((np.log(v) if log else v) for v in (parameter.value, parameter.low, parameter.high))
    bottom, top = ndtr((low - centre) / spread), ndtr((high - centre) / spread)
    inner = np.where(score < 0.0, bottom + 2.0 * ndtr(score) * (0.5 - bottom), 0.5 + (2.0 * ndtr(score) - 1.0) * (top - 0.5))
    values = np.clip(centre + spread * ndtri(np.clip(inner, 1e-12, 1.0 - 1e-12)), low, high)
    return np.exp(values) if log else values
