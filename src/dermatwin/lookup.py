"""The catalogues by name: devices, products, actives, concerns, scales, sites, rules of screening, questions of the
anamnesis, concepts of a history.

Everything here is a row of a table as it stands in the evidence; nothing is computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from .core.errors import CaseError, Fault
from .core.spelling import closest, identifier, letters_of
from .evidence import Evidence
from .evidence.layers import Layer
from .evidence.rows.delivery import ActiveRow, ProductRow
from .evidence.rows.device import DeviceRow
from .evidence.rows.history import AnamnesisRow, VocabularyRow
from .evidence.rows.outcome import ConcernRow, ScaleRow
from .evidence.rows.row import PLACE, Row
from .evidence.rows.skin import SiteRow

_ESCAPED = re.compile(r"\\[xuU]")  # in YAML: letters that are not written as themselves
RULES = "screening_rules.yaml"
_APART = (*PLACE, "source", "sources", "grade", "table")
_NOTHING: tuple[Any, ...] = (None, "", (), [], False)


@dataclass(frozen=True)
class Entry:
    """One entry of a catalogue: its name, what it is in words, other names of it, and what is known."""

    kind: str
    name: str
    title: str
    names: tuple[str, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    grade: str = ""
    sources: tuple[str, ...] = ()

    def is_called(self, word: str) -> bool:
        """Whether a word is one of its names, whatever its case, spaces, accents and apostrophes."""
        return is_named(word, (self.name, *self.names))


def is_named(word: str, names: Sequence[str]) -> bool:
    """Whether a word is one of some names, whatever its case, spaces, accents and apostrophes."""
    if letters_of(word) not in letters_of("".join(names)):
        return False
    return identifier(word.casefold()) in (identifier(name.casefold()) for name in names)


class Catalogue(Protocol):
    """Entries of one kind."""

    def entries(self, evidence: Evidence) -> Iterator[Entry]:
        """All of them in the order of their table."""
        ...

    def called(self, word: str, evidence: Evidence) -> Iterator[Entry]:
        """Those that a word names."""
        ...


def entries(kind: str, evidence: Evidence) -> tuple[Entry, ...]:
    """Every entry of a catalogue in the order of its table; CaseError for a catalogue that does not exist."""
    if kind not in CATALOGUES:
        known = ", ".join(CATALOGUES)
        raise CaseError([Fault("KIND", kind, f"is no catalogue; one of {known}{closest(kind, list(CATALOGUES))}")])
    return tuple(CATALOGUES[kind].entries(evidence))


def called(word: str, evidence: Evidence) -> Iterator[Entry]:
    """Entries of every catalogue that a word names; 'rule:pregnancy' names one of one catalogue."""
    wanted, colon, rest = word.partition(":")
    for kind, catalogue in CATALOGUES.items():
        here = colon and wanted in (kind.removesuffix("s"), kind)
        yield from catalogue.called(rest.strip() if here else word, evidence)


@dataclass(frozen=True)
class _Table:
    """The catalogue that a table is: the columns of its names, and everything else as facts."""

    kind: str
    row: type[Row]
    name: str
    title: str
    names: tuple[str, ...]

    def entries(self, evidence: Evidence) -> Iterator[Entry]:
        """Every row as an entry."""
        return (self._entry(one) for one in evidence.rows(self.row))

    def called(self, word: str, evidence: Evidence) -> Iterator[Entry]:
        """Rows that a word names, as entries."""
        return (self._entry(one) for one in evidence.rows(self.row) if is_named(word, self._called(one)))

    def _called(self, row: Row) -> tuple[str, ...]:
        return (getattr(row, self.name), *self._others(row))

    def _others(self, row: Row) -> tuple[str, ...]:
        return tuple(word for column in self.names for word in _words(getattr(row, column)))

    def _entry(self, row: Row) -> Entry:
        cells = dict(row)
        shown = {
            key: value
            for key, value in cells.items()
            if key not in (*_APART, self.name, self.title) and value not in _NOTHING
        }
        source, grade = cells.get("source", ()), cells.get("grade", "")
        return Entry(self.kind, cells[self.name], cells[self.title], self._others(row), shown, grade, source)


def _of(kind: str, row: type[Row], name: str, title: str, *names: str) -> Catalogue:
    return _Table(kind, row, name, title, names)


def _words(cell: Any) -> tuple[str, ...]:
    return cast(tuple[str, ...], cell) if isinstance(cell, tuple) else (cell,)


class _Rules:
    """The rules of screening."""

    def entries(self, evidence: Evidence) -> Iterator[Entry]:
        """Every rule in the order of its file."""
        from .screening import rule_book

        for rule in rule_book(evidence).rules:
            facts = {"level": rule.level, "reason": rule.reason, "action": rule.action, "until": rule.until}
            when = [clause.model_dump(exclude_defaults=True) for clause in rule.when]
            facts |= {"time": str(rule.window or rule.time), "where": rule.where, "when": [str(clause) for clause in when]}
            shown = {key: value for key, value in facts.items() if value not in _NOTHING}
            yield Entry("rule", rule.id, rule.title, (), shown, sources=tuple(rule.sources))

    def called(self, word: str, evidence: Evidence) -> Iterator[Entry]:
        """The rule that a word names; rules are read only where their files hold its letters."""
        if stands_in(word, RULES, evidence.tables.layers):
            yield from (entry for entry in self.entries(evidence) if entry.is_called(word))


def stands_in(word: str, file: str, layers: Sequence[Layer]) -> bool:
    """Whether the letters of a word stand in a file of some layer; a file that escapes letters may hold any."""
    texts = (layer.read(file).decode("utf-8", "replace") for layer in layers if file in layer.names)
    return any(_ESCAPED.search(text) or letters_of(word) in letters_of(text) for text in texts)


CATALOGUES: Mapping[str, Catalogue] = {
    "devices": _of("device", DeviceRow, "id", "name", "name", "aliases"),
    "products": _of("product", ProductRow, "id", "name", "name", "aliases"),
    "actives": _of("active", ActiveRow, "active", "active", "aliases_added"),
    "concerns": _of("concern", ConcernRow, "concern", "label", "label", "aliases"),
    "scales": _of("scale", ScaleRow, "id", "title", "title", "aliases"),
    "sites": _of("site", SiteRow, "site", "label", "label", "aliases"),
    "rules": _Rules(),
    "questions": _of("question", AnamnesisRow, "id", "question", "label"),
    "concepts": _of("concept", VocabularyRow, "concept", "label", "label", "names", "brands"),
}
"""What can be listed, by its plural."""
