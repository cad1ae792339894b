"""Laws that every run obeys, asserted at run time: finiteness, positivity, conservation of mass.

A check that fails raises `ComputationError` with the place and the time; nothing is repaired in silence.
"""

from __future__ import annotations

import numpy as np

from .errors import ComputationError


def _first(mask: np.ndarray) -> str:
    """Indices of the first offender, readable."""
    index = np.argwhere(mask)[0]
    return f"index {tuple(int(i) for i in index)}" if index.size else "scalar"


def require_finite(values: np.ndarray, where: str) -> None:
    """Raise unless every value is a finite number."""
    bad = ~np.isfinite(values)
    if bad.any():
        raise ComputationError(f"{int(bad.sum())} values are not finite", where, _first(bad))


def require_not_negative(values: np.ndarray, where: str, tolerance: float = 0.0) -> None:
    """Raise if a value lies below `-tolerance` (an absolute tolerance in the array's own unit)."""
    bad = values < -tolerance
    if bad.any():
        raise ComputationError(f"smallest value {float(values.min()):.3g} is negative", where, _first(bad))


def require_balance(total: np.ndarray, expected: np.ndarray, where: str, tolerance: float) -> None:
    """Raise unless |total - expected| <= tolerance * max(|expected|), element by element."""
    scale = np.maximum(np.abs(expected), np.finfo(float).tiny)
    error = np.abs(total - expected) / scale
    bad = error > tolerance
    if bad.any():
        raise ComputationError(f"mass is off by {float(error.max()):.3g} of the dose", where, _first(bad))
