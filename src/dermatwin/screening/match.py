"""Rules against a case: each clause of each rule is asked of the person, of each zone, or of each concern.

A fact that a rule knows but that does not count (denied, over, elsewhere, a relative's) is kept as an info. A hard rule
whose fact the words leave open (is it there now?) stops until somebody has asked: it is a soft stop then. Nothing that was
written is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

from ..case import Case, Topical
from ..evidence import Evidence
from ..history import Answer, Fact, Person, Places, Question, answers, kinds_in, places, vocabulary
from .agent import agent_of
from .product import Contents, contents
from .records import Finding, Level
from .rule import Clause, FactsCondition, Rule, RuleBook, TopicalCondition
from .target import Target
from .words import holds_words

_LISTS = {"conditions": "conditions", "medications": "medications", "allergies": "allergies"}


@dataclass(frozen=True)
class Asked:
    """What the rules are asked of: the case, the person with the history read, the treated zones, rules and evidence."""

    case: Case
    person: Person
    zones: tuple[Target, ...]
    book: RuleBook
    evidence: Evidence

    @property
    def map(self) -> Places:
        """The places of the body."""
        return places(self.evidence)

    @cached_property
    def last(self) -> date:
        """The day of the last treatment session."""
        return last_day(self.case)


@dataclass(frozen=True)
class Hit:
    """A clause that fired: for what reason, where, until when. `known` hits recognise a fact that does not count."""

    reason: str = ""
    until: str = ""
    zone: str = ""
    concern: str = ""
    fact: Fact | None = None
    known_only: bool = False
    open: bool = False


def apply(asked: Asked) -> tuple[tuple[Finding, ...], frozenset[str]]:
    """Findings of all rules, and the paths of the items of the history that some rule knew."""
    findings: list[Finding] = []
    known: set[str] = set()
    for rule in asked.book.rules:
        hits = [hit for clause in rule.when for hit in _clause(rule, clause, asked)]
        known |= {hit.fact.path for hit in hits if hit.fact}
        findings += _findings(rule, hits)
    return tuple(findings), frozenset(known)


def _findings(rule: Rule, hits: list[Hit]) -> Iterator[Finding]:
    counting = {(hit.fact, hit.zone, hit.concern, hit.reason): hit for hit in hits if not hit.known_only}
    for hit in counting.values():
        reason = f"{hit.reason}: {rule.reason}" if hit.reason else rule.reason
        action = f"{_ASK}; {rule.action[:1].lower()}{rule.action[1:]}" if _is_asked(hit) and rule.hard else rule.action
        yield Finding(
            rule.id,
            _level(rule, hit),
            rule.title,
            reason,
            action,
            hit.until or rule.until,
            hit.zone,
            hit.concern,
            tuple(rule.sources),
        )
    done = {hit.fact for hit in counting.values()}
    for fact, hit in {hit.fact: hit for hit in hits if hit.known_only and hit.fact not in done}.items():
        assert fact is not None
        yield Finding(
            rule.id,
            "info",
            f"Does not count now: {rule.title.lower()}",
            hit.reason,
            "Confirm",
            zone=hit.zone,
            sources=tuple(rule.sources),
        )


_ASK = "Ask whether it is there now, and record the answer"


def _level(rule: Rule, hit: Hit) -> Level:
    """The level of the rule; a hard stop only where the words say that it is so now, not that it was."""
    return "soft_stop" if rule.hard and _is_asked(hit) else rule.level


def _is_asked(hit: Hit) -> bool:
    return hit.open or (hit.fact is not None and hit.fact.status == "past")


def _clause(rule: Rule, clause: Clause, asked: Asked) -> Iterator[Hit]:
    if not _person(clause, asked.case):
        return
    for place in _places(clause, asked):
        if clause.facts is None:
            yield place
        else:
            yield from _answered(rule, clause.facts, place, asked)


def _person(clause: Clause, case: Case) -> bool:
    patient = case.patient
    return all(
        (
            clause.age_below is None or patient.age < clause.age_below,
            clause.phototypes is None or patient.phototype in clause.phototypes,
            clause.sun is None or patient.sun in clause.sun,
            clause.sun_protection is None or case.course.aftercare.sun_protection is clause.sun_protection,
            clause.interval_below is None or any(days < clause.interval_below for days in intervals(case)),
        )
    )


def intervals(case: Case) -> Iterator[float]:
    """Days from each session to the next."""
    return (after - before for before, after in pairwise(case.session_days))


def _places(clause: Clause, asked: Asked) -> Iterator[Hit]:
    """Where a clause holds, as far as zones and concerns decide it."""
    if not clause.local:
        yield Hit()
        return
    for target in asked.zones:
        what = _zone(clause, target, asked)
        if what is None:
            continue
        if not clause.by_concern:
            yield Hit(what, zone=target.key)
            continue
        for concern in target.concerns:
            if (not clause.concerns or concern in clause.concerns) and concern not in (clause.not_concerns or ()):
                yield Hit(what, zone=target.key, concern=concern)


def _zone(clause: Clause, target: Target, asked: Asked) -> str | None:
    """What in a zone answers the clause (words for the reason, perhaps none); None if the clause does not hold there."""
    length = target.deepest
    if clause.sites and not any(in_group(asked.book, group, target) for group in clause.sites):
        return None
    if clause.in_zone and not set(clause.in_zone) & set(target.concerns):
        return None
    if clause.needle_above is not None and (length is None or length <= clause.needle_above):
        return None
    if clause.passes_above is not None and target.most_passes <= clause.passes_above:
        return None
    if clause.devices and not any(holds_words(term, target.device_text) for term in clause.devices):
        return None
    if clause.device_concepts and not kinds_in(target.device_text, asked.evidence) & set(clause.device_concepts):
        return None
    if clause.described_device is not None and target.described_device is not clause.described_device:
        return None
    words = [] if clause.needle_above is None else [f"{length:g} mm{target.when_deepest}"]
    words += [] if clause.passes_above is None else [f"{target.most_passes} passes"]
    if clause.topicals is not None:
        meant = (one for one in target.topicals if is_product(clause.topicals, one, asked.evidence))
        names = [contents(one, asked.evidence).name for one in meant]
        if not names:
            return None
        words += names
    if clause.adjuncts is not None:
        names = [adjunct for adjunct in target.adjuncts if kinds_in(adjunct, asked.evidence) & set(clause.adjuncts)]
        if not names:
            return None
        words += names
    return ", ".join(words)


def in_group(book: RuleBook, group: str, target: Target) -> bool:
    """Whether a zone belongs to a group: by a word in its names, the site of the catalogue, or `region:` the region."""
    members = book.groups[group]
    own = (target.zone.zone, target.zone.name or "", target.site)
    return f"region:{target.region}" in members or any(holds_words(member, word) for member in members for word in own)


def is_product(condition: TopicalCondition, topical: Topical, evidence: Evidence) -> bool:
    """Whether a product, as it is put on, is one of which a rule speaks."""
    held = contents(topical, evidence)
    if (condition.any and not held.kinds & set(condition.any)) or held.kinds & set(condition.without):
        return False
    if condition.besides and _only(condition.besides, held, evidence):
        return False
    if condition.only and not _only(condition.only, held, evidence):
        return False
    if condition.since is not None and topical.remove is not None and topical.remove < condition.since:
        return False
    if condition.until is not None and topical.apply > condition.until:
        return False
    return condition.anaesthetic is None or _anaesthetic(condition.anaesthetic, topical, evidence)


def _only(concepts: list[str], held: Contents, evidence: Evidence) -> bool:
    """Whether everything that a product is known to hold is of one of some concepts, and nothing of it is unknown."""
    book = vocabulary(evidence)
    named = [concept for concept in held.named if book[concept].kind != "none"]
    return bool(named) and not held.unknown and all(book.kinds(concept) & set(concepts) for concept in named)


def _anaesthetic(kind: str, topical: Topical, evidence: Evidence) -> bool:
    agent = agent_of(topical, evidence)
    if agent is None or kind in ("any", "none"):
        return (agent is None) == (kind == "none")
    return kind in agent.classes or kind in agent.strengths


def _answered(rule: Rule, condition: FactsCondition, place: Hit, asked: Asked) -> Iterator[Hit]:
    question = condition.question(rule.time, rule.window)
    for answer in answers(asked.person.facts, question, asked.person.start, asked.last):
        yield from _hits(rule, condition, answer, place, asked)


def _hits(rule: Rule, condition: FactsCondition, answer: Answer, place: Hit, asked: Asked) -> Iterator[Hit]:
    fact, said = answer.fact, written(answer.fact)
    if condition.ended and not (answer.holds and _is_over(fact, asked.person.start)):
        return
    known = replace(place, fact=fact, known_only=True)
    if not answer.holds:
        if fact.asked and fact.status == "denied":
            return  # all that was asked and denied is told at once
        note = answer.remark if answer.remark.startswith("read as") else f", {answer.remark}"
        yield replace(known, reason=f"{said}: {note}" if answer.remark.startswith("read as") else f"{said}{note}")
        return
    where = _where(rule, condition, fact, place, asked)
    if not where:
        if not condition.placed:
            yield replace(known, reason=f"{said}: outside the treated zones")
        return
    note = f", {answer.remark}" if answer.remark else ""
    reason = " with ".join(part for part in (f"{said}{note}", place.reason) if part)
    for zone in where:
        yield replace(place, reason=reason, until=answer.until, fact=fact, zone=zone, open=answer.open)


def _is_over(fact: Fact, start: date) -> bool:
    return fact.status == "past" or (fact.until is not None and fact.until < start)


def written(fact: Fact) -> str:
    """A fact as it was written, with the list that it stands in, and as what it was read where that differs."""
    if fact.list == fact.words:
        return fact.words
    read = f", read as {fact.read_as}" if fact.read_as else ""
    return f"{fact.words} ({fact.list.replace('_', ' ')}{read})"


def _where(rule: Rule, condition: FactsCondition, fact: Fact, place: Hit, asked: Asked) -> list[str]:
    """The zones that a fact concerns: none if it names a place that is not treated; an unknown place counts anywhere."""
    if condition.placed and not fact.where:
        return []
    if not fact.where or (rule.where == "person" and not condition.placed):
        return [place.zone]
    keys = [zone.key for zone in asked.zones if meets(fact.where, zone, asked.map)]
    return [key for key in keys if place.zone in ("", key)]


def meets(where: str, zone: Target, places: Places) -> bool:
    """Whether a place and a treated zone meet; a place that nobody knows meets every zone."""
    return where == zone.key or places.meets(where, zone.site) is not False


def question_of(rule: Rule, condition: FactsCondition) -> Question:
    """The question that a rule puts to the history."""
    return condition.question(rule.time, rule.window)


def last_day(case: Case) -> date:
    """The day of the last treatment session."""
    return case.course.start + timedelta(days=max(case.session_days, default=0.0))
