"""The person on the sheets: allergies, and what screening found, as it is for the clinic, in plain words for the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from ...evidence.rows.advice import ClockRow
from ...history import Fact
from ...screening import Finding, rule_book
from ...screening.allergy import not_tolerated
from ...screening.match import written
from ...screening.rule import Phase, Rule
from .about import About
from .clock import instructions, longest

PHASES: tuple[Phase, ...] = get_args(Phase)
LEVELS = {"hard_stop": "Stop", "soft_stop": "Stop until decided", "caution": "Caution", "info": "Info"}


@dataclass(frozen=True)
class Told:
    """A finding as it stands on the order of a session."""

    level: str
    stops: bool
    title: str
    reason: str
    action: str
    until: str
    here: str  # how long it is for this person, where the run computes more than is customary
    zone: str
    decided: str  # the recorded reason of an override
    notes: str


@dataclass(frozen=True)
class Plain:
    """What a finding means to the person: the words that it was read from, and the sentence."""

    words: str
    sentence: str
    notes: str


def allergies(about: About) -> tuple[Fact, ...]:
    """Everything that the person is written not to tolerate, what nobody can read included."""
    return not_tolerated(about.who, about.run.evidence)


def allergen(fact: Fact) -> str:
    """An allergy as it is written, and what a clinician judged it to be."""
    return f"{fact.words} ({fact.label})" if fact.judged and fact.known else fact.words


def findings(about: About) -> list[Told]:
    """Every finding that is more than an info, the gravest first."""
    return [_told(finding, about) for finding in about.run.screening.findings if finding.level != "info"]


def _told(finding: Finding, about: About) -> Told:
    say = about.tongue.say
    names = {treated.key: treated.name for treated in about.zones}
    return Told(
        level=say(LEVELS[finding.level]),
        stops=finding.stops,
        title=about.tongue.quoted(finding.title),
        reason=about.tongue.quoted(finding.reason),
        action=about.tongue.quoted(finding.action),
        until=about.tongue.quoted(finding.until),
        here=_here(finding, about),
        zone=names.get(finding.zone, finding.zone),
        decided=finding.override_reason,
        notes=about.notes.mark(finding.sources),
    )


def _here(finding: Finding, about: About) -> str:
    """What a rule says of the days after is what is customary: it is said where the channels are open for longer."""
    ours = [one for one in instructions(about, "aftercare") if finding.rule in one.row.rules]
    hours = longest(ours)
    if hours is None or any(one.hours <= one.row.lasting for one in ours):
        return ""  # of several things of which a rule speaks, some are as is customary
    return about.tongue.say("As computed here, no sooner than {lasting} after.", lasting=about.tongue.lasting(hours))


def plain(about: About, phase: Phase) -> list[Plain]:
    """What the findings mean to the person in one phase, each rule once, with all that it was read from."""
    book = rule_book(about.run.evidence)
    said: dict[str, tuple[Rule, list[str]]] = {}
    for finding in about.run.screening.findings:
        rule = book.rule(finding.rule)
        if rule is None or finding.level == "info" or phase not in rule.plain:
            continue
        said.setdefault(rule.id, (rule, []))[1].extend(_words(finding, about))
    return [
        Plain(
            about.tongue.listing(list(dict.fromkeys(words))), _sentence(rule, phase, about), about.notes.mark(rule.sources)
        )
        for rule, words in said.values()
    ]


def _sentence(rule: Rule, phase: Phase, about: About) -> str:
    """The plain sentence of a rule, with the hours of the clock that names it: of the phase, else of the other."""
    hours = next(filter(None, (_hours(rule, when, about) for when in (phase, *PHASES))), None)
    values = {} if hours is None else {"lasting": about.tongue.lasting(hours)}
    return about.tongue.say(rule.plain[phase], **values)


def _hours(rule: Rule, phase: str, about: About) -> float | None:
    """Hours of the instructions that speak of the same as a rule: of those for this person, else as they are customary."""
    ours = longest(one for one in instructions(about, phase) if rule.id in one.row.rules)
    rows = (row for row in about.run.evidence.rows(ClockRow) if rule.id in row.rules and row.phase == phase)
    return ours or max((row.lasting for row in rows), default=None)


def _words(finding: Finding, about: About) -> list[str]:
    """The words of the history that a finding was read from; flags of the case have none."""
    return [fact.words for fact in about.who.facts if fact.words != fact.list and finding.reason.startswith(written(fact))]
