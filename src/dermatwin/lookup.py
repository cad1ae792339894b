"""The catalogues by name: devices, products, actives, concerns, scales, sites, rules of screening, questions of the
anamnesis, concepts of a history.

Everything here is a row of a table as it stands in the evidence; nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .core.errors import CaseError, Fault
from .core.spelling import closest, identifier
from .evidence import Evidence
from .evidence.rows.delivery import ActiveRow, ProductRow
from .evidence.rows.device import DeviceRow
from .evidence.rows.history import AnamnesisRow, VocabularyRow
from .evidence.rows.outcome import ConcernRow, ScaleRow
from .evidence.rows.row import PLACE, Row
from .evidence.rows.skin import SiteRow

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
        return identifier(word.casefold()) in (identifier(name.casefold()) for name in (self.name, *self.names))


def entries(kind: str, evidence: Evidence) -> tuple[Entry, ...]:
    """Every entry of a catalogue in the order of its table; CaseError for a catalogue that does not exist."""
    if kind not in CATALOGUES:
        known = ", ".join(CATALOGUES)
        raise CaseError([Fault("KIND", kind, f"is no catalogue; one of {known}{closest(kind, list(CATALOGUES))}")])
    return tuple(CATALOGUES[kind](evidence))


def called(word: str, evidence: Evidence) -> Iterator[Entry]:
    """Entries of every catalogue that a word names; 'rule:pregnancy' names one of one catalogue."""
    wanted, colon, rest = word.partition(":")
    for kind in CATALOGUES:
        one = kind.removesuffix("s")
        if colon and wanted in (one, kind):
            yield from (entry for entry in entries(kind, evidence) if entry.is_called(rest.strip()))
        else:
            yield from (entry for entry in entries(kind, evidence) if entry.is_called(word))


def _of(kind: str, row: type[Row], name: str, title: str, *names: str) -> Callable[[Evidence], Iterator[Entry]]:
    """The catalogue that a table is: the columns of its names, and everything else as facts."""

    def read(evidence: Evidence) -> Iterator[Entry]:
        for one in evidence.rows(row):
            cells = dict(one)
            others = tuple(word for column in names for word in _words(cells[column]))
            shown = {
                key: value for key, value in cells.items() if key not in (*_APART, name, title) and value not in _NOTHING
            }
            source = cells.get("source", ())
            yield Entry(kind, cells[name], cells[title], others, shown, cells.get("grade", ""), source)

    return read


def _words(cell: Any) -> tuple[str, ...]:
    return cast(tuple[str, ...], cell) if isinstance(cell, tuple) else (cell,)


def _rules(evidence: Evidence) -> Iterator[Entry]:
    from .screening import rule_book

    for rule in rule_book(evidence).rules:
        facts = {"level": rule.level, "reason": rule.reason, "action": rule.action, "until": rule.until}
        when = [clause.model_dump(exclude_defaults=True) for clause in rule.when]
        facts |= {"time": str(rule.window or rule.time), "where": rule.where, "when": [str(clause) for clause in when]}
        shown = {key: value for key, value in facts.items() if value not in _NOTHING}
        yield Entry("rule", rule.id, rule.title, (), shown, sources=tuple(rule.sources))


CATALOGUES: dict[str, Callable[[Evidence], Iterator[Entry]]] = {
    "devices": _of("device", DeviceRow, "id", "name", "name", "aliases"),
    "products": _of("product", ProductRow, "id", "name", "name", "aliases"),
    "actives": _of("active", ActiveRow, "active", "active", "aliases_added"),
    "concerns": _of("concern", ConcernRow, "concern", "label", "label", "aliases"),
    "scales": _of("scale", ScaleRow, "id", "title", "title", "aliases"),
    "sites": _of("site", SiteRow, "site", "label", "label", "aliases"),
    "rules": _rules,
    "questions": _of("question", AnamnesisRow, "id", "question", "label"),
    "concepts": _of("concept", VocabularyRow, "concept", "label", "label", "names", "brands"),
}
"""What can be listed, by its plural."""
