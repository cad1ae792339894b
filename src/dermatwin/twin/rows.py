"""The records of a table back from its variables (`columns`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .columns import ABSENT, STORED, Form, Place, forms
from .fields import STATE, Field, Table
from .keeping import LARGE

if TYPE_CHECKING:
    import xarray as xr


def records(table: Table, here: xr.Dataset, top: xr.Dataset, nested: Mapping[str, Mapping[Place, Any]]) -> dict[Place, Any]:
    """The records of a table by their places; `nested`: those of the tables below it, by field.

    KeyError for a variable that should be there; ValueError for one that is not of its form.
    """
    columns = {key: _column(key, table, here, top) for key in table.fields if key not in nested and key not in table.rows}
    places: list[Place] = [tuple(map(int, place)) for place in np.argwhere(here[STORED.name].values)]
    found: dict[Place, Any] = {}
    for place in places:
        known = {**_named(table, place, top), **{key: rows.get(place) for key, rows in nested.items()}}
        ends = {axis: int(np.isfinite(columns[key][place]).sum()) for axis, key in table.rulers.items()}
        for key, column in columns.items():
            field = table.fields[key]
            stored = column if column is None or field.shared else column[place]
            precision = np.float32 if key in LARGE and "draw" in field.axes else float
            known[key] = _value(stored, field, forms(table.kind)[key], ends, precision)
        found[place] = table.kind(**{key: known[key] for key in table.fields})
    return found


def _named(table: Table, place: Place, top: xr.Dataset) -> dict[str, Any]:
    """What the place of a record says of it: its zone by its key, its session by its number."""
    said: dict[str, Any] = dict(zip(table.rows, place, strict=True))
    return {**said, "zone": str(top["zone"].values[said["zone"]])} if "zone" in said else said


def _column(key: str, table: Table, here: xr.Dataset, top: xr.Dataset) -> Any:
    """All values of a field, dims (rows, axes); None where no record holds it."""
    field, home = table.fields[key], top if key in table.top else here
    dims = field.axes if field.shared else (*table.rows, *field.axes)
    if table.by_state(key):
        return np.stack([_turned(home.variables[str(state)], dims[:-1]) for state in here[STATE].values], axis=-1)
    if key in here.attrs[ABSENT].split():
        return None
    return _turned(home.variables[field.name], dims)


def _turned(variable: xr.Variable, dims: tuple[str, ...]) -> np.ndarray:
    """The values on these dims, read before they are turned: a file that is read sideways is slow."""
    return np.transpose(variable.values, [variable.dims.index(dim) for dim in dims])


def _value(stored: Any, field: Field, form: Form, ends: Mapping[str, int], precision: type) -> Any:
    """One value of one record, in its own type; None where it can be missing and no number is there."""
    if stored is None or (form.optional and form.base in (float, np.ndarray) and np.isnan(stored).all()):
        return None
    if form.base is np.ndarray:
        cut = stored[tuple(slice(ends.get(axis)) for axis in field.axes)]
        return cut.astype(precision if cut.dtype.kind == "f" else int)
    if form.base is Mapping:
        return {part: frozenset(names) for part, names in json.loads(str(stored)).items()}
    if form.base is tuple and field.axes:
        return tuple(map(str, stored))
    if form.base is tuple:
        parts: list[Any] = json.loads(str(stored))
        return tuple(_item(form.item, part) if form.item else part for part in parts)
    base: Any = form.base
    return base(stored)


def _item(kind: type, part: Mapping[str, Any]) -> Any:
    """A record within a list: JSON knows no tuples, our records no lists."""
    return kind(**{key: tuple(cast(list[Any], value)) if isinstance(value, list) else value for key, value in part.items()})
