"""From the lists of a case to facts: every item is read once, here, and every reader of a history reads facts.

An item may hold several facts ("aspirin and warfarin"), a fact in another list than its own ("on isotretinoin" among the
conditions), codes, a place, days. What nobody knows stays a fact of its own. Flags of the case (smoker, pregnant,
breast-feeding) are facts as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from ..case import Course, Item, Patient
from ..evidence import Evidence
from .dates import spoken_day
from .fact import NOTHING, UNKNOWN, Certainty, Fact, Person, Role
from .flags import ALLERGENS, FLAGS, flagged, role_of
from .language import ALLERGY, DENIALS, Clause, clauses, tokens
from .mention import Mention, Said, inverted, said
from .place import Places, places
from .question import Question, holds
from .state import Spoken, Status, has_begun_only, is_past, manners, spoken
from .vocabulary import Concept, Vocabulary, codes_in, vocabulary

LISTS: dict[str, Role] = {
    "conditions": "condition",
    "medications": "medicine",
    "allergies": "allergy",
    "recent_procedures": "procedure",
}
_PLACED = ("condition", "procedure", "device")
_DATED = ("state", "episode", "event")
"""Conditions of which a day in the past says that they are over."""


def facts(patient: Patient, course: Course, evidence: Evidence) -> tuple[Fact, ...]:
    """Everything that the history of a case says, in the order in which it is written."""
    book, map_of = vocabulary(evidence), places(evidence)
    items = (
        _Item(item, role, f"patient.{name}.{number}", course.start, book, map_of)
        for name, role in LISTS.items()
        for number, item in enumerate(getattr(patient, name))
    )
    return (*flagged(patient, evidence), *(fact for item in items for fact in item.facts()))


def kinds_in(text: str, evidence: Evidence) -> frozenset[str]:
    """Every concept that a text names (a product, a device, an adjunct), with all that it is or holds."""
    book, known = vocabulary(evidence), places(evidence).words
    return frozenset().union(
        *(book.kinds(mention.concept) for clause in clauses(text) for mention in said(clause, book, known).mentions)
    )


def person(patient: Patient, course: Course, evidence: Evidence) -> Person:
    """The person of a case with the history read; the flags of the patient say what the facts say."""
    read = facts(patient, course, evidence)
    said = {flag: True for flag, concept in FLAGS.items() if holds(read, Question(any=(concept,)), course.start)}
    return Person(patient.model_copy(update=said), read, course.start)


def suggestions(fact: Fact, evidence: Evidence) -> tuple[str, ...]:
    """Names of the vocabulary that the unread words of a fact may have been meant to be, the nearest first."""
    return vocabulary(evidence).near(" ".join(fact.unread))


def _only_denies(everything: tuple[Said, ...]) -> bool:
    words = {word for one in everything for word in one.clause.words}
    return bool(words & DENIALS)


def gravest(found: Iterable[Fact]) -> list[Fact]:
    """One fact for each thing of an item: the gravest of those that say the same thing in the same role."""
    best: dict[tuple[str, str], Fact] = {}
    for fact in found:
        known = best.get((fact.what, fact.role))
        if known is None or _GRAVITY.index(fact.status) < _GRAVITY.index(known.status):
            best[fact.what, fact.role] = fact
    return list(best.values())


def _reaction(fact: Fact) -> Fact:
    """What somebody got from what they do not tolerate ('penicillin (rash)') was then, and is not there now."""
    if fact.role == "condition" and fact.status == "active" and fact.kinds & _REACTIONS:
        return replace(fact, status="past", certainty="stated")
    return fact


_REACTIONS = frozenset({"rash", "swelling", "itch", "redness", "angioedema", "blister", "breathlessness", "anaphylaxis"})


_GRAVITY: tuple[Status, ...] = ("active", "unknown", "past", "family", "denied")


@dataclass(frozen=True)
class _Item:
    """One item of a list, about to be read."""

    item: Item
    role: Role
    path: str
    start: date
    book: Vocabulary
    places: Places

    def facts(self) -> Iterator[Fact]:
        """The facts of this item, at least one."""
        coded = tuple(self._coded())
        everything = self._said()
        named = gravest(fact for number, one in enumerate(everything) for fact in self._named(number, one, everything))
        if self.role == "allergy" or any(fact.role == "allergy" for fact in named):
            named = [_reaction(fact) for fact in named]
        fresh = [fact for fact in coded if not any(fact.what in other.kinds for other in named)]
        yield from (*fresh, *named)
        unread = tuple(word for one in everything for word in one.unread)
        if unread:
            yield self._unknown(unread)
        elif not (coded or named):
            yield self._nothing() if _only_denies(everything) else self._unknown(())

    @property
    def text(self) -> str:
        """Name and note."""
        return f"{self.item.name}; {self.item.note}" if self.item.note else self.item.name

    def _said(self) -> tuple[Said, ...]:
        """What every clause names; of an inverted name ('carcinoma, basal cell') the second clause names the whole."""
        apart = [said(clause, self.book, self.places.words) for clause in clauses(self.text)]
        for number in range(1, len(apart)):
            if apart[number].clause.joint == "list":
                apart[number] = inverted(apart[number - 1], apart[number], self.book, self.places.words)
        return tuple(apart)

    def _coded(self) -> Iterator[Fact]:
        for code in codes_in(self.text):
            concept = self.book.coded(code)
            if concept is not None:
                yield replace(self._fact(concept, Spoken("active"), "coded", ""), code=code)

    def _named(self, number: int, one: Said, everything: tuple[Said, ...]) -> Iterator[Fact]:
        for mention in one.mentions:
            concept = self.book[mention.concept]
            how = spoken(number, mention, everything, concept.course)
            yield self._dated(self._mentioned(mention, concept, how, one), concept, one, how)

    def _mentioned(self, mention: Mention, concept: Concept, how: Spoken, one: Said) -> Fact:
        certainty: Certainty = "open" if how.open or mention.doubtful else "guessed" if mention.read_as else "stated"
        found = self._fact(concept.id, how, certainty, self._where(concept, one.clause))
        allergy = bool(ALLERGY & one.clause.all) and concept.kind in ALLERGENS
        role: Role = "allergy" if allergy else found.role
        return replace(found, role=role, manners=manners(mention, one.clause), read_as=mention.read_as)

    def _where(self, concept: Concept, clause: Clause) -> str:
        """The place of a condition or procedure: the item's zone, else what its clause names, else the whole item."""
        if concept.kind not in _PLACED:
            return ""
        return self.item.zone or self.places.named(clause.words) or self.places.named(tokens(self.text))

    def _fact(self, concept: str, how: Spoken, certainty: Certainty, where: str) -> Fact:
        found = self.book[concept]
        role = self.role if self.role in ("allergy", "procedure") and found.kind in ALLERGENS else role_of(found)
        return Fact(
            concept,
            how.status,
            role,
            self.item.name,
            self.path,
            self.book.kinds(concept),
            found.label,
            where=where,
            since=self.item.since,
            until=self.item.until,
            certainty=certainty,
        )

    def _dated(self, fact: Fact, concept: Concept, one: Said, how: Spoken) -> Fact:
        """The fact with the days that its words name; a day in the past ends what does not last."""
        procedure = fact.role == "procedure"
        until = self.item.until or (self.item.since if procedure else None)
        if fact.status in ("denied", "family"):
            return fact
        passing = concept.course in _DATED or procedure or concept.kind in ("medicine", "substance")
        day = spoken_day(self.text, self.start)
        if until is None and day is not None and not has_begun_only(one.clause) and (passing or how.status == "past"):
            until = day
        ended = until is not None and until < self.start
        status: Status = "past" if ended and passing else fact.status
        said = until is not None and passing
        certainty: Certainty = "stated" if said and fact.certainty == "open" else fact.certainty
        return replace(fact, status=status, until=until, certainty=certainty)

    def _nothing(self) -> Fact:
        """'None': there is nothing to report."""
        return self._fact(NOTHING, Spoken("active"), "stated", "")

    def _unknown(self, unread: tuple[str, ...]) -> Fact:
        over = all(is_past(clause) for clause in clauses(self.text)) and bool(clauses(self.text))
        return Fact(
            UNKNOWN,
            "past" if over and not unread else "unknown",
            "unknown",
            self.item.name,
            self.path,
            since=self.item.since,
            until=self.item.until,
            where=self.item.zone or "",
            certainty="open",
            unread=unread,
        )
