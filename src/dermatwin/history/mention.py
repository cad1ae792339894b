"""What a clause speaks of: the concepts whose names stand in it, and the words that nobody knows.

The words of a name may stand in any order with up to two words between them ('hypertrophic burn scar'), but not across a
word at which a phrase ends. Of two names of which one holds all words of the other, the longer one counts ('acne scar' is
not acne). A word that is no small word and in no name is read as the known word that is a slip away, and that is kept;
where two are equally near, it is read as either.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

from .clause import Clause
from .language import ALLERGY, BREAKS, DENIALS, TELLING, is_small
from .vocabulary import Name, Vocabulary

GAP = 2  # words that may stand between those of a name


@dataclass(frozen=True)
class Mention:
    """A concept that is named in a clause: at which words, and how it was written where that was not its spelling."""

    concept: str
    places: tuple[int, ...]
    read_as: str = ""  # the known word that was read instead of the written one, or the stem's class
    doubtful: bool = False  # the written word is as near to another known one


@dataclass(frozen=True)
class Said:
    """All that one clause names."""

    clause: Clause
    mentions: tuple[Mention, ...]
    unread: tuple[str, ...]  # content words that nobody knows


Reading = tuple[tuple[str, ...], ...]
"""For each word of a clause, the known words that it may be: itself, the slips, or itself where none is near."""


def said(clause: Clause, vocabulary: Vocabulary, places: frozenset[str]) -> Said:
    """The concepts that a clause names, and its words that stay unread; words of places are no content by themselves."""
    clause = replace(clause, words=tuple(_spelt(word, vocabulary, places) for word in clause.words))
    read = tuple((word,) if word in places else _read(word, vocabulary) for word in clause.words)
    exact = _longest(
        [_corrected(mention, clause.words, one, read) for one in _variants(read) for mention in _named(one, vocabulary)]
    )
    covered = {place for mention in exact for place in mention.places}
    covered |= {place for place, word in enumerate(clause.words) if word in places or _is_small(read[place])}
    stems = [
        Mention(concept, (place,), vocabulary[concept].label)
        for place, word in enumerate(clause.words)
        if place not in covered and (concept := vocabulary.stem_of(word)) is not None
    ]
    covered |= {mention.places[0] for mention in stems}
    unread = tuple(word for place, word in enumerate(clause.words) if place not in covered)
    return Said(clause, tuple(sorted((*exact, *stems), key=lambda mention: mention.places)), unread)


def inverted(first: Said, second: Said, vocabulary: Vocabulary, places: frozenset[str]) -> Said:
    """The second of two clauses with the names that take words of both ('carcinoma, basal cell'); none is taken away."""
    joined = said(Clause((*first.clause.words, *second.clause.words)), vocabulary, places)
    size = len(first.clause.words)
    both = [mention for mention in joined.mentions if mention.places[0] < size <= mention.places[-1]]
    moved = [replace(mention, places=tuple(max(place - size, 0) for place in mention.places)) for mention in both]
    used = {joined.clause.words[place] for mention in both for place in mention.places}
    unread = tuple(word for word in second.unread if word not in used)
    return Said(second.clause, (*second.mentions, *moved), unread)


def _spelt(word: str, vocabulary: Vocabulary, places: frozenset[str]) -> str:
    """A small word as it is spelt ('alergy' is allergy), any other as it is written; a slip never denies."""
    if word in places or is_small(word):
        return word
    meant = _read(word, vocabulary)
    if found := next((option for option in meant if option in ALLERGY), ""):
        return found
    if not all(is_small(option) and option not in DENIALS for option in meant):
        return word
    return next((option for option in meant if option in TELLING), meant[0])


def _read(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The word itself where it is known or small, else the known words that it may be a slip of, else itself.

    A word of a known stem is a slip only of a word of that stem ('trombocytopenia', but no other '-cytopenia').
    """
    if is_small(word) or word in vocabulary.words:
        return (word,)
    stem, meant = vocabulary.stem_of(word), vocabulary.meant(word)
    if stem is not None:
        meant = tuple(option for option in meant if vocabulary.stem_of(option) == stem)
    return meant or (word,)


def _is_small(read: tuple[str, ...]) -> bool:
    return any(map(is_small, read))


def _variants(read: Reading) -> Iterator[tuple[str, ...]]:
    """The clause with one doubtful word after the other read in each of its ways, the others in their first."""
    first = tuple(options[0] for options in read)
    yield first
    for place, options in enumerate(read):
        for other in options[1:]:
            yield (*first[:place], other, *first[place + 1 :])


def _corrected(mention: Mention, written: tuple[str, ...], one: tuple[str, ...], read: Reading) -> Mention:
    changed = [one[place] for place in mention.places if one[place] != written[place]]
    doubtful = any(len(read[place]) > 1 for place in mention.places)
    return Mention(mention.concept, mention.places, " ".join(changed), doubtful)


def _named(read: tuple[str, ...], vocabulary: Vocabulary) -> Iterator[Mention]:
    for word in dict.fromkeys(read):
        for name in vocabulary.named_by(word):
            for places in _found(name, read):
                yield Mention(name.concept, places)


def _found(name: Name, read: tuple[str, ...]) -> Iterator[tuple[int, ...]]:
    """Where the words of a name stand near one another in one phrase."""
    spots = [[place for place, word in enumerate(read) if word == wanted] for wanted in name.words]
    for places in product(*spots):
        chosen = sorted(set(places))
        if len(chosen) < len(name.words) or chosen[-1] - chosen[0] >= len(name.words) + GAP:
            continue
        between = set(range(chosen[0], chosen[-1])) - set(chosen)
        if not any(read[place] in BREAKS for place in between) and _letters_stand(name, places):
            yield tuple(chosen)


def _letters_stand(name: Name, places: tuple[int, ...]) -> bool:
    """Whether the letters and articles of a name stand beside its word ('a vitamin' is not vitamin A)."""
    for number, word in enumerate(name.words):
        if ((len(word) == 1 and word.isalpha()) or word in _ARTICLES) and len(name.words) > 1:
            before, after = (number - 1, number) if number else (0, 1)
            if places[after] - places[before] != 1:
                return False
    return True


_ARTICLES = ("the", "an")


def _longest(mentions: list[Mention]) -> list[Mention]:
    """Mentions whose words are not all among those of a longer one; each concept once at a place."""
    distinct = list(dict.fromkeys(mentions))
    return [mention for mention in distinct if not any(set(mention.places) < set(other.places) for other in distinct)]
