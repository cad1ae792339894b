"""Whom a question of the anamnesis is asked, which are left, and where an answer and the rest of a history disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..evidence import Evidence
from ..evidence.rows.history import AnamnesisRow
from .anamnesis import anamnesis, path_of, question_in
from .fact import Fact, Person
from .question import answers
from .vocabulary import Vocabulary, vocabulary


@dataclass(frozen=True)
class Setting:
    """Who is asked, and for what course: age [yr], regions of the zones, concepts that devices and adjuncts name."""

    sex: str
    age: float
    regions: frozenset[str]
    courses: frozenset[str]


def applying(setting: Setting, evidence: Evidence) -> tuple[AnamnesisRow, ...]:
    """The questions for a person and a course, in their order; those that another one opens among them."""
    return tuple(row for row in anamnesis(evidence).values() if _applies(row, setting))


def _applies(row: AnamnesisRow, setting: Setting) -> bool:
    return all(
        (
            not row.sex or row.sex == setting.sex,
            row.age_from_yr is None or setting.age >= row.age_from_yr,
            row.age_below_yr is None or setting.age < row.age_below_yr,
            not row.regions or setting.regions & set(row.regions),
            not row.courses or setting.courses & set(row.courses),
        )
    )


def unasked(who: Person, setting: Setting, last: date, evidence: Evidence) -> tuple[AnamnesisRow, ...]:
    """Questions that apply and to which neither the anamnesis nor anything else in the history is an answer.

    last : day of the last session. A flag that is false is no answer: it is what a case says where nobody asked.
    """
    rows = applying(setting, evidence)
    book = vocabulary(evidence)
    return tuple(
        row
        for row in rows
        if not _is_answered(row, who, last, book) and (not row.after or _is_opened(row, who, last, evidence))
    )


def _is_opened(row: AnamnesisRow, who: Person, last: date, evidence: Evidence) -> bool:
    opening = anamnesis(evidence).get(row.after)
    return opening is not None and any(answer.holds for answer in answers(who.facts, question_in(opening), who.start, last))


def _is_answered(row: AnamnesisRow, who: Person, last: date, book: Vocabulary) -> bool:
    reply = who.patient.anamnesis.get(row.id)
    if reply is not None and reply.answer != "not asked":
        return True
    found = answers(who.facts, question_in(row), who.start, last)
    return any(answer.holds for answer in found) or any(_denies(fact, row, book) for fact in who.facts)


def _denies(fact: Fact, row: AnamnesisRow, book: Vocabulary) -> bool:
    """Whether a text denies all that a question asks for: its concepts, or something wider."""
    if fact.status != "denied" or fact.asked or fact.role not in question_in(row).roles:
        return False
    return all(fact.what in book.kinds(concept) for concept in row.concepts)


def contradictions(who: Person, last: date, evidence: Evidence) -> Iterator[tuple[AnamnesisRow, Fact]]:
    """Questions whose answer and another fact of the history cannot both be right, each with that fact."""
    book = vocabulary(evidence)
    for name, reply in who.patient.anamnesis.items():
        row = anamnesis(evidence)[name]
        others = tuple(fact for fact in who.facts if fact.path != path_of(row))
        if reply.answer == "no":
            found = answers(others, question_in(row), who.start, last)
            yield from ((row, answer.fact) for answer in found if answer.holds)
        elif reply.answer == "yes":
            yield from ((row, fact) for fact in others if not row.manners and _denies(fact, row, book))
