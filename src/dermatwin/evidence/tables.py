"""The tables of one evidence: rows read when first asked for, and what rooms make of them.

A view is what a room makes of the tables and of nothing else: a catalogue, an index of names, a pool of counts. It is made
once for each `Tables`. Evidence that differs in beliefs only shares its tables, and so its views.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, update_wrapper
from types import MappingProxyType
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from ..core.errors import EvidenceError, Fault
from .layers import Layer
from .reading import read_document, read_sheet
from .rows.row import R, Row, columns_of, parsed, values_of

MOST_VIEWS = 4096  # kept for each evidence; the one used longest ago goes first

P = ParamSpec("P")
T = TypeVar("T")
Written = tuple[str, int, Mapping[str, Any]]
"""A row as it is written: its file, its line, the values of its columns."""


class Tables:
    """Rows of every table of a layer laid over other tables. Two are equal only if they are the same object."""

    def __init__(self, layer: Layer, under: Tables | None = None) -> None:
        self.layer, self.under = layer, under

        def made(build: Callable[..., Any], *arguments: Any) -> Any:
            return _guarded(build(self, *arguments))

        self._views = lru_cache(maxsize=MOST_VIEWS)(made)

    def __reduce__(self) -> tuple[Any, ...]:
        return Tables, (self.layer, self.under)

    @property
    def levels(self) -> tuple[Tables, ...]:
        """These tables and all below them, the lowest first."""
        return (*(self.under.levels if self.under else ()), self)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers of all levels, the lowest first."""
        return tuple(level.layer for level in self.levels)

    def rows(self, kind: type[R]) -> tuple[R, ...]:
        """Rows of a table over all layers; EvidenceError where one of its files does not pass."""
        return self.view(_rows, kind)

    def own(self, kind: type[R]) -> tuple[tuple[R, ...], tuple[Fault, ...]]:
        """Rows of a table in the uppermost layer, and what is wrong with them."""
        return self.view(_own, kind)

    def view(self, build: Callable[..., T], *arguments: Any) -> T:
        """What `build` makes of these tables, made once for each set of arguments."""
        return self._views(build, *arguments)

    def topmost(self, name: str) -> Layer | None:
        """The last layer that holds a file."""
        return next((layer for layer in reversed(self.layers) if name in layer.names), None)


def _guarded(made: Any) -> Any:
    """What many will read: a dictionary can no longer be changed."""
    return MappingProxyType(cast(dict[Any, Any], made)) if isinstance(made, dict) else made


class HasTables(Protocol):
    """Whatever holds tables: an evidence."""

    @property
    def tables(self) -> Tables:
        """The tables it stands on."""
        ...


def view(build: Callable[Concatenate[Tables, P], T]) -> Callable[Concatenate[Tables | HasTables, P], T]:
    """Make a function of tables one of evidence, computed once for each evidence and set of arguments (by position)."""

    def seen(holder: Tables | HasTables, *arguments: P.args, **_: P.kwargs) -> T:
        tables = holder if isinstance(holder, Tables) else holder.tables
        return tables.view(build, *arguments)

    return update_wrapper(seen, build)


def _rows(tables: Tables, kind: type[R]) -> tuple[R, ...]:
    rows, faults = tables.own(kind)
    if faults:
        raise EvidenceError(faults)
    return rows if tables.under is None else laid_over(tables.under.rows(kind), rows)


def _own(tables: Tables, kind: type[R]) -> tuple[tuple[R, ...], tuple[Fault, ...]]:
    rows: list[R] = []
    faults: list[Fault] = []
    for name in tables.layer.matching(f"{kind.table}{kind.ending}"):
        try:
            for file, line, values in written(tables.layer, name, kind):
                row, wrong = parsed(kind, file, line, values)
                faults += wrong
                if row is not None:
                    rows.append(row)
        except EvidenceError as error:
            faults += error.faults
    return tuple(rows), tuple(faults)


def written(layer: Layer, name: str, kind: type[Row]) -> list[Written]:
    """Rows of a file as they are written; EvidenceError where the file is no such table."""
    if name.endswith(".yaml"):
        return _entries(layer, name)
    sheet = read_sheet(name, layer.read(name))
    columns = columns_of(kind)
    if set(sheet.columns) != set(columns) or len(sheet.columns) != len(columns):
        raise EvidenceError([Fault(f"{name}:1", "", _strange(sheet.columns, tuple(columns)))])
    return [(name, line, values_of(kind, dict(zip(sheet.columns, cells, strict=True)))) for line, cells in sheet.rows]


def _entries(layer: Layer, name: str) -> list[Written]:
    document = read_document(name, layer.read(name))
    if not isinstance(document.value or [], list):
        raise EvidenceError([Fault(name, "", "is not a list of entries; begin each with '- name: ...'")])
    odd = [
        Fault(f"{name}:{document.line((number,))}", str(entry), "is not a mapping; write lines of 'key: value'")
        for number, entry in enumerate(document.value or [])
        if not isinstance(entry, dict)
    ]
    odd = odd or list(document.twice())
    if odd:
        raise EvidenceError(odd)
    return [(name, document.line((number,)), entry) for number, entry in enumerate(document.value or [])]


def _strange(found: tuple[str, ...], wanted: tuple[str, ...]) -> str:
    """What is wrong with the columns of a table, in one sentence."""
    from ..core.spelling import closest

    missing = [name for name in wanted if name not in found]
    more = [name for name in dict.fromkeys(found) if name not in wanted]
    twice = [name for name in dict.fromkeys(found) if found.count(name) > 1]
    known = [f"{name or 'a column without a name'}{closest(name, missing)}" for name in more]
    parts = (("lacks the columns ", missing), ("has columns that nobody reads: ", known), ("has twice ", twice))
    return "; ".join(f"{said}{', '.join(names)}" for said, names in parts if names)


def laid_over(under: tuple[R, ...], over: tuple[R, ...]) -> tuple[R, ...]:
    """Rows with others laid over them: in place of the first of those that they replace, else at the end."""
    if not under or not over:
        return under or over
    columns = type(over[0]).replaces or type(over[0]).key
    if not columns:
        return (*under, *over)
    groups: dict[tuple[Any, ...], list[R]] = {}
    for row in over:
        groups.setdefault(row.identity(columns), []).append(row)
    placed: list[R] = []
    done: set[tuple[Any, ...]] = set()
    for row in under:
        mark = row.identity(columns)
        if mark not in groups:
            placed.append(row)
        elif mark not in done:
            placed += groups[mark]
            done.add(mark)
    return (*placed, *(row for mark, rows in groups.items() if mark not in done for row in rows))
