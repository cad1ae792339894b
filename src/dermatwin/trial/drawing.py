"""Trials drawn from a pool, many at once: who takes part, who gets what, how they respond, who leaves, what raters read.

    i(t) = min(m(t) + l [m'(t) - m(t)] + s z, 1),     z of an arm: sqrt(rho) z + sqrt(1 - rho) z_side within people

m and s are the pool's (tissue and world), l the sessions lost and m' the same course without its middle session: a lost
session costs what losing that one costs. Response z, readings, who leaves and who gets what are drawn for each trial. A
trial takes people of one lot, none twice: exactly a trial of that lot's world.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..core.chance import Luck
from ..core.vocabulary import SOURCES
from ..evidence import Draws
from ..outcome.prediction import scale_change
from ..outcome.scales import missing
from .chunk import DOWNTIME, KNOWN, MEAN, PAIN
from .document import INACTIVE, Raters
from .planned import missed_name
from .pool import Pool
from .randomised import assigned, block_of, strata_of

YEAR = 365.0  # numerical: days in which raters drift by what is said
POINTS = 65  # numerical: quantiles of the response that the true effect is a mean over
NEVER = np.inf


@dataclass(frozen=True)
class Drawn:
    """Trials drawn: arrays (trial, person), of readings (trial, person, slot, visit).

    A slot is what is read of one person: their own arm (parallel), or both arms of the comparison in its order (halves of a
    face, periods). Gains are in units of the scale, positive is better.
    """

    lot: np.ndarray  # (trial,)
    person: np.ndarray  # place in the pool
    arm: np.ndarray  # parallel: the person's arm; else which arm of the comparison is first (left, or the first period)
    baseline: np.ndarray  # (trial, person, slot) as read
    reading: np.ndarray
    gain: np.ndarray
    seen: np.ndarray  # whether the visit was kept
    left: np.ndarray  # day on which the person left, infinity for who stayed
    lost: np.ndarray  # (trial, person, slot) sessions missed or never held
    true: np.ndarray  # (trial,) the effect in the trial's world had everybody the whole course: first arm against second

    def upto(self, people: int) -> Drawn:
        """The same trials when so many people had been read."""
        arrays = {
            name: getattr(self, name)[:, :people]
            for name in ("person", "arm", "baseline", "reading", "gain", "seen", "left", "lost")
        }
        return Drawn(self.lot, **arrays, true=self.true)


@dataclass(frozen=True)
class Bench:
    """What all draws from one pool share: means by arm and day, what raters know, the true effects."""

    pool: Pool
    seed: int
    drawn: bool

    @cached_property
    def means(self) -> np.ndarray:
        """(arm, day, person)."""
        return self._means([arm.name for arm in self.pool.plan.document.arms])

    @cached_property
    def fewer(self) -> np.ndarray:
        """The same with the middle session missed; an arm that was not simulated so loses nothing."""
        names = [arm.name for arm in self.pool.plan.document.arms]
        return self._means([missed_name(name) if missed_name(name) in self.pool.plan.cases else name for name in names])

    def _means(self, names: list[str]) -> np.ndarray:
        return np.array([[self.pool.of(name, MEAN, day) for day in self.pool.plan.reading_days] for name in names])

    @cached_property
    def believed(self) -> dict[str, np.ndarray]:
        """Beliefs about reading by lot, (lot,)."""
        draws = Draws(self.pool.plan.evidence, Luck(self.seed, self.pool.lots, frozenset(SOURCES) if self.drawn else KNOWN))
        return {name: draws(name, "1") for name in ("side_correlation", "unblinded_gain")}

    @cached_property
    def share(self) -> float:
        """What of a value could get better."""
        plan = self.pool.plan
        return missing(plan.scale, Draws(plan.evidence, Luck(0, 1, frozenset())))

    def severity(self, base: np.ndarray, improvement: np.ndarray) -> np.ndarray:
        """Severity after an improvement."""
        return base + scale_change(self.pool.plan.scale, base, self.share * np.minimum(improvement, 1.0))

    @cached_property
    def compared(self) -> tuple[int, int]:
        """Places of the two arms of the comparison."""
        names = [arm.name for arm in self.pool.plan.document.arms]
        first, second = self.pool.plan.compared
        return names.index(first.name), names.index(second.name)

    @cached_property
    def true(self) -> np.ndarray:
        """True effect of each lot at the last visit: gain of the first arm over the second, (lot,)."""
        from scipy.special import ndtri

        plan, pool = self.pool.plan, self.pool
        z = ndtri((np.arange(POINTS) + 0.5) / POINTS)
        base, day = pool.people.severity[:, None], plan.reading_days.index(plan.document.visits[-1].time)
        gains = [
            plan.scale.sign
            * (self.severity(base, self.means[arm, day][:, None] + pool.spread[:, None] * z) - base).mean(axis=1)
            for arm in self.compared
        ]
        return (gains[0] - gains[1]).reshape(pool.lots, pool.lot).mean(axis=1)


def draw_trials(bench: Bench, trials: int, people: int, rng: np.random.Generator, raters: Raters | None = None) -> Drawn:
    """So many trials of so many people; lots take turns. raters : instead of the document's."""
    pool, document = bench.pool, bench.pool.plan.document
    lot = np.arange(trials) % pool.lots
    who = lot[:, None] * pool.lot + rng.random((trials, pool.lot)).argsort(axis=1)[:, :people]
    if document.design == "parallel":
        strata, _ = strata_of(document, pool.people)
        arm = assigned(strata[who], tuple(one.ratio for one in document.arms), block_of(document), rng)
        slots = arm[..., None]
    else:
        arm = assigned(np.zeros(who.shape, int), (1, 1), 2, rng)
        slots = np.broadcast_to(np.array(bench.compared), (*who.shape, 2))
    left, lost = _leaving(bench, who, slots, rng)
    improved = _improvement(bench, lot, who, slots, lost, rng)
    baseline, reading, seen = _read(bench, lot, who, slots, improved, arm, rng, raters or document.raters)
    sign = pool.plan.scale.sign
    days = np.array([visit.time for visit in document.visits])
    stayed = seen & (left[..., None, None] > days)
    return Drawn(
        lot, who, arm, baseline, reading, sign * (reading - _from(baseline, reading)), stayed, left, lost, bench.true[lot]
    )


def _from(baseline: np.ndarray, reading: np.ndarray) -> np.ndarray:
    return np.broadcast_to(baseline[..., None], reading.shape)


def _days_of(bench: Bench, arm: int) -> tuple[float, ...]:
    """Session days of an arm; none where nobody needles."""
    document = bench.pool.plan.document
    case = bench.pool.plan.cases[document.arms[arm].name]
    return case.session_days if case.zones[0].treated else ()


def _leaving(bench: Bench, who: np.ndarray, slots: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The day on which each person leaves, and the sessions that each slot loses."""
    document, arms = bench.pool.plan.document, bench.pool.plan.document.arms
    rules, last = document.leaving, document.visits[-1].time
    left = np.where(rng.random(who.shape) < rules.at_random, rng.random(who.shape) * last, NEVER)
    for number, arm in enumerate(arms):
        mine = (slots == number).any(axis=-1)
        for limit, what in ((rules.pain, PAIN), (rules.downtime, DOWNTIME)):
            for session, day in enumerate(_days_of(bench, number)) if limit is not None else ():
                felt = bench.pool.of(arm.name, what, float(session + 1))[who]
                goes = mine & (felt > limit.above) & (rng.random(who.shape) < limit.leave) & (left > day)  # type: ignore[union-attr]
                left = np.where(goes, np.nextafter(day, NEVER), left)
    lost = np.zeros(slots.shape)
    for number in range(len(arms)):
        days = np.array(_days_of(bench, number))
        if days.size:
            gone = (days > left[..., None]).sum(axis=-1)
            missed = rng.binomial(len(days) - gone, document.missed_sessions)
            lost = np.where(slots == number, (gone + missed)[..., None], lost)
    return left, lost


def _improvement(
    bench: Bench, lot: np.ndarray, who: np.ndarray, slots: np.ndarray, lost: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Improvement of each slot at each visit, (trial, person, slot, visit)."""
    document, days = bench.pool.plan.document, bench.pool.plan.reading_days
    common = rng.standard_normal(who.shape)[..., None]
    if slots.shape[-1] == 1:
        z = common
    else:
        rho = bench.believed["side_correlation"][lot][:, None, None]
        z = np.sqrt(rho) * common + np.sqrt(1.0 - rho) * rng.standard_normal(slots.shape)
    response = bench.pool.spread[who][..., None] * z
    found = []
    for visit in document.visits:
        off = rng.uniform(-1.0, 1.0, who.shape)[..., None] if visit.window else np.zeros((*who.shape, 1))
        mean = np.zeros(slots.shape)
        for table, times in ((bench.means, 1.0 - lost), (bench.fewer, lost)):
            at = table[slots, days.index(visit.time), who[..., None]]
            if visit.window:
                ends = [d for d in (visit.time - visit.window, visit.time + visit.window) if d in days]
                early, late = (
                    table[slots, days.index(ends[0]), who[..., None]],
                    table[slots, days.index(ends[-1]), who[..., None]],
                )
                at = at + np.where(off < 0.0, -off * (early - at), off * (late - at))
            mean = mean + times * at
        found.append(np.minimum(mean + response, 1.0))
    return np.stack(found, axis=-1)


def _read(
    bench: Bench,
    lot: np.ndarray,
    who: np.ndarray,
    slots: np.ndarray,
    improved: np.ndarray,
    arm: np.ndarray,
    rng: np.random.Generator,
    raters: Raters,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What raters read before and at each visit, and whether there was anybody to read."""
    plan, pool = bench.pool.plan, bench.pool
    severity = np.broadcast_to(pool.people.severity[who][..., None], slots.shape)
    if plan.document.design == "crossover":
        return _read_periods(bench, severity, improved, arm, rng, raters)
    after = bench.severity(severity[..., None], improved)
    told = _biased(bench, lot, who, slots, raters)[..., None]
    days = np.array([visit.time for visit in plan.document.visits])
    before = _seen_by(bench, severity, np.zeros(()), rng, raters)
    return before, _seen_by(bench, after + told, days, rng, raters), np.ones(after.shape, bool)


def _read_periods(
    bench: Bench, severity: np.ndarray, improved: np.ndarray, arm: np.ndarray, rng: np.random.Generator, raters: Raters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two periods one after the other: the second begins with what the first has left.

    What the first period's tissue would still have gained in the second is left out.
    """
    first = arm[..., None] == np.arange(2)  # whether the slot comes first
    other = improved[:, :, ::-1]
    start = np.where(first, severity, bench.severity(severity, other[..., -1]))
    after = bench.severity(start[..., None], improved)
    days = np.array([visit.time for visit in bench.pool.plan.document.visits])
    late = np.where(first, 0.0, days[-1])
    before = _seen_by(bench, start, late, rng, raters)
    return before, _seen_by(bench, after, late[..., None] + days, rng, raters), np.ones(after.shape, bool)


def _biased(bench: Bench, lot: np.ndarray, who: np.ndarray, slots: np.ndarray, raters: Raters) -> np.ndarray:
    """What a reader who knows the arm sees more of in those that were needled, in units of the scale."""
    if raters.blinded:
        return np.zeros(slots.shape)
    plan, pool = bench.pool.plan, bench.pool
    active = np.array([one.role not in INACTIVE for one in plan.document.arms])[slots]
    sd = bench.share * pool.spread * pool.people.severity
    usual = sd.reshape(pool.lots, pool.lot).mean(axis=1)
    size = (bench.believed["unblinded_gain"] * usual)[lot][:, None, None]
    return np.where(active, plan.scale.sign * size, 0.0)


def _seen_by(bench: Bench, values: np.ndarray, days: np.ndarray, rng: np.random.Generator, raters: Raters) -> np.ndarray:
    """Mean of the raters' readings of some severities on some days, each to the scale's step."""
    scale = bench.pool.plan.scale
    step = raters.step if raters.step is not None else scale.step
    total = np.zeros(values.shape)
    for _ in range(raters.count):
        read = values + raters.drift * days / YEAR
        if raters.disagreement:
            read = read + raters.disagreement * rng.standard_normal(values.shape)
        if step is not None:
            read = np.round(read / step) * step
        total += scale.clamp(read)
    return total / raters.count
