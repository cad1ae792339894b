"""What overlap makes of contacts, in the mean: holes of their own, distances between holes, skin that is hit twice.

A contact that lands within the re-entry distance d of a hole slips into it and makes no new one. Contacts of one group
(`motion`) know one another: a needle that follows its own track makes a hole with every k-th stroke, k = ceil(d / step).
Between groups everything is chance, which is random sequential adsorption: the share of the surface that is still free
of holes and their surroundings falls with the holes. Uneven speed of the hand and rows that are kept in line on purpose
are left out; `puncture_map` holds them.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..flows import Pattern
from .motion import MM2_PER_CM2, Motion

JAMMING_COVERAGE = 0.547  # numerical: coverage at which no further disc fits (Evans 1993, Rev. Mod. Phys. 65:1281)
_GROUPS = 64  # numerical: groups that are told apart; a share of 1 / (2 * 64) of the overlaps is at stake
_SPARSE = 1e-9  # numerical: nothing to speak of
_FAR = 40.0  # numerical: mean number of holes in a disc that is certainly not empty
_NODES = 24  # numerical: of the quadrature across a disc


def expected(motion: Motion, reentry: np.ndarray, radius: np.ndarray) -> Pattern:
    """The pattern that a motion makes in the mean over all places and phases.

    Units    reentry and radius mm, shape (draw,): re-entry distance, and half of a needle's width for `hit_twice`.
    Law      holes never outnumber contacts, and more passes never make fewer holes (tests/laws/test_pattern.py).
    """
    holes = distinct(motion, reentry)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(motion.contacts > 0.0, 1.0 - holes / motion.contacts, 0.0)
    return Pattern(
        contacts=motion.contacts,
        holes=holes,
        reentry_share=np.clip(share, 0.0, 1.0),
        nearest=nearest(motion, holes, reentry),
        hit_twice=hit_twice(motion, radius),
        slit_length=motion.slit,
    )


def free_share(crowding: np.ndarray) -> np.ndarray:
    """Share of the surface that is further than d from every hole [-], after random arrivals.

    phi(x) = (1 - x)^3 (1 + b1 x + b2 x^2 + b3 x^3),  x = u / u_jam,  u = h pi d^2 = 4 coverage, u_jam = 4 * 0.547

    The cubic that gives phi its exact expansion to the third order,
    1 - 4 c + (6 sqrt(3) / pi) c^2 + (40 / (sqrt(3) pi) - 176 / (3 pi^2)) c^3 for discs of diameter d covering c,
    and its known way to the jammed end (Schaaf and Talbot 1989, Evans 1993).

    Law      1 without holes, falls with them, 0 when jammed (tests/verification/test_pattern.py).
    """
    limit = JAMMING_COVERAGE
    second = 6.0 * np.sqrt(3.0) / np.pi * limit**2
    third = (40.0 / (np.sqrt(3.0) * np.pi) - 176.0 / (3.0 * np.pi**2)) * limit**3  # numerical: exact series
    b1 = 3.0 - 4.0 * limit
    b2 = second - 3.0 + 3.0 * b1
    b3 = third + 1.0 - 3.0 * b1 + 3.0 * b2
    x = np.minimum(crowding / (4.0 * limit), 1.0)
    return (1.0 - x) ** 3 * (1.0 + x * (b1 + x * (b2 + x * b3)))


def distinct(motion: Motion, reentry: np.ndarray) -> np.ndarray:
    """Holes of their own per area [1/cm2], group after group: h <- h + n_g s(phi(h)).

    s = phi / (k phi + sqrt(k) (1 - phi)),  k = ceil(d / step)

    In free skin every k-th contact of a track makes a hole; where a hole of another track stands in the way the next
    stroke tries again. The square root lies between tries that fail each on its own (1) and all together (k).

    Error    a few per cent of single maps while the steps are longer than d, about a tenth for shorter ones
             (tests/verification/test_pattern.py).
    """
    disc = np.pi * reentry**2 / MM2_PER_CM2
    turn = np.maximum(np.ceil(reentry / motion.step), 1.0)
    groups = np.minimum(motion.groups, _GROUPS)
    each = motion.contacts / groups
    holes = np.zeros_like(motion.contacts)
    for number in range(int(np.ceil(groups.max(initial=0.0)))):
        free = free_share(holes * disc)
        holes = holes + np.clip(groups - number, 0.0, 1.0) * each * free / (turn * free + np.sqrt(turn) * (1.0 - free))
    return holes


def nearest(motion: Motion, holes: np.ndarray, reentry: np.ndarray) -> np.ndarray:
    """Mean distance from a hole to the nearest other one [mm].

    INT_0^a S(r) dr,  S = (1 - p)^m (1 - f p),  p = pi h (r^2 - d^2) / g  (0 below d, at most 1)

    Within a, the distance inside the group, only the g - 1 = m + f other groups can bring a hole nearer, each with the
    probability p, and none nearer than d. With many groups and no re-entry it is the law of chance, 1 / (2 sqrt(h)).
    """
    stride = np.where(np.isfinite(motion.step), motion.step, 0.0) * np.ceil(reentry / motion.step)
    own = np.maximum(motion.neighbour, stride)
    near = np.minimum(reentry, own)
    disc = np.pi * holes / MM2_PER_CM2
    whole, part = np.divmod(np.maximum(motion.groups - 1.0, 0.0), 1.0)
    last = np.sqrt(near**2 + np.minimum(motion.groups, _FAR) / np.maximum(disc, _SPARSE))
    end = np.where(whole > 0.0, np.minimum(own, last), np.minimum(own, 1.0 / np.sqrt(_SPARSE)))
    node, weight = _gauss(2 * _NODES)
    half = 0.5 * (end - near)[:, None]
    square = (near[:, None] + half * (1.0 + node)) ** 2 - near[:, None] ** 2
    hit = np.minimum(disc[:, None] * square / motion.groups[:, None], 1.0)
    alone = np.exp(whole[:, None] * np.log1p(-np.minimum(hit, 1.0 - _SPARSE))) * (1.0 - part[:, None] * hit)
    return near + (half * weight * alone).sum(axis=1)


@lru_cache
def _gauss(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss and Legendre on (-1, 1), not to be written to."""
    return np.polynomial.legendre.leggauss(nodes)


def hit_twice(motion: Motion, radius: np.ndarray) -> np.ndarray:
    """Share of the surface within `radius` of two or more contacts [-].

    1 - (1 - p)^g - g p1 (1 - p)^(g - 1): each of g groups covers a place with probability p, once with p1. With many
    groups and no overlap inside them that is the law of Poisson, 1 - e^-m (1 + m) with m = n pi r^2.
    """
    density = motion.contacts / MM2_PER_CM2
    once, more = _track(radius, motion.step)
    each = density / motion.groups
    once, more = each * once, each * more
    covered = np.minimum(once + more, 1.0)
    with np.errstate(divide="ignore"):
        miss = np.log1p(-covered)
    none = np.exp(motion.groups * miss)
    single = motion.groups * once * np.exp(np.where(motion.groups > 1.0, (motion.groups - 1.0) * miss, 0.0))
    return np.clip(1.0 - none - single, 0.0, 1.0)


def _track(radius: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Area per contact that one track covers just once, and more than once [mm2], shape (draw,).

    A place at the distance y from a track sees the chord 2 sqrt(r^2 - y^2), on which floor(q) or floor(q) + 1 contacts
    lie, q = chord / step.
    """
    node, weight = _gauss(_NODES)
    angle = 0.25 * np.pi * (1.0 + node)  # y = r sin(angle), the chord is 2 r cos(angle)
    chord = 2.0 * radius[:, None] * np.cos(angle)
    beyond = np.maximum(chord - step[:, None], 0.0)
    some = np.minimum(chord, step[:, None])
    twice = np.minimum(beyond, some)
    across = 0.5 * np.pi * radius[:, None] * np.cos(angle) * weight  # both sides of the track
    return ((some - twice) * across).sum(axis=1), (twice * across).sum(axis=1)
