"""Our samplers against other people's, on posteriors small enough for both.

The Gibbs sampler of the trials meets NumPyro's NUTS, whose moments `samplers.yaml` keeps; tempered particles meet emcee, on
a ridge while the suite runs and on two studies of needling by moments that are kept. What is kept is made by
benchmarks/samplers.py; its page is docs/benchmarks-samplers.md. Two samplers agree if a difference as large as their
largest, of all means and spreads and in units of both Monte Carlo errors, would come by chance more often than once in a
thousand comparisons. Effective sizes are held, too: a sampler that knows nothing agrees with everybody.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from dermatwin.calibration.agreement import Moments, apart, batched, moments
from dermatwin.calibration.gibbs import NO_EFFECT, RANGE, SATURATION, log_likelihood, means
from dermatwin.calibration.outcome import fit, prior_draws
from dermatwin.calibration.rehearsal import made_up, needles, ridge
from dermatwin.calibration.sampler import moved, tempered
from dermatwin.evidence import Evidence
from dermatwin.outcome.pooling import SPREADS

RARE, PLANTED = 1e-3, 1e-6  # chance below which samplers disagree, and that of a fault that was planted
REMADE = "the law is another than that of the reference; python benchmarks/samplers.py --reference FILE makes it again"
EVIDENCE = Evidence.packaged()
KEPT = yaml.safe_load((Path(__file__).parent / "samplers.yaml").read_text(encoding="utf-8"))


def kept(part, names):
    assert tuple(KEPT[part]["moments"]) == tuple(names), REMADE
    return Moments(*np.array(list(KEPT[part]["moments"].values())).T, KEPT[part]["batches"])


def chance(*key):
    return np.random.Generator(np.random.Philox(list(key)))


@pytest.fixture(scope="module")
def trials():
    return made_up(EVIDENCE)


def drawn(whole, chains=6, rounds=6_000):
    states = np.stack([fit(whole, 1 + n, rounds, thin=3, burn=600) for n in range(chains)])
    return moments(batched(states, 5))


def test_readings_are_as_likely_as_in_numpyro(trials):
    """At states of the prior, where ranges are missed by many standard errors."""
    states, system = prior_draws(trials, len(KEPT["trials"]["log_likelihood"]), 1), trials.system
    bases, on = chance(1).standard_normal((len(states), len(system.widths))), np.ones(len(system.studies))
    effects, _, scalars = np.split(states, np.cumsum([len(trials.effects), len(SPREADS)]), axis=1)
    found = np.array(
        [
            log_likelihood(system, means(system, e, s[SATURATION], on), s, b).sum()
            for e, s, b in zip(effects, scalars, bases, strict=True)
        ]
    )
    assert found - found[0] == pytest.approx(KEPT["trials"]["log_likelihood"], rel=1e-7, abs=1e-6), REMADE


def test_trials_have_the_posterior_that_nuts_finds(trials):
    found = drawn(trials)
    difference = apart(found, kept("trials", trials.names))
    assert difference.chance > RARE, difference.largest
    assert found.effective.min() > 300
    assert np.median(found.effective) > 2000


def everything_works(system):
    """No trial without effect: the odds of one are held at next to nothing."""
    scalars = system.scalars.copy()
    scalars[NO_EFFECT] = (1e-9, 1e-3)
    return system._replace(scalars=scalars)


def ranges_taken_as_values(system):
    numbers = system.numbers.copy()
    ranges = numbers[:, 0] == RANGE
    numbers[ranges, 4:6] = np.clip(numbers[ranges, 4:6], -2.0, 2.0)
    return system._replace(numbers=numbers)


@pytest.mark.parametrize("fault", [everything_works, ranges_taken_as_values])
def test_a_planted_fault_is_seen(fault, trials):
    found = drawn(replace(trials, system=fault(trials.system)))
    assert apart(found, kept("trials", trials.names)).chance < PLANTED


def particles(target, coordinates, runs, count, last):
    """Moments of tempered particles, each run a batch of its own."""
    states = []
    for run in range(runs):
        luck = chance(1, run)
        states.append(moved(target, tempered(target, coordinates, count, luck, rounds=1), luck, rounds=last).states)
    return moments(np.stack(states))


@pytest.fixture(scope="module")
def walked():
    """emcee on the ridge: stretch moves from the prior on, the first fifth left out."""
    import emcee

    def log_density(states):
        return ridge().all(states).sum(axis=1) - 0.5 * (states**2).sum(axis=1)

    sampler = emcee.EnsembleSampler(400, 4, log_density, vectorize=True)
    sampler.random_state = np.random.MT19937(1).state
    sampler.run_mcmc(chance(1).standard_normal((400, 4)), 2_500)
    return moments(batched(sampler.get_chain(discard=500).reshape(1, -1, 4), 20))


@pytest.mark.parametrize("together", [False, True])
def test_particles_follow_a_ridge_as_emcee_does(together, walked):
    found = particles(ridge(together=together), 4, 20, 500, 12)
    difference = apart(found, walked)
    assert difference.chance > RARE, difference.largest
    assert min(found.effective.min(), walked.effective.min()) > 1500


def test_needling_has_the_posterior_that_emcee_finds():
    two = needles(EVIDENCE)
    states = chance(1).standard_normal((len(KEPT["needles"]["log_likelihood"]), len(two.names)))
    law = two.target.all(states).sum(axis=1)
    assert law - law[0] == pytest.approx(KEPT["needles"]["log_likelihood"], rel=1e-6, abs=1e-6), REMADE
    found = particles(two.target, len(two.names), 10, 256, 1)
    difference = apart(found, kept("needles", two.names))
    assert difference.chance > RARE, difference.largest
    assert found.effective.min() > 300
