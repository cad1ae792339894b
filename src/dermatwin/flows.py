"""The only types that the stages hand to one another.

Arrays carry their person axis first, shape (draw, ...); one draw is one possible person under one possible set of
parameters. Units are canonical (`core.units.CANONICAL`) and named at each field. Every type is frozen; a stage returns
a new one and never edits what it was given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar, get_args

import numpy as np

from .core.errors import Notice
from .core.notebook import Noted, Reads
from .core.vocabulary import Layer
from .naming import NOTHING, Detail, Name

LAYERS: tuple[str, ...] = get_args(Layer)
"""Tissue layers that heal, from the surface down."""

READOUTS = ("TEWL", "dye", "impedance", "OCT")
"""Four meanings of 'closed', from the earliest to the latest."""

COMPARTMENTS = ("vehicle", "removed", "evaporated", "stratum_corneum", "viable_epidermis", "dermis", "cleared")
"""Where a dose can be; together they always hold all of it."""

NERVE_DEPTHS = (0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.3, 1.7, 2.5)
"""Numerical: depths below the skin surface [mm] at which an anaesthetic is read for the nerves along a needle's way."""


@dataclass(frozen=True)
class Pattern:
    """How one session's needle contacts lie on one zone, in the mean over its surface. Arrays (draw,)."""

    contacts: np.ndarray  # 1/cm2, contacts of needles with the skin, those that re-enter a hole included
    holes: np.ndarray  # 1/cm2, places that needles hit, each counted once
    reentry_share: np.ndarray  # share of the contacts that land in a hole that is there already
    nearest: np.ndarray  # mm, mean distance from such a place to the nearest other one
    hit_twice: np.ndarray  # share of the surface that the width of two or more needles covers
    slit_length: np.ndarray | None = None  # mm, way of a needle through the surface while inside, at most; None = unknown
    pace: np.ndarray | None = None  # min/cm2, time that the needling takes


@dataclass(frozen=True)
class Punctures(Noted):
    """What one treatment session's needles did to one zone.

    A sample of needles stands for all: arrays (draw, needle). A needle that did not pierce has depth 0.
    """

    zone: str
    session: int
    attempted_density: np.ndarray  # (draw,) 1/cm2, places that needles hit; contacts that re-enter a hole are not counted
    density: np.ndarray  # (draw,) 1/cm2, punctures that pierced the skin
    pierced_fraction: np.ndarray  # (draw,) share of contacts that pierced
    in_situ_depth: np.ndarray  # (draw, needle) mm below the skin surface, needle still inside
    residual_depth: np.ndarray  # (draw, needle) mm, channel left after removal
    needle_diameter: np.ndarray  # (draw, needle) mm, needle's local diameter at the skin surface when deepest
    channel_diameter: np.ndarray  # (draw, needle) mm, hole at the surface after removal
    force: np.ndarray  # (draw, needle) N, peak force of one needle
    reach: np.ndarray  # (draw, layer) share of the piercing needles that enter each of LAYERS
    bleeding_fraction: np.ndarray  # (draw,) share of the punctures that bleed
    notices: tuple[Notice, ...] = field(default=())
    pattern: Pattern | None = None  # None where only the density is known
    vessel_cut_fraction: np.ndarray | None = None  # (draw,) share of the punctures that cut a vessel; None = not looked at
    bleeding_endpoint: np.ndarray | None = None  # (draw,) chance that the operator sees uniform pinpoint bleeding
    vessels_cut: np.ndarray | None = None  # (draw,) vessels that a puncture cuts, mean; None = not looked at
    reads: Reads = field(
        default_factory=dict[str, frozenset[str]], repr=False
    )  # names of what was read, by field; 'pace' that of the pattern

    @property
    def cut(self) -> np.ndarray:
        """Vessels that are cut [1/cm2], (draw,): at least one by every puncture that bleeds where nobody looked for more."""
        return self.density * (self.bleeding_fraction if self.vessels_cut is None else self.vessels_cut)


@dataclass(frozen=True)
class Channels(Noted):
    """The channels of one zone after one treatment session, hour by hour."""

    zone: str
    session: int
    time: np.ndarray  # (time,) h after the session
    density: np.ndarray  # (draw,) 1/cm2, channels
    depth: np.ndarray  # (draw,) mm, mean residual depth
    radius: np.ndarray  # (draw,) mm, root-mean-square radius at the surface just after removal
    open_fraction: np.ndarray  # (draw, time) open cross-section relative to just after removal [-]
    tewl: np.ndarray  # (draw, time) g/m2/h
    closure_time: np.ndarray  # (draw, readout) h, in the order of READOUTS
    notices: tuple[Notice, ...] = field(default=())
    covered: float = 0.0  # h under an occlusive cover right after needling
    reads: Reads = field(default_factory=dict[str, frozenset[str]], repr=False)  # names of what was read, by field

    @property
    def open_area(self) -> np.ndarray:
        """Share of the skin surface that is open channel [-], shape (draw, time)."""
        initial = np.pi * self.density * (0.1 * self.radius) ** 2
        return initial[:, None] * self.open_fraction


@dataclass(frozen=True)
class Exposure(Noted):
    """Where one active of one product went, in one zone, after one treatment session."""

    zone: str
    session: int
    product: str
    active: str
    time: np.ndarray  # (time,) h after the session (negative before it)
    dose: np.ndarray  # (draw,) ug/cm2 applied
    amount: np.ndarray  # (draw, compartment, time) ug/cm2, in the order of COMPARTMENTS
    through_channels: np.ndarray  # (draw, time) ug/cm2 that has entered by way of the channels
    intact_below_sc: np.ndarray  # (draw, time) ug/cm2 below the stratum corneum (cleared included) had nobody needled
    dermal_concentration: np.ndarray  # (draw, time) ug/cm3, mean over the dermis
    notices: tuple[Notice, ...] = field(default=())
    at_nerves: np.ndarray | None = None  # (draw, time) ug/cm3 unbound at the papillary nerves; of anaesthetics only
    at_depths: np.ndarray | None = (
        None  # (draw, nerve_depth, time) ug/cm3 unbound, at NERVE_DEPTHS; above the nerves as at them
    )
    removed: float | None = None  # h after the session at which the product is wiped off
    reads: Reads = field(default_factory=dict[str, frozenset[str]], repr=False)  # names of what was read, by field


@dataclass(frozen=True)
class TissueHistory(Noted):
    """The wound's reaction network over the whole course, one zone."""

    zone: str
    time: np.ndarray  # (time,) d after the first session
    sessions: np.ndarray  # (session,) d after the first session
    states: tuple[str, ...]  # names of the states
    values: np.ndarray  # (draw, layer, time, state), inside the activated part: at a point that every session hits
    activated_fraction: np.ndarray  # (draw, layer, session) share of the layer that a session activates
    local_damage: np.ndarray  # (draw, layer, session) destroyed share of the activated part
    status: np.ndarray  # (draw, layer) 0 = done; anything else = failed, values are NaN
    notices: tuple[Notice, ...] = field(default=())
    means: np.ndarray | None = None  # (draw, layer, time, state), over the whole layer, points that no session hits included
    inflammation: np.ndarray | None = (
        None  # (draw, session) mm d, danger + neutrophils/2 over depth and time; None = no session
    )
    clearing: np.ndarray | None = None  # (draw,) d, mean time of this person's inflammation, whatever the needles did
    cut_vessels: np.ndarray | None = None  # (draw, session) 1/cm2, vessels that were cut; None = no session
    reads: Reads = field(default_factory=dict[str, frozenset[str]], repr=False)  # names of what was read, by field

    def state(self, name: str) -> np.ndarray:
        """One state by name, shape (draw, layer, time)."""
        return self.values[..., self.states.index(name)]

    def mean(self, name: str) -> np.ndarray:
        """Mean of one state over each whole layer, shape (draw, layer, time)."""
        if self.means is None:
            raise ValueError(f"the history of {self.zone} has no means over its layers")
        return self.means[..., self.states.index(name)]


@dataclass(frozen=True)
class Reading:
    """One number per person that leaves the twin: the raw material of an endpoint."""

    quantity: str  # of the evidence catalogue
    zone: str
    unit: str
    values: np.ndarray  # (draw,)
    time: float | None = None  # d after the first session; None for what has no time
    detail: Detail = NOTHING  # of the kind that the catalogue names for the quantity
    reads: frozenset[str] = field(default=frozenset(), repr=False)  # names of parameters and pools that were read for it

    @property
    def name(self) -> str:
        """Quantity and detail as they are written: 'dermal_amount[lidocaine]'."""
        return Name(self.quantity, self.detail).text


@dataclass(frozen=True)
class Curve:
    """One time course per person that leaves the twin."""

    quantity: str  # of the evidence catalogue
    zone: str
    unit: str
    time: np.ndarray  # (time,) d after the first session, or h after a session where `session` says which
    values: np.ndarray  # (draw, time)
    session: int | None = None  # the treatment session, 0 is the first, where `time` counts hours from it
    detail: Detail = NOTHING  # of the kind that the catalogue names for the quantity
    reads: frozenset[str] = field(default=frozenset(), repr=False)  # names of parameters and pools that were read for it

    @property
    def name(self) -> str:
        """Quantity and detail as they are written: 'collagen_density[papillary_dermis]'."""
        return Name(self.quantity, self.detail).text


Told = TypeVar("Told", Reading, Curve)


def standing_on(found: Iterable[Told], *reads: frozenset[str]) -> tuple[Told, ...]:
    """Readings or curves that also stand on what was read elsewhere."""
    return tuple(replace(one, reads=one.reads.union(*reads)) for one in found)
