"""The stack of cells for one solute in one person's skin: stratum corneum, viable epidermis, dermis.

    flux between neighbours = (u_i - u_j) / (dx_i/2 (D K)_i + R + dx_j/2 (D K)_j),   u = C/K

In the stratum corneum D K = P thickness, and its potential is that of the neutral form; at its two faces the potentials
of vehicle and tissue are weighted by what their pH leaves of the permeability. Uniform cells in the stratum corneum and
the viable epidermis, growing ones in the dermis. No flux into the fat of living skin; excised skin drains into a sink.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..numerics.finite_dose import Stack
from .stratum import Barrier
from .tissue import Tissue

CELLS = (8, 5, 12)  # numerical: cells of stratum corneum, viable epidermis, dermis
_GROWTH = 1.3  # numerical: ratio of neighbouring cells in the dermis
LAYER = np.repeat(np.arange(3), CELLS)


@dataclass(frozen=True)
class Thickness:
    """Layers of a section [cm], shape (draw,)."""

    stratum_corneum: np.ndarray
    viable_epidermis: np.ndarray
    dermis: np.ndarray

    def edges(self) -> np.ndarray:
        """Edges of all cells from the surface down [cm], shape (draw, cell + 1)."""
        even = [np.linspace(0.0, 1.0, number + 1)[1:] for number in CELLS[:2]]
        graded = np.cumsum(_GROWTH ** np.arange(CELLS[2]))
        shares = [*even, graded / graded[-1]]
        tops = np.cumsum([0.0 * self.dermis, self.stratum_corneum, self.viable_epidermis], axis=0)
        layers = (self.stratum_corneum, self.viable_epidermis, self.dermis)
        parts = [top[:, None] + layer[:, None] * share for top, layer, share in zip(tops, layers, shares, strict=True)]
        return np.concatenate([0.0 * self.dermis[:, None], *parts], axis=1)


def stack(thickness: Thickness, stratum: Barrier, viable: Tissue, vehicle_weight: np.ndarray, tissue_weight: np.ndarray,
          drained: bool) -> Stack:
    """Cells, links and losses of the section for one solute; the weights are those of `Barrier.weight`."""
    widths = np.diff(thickness.edges(), axis=1)
    conductivity = cell_conductivity(thickness, stratum, viable)
    partition = np.where(LAYER == 0, stratum.partition[:, None], viable.partition[:, None])
    half = _resistance(0.5 * widths, conductivity)
    link = half[:, :-1] + half[:, 1:]
    link[:, CELLS[0] + CELLS[1] - 1] += viable.junction
    down = 1.0 / link
    up = down.copy()
    up[:, CELLS[0] - 1] *= tissue_weight
    entry = 1.0 / half[:, 0]
    loss = np.where(LAYER == 2, viable.clearance[:, None], 0.0)
    capacity = widths * partition
    if drained:
        loss[:, -1] += 1.0 / (half[:, -1] * capacity[:, -1])
    return Stack(capacity, down, up, entry * vehicle_weight, entry, loss, LAYER)


def cell_conductivity(thickness: Thickness, stratum: Barrier, viable: Tissue) -> np.ndarray:
    """D K of every cell [cm2/h], shape (draw, cell)."""
    outer = (stratum.neutral * thickness.stratum_corneum)[:, None]
    return np.where(LAYER == 0, outer, viable.conductivity[:, None])


def _resistance(width: np.ndarray, conductivity: np.ndarray) -> np.ndarray:
    """width/(D K) [h/cm]; infinite where nothing passes."""
    passes = conductivity > 0.0
    return np.where(passes, width / np.where(passes, conductivity, 1.0), np.inf)
