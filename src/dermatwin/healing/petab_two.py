"""The same problem in version 2 of the PEtab format, made from the tables of version 1 (`petab.py`); the model is shared.

What differs: a condition is a list of changes and an experiment says when each begins; priors and bounds are those of the
parameter itself, whatever scale a fitter takes; there are no scales of observables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MARK = "problem_v2.yaml"
Rows = Sequence[Mapping[str, Any]]

_PRIORS = {"logNormal": "log-normal", "normal": "normal", "uniform": "uniform", "parameterScaleUniform": "log-uniform"}


def tables(conditions: Rows, observables: Rows, measurements: Rows, parameters: Rows) -> dict[str, Rows]:
    """Name of the file -> its rows, from the rows of version 1."""
    return {
        "conditions_v2.tsv": list(_changes(conditions)),
        "experiments_v2.tsv": [
            {"experimentId": _experiment(row["conditionId"]), "time": 0.0, "conditionId": row["conditionId"]}
            for row in conditions
        ],
        "observables_v2.tsv": [
            {name: value for name, value in row.items() if name != "observableTransformation"} for row in observables
        ],
        "measurements_v2.tsv": [
            {
                "observableId": row["observableId"],
                "experimentId": _experiment(row["simulationConditionId"]),
                "time": row["time"],
                "measurement": row["measurement"],
                "datasetId": row["datasetId"],
            }
            for row in measurements
        ],
        "parameters_v2.tsv": [_parameter(row) for row in parameters],
    }


def description(model: str) -> str:
    """The file that names all others."""
    import yaml

    files = {kind: [f"{kind.removesuffix('_files')}s_v2.tsv"] for kind in _KINDS}
    found = {"format_version": "2.0.0", "model_files": {"healing": {"location": model, "language": "sbml"}}, **files}
    return yaml.safe_dump(found, sort_keys=False)


_KINDS = ("parameter_files", "condition_files", "experiment_files", "observable_files", "measurement_files")


def _experiment(condition: str) -> str:
    return f"{condition}_experiment"


def _changes(conditions: Rows) -> Iterable[dict[str, Any]]:
    for row in conditions:
        for target, value in row.items():
            if target not in ("conditionId", "conditionName"):
                yield {"conditionId": row["conditionId"], "targetId": target, "targetValue": value}


def _parameter(row: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter; a prior that is uniform on the scale of version 1 is uniform in its logarithm here."""
    kind, numbers = row["objectivePriorType"], row["objectivePriorParameters"]
    if kind == "parameterScaleUniform":
        numbers = f"{row['lowerBound']!r};{row['upperBound']!r}"
    return {
        **{name: row[name] for name in ("parameterId", "parameterName", "lowerBound", "upperBound", "nominalValue")},
        "estimate": "true",
        "priorDistribution": _PRIORS[kind],
        "priorParameters": numbers,
    }
