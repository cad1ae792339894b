"""Boundaries of group sequential trials by spending of alpha (Lan and DeMets 1983).

    O'Brien-Fleming type  a(t) = 2 (1 - Phi[Phi^-1(1 - a_1/2)/sqrt(t)]);     Pocock type  a(t) = a_1 ln[1 + (e - 1) t]

Two-sided and symmetric: each side spends its a_1 = alpha/2. B(t) = Z(t) sqrt(t) is a Brownian motion: its density among
trials that go on is carried from look to look by quadrature (Armitage, McPherson and Rowe 1969), and the boundary of each
look is where what is spent there is left.
Held to the table of ldbounds (tests/reference/test_trial_boundaries.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

FINENESS = 1201  # numerical: points of the quadrature between two boundaries, odd
FARTHEST = 9.0  # numerical: standard deviations beyond which nothing is left


def spent(times: np.ndarray, alpha: float, kind: str) -> np.ndarray:
    """Alpha of both sides that is spent up to shares of the information."""
    from scipy.special import ndtr, ndtri

    if kind == "pocock":
        return alpha * np.log1p((np.e - 1.0) * times)
    return 2.0 * 2.0 * ndtr(ndtri(alpha / 4) / np.sqrt(times))


def boundaries(looks: Sequence[float], alpha: float, kind: str) -> np.ndarray:
    """The |z| at which each look stops for efficacy, two-sided."""
    from scipy.special import ndtr

    times = np.asarray(looks, float)
    steps = np.diff(np.concatenate([[0.0], spent(times, alpha, kind)]))
    found, grid, density = np.empty(len(times)), np.array([0.0]), np.array([1.0])  # weights of the quadrature included
    before = 0.0
    for number, (time, step) in enumerate(zip(times, steps, strict=True)):
        sd, start, mass = np.sqrt(time - before), grid, density

        def beyond(limit: float, sd: float = sd, start: np.ndarray = start, mass: np.ndarray = mass) -> float:
            """Chance to end beyond +-limit (of B) at this look and at none before."""
            tail = ndtr((-limit - start) / sd) + ndtr((start - limit) / sd)
            return float(mass @ tail)

        most = FARTHEST * np.sqrt(time)
        limit = most if beyond(most) >= step else _root(beyond, step, most)
        found[number] = limit / np.sqrt(time)
        grid = np.linspace(-limit, limit, FINENESS)
        kernel = np.exp(-0.5 * ((grid[:, None] - start) / sd) ** 2) / (sd * np.sqrt(2.0 * np.pi))
        density, before = (kernel @ mass) * _simpson(grid), time
    return found


def _root(beyond: Callable[[float], float], step: float, most: float) -> float:
    """Where so much is left beyond."""
    from scipy.optimize import brentq

    found: Any = brentq(lambda limit: beyond(limit) - step, 0.0, most, xtol=1e-10)
    return float(found)


def _simpson(grid: np.ndarray) -> np.ndarray:
    weights = np.ones(len(grid))
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    return weights * (grid[1] - grid[0]) / 3.0


def conditional_power(z: np.ndarray, time: float, last: float) -> np.ndarray:
    """Chance to cross the last boundary if the trend of now goes on: Phi[(z/sqrt(t) - c)/sqrt(1 - t)], drift z/sqrt(t)."""
    from scipy.special import ndtr

    return ndtr((z / np.sqrt(time) - last) / np.sqrt(1.0 - time))
