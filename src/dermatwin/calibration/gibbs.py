"""Exact draws of many linear effects together, and their spreads between them: a Gibbs sampler with latent readings.

Given latent normal readings (of a score itself; of the people behind a count of responders, Albert and Chib 1993, J Am Stat
Assoc 88:669; of a mean known only by its range) all effects are normal together and are drawn at once, in the space of the
readings, which are fewer (Bhattacharya, Chakraborty and Mallick 2016, Biometrika 103:985). Spreads take two turns each:
given the effects, and with the effects scaled along, which helps where the readings say little (Yu and Meng 2011, J Comput
Graph Stat 20:531). What is not linear - the spread between people, the power of the response, what a trial keeps to itself
(an unstated baseline, how far its own people differ) - takes random-walk steps under the readings' own likelihood.
Heavy-tailed effects carry a variance factor each. Whether needling did anything in a trial is a switch: it is turned as it
stands, or together with the study's effect so that the readings stay where they are.
Tempered particles (`sampler`) were tried on this posterior first: additive effects that compensate one another keep them
where they began (correlation 0.9 over sixty rounds).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np

SCORE, COUNT, RANGE, SPREAD = range(4)
PERSON, RATIO, SATURATION, NO_EFFECT, NEVER, APART = range(6)
TAIL = 4.0  # degrees of freedom of heavy-tailed effects
FAR = 30.0  # beyond this a normal tail is a series; the error function has digits until 37


class System(NamedTuple):
    """Readings and priors as arrays.

    numbers (reading, 10): kind, value, people, stated spread (of a count: its line), low, high, variance share, indirect,
    and two factors of the trial's own (-1: none): of a score its baseline, of a count the spread between its people and how
    many of them never respond. terms (term, 4): effect, coefficient, driver x (1: does not wait for the tissue), switch
    that turns the term off (-1: none); ends (reading + 1): where each reading's terms end. family (effect): its spread, -1
    for none; mean, scale (effect): prior of what has no family. spread (family): scale of the half-normal. scalars (6, 2):
    median and sd of ln of person, ratio, saturation, odds of no effect, odds of never and how far these are apart. other:
    least error, scatter of indirect scales, scatter of ln of the spread between people. widths (factor): sd of ln. studies
    (switch): effect of its study. switched (n, 3): switch, effect, coefficient of what it turns off in an arm that responds
    as the reference course does. held (factor, 2), turned (switch, 2): first reading of the study and the one after its
    last.
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
    widths: np.ndarray
    studies: np.ndarray
    switched: np.ndarray
    held: np.ndarray
    turned: np.ndarray


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
def _factor(row, place, bases, widths):
    """A factor of the trial's own, 1 where it has none."""
    at = int(row[place])
    return math.exp(widths[at] * bases[at]) if at >= 0 else 1.0


@nb.njit(cache=True)
def _errors(row, scalars, bases, system):
    """Standard error and full scatter of a reading around its mean."""
    person, other = scalars[PERSON], system.other
    if row[0] == SCORE:
        spread = person if math.isnan(row[3]) else row[3]
        error = math.sqrt(spread * spread / row[2] + other[0] * other[0])
        return error, error
    if row[0] == COUNT:
        own = person * scalars[RATIO] * _factor(row, 8, bases, system.widths)
        return own, own
    error = person * math.sqrt(row[6])
    return error, math.sqrt(error * error + (other[1] * other[1] if row[7] > 0.0 else 0.0))


@nb.njit(cache=True)
def never(row, scalars, bases, widths):
    """Share of the people of a count who never respond; 0 where no factor of a trial's own says who."""
    if row[9] < 0.0:
        return 0.0
    odds = scalars[NEVER] * math.exp(scalars[APART] * widths[int(row[9])] * bases[int(row[9])])
    return odds / (1.0 + odds)


@nb.njit(cache=True, inline="always")
def _lift(terms, t, saturation, works):
    """Response to the driver of a term, 0 where a switch turned it off."""
    x, switch = terms[t, 2], int(terms[t, 3])
    if switch >= 0 and works[switch] == 0.0:
        return 0.0
    return 1.0 if x == 1.0 else x * (1.0 + saturation) / (x + saturation)


@nb.njit(cache=True)
def _mean(system, r, effects, saturation, works):
    """Expected value of one reading."""
    found, terms = 0.0, system.terms
    for t in range(system.ends[r], system.ends[r + 1]):
        found += terms[t, 1] * _lift(terms, t, saturation, works) * effects[int(terms[t, 0])]
    return found


@nb.njit(cache=True)
def means(system, effects, saturation, works):
    """Expected value of every reading; works (switch): 0 where needling did nothing."""
    found = np.zeros(len(system.numbers))
    for r in range(len(found)):
        found[r] = _mean(system, r, effects, saturation, works)
    return found


@nb.njit(cache=True)
def _log_density(system, r, mean, scalars, bases):
    """Log likelihood of one reading given its mean."""
    row = system.numbers[r]
    error, scatter = _errors(row, scalars, bases, system)
    if row[0] == SCORE:
        return -0.5 * ((row[1] - mean * _factor(row, 8, bases, system.widths)) / error) ** 2 - math.log(error)
    if row[0] == COUNT:
        x, lost = (mean - row[3]) / error, never(row, scalars, bases, system.widths)
        below = _log_phi(-x) if lost == 0.0 else math.log(lost + (1.0 - lost) * math.exp(_log_phi(-x)))
        return row[1] * (math.log1p(-lost) + _log_phi(x)) + (row[2] - row[1]) * below
    if row[0] == RANGE:
        return _log_between((row[4] * error - mean) / scatter, (row[5] * error - mean) / scatter)
    s2 = system.other[2] ** 2 + 0.5 / row[2]
    return -0.5 * (row[1] - math.log(scalars[PERSON])) ** 2 / s2


@nb.njit(cache=True)
def log_likelihood(system, mean, scalars, bases):
    """Log likelihood of every reading given its mean."""
    found = np.zeros(len(mean))
    for r in range(len(mean)):
        found[r] = _log_density(system, r, mean[r], scalars, bases)
    return found


@nb.njit(cache=True)
def _within(system, span, effects, scalars, bases, works):
    """Log likelihood of the readings of one study, all of which stand together."""
    found = 0.0
    for r in range(span[0], span[1]):
        found += _log_density(system, r, _mean(system, r, effects, scalars[SATURATION], works), scalars, bases)
    return found


@nb.njit(cache=True)
def _latent(chance, system, mean, scalars, bases):
    """Latent normal readings, their variances and what their means are multiplied by."""
    count = len(mean)
    value, variance, factor = np.zeros(count), np.full(count, np.inf), np.ones(count)
    for r in range(count):
        row = system.numbers[r]
        error, scatter = _errors(row, scalars, bases, system)
        if row[0] == SCORE:
            value[r], variance[r] = row[1], error * error
            factor[r] = _factor(row, 8, bases, system.widths)
        elif row[0] == COUNT:
            x, lost = (mean[r] - row[3]) / error, never(row, scalars, bases, system.widths)
            odd = lost / (lost + (1.0 - lost) * math.exp(_log_phi(-x))) if lost > 0.0 else 0.0
            total, people = 0.0, 0
            for i in range(int(row[2])):
                if i < row[1]:
                    total += x + _above(chance, -x)
                elif chance.random() < odd:  # never responds: says nothing of the others
                    continue
                else:
                    total += x - _above(chance, x)
                people += 1
            if people:
                value[r], variance[r] = row[3] + error * total / people, error * error / people
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
def _design(system, factor, saturation, works, rows):
    found = np.zeros((len(rows), len(system.family)))
    for i in range(len(rows)):
        r = rows[i]
        for t in range(system.ends[r], system.ends[r + 1]):
            lift = _lift(system.terms, t, saturation, works)
            found[i, int(system.terms[t, 0])] += factor[r] * system.terms[t, 1] * lift
    return found


@nb.njit(cache=True)
def _effects(chance, system, value, variance, factor, saturation, works, prior):
    """All effects at once given the latent readings."""
    rows = np.flatnonzero(np.isfinite(variance))
    design = _design(system, factor, saturation, works, rows)
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
def _total(system, effects, scalars, bases, works):
    """Log likelihood of everything."""
    return log_likelihood(system, means(system, effects, scalars[SATURATION], works), scalars, bases).sum()


@nb.njit(cache=True)
def _spread_along(chance, system, effects, spreads, scalars, bases, works, f, step, level):
    """One step of a spread with its effects scaled along: what the readings say of the family's size."""
    stretch = math.exp(step * chance.standard_normal())
    trial = np.where(system.family == f, effects * stretch, effects)
    gained = _total(system, trial, scalars, bases, works)
    gain = gained - level + 0.5 * (1.0 - stretch**2) * (spreads[f] / system.spread[f]) ** 2 + math.log(stretch)
    if math.log(chance.random()) < gain:
        spreads[f] *= stretch
        return trial, gained
    return effects, level


@nb.njit(cache=True)
def _scalar(chance, system, effects, scalars, bases, works, s, step, level):
    """One step of a positive unknown on the logarithm, in place; the level after it."""
    old, size = scalars[s], system.scalars[s, 1]
    before = math.log(old / system.scalars[s, 0]) / size
    scalars[s] = old * math.exp(step * size * chance.standard_normal())
    after = math.log(scalars[s] / system.scalars[s, 0]) / size
    gained = _total(system, effects, scalars, bases, works)
    if math.log(chance.random()) < gained - level + 0.5 * (before**2 - after**2):
        return gained
    scalars[s] = old
    return level


@nb.njit(cache=True)
def _no_effect(chance, system, scalars, works, step):
    """One step of the odds of a trial without effect given which trials are such, in place."""
    old, size = scalars[NO_EFFECT], system.scalars[NO_EFFECT, 1]
    new = old * math.exp(step * size * chance.standard_normal())
    before, after = math.log(old / system.scalars[NO_EFFECT, 0]) / size, math.log(new / system.scalars[NO_EFFECT, 0]) / size
    none, all_ = len(works) - works.sum(), len(works)
    gain = none * math.log(new / old) - all_ * (math.log1p(new) - math.log1p(old)) + 0.5 * (before**2 - after**2)
    if math.log(chance.random()) < gain:
        scalars[NO_EFFECT] = new


@nb.njit(cache=True)
def _switch(chance, system, effects, spreads, weights, scalars, bases, works, g, along):
    """One turn of a switch, in place; with `along` the study's effect takes over what is turned off or on."""
    study, moved, span = int(system.studies[g]), 0.0, system.turned[g]
    if along:
        for n in range(len(system.switched)):
            if system.switched[n, 0] == g:
                moved += system.switched[n, 2] * effects[int(system.switched[n, 1])]
    old, off = effects[study], works[g] == 1.0
    level = _within(system, span, effects, scalars, bases, works)
    effects[study] = old + (moved if off else -moved)
    works[g] = 0.0 if off else 1.0
    width = spreads[system.family[study]] ** 2 * weights[study]
    gain = _within(system, span, effects, scalars, bases, works) - level
    gain += (1.0 if off else -1.0) * math.log(scalars[NO_EFFECT]) - 0.5 * (effects[study] ** 2 - old**2) / width
    if math.log(chance.random()) >= gain:
        effects[study], works[g] = old, 1.0 if off else 0.0


@nb.njit(cache=True)
def _own(chance, system, effects, scalars, bases, works, b):
    """One step of a factor of a trial's own, in place."""
    old, span = bases[b], system.held[b]
    level = _within(system, span, effects, scalars, bases, works)
    bases[b] = old + 0.7 * chance.standard_normal()
    gained = _within(system, span, effects, scalars, bases, works)
    if math.log(chance.random()) >= gained - level + 0.5 * (old**2 - bases[b] ** 2):
        bases[b] = old


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
    weights, works = np.ones(len(effects)), np.ones(len(system.studies))
    kept = np.zeros((rounds // thin, len(effects) + len(spreads) + len(scalars)))
    for n in range(rounds):
        mean = means(system, effects, scalars[SATURATION], works)
        value, variance, factor = _latent(chance, system, mean, scalars, bases)
        prior = _variances(system, spreads, weights)
        effects = _effects(chance, system, value, variance, factor, scalars[SATURATION], works, prior)
        _weigh(chance, system, effects, spreads, weights)
        level = _total(system, effects, scalars, bases, works)
        for f in range(len(spreads)):
            for step in (0.3, 1.0):
                _spread_given(chance, system, effects, weights, spreads, f, step)
                effects, level = _spread_along(chance, system, effects, spreads, scalars, bases, works, f, step, level)
        for s in range(len(scalars)):
            for step in (0.2, 0.8):
                if s == NO_EFFECT:
                    _no_effect(chance, system, scalars, works, step)
                else:
                    level = _scalar(chance, system, effects, scalars, bases, works, s, step, level)
        for b in range(len(bases)):
            _own(chance, system, effects, scalars, bases, works, b)
        for g in range(len(works)):
            for along in (False, True):
                _switch(chance, system, effects, spreads, weights, scalars, bases, works, g, along)
        if (n + 1) % thin == 0:
            kept[(n + 1) // thin - 1] = np.concatenate((effects, spreads, scalars))
    return kept
