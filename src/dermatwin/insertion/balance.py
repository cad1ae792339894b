"""The depth at which a needle stops, by bisection: the inner loop of `penetration`, compiled."""

from __future__ import annotations

import numpy as np

from ..numerics.kept import kept


@kept(error_model="numpy")
def balanced(
    needle: np.ndarray, tissue: np.ndarray, force: np.ndarray, gap: np.ndarray, halvings: int, found: np.ndarray
) -> None:
    """Largest depth p with p + delta(p) + gap <= L and F_pen(p) <= F [mm], into `found` (draw, needle).

    needle : (4, draw, needle) length, tip, base, taper. tissue : (5, draw) tearing, cut share, spreading, friction,
    stiffness. force, gap : (draw, needle). The laws are those of `Tissue.resisting_force` and `Needle`.
    """
    for draw in range(found.shape[0]):
        tearing, cut, spreading, friction, stiffness = tissue[:, draw]
        for pin in range(found.shape[1]):
            length, tip, base, taper = needle[:, draw, pin]
            low, high = 0.0, length
            depth = length
            for step in range(halvings + 1):
                inside = min(depth, taper)
                wide = tip + (base - tip) * min(depth / taper, 1.0)
                flank = np.pi * (tip * inside + (base - tip) * inside**2 / (2.0 * taper) + base * (depth - inside))
                resists = tearing * (tip + cut * (wide - tip)) + spreading * wide**2 + friction * flank
                if depth + np.sqrt(resists / stiffness) + gap[draw, pin] <= length and resists <= force[draw, pin]:
                    low = depth
                    if step == 0:
                        break
                else:
                    high = depth
                depth = 0.5 * (low + high)
            found[draw, pin] = low
