"""The network's constants for every possible person: drawn beliefs, then what the person is, has and takes.

The effects are rows of `evidence/data/modifiers.csv`: a fact of the history multiplies one constant by one parameter.
Constants that follow from others are worked out before that, so that a medicine which slows one rate does not retune the
others. An effect holds during the whole course; when it began is not looked at yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ..case.document import Patient
from ..core.errors import Fault, Notice
from ..core.spelling import closest
from ..evidence import Draws, Evidence
from ..evidence.rows.healing import ModifierRow
from ..history import Fact, Person, answers, holds, question
from ..skin.section import Skin
from . import kernel_generated as kernel

HUMAN = "human"
HEALING = ("conditions", "medications")
"""Lists of a case of which something may be thought that it changes healing."""

BARRIER = "barrier_slow_recovery"
ELSEWHERE = ("pigment_of_skin",)  # given by the skin's section


def constants(skin: Skin, person: Person, draws: Draws) -> tuple[np.ndarray, tuple[Notice, ...]]:
    """Constants of the network, (draw, constant) as in `kernel.CONSTANTS`, and what was changed for this person."""
    units = {name: draws.evidence.parameters[name].unit for name in _drawn()}
    values = np.zeros((draws.count, len(kernel.CONSTANTS)))
    for name, unit in units.items():
        values[:, kernel.CONSTANTS.index(name)] = draws(name, unit)
    values[:, kernel.CONSTANTS.index("pigment_of_skin")] = skin.pigment
    kernel.derive(values)
    notices = _modify(values, person, draws)
    if person.patient.species == HUMAN:
        slowing = age_factor(person.patient.age, draws, "collagen")
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


def _modify(values: np.ndarray, person: Person, draws: Draws) -> tuple[Notice, ...]:
    """Multiply constants in place by the effects of this person's habits, conditions and medicines, each once."""
    notices: list[Notice] = []
    modelled: set[str] = set()
    done: set[tuple[str, str]] = set()
    for row in draws.evidence.rows(ModifierRow):
        asked = list(answers(person.facts, question(row), person.start))
        modelled |= {answer.fact.path for answer in asked}
        held = next((answer.fact for answer in asked if answer.holds), None)
        if held is not None and (row.constant, row.factor) not in done:
            done.add((row.constant, row.factor))
            values[:, kernel.CONSTANTS.index(row.constant)] *= draws(row.factor, "1")
            notices.append(_changed(row, held, draws))
    return (*notices, *_unmodelled(person, modelled))


def _changed(row: ModifierRow, fact: Fact, draws: Draws) -> Notice:
    """What a fact did to a constant, by how much and on whose word."""
    parameter = draws.evidence.parameters[row.factor]
    words = f"{fact.words}: {row.constant} times {parameter.value:g} (grade {parameter.grade})"
    return Notice(fact.place, words + (f"; {row.note}" if row.note else ""), ";".join(parameter.sources))


def slows_barrier(person: Person, evidence: Evidence) -> bool:
    """Whether something that this person takes slows the return of the barrier."""
    rows = (row for row in evidence.rows(ModifierRow) if row.constant == BARRIER)
    return any(holds(person.facts, question(row), person.start) for row in rows)


def faults_of(rows: Sequence[ModifierRow]) -> Iterator[Fault]:
    """Rows whose constant the network does not have."""
    for row in rows:
        if row.constant not in kernel.CONSTANTS:
            said = f"is not a constant of the network{closest(row.constant, kernel.CONSTANTS)}"
            yield Fault(f"{row.file}:{row.line}.constant", row.constant, said)


def _unmodelled(person: Person, modelled: set[str]) -> Iterator[Notice]:
    """Say of every condition and medicine that no row speaks of it: unknown is not the same as harmless."""
    left = (fact for fact in person.facts if fact.list in HEALING and fact.path not in modelled and fact.is_said)
    for fact in {fact.path: fact for fact in left}.values():
        yield Notice(fact.place, f"{fact.words}: what it does to healing is not in the evidence and not modelled")
