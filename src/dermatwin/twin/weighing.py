"""The share of an endpoint's spread that each group of beliefs brings: groups closed in turn, the rest on the same luck.

Let f be the endpoint of a person and f_g the same with group g closed at its median. Both are read on the scale of ranks,
u = F(f), with F the distribution of f over all people of the run, so that a share does not change with the unit, a
logarithm, or a single far value. With D_g = Var(u - u_g) over the people,

    share of g = D_g / sum of D over the groups that make up the whole

What two groups do together (a product of both) is lost when either is closed: it counts in both, and dividing by the sum
takes that back in proportion. Without interaction and for a normal endpoint the shares are those of the variance. The
standard error is that of a jackknife over people. Nothing of this is a test: with the eighteen people of a run of usual
size a share is known to a tenth, often less well (nine in ten lie within two of these errors of a run ten times as large).

What carries it: the largest squared rank correlations of what was read with the endpoint, over all people; of values that
were inferred together one may carry what another brings. Left out are those that the largest of as many unrelated ones
would reach by luck in one of a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..core.chance import Luck
from ..core.notebook import Read
from ..evidence import Draws, Evidence
from .endpoints import Endpoint
from .weight import FAMILIES, MOST_CARRIERS, Carrier, Weight

GROUPS = tuple((family, group) for family, groups in FAMILIES.items() for group in groups)
PART = 0.09  # numerical: of the people, looked at with each of the eight groups closed: three quarters of another run
FEWEST = 8  # numerical: people, fewer say nothing
BY_LUCK = 0.01  # numerical: chance that something unrelated is taken for a carrier
NONE_LEFT = 1e-9  # numerical: of the spread


def closed_draws(draws: Draws) -> Draws:
    """Lanes in which the first people of a run stand once for each group, with that group closed and the same luck."""
    people = min(draws.count, max(FEWEST, int(PART * draws.count)))
    lanes = people * len(GROUPS)
    number = np.arange(lanes) // people
    luck = Luck(draws.luck.seed, lanes, draws.luck.vary, len(GROUPS))
    return Draws(draws.evidence, luck, closed={group: number == at for at, (_, group) in enumerate(GROUPS)})


def weight(end: Endpoint, closed: np.ndarray, read: Ranked, evidence: Evidence) -> Weight | None:
    """The split of one endpoint; `closed` (lane,) is the same in the lanes of `closed_draws`.

    None where too few people have a number or nobody differs.
    """
    values = end.values
    lanes = np.asarray(closed, float).reshape(len(GROUPS), -1)
    people = lanes.shape[1]
    ranked = _ranks_in(values[np.isfinite(values)], np.vstack([values[:people], lanes]))
    sound = ~np.isnan(ranked).any(axis=0)
    if sound.sum() < FEWEST:
        return None
    lost = ranked[:1, sound] - ranked[1:, sound]
    size = len(FAMILIES["grade"])
    parts = _shares(lost[:size]), _shares(lost[size:])
    if parts[0] is None or parts[1] is None:
        return None
    found = read.carriers(values, end.reads)
    carriers = tuple(
        Carrier(*name, evidence.grade_of(name[0]), share, evidence.behind(name[:1]) or end.pooled) for name, share in found
    )
    return Weight(*end.key, *parts[0], *parts[1], int(sound.sum()), carriers)


def _ranks_in(known: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Share of the known values below each value, half of those equal to it counted; NaN stays NaN."""
    if not known.size:
        return np.full(values.shape, np.nan)
    ordered = np.sort(known)
    below, upto = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.where(np.isnan(values), np.nan, 0.5 * (below + upto) / ordered.size)


def _shares(lost: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Shares and their standard errors, (group,) each, from what each group takes away (group, person)."""
    count = lost.shape[1]
    spread = lost.var(axis=1)
    if spread.sum() <= NONE_LEFT:
        return None
    deviation = lost - lost.mean(axis=1, keepdims=True)
    without = np.maximum((count * spread[:, None] - deviation**2 * count / (count - 1)) / (count - 1), 0.0)
    left = without / np.maximum(without.sum(axis=0), NONE_LEFT)
    errors = np.sqrt((count - 1) / count * ((left - left.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))
    return spread / spread.sum(), errors


@dataclass(frozen=True)
class Ranked:
    """Everything that was read in a run, by rank over the people: rows of mean 0 and length 1."""

    names: tuple[Read, ...]
    ranks: np.ndarray  # (read, draw)

    @staticmethod
    def of(kept: Mapping[Read, np.ndarray]) -> Ranked:
        """What a notebook kept, without what is the same for everybody."""
        values = np.array(list(kept.values())) if kept else np.zeros((0, 1))
        differs = np.ptp(values, axis=1) > 0.0
        return Ranked(
            tuple(read for read, moves in zip(kept, differs, strict=True) if moves), _standardised(values[differs])
        )

    def carriers(self, values: np.ndarray, reads: frozenset[str]) -> tuple[tuple[Read, float], ...]:
        """Of what was read for an endpoint (draw,), what its ranks follow most, with the squared rank correlation."""
        rows = [number for number, (name, _) in enumerate(self.names) if name in reads]
        finite = np.isfinite(values)
        if not rows or np.ptp(values[finite]) == 0.0:
            return ()
        mine = _standardised(np.where(finite, values, np.median(values[finite]))[None])[0]
        shares = (self.ranks[rows] @ mine) ** 2
        found: dict[str, tuple[Read, float]] = {}
        for at in np.argsort(-shares, kind="stable"):
            name, which = self.names[rows[int(at)]]
            if shares[at] <= _by_luck(len(rows), len(values)):
                break
            found.setdefault(name, ((name, which), float(shares[at])))
        return tuple(found.values())[:MOST_CARRIERS]


def _standardised(values: np.ndarray) -> np.ndarray:
    """Ranks of values (row, draw), each row with mean 0 and length 1."""
    ranks = np.array([_ranks_in(row, row) for row in values]).reshape(values.shape) - 0.5
    return ranks / np.maximum(np.linalg.norm(ranks, axis=1, keepdims=True), np.finfo(float).tiny)


def _by_luck(count: int, people: int) -> float:
    """Squared rank correlation that the largest of `count` unrelated ones exceeds with the chance BY_LUCK."""
    from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs]

    return float(ndtri(1.0 - 0.5 * BY_LUCK / count) ** 2 / max(people - 1, 1))
