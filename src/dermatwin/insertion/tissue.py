"""What skin sets against a needle: puncture, tearing, spreading and friction, and the dimple that yields.

Reduced from the mechanics of deep penetration (Shergold and Fleck 2004: a planar crack that the needle wedges open) and
of deep indentation (F = beta E delta^2 once the dimple is deeper than the tip is round). Layers act only through one
effective stiffness; a stratum corneum fracture of its own, lubrication, rotation and vibration are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..skin import Skin
from .needle import Needle

"""How freely the skin can give way, from the freest to the most constrained."""


@dataclass(frozen=True)
class Tissue:
    """Resistance of one zone at one needle speed. Arrays (draw, 1)."""

    toughness: np.ndarray  # N/mm, Gamma: force per tip diameter at puncture
    tearing: np.ndarray  # N/mm, J: work per area of the crack that runs ahead
    cut_share: np.ndarray  # [-], chi: share of the widening beyond the tip that is cut, not stretched
    spreading: np.ndarray  # MPa, force per squared diameter
    friction: np.ndarray  # MPa, shear on the flank
    stiffness: np.ndarray  # MPa, K: force per squared dimple depth

    def puncture_force(self, tip: np.ndarray) -> np.ndarray:
        """F_c = Gamma d_tip [N]."""
        return self.toughness * tip

    def resisting_force(self, needle: Needle, depth: np.ndarray) -> np.ndarray:
        """Force on a needle at rest `depth` mm below the surface [N]; rises with depth.

        F_pen(p) = J (d_tip + chi (d(p) - d_tip)) + k_s E d(p)^2 + tau pi INT_0^p d dz
        """
        diameter = needle.diameter(depth)
        crack = needle.tip + self.cut_share * (diameter - needle.tip)
        return self.tearing * crack + self.spreading * diameter**2 + self.friction * needle.flank(depth)

    def dimple(self, force: np.ndarray) -> np.ndarray:
        """delta = sqrt(F / K) [mm]."""
        return np.sqrt(force / self.stiffness)


def tissue_at(
    skin: Skin,
    draws: Draws,
    *,
    speed: np.ndarray,
    compliance_class: str,
    spacing: float | None = None,
    neighbours: float = 0.0,
    stretched: bool = False,
) -> Tissue:
    """Resistance of `skin` to needles that enter at `speed` mm/s, shape of every field (draw, 1).

    E(v) = E (v / v_ref)^m      J = ratio Gamma(v)      Gamma(v): `toughness_at`
    K    = beta class stretch E(v) / (1 + c INTERACTION)

    Units    speed mm/s, spacing mm between neighbouring needles (None: a single needle).
    Valid    0.5 to 3000 mm/s; the speeds of pens lie between those of the tests.
    Source   evidence `puncture_toughness`, `deep_indentation_coefficient`, `compliance_factor[*]`, `stretch_stiffening`.
    """
    relative = speed / draws("reference_needle_speed", "mm/s")
    modulus = skin.stiffness * relative ** draws("stiffening_rate_exponent", "1")
    toughness = toughness_at(draws, speed=speed, spacing=spacing)
    shared = 1.0 + draws("needle_interaction", "1") * neighbours
    stiffness = draws("deep_indentation_coefficient", "1") * draws(f"compliance_factor[{compliance_class}]", "1") * modulus
    if stretched:
        stiffness = stiffness * draws("stretch_stiffening", "1")
    fields = (
        toughness,
        toughness * draws("tearing_ratio", "1"),
        draws("cut_share", "1"),
        modulus * draws("spreading_coefficient", "1"),
        draws("needle_friction", "MPa"),
        stiffness / shared,
    )
    return Tissue(*(values[:, None] for values in fields))


def toughness_at(draws: Draws, *, speed: np.ndarray, spacing: float | None) -> np.ndarray:
    """Force per tip diameter at puncture [N/mm], shape (draw,); falls with speed, rises a little for crowded tips.

    Gamma(v, s) = Gamma (g + (1 - g) (v / v_ref)^-a) (1 + b / (1 + s / s_b)),   g the share that no speed takes away
    """
    relative = speed / draws("reference_needle_speed", "mm/s")
    crowded = (
        0.0
        if spacing is None
        else draws("bed_of_nails_penalty", "1") / (1.0 + spacing / draws("bed_of_nails_spacing", "mm"))
    )
    floor = draws("toughness_rate_floor", "1")
    eased = floor + (1.0 - floor) * relative ** -draws("toughness_rate_exponent", "1")
    return draws("puncture_toughness", "N/mm") * eased * (1.0 + crowded)


def interaction(spacing: float, count: float, reach: float) -> float:
    """Sum over the neighbours of the middle needle of 1 / (1 + distance / reach) [-], on a square lattice.

    Needles that share one dimple each see a softer skin: K_n = K_1 / (1 + c SUM_j 1 / (1 + s_j / s_0)).
    """
    half = int(np.ceil(np.sqrt(count)))
    steps = np.arange(-half, half + 1)
    distance = np.sort(np.hypot(*np.meshgrid(steps, steps)).ravel())[1 : max(int(round(count)), 1)]
    return float(np.sum(1.0 / (1.0 + spacing * distance / reach)))
