"""What must hold over the rows of a folder: each check looks at one layer, with the names of all layers at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..core.errors import Fault
from ..core.spelling import closest
from ..core.units import factor, is_unit
from ..core.vocabulary import Movement
from ..naming import EVERY, split
from .joint import EFFECTS, EFFECTS_RECORD
from .known import Known
from .layers import ENDINGS, FOLDERS, Layer
from .rooms import DOCUMENTS, TABLES
from .rows.device import DeviceKindRow, DeviceRow
from .rows.every import KINDS
from .rows.healing import ModifierRow
from .rows.history import RiskModifierRow
from .rows.parameters import ParameterRow, QuantityRow
from .rows.provenance import ReadRow
from .rows.row import R, Row, columns_of, shown
from .rows.sources import ASSUMPTION, SourceRow
from .tables import Tables, laid_over

SHOWN_ONLY = ("unconfirmed",)  # sources that may be shown but never carry a parameter
MAKE_READS = "make reads"
BEST_ASSUMED = "E"  # grade of what rests on an assumption alone


@dataclass(frozen=True)
class Scope:
    """The uppermost layer of some tables at the gate: its rows that could be read, and every known name."""

    tables: Tables
    known: Known
    rows: Mapping[type[Row], tuple[Row, ...]]

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.tables.layer

    @property
    def alone(self) -> bool:
        """Whether nothing lies under this layer."""
        return self.tables.under is None

    def under(self, kind: type[R]) -> tuple[R, ...]:
        """Rows of a table in the layers below this one."""
        return () if self.tables.under is None else self.tables.under.rows(kind)

    def own(self, kind: type[R]) -> tuple[R, ...]:
        """Rows of a table in this layer."""
        return self.tables.own(kind)[0]


def strange_files(scope: Scope) -> Iterator[Fault]:
    """Files and folders that look like evidence and are none."""
    known = [f"{kind.table}{kind.ending}" for kind in KINDS]
    known += [*DOCUMENTS, EFFECTS, EFFECTS_RECORD, "posteriors/*.csv", "posteriors/*.yaml"]
    read = {name for pattern in known for name in scope.layer.matching(pattern)}
    plain = [pattern for pattern in known if "*" not in pattern]
    for name in scope.layer.names:
        if name not in read:
            yield Fault(name, "", f"is not a file of evidence{_file_meant(name, plain)}")
    if not scope.layer.names:
        yield Fault(str(scope.layer.folder), "", "holds no evidence; name a folder with tables such as devices.csv")
    for folder in sorted(path for path in scope.layer.folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        if folder.name not in FOLDERS and any(path.suffix in ENDINGS for path in folder.iterdir()):
            yield Fault(f"{folder.name}/", "", f"is not a folder of evidence{closest(folder.name, FOLDERS)}")


def _file_meant(name: str, known: list[str]) -> str:
    """The file of the same name in its folder, else the nearest name."""
    elsewhere = [path for path in known if path.endswith(f"/{name}")]
    return closest(elsewhere[0] if elsewhere else name, known)


def missing_files(scope: Scope) -> Iterator[Fault]:
    """Tables and documents that a folder without another below it lacks."""
    if scope.alone:
        needed = [f"{kind.table}{kind.ending}" for kind in KINDS]
        needed += [*DOCUMENTS, EFFECTS, EFFECTS_RECORD]
        said = "is missing; evidence that stands alone needs every table"
        yield from (Fault(name, "", said) for name in needed if not scope.layer.matching(name))


def half_pairs(scope: Scope) -> Iterator[Fault]:
    """Tables of draws without the record of their fit, and records without draws."""
    for name in scope.layer.names:
        stem, _, ending = name.rpartition(".")
        other = f"{stem}.{'yaml' if ending == 'csv' else 'csv'}"
        if (name.startswith("posteriors/") or stem == "outcome_effects") and other not in scope.layer.names:
            yield Fault(
                name, "", f"stands without {other.rpartition('/')[2]}; draws and the record of their fit go together"
            )


def twice(scope: Scope) -> Iterator[Fault]:
    """Rows of one key."""
    for kind, rows in scope.rows.items():
        seen: dict[tuple[object, ...], Row] = {}
        for row in rows if kind.key else ():
            first = seen.setdefault(row.identity(kind.key), row)
            if first is not row:
                where = f"on line {first.line}" + ("" if first.file == row.file else f" of {first.file}")
                name = ", ".join(shown(part) for part in row.identity(kind.key))
                yield Fault(f"{row.file}:{row.line}.{kind.key[0]}", name, f"stands here twice, first {where}")


def shared_names(scope: Scope) -> Iterator[Fault]:
    """Names that find two rows, here or in what lies below."""
    for kind, rows in scope.rows.items():
        if not kind.called or not rows:
            continue
        owners: dict[tuple[object, ...], Row] = {}
        for row in laid_over(scope.under(kind), rows):
            for column, word in _called(row):
                first = owners.setdefault((*row.identity(kind.apart), _plain(word)), row)
                if first.identity(kind.key) == row.identity(kind.key):
                    continue
                own, other = (row, first) if row in rows else (first, row)
                where = column if own is row else next(c for c, w in _called(own) if _plain(w) == _plain(word))
                yield Fault(
                    f"{own.file}:{own.line}.{where}", word, f"is a name of {shown(getattr(other, kind.called[0]))} already"
                )


def _called(row: Row) -> Iterator[tuple[str, str]]:
    for column in type(row).called:
        words: Any = getattr(row, column)
        yield from ((column, word) for word in _each(words))


def _each(cell: Any) -> tuple[str, ...]:
    """The words of a cell: several, one, or none."""
    return cast(tuple[str, ...], cell) if isinstance(cell, tuple) else () if cell is None else (cell,)


def _plain(word: str) -> str:
    return "".join(letter for letter in word.casefold() if letter.isalnum())


def references(scope: Scope) -> Iterator[Fault]:
    """Names that stand for rows of other tables, and parameters that a row calls for."""
    for kind, rows in scope.rows.items():
        pointing = [column for column in columns_of(kind).values() if column.refs]
        for row in rows:
            where = f"{row.file}:{row.line}"
            for column in pointing:
                value: Any = getattr(row, column.field)
                for word in _each(value):
                    if said := scope.known.fault(word, column.refs):
                        yield Fault(f"{where}.{column.name}", word, said)
            for link in row.links():
                if said := scope.known.fault(link.word, link.to):
                    yield Fault(f"{where}.{link.column}", link.word, said)
            for link in row.needs():
                if scope.known.fault(link.word, link.to):
                    found = shown(getattr(row, link.column))
                    yield Fault(
                        f"{where}.{link.column}", found, f"needs the parameter {link.word}, which stands in no table"
                    )


def units(scope: Scope) -> Iterator[Fault]:
    """Units that exist, and that can be turned into those in which the numbers are used."""
    for kind, rows in scope.rows.items():
        for column in columns_of(kind).values():
            for row in rows if column.unit else ():
                wanted = dict(row.conversions()).get(column.name)
                if said := _of_a_unit(getattr(row, column.field), wanted):
                    yield Fault(f"{row.file}:{row.line}.{column.name}", getattr(row, column.field), said)


def _of_a_unit(unit: str, wanted: str | None) -> str | None:
    if not is_unit(unit):
        return "is not a unit"
    try:
        factor(unit, wanted or unit)
    except ValueError:
        return f"cannot be turned into {wanted}, in which it is used"
    return None


def assumptions(scope: Scope) -> Iterator[Fault]:
    """Grades of what rests on an assumption alone."""
    sources = {row.source: row for row in (*scope.under(SourceRow), *scope.own(SourceRow))}
    for kind, rows in scope.rows.items():
        if not {"grade", "source"} <= kind.model_fields.keys():
            continue
        for row in rows:
            grade, named = row.identity(("grade", "source"))
            assumed = all(name in sources and sources[name].kind == ASSUMPTION for name in named)
            if assumed and grade < BEST_ASSUMED:
                yield Fault(
                    f"{row.file}:{row.line}.grade", grade, f"is too good for an assumption; it would be {BEST_ASSUMED}"
                )


def parameters(scope: Scope) -> Iterator[Fault]:
    """Parameters that carry what may only be shown; and, laid over others, in another unit, or that nothing reads."""
    under = {row.name: row for row in scope.under(ParameterRow)}
    families: dict[str, set[str]] = {}
    for row in under.values():
        families.setdefault(row.family, set()).add(row.unit)
    read = set(_read_here(scope))
    for row in scope.own(ParameterRow):
        where = f"{row.file}:{row.line}"
        yield from (Fault(f"{where}.source", name, "may be shown but not used") for name in row.source if name in SHOWN_ONLY)
        if scope.alone:
            continue
        wanted = {under[row.name].unit} if row.name in under else families.get(row.family, set())
        if wanted and row.unit not in wanted:
            yield Fault(
                f"{where}.unit", row.unit, f"is not the unit in which it is read; write it in {' or '.join(sorted(wanted))}"
            )
        if row.family not in families and not {row.name, row.family} & read:
            yield Fault(f"{where}.name", row.name, f"is a parameter that nothing reads{closest(row.family, families)}")


def read_by_runs(scope: Scope) -> Iterator[Fault]:
    """The generated table names what is there; one fault, for one parameter stands in many of its rows."""
    rows = scope.own(ReadRow)
    strange = [name for name in dict.fromkeys(name for row in rows for name in row.reads) if not _is_known(name, scope)]
    if strange:
        said = f"are no parameters or pools any more; make it anew: {MAKE_READS}"
        yield Fault(rows[0].file, ", ".join(strange), said)


def _is_known(name: str, scope: Scope) -> bool:
    family, member = split(name)
    places = ("parameters.family",) if member == EVERY else ("parameters.name", "pools.pool")
    return not scope.known.fault(family if member == EVERY else name, places)


def devices_of_a_kind(scope: Scope) -> Iterator[Fault]:
    """Devices of a kind that only trials speak of, and properties that do not apply to how their kind moves."""
    kinds = laid_over(scope.under(DeviceKindRow), scope.own(DeviceKindRow))
    movements: dict[str, Movement | None] = {row.kind: row.movement for row in kinds}
    moving = ", ".join(kind for kind, movement in movements.items() if movement)
    for row in scope.own(DeviceRow):
        where, movement = f"{row.file}:{row.line}", movements.get(row.kind)
        if movement is not None:
            for column in row.misplaced(movement):
                found = shown(getattr(row, column))
                yield Fault(f"{where}.{column}", found, f"does not apply to a {row.kind}; leave it empty")
        elif row.kind in movements:
            yield Fault(f"{where}.kind", row.kind, f"is a kind that only trials speak of; a device is one of {moving}")


def words_of_rooms(scope: Scope) -> Iterator[Fault]:
    """Words that only the room that acts on them knows."""
    for kind, check in TABLES.items():
        if scope.rows[kind]:
            yield from check(scope.rows[kind])


def _read_here(scope: Scope) -> Iterator[str]:
    """Parameters that rows of this layer read: by quantities, modifiers, and what rows call for."""
    for row in scope.own(QuantityRow):
        yield from (link.word for link in row.links())
    for row in scope.own(ModifierRow):
        yield from (row.constant, row.factor)
    yield from (row.factor for row in scope.own(RiskModifierRow))
    for rows in scope.rows.values():
        yield from (link.word for row in rows for link in row.needs())


CHECKS: tuple[Callable[[Scope], Iterator[Fault]], ...] = (
    strange_files,
    missing_files,
    half_pairs,
    twice,
    shared_names,
    references,
    units,
    assumptions,
    parameters,
    read_by_runs,
    devices_of_a_kind,
    words_of_rooms,
)
