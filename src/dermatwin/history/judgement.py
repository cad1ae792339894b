"""What a clinician judged of words that nobody here knows, or that leave open what is meant.

A judgement names the words as they are written. Of words that nobody knows it says what they are, or that they are
harmless; of a thing that the words leave open, that it is there, or that it is not there now. It reaches nothing that is
known: what stops a known thing is undone by no judgement.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from ..case import Item, Judgement
from ..core.errors import Fault
from ..core.spelling import closest
from ..evidence import Evidence
from .entry import Entry
from .fact import NOTHING, Fact, Role
from .language import tokens
from .place import places
from .vocabulary import vocabulary

HARMLESS = "harmless"
_ROLES: dict[str, Role] = {"allergies": "allergy", "recent_procedures": "procedure", "medications": "medicine"}


def judged(facts: Sequence[Fact], judgements: Sequence[Judgement], start: date, evidence: Evidence) -> tuple[Fact, ...]:
    """The facts with what was judged in place of what was not known, or open."""
    found = list(facts)
    for judgement in judgements:
        reached = set(_reached(facts, judgement))
        found = [_read(fact, judgement, start, evidence) if fact in reached else fact for fact in found]
    return tuple(found)


def judgement_faults(facts: Sequence[Fact], judgements: Sequence[Judgement], evidence: Evidence) -> Iterator[Fault]:
    """Judgements of what is written nowhere, of what is known, and readings that say nothing."""
    taken: dict[Fact, int] = {}
    for number, judgement in enumerate(judgements):
        where = f"judgements.{number}"
        reached = _reached(facts, judgement)
        earlier = next((taken[fact] for fact in reached if fact in taken), None)
        taken |= {fact: number for fact in reached if fact not in taken}
        if not reached:
            yield Fault(f"{where}.about", judgement.about, _vain(facts, judgement))
        elif earlier is not None:
            yield Fault(f"{where}.about", judgement.about, f"is judged by judgements.{earlier} already; write it once")
        elif said := _misread(reached, judgement.reading, evidence):
            yield Fault(f"{where}.reading", judgement.reading, said)


def words_of(fact: Fact) -> str:
    """The words by which a judgement names a fact: the text as written, or the unknown words where these are not in it."""
    return fact.words if set(fact.unread) <= set(tokens(fact.words)) else " ".join(fact.unread)


def _reached(facts: Sequence[Fact], judgement: Judgement) -> tuple[Fact, ...]:
    """The facts that a judgement is about: what nobody knows in the words, else what they leave open."""
    written = [fact for fact in facts if _is_about(judgement.about, fact)]
    unknown = tuple(fact for fact in written if not fact.known)
    return unknown or tuple(fact for fact in written if fact.known and fact.certainty == "open" and not fact.read_as)


def _is_about(about: str, fact: Fact) -> bool:
    own = words_of(fact)
    return tokens(about) in (tokens(own), fact.unread) if tokens(about) else about.strip() == own.strip()


def _vain(facts: Sequence[Fact], judgement: Judgement) -> str:
    same = [fact for fact in facts if tokens(fact.words) == tokens(judgement.about)]
    for fact in same:
        if not fact.known:
            return f"leaves out words of the note that nobody knows; write '{words_of(fact)}'"
    if same:
        labels = ", ".join(dict.fromkeys(fact.label for fact in same))
        return f"is known here as {labels}; only what nobody knows, or what is left open, is judged"
    near = closest(judgement.about, [words_of(fact) for fact in facts if not fact.known])
    return f"is written nowhere in the history of this case{near}"


def _misread(reached: Sequence[Fact], reading: str, evidence: Evidence) -> str:
    """What is wrong with a reading; empty if nothing is."""
    book = vocabulary(evidence)
    known = {fact.what: fact.label for fact in reached if fact.known}
    if reading == HARMLESS:
        said = f"is said of several things that the words leave open: {', '.join(known.values())}; write them apart"
        return said if len(known) > 1 else ""
    if reading not in book.concepts:
        return f"is neither '{HARMLESS}' nor a concept of the vocabulary{closest(reading, (HARMLESS, *book.concepts))}"
    if book[reading].kind == "none":
        return f"says that there is nothing; write '{HARMLESS}'"
    if known and not any(what in book.kinds(reading) for what in known):
        return f"is no kind of what the words name: {', '.join(known.values())}"
    return ""


def _read(fact: Fact, judgement: Judgement, start: date, evidence: Evidence) -> Fact:
    """A fact as it was judged: the person's own and there now, with the days and the place of the entry's own fields.

    What the text says of time or of relatives is not carried over: that errs towards asking.
    """
    harmless = judgement.reading == HARMLESS
    by = f"judged {judgement.reading} by {judgement.by} on {judgement.date.isoformat()}: {judgement.reason}"
    if harmless and fact.known:
        return replace(fact, status="past", certainty="stated", judged=by)
    if fact.known and fact.what not in vocabulary(evidence).kinds(judgement.reading):
        return fact
    found = _entry(fact, start, evidence).stated(NOTHING if harmless else judgement.reading, "active")
    return replace(found, manners=found.manners | fact.manners, judged=by)


def _entry(fact: Fact, start: date, evidence: Evidence) -> Entry:
    item = Item(name=fact.words, since=fact.since, until=fact.until, zone=fact.where or None)
    return Entry(item, _role(fact), fact.path, start, vocabulary(evidence), places(evidence))


def _role(fact: Fact) -> Role:
    return fact.role if fact.known else _ROLES.get(fact.list, "condition")
