"""What a run keeps of its stages once they are read: what the report shows, and what reading again asks for.

Left out is what nothing asks for any more: concentrations at depths below the nerves and their block by the hour (the block
at the needling is kept), means over layers that no reading looks at, and of the reference course all but the states that
answers are set against. What takes most of the room is kept in single precision, as in the file: readings are made before,
in double, and a run that is read again has its numbers to 1e-6. Who changes what a reading looks at changes the tables here;
what is missing is not a number, and a test reads every concern again (tests/interface/test_blocks.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np

from ..flows import LAYERS, Curve, TissueHistory
from ..healing.read_out import MEAN_COURSES
from .run import ZoneRun

Record = TypeVar("Record")

EPIDERMIS = LAYERS[0]
DERMIS = LAYERS[1:]
CHANGES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("collagen_i", "collagen_iii", "mitogens", "vegf"), LAYERS),
    **dict.fromkeys(("collagen", "hyaluronan", "elastin"), DERMIS),
    **dict.fromkeys(("epidermis", "pigment_drive"), (EPIDERMIS,)),
}
"""State -> layers whose mean change drives an answer or is read as tissue."""

SHOWN: Mapping[str, tuple[str, ...]] = {state: (LAYERS[layer],) for state, layer in MEAN_COURSES.items()}
MEANS: Mapping[str, frozenset[str]] = {
    state: frozenset((*CHANGES.get(state, ()), *SHOWN.get(state, ()))) for state in {**SHOWN, **CHANGES}
}
"""State -> layers whose mean is read of a zone: the same, and the courses that are shown."""

LARGE = {"values", "means", "amount", "through_channels", "intact_below_sc", "dermal_concentration", "at_nerves", "block"}
"""Fields that are kept in single precision."""


def kept(zone: ZoneRun) -> ZoneRun:
    """The results of one zone without what nothing asks for any more."""
    return replace(
        zone,
        exposures=tuple(single(replace(one, at_depths=None)) for one in zone.exposures),
        numb=tuple(single(replace(one, below=None)) for one in zone.numb),
        history=single(replace(zone.history, means=_only(zone.history, zone.history.means, MEANS))),
    )


def kept_usual(usual: TissueHistory) -> TissueHistory:
    """Of the reference course the means that answers are set against; recovery looks at its sums alone."""
    states = tuple(state for state in usual.states if state in CHANGES)
    at = [usual.states.index(state) for state in states]
    means = None if usual.means is None else usual.means[..., at]
    slim = replace(usual, states=states, values=usual.values[..., at], means=means)
    return single(replace(slim, values=_only(slim, slim.values, {}), means=_only(slim, means, CHANGES)))


def _only(history: TissueHistory, values: Any, wanted: Mapping[str, Iterable[str]]) -> Any:
    """Values (draw, layer, time, state) in single precision, of the wanted layers of each state; the rest no numbers."""
    if values is None:
        return None
    found = np.full(values.shape, np.nan, np.float32)
    for number, state in enumerate(history.states):
        at = [LAYERS.index(layer) for layer in wanted.get(state, ())]
        found[:, at, :, number] = values[:, at, :, number]
    return found


def single(record: Record) -> Record:
    """A record with its large arrays in single precision."""
    return _in(record, np.float32, LARGE)


def double(record: Record) -> Record:
    """A record, or all of a zone, with every number in double precision, as the laws that read it expect."""
    return _in(record, np.float64, None)


def single_curve(curve: Curve) -> Curve:
    """A curve in single precision."""
    return replace(curve, values=curve.values.astype(np.float32))


def _in(record: Record, dtype: Any, names: set[str] | None) -> Record:
    changed: dict[str, Any] = {}
    for field in fields(cast(Any, record)):
        value = getattr(record, field.name)
        if isinstance(value, np.ndarray):
            value = cast(np.ndarray, value)
            if value.dtype.kind == "f" and value.dtype != dtype and (names is None or field.name in names):
                changed[field.name] = value.astype(dtype)
        elif names is None and isinstance(value, tuple):
            parts = cast(tuple[Any, ...], value)
            changed[field.name] = tuple(_in(one, dtype, names) if is_dataclass(one) else one for one in parts)
        elif names is None and isinstance(value, TissueHistory):
            changed[field.name] = _in(value, dtype, names)
    return replace(cast(Any, record), **changed) if changed else record
