"""Free text of a medical history, read word by word: is this term there, denied, past, or about a relative?

Text is cut into clauses; terms are sequences of whole words (spelling, accents, hyphens and plurals made equal). A term
counts as denied only where a denial reaches it through filler words or a list ("no eczema or psoriasis", "eczema:
none"), and as past where its clause says so ("history of", "stopped", "resolved"). Whatever is in doubt is read as
present. Left out: grammar, other languages, misspelling.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

State = Literal["present", "past", "absent", "family"]

_SEPARATOR = re.compile(r"[,;:.()\[\]\n?!|]|\s[-–—]\s|\b(?:but|however|except|although|though|whereas|and|plus|also)\b|\+")
_TOKEN = re.compile(r"[a-z0-9]+")


def plain(word: str) -> str:
    """One word made comparable: lower case, no accents, one spelling of ae/oe/our, no plural."""
    text = unicodedata.normalize("NFKD", word.casefold()).encode("ascii", "ignore").decode()
    text = text.replace("ae", "e").replace("oe", "e").replace("our", "or")
    if text.endswith("sses"):
        return text[:-2]
    if text.endswith("ies") and len(text) > len("ties"):
        return text[:-3] + "y"
    if text.endswith("s") and len(text) > 3 and not text.endswith(("ss", "us", "is")):
        return text[:-1]
    return text


def tokens(text: str) -> tuple[str, ...]:
    """Comparable words of a text."""
    text = text.casefold().replace("æ", "ae").replace("œ", "oe")
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return tuple(plain(word) for word in _TOKEN.findall(folded.replace("'", "")))


def _set(words: str) -> frozenset[str]:
    return frozenset(plain(word) for word in words.split())


_DENIALS = _set("no not never without denies denied deny negative free none nil non excluded absent")
_FILLERS = _set(
    "a an any the on taking takes using uses known have has having had been of history to evidence signs "
    "diagnosed with recent previous past personal prior allergic allergy for from currently current active "
    "present now is are was were ever at in her his their my new reported symptoms further other h o ho"
)
_LISTS = _set("or nor")
_AFTER = _set("free negative absent excluded denied")
_NOW = _set("active current currently ongoing now still today present actively")
_PAST = _set(
    "history hx past previous previously former formerly prior childhood resolved remission cleared healed cured "
    "stopped discontinued finished completed ceased quit inactive quiescent off ended ex"
)
_NOT_YET = _set("not never cannot will shall should must plan planned going")  # 'not stopped', 'will be stopped'
_BEGUN = _set("since started start diagnosed began begun from onset")
_FAMILY = _set("family familial mother father parent sister brother sibling aunt uncle grandmother grandfather")
_TIME = _set(
    "day week month year ago last in until dose course d wk mo yr january february march april may june july "
    "august september october november december jan feb mar apr jun jul aug sep sept oct nov dec"
)


@dataclass(frozen=True)
class Clause:
    """A stretch of text with no separator in it, and what the clauses after it add to it."""

    words: tuple[str, ...]
    denied: bool = False  # the next clause says 'none'
    marks: frozenset[str] = frozenset()  # words of time in clauses that hold nothing else

    @property
    def all(self) -> frozenset[str]:
        """Words of the clause and of the remarks on it."""
        return frozenset(self.words) | self.marks


@lru_cache(maxsize=1000)
def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of a text; a clause that only denies or only speaks of time belongs to the one before it."""
    found: list[Clause] = []
    for part in _SEPARATOR.split(text.casefold()):
        words = tokens(part)
        if not words:
            continue
        last = found[-1] if found else None
        if last and all(word in _DENIALS or word in _FILLERS for word in words) and _DENIALS & set(words):
            quiet = bool(_NOW & set(words))  # 'none active' is not 'none'
            found[-1] = Clause(last.words, last.denied or not quiet, last.marks | ({"inactive"} if quiet else set()))
        elif last and _only_time(words):
            found[-1] = Clause(last.words, last.denied, last.marks | set(words))
        else:
            found.append(Clause(words))
    return tuple(found)


def _only_time(words: tuple[str, ...]) -> bool:
    known = _PAST | _NOW | _BEGUN | _FILLERS | _TIME | {"no", "longer"}
    return all(word in known or word.isdigit() for word in words)


@dataclass(frozen=True)
class Match:
    """A term that was found and how the text speaks of it."""

    term: str
    state: State
    clause: Clause


def find(terms: Iterable[str], text: str, without: Iterable[str] = ()) -> Match | None:
    """The gravest match of some terms: present before past, past before family, family before absent.

    A clause that also holds a term of `without` does not count; the other clauses of the text still do.
    """
    order = ("present", "past", "family", "absent")
    barred = tuple(without)
    matches = [match for term in terms for match in _matches(term, text) if not _holds(match.clause, barred)]
    return min(matches, key=lambda match: order.index(match.state), default=None)


def _holds(clause: Clause, terms: tuple[str, ...]) -> bool:
    return any(_position(tokens_of_term(term), clause.words) is not None for term in terms)


def _matches(term: str, text: str) -> list[Match]:
    """Where a term stands; of a term with '&' the first part says where, the others may stand in any clause."""
    first, *others = (tokens_of_term(part) for part in term.split("&"))
    states = [_spots(part, text) for part in others]
    if not all(states):
        return []
    denied = any(all(match.state == "absent" for match in spots) for spots in states)
    return [replace(match, term=term, state="absent") if denied else match for match in _spots(first, text)]


def _spots(part: tuple[str, ...], text: str) -> list[Match]:
    found = []
    for clause in clauses(text):
        start = _position(part, clause.words)
        if start is None and len(part) == 1 and part[0] in clause.marks:
            found.append(Match(part[0], "present", clause))
        elif start is not None:
            free = _AFTER & set(clause.words[start + len(part) : start + len(part) + 1])  # 'eczema free', 'HIV negative'
            found.append(Match(" ".join(part), "absent" if free else _state(clause, start), clause))
    return found


@lru_cache(maxsize=1000)
def tokens_of_term(term: str) -> tuple[str, ...]:
    """Words of a term; a word that ends in * matches every word that begins so."""
    words = []
    for word in term.split():
        star = word.endswith("*")
        words += [part + ("*" if star else "") for part in ((plain_stem(word[:-1]),) if star else tokens(word))]
    return tuple(words)


def plain_stem(stem: str) -> str:
    """A stem made comparable (no plural is taken off)."""
    return plain(stem + "x")[:-1]


def _position(part: tuple[str, ...], words: tuple[str, ...]) -> int | None:
    """Where a sequence of words begins in a clause."""
    for start in range(len(words) - len(part) + 1):
        if all(_same(a, b) for a, b in zip(part, words[start:], strict=False)):
            return start
    return None


def _same(term: str, word: str) -> bool:
    return word.startswith(term[:-1]) if term.endswith("*") else word == term


def _state(clause: Clause, start: int) -> State:
    before = clause.words[:start]
    if _denied(clause, start):
        return "past" if _NOW & set(before) else "absent"
    if _FAMILY & set(before):
        return "family"
    return "past" if is_past(clause) else "present"


def _denied(clause: Clause, start: int) -> bool:
    if clause.denied:
        return True
    for index in range(start - 1, -1, -1):
        if clause.words[index] in _DENIALS:
            between = clause.words[index + 1 : start]
            return "longer" not in between and (_LISTS & set(between) != set() or all(w in _FILLERS for w in between))
    return False


def is_past(clause: Clause) -> bool:
    """Whether a clause speaks of something that is over."""
    words = clause.all
    if {"no", "longer"} <= words:
        return True
    if _NOT_YET & words:
        return bool({"active", "current", "present"} & words)
    return bool(_PAST & words) and not _NOW & words


def has_begun_only(clause: Clause) -> bool:
    """Whether the times in a clause say when something began, not when it ended."""
    return bool(_BEGUN & clause.all) and not _PAST & clause.all
