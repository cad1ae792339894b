"""Which punctures cut a vessel, and which of them bleed: needles against the geometry of the skin's vessels.

Vessels lie at random (a Boolean model), so that a straight needle cuts a Poisson number of them. Two kinds: capillary
loops stand upright, their tips spread over the height of the papillae, and a needle of width d cuts those whose tip lies
within (d + w)/2 of its axis (a needle is widest where it meets the tip, so how far down a loop goes does not matter); two
plexuses lie flat, and a needle cuts the lengths that pass within (d + w)/2 of its axis (Buffon's needle seen from above).
Each cut vessel shows blood at the surface with one and the same chance. Left out: vessels that join the plexuses, those
of follicles and glands, clusters, vessels that a needle pushes aside, flow, clotting and anticoagulants.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..core import require_finite, require_not_negative
from ..evidence import Draws
from ..skin import Skin, site_of
from .needle import Needle
from .penetration import over_piercing


@dataclass(frozen=True)
class Loops:
    """Upright capillary loops. Arrays (draw, 1); depths in mm below the surface."""

    density: np.ndarray  # 1/mm2
    top: np.ndarray  # mm, tip of the highest loop
    spread: np.ndarray  # mm below it over which the tips are spread evenly
    width: np.ndarray  # mm

    def expected_cuts(self, needle: Needle, depth: np.ndarray) -> np.ndarray:
        """Mean number of loops that a needle `depth` mm deep cuts [-], shape (draw, needle).

        E = n / H  INT_top^(top + H) pi/4 (d(p - z) + w)^2 dz,  from the tip's depth p upwards only
        """
        above = depth - self.top
        swept = _swept(needle, above, self.width) - _swept(needle, above - self.spread, self.width)
        return self.density * swept / self.spread


def _swept(needle: Needle, height: np.ndarray, width: np.ndarray) -> np.ndarray:
    """INT_0^height pi/4 (d(u) + width)^2 du [mm3], u from the tip upwards; 0 for a height below the tip."""
    tapered, slope = np.clip(height, 0.0, needle.taper), (needle.base - needle.tip) / needle.taper
    start = needle.tip + width
    cone = tapered * (start**2 + start * slope * tapered + (slope * tapered) ** 2 / 3)
    return np.pi / 4 * (cone + (needle.base + width) ** 2 * np.maximum(height - needle.taper, 0.0))


@dataclass(frozen=True)
class Plexus:
    """A flat net of vessels whose depth scatters lognormally from place to place. Arrays (draw, 1)."""

    length: np.ndarray  # 1/mm, length of vessel per area of skin
    depth: np.ndarray  # mm below the surface, middle
    scatter: np.ndarray  # [-], standard deviation of ln depth
    width: np.ndarray  # mm, of one vessel

    def expected_cuts(self, needle: Needle, depth: np.ndarray) -> np.ndarray:
        """Mean number of vessels that a needle `depth` mm deep cuts [-], shape (draw, needle).

        E = l <(d(p - z) + w), z < p> = l [(d_tip + w) P(z < p) + (D - d_tip)/taper (C(p) - C(p - taper))]

        with C(x) = <(x - z)+>, closed for a lognormal depth z.
        """
        widening = (needle.base - needle.tip) / needle.taper
        reached = (needle.tip + self.width) * self._above(depth)
        return self.length * (reached + widening * (self._excess(depth) - self._excess(depth - needle.taper)))

    def _score(self, depth: np.ndarray) -> np.ndarray:
        return np.log(np.maximum(depth, np.finfo(float).tiny) / self.depth) / self.scatter

    def _above(self, depth: np.ndarray) -> np.ndarray:
        """Share of the vessels above a depth [-]; 0 at the surface."""
        from scipy.special import ndtr

        return ndtr(self._score(depth))

    def _excess(self, depth: np.ndarray) -> np.ndarray:
        """Mean height of `depth` over the vessels above it [mm], which is 0 for those below."""
        from scipy.special import ndtr

        score, middle = self._score(depth), self.depth * np.exp(0.5 * self.scatter**2)
        return np.maximum(depth * ndtr(score) - middle * ndtr(score - self.scatter), 0.0)


@dataclass(frozen=True)
class Bleeding:
    """What a sample of needles cut in one session. Arrays (draw, needle), and (draw,) over the needles that pierced."""

    cuts: np.ndarray  # [-], mean number of vessels that a needle in that place would cut
    pierced: np.ndarray  # bool
    share: np.ndarray  # (draw,) of the cut vessels whose blood shows

    @cached_property
    def cut_fraction(self) -> np.ndarray:
        """Share of the punctures that cut at least one vessel [-], (draw,): mean of 1 - exp(-E)."""
        return over_piercing(-np.expm1(-self.cuts), self.pierced)

    @cached_property
    def vessels(self) -> np.ndarray:
        """Vessels that a puncture cuts [-], (draw,): mean of E."""
        return over_piercing(self.cuts, self.pierced)

    @cached_property
    def fraction(self) -> np.ndarray:
        """Share of the punctures that bleed [-], (draw,): mean of 1 - exp(-q E)."""
        return over_piercing(-np.expm1(-self.share[:, None] * self.cuts), self.pierced)

    def endpoint(self, density: np.ndarray, draws: Draws) -> np.ndarray:
        """Chance that the session is called uniform pinpoint bleeding [-], (draw,).

        P = Phi(ln(n f / n_e) / s_e)     n punctures per cm2, f the share that bleeds; operators differ by s_e

        Source   evidence `bleeding_endpoint_density`, `bleeding_endpoint_spread`: assumptions.
        Law      rises with the punctures and with their depth, 0 without either (tests/laws/test_bleeding.py).
        """
        from scipy.special import ndtr

        points = np.maximum(density * self.fraction, np.finfo(float).tiny)
        return ndtr(np.log(points / draws("bleeding_endpoint_density", "1/cm^2")) / draws("bleeding_endpoint_spread", "1"))


def bleed(needle: Needle, depth: np.ndarray, skin: Skin, draws: Draws) -> Bleeding:
    """Vessels that needles `depth` mm deep (needle still inside, 0 for one that did not pierce) cut in `skin`.

    P(cut) = 1 - exp(-E),  P(bleeds) = 1 - exp(-q E)     E summed over loops, upper and deep plexus

    Shape    depth (draw, needle).
    Valid    straight pins that go in at right angles; excised skin has vessels but no blood.
    Source   evidence `capillary_loop_density[*]`, `superficial_plexus_length[*]`, `superficial_plexus_ratio`,
             `deep_plexus_length`, `bleeding_share`. No count of bleeding punctures was found: uncalibrated.
    Law      0 without vessels; rises with depth and width; a flat net of length l gives 1 - exp(-l (d + w))
             (tests/laws/test_bleeding.py, tests/verification/test_bleeding.py).
    """
    cuts = sum((vessels.expected_cuts(needle, depth) for vessels in vessels_of(skin, draws)), start=np.zeros_like(depth))
    require_finite(cuts, f"insertion.vessels of {skin.zone}")
    require_not_negative(cuts, f"insertion.vessels of {skin.zone}")
    share = draws("bleeding_share", "1") if skin.alive else np.zeros(draws.count)
    return Bleeding(np.where(depth > 0.0, cuts, 0.0), depth > 0.0, share)


def vessels_of(skin: Skin, draws: Draws) -> tuple[Loops | Plexus, ...]:
    """Loops, upper plexus and deep plexus of one zone."""
    return _loops(skin, draws), _superficial(skin, draws), _deep(skin, draws)


def _loops(skin: Skin, draws: Draws) -> Loops:
    """Capillary loops: fewer with age, n = n_ref (1 - loss)^((age - reference) / 10 yr) in adults."""
    density = draws(f"capillary_loop_density[{site_of(skin, draws.evidence).region.vessels}]", "1/mm^2")
    if skin.species == "human":
        counted = np.clip(skin.age, draws("adult_skin_age", "yr"), draws("oldest_skin_age", "yr"))
        decades = (counted - draws("capillary_reference_age", "yr")) / 10
        density = density * (1 - draws("capillary_loop_loss", "1")) ** decades
    return Loops(
        density[:, None],
        skin.capillary_depth[:, None],
        draws("capillary_loop_spread", "mm")[:, None],
        draws("capillary_loop_width", "mm")[:, None],
    )


def _superficial(skin: Skin, draws: Draws) -> Plexus:
    """The upper plexus, around a multiple of the depth of the papillary dermis' lower border, at most at the fat."""
    border, fat = skin.interfaces[:, 2], skin.interfaces[:, -1]
    depth = np.minimum(draws("superficial_plexus_ratio", "1") * border, fat)
    return Plexus(
        draws(f"superficial_plexus_length[{site_of(skin, draws.evidence).region.vessels}]", "1/mm")[:, None],
        depth[:, None],
        draws("superficial_plexus_scatter", "1")[:, None],
        draws("superficial_plexus_width", "mm")[:, None],
    )


def _deep(skin: Skin, draws: Draws) -> Plexus:
    """The deep plexus at the border of dermis and fat."""
    return Plexus(
        draws("deep_plexus_length", "1/mm")[:, None],
        skin.interfaces[:, -1][:, None],
        draws("deep_plexus_scatter", "1")[:, None],
        draws("deep_plexus_width", "mm")[:, None],
    )
