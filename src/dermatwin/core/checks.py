"""Laws that every run obeys, asserted at run time: finiteness, positivity, conservation of mass.

A check that fails raises `ComputationError` with the place and the time; nothing is repaired in silence. Where every
possible person is computed apart, one for whom it fails is left out (not a number) and counted, until too many fail.
"""

from __future__ import annotations

import numpy as np

from .errors import ComputationError

MAY_FAIL = 0.05
"""Share of the possible people of a run for whom a stage may fail; one may always, all never."""


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


def unsound(values: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
    """Which people (first axis) have a value that is not finite or lies below `-tolerance`, shape (draw,)."""
    bad = ~np.isfinite(values) | (values < -tolerance)
    return np.asarray(bad.reshape(len(values), -1).any(axis=1))


def unbalanced(total: np.ndarray, expected: np.ndarray, tolerance: float) -> np.ndarray:
    """Which people have a total off by more than tolerance * |expected| anywhere, shape (draw,)."""
    scale = np.maximum(np.abs(expected), np.finfo(float).tiny)
    bad = ~(np.abs(total - expected) / scale <= tolerance)
    return np.asarray(bad.reshape(len(total), -1).any(axis=1))


def may_fail(people: int) -> int:
    """For how many of so many people a stage may fail: `MAY_FAIL` of them, one at least, never all."""
    return max(0, min(max(1, int(MAY_FAIL * people)), people - 1))


def require_most(failed: np.ndarray, where: str) -> None:
    """Raise if a stage failed for more people (draw,) than may fail; these are all people that there are."""
    count = int(failed.sum())
    if count > may_fail(failed.size):
        raise ComputationError(f"failed for {count} of {failed.size} people", where, _first(failed))
