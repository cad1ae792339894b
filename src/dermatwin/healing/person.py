"""The network's constants for every possible person: drawn beliefs, then what the person is, has and takes.

The effects are rows of `evidence/data/modifiers.csv`: a text found among conditions or medicines multiplies one constant
by one parameter. Constants that follow from others are worked out before that, so that a medicine which slows one rate
does not retune the others. An effect holds during the whole course; when it began or ended is not looked at yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from ..case.document import Patient
from ..core.errors import Fault, Notice
from ..core.spelling import closest
from ..evidence import Draws
from ..evidence.rows.healing import ModifierRow
from ..skin.section import Skin
from . import kernel_generated as kernel

HUMAN = "human"
ELSEWHERE = ("pigment_of_skin",)  # given by the skin's section


def constants(skin: Skin, patient: Patient, draws: Draws) -> tuple[np.ndarray, tuple[Notice, ...]]:
    """Constants of the network, (draw, constant) as in `kernel.CONSTANTS`, and what was changed for this person."""
    units = {name: draws.evidence.parameters[name].unit for name in _drawn()}
    values = np.zeros((draws.count, len(kernel.CONSTANTS)))
    for name, unit in units.items():
        values[:, kernel.CONSTANTS.index(name)] = draws(name, unit)
    values[:, kernel.CONSTANTS.index("pigment_of_skin")] = skin.pigment
    kernel.derive(values)
    notices = _modify(values, patient, draws)
    if patient.species == HUMAN:
        slowing = age_factor(patient.age, draws, "collagen")
        for name in ("collagen_i_turnover", "collagen_iii_turnover"):
            values[:, kernel.CONSTANTS.index(name)] *= slowing
    return values, notices


def age_factor(age: float, draws: Draws, tissue: str) -> np.ndarray:
    """What age does to a rate, 1 - slope (age - reference), (draw,); tissue is 'collagen' or 'epithelial'."""
    return 1.0 - draws(f"{tissue}_age_slope", "1/yr") * (age - draws(f"{tissue}_reference_age", "yr"))


def epithelial_front(patient: Patient, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Speed [mm/d] and lag [d] of the epidermis that closes a hole, each (draw,)."""
    speed = draws("epithelial_front_speed", "mm/d")
    if patient.species == HUMAN:
        speed = speed * age_factor(patient.age, draws, "epithelial")
    return speed, draws("epithelial_lag", "d")


def _drawn() -> list[str]:
    return [name for name in kernel.CONSTANTS if name not in (*kernel.DERIVED, *ELSEWHERE)]


def _modify(values: np.ndarray, patient: Patient, draws: Draws) -> tuple[Notice, ...]:
    """Multiply constants in place by the effects of this person's habits, conditions and medicines."""
    notices: list[Notice] = []
    for row in draws.evidence.rows(ModifierRow):
        found = _found(row.field, row.pattern, patient)
        if found:
            values[:, kernel.CONSTANTS.index(row.constant)] *= draws(row.factor, "1")
            parameter = draws.evidence.parameters[row.factor]
            words = f"{found}: {row.constant} times {parameter.value:g} (grade {parameter.grade})"
            notices.append(
                Notice(f"patient.{row.field}", words + (f"; {row.note}" if row.note else ""), ";".join(parameter.sources))
            )
    return (*notices, *_unknown(patient, draws))


def faults_of(rows: Sequence[ModifierRow]) -> Iterator[Fault]:
    """Rows whose constant the network does not have."""
    for row in rows:
        if row.constant not in kernel.CONSTANTS:
            said = f"is not a constant of the network{closest(row.constant, kernel.CONSTANTS)}"
            yield Fault(f"{row.file}:{row.line}.constant", row.constant, said)


def _unknown(patient: Patient, draws: Draws) -> tuple[Notice, ...]:
    """Say of every condition and medicine that no row speaks of it: unknown is not the same as harmless."""
    rows = draws.evidence.rows(ModifierRow)
    return tuple(
        Notice(f"patient.{field}", f"{item.name}: what it does to healing is not in the evidence and not modelled")
        for field in ("conditions", "medications")
        for item in getattr(patient, field)
        if not any(row.field == field and re.search(row.pattern, item.name.lower()) for row in rows)
    )


def _found(field: str, pattern: str, patient: Patient) -> str:
    """What of the person's record matches one row; empty if nothing does."""
    if field == "smoker":
        return "smoker" if patient.smoker else ""
    names = [item.name for item in getattr(patient, field)]
    return next((name for name in names if re.search(pattern, name.lower())), "")
