"""Fit of insertion and closure: what needles meet in skin and how channels close, from the open rows of both files.

Unknown are the parameters of insertion, barrier and skin stiffness with a `knowledge` spread that the predictions of the
rows ask for, the discrepancy between studies and model, and what each study leaves unsaid about its experiment; the
studies' own unknowns are integrated out. What hardly matters here, as the thickness of a layer, stays at its median.
Rows are left out that speak of heat, of untouched skin or of needles that stayed in, and depths of needles whose length is
not stated, which would only weigh the prior of the length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from ..core.errors import EvidenceError, Fault
from ..evidence import Draws, Evidence, Parameter
from ..skin import Skin
from ..validation.experiment import stays_in
from ..validation.laboratory import Laboratory
from ..validation.prediction import Prediction, Predictor
from ..validation.rows import Row, measured
from ..validation.validate import predictor
from .likelihood import log_likelihood
from .luck import GivenLuck
from .sampler import Block, Target

FILES = {"insertion.csv": "insertion_discrepancy", "closure.csv": "closure_discrepancy"}
"""Files with the parameter that holds their studies' discrepancy."""
KEPT_STAGES = ("insertion", "barrier")
KEPT_NAMES = ("indentation_stiffness",)
STUDY = "@"  # in the name of what a study leaves unsaid, before the study
NOT_HERE = frozenset({"thermal", "rf", "baseline", "deposit", "potential"})
"""Tags of rows that speak of heat, of untouched skin, or of no needle's depth."""
NEED_A_LENGTH = ("depth", "channel_diameter", "fraction_penetrated")
NEEDLES = 8  # needles that stand for all in a fit: quantiles instead of luck, so that few are enough


@dataclass(frozen=True)
class Computed(Draws):
    """Draws that compute each parameter once: a fit asks for the same ones in row after row."""

    computed: dict[tuple[str, int, str], np.ndarray] = field(default_factory=dict, repr=False)

    def _values(self, parameter: Parameter, session: int, zone: str) -> np.ndarray:
        key = (parameter.name, session, zone)
        if key not in self.computed:
            self.computed[key] = super()._values(parameter, session, zone)
        return self.computed[key]


@dataclass(frozen=True)
class Lanes(Laboratory):
    """A laboratory whose people are trial values of the unknown."""

    luck: GivenLuck = field(default_factory=lambda: GivenLuck(0, 1))

    @cached_property
    def people(self) -> Draws:
        """One lane per trial value; people and sessions at their medians."""
        return Computed(self.evidence, self.luck)

    @cached_property
    def known(self) -> Draws:
        """The same."""
        return self.people

    def skin(self, site: str, draws: Draws, **patient: Any) -> Skin:
        """A section of skin, made once."""
        make = super().skin
        return self.once(("skin", site, *sorted(patient.items())), lambda: make(site, draws, **patient))


@dataclass(frozen=True)
class Problem:
    """Rows to be explained and the names of what is unknown."""

    rows: tuple[Row, ...]
    names: tuple[str, ...]
    evidence: Evidence = field(repr=False)

    @property
    def kept(self) -> tuple[int, ...]:
        """Places of the parameters that the posterior is kept of."""
        return tuple(n for n, name in enumerate(self.names) if is_kept(name, self.evidence))

    @property
    def studies(self) -> tuple[str, ...]:
        """Studies of the rows, in order of their first row."""
        return tuple(dict.fromkeys(source for row in self.rows for source in sorted(row.sources)))

    def without(self, study: str) -> Problem:
        """The same problem had one study not been made."""
        return Problem(tuple(row for row in self.rows if study not in row.sources), self.names, self.evidence)

    @cached_property
    def target(self) -> Target:
        """The likelihood as one factor per study, with what each study leaves unsaid as a block of its own.

        Every round begins with a turn of all unknowns together: by blocks alone toughness and tips that studies leave unsaid
        make up for one another so slowly that twenty rounds remember 0.7 to 0.9 of where they began.
        """
        everyone = tuple(range(len(self.studies)))
        closing = tuple(
            n
            for n, study in enumerate(self.studies)
            if any(row.file == "closure.csv" for row in self.rows if study in row.sources)
        )
        shared = [(n, name) for n, name in enumerate(self.names) if STUDY not in name]
        late = tuple(n for n, name in shared if self.evidence.parameters[name].stage == "barrier")
        early = tuple(n for n, _ in shared if n not in late)
        unsaid = (
            Block(tuple(n for n, name in enumerate(self.names) if name.endswith(STUDY + study)), (number,))
            for number, study in enumerate(self.studies)
        )
        blocks = (Block(early, everyone), Block(late, closing), *unsaid)
        used = tuple(block for block in blocks if block.coordinates)
        return Target(self.log_factors, len(everyone), used, whole=True)

    def log_factors(self, states: np.ndarray, factors: tuple[int, ...]) -> np.ndarray:
        """Log likelihood of the rows of some studies for scores (lane, name): shape (lane, study)."""
        found, laboratory = np.zeros((len(states), len(factors))), self._laboratory(states)
        for column, number in enumerate(factors):
            for row, answer, spread in self.predictions(laboratory, self.studies[number]):
                found[:, column] += log_likelihood(row, answer, spread, self.share_spread)
        return found

    def predictions(self, laboratory: Lanes, study: str) -> Iterable[tuple[Row, Prediction, np.ndarray]]:
        """Each row of a study with what every lane predicts and how far studies may stray."""
        predict = _predictors(laboratory)
        for row in self._by_study[study]:
            answer = predict[row.file](row)
            if not isinstance(answer, Prediction):
                raise EvidenceError([Fault(f"{row.file}:{row.line}", "", f"is not predicted: {answer.reason}")])
            yield row, answer, laboratory.people(FILES[row.file], "1")

    @cached_property
    def _by_study(self) -> dict[str, list[Row]]:
        return {study: [row for row in self.rows if study in row.sources] for study in self.studies}

    @cached_property
    def share_spread(self) -> float:
        """Standard deviation of the logit between a study's share and the model's."""
        return self.evidence.parameters["experiment_share_discrepancy"].value

    def _laboratory(self, states: np.ndarray) -> Lanes:
        scores = dict(zip(self.names, states.T, strict=True))
        return Lanes(draws=len(states), evidence=self.evidence, luck=GivenLuck(0, len(states), scores=scores))


def problem(evidence: Evidence) -> Problem:
    """The fit of the rows of some evidence, from its priors alone."""
    prior = evidence.before_fits().believing(needle_sample=NEEDLES)
    tables = measured(evidence)
    rows = tuple(row for name in FILES for row in tables.get(name, ()) if takes_part(row))
    luck = GivenLuck(0, 1)
    bare = Lanes(draws=1, evidence=prior, luck=luck)
    predict = _predictors(bare)
    for row in rows:
        predict[row.file](row)
        bare.people(FILES[row.file], "1")
    return Problem(rows, tuple(name for name in luck.asked if _matters(name, prior)), prior)


def _matters(name: str, evidence: Evidence) -> bool:
    """Whether an unknown is fitted; the thickness of layers, water loss at rest and the like stay at their medians."""
    return "@" in name or is_kept(name, evidence)


def is_kept(name: str, evidence: Evidence) -> bool:
    """Whether the posterior of an unknown is kept."""
    parameter = evidence.parameters.get(name)
    return parameter is not None and (parameter.stage in KEPT_STAGES or name in KEPT_NAMES)


def takes_part(row: Row) -> bool:
    """Whether a row says something about needles and channels that the model speaks of."""
    if row.number("value") is None or row.tags & NOT_HERE:
        return False
    if row.file == "closure.csv" and stays_in(row["device"]):
        return False
    unsaid = row.number("needle_length_um") is None and row["quantity"] in NEED_A_LENGTH
    of_length = row.tags & {"fraction_of_length", "fraction_of_travel"}
    return not unsaid or bool(of_length) or "force drop" in row["applied"]


def _predictors(laboratory: Laboratory) -> dict[str, Predictor]:
    return {name: predictor(name, laboratory) for name in FILES}
