"""A table of records as labelled variables.

    variable (rows, axes of the field)     one per field; NaN, or an empty text, where there is nothing

What a person has is kept in single precision, what is the same for everybody (axes, single values) in double: times are
compared exactly. Texts stay texts; lists and remarks are JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal, cast, get_args, get_origin, get_type_hints

import numpy as np

from .fields import STATE, Field, Table

if TYPE_CHECKING:
    import xarray as xr

Place = tuple[int, ...]
"""Where a record stands: its number along each of the table's rows."""
ABSENT = "absent"
STORED = Field("whether there is such a record", name="stored")
ORDER = (
    *(
        "exposure",
        "guard",
        "endpoint",
        "any_endpoint",
        "grade",
        "spread",
        STATE,
        "reference_state",
        "draw",
        "person",
        "zone",
        "session",
        "needle",
        "layer",
        "readout",
        "compartment",
        "nerve_depth",
    ),
    *("time", "channel_time", "delivery_index", "numb_index", "reference_session", "reference_time"),
)
"""Of the dims in the file. Layers and times of one person's state lie beside one another: they resemble each other most."""


@dataclass(frozen=True)
class Form:
    """What a field's type is: of what, whether it can be missing, and which record a tuple holds."""

    base: type
    optional: bool = False
    item: type | None = None


@cache
def forms(kind: type) -> dict[str, Form]:
    """The form of every field of a record."""
    return {name: _form(hint) for name, hint in get_type_hints(kind).items()}


def _form(hint: Any) -> Form:
    optional = NoneType in get_args(hint)
    kept = next(one for one in get_args(hint) if one is not NoneType) if optional else hint
    base = get_origin(kept) or kept
    inner = get_args(kept)[0] if base is tuple else None
    return Form(
        str if base is Literal else base, optional, inner if isinstance(inner, type) and is_dataclass(inner) else None
    )


def sizes_of(table: Table, records: Mapping[Place, Any]) -> dict[str, int]:
    """Length of every dim that these records need; 1 at least, since a file knows no empty dim."""
    found: dict[str, int] = {}
    for place, record in records.items():
        lengths = [(dim, number + 1) for dim, number in zip(table.rows, place, strict=True)]
        for key, field in table.fields.items():
            value = getattr(record, key)
            if field.axes and value is not None:
                lengths += zip(field.axes, np.shape(value), strict=True)
        for dim, length in lengths:
            found[dim] = max(found.get(dim, 1), length)
    return found


def absent(table: Table, records: Mapping[Place, Any]) -> str:
    """Names of the fields that no record holds: a variable that is missing for another reason was lost."""
    return " ".join(key for key in table.fields if all(getattr(record, key) is None for record in records.values()))


def variables(
    table: Table, records: Mapping[Place, Any], sizes: Mapping[str, int]
) -> Iterator[tuple[bool, str, xr.Variable]]:
    """(whether it stands on top, name, variable) of everything that these records hold.

    Raises ValueError for records that do not share what they should: the axes of the run, and the length of others.
    """
    yield False, STORED.name, _variable(STORED, Form(bool), table, dict.fromkeys(records, True), sizes)
    for key, field in table.fields.items():
        form = forms(table.kind)[key]
        values = {place: value for place, record in records.items() if (value := getattr(record, key)) is not None}
        if not values or key in table.rows or is_dataclass(form.base):
            continue
        whole = _coordinate(field, values) if field.shared else _variable(field, form, table, values, sizes)
        if table.by_state(key):
            for number, state in enumerate(next(iter(records.values())).states):
                yield True, state, _labelled(whole.isel({STATE: number}), f"{state}, {field.title}", field.unit)
        else:
            yield key in table.top, field.name, whole


def _labelled(variable: xr.Variable, title: str, unit: str) -> xr.Variable:
    variable.attrs = {"units": unit, "long_name": title}
    return variable


def _coordinate(field: Field, values: Mapping[Place, Any]) -> xr.Variable:
    """The axis that all records share."""
    import xarray as xr

    first, *others = values.values()
    if any(not np.array_equal(other, first) for other in others):
        raise ValueError(f"the records of a run differ in their {field.name}")
    return _labelled(xr.Variable(field.axes, np.asarray(first)), field.title, field.unit)


def _variable(field: Field, form: Form, table: Table, values: Mapping[Place, Any], sizes: Mapping[str, int]) -> xr.Variable:
    """One field of all records, each at its place."""
    import xarray as xr

    dims = sorted((*table.rows, *field.axes), key=ORDER.index)
    turned = [field.axes.index(dim) for dim in dims if dim in field.axes]
    dtype, empty = _kept_as(field, form, next(iter(values.values())))
    array = np.full([sizes[dim] for dim in dims], empty, dtype)
    for place, value in values.items():
        plain = json.dumps(value, default=_plain, ensure_ascii=False) if form.base in (tuple, Mapping) else value
        at = {**dict(zip(table.rows, place, strict=True)), **_extent(field, table, value, sizes)}
        array[tuple(at[dim] for dim in dims)] = np.transpose(plain, turned) if turned else plain
    return _labelled(xr.Variable(dims, array), field.title, field.unit)


def _plain(value: Any) -> Any:
    """Records and sets as what JSON knows."""
    return sorted(cast(frozenset[str], value)) if isinstance(value, frozenset) else asdict(value)


def _extent(field: Field, table: Table, value: Any, sizes: Mapping[str, int]) -> dict[str, slice]:
    """The part of every axis that a record fills: all of it, but where a ruler says how far it goes."""
    lengths = dict(zip(field.axes, np.shape(value), strict=True)) if field.axes else {}
    for axis, length in lengths.items():
        if axis not in table.rulers and length != sizes[axis]:
            raise ValueError(f"the records of a run differ in their number of {axis}")
    return {axis: slice(length) for axis, length in lengths.items()}


def _kept_as(field: Field, form: Form, sample: Any) -> tuple[Any, Any]:
    """Type in the file, and what stands where there is no record."""
    if form.base is np.ndarray:
        if sample.dtype.kind != "f":
            return np.int32, 0
        return (np.float32 if {"draw", "person"} & set(field.axes) else np.float64), np.nan
    return {float: (np.float64, np.nan), int: (np.int64, 0), bool: (np.bool_, False)}.get(form.base, (object, ""))
