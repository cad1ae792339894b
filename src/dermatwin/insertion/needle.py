"""The shape of a needle: a round pin that tapers linearly from tip to base and is a cylinder beyond the taper.

Bevels, ridges and the slit that a sharp edge cuts are left out: the pin is axisymmetric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Needle:
    """A sample of needles. Arrays (draw, needle), mm; z counts from the tip.

    d(z) = tip + (base - tip) min(z / taper, 1)
    """

    length: np.ndarray  # mm that stand out beyond the stop (plate, drum, cone)
    tip: np.ndarray  # mm, diameter of the tip
    base: np.ndarray  # mm, full diameter
    taper: np.ndarray  # mm over which the tip widens to the full diameter

    def diameter(self, depth: np.ndarray) -> np.ndarray:
        """Local diameter at the skin surface [mm] when the tip lies `depth` mm below it."""
        return self.tip + (self.base - self.tip) * np.minimum(depth / self.taper, 1.0)

    def flank(self, depth: np.ndarray) -> np.ndarray:
        """Flank area in contact with tissue [mm2]: pi times the integral of d(z) over 0..depth."""
        inside = np.minimum(depth, self.taper)
        cone = self.tip * inside + (self.base - self.tip) * inside**2 / (2.0 * self.taper)
        return np.pi * (cone + self.base * (depth - inside))
