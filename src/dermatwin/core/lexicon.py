"""Names of the entries of a catalogue in words of daily use: what a word means, what it may mean, what is near to it.

Words are compared without regard to case, accents, hyphens, plural, order and small words ('lines of the neck'). A word
that several entries carry is never guessed: a fault names them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .spelling import closest, tokens

_SMALL = frozenset({"a", "an", "the", "my", "of", "on", "in", "from", "after", "by"})


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Entries of a catalogue by their names. `names`: entry -> every name of it; `labels`: entry -> what it is in words."""

    names: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]

    def meant(self, word: str) -> tuple[str, ...]:
        """The entries that a word may mean: one that is called so, else all that carry the name."""
        key = word.strip().casefold()
        return (key,) if key in self.names else self._called.get(comparable(word), ())

    def entry(self, word: str) -> str:
        """The entry that a word means; ValueError with what would be right where it means none or several."""
        found = self.meant(word)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValueError(f"may be {' or '.join(self.told(name) for name in found)}; write the one that is meant")
        near = closest(word.replace("_", " "), self._written)
        raise ValueError(f"is not known{near}" if near else f"is not one of {', '.join(self.names)}")

    def told(self, entry: str) -> str:
        """An entry with what it is in words."""
        return f"{entry} ({self.labels[entry]})"

    @cached_property
    def _called(self) -> dict[tuple[str, ...], tuple[str, ...]]:
        found: dict[tuple[str, ...], dict[str, None]] = {}
        for entry, names in self.names.items():
            for name in (entry, self.labels[entry], *names):
                found.setdefault(comparable(name), {})[entry] = None
        return {words: tuple(entries) for words, entries in found.items()}

    @cached_property
    def _written(self) -> tuple[str, ...]:
        """Every name that may be written, those of the catalogue first."""
        return (*self.names, *(name for names in self.names.values() for name in names))


def comparable(text: str) -> tuple[str, ...]:
    """Words of a name in alphabetical order, without the small ones."""
    return tuple(sorted(word for word in tokens(text.replace("_", " ")) if word not in _SMALL))


@dataclass(frozen=True, eq=False)
class Words:
    """What a case may say of concerns, scales and what is measured.

    usual : concern -> the scale it is read on where none is named.
    grades : scale -> words for its grades ('moderate') with their numbers.
    measures : what may be observed, by names of daily use ('redness').
    """

    concerns: Lexicon
    scales: Lexicon
    usual: Mapping[str, str]
    grades: Mapping[str, Mapping[str, float]]
    measures: Lexicon | None = None

    def grade(self, word: str, scale: str) -> float:
        """The number of a grade in words; ValueError with what would be right."""
        known = self.grades.get(scale, {})
        if word.casefold() not in known:
            raise ValueError(_no_grade(scale, known))
        return known[word.casefold()]


def _no_grade(scale: str, known: Iterable[str]) -> str:
    """Why a word is no grade."""
    if not scale:
        return "is a word, and no scale is named; write the scale and its number"
    words = ", ".join(known)
    return f"is no grade of {scale}; write a number" + (f", or one of {words}" if words else "")
