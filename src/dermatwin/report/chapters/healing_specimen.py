"""A piece of this skin for a picture: the typical person, a window of the session's map, healed in space by the patch.

Typical: layers and needles at the medians of the run, needle by needle in the order of their depths, every parameter of
healing at its median. Holes stand where the map of the needle chapter has them. Only the first session is followed, as
if none came after it. The grid is as coarse as a page can wait for: docs/design/006 says what that costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from . import lookup, needle_map

if TYPE_CHECKING:
    from ...evidence import Draws
    from ...flows import Punctures
    from ...healing.patch import Field, Needling, Patch
    from ...twin import Run, ZoneRun

Flow = TypeVar("Flow")

CELL, ACROSS, ALONG = 0.08, 40, 26  # mm, cells: a window of 3.2 x 2.1 mm
FINEST, COARSEST = 0.08, 0.16  # mm, rows of the papillary dermis and below it
MOST_ROWS = 7  # of the reticular dermis
BELOW = 0.35  # mm under the deepest hole
FINENESS = 24  # steps per time since the session
OCTAVES, PER_OCTAVE, LAST = range(-4, 7), 4, 90.0  # moments: quarters of octaves of a day, from an hour and a half on
STATES = ("macrophages_m1", "tgf_beta_1", "collagen")
PAPILLARY = "papillary_dermis"
RTOL, ATOL, LOWEST = 1e-5, 1e-7, -1e-6  # numerical


@dataclass(frozen=True)
class Specimen:
    """A piece of skin and what became of it; lengths in mm."""

    zone: ZoneRun
    faces: np.ndarray  # (5,) depths of the upper faces of the layers and of the fat, from the surface
    needling: Needling  # depths from below the stratum corneum
    patch: Patch
    field: Field
    cut: int  # row of cells (y) that most holes lie in
    even: np.ndarray  # (time, state) means of the papillary dermis by the model without space, at the same density

    @property
    def size(self) -> tuple[float, float]:
        """Length and width of the window."""
        return self.patch.box.nx * self.patch.box.dx, self.patch.box.ny * self.patch.box.dy

    def plan(self, name: str) -> np.ndarray:
        """Mean of a state through the papillary dermis, (time, y, x)."""
        from ...flows import LAYERS

        rows = self.patch.layer == LAYERS.index(PAPILLARY)
        return np.average(self.field.kept[name][:, rows], axis=1, weights=self.patch.box.thickness[rows])

    def section(self, name: str) -> np.ndarray:
        """A state in the dermis below the row of the cut, (time, z, x)."""
        return self.field.kept[name][:, self.patch.layer > 0, self.cut]


def times() -> tuple[float, ...]:
    """Moments that are kept [d]: where the solver stops anyway."""
    found = [2.0**octave * (1.0 + quarter / PER_OCTAVE) for octave in OCTAVES for quarter in range(PER_OCTAVE)]
    return (*[time for time in found if time < LAST], LAST)


def specimen(run: Run) -> Specimen | None:
    """The healed piece of the first zone that can be shown; None where nothing heals or the run has no means of layers.

    Raises ComputationError where the patch fails.
    """
    zones = [zone for zone in lookup.treated(run) if zone.skin.alive and zone.history.means is not None]
    if not zones or zones[0].device is None or zones[0].settings is None or "seed" not in run.provenance:
        return None
    return _healed(run, zones[0])


def _healed(run: Run, zone: ZoneRun) -> Specimen | None:
    from ...core import Luck
    from ...evidence import Draws
    from ...healing.patch import destroyed_share, follow, patch_of
    from ...healing.person import constants
    from ...history import person_in
    from ...numerics.patch import Box

    draws = Draws(run.evidence, Luck(int(run.provenance["seed"]), 1, frozenset()))
    skin = _stored(zone.skin)
    faces, needles = np.median(skin.interfaces, axis=0), _typical(_stored(zone.punctures[0]))
    needling = None if needles is None else _needling(run, zone, needles, float(faces[0]))
    if needles is None or needling is None:
        return None
    thickness, layers = _rows(faces - faces[0], float(needling.depth.max()) + BELOW)
    box = Box(thickness, ALONG, ACROSS, CELL, CELL)
    skin = replace(skin, pigment=np.median(skin.pigment, keepdims=True))
    who = person_in(run.case, run.evidence)
    values = constants(skin, who, draws)[0]
    patch = patch_of(box, layers, values, draws)
    with _one_thread():
        field = follow(patch, [needling], times(), keep=STATES, fineness=FINENESS)
    cut = int(destroyed_share(box, needling)[layers.index(PAPILLARY)].sum(axis=1).argmax())
    density = 100.0 * len(needling.radius) / (box.nx * box.ny * CELL**2)
    even = _even(replace(needles, density=np.full(1, density)), values, draws)
    return Specimen(zone, faces, needling, patch, field, cut, even)


def _stored(flow: Flow) -> Flow:
    """A stage's result as exact as a stored run keeps it: a run that is read again shows the same to the last bit."""
    values = {field.name: getattr(flow, field.name) for field in fields(flow)}  # pyright: ignore[reportArgumentType]
    floats = {name: v for name, v in values.items() if isinstance(v, np.ndarray) and v.dtype.kind == "f"}
    return replace(flow, **{name: v.astype(np.float32).astype(float) for name, v in floats.items()})  # pyright: ignore


def _typical(punctures: Punctures) -> Punctures | None:
    """The punctures of one person: medians over the people, needle by needle in the order of depth; None if none pierce."""
    depths, widths = punctures.in_situ_depth, punctures.channel_diameter
    share = (np.arange(depths.shape[1]) + 0.5) / depths.shape[1]
    pierced = [person for person in range(len(depths)) if (depths[person] > 0.0).any()]
    if not pierced:
        return None
    depth, width = (
        np.median([np.quantile(values[person][depths[person] > 0.0], share) for person in pierced], axis=0)
        for values in (depths, widths)
    )
    return replace(
        punctures,
        in_situ_depth=depth[None],
        channel_diameter=width[None],
        reach=np.median(punctures.reach, axis=0, keepdims=True),
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """So few cells are done before a second thread is awake, on a busy machine long before."""
    from numba import get_num_threads, set_num_threads

    before = get_num_threads()
    set_num_threads(1)
    try:
        yield
    finally:
        set_num_threads(before)


def _needling(run: Run, zone: ZoneRun, punctures: Punctures, top: float) -> Needling | None:
    """The holes of the map in a window around the one nearest to its middle; None where there are none."""
    from ...healing.patch import Needling

    side, found = needle_map.holes(run, zone)
    pierced = np.flatnonzero(punctures.in_situ_depth[0] > top)
    if not len(found) or not pierced.size:
        return None
    size = CELL * np.array([ACROSS, ALONG])
    nearest = found[((found - 0.5 * side) ** 2).sum(axis=1).argmin()]
    corner = np.clip(nearest - 0.5 * size, 0.0, np.maximum(side - size, 0.0))
    inside = found[((found >= corner) & (found < corner + size)).all(axis=1)] - corner
    chance = needle_map.luck_of(run).uniform("chance", f"needles of a healing field@{zone.zone.key}", 0, len(inside))[0]
    needle = pierced[(chance * pierced.size).astype(int)]
    return Needling(0.0, inside, 0.5 * punctures.channel_diameter[0, needle], punctures.in_situ_depth[0, needle] - top)


def _rows(faces: np.ndarray, deep: float) -> tuple[np.ndarray, list[str]]:
    """Rows of cells below the stratum corneum: their thickness (nz,) and layers, down to `deep` or the fat."""
    from ...flows import LAYERS

    bottom = min(max(deep, faces[2]), faces[-1])
    coarse = max((bottom - faces[2]) / MOST_ROWS, COARSEST)
    thickness: list[float] = []
    layers: list[str] = []
    for layer, top, end in zip(LAYERS, faces[:-1], np.minimum(faces[1:], bottom), strict=True):
        if end > top:
            fine = {LAYERS[0]: end - top, PAPILLARY: FINEST}.get(layer, coarse)
            count = max(round((end - top) / fine), 1)
            thickness += [(end - top) / count] * count
            layers += [layer] * count
    return np.array(thickness), layers


def _even(punctures: Punctures, values: np.ndarray, draws: Draws) -> np.ndarray:
    """What the model of means gives the same person at the window's density, (time, state)."""
    from ...flows import LAYERS
    from ...healing import kernel_generated as kernel
    from ...healing.injury import injury_of

    injury, layer = injury_of(punctures, draws), LAYERS.index(PAPILLARY)
    rest = kernel.untreated(values)
    hit = rest.copy()
    kernel.session(hit, values, injury.activation[:, layer], injury.destroyed_share[:, layer])
    course = kernel.integrate(hit, values, LAST, np.array(times()), RTOL, ATOL, LOWEST)[1][0]
    states = rest + injury.activated_fraction[0, layer] * (course - rest)
    named = {**dict(zip(kernel.STATES, states.T, strict=True)), "collagen": kernel.collagen(states, values)}
    return np.column_stack([named[name] for name in STATES])
