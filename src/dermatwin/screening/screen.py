"""Screening of a case: rules, depths, numbing and overrides, put together into one verdict per concern, zone and person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..case import Case, Override
from ..case.writing import inline
from ..core.vocabulary import ASSUMPTION
from ..evidence import Evidence
from ..history import Person, person_in, suggestions, words_of
from ..history.fact import NOTHING, Fact
from .allergy import allergy_check, unknown_adjuncts, unknown_products
from .anaesthetic import anaesthetic_check
from .asked import contradiction_check, denied, not_asked
from .depth import depth_check
from .imported import imported_check, unconfirmed
from .known import require_names
from .match import Asked, apply, written
from .pace import pace_check
from .place import place_check
from .records import COMPUTED, ConcernVerdict, Finding, Screening, ZoneVerdict, gravest_first, verdict_of
from .rule import RuleBook, rule_book
from .target import Target, targets


def screen(case: Case, evidence: Evidence | None = None) -> Screening:
    """Whether the course of a case may go ahead: `stop`, `caution` or `ok`, with every reason.

    A hard stop cannot be overridden; a soft stop becomes a caution where `case.overrides` holds a reason for its rule.
    Animals are not screened. Rules are read against going on: unknown dates count, denied items do not.

    evidence : rules, catalogues and limits other than the packaged ones.
    Raises CaseError for a concern that the evidence does not know.
    """
    believed = evidence or Evidence.packaged()
    require_names(case, believed)
    if case.patient.species != "human":
        animal = case.patient.species.replace("_", " ")
        info = Finding(
            "not_a_person",
            "info",
            "Not a person",
            f"{animal}: screening is for people",
            "Follow the rules for animal studies",
            sources=(ASSUMPTION,),
        )
        return Screening("ok", (info,), tuple(_zone_verdict(zone, ()) for zone in targets(case, believed)))
    book, zones = rule_book(believed), targets(case, believed)
    who = person_in(case, believed)
    found, known = apply(Asked(case, who, zones, book, believed))
    found += tuple(finding for zone in zones for finding in depth_check(case, zone, believed))
    found += tuple(
        finding
        for zone in zones
        for finding in (
            *place_check(zone, believed),
            *allergy_check(zone, who, believed),
            *unknown_products(zone, believed),
            *unknown_adjuncts(zone, believed),
        )
    )
    found += tuple(finding for zone in zones for finding in pace_check(case, zone, found, book, believed))
    found += anaesthetic_check(case, believed)
    found += (*contradiction_check(case, who, believed), *_unknown(who, case, believed), *_guessed(who))
    found += tuple(imported_check(case, who))
    found += (*denied(who, believed), *_judged(who), *_without_rule(who, known))
    findings = gravest_first(_merged(_overridden(found, case.overrides, book), zones))
    verdicts = tuple(_zone_verdict(zone, findings) for zone in zones)
    return Screening(verdict_of(findings), findings, verdicts, not_asked(case, who, zones, believed))


def _unknown(who: Person, case: Case, evidence: Evidence) -> Iterator[Finding]:
    """What nobody knows is asked about: it is not the same as harmless."""
    waiting = unconfirmed(case)
    for fact in who.facts:
        if fact.known or fact.path in waiting:
            continue
        near = suggestions(fact, evidence)
        unread = ", ".join(f"'{word}'" for word in fact.unread)
        yield Finding(
            "not_known",
            "caution",
            "Not known to dermatwin",
            f"{written(fact)}: {f'nobody here knows {unread}' if unread else 'says nothing that can be read'}"
            + (f"; did you mean {', '.join(near)}" if near else ""),
            f"Ask what it is, and write it so that it can be read, or judge it: {_judgement(words_of(fact), case)}",
            zone=fact.where,
            sources=(ASSUMPTION,),
        )


def _judgement(about: str, case: Case) -> str:
    """What to write in the case to judge some words, as YAML."""
    record = {"about": about, "reading": "harmless", "reason": "why", "by": "who", "date": case.course.start.isoformat()}
    return f"judgements: {inline([record])}; 'harmless', or a concept of dermatwin list concepts"


def _judged(who: Person) -> Iterator[Finding]:
    """What a clinician judged stays to be seen, with who did and why."""
    for fact in who.facts:
        if fact.judged:
            yield Finding(
                "judged",
                "info",
                "Judged by a clinician",
                f"{written(fact)}: {fact.judged}",
                "Confirm",
                sources=(ASSUMPTION,),
            )


def _guessed(who: Person) -> Iterator[Finding]:
    """A slip that was read as a known word is confirmed by whoever wrote it."""
    for fact in who.facts:
        if fact.known and fact.read_as:
            yield Finding(
                "read_as",
                "caution",
                "Read as another word than was written",
                f"{written(fact)}: taken as {fact.label}",
                "Confirm it, and correct the spelling",
                sources=(ASSUMPTION,),
            )


def _without_rule(who: Person, asked: frozenset[str]) -> Iterator[Finding]:
    """What is known and of which no rule speaks, in one line."""
    told = (fact for fact in who.facts if fact.known and NOTHING not in fact.kinds and not _only_denied(fact))
    left = (fact for fact in told if fact.path not in asked and not fact.read_as)
    names = dict.fromkeys(written(fact) for fact in left)
    if names:
        yield Finding(
            "no_rule",
            "info",
            "Known, and no rule speaks of it",
            "; ".join(names),
            "A clinician must judge it",
            sources=(ASSUMPTION,),
        )


def _only_denied(fact: Fact) -> bool:
    """Whether it is a plain no to a question of the anamnesis, which `denied` tells of."""
    return fact.asked and fact.status == "denied"


def _overridden(findings: tuple[Finding, ...], overrides: list[Override], book: RuleBook) -> Iterable[Finding]:
    reasons = {override.rule: override for override in overrides}
    for finding in findings:
        override = reasons.get(finding.rule)
        if override is None or finding.level != "soft_stop":
            yield finding
        else:
            yield replace(finding, level="caution", overridden=True, override_reason=f"{override.reason} ({override.by})")
    for name, override in reasons.items():
        yield from _vain(name, override, findings, book)


def _vain(name: str, override: Override, findings: tuple[Finding, ...], book: RuleBook) -> Iterable[Finding]:
    """What is wrong with an override that changes nothing."""
    levels = {finding.level for finding in findings if finding.rule == name}
    if "hard_stop" in levels:
        yield Finding(
            "override_refused",
            "hard_stop",
            "A hard stop cannot be overridden",
            f"overrides: {name} is a hard stop; the recorded reason of {override.by} does not count",
            "Remove the override and the cause",
            sources=(ASSUMPTION,),
        )
    elif not levels & {"soft_stop"}:
        known = book.rule(name) is not None or name in COMPUTED
        why = "nothing of this name stops the case" if known else "no rule has this name"
        yield Finding(
            "override_unused",
            "info" if known else "caution",
            "An override that overrides nothing",
            f"overrides: {name}: {why}",
            "Check the name of the rule",
            sources=(ASSUMPTION,),
        )


def _merged(findings: Iterable[Finding], zones: tuple[Target, ...]) -> Iterable[Finding]:
    """One finding in place of the same finding in every treated zone."""
    found = list(findings)
    everywhere = {zone.key for zone in zones}
    where: dict[Finding, set[str]] = {}
    for finding in found:
        where.setdefault(replace(finding, zone=""), set()).add(finding.zone)
    for finding in dict.fromkeys(found):
        if len(everywhere) < 2 or where[replace(finding, zone="")] != everywhere:
            yield finding
        elif finding.zone == zones[0].key:
            yield replace(finding, zone="")


def _zone_verdict(zone: Target, findings: tuple[Finding, ...]) -> ZoneVerdict:
    here = [finding for finding in findings if finding.zone in ("", zone.key)]
    shared = [finding for finding in here if not finding.concern]
    concerns = tuple(_concern_verdict(concern, [f for f in here if f.concern in ("", concern)]) for concern in zone.concerns)
    return ZoneVerdict(zone.key, zone.site, verdict_of(here), concerns, _rules(shared))


def _concern_verdict(concern: str, findings: list[Finding]) -> ConcernVerdict:
    return ConcernVerdict(concern, verdict_of(findings), _rules(f for f in findings if f.concern))


def _rules(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.rule for finding in findings if finding.level != "info"))
