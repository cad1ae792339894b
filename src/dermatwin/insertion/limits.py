"""Where a session leaves the evidence or the device: remarks that travel with the punctures."""

from __future__ import annotations

import numpy as np

from ..case.document import Settings
from ..core import Notice
from ..device import Device
from ..evidence import Draws
from ..skin import Skin


def remarks(device: Device, settings: Settings, skin: Skin, draws: Draws) -> tuple[Notice, ...]:
    """Every remark that applies to one zone's settings."""
    length, deepest = settings.needle_length, draws.median("evidence_needle_length", "mm")
    bone, labelled, fastest = draws.median("bone_needle_length", "mm"), device.labelled_max_length, device.max_frequency
    path = f"course.settings.{skin.zone}.needle_length"
    made, sources = f"{device.min_length:g}-{device.max_length:g} mm of {device.name}", ";".join(device.sources)
    found = (
        (not device.min_length <= length <= device.max_length, path, f"{length:g} mm is outside the {made}", sources),
        (
            labelled is not None and length > labelled,
            path,
            f"is longer than the {labelled or 0.0:g} mm that the label of {device.name} supports",
            sources,
        ),
        (length > deepest, path, f"needles longer than {deepest:g} mm lie outside the evidence", ""),
        (
            skin.over_bone and length > bone,
            path,
            f"over bone the model has no evidence beyond {bone:g} mm: the needle may strike periosteum",
            "",
        ),
        (
            settings.frequency is not None and fastest is not None and settings.frequency > fastest,
            f"course.settings.{skin.zone}.frequency",
            f"is above the {fastest or 0.0:g} Hz of {device.name}",
            sources,
        ),
        (
            skin.species != "human",
            "patient.species",
            f"insertion laws are for human skin; {skin.species} differs only in its section",
            "",
        ),
    )
    return tuple(Notice(place, text, source) for applies, place, text, source in found if applies)


def through(depth: np.ndarray, skin: Skin) -> tuple[Notice, ...]:
    """Says so when the mean in-situ depth, shape (draw,), lies below the dermis in half of the people or more."""
    share = float(np.mean(depth > skin.interfaces[:, -1]))
    text = f"needles pass through the dermis into what lies below in {share:.0%} of the people"
    return (Notice(f"course.settings.{skin.zone}.needle_length", text),) if share >= 0.5 else ()
