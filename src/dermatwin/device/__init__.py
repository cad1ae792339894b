"""Needle arrays and what moves them: the catalogue, devices described in a case, and how well a needle is known."""

from .catalogue import catalogue, find
from .describe import describe
from .needle import base_diameter, tip_diameter
from .record import UNITS, Device

__all__ = ["UNITS", "Device", "base_diameter", "catalogue", "describe", "find", "tip_diameter"]
