"""What observations say: how a pregnancy or a habit stands, weight, phototype, age, a level that speaks for an illness.

Which codes mean what is data (`record_codes.csv`). Of several observations of one thing the latest counts. An answer "no"
is set aside: it was true on its day, and a record never denies. Everything else that was measured is kept, not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from ...core.vocabulary import PHOTOTYPES
from ...evidence import Tables, view
from ...evidence.rows.history import RecordCodeRow
from ...evidence.tables import HasTables
from ...history.vocabulary import Vocabulary, vocabulary
from .elements import bare_codes, codes, first_day, listing, mapping, period, shown, text, words
from .line import Said
from .record import Resource

_NEVER = ("entered-in-error", "cancelled")
_UNITS = {
    "weight": {"kg": 1.0, "g": 0.001, "[lb_av]": 0.45359237, "lb": 0.45359237, "lbs": 0.45359237},
    "age": {"a": 1.0, "yr": 1.0, "years": 1.0},
}
"""Unit of UCUM -> how many kg, or years."""

_TYPE = re.compile(rf"\b({'|'.join(sorted(PHOTOTYPES, key=len, reverse=True))}|[1-{len(PHOTOTYPES)}])\b")
_ROMAN = {str(number): name for number, name in enumerate(PHOTOTYPES, 1)}


@view
def record_codes(tables: Tables) -> dict[str, RecordCodeRow]:
    """The codes of observations and of their values."""
    return {row.code.casefold(): row for row in tables.rows(RecordCodeRow)}


def observations(found: list[Resource], day: date, evidence: HasTables) -> Iterator[tuple[Resource, Said]]:
    """What each observation says; of several that say one thing, the older ones are set aside."""
    book, known = vocabulary(evidence), record_codes(evidence)
    told = [(one, said, _when(one.body)) for one in found for said in _told(one, day, book, known)]
    latest: dict[str, tuple[date, int]] = {}
    for number, (_, said, when) in enumerate(told):
        if said.about not in latest or when > latest[said.about][0]:
            latest[said.about] = (when, number)
    for number, (one, said, _) in enumerate(told):
        counts = not said.about or latest[said.about][1] == number
        yield one, said if counts else _older(said, latest[said.about][0])


def _older(said: Said, newest: date) -> Said:
    return replace(said, place="", field="", aside=True, why=f"a later one counts, of {newest.isoformat()}")


def _when(body: Mapping[str, Any]) -> date:
    days = (
        first_day(body.get("effectiveDateTime")),
        first_day(body.get("effectiveInstant")),
        *period(body.get("effectivePeriod")),
    )
    return next(filter(None, (*days, first_day(body.get("issued")))), date.min)


def _told(one: Resource, day: date, book: Vocabulary, known: Mapping[str, RecordCodeRow]) -> Iterator[Said]:
    parts = [mapping(part) for part in listing(one.body.get("component"))]
    status = text(one.body.get("status"))
    for body in (one.body, *parts):
        if body is one.body and parts and not shown(body, "value"):
            continue
        said = _one(body, _when(one.body), book, known)
        never = replace(said, place="", field="", about="", aside=True, why=f"the record says {status}")
        yield never if status in _NEVER else said


def _one(body: Mapping[str, Any], when: date, book: Vocabulary, known: Mapping[str, RecordCodeRow]) -> Said:
    own, value = codes(body.get("code")), shown(body, "value")
    name = words(body.get("code"))
    since = None if when == date.min else when
    said = Said(f"{name}: {value}" if value else name, own, states=f"on {since.isoformat()}" if since else "", since=since)
    row = next((known[code.casefold()] for code in own if code.casefold() in known), None)
    if not value:
        return replace(said, why="has no value")
    if row is None:
        return _found(body, said, book)
    if row.reads == "state":
        return _state(body, said, row, book, known)
    if row.reads == "level":
        return _level(body, said, row)
    return _field(body, said, row.reads, value)


def _state(
    body: Mapping[str, Any], said: Said, row: RecordCodeRow, book: Vocabulary, known: Mapping[str, RecordCodeRow]
) -> Said:
    """How a concept stands: yes, no, over or open, by the code of the value, else by its being true or false."""
    answer = codes(body.get("valueCodeableConcept"))
    said = replace(said, about=row.concept, codes=(f"dermatwin:{row.concept}", *said.codes, *answer))
    reads = next((known[code.casefold()].reads for code in answer if code.casefold() in known), "")
    if not reads and any(row.concept in book.kinds(one) for code in answer if (one := book.coded(code))):
        reads = "yes"
    if not reads:
        plain = {True: "yes", False: "no"}.get(body.get("valueBoolean"), "")  # type: ignore[arg-type]
        spelt = {"y": "yes", "true": "yes", "yes": "yes", "n": "no", "false": "no", "no": "no"}
        reads = plain or next(
            (spelt[code.casefold()] for code in bare_codes(body.get("valueCodeableConcept")) if code.casefold() in spelt),
            "unsure",
        )
    if reads == "no":
        return replace(said, aside=True, why="no on its day; ask again")
    return replace(said, place="conditions", status={"yes": "active", "past": "past"}.get(reads, "unknown"))  # type: ignore[arg-type]


def _level(body: Mapping[str, Any], said: Said, row: RecordCodeRow) -> Said:
    """A measured value: from a threshold on it speaks for an illness, and a person has to say."""
    quantity = mapping(body.get("valueQuantity"))
    said = replace(said, about=f"level of {row.concept}")
    value, unit = quantity.get("value"), text(quantity.get("code") or quantity.get("unit"))
    if not isinstance(value, (int, float)) or unit != row.unit:
        return replace(said, why=f"has no value in {row.unit}")
    if row.least is not None and value < row.least:
        return replace(
            said, aside=True, why=f"is below {row.least:g} {row.unit}, from which on it would speak for {row.concept}"
        )
    return replace(said, place="conditions", status="unknown", codes=(f"dermatwin:{row.concept}", *said.codes))


def _field(body: Mapping[str, Any], said: Said, reads: str, value: str) -> Said:
    """A field of the patient: phototype, weight [kg], age [yr]."""
    said = replace(said, about=reads)
    if reads == "phototype":
        concept = body.get("valueCodeableConcept")
        found = _TYPE.findall(text(words(concept) or value).upper().replace("TYPE", " "))
        names = {_ROMAN.get(one, one) for one in found}
        return (
            replace(said, field="phototype", value=names.pop())
            if len(names) == 1
            else replace(said, why="names no one phototype")
        )
    quantity = mapping(body.get("valueQuantity"))
    amount, unit = quantity.get("value"), text(quantity.get("code") or quantity.get("unit"))
    if not isinstance(amount, (int, float)) or unit not in _UNITS[reads]:
        return replace(said, why=f"has no value in {', '.join(_UNITS[reads])}")
    return replace(said, field={"weight": "body_weight"}.get(reads, reads), value=amount * _UNITS[reads][unit])


def _found(body: Mapping[str, Any], said: Said, book: Vocabulary) -> Said:
    """An observation whose value is the code of something known is a finding, and open; any other is kept."""
    answer = codes(body.get("valueCodeableConcept"))
    concepts = [one for code in answer if (one := book.coded(code)) and book[one].kind != "none"]
    if not concepts:
        return replace(said, why="a measurement that nobody here reads")
    value = words(body.get("valueCodeableConcept"))
    return replace(
        said, text=value, states=f"{said.text}; {said.states}", codes=answer, place="conditions", status="unknown"
    )
