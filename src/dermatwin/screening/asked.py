"""The anamnesis in a screening: what was not asked, what was denied, and where answers and history disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..case import Case
from ..core.vocabulary import ASSUMPTION
from ..evidence import Evidence
from ..history import Person, Setting, anamnesis, contradictions, kinds_in, unasked
from .match import last_day, written
from .records import Finding, Unasked
from .target import Target


def not_asked(case: Case, who: Person, zones: Sequence[Target], evidence: Evidence) -> tuple[Unasked, ...]:
    """The questions that apply to this person and course and that nobody answered."""
    rows = unasked(who, setting_of(case, zones, evidence), last_day(case), evidence)
    return tuple(Unasked(row.id, row.group, row.question) for row in rows)


def setting_of(case: Case, zones: Sequence[Target], evidence: Evidence) -> Setting:
    """Whom the anamnesis is asked of, and for what course."""
    named = [text for zone in zones for text in (zone.device_text, *zone.adjuncts)]
    courses = frozenset[str]().union(*(kinds_in(text, evidence) for text in named))
    return Setting(case.patient.sex, case.patient.age, frozenset(zone.region for zone in zones), courses)


def contradiction_check(case: Case, who: Person, evidence: Evidence) -> Iterator[Finding]:
    """A question where an answer and the rest of the history disagree; the graver of both is what the rules read."""
    for row, fact in contradictions(who, last_day(case), evidence):
        answer = who.patient.anamnesis[row.id].answer
        yield Finding(
            "anamnesis_contradicts",
            "caution",
            "The anamnesis and the history disagree",
            f"{row.label}: answered {answer}, but see {written(fact)}; the graver of both is taken",
            "Ask again, and correct what is wrong",
            sources=(ASSUMPTION,),
        )


def denied(who: Person, evidence: Evidence) -> Iterator[Finding]:
    """What was asked and denied, in one line: the groups of questions, with how many of each."""
    known, replies = anamnesis(evidence), who.patient.anamnesis
    groups = Counter(known[name].group for name, reply in replies.items() if reply.answer == "no")
    if groups:
        yield Finding(
            "asked_and_denied",
            "info",
            "Asked, and answered no",
            f"{groups.total()} of the anamnesis: " + ", ".join(f"{group} ({count})" for group, count in groups.items()),
            "Ask again before every session",
            sources=(ASSUMPTION,),
        )
