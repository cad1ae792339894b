"""An item that was read from somebody's record: its codes first, its words second, its status as the record states it.

A known code says what the line is. Its words then add where, in which manner and which kind of it ('scar', coded; 'keloid on
the chest', in words), and nothing else: the title of B00.1 is 'herpesviral vesicular dermatitis', and nobody has a
dermatitis. Where no code is known the words are read like any other, and the status of the record is laid over what they
say: a stopped medicine is over whatever its name. A record never denies: what it refutes or leaves out is for a person to
ask. Source: HL7 FHIR R4, conditions and medications (status, verification), as read in `exchange/fhir`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..case import Item, Origin
from .entry import Entry
from .fact import Certainty, Fact

_COMES_AND_GOES = "episode"
_ROUTES = ("topical", "oral")


def recorded(entry: Entry) -> Iterator[Fact]:
    """The facts of an item with an origin, at least one."""
    origin = entry.item.origin
    assert origin is not None
    coded = _narrowest(tuple(entry.coded(code.casefold() for code in origin.codes)))
    read = (fact for one in coded for fact in _worded(one, entry)) if coded else entry.facts()
    found = [_as_it_stands(fact, origin, entry) for fact in read]
    said = [fact for fact in found if fact.status != "denied"]
    yield from said if said and origin.status else found


def _narrowest(coded: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """One fact for each thing: codes of two systems often say the same, one of them less closely."""
    kept = [
        one for one in coded if not any(one.what in other.kinds - {other.what} and one.role == other.role for other in coded)
    ]
    return tuple({(one.what, one.role): one for one in reversed(kept)}.values())[::-1]


def _worded(coded: Fact, entry: Entry) -> Iterator[Fact]:
    """What a code says with what the words add: kinds of it that they name, else places and manners alone."""
    named = entry.named()
    manners = coded.manners.union(*(fact.manners for fact in named))
    closer = [fact for fact in named if coded.what in fact.kinds and fact.role == coded.role]
    if routed := _routed(coded, manners, entry):
        closer = [replace(routed, manners=routed.manners | manners)]
    if closer:
        yield from (replace(fact, certainty="coded", code=coded.code, read_as="") for fact in closer)
        return
    places = tuple(dict.fromkeys(fact.where for fact in named if fact.where)) or (entry.item.zone or "",)
    for where in places if coded.role in ("condition", "procedure") else ("",):
        happened = entry.book[coded.what].course == "event"
        yield replace(coded, manners=manners, where=where, status="past" if happened else coded.status)


def _routed(coded: Fact, manners: frozenset[str], entry: Entry) -> Fact | None:
    """The medicine that a substance is by its route: the code of isotretinoin says no route, a gel is not a capsule."""
    route = next((one for one in _ROUTES if one in manners), "")
    if coded.role != "medicine" or not route or set(_ROUTES) <= manners:
        return None
    spelt = replace(entry, item=Item(name=f"{route} {coded.label}", since=entry.item.since, until=entry.item.until))
    found = [fact for fact in spelt.named() if fact.role == "medicine"]
    other = found[0] if len(found) == 1 and found[0].what != coded.what else None
    return other and replace(other, words=coded.words, certainty="coded", code=coded.code, status=coded.status)


def _as_it_stands(fact: Fact, origin: Origin, entry: Entry) -> Fact:
    """A fact under the status that the record states; what the words deny or say of a relative stays so."""
    if fact.status in ("denied", "family"):
        return fact
    if origin.status == "family":
        return replace(fact, status="family")
    if origin.status == "past":
        return replace(fact, status="past", certainty=_sure(fact))
    if origin.status == "unknown":
        return replace(fact, certainty="open")
    comes_and_goes = fact.known and fact.status == "active" and entry.book[fact.what].course == _COMES_AND_GOES
    if origin.status == "active" and comes_and_goes:
        return replace(fact, certainty=_sure(fact) if origin.confirmed else "open")
    return fact


def _sure(fact: Fact) -> Certainty:
    """A status that is stated leaves nothing open."""
    return "coded" if fact.code else "stated" if fact.certainty == "open" and fact.known else fact.certainty
