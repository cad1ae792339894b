"""How likely a measurement is when the model says what it says: values, bounds, shares and yes-or-no alike.

A study's figure y differs from the model's m(theta) by a factor whose logarithm is normal with variance s^2 + e^2: s is the
discrepancy between studies and model (itself unknown), e what the measurement is worth (standard error, or a rounding
for 'about'). A bound adds the probability of what it allows. Shares are compared on the logit.
"""

from __future__ import annotations

import numpy as np

from ..validation.prediction import Prediction
from ..validation.rows import Row

ROUGH = 0.15  # of a value given as 'about', on the logarithm
EDGE = 0.02  # shares closer to 0 or 1 than this cannot be told from them


def log_likelihood(row: Row, prediction: Prediction, spread: np.ndarray, share_spread: float) -> np.ndarray:
    """Log likelihood of one row for every lane, shape (lane,).

    prediction : draws hold one predicted value per lane. spread : sd of ln between study and model, (lane,).
    share_spread : sd of the logit of a share.
    """
    if prediction.scale == "log":
        distance = np.log(prediction.measured) - np.log(np.maximum(prediction.draws, np.finfo(float).tiny))
        return censored(distance, np.sqrt(spread**2 + error_of(row) ** 2), prediction.bound)
    distance = _logit(np.full_like(prediction.draws, prediction.measured)) - _logit(prediction.draws)
    return censored(distance, np.full_like(distance, share_spread), prediction.bound)


def error_of(row: Row) -> float:
    """Relative standard error of a row's value."""
    timed = row["quantity"] == "pore_open_fraction"
    value, sd = (row.number(column) for column in (("time_h", "time_sd_h") if timed else ("value", "sd")))
    return sd / value / np.sqrt(row.number("n") or 1.0) if value and sd else ROUGH


def censored(distance: np.ndarray, spread: np.ndarray, bound: str) -> np.ndarray:
    """Log density of `distance` = measured - predicted, or log probability of what a bound allows.

    An upper bound y says that the true value is at most y: P = Phi((y - m) / spread); a lower bound the other way.
    """
    from scipy.special import log_ndtr

    scaled = distance / spread
    if bound == "upper":
        return log_ndtr(scaled)
    if bound == "lower":
        return log_ndtr(-scaled)
    return -0.5 * scaled**2 - np.log(spread) - 0.5 * np.log(2.0 * np.pi)


def _logit(share: np.ndarray) -> np.ndarray:
    inside = np.clip(share, EDGE, 1.0 - EDGE)
    return np.log(inside / (1.0 - inside))
