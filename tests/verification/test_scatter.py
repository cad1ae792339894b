"""Crossed effects in closed form against the dense normal that they stand for."""

import numpy as np
import pytest
from scipy.stats import kstest, multivariate_normal, t

from dermatwin.calibration.scatter import Crossed, Groups, Variances, scales

RECORDS, COMPOUNDS, STUDIES, LANES = 40, 9, 6, 3


@pytest.fixture(scope="module")
def crossed():
    chance = np.random.default_rng(4)
    groups = Groups(chance.integers(0, COMPOUNDS, RECORDS), chance.integers(0, STUDIES, RECORDS), COMPOUNDS, STUDIES)
    variances = Variances(*(chance.uniform(0.1, 2.0, (LANES, size)) for size in (COMPOUNDS, STUDIES, RECORDS)))
    return Crossed(groups, chance.standard_normal((LANES, RECORDS)), chance.uniform(0.0, 1.0, (LANES, RECORDS)), variances)


def dense(crossed, lane):
    """Loadings of compounds and of studies, and the covariance of the residuals."""
    compound = crossed.groups.in_compound * crossed.loading[lane][:, None]
    study, v = crossed.groups.in_study, crossed.variances
    cover = (compound * v.compound[lane]) @ compound.T + (study * v.study[lane]) @ study.T + np.diag(v.record[lane])
    return compound, study, cover


@pytest.mark.parametrize("lane", range(LANES))
def test_likelihood_and_effects_are_those_of_the_dense_normal(crossed, lane):
    compound, study, cover = dense(crossed, lane)
    residual, v, found = crossed.residual[lane], crossed.variances, crossed.effects
    assert crossed.log_likelihood[lane] == pytest.approx(multivariate_normal(np.zeros(RECORDS), cover).logpdf(residual))
    for loading, own, mean, variance in (
        (compound, v.compound[lane], found.compound[lane], found.compound_variance[lane]),
        (study, v.study[lane], found.study[lane], found.study_variance[lane]),
    ):
        assert mean == pytest.approx(own * (loading.T @ np.linalg.solve(cover, residual)))
        assert variance == pytest.approx(own - own**2 * np.diag(loading.T @ np.linalg.solve(cover, loading)))


def test_draws_have_the_moments_of_the_effects(crossed):
    lanes = 6000
    many = Crossed(
        crossed.groups,
        *(np.repeat(a[:1], lanes, axis=0) for a in (crossed.residual, crossed.loading)),
        Variances(
            *(
                np.repeat(a[:1], lanes, axis=0)
                for a in (crossed.variances.compound, crossed.variances.study, crossed.variances.record)
            )
        ),
    )
    compound, study, rest = many.draw(np.random.default_rng(1))
    found = crossed.effects
    assert compound.mean(axis=0) == pytest.approx(found.compound[0], abs=0.06)
    assert compound.var(axis=0) == pytest.approx(found.compound_variance[0], rel=0.1)
    assert study.mean(axis=0) == pytest.approx(found.study[0], abs=0.06)
    assert study.var(axis=0) == pytest.approx(found.study_variance[0], rel=0.1)
    assert rest + many.loading * compound[:, crossed.groups.compound] + study[:, crossed.groups.study] == pytest.approx(
        many.residual
    )


def test_normals_with_drawn_variances_are_students_t():
    chance = np.random.default_rng(2)
    effect = chance.standard_normal(20_000)
    for _ in range(30):
        effect = np.sqrt(0.25 * scales(effect, 0.25, 4.0, chance)) * chance.standard_normal(effect.size)
    assert kstest(effect / 0.5, t(4.0).cdf).pvalue > 1e-3
