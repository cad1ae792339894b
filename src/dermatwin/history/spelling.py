"""Spelling slips: the known words that a written one may be meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

SHORTEST = 5  # letters: a shorter word is taken as it is written
LONG = 8  # letters: from here on two slips are forgiven
MOST = 4  # words that a slip may be meant to be; of more, nobody can tell


@dataclass(frozen=True, eq=False)
class Speller:
    """Known words, to be compared with what was written."""

    known: frozenset[str]

    def meant(self, word: str) -> tuple[str, ...]:
        """The nearest known words to one that is not known; several where they are equally near, none where none is near.

        A slip is a letter left out, added, changed or swapped with its neighbour; one is forgiven in a word of five letters,
        two in one of eight. The first letter counts, unless the first two are swapped.
        """
        if len(word) < SHORTEST or not word.isalpha():
            return ()
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        slips = 2 if len(word) >= LONG else 1
        near = process.extract(word, list(self._alike(word, slips)), scorer=OSA.distance, score_cutoff=slips, limit=None)
        best = min((distance for _, distance, _ in near), default=None)
        found = tuple(sorted({self._singular(name) for name, distance, _ in near if distance == best}))
        return found if len(found) <= MOST else ()

    def _alike(self, word: str, slips: int) -> Iterator[str]:
        """Words of about that length that begin as a slip of it would."""
        shortest, longest = max(SHORTEST - 1, len(word) - slips), len(word) + slips
        for start in dict.fromkeys((word[0], word[1::-1])):
            yield from (name for name in self._beginning(start) if shortest <= len(name) <= longest)

    def _singular(self, word: str) -> str:
        return word if word in self.known else word[:-1]

    def _beginning(self, start: str) -> Iterator[str]:
        """Known words, also with an s behind, which a slip keeps from being read as a plural."""
        for word in self._shelves.get(start[0], ()):
            if word.startswith(start):
                yield word
                if len(word) >= SHORTEST:
                    yield f"{word}s"

    @cached_property
    def _shelves(self) -> dict[str, list[str]]:
        """Words by first letter."""
        shelves: dict[str, list[str]] = {}
        for word in self.known:
            shelves.setdefault(word[0], []).append(word)
        return shelves


def speller(words: Iterable[str]) -> Speller:
    """A speller that knows some words."""
    return Speller(frozenset(words))
