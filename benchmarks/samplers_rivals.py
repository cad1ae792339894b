"""The same posteriors in other people's samplers: NumPyro (NUTS) for the trials, emcee (stretch moves) for any target.

The model of the trials is written down once more from docs/design/008-outcome.md and the records of `calibration.trials`,
as densities of what was reported and with nothing of `calibration.gibbs`: no latent readings, no variance factors, no
matrices; every effect is its family's spread times a score of its own. JAX 0.10.2 gave wrong rows for batched products of
matrices and vectors, without a word; the extra `reference` shuts it out, and `log_likelihoods` is there to be compared.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_force_host_platform_device_count=2")  # JAX wants to know before it begins

import numpy as np

from dermatwin.calibration.outcome import Problem
from dermatwin.calibration.sampler import Target
from dermatwin.calibration.trials import Reading
from dermatwin.outcome.pooling import FAMILIES, HEAVY, SPREADS, Priors

TAIL = 4.0  # degrees of freedom, as the design has them
FAR = 1e3  # standard normal numbers beyond this do not occur
LEAST = 1e-9  # response of a course that does nothing
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
    return list(dict.fromkeys(r.base for r in whole.trials.readings if r.base))


def law(whole: Problem) -> Callable[[], None]:
    """The hierarchical meta-regression as a NumPyro model."""
    import jax.numpy as jnp
    import numpyro
    import numpyro.distributions as dist
    from jax.scipy.special import log_ndtr

    readings, priors, effects, bases = whole.trials.readings, whole.priors, whole.effects, bases_of(whole)
    at = [(n, effects.index(name), c, max(m, LEAST)) for n, r in enumerate(readings) for name, c, m in r.terms]
    reading, effect, weight, response = (np.array(column) for column in zip(*at, strict=True))
    scores, counts, ranges, spreads = (Told.of(kind, readings) for kind in ("score", "count", "range", "spread"))

    def own(group: Told, size: float, base: Any) -> Any:
        """Factor of each trial's own: e^(size b), 1 for those without."""
        has = np.array([bool(r.base) for r in group.readings])
        which = np.array([bases.index(r.base) if r.base else 0 for r in group.readings], int)
        return jnp.where(has, jnp.exp(size * base[which]), 1.0)

    def model() -> None:
        width = numpyro.sample("widths", dist.HalfNormal(np.array(priors.spreads)))
        medians, sizes = np.array(priors.scalars).T
        scalars = numpyro.sample("scalars", dist.LogNormal(np.log(medians), sizes))
        person, ratio, power = scalars
        base = numpyro.sample("base", dist.Normal(0.0, 1.0).expand([max(len(bases), 1)]))
        value = _effects(effects, priors, width)
        mean = jnp.zeros(len(readings)).at[reading].add(weight * response**power * value[effect])

        spread = jnp.where(np.isnan(scores["spread"]), person, np.nan_to_num(scores["spread"], nan=1.0))
        shown = mean[scores.places] * own(scores, priors.baseline, base)
        error = jnp.sqrt(spread**2 / scores["n"] + priors.least_error**2)
        numpyro.sample("scores", dist.Normal(shown, error), obs=scores["value"])

        above = (mean[counts.places] - counts.lines) / (person * ratio * own(counts, priors.person_scatter, base))
        responders = counts["value"] * log_ndtr(above) + (counts["n"] - counts["value"]) * log_ndtr(-above)
        numpyro.factor("counts", responders.sum())

        error = person * jnp.sqrt(ranges["share"])
        scatter = jnp.sqrt(error**2 + (priors.indirect * ranges["indirect"]) ** 2)
        low, high = (
            (np.clip(ranges[end], -(FAR**2), FAR**2) * error - mean[ranges.places]) / scatter for end in ("low", "high")
        )
        numpyro.factor("ranges", _log_between(low, high).sum())

        error = jnp.sqrt(priors.person_scatter**2 + 0.5 / spreads["n"])
        numpyro.sample("spreads", dist.Normal(jnp.log(person), error), obs=spreads["value"])

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
    """Log density of everything that was reported, (state,), for states as `whole.names` and factors of trials' own."""
    from numpyro import enable_x64
    from numpyro.handlers import seed, substitute, trace

    enable_x64()
    family, heavy = _families(whole.effects)
    mean, scale = np.array([whole.priors.of_effect(name) for name in whole.effects]).T
    found = []
    for state, base in zip(states, bases, strict=True):
        value, width, scalars = np.split(state, np.cumsum([len(whole.effects), len(SPREADS)]))
        score = np.where(family < 0, (value - mean) / scale, value / width[family])
        given = {"widths": width, "scalars": scalars, "base": base, "usual": score[~heavy], "heavy": score[heavy]}
        sites = trace(substitute(seed(law(whole), 0), data=given)).get_trace()
        found.append(sum(float(site["fn"].log_prob(site["value"]).sum()) for site in sites.values() if _is_told(site)))
    return np.array(found)


def _is_told(site: dict[str, Any]) -> bool:
    return site["type"] == "sample" and site["is_observed"]


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
