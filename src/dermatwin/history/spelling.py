"""Spelling slips: the known word that a written one is meant to be, if there is just one that is near."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 5  # letters: a shorter word is taken as it is written
LONG = 8  # letters: from here on two slips are forgiven


def meant(word: str, known: Iterable[str]) -> tuple[str, ...]:
    """The nearest known words to one that is not known; several where they are equally near, none where none is near.

    A slip is a letter left out, added, changed or swapped with its neighbour; one is forgiven in a word of five letters,
    two in one of eight. The first letter counts, unless the two first letters are swapped.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return ()
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    slips = 2 if len(word) >= LONG else 1
    near = process.extract(word, _alike(word, known, slips), scorer=OSA.distance, score_cutoff=slips, limit=None)
    best = min((distance for _, distance, _ in near), default=None)
    return tuple(sorted(name for name, distance, _ in near if distance == best))


def _alike(word: str, known: Iterable[str], slips: int) -> list[str]:
    return [
        name
        for name in known
        if len(name) >= SHORTEST - 1
        and abs(len(name) - len(word)) <= slips
        and (name[0] == word[0] or name[:2] == word[1::-1])
    ]
