"""How a clause speaks of what it names: there, over, in a relative, denied, or doubtful; and in which manner.

A denial reaches a name through small words or along a list that ends in 'or' ("no eczema, psoriasis or rosacea"). Where the
words leave a thing open it is read as there and marked as open: an illness that comes and goes without a word of when, a
list of which only the beginning is denied ("no eczema and psoriasis"), a doubt ("?HIV").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .language import (
    BEGUN,
    BREAKS,
    DENIAL_BRIDGE,
    DENIALS,
    DENIED_AFTER,
    DOUBT,
    FAMILY,
    FILLERS,
    LISTS,
    MANNERS,
    NOT_YET,
    NOW,
    OVER,
    PAST,
    RECURRENT,
    ROUTES,
    RULED_OUT,
    SUPPOSED,
    TREATED,
    Clause,
    is_measure,
    words,
)
from .mention import Mention, Said

Status = Literal["active", "past", "family", "denied", "unknown"]


@dataclass(frozen=True)
class Spoken:
    """The status of a mention, and whether the words leave it open."""

    status: Status
    open: bool = False


def spoken(number: int, mention: Mention, everything: tuple[Said, ...], course: str) -> Spoken:
    """How clause `number` of a text speaks of one of its mentions; `course` is that of the concept."""
    clause = everything[number].clause
    start, end = mention.places[0], mention.places[-1] + 1
    before = clause.words[:start]
    around = _around(mention, clause)
    if _denied(clause, start, end):
        return Spoken("past" if _still(before) else "denied")
    if _is_family(clause, before, clause.words[end:]):
        return Spoken("family")
    carried = _carried(number, everything)
    if carried == "denied":
        return Spoken("denied")
    if SUPPOSED & set(before):
        return Spoken("unknown", open=True)
    if _only_dates(before) and course in ("state", "episode", "event"):
        return Spoken("past", open=True)
    status = _in_time(around | clause.heading, course)
    doubtful = bool(DOUBT & around) or carried == "open"
    return Spoken(status, open=doubtful or (status == "active" and course == "episode" and not NOW & around))


def _around(mention: Mention, clause: Clause) -> frozenset[str]:
    """The words of a clause and the remarks on it without those of the mention itself ('frozen shoulder' was not frozen).

    What stands behind 'since' only says when something began ('since childhood').
    """
    own = set(mention.places)
    words = [word for place, word in enumerate(clause.words) if place not in own]
    begun = next((place for place, word in enumerate(words) if word == "since"), len(words))
    return frozenset(words[: begun + 1]) | clause.marks


def _only_dates(before: tuple[str, ...]) -> bool:
    """Whether a mention only says since when something else is there ('melasma since pregnancy')."""
    return next(
        (word in ("since", "following", "after") for word in reversed(before) if word not in FILLERS - BREAKS), False
    )


def manners(mention: Mention, clause: Clause) -> frozenset[str]:
    """In which manner something is there (uncontrolled, recurrent, severe, worse ...) or taken (topical, oral ...).

    Words of the mention's own phrase and of the remarks on its clause count; of a medicine's route, the whole clause.
    """
    near = frozenset(_phrase(mention, clause.words)) | clause.marks
    found = {name for name, known in MANNERS.items() if known & near}
    if "controlled" in found and near & DENIALS:
        found.add("uncontrolled")
    found -= {"controlled"} if "uncontrolled" in found else set()
    return frozenset(found | {route for route, known in ROUTES.items() if known & clause.all})


def _phrase(mention: Mention, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words around a mention up to the nearest breaks."""
    start, end = mention.places[0], mention.places[-1] + 1
    while start and words[start - 1] not in BREAKS:
        start -= 1
    while end < len(words) and words[end] not in BREAKS:
        end += 1
    return words[start:end]


def _still(before: tuple[str, ...]) -> bool:
    """'no active acne' denies that it is active, not that it was there."""
    return bool(NOW & set(before))


def _denied(clause: Clause, start: int, end: int) -> bool:
    if clause.denied or clause.words[end : end + 2] == RULED_OUT or set(clause.words[end : end + 1]) & DENIED_AFTER:
        return True
    if _only_denials(clause.heading):
        return True
    return _reached(clause.words, start)


def _only_denials(heading: frozenset[str]) -> bool:
    return bool(heading & DENIALS) and heading <= DENIALS | FILLERS


def _reached(words: tuple[str, ...], start: int) -> bool:
    """Whether a denial before a name reaches it."""
    for index in range(start - 1, -1, -1):
        if words[index] in DENIALS:
            between = words[index + 1 : start]
            bridged = all(word in FILLERS or word in DENIAL_BRIDGE or is_measure(word) for word in between)
            return "longer" not in between and (bool(LISTS & set(between)) or bridged)
    return False


def _carried(number: int, everything: tuple[Said, ...]) -> str:
    """What a denial at the beginning of a list says of a later entry: 'denied', 'open', or nothing.

    A list that ends in 'or' is denied as a whole; one that ends in 'and', or in nothing, is open after its first entry.
    """
    clause = everything[number].clause
    if clause.joint not in ("list", "and") or clause.words[0] in _NEW_THOUGHT:
        return ""
    first = number
    while (
        first and everything[first].clause.joint in ("list", "and") and everything[first].clause.words[0] not in _NEW_THOUGHT
    ):
        first -= 1
    if first == number or not _opens_with_denial(everything[first]):
        return ""
    last = number
    while last + 1 < len(everything) and everything[last + 1].clause.joint in ("list", "and"):
        last += 1
    ends_in_or = any(LISTS & set(everything[place].clause.words) for place in range(first, last + 1))
    return "denied" if ends_in_or else "open"


def _opens_with_denial(opening: Said) -> bool:
    words = opening.clause.words
    return words[0] in DENIALS or any(_reached(words, mention.places[0]) for mention in opening.mentions[:1])


_NEW_THOUGHT = words(
    "has have had takes take taking is was uses use on with currently now current active past history previous but since"
)
"""Words that begin a thought of their own after a comma: a denial before does not reach past them."""


def _is_family(clause: Clause, before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    if FAMILY & (clause.heading | clause.marks):
        return True
    if FAMILY & set(before):
        return True
    return (any(word in FAMILY for word in after) and {"in", "of"} & set(after) != set()) or after[:1] in (("family",),)


def _in_time(words: frozenset[str], course: str) -> Status:
    """There or over, by the words of time and by how the condition runs."""
    if {"no", "longer"} <= words:
        return "past"
    if NOT_YET & words:
        return "past" if NOW & words and {"not", "no", "never"} & words else "active"
    if NOW & words and "inactive" not in words:
        return "active"
    over = OVER if course == "lasting" else PAST | TREATED if course else PAST
    if over & words or (course == "episode" and RECURRENT & words):
        return "past"
    if course == "event" and not BEGUN & words:
        return "past"
    return "active"


def is_past(clause: Clause) -> bool:
    """Whether a clause speaks of something that is over."""
    return _in_time(clause.all, "") == "past"


def has_begun_only(clause: Clause) -> bool:
    """Whether the times in a clause say when something began, not when it ended."""
    return bool(BEGUN & clause.all) and not OVER & clause.all
