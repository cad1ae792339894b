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
from ..device import Device
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


@dataclass(frozen=True)
class Use:
    """How a device is used, for every draw, and the one typical value where the geometry is shared by all draws."""

    drawn: dict[str, np.ndarray]
    typical: dict[str, float]


def handle(device: Device, settings: Settings, skin: Skin, draws: Draws, session: int) -> Handling:
    """Resolve one zone's settings for one treatment session."""
    use, notices = _resolve(device, settings, skin.zone, draws, session)
    use.drawn["gap"] = draws(f"contact_gap[{device.kind}]", "mm", session, skin.zone)
    contacts, push = PATTERNS[device.kind](device, settings, use, draws)
    if settings.density is not None:
        contacts = np.full(draws.count, settings.density)
    return Handling(contacts, push, notices)


def _resolve(device: Device, settings: Settings, zone: str, draws: Draws, session: int) -> tuple[Use, tuple[Notice, ...]]:
    """Settings first, then the device, then the default."""
    use, notices = Use({}, {}), []
    for choice in CHOICES[device.kind]:
        stated = getattr(settings, choice.name, None)
        stated = getattr(device, choice.name, None) if stated is None else stated
        parameter = f"{choice.name}[{device.kind}]"
        if stated is not None:
            use.drawn[choice.name], use.typical[choice.name] = np.full(draws.count, float(stated)), float(stated)
            continue
        use.drawn[choice.name] = draws(parameter, choice.unit, session, zone)
        use.typical[choice.name] = draws.median(parameter, choice.unit)
        if settings.density is None or not choice.only_for_contacts:
            notices.append(_assumed(draws, choice, parameter, zone))
    return use, tuple(notices)


def _assumed(draws: Draws, choice: Choice, parameter: str, zone: str) -> Notice:
    belief = draws.evidence.parameters[parameter]
    unit = "" if belief.unit == "1" else f" {belief.unit}"
    return Notice(f"course.settings.{zone}.{choice.name}",
                  f"not stated; taken as {belief.value:g}{unit} ({belief.low:g}-{belief.high:g}, grade {belief.grade})",
                  ";".join(belief.sources))


Pattern = Callable[[Device, Settings, Use, Draws], tuple[np.ndarray, Push]]


def _pen(device: Device, settings: Settings, use: Use, draws: Draws) -> tuple[np.ndarray, Push]:
    """n = share N f passes / (v w);  speed = pi f (L + excess), the peak of a sinusoidal stroke.

    N f / (v w) counts every stroke as a hole of its own; the hand moves on by v / f between strokes (about a quarter of
    a millimetre), so that some strokes only drag: `separate_hole_share`. The stroke drives the needles as far as it
    goes, unless a force is stated, which they then share.
    """
    drawn, pitch = use.drawn, use.typical["pitch"]
    strokes = device.needle_count * drawn["frequency"] * drawn["passes"] / (drawn["hand_speed"] * drawn["track_width"])
    contacts = draws("separate_hole_share", "1") * strokes * MM2_PER_CM2
    speed = np.pi * drawn["frequency"] * (settings.needle_length + draws("stroke_excess", "mm"))
    force = np.full(draws.count, np.inf if settings.force is None else settings.force / device.needle_count)
    shared = interaction(pitch, device.needle_count, draws.median("interaction_distance", "mm"))
    return contacts, Push(force, speed, drawn["gap"], "pen", pitch, shared)


def _roller(device: Device, settings: Settings, use: Use, draws: Draws) -> tuple[np.ndarray, Push]:
    """n = N passes / (pi D W);  engaged needles N acos(R / (R + L)) / pi;  speed = v sqrt(L^2 + 2 R L) / R.

    The speed is the vertical one of a tip that meets the plane of the skin while the drum rolls without slip. Needles
    enter row by row, so that a needle shares its dimple with its row of W / pitch.
    """
    drawn, typical, length = use.drawn, use.typical, settings.needle_length
    radius = 0.5 * drawn["drum_diameter"]
    contacts = device.needle_count * drawn["passes"] / (2.0 * np.pi * radius * drawn["track_width"]) * MM2_PER_CM2
    engaged = np.maximum(device.needle_count * np.arccos(radius / (radius + length)) / np.pi, 1.0)
    speed = drawn["hand_speed"] * np.sqrt(length**2 + 2.0 * radius * length) / radius
    surface = np.pi * typical["drum_diameter"] * typical["track_width"]
    pitch = device.pitch or float(np.sqrt(surface / device.needle_count))
    shared = interaction(pitch, typical["track_width"] / pitch, draws.median("interaction_distance", "mm"))
    return contacts, Push(drawn["force"] / engaged, speed, drawn["gap"], "roller", pitch, shared)


def _stamp(device: Device, settings: Settings, use: Use, draws: Draws) -> tuple[np.ndarray, Push]:
    """n = N presses / area. The plate follows the skin, so needles share no dimple beyond it."""
    drawn = use.drawn
    contacts = device.needle_count * drawn["passes"] / drawn["array_area"]
    pitch = device.pitch or float(np.sqrt(use.typical["array_area"] * MM2_PER_CM2 / device.needle_count))
    return contacts, Push(drawn["force"] / device.needle_count, drawn["hand_speed"], drawn["gap"], "stamp", pitch)


PATTERNS: Mapping[str, Pattern] = {"pen": _pen, "roller": _roller, "stamp": _stamp}
