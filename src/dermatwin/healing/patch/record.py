"""A patch of one person's skin, the needling that it takes, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...evidence import Draws
from ...flows import LAYERS
from ...numerics.patch import Box
from .. import kernel_generated as kernel


@dataclass(frozen=True)
class Patch:
    """A piece of one person's skin: its cells, constants and what moves."""

    box: Box  # mm
    layer: np.ndarray  # (nz,) index into LAYERS
    constants: np.ndarray  # (constant,) as in `kernel.CONSTANTS`
    moving: tuple[str, ...]  # states that diffuse
    diffusivity: np.ndarray  # (moving, nz) mm2/d
    reach: float  # mm, signalling length of the saturating alarm
    half: float  # destroyed share at which the alarm is half maximal


@dataclass(frozen=True)
class Needling:
    """One session's punctures in the window of a patch."""

    day: float
    position: np.ndarray  # (n, 2) mm from the window's corner
    radius: np.ndarray  # (n,) mm, of the holes
    depth: np.ndarray  # (n,) mm below the top of the patch; infinite = right through


@dataclass(frozen=True)
class Field:
    """What became of a patch."""

    time: np.ndarray  # (time,) d, as asked for; at a session's own time just before it
    states: tuple[str, ...]  # the network's, then collagen
    means: np.ndarray  # (time, layer present, state), by volume
    layers: tuple[str, ...]  # layers present
    kept: dict[str, np.ndarray]  # state -> (time, nz, ny, nx), of the states that were asked for

    def mean(self, name: str, layer: str | None = None) -> np.ndarray:
        """Course of one state's mean over a layer (the first one if not named), (time,)."""
        return self.means[:, self.layers.index(layer) if layer else 0, self.states.index(name)]


def patch_of(box: Box, layer: Sequence[str], constants: np.ndarray, draws: Draws, person: int = 0) -> Patch:
    """A patch of the tissue of one of the people in `draws`; `constants` (draw, constant) from `person.constants`.

    Raises ValueError if a diffusivity is given for a state that the network does not have.
    """
    names = tuple(sorted(draws.evidence.family("diffusivity")))
    unknown = [name for name in names if name not in kernel.STATES]
    if unknown:
        raise ValueError(f"diffusivities of states that the network does not have: {', '.join(unknown)}")
    factors = np.array([draws(f"diffusivity_factor[{name}]", "1")[person] for name in layer])
    rates = np.array([draws(f"diffusivity[{name}]", "mm^2/d")[person] for name in names])
    return Patch(
        box,
        np.array([LAYERS.index(name) for name in layer]),
        np.ascontiguousarray(constants[person]),
        names,
        rates[:, None] * factors,
        float(draws("signalling_length", "mm")[person]),
        float(draws("damage_half_activation", "1")[person]),
    )


def slab_of(side: float, cells: int, layer: str, constants: np.ndarray, draws: Draws, person: int = 0) -> Patch:
    """One row of cells under a square window, sides joined: tissue that needles cross right through. `side` in mm."""
    step = side / cells
    return patch_of(Box(np.array([step]), cells, cells, step, step, periodic=True), (layer,), constants, draws, person)
