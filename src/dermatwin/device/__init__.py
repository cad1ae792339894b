"""Needle arrays and what moves them: the catalogue, devices described in a case, and how well a needle is known."""

from typing import TYPE_CHECKING

from ..core.later import later
from .catalogue import catalogue, find
from .describe import describe
from .kind import Kind, heated, kinds, movements
from .record import UNITS, Device

if TYPE_CHECKING:
    from .needle import base_diameter, tip_diameter

__getattr__ = later(__name__, dict.fromkeys(("base_diameter", "tip_diameter"), "needle"))

__all__ = [
    "UNITS",
    "Device",
    "Kind",
    "base_diameter",
    "catalogue",
    "describe",
    "find",
    "heated",
    "kinds",
    "movements",
    "tip_diameter",
]
