"""A run as labelled arrays (xarray): tables of all zones on top, below them a group for every kind of stage result.

Every number stands once. On top, for people: what needles did, channels, where a dose goes, every state of the healing
network; dims draw, zone, session, layer, time and those of single processes. Below, by stage: the rest of what the stages
handed on, on the same dims, so that a run can be read again (`recall`). What a zone does not have (an untreated zone has no
punctures) is NaN. Left out: endpoints, curves and remarks on the whole run, which
follow from the rest. Only where a run has more people than it keeps stages of, its endpoints are there, too (`everybody`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..flows import COMPARTMENTS, LAYERS, NERVE_DEPTHS, READOUTS
from .columns import ABSENT, Place, absent, sizes_of, variables
from .endpoints import Endpoint
from .fields import TABLES
from .provenance import mark_of
from .run import Everybody, Run, ZoneRun
from .weight import FAMILIES

if TYPE_CHECKING:
    import xarray as xr


def to_tree(run: Run) -> xr.DataTree:
    """All stage results of a run, every variable with its unit and what it says; the dataset of the root holds the tables.

    Raises ValueError where zones do not share their times, which no simulation makes.
    """
    import xarray as xr

    shelves = {group: records for group, records in shelve(run).items() if records}
    sizes: dict[str, int] = {}
    for group, records in shelves.items():
        sizes |= {dim: max(sizes.get(dim, 1), length) for dim, length in sizes_of(TABLES[group], records).items()}
    found: dict[str, dict[str, xr.Variable]] = {"": _axes(run, sizes), **{group: {} for group in shelves}}
    for group, records in shelves.items():
        for on_top, name, variable in variables(TABLES[group], records, sizes):
            home = found["" if on_top else group]
            if name in home:
                raise ValueError(f"two variables are called {name}")
            home[name] = variable
    told = {group: {ABSENT: absent(TABLES[group], records)} for group, records in shelves.items()}
    told[""] = {
        "title": run.case.title,
        "believed": mark_of(run.evidence),
        **{name: _said(value) for name, value in run.provenance.items()},
        **({} if run.beyond is None else {"failed_beyond": json.dumps(run.beyond.failed)}),
    }
    homes = {f"/{group}": xr.Dataset(home, attrs=told[group]) for group, home in found.items()}
    return xr.DataTree.from_dict(homes)  # pyright: ignore[reportUnknownMemberType]


def shelve(run: Run) -> dict[str, dict[Place, Any]]:
    """Group of the file -> place -> record, of everything that the stages of a run handed on."""
    zones = dict(enumerate(run.zones))
    punctures = {(n, one.session): one for n, zone in zones.items() for one in zone.punctures}
    return {
        "skin": {(n,): zone.skin for n, zone in zones.items()},
        "punctures": punctures,
        "punctures/pattern": {place: one.pattern for place, one in punctures.items() if one.pattern is not None},
        "channels": {(n, one.session): one for n, zone in zones.items() for one in zone.channels},
        "exposures": {(n,): one for n, one in enumerate(one for zone in run.zones for one in zone.exposures)},
        "numbness": {(n, one.session): one for n, zone in zones.items() for one in zone.numb},
        "healing": {(n,): zone.history for n, zone in zones.items()},
        "reference": {} if run.reference is None else {(): run.reference},
        "guards": {(n,): one for n, one in enumerate(run.guards)},
        "weights": {(n,): one for n, one in enumerate(e.weight for e in run.endpoints if e.weight is not None)},
        "everybody": {} if run.beyond is None else {(n,): _everybody(one) for n, one in enumerate(run.endpoints)},
    }


def _everybody(end: Endpoint) -> Everybody:
    return Everybody(*end.key, end.values)


def parts_of(number: int, key: str, shelves: Mapping[str, Mapping[Place, Any]]) -> dict[str, Any]:
    """What `shelve` took of one zone, given back: the arguments of a `ZoneRun` that a stage made."""

    def many(group: str) -> tuple[Any, ...]:
        return tuple(one for place, one in shelves[group].items() if place[0] == number)

    return {
        "skin": shelves["skin"][number,],
        "punctures": many("punctures"),
        "channels": many("channels"),
        "exposures": tuple(one for one in shelves["exposures"].values() if one.zone == key),
        "history": shelves["healing"][number,],
        "numb": many("numbness"),
    }


def _said(value: Any) -> str:
    """A part of the provenance as text; of what was laid over the evidence the names, apart like folders."""
    entries = cast(list[Any], value) if isinstance(value, list) else None
    if entries is not None and any(isinstance(one, dict) for one in entries):
        return "/".join(str(one["name"]) for one in entries)
    return str(cast(object, value)) if entries is None else ", ".join(str(one) for one in entries)


def _axes(run: Run, sizes: Mapping[str, int]) -> dict[str, xr.Variable]:
    """The coordinates of the dims that a run has, but for times, which the records bring along."""
    import xarray as xr

    labels: dict[str, tuple[str, Any]] = {
        "zone": ("zone", [zone.zone.key for zone in run.zones]),
        "draw": ("possible person", np.arange(sizes["draw"])),
        "layer": ("layer of the tissue, from the surface down", list(LAYERS)),
        "session": ("treatment session, from 1", np.arange(sizes.get("session", 0)) + 1),
        "needle": ("needle of the sample", np.arange(sizes.get("needle", 0))),
        "readout": ("what 'closed' is read by", list(READOUTS)),
        "compartment": ("where a dose can be", list(COMPARTMENTS)),
        "nerve_depth": ("depth below the skin surface at which nerves are read", list(NERVE_DEPTHS)),
        **{axis: (f"group of the spread by its {axis}", list(groups)) for axis, groups in FAMILIES.items()},
        "exposure": ("zone/session/product/active", [label for zone in run.zones for label in _exposures(zone)]),
    }
    return {
        dim: xr.Variable((dim,), np.asarray(values), {"units": "mm" if dim == "nerve_depth" else "1", "long_name": title})
        for dim, (title, values) in labels.items()
        if dim in sizes
    }


def _exposures(zone: ZoneRun) -> list[str]:
    return [f"{zone.zone.key}/{one.session + 1}/{one.product}/{one.active}" for one in zone.exposures]
