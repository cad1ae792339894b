"""Draws from a normal prior times any likelihood: tempered particles, moved by elliptical slices.

Particles start in the prior; the likelihood is switched on by powers from 0 to 1, each so that half of the particles still
count (Del Moral, Doucet and Jasra 2006, J R Stat Soc B 68:411). Between two powers the particles are drawn anew by weight
and moved, in two ways that both leave prior times likelihood unchanged and act on one block of coordinates at a time:
- a turn along the ellipse through the present state and a fresh draw of the prior, by an angle that shrinks until the
  likelihood exceeds a random level (Murray, Adams and MacKay 2010, AISTATS): forgets what the data cannot see;
- a step along the difference of two other particles (ter Braak 2006, Stat Comput 16:239): follows what the data tie.
A third way, for many coordinates of which the data tie some: all of them turn along an ellipse of the normal distribution
that the other particles show, by an angle that shrinks until what the posterior has beyond that normal exceeds a random
level (Nishihara, Murray and Adams 2014, J Mach Learn Res 15:2087).
The likelihood is a product of factors, one per study: a block that only one study sees costs only that study's rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

LogFactors = Callable[[np.ndarray, tuple[int, ...]], np.ndarray]
"""States (particle, coordinate) and numbers of factors to the logarithms of these factors, (particle, factor)."""
MOST_SHRINKS = 200  # an ellipse that shrinks so often has met a likelihood that is not a function of the state
AT_ONCE = 8  # shrinks of one particle that are tried together, once few particles wait
STEPS = 3  # along differences, for each turn along an ellipse
STRIDE, LEAP, SHAKE = 2.38, 0.1, 1e-3  # usual stride over root 2d, how often a step is a whole difference, jitter
LEAST_SPREAD = 1e-6  # variance of an ellipse, numerical
GROUPS = 4  # of particles: one turns, the others say along which ellipse
COUNTING = 0.5  # share of the particles that should still count after a step in power


@dataclass(frozen=True)
class Block:
    """Coordinates that move together and the factors that see them; `most` moves at once, chosen anew each time."""

    coordinates: tuple[int, ...]
    factors: tuple[int, ...]
    most: int = 8

    def choose(self, chance: np.random.Generator) -> np.ndarray:
        """Coordinates for one move."""
        return chance.permutation(self.coordinates)[: self.most]


@dataclass(frozen=True)
class Target:
    """Log factors of the likelihood, how many there are, and the blocks of coordinates that move together.

    whole : whether every round begins with a turn of all coordinates along the ellipses of the other particles.
    """

    log_factors: LogFactors
    count: int
    blocks: tuple[Block, ...] = ()
    whole: bool = False

    def all(self, states: np.ndarray) -> np.ndarray:
        """Every log factor, (particle, factor)."""
        return self.log_factors(states, tuple(range(self.count)))


@dataclass(frozen=True)
class Particles:
    """States (particle, coordinate) with log factors (particle, factor) at one power of the likelihood.

    evidence : log of the mean likelihood under the prior, up to this power. memory : correlation of a state before and
    after the last round of moves, by coordinate: near 0 where the moves have forgotten where they began.
    """

    states: np.ndarray
    levels: np.ndarray
    power: float = 0.0
    evidence: float = 0.0
    memory: np.ndarray | None = None


def tempered(
    target: Target,
    coordinates: int,
    particles: int,
    chance: np.random.Generator,
    *,
    rounds: int,
    tell: Callable[[float], None] = lambda power: None,
) -> Particles:
    """Take particles from the prior to the posterior; `rounds` rounds of moves at every power."""
    states = chance.standard_normal((particles, coordinates))
    now = Particles(states, target.all(states))
    while now.power < 1.0:
        now = moved(target, strengthened(now, chance), chance, rounds=rounds)
        tell(now.power)
    return now


def faded(target: Target, now: Particles, factor: int, chance: np.random.Generator, *, rounds: int) -> tuple[Particles, int]:
    """Take one factor out of the likelihood by steps, each so that half of the particles still count; and in how many.

    now : particles at full power. Weighed out at once, a factor that says much leaves a handful of particles from which the
    rest would have to grow anew; so `rounds` rounds of moves follow every step. The factor's column of levels stays.
    """
    share, steps = 1.0, 0
    while share > 0.0:
        raw = now.levels[:, factor]
        left = _next_share(raw, share)
        now = redrawn(now, (left - share) * raw, chance)
        weights = np.where(np.arange(target.count) == factor, left, 1.0)
        done = moved(_weighted(target, weights), replace(now, levels=weights * now.levels), chance, rounds=rounds)
        now, share, steps = replace(done, levels=target.all(done.states)), left, steps + 1
    return now, steps


def _weighted(target: Target, weights: np.ndarray) -> Target:
    """The target with its log factors times weights."""

    def log_factors(states: np.ndarray, factors: tuple[int, ...]) -> np.ndarray:
        return weights[list(factors)] * target.log_factors(states, factors)

    return replace(target, log_factors=log_factors)


def _next_share(levels: np.ndarray, share: float) -> float:
    """The smallest next share of a factor at which enough particles still count, by bisection."""
    if counting(-share * levels) >= COUNTING:
        return 0.0
    low, high = 0.0, share
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if counting((middle - share) * levels) >= COUNTING else (middle, high)
    return high


def strengthened(now: Particles, chance: np.random.Generator) -> Particles:
    """Raise the power as far as half of the particles still count, and draw them anew by weight."""
    levels = now.levels.sum(axis=1)
    power = _next_power(levels, now.power)
    weights = (power - now.power) * levels
    gained = float(np.logaddexp.reduce(weights) - np.log(len(weights)))
    return replace(redrawn(now, weights, chance), power=power, evidence=now.evidence + gained)


def redrawn(now: Particles, log_weights: np.ndarray, chance: np.random.Generator) -> Particles:
    """Draw as many particles by weight (systematic resampling)."""
    shares = np.exp(log_weights - np.logaddexp.reduce(log_weights))
    places = (np.arange(len(shares)) + chance.uniform()) / len(shares)
    chosen = np.minimum(np.searchsorted(np.cumsum(shares), places), len(shares) - 1)
    return replace(now, states=now.states[chosen], levels=now.levels[chosen])


def counting(log_weights: np.ndarray) -> float:
    """How many particles count for by their weights: (sum w)^2 / sum w^2, as a share."""
    total, squares = np.logaddexp.reduce(log_weights), np.logaddexp.reduce(2.0 * log_weights)
    return float(np.exp(2.0 * total - squares) / len(log_weights))


def moved(target: Target, now: Particles, chance: np.random.Generator, *, rounds: int) -> Particles:
    """Move every particle: in each round every block takes one turn along an ellipse and steps along differences."""
    states, levels = now.states.copy(), now.levels.copy()
    for _ in range(rounds):
        if target.whole:
            _turn_together(target, states, levels, now.power, chance)
        for block in target.blocks:
            _turn(target, states, levels, block, now.power, chance)
            for _ in range(STEPS):
                _step(target, states, levels, block, now.power, chance)
    return replace(now, states=states, levels=levels, memory=_memory(now.states, states))


def _turn(
    target: Target, states: np.ndarray, levels: np.ndarray, block: Block, power: float, chance: np.random.Generator
) -> None:
    """One elliptical slice of some coordinates of a block, for every particle, in place."""
    count, chosen, factors = len(states), block.choose(chance), np.array(block.factors)
    here, fresh = states[:, chosen], chance.standard_normal((count, chosen.size))
    threshold = power * levels[:, factors].sum(axis=1) + np.log(chance.uniform(size=count))

    def offer(lanes: np.ndarray, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        turn, proposal = angles[:, None], states[lanes]
        proposal[:, chosen] = here[lanes] * np.cos(turn) + fresh[lanes] * np.sin(turn)
        found = target.log_factors(proposal, block.factors)
        return power * found.sum(axis=1) > threshold[lanes], proposal, found

    def settle(lanes: np.ndarray, proposal: np.ndarray, found: np.ndarray) -> None:
        states[lanes] = proposal
        levels[np.ix_(lanes, factors)] = found

    _shrunk_until(offer, settle, count, chance)


def _turn_together(
    target: Target, states: np.ndarray, levels: np.ndarray, power: float, chance: np.random.Generator
) -> None:
    """One elliptical slice of all coordinates for every particle, along the normal of those in other groups, in place."""
    groups = np.array_split(chance.permutation(len(states)), GROUPS)
    for number, moving in enumerate(groups):
        others = np.concatenate(groups[:number] + groups[number + 1 :])
        mean, covariance = shrunk(states[others])
        root = np.linalg.cholesky(covariance)
        white = np.linalg.solve(root, (states[moving] - mean).T).T
        states[moving], levels[moving] = _sliced(target, states[moving], levels[moving], white, (mean, root), power, chance)


def _sliced(
    target: Target,
    states: np.ndarray,
    levels: np.ndarray,
    white: np.ndarray,
    normal: tuple[np.ndarray, np.ndarray],
    power: float,
    chance: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """States and levels after a turn in coordinates in which a normal (mean, root of covariance) is a standard one."""
    mean, root = normal

    def beyond(state: np.ndarray, seen: np.ndarray, level: np.ndarray) -> np.ndarray:
        return power * level.sum(axis=1) - 0.5 * (state**2).sum(axis=1) + 0.5 * (seen**2).sum(axis=1)

    states, levels, count = states.copy(), levels.copy(), len(states)
    threshold = beyond(states, white, levels) + np.log(chance.uniform(size=count))
    fresh = chance.standard_normal(white.shape)

    def offer(lanes: np.ndarray, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        turned = white[lanes] * np.cos(angles[:, None]) + fresh[lanes] * np.sin(angles[:, None])
        proposal = mean + turned @ root.T
        found = target.all(proposal)
        return beyond(proposal, turned, found) > threshold[lanes], proposal, found

    def settle(lanes: np.ndarray, proposal: np.ndarray, found: np.ndarray) -> None:
        states[lanes], levels[lanes] = proposal, found

    _shrunk_until(offer, settle, count, chance)
    return states, levels


Offer = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
Settle = Callable[[np.ndarray, np.ndarray, np.ndarray], None]


def _shrunk_until(offer: Offer, settle: Settle, count: int, chance: np.random.Generator) -> None:
    """Turn `count` particles by angles that shrink until each is accepted.

    offer : which proposals are good, their states and their log factors, for lanes and angles. settle : keeps them.
    Where an angle is refused the next one does not depend on why, so that for the few that still wait several in a row are
    tried at once; the first good one counts, as if they had been tried one by one.
    """
    angle = chance.uniform(0.0, 2.0 * np.pi, count)
    low, high, waiting = angle - 2.0 * np.pi, angle.copy(), np.arange(count)
    for _ in range(MOST_SHRINKS):
        tries = int(np.clip(count // waiting.size, 1, AT_ONCE))
        angles = []
        for _ in range(tries):
            angles.append(angle[waiting])
            _narrow(angle, low, high, waiting, chance)
        good, proposal, found = offer(np.tile(waiting, tries), np.concatenate(angles))
        tried = good.reshape(tries, waiting.size)
        done = tried.any(axis=0)
        place = tried.argmax(axis=0)[done] * waiting.size + np.flatnonzero(done)
        settle(waiting[done], proposal[place], found[place])
        waiting = waiting[~done]
        if not waiting.size:
            return
    raise RuntimeError(f"{waiting.size} particles found no state above their level in {MOST_SHRINKS} shrinks")


def _narrow(angle: np.ndarray, low: np.ndarray, high: np.ndarray, waiting: np.ndarray, chance: np.random.Generator) -> None:
    """Shut the brackets of the waiting particles to their angles and draw new ones, in place."""
    back = angle[waiting] < 0.0
    low[waiting[back]], high[waiting[~back]] = angle[waiting[back]], angle[waiting[~back]]
    angle[waiting] = chance.uniform(low[waiting], high[waiting])


def shrunk(states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean of states (particle, coordinate) and their covariance, as the prior's but for directions that stand out.

    Of few particles eigenvalues scatter although the truth is 1: within (1 -+ sqrt(g))^2, g = coordinates per particle.
    Those beyond are turned back to the l that gives them, l + g l/(l - 1), the others to 1 (Donoho, Gavish and Johnstone
    2018, Ann Stat 46:1742, for eigenvalues above and, by the same law, below).
    """
    mean = states.mean(axis=0)
    centred = states - mean
    few = states.shape[1] / len(np.unique(states, axis=0))
    found, axes = np.linalg.eigh(centred.T @ centred / len(states))
    middle = found + 1.0 - few
    root = np.sqrt(np.maximum(middle**2 - 4.0 * found, 0.0))
    true = np.ones_like(found)
    above = found > (1.0 + np.sqrt(few)) ** 2
    below = (found < (1.0 - np.sqrt(few)) ** 2) & (few < 1.0)
    true[above], true[below] = 0.5 * (middle + root)[above], 0.5 * (middle - root)[below]
    return mean, (axes * np.maximum(true, LEAST_SPREAD)) @ axes.T


def _step(
    target: Target, states: np.ndarray, levels: np.ndarray, block: Block, power: float, chance: np.random.Generator
) -> None:
    """One step of each half of the particles along differences within the other half, in place."""
    chosen, factors = block.choose(chance), np.array(block.factors)
    chosen = chosen[: 1 + int(chance.integers(chosen.size))]
    halves = np.array_split(chance.permutation(len(states)), 2)
    for moving, others in (halves, halves[::-1]):
        first = chance.integers(len(others), size=len(moving))
        second = (first + chance.integers(1, len(others), size=len(moving))) % len(others)
        stretch = 1.0 if chance.uniform() < LEAP else STRIDE / np.sqrt(2.0 * chosen.size)
        step = stretch * (states[np.ix_(others[first], chosen)] - states[np.ix_(others[second], chosen)])
        proposal = states[moving]
        proposal[:, chosen] += step + SHAKE * chance.standard_normal(step.shape)
        found = target.log_factors(proposal, block.factors)
        prior = 0.5 * (states[np.ix_(moving, chosen)] ** 2 - proposal[:, chosen] ** 2).sum(axis=1)
        gain = power * (found.sum(axis=1) - levels[np.ix_(moving, factors)].sum(axis=1))
        taken = np.log(chance.uniform(size=len(moving))) < prior + gain
        states[moving[taken]] = proposal[taken]
        levels[np.ix_(moving[taken], factors)] = found[taken]


def _memory(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    first, second = (values - values.mean(axis=0) for values in (before, after))
    scale = np.sqrt((first**2).sum(axis=0) * (second**2).sum(axis=0))
    return (first * second).sum(axis=0) / np.maximum(scale, np.finfo(float).tiny)


def _next_power(levels: np.ndarray, power: float) -> float:
    """The largest next power at which the wanted share still counts, by bisection: counting falls as power rises."""
    if counting((1.0 - power) * levels) >= COUNTING:
        return 1.0
    low, high = power, 1.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if counting((middle - power) * levels) >= COUNTING else (low, middle)
    return high
