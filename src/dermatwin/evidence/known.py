"""The names that a cell may point at: what stands in the columns of all layers, faulty rows included.

A row with a fault still has a name, so that one fault does not make a second of every row that points at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ..core.errors import EvidenceError
from ..core.spelling import closest
from ..naming import split
from .joint import EFFECTS, names_in
from .layers import Layer
from .rows.every import KINDS
from .rows.row import Row, shown
from .tables import Tables, Written, written

POOL = "concern:"  # begins the names of effects that belong to a pool of trials

_CALLED = {
    "sources.source": "is not registered in sources",
    "concerns.concern": "is not a concern",
    "scales.id": "is not a scale",
    "regions.name": "is not a region of a body",
    "device_kinds.kind": "is not a kind of device",
    "actives.active": "is not an active",
    "products.id": "is not a product",
    "parameters.name": "is not a parameter",
    "parameters.family": "is not a family of parameters",
    "quantities.name": "is not a quantity",
    "pools.pool": "is not a pool of studies",
    "vocabulary.concept": "is not a concept of the vocabulary",
    "anamnesis.id": "is not a question of the anamnesis",
    "contraindications.condition": "is not a row of contraindications.csv",
    "outcome_effects.concern": "is not a pool of trials",
    "population_presets.preset": "is not a population",
    "validation_map.quantity": "is not a quantity of validation_map.csv",
}
_FEW = 24  # names that a fault lists in full


class Known:
    """Names by 'table.column' over all layers of some tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self._written: dict[tuple[int, str], list[Written]] = {}
        self._names: dict[str, dict[str, None]] = {}
        self._unread: set[str] = set()  # tables of which a file could not be read: nobody can say what they lack

    def names(self, place: str) -> dict[str, None]:
        """Names that stand in a column, in the order of the layers."""
        if place not in self._names:
            self._names[place] = dict.fromkeys(self._read(place))
        return self._names[place]

    def fault(self, word: str, places: tuple[str, ...]) -> str:
        """Why a word is none of the names in some columns; '' if it is one."""
        if any(word in self.names(place) or place.rpartition(".")[0] in self._unread for place in places):
            return ""
        known = [name for place in places for name in self.names(place)]
        said = " and ".join(_CALLED.get(place) or _missing(place) for place in places)
        listed = f"; one of {', '.join(known)}" if len(known) <= _FEW else ""
        return f"{said}{closest(word, known) or listed}"

    def rows_of(self, layer: Layer, kind: type[Row]) -> Iterator[Written]:
        """Rows of a layer's table as they are written; none of a file that is no such table."""
        for name in layer.matching(f"{kind.table}{kind.ending}"):
            mark = (id(layer), name)
            if mark not in self._written:
                try:
                    self._written[mark] = written(layer, name, kind)
                except EvidenceError:
                    self._written[mark] = []
                    self._unread.add(kind.table.rstrip("/*"))
            yield from self._written[mark]

    def _read(self, place: str) -> Iterator[str]:
        if place == "outcome_effects.concern":
            yield from self._pools
            return
        table, _, column = place.rpartition(".")
        kind, family = _TABLES[table], column == "family"
        for layer in self.tables.layers:
            for _, _, values in self.rows_of(layer, kind):
                name = shown(values.get("name" if family else column))
                yield split(name)[0] if family else name

    @cached_property
    def _pools(self) -> tuple[str, ...]:
        layer = self.tables.topmost(EFFECTS)
        names = () if layer is None else names_in(EFFECTS, layer.read(EFFECTS))
        return tuple(name.removeprefix(POOL) for name in names if name.startswith(POOL))


def _missing(place: str) -> str:
    table, _, column = place.rpartition(".")
    return f"does not stand in {table}.csv, column {column}"


_TABLES = {kind.table.rstrip("/*"): kind for kind in KINDS}
