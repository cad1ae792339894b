"""Channels: fluid-filled holes with permeable walls that carry a solute past the stratum corneum.

Not the open area times one-dimensional diffusion. A channel is a fin: the solute diffuses down its bore and leaks through
its wall into tissue that other channels feed as well.

    mouth     1/(4 D_v a) and the film's annulus in the vehicle, then the bore through the stratum corneum, D pi a^2 / length
    bore      D pi a^2 per length, D hindered by fibrin, by the plug that grows while it closes and by its radius
    wall      the larger of an isolated half spheroid, 2 pi D_t sqrt(h^2 - a^2)/arcosh(h/a), and the wall and tip of a
              cylinder in its share of tissue, 2 pi D_t h/Lambda(a/b) + 4 D_t a  (Lambda: source in an annulus, b the
              cell radius); spread evenly over the depth

The one-dimensional tissue around does the rest of the shadowing. Within 0.8-1.0 of an axisymmetric unit cell, nothing
fitted (tests/reference/test_delivery_unit_cell.py). The open fraction o shrinks the bore's area as o and its radius as
sqrt(o). Left out: flow out of the channel while it bleeds, tapering, slits, filling by the needle's stroke.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..flows import Channels
from ..numerics.finite_dose import Side, Stack, steady_permeance
from .aqueous import aqueous_diffusivity, mesh_hindrance, solute_radius
from .solute import GROWTH_FACTORS, Solute

_CLOSED = 1e-6  # open fraction at which the wall's shape is evaluated at the least
_NOTHING = 1e-30  # channel area share below which there is no channel
_PACKED = 0.5  # area share above which a cell is no longer a cell


@dataclass(frozen=True)
class Holes:
    """Geometry of the channels and how it closes: shape (draw,), and (draw, time) for the open fraction."""

    density: np.ndarray  # 1/cm2
    depth: np.ndarray  # mm, from the skin surface
    radius: np.ndarray  # mm
    time: np.ndarray  # (time,) h after the needles left
    open_fraction: np.ndarray  # (draw, time)

    @staticmethod
    def of(channels: Channels) -> Holes:
        """The holes of a treatment session."""
        return Holes(channels.density, channels.depth, channels.radius, channels.time, channels.open_fraction)

    @property
    def any(self) -> bool:
        """Whether any person has a channel at all."""
        return bool(((self.density > 0.0) & (self.depth > 0.0) & (self.radius > 0.0)).any())

    def open_at(self, time: np.ndarray) -> np.ndarray:
        """Open fraction [-], shape (draw, *time.shape): linear between the given times, 0 until the needles have left."""
        where = np.clip(np.searchsorted(self.time, time, side="right") - 1, 0, max(self.time.size - 2, 0))
        after = np.minimum(where + 1, self.time.size - 1)
        span = self.time[after] - self.time[where]
        share = np.clip((time - self.time[where]) / np.where(span > 0.0, span, 1.0), 0.0, 1.0)
        opened = (1.0 - share) * self.open_fraction[:, where] + share * self.open_fraction[:, after]
        return np.where(time <= 0.0, 0.0, opened)


@dataclass(frozen=True)
class Gates:
    """Conductances of the channels as they change with time, shape (draw, step, stage)."""

    mouth: np.ndarray  # cm/h
    bore: np.ndarray  # cm2/h, diffusivity times open fraction: scale of Side.axial
    wall: np.ndarray  # shape of the wall: scale of Side.lateral


def wall_shape(density: np.ndarray, depth: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Conductance of one channel's wall over 2 pi D_t h [-]; see the module for the two laws. Lengths in cm."""
    depth = np.maximum(depth, np.finfo(float).tiny)
    slender = np.maximum(depth / radius, 1.0 + 1e-9)
    flat = np.minimum(depth / radius, 1.0 - 1e-9)
    prolate = np.sqrt(slender**2 - 1.0) / np.arccosh(slender)
    oblate = np.sqrt(1.0 - flat**2) / np.arccos(flat)
    alone = np.where(depth >= radius, prolate, oblate) * radius / depth
    return np.maximum(alone, 1.0 / _annulus(density, radius) + 2.0 * radius / (np.pi * depth))


def _annulus(density: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Lambda: resistance between a cylinder and the mean of its closed annulus, times 2 pi D length [-].

    -ln(s)/2 (1 - s)^-2 - (3 - s)/(4 (1 - s)), s = pi N a^2
    """
    share = np.clip(np.pi * density * radius**2, np.finfo(float).tiny, _PACKED)
    return -0.5 * np.log(share) / (1.0 - share) ** 2 - (3.0 - share) / (4.0 * (1.0 - share))


def side_chain(holes: Holes, top: np.ndarray, edges: np.ndarray, conductivity: np.ndarray) -> Side:
    """The channels beside the tissue cells, at unit scales.

    `top` (draw,) thickness above the cells and `edges` (draw, cell + 1) from there down, both cm; `conductivity`
    (draw, cell) D K of the tissue, cm2/h.
    """
    below = np.maximum(0.1 * holes.depth - top, 0.0)
    overlap = np.clip(below[:, None] - edges[:, :-1], 0.0, np.diff(edges, axis=1))
    area = _area(holes)[:, None]
    there = area > _NOTHING
    overlap = np.where(there, overlap, 0.0)
    between = 0.5 * (overlap[:, 1:] + overlap[:, :-1])
    linked = overlap[:, 1:] > 0.0
    axial = np.where(linked, area / np.where(linked, between, 1.0), 0.0)
    return Side(capacity=area * overlap, axial=axial,
                lateral=2.0 * np.pi * holes.density[:, None] * conductivity * overlap)


@dataclass(frozen=True)
class Film:
    """The vehicle as a channel's mouth sees it, at the stages of every step; None for the thickness = deep donor."""

    time: np.ndarray  # (step, stage) h after the needles left
    thickness: np.ndarray | None  # (draw or 1, step, stage) cm
    diffusivity_ratio: np.ndarray  # (draw,) diffusivity over that in water


def gates(solute: Solute, holes: Holes, top: np.ndarray, first: np.ndarray, film: Film, p: Draws) -> Gates:
    """Time courses of the channels' conductances.

    `top` (draw,) cm of stratum corneum that the bore crosses, `first` (draw,) cm of channel in the first tissue cell.
    """
    opened = holes.open_at(film.time)
    radius = 0.1 * holes.radius[:, None, None] * np.sqrt(np.maximum(opened, _CLOSED))
    radius = np.maximum(radius, np.finfo(float).eps)
    density = holes.density[:, None, None]
    water = aqueous_diffusivity(solute, p)[:, None, None]
    bore = opened * water * _hindrance(solute, radius, opened, p)
    access = _access(holes, radius, water * film.diffusivity_ratio[:, None, None], film.thickness)
    mouth = _mouth(solute, holes, top + 0.5 * first, bore, access, p)
    depth = np.maximum(0.1 * holes.depth - top, 0.0)[:, None, None]
    return Gates(np.where(first[:, None, None] > 0.0, mouth, 0.0), bore, wall_shape(density, depth, radius))


def _access(holes: Holes, radius: np.ndarray, diffusivity: np.ndarray, thickness: np.ndarray | None) -> np.ndarray:
    """Film to the mouths [cm/h]: a disc, 4 D a, in series with the annulus that feeds it, 2 pi D thickness/Lambda."""
    density = holes.density[:, None, None]
    disc = 4.0 * density * radius * diffusivity
    if thickness is None:
        return disc
    annulus = 2.0 * np.pi * density * diffusivity * thickness / _annulus(density, radius)
    return disc * annulus / np.maximum(disc + annulus, np.finfo(float).tiny)


def _mouth(solute: Solute, holes: Holes, length: np.ndarray, bore: np.ndarray, access: np.ndarray, p: Draws) -> np.ndarray:
    """Vehicle to first tissue cell [cm/h], 0 where a channel is closed; growth factors pass only in part."""
    through = _area(holes)[:, None, None] * bore / np.maximum(length, np.finfo(float).tiny)[:, None, None]
    mouth = through * access / np.maximum(through + access, np.finfo(float).tiny)
    if solute.family == GROWTH_FACTORS:
        mouth = mouth * p("growth_factor_channel_access", "1")[:, None, None]
    return mouth


def _hindrance(solute: Solute, radius: np.ndarray, opened: np.ndarray, p: Draws) -> np.ndarray:
    """Diffusivity in the bore over that in water [-]: fibrin, plug, and the solute's fit in the bore (radius in cm)."""
    size = solute_radius(solute, p)[:, None, None]
    fibre, plug = p("fibrin_radius", "nm")[:, None, None], p("plug_fibre_radius", "nm")[:, None, None]
    fibrin = mesh_hindrance(size, fibre, p("fibrin_volume_fraction", "1")[:, None, None])
    closing = mesh_hindrance(size, plug, p("plug_volume_fraction", "1")[:, None, None] * (1.0 - np.clip(opened, 0.0, 1.0)))
    return fibrin * closing * (1.0 - np.minimum(size / (1e4 * 1000.0 * radius), 1.0)) ** 2


def _area(holes: Holes) -> np.ndarray:
    """Share of the skin that is channel when fully open [-]."""
    return np.pi * holes.density * (0.1 * holes.radius) ** 2


def steady_permeability(density: float, depth: float, radius: float, height: float, diffusivity: tuple[float, float],
                        cells: int = 40) -> float:  # numerical: resolution in depth
    """Permeability of channels in closed skin above a slab of tissue with a sink below [cm/h]. Lengths in cm.

    `diffusivity`: in the channel and in the tissue, cm2/h. Vehicle and stratum corneum resist nothing: the case of the
    unit cell in the literature note, for comparison with it.
    """
    one = np.ones(1)
    holes = Holes(density * one, 10.0 * depth * one, 10.0 * radius * one, np.zeros(1), np.ones((1, 1)))
    edges = np.linspace(0.0, height, cells + 1)[None, :]
    conductivity = np.full((1, cells), diffusivity[1])
    side = side_chain(holes, 0.0 * one, edges, conductivity)
    width = height / cells
    link = conductivity[:, 1:] / width
    loss = np.zeros((1, cells))
    loss[:, -1] = 2.0 * diffusivity[1] / width**2
    stack = Stack(np.full((1, cells), width), link, link, 0.0 * one, 0.0 * one, loss, np.zeros(cells, int))
    mouth = _area(holes) * diffusivity[0] / (0.5 * np.minimum(depth, width))
    wall = wall_shape(density * one, depth * one, radius * one)
    return float(steady_permeance(stack, side, mouth, diffusivity[0] * one, wall)[0])
