"""Posteriors on which our samplers meet other people's: small enough for both, awkward where the real ones are.

- `made_up`: trials that never were and that say everything a trial can say, of arms of every kind, with one that saw
  nothing, so that trials without effect matter;
- `ridge`: a bent and narrow ridge between coordinates, cut off by bounds, of two studies of which one sees less;
- `needles`: the needling fit with two of its studies, a value, a bound below and a bound above, and eight unknowns, two of
  which make up for one another.
Numbers here are no evidence: nothing that is shipped comes from them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..evidence import Evidence
from ..outcome.arms import Cut
from ..outcome.pooling import Priors
from . import needling, outcome
from .likelihood import censored
from .sampler import Block, Target
from .trials import Cell, Reading, Term, Terms, Trials

PRIORS = Priors(
    spreads=(0.2, 0.25, 0.15, 0.15, 0.1, 0.1, 0.1),
    plain={
        "drift": (0.0, 0.1),
        "adjunct": (0.0, 0.15),
        "rating": (0.0, 0.2),
        "chosen": (0.5, 0.3),
        "needle": (0.0, 0.5),
        "rf": (0.0, 0.5),
        "active": (0.0, 0.5),
        "patient": (0.0, 0.1),
        "percent": (0.0, 0.1),
        "cut:any": (0.05, 0.05),
        "cut:good": (0.5, 0.1),
    },
    drift_between=0.05,
    scalars=((0.25, 0.35), (1.0, 0.3), (1.0, 0.7), (0.2, 0.5), (0.1, 0.5), (1.0, 0.3)),
    baseline=0.35,
    counted=0.6,
    least_error=0.02,
    indirect=0.3,
    person_scatter=0.35,
)
"""Priors of the made-up trials: written down, so that new evidence does not move them."""
CLEAR = 1.96  # standard errors
NEEDLING = ("davis2004", "olatunji2013")
UNKNOWN = (
    "experiment_hollow_tip_diameter@davis2004",
    "experiment_tip_diameter@olatunji2013",
    "puncture_toughness",
    "toughness_rate_floor",
    "toughness_rate_exponent",
    "insertion_discrepancy",
    "bed_of_nails_penalty",
    "bed_of_nails_spacing",
)


def made_up(evidence: Evidence) -> outcome.Problem:
    """Eight trials with readings of every kind, under `PRIORS`."""
    readings = tuple(replace(reading, line=n) for n, reading in enumerate(_readings()))
    return outcome.problem(evidence, given=Trials(tuple(dict.fromkeys(r.study for r in readings)), readings), priors=PRIORS)


def _readings() -> tuple[Reading, ...]:
    north, bare = _cell("north", "needle", "scar", scale="grade"), _cell("north", "untreated", "scar")
    south = _cell("south", "needle", "scar", 0.4, scale="area")
    alone, plus = (
        _cell("east", "needle", "lines", 0.8, scale="grade"),
        _cell("east", "needle", "lines", 0.8, "plasma", "grade"),
    )
    heat = _cell("west", "rf", "lines", scale="area")
    peel, pricked = _cell("inland", "active", "stain", 1.0, "peel"), _cell("inland", "needle", "stain", 0.7)
    nothing, tissue = _cell("island", "needle", "scar", scale="grade"), _cell("harbour", "needle", "stain", 0.6)
    one, two = _cell("valley", "needle", "lines"), _cell("valley", "needle", "lines", 1.0, "plasma")
    worse = _cell("valley", "untreated", "lines")
    return (
        Reading("north", 0, "score", north.terms, 20.0, 0.45, 0.25),
        Reading("north", 0, "spread", north.terms, 20.0, float(np.log(0.25))),
        Reading("north", 0, "score", bare.terms, 20.0, 0.06),
        Reading("south", 0, "score", (*south.terms, Term("percent", 1.0)), 40.0, 0.5, base="south/area", counted=True),
        _counted(south, 40.0, 9.0, Cut("good"), 0.1),
        Reading("east", 0, "score", alone.terms, 15.0, 0.33, 0.4),
        Reading("east", 0, "spread", alone.terms, 15.0, float(np.log(0.4))),
        Reading("east", 0, "score", plus.terms, 15.0, 0.52),
        _ranged("east", _less(plus, alone), 15.0, CLEAR, share=2.0 / 15.0),
        Reading("west", 0, "score", heat.terms, 18.0, 0.7, base="west/area"),
        _counted(heat, 18.0, 9.0, Cut("", 0.5, graded=True), 0.0),
        _counted(heat, 18.0, 16.0, Cut("any"), -0.3),
        _ranged("inland", peel.terms, 25.0, -CLEAR, CLEAR),
        _ranged("inland", pricked.terms, 25.0, CLEAR),
        _ranged("inland", _less(pricked, peel), 25.0, 0.0, share=0.04),
        Reading("island", 0, "score", nothing.terms, 40.0, -0.25, 0.2),
        replace(_ranged("harbour", tissue.terms, 8.0, 0.0), indirect=True),
        _counted(tissue, 8.0, 7.0, Cut("good"), 0.1),
        _ranged("valley", _mean_of(one, two), 30.0, CLEAR),
        _ranged("valley", worse.terms, 10.0, -np.inf, 0.0),
    )


def _cell(study: str, kind: str, pool: str, response: float = 1.0, adjunct: str = "none", scale: str = "") -> Cell:
    return Cell(study, f"{kind}+{adjunct}", pool, kind, adjunct, response, scale)


def _less(one: Cell, other: Cell) -> Terms:
    """The difference of two arms."""
    return (*one.terms, *(t._replace(coefficient=-t.coefficient) for t in other.terms))


def _mean_of(*cells: Cell) -> Terms:
    """Several arms together."""
    return tuple(t._replace(coefficient=t.coefficient / len(cells)) for cell in cells for t in cell.terms)


def _ranged(study: str, terms: Terms, n: float, low: float, high: float = np.inf, share: float = 0.0) -> Reading:
    return Reading(study, 0, "range", terms, n, low=low, high=high, share=share or 1.0 / n)


def _counted(cell: Cell, n: float, responders: float, cut: Cut, choice: float) -> Reading:
    """A count of responders; one that is not counted in grades is an impression."""
    noise = (Term(f"rating:{cell.study}/rater", 1.0), Term(f"reading:{cell.study}/{cut.word}", 1.0))
    word = (Term(f"cut:{cut.word}", -1.0),) if cut.word else ()
    impression = () if cut.graded else (Term("rating", 1.0), Term("chosen", choice))
    terms = (*cell.terms, *impression, *noise, *word)
    own = f"{cell.study}/people", f"{cell.study}/never"
    return Reading(cell.study, 0, "count", terms, n, responders, cut=cut, base=own[0], never=own[1])


def ridge(*, together: bool = False) -> Target:
    """Four coordinates: two tied by their sum, a third bent over the first, and bounds that cut all of them off.

    together : moved by turns of all coordinates at once, else by blocks, the last of which only the second study sees.
    """
    blocks = () if together else (Block((0, 1, 2), (0, 1)), Block((0, 1, 2), (0, 1), most=1), Block((3,), (1,)))
    return Target(_ridge, 2, blocks, whole=together)


def _ridge(states: np.ndarray, factors: tuple[int, ...]) -> np.ndarray:
    a, b, c, d = states.T
    found = {
        0: (_told(0.6 - a - b, 0.1), _told(1.0 - c - a**2, 0.2), _told(-0.5 - a, 0.2, "lower")),
        1: (_told(0.3 - b - d, 0.1, "upper"),),
    }
    return np.stack([sum(found[factor]) for factor in factors], axis=1)


def _told(distance: np.ndarray, spread: float, bound: str = "") -> np.ndarray:
    return censored(distance, np.full_like(distance, spread), bound)


def needles(evidence: Evidence) -> needling.Problem:
    """The needling fit had there been two studies; what else is unknown stands at its median."""
    whole = needling.problem(evidence)
    rows = tuple(row for row in whole.rows if row.sources & set(NEEDLING))
    return needling.Problem(rows, UNKNOWN, whole.evidence)
