"""How a device is used: the pattern of its contacts, force on one needle, speed and distances, for pens, rollers and stamps.

A pen's needles follow its stroke, a roller's and a stamp's share the force of the hand. What the settings leave open is
taken from the device, then from a default with a wide spread (`pattern.use`), and said in a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..case.document import Settings
from ..core import Notice
from ..core.vocabulary import Movement
from ..device import Device, base_diameter
from ..evidence import Draws
from ..flows import Pattern
from ..pattern import MM2_PER_CM2, Motion, Use, expected, motion_of, scattered, use_of
from ..skin import Skin
from .pace import pace
from .penetration import Push
from .tissue import interaction


@dataclass(frozen=True)
class Handling:
    """Contacts of needles with the skin and how each is pressed."""

    pattern: Pattern
    push: Push
    notices: tuple[Notice, ...]

    @property
    def contacts(self) -> np.ndarray:
        """Contacts that could each make a puncture of their own [1/cm2], shape (draw,)."""
        return self.pattern.holes


def handle(device: Device, settings: Settings, skin: Skin, draws: Draws, session: int) -> Handling:
    """Resolve one zone's settings for one treatment session."""
    use, notices = use_of(device, settings, skin.zone, draws, session)
    motion = motion_of(device, settings, use, draws)
    push = PUSHES[device.kind.movement](device, settings, use, draws)
    gap = draws(f"contact_gap[{device.kind.parameters}]", "mm", session, skin.zone)
    found = tuple(_remarks(device, settings, motion, draws, skin.zone))
    pattern = replace(_pattern(device, settings, motion, draws), pace=pace(device, use, draws))
    return Handling(pattern, replace(push, gap=gap), notices + found)


def _pattern(device: Device, settings: Settings, motion: Motion, draws: Draws) -> Pattern:
    """What the motion makes of the skin; a density that is stated counts holes, however they were made."""
    width = base_diameter(device, draws)
    if settings.density is None:
        return expected(motion, width * draws("reentry_distance_ratio", "1"), 0.5 * width)
    stated = scattered(np.full(draws.count, settings.density))
    return expected(stated, np.zeros(draws.count), 0.5 * width)


def _remarks(device: Device, settings: Settings, motion: Motion, draws: Draws, zone: str) -> Iterator[Notice]:
    """Where the motion leaves gaps or scratches, and settings that do nothing."""
    place, stroke, spacing = f"course.settings.{zone}", settings.stroke, settings.track_spacing
    if stroke is not None and not device.motorised:
        yield Notice(f"{place}.stroke", f"changes nothing: {device.name} has no motor")
    if spacing is not None and device.kind.movement == "presses":
        yield Notice(f"{place}.track_spacing", f"changes nothing: {device.name} is pressed, not moved along tracks")
    if device.motorised and stroke is not None and stroke < settings.needle_length:
        yield Notice(f"{place}.stroke", f"{stroke:g} mm is shorter than the needles stand out: they never leave the skin")
    if spacing is not None and device.track_width is not None and spacing > device.track_width:
        yield Notice(
            f"{place}.track_spacing",
            f"{spacing:g} mm is wider than the {device.track_width:g} mm that "
            f"{device.name} sweeps: strips between the tracks stay untouched",
        )
    if device.motorised and settings.density is None and motion.slit is not None:
        slit, width = float(np.median(motion.slit)), device.needle_diameter
        if slit > draws.median("long_slit_ratio", "1") * width:
            yield Notice(
                f"{place}.hand_speed",
                f"the hand moves on up to {slit:.2g} mm while a needle is in the skin: "
                "slits instead of holes; a slower hand or a higher frequency makes them shorter",
            )


Pusher = Callable[[Device, Settings, Use, Draws], Push]


def _pen(device: Device, settings: Settings, use: Use, draws: Draws) -> Push:
    """speed = pi f s, the peak of a sinusoidal stroke s; where it is not stated, s = L + excess.

    The stroke drives the needles as far as it goes, unless a force is stated, which they then share.
    """
    pitch = use.typical["pitch"]
    speed = np.pi * use.drawn["frequency"] * use.drawn["stroke"]
    force = np.full(draws.count, np.inf if settings.force is None else settings.force / device.needle_count)
    shared = interaction(pitch, device.needle_count, draws.median("interaction_distance", "mm"))
    return Push(force, speed, np.zeros(draws.count), device.kind.parameters, pitch, shared)


def _roller(device: Device, settings: Settings, use: Use, draws: Draws) -> Push:
    """engaged needles N acos(R / (R + L)) / pi;  speed = v sqrt(L^2 + 2 R L) / R.

    The speed is the vertical one of a tip that meets the plane of the skin while the drum rolls without slip. Needles
    enter row by row, so that a needle shares its dimple with its row of W / pitch.
    """
    drawn, typical, length = use.drawn, use.typical, settings.needle_length
    radius = 0.5 * drawn["drum_diameter"]
    engaged = np.maximum(device.needle_count * np.arccos(radius / (radius + length)) / np.pi, 1.0)
    speed = drawn["hand_speed"] * np.sqrt(length**2 + 2.0 * radius * length) / radius
    surface = np.pi * typical["drum_diameter"] * typical["track_width"]
    pitch = device.pitch or float(np.sqrt(surface / device.needle_count))
    shared = interaction(pitch, typical["track_width"] / pitch, draws.median("interaction_distance", "mm"))
    return Push(drawn["force"] / engaged, speed, np.zeros(draws.count), device.kind.parameters, pitch, shared)


def _stamp(device: Device, settings: Settings, use: Use, draws: Draws) -> Push:
    """The plate follows the skin, so needles share no dimple beyond it."""
    pitch = device.pitch or float(np.sqrt(use.typical["array_area"] * MM2_PER_CM2 / device.needle_count))
    return Push(
        use.drawn["force"] / device.needle_count,
        use.drawn["hand_speed"],
        np.zeros(draws.count),
        device.kind.parameters,
        pitch,
    )


PUSHES: Mapping[Movement, Pusher] = {"strokes": _pen, "rolls": _roller, "presses": _stamp}
