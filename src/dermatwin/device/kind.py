"""Kinds of device: how the needles come to the skin, and under whose name the numbers stand.

The table is `device_kinds.csv`. What a movement is (its geometry, settings and push) is code, in `pattern` and `insertion`;
which kind moves how is data, so that a new kind is a row of that table and, where it is handled unlike those that are
there, parameters of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..core.vocabulary import Movement
from ..evidence import Tables, view
from ..evidence.rows.device import DeviceKindRow


@dataclass(frozen=True)
class Kind:
    """One kind of device that can be simulated."""

    name: str  # as cases and tables write it
    label: str  # as people call it
    movement: Movement
    parameters: str  # member of families such as hand_speed[*] whose numbers hold for it

    @property
    def motorised(self) -> bool:
        """Whether a motor strokes the needles, so that a frequency applies."""
        return self.movement == "strokes"


@view
def heated(tables: Tables) -> frozenset[str]:
    """Names of the kinds whose needles burn: trials of these are pooled apart."""
    return frozenset(row.kind for row in tables.rows(DeviceKindRow) if row.heat)


@view
def movements(tables: Tables) -> Mapping[str, Movement]:
    """Name of every kind that moves -> how; what a case is checked against."""
    return {kind.name: kind.movement for kind in kinds(tables).values()}


@view
def kinds(tables: Tables) -> Mapping[str, Kind]:
    """Every kind that moves, by name; those that only trials speak of are left out."""
    return {
        row.kind: Kind(row.kind, row.label, row.movement, row.parameters)
        for row in tables.rows(DeviceKindRow)
        if row.movement is not None and row.parameters is not None
    }
