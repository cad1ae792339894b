"""The fit of clinical outcome: a hierarchical meta-regression of relative improvement on the open trials.

The law is that of `outcome.pooling`. What the trials report is tied to it in four ways (`trials`): scores with their
errors, counts of responders as the part of normally spread people above a line that is learnt for words, ranges of the
mean for significance and comparisons, and spreads between people. Left out: correlation of two scales of the same people
beyond their study and arm, and ordinal steps of grades beyond the line half a grade below. The product reads what this
writes (`record`, `table`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Any

import numpy as np

from ..core.chance import Luck
from ..evidence import Draws, Evidence
from ..evidence.joint import ALL, KEY
from ..outcome.pooling import FAMILIES, HEAVY, NOTHING, SCALARS, SPREADS, Priors, odds
from ..outcome.response import saturating
from .gibbs import COUNT, RANGE, SCORE, SPREAD, System, run
from .trials import Reading, Trials, trials

ROUNDS, BURN, THIN = 24_000, 1_000, 5
ROUNDS_WITHOUT, BURN_WITHOUT = 1_500, 300
SETTLED = 8_000  # round of the fit to everything at which those without a study, and doubts, begin
CHAINS = 2
DRAWS, DRAWS_WITHOUT = 400, 100  # that are shipped
OWN = ("drift", "study", "arm", "rating", "reading")  # families of effects that a study keeps to itself
KINDS = {"score": SCORE, "count": COUNT, "range": RANGE, "spread": SPREAD}
DOUBTS = {
    "twice the spread between studies": ("study_between", 2.0),
    "half the spread between studies": ("study_between", 0.5),
    "twice the spread between concerns": ("concern_between", 2.0),
    "half the spread between concerns": ("concern_between", 0.5),
    "twice the spread between adjuncts": ("adjunct_between", 2.0),
    "twice the spread between scales": ("scale_between", 2.0),
    "twice the scatter of raters": ("rating_between", 2.0),
}
"""Priors that are doubted in the record: which half-normal is stretched how far."""
PRINTED = (1.0, 0.5, 0.2, 0.1)  # how often a result without significance is printed, relative to one with it
USUAL = ("acne_scar", "melasma", "hair", "wrinkles", "striae")
SIGNIFICANT = 1.96


@dataclass(frozen=True)
class Problem:
    """Readings of the trials as a system of effects."""

    trials: Trials
    priors: Priors
    effects: tuple[str, ...]
    system: System = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of a state's columns."""
        return (*self.effects, *SPREADS, *SCALARS)

    @property
    def kept(self) -> tuple[str, ...]:
        """What is shipped: everything that a study does not keep to itself."""
        return tuple(name for name in self.names if ":" not in name or name.partition(":")[0] not in OWN)

    def without(self, study: str) -> Problem:
        """The same problem had one study not been made; its effects stay, with nothing but their prior."""
        rest = self.trials.without(study)
        return replace(self, trials=rest, system=_system(rest, self.priors, self.effects))


def problem(evidence: Evidence, *, given: Trials | None = None, priors: Priors | None = None) -> Problem:
    """The fit of the rows of some evidence (or of `given` ones), from its priors alone."""
    draws = Draws(evidence.before_fits(), Luck(0, 1))
    found, believed = given or trials(draws), priors or Priors.of(draws)
    effects = tuple(
        sorted({name for reading in found.readings for name in _effects_of(reading)}, key=lambda name: (":" in name, name))
    )
    return Problem(found, believed, effects, _system(found, believed, effects))


def factors(found: Trials, priors: Priors) -> dict[str, float]:
    """What trials keep to themselves beside effects, in the order in which readings name it, with its sd of ln.

    It is 1 where that is learnt.
    """
    known: dict[str, float] = {}
    for reading in found.readings:
        if reading.base:
            guessed = priors.counted if reading.counted else priors.baseline
            known.setdefault(reading.base, priors.person_scatter if reading.what == "count" else guessed)
        if reading.never:
            known.setdefault(reading.never, 1.0)
    return known


def switches(found: Trials) -> tuple[str, ...]:
    """What may have done nothing: the needles of each study, and what it did without them."""
    return tuple(dict.fromkeys(term.switch for reading in found.readings for term in reading.terms if term.switch))


def _effects_of(reading: Reading) -> set[str]:
    return {term.effect for term in reading.terms}


def _system(found: Trials, priors: Priors, effects: Sequence[str]) -> System:
    place = {name: n for n, name in enumerate(effects)}
    widths, on = factors(found, priors), {name: n for n, name in enumerate(switches(found))}
    bases = {name: n for n, name in enumerate(widths)}
    terms = [
        (place[t.effect], t.coefficient, t.driver, on.get(t.switch, -1)) for reading in found.readings for t in reading.terms
    ]
    family = [FAMILIES.get(name.partition(":")[0], "") if ":" in name else "" for name in effects]
    plain = np.array([priors.of_effect(name) for name in effects]).reshape(-1, 2)
    return System(
        np.array([_numbers(reading, bases) for reading in found.readings], float).reshape(-1, 10),
        np.array(terms, float).reshape(-1, 4),
        np.cumsum([0, *(len(r.terms) for r in found.readings)]),
        np.array([SPREADS.index(f) if f else -1 for f in family]),
        np.array([bool(f) and name.partition(":")[0] in HEAVY for f, name in zip(family, effects, strict=True)]),
        plain[:, 0].copy(),
        plain[:, 1].copy(),
        np.array(priors.spreads),
        np.array(priors.scalars),
        np.array([priors.least_error, priors.indirect, priors.person_scatter]),
        np.array(list(widths.values()), float),
        np.array([place[f"study:{name.partition('/')[0]}"] for name in on], int),
        np.array([row for name in on for row in _switched(found, name, on[name], place)], float).reshape(-1, 3),
        np.array([_span(found, lambda r, name=name: name in (r.base, r.never)) for name in widths], int).reshape(-1, 2),
        np.array([_span(found, lambda r, name=name: r.study == name.partition("/")[0]) for name in on], int).reshape(-1, 2),
    )


def _span(found: Trials, is_own: Callable[[Reading], bool]) -> tuple[int, int]:
    """First of the readings that something belongs to, and the one after the last: those of a study stand together."""
    places = [n for n, reading in enumerate(found.readings) if is_own(reading)]
    return places[0], places[-1] + 1


def _switched(found: Trials, switch: str, number: int, place: dict[str, int]) -> list[tuple[int, int, float]]:
    """What a switch turns off in the first arm that it is about, had it responded as the reference course does."""
    first = next(r for r in found.readings if any(t.switch == switch for t in r.terms))
    terms = [t for t in first.terms if t.switch == switch]
    size = -sum(t.coefficient for t in terms if t.effect == "drift") or 1.0
    return [(number, place[t.effect], t.coefficient / size) for t in terms]


def _numbers(r: Reading, bases: dict[str, int]) -> tuple[float, ...]:
    line = 0.0 if r.cut is None or r.cut.word else r.cut.share
    return (
        float(KINDS[r.what]),
        r.value,
        r.n,
        line if r.what == "count" else r.spread,
        r.low,
        r.high,
        r.share,
        float(r.indirect),
        float(bases.get(r.base, -1)),
        float(bases.get(r.never, -1)),
    )


def fit(
    whole: Problem, seed: int, rounds: int, *, thin: int = THIN, burn: int = BURN, start: np.ndarray | None = None
) -> np.ndarray:
    """States of one chain after its first `burn` rounds, (state, name); from a state `start`, else from the prior's."""
    s = whole.system
    chance = np.random.Generator(np.random.Philox(seed))
    middle = np.concatenate([s.mean, 0.5 * s.spread, s.scalars[:, 0]]) if start is None else start
    effects, spreads, scalars = np.split(middle, np.cumsum([len(whole.effects), len(SPREADS)]))
    states = run(s, chance, effects, spreads, scalars, np.zeros(len(s.widths)), rounds, thin)
    return states[burn // thin :]


def prior_draws(whole: Problem, count: int, seed: int) -> np.ndarray:
    """Draws of the prior, (draw, name)."""
    chance, s = np.random.Generator(np.random.Philox(seed)), whole.system
    spreads = s.spread * np.abs(chance.standard_normal((count, len(SPREADS))))
    scalars = s.scalars[:, 0] * np.exp(s.scalars[:, 1] * chance.standard_normal((count, len(SCALARS))))
    scores = np.where(s.heavy, chance.standard_t(4, (count, len(s.mean))), chance.standard_normal((count, len(s.mean))))
    widths = np.where(s.family >= 0, spreads[:, s.family], s.scale)
    return np.concatenate([s.mean + widths * scores, spreads, scalars], axis=1)


@dataclass(frozen=True)
class Fits:
    """Everything that is shipped or said of the fit."""

    problem: Problem
    tables: dict[str, np.ndarray]  # by the study left out, columns as `Problem.kept`
    agreement: float  # largest potential scale reduction over what is kept
    doubts: dict[str, dict[str, Any]]
    printed: dict[float, dict[str, Any]]


def fit_all(evidence: Evidence, seed: int = 1, workers: int = 2, tell: Callable[[str], None] = print) -> Fits:
    """The whole fit, one without each study, and what other priors and unprinted trials would do to it."""
    whole = problem(evidence)
    tell(f"{len(whole.trials.readings)} readings of {len(whole.trials.studies)} studies, {len(whole.effects)} effects")
    chains = np.stack([fit(whole, seed + n, ROUNDS) for n in range(CHAINS)])
    everything = chains.reshape(-1, chains.shape[2])
    columns = [whole.names.index(name) for name in whole.kept]
    agreement = float(reduction(chains[:, :, columns]).max())
    tell(f"all studies: chains agree within {agreement:.3f}")
    tables = {ALL: _thinned(everything, DRAWS)[:, columns]}
    with ProcessPoolExecutor(workers) as pool:
        start = chains[-1, (SETTLED - BURN) // THIN - 1]
        for study, states in pool.map(_fit_without, repeat(evidence), whole.trials.studies, repeat(seed), repeat(start)):
            tables[study] = states[:, columns]
        doubts = dict(pool.map(_doubted, repeat(evidence), DOUBTS, repeat(seed), repeat(start)))
    tables[NOTHING] = prior_draws(whole, DRAWS_WITHOUT, seed)[:, columns]
    doubts = {"as shipped": summary(whole, everything), **doubts}
    return Fits(whole, tables, agreement, doubts, {rate: unprinted(whole, everything, rate) for rate in PRINTED})


def _fit_without(evidence: Evidence, study: str, seed: int, start: np.ndarray) -> tuple[str, np.ndarray]:
    states = fit(problem(evidence).without(study), seed, ROUNDS_WITHOUT, burn=BURN_WITHOUT, start=start)
    return study, _thinned(states, DRAWS_WITHOUT)


def _doubted(evidence: Evidence, doubt: str, seed: int, start: np.ndarray) -> tuple[str, dict[str, Any]]:
    name, factor = DOUBTS[doubt]
    priors = problem(evidence).priors
    stretched = tuple(
        scale * (factor if name == spread else 1.0) for spread, scale in zip(SPREADS, priors.spreads, strict=True)
    )
    other = problem(evidence, priors=replace(priors, spreads=stretched))
    return doubt, summary(other, fit(other, seed, ROUNDS_WITHOUT, burn=BURN_WITHOUT, start=start))


def _thinned(states: np.ndarray, count: int) -> np.ndarray:
    return states[np.linspace(0, len(states) - 1, count).round().astype(int)]


def reduction(chains: np.ndarray) -> np.ndarray:
    """Potential scale reduction of split chains (chain, state, name): near 1 where they agree (Gelman and Rubin 1992)."""
    half = chains.shape[1] // 2
    split = np.concatenate([chains[:, :half], chains[:, half : 2 * half]])
    within, between = split.var(axis=1, ddof=1).mean(axis=0), split.mean(axis=1).var(axis=0, ddof=1)
    return np.sqrt((half - 1) / half + between / np.maximum(within, 1e-300))


def summary(whole: Problem, states: np.ndarray, weights: np.ndarray | None = None) -> dict[str, Any]:
    """Mean relative improvement by needling alone in the reference course, by concern: 10, 50 and 90 %."""
    column = dict(zip(whole.names, states.T, strict=True))
    share = np.full(len(states), 1.0 / len(states)) if weights is None else weights
    found = {}
    for concern in USUAL:
        values = column["needle"] + column[f"concern:{concern}"]
        order = np.argsort(values)
        edges = np.cumsum(share[order])
        found[concern] = [
            round(float(values[order][min(np.searchsorted(edges, q), len(values) - 1)]), 3) for q in (0.1, 0.5, 0.9)
        ]
    return {**found, "between_studies": round(float(share @ column["study_between"]), 3)}


def unprinted(whole: Problem, states: np.ndarray, rate: float) -> dict[str, Any]:
    """The same had results without significance been printed `rate` times as often as those with it.

    Draws are weighed by 1 / prod over studies of (rate + (1 - rate) P(significant)), Hedges 1992 (Stat Sci 7:246), for the
    first needled arm of each study; the share of draws that still count says how far this can be trusted.
    """
    logs = np.zeros(len(states))
    for study in whole.trials.studies:
        logs -= np.log(rate + (1.0 - rate) * _significant(whole, states, study))
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    counting = float(1.0 / (weights**2).sum() / len(weights))
    return {**summary(whole, states, weights), "share_that_counts": round(counting, 3)}


def _significant(whole: Problem, states: np.ndarray, study: str) -> np.ndarray:
    """Chance that a study like this one is significant, before its own effects are known, (state,)."""
    from scipy.special import ndtr

    first = next((r for r in whole.trials.readings if r.study == study and r.what in ("score", "range", "count")), None)
    if first is None:
        return np.ones(len(states))
    column = dict(zip(whole.names, states.T, strict=True))
    error = column["person"] / np.sqrt(first.n)
    spread = np.sqrt(error**2 + column["study_between"] ** 2 + column["arm_between"] ** 2)
    nothing = odds(column["no_effect"])
    significant = [ndtr((_expected(first, column, on) - SIGNIFICANT * error) / spread) for on in (True, False)]
    return (1.0 - nothing) * significant[0] + nothing * significant[1]


def _expected(reading: Reading, column: dict[str, np.ndarray], works: bool) -> np.ndarray:
    """Mean of a reading from what trials share, in a trial in which needling works, or does not."""
    terms = (t for t in reading.terms if _of_the_mean(t.effect) and (works or not t.switch))
    return sum(
        (t.coefficient * saturating(t.driver, column["saturation"]) * column[t.effect] for t in terms),
        start=np.zeros(len(column["person"])),
    )


def _of_the_mean(name: str) -> bool:
    return name.partition(":")[0] in ("needle", "rf", "active", "adjunct", "concern", "scale") or name == "drift"


def behind(whole: Problem) -> dict[str, list[str]]:
    """Studies behind each effect; a concern counts those that give a number of needling without heat."""
    found: dict[str, list[str]] = {}
    for name in whole.effects:
        if ":" in name and name.partition(":")[0] in OWN:
            continue
        found[name] = sorted({r.study for r in whole.trials.readings if _speaks(r, name)})
    found |= {
        name.replace("concern:", "alone:"): _alone(whole, name) for name in whole.effects if name.startswith("concern:")
    }
    found["drift"] = sorted({r.study for r in whole.trials.readings if f"drift:{r.study}" in _effects_of(r)})
    return found


def _alone(whole: Problem, name: str) -> list[str]:
    """Studies that give a number of needling without heat and without an adjunct."""
    return sorted({r.study for r in whole.trials.readings if _speaks(r, name) and "adjunct" not in _effects_of(r)})


def _speaks(r: Reading, name: str) -> bool:
    names = _effects_of(r)
    if name.startswith("concern:"):
        return name in names and "needle" in names and r.what in ("score", "count")
    return name in names


def record(fits: Fits, seed: int) -> dict[str, Any]:
    """How the posterior was made, what it says, and how far it leans on its priors."""
    whole, table = fits.problem, fits.tables[ALL]
    return {
        "made_by": "python -m dermatwin.calibration outcome",
        "method": "Gibbs sampler: all effects drawn at once given latent readings; Student t raters, trials without effect",
        "seed": seed,
        "rounds": ROUNDS,
        "chains": CHAINS,
        "rounds_without_a_study": ROUNDS_WITHOUT,
        "largest_scale_reduction": round(fits.agreement, 3),
        "rows": {"outcomes.csv": len({r.line for r in whole.trials.readings})},
        "readings": {kind: sum(r.what == kind for r in whole.trials.readings) for kind in KINDS},
        "studies": list(whole.trials.studies),
        "effects": list(whole.kept),
        "behind": behind(whole),
        "quantiles": {
            name: [round(float(q), 3) for q in np.quantile(table[:, n], (0.05, 0.5, 0.95))]
            for n, name in enumerate(whole.kept)
        },
        "needling_alone_under_other_priors": fits.doubts,
        "needling_alone_if_results_without_significance_are_printed_less": fits.printed,
    }


def table(fits: Fits) -> list[tuple[str | float | int, ...]]:
    """The joint draws of every fit, header first."""
    rows: list[tuple[str | float | int, ...]] = [(*KEY, *fits.problem.kept)]
    return rows + [
        (study, n, *(_short(value) for value in row))
        for study, states in fits.tables.items()
        for n, row in enumerate(states)
    ]


def _short(value: float) -> str:
    """Three decimals without a leading zero: the table is read by a program."""
    return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1.0 else f"{value:.3f}"
