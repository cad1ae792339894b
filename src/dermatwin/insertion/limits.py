"""Where a session leaves the evidence or the device: remarks that travel with the punctures."""

from __future__ import annotations

from ..case.document import Settings
from ..core import Notice
from ..device.catalogue import Device
from ..evidence import Draws
from ..skin import Skin


def remarks(device: Device, settings: Settings, skin: Skin, draws: Draws) -> tuple[Notice, ...]:
    """Every remark that applies to one zone's settings."""
    length, deepest = settings.needle_length, draws.median("evidence_needle_length", "mm")
    bone, fastest = draws.median("bone_needle_length", "mm"), device.max_frequency
    path = f"course.settings.{skin.zone}"
    beyond = f"{length:g} mm is outside the {device.min_length:g}-{device.max_length:g} mm of {device.name}"
    found = (
        (not device.min_length <= length <= device.max_length, "needle_length", beyond, ";".join(device.sources)),
        (length > deepest, "needle_length", f"needles longer than {deepest:g} mm lie outside the evidence", ""),
        (skin.over_bone and length > bone, "needle_length",
         f"over bone the model has no evidence beyond {bone:g} mm: the needle may strike periosteum", ""),
        (settings.frequency is not None and fastest is not None and settings.frequency > fastest, "frequency",
         f"is above the {fastest or 0.0:g} Hz of {device.name}", ";".join(device.sources)),
        (skin.species != "human", "", f"insertion laws are for human skin; {skin.species} differs only in its section", ""),
    )
    return tuple(Notice(f"{path}.{name}".rstrip("."), text, source) for applies, name, text, source in found if applies)
