"""Draws of a fit against posteriors in closed form."""

import numpy as np
import pytest
from scipy.stats import norm

from dermatwin.calibration.likelihood import censored
from dermatwin.calibration.luck import GivenLuck, spread_evenly
from dermatwin.calibration.sampler import Block, Particles, Target, counting, faded, moved, redrawn, shrunk, tempered


def chance(seed=1):
    return np.random.Generator(np.random.Philox(seed))


def target_of(log_likelihood, coordinates):
    """One factor, all coordinates in one block of which three move at once."""
    return Target(lambda states, factors: log_likelihood(states)[:, None], 1, (Block(tuple(range(coordinates)), (0,), 3),))


def fitted(log_likelihood, coordinates, particles=3000):
    target = target_of(log_likelihood, coordinates)
    return moved(target, tempered(target, coordinates, particles, chance(), rounds=3), chance(2), rounds=12)


def test_normal_times_normal():
    """Prior N(0, 1), data N(y, s2) on a sum of two coordinates: the posterior of each is known exactly."""
    y, s = 2.0, 0.2
    found = fitted(lambda states: -0.5 * ((states[:, 0] + states[:, 1] - y) / s) ** 2, 6)
    mean, variance = y / (2 + s**2), 1 - 1 / (2 + s**2)
    assert found.states[:, :2].mean(axis=0) == pytest.approx(mean, abs=0.04)
    assert found.states[:, :2].var(axis=0) == pytest.approx(variance, rel=0.08)
    assert np.corrcoef(found.states[:, 0], found.states[:, 1])[0, 1] == pytest.approx(-1 / (2 + s**2) / variance, abs=0.03)
    assert found.states[:, 2:].std(axis=0) == pytest.approx(1.0, abs=0.06)  # nothing was seen of the others


def test_mean_likelihood_is_the_integral():
    y, s = 1.5, 0.5
    found = fitted(lambda states: norm.logpdf(y, states[:, 0], s), 2, particles=4000)
    assert found.evidence == pytest.approx(norm.logpdf(y, 0.0, np.hypot(1.0, s)), abs=0.08)


def test_a_bound_cuts_the_prior():
    """theta <= 0 observed without error: a half normal, mean -sqrt(2 / pi)."""
    found = fitted(lambda states: censored(0.0 - states[:, 0], np.full(len(states), 1e-3), "upper"), 2)
    assert found.states[:, 0].max() < 0.01
    assert found.states[:, 0].mean() == pytest.approx(-np.sqrt(2 / np.pi), abs=0.05)


def test_two_separate_hills_keep_their_weights():
    def two(states):
        x = states[:, 0]
        return np.logaddexp(norm.logpdf(x, -1.5, 0.1), norm.logpdf(x, 1.5, 0.1))

    found = fitted(two, 3)
    assert np.mean(found.states[:, 0] > 0) == pytest.approx(0.5, abs=0.06)
    assert np.abs(found.states[:, 0]).mean() == pytest.approx(1.5 / 1.01, abs=0.03)


def test_censored_likelihood_is_what_the_bound_allows():
    distance = np.array([-1.0, 0.0, 2.0])
    assert np.exp(censored(distance, np.full(3, 0.5), "upper")) == pytest.approx(norm.cdf(distance / 0.5))
    assert np.exp(censored(distance, np.full(3, 0.5), "lower")) == pytest.approx(norm.sf(distance / 0.5))
    assert censored(distance, np.full(3, 0.5), "") == pytest.approx(norm.logpdf(distance, 0.0, 0.5))


def test_redrawing_follows_the_weights():
    states = np.arange(4.0)[:, None]
    weights = np.log(np.array([0.1, 0.2, 0.3, 0.4]))
    many = redrawn(Particles(np.repeat(states, 500, axis=0), np.zeros((2000, 1))), np.repeat(weights, 500), chance())
    assert np.bincount(many.states[:, 0].astype(int)) / 2000 == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.002)
    assert counting(np.zeros(10)) == pytest.approx(1.0)
    assert counting(np.array([0.0, -1000.0])) == pytest.approx(0.5)


def test_factors_that_see_a_block_are_enough():
    """Two studies, one shared and two private coordinates: the same posterior as from one factor over everything."""

    def factors(states, chosen):
        return np.stack([norm.logpdf(1.0 + part, states[:, 0] + states[:, 1 + part], 0.3) for part in chosen], axis=1)

    blocks = (Block((0,), (0, 1)), Block((1,), (0,)), Block((2,), (1,)))
    target = Target(factors, 2, blocks)
    found = moved(target, tempered(target, 3, 3000, chance(), rounds=3), chance(2), rounds=15)
    rows = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    precision = np.eye(3) + rows.T @ rows / 0.09
    mean = np.linalg.solve(precision, rows.T @ np.array([1.0, 2.0]) / 0.09)
    assert found.states.mean(axis=0) == pytest.approx(mean, abs=0.05)
    assert np.cov(found.states.T) == pytest.approx(np.linalg.inv(precision), abs=0.05)
    assert found.levels == pytest.approx(target.all(found.states))


def test_turning_together_follows_a_narrow_ridge():
    """Forty coordinates, data on five tight sums of neighbours: the known normal, and where it began is forgotten."""
    size, tight = 40, 0.02
    rows = np.kron(np.eye(5), np.ones((1, 8)))
    y = np.linspace(-2.0, 2.0, 5)
    target = Target(lambda states, factors: -0.5 * (((states @ rows.T - y) / tight) ** 2).sum(axis=1)[:, None], 1, (), True)
    found = moved(target, tempered(target, size, 400, chance(), rounds=2), chance(2), rounds=12)
    precision = np.eye(size) + rows.T @ rows / tight**2
    mean = np.linalg.solve(precision, rows.T @ y) / tight**2
    covariance = np.linalg.inv(precision)
    assert found.states.mean(axis=0) == pytest.approx(mean, abs=0.2)
    assert (found.states @ rows.T).std(axis=0) == pytest.approx(np.sqrt(np.diag(rows @ covariance @ rows.T)), rel=0.15)
    assert found.states.std(axis=0).mean() == pytest.approx(np.sqrt(np.diag(covariance)).mean(), rel=0.05)
    assert found.memory is not None
    assert np.abs(found.memory).max() < 0.5
    assert found.levels == pytest.approx(target.all(found.states))


def test_turning_together_keeps_what_is_no_normal():
    """A half normal and two hills, under ellipses of one normal."""

    def log_likelihood(states, factors):
        x, y = states[:, 0], states[:, 1]
        hills = np.logaddexp(norm.logpdf(x, -1.5, 0.3), norm.logpdf(x, 1.5, 0.3))
        return (hills + censored(-y, np.full(len(y), 1e-2), "upper"))[:, None]

    target = Target(log_likelihood, 1, (), True)
    found = moved(target, tempered(target, 3, 3000, chance(), rounds=2), chance(2), rounds=8).states
    assert np.mean(found[:, 0] > 0) == pytest.approx(0.5, abs=0.06)
    assert np.abs(found[:, 0]).mean() == pytest.approx(1.5 / 1.09, abs=0.03)
    assert found[:, 1].mean() == pytest.approx(-np.sqrt(2 / np.pi), abs=0.05)
    assert found[:, 2].std() == pytest.approx(1.0, abs=0.05)


def test_a_covariance_of_few_particles_is_the_priors_but_where_it_stands_out():
    narrow = np.ones(20)
    narrow[:2] = 0.05
    few, many = (shrunk(chance().standard_normal((count, 20)) * narrow)[1] for count in (60, 20_000))
    assert np.diag(many)[:2] == pytest.approx(0.05**2, rel=0.1)
    assert np.diag(few)[:2] == pytest.approx(0.05**2, rel=0.6)
    assert few[2:, 2:] == pytest.approx(np.eye(18), abs=0.02)


def test_a_likelihood_that_is_not_a_function_is_found_out():
    noise = chance(3)
    target = target_of(lambda states: np.full(len(states), -1e6) - noise.uniform(size=len(states)) * 1e6, 2)
    with pytest.raises(RuntimeError, match="shrinks"):
        moved(target, Particles(np.zeros((4, 2)), np.zeros((4, 1)), 1.0), chance(), rounds=1)


def test_given_luck_gives_what_it_was_given():
    luck = GivenLuck(0, 3, scores={"a": np.array([-1.0, 0.0, 1.0])})
    assert luck.normal("knowledge", "a")[:, 0] == pytest.approx([-1.0, 0.0, 1.0])
    assert not luck.normal("knowledge", "b").any()
    assert not luck.normal("person", "a").any()
    assert set(luck.asked) == {"a", "b"}
    needles = spread_evenly("needles", 64)
    assert needles.mean() == pytest.approx(0.0, abs=1e-12)
    assert needles.std() == pytest.approx(1.0, abs=0.03)


def test_a_factor_that_fades_leaves_the_posterior_without_it():
    """Two factors on a sum and on a coordinate; without the second the first coordinate's law is known exactly."""
    y, s = 2.0, 0.3

    def log_factors(states, factors):
        both = [-0.5 * ((states[:, 0] + states[:, 1] - y) / s) ** 2, -0.5 * ((states[:, 0] + 2.0) / 0.1) ** 2]
        return np.stack([both[number] for number in factors], axis=1)

    target = Target(log_factors, 2, (Block((0, 1), (0, 1)),), whole=True)
    found = moved(target, tempered(target, 3, 3000, chance(), rounds=3), chance(2), rounds=6)
    assert found.states[:, 0].mean() == pytest.approx(-2.0, abs=0.1)
    left, steps = faded(target, found, 1, chance(3), rounds=2)
    assert steps > 1
    assert left.states[:, 0].mean() == pytest.approx(y / (2 + s**2), abs=0.06)
    assert left.states[:, 0].var() == pytest.approx(1 - 1 / (2 + s**2), rel=0.12)
    np.testing.assert_allclose(left.levels, target.all(left.states))
