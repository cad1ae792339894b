"""Fit of the healing network: what wounds and needled skin say of its constants, from the open rows of tissue and cells.

Unknown are the network's constants and the wounds' with a `knowledge` spread that the predictions ask for, how far studies
stray from the model in time, size and single figures, and each study's own tempo, size and density of punctures; what is
a study's own is integrated out. Needles pierce as the fit of insertion says, one of its joint draws per lane. Directions
add the probability of being seen, bounds that of what they allow.
Left out: rows that are read from one parameter or from trials, and the closed epidermis a day after needling, which says
nothing more; constants of what no row shows (the barrier, pigment, myofibroblasts and what calls them) keep their priors
and stand at their medians here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..core.errors import EvidenceError, Fault
from ..evidence import Draws, Evidence, Tables, view
from ..evidence.rows.knowledge import ReadingRow
from ..flows import Punctures
from ..validation.biopsy import WAYS
from ..validation.healing import predictor
from ..validation.prediction import NotPredicted, Prediction
from ..validation.protocol import Protocol
from ..validation.rows import Row, measured
from ..validation.wounds import pushed
from .likelihood import censored, error_of, log_likelihood
from .luck import GivenLuck
from .needling import NEEDLES, Lanes
from .sampler import Target

FILE = "healing_timecourse.csv"
STAGES = ("healing", "wounds")
SHARES = ("column", "extractable")  # ways that read a share of the whole [%]
NOT_FITTED = ("intact",)
NEEDLING = "needling"
PIERCED = f"posterior {NEEDLING}"  # the unknown that picks a joint draw of the fit of insertion
FOLDS = 8
FAILED = -1e3  # log likelihood of a row where the network could not be integrated, numerical
TOLERANCE = (1e-3, 1e-5)  # of the integrator in a fit: far below what studies differ by, numerical
SEEN = 1.64  # a change below so many spreads of what a study may miss is reported as none
UNSEEN = re.compile(r"^(barrier|pigment|proto_myo|provisional|tissue_tension|collagen_age)|myofibroblast(?!_synthesis)")


@dataclass(frozen=True)
class Pierced:
    """The needles of a course, in each lane by one of the joint draws of the fit of insertion that `evidence` holds."""

    evidence: Evidence = field(repr=False)
    _tables: dict[Protocol, Punctures] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(evidence: Evidence) -> Pierced:
        """Needles for all rows of a fit; EvidenceError where the fit of insertion is not there."""
        if not any(posterior.name == NEEDLING for posterior in evidence.posteriors):
            raise EvidenceError([Fault(f"posteriors/{NEEDLING}.csv", "", "is not there or waits to be fitted anew")])
        return Pierced(evidence.believing(needle_sample=NEEDLES))

    def __call__(self, protocol: Protocol, draws: Draws) -> tuple[Punctures, ...]:
        """The needles of every session."""
        table = self._table(protocol)
        place = (draws.luck.uniform("knowledge", PIERCED)[:, 0] * len(table.density)).astype(int)
        rows = np.minimum(place, len(table.density) - 1)  # a proposal may lie so far out that its share rounds to one
        chosen = replace(
            table, **{name: getattr(table, name)[rows] for name in ("density", "reach", "channel_diameter", "in_situ_depth")}
        )
        return (chosen,) * protocol.sessions

    def _table(self, protocol: Protocol) -> Punctures:
        """The needles of one session, one lane per joint draw of the fit of insertion; made once for each protocol."""
        from scipy.special import ndtri

        if protocol not in self._tables:
            lanes = len(next(p for p in self.evidence.posteriors if p.name == NEEDLING).scores)
            scores = {PIERCED: ndtri((np.arange(lanes) + 0.5) / lanes)}
            draws = Draws(self.evidence, GivenLuck(0, lanes, scores=scores))
            self._tables[protocol] = pushed(replace(protocol, sessions=1), draws)[0]
        return self._tables[protocol]


@dataclass(frozen=True)
class Problem:
    """Rows to be explained and the names of what is unknown, from the priors of `evidence`."""

    rows: tuple[Row, ...]
    names: tuple[str, ...]
    evidence: Evidence = field(repr=False)
    needles: Pierced

    @property
    def kept(self) -> tuple[int, ...]:
        """Places of the parameters that the posterior is kept of."""
        return tuple(n for n, name in enumerate(self.names) if name in self.evidence.parameters)

    @cached_property
    def studies(self) -> tuple[str, ...]:
        """Studies of the rows, in order of their first row."""
        return tuple(dict.fromkeys(row["source"] for row in self.rows))

    def without(self, fold: int) -> Problem:
        """The same problem had the studies of a fold not been made."""
        return replace(self, rows=tuple(row for row in self.rows if fold_of(row["source"], self.studies) != fold))

    @cached_property
    def target(self) -> Target:
        """The likelihood as one factor per study, of which all unknowns move together."""
        return Target(self.log_factors, len(self.studies), whole=True)

    def log_factors(self, states: np.ndarray, factors: tuple[int, ...]) -> np.ndarray:
        """Log likelihood of the rows of some studies for scores (lane, name): shape (lane, study)."""
        laboratory = self._laboratory(states)
        predict = predictor(laboratory, self.needles, TOLERANCE)
        found = np.zeros((len(states), len(factors)))
        for column, number in enumerate(factors):
            for row in self._by_study[self.studies[number]]:
                found[:, column] += log_row(row, predict(row), laboratory.people)
        return found

    def predictions(self, states: np.ndarray) -> Iterable[tuple[Row, Prediction]]:
        """Each row with what every lane predicts."""
        predict = predictor(self._laboratory(states), self.needles, TOLERANCE)
        for row in self.rows:
            answer = predict(row)
            assert isinstance(answer, Prediction)
            yield row, answer

    @cached_property
    def _by_study(self) -> dict[str, list[Row]]:
        return {study: [row for row in self.rows if row["source"] == study] for study in self.studies}

    def _laboratory(self, states: np.ndarray) -> Lanes:
        scores = dict(zip(self.names, states.T, strict=True))
        return Lanes(draws=len(states), evidence=self.evidence, luck=GivenLuck(0, len(states), scores=scores))


def problem(evidence: Evidence) -> Problem:
    """The fit of the rows of some evidence, from its priors alone but for the needles."""
    prior, needles = evidence.before_fits(), Pierced.of(evidence)
    luck = GivenLuck(0, 1)
    predict = predictor(Lanes(draws=1, evidence=prior, luck=luck), needles, TOLERANCE)
    rows = []
    for row in measured(evidence)[FILE]:
        if takes_part(row, evidence) and not isinstance(predict(row), NotPredicted):
            rows.append(row)
    return Problem(tuple(rows), (*(name for name in luck.asked if _matters(name, prior)), PIERCED), prior, needles)


def takes_part(row: Row, evidence: Evidence) -> bool:
    """Whether a row is read from a course of tissue."""
    return ways(evidence).get(row["quantity"]) in set(WAYS) - set(NOT_FITTED) and row.number("value") is not None


@view
def ways(tables: Tables) -> Mapping[str, str | None]:
    """How each quantity is read."""
    return {row.quantity: row.way for row in tables.rows(ReadingRow)}


def _matters(name: str, evidence: Evidence) -> bool:
    """Whether an unknown is fitted: constants of the network and of wounds, and what is a study's own."""
    known = evidence.parameters.get(name)
    return "@" in name or (known is not None and known.stage in STAGES and UNSEEN.search(name) is None)


def author_of(study: str) -> str:
    """The letters with which a study's name begins: papers of one group are left out together."""
    found = re.match(r"[a-z]+", study)
    return found[0] if found else study


def fold_of(study: str, studies: Iterable[str]) -> int:
    """The fold of a study: groups of authors in turn."""
    return sorted({author_of(name) for name in studies}).index(author_of(study)) % FOLDS


def log_row(row: Row, answer: object, draws: Draws) -> np.ndarray:
    """Log likelihood of one row for every lane, (lane,)."""
    if not isinstance(answer, Prediction):
        return np.full(draws.count, FAILED)
    done = np.isfinite(answer.draws)
    given = replace(answer, draws=np.where(done, answer.draws, 1.0))
    return np.where(done, _log_row(row, given, draws), FAILED)


def _log_row(row: Row, given: Prediction, draws: Draws) -> np.ndarray:
    spread = draws("healing_discrepancy", "1")
    if given.scale == "sign":
        return direction(
            given.draws,
            int(given.measured),
            100.0 * draws("healing_direction_noise", "1"),
            draws.median("healing_direction_error", "1"),
        )
    if given.scale == "log":
        return log_likelihood(row, given, spread, 0.0)
    if ways(draws.evidence)[row["quantity"]] in SHARES:
        share = replace(given, draws=given.draws / 100.0, measured=given.measured / 100.0)
        return log_likelihood(row, share, spread, draws.median("experiment_share_discrepancy", "1"))
    small = 200.0 * draws.median("healing_direction_noise", "1")
    distance = np.arcsinh(given.measured / small) - np.arcsinh(given.draws / small)  # logarithms, linear through zero
    return censored(distance, np.sqrt(spread**2 + error_of(row) ** 2), given.bound)


def direction(change: np.ndarray, sign: int, missed: np.ndarray, wrong: float) -> np.ndarray:
    """Log probability that a study reports a direction: the change plus what it may miss is on that side, or near zero.

    A share `wrong` of the directions has other reasons than the change, any of the three alike.
    """
    from scipy.special import ndtr

    seen = ndtr(sign * change / missed) if sign else ndtr(SEEN - change / missed) - ndtr(-SEEN - change / missed)
    return np.log(wrong / 3.0 + (1.0 - wrong) * seen)
