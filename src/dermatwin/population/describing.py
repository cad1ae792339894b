"""What drawn people are like: the described distribution beside what was drawn, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.vocabulary import PHOTOTYPES
from ..evidence.rows.population import NUMBERS, PopulationRow
from .people import People


@dataclass(frozen=True)
class Line:
    """One property: in words what the evidence says, what was drawn, and on what it stands."""

    variable: str
    category: str
    unit: str
    stated: float
    mean: float
    sd: float | None
    low: float | None  # 5 % quantile
    high: float | None
    grade: str
    sources: tuple[str, ...]
    note: str


def described(people: People) -> tuple[Line, ...]:
    """Every row of the population beside the people drawn from it."""
    return tuple(_line(row, people) for row in people.preset.rows)


def values_of(row: PopulationRow, people: People) -> np.ndarray:
    """What was drawn of one row: its numbers, or who belongs to its category."""
    if row.variable == "body_weight":
        return people.body_weight[people.female if row.category == "female" else ~people.female]
    if row.variable == "sex":
        return people.female
    if row.variable == "phototype":
        return people.phototype == PHOTOTYPES.index(row.category)  # type: ignore[arg-type]
    if row.variable == "medicine":
        return people.medicines[row.category]
    return {"age": people.age, "severity": people.severity, "smoking": people.smoker, "diabetes": people.diabetes}[
        row.variable
    ]


def _line(row: PopulationRow, people: People) -> Line:
    values = values_of(row, people).astype(float)
    number = row.variable in NUMBERS and values.size > 0
    low, high = np.quantile(values, (0.05, 0.95)) if number else (None, None)
    return Line(
        row.variable,
        row.category,
        row.unit,
        row.value,
        float(values.mean()) if values.size else float("nan"),
        float(values.std()) if number else None,
        None if low is None else float(low),
        None if high is None else float(high),
        row.grade,
        row.source,
        row.note,
    )


def rank_correlations(people: People) -> dict[tuple[str, str], float]:
    """Spearman's correlation between age, severity and body weight as drawn."""
    from scipy.stats import rankdata

    numbers = {"age": people.age, "severity": people.severity, "body_weight": people.body_weight}
    ranks = {name: rankdata(values) for name, values in numbers.items()}
    names = list(ranks)
    return {(a, b): float(np.corrcoef(ranks[a], ranks[b])[0, 1]) for i, a in enumerate(names) for b in names[i + 1 :]}
