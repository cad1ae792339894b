"""When a channel has closed to a permeant of a given size: pigment of make-up, a protein, a bacterium.

As the open cross-section shrinks the opening narrows, r_eff = r_0 (A/A_0)^kappa, and hinders what is not small against it
(Renkin: a sphere is kept away from the wall and slowed by it). A permeant counts as shut out when as little of it gets
through, relative to an opening that is not hindered, as of the dye at the time that the dye is shut out. So a permeant of
the dye's size closes with the dye and a larger one earlier. Left out: charge, shape, swelling, movement of a living
germ, what is stuck in the channel already, and a plug of clotted fluid.
"""

from __future__ import annotations

import numpy as np

from ..core.units import factor
from ..evidence import Draws
from ..flows import READOUTS, Channels

PERMEANTS = ("makeup_pigment", "protein", "bacterium")
_NO_TIME = 1e-9  # h between two points of a course, numerical
_LEAST = 1e-6  # nm, stands for no opening at all
_STEPS = 60  # halvings of the bracket of ln(A/A0)


def closure_time_for(channels: Channels, draws: Draws, radius_nm: float | np.ndarray) -> np.ndarray:
    """Time at which channels no longer let in a permeant of this radius [h], shape (draw,).

    f H(r / r_eff(f)) = f_dye H(r_dye / r_eff(f_dye)),   r_eff = r_0 f^kappa,   f = A/A0

    Units    radius nm, one number or (draw,).
    Valid    spheres up to the width of the channel; a wider one is shut out from the start (0 h). Not a statement on
             sterility: a germ may enter early, and may multiply in what is left of a channel.
    Error    the course of f is interpolated in its logarithm between the hours of `channels.time`: exact during repair,
             covered or bare, a few per cent of the hour during recoil; beyond the last hour it goes on as it ends.
    Source   evidence `pore_narrowing_exponent`, `renkin_*`, `permeant_radius[dye]`; the rule is assumed.
    Law      falls with the radius, equals the dye's time at the dye's radius (tests/laws/test_barrier.py).
    """
    time, course = _course_of(channels)
    dye = _course_at(time, course, channels.closure_time[:, READOUTS.index("dye")])
    narrow = _Opening(channels.radius * factor("mm", "nm"), draws)
    passing = narrow.log_passage(draws("permeant_radius[dye]", "nm"), dye)
    limit = narrow.log_fraction(np.broadcast_to(np.asarray(radius_nm, float), dye.shape), passing)
    some = (channels.density > 0.0) & (channels.radius > 0.0)
    return np.where(some, _time_at(time, course, limit), 0.0)


def permeant_closure(channels: Channels, draws: Draws) -> dict[str, np.ndarray]:
    """Closure time [h] of the permeants that matter after needling, each (draw,)."""
    return {name: closure_time_for(channels, draws, draws(f"permeant_radius[{name}]", "nm")) for name in PERMEANTS}


class _Opening:
    """How much passes an opening that narrows: f H(r / r_eff) in logarithms, arrays (draw,)."""

    def __init__(self, radius: np.ndarray, draws: Draws) -> None:
        self.radius = np.maximum(radius, _LEAST)  # nm, fully open
        self.narrowing = draws("pore_narrowing_exponent", "1")
        self.coefficients = tuple(draws.median(f"renkin_{power}", "1") for power in ("linear", "cubic", "quintic"))

    def log_passage(self, permeant: np.ndarray, log_fraction: np.ndarray) -> np.ndarray:
        """ln(f H); -inf where the permeant is as wide as the opening or nothing is open."""
        with np.errstate(divide="ignore", over="ignore"):
            size = np.minimum(permeant / self.radius * np.exp(-self.narrowing * log_fraction), 1.0)
            return log_fraction + np.log(self.hindrance(size))

    def hindrance(self, size: np.ndarray) -> np.ndarray:
        """H = (1 - s)^2 (1 - b1 s + b3 s^3 - b5 s^5) [-], s radius of the permeant over that of the opening (Renkin)."""
        linear, cubic, quintic = self.coefficients
        return (1.0 - size) ** 2 * (1.0 - linear * size + cubic * size**3 - quintic * size**5)

    def log_fraction(self, permeant: np.ndarray, log_passage: np.ndarray) -> np.ndarray:
        """ln f at which f H falls to a passage; 0 if it starts below. f H rises with f, so bisection always converges."""
        bare = np.log(np.minimum(permeant / self.radius, 1.0)) / self.narrowing  # opening just as wide as the permeant
        low = np.where(np.isfinite(log_passage), np.maximum(bare, np.minimum(log_passage, 0.0)), bare)
        high = np.zeros_like(low)
        for _ in range(_STEPS):
            middle = 0.5 * (low + high)
            passes = self.log_passage(permeant, middle) > log_passage
            low, high = np.where(passes, low, middle), np.where(passes, middle, high)
        return np.where(self.log_passage(permeant, np.zeros_like(low)) <= log_passage, 0.0, high)


def _course_of(channels: Channels) -> tuple[np.ndarray, np.ndarray]:
    """Hours and ln f, (time,) and (draw, time), with the end of a cover, where the half-life changes, as a point.

    That point lies on the bare repair that follows, which the next two hours give.
    """
    time, course = channels.time, np.log(np.maximum(channels.open_fraction, np.finfo(float).tiny))
    right = int(np.searchsorted(time, channels.covered))
    if not 0 < right < time.size - 1 or np.abs(time - channels.covered).min() < _NO_TIME:
        return time, course
    slope = (course[:, right + 1] - course[:, right]) / (time[right + 1] - time[right])
    corner = course[:, right] + slope * (channels.covered - time[right])
    corner = np.clip(corner, course[:, right], course[:, right - 1])
    return np.insert(time, right, channels.covered), np.insert(course, right, corner, axis=1)


def _course_at(time: np.ndarray, course: np.ndarray, when: np.ndarray) -> np.ndarray:
    """ln f at a time per person [h], straight between the hours given and beyond the last; -inf at infinity."""
    left = np.clip(np.searchsorted(time, when, side="right") - 1, 0, time.size - 2)
    start, slope = _segment(time, course, left)
    finite = np.where(np.isfinite(when), when, 0.0)
    return np.where(np.isfinite(when), start + slope * (finite - time[left]), -np.inf)


def _time_at(time: np.ndarray, course: np.ndarray, level: np.ndarray) -> np.ndarray:
    """Time at which ln f falls to a level [h], (draw,): 0 if it starts there, inf if it never does."""
    left = np.clip((course > level[:, None]).sum(axis=1) - 1, 0, time.size - 2)
    start, slope = _segment(time, course, left)
    falls = slope < 0.0
    after = time[left] + (level - start) / np.where(falls, slope, -1.0)
    return np.where(level >= course[:, 0], 0.0, np.where(falls, after, np.inf))


def _segment(time: np.ndarray, course: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and slope of the piece of each person's course that begins at index `left`."""
    person = np.arange(course.shape[0])
    start = course[person, left]
    return start, (course[person, left + 1] - start) / (time[left + 1] - time[left])
