"""The catalogue of real and generic devices (`devices.csv`): read once, found by id, name or alias."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from ..evidence.gate import read_table
from ..evidence.store import DATA
from .record import Device

__all__ = ["Device", "catalogue", "find"]

_UM_PER_MM = 1000


def catalogue(folder: Path = DATA) -> dict[str, Device]:
    """Every device of the catalogue in `folder` by its id, in the order of the file."""
    return dict(_devices(folder))


def find(text: str, folder: Path = DATA) -> Device:
    """The device with this id, name or alias, without regard to case, spaces and hyphens; KeyError with suggestions."""
    names = _names(folder)
    word = _plain(text)
    if word in names:
        return _devices(folder)[names[word]]
    close = dict.fromkeys(names[match] for match in get_close_matches(word, names, n=3))
    hint = f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(_devices(folder))}"
    raise KeyError(f"{text!r} is not a device of the catalogue; {hint}")


@lru_cache(maxsize=10)
def _devices(folder: Path) -> dict[str, Device]:
    return {row["id"]: _device(row) for row in read_table(folder / "devices.csv")}


@lru_cache(maxsize=10)
def _names(folder: Path) -> dict[str, str]:
    """Plain spelling of every id, name and alias -> id."""
    return {
        _plain(word): device.id for device in _devices(folder).values() for word in (device.id, device.name, *device.aliases)
    }


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _device(row: dict[str, str]) -> Device:
    return Device(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        needle_count=int(row["needle_count"]),
        needle_diameter=float(row["needle_diameter_um"]) / _UM_PER_MM,
        tip_diameter=float(row["tip_diameter_um"]) / _UM_PER_MM,
        min_length=float(row["min_length_mm"]),
        max_length=float(row["max_length_mm"]),
        frequency=_number(row["frequency_hz"]),
        max_frequency=_number(row["max_frequency_hz"]),
        track_width=_number(row["track_width_mm"]),
        drum_diameter=_number(row["drum_diameter_mm"]),
        array_area=_number(row["array_area_cm2"]),
        pitch=_number(row["pitch_mm"]),
        layout=row["layout"] or None,
        rows=int(row["rows"]) if row["rows"] else None,
        sources=_words(row["source"]),
        grade=row["grade"],
        note=row["note"],
        labelled_max_length=_number(row["labelled_max_length_mm"]),
        cleared=row["cleared"],
        indication=row["indication"],
        phototypes=_words(row["phototypes"]),
        aliases=_words(row["aliases"]),
        assumed=_words(row["assumed"]),
    )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(";") if word.strip())
