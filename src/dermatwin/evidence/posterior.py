"""Beliefs after measurements were looked at: joint draws of parameters, in the scores of their priors.

A posterior is a table of standard normal scores, one row per joint draw and one column per parameter. A score goes
through the parameter's own distribution (`draws.truncated`), so that a range holds after the fit as before it and an
untouched parameter keeps scores of mean 0 and spread 1. For each study that took part there is a second table that was
fitted without it: that is what may be scored against this study.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..core.errors import EvidenceError, Fault
from .distribution import total_spread, truncated
from .joint import ALL, names_in, read_joint, read_record
from .layers import Layer
from .records import Parameter

if TYPE_CHECKING:
    import numpy as np

FOLDER = "posteriors/"
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
    tables: Mapping[str, np.ndarray] = field(repr=False)
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
        import numpy as np

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


def read_posteriors(layer: Layer, parameters: Mapping[str, Parameter], stale: Collection[str] = ()) -> tuple[Posterior, ...]:
    """Every posterior of a layer; EvidenceError for a column that is not a parameter or a number that is not one.

    stale : names of fits that wait to be made anew. Such a one is passed over where a column of it is no parameter any more.
    """
    found = (
        name
        for name in layer.matching(f"{FOLDER}*.csv")
        if _stem(name) not in stale or set(names_in(name, layer.read(name))) <= parameters.keys()
    )
    return tuple(_read(layer, name, parameters) for name in found)


def _stem(name: str) -> str:
    return name.removeprefix(FOLDER).removesuffix(".csv")


def _read(layer: Layer, name: str, parameters: Mapping[str, Parameter]) -> Posterior:
    joint, beside = read_joint(name, layer.read(name), trusted=layer.trusted), f"{FOLDER}{_stem(name)}.yaml"
    faults = [Fault(f"{name}:1", column, "is not a parameter") for column in joint.names if column not in parameters]
    if faults:
        raise EvidenceError(faults)
    record = read_record(beside, layer.read(beside), ("parameters", "studies"))
    return Posterior(_stem(name), joint.names, joint.blocks, _informed(beside, record), tuple(record["studies"]), record)


def _informed(file: str, record: dict[str, Any]) -> frozenset[str]:
    try:
        return frozenset(name for name, entry in record["parameters"].items() if entry["informed"])
    except (AttributeError, KeyError, TypeError):
        said = "does not say of each parameter whether it is informed; write 'name: {informed: true}'"
        raise EvidenceError([Fault(f"{file}.parameters", "", said)]) from None


def updated(parameters: dict[str, Parameter], posterior: Posterior) -> dict[str, Parameter]:
    """Parameters after a fit; grade and sources change only where the measurements were heard."""
    import numpy as np

    bands = np.quantile(posterior.scores, (0.05, 0.5, 0.95), axis=0).T
    after = {
        name: _updated(parameters[name], posterior, band) for name, band in zip(posterior.parameters, bands, strict=True)
    }
    return {**parameters, **after}


def _updated(parameter: Parameter, posterior: Posterior, scores: np.ndarray) -> Parameter:
    """One of them; `scores` are its 5, 50 and 95 % after the fit."""
    total = total_spread(parameter)
    low, middle, high = (float(value) for value in truncated(parameter, parameter.knowledge * scores / total, total))
    after = replace(parameter, posterior=posterior.name, fitted=(low, middle, high))
    if parameter.name not in posterior.informed:
        return after
    sources = tuple(dict.fromkeys((*parameter.sources, *posterior.standing_on)))
    return replace(after, grade=min(parameter.grade, FITTED_GRADE), sources=sources, informed=True)
