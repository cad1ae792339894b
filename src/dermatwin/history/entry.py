"""One text of a history about to be read: an item of a list, or what somebody said beside an answer of the anamnesis.

It may hold several facts ("aspirin and warfarin"), a fact in another role than its own ("on isotretinoin" among the
conditions), codes, a place, days. What nobody knows stays a fact of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from ..case import Item
from .clause import clauses
from .dates import spoken_day
from .fact import NOTHING, UNKNOWN, Certainty, Fact, Role
from .flags import ALLERGENS, role_of
from .language import DENIALS
from .mention import Mention, Said, inverted, said
from .place import Places
from .state import Spoken, Status, has_begun_only, is_past, manners, spoken
from .tolerance import not_tolerated, reaction
from .vocabulary import Concept, Vocabulary, codes_in, says_allergy

_PLACED = ("condition", "procedure", "device", "habit")
LASTING = "lasting"
_DATED = ("state", "episode", "event")
"""Conditions of which a day in the past says that they are over."""


def _only_denies(everything: tuple[Said, ...]) -> bool:
    words = {word for one in everything for word in one.clause.words}
    return bool(words & DENIALS)


def gravest(found: Iterable[Fact]) -> list[Fact]:
    """One fact for each thing of an item: the gravest of those that say the same thing in the same role and place."""
    best: dict[tuple[str, str, str], Fact] = {}
    for fact in found:
        same = (fact.what, fact.role, fact.where)
        known = best.get(same)
        if known is None or GRAVITY.index(fact.status) < GRAVITY.index(known.status):
            best[same] = fact
    return list(best.values())


def _written(one: Said) -> str:
    return f"{' '.join(one.clause.heading)} {one.clause.text}"


GRAVITY: tuple[Status, ...] = ("active", "unknown", "past", "family", "denied")


@dataclass(frozen=True)
class Entry:
    """A text with the role in which it stands and the days and the place that are known of it."""

    item: Item
    role: Role
    path: str
    start: date
    book: Vocabulary
    places: Places

    def facts(self) -> Iterator[Fact]:
        """The facts of this item, at least one."""
        coded = tuple(self.coded(codes_in(self.text)))
        named = self.named()
        fresh = [fact for fact in coded if not any(fact.what in other.kinds for other in named)]
        yield from (*fresh, *named)
        everything = self._said()
        unread = tuple(word for one in everything for word in one.unread)
        if unread:
            yield self._unknown(unread)
        elif not (coded or named):
            yield self._nothing() if _only_denies(everything) else self._unknown(())

    def named(self) -> list[Fact]:
        """What the words name, whatever codes stand among them."""
        everything = self._said()
        named = gravest(fact for number, one in enumerate(everything) for fact in self._named(number, one, everything))
        if self.role == "allergy" or any(fact.role == "allergy" for fact in named):
            return [reaction(fact) for fact in named]
        return named

    @property
    def text(self) -> str:
        """Name and note."""
        return f"{self.item.name}; {self.item.note}" if self.item.note else self.item.name

    def known_facts(self) -> Iterator[Fact]:
        """The facts of a remark: what it names counts, its other words are no question."""
        return (fact for fact in self.facts() if fact.known and NOTHING not in fact.kinds)

    def stated(self, concept: str, status: Status) -> Fact:
        """The fact that this is a concept, as somebody said it whatever the words are; with its days and its place."""
        how = Spoken(status)
        found = self._fact(concept, how, "stated", self.item.zone or "")
        return self._dated(found, self.book[concept], how, ())

    def _said(self) -> tuple[Said, ...]:
        """What every clause names; of an inverted name ('carcinoma, basal cell') the second clause names the whole."""
        apart = [said(clause, self.book, self.places.words) for clause in clauses(self.text)]
        for number in range(1, len(apart)):
            if apart[number].clause.joint in ("list", "open"):
                apart[number] = inverted(apart[number - 1], apart[number], self.book, self.places.words)
        return tuple(apart)

    def coded(self, codes: Iterable[str]) -> Iterator[Fact]:
        """What some codes mean, as 'system:code'; of a code that nobody knows, nothing."""
        for code in codes:
            concept = self.book.coded(code)
            if concept is None:
                continue
            found = replace(self._fact(concept, Spoken("active"), "coded", ""), code=code)
            if not (says_allergy(code) and self._is_allergen(concept)):
                yield found
                continue
            yield replace(found, role="allergy")
            if (disease := self.book.coded(code.partition(".")[0])) is not None:
                yield replace(self._fact(disease, Spoken("active"), "coded", ""), code=code)

    def _named(self, number: int, one: Said, everything: tuple[Said, ...]) -> Iterator[Fact]:
        for mention in one.mentions:
            concept = self.book[mention.concept]
            allergy = self._is_allergen(concept.id) and (self.role == "allergy" or not_tolerated(mention, one.clause))
            how = spoken(number, mention, everything, LASTING if allergy else concept.course)
            for where in self._where(concept, number, everything):
                found = self._mentioned(mention, concept, how, one, where)
                found = replace(found, role="allergy") if allergy else found
                yield self._dated(found, concept, how, self._span(number, everything))

    def _is_allergen(self, concept: str) -> bool:
        return self.book[concept].kind in ALLERGENS

    def _mentioned(self, mention: Mention, concept: Concept, how: Spoken, one: Said, where: str) -> Fact:
        certainty: Certainty = "open" if how.open or mention.doubtful else "guessed" if mention.read_as else "stated"
        found = self._fact(concept.id, how, certainty, where)
        return replace(found, manners=manners(mention, one.clause), read_as=mention.read_as)

    def _span(self, number: int, everything: tuple[Said, ...]) -> tuple[Said, ...]:
        """A clause that names something with the clauses about it that do not: those behind it, of the first those before.

        'Keloid on chest and shoulder' has two places; of 'warfarin until 2019, Eliquis' one is over and one is not.
        """
        last = number + 1
        while last < len(everything) and not self._names(everything[last]):
            last += 1
        first = number if any(map(self._names, everything[:number])) else 0
        return everything[first:last]

    def _names(self, one: Said) -> bool:
        return any(self.book[mention.concept].kind != "none" for mention in one.mentions)

    def _where(self, concept: Concept, number: int, everything: tuple[Said, ...]) -> tuple[str, ...]:
        """The places of a condition or procedure: the item's zone, else what its clauses name, else its heading."""
        if concept.kind not in _PLACED and self.role != "procedure":
            return ("",)
        if self.item.zone:
            return (self.item.zone,)
        said = (place for one in self._span(number, everything) for place in self.places.all_named(one.clause.words))
        headed = self.places.all_named(tuple(everything[number].clause.heading))
        return tuple(dict.fromkeys(said)) or headed or ("",)

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

    def _dated(self, fact: Fact, concept: Concept, how: Spoken, span: tuple[Said, ...]) -> Fact:
        """The fact with the days that its words name; a day in the past ends what does not last."""
        happened = concept.course == "event" or (concept.kind == "habit" and concept.course != LASTING)
        event = fact.role == "procedure" or (self.role == "procedure" and happened)
        until = self.item.until or (self.item.since if event else None)
        if fact.status in ("denied", "family"):
            return fact
        fact = replace(fact, manners=fact.manners | {"planned"}) if self._lies_ahead else fact
        lasts = fact.role == "allergy" or concept.course == LASTING
        passing = not lasts and (event or concept.course in _DATED or concept.kind in ("medicine", "substance"))
        day = spoken_day(" ".join(_written(one) for one in span), self.start)
        begun = any(has_begun_only(one.clause) for one in span)
        if until is None and day is not None and not begun and (passing or how.status == "past"):
            until = day
        ended = until is not None and until < self.start
        status: Status = "past" if ended and passing else fact.status
        said = until is not None and passing
        certainty: Certainty = "stated" if said and fact.certainty == "open" else fact.certainty
        return replace(fact, status=status, until=until, certainty=certainty)

    @property
    def _lies_ahead(self) -> bool:
        return self.item.since is not None and self.item.since > self.start

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
