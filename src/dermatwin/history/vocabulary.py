"""The vocabulary of a medical history: conditions, medicines, substances, procedures, with their names, classes and codes.

One file, `vocabulary.csv`, holds the concepts. A concept has names (any spelling that people use), brands, the classes
that it belongs to and, for a combination, the ingredients that it holds; codes of ICD-10-CM, SNOMED CT, RxNorm, ATC and
LOINC where they are known. A brand is its ingredient by construction: it is a name of it. A name of one word may begin or
end with an asterisk and then stands for every word that ends or begins so (stems of international names: '*mab').
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from ..evidence import Evidence
from ..evidence.gate import read_table
from .language import SMALL, tokens
from .spelling import Speller, speller

TABLES = ("vocabulary_conditions", "vocabulary_medicines")
KINDS = ("condition", "medicine", "substance", "procedure", "habit", "device", "none")
COURSES = ("lasting", "state", "episode", "event", "")
"""How a condition runs: lasting (had once, has it), state (named = there now), episode (comes and goes), event (is over)."""


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


@dataclass(frozen=True)
class Name:
    """One name of a concept as comparable words."""

    words: tuple[str, ...]
    concept: str

    @property
    def key(self) -> str:
        """The word by which the name is looked up: its longest."""
        return max(self.words, key=len)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All concepts, and the look-ups by word and by code."""

    concepts: dict[str, Concept]
    _closure: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _meant: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def __getitem__(self, concept: str) -> Concept:
        return self.concepts[concept]

    def kinds(self, concept: str) -> frozenset[str]:
        """The concept itself and everything that it is or holds, at any remove."""
        if concept not in self._closure:
            above = [self.kinds(parent) for parent in self.concepts[concept].parents]
            self._closure[concept] = frozenset({concept}).union(*above)
        return self._closure[concept]

    @cached_property
    def by_word(self) -> dict[str, tuple[Name, ...]]:
        """Names by the word under which they are looked up."""
        found: dict[str, list[Name]] = {}
        for name in self._names():
            found.setdefault(name.key, []).append(name)
        return {word: tuple(names) for word, names in found.items()}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(word for name in self._names() for word in name.words)

    def meant(self, word: str) -> tuple[str, ...]:
        """The known words that a written one may be a slip of; small words of the language count as known."""
        if word not in self._meant:
            self._meant[word] = self._speller.meant(word)
        return self._meant[word]

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

    def _names(self) -> Iterator[Name]:
        for concept in self.concepts.values():
            for name in (*concept.names, concept.label):
                if "*" not in name and (words := tokens(name)):
                    yield Name(words, concept.id)

    def stem_of(self, word: str) -> str | None:
        """The concept of the longest stem that a word carries."""
        for letters, begins, concept in self.stems:
            if len(word) > len(letters) and (word.startswith(letters) if begins else word.endswith(letters)):
                return concept
        return None

    def coded(self, text: str) -> str | None:
        """The concept of a code: as written, or of the nearest code above it (ICD-10 and ATC are trees)."""
        system, _, code = text.casefold().partition(":")
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


def vocabulary(evidence: Evidence) -> Vocabulary:
    """The vocabulary of some evidence."""
    return _read(evidence.folder)


@lru_cache(maxsize=4)
def _read(folder: Path) -> Vocabulary:
    return Vocabulary({row["concept"]: _concept(row) for table in TABLES for row in read_table(folder / f"{table}.csv")})


def _concept(row: dict[str, str]) -> Concept:
    def listed(column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in row[column].split(";") if part.strip())

    return Concept(
        row["concept"],
        row["kind"],
        row["label"],
        listed("parents"),
        (*listed("names"), *listed("brands")),
        listed("codes"),
        row["course"],
        listed("source"),
    )


def closed(concepts: Iterable[Concept]) -> list[str]:
    """Concepts whose classes lead back to themselves, or to nothing; none in a sound vocabulary."""
    known = {concept.id: concept for concept in concepts}
    return [concept.id for concept in known.values() if _loops(concept, known, ())]


def _loops(concept: Concept, known: dict[str, Concept], path: tuple[str, ...]) -> bool:
    if concept.id in path:
        return True
    return any(parent not in known or _loops(known[parent], known, (*path, concept.id)) for parent in concept.parents)
