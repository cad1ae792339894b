"""The review of a record: every resource a line, mapped to facts, kept as not understood, or set aside; none is lost.

Codes first, words second (`history.recorded`). Nothing is confirmed here: a person reads the review and confirms line by
line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from ...case import Item, Origin
from ...core.errors import CaseError, Fault
from ...evidence import Evidence
from ...history import LISTS, Fact, item_facts, vocabulary
from ...history.entry import GRAVITY
from ...history.fact import NOTHING
from .elements import first_day, text
from .line import Line, Said
from .models import faults_in
from .observed import observations
from .part import PLAN, RUN, Part, part_of, still_says
from .record import ClinicalRecord, Resource
from .told import TELLERS, Setting, untold
from .written import written_part

_NAME, _NOTE = 200, 2000  # letters of an item's name and note
_SYSTEMS = ("snomed", "icd10cm", "rxnorm", "atc", "loinc", "dermatwin", "cvx", "ndc", "cpt")
_SEXES = ("female", "male")


@dataclass(frozen=True, eq=False)
class Review:
    """A record line by line, as of a day. `plan` is the plan of treatment that dermatwin wrote, if the record holds one."""

    record: str
    day: date
    lines: tuple[Line, ...]
    partial: bool = False
    plan: dict[str, Any] | None = None

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many lines were mapped, listed, set aside."""
        found = Counter(line.outcome for line in self.lines)
        return {outcome: found[outcome] for outcome in ("mapped", "listed", "aside")}

    def of(self, *outcomes: str) -> tuple[Line, ...]:
        """The lines of some outcomes."""
        return tuple(line for line in self.lines if line.outcome in outcomes)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "record": self.record,
            "day": self.day.isoformat(),
            "partial": self.partial,
            "counts": self.counts,
            "lines": [line.to_dict() for line in self.lines],
        }


def review(record: ClinicalRecord, day: date, evidence: Evidence) -> Review:
    """Read a record as of a day; CaseError for resources that are no FHIR R4, and for a person who is dead."""
    faults = [*faults_in(record), *_deceased(record)]
    if faults:
        raise CaseError(faults)
    parts = {id(one): part_of(one.body) for one in record.resources}
    plan = _plan(record, parts)
    lines = [*_lines(record, parts, day, evidence)]
    return Review(record.name, day, tuple(lines), record.partial, plan)


def _deceased(record: ClinicalRecord) -> Iterator[Fault]:
    body = record.patient.body if record.patient else {}
    if body.get("deceasedBoolean") is True or "deceasedDateTime" in body:
        yield Fault(record.patient.name if record.patient else "", "", "is recorded as dead")


def _plan(record: ClinicalRecord, parts: dict[int, Part | None]) -> dict[str, Any] | None:
    """The plan of treatment that dermatwin wrote into a care plan; the last one, where there are several."""
    found = [part.value for one in record.of("CarePlan") if (part := parts[id(one)]) and part.place == PLAN]
    plans = [value for value in found if isinstance(value, dict)]
    return plans[-1] if plans else None


def _lines(record: ClinicalRecord, parts: dict[int, Part | None], day: date, evidence: Evidence) -> Iterator[Line]:
    """The lines of all resources, in their order."""
    setting = Setting(record, day)
    ours = {id(one): line for one in record.resources if (line := _own(one, parts[id(one)], evidence))}
    seen = [one for one in record.of("Observation") if id(one) not in ours]
    observed: dict[int, list[Said]] = {}
    for one, said in observations(seen, day, evidence):
        observed.setdefault(id(one), []).append(said)
    for one in record.resources:
        if id(one) in ours:
            yield ours[id(one)]
        elif one.kind == "Patient":
            yield from _person(one, day)
        elif one.kind == "Observation":
            yield from (_line(one, said, day, evidence) for said in observed[id(one)])
        elif one.kind in TELLERS:
            yield from (_line(one, said, day, evidence) for said in TELLERS[one.kind](one, setting))
        else:
            yield _line(one, untold(one), day, evidence)


def _own(one: Resource, part: Part | None, evidence: Evidence) -> Line | None:
    """A line that dermatwin wrote and nobody changed; None for any other."""
    if part is None:
        return None
    line = Line(one.name, one.kind, text(one.body.get("title")) or one.kind, (), "", "mapped", by="value")
    if part.place in (PLAN, RUN):
        why = (
            "the plan of treatment, by dermatwin" if part.place == PLAN else "computed by dermatwin: nothing of the history"
        )
        return replace(line, outcome="mapped" if one.kind == "CarePlan" else "aside", reason=why)
    written = written_part(part, evidence)
    if written is None or not still_says(one.body, written):
        return None
    says = str(part.value.get("name", part.place)) if isinstance(part.value, dict) else f"{part.place}: {part.value}"
    place = part.place.removeprefix("patient.")
    item = {**part.value, "origin": {"record": one.name[:_NAME], **part.value.get("origin", {})}} if place in LISTS else None
    if item:
        item["origin"].pop("confirmed", None)
    return replace(line, says=says, place=place, item=item, value=part.value, reason="written by dermatwin, unchanged")


def _person(one: Resource, day: date) -> Iterator[Line]:
    """Age and sex; what is left out the case has to assume."""
    born, sex = first_day(one.body.get("birthDate")), text(one.body.get("gender"))
    if born is not None:
        years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
        says = f"born {text(one.body['birthDate'])}"
        yield Line(one.name, one.kind, says, (), "", "mapped", "age", by="value", value=f"{years} yr")
    if sex in _SEXES:
        yield Line(one.name, one.kind, f"gender {sex}", (), "", "mapped", "sex", by="value", value=sex)
    elif sex or born is None:
        why = "says neither female nor male" if sex else "says neither age nor sex"
        yield Line(one.name, one.kind, f"gender {sex}" if sex else one.kind, (), "", "listed", reason=why)


def _line(one: Resource, said: Said, day: date, evidence: Evidence) -> Line:
    """What a resource says, looked up."""
    since, until = said.since, said.until
    if since and until and until < since:
        since, until = None, None
    line = Line(one.name, one.kind, said.text or one.kind, said.codes, said.states, "listed", since=since, until=until)
    if said.aside:
        return replace(line, outcome="aside", reason=said.why)
    if said.field:
        value = (
            f"{said.value:g} {'kg' if said.field == 'body_weight' else 'yr'}" if said.field != "phototype" else said.value
        )
        return replace(line, outcome="mapped", place=said.field, by="value", value=value)
    if not said.place or not (said.text or said.codes):
        return replace(line, reason=said.why or "says nothing that can be read")
    item = _item(one, said, since, until)
    return _looked_up(
        replace(line, place=said.place, status=said.status, item=_plain(item), reason=said.why), item, day, evidence
    )


def _looked_up(line: Line, item: Item, day: date, evidence: Evidence) -> Line:
    """A line with the facts that it is read as; set aside where it names nothing, or says that something is not there."""
    book = vocabulary(evidence)
    found = item_facts(item, line.place, day, evidence)
    things = [fact for fact in found if fact.known and book[fact.what].kind != "none"]
    there = [fact for fact in things if fact.status != "denied"]
    unread = [word for fact in found if not fact.known for word in fact.unread]
    if not there and all(fact.known for fact in found):
        why = (
            "says that something is not there; ask the person"
            if things or _denies(found)
            else "names no illness, medicine or procedure"
        )
        return replace(line, outcome="aside", place="", item=None, reason=why)
    if not there:
        said = f"nobody here knows {', '.join(map(repr, unread))}" if unread else "nobody here knows it"
        return replace(line, reason=line.reason or said)
    gravest = min(there, key=lambda fact: GRAVITY.index(fact.status))
    doubt = "it is open whether it is there now" if any(fact.certainty == "open" for fact in there) else ""
    return replace(
        line,
        outcome="mapped",
        stands=gravest.status,
        reads=tuple(dict.fromkeys(fact.label for fact in there)),
        concepts=tuple(dict.fromkeys(fact.what for fact in there)),
        by="code" if all(fact.code for fact in there) else "words",
        reason=line.reason or doubt,
    )


def _denies(found: tuple[Fact, ...]) -> bool:
    return any(NOTHING in fact.kinds or "no_allergy" in fact.kinds for fact in found)


def _item(one: Resource, said: Said, since: date | None, until: date | None) -> Item:
    name, rest = _cut(said.text or said.codes[0])
    note = "; ".join(filter(None, (rest, said.note)))[:_NOTE]
    known = [code for code in said.codes if code.partition(":")[0] in _SYSTEMS and len(code) <= 80]
    origin = Origin(record=one.name[:_NAME], codes=known[:20], status=said.status)
    return Item(name=name, since=_ours(since), until=_ours(until), note=note, origin=origin)


def _cut(words: str) -> tuple[str, str]:
    """A name that fits an item, and what is left of it for the note: cut where a thought ends, if there is one."""
    if len(words) <= _NAME:
        return words, ""
    place = max(words.rfind(mark, 0, _NAME) for mark in (";", ",", ".", " "))
    place = place if place > 0 else _NAME
    return words[:place].strip() or words[:_NAME], words[place:].strip(" ;,.")


def _ours(day: date | None) -> date | None:
    """A day that a case can hold."""
    return day if day is not None and 1900 <= day.year <= 2200 else None


def _plain(item: Item) -> dict[str, Any]:
    return item.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
