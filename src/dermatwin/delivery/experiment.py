"""Diffusion-cell experiments: permeability of intact membranes, and permeation through needled ones.

The same laws and the same solver as in `course`, with excised skin (nothing is cleared, the far side is a sink), a
hydrated stratum corneum and a donor of known concentration. For comparison with measurements; the spread is that of the
parameters, not of the experiment.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..core import require_most
from ..evidence import Draws
from ..numerics.steps import graded_times
from .aqueous import aqueous_diffusivity
from .cell import Thickness
from .channel import Holes
from .course import Dosing, Transport, missing_in, run, transport
from .solute import Solute
from .stratum import lipid_share, warmth

STRATUM, VIABLE, DERMIS = "stratum corneum", "epidermis", "dermis"
_DEEP = 1e4  # numerical: depth in cm of a donor that does not run out


@dataclass(frozen=True)
class Membrane:
    """Layers of excised skin [mm]; numbers or arrays (draw,). None = the usual thickness of the evidence.

    leak : water paths beside the stratum corneum, hairs and what handling tore, area over length [1/cm]; neither size nor
    charge holds a solute up there. laboratory : permeability of this piece's stratum corneum over what the laws say [-].
    """

    stratum_corneum: float | np.ndarray | None = None
    viable_epidermis: float | np.ndarray | None = None
    dermis: float | np.ndarray | None = None
    hydrated: bool = True
    leak: float | np.ndarray = 0.0
    laboratory: float | np.ndarray = 1.0

    def path(self, solute: Solute, p: Draws) -> Transport:
        """The way of one solute through this piece of skin, intact: what the laws say, and the leak beside it."""
        found = transport(solute, self.thickness(p), self.hydrated, False, p)
        stratum, leak = found.stratum, self.leak * aqueous_diffusivity(solute, p)
        leaky = replace(stratum, lipid=stratum.lipid * self.laboratory, polar=stratum.polar * self.laboratory + leak)
        return replace(found, stratum=leaky)

    def thickness(self, p: Draws) -> Thickness:
        """The layers in cm, shape (draw,)."""
        usual = ("reference_stratum_corneum", "membrane_thickness[viable_epidermis]", "membrane_thickness[dermis]")
        given = (self.stratum_corneum, self.viable_epidermis, self.dermis)
        return Thickness(
            *(
                p(name, "cm") if value is None else np.broadcast_to(0.1 * np.asarray(value, float), p.count)
                for name, value in zip(usual, given, strict=True)
            )
        )


@dataclass(frozen=True)
class Donor:
    """What is in the donor: concentration ug/cm3, its volume per area [cm] (None = does not run out), and its pH.

    Concentration, depth and pH are numbers or arrays (draw,); above the solubility [ug/cm3] the rest waits undissolved.
    """

    concentration: float | np.ndarray
    depth: float | np.ndarray | None = None
    ph: float | np.ndarray | None = None
    solubility: float = np.inf


@dataclass(frozen=True)
class Permeation:
    """What came out of the far side, with and without channels; shapes (draw,) and (draw, time)."""

    time: np.ndarray  # (time,) h
    cumulative: np.ndarray  # ug/cm2 in the receptor
    cumulative_intact: np.ndarray
    retained: np.ndarray  # ug/cm2 in the skin
    retained_intact: np.ndarray
    flux: np.ndarray  # ug/cm2/h, mean over the last interval
    flux_intact: np.ndarray
    dose: np.ndarray  # (draw,) ug/cm2 in the donor; infinite if it does not run out

    @property
    def enhancement_ratio(self) -> np.ndarray:
        """Cumulative amount over that through intact skin [-], shape (draw, time); NaN where that is nothing."""
        passes = self.cumulative_intact > 0.0
        return np.where(passes, self.cumulative / np.where(passes, self.cumulative_intact, 1.0), np.nan)


def intact_permeability(
    solute: Solute,
    p: Draws,
    *,
    layer: str = "epidermis",
    membrane: Membrane | None = None,
    ph: float | None = None,
    celsius: float | None = None,
) -> np.ndarray:
    """Permeability of an intact membrane to the whole solute in a donor of this pH [cm/h], shape (draw,).

    1/Kp = 1/P(pH) + R P(7.4)/P(pH)      R = h_ve/(D K)_ve + h_d/(D K)_d + R_junction, layers as in `layer`

    P holds the warmth of the donor. The tissue's potential counts by what its own pH leaves of the permeability: a base from
    a basic donor is trapped below. Where the donor's pH is not given, both sides are taken alike and resistances add.

    `layer`: 'stratum corneum', 'epidermis', 'epidermis, dermis', 'dermis', each of the last three also with
    'without stratum corneum' ('epidermis' alone holds the stratum corneum, as in the literature).
    `celsius`: of the donor; None = that of the skin surface.
    Valid    hydrated human skin, aqueous donor, molar mass below 800 g/mol; neat donors are something else.
    Error    Student's t in log10, see `stratum.permeability_factor`.
    """
    membrane = membrane or Membrane()
    path = transport(solute, membrane.thickness(p), membrane.hydrated, False, p)
    resistance = np.add(*living_resistance(path, layer))
    if not _layers(layer)[0]:
        return 1.0 / resistance
    inward, outward = (
        path.stratum.neutral * path.stratum.weight(lipid_share(solute, side, p)) * warmth(celsius, p)
        for side in (ph, None if ph is None else p.median("tissue_ph", "1"))
    )
    return inward / (1.0 + outward * resistance)


def living_resistance(path: Transport, layer: str) -> tuple[np.ndarray, np.ndarray]:
    """Resistance of the viable epidermis and of what is below it in a membrane [h/cm], shape (draw,) each."""
    _, inner, deep = _layers(layer)
    nothing = np.zeros_like(path.viable.conductivity)
    epidermis = path.thickness.viable_epidermis / path.viable.epidermis if inner else nothing
    dermis = path.thickness.dermis / path.viable.conductivity if deep else nothing
    return epidermis, dermis + path.viable.junction if inner and deep else dermis


def _layers(layer: str) -> tuple[bool, bool, bool]:
    """Whether a membrane of this description holds stratum corneum, viable epidermis, dermis; ValueError if unknown."""
    body, _, without = layer.lower().partition(" without ")
    parts = {part.strip() for part in body.split(",")}
    if not parts or not parts <= {STRATUM, VIABLE, DERMIS} or without not in ("", "sc", STRATUM):
        raise ValueError(f"{layer!r} is not a membrane; write for example 'epidermis' or 'epidermis, dermis'")
    outer = not without and (STRATUM in parts or VIABLE in parts)
    return outer, VIABLE in parts, DERMIS in parts


def needled_permeation(
    solute: Solute, holes: Holes, donor: Donor, hours: np.ndarray, p: Draws, *, membrane: Membrane | None = None
) -> Permeation:
    """What passes a needled membrane from a donor applied just after the needles left, and what passes without them.

    `holes` may be open for ever (`open_holes`) or close; `hours` are the increasing times of sampling (> 0).

    Units    ug/cm2, h.   Shape  (draw, time).   Law  donor + skin + receptor = dose within 1e-8 (asserted).
    """
    hours = np.asarray(hours, float)
    time = graded_times((0.0,), float(hours[-1]), tuple(hours))
    path = (membrane or Membrane()).path(solute, p)
    dosing = _dosing(donor, time, p)
    at = np.searchsorted(time, hours)
    needled, intact = run(path, holes, dosing, p).course, run(path, holes, dosing, p, intact=True).course
    require_most(missing_in(needled) | missing_in(intact), f"permeation of {solute.name}")
    first, last = at[-2] if hours.size > 1 else 0, at[-1]
    span = time[last] - time[first]
    return Permeation(
        time=hours,
        cumulative=needled.cleared[:, at],
        cumulative_intact=intact.cleared[:, at],
        retained=needled.layers.sum(axis=1)[:, at],
        retained_intact=intact.layers.sum(axis=1)[:, at],
        flux=(needled.cleared[:, last] - needled.cleared[:, first]) / span,
        flux_intact=(intact.cleared[:, last] - intact.cleared[:, first]) / span,
        dose=dosing.dose if donor.depth is not None else np.full(p.count, np.inf),
    )


def _dosing(donor: Donor, time: np.ndarray, p: Draws) -> Dosing:
    one = np.ones(p.count)
    depth = one * (_DEEP if donor.depth is None else donor.depth)
    film = np.broadcast_to(depth[:, None, None], (p.count, time.size - 1, 2))
    return Dosing(
        time, -1, film, one[:, None, None], donor.ph, donor.concentration * depth, donor.solubility * one, deep=True
    )


def open_holes(
    density: float | np.ndarray,
    depth: float | np.ndarray,
    diameter: float | np.ndarray,
    p: Draws,
    open_fraction: float | np.ndarray = 1.0,
) -> Holes:
    """Channels that stay as they are: density 1/cm2, depth and diameter mm, open fraction of the cross-section [-]."""
    one = np.ones(p.count)
    return Holes(density * one, depth * one, 0.5 * diameter * one, np.zeros(1), (open_fraction * one)[:, None])
