"""Questions to the facts of a person: one form for every reader, so that all of them get one answer.

A question names concepts (a fact of a kind of them answers), the roles and manners that count, and the time: now, over,
ever, within a window before the course, or in the family. What is denied never answers; what a relative has answers only
where the family is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from ..evidence.rows.history import Asked, Time
from .dates import Timing, Window
from .fact import Fact, Role

TAKEN: tuple[Role, ...] = ("condition", "medicine", "procedure", "habit")
"""Roles in which a thing is, or was, there; the other two are an allergy to it and what nobody knows."""


@dataclass(frozen=True)
class Question:
    """What is asked of a history."""

    any: tuple[str, ...] = ()  # concepts: a fact of a kind of them answers
    exact: tuple[str, ...] = ()  # concepts: a fact that is this and no narrower thing answers
    without: tuple[str, ...] = ()  # kinds that a fact must not be of
    roles: tuple[Role, ...] = TAKEN
    time: Time = "present"
    window: Window | None = None
    manners: tuple[str, ...] = ()  # one of these must be said
    not_manners: tuple[str, ...] = ()  # none of these may be said


@dataclass(frozen=True)
class Answer:
    """One fact that a question is about: whether it counts, until when, why not or with what remark, and if that is open."""

    fact: Fact
    holds: bool
    until: str = ""
    remark: str = ""
    open: bool = False


def question(row: Asked) -> Question:
    """The question that a row of evidence puts to a history before it counts."""
    window = Window.read(row.window) if row.window else None
    return Question(row.concepts, (), row.without, TAKEN, row.time, window, row.manners, row.not_manners)


def holds(facts: Iterable[Fact], question: Question, start: date) -> bool:
    """Whether any fact answers the question with yes on the day of the first session."""
    return any(answer.holds for answer in answers(facts, question, start))


def answers(facts: Iterable[Fact], question: Question, start: date, last: date | None = None) -> Iterator[Answer]:
    """Every fact that the question is about, for a course from `start` to `last` (else on that day alone)."""
    for fact in facts:
        if _concerns(question, fact):
            yield _answer(question, fact, start, last or start)


def _concerns(question: Question, fact: Fact) -> bool:
    if fact.role not in question.roles or fact.kinds & set(question.without):
        return False
    if not fact.kinds & set(question.any) and fact.what not in question.exact:
        return False
    if question.manners and not fact.manners & set(question.manners):
        return False
    return not fact.manners & set(question.not_manners)


def _answer(question: Question, fact: Fact, start: date, last: date) -> Answer:
    if fact.status == "denied":
        return Answer(fact, False, remark="read as not there")
    if fact.status == "family":
        return Answer(fact, question.time == "family", remark="" if question.time == "family" else "read as a relative's")
    timing = _timing(question, fact, start, last)
    undated = question.time == "window" and timing.holds and fact.status == "past" and fact.until is None
    return Answer(fact, timing.holds, timing.until, timing.remark, fact.certainty == "open" or undated)


def _timing(question: Question, fact: Fact, start: date, last: date) -> Timing:
    if question.time == "family":
        return Timing(False, remark="it is the person's own")
    if question.time == "ever":
        return Timing(True)
    if question.time == "past":
        return Timing(fact.status == "past", remark="" if fact.status == "past" else "it is there now")
    window = question.window if question.time == "window" else None
    if fact.since and fact.since > (window.after(last) if window else last):
        return Timing(False, remark=f"begins on {fact.since.isoformat()}, after the course")
    return _now(fact, start) if window is None else _within(fact, window, start)


def _now(fact: Fact, start: date) -> Timing:
    if fact.until is None:
        return Timing(False, remark="it is written as past") if fact.status == "past" else Timing(True)
    if fact.until < start:
        return Timing(False, remark=f"it ended on {fact.until.isoformat()}")
    return Timing(True, until=fact.until.isoformat())


def _within(fact: Fact, window: Window, start: date) -> Timing:
    event = fact.role == "procedure"
    if fact.until is None:
        remark = "the date is not given" if fact.status == "past" or event else ""
        return Timing(True, until=f"{window} after {'it' if event else 'the last use'}", remark=remark)
    clear = window.after(fact.until)
    if clear <= start:
        return Timing(False, remark=f"the {window} ended on {clear.isoformat()}")
    return Timing(True, until=clear.isoformat(), remark=f"last on {fact.until.isoformat()}")
