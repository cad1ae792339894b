"""From what a case says of a person to facts: everything is read once, here, and every reader of a history reads facts.

Items of the lists, answers of the anamnesis and flags of the case (smoker, pregnant, breast-feeding) are facts alike; what
nobody knows is a fact until a clinician has judged it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..case import Case, Course, Item, Judgement, Patient
from ..evidence import Evidence, Tables, view
from .anamnesis import replied
from .clause import clauses
from .entry import Entry
from .fact import Fact, Person, Role
from .flags import FLAGS, flagged
from .judgement import judged
from .mention import said
from .place import places
from .question import Question, holds
from .recorded import recorded
from .vocabulary import vocabulary

LISTS: dict[str, Role] = {
    "conditions": "condition",
    "medications": "medicine",
    "allergies": "allergy",
    "recent_procedures": "procedure",
}


def facts(patient: Patient, course: Course, evidence: Evidence) -> tuple[Fact, ...]:
    """Everything that the history of a case says, in the order in which it is written."""
    return _facts(evidence, _Told(patient.model_dump_json(), course.start, patient))


@dataclass(frozen=True)
class _Told:
    """What a case says of a person and from which day on; equal where it says the same."""

    said: str
    start: date
    patient: Patient = field(compare=False)


@view
def _facts(tables: Tables, told: _Told) -> tuple[Fact, ...]:
    """The same, read once for what was said: a plan screens a person again and again."""
    patient, start = told.patient, told.start
    book, map_of = vocabulary(tables), places(tables)
    items = (
        Entry(item, role, f"patient.{name}.{number}", start, book, map_of)
        for name, role in LISTS.items()
        for number, item in enumerate(getattr(patient, name))
    )
    listed = (fact for entry in items for fact in _facts_in(entry))
    return (*flagged(patient, tables), *listed, *replied(patient, start, tables))


def _facts_in(entry: Entry) -> Iterator[Fact]:
    return recorded(entry) if entry.item.origin else entry.facts()


def item_facts(item: Item, kind: str, start: date, evidence: Evidence) -> tuple[Fact, ...]:
    """What one item says in a list of a history (conditions, medications, allergies, recent_procedures), at least one
    fact."""
    entry = Entry(item, LISTS[kind], f"patient.{kind}", start, vocabulary(evidence), places(evidence))
    return tuple(_facts_in(entry))


def kinds_in(text: str, evidence: Evidence) -> frozenset[str]:
    """Every concept that a text names (a product, a device, an adjunct), with all that it is or holds."""
    book = vocabulary(evidence)
    return frozenset[str]().union(*(book.kinds(concept) for concept in named_in(text, evidence)))


def named_in(text: str, evidence: Evidence) -> frozenset[str]:
    """The concepts that a text names itself, without what they are or hold."""
    return _named(evidence, text)


@view
def _named(tables: Tables, text: str) -> frozenset[str]:
    """The same, read once for each text: rules ask it of a product again and again."""
    book, known = vocabulary(tables), places(tables).words
    return frozenset(mention.concept for clause in clauses(text) for mention in said(clause, book, known).mentions)


def person_in(case: Case, evidence: Evidence) -> Person:
    """The person of a case, with what a clinician judged of the history."""
    return person(case.patient, case.course, evidence, case.judgements)


def person(patient: Patient, course: Course, evidence: Evidence, judgements: Sequence[Judgement] = ()) -> Person:
    """A person with the history read; the flags of the patient say what the facts say."""
    read = judged(facts(patient, course, evidence), judgements, course.start, evidence)
    said = {flag: True for flag, concept in FLAGS.items() if holds(read, Question(any=(concept,)), course.start)}
    return Person(patient.model_copy(update=said), read, course.start)


def suggestions(fact: Fact, evidence: Evidence) -> tuple[str, ...]:
    """Names of the vocabulary that the unread words of a fact may have been meant to be, the nearest first."""
    return vocabulary(evidence).near(" ".join(fact.unread))
