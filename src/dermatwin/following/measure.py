"""What a person is followed by: the table of measures, and how sure each of its readers is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..case import Observation
from ..evidence import Evidence, Tables, view
from ..evidence.rows.following import MeasureRow
from ..outcome import scales
from ..outcome.scales import Scale
from .weights import Form

OF_A_SCALE = ("score", "scale_change")
"""Quantities that are read on the scale that their detail names."""


@dataclass(frozen=True)
class Sureness:
    """How an observed value may be off: error and chance between sessions on a form, with grade and sources."""

    form: Form
    floor: float
    error: float
    chance: float
    grade: str
    sources: tuple[str, ...]
    stated: bool = False  # whether the case says the error itself


@view
def measures(tables: Tables) -> Mapping[str, MeasureRow]:
    """Every measure by its quantity."""
    return {row.quantity: row for row in tables.rows(MeasureRow)}


def scale_of(name: str, scale: str | None, evidence: Evidence) -> Scale | None:
    """The scale that a quantity is read on; None for what is read on none."""
    return scales(evidence).get(scale) if name in OF_A_SCALE and scale is not None else None


def step_of(scale: Scale, severity: float | None, evidence: Evidence) -> float:
    """One step of a scale, in its unit: as stated, else a share of its range, else of the score before treatment."""
    if scale.step is not None:
        return scale.step
    share = evidence.value("score_step_share", "1")
    if scale.low is not None and scale.high is not None:
        return share * (scale.high - scale.low)
    return share * abs(severity or scale.usual or 1.0)


def limits(row: MeasureRow, scale: Scale | None) -> tuple[float | None, float | None]:
    """The least and the most that a value can be; None where there is no such limit."""
    return (row.low, row.high) if scale is None or row.quantity != "score" else (scale.low, scale.high)


def sureness(seen: Observation, row: MeasureRow | None, reader: str, size: float, unit_factor: float) -> Sureness | None:
    """How sure an observation is, on its form in the unit of the prediction; None where nobody knows.

    reader : who read it. size : a step of the scale, for what is read in steps. unit_factor : turns the unit of the
    observation into that of the prediction.
    """
    form: Form = "ratio" if row is not None and row.form == "ratio" else "additive"
    floor = 0.0 if row is None else row.floor
    scaled = size if row is not None and row.form == "steps" else 1.0
    chance = 0.0 if row is None else row.between_sessions * scaled
    if seen.error is not None:
        own = seen.error * unit_factor
        if form == "ratio":
            own /= max(abs(seen.value * unit_factor) + floor, own)
        grade, sources = ("E", ()) if row is None else (row.grade, row.source)
        return Sureness(form, floor, own, chance, grade, sources, stated=True)
    usual = None if row is None else getattr(row, reader)
    if row is None or usual is None:
        return None
    return Sureness(form, floor, usual * scaled, chance, row.grade, row.source)
