"""The flags of a patient as facts, and a person of whom nothing else is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..case import Patient
from ..evidence import Evidence, Tables
from ..evidence.tables import HasTables
from .fact import Fact, Person, Role
from .vocabulary import Concept, vocabulary

FLAGS = {"smoker": "smoking", "pregnant": "pregnancy", "breastfeeding": "breastfeeding"}
"""Flag of the patient -> concept of the vocabulary."""

ALLERGENS = ("medicine", "substance", "device")
"""Kinds of concepts that somebody may not tolerate."""


def flagged(patient: Patient, evidence: Tables | HasTables) -> Iterator[Fact]:
    """A fact for every flag that is set."""
    for flag, concept in FLAGS.items():
        if getattr(patient, flag):
            book = vocabulary(evidence)
            found = book[concept]
            yield Fact(concept, "active", role_of(found), flag, f"patient.{flag}", book.kinds(concept), found.label)


def stranger(patient: Patient, evidence: Evidence) -> Person:
    """A person of whom the flags of the case are known and no history: of the reference course, of trials."""
    return Person(patient, tuple(flagged(patient, evidence)), date.min)


def role_of(concept: Concept) -> Role:
    """As what a concept stands in a history where nothing else is said."""
    return "medicine" if concept.kind in ALLERGENS else "condition" if concept.kind == "none" else concept.kind  # type: ignore[return-value]
