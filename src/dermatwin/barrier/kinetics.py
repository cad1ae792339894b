"""How the open cross-section of a channel shrinks: recoil within minutes, then repair over hours to days.

Two processes (Gomaa 2010 sees the first alone in dead skin). Repair is exponential and slower for long needles, under
an occlusive cover, with age, perhaps in darker skin, and under a COX inhibitor; dead skin does not repair. Left out of the
half-life: the site of the body, which one human study found without effect; the number of channels, which acts through the
read-out by water loss only; and their width, which rises with depth in a tapered needle, so that the studies (length and
number matter, Kelchen 2016; several geometries alike, Gupta 2011) do not tell the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.vocabulary import phototype_steps
from ..evidence import Draws
from ..numerics.kept import kept
from ..skin import Skin

TOLERANCE = 1e-9  # of the bracket in time
LN_2 = float(np.log(2.0))


@dataclass(frozen=True)
class Kinetics:
    """Closure of one zone's channels after one treatment session. Arrays (draw,).

    A/A0 = w exp(-t / tau) + (1 - w) 2^-h(t)
    h(t) = t / t_covered for t <= covered, then covered / t_covered + (t - covered) / t_half   (half-lives gone by)
    """

    recoil_share: np.ndarray  # [-], w
    recoil_time: np.ndarray  # h, tau
    half_life: np.ndarray  # h, t_half without a cover (inf: dead skin)
    covered_half_life: np.ndarray  # h, t_covered
    covered: float  # h under an occlusive cover

    def open_fraction(self, time: np.ndarray) -> np.ndarray:
        """A/A0 [-] at `time` h, which broadcasts against (draw,)."""
        recoil = self.recoil_share * np.exp(-time / self.recoil_time)
        return recoil + (1.0 - self.recoil_share) * 2.0 ** -self._half_lives(time)

    def closed_at(self, fraction: np.ndarray) -> np.ndarray:
        """Time [h] at which A/A0 falls to `fraction`, (..., draw); 0 if it starts below, inf if it never does.

        A/A0 falls with time, so the root is bracketed by 0 and the time at which each process alone has fallen to half
        of `fraction`, and bisection always converges to `TOLERANCE` of the bracket.
        """
        bracket = self._bracket(fraction)
        time = np.empty(bracket.shape).reshape(-1, bracket.shape[-1])
        laws = (self.recoil_share, self.recoil_time, self.half_life, self.covered_half_life)
        course = np.stack([np.broadcast_to(law, time.shape[1]) for law in laws])
        wanted, high = (
            np.ascontiguousarray(np.broadcast_to(v, bracket.shape)).reshape(time.shape) for v in (fraction, bracket)
        )
        _fallen(course, self.covered, wanted, high, int(np.ceil(np.log2(1.0 / TOLERANCE))), time)
        return time.reshape(bracket.shape)

    def _half_lives(self, time: np.ndarray) -> np.ndarray:
        under = np.minimum(time, self.covered) / self.covered_half_life
        return under + np.maximum(time - self.covered, 0.0) / self.half_life

    def _bracket(self, fraction: np.ndarray) -> np.ndarray:
        target = 0.5 * fraction
        recoil = self.recoil_time * np.log(np.maximum(self.recoil_share / target, 1.0))
        needed = np.log2(np.maximum((1.0 - self.recoil_share) / target, 1.0))
        under = self.covered / self.covered_half_life
        bare = self.covered + _lasting(needed - under, self.half_life)
        return np.maximum(recoil, np.where(needed > under, bare, _lasting(needed, self.covered_half_life)))


@kept(error_model="numpy")
def _fallen(
    course: np.ndarray, covered: float, fraction: np.ndarray, bracket: np.ndarray, halvings: int, time: np.ndarray
) -> None:
    """Hours at which A/A0 has fallen to fractions (row, draw), into `time`; course : (4, draw) w, tau, t_half, t_covered."""
    for draw in range(time.shape[1]):
        share, recoil, bare, under = course[:, draw]
        for row in range(time.shape[0]):
            wanted, low, high = fraction[row, draw], 0.0, bracket[row, draw]
            if wanted >= 1.0:
                time[row, draw] = 0.0
                continue
            if not np.isfinite(high):
                time[row, draw] = np.inf
                continue
            for _ in range(halvings):
                middle = 0.5 * (low + high)
                gone = min(middle, covered) / under + max(middle - covered, 0.0) / bare
                if share * np.exp(-middle / recoil) + (1.0 - share) * np.exp(-LN_2 * gone) > wanted:
                    low = middle
                else:
                    high = middle
            time[row, draw] = high


def _lasting(half_lives: np.ndarray, half_life: np.ndarray) -> np.ndarray:
    """Time that so many half-lives last [h]; 0 for none, even of an infinite half-life."""
    return np.multiply(half_lives, half_life, out=np.zeros_like(half_lives), where=half_lives > 0.0)


def kinetics_of(
    depth: np.ndarray, skin: Skin, draws: Draws, session: int, *, covered_h: float, anti_inflammatory: bool
) -> Kinetics:
    """Closure kinetics of channels whose needles went `depth` mm deep (mean in-situ depth, shape (draw,)).

    t_half = t_0 (p / p_0)^k f_age f_colour f_species f_cox ,   t_covered = t_half f_occ

    Length enters by the in-situ depth p against p_0, the depth that a 0.5 mm needle reaches, because what was not entered
    needs no repair. The source's exponent is for the nominal length; evidence `closure_depth_exponent` converts it.
    """
    reference = draws("closure_reference_depth", "mm")
    relative = np.where(depth > 0.0, depth, reference) / reference
    half_life = (
        draws("closure_half_life", "h", session, skin.zone)
        * relative ** draws("closure_depth_exponent", "1")
        * age_factor(skin, draws)
        * colour_factor(skin, draws)
        * species_factor(skin, draws)
    )
    if anti_inflammatory:
        half_life = half_life * draws("closure_cox_factor", "1")
    if not skin.alive:
        half_life = np.full(draws.count, np.inf)
    return Kinetics(
        draws("recoil_share", "1", session, skin.zone),
        draws("recoil_time", "h"),
        half_life,
        half_life * draws("occlusion_factor", "1"),
        covered_h,
    )


def age_factor(skin: Skin, draws: Draws) -> np.ndarray:
    """Slowing with age [-]: exp(b (age - reference) / 10 yr) in people, 1 in animals."""
    if skin.species != "human":
        return np.ones(draws.count)
    decades = (skin.age - draws("closure_reference_age", "yr")) / 10.0
    return np.exp(draws("closure_age_slope", "1") * decades)


def colour_factor(skin: Skin, draws: Draws) -> np.ndarray:
    """Slowing with skin colour [-]: exp(c (phototype - III)) in people, 1 in animals; c may be of either sign."""
    if skin.species != "human":
        return np.ones(draws.count)
    return np.exp(draws("closure_colour_slope", "1") * phototype_steps(skin.phototype))


def species_factor(skin: Skin, draws: Draws) -> np.ndarray:
    """Closure half-life of a species over that of people [-]."""
    return np.ones(draws.count) if skin.species == "human" else draws(f"closure_species_factor[{skin.species}]", "1")
