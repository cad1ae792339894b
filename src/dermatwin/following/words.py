"""Symptoms in plain words: what a sentence says is there, what it denies, and what nobody here knows.

Spelling, word order and listings are read as in a history (`history`): one slip is forgiven in a word of five letters, the
longest name counts. A denial counts only where it stands before a symptom and nothing but filling words lie between ('no
fever or chills'); 'never such pain', 'not only red' and 'no pain like this before' deny nothing. Every word that is neither
small nor part of a known symptom is unknown, and nothing that is unknown is ever reassured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.spelling import tokens
from ..evidence import Evidence, Tables, view
from ..evidence.rows.following import SymptomRow
from ..history.clause import clauses
from ..history.language import DENIALS, FILLERS, LISTS, MANNERS, words
from ..history.mention import Said, said
from ..history.place import places
from ..history.vocabulary import Concept, Vocabulary

_DENY = words("no not without denies denied deny denying nor neither")
_UNDOES = words(
    "only just longer such like before ever more better improving improvement change relief idea doubt sure longer"
)
"""Words with which a denial speaks of something else."""
_LIKE = words("such like before ever never")
_TELLING_PARTS = words("eye eyelid lip lips mouth tongue throat neck chest breast ear ears gland glands skin whole body")
"""Parts of a body of which a word changes what a symptom means: they are known as parts of names alone."""
_GRAVE = words("severe unbearable terrible extreme worst excruciating agonising agonizing")
WORSE = MANNERS["worse"] | words("increasing increase growing grows grow grew bigger larger spreading rising stronger")
_PLAIN = words(
    "feel feels feeling felt look looks looking bit lot really quite still today yesterday tonight since little again "
    "around over everywhere all whole entire needled needling microneedling treated session day days hour hours morning "
    "evening week weeks ago such before less slightly mildly very somewhat rather touch when where there thing things "
    "something my i we it me her him you your says said told noticed notice noticing think "
    "thinks seems seem like slept woke seeing"
)
"""Ordinary words of a sentence about a symptom that name nothing."""


@dataclass(frozen=True)
class Told:
    """What a text says: symptoms that are there, symptoms that are denied, words that nobody knows, and whether it grows."""

    there: tuple[str, ...]
    denied: tuple[str, ...]
    unknown: tuple[str, ...]
    worse: bool
    read_as: tuple[tuple[str, str], ...] = ()  # symptom, the known word that was read instead of the written one


@view
def book(tables: Tables) -> Vocabulary:
    """Names of symptoms as a vocabulary."""
    rows = tables.rows(SymptomRow)
    return Vocabulary({row.id: Concept(row.id, "symptom", row.label, (), row.names) for row in rows})


def told(text: str, evidence: Evidence, zones: Iterable[str] = ()) -> Told:
    """What a text says of symptoms; `zones` are names that need not be known."""
    names, parts = book(evidence), places(evidence).words - _TELLING_PARTS
    known = parts | {token for zone in zones for token in tokens(zone.replace("_", " "))}
    there: dict[str, None] = {}
    denied: dict[str, None] = {}
    unknown: dict[str, None] = {}
    slips: dict[str, str] = {}
    worse = False
    for clause in clauses(text):
        found = said(clause, names, frozenset(known))
        worse = worse or bool((WORSE & clause.all) and not (DENIALS & set(clause.words)))
        for mention in found.mentions:
            (denied if _denied(found, mention.places[0]) else there)[mention.concept] = None
            if mention.read_as:
                slips[mention.concept] = mention.read_as
        unknown |= dict.fromkeys(word for word in found.unread if word not in _PLAIN | WORSE and word not in _GRAVE)
        if _GRAVE & clause.all and "soreness" in {mention.concept for mention in found.mentions}:
            there["severe_pain"] = None
    gone = [name for name in denied if name not in there]
    return Told(tuple(there), tuple(gone), tuple(unknown), worse, tuple(slips.items()))


def _denied(found: Said, start: int) -> bool:
    """Whether a denial before a mention reaches it."""
    before = found.clause.words[:start]
    if _LIKE & set(found.clause.words):
        return False
    for place in range(len(before) - 1, -1, -1):
        if before[place] in _DENY:
            between = before[place + 1 :]
            named = {spot for mention in found.mentions for spot in mention.places}
            plain = all(
                word in FILLERS or word in LISTS or word in _PLAIN or spot in named
                for spot, word in enumerate(between, start=place + 1)
            )
            return plain and not _UNDOES & set(between)
    return False
