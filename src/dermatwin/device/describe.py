"""A device described in the case instead of taken from the catalogue."""

from __future__ import annotations

from ..case import CustomDevice
from ..core.spelling import closest
from ..evidence import Evidence
from .kind import kinds
from .record import Device

_CUSTOM = "custom"


def describe(custom: CustomDevice, evidence: Evidence) -> Device:
    """The device that a case describes, in canonical units; nothing is filled in.

    A roller's swept width is its drum's width unless stated. Without a minimum, needles that no motor strokes have one
    length, while a motor's needles can be drawn in entirely.
    Raises ValueError if the kind is not known, or if the numbers contradict one another.
    """
    known = kinds(evidence)
    if custom.kind not in known:
        raise ValueError(f"{custom.kind} is not one of {', '.join(known)}{closest(custom.kind, known)}")
    kind = known[custom.kind]
    shortest = custom.min_length if custom.min_length is not None else 0.0 if kind.motorised else custom.max_length
    return Device(
        id=_CUSTOM,
        name=custom.name,
        kind=kind,
        needle_count=custom.needle_count,
        needle_diameter=custom.needle_diameter,
        tip_diameter=custom.tip_diameter,
        min_length=shortest,
        max_length=custom.max_length,
        frequency=custom.frequency,
        max_frequency=None,
        track_width=custom.track_width if custom.track_width is not None else custom.drum_width,
        drum_diameter=custom.drum_diameter,
        array_area=custom.array_area,
        pitch=custom.pitch,
        layout=custom.layout,
        rows=custom.rows,
        note="described in the case",
    )
