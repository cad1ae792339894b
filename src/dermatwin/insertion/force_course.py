"""The force on one needle while it goes in: the dimple deepens, the skin gives way, tissue resists what follows.

The law is that of `penetration`, followed along the way instead of looked up at its end:

1. dimple: F = K u^2 until F_c = Gamma d_tip, u the way of the tip since it touched the skin;
2. puncture: the dimple springs back over the needle while the needle stands still, F falls to F_pen(p) with
   p + delta(p) = u;
3. penetration: F_pen(p) at u = p + delta(p), up to the in-situ depth.

Inertia, the time that the skin needs to spring back, and the scatter between needles are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..case.document import Settings
from ..device import Device, base_diameter, tip_diameter
from ..evidence import Draws
from ..skin import Skin
from .handling import handle
from .needle import Needle
from .penetration import TOLERANCE, deepest
from .tissue import Tissue, tissue_at

STEPS = 50  # numerical: points of each of the two rising parts


@dataclass(frozen=True)
class ForceCourse:
    """Force of one typical needle per draw; `way`, `depth` and `force` are points of one curve, shape (draw, point).

    `way` never falls. A needle that does not pierce ends at the largest force that can be brought to bear.
    """

    way: np.ndarray  # mm, of the tip since it touched the skin: dimple and depth together
    depth: np.ndarray  # mm, needle inside the skin
    force: np.ndarray  # N
    pierced: np.ndarray  # (draw,) bool
    puncture_force: np.ndarray  # (draw,) N, needed to pierce
    final_force: np.ndarray  # (draw,) N, at the end

    @property
    def dimple(self) -> np.ndarray:
        """Dimple that remains when the needle is deepest [mm], shape (draw,)."""
        return self.way[:, -1] - self.depth[:, -1]

    @property
    def in_situ_depth(self) -> np.ndarray:
        """Depth at the end [mm], shape (draw,)."""
        return self.depth[:, -1]


def force_course(device: Device, settings: Settings, skin: Skin, draws: Draws, session: int = 0) -> ForceCourse:
    """Follow one needle of set length and median tip, for every draw, from its first touch to its deepest place.

    F(u) = K u^2 up to F_c;  then F_pen(p) with u = p + sqrt(F_pen(p) / K),  p from the puncture to the in-situ depth

    Units    mm, N.      Shape  (draw, point); see `ForceCourse`.
    Valid    as `insertion.insert`, which adds the scatter between needles.
    Law      starts at 0; its largest value is the larger of puncture and final force
             (tests/interface/test_report_needle.py).
    """
    settings = settings.at(session)
    push = handle(device, settings, skin, draws, session).push
    tissue = tissue_at(
        skin,
        draws,
        speed=push.speed,
        compliance_class=push.compliance_class,
        spacing=push.spacing,
        neighbours=push.neighbours,
        stretched=settings.stretched,
    )
    needle = _needle(device, settings, draws, skin.zone, session)
    gap, hand = push.gap[:, None], push.force[:, None]
    threshold = tissue.puncture_force(needle.tip)
    at_hand = np.minimum(hand, tissue.stiffness * np.maximum(needle.length - gap, 0.0) ** 2)
    final = np.where(at_hand >= threshold, deepest(needle, tissue, hand, gap), 0.0)
    pierced = final > TOLERANCE * needle.length
    final = np.where(pierced, final, 0.0)
    first = np.where(pierced, _sprung_back(needle, tissue, threshold, final), 0.0)
    before = _dimpling(tissue, np.where(pierced, threshold, at_hand))
    after = _entering(needle, tissue, first, final, pierced)
    way, depth, force = (np.concatenate(parts, axis=1) for parts in zip(before, after, strict=True))
    stays = ~np.repeat(pierced, STEPS, axis=1)  # a needle that does not pierce stays where the dimple ended
    way[:, STEPS:] = np.where(stays, way[:, STEPS - 1 : STEPS], way[:, STEPS:])
    force[:, STEPS:] = np.where(stays, force[:, STEPS - 1 : STEPS], force[:, STEPS:])
    return ForceCourse(np.maximum.accumulate(way, axis=1), depth, force, pierced[:, 0], threshold[:, 0], force[:, -1])


def _needle(device: Device, settings: Settings, draws: Draws, zone: str, session: int) -> Needle:
    """One needle per draw (draw, 1), without the scatter between the needles of a device."""
    base = base_diameter(device, draws)
    tip = np.minimum(tip_diameter(device, draws) * draws("tip_wear", "1", session, zone), base)
    sizes = (np.full(draws.count, settings.needle_length), tip, base, base * draws("taper_ratio", "1"))
    return Needle(*(size[:, None] for size in sizes))


def _sprung_back(needle: Needle, tissue: Tissue, threshold: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Depth [mm] right after the skin gave way: the largest p with p + delta(p) <= delta_c, shape (draw, 1)."""
    reached = Needle(tissue.dimple(threshold), needle.tip, needle.base, needle.taper)
    return np.minimum(deepest(reached, tissue, threshold, np.zeros_like(threshold)), final)


def _dimpling(tissue: Tissue, highest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Way, depth and force (draw, STEPS) of a needle that presses but has not pierced, up to a force."""
    way = np.linspace(0.0, 1.0, STEPS) * tissue.dimple(highest)
    force = tissue.stiffness * way**2
    force[:, -1] = highest[:, 0]
    return way, np.zeros_like(way), force


def _entering(
    needle: Needle, tissue: Tissue, first: np.ndarray, final: np.ndarray, pierced: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Way, depth and force (draw, STEPS) from the depth after puncture to the deepest."""
    depth = first + np.linspace(0.0, 1.0, STEPS) * (final - first)
    force = np.where(pierced, tissue.resisting_force(needle, depth), 0.0)
    return depth + tissue.dimple(force), depth, force
