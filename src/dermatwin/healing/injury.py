"""From needle holes to a stimulus: how much of a layer a treatment session activates, and how hard.

Holes are thrown over the surface at random (Poisson). Around each, the alarm and the cells it calls fade with distance; the
halo is the even disc that would answer like this uneven one, and where halos add up, the even field with their mean and
variance. More needles first recruit more tissue at an equal local dose; only when halos overlap does the local dose rise.
Checked against the network solved in space (docs/design/006). The hole is taken as wide in depth as at the surface. Left
out: the pattern of a stamp's regular grid, bleeding as a stimulus of its own, exchange between layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..flows import Punctures


@dataclass(frozen=True)
class Injury:
    """What one treatment session does to the layers of one zone; arrays (draw, layer) unless said otherwise."""

    activated_fraction: np.ndarray  # share of the layer within halos [-]
    destroyed_share: np.ndarray  # destroyed share of the activated part [-]
    activation: np.ndarray  # strength of the alarm, 1 in a full-thickness wound [-]
    channel_radius: np.ndarray  # (draw,) mm


def injury_of(punctures: Punctures, draws: Draws) -> Injury:
    """The injury that one session's punctures are.

    F = n A / (1 + n A),   h = 1 - exp(-n pi r_c^2),   d = h / F,   a = d / (max(s, d) + K_d),   n = density x reach

    F shares the layer so that the even field on it has the mean and variance of the holes' added fields (Campbell), A is
    the area of one halo (`halo_area`), h the destroyed share of the layer, and s = 1 - (1 - r_c^2/(r_c + lam)^2)(1 - h)
    the share that a hole sees destroyed around itself: where all is destroyed the alarm is that of a full-thickness wound.

    Units    density 1/cm2, r_c (root-mean-square hole radius) and lam (`signalling_length`) mm.    Shape (draw, layer).
    Valid    halos smaller than the treated area; d is cut at 1, where holes cover the skin before their halos do.
    Source   evidence `signalling_length` (grade D), `damage_half_activation`, `danger_gain_neutrophils`, `danger_gain_m1`
             (grade E); within a tenth of the network in space (tests/reference/test_patch_halo.py).
    Law      F, d and a in [0, 1], increasing in density, d in hole size; 0 without punctures (tests/laws/test_healing.py).
    """
    radius = channel_radius(punctures)
    return Injury(*_activated(punctures.density[:, None] * punctures.reach, radius, draws), radius)


def alarmed_depth(punctures: Punctures, draws: Draws) -> np.ndarray:
    """Alarm that one session raises under the surface, INT F(z) a(z) dz over the ways of its needles [mm], (draw,).

    F and a are those of `injury_of` at every depth z, where only the needles that come so far count: a longer needle or one
    more puncture always adds. A millimetre of full-thickness wound is 1 / (1 + K_d) mm.

    Law      0 without punctures; rises with depth and with density; between the sums over whole layers that its needles
             enter and that they cross (tests/laws/test_healing.py).
    """
    depth = np.sort(punctures.in_situ_depth, axis=1)
    pierced = (depth > 0.0).sum(axis=1, keepdims=True)
    deeper = np.minimum(np.arange(depth.shape[1], 0, -1) / np.maximum(pierced, 1), 1.0)  # share that reaches each depth
    share, _, activation = _activated(punctures.density[:, None] * deeper, channel_radius(punctures), draws)
    return (share * activation * np.diff(depth, axis=1, prepend=0.0)).sum(axis=1)


def _activated(density: np.ndarray, radius: np.ndarray, draws: Draws) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """F, d and a of `injury_of` for a density of holes [1/cm2], (draw, place) each; radius (draw,) mm."""
    reach = draws("signalling_length", "mm")
    per_mm2 = density * 0.01
    hole = np.pi * radius**2
    gain = draws("danger_gain_neutrophils", "1") + draws("danger_gain_m1", "1")
    halos = per_mm2 * (hole + halo_area(reach, gain))[:, None]
    holes = -np.expm1(-per_mm2 * hole[:, None])
    share = halos / (1.0 + halos)
    destroyed = np.minimum(np.divide(holes, share, out=np.zeros_like(holes), where=share > 0.0), 1.0)
    beside = 1.0 - (radius / (radius + reach)) ** 2
    seen = np.maximum(1.0 - beside[:, None] * (1.0 - holes), destroyed)
    return share, destroyed, destroyed / (seen + draws("damage_half_activation", "1")[:, None])


def halo_area(reach: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Area of the even halo that answers like a point-like hole's uneven one [mm2].

    A = 1 / integral p_F p_S = 4 pi lam^2 (q - 1)^3 / (q^2 - 1 - 2 q ln q),   q = 1 / (1 - g)

    p_F, p_S are how fibroblasts and the TGF-beta 1 that they answer to spread around the hole; the alarm, mitogens and
    TGF-beta 1 all reach `reach` = lam [mm] from where they are made, and the alarm calls itself with `gain` = g < 1.
    """
    q = 1.0 / (1.0 - gain)
    return 4.0 * np.pi * reach**2 * (q - 1.0) ** 3 / (q**2 - 1.0 - 2.0 * q * np.log(q))


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
