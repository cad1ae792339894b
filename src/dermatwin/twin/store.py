"""Stage results on disk, so that a run can be read again without simulating it.

One HDF5 file holds every record that a stage handed on: a group per record, a dataset per array (single precision), text
and numbers as attributes. The case and the provenance stand beside it in the run folder; devices come from the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from ..core.errors import CaseError, Fault, Notice
from ..delivery import Guard, Numbness
from ..flows import Channels, Exposure, Pattern, Punctures, TissueHistory
from ..skin import Skin
from .run import Run, ZoneRun

STAGES = "stages.h5"
_RECORDS: Mapping[str, type] = {
    kind.__name__: kind for kind in (Channels, Exposure, Guard, Notice, Numbness, Pattern, Punctures, Skin, TissueHistory)
}
_PARTS = ("skin", "punctures", "channels", "exposures", "history", "numb")


def save(run: Run, path: Path) -> None:
    """Write the stage results of a run."""
    with h5py.File(path, "w") as file:
        file.attrs["provenance"] = json.dumps(run.provenance)
        file.attrs["zones"] = json.dumps([zone.zone.key for zone in run.zones])
        _write(file, "guards", run.guards)
        _write(file, "reference", run.reference)
        for zone in run.zones:
            group = file.create_group(f"zones/{zone.zone.key}")
            for part in _PARTS:
                _write(group, part, getattr(zone, part))


def _write(parent: h5py.Group, name: str, value: Any) -> None:
    if is_dataclass(value) and not isinstance(value, type):
        group = parent.create_group(name)
        group.attrs["record"] = type(value).__name__
        for entry in fields(value):
            _write(group, entry.name, getattr(value, entry.name))
    elif isinstance(value, tuple) and any(is_dataclass(one) for one in value):
        group = parent.create_group(name)
        group.attrs["many"] = len(value)
        for number, one in enumerate(value):
            _write(group, str(number), one)
    elif isinstance(value, np.ndarray):
        kept = value.astype(np.float32) if value.dtype.kind == "f" else value
        more = {"compression": "gzip", "compression_opts": 1, "shuffle": True} if kept.ndim else {}
        parent.create_dataset(name, data=kept, **more)
    else:
        parent.attrs[name] = json.dumps(value)


def load(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, Any]], dict[str, Any]]:
    """Stage results of a file: of the whole run, of every zone by its key, and the provenance.

    Raises CaseError for a file that is not one of ours.
    """
    try:
        with h5py.File(path, "r") as file:
            places = {key: file[f"zones/{key}"] for key in json.loads(str(file.attrs["zones"]))}
            zones = {
                key: {part: _read(group, part) for part in _PARTS}
                for key, group in places.items()
                if isinstance(group, h5py.Group)
            }
            whole = {name: _read(file, name) for name in ("guards", "reference")}
            return whole, zones, json.loads(str(file.attrs["provenance"]))
    except (OSError, KeyError, ValueError) as error:
        raise CaseError([Fault(str(path), "", f"cannot be read as stage results ({error})")]) from None


def _read(parent: h5py.Group, name: str) -> Any:
    if name in parent.attrs:
        return _plain(json.loads(str(parent.attrs[name])))
    entry = parent[name]
    if isinstance(entry, h5py.Dataset):
        values = np.asarray(entry[()])
        return values.astype(float) if values.dtype.kind == "f" else values
    assert isinstance(entry, h5py.Group)
    about = {key: str(value) for key, value in entry.attrs.items() if key in ("many", "record")}
    if "many" in about:
        return tuple(_read(entry, str(number)) for number in range(int(about["many"])))
    kind = _RECORDS[about["record"]]
    return kind(**{field.name: _read(entry, field.name) for field in fields(kind)})


def _plain(value: Any) -> Any:
    """JSON knows lists only; the records hold tuples."""
    return tuple(_plain(one) for one in value) if isinstance(value, list) else value


def zone_run(stored: Mapping[str, Any], **more: Any) -> ZoneRun:
    """A zone's results from its stored parts and what the case says of it."""
    return ZoneRun(**{part: stored[part] for part in _PARTS}, **more)
