"""The catalogue of real and generic devices (`devices.csv`): found by id, name or alias."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from ..evidence import Evidence, Tables, view
from ..evidence.rows.device import DeviceRow
from .kind import Kind, kinds
from .record import Device

__all__ = ["Device", "catalogue", "find"]

_UM_PER_MM = 1000


@view
def catalogue(tables: Tables) -> Mapping[str, Device]:
    """Every device of the catalogue by its id, in the order of the file."""
    known = kinds(tables)
    return {row.id: _device(row, known[row.kind]) for row in tables.rows(DeviceRow)}


def find(text: str, evidence: Evidence) -> Device:
    """The device with this id, name or alias, without regard to case, spaces and hyphens; KeyError with suggestions."""
    names, known = _names(evidence), catalogue(evidence)
    word = _plain(text)
    if word in names:
        return known[names[word]]
    close = dict.fromkeys(names[match] for match in get_close_matches(word, names, n=3))
    hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known)}"
    raise KeyError(f"{text!r} is not a device of the catalogue; {hint}")


@view
def _names(tables: Tables) -> Mapping[str, str]:
    """Plain spelling of every id, name and alias -> id."""
    return {
        _plain(word): device.id
        for device in catalogue(tables).values()
        for word in (device.id, device.name, *device.aliases)
    }


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _device(row: DeviceRow, kind: Kind) -> Device:
    return Device(
        id=row.id,
        name=row.name,
        kind=kind,
        needle_count=row.needle_count,
        needle_diameter=row.needle_diameter_um / _UM_PER_MM,
        tip_diameter=row.tip_diameter_um / _UM_PER_MM,
        min_length=row.min_length_mm,
        max_length=row.max_length_mm,
        frequency=row.frequency_hz,
        max_frequency=row.max_frequency_hz,
        track_width=row.track_width_mm,
        drum_diameter=row.drum_diameter_mm,
        array_area=row.array_area_cm2,
        pitch=row.pitch_mm,
        layout=row.layout,
        rows=row.rows,
        sources=row.source,
        grade=row.grade,
        note=row.note,
        labelled_max_length=row.labelled_max_length_mm,
        cleared=row.cleared,
        indication=row.indication,
        phototypes=row.phototypes,
        aliases=row.aliases,
        assumed=row.assumed,
    )
