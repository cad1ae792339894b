"""The questions of the anamnesis and what was answered, as facts.

A row of `anamnesis.csv` is a question to the facts like any other: a yes is a fact that answers it, a no denies it. What is
said beside a yes ("which: Xarelto") is read with the same vocabulary as every other text and stands in place of the general
thing where it is one of its kind. Words in a note are read for what they name; what else a note says is no question.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ..case import Course, Item, Patient, Reply
from ..case.checks import DETAILS
from ..core.errors import CaseError, Fault
from ..core.spelling import closest
from ..evidence import Evidence, Tables, view
from ..evidence.rows.history import AnamnesisRow
from .dates import Window
from .entry import GRAVITY, LASTING, Entry
from .fact import ANAMNESIS, Fact
from .place import places
from .question import TAKEN, Question
from .state import Status
from .vocabulary import vocabulary


@view
def anamnesis(tables: Tables) -> dict[str, AnamnesisRow]:
    """The questions by their ids, in the order in which they are asked."""
    return {row.id: row for row in tables.rows(AnamnesisRow)}


def question_in(row: AnamnesisRow) -> Question:
    """The question to the facts that a row asks."""
    window = Window.read(row.window) if row.window else None
    roles = (row.role,) if row.role == "allergy" else TAKEN
    return Question(row.concepts, (), row.without, roles, row.time, window, row.manners, row.not_manners)


def path_of(row: AnamnesisRow) -> str:
    """Where the answer to a question stands in the case."""
    return f"patient.{ANAMNESIS}.{row.id}"


def replied(patient: Patient, course: Course, evidence: Evidence) -> Iterator[Fact]:
    """The facts that follow from the answers; CaseError where one belongs to no question."""
    if faults := list(reply_faults(patient, evidence)):
        raise CaseError(faults)
    for name, reply in patient.anamnesis.items():
        if reply.answer != "not asked":
            yield from _facts(anamnesis(evidence)[name], reply, course.start, evidence)


def reply_faults(patient: Patient, evidence: Evidence) -> Iterator[Fault]:
    """Answers to questions that do not exist, and details that a question does not ask for."""
    known = anamnesis(evidence)
    for name, reply in patient.anamnesis.items():
        where = f"patient.{ANAMNESIS}.{name}"
        if name not in known:
            said = closest(name, known) or "; dermatwin list questions shows them"
            yield Fault(where, "", f"is not a question of the anamnesis{said}")
            continue
        for detail in DETAILS:
            if getattr(reply, detail) and detail not in known[name].details:
                asked = ", ".join(known[name].details) or "nothing but yes or no"
                yield Fault(
                    f"{where}.{detail}", f"{getattr(reply, detail)}", f"is not asked here; this question asks {asked}"
                )


def _facts(row: AnamnesisRow, reply: Reply, start: date, evidence: Evidence) -> Iterator[Fact]:
    named = list(_entry(row, reply, reply.which, start, evidence).facts()) if reply.which else []
    answer = _entry(row, reply, row.label, start, evidence)
    for concept in row.concepts:
        fact = answer.stated(concept, _status(row, reply, evidence))
        fact = replace(fact, manners=fact.manners | set(row.manners))
        if not any(_says_it(other, fact) for other in named):
            yield fact
    yield from named
    if reply.note:
        yield from _entry(row, Reply(answer=reply.answer), reply.note, start, evidence).known_facts()


def _entry(row: AnamnesisRow, reply: Reply, text: str, start: date, evidence: Evidence) -> Entry:
    item = Item(name=text, since=reply.since, until=reply.until, zone=reply.zone)
    return Entry(item, row.role, path_of(row), start, vocabulary(evidence), places(evidence))


def _status(row: AnamnesisRow, reply: Reply, evidence: Evidence) -> Status:
    """How a thing stands after an answer: what happens once, or was ever there and does not last, is over."""
    if reply.answer == "no":
        return "denied"
    if row.time == "family":
        return "family"
    courses = {vocabulary(evidence)[concept].course for concept in row.concepts}
    lasts = row.role == "allergy" or courses == {LASTING}
    over = "event" in courses or (row.time in ("ever", "past") and not lasts)
    return "past" if over else "active"


def _says_it(other: Fact, fact: Fact) -> bool:
    """Whether what was named is of the kind that the answer stands for, and at least as grave."""
    same = fact.what in other.kinds and other.role == fact.role and other.certainty != "open"
    return same and GRAVITY.index(other.status) <= GRAVITY.index(fact.status) and other.where in ("", fact.where)
