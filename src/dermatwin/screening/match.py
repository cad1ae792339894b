"""Rules against a case: each clause of each rule is asked of the person, of each zone, or of each concern.

An item of the history that a rule knows but that does not hold now is kept as an info; an item that no rule knows is
kept as an info as well, because a clinician must judge it. Nothing that was written is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from ..case import Case, Item, Topical
from ..evidence import Evidence
from .agent import agent_of
from .product import contents, name_of
from .records import Finding
from .rule import Clause, HistoryField, ItemsCondition, Rule, RuleBook, TopicalCondition
from .target import Target, locate
from .when import span_of, timing
from .words import Match, find, tokens

FIELDS: tuple[HistoryField, ...] = ("conditions", "medications", "allergies", "recent_procedures")
_ALLERGY = ("allerg*", "hypersensitiv*", "anaphyla*", "contact dermatitis", "sensitive to")


@dataclass(frozen=True)
class Entry:
    """One item of the history and the list that it stands in."""

    field: HistoryField
    item: Item

    @property
    def text(self) -> str:
        """Name and note."""
        return f"{self.item.name}; {self.item.note}" if self.item.note else self.item.name


@dataclass(frozen=True)
class Hit:
    """A clause that fired: for what reason, where, until when. `known` hits recognise an item that does not count."""

    reason: str = ""
    until: str = ""
    zone: str = ""
    concern: str = ""
    entry: Entry | None = None
    known_only: bool = False


def history(case: Case) -> tuple[Entry, ...]:
    """All items of the history."""
    return tuple(Entry(field, item) for field in FIELDS for item in getattr(case.patient, field))


def apply(
    book: RuleBook, case: Case, zones: tuple[Target, ...], evidence: Evidence
) -> tuple[tuple[Finding, ...], frozenset[Entry]]:
    """Findings of all rules, and the items of the history that some rule knew."""
    findings: list[Finding] = []
    known: set[Entry] = set()
    for rule in book.rules:
        hits = [hit for clause in rule.when for hit in _clause(rule, clause, case, zones, book, evidence)]
        known |= {hit.entry for hit in hits if hit.entry}
        findings += _findings(rule, hits)
    return tuple(findings), frozenset(known)


def _findings(rule: Rule, hits: list[Hit]) -> Iterator[Finding]:
    counting = {(hit.entry, hit.zone, hit.concern, hit.reason): hit for hit in hits if not hit.known_only}
    for hit in counting.values():
        reason = f"{hit.reason}: {rule.reason}" if hit.reason else rule.reason
        yield Finding(
            rule.id,
            rule.level,
            rule.title,
            reason,
            rule.action,
            hit.until or rule.until,
            hit.zone,
            hit.concern,
            tuple(rule.sources),
        )
    done = {hit.entry for hit in counting.values()}
    for entry, hit in {hit.entry: hit for hit in hits if hit.known_only and hit.entry not in done}.items():
        assert entry is not None
        yield Finding(
            rule.id,
            "info",
            f"Does not count now: {rule.title.lower()}",
            hit.reason,
            "Confirm",
            zone=hit.zone,
            sources=tuple(rule.sources),
        )


def _clause(
    rule: Rule, clause: Clause, case: Case, zones: tuple[Target, ...], book: RuleBook, evidence: Evidence
) -> Iterator[Hit]:
    if not _person(clause, case):
        return
    for place in _places(clause, zones, book, evidence):
        if clause.items is None:
            yield place
            continue
        for entry in history(case):
            yield from _entry(rule, clause.items, entry, case, place, zones, evidence)


def _person(clause: Clause, case: Case) -> bool:
    patient = case.patient
    days = case.session_days
    shortest = min((b - a for a, b in pairwise(days)), default=None)
    return all(
        (
            clause.flag is None or getattr(patient, clause.flag),
            clause.age_below is None or patient.age < clause.age_below,
            clause.phototypes is None or patient.phototype in clause.phototypes,
            clause.sun is None or patient.sun in clause.sun,
            clause.sun_protection is None or case.course.aftercare.sun_protection is clause.sun_protection,
            clause.interval_below is None or (shortest is not None and shortest < clause.interval_below),
        )
    )


def _places(clause: Clause, zones: tuple[Target, ...], book: RuleBook, evidence: Evidence) -> Iterator[Hit]:
    """Where a clause holds, as far as zones and concerns decide it."""
    if not clause.local:
        yield Hit()
        return
    for target in zones:
        what = _zone(clause, target, book, evidence)
        if what is None:
            continue
        if not clause.by_concern:
            yield Hit(what, zone=target.key)
            continue
        for concern in target.concerns:
            if (not clause.concerns or concern in clause.concerns) and concern not in (clause.not_concerns or ()):
                yield Hit(what, zone=target.key, concern=concern)


def _zone(clause: Clause, target: Target, book: RuleBook, evidence: Evidence) -> str | None:
    """What in a zone answers the clause (words for the reason, perhaps none); None if the clause does not hold there."""
    length = target.settings.needle_length if target.settings else None
    if clause.sites and not any(in_group(book, group, target) for group in clause.sites):
        return None
    if clause.needle_above is not None and (length is None or length <= clause.needle_above):
        return None
    if clause.devices and find(clause.devices, target.device_text.replace("_", " ").replace("-", " ")) is None:
        return None
    if clause.described_device is not None and target.described_device is not clause.described_device:
        return None
    words = [] if clause.needle_above is None else [f"{length:g} mm"]
    if clause.topicals is not None:
        names = _products(clause.topicals, target, evidence)
        if not names:
            return None
        words += names
    if clause.adjuncts is not None:
        names = _adjuncts(clause.adjuncts, target)
        if not names:
            return None
        words += names
    return ", ".join(words)


def in_group(book: RuleBook, group: str, target: Target) -> bool:
    """Whether a zone belongs to a group: by the case's own word, the site of the catalogue, or `region:` the region."""
    members = book.groups[group]
    own = {tokens(target.zone.zone), tokens(target.site)}
    return f"region:{target.region}" in members or any(tokens(member) in own for member in members)


def _products(condition: TopicalCondition, target: Target, evidence: Evidence) -> list[str]:
    return [name_of(topical) for topical in target.topicals if _product(condition, topical, evidence)]


def _product(condition: TopicalCondition, topical: Topical, evidence: Evidence) -> bool:
    text = contents(topical, evidence).text
    if (condition.terms and find(condition.terms, text) is None) or find(condition.without, text) is not None:
        return False
    if condition.since is not None and topical.remove is not None and topical.remove < condition.since:
        return False
    if condition.until is not None and topical.apply > condition.until:
        return False
    return condition.anaesthetic is None or _anaesthetic(condition.anaesthetic, topical, evidence)


def _anaesthetic(kind: str, topical: Topical, evidence: Evidence) -> bool:
    agent = agent_of(topical, evidence)
    if agent is None or kind in ("any", "none"):
        return (agent is None) == (kind == "none")
    return kind in agent.classes or kind in agent.strengths


def _adjuncts(terms: list[str], target: Target) -> list[str]:
    return [adjunct for adjunct in target.adjuncts if find(terms, adjunct) is not None]


def _entry(
    rule: Rule,
    condition: ItemsCondition,
    entry: Entry,
    case: Case,
    place: Hit,
    zones: tuple[Target, ...],
    evidence: Evidence,
) -> Iterator[Hit]:
    match = find(condition.terms, entry.text, condition.without) if _field(condition, entry) else None
    if match is None or _is_allergy(condition, entry, match):
        return
    said = f"{entry.item.name} ({entry.field.replace('_', ' ')})"
    known = replace(place, entry=entry, known_only=True)
    if match.state == "absent" or (match.state == "family" and not condition.relatives):
        yield replace(known, reason=f"{said}: read as {'a relative' if match.state == 'family' else 'not there'}")
        return
    where = _where(rule, entry, place, zones, case.patient.species, evidence)
    if not where:
        yield replace(known, reason=f"{said}: outside the treated zones")
        return
    start = case.course.start
    found = timing(span_of(entry.item, match, entry.field, start), rule.time, rule.window, start, last_day(case))
    note = f", {found.remark}" if found.remark else ""
    if not found.holds:
        yield replace(known, reason=f"{said}{note}")
        return
    reason = " with ".join(part for part in (f"{said}{note}", place.reason) if part)
    for zone in where:
        yield replace(place, reason=reason, until=found.until, entry=entry, zone=zone)


def _field(condition: ItemsCondition, entry: Entry) -> bool:
    """Whether a condition looks at this item; an allergy written in another list counts as an allergy."""
    if entry.field in condition.fields:
        return True
    return "allergies" in condition.fields and find(_ALLERGY, entry.text) is not None


def _is_allergy(condition: ItemsCondition, entry: Entry, match: Match) -> bool:
    """Whether a term is named as what the person is allergic to ('aspirin allergy' among the conditions)."""
    words = match.clause.words
    named = {"allergy", "hypersensitivity", "anaphylaxis"} & set(words) or "allergic to" in " ".join(words)
    return bool(named) and "allergies" not in condition.fields and entry.field != "allergies"


def _where(rule: Rule, entry: Entry, place: Hit, zones: tuple[Target, ...], species: str, evidence: Evidence) -> list[str]:
    """The zones that an item concerns: none if it names a place that is not treated; an unknown place counts anywhere."""
    if rule.where == "person" or entry.item.zone is None:
        return [place.zone]
    own = entry.item.zone
    known, site, region = locate(own, species, evidence)
    keys = [
        zone.key
        for zone in zones
        if own == zone.key or zone.site == site or (region == zone.region and region in (site, zone.site))
    ]
    if not keys and not known and own not in {zone.region for zone in zones}:
        return [place.zone]
    keys = keys or [zone.key for zone in zones if zone.region == own]
    return [key for key in keys if place.zone in ("", key)]


def last_day(case: Case) -> date:
    """The day of the last treatment session."""
    return case.course.start + timedelta(days=max(case.session_days, default=0.0))
