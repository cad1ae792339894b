"""A parameter-estimation problem of the healing network in the PEtab format (versions 1 and 2), for other people's fitters.

The model is the mean over a layer (`sbml.py`); each experiment is a condition with its own sessions; parameters carry
their prior and range from evidence. The prior is that of what nobody knows: measurements are means of studies, so what
differs between people is left at its median. Left out, because PEtab 1 cannot say it: signs, bounds, and times of peaks.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..evidence import Draws, Parameter
from . import petab_two
from .exchange import library
from .lane import DAY, SHARE, Lane
from .sbml import HIT, SPARED, complaints, to_sbml

MODEL = "model.xml"
MARK = "problem.yaml"
NEVER = 1e6  # numerical: day of a session that an experiment does not have
SCALE_RANGE = (0.01, 100.0)  # numerical: what a measurement in arbitrary units may be multiplied by


@dataclass(frozen=True)
class Condition:
    """One experiment: what was done, when."""

    id: str
    title: str
    sessions: tuple[Mapping[str, float], ...]  # as in a lane


@dataclass(frozen=True)
class Observable:
    """What is measured, as a formula of the network; `scaled` where its unit is arbitrary."""

    id: str
    formula: str
    scaled: bool


@dataclass(frozen=True)
class Measured:
    """One measured value of an observable [its unit] with its standard error."""

    observable: str
    condition: str
    day: float
    value: float
    error: float
    source: str


def problem(
    lane: Lane,
    draws: Draws,
    conditions: Sequence[Condition],
    observables: Sequence[Observable],
    measured: Sequence[Measured],
) -> dict[str, str]:
    """The files of a PEtab problem, name -> content.

    `lane` gives the constants (its sessions are replaced); `draws` the medians that its constants came from.
    """
    most = max(conditions, key=lambda condition: len(condition.sessions)).sessions
    sessions = tuple({**session, "activation": 1.0} for session in most)  # the conditions give every session its values
    whole = replace(lane, piece="mean", title="Healing after needling, mean over a layer", sessions=sessions)
    read, parameters = _errors(measured), list(_parameters(whole, draws, observables))
    starts = _starts(whole, {row["parameterId"] for row in parameters})
    rows = {
        "conditions": [{**_condition(whole, condition, len(most)), **starts} for condition in conditions],
        "observables": [_observable(one, name, error) for one in observables for name, error in read[one.id]],
        "measurements": [_measurement(one, read) for one in measured],
        "parameters": parameters,
    }
    return {
        MODEL: _followed(to_sbml(whole), {species: whole.constants[name] for species, name in starts.items()}),
        **{f"{name}.tsv": _table(found) for name, found in rows.items()},
        MARK: _description(),
        **{name: _table(found) for name, found in petab_two.tables(**rows).items()},
        petab_two.MARK: petab_two.description(MODEL),
    }


def _starts(lane: Lane, moved: Collection[str]) -> dict[str, str]:
    """Species that start at a parameter that is to be found -> that parameter."""
    return {
        f"{state}_{piece}": start
        for state, start in lane.network.initial.items()
        if start in moved
        for piece in (HIT, SPARED)
    }


def _followed(text: str, starts: Mapping[str, float]) -> str:
    """The model with rules for constants that follow from others, and plain numbers for starts that the conditions give."""
    libsbml = library("libsbml")
    document = libsbml.readSBMLFromString(text)
    model = document.getModel()
    for number in reversed(range(model.getNumInitialAssignments())):
        first = model.getInitialAssignment(number)
        parameter = model.getParameter(first.getSymbol())
        if parameter is not None:
            parameter.setConstant(False)
            rule = model.createAssignmentRule()
            rule.setVariable(first.getSymbol())
            rule.setMath(first.getMath())
        elif first.getSymbol() in starts:
            model.getSpecies(first.getSymbol()).setInitialConcentration(starts[first.getSymbol()])
        if parameter is not None or first.getSymbol() in starts:
            model.removeInitialAssignment(number)
    followed = libsbml.writeSBMLToString(document)
    for found in complaints(followed):
        raise ValueError(f"not consistent SBML: {found}")
    return followed


def _condition(lane: Lane, condition: Condition, most: int) -> dict[str, Any]:
    cells: dict[str, Any] = {"conditionId": condition.id, "conditionName": condition.title}
    for number in range(most):
        session = condition.sessions[number] if number < len(condition.sessions) else {DAY: NEVER}
        for name in (*lane.session_constants, SHARE):
            cells[f"{name}_{number + 1}"] = session.get(name, 0.0)
    return cells


def _errors(measured: Sequence[Measured]) -> dict[str, list[tuple[str, float]]]:
    """Quantity -> names of its observables with the standard error of each, in the order of the rows."""
    found: dict[str, dict[float, None]] = {}
    for one in measured:
        found.setdefault(one.observable, {})[one.error] = None
    return {
        name: [(name if len(errors) == 1 else f"{name}_{number}", error) for number, error in enumerate(errors, start=1)]
        for name, errors in found.items()
    }


def _observable(observable: Observable, name: str, error: float) -> dict[str, Any]:
    scaled = f"{_scale(observable)}*({observable.formula})" if observable.scaled else observable.formula
    return {
        "observableId": name,
        "observableName": observable.id,
        "observableFormula": scaled,
        "noiseFormula": error,
        "noiseDistribution": "normal",
        "observableTransformation": "lin",
    }


def _scale(observable: Observable) -> str:
    return f"scale_{observable.id}"


def _measurement(one: Measured, read: Mapping[str, Sequence[tuple[str, float]]]) -> dict[str, Any]:
    name = next(name for name, error in read[one.observable] if error == one.error)
    return {
        "observableId": name,
        "simulationConditionId": one.condition,
        "time": one.day,
        "measurement": one.value,
        "datasetId": one.source,
    }


def _parameters(lane: Lane, draws: Draws, observables: Sequence[Observable]) -> Iterable[dict[str, Any]]:
    for name in lane.free_constants:
        prior = lane.evidence.prior.get(name)
        if prior is not None and prior.distribution != "fixed" and prior.knowledge > 0.0:
            yield _parameter(prior, lane.constants[name], lane.constants[name] / draws.median(name, prior.unit))
    for observable in observables:
        if observable.scaled:
            yield {
                "parameterId": _scale(observable),
                "parameterName": "counts per unit of the state",
                "parameterScale": "log10",
                "lowerBound": SCALE_RANGE[0],
                "upperBound": SCALE_RANGE[1],
                "nominalValue": 1.0,
                "estimate": 1,
                "objectivePriorType": "parameterScaleUniform",
                "objectivePriorParameters": ";".join(f"{math.log10(end):g}" for end in SCALE_RANGE),
            }


def _parameter(prior: Parameter, nominal: float, person: float) -> dict[str, Any]:
    """One row; `person` is what age or a condition multiplies the constant by, range and prior with it."""
    low, high, middle = (person * value for value in (prior.low, prior.high, prior.value))
    kind, numbers = {
        "lognormal": ("logNormal", (math.log(middle) if middle > 0.0 else 0.0, prior.knowledge)),
        "normal": ("normal", (middle, person * prior.knowledge)),
        "uniform": ("uniform", (low, high)),
    }[prior.distribution]
    return {
        "parameterId": prior.name,
        "parameterName": f"{prior.name} [{prior.unit}], grade {prior.grade}",
        "parameterScale": "log10" if prior.distribution == "lognormal" else "lin",
        "lowerBound": low,
        "upperBound": high,
        "nominalValue": nominal,
        "estimate": 1,
        "objectivePriorType": kind,
        "objectivePriorParameters": ";".join(repr(number) for number in numbers),
    }


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    rows = list(rows)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _description() -> str:
    import yaml

    files = {
        "sbml_files": [MODEL],
        "condition_files": ["conditions.tsv"],
        "observable_files": ["observables.tsv"],
        "measurement_files": ["measurements.tsv"],
    }
    return yaml.safe_dump({"format_version": 1, "parameter_file": "parameters.tsv", "problems": [files]}, sort_keys=False)
