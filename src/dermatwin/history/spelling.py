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
        found = tuple(sorted(name for name, distance, _ in near if distance == best))
        return found if len(found) <= MOST else ()

    def _alike(self, word: str, slips: int) -> Iterator[str]:
        for length in range(max(SHORTEST - 1, len(word) - slips), len(word) + slips + 1):
            yield from self._shelves.get((word[0], length), ())
            yield from (name for name in self._shelves.get((word[1], length), ()) if name[:2] == word[1::-1])

    @cached_property
    def _shelves(self) -> dict[tuple[str, int], list[str]]:
        """Words by first letter and length."""
        shelves: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self.known):
            shelves.setdefault((word[0], len(word)), []).append(word)
        return shelves


def speller(words: Iterable[str]) -> Speller:
    """A speller that knows some words."""
    return Speller(frozenset(words))
