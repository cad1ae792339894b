"""How deep this person's skin bears: the needle's tip stays in the dermis of at least half of the people like this one.

Age, sex and site set how thick the skin is; the twin needles a few people of that kind and the length is shortened, a step
of the dial at a time, until it no longer says that needles pass through the dermis. Never shorter than what is still
customary for the concern: then a warning stands instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Patient, Settings, Zone
from ..core.chance import Luck
from ..core.vocabulary import ASSUMPTION
from ..device import Device
from ..evidence import Draws, Evidence
from ..insertion import insert
from ..skin import Skin, section_of

SOURCES = (ASSUMPTION,)
"""The thickness of skin is an endpoint of the twin with sources of its own; that half is the limit is assumed."""
PEOPLE, SEED = 64, 1  # numerical: enough to tell a half within a tenth; the same people for every plan
TOO_MANY = 0.5


@dataclass(frozen=True)
class Bearable:
    """A needle [mm], and whether its tips keep to the dermis in more than half of the people like this one."""

    length: float
    kept: bool


def bearable(device: Device, length: float, least: float, zone: Zone, patient: Patient, evidence: Evidence) -> Bearable:
    """The longest needle, from `length` down to `least`, that keeps to the dermis; `least` where none does."""
    draws = Draws(evidence, Luck(SEED, PEOPLE))
    skin = section_of(zone, patient, draws)
    found = (one for one in _steps(length, least, evidence) if share_through(device, one, skin, draws) < TOO_MANY)
    longest = next(found, None)
    return Bearable(least, False) if longest is None else Bearable(longest, True)


def share_through(device: Device, length: float, skin: Skin, draws: Draws) -> float:
    """Share of people in whom the mean tip of a needle set to `length` [mm] lies below the dermis."""
    punctures = insert(device, Settings.model_validate({"needle_length": f"{length:.10g} mm"}), skin, draws, 0)
    pierced = punctures.in_situ_depth > 0.0
    depth = np.where(pierced, punctures.in_situ_depth, 0.0).sum(axis=1) / np.maximum(pierced.sum(axis=1), 1)
    return float(np.mean(depth > skin.interfaces[:, -1]))


def _steps(length: float, least: float, evidence: Evidence) -> Iterator[float]:
    """Settings of the dial from the longest down; the least that counts is the last of them."""
    step = evidence.value("depth_step", "mm")
    while length > least + 1e-9:
        yield length
        length = round(length - step, 10)
    yield least
