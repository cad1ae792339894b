"""The record of a needling device: a needle array and what moves it.

Geometry and labelling only. How a device is used (passes, hand speed, force) belongs to the case, and what the needles
do in skin to `insertion`. What a maker does not publish stays None and is drawn there from a wide default; needle and
tip diameters are always needed, so an assumed value stands in and its name stands in `assumed`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from ..core.vocabulary import MOVED_ONLY, Layout
from .kind import Kind

LAYOUTS: tuple[str, ...] = get_args(Layout)

_POSITIVE = (
    "needle_diameter",
    "tip_diameter",
    "max_length",
    "frequency",
    "max_frequency",
    "track_width",
    "drum_diameter",
    "array_area",
    "pitch",
    "labelled_max_length",
)


UNITS = {
    **dict.fromkeys(("needle_diameter", "tip_diameter", "drum_diameter", "track_width", "pitch"), "mm"),
    **dict.fromkeys(("min_length", "max_length", "labelled_max_length"), "mm"),
    **dict.fromkeys(("frequency", "max_frequency"), "hz"),
    "array_area": "cm2",
}
"""Property of a device -> its unit, as it is written behind the property's name."""


@dataclass(frozen=True)
class Device:
    """A needle array and what moves it. Lengths in mm; None = unknown, or does not apply to this kind.

    Raises ValueError when the numbers contradict one another (a tip wider than its base, a minimum above a maximum).
    """

    id: str
    name: str
    kind: Kind
    needle_count: int
    needle_diameter: float  # mm at the base
    tip_diameter: float  # mm
    min_length: float  # mm; 0 where the needles can be drawn in entirely
    max_length: float  # mm
    frequency: float | None = None  # Hz, full strokes per second of a motor (default)
    max_frequency: float | None = None  # Hz
    track_width: float | None = None  # mm swept by the cartridge or drum
    drum_diameter: float | None = None  # mm, over the surface of a drum
    array_area: float | None = None  # cm2 covered by one press of a plate
    pitch: float | None = None  # mm between neighbouring needles
    layout: str | None = None  # of what is no drum: one of LAYOUTS
    rows: int | None = None  # rings of needles side by side along a drum
    sources: tuple[str, ...] = ()
    grade: str = "E"
    note: str = ""
    labelled_max_length: float | None = None  # mm, longest needle that the label recommends or the trial evaluated
    cleared: str = ""  # numbers of clearances, and whose
    indication: str = ""  # what the clearance is for
    phototypes: tuple[str, ...] = ()  # phototypes on the label; empty = not stated
    aliases: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()  # fields above that no source states

    def __post_init__(self) -> None:
        problems = list(_contradictions(self))
        if problems:
            raise ValueError(f"{self.name}: {'; '.join(problems)}")

    @property
    def motorised(self) -> bool:
        """Whether a motor strokes the needles, so that a frequency applies."""
        return self.kind.motorised


def _contradictions(device: Device) -> Iterator[str]:
    if device.needle_count < 1:
        yield f"{device.needle_count} needles"
    for name in _POSITIVE:
        value = getattr(device, name)
        if value is not None and not value > 0.0:
            yield f"{name} {value:g} is not positive"
    if not device.min_length >= 0.0:
        yield f"min_length {device.min_length:g} is negative"
    yield from _disorder(device)
    yield from _misplaced(device)


def _misplaced(device: Device) -> Iterator[str]:
    """What does not apply to how the device moves, and how the needles are set."""
    for name, movements in MOVED_ONLY.items():
        if getattr(device, name) is not None and device.kind.movement not in movements:
            yield f"{name} does not apply to a {device.kind.label}"
    if device.layout is not None and device.layout not in LAYOUTS:
        yield f"{device.layout!r} is not a layout; one of {', '.join(LAYOUTS)}"
    if device.rows is not None and not 1 <= device.rows <= device.needle_count:
        yield f"{device.rows} rows for {device.needle_count} needles"


def _disorder(device: Device) -> Iterator[str]:
    pairs = (
        ("tip_diameter", "needle_diameter"),
        ("min_length", "max_length"),
        ("frequency", "max_frequency"),
        ("labelled_max_length", "max_length"),
    )
    for small, large in pairs:
        low, high = getattr(device, small), getattr(device, large)
        if low is not None and high is not None and low > high:
            yield f"{small} {low:g} is above {large} {high:g}"
