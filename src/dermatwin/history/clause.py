"""A text of a history cut into clauses, and what a clause that names nothing adds to the one before it.

A clause ends where a listing or a new thought begins (a comma, a stop, 'but'). Short forms are written out first. A clause
that only denies, or only says when, how or in whom, belongs to the one before; one that ends in a colon heads those behind.
Left out: sentences within sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from .language import BREAKS, DENIALS, DOUBT, FAMILY, FILLERS, FORMS, MANNERS, NOW, is_small, is_time, tokens, words

_YOUTH = (
    r"(?:child|kid|baby|infant|toddler|teen|teenager|teens|adolescent|young|little|childhood|infancy|adolescence|youth)\b"
)
_ABBREVIATIONS = (
    (r"\bw/o\b", "without"),
    (r"\b(?:p/?)?h/o\b|\bh/o\b|\bhx\b", "history of"),
    (r"\bs/p\b|\bstatus post\b|\bused to\b", "previously"),
    (r"\br/o\b", "ruled out"),
    (r"\bn/a\b", "not applicable"),
    (r"\bp?mh\b", "medical history"),
    (r"\bfh\b|\bfhx\b", "family history"),
    (r"\bst\.(?=\s)", "st"),
    (r"\b(dr|mr|mrs|ms|vs|approx|appr|ca|no)\.(?=\s)", r"\1"),
    (r"\be\.g\.|\bi\.e\.", " "),
    (r"&", " and "),
    (r"\b(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)\b", r"\3-\2-\1"),
    (r"\b\d{1,2}/(?:\d{1,2}/)?((?:19|20)\d\d)\b", r"\1"),  # day and month, or month and day: nobody can tell
    (r"(?<=\d)[.,](?=\d)", "0"),  # a decimal sign is no separator
    (r"\?", " query "),
    (r"\b(?:as an? |when (?:i|he|she|they) (?:was|were) (?:an? )?|in (?:my|his|her|their )?)" + _YOUTH, "childhood"),
    (r"(?<![a-z])yrs\b", "years"),
    (r"(?<![a-z])mn?ths\b", "months"),
    (r"(?<![a-z])wks\b", "weeks"),
    (r"\bpregnancies\b", "previous pregnancies"),  # of several, those before are meant
    (r"\bin (?:the next )?(\d+|an?|two|three|four|five|six) (day|week|month)s?\b(?! ago)", r"upcoming \1 \2"),
)
_SEPARATOR = re.compile(
    r"(?P<open>[(\[])|(?P<stop>[;.\n!|])|(?P<colon>:(?!\w))|(?P<list>[,)\]]|\s[-–—]\s)"
    r"|\b(?P<word>but|however|except|although|though|whereas|and|also)\b"
)
_LETTER = re.compile(r"\b[a-k]\d{0,2}\b")
_LETTERED = re.compile(
    r"\b([a-z]{7,})\s+([a-k]\d{0,2}(?:(?:\s*[,/+]\s*|\s+(?:and|or)\s+|\s*,\s*(?:and|or)\s+)[a-k]\d{0,2})+)(?![\w'])"
)
"""One word for several letters: 'vitamins A, C and E', 'hepatitis A or B'."""


@dataclass(frozen=True)
class Clause:
    """A stretch of text with no separator in it, and what the clauses around it add to it."""

    words: tuple[str, ...]
    joint: str = ""  # what stands before it: list, and, stop, colon, open
    denied: bool = False  # a clause after it says 'none'
    marks: frozenset[str] = frozenset()  # words of time and manner in clauses after it that hold nothing else
    heading: frozenset[str] = frozenset()  # words of a clause before it that ends in a colon
    text: str = ""  # as it was written, with the remarks on it: days are read from it

    @property
    def all(self) -> frozenset[str]:
        """Words of the clause and of the remarks on it."""
        return frozenset(self.words) | self.marks


@lru_cache(maxsize=2000)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text; a clause that only denies or only speaks of time or manner belongs to the one before it."""
    found: list[Clause] = []
    heading: frozenset[str] = frozenset()
    for joint, part in _parts(text):
        heading = frozenset() if joint == "stop" else heading
        own = tokens(part)
        if not own:
            continue
        last = found[-1] if found else None
        if last and joint == "colon" and all(map(is_small, last.words)):
            heading = frozenset(last.words)
            found.pop()
            last = None
        if last and _only_denial(own) and (joint != "stop" or all(word in DENIALS for word in own)):
            _deny(found, own, whole_list=joint == "colon")
        elif last and joint not in ("stop", "and") and _only_remark(own):
            found[-1] = replace(last, marks=last.marks | set(own), text=f"{last.text}; {part}")
        else:
            if last and (worse := _got_worse(own)):
                found[-1] = replace(last, marks=last.marks | worse)
            found.append(Clause(own, joint, heading=heading, text=part))
    return tuple(found)


def _got_worse(own: tuple[str, ...]) -> frozenset[str]:
    """What a clause begins with that says of the one before that it got worse ('melasma, worse after laser')."""
    first = next((word for word in own if word not in FILLERS or word in BREAKS), "")
    return MANNERS["worse"] & {first}


def _parts(text: str) -> list[tuple[str, str]]:
    """Stretches between separators, each with the kind of separator before it."""
    written = text.casefold()
    for pattern, instead in _ABBREVIATIONS:
        written = re.sub(pattern, instead, written)
    written = _LETTERED.sub(lambda found: _LETTER.sub(rf"{found[1]} \g<0>", found[2]), written)
    parts: list[tuple[str, str]] = []
    start, joint = 0, ""
    for separator in _SEPARATOR.finditer(written):
        parts.append((joint, written[start : separator.start()]))
        joint = "and" if separator["word"] in ("and", "also") else "stop" if separator["word"] else separator.lastgroup or ""
        start = separator.end()
    return [*parts, (joint or "", written[start:])]


def _only_denial(own: tuple[str, ...]) -> bool:
    return bool(DENIALS & set(own)) and all(word in DENIALS or word in FILLERS or word in NOW for word in own)


def _deny(found: list[Clause], own: tuple[str, ...], *, whole_list: bool) -> None:
    """Let a clause that only denies speak of the one before it; after a colon, of the whole list before it."""
    quiet = bool(NOW & set(own))  # 'none active' is not 'none'
    for place in range(len(found) - 1, -1, -1):
        last = found[place]
        marks = last.marks | {"inactive"} if quiet else last.marks
        found[place] = replace(last, denied=last.denied or not quiet, marks=marks)
        if not whole_list or last.joint not in ("list", "and"):
            return


def _only_remark(own: tuple[str, ...]) -> bool:
    """Whether a clause only says when, how, in whom or in which form; 'not controlled' is a manner as well."""
    if FAMILY & set(own) and _AS_THEY_ARE & set(own):
        return False  # 'husband well' is about him
    denial = bool(_MANNERS & set(own))
    return all(is_time(word) or word in _REMARKS or (denial and word in DENIALS) for word in own)


_MANNERS = frozenset(word for known in MANNERS.values() for word in known)
_AS_THEY_ARE = words("well fine healthy alive")
_REMARKS = _MANNERS | FAMILY | DOUBT | FORMS
