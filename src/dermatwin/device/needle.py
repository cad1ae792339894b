"""How well the size of a needle is known: diameters at base and tip for every draw.

The catalogue's value times a lognormal factor, narrow where a microscope measured the needle, wider where a label or
paper states it, widest where it is assumed. Needles of one device share the factor; scatter from needle to needle and
wear belong to `insertion`.
"""

from __future__ import annotations

import numpy as np

from ..evidence import Draws
from .record import Device

_MEASURED_GRADE = "C"


def base_diameter(device: Device, draws: Draws) -> np.ndarray:
    """Needle diameter at the base [mm], shape (draw,): d = d_catalogue z, z of evidence `needle_diameter_factor`."""
    return device.needle_diameter * draws(f"needle_diameter_factor[{_basis(device, 'needle_diameter')}]", "1")


def tip_diameter(device: Device, draws: Draws) -> np.ndarray:
    """Needle diameter at the tip [mm], shape (draw,): d_t = d_catalogue z, z of evidence `tip_diameter_factor`.

    Never wider than the base.
    """
    tip = device.tip_diameter * draws(f"tip_diameter_factor[{_basis(device, 'tip_diameter')}]", "1")
    return np.minimum(tip, base_diameter(device, draws))


def _basis(device: Device, field: str) -> str:
    """How a field is known: measured (grade C and better), stated, or assumed. A custom device is taken at its word."""
    if field in device.assumed:
        return "assumed"
    return "measured" if device.sources and device.grade <= _MEASURED_GRADE else "stated"
