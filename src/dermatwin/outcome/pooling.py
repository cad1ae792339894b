"""Random-effects pooling of trial arms, computed exactly on a grid.

An arm of study s with response m (1 in the reference course) improves by

    needle     y = drift + m (needle + concern + study) + adjunct + rating + error
    rf needle  y = drift + m (rf + study) + rating + error
    other      y = drift + active + active adjunct + study + rating + error
    untreated  y = drift + small study spread + error

with normal, partially pooled effects of concern, adjunct and study, and an offset `rating` of arms known only from
raters' classes, which run ahead of scores. An adjunct (a cream, a peel, subcision) works on its own and does not wait
for the tissue. The drift is learnt from untreated and sham arms alone, so that the large
changes of open trials cannot pass for it. Given the three spreads everything is linear and normal; the spreads are
integrated over a grid of equal prior weight (half-normal quantiles). Radiofrequency needles burn as well as puncture:
their arms inform only their own mean and how much trials differ. The law is that of a small hierarchical meta-analysis
(DerSimonian and Laird with the spread's uncertainty kept); skewness of ratings and publication bias are left out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..evidence import Draws
from .arms import Arm

GRID = 10  # quantiles per spread
TINY = 1e-12  # numerical, keeps covariances positive
ADJUNCT_NONE = "none"


@dataclass(frozen=True)
class Priors:
    """Prior spreads, medians of evidence parameters."""

    effect: float
    drift: float
    drift_between: float
    rating: float
    study: float
    concern: float
    adjunct: float

    @staticmethod
    def of(draws: Draws) -> Priors:
        """Read the priors from the evidence."""
        return Priors(*(draws.median(name, "1") for name in (
            "effect_prior_spread", "drift_prior_spread", "drift_between_studies", "rating_prior_spread",
            "between_study_prior", "between_concern_prior", "between_adjunct_prior")))


@dataclass(frozen=True)
class Pooled:
    """Posterior of the pooled effects: a mixture of normals over the grid of spreads."""

    names: tuple[str, ...]
    weight: np.ndarray  # (grid,)
    mean: np.ndarray  # (grid, effect)
    root: np.ndarray  # (grid, effect, effect), lower Cholesky factor of the covariance
    spreads: np.ndarray  # (grid, 3): between studies, concerns, adjuncts
    drift_between: float
    sources: dict[str, tuple[str, ...]] = field(default_factory=dict)  # effect -> studies with arms that carry it

    def draw(self, uniform: np.ndarray, normal: np.ndarray) -> Effects:
        """Effects for every person from uniform (draw,) and normal (draw, effect) numbers."""
        edges = np.cumsum(self.weight)
        cell = np.minimum(np.searchsorted(edges, uniform * edges[-1]), len(edges) - 1)
        values = self.mean[cell] + np.einsum("dij,dj->di", self.root[cell], normal[:, :len(self.names)])
        return Effects({name: values[:, i] for i, name in enumerate(self.names)}, self.spreads[cell, 0])

    def spread_between_studies(self) -> float:
        """Posterior median of the spread between studies [-]."""
        order = np.argsort(self.spreads[:, 0])
        share = np.cumsum(self.weight[order]) / self.weight.sum()
        return float(self.spreads[order, 0][np.searchsorted(share, 0.5)])

    def expected(self, *names: str) -> float:
        """Posterior mean of a sum of effects."""
        columns = [self.names.index(name) for name in names]
        return float(self.weight @ self.mean[:, columns].sum(axis=1) / self.weight.sum())


@dataclass(frozen=True)
class Effects:
    """Pooled effects, one value per person's worth of knowledge."""

    values: dict[str, np.ndarray]
    between_studies: np.ndarray  # (draw,)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.values[name]

    def get(self, name: str) -> np.ndarray:
        """An effect, zero if it was never seen in any trial (its prior mean)."""
        return self.values.get(name, np.zeros_like(self.between_studies))


def effect_names(pools: Sequence[str], adjuncts: Sequence[str]) -> tuple[str, ...]:
    """Names of the effects, in a fixed order so that luck stays with its effect."""
    return ("drift", "needle", "rf", "adjunct", "active", "rating",
            *(f"concern:{pool}" for pool in sorted(pools)),
            *(f"adjunct:{name}" for name in sorted(adjuncts)), *(f"active:{name}" for name in sorted(adjuncts)))


def terms(kind: str, pool: str, adjunct: str, response: float) -> dict[str, float]:
    """Coefficients of the effects in one arm's expected improvement."""
    if kind == "untreated":
        return {"drift": 1.0}
    if kind == "active":
        return {"drift": 1.0, "active": 1.0, f"active:{adjunct}": 1.0}
    if kind == "rf":
        return {"drift": 1.0, "rf": response}
    plus = {} if adjunct == ADJUNCT_NONE else {"adjunct": 1.0, f"adjunct:{adjunct}": 1.0}
    return {"drift": 1.0, "needle": response, f"concern:{pool}": response, **plus}


def pool(found: Sequence[Arm], responses: np.ndarray, priors: Priors, pools: Sequence[str],
         adjuncts: Sequence[str]) -> Pooled:
    """Posterior of the pooled effects from arms and their responses (arm,)."""
    names = effect_names(pools, adjuncts)
    drift, uncertainty = _drift(found, priors)
    treated = [i for i, arm in enumerate(found) if arm.kind != "untreated"]
    kept, reach = [found[i] for i in treated], responses[treated]
    design = _design(kept, reach, names)
    observed = np.array([arm.improvement for arm in kept]) - drift
    within = np.diag(np.array([arm.variance for arm in kept]))
    shared = _shared(kept, reach)
    grid = _spread_grid(priors)
    cells = [_posterior(design, observed, within + tau[0] ** 2 * shared, _prior_variance(names, priors, tau))
             for tau in grid]
    logs = np.array([cell[0] for cell in cells])
    weight = np.exp(logs - logs.max())
    mean, root = np.stack([cell[1] for cell in cells]), np.stack([np.linalg.cholesky(cell[2]) for cell in cells])
    mean[:, 0], root[:, 0, 0] = drift, np.sqrt(uncertainty)
    sources = {name: tuple(sorted({arm.source for arm, row in zip(kept, design, strict=True) if row[i]}))
               for i, name in enumerate(names)}
    sources["drift"] = tuple(sorted({arm.source for arm in found if arm.kind == "untreated"}))
    return Pooled(names, weight / weight.sum(), mean, root, grid, priors.drift_between, sources)


def _drift(found: Sequence[Arm], priors: Priors) -> tuple[float, float]:
    """Mean and variance of the change without treatment, from untreated and sham arms alone."""
    bare = [(arm.improvement, 1.0 / (arm.variance + priors.drift_between**2)) for arm in found if arm.kind == "untreated"]
    precision = 1.0 / priors.drift**2 + sum(weight for _, weight in bare)
    return sum(value * weight for value, weight in bare) / precision, 1.0 / precision


def _design(found: Sequence[Arm], responses: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    design = np.zeros((len(found), len(names)))
    for i, arm in enumerate(found):
        for name, coefficient in terms(arm.kind, arm.pool, arm.adjunct, float(responses[i])).items():
            if name in names and name != "drift":
                design[i, names.index(name)] += coefficient
        design[i, names.index("rating")] = float(arm.basis == "responders")
    return design


def _shared(found: Sequence[Arm], responses: np.ndarray) -> np.ndarray:
    """What a study effect does to every pair of arms of the same study."""
    reach = np.array([1.0 if arm.kind == "active" else float(m) for arm, m in zip(found, responses, strict=True)])
    same = np.array([[a.source == b.source for b in found] for a in found], dtype=float).reshape(len(found), len(found))
    return same * np.outer(reach, reach)


def _spread_grid(priors: Priors) -> np.ndarray:
    """Spreads (between studies, concerns, adjuncts) of equal prior weight, shape (grid, 3)."""
    from scipy.special import ndtri

    quantiles = ndtri(0.5 + 0.5 * (np.arange(GRID) + 0.5) / GRID)
    coarse = quantiles[::2]
    axes = (priors.study * quantiles, priors.concern * coarse, priors.adjunct * coarse)
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def _prior_variance(names: tuple[str, ...], priors: Priors, spreads: np.ndarray) -> np.ndarray:
    fixed = {"rating": priors.rating, "needle": priors.effect, "rf": priors.effect, "active": priors.effect,
             "adjunct": priors.adjunct}
    family = {"drift": 0.0, "concern": spreads[1], "adjunct": spreads[2], "active": spreads[2]}
    return np.array([fixed[name] if name in fixed else family[name.partition(":")[0]] for name in names], float) ** 2


def _posterior(design: np.ndarray, observed: np.ndarray, noise: np.ndarray, prior: np.ndarray,
               ) -> tuple[float, np.ndarray, np.ndarray]:
    """Log evidence, mean and covariance of effects with prior N(0, diag prior), y ~ N(design effects, noise)."""
    if not len(observed):
        return 0.0, np.zeros(len(prior)), np.diag(prior + TINY)
    total = noise + (design * prior) @ design.T
    root = np.linalg.cholesky(total)
    gain = np.linalg.solve(total, design * prior).T
    whitened = np.linalg.solve(root, observed)
    log = -0.5 * whitened @ whitened - np.log(np.diag(root)).sum()
    covariance = np.diag(prior) - gain @ (design * prior)
    covariance = 0.5 * (covariance + covariance.T) + TINY * np.eye(len(prior))
    return float(log), gain @ observed, covariance
