"""The unit cell of one channel in one person's skin: stratum corneum, viable epidermis, dermis, rows and rings.

Every channel owns its share of the skin, a cylinder of radius b = 1/sqrt(pi N). Rows follow the layers and the tip of the
channel, each an edge of the mesh; rings grow geometrically from the channel's mouth to b, with conductances that are exact
for a logarithmic profile. Without channels one ring is enough: the same rows, the same balance.

    flux between neighbours = (u_i - u_j) / (dx_i/2 (D K)_i + R + dx_j/2 (D K)_j),   u = C/K

In the stratum corneum D K = P thickness, and its potential is that of the neutral form; at its two faces the potentials
of vehicle and tissue are weighted by what their pH leaves of the permeability. No flux into the fat of living skin;
excised skin drains into a sink. Left out: that channels stand at random (the cells would differ in size), slits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..numerics.unit_cell import Bore, Grid
from .stratum import Barrier
from .tissue import Tissue

ROWS = (6, 4, 5, 8)  # numerical: rows of the stratum corneum, down to the next edge, to the one after, to the bottom
RINGS = 7  # numerical: the channel and six rings of tissue around it
_GROWTH = 1.3  # numerical: ratio of neighbouring rows below the last edge, where there are ROWS[3] of them
_APART = 1e-4  # numerical: cm, least distance between two edges of the mesh
_NOTHING = 1e-8  # numerical: a density in 1/cm2 or a length in cm below it is none
_PACKED = 0.5  # channels cover at most this share of their cells


@dataclass(frozen=True)
class Thickness:
    """Layers of a section [cm], shape (draw,)."""

    stratum_corneum: np.ndarray
    viable_epidermis: np.ndarray
    dermis: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """All layers [cm]."""
        return self.stratum_corneum + self.viable_epidermis + self.dermis


@dataclass(frozen=True)
class Tube:
    """The channel of a cell when fully open, shape (draw,); density 0 = there is none."""

    density: np.ndarray  # 1/cm2
    depth: np.ndarray  # cm, from the skin surface
    radius: np.ndarray  # cm, at the mouth
    taper: np.ndarray  # 0 = a cylinder, 1 = a cone that ends in a point

    @property
    def there(self) -> np.ndarray:
        """Which people have a channel."""
        return (self.density > _NOTHING) & (self.depth > _NOTHING) & (self.radius > _NOTHING)

    @property
    def mouth(self) -> np.ndarray:
        """Radius at the mouth [cm], cut where channels would cover most of the skin."""
        most = np.sqrt(_PACKED / (np.pi * np.where(self.there, self.density, 1.0)))
        return np.where(self.there, np.minimum(self.radius, most), 1.0)

    @staticmethod
    def none(count: int) -> Tube:
        """Intact skin."""
        nothing = np.zeros(count)
        return Tube(nothing, nothing, nothing, nothing)


@dataclass(frozen=True)
class Mesh:
    """Rows and rings of the cells; lengths in cm."""

    edges: np.ndarray  # (draw, row + 1) from the surface down
    layer: np.ndarray  # (draw, row) 0 stratum corneum, 1 viable epidermis, 2 dermis
    rings: np.ndarray  # (draw, ring + 1) radii; one ring for intact skin
    density: np.ndarray  # (draw,) cells per cm2

    @property
    def height(self) -> np.ndarray:
        """Heights of the rows [cm]."""
        return np.diff(self.edges, axis=1)

    @property
    def area(self) -> np.ndarray:
        """Share of the skin in every ring [-], shape (draw, ring)."""
        return np.diff(self.rings**2, axis=1) / self.rings[:, -1:] ** 2

    def at(self, depth: np.ndarray) -> np.ndarray:
        """Row that holds a depth [cm], shape (draw,)."""
        return np.clip((self.edges[:, 1:] <= depth[:, None]).sum(axis=1), 0, self.layer.shape[1] - 1)


def mesh(thickness: Thickness, tube: Tube, rings: int = RINGS, rows: tuple[int, ...] = ROWS) -> Mesh:
    """Rows with an edge at every interface and at the tip; rings from the mouth to the edge of the cell."""
    outer, inner = thickness.stratum_corneum, thickness.stratum_corneum + thickness.viable_epidermis
    tip = np.where(tube.there, tube.depth, outer + 0.5 * thickness.viable_epidermis)
    tip = np.clip(tip, outer + _APART, thickness.total - _APART)
    tip = np.where(np.abs(tip - inner) < _APART, inner + _APART, tip)
    upper, lower = np.minimum(tip, inner), np.maximum(tip, inner)
    even = np.arange(1, rows[0] + 1) / rows[0]
    parts = [
        0.0 * outer[:, None],
        _between(0.0 * outer, outer, even),
        _between(outer, upper, _clustered(rows[1])),
        _between(upper, lower, _clustered(rows[2])),
        _between(lower, thickness.total, _growing(rows[3])),
    ]
    edges = np.concatenate(parts, axis=1)
    middle = 0.5 * (edges[:, 1:] + edges[:, :-1])
    layer = (middle > outer[:, None]).astype(int) + (middle > inner[:, None])
    density = np.where(tube.there, tube.density, 1.0)
    edge = 1.0 / np.sqrt(np.pi * density)
    if rings == 1:
        return Mesh(edges, layer, np.stack([0.0 * edge, edge], axis=1), density)
    mouth = np.where(tube.there, tube.mouth, 0.1 * edge)
    grown = mouth[:, None] * (edge / mouth)[:, None] ** (np.arange(rings) / (rings - 1))
    return Mesh(edges, layer, np.concatenate([0.0 * edge[:, None], grown], axis=1), density)


def _between(top: np.ndarray, bottom: np.ndarray, share: np.ndarray) -> np.ndarray:
    return top[:, None] + (bottom - top)[:, None] * share


def _clustered(number: int) -> np.ndarray:
    """Edges that crowd at both ends of a unit interval."""
    return 0.5 * (1.0 - np.cos(np.pi * np.arange(1, number + 1) / number))


def _growing(number: int) -> np.ndarray:
    """Edges of a unit interval whose gaps grow geometrically; more of them split the same gaps, so that all get smaller."""
    rise = _GROWTH ** (ROWS[3] * np.arange(number + 1) / number) - 1.0
    return rise[1:] / rise[-1]


@dataclass(frozen=True)
class Faces:
    """What the pH of vehicle and tissue leaves of the permeability at the two faces of the stratum corneum [-]."""

    vehicle: np.ndarray
    tissue: np.ndarray


def grid(cells: Mesh, stratum: Barrier, viable: Tissue, faces: Faces, drained: bool) -> Grid:
    """Cells, faces and losses of the section for one solute."""
    conductivity, partition = _materials(cells, stratum, viable)
    height, area = cells.height, cells.area
    half = _resistance(0.5 * height, conductivity)
    face = half[:, :-1] + half[:, 1:] + _junction(cells, viable)
    down = area[:, None, :] / face[:, :, None]
    up = down.copy()
    outer = int((cells.layer == 0).sum(axis=1).max())
    up[:, outer - 1] *= faces.tissue[:, None]
    _leave_ring_0_to_the_bore(down, outer)
    _leave_ring_0_to_the_bore(up, outer)
    capacity = height[:, :, None] * area[:, None, :] * partition[:, :, None]
    entry = area / half[:, 0][:, None]
    clearance = np.where(cells.layer == 2, viable.clearance[:, None], 0.0)
    if drained:
        clearance[:, -1] += 1.0 / (half[:, -1] * height[:, -1] * partition[:, -1])
    follicle_row = cells.at(cells.edges[:, outer])
    return Grid(
        capacity,
        down,
        up,
        _across(cells, conductivity),
        entry * faces.vehicle[:, None],
        entry,
        np.zeros(area.shape[0]),
        follicle_row,
        clearance,
        np.zeros_like(clearance),
        cells.layer,
    )


def _leave_ring_0_to_the_bore(faces: np.ndarray, outer: int) -> None:
    faces[:, outer:, 0] = 0.0


def bore(cells: Mesh, tube: Tube, stratum: Barrier, viable: Tissue, fill: np.ndarray) -> Bore:
    """The channel in ring 0; `fill` (draw,) is the share of it that the needles fill with what lies on the skin."""
    conductivity, partition = _materials(cells, stratum, viable)
    height, area = cells.height, cells.area[:, 0][:, None]
    living = cells.layer > 0
    share = _open_share(cells, tube)
    wall = 2.0 * np.pi * cells.density[:, None] * height * conductivity
    node = np.sqrt(cells.rings[:, 1] * cells.rings[:, 2]) if cells.rings.shape[1] > 2 else cells.rings[:, 1]
    closed = share[:, 1:] > 0.0
    bond = np.where(closed, 0.0, _junction(cells, viable) / area)
    volume = height * area
    return Bore(
        taper=share,
        volume=volume,
        half=2.0 * area / height,
        material=np.where(living, conductivity, 0.0),
        partition=partition,
        bond=bond,
        wall=np.where(living & (share > 0.0), wall, 0.0),
        gap=np.log(node / cells.rings[:, 1]),
        fill=fill * (share * volume).sum(axis=1),
    )


def _open_share(cells: Mesh, tube: Tube) -> np.ndarray:
    """Share of ring 0 that is channel, mean over every row: (1 - t z/h)^2 above the tip; 0 for who has no channel."""
    depth = np.where(tube.there, tube.depth, 1.0)[:, None]
    through = tube.there & (tube.depth > cells.edges[:, (cells.layer == 0).sum(axis=1).max()])
    z = np.minimum(cells.edges / depth, 1.0)
    slope = tube.taper[:, None]
    primitive = z - slope * z**2 + slope**2 * z**3 / 3.0
    share = np.diff(primitive, axis=1) * depth / cells.height
    return np.where(through[:, None], share, 0.0)


def _materials(cells: Mesh, stratum: Barrier, viable: Tissue) -> tuple[np.ndarray, np.ndarray]:
    """D K [cm2/h] and K of every row, shape (draw, row)."""
    outer = np.where(cells.layer == 0, cells.height, 0.0).sum(axis=1)
    living = np.where(cells.layer == 1, viable.epidermis[:, None], viable.conductivity[:, None])
    conductivity = np.where(cells.layer == 0, (stratum.neutral * outer)[:, None], living)
    return conductivity, np.where(cells.layer == 0, stratum.partition[:, None], viable.partition[:, None])


def _junction(cells: Mesh, viable: Tissue) -> np.ndarray:
    """Extra resistance of the face between epidermis and dermis [h/cm], shape (draw, row - 1)."""
    at = (cells.layer[:, :-1] == 1) & (cells.layer[:, 1:] == 2)
    return np.where(at, viable.junction[:, None], 0.0)


def _across(cells: Mesh, conductivity: np.ndarray) -> np.ndarray:
    """Conductance between rings [cm/h], shape (draw, row, ring - 1): 2 pi N D K height / ln of the nodes' ratio.

    The mean of a disc is a quarter of a logarithm away from its edge. The channel's wall is tight in the stratum corneum.
    """
    rings = cells.rings
    if rings.shape[1] == 2:
        return np.zeros((*conductivity.shape, 0))
    nodes = np.sqrt(rings[:, 1:-1] * rings[:, 2:])
    first = np.log(nodes[:, :1] / rings[:, 1:2]) + 0.25
    apart = np.concatenate([first, np.log(nodes[:, 1:] / nodes[:, :-1])], axis=1)
    across = (2.0 * np.pi * cells.density[:, None] * cells.height * conductivity)[:, :, None] / apart[:, None, :]
    across[:, :, 0] *= cells.layer > 0
    return across


def _resistance(width: np.ndarray, conductivity: np.ndarray) -> np.ndarray:
    """width/(D K) [h/cm]; infinite where nothing passes."""
    passes = conductivity > 0.0
    return np.where(passes, width / np.where(passes, conductivity, 1.0), np.inf)
