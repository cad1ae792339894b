"""Records of other people's systems: a bundle becomes lines for a person to decide on; a confirmed line goes into a case.

What a line means is read by the twin (`exchange.fhir`, `history`), not here. The item of a case goes as the record says it,
with its codes, while nobody has changed the line; what somebody corrected by hand goes in their words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...exchange.fhir import ClinicalRecord, Line, Review, parse_record, review, together
from ...exchange.fhir.elements import listing, mapping, text
from ...history import LISTS
from ..models import HistoryItem, Import, ImportLine, Patient
from .known import evidence

LONGEST = 20_000_000
"""Bytes of a record that a page takes; the command line takes larger ones."""

KINDS = {"conditions": "condition", "medications": "medication", "allergies": "allergy", "recent_procedures": "procedure"}
SPOKEN = {"conditions": "condition", "medications": "medicine", "allergies": "allergy", "recent_procedures": "procedure"}
_DEMOGRAPHIC = ("age", "sex")
_SEXES = ("female", "male")
_NOTE = 500  # letters of a note that a page shows


@dataclass(frozen=True)
class Read:
    """A record that could be read: whom it says it is about, and its lines, those that say the same as one."""

    person: dict[str, str]
    review: Review
    lines: tuple[dict[str, Any], ...]


def read(content: bytes, name: str, day: date) -> Read:
    """Read a record as of a day; CaseError with every fault."""
    record = parse_record(content, name)
    found = review(record, day, evidence())
    return Read(_person(record), found, tuple(_lines(found)))


def _person(record: ClinicalRecord) -> dict[str, str]:
    """Name, birthday and sex in the record's own words; empty where it says nothing."""
    body: Mapping[str, Any] = record.patient.body if record.patient else {}
    name = mapping(next(iter(listing(body.get("name"))), None))
    given = " ".join(filter(None, map(text, listing(name.get("given")))))
    family = text(name.get("family")) or ("" if given else text(name.get("text")))
    return {
        "family": family[:200],
        "given": given[:200],
        "birth": text(body.get("birthDate"))[:10],
        "sex": text(body.get("gender"))[:20],
    }


def _lines(found: Review) -> Iterator[dict[str, Any]]:
    alike: defaultdict[Any, list[Line]] = defaultdict(list)
    for line in found.lines:
        note = (line.item or {}).get("note", "")
        said = (line.outcome, line.kind, line.place, line.says.casefold(), line.codes, line.states, line.reads)
        alike[(*said, line.status, line.reason, note, repr(line.value))].append(line)
    for same in alike.values():
        first = same[0].to_dict()
        listed = same[0].item is not None and same[0].place in LISTS
        yield {**first, "item": together(same) if listed else None, "records": [line.record for line in same]}


def to_decide(line: Mapping[str, Any]) -> bool:
    """Whether a person has to say yes or no: to what would stand in a history or a consultation."""
    return line["item"] is not None or bool(line["place"] and line["place"] not in _DEMOGRAPHIC)


@dataclass(frozen=True)
class Compared:
    """One thing that is known of the person here, beside what the record says."""

    what: str
    here: str
    there: str
    same: bool
    decides: bool  # whether another value means another person


def compared(patient: Patient, imported: Import) -> tuple[Compared, ...]:
    """Who the person is here and in the record, side by side."""
    there = {name: str(imported.person.get(name, "")) for name in ("family", "given", "birth", "sex")}
    born = patient.birth_date.isoformat()
    pairs = (
        ("Family name", patient.family_name, there["family"], False),
        ("First name", patient.given_name, there["given"], False),
        ("Date of birth", born, there["birth"], True),
        ("Sex", patient.sex, there["sex"], True),
    )
    return tuple(Compared(what, here, said, _same(here, said), decides) for what, here, said, decides in pairs)


def _same(here: str, there: str) -> bool:
    """A day that the record knows less closely, and a second first name, are no difference."""
    one, other = here.casefold(), there.casefold()
    return one == other or bool(other and (one.startswith(f"{other}-") or other.startswith(f"{one} ")))


def of_another(rows: tuple[Compared, ...]) -> bool:
    """Whether the record is of another person: another birthday, or the other sex."""
    return any(one.decides and one.there and not one.same and (one.what != "Sex" or one.there in _SEXES) for one in rows)


def unsure(rows: tuple[Compared, ...]) -> bool:
    """Whether the record does not say enough to know that it is of this person."""
    return any(not one.same for one in rows)


def item_of(line: ImportLine) -> HistoryItem:
    """The line of the history that a line of a record becomes; not saved, not confirmed."""
    raw = line.told["item"]
    return HistoryItem(
        patient=line.brought.patient,
        kind=KINDS[line.told["place"]],
        source="import",
        brought_by=line.brought,
        origin=raw,
        **_shown(raw),
        **_code(raw),
    )


def suggested(line: ImportLine) -> dict[str, Any]:
    """What stands in the form of a line that is written by hand, before anything is typed."""
    shown = _shown(raw) if (raw := line.told["item"]) else {"text": line.told["says"][:200]}
    return {**shown, "kind": KINDS.get(line.told["place"], "condition"), "source": "import"}


def _code(raw: Mapping[str, Any]) -> dict[str, str]:
    codes = raw["origin"].get("codes") or [""]
    system, _, code = codes[0].partition(":")
    return {"code_system": system[:100], "code": code[:60]}


def _shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What a page shows of an item, and a person may change."""
    status = raw["origin"].get("status", "")
    return {
        "text": raw["name"],
        "status": status if status in ("past", "family") else "active",
        "since": _day(raw.get("since")),
        "until": _day(raw.get("until")),
        "zone": raw.get("zone", ""),
        "note": raw.get("note", "")[:_NOTE],
    }


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def as_recorded(item: HistoryItem) -> dict[str, Any] | None:
    """The item of a case as the record says it, with who confirmed it; None for what was typed or corrected by hand."""
    if not item.origin or {name: getattr(item, name) for name in _shown(item.origin)} != _shown(item.origin):
        return None
    by = item.confirmed_by.name if item.confirmed_by else None
    return {**item.origin, "origin": {**item.origin["origin"], **({"confirmed": by} if by else {})}}
