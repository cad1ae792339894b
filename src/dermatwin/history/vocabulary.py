"""The vocabulary of a medical history: conditions, medicines, substances, procedures, with their names, classes and codes.

The tables `vocabulary_*.csv` hold the concepts. A concept has names (any spelling that people use), brands, the classes
that it belongs to and, for a combination, the ingredients that it holds; codes of ICD-10-CM, SNOMED CT, RxNorm, ATC and
LOINC where they are known. A brand is its ingredient by construction: it is a name of it. A name of one word may begin or
end with an asterisk and then stands for every word that ends or begins so (stems of international names: '*mab').
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from ..core.errors import Fault
from ..core.spelling import tokens_of
from ..evidence import Tables, view
from ..evidence.rows.history import VocabularyRow
from .language import SMALL
from .spelling import Speller, speller

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
class Vocabulary:
    """All concepts, and the look-ups by word and by code."""

    concepts: Mapping[str, Concept]
    _closure: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]], repr=False)
    _meant: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], repr=False)

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

    @cached_property
    def by_word(self) -> Mapping[str, Sequence[Name]]:
        """Names by the word under which they are looked up."""
        found: defaultdict[str, list[Name]] = defaultdict(list)
        for name in self._names:
            found[name.key].append(name)
        return dict(found)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(chain.from_iterable(name.words for name in self._names))

    def meant(self, word: str) -> tuple[str, ...]:
        """The known words that a written one may be a slip of; small words of the language count as known."""
        if word not in self._meant:
            self._meant[word] = self._speller.meant(word)
        return self._meant[word]

    def near(self, text: str) -> tuple[str, ...]:
        """A few names that look like a text of which no word is known, the nearest first."""
        from rapidfuzz import fuzz, process

        if len(text) < _SHORTEST:
            return ()
        found = process.extract(text, self._written, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_SUGGESTED)
        return tuple(name for name, _, _ in found)

    @cached_property
    def _written(self) -> tuple[str, ...]:
        """Every name as comparable words."""
        return tuple(dict.fromkeys(" ".join(name.words) for name in self._names))

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
    def _names(self) -> tuple[Name, ...]:
        """Every name of every concept as comparable words; stems apart."""
        named = [
            (name, concept.id)
            for concept in self.concepts.values()
            for name in (*concept.names, concept.label)
            if "*" not in name
        ]
        read = tokens_of(name for name, _ in named)
        return tuple(Name(words, concept) for words, (_, concept) in zip(read, named, strict=True) if words)

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
