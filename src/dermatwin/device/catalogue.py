"""Needling devices: the catalogue and devices described in a case."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Device:
    """A needle array and what moves it. Lengths in mm; None = does not apply to this kind."""

    id: str
    name: str
    kind: str  # pen, roller, stamp
    needle_count: int
    needle_diameter: float  # mm at the base
    tip_diameter: float  # mm
    min_length: float  # mm
    max_length: float  # mm
    frequency: float | None = None  # Hz, pen: full strokes per second (default)
    max_frequency: float | None = None  # Hz
    track_width: float | None = None  # mm swept by the cartridge or drum
    drum_diameter: float | None = None  # mm, roller, over the drum's surface
    array_area: float | None = None  # cm2 covered by one stamp
    pitch: float | None = None  # mm between neighbouring needles
    sources: tuple[str, ...] = ()
    grade: str = "E"
    note: str = ""
