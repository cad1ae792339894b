"""The same posteriors in other people's samplers: NumPyro (NUTS) for the trials, emcee (stretch moves) for any target.

The model of the trials is written down once more from docs/design/008-outcome.md and the records of `calibration.trials`,
as densities of what was reported and with nothing of `calibration.gibbs`: no latent readings, no variance factors, no
matrices, no switches: whether a trial was one without effect is summed over; every effect is its family's spread times a
score of its own. JAX 0.10.2 gave wrong rows for batched products of
matrices and vectors, without a word; the extra `reference` shuts it out, and `log_likelihoods` is there to be compared.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=2")  # JAX wants to know before it begins

import numpy as np

from dermatwin.calibration.outcome import Problem, factors, switches
from dermatwin.calibration.sampler import Target
from dermatwin.calibration.trials import Reading
from dermatwin.outcome.pooling import FAMILIES, HEAVY, SPREADS, Priors

TAIL = 4.0  # degrees of freedom, as the design has them
FAR = 1e3  # standard normal numbers beyond this do not occur
CORES = 2  # chains side by side
CAREFUL = 0.95  # share of steps that NUTS should accept


@dataclass(frozen=True)
class Told:
    """Readings of one kind: their places among all, and their fields as columns."""

    places: np.ndarray
    readings: tuple[Reading, ...]

    @staticmethod
    def of(kind: str, readings: tuple[Reading, ...]) -> Told:
        places = [n for n, reading in enumerate(readings) if reading.what == kind]
        return Told(np.array(places, int), tuple(readings[n] for n in places))

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array([getattr(reading, name) for reading in self.readings], float)

    @property
    def lines(self) -> np.ndarray:
        """Where counted responders begin, unless a word says it."""
        return np.array([0.0 if r.cut is None or r.cut.word else r.cut.share for r in self.readings])


def bases_of(whole: Problem) -> list[str]:
    """What factors of trials' own belong to, in order of the readings."""
    return list(factors(whole.trials, whole.priors))


def settings(whole: Problem) -> dict[str, list[np.ndarray]]:
    """For every study the states that its switches can be in, each as 0 or 1 for every switch of all studies."""
    names = switches(whole.trials)
    found: dict[str, list[np.ndarray]] = {}
    for study in dict.fromkeys(reading.study for reading in whole.trials.readings):
        own = [n for n, name in enumerate(names) if name.partition("/")[0] == study]
        states = []
        for bits in product((1.0, 0.0), repeat=len(own)):
            state = np.ones(len(names))
            state[own] = bits
            states.append(state)
        found[study] = states
    return found


def law(whole: Problem) -> Callable[[], None]:
    """The hierarchical meta-regression as a NumPyro model."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from jax.scipy.special import log_ndtr, logsumexp
    from jax.scipy.stats import norm

    readings, priors, effects, bases = whole.trials.readings, whole.priors, whole.effects, bases_of(whole)
    widths, names = np.array([*factors(whole.trials, priors).values(), 0.0]), switches(whole.trials)
    at = [
        (n, effects.index(t.effect), t.coefficient, t.driver, names.index(t.switch) if t.switch else len(names))
        for n, r in enumerate(readings)
        for t in r.terms
    ]
    reading, effect, weight, driver, switch = (np.array(column) for column in zip(*at, strict=True))
    scores, counts, ranges, spreads = (Told.of(kind, readings) for kind in ("score", "count", "range", "spread"))
    studies = list(settings(whole))
    of_study = np.array([studies.index(r.study) for r in readings])

    def own(group: Told, attribute: str, base: Any) -> Any:
        """ln of each trial's own factor, 0 for those without."""
        which = [bases.index(name) if (name := getattr(r, attribute)) else len(bases) for r in group.readings]
        return jnp.append(base, 0.0)[np.array(which, int)] * widths[np.array(which, int)]

    def densities(value: Any, scalars: Any, base: Any, works: np.ndarray) -> Any:
        """Log density of every reading."""
        person, ratio, saturation, _, never, apart = scalars
        lift = np.append(works, 1.0)[switch] * jnp.where(
            driver == 1.0, 1.0, driver * (1.0 + saturation) / (driver + saturation)
        )
        mean, found = jnp.zeros(len(readings)).at[reading].add(weight * lift * value[effect]), jnp.zeros(len(readings))

        spread = jnp.where(np.isnan(scores["spread"]), person, np.nan_to_num(scores["spread"], nan=1.0))
        shown, error = (
            mean[scores.places] * jnp.exp(own(scores, "base", base)),
            jnp.sqrt(spread**2 / scores["n"] + priors.least_error**2),
        )
        found = found.at[scores.places].set(norm.logpdf(scores["value"], shown, error))

        above = (mean[counts.places] - counts.lines) / (person * ratio * jnp.exp(own(counts, "base", base)))
        lost = never * jnp.exp(apart * own(counts, "never", base))
        yes = log_ndtr(above) - jnp.log1p(lost)
        no = jnp.logaddexp(jnp.log(lost), log_ndtr(-above)) - jnp.log1p(lost)
        found = found.at[counts.places].set(counts["value"] * yes + (counts["n"] - counts["value"]) * no)

        error = person * jnp.sqrt(ranges["share"])
        scatter = jnp.sqrt(error**2 + (priors.indirect * ranges["indirect"]) ** 2)
        low, high = (
            (np.clip(ranges[end], -(FAR**2), FAR**2) * error - mean[ranges.places]) / scatter for end in ("low", "high")
        )
        found = found.at[ranges.places].set(_log_between(low, high))

        error = jnp.sqrt(priors.person_scatter**2 + 0.5 / spreads["n"])
        return found.at[spreads.places].set(norm.logpdf(spreads["value"], jnp.log(person), error))

    def model() -> None:
        width = numpyro.sample("widths", dist.HalfNormal(np.array(priors.spreads)))
        medians, sizes = np.array(priors.scalars).T
        scalars = numpyro.sample("scalars", dist.LogNormal(np.log(medians), sizes))
        base = numpyro.sample("base", dist.Normal(0.0, 1.0).expand([max(len(bases), 1)]))
        value = _effects(effects, priors, width)
        odds = scalars[3]
        turns = max(len(states) for states in settings(whole).values())
        told = []
        for turn in range(turns):
            works = np.minimum.reduce([states[turn] for states in settings(whole).values() if turn < len(states)])
            of_each = jnp.zeros(len(studies)).at[of_study].add(densities(value, scalars, base, works))
            off = np.array([(states[turn] == 0.0).sum() if turn < len(states) else 0 for states in settings(whole).values()])
            own_switches = np.array([np.log2(len(states)) for states in settings(whole).values()])
            exists = np.array([turn < len(states) for states in settings(whole).values()])
            told.append(jnp.where(exists, of_each + off * jnp.log(odds) - own_switches * jnp.log1p(odds), -jnp.inf))
        numpyro.factor("readings", logsumexp(jnp.stack(told), axis=0).sum())

    model.densities = densities  # type: ignore[attr-defined]
    return model


def _effects(effects: tuple[str, ...], priors: Priors, width: Any) -> Any:
    """All effects: scores, heavy-tailed for some families, times the spread of the family; others by their own prior."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist

    family, heavy = _families(effects)
    mean, scale = np.array([priors.of_effect(name) for name in effects]).T
    score = jnp.zeros(len(effects))
    score = score.at[np.flatnonzero(~heavy)].set(numpyro.sample("usual", dist.Normal(0.0, 1.0).expand([(~heavy).sum()])))
    score = score.at[np.flatnonzero(heavy)].set(numpyro.sample("heavy", dist.StudentT(TAIL).expand([heavy.sum()])))
    return numpyro.deterministic("effects", jnp.where(family < 0, mean + scale * score, width[family] * score))


def _families(effects: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Number of the spread of every effect, -1 for none, and whether its tails are heavy."""
    group = [name.partition(":")[0] if ":" in name else "" for name in effects]
    family = np.array([SPREADS.index(FAMILIES[g]) if g in FAMILIES else -1 for g in group])
    return family, np.array([g in HEAVY for g in group])


def _log_between(low: Any, high: Any) -> Any:
    """ln(Phi(high) - Phi(low)), told in the tail where both are small.

    Ends at infinity are brought near: their value would be right, their slope not a number.
    """
    import jax.numpy as jnp
    from jax.scipy.special import log_ndtr

    low, high = jnp.maximum(low, -FAR), jnp.minimum(high, FAR)
    flip = low > 0.0
    bottom, top = log_ndtr(jnp.where(flip, -high, low)), log_ndtr(jnp.where(flip, -low, high))
    return top + jnp.log1p(-jnp.exp(bottom - top))


def log_likelihoods(whole: Problem, states: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Log density of everything that was reported, (state,), for states as `whole.names` and factors of trials' own.

    In trials in all of which needling works.
    """
    from numpyro import enable_x64

    enable_x64()
    found, on = [], np.ones(len(switches(whole.trials)))
    for state, base in zip(states, bases, strict=True):
        value, _, scalars = np.split(state, np.cumsum([len(whole.effects), len(SPREADS)]))
        found.append(float(law(whole).densities(value, scalars, base, on).sum()))  # type: ignore[attr-defined]
    return np.array(found)


@dataclass(frozen=True)
class Nuts:
    """States (chain, draw, name) as `Problem.names`, with how often the integrator diverged and its steps per draw."""

    states: np.ndarray
    divergences: int
    steps: float


def nuts(whole: Problem, seed: int, draws: int, warmup: int, chains: int) -> Nuts:
    """The posterior of trials by NumPyro, `CORES` chains at a time."""
    import jax
    from numpyro import enable_x64
    from numpyro.infer import MCMC, NUTS

    enable_x64()
    kernel = NUTS(law(whole), target_accept_prob=CAREFUL)
    sampler = MCMC(kernel, num_warmup=warmup, num_samples=draws, num_chains=CORES, progress_bar=False)
    states, divergences, steps = [], 0, []
    for part in range(chains // CORES):
        sampler.run(jax.random.PRNGKey(seed + part), extra_fields=("diverging", "num_steps"))
        found, told = sampler.get_samples(group_by_chain=True), sampler.get_extra_fields()
        states.append(np.concatenate([found[name] for name in ("effects", "widths", "scalars")], axis=2))
        divergences += int(told["diverging"].sum())
        steps.append(float(told["num_steps"].mean()))
    return Nuts(np.concatenate(states), divergences, float(np.mean(steps)))


def stretched(target: Target, coordinates: int, walkers: int, steps: int, seed: int) -> np.ndarray:
    """States (step, walker, coordinate) of emcee's walkers from the prior on, under prior times likelihood.

    Stretch moves alone: the snooker moves of emcee 3.1.6 make a standard normal in eight coordinates a fifth too narrow.
    """
    import emcee

    def log_density(states: np.ndarray) -> np.ndarray:
        return target.all(states).sum(axis=1) - 0.5 * (states**2).sum(axis=1)

    sampler = emcee.EnsembleSampler(walkers, coordinates, log_density, vectorize=True)
    sampler.random_state = np.random.MT19937(seed).state
    start = np.random.Generator(np.random.Philox(seed)).standard_normal((walkers, coordinates))
    sampler.run_mcmc(start, steps)
    return sampler.get_chain()
