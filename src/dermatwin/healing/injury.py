"""From needle holes to a stimulus: how much of a layer a treatment session activates, and how hard.

Holes are thrown over the surface at random (Poisson), each with a halo as wide as signals travel; overlapping halos are
counted once. More needles first recruit more tissue at an equal local dose; only when halos overlap does the local dose
rise. The hole is taken as wide in depth as at the surface. Left out: the pattern of a stamp's regular grid, bleeding as
a stimulus of its own, exchange between layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..flows import Punctures


@dataclass(frozen=True)
class Injury:
    """What one treatment session does to the layers of one zone; arrays (draw, layer) unless said otherwise."""

    activated_fraction: np.ndarray  # share of the layer within a halo [-]
    destroyed_share: np.ndarray  # destroyed share of the activated part [-]
    activation: np.ndarray  # strength of the alarm, 1 in a full-thickness wound [-]
    channel_radius: np.ndarray  # (draw,) mm


def injury_of(punctures: Punctures, draws: Draws) -> Injury:
    """The injury that one session's punctures are.

    f_a = 1 - exp(-n pi (r_c + lam)^2),   d = n pi r_c^2 / f_a,   a = d / (d + K_d),   n = density x reach

    Units    density 1/cm2, r_c (root-mean-square hole radius) and lam (`signalling_length`) mm.    Shape (draw, layer).
    Valid    halos smaller than the treated area; holes up to d = 1, where it is cut.
    Source   evidence `signalling_length` (grade D), `damage_half_activation` (grade E).
    Law      f_a and a in [0, 1), increasing in density and in hole size; 0 without punctures (tests/laws/test_healing.py).
    """
    radius = channel_radius(punctures)
    reach = (radius + draws("signalling_length", "mm"))[:, None]
    per_mm2 = punctures.density[:, None] * punctures.reach * 0.01
    activated = -np.expm1(-per_mm2 * np.pi * reach**2)
    holes = -np.expm1(-per_mm2 * np.pi * radius[:, None] ** 2)  # overlapping holes counted once, as overlapping halos are
    destroyed = np.divide(holes, activated, out=np.zeros_like(holes), where=activated > 0.0)
    half = draws("damage_half_activation", "1")[:, None]
    return Injury(activated, destroyed, destroyed / (destroyed + half), radius)


def channel_radius(punctures: Punctures) -> np.ndarray:
    """Root-mean-square radius of the holes at the surface [mm], (draw,); 0 where no needle pierced."""
    pierced = punctures.in_situ_depth > 0.0
    squares = np.where(pierced, (0.5 * punctures.channel_diameter) ** 2, 0.0).sum(axis=1)
    count = pierced.sum(axis=1)
    return np.sqrt(np.divide(squares, count, out=np.zeros_like(squares), where=count > 0))


def closure_time(radius: np.ndarray, speed: np.ndarray, lag: np.ndarray) -> np.ndarray:
    """Time until the epidermis has grown over a hole, t_lag + r_c / v_epi [d]; 0 where there is no hole."""
    return np.where(radius > 0.0, lag + radius / speed, 0.0)


def gap_radius(elapsed: np.ndarray, radius: np.ndarray, speed: np.ndarray, lag: np.ndarray) -> np.ndarray:
    """Radius of the gap in the epidermis, max(r_c - v_epi (t - t_lag)+, 0) [mm], shape (draw, time).

    `elapsed` (time,) d since the session; closed form, because a hard stop inside the network would make it chatter.
    """
    grown = speed[:, None] * np.maximum(elapsed[None, :] - lag[:, None], 0.0)
    return np.maximum(radius[:, None] - grown, 0.0)
