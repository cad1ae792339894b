"""Channels: fluid-filled holes with permeable walls that carry a solute past the stratum corneum.

What a channel does to its cell of skin as it closes:

    mouth     a disc, 4 D_v a, behind the annulus of film that feeds it, 2 pi D_v thickness/Lambda
    bore      D_w in its fluid, hindered by fibrin, by the plug that grows while it closes and by its radius; in living skin
              the fluid is the tissue's, whose protein carries what it binds, D_p (1 - f_u)/f_u beside D_w
    section   the open fraction o of the cross-section; taper between a cylinder and a cone
    outflow   tissue fluid that wells up after the needles left and stops as it clots, v exp(-t/tau) per open area

Diffusion around it is solved, not lumped (see `cell`). Filling by the stroke of the needles puts vehicle into the bore at
time 0. Left out: slits, needles that carry a coat, swelling of the clot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..evidence import Draws
from ..flows import Channels
from .aqueous import aqueous_diffusivity, mesh_hindrance, solute_radius
from .cell import Tube
from .solute import GROWTH_FACTORS, Solute
from .tissue import unbound_fraction

_CLOSED = 1e-6  # open fraction at which the mouth's shape is evaluated at the least
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

    def tube(self, taper: np.ndarray) -> Tube:
        """The channel of a cell, in cm."""
        return Tube(self.density, 0.1 * self.depth, 0.1 * self.radius, taper)

    def open_at(self, time: np.ndarray) -> np.ndarray:
        """Open fraction [-], shape (draw, *time.shape): linear between the given times, 0 until the needles have left."""
        where = np.clip(np.searchsorted(self.time, time, side="right") - 1, 0, max(self.time.size - 2, 0))
        after = np.minimum(where + 1, self.time.size - 1)
        span = self.time[after] - self.time[where]
        share = np.clip((time - self.time[where]) / np.where(span > 0.0, span, 1.0), 0.0, 1.0)
        opened = (1.0 - share) * self.open_fraction[:, where] + share * self.open_fraction[:, after]
        return np.where(time <= 0.0, 0.0, opened)


@dataclass(frozen=True)
class Film:
    """The vehicle as a channel's mouth sees it, at the stages of every step; None for the thickness = deep donor."""

    time: np.ndarray  # (step, stage) h after the needles left
    thickness: np.ndarray | None  # (draw or 1, step, stage) cm
    diffusivity_ratio: np.ndarray  # (draw, step, stage) or (draw, 1, 1), diffusivity over that in water


@dataclass(frozen=True)
class Gates:
    """What changes in the channels with time, shape (draw, step, stage)."""

    opened: np.ndarray  # open fraction of the cross-section
    fluid: np.ndarray  # cm2/h, diffusivity in the bore
    access: np.ndarray  # cm/h, film to the mouths
    outflow: np.ndarray  # cm/h, volume of tissue fluid per area of skin


def gates(solute: Solute, holes: Holes, film: Film, alive: bool, p: Draws) -> Gates:
    """Time courses of the channels for one solute; excised skin (`alive` False) gives no fluid."""
    opened = holes.open_at(film.time)
    radius = 0.1 * holes.radius[:, None, None] * np.sqrt(np.maximum(opened, _CLOSED))
    radius = np.maximum(radius, np.finfo(float).eps)
    water = aqueous_diffusivity(solute, p)[:, None, None]
    access = _access(holes, radius, water * film.diffusivity_ratio, film.thickness)
    if solute.family == GROWTH_FACTORS:
        access = access * p("growth_factor_channel_access", "1")[:, None, None]
    hindered = _hindrance(solute, radius, opened, p)
    return Gates(
        opened,
        water * hindered + (carried(solute, p)[:, None, None] if alive else 0.0),
        np.broadcast_to(access, opened.shape),
        outflow(holes, opened, film.time, p) if alive else 0.0 * opened,
    )


def carried(solute: Solute, p: Draws) -> np.ndarray:
    """What protein in the fluid of a channel carries, as a diffusivity of the unbound solute [cm2/h], shape (draw,).

    D_p (1 - f_u)/f_u, f_u the unbound share in tissue: driving forces are in unbound concentration, and a bound molecule
    moves with its protein. Nothing for a solute without a log Kow. Excised skin under a donor holds the donor's water.
    Left out: that the fluid in the bore also stores what is bound; channels hold a thousandth of the skin.
    """
    unbound = unbound_fraction(solute, p)
    return p("channel_protein_diffusivity", "cm^2/h") * (1.0 - unbound) / unbound


def outflow(holes: Holes, opened: np.ndarray, time: np.ndarray, p: Draws) -> np.ndarray:
    """Tissue fluid out of the channels per area of skin [cm/h], (draw, *time.shape): v exp(-t/tau) N pi a^2 o."""
    velocity, clotting = p("transudate_velocity", "cm/h")[:, None, None], p("transudate_time", "h")[:, None, None]
    decay = np.where(time > 0.0, np.exp(-np.maximum(time, 0.0) / clotting), 0.0)
    return velocity * decay * opened * (np.pi * holes.density * (0.1 * holes.radius) ** 2)[:, None, None]


def _access(holes: Holes, radius: np.ndarray, diffusivity: np.ndarray, thickness: np.ndarray | None) -> np.ndarray:
    """Film to the mouths [cm/h]: a disc, 4 D a, in series with the annulus that feeds it, 2 pi D thickness/Lambda."""
    density = holes.density[:, None, None]
    disc = 4.0 * density * radius * diffusivity
    if thickness is None:
        return disc
    annulus = 2.0 * np.pi * density * diffusivity * thickness / _annulus(density, radius)
    return disc * annulus / np.maximum(disc + annulus, np.finfo(float).tiny)


def _annulus(density: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Lambda: resistance between a cylinder and the mean of its closed annulus, times 2 pi D length [-].

    -ln(s)/2 (1 - s)^-2 - (3 - s)/(4 (1 - s)), s = pi N a^2
    """
    share = np.clip(np.pi * density * radius**2, np.finfo(float).tiny, _PACKED)
    return -0.5 * np.log(share) / (1.0 - share) ** 2 - (3.0 - share) / (4.0 * (1.0 - share))


def _hindrance(solute: Solute, radius: np.ndarray, opened: np.ndarray, p: Draws) -> np.ndarray:
    """Diffusivity in the bore over that in water [-]: fibrin, plug, and the solute's fit in the bore (radius in cm)."""
    size = solute_radius(solute, p)[:, None, None]
    fibre, plug = p("fibrin_radius", "nm")[:, None, None], p("plug_fibre_radius", "nm")[:, None, None]
    fibrin = mesh_hindrance(size, fibre, p("fibrin_volume_fraction", "1")[:, None, None])
    closing = mesh_hindrance(size, plug, p("plug_volume_fraction", "1")[:, None, None] * (1.0 - np.clip(opened, 0.0, 1.0)))
    return fibrin * closing * (1.0 - np.minimum(size / (1e4 * 1000.0 * radius), 1.0)) ** 2
