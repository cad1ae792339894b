"""How a device is used: what the settings state, then what the device is, then a default with a wide spread.

Every default that was used is said in a notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..case.document import Settings
from ..core import Notice
from ..core.vocabulary import Movement
from ..device import Device
from ..evidence import Draws


@dataclass(frozen=True)
class Choice:
    """A setting that may be left open: its name, the default's unit, and whether it only serves the count of contacts.

    `otherwise` is the name of the device's property and of the default where they are called differently.
    """

    name: str
    unit: str
    only_for_contacts: bool = False
    otherwise: str = ""


CHOICES: Mapping[Movement, tuple[Choice, ...]] = {
    "strokes": (
        Choice("passes", "1", True),
        Choice("hand_speed", "mm/s", True),
        Choice("frequency", "Hz"),
        Choice("track_spacing", "mm", True, "track_width"),
        Choice("pitch", "mm"),
    ),
    "rolls": (
        Choice("passes", "1", True),
        Choice("hand_speed", "mm/s"),
        Choice("force", "N"),
        Choice("drum_diameter", "mm"),
        Choice("track_width", "mm"),
    ),
    "presses": (
        Choice("passes", "1", True),
        Choice("hand_speed", "mm/s"),
        Choice("force", "N"),
        Choice("array_area", "cm^2"),
    ),
}
"""What each movement needs to know. The default is the parameter 'name[kind]', of the kind whose parameters hold."""


@dataclass(frozen=True)
class Use:
    """How a device is used, for every draw, and the one typical value where the geometry is shared by all draws."""

    drawn: dict[str, np.ndarray]
    typical: dict[str, float]


def use_of(device: Device, settings: Settings, zone: str, draws: Draws, session: int) -> tuple[Use, tuple[Notice, ...]]:
    """Settings first, then the device, then the default."""
    use, notices = Use({}, {}), []
    for choice in CHOICES[device.kind.movement]:
        source = choice.otherwise or choice.name
        stated = getattr(settings, choice.name, None)
        stated = getattr(device, source, None) if stated is None else stated
        parameter = f"{source}[{device.kind.parameters}]"
        if stated is not None:
            use.drawn[choice.name], use.typical[choice.name] = np.full(draws.count, float(stated)), float(stated)
            continue
        use.drawn[choice.name] = draws(parameter, choice.unit, session, zone)
        use.typical[choice.name] = draws.median(parameter, choice.unit)
        if settings.density is None or not choice.only_for_contacts:
            notices.append(_assumed(draws, choice, parameter, zone))
    if device.motorised:
        use.drawn["stroke"] = _stroke(settings, draws)
    return use, tuple(notices)


def _stroke(settings: Settings, draws: Draws) -> np.ndarray:
    """Way of the needles between their highest and lowest point [mm]: as stated, or L + excess."""
    if settings.stroke is not None:
        return np.full(draws.count, settings.stroke)
    return settings.needle_length + draws("stroke_excess", "mm")


def _assumed(draws: Draws, choice: Choice, parameter: str, zone: str) -> Notice:
    belief = draws.evidence.parameters[parameter]
    unit = "" if belief.unit == "1" else f" {belief.unit}"
    return Notice(
        f"course.settings.{zone}.{choice.name}",
        f"not stated; taken as {belief.value:g}{unit} ({belief.low:g}-{belief.high:g}, grade {belief.grade})",
        ";".join(belief.sources),
    )
