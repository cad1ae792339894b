"""Needle arrays and what moves them: the catalogue, devices described in a case, and how well a needle is known."""

from .catalogue import catalogue, find
from .describe import describe
from .kind import Kind, heated, kinds, movements
from .needle import base_diameter, tip_diameter
from .record import UNITS, Device

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
