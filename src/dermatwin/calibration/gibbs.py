"""Exact draws of many linear effects together, and their spreads between them: a Gibbs sampler with latent readings.

Given latent normal readings (of a score itself; of the people behind a count of responders, Albert and Chib 1993, J Am Stat
Assoc 88:669; of a mean known only by its range) all effects are normal together and are drawn at once, in the space of the
readings, which are fewer (Bhattacharya, Chakraborty and Mallick 2016, Biometrika 103:985). Spreads take two turns each:
given the effects, and with the effects scaled along, which helps where the readings say little (Yu and Meng 2011, J Comput
Graph Stat 20:531). What is not linear - the spread between people, the power of the response, what a trial keeps to itself
(an unstated baseline, how far its own people differ) - takes random-walk steps under the readings' own likelihood.
Heavy-tailed effects carry a variance factor each.
Tempered particles (`sampler`) were tried on this posterior first: additive effects that compensate one another keep them
where they began (correlation 0.9 over sixty rounds).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np

SCORE, COUNT, RANGE, SPREAD = range(4)
PERSON, RATIO, EXPONENT = range(3)
TAIL = 4.0  # degrees of freedom of heavy-tailed effects
FAR = 30.0  # beyond this a normal tail is a series; the error function has digits until 37


class System(NamedTuple):
    """Readings and priors as arrays.

    numbers (reading, 9): kind, value, people, stated spread (of a count: its line), low, high, variance share, indirect,
    factor of the trial's own (-1: none): of a score its baseline, of a count the spread between its people.
    terms (term, 3): effect, coefficient, ln m; ends (reading + 1): where each reading's terms end. family (effect): its
    spread, -1 for none; mean, scale (effect): prior of what has no family. spread (family): scale of the half-normal.
    scalars (3, 2): median and sd of ln of person, ratio, exponent. other: sd of ln of a baseline, least error, scatter of
    indirect scales, scatter of ln of the spread between people. bases: how many factors of their own trials have.
    """

    numbers: np.ndarray
    terms: np.ndarray
    ends: np.ndarray
    family: np.ndarray
    heavy: np.ndarray
    mean: np.ndarray
    scale: np.ndarray
    spread: np.ndarray
    scalars: np.ndarray
    other: np.ndarray
    bases: int


@nb.njit(cache=True, inline="always")
def _log_phi(x: float) -> float:
    """ln Phi(x); far out by the series 1 - 1/x2 + 3/x4."""
    if x > -FAR:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2.0)))
    square = 1.0 / (x * x)
    return -0.5 * x * x - math.log(-x) - 0.5 * math.log(2.0 * math.pi) + math.log1p(-square + 3.0 * square * square)


@nb.njit(cache=True)
def _log_between(low: float, high: float) -> float:
    """ln(Phi(high) - Phi(low)), told in the tail where both are small."""
    if low > 0.0:
        low, high = -high, -low
    if math.isinf(low):
        return _log_phi(high)
    top = _log_phi(high)
    return top + math.log1p(-math.exp(_log_phi(low) - top))


@nb.njit(cache=True)
def _above(chance, low: float) -> float:
    """A standard normal number above `low` (Robert 1995, Stat Comput 5:121)."""
    if low < 0.5:
        while True:
            z = chance.standard_normal()
            if z > low:
                return z
    rate = 0.5 * (low + math.sqrt(low * low + 4.0))
    while True:
        z = low - math.log(chance.random()) / rate
        if chance.random() < math.exp(-0.5 * (z - rate) ** 2):
            return z


@nb.njit(cache=True)
def _between(chance, low: float, high: float) -> float:
    """A standard normal number between two limits."""
    if math.isinf(high):
        return _above(chance, low)
    if math.isinf(low):
        return -_above(chance, -high)
    top = 0.0 if low < 0.0 < high else min(abs(low), abs(high))
    if low < 0.0 < high and high - low > 1.0:
        while True:
            z = chance.standard_normal()
            if low < z < high:
                return z
    while True:
        z = low + (high - low) * chance.random()
        if chance.random() < math.exp(0.5 * (top * top - z * z)):
            return z


@nb.njit(cache=True)
def _errors(row, scalars, bases, other):
    """Standard error and full scatter of a reading around its mean."""
    person = scalars[PERSON]
    if row[0] == SCORE:
        spread = person if math.isnan(row[3]) else row[3]
        error = math.sqrt(spread * spread / row[2] + other[1] * other[1])
        return error, error
    if row[0] == COUNT:
        own = person * scalars[RATIO] * (math.exp(other[3] * bases[int(row[8])]) if row[8] >= 0.0 else 1.0)
        return own, own
    error = person * math.sqrt(row[6])
    return error, math.sqrt(error * error + (other[2] * other[2] if row[7] > 0.0 else 0.0))


@nb.njit(cache=True)
def means(system, effects, exponent):
    """Expected value of every reading."""
    found = np.zeros(len(system.numbers))
    for r in range(len(found)):
        for t in range(system.ends[r], system.ends[r + 1]):
            lift = math.exp(exponent * system.terms[t, 2]) if system.terms[t, 2] != 0.0 else 1.0
            found[r] += system.terms[t, 1] * lift * effects[int(system.terms[t, 0])]
    return found


@nb.njit(cache=True)
def log_likelihood(system, mean, scalars, bases):
    """Log likelihood of every reading given its mean."""
    found = np.zeros(len(mean))
    for r in range(len(mean)):
        row = system.numbers[r]
        error, scatter = _errors(row, scalars, bases, system.other)
        if row[0] == SCORE:
            m = mean[r] * (math.exp(system.other[0] * bases[int(row[8])]) if row[8] >= 0.0 else 1.0)
            found[r] = -0.5 * ((row[1] - m) / error) ** 2 - math.log(error)
        elif row[0] == COUNT:
            x = (mean[r] - row[3]) / error
            found[r] = row[1] * _log_phi(x) + (row[2] - row[1]) * _log_phi(-x)
        elif row[0] == RANGE:
            low, high = (row[4] * error - mean[r]) / scatter, (row[5] * error - mean[r]) / scatter
            found[r] = _log_between(low, high)
        else:
            s2 = system.other[3] ** 2 + 0.5 / row[2]
            found[r] = -0.5 * (row[1] - math.log(scalars[PERSON])) ** 2 / s2
    return found


@nb.njit(cache=True)
def _latent(chance, system, mean, scalars, bases):
    """Latent normal readings, their variances and what their means are multiplied by."""
    count = len(mean)
    value, variance, factor = np.zeros(count), np.full(count, np.inf), np.ones(count)
    for r in range(count):
        row = system.numbers[r]
        error, scatter = _errors(row, scalars, bases, system.other)
        if row[0] == SCORE:
            value[r], variance[r] = row[1], error * error
            if row[8] >= 0.0:
                factor[r] = math.exp(system.other[0] * bases[int(row[8])])
        elif row[0] == COUNT:
            x, total = (mean[r] - row[3]) / error, 0.0
            for i in range(int(row[2])):
                total += x + _above(chance, -x) if i < row[1] else x - _above(chance, x)
            value[r], variance[r] = row[3] + error * total / row[2], error * error / row[2]
        elif row[0] == RANGE:
            low, high = (row[4] * error - mean[r]) / scatter, (row[5] * error - mean[r]) / scatter
            value[r], variance[r] = mean[r] + scatter * _between(chance, low, high), scatter * scatter
    return value, variance, factor


@nb.njit(cache=True)
def _variances(system, spreads, weights):
    found = np.empty(len(system.family))
    for e in range(len(found)):
        f = system.family[e]
        found[e] = (spreads[f] if f >= 0 else system.scale[e]) ** 2 * weights[e]
    return found


@nb.njit(cache=True)
def _design(system, factor, exponent, rows):
    found = np.zeros((len(rows), len(system.family)))
    for i in range(len(rows)):
        r = rows[i]
        for t in range(system.ends[r], system.ends[r + 1]):
            lift = math.exp(exponent * system.terms[t, 2]) if system.terms[t, 2] != 0.0 else 1.0
            found[i, int(system.terms[t, 0])] += factor[r] * system.terms[t, 1] * lift
    return found


@nb.njit(cache=True)
def _effects(chance, system, value, variance, factor, exponent, prior):
    """All effects at once given the latent readings."""
    rows = np.flatnonzero(np.isfinite(variance))
    design = _design(system, factor, exponent, rows)
    start = system.mean + np.sqrt(prior) * chance.standard_normal(len(prior))
    noise = np.sqrt(variance[rows]) * chance.standard_normal(len(rows))
    weighted = design * prior
    total = weighted @ design.T
    for i in range(len(rows)):
        total[i, i] += variance[rows[i]]
    missing = value[rows] - design @ start - noise
    return start + weighted.T @ np.linalg.solve(total, missing)


@nb.njit(cache=True)
def _spread_given(chance, system, effects, weights, spreads, f, step):
    """One random-walk step of a spread given its effects, on the logarithm."""
    members = np.flatnonzero(system.family == f)
    square = (effects[members] ** 2 / weights[members]).sum()
    old, new = spreads[f], spreads[f] * math.exp(step * chance.standard_normal())
    gain = (len(members) - 1) * math.log(old / new) + 0.5 * square * (1.0 / old**2 - 1.0 / new**2)
    gain += 0.5 * (old**2 - new**2) / system.spread[f] ** 2
    if math.log(chance.random()) < gain:
        spreads[f] = new


@nb.njit(cache=True)
def _total(system, effects, scalars, bases):
    """Log likelihood of everything."""
    return log_likelihood(system, means(system, effects, scalars[EXPONENT]), scalars, bases).sum()


@nb.njit(cache=True)
def _spread_along(chance, system, effects, spreads, scalars, bases, f, step, level):
    """One step of a spread with its effects scaled along: what the readings say of the family's size."""
    stretch = math.exp(step * chance.standard_normal())
    trial = np.where(system.family == f, effects * stretch, effects)
    gained = _total(system, trial, scalars, bases)
    gain = gained - level + 0.5 * (1.0 - stretch**2) * (spreads[f] / system.spread[f]) ** 2 + math.log(stretch)
    if math.log(chance.random()) < gain:
        spreads[f] *= stretch
        return trial, gained
    return effects, level


@nb.njit(cache=True)
def _scalar(chance, system, effects, scalars, bases, s, step, level):
    """One step of a positive unknown on the logarithm, in place; the level after it."""
    old, size = scalars[s], system.scalars[s, 1]
    before = math.log(old / system.scalars[s, 0]) / size
    scalars[s] = old * math.exp(step * size * chance.standard_normal())
    after = math.log(scalars[s] / system.scalars[s, 0]) / size
    gained = _total(system, effects, scalars, bases)
    if math.log(chance.random()) < gained - level + 0.5 * (before**2 - after**2):
        return gained
    scalars[s] = old
    return level


@nb.njit(cache=True)
def _baseline(chance, system, effects, scalars, bases, b, level):
    """One step of a factor of a trial's own, in place; the level after it."""
    old = bases[b]
    bases[b] = old + 0.7 * chance.standard_normal()
    gained = _total(system, effects, scalars, bases)
    if math.log(chance.random()) < gained - level + 0.5 * (old**2 - bases[b] ** 2):
        return gained
    bases[b] = old
    return level


@nb.njit(cache=True)
def _weigh(chance, system, effects, spreads, weights):
    """Variance factors of heavy-tailed effects given the effects, in place."""
    for e in range(len(effects)):
        if system.heavy[e]:
            size = 0.5 * (TAIL + (effects[e] / spreads[system.family[e]]) ** 2)
            weights[e] = size / chance.gamma(0.5 * (TAIL + 1.0), 1.0)


@nb.njit(cache=True)
def run(system, chance, effects, spreads, scalars, bases, rounds, thin):
    """Rounds of the sampler from a start; every `thin`-th state, (state, effect + spread + scalar)."""
    effects, spreads, scalars, bases = effects.copy(), spreads.copy(), scalars.copy(), bases.copy()
    weights = np.ones(len(effects))
    kept = np.zeros((rounds // thin, len(effects) + len(spreads) + len(scalars)))
    for n in range(rounds):
        value, variance, factor = _latent(chance, system, means(system, effects, scalars[EXPONENT]), scalars, bases)
        effects = _effects(chance, system, value, variance, factor, scalars[EXPONENT], _variances(system, spreads, weights))
        _weigh(chance, system, effects, spreads, weights)
        level = _total(system, effects, scalars, bases)
        for f in range(len(spreads)):
            for step in (0.3, 1.0):
                _spread_given(chance, system, effects, weights, spreads, f, step)
                effects, level = _spread_along(chance, system, effects, spreads, scalars, bases, f, step, level)
        for s in range(len(scalars)):
            for step in (0.1, 0.4):
                level = _scalar(chance, system, effects, scalars, bases, s, step, level)
        for b in range(len(bases)):
            level = _baseline(chance, system, effects, scalars, bases, b, level)
        if (n + 1) % thin == 0:
            kept[(n + 1) // thin - 1] = np.concatenate((effects, spreads, scalars))
    return kept
