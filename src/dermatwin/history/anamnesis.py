"""The questions of the anamnesis and what was answered, as facts.

A row of `anamnesis.csv` is a question to the facts like any other: a yes is a fact that answers it, a no denies it. What is
said beside a yes ("which: Xarelto") is read with the same vocabulary as every other text and stands in place of the general
thing where it is one of its kind. Words in a note are read for what they name; what else a note says is no question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..case import Item, Patient, Reply
from ..case.checks import DETAILS
from ..core.errors import CaseError, Fault
from ..core.spelling import closest
from ..evidence import Tables, view
from ..evidence.rows.history import AnamnesisRow
from ..evidence.tables import HasTables
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


def faults_of(rows: Sequence[AnamnesisRow]) -> Iterator[Fault]:
    """Questions that only open one another, so that none of them is ever asked."""
    after = {row.id: row.after for row in rows}
    for row in rows:
        name, passed = row.after, {row.id}
        while name in after and name not in passed:
            passed.add(name)
            name = after[name]
        if name == row.id != row.after:
            said = f"leads back to {row.id} itself; name a question that is asked first"
            yield Fault(f"{row.file}:{row.line}.after", row.after, said)


def question_in(row: AnamnesisRow) -> Question:
    """The question to the facts that a row asks."""
    window = Window.read(row.window) if row.window else None
    roles = (row.role,) if row.role == "allergy" else TAKEN
    return Question(row.concepts, (), row.without, roles, row.time, window, row.manners, row.not_manners)


def path_of(row: AnamnesisRow) -> str:
    """Where the answer to a question stands in the case."""
    return f"patient.{ANAMNESIS}.{row.id}"


def replied(patient: Patient, start: date, evidence: Tables | HasTables) -> Iterator[Fact]:
    """The facts that follow from the answers; CaseError where one belongs to no question."""
    if faults := list(reply_faults(patient, evidence)):
        raise CaseError(faults)
    known = anamnesis(evidence)
    absent = tuple(
        known[name]
        for name, reply in patient.anamnesis.items()
        if reply.answer == "no" and known[name].time == "present" and not known[name].manners
    )
    for name, reply in patient.anamnesis.items():
        if reply.answer != "not asked":
            yield from _Answer(known[name], reply, absent, start, evidence).facts()


def reply_faults(patient: Patient, evidence: Tables | HasTables) -> Iterator[Fault]:
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


@dataclass(frozen=True)
class _Answer:
    """One answer, about to become facts. `absent` are the questions of which a no says that it is not there now."""

    row: AnamnesisRow
    reply: Reply
    absent: tuple[AnamnesisRow, ...]
    start: date
    evidence: Tables | HasTables

    def facts(self) -> Iterator[Fact]:
        """What was named beside the answer, and what the answer stands for where nothing named says it."""
        named = self._named() if self.reply.which else []
        meant = (self._meant(concept) for concept in self.row.concepts)
        yield from (fact for fact in meant if not any(_says_it(other, fact) for other in named))
        yield from named
        if self.reply.note:
            yield from self._remark(self.reply.note).known_facts()

    def _named(self) -> list[Fact]:
        """What was named beside a yes: by itself ('Xarelto'), or as a kind of what was asked for ('type 2', of diabetes)."""
        alone = list(self._entry(self.reply.which).facts())
        labels = (vocabulary(self.evidence)[concept].label for concept in self.row.concepts)
        readings = (list(self._entry(f"{self.reply.which} {label.casefold()}").facts()) for label in labels)
        return alone if _is_read(alone) else next(filter(_is_read, readings), alone)

    def _entry(self, text: str) -> Entry:
        reply, path = self.reply, path_of(self.row)
        item = Item(name=text, since=reply.since, until=reply.until, zone=reply.zone)
        return Entry(item, self.row.role, path, self.start, vocabulary(self.evidence), places(self.evidence))

    def _remark(self, text: str) -> Entry:
        """A note beside the answer: it speaks for itself, whatever was asked and whenever that was."""
        book, map_of = vocabulary(self.evidence), places(self.evidence)
        return Entry(Item(name=text), "condition", path_of(self.row), self.start, book, map_of)

    def _meant(self, concept: str) -> Fact:
        """What the answer stands for; open where something was there at any time and nobody said whether it is now."""
        found = self._entry(self.row.label).stated(concept, self._status(concept))
        is_open = found.status == "active" and self._came_and_may_be_gone(concept)
        manners = found.manners | set(self.row.manners)
        return replace(found, manners=manners, certainty="open" if is_open else found.certainty)

    def _status(self, concept: str) -> Status:
        if self.reply.answer == "no":
            return "denied"
        if self.row.time == "family":
            return "family"
        happened = self.row.time == "past" or vocabulary(self.evidence)[concept].course == "event"
        return "past" if happened or (self._came_and_may_be_gone(concept) and self._is_absent(concept)) else "active"

    def _is_absent(self, concept: str) -> bool:
        kinds = vocabulary(self.evidence).kinds(concept)
        return any(kinds & set(row.concepts) and not kinds & set(row.without) for row in self.absent)

    def _came_and_may_be_gone(self, concept: str) -> bool:
        lasts = self.row.role == "allergy" or vocabulary(self.evidence)[concept].course == LASTING
        return self.row.time == "ever" and not lasts


def _is_read(facts: list[Fact]) -> bool:
    return all(fact.known for fact in facts)


def _says_it(other: Fact, fact: Fact) -> bool:
    """Whether what was named is of the kind that the answer stands for, and at least as grave."""
    same = fact.what in other.kinds and other.role == fact.role and "open" not in {other.certainty} - {fact.certainty}
    return same and GRAVITY.index(other.status) <= GRAVITY.index(fact.status) and other.where in ("", fact.where)
