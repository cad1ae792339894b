"""Traces in units that people can read: nanograms and picograms where a dose is that small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ...flows import Exposure

THOUSAND, TRACE = 1000.0, 1.0


@dataclass(frozen=True)
class Scale:
    """What micrograms are multiplied by, and the unit that they are then in."""

    factor: float
    mass: str

    @property
    def per_area(self) -> str:
        """Unit of an amount."""
        return f"{self.mass}/cm^2"

    @property
    def per_volume(self) -> str:
        """Unit of a concentration."""
        return f"{self.mass}/cm^3"


def scale_of(exposure: Exposure) -> Scale:
    """Micrograms, or the next smaller units for a dose of less than one."""
    dose, found = float(np.median(exposure.dose)), Scale(1.0, "ug")
    for mass in ("ng", "pg"):
        if 0.0 < dose * found.factor < TRACE:
            found = Scale(found.factor * THOUSAND, mass)
    return found
