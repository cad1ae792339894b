"""The vocabulary of a medical history: conditions, medicines, substances, procedures, with their names, classes and codes.

The tables `vocabulary_*.csv` hold the concepts. A concept has names (any spelling that people use), brands, the classes
that it belongs to and, for a combination, the ingredients that it holds; codes of ICD-10-CM, SNOMED CT, RxNorm, ATC and
LOINC where they are known. A brand is its ingredient by construction: it is a name of it. A name of one word may begin or
end with an asterisk and then stands for every word that ends or begins so (stems of international names: '*mab').
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from ..core.errors import Fault
from ..core.spelling import lines_of, plain
from ..evidence import Tables, view
from ..evidence.rows.history import VocabularyRow
from .language import SMALL
from .spelling import Speller, speller

OWN_SYSTEM = "dermatwin"
"""The system of codes that are ids of concepts."""

_SHORTEST, _ALIKE, _SUGGESTED = 4, 75.0, 3  # letters, per cent of likeness, names: of what is suggested for unknown words


@dataclass(frozen=True)
class Concept:
    """One thing that a history can speak of."""

    id: str
    kind: str
    label: str
    parents: tuple[str, ...]
    names: tuple[str, ...]
    codes: tuple[str, ...] = ()
    course: str = ""
    sources: tuple[str, ...] = ()


class Name(NamedTuple):
    """One name of a concept as comparable words."""

    words: tuple[str, ...]
    concept: str

    @property
    def key(self) -> str:
        """The word by which the name is looked up: its longest."""
        return self.words[0] if len(self.words) == 1 else max(self.words, key=len)


@dataclass(frozen=True, eq=False)
class _Index:
    """All names as one text, a line each, which is searched and not taken apart: a history names few of them.

    concepts : of each line.
    """

    text: str
    concepts: tuple[str, ...]

    @cached_property
    def spelt(self) -> Mapping[str, Sequence[str]]:
        """Comparable words, each with the words of the text that are made comparable as it."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for bare in dict.fromkeys(self.text.split()):
            found[plain(bare)].append(bare)
        return dict(found)

    def lines_with(self, bare: str) -> Iterator[int]:
        """Lines that hold a word of the text."""
        at = self._spaced.find(f" {bare} ")
        while at >= 0:
            yield bisect_right(self._starts, at) - 1
            at = self._spaced.find(f" {bare} ", at + 1)

    def words(self, line: int) -> tuple[str, ...]:
        """The comparable words of a line."""
        return tuple(map(plain, self._spaced[self._starts[line] : self._starts[line + 1]].split()))

    @cached_property
    def _spaced(self) -> str:
        """The text with a space before and behind every word."""
        return f" {self.text} ".replace("\n", " \n ")

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins, and where the last one ends."""
        return [0, *accumulate(len(line) + 1 for line in self._spaced.split("\n"))]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All concepts, and the look-ups by word and by code."""

    concepts: Mapping[str, Concept]
    _closure: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]], repr=False)
    _meant: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], repr=False)
    _near: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], repr=False)
    _by_word: dict[str, tuple[Name, ...]] = field(default_factory=dict[str, tuple[Name, ...]], repr=False)

    def __getitem__(self, concept: str) -> Concept:
        return self.concepts[concept]

    def kinds(self, concept: str) -> frozenset[str]:
        """The concept itself and everything that it is or holds, at any remove."""
        if concept not in self._closure:
            found, waiting = {concept}, [concept]
            while waiting:
                new = set(self.concepts[waiting.pop()].parents) - found
                found |= new
                waiting += new
            self._closure[concept] = frozenset(found)
        return self._closure[concept]

    def named_by(self, word: str) -> tuple[Name, ...]:
        """Names that are looked up under a word, in the order of the tables."""
        if word not in self._by_word:
            found = {line for bare in self._index.spelt.get(word, ()) for line in self._index.lines_with(bare)}
            names = (Name(self._index.words(line), self._index.concepts[line]) for line in sorted(found))
            self._by_word[word] = tuple(name for name in names if name.key == word)
        return self._by_word[word]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(self._index.spelt)

    def meant(self, word: str) -> tuple[str, ...]:
        """The known words that a written one may be a slip of; small words of the language count as known."""
        if word not in self._meant:
            self._meant[word] = self._speller.meant(word)
        return self._meant[word]

    def near(self, text: str) -> tuple[str, ...]:
        """A few names that look like a text of which no word is known, the nearest first."""
        if text not in self._near:
            self._near[text] = self._alike(text) if len(text) >= _SHORTEST else ()
        return self._near[text]

    def _alike(self, text: str) -> tuple[str, ...]:
        from rapidfuzz import fuzz, process

        found = process.extract(text, self._written, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_SUGGESTED)
        return tuple(name for name, _, _ in found)

    @cached_property
    def _written(self) -> tuple[str, ...]:
        """Every name as comparable words."""
        lines = (self._index.words(line) for line in range(len(self._index.concepts)))
        return tuple(dict.fromkeys(" ".join(words) for words in lines if words))

    @cached_property
    def _speller(self) -> Speller:
        return speller(self.words | SMALL)

    @cached_property
    def stems(self) -> tuple[tuple[str, bool, str], ...]:
        """Stems: the letters, whether a word must begin (else end) with them, and the concept; longest first."""
        found = [
            (name.strip("*"), name.endswith("*"), concept.id)
            for concept in self.concepts.values()
            for name in concept.names
            if "*" in name
        ]
        return tuple(sorted(found, key=lambda stem: -len(stem[0])))

    @cached_property
    def by_code(self) -> dict[str, str]:
        """Concepts by code, as 'icd10cm:L91.0'."""
        return {code.casefold(): concept.id for concept in self.concepts.values() for code in concept.codes}

    @cached_property
    def _index(self) -> _Index:
        """Every name of every concept; stems apart."""
        named = [
            (name, concept.id)
            for concept in self.concepts.values()
            for name in (*concept.names, concept.label)
            if "*" not in name
        ]
        return _Index(lines_of(name for name, _ in named), tuple(concept for _, concept in named))

    def stem_of(self, word: str) -> str | None:
        """The concept of the longest stem that a word carries."""
        for letters, begins, concept in self.stems:
            if len(word) > len(letters) and (word.startswith(letters) if begins else word.endswith(letters)):
                return concept
        return None

    def coded(self, text: str) -> str | None:
        """The concept of a code: as written, or of the nearest code above it (ICD-10 and ATC are trees).

        A code of the system 'dermatwin' is the id of a concept.
        """
        system, _, code = text.casefold().partition(":")
        if system == OWN_SYSTEM:
            return code if code in self.concepts else None
        while code:
            if (found := self.by_code.get(f"{system}:{code}")) is not None:
                return found
            code = code[:-1].rstrip(".") if system in ("icd10cm", "atc") else ""
        return None


CODE = re.compile(
    r"\b(icd-?10(?:-?cm)?|snomed(?:[ -]?ct)?|rxnorm|atc|loinc)\s*[:#]?\s*([A-Za-z0-9][A-Za-z0-9.-]*)", re.IGNORECASE
)
_ICD_ALONE = re.compile(r"(?<![\w.])([A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?![\w.])")
_SYSTEMS = {"icd": "icd10cm", "sno": "snomed", "rxn": "rxnorm", "atc": "atc", "loi": "loinc"}


def codes_in(text: str) -> tuple[str, ...]:
    """Codes that stand in a text, as 'system:code': named by their system, or of the form of ICD-10 with a point."""
    named = [f"{_SYSTEMS[match[1][:3].casefold()]}:{match[2].rstrip('.')}" for match in CODE.finditer(text)]
    alone = [f"icd10cm:{match[1]}" for match in _ICD_ALONE.finditer(text) if "." in match[1]]
    return tuple(dict.fromkeys(code.casefold() for code in (*named, *alone)))


_OF_ALLERGY = ("icd10cm:z88", "icd10cm:z91.0", "icd10cm:l23")


def says_allergy(code: str) -> bool:
    """Whether a code means that its thing is not tolerated: Z88 and Z91.0 (history of allergy), L23 (contact allergy)."""
    return code.startswith(_OF_ALLERGY)


@view
def vocabulary(tables: Tables) -> Vocabulary:
    """The vocabulary of some evidence."""
    return Vocabulary({row.concept: _concept(row) for row in tables.rows(VocabularyRow)})


def _concept(row: VocabularyRow) -> Concept:
    names = (*row.names, *row.brands)
    return Concept(row.concept, row.kind, row.label, row.parents, names, row.codes, row.course, row.source)


def faults_of(rows: Sequence[VocabularyRow]) -> Iterator[Fault]:
    """Concepts whose classes lead back to themselves, and stars in names of several words."""
    parents = {row.concept: row.parents for row in rows}
    for row in rows:
        where = f"{row.file}:{row.line}"
        if _loops(row.concept, parents, ()):
            yield Fault(
                f"{where}.parents", ";".join(row.parents), "leads back to the concept itself; name what it is, or holds"
            )
        for name in (*row.names, *row.brands):
            if "*" in name.strip("*") or ("*" in name and len(name.split()) > 1):
                yield Fault(f"{where}.names", name, "has a star inside; one stands for the rest of a single word")


def _loops(concept: str, parents: Mapping[str, tuple[str, ...]], path: tuple[str, ...]) -> bool:
    """Whether a way up from a concept comes back to one it has passed."""
    if concept in path:
        return True
    return any(_loops(parent, parents, (*path, concept)) for parent in parents.get(concept, ()))
