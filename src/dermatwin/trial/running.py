"""A trial from its plan to its operating characteristics: power, assurance, bias, stopping, size, one trial shown.

Monte Carlo errors are those between lots of people (lots are independent, trials of one lot are not).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .analysed import Tested, analysed
from .boundaries import boundaries, conditional_power
from .drawing import Bench, Drawn, draw_trials
from .planned import Plan
from .pool import Pool, Progress, pooled
from .spread_out import Where

SLOW = ("proportional_odds", "mixed_model")
SLOW_TRIALS = 100  # numerical: trials of methods that are fitted one by one
SEARCHED = (8, 10, 12, 16, 20, 24, 30, 36, 44, 52, 64, 80, 100, 120, 150, 200, 250, 300, 400, 500, 700, 1000)
SHOWN = 60  # numerical: simulated trials of the forest
AT_ONCE = 400_000  # numerical: people of trials that are drawn at once


@dataclass(frozen=True)
class Share:
    """A share of trials with its Monte Carlo error (one standard error)."""

    value: float
    error: float


@dataclass(frozen=True)
class Look:
    """One look: at how many people, its boundary, and the share of trials that stop there, for either reason."""

    information: float
    people: int
    boundary: float
    efficacy: Share
    futility: Share


@dataclass(frozen=True)
class Characteristics:
    """What trials of this design come to."""

    trials: int
    lots: int
    significant: Share  # power, or assurance
    worse: Share  # significant the wrong way round
    estimate: float
    sd: float  # of the estimate between trials
    error: float  # mean standard error that trials report
    true: float
    bias: Share
    covered: Share  # intervals that hold the true effect of their world
    left: float  # share of people who leave
    read: float  # people read, mean over trials
    untested: int  # trials of which the test could not be made
    quantiles: tuple[float, float, float]  # 5, 50, 95 % of the estimate
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True)
class Naive:
    """What a careless reading of the same trials would say."""

    label: str
    value: Share
    note: str


@dataclass(frozen=True)
class Size:
    """Power and assurance at some number of people."""

    people: int
    power: Share
    assurance: Share | None


@dataclass(frozen=True)
class Results:
    """Everything that a trial in silico says."""

    plan: Plan
    seed: int
    power: Characteristics
    assurance: Characteristics | None
    naive: tuple[Naive, ...]
    sizes: tuple[Size, ...]
    wanted: int | None  # fewest people of the search that reach the power aimed at; None: none did
    forest: tuple[tuple[float, float, float, bool], ...]  # estimate, low, high, significant; of drawn worlds where there are
    example: Drawn = field(repr=False)
    bench: Bench = field(repr=False)
    pools: tuple[Pool, ...] = field(repr=False)


def run_trial(
    plan: Plan,
    trials: int = 2000,
    seed: int = 1,
    *,
    folder: Path | None = None,
    where: Where = Where(),  # noqa: B008 - frozen
    search: bool = True,
    tell: Progress = lambda share, what: None,
) -> Results:
    """Simulate the pools, draw trials, analyse them.

    folder : where chunks of the pool are kept and found again. search : also at other numbers of people, as far as the lots
    of the pool go.
    """
    worlds = plan.document.pool.worlds
    part: Callable[[float, str], None] = lambda share, what: tell(0.5 * share, f"power: {what}")  # noqa: E731
    benches = [Bench(pooled(plan, seed, drawn=False, folder=folder, where=where, tell=part), seed, False)]
    if worlds:
        also: Callable[[float, str], None] = lambda share, what: tell(0.5 + 0.45 * share, f"assurance: {what}")  # noqa: E731
        benches.append(Bench(pooled(plan, seed, drawn=True, folder=folder, where=where, tell=also), seed, True))
    tell(0.96, "trials")
    count = min(trials, SLOW_TRIALS) if plan.document.analysis.method in SLOW else trials
    found = [characteristics(bench, count, plan.document.people, seed) for bench in benches]
    sizes = tuple(_sizes(benches, count, seed)) if search and plan.document.analysis.method not in SLOW else ()
    last = benches[-1]
    example = draw_trials(last, max(SHOWN, 1), plan.document.people, rng_of(seed, "shown"))
    tested = analysed(last, example)
    forest = zip(tested.estimate, tested.low, tested.high, tested.significant(plan.document.analysis.alpha), strict=True)
    aim = plan.document.analysis.power
    return Results(
        plan,
        seed,
        found[0],
        found[1] if worlds else None,
        tuple(naive(benches[0], min(trials, 1000), plan.document.people, seed)),
        sizes,
        next((size.people for size in sizes if size.power.value >= aim), None),
        tuple((float(e), float(low), float(high), bool(s)) for e, low, high, s in forest),
        example,
        last,
        tuple(bench.pool for bench in benches),
    )


def rng_of(seed: int, what: str) -> np.random.Generator:
    """Luck of the drawing, by name."""
    from hashlib import blake2b

    key = int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), "little")
    return np.random.Generator(np.random.Philox(key=np.array([seed & 0xFFFFFFFFFFFFFFFF, key], np.uint64)))


def share_of(hits: np.ndarray, lot: np.ndarray) -> Share:
    """A mean over trials with the standard error that the lots' own means give."""
    lots = np.unique(lot)
    means = np.array([hits[lot == one].mean() for one in lots])
    error = float(means.std(ddof=1) / np.sqrt(len(lots))) if len(lots) > 1 else float("nan")
    return Share(float(hits.mean()), max(error, float(hits.std() / np.sqrt(len(hits)))))


def characteristics(bench: Bench, trials: int, people: int, seed: int, *, raters: object = None) -> Characteristics:
    """Operating characteristics of a design with so many people."""
    document = bench.pool.plan.document
    size = max(bench.pool.lots, min(trials, AT_ONCE // max(people, 1)))
    rng = rng_of(seed, f"trials {bench.drawn} {people}")
    parts = []
    for start in range(0, trials, size):
        drawn = draw_trials(bench, min(size, trials - start), people, rng, raters)  # type: ignore[arg-type]
        parts.append(_judged(bench, drawn, document.people if people == document.people else people))
    joined = _Judged(*(np.concatenate([getattr(part, name) for part in parts]) for name in _Judged.__dataclass_fields__))
    return _summed(bench, joined, people)


@dataclass(frozen=True)
class _Judged:
    """Trials after their last look, arrays (trial, ...)."""

    lot: np.ndarray
    true: np.ndarray
    estimate: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    significant: np.ndarray
    untested: np.ndarray
    read: np.ndarray
    left: np.ndarray
    stopped: np.ndarray  # look at which it ended for efficacy, -1 if it did not
    given_up: np.ndarray  # look at which it ended for futility, -1 if it did not


def _judged(bench: Bench, drawn: Drawn, people: int) -> _Judged:
    stopping, analysis = bench.pool.plan.document.stopping, bench.pool.plan.document.analysis
    left = np.isfinite(drawn.left).mean(axis=1)
    if stopping is None:
        tested = analysed(bench, drawn)
        none = np.full(len(drawn.lot), -1)
        hit = tested.significant(analysis.alpha)
        read = np.full(len(none), people)
        return _of(drawn, tested, hit, read, left, none, none)
    return _sequential(bench, drawn, people, left)


def _of(
    drawn: Drawn, t: Tested, hit: np.ndarray, read: np.ndarray, left: np.ndarray, up: np.ndarray, off: np.ndarray
) -> _Judged:
    return _Judged(
        drawn.lot, drawn.true, t.estimate, t.error, t.low, t.high, hit, ~np.isfinite(t.p), read.astype(float), left, up, off
    )


def looks_of(plan: Plan, people: int) -> tuple[list[int], np.ndarray]:
    """At how many people each look is, and its boundary."""
    stopping = plan.document.stopping
    assert stopping is not None
    return [round(share * people) for share in stopping.looks], boundaries(
        stopping.looks, plan.document.analysis.alpha, stopping.efficacy
    )


def _sequential(bench: Bench, drawn: Drawn, people: int, left: np.ndarray) -> _Judged:
    """Trials that end at the first look beyond a boundary; what is reported is that of the look at which they ended."""
    stopping = bench.pool.plan.document.stopping
    assert stopping is not None
    counts, limits = looks_of(bench.pool.plan, people)
    trials = len(drawn.lot)
    open_ = np.ones(trials, bool)
    kept = {name: np.full(trials, np.nan) for name in ("estimate", "error", "low", "high", "p", "read")}
    up, off = np.full(trials, -1), np.full(trials, -1)
    for number, (count, limit) in enumerate(zip(counts, limits, strict=True)):
        tested = analysed(bench, drawn.upto(count))
        last = number == len(counts) - 1
        crossed = open_ & (np.abs(tested.z) >= limit)
        gave_up = np.zeros(trials, bool)
        if not last and stopping.futility is not None:
            chance = conditional_power(np.abs(tested.z), stopping.looks[number], limits[-1])
            gave_up = open_ & ~crossed & (chance < stopping.futility)
        ends = open_ & (crossed | gave_up | last)
        for name in ("estimate", "error", "low", "high", "p"):
            kept[name][ends] = getattr(tested, name)[ends]
        kept["read"][ends] = count
        up[crossed], off[gave_up] = number, number
        open_ &= ~ends
    tested = Tested(kept["estimate"], kept["error"], kept["p"], kept["low"], kept["high"])
    return _of(drawn, tested, up >= 0, kept["read"], left, up, off)


def _summed(bench: Bench, judged: _Judged, people: int) -> Characteristics:
    good = np.isfinite(judged.estimate)
    plan, lot = bench.pool.plan, judged.lot
    looks: tuple[Look, ...] = ()
    if plan.document.stopping is not None:
        counts, limits = looks_of(plan, people)
        looks = tuple(
            Look(
                plan.document.stopping.looks[number],
                counts[number],
                float(limits[number]),
                share_of(judged.stopped == number, lot),
                share_of(judged.given_up == number, lot),
            )
            for number in range(len(counts))
        )
    scaled = plan.document.analysis.method not in ("responders", "proportional_odds")
    true = judged.true if scaled else np.full(len(lot), np.nan)
    inside = (judged.low <= true) & (true <= judged.high)
    nothing = Share(float("nan"), float("nan"))
    low, middle, high = np.quantile(judged.estimate[good], (0.05, 0.5, 0.95)) if good.any() else (np.nan,) * 3
    return Characteristics(
        len(lot),
        bench.pool.lots,
        share_of(judged.significant, lot),
        share_of(judged.significant & (np.nan_to_num(judged.estimate) < 0.0), lot),
        float(np.nanmean(judged.estimate)),
        float(np.nanstd(judged.estimate)),
        float(np.nanmean(judged.error)),
        float(true.mean()),
        share_of((judged.estimate - true)[good], lot[good]) if scaled and good.any() else nothing,
        share_of(inside[good], lot[good]) if scaled and good.any() else nothing,
        float(judged.left.mean()),
        float(judged.read.mean()),
        int(judged.untested.sum()),
        (float(low), float(middle), float(high)),
        looks,
    )


def naive(bench: Bench, trials: int, people: int, seed: int) -> list[Naive]:
    """The same trials read carelessly: who got better at all, before against after without a control, raters who know."""
    from scipy.special import stdtr

    document = bench.pool.plan.document
    drawn = draw_trials(bench, trials, people, rng_of(seed, "naive"))
    found: list[Naive] = []
    for place, arm in zip(bench.compared, bench.pool.plan.compared, strict=True):
        slot = 0 if document.design == "parallel" else bench.compared.index(place)
        mine = drawn.arm == place if document.design == "parallel" else np.ones(drawn.arm.shape, bool)
        kept = mine & drawn.seen[:, :, slot, -1]
        gain = np.where(kept, drawn.gain[:, :, slot, -1], 0.0)
        count = np.maximum(kept.sum(axis=1), 1)
        better = (kept & (gain > 0.0)).sum(axis=1) / count
        found.append(Naive(f"responders by any improvement, {arm.name}", share_of(better, drawn.lot), "share of its people"))
        mean = gain.sum(axis=1) / count
        sd = np.sqrt(np.where(kept, (gain - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(count - 1, 1))
        t = np.divide(mean, sd / np.sqrt(count), out=np.zeros_like(mean), where=sd > 0.0)
        p = 2.0 * stdtr(np.maximum(count - 1, 1), -np.abs(t))
        said = "share of trials in which this arm alone is 'significantly better than before'"
        found.append(
            Naive(
                f"before against after, {arm.name}", share_of((p <= document.analysis.alpha) & (mean > 0), drawn.lot), said
            )
        )
    if document.raters.blinded and document.analysis.method not in SLOW:
        open_ = characteristics(bench, trials, people, seed, raters=replace_blinded(bench))
        found.append(
            Naive("raters who know the arm, significant", open_.significant, "share of trials, against the power above")
        )
        found.append(Naive("raters who know the arm, bias", open_.bias, "estimate less truth, in units of the estimate"))
    return found


def replace_blinded(bench: Bench) -> object:
    """The document's raters, not blinded."""
    return bench.pool.plan.document.raters.model_copy(update={"blinded": False})


def _sizes(benches: list[Bench], trials: int, seed: int) -> list[Size]:
    """Power and assurance at other numbers of people, up to those of a lot, until power is high enough twice."""
    document = benches[0].pool.plan.document
    fewest = 3 * len(document.arms) if document.design == "parallel" else 4
    found: list[Size] = []
    for people in (n for n in SEARCHED if fewest <= n <= benches[0].pool.lot):
        if document.stopping is not None and round(min(document.stopping.looks) * people) < fewest:
            continue
        each = [characteristics(bench, min(trials, 1000), people, seed).significant for bench in benches]
        found.append(Size(people, each[0], each[1] if len(each) > 1 else None))
    return found


__all__ = [
    "Characteristics",
    "Look",
    "Naive",
    "Results",
    "Share",
    "Size",
    "characteristics",
    "naive",
    "run_trial",
    "share_of",
]
