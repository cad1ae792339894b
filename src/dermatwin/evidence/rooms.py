"""What only the room that acts on it can say of evidence: the shape of a document, the words that a table may use.

The one thread that leads upwards: names of rooms, followed only when somebody's own folder is at the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from ..core.errors import EvidenceError, Fault
from .reading import read_document
from .rows.following import TriageRow
from .rows.healing import ModifierRow
from .rows.history import AnamnesisRow, VocabularyRow
from .rows.population import RankRow

if TYPE_CHECKING:
    from .known import Known
    from .layers import Layer
    from .rows.row import Row
    from .tables import Tables


@dataclass(frozen=True)
class Word:
    """A function of a room: its module below the package, and its name."""

    module: str
    name: str

    def __call__(self, *arguments: Any) -> Iterator[Fault]:
        """What the room says is wrong."""
        return getattr(import_module(f"...{self.module}", __name__), self.name)(*arguments)


DOCUMENTS = {"screening_rules.yaml": (Word("screening.rule", "faults_in"), "rules")}
"""Files that are no tables: who checks one (the document, the tables, the known names), and the key of its entries."""

TABLES: dict[type[Row], Word] = {
    ModifierRow: Word("healing.person", "faults_of"),
    VocabularyRow: Word("history.vocabulary", "faults_of"),
    AnamnesisRow: Word("history.anamnesis", "faults_of"),
    TriageRow: Word("following.triage", "faults_of"),
    RankRow: Word("population.preset", "faults_of"),
}
"""Tables with words that a room knows: who checks their rows."""


def faults_in(name: str, tables: Tables, known: Known) -> list[Fault]:
    """What is wrong with a document of the uppermost layer."""
    check, _ = DOCUMENTS[name]
    try:
        document = read_document(name, tables.layer.read(name))
        return [*document.twice(), *check(document, tables, known)]
    except EvidenceError as error:
        return list(error.faults)


def entries_in(name: str, layer: Layer) -> int:
    """How many entries a document of a layer holds; 0 where it cannot be read."""
    _, key = DOCUMENTS[name]
    try:
        value = read_document(name, layer.read(name)).value
    except EvidenceError:
        return 0
    entries = cast(dict[str, Any], value).get(key) if isinstance(value, dict) else None
    return len(cast(list[Any], entries)) if isinstance(entries, list) else 0
