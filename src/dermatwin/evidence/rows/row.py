"""A row of a table, typed, and how it is made of cells.

Text becomes numbers, words and tuples by the annotations of the row, and by nothing else: no room parses a cell. What is
wrong with a row is said cell by cell: where (file, line, column), what was found, what would be right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError

from ...core.errors import Fault
from ...core.spelling import closest
from .cells import SAID, Blank, Ref, UnitName

PLACE = ("file", "line")


class Wrong(NamedTuple):
    """What is wrong with one cell beside others: its column, and what would be right."""

    column: str
    expected: str


class Link(NamedTuple):
    """A name in a cell that must stand in one of some columns of other tables, where no annotation can say which."""

    column: str
    word: str
    to: tuple[str, ...]


class Row(BaseModel):
    """One row of a table; frozen, nothing in it that the model does not name.

    table : its file without the ending, below the folder of evidence; a star stands for any word.
    key : columns that tell rows apart; () for measurements, of which two may be alike.
    replaces : columns in which a row of an overlay agrees with the rows whose place it takes; the key unless said.
    called : columns whose words find a row, whatever their case and hyphens; no two rows share one, unless they differ in
        the columns `apart`.
    ascending : pairs of columns of which the first is never above the second.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, str_strip_whitespace=True, populate_by_name=True, defer_build=True
    )

    table: ClassVar[str]
    ending: ClassVar[str] = ".csv"
    key: ClassVar[tuple[str, ...]] = ()
    replaces: ClassVar[tuple[str, ...]] = ()
    called: ClassVar[tuple[str, ...]] = ()
    apart: ClassVar[tuple[str, ...]] = ()
    ascending: ClassVar[tuple[tuple[str, str], ...]] = ()

    file: str = ""
    line: int = 0

    def laws(self) -> Iterator[Wrong]:
        """What does not hold between the cells of this row."""
        for first, second in self.ascending:
            low, high = getattr(self, first), getattr(self, second)
            if low is not None and high is not None and low > high:
                yield Wrong(first, f"is above {second}, {high:g}")

    def links(self) -> Iterator[Link]:
        """Names in this row that stand for rows of other tables, beside those of its annotations."""
        return iter(())

    def needs(self) -> Iterator[Link]:
        """Parameters that this row calls for and no cell names: (column that calls for it, name, where it must stand)."""
        return iter(())

    def conversions(self) -> Iterator[tuple[str, str]]:
        """Columns of units whose numbers are turned into another unit before they are used: (column, that unit)."""
        return iter(())

    def identity(self, columns: tuple[str, ...]) -> tuple[Any, ...]:
        """What tells this row from others."""
        return tuple(getattr(self, column) for column in columns)


R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in the file, and how its cells are read."""

    name: str
    field: str
    many: bool
    blank: Blank | None
    refs: tuple[str, ...]
    unit: bool
    words: tuple[str, ...]  # the only ones it may hold, where they are few


@cache
def columns_of(kind: type[Row]) -> dict[str, Column]:
    """The columns of a table by their names, in the order of the model."""
    hints = get_type_hints(kind, include_extras=True)
    columns = (
        _column(info.alias or field, field, hints[field]) for field, info in kind.model_fields.items() if field not in PLACE
    )
    return {column.name: column for column in columns}


def _column(name: str, field: str, annotation: Any) -> Column:
    marks = list(_marks(annotation))
    blanks = [mark for mark in marks if isinstance(mark, Blank)]
    refs = tuple(column for mark in marks if isinstance(mark, Ref) for column in mark.to)
    none = Blank(None) if type(None) in marks else None
    unit = any(isinstance(mark, UnitName) for mark in marks)
    words = tuple(mark for mark in marks if isinstance(mark, str))
    return Column(name, field, tuple in marks, blanks[0] if blanks else none, refs, unit, words)


def _marks(annotation: Any) -> Iterator[Any]:
    """Everything an annotation is made of: metadata, the types in a union, what a tuple holds, the words of a choice."""
    if get_origin(annotation) is Annotated:
        inner, *metadata = get_args(annotation)
        yield from metadata
        yield from _marks(inner)
        return
    yield get_origin(annotation) or annotation
    for part in get_args(annotation):
        yield from _marks(part)


def values_of(kind: type[Row], cells: Mapping[str, str]) -> dict[str, Any]:
    """Cells of text as what the model takes: None for an empty cell that may be empty, a list for a column of several."""
    found: dict[str, Any] = {}
    for name, column in columns_of(kind).items():
        text = cells[name].strip()
        if column.many:
            found[name] = [part for part in map(str.strip, text.split(";")) if part]
        elif column.blank is not None and not text:
            found[name] = column.blank.value
        else:
            found[name] = text
    return found


def parsed(kind: type[R], file: str, line: int, values: Mapping[str, Any]) -> tuple[R | None, list[Fault]]:
    """A row from the values of its columns, and what is wrong with it; no row where a value cannot be one."""
    try:
        row = kind.model_validate({**values, "file": file, "line": line})
    except ValidationError as error:
        return None, [_fault(kind, f"{file}:{line}", detail) for detail in error.errors(include_url=False)]
    return row, [
        Fault(f"{file}:{line}.{wrong.column}", shown(values.get(wrong.column)), wrong.expected) for wrong in row.laws()
    ]


def shown(value: Any) -> str:
    """A value as it is written in a table."""
    if value is None:
        return ""
    return "; ".join(map(str, cast(tuple[Any, ...], value))) if isinstance(value, (list, tuple)) else str(value)


def _fault(kind: type[Row], where: str, detail: Any) -> Fault:
    column = str(detail["loc"][0]) if detail["loc"] else ""
    found = "" if detail["type"] in ("missing", "extra_forbidden") else shown(detail["input"])
    return Fault(f"{where}.{column}" if column else where, found, _expected(kind, column, detail))


def _expected(kind: type[Row], column: str, detail: Any) -> str:
    """What would be right at one place, in words."""
    sort, context, found = detail["type"], detail.get("ctx", {}), detail["input"]
    known = columns_of(kind)
    if sort == "extra_forbidden":
        return f"is not a known key{closest(column, known) or '; known are ' + ', '.join(known)}"
    if sort == "literal_error":
        allowed = known[column].words
        return f"is not one of {', '.join(allowed)}{closest(str(found), allowed)}"
    if found is None or found in ("", [], ()) or sort == "missing":
        return _WANTING.get(column, "is empty; it needs a number" if sort in _NUMBERS else "is empty; it must say something")
    if sort == SAID:
        return detail["msg"]
    if sort in _LIMITS:
        word, limit = _LIMITS[sort]
        return f"is {word} {context[limit]:g}"
    return {**_NUMBERS, **_SAID}.get(sort, f"is not right ({detail['msg']})")


_WANTING = {"unit": "has no unit; write '1' for a pure number", "source": "has no source"}
_LIMITS = {
    "greater_than": ("not above", "gt"),
    "greater_than_equal": ("below", "ge"),
    "less_than": ("not below", "lt"),
    "less_than_equal": ("above", "le"),
}
_NUMBERS = {
    "float_parsing": "is not a number",
    "float_type": "is not a number",
    "finite_number": "is not a finite number",
    "int_parsing": "is not a whole number",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
}
_SAID = {
    "bool_parsing": "is not yes or no",
    "bool_type": "is not yes or no",
    "string_type": "is not text; put it in quotes",
    "string_pattern_mismatch": "is not written as such a name or range is",
    "string_too_long": "is too long for a name",
    "tuple_type": "is not a list",
}
