"""Beliefs after measurements were looked at: joint draws of parameters, in the scores of their priors.

A posterior is a table of standard normal scores, one row per joint draw and one column per parameter. A score goes
through the parameter's own distribution (`draws.truncated`), so that a range holds after the fit as before it and an
untouched parameter keeps scores of mean 0 and spread 1. For each study that took part there is a second table that was
fitted without it: that is what may be scored against this study.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from ..core.errors import EvidenceError, Fault
from .distribution import total_spread, truncated
from .plain import parsed
from .records import Parameter

ALL = ""  # the table in which every study took part
KEY = ("without", "draw")
FITTED_GRADE = "D"  # derived: inferred from measurements through a model


@dataclass(frozen=True)
class Posterior:
    """Joint draws of some parameters after a fit.

    name : stem of its files. parameters : columns of the tables. tables : scores (draw, parameter) by the study that was
    left out. informed : parameters that the measurements narrowed, with the studies behind them. record : how it was
    made, with diagnostics. left_out : the study whose table is in use.
    """

    name: str
    parameters: tuple[str, ...]
    tables: dict[str, np.ndarray] = field(repr=False)
    informed: frozenset[str]
    studies: tuple[str, ...]
    record: dict[str, Any] = field(repr=False)
    left_out: str = ALL

    def without(self, studies: Iterable[str]) -> Posterior:
        """The draws of a fit in which a study took no part; of two of them, the one left out first by name.

        A study that never took part changes nothing. What was left out together is one table: the record's `groups`
        name the table of each.
        """
        groups = self.record.get("groups", {})
        found = sorted({groups.get(study, study) for study in studies} & set(self.tables) - {ALL})
        return replace(self, left_out=found[0]) if found else self

    @cached_property
    def scores(self) -> np.ndarray:
        """The table in use, shape (draw, parameter)."""
        return self.tables[self.left_out]

    @cached_property
    def middle(self) -> np.ndarray:
        """Median score of every parameter: what holds where the unknown is switched off."""
        return np.median(self.scores, axis=0)

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.parameters)}

    def column(self, parameter: str) -> int:
        """The column of a parameter."""
        return self._columns[parameter]

    def of(self, parameter: str, rows: np.ndarray) -> np.ndarray:
        """Scores of one parameter in some rows of the table."""
        return self.scores[rows, self.column(parameter)]

    @property
    def standing_on(self) -> tuple[str, ...]:
        """Studies behind the table in use."""
        return tuple(study for study in self.studies if study != self.left_out)


def read_posteriors(folder: Path, parameters: dict[str, Parameter], stale: Collection[str] = ()) -> tuple[Posterior, ...]:
    """Every posterior of a folder; EvidenceError for a column that is not a parameter or a number that is not one.

    stale : names of fits that wait to be made anew. Such a one is passed over where a column of it is no parameter any more.
    """
    found = sorted(path for path in folder.glob("*.csv") if path.stem not in stale or _columns(path) <= set(parameters))
    return tuple(_read(path, parameters) for path in found)


def _columns(path: Path) -> set[str]:
    with path.open(newline="", encoding="utf-8") as stream:
        return set(next(csv.reader(stream))[len(KEY) :])


def _read(path: Path, parameters: dict[str, Parameter]) -> Posterior:
    with path.open(newline="", encoding="utf-8") as stream:
        header, *lines = list(csv.reader(stream))
    names = tuple(header[len(KEY) :])
    faults = [Fault(f"{path.name}:1", repr(name), "is not a parameter") for name in names if name not in parameters]
    tables: dict[str, list[list[float]]] = {}
    for number, line in enumerate(lines, start=2):
        try:
            tables.setdefault(line[0], []).append([float(cell) for cell in line[len(KEY) :]])
        except ValueError as error:
            faults.append(Fault(f"{path.name}:{number}", "", str(error)))
    if faults or ALL not in tables:
        raise EvidenceError(faults or [Fault(path.name, "", "lacks the table in which every study took part")])
    record = parsed(path.with_suffix(".yaml").read_text(encoding="utf-8"))
    informed = frozenset(name for name, entry in record["parameters"].items() if entry["informed"])
    return Posterior(
        path.stem,
        names,
        {study: np.array(rows) for study, rows in tables.items()},
        informed,
        tuple(record["studies"]),
        record,
    )


def updated(parameters: dict[str, Parameter], posterior: Posterior) -> dict[str, Parameter]:
    """Parameters after a fit; grade and sources change only where the measurements were heard."""
    return {**parameters, **{name: _updated(parameters[name], posterior) for name in posterior.parameters}}


def _updated(parameter: Parameter, posterior: Posterior) -> Parameter:
    total = total_spread(parameter)
    scores = np.quantile(posterior.scores[:, posterior.column(parameter.name)], (0.05, 0.5, 0.95))
    low, middle, high = (float(value) for value in truncated(parameter, parameter.knowledge * scores / total, total))
    after = replace(parameter, posterior=posterior.name, fitted=(low, middle, high))
    if parameter.name not in posterior.informed:
        return after
    sources = tuple(dict.fromkeys((*parameter.sources, *posterior.standing_on)))
    return replace(after, grade=min(parameter.grade, FITTED_GRADE), sources=sources, informed=True)
