"""How a device is used: contacts per area, force on one needle, speed and distances, for pens, rollers and stamps.

A pen's needles follow its stroke, a roller's and a stamp's share the force of the hand. What the settings leave open is
taken from the device, then from a default with a wide spread, and every default that was used is said in a notice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..case.document import Settings
from ..core import Notice
from ..device.catalogue import Device
from ..evidence import Draws
from ..skin import Skin
from .penetration import Push
from .tissue import interaction

MM2_PER_CM2 = 100.0


@dataclass(frozen=True)
class Handling:
    """Contacts of needles with the skin and how each is pressed."""

    contacts: np.ndarray  # (draw,) 1/cm2, contacts that could each make a puncture of their own
    push: Push
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Choice:
    """A setting that may be left open: its name, the default's unit, and whether it only serves the count of contacts."""

    name: str
    unit: str
    only_for_contacts: bool = False


CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "pen": (Choice("passes", "1", True), Choice("hand_speed", "mm/s", True), Choice("frequency", "Hz"),
            Choice("track_width", "mm", True), Choice("pitch", "mm")),
    "roller": (Choice("passes", "1", True), Choice("hand_speed", "mm/s"), Choice("force", "N"),
               Choice("drum_diameter", "mm"), Choice("track_width", "mm")),
    "stamp": (Choice("passes", "1", True), Choice("hand_speed", "mm/s"), Choice("force", "N"),
              Choice("array_area", "cm^2")),
}
"""What each kind of device needs to know. The default is the parameter 'name[kind]'."""


def handle(device: Device, settings: Settings, skin: Skin, draws: Draws, session: int) -> Handling:
    """Resolve one zone's settings for one treatment session."""
    use, notices = _resolve(device, settings, skin.zone, draws, session)
    use["gap"] = draws(f"contact_gap[{device.kind}]", "mm", session, skin.zone)
    contacts, push = PATTERNS[device.kind](device, settings, use, draws)
    if settings.density is not None:
        contacts = np.full(draws.count, settings.density)
    return Handling(contacts, push, notices)


def _resolve(device: Device, settings: Settings, zone: str, draws: Draws, session: int,
             ) -> tuple[dict[str, np.ndarray], tuple[Notice, ...]]:
    """Settings first, then the device, then the default."""
    use, notices = {}, []
    for choice in CHOICES[device.kind]:
        stated = getattr(settings, choice.name, None)
        stated = getattr(device, choice.name, None) if stated is None else stated
        if stated is not None:
            use[choice.name] = np.full(draws.count, float(stated))
            continue
        parameter = f"{choice.name}[{device.kind}]"
        use[choice.name] = draws(parameter, choice.unit, session, zone)
        if settings.density is None or not choice.only_for_contacts:
            notices.append(_assumed(draws, choice, parameter, zone))
    return use, tuple(notices)


def _assumed(draws: Draws, choice: Choice, parameter: str, zone: str) -> Notice:
    belief = draws.evidence.parameters[parameter]
    unit = "" if belief.unit == "1" else f" {belief.unit}"
    return Notice(f"course.settings.{zone}.{choice.name}",
                  f"not stated; taken as {belief.value:g}{unit} ({belief.low:g}-{belief.high:g}, grade {belief.grade})",
                  ";".join(belief.sources))


Use = dict[str, np.ndarray]
Pattern = Callable[[Device, Settings, Use, Draws], tuple[np.ndarray, Push]]


def _pen(device: Device, settings: Settings, use: Use, draws: Draws) -> tuple[np.ndarray, Push]:
    """n = share N f passes / (v w);  speed = pi f (L + excess), the peak of a sinusoidal stroke.

    N f / (v w) counts every stroke as a hole of its own; the hand moves on by v / f between strokes (about a quarter of
    a millimetre), so that some strokes only drag: `separate_hole_share`.
    """
    strokes = device.needle_count * use["frequency"] * use["passes"] / (use["hand_speed"] * use["track_width"])
    contacts = draws("separate_hole_share", "1") * strokes * MM2_PER_CM2
    stroke = settings.needle_length + draws("stroke_excess", "mm")
    pitch = float(np.median(use["pitch"]))
    force = np.full(draws.count, np.inf if settings.force is None else settings.force / device.needle_count)
    shared = interaction(pitch, device.needle_count, draws.median("interaction_distance", "mm"))
    return contacts, Push(force, np.pi * use["frequency"] * stroke, use["gap"], "pen", pitch, shared)


def _roller(device: Device, settings: Settings, use: Use, draws: Draws) -> tuple[np.ndarray, Push]:
    """n = N passes / (pi D W);  engaged needles N acos(R / (R + L)) / pi;  speed = v sqrt(L^2 + 2 R L) / R.

    The speed is the vertical one of a tip that meets the plane of the skin while the drum rolls without slip. Needles
    enter row by row, so that a needle shares its dimple with its row of W / pitch.
    """
    radius, length = 0.5 * use["drum_diameter"], settings.needle_length
    surface = np.pi * use["drum_diameter"] * use["track_width"]
    contacts = device.needle_count * use["passes"] / surface * MM2_PER_CM2
    engaged = np.maximum(device.needle_count * np.arccos(radius / (radius + length)) / np.pi, 1.0)
    speed = use["hand_speed"] * np.sqrt(length**2 + 2.0 * radius * length) / radius
    pitch = device.pitch or float(np.sqrt(np.median(surface) / device.needle_count))
    row = float(np.median(use["track_width"])) / pitch
    shared = interaction(pitch, row, draws.median("interaction_distance", "mm"))
    return contacts, Push(use["force"] / engaged, speed, use["gap"], "roller", pitch, shared)


def _stamp(device: Device, settings: Settings, use: Use, draws: Draws) -> tuple[np.ndarray, Push]:
    """n = N presses / area. The plate follows the skin, so needles share no dimple beyond it."""
    contacts = device.needle_count * use["passes"] / use["array_area"]
    pitch = device.pitch or float(np.sqrt(np.median(use["array_area"]) * MM2_PER_CM2 / device.needle_count))
    return contacts, Push(use["force"] / device.needle_count, use["hand_speed"], use["gap"], "stamp", pitch)


PATTERNS: Mapping[str, Pattern] = {"pen": _pen, "roller": _roller, "stamp": _stamp}
