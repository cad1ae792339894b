"""What the packaged trials say, as readings of latent improvements: scores, counts of responders, significance, comparisons.

A cell is one arm at one follow-up on one scale, with the pooled effects that make up its expected improvement. A reading
says something about one cell, about the mean of several (rows that a source pooled over arms) or about the difference of
two (comparisons between arms, each taken once). A comparator that has no row of its own becomes a cell where its name
tells what it was: needling alone, or the drug alone. Left out are single cases, doubtful units, rows of low quality,
instruments that do not see the concern, and quality of life.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ..device import heated
from ..evidence import Draws
from ..evidence.rows.trials import OutcomeRow
from ..outcome.arms import Cut, change_spread, cut_of, followup_of, kind_of, length_of, rater_of
from ..outcome.prediction import cut_line
from ..outcome.response import Schedule, typical_change
from ..outcome.scales import SCORED, Scale, driver_of, is_counted, missing, pool_of, scales, stated_baselines

SKIPPED = ("low_quality", "unit_check", "case_n1")
COMBINED = "not_arm_specific"
INDIRECT = ("instrument", "histology")
SAME_PEOPLE = ("rct_split", "nonrandomised_split", "single_arm", "retrospective")
SIGNIFICANT = 1.96  # standard errors
CHOSEN = "chosen"
ALONE = r"mn|frm"  # comparators that were needled without the adjunct


class Term(NamedTuple):
    """Effect with its coefficient, the driver whose response it is multiplied by, and the switch that turns it off.

    A driver of 1 does not wait for the tissue; a switch of '' is none. A study has one for its needles, called by its name,
    and one for what it did without them ('/alone').
    """

    effect: str
    coefficient: float
    driver: float = 1.0
    switch: str = ""


Terms = tuple[Term, ...]


@dataclass(frozen=True)
class Cell:
    """One arm at one follow-up on one scale."""

    study: str
    arm: str
    pool: str
    kind: str  # needle, rf, active, untreated
    adjunct: str
    driver: float
    scale: str  # '' where nothing is scored

    @property
    def terms(self) -> Terms:
        """Effects of the expected improvement. The drift of treated arms is part of their own mean."""
        own, x, on = f"arm:{self.study}/{self.arm}/{self.pool}", self.driver, self.study
        if self.kind == "untreated":
            return Term("drift", 1.0), Term(f"drift:{self.study}", 1.0)
        scale = (Term(f"scale:{self.scale}", 1.0),) if self.scale else ()
        if self.kind == "active":
            alone = f"{self.study}/alone"
            active = () if self.adjunct == "none" else (Term(f"active:{self.adjunct}", 1.0, 1.0, alone),)
            gain = Term("drift", -1.0, 1.0, alone), Term("active", 1.0, 1.0, alone), *active
            return Term("drift", 1.0), *gain, Term(f"study:{self.study}", 1.0), Term(own, 1.0), *scale
        plus = () if self.adjunct == "none" else (Term("adjunct", 1.0), Term(f"adjunct:{self.adjunct}", 1.0))
        return (
            Term("drift", 1.0),
            Term("drift", -1.0, x, on),
            Term(self.kind, 1.0, x, on),
            Term(f"concern:{self.pool}", 1.0, x, on),
            Term(f"study:{self.study}", 1.0, x),
            Term(own, 1.0, x),
            *plus,
            *scale,
        )


@dataclass(frozen=True)
class Reading:
    """One thing that is said about cells.

    what : 'score' (value, with the spread between people if stated), 'count' (value responders of n above a cut),
    'range' (the mean lies between low and high standard errors) or 'spread' (ln of the spread between people).
    share : variance of the mean per variance between people: 1/n for an arm.
    """

    study: str
    line: int
    what: str
    terms: Terms
    n: float
    value: float = 0.0
    spread: float = np.nan
    low: float = -np.inf
    high: float = np.inf
    share: float = 0.0
    indirect: bool = False
    cut: Cut | None = None
    base: str = ""  # what a factor of the trial's own belongs to: a baseline that it does not state, its people; '' if none
    counted: bool = False  # whether that baseline is a count of hairs
    never: str = ""  # what the share of its people who never respond belongs to; '' if none is thought of


@dataclass(frozen=True)
class Trials:
    """Readings of all studies, in order of the studies, and the studies with numbers of needling alone by concern."""

    studies: tuple[str, ...]
    readings: tuple[Reading, ...]

    def without(self, study: str) -> Trials:
        """The same had one study not been made."""
        return Trials(
            tuple(name for name in self.studies if name != study),
            tuple(reading for reading in self.readings if reading.study != study),
        )


def trials(draws: Draws) -> Trials:
    """Everything that the packaged rows say."""
    reader = _Reader(draws)
    found = [reading for row in reader.rows for reading in reader.read(row)]
    studies = tuple(dict.fromkeys(reading.study for reading in found))
    return Trials(
        studies, tuple(_as_chosen(reading, found) for study in studies for reading in found if reading.study == study)
    )


def _as_chosen(reading: Reading, found: Sequence[Reading]) -> Reading:
    """A study chooses its definition once: its most lenient one stands for the choice in all its counts."""
    lenient = min(
        (t.coefficient for other in found if other.study == reading.study for t in other.terms if t.effect == CHOSEN),
        default=0.0,
    )
    terms = tuple(t._replace(coefficient=lenient) if t.effect == CHOSEN else t for t in reading.terms)
    return replace(reading, terms=terms)


class _Reader:
    def __init__(self, draws: Draws) -> None:
        evidence, rows = draws.evidence, draws.evidence.rows(OutcomeRow)
        self.draws, self.evidence = draws, evidence
        self.correlation = draws.median("change_correlation", "1")
        self.scales, self.hot = scales(evidence), heated(evidence)
        self.rows = [row for row in rows if not set(row.quality_flag) & set(SKIPPED)]
        self.baselines = {name: value for name, (value, _) in stated_baselines(rows, self.scales, frozenset()).items()}
        self.arms: dict[str, dict[str, OutcomeRow]] = {}
        for row in self.rows:
            self.arms.setdefault(row.source, {}).setdefault(row.arm_id, row)
        self.compared: set[tuple[str, frozenset[str], str, str | None, float | None]] = set()

    def read(self, row: OutcomeRow) -> Iterator[Reading]:
        """Everything that one row says."""
        scale = self.scales.get(row.outcome_scale)
        combined = COMBINED in row.quality_flag
        if scale is None or scale.kind in ("quality_of_life", "symptom") or (combined and scale.kind in INDIRECT):
            return
        cells = self._together(row) if combined else [self.cell(row, scale)]
        terms = _mean(cells)
        direct = [*(() if combined else self._score(row, scale, terms)), *self._count(row, scale, terms)]
        yield from direct or self._significance(row, scale, terms)
        if not combined:
            yield from self._comparison(row, scale)

    def cell(self, row: OutcomeRow, scale: Scale | None, **changes: str) -> Cell:
        """The cell of a row; `changes` for a comparator that has no row."""
        kind = changes.get("kind", kind_of(row.device_kind, row.role, self.hot))
        schedule = Schedule(row.sessions, row.interval_days, followup_of(row), length_of(row))
        of = driver_of(row.indication, self.evidence)
        driver = float(typical_change(schedule, of, self.draws, median=True)) if kind in ("needle", "rf") else 1.0
        return Cell(
            row.source,
            changes.get("arm", row.arm_id),
            pool_of(row.indication, self.evidence),
            kind,
            changes.get("adjunct", row.adjunct),
            driver,
            scale.id if scale is not None and scale.kind in SCORED else "",
        )

    def _together(self, row: OutcomeRow) -> list[Cell]:
        """The arms that a row was pooled over: those of its study that were needled, else itself."""
        others = [
            other
            for name, other in self.arms[row.source].items()
            if name != row.arm_id and kind_of(other.device_kind, other.role, self.hot) in ("needle", "rf")
        ]
        return [self.cell(_of_the_same(other, row), None) for other in others] or [self.cell(row, None)]

    def size(self, row: OutcomeRow) -> float:
        """People in the arm; a study's total where everybody has every arm, else shared among its arms."""
        if row.n is not None:
            return float(row.n)
        arms = 1 if row.design in SAME_PEOPLE else max(len(self.arms[row.source]), 2)
        return row.n_total / arms if row.n_total is not None else self.draws.median("unstated_arm_size", "1")

    def usual(self, row: OutcomeRow, scale: Scale) -> float | None:
        """Baseline: stated for this arm, of other trials on this scale, or assumed."""
        same = ("source", "arm_id", "outcome_scale")
        own = (
            other.baseline_mean
            for other in self.rows
            if other.baseline_mean is not None and other.identity(same) == row.identity(same)
        )
        return next(own, None) or self.baselines.get(scale.id) or scale.usual

    def _score(self, row: OutcomeRow, scale: Scale, terms: Terms) -> Iterator[Reading]:
        usual, share = self.usual(row, scale), missing(scale, self.draws)
        value = None if row.relative_change is None else row.relative_change / share
        usual = usual * share if usual else None
        if value is None and row.change_mean is not None and usual:
            value = row.change_mean / usual
        if scale.kind not in SCORED or value is None:
            return
        spread = change_spread(row, self.correlation)
        relative = spread / usual if spread and usual else np.nan
        guessed = "" if row.relative_change is not None or row.baseline_mean is not None else f"{row.source}/{scale.id}"
        n = self.size(row)
        shown = (*terms, Term("percent", 1.0)) if row.relative_change is not None and row.change_mean is None else terms
        hairs = bool(guessed) and is_counted(scale)
        yield Reading(row.source, row.line, "score", shown, n, scale.sign * value, relative, base=guessed, counted=hairs)
        if not np.isnan(relative) and not guessed:
            yield Reading(row.source, row.line, "spread", terms, n, float(np.log(relative)))

    def _count(self, row: OutcomeRow, scale: Scale, terms: Terms) -> Iterator[Reading]:
        cut = cut_of(row.responders_definition, scale, self.usual(row, scale))
        if row.responders_fraction is None or cut is None:
            return
        n, line = max(round(self.size(row)), 1), cut_line(cut, self.draws)
        choice = line - self.draws.median("responder_threshold", "1")
        terms = (*terms, *_rated(row.source, row.line, scale, cut, choice))
        counted = round(row.responders_fraction * n)
        yield Reading(
            row.source,
            row.line,
            "count",
            terms,
            n,
            counted,
            cut=cut,
            base=f"{row.source}/people",
            never=f"{row.source}/never",
        )

    def _significance(self, row: OutcomeRow, scale: Scale, terms: Terms) -> Iterator[Reading]:
        """Direction with or without significance; indirect scales tell no more than the sign."""
        indirect, n = scale.kind in INDIRECT, self.size(row)
        limits = {
            1: (0.0 if indirect else SIGNIFICANT, np.inf),
            0: (-SIGNIFICANT, SIGNIFICANT),
            -1: (-np.inf, -SIGNIFICANT),
        }.get(row.direction)  # type: ignore[arg-type]
        plain = {1: (0.0, np.inf), -1: (-np.inf, 0.0)}.get(row.effect_sign)  # type: ignore[arg-type]
        low, high = limits or plain or (None, None)
        if low is not None and high is not None:
            yield Reading(row.source, row.line, "range", terms, n, low=low, high=high, share=1.0 / n, indirect=indirect)

    def _comparison(self, row: OutcomeRow, scale: Scale) -> Iterator[Reading]:
        other = row.compared_with
        key = (row.source, frozenset((row.arm_id, other)), scale.id, row.indication, row.followup_days_as_stated)
        told = row.between_direction is not None and other and key not in self.compared
        against = self._opponent(row, scale, other) if told else None
        if against is None or row.between_direction is None:
            return
        self.compared.add(key)
        n, (second, m) = self.size(row), against
        paired = row.design in SAME_PEOPLE
        share = 2.0 * (1.0 - self.correlation) / n if paired else 1.0 / n + 1.0 / m
        limit = SIGNIFICANT if row.between_p is not None or row.between_p_op is not None else 0.0
        low, high = {1: (limit, np.inf), 0: (-SIGNIFICANT, SIGNIFICANT), -1: (-np.inf, -limit)}[row.between_direction]
        terms = (*self.cell(row, scale).terms, *(t._replace(coefficient=-t.coefficient) for t in second.terms))
        yield Reading(
            row.source, row.line, "range", terms, n, low=low, high=high, share=share, indirect=scale.kind in INDIRECT
        )

    def _opponent(self, row: OutcomeRow, scale: Scale, name: str) -> tuple[Cell, float] | None:
        """The arm that a row was compared with and its people; None where it is not known what was done to it."""
        known = [other for other in self.rows if other.source == row.source and other.arm_id == name]
        if known:
            other = next((o for o in known if o.indication == row.indication), known[0])
            return self.cell(_of_the_same(other, row), scale), self.size(other)
        if row.adjunct in ("none", ""):
            return None
        if re.match(ALONE, name):
            return self.cell(row, scale, arm=name, adjunct="none"), self.size(row)
        return (self.cell(row, scale, arm=name, kind="active"), self.size(row)) if name == "control" else None


def _of_the_same(other: OutcomeRow, row: OutcomeRow) -> OutcomeRow:
    """Another row as it were for the indication of this one."""
    return other.model_copy(update={"indication": row.indication})


def _rated(study: str, line: int, scale: Scale, cut: Cut, choice: float) -> Terms:
    """How a count differs from scores: impressions run ahead and follow the choice of the definition, studies scatter.

    What is counted in grades of the score itself only scatters.
    """
    rater = rater_of(scale)
    noise = (Term(f"rating:{study}/{rater}", 1.0), Term(f"reading:{study}/{line}", 1.0))
    word = (Term(f"cut:{cut.word}", -1.0),) if cut.word else ()
    if cut.graded:
        return *noise, *word
    kind = (Term("patient", 1.0),) if rater == "patient" else ()
    return Term("rating", 1.0), *kind, Term(CHOSEN, choice), *noise, *word


def _mean(cells: Sequence[Cell]) -> Terms:
    return tuple(t._replace(coefficient=t.coefficient / len(cells)) for cell in cells for t in cell.terms)
