"""How deep a needle goes: puncture, then the balance of stroke, dimple and force (four steps per needle).

1. puncture if the force that can be brought to bear reaches F_c = Gamma d_tip (lognormal scatter from needle to needle);
2. resistance F_pen(p) = tearing + spreading + friction (`tissue`);
3. dimple delta = sqrt(F_pen / K), from the same force;
4. in-situ depth: the largest p with p + delta(p) + gap <= L (stop by plate, drum or stroke) and F_pen(p) <= F (stop by
   force). Both left sides rise with p, so the depths that are allowed form an interval from 0 and bisection on its end
   always converges; the error halves at every step.

What is left after removal is another quantity: the residual depth is a share of the in-situ depth (`residual`), the hole at
the surface a share of the needle's diameter there. Breakage, bending and the slit of a dragged needle are left out.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from ..core import require_finite, require_not_negative
from ..core.notebook import Reads
from ..evidence import Draws, Pages
from ..skin import Skin
from .needle import Needle
from .residual import share_left
from .tissue import Tissue, tissue_at, toughness_at

TOLERANCE = 1e-9  # of the needle's length


@dataclass(frozen=True)
class Penetration:
    """What a sample of needles did. Arrays (draw, needle); 0 where a needle did not pierce, except the forces."""

    pierced: np.ndarray  # bool
    in_situ_depth: np.ndarray  # mm, needle still inside
    residual_depth: np.ndarray  # mm, channel after removal
    needle_diameter: np.ndarray  # mm, at the surface when deepest
    channel_diameter: np.ndarray  # mm, hole at the surface after removal
    puncture_force: np.ndarray  # N, needed to pierce
    force: np.ndarray  # N, peak force that the needle felt
    reads: Reads  # names of what was read for the depth, and for the recoil beside it

    @property
    def pierced_fraction(self) -> np.ndarray:
        """Share of the needles that pierced, shape (draw,)."""
        return self.pierced.mean(axis=1)


@dataclass(frozen=True)
class Push:
    """How needles are pressed. Arrays (draw,)."""

    force: np.ndarray  # N on one needle, at most (inf: driven by its stroke)
    speed: np.ndarray  # mm/s at which the needle meets the skin
    gap: np.ndarray  # mm between the stop and the undisturbed skin
    compliance_class: str  # how the device holds the skin: a member of compliance_factor[*]
    spacing: float | None = None  # mm between neighbouring needles
    neighbours: float = 0.0  # [-], needles that share the dimple, weighted by distance (`tissue.interaction`)
    stretched: bool = False  # whether the other hand stretches the skin


def deepest(needle: Needle, tissue: Tissue, force: np.ndarray, gap: np.ndarray) -> np.ndarray:
    """In-situ depth [mm] of needles that have pierced, shape (draw, needle): step 4 above, by bisection.

    Compiled where a compiler is loaded anyhow; who only plans waits for none. The numbers are the same to the bit.

    Units    force N, gap mm, both broadcast against the needles.
    Error    at most `TOLERANCE` times the needle's length (tests/verification/test_insertion.py).
    Law      0 <= depth <= length; rises with length and force, falls with resistance and compliance.
    """
    halvings = int(np.ceil(np.log2(1.0 / TOLERANCE)))
    if "numba" in sys.modules:
        return _compiled(needle, tissue, force, gap, halvings)
    return _plain(needle, tissue, force, gap, halvings)


def _compiled(needle: Needle, tissue: Tissue, force: np.ndarray, gap: np.ndarray, halvings: int) -> np.ndarray:
    from .balance import balanced

    count, width = needle.length.shape
    found = np.empty((count, width))
    pins = np.stack([np.broadcast_to(size, found.shape) for size in (needle.length, needle.tip, needle.base, needle.taper)])
    skin = (tissue.tearing, tissue.cut_share, tissue.spreading, tissue.friction, tissue.stiffness)
    laws = np.stack([np.broadcast_to(law.ravel(), count) for law in skin])
    pressed, away = (np.ascontiguousarray(np.broadcast_to(values, found.shape)) for values in (force, gap))
    balanced(pins, laws, pressed, away, halvings, found)
    return found


def _plain(needle: Needle, tissue: Tissue, force: np.ndarray, gap: np.ndarray, halvings: int) -> np.ndarray:
    low, high = np.zeros_like(needle.length), needle.length
    for _ in range(halvings):
        middle = 0.5 * (low + high)
        allowed = _allowed(needle, tissue, force, gap, middle)
        low, high = np.where(allowed, middle, low), np.where(allowed, high, middle)
    return np.where(_allowed(needle, tissue, force, gap, needle.length), needle.length, low)


def _allowed(needle: Needle, tissue: Tissue, force: np.ndarray, gap: np.ndarray, depth: np.ndarray) -> np.ndarray:
    resistance = tissue.resisting_force(needle, depth)
    return (depth + tissue.dimple(resistance) + gap <= needle.length) & (resistance <= force)


def drive(needle: Needle, push: Push, skin: Skin, draws: Draws, session: int = 0) -> Penetration:
    """Push a sample of needles into `skin`: the four steps of this module, then recoil."""
    page = Pages(draws)
    tissue = tissue_at(
        skin,
        page["in_situ_depth"],
        speed=push.speed,
        compliance_class=push.compliance_class,
        spacing=push.spacing,
        neighbours=push.neighbours,
        stretched=push.stretched,
    )
    scatter = needle_scatter("puncture_force_scatter", needle.length.shape[1], page["in_situ_depth"], skin.zone, session)
    gap, hand = push.gap[:, None], push.force[:, None]
    threshold = tissue.puncture_force(needle.tip) * scatter
    pressed = tissue.stiffness * np.maximum(needle.length - gap, 0.0) ** 2  # the skin's answer to a full dimple
    at_hand = np.minimum(hand, pressed)
    depth = np.where(at_hand >= threshold, deepest(needle, tissue, hand, gap), 0.0)
    pierced = depth > TOLERANCE * needle.length
    depth = np.where(pierced, depth, 0.0)
    peak = np.where(pierced, np.maximum(threshold, tissue.resisting_force(needle, depth)), at_hand)
    width = np.where(depth > 0.0, needle.diameter(depth), 0.0)
    residual = depth * share_left(skin, page["recoil"], session)[:, None]
    channel = width * page["recoil"]("channel_recoil", "1", session, skin.zone)[:, None]
    for name, values in (("depth", depth), ("force", peak)):
        require_finite(values, f"insertion.{name} of {skin.zone}")
        require_not_negative(values, f"insertion.{name} of {skin.zone}")
    reads = {"in_situ_depth": page.of("in_situ_depth") | skin.behind("stiffness"), "recoil": page.of("recoil")}
    return Penetration(depth > 0.0, depth, residual, width, channel, threshold, peak, reads)


def needle_scatter(name: str, width: int, draws: Draws, zone: str, session: int) -> np.ndarray:
    """Lognormal factors from needle to needle with median 1, shape (draw, needle); parameter `name` is the sd of ln."""
    luck = draws.score("chance", f"{name}@{zone}", session, width, owner=name)
    return np.exp(draws(name, "1")[:, None] * luck)


def over_piercing(values: np.ndarray, pierced: np.ndarray) -> np.ndarray:
    """Mean over the needles that pierced, 0 where none did; the needle is the second axis."""
    mask = pierced.reshape(pierced.shape + (1,) * (values.ndim - pierced.ndim))
    return np.sum(values * mask, axis=1) / np.maximum(mask.sum(axis=1), 1)


def sample_size(draws: Draws) -> int:
    """How many needles stand for all."""
    return int(draws.median("needle_sample", "1"))


@dataclass(frozen=True)
class Make:
    """Needles of one make, without scatter: sizes in mm, one number or (draw,) each."""

    length: float | np.ndarray
    tip_diameter: float | np.ndarray
    base_diameter: float | np.ndarray
    taper: float | None = None  # over which the tip widens to the base, in a straight line; None: over the whole length


@dataclass(frozen=True)
class Press:
    """How an experiment presses its needles into the skin; numbers or (draw,)."""

    compliance_class: str  # a member of compliance_factor[*]: roller (free skin), stamp (a plate rests on it), pen
    speed: float | np.ndarray = 1.0  # mm/s
    force: float | np.ndarray | None = None  # N on one needle; None: as much as the stroke needs
    gap: float = 0.0  # mm between the stop and the undisturbed skin
    spacing: float | None = None  # mm between neighbouring needles
    neighbours: float = 0.0  # [-], needles that share the dimple, weighted by distance


def penetrate(make: Make, press: Press, skin: Skin, draws: Draws, session: int = 0) -> Penetration:
    """Push needles of one make into skin: for experiments that are not a clinical device.

    Shape    (draw, needle) in the result.
    Raises   ValueError for a class or a size that does not exist.
    """
    _require_possible(make, press, draws)
    shape = (draws.count, sample_size(draws))
    tip = np.minimum(make.tip_diameter, make.base_diameter)
    taper = make.taper or np.maximum(make.length, np.finfo(float).tiny)
    sizes = (make.length, tip, make.base_diameter, taper)
    needle = Needle(*(np.broadcast_to(np.reshape(size, (-1, 1)), shape) for size in sizes))
    push = Push(
        np.broadcast_to(np.inf if press.force is None else press.force, draws.count),
        np.broadcast_to(press.speed, draws.count),
        np.full(draws.count, press.gap),
        press.compliance_class,
        press.spacing,
        press.neighbours,
    )
    return drive(needle, push, skin, draws, session)


def _require_possible(make: Make, press: Press, draws: Draws) -> None:
    classes = draws.evidence.family("compliance_factor")
    if press.compliance_class not in classes:
        raise ValueError(f"compliance_class {press.compliance_class!r} is not one of {', '.join(classes)}")
    smallest = min(np.min(size) for size in (make.tip_diameter, make.base_diameter, press.speed))
    if smallest <= 0.0 or min(np.min(make.length), press.gap) < 0.0:
        raise ValueError("diameters and speed must be positive, length and gap must not be negative")


def depth_at_puncture(
    *,
    tip_diameter_mm: float | np.ndarray,
    base_diameter_mm: float | np.ndarray,
    taper_mm: float | np.ndarray,
    skin: Skin,
    draws: Draws,
    speed_mm_s: float = 1.0,
    compliance_class: str = "stamp",
) -> np.ndarray:
    """In-situ depth [mm] right after the skin gives way under a slow needle, shape (draw,).

    Until puncture the needle pushes a dimple delta_c = sqrt(F_c / K) before it; when the skin gives way the dimple
    springs back over the needle, while the rig stands still: the depth is the largest p with p + delta(p) <= delta_c.

    Units    mm, mm/s; diameters and taper one number or (draw,).
    Valid    a single needle on a stiff rig; `compliance_class` says how the skin is held, 'roller' if it is free.
    Law      at most delta_c; 0 where tearing costs as much as puncture (tests/verification/test_insertion.py).
    """
    tissue = tissue_at(skin, draws, speed=np.full(draws.count, speed_mm_s), compliance_class=compliance_class)
    tip = np.broadcast_to(np.reshape(tip_diameter_mm, (-1, 1)), (draws.count, 1))
    threshold = tissue.puncture_force(tip)
    sizes = (np.broadcast_to(np.reshape(size, (-1, 1)), (draws.count, 1)) for size in (base_diameter_mm, taper_mm))
    needle = Needle(tissue.dimple(threshold), tip, *sizes)
    return deepest(needle, tissue, threshold, np.zeros((draws.count, 1)))[:, 0]


def puncture_force(
    tip_diameter_mm: float | np.ndarray, speed_mm_s: float, spacing_mm: float | None, draws: Draws
) -> np.ndarray:
    """Force at which a needle pierces [N], shape (draw,): F_c = Gamma(v, s) d_tip, without the scatter between needles.

    Valid    tips of 5-40 um, 0.5-1 mm/s; hollow needles of tens of um need more than this law gives.
    Law      rises with the tip, falls with speed, falls with spacing (tests/laws/test_insertion.py).
    """
    speed = np.full(draws.count, speed_mm_s)
    return toughness_at(draws, speed=speed, spacing=spacing_mm) * tip_diameter_mm
