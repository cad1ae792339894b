"""A parameter's distribution: from a standard normal score to a value within its range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from .records import Parameter

if TYPE_CHECKING:
    import numpy as np


def total_spread(parameter: Parameter) -> float:
    """All sources of spread together."""
    return math.sqrt(parameter.knowledge**2 + parameter.person**2 + parameter.chance**2)


def truncated(parameter: Parameter, score: np.ndarray, spread: float) -> np.ndarray:
    """Turn standard normal scores into the parameter's distribution within its range.

    A score of 0 gives the median of the untruncated distribution when the range is wide; the map is increasing, so
    luck keeps its order.
    """
    import numpy as np
    from scipy.special import ndtr, ndtri  # pyright: ignore[reportMissingTypeStubs]

    share: np.ndarray = ndtr(score)
    if parameter.distribution == "uniform":
        width = parameter.high - parameter.low
        middle = (parameter.value - parameter.low) / width
        skewed: np.ndarray = np.where(share < 0.5, 2.0 * share * middle, middle + (2.0 * share - 1.0) * (1.0 - middle))
        return parameter.low + width * skewed
    log = parameter.distribution == "lognormal"
    centre, low, high = ((np.log(v) if log else v) for v in (parameter.value, parameter.low, parameter.high))
    bottom: float = ndtr((low - centre) / spread)
    top: float = ndtr((high - centre) / spread)
    inner: np.ndarray = np.where(score < 0.0, bottom + 2.0 * share * (0.5 - bottom), 0.5 + (2.0 * share - 1.0) * (top - 0.5))
    back: np.ndarray = ndtri(np.clip(inner, 1e-12, 1.0 - 1e-12))
    values = np.clip(centre + spread * back, low, high)
    return np.exp(values) if log else values
