"""Two crossed groupings of records, compounds and studies, as normal effects that are integrated out in closed form.

    r_i = s_i u_c(i) + u_t(i) + e_i      u_c ~ N(0, v_c), u_t ~ N(0, v_t), e_i ~ N(0, v_i)

for many lanes at once, each with its own variances. Compounds are eliminated first (their block is diagonal), what is
left is one matrix of the size of the studies. Heavy tails come from variances that are themselves drawn: a normal whose
variance is inverse-gamma is Student's t (`scales`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Groups:
    """Which compound and which study each record belongs to, shape (record,), and how many of each there are."""

    compound: np.ndarray
    study: np.ndarray
    compounds: int
    studies: int

    @cached_property
    def in_compound(self) -> np.ndarray:
        """1 where a record belongs to a compound, (record, compound)."""
        return (self.compound[:, None] == np.arange(self.compounds)).astype(float)

    @cached_property
    def in_study(self) -> np.ndarray:
        """1 where a record belongs to a study, (record, study)."""
        return (self.study[:, None] == np.arange(self.studies)).astype(float)

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Different pairs (study, compound) as numbers, and which records make up each: (pair,), (record, pair)."""
        code = self.study * self.compounds + self.compound
        kinds = np.unique(code)
        return kinds, (code[:, None] == kinds).astype(float)

    @cached_property
    def ties(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Pairs that share a compound: numbers of the two pairs, their place in a (study, study) table, their compound."""
        kinds, _ = self.pairs
        study, compound = np.divmod(kinds, self.compounds)
        first, second = np.nonzero(compound[:, None] == compound)
        return first, second, study[first] * self.studies + study[second], compound[first]


@dataclass(frozen=True)
class Variances:
    """Variances of the effects: (lane, compound), (lane, study), (lane, record)."""

    compound: np.ndarray
    study: np.ndarray
    record: np.ndarray


@dataclass(frozen=True)
class Effects:
    """Means and variances of compound and study effects given the records."""

    compound: np.ndarray  # (lane, compound)
    compound_variance: np.ndarray
    study: np.ndarray  # (lane, study)
    study_variance: np.ndarray


@dataclass(frozen=True)
class Crossed:
    """Residuals with loadings of the compound effect, (lane, record), and the variances of all effects."""

    groups: Groups
    residual: np.ndarray
    loading: np.ndarray
    variances: Variances

    @cached_property
    def _weight(self) -> np.ndarray:
        return 1.0 / self.variances.record

    @cached_property
    def _inner(self) -> np.ndarray:
        """Precision of each compound effect when the studies are known, (lane, compound)."""
        return 1.0 / self.variances.compound + (self._weight * self.loading**2) @ self.groups.in_compound

    @cached_property
    def _pull(self) -> np.ndarray:
        """What the residuals say of each compound, (lane, compound)."""
        return (self._weight * self.loading * self.residual) @ self.groups.in_compound

    @cached_property
    def _linked(self) -> np.ndarray:
        """Weight that ties a study to a compound, (lane, pair)."""
        return (self._weight * self.loading) @ self.groups.pairs[1]

    @cached_property
    def _between(self) -> np.ndarray:
        """Weight that ties studies and compounds, (lane, study, compound)."""
        table = np.zeros((len(self.residual), self.groups.studies * self.groups.compounds))
        table[:, self.groups.pairs[0]] = self._linked
        return table.reshape(-1, self.groups.studies, self.groups.compounds)

    @cached_property
    def _lower(self) -> np.ndarray:
        """Cholesky factor of the precision of the study effects, compounds integrated out, (lane, study, study)."""
        first, second, place, compound = self.groups.ties
        taken = self._linked[:, first] * self._linked[:, second] / self._inner[:, compound]
        cells, member = np.unique(place, return_inverse=True)
        matrix = np.zeros((len(self.residual), self.groups.studies**2))
        matrix[:, cells] = -taken @ (member[:, None] == np.arange(cells.size)).astype(float)
        matrix = matrix.reshape(-1, self.groups.studies, self.groups.studies)
        places = np.arange(self.groups.studies)
        matrix[:, places, places] += self._weight @ self.groups.in_study + 1.0 / self.variances.study
        return np.linalg.cholesky(matrix)

    @cached_property
    def _push(self) -> np.ndarray:
        """What the residuals say of each study, compounds integrated out, (lane, study)."""
        taken = np.matmul(self._between, (self._pull / self._inner)[:, :, None])[:, :, 0]
        return (self._weight * self.residual) @ self.groups.in_study - taken

    @cached_property
    def log_likelihood(self) -> np.ndarray:
        """Log density of the residuals with all effects integrated out, (lane,)."""
        half = np.linalg.solve(self._lower, self._push[:, :, None])[:, :, 0]
        square = (self._weight * self.residual**2).sum(axis=1) - (self._pull**2 / self._inner).sum(axis=1)
        diagonal = np.einsum("lss->ls", self._lower)
        spread = (
            np.log(self.variances.record).sum(axis=1)
            + np.log(self.variances.compound * self._inner).sum(axis=1)
            + 2.0 * np.log(diagonal).sum(axis=1)
            + np.log(self.variances.study).sum(axis=1)
        )
        return -0.5 * (square - (half**2).sum(axis=1) + spread + self.residual.shape[1] * np.log(2.0 * np.pi))

    @cached_property
    def effects(self) -> Effects:
        """Means and variances of the effects."""
        inverse = np.linalg.inv(self._lower)
        spread = np.matmul(inverse.transpose(0, 2, 1), inverse)
        study = np.matmul(spread, self._push[:, :, None])[:, :, 0]
        share = self._between / self._inner[:, None, :]
        compound = self._pull / self._inner - np.matmul(study[:, None, :], share)[:, 0]
        passed = np.matmul(inverse, share)
        return Effects(compound, 1.0 / self._inner + (passed**2).sum(axis=1), study, np.einsum("lss->ls", spread))

    def draw(self, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """One joint draw of compound effects, study effects and what is left to the records, per lane."""
        inverse = np.linalg.inv(self._lower)
        lanes, groups = len(self.residual), self.groups
        noise = np.matmul(inverse, self._push[:, :, None])[:, :, 0] + chance.standard_normal((lanes, groups.studies))
        study = np.matmul(inverse.transpose(0, 2, 1), noise[:, :, None])[:, :, 0]
        mean = (self._pull - np.matmul(study[:, None, :], self._between)[:, 0]) / self._inner
        compound = mean + chance.standard_normal(mean.shape) / np.sqrt(self._inner)
        return compound, study, self.residual - self.loading * compound[:, groups.compound] - study[:, groups.study]


def scales(effect: np.ndarray, variance: np.ndarray, tail: float, chance: np.random.Generator) -> np.ndarray:
    """Variance factors given effects of Student's t with `tail` degrees of freedom: inverse gamma, any shape.

    l | u ~ InvGamma((nu + 1)/2, (nu + u^2/v)/2)
    """
    return 0.5 * (tail + effect**2 / variance) / chance.gamma(0.5 * (tail + 1.0), size=effect.shape)
