"""What a fit's own model says at fixed draws of its table, to every digit: the number by which a change of code is judged.

Eight draws stand with everything that the table does not hold (what a study leaves unsaid, effects of its own) at its
median; four stand with it spread, so that the way in which it acts is seen, too. At each the log likelihood is computed by
study, or by factor where studies are tied to one another; of the pooled trials the log density of the effects as well. On
the way the parameters are noted that were asked for: those that the fit varied, and those that it held at their medians.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..core.errors import EvidenceError, Fault
from ..evidence import Evidence, Parameter
from ..evidence.joint import ALL, KEY
from ..outcome.pooling import SCALARS, SPREADS
from . import healing, needling, outcome, permeability
from .gibbs import NO_EFFECT, SATURATION, TAIL, log_likelihood, means
from .luck import spread_evenly
from .trials import Trials

STILL, SPREAD = 8, 4  # draws with what the table does not hold at its median, and spread
DENSITY, RECORDS, PAIRS = "density", "records", "pairs"  # factors that are no study


@dataclass(frozen=True)
class Table:
    """Columns of a table of joint draws, and the draws of the fit to everything, (draw, column)."""

    columns: tuple[str, ...]
    draws: np.ndarray

    @staticmethod
    def read(lines: Iterable[str]) -> Table:
        """From the lines of a CSV file: those in which no study is left out."""
        header, *rows = csv.reader(lines)
        return Table(
            tuple(header[len(KEY) :]), np.array([[float(cell) for cell in row[len(KEY) :]] for row in rows if row[0] == ALL])
        )

    def fixed(self, names: tuple[str, ...]) -> np.ndarray:
        """The states at which a fit is probed, (state, name); what the table does not hold is zero, then spread.

        EvidenceError for columns that are no unknown of the fit any more.
        """
        if gone := [name for name in self.columns if name not in names]:
            raise EvidenceError([Fault(name, "", "has joint draws and is no unknown of the fit any more") for name in gone])
        chosen = [np.linspace(0, len(self.draws) - 1, count).round().astype(int) for count in (STILL, SPREAD)]
        states = np.stack([np.r_[np.zeros(STILL), spread_evenly(name, SPREAD)] for name in names], axis=1)
        states[:, [names.index(name) for name in self.columns]] = self.draws[np.concatenate(chosen)]
        return states


@dataclass(frozen=True)
class Probe:
    """Log likelihood at the fixed states by study or factor, and the parameters that were asked for.

    fitted : parameters of which the fit used the whole prior. held : those that it held at their medians, and those that
    it looked for in vain.
    """

    levels: dict[str, tuple[float, ...]]
    fitted: tuple[str, ...]
    held: tuple[str, ...]


class Noting(dict[str, Parameter]):
    """Parameters that note what is asked for, found or not."""

    def __init__(self, parameters: Mapping[str, Parameter]) -> None:
        super().__init__(parameters)
        self.asked: dict[str, None] = {}

    def __getitem__(self, name: str) -> Parameter:
        self.asked[name] = None
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked[str(name)] = None
        return super().__contains__(name)


def probe(fit: str, table: Table, studies: Iterable[str], evidence: Evidence) -> Probe:
    """Ask the model of a fit at the fixed draws of its table; rows of studies that it did not know are left out."""
    return PROBES[fit](table, frozenset(studies), evidence)


def _found(factors: Iterable[str], levels: np.ndarray, noted: Iterable[str], fitted: Iterable[str]) -> Probe:
    """A probe of levels (state, factor); of what was `noted`, the fit varied what is `fitted`."""
    asked, varied = set(noted), set(fitted)
    by_factor = {name: tuple(float(v) for v in column) for name, column in zip(factors, levels.T, strict=True)}
    return Probe(by_factor, tuple(sorted(asked & varied)), tuple(sorted(asked - varied)))


def _varied(names: Iterable[str]) -> set[str]:
    """Parameters behind the unknowns of a fit; what a study leaves unsaid is a prior's name before the study's."""
    return {name.partition(needling.STUDY)[0] for name in names}


def _needling(table: Table, studies: frozenset[str], evidence: Evidence) -> Probe:
    everything = needling.problem(evidence)
    whole = replace(everything, rows=tuple(row for row in everything.rows if row.sources <= studies))
    noting = Noting(whole.evidence.parameters)
    noted = replace(whole, evidence=whole.evidence.with_parameters(noting))
    levels = noted.target.all(table.fixed(whole.names))
    return _found(whole.studies, levels, set(noting.asked) - whole.evidence.believed, _varied(whole.names))


def _healing(table: Table, studies: frozenset[str], evidence: Evidence) -> Probe:
    everything = healing.problem(evidence)
    whole = replace(everything, rows=tuple(row for row in everything.rows if row.sources <= studies))
    noting, needles = Noting(whole.evidence.parameters), Noting(whole.needles.evidence.parameters)
    noted = replace(
        whole,
        evidence=whole.evidence.with_parameters(noting),
        needles=healing.Pierced(whole.needles.evidence.with_parameters(needles)),
    )
    levels = noted.target.all(table.fixed(whole.names))
    asked = {*noting.asked, *(needles.asked.keys() - whole.needles.evidence.believed)}
    return _found(whole.studies, levels, asked, _varied(whole.names))


def _permeability(table: Table, studies: frozenset[str], evidence: Evidence) -> Probe:
    everything = permeability.problem(evidence)
    whole = replace(everything, records=tuple(record for record in everything.records if record.source in studies))
    noting = Noting(whole.evidence.parameters)
    noted = replace(whole, evidence=whole.evidence.with_parameters(noting))
    factors = tuple(f"variance factor {number}" for number in range(sum(whole.sizes)))
    levels = noted.target.all(table.fixed((*permeability.FITTED, *factors)))
    fitted = {*permeability.FITTED, "permeability_tail"}  # the tail is the prior of the variance factors
    return _found((RECORDS, PAIRS), levels, {*noting.asked, *fitted}, fitted)


def _outcome(table: Table, studies: frozenset[str], evidence: Evidence) -> Probe:
    noting = Noting(evidence.prior)
    everything = outcome.problem(replace(evidence, prior=noting))
    told = everything.trials
    kept = Trials(
        tuple(study for study in told.studies if study in studies),
        tuple(reading for reading in told.readings if reading.study in studies),
    )
    whole = outcome.problem(evidence, given=kept, priors=everything.priors)
    states = table.fixed(whole.names)
    nothing = Table((), np.zeros((STILL + SPREAD, 0)))
    own = nothing.fixed(tuple(f"base {name}" for name in outcome.factors(kept, whole.priors)))
    works = (nothing.fixed(tuple(f"switch {name}" for name in outcome.switches(kept))) >= 0.0).astype(float)
    levels = np.array([_outcome_levels(whole, *at) for at in zip(states, own, works, strict=True)])
    return _found((*kept.studies, DENSITY), levels, noting.asked, ())


def _outcome_levels(whole: outcome.Problem, state: np.ndarray, bases: np.ndarray, works: np.ndarray) -> np.ndarray:
    """Log likelihood by study and log density of the effects at a state, (study + 1,).

    What the table does not hold comes as scores: effects of a study's own are spread as their families are in this state.
    Where it is spread, about every second switch is off.
    """
    s = whole.system
    effects, spreads, scalars = np.split(state, np.cumsum([len(whole.effects), len(SPREADS)]))
    widths = np.where(s.family >= 0, spreads[s.family], s.scale)
    own = np.array([name not in whole.kept for name in whole.effects])
    effects = np.where(own, s.mean + widths * effects, effects)
    found = log_likelihood(s, means(s, effects, scalars[SATURATION], works), scalars, bases)
    studies = np.array([reading.study for reading in whole.trials.readings])
    by_study = [found[studies == study].sum() for study in whole.trials.studies]
    switched = (works == 0.0).sum() * np.log(scalars[NO_EFFECT]) - len(works) * np.log1p(scalars[NO_EFFECT])
    return np.array([*by_study, _log_density(whole, (effects - s.mean) / widths, widths, spreads, scalars) + switched])


def _log_density(
    whole: outcome.Problem, scores: np.ndarray, widths: np.ndarray, spreads: np.ndarray, scalars: np.ndarray
) -> float:
    """Log density of effects, spreads and scalars under the priors, up to what no prior changes."""
    s = whole.system
    assert len(scalars) == len(SCALARS)
    normal, heavy = -0.5 * scores**2, -0.5 * (TAIL + 1.0) * np.log1p(scores**2 / TAIL)
    effects = (np.where(s.heavy, heavy, normal) - np.log(widths)).sum()
    half_normal = (-0.5 * (spreads / s.spread) ** 2 - np.log(s.spread)).sum()
    logs = (-0.5 * (np.log(scalars / s.scalars[:, 0]) / s.scalars[:, 1]) ** 2 - np.log(s.scalars[:, 1])).sum()
    return float(effects + half_normal + logs)


PROBES: dict[str, Callable[[Table, frozenset[str], Evidence], Probe]] = {
    "needling": _needling,
    "permeability": _permeability,
    "healing": _healing,
    "outcome": _outcome,
}
