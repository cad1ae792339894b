"""A piece of skin in space: the healing network in every cell of a grid, its signals diffusing, around real punctures.

    dy/dt = f(y; constants) + D lap(y)     D > 0 for signals (`diffusivity[...]`), 0 for cells and matrix

f is the generated rate function of the homogenised model, unchanged. A session injures only what its needles cross; there
is no halo in it, the halo comes out of diffusion. It serves two ends: to check the law of halos in `injury.py`, and to
show what a field of columns looks like. It is not run for a case.

The alarm saturates with the destroyed share of the neighbourhood, as in `injury.py`: destroyed tissue sets free
1/(d + K_d) per volume, d the destroyed share within r_c + lam of the place. A lonely hole thus gives what its halo gives
in the homogenised model, a full-thickness wound 1/(1 + K_d).

In time: Strang, half a step of diffusion (`numerics.patch`), one of reaction, half a step of diffusion. Reaction takes
ROS2 (Verwer, Spee, Blom and Hundsdorfer 1999, SIAM J Sci Comput 20:1456; gamma = 1 - 1/sqrt 2: second order, L-stable) in
each cell, in two halves wherever a state would fall below zero. Steps grow with the time since the session.
Left out: migration of cells, flow, contraction, vessels as a network, a gap in the epidermis that closes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
from numba import njit, prange
from scipy.integrate import quad
from scipy.ndimage import convolve

from ..core.checks import require_finite, require_not_negative
from ..core.errors import ComputationError
from ..evidence import Draws
from ..flows import LAYERS
from ..numerics.patch import Box, Factors, Medium, diffuse, factorise
from . import kernel_generated as kernel

GAMMA = 1.0 - 0.5 * np.sqrt(2.0)
LOWEST = -1e-9  # no step of a cell ends below this
HALVINGS = 10  # numerical: of a step of a cell
SUBCELLS = 8  # numerical: points per side at which a cell is looked at for holes
FINENESS = 32  # numerical: steps per time since the session
FIRST, LONGEST = 2.0**-9, 1.0  # numerical: d, first and longest step
BATCH = 128  # numerical: cells that one task takes
MOST_FACTORS = 12  # numerical: step lengths whose factors are kept


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


def follow(
    patch: Patch,
    sessions: Sequence[Needling],
    times: Sequence[float],
    *,
    keep: Sequence[str] = (),
    fineness: int = FINENESS,
    engine: str = "cpu",
) -> Field:
    """Run a patch through its sessions.

    Units    d, mm; states as in `heal`.    times ascend; kept fields are at the same times.
    Error    second order in the steps (1/fineness of the time since the session, one day at most) and in the cells.
    Law      nobody needled: nothing moves. One kind of tissue throughout: the network's own course. D = 0: every cell
             its own course (tests/reference/test_patch_halo.py).
    Engine   'cpu', or 'gpu' for a CUDA device: the same numbers but for their last digits.
    Raises   ComputationError where a cell's step fails; ValueError if days or times do not ascend; CaseError without device.
    """
    marks = np.asarray(times, float)
    days = np.array([session.day for session in sessions])
    if (np.diff(days) <= 0.0).any() or (np.diff(marks) <= 0.0).any() or min([0.0, *days, *marks]) < 0.0:
        raise ValueError("days of sessions and times must ascend from 0")
    tissue, records = _tissue_on(engine)(patch), []
    for begin, end in pairwise(sorted({0.0, *days, *marks})):
        for session in sessions:
            if session.day == begin:
                tissue.strike(session)
        before = days[days <= begin]
        if before.size:  # until then nothing moves
            tissue.advance(begin, end, before[-1], fineness)
        if end in marks:
            records.append(tissue.record(keep))
    if marks[0] == 0.0:
        records.insert(0, Tissue(patch).record(keep))
    layers = tuple(dict.fromkeys(LAYERS[index] for index in patch.layer))
    return Field(
        marks,
        (*kernel.STATES, "collagen"),
        np.stack([mean for mean, _ in records]),
        layers,
        {name: np.stack([kept[name] for _, kept in records]) for name in keep},
    )


def _tissue_on(engine: str) -> type[Tissue]:
    """The tissue whose steps the engine takes."""
    if engine == "cpu":
        return Tissue
    if engine != "gpu":
        raise ValueError(f"{engine!r} is no engine of a patch; 'cpu' or 'gpu'")
    from . import patch_gpu

    return patch_gpu.Tissue


class Tissue:
    """The state of a patch: every cell's states, and the moving ones once more as fields."""

    def __init__(self, patch: Patch) -> None:
        self.patch = patch
        self.cells = np.repeat(kernel.untreated(patch.constants[None]), int(np.prod(patch.box.shape)), axis=0)
        self.moving = np.array([kernel.STATES.index(name) for name in patch.moving], np.int64)
        self.fields = np.ascontiguousarray(self.cells[:, self.moving].T).reshape(-1, *patch.box.shape)
        self.factors: dict[float, Factors] = {}

    def strike(self, session: Needling) -> None:
        """Injure what the needles cross: the destroyed share of a cell as if all of it were, the rest stays."""
        share = destroyed_share(self.patch.box, session)
        strength = 1.0 / (neighbourhood(share, self.patch, session) + self.patch.half)
        hit = np.flatnonzero(share)
        struck = self.cells[hit].copy()
        constants = np.broadcast_to(self.patch.constants, (len(hit), len(kernel.CONSTANTS)))
        kernel.session(struck, constants, strength.reshape(-1)[hit], np.ones(len(hit)))
        self.cells[hit] += share.reshape(-1)[hit, None] * (struck - self.cells[hit])
        self.fields.reshape(len(self.moving), -1)[:] = self.cells[:, self.moving].T

    def advance(self, begin: float, end: float, session: float, fineness: int) -> None:
        """From one time to another, nothing happening in between."""
        now = begin
        while now < end:
            step = min(step_length(now - session, fineness), end - now)
            failed = self.split(step)
            if failed:
                raise ComputationError(f"{failed} cells failed", f"patch on day {now:g}")
            now = end if step == end - now else now + step
        self.settle()

    def split(self, step: float) -> int:
        """Half a step of diffusion, one of reaction, half a step of diffusion; how many cells failed."""
        factors = self.factors_of(step)
        diffuse(self.fields, factors)
        failed = react(self.cells, self.fields.reshape(len(self.moving), -1), self.moving, self.patch.constants, step)
        diffuse(self.fields, factors)
        return failed

    def factors_of(self, step: float) -> Factors:
        """What half a step of diffusion needs, worked out when a step length is new."""
        if step not in self.factors:
            self.factors = dict(list(self.factors.items())[-MOST_FACTORS:])
            rates = self.patch.diffusivity
            self.factors[step] = factorise(self.patch.box, Medium(rates, rates, rates), 0.5 * step)
        return self.factors[step]

    def settle(self) -> None:
        """Write the fields back into the cells."""
        self.cells[:, self.moving] = self.fields.reshape(len(self.moving), -1).T

    def record(self, keep: Sequence[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Means (layer, state) and the fields that are asked for."""
        require_finite(self.cells, "patch")
        require_not_negative(self.cells, "patch", tolerance=-LOWEST)
        values = np.column_stack([self.cells, kernel.collagen(self.cells, self.patch.constants[None])])
        values = values.reshape(*self.patch.box.shape, -1)
        rows = values.mean(axis=(1, 2))
        layers = dict.fromkeys(self.patch.layer)
        means = np.stack(
            [
                np.average(
                    rows[self.patch.layer == layer], axis=0, weights=self.patch.box.thickness[self.patch.layer == layer]
                )
                for layer in layers
            ]
        )
        names = (*kernel.STATES, "collagen")
        return means, {name: values[..., names.index(name)].copy() for name in keep}


def participation_area(patch: Patch, row: int = 0) -> float:
    """Participation area of a hole in this patch [mm2]: the even halo that answers like its uneven one.

    A = 1 / integral of p_F p_S over the plane = 4 pi / integral_0^inf ds / ((1 + a s)^2 (1 + b s) (1 + c s))

    p_F, p_S : how fibroblasts and the signal that they answer to spread around a hole: both by danger, then by mitogens
    and by TGF-beta 1. a = D/(k (1 - g)) of danger with the gain g by which it calls itself, b, c = D/k of the other two:
    squares of reaches, mm2. First-order reaction; what M2 macrophages clear is left out.
    `injury.halo_area` is this for signals of equal reach; docs/design/006 compares what follows from it with the patch.
    """
    value = dict(zip(kernel.CONSTANTS, patch.constants, strict=True))
    rate = dict(zip(patch.moving, patch.diffusivity[:, row], strict=True))
    gain = value["danger_gain_neutrophils"] + value["danger_gain_m1"]
    a = rate["danger"] / (value["danger_decay"] * (1.0 - gain))
    b, c = rate["mitogens"] / value["mitogen_decay"], rate["tgf_beta_1"] / value["tgf_1_decay"]
    overlap, _ = quad(lambda s: 1.0 / ((1.0 + a * s) ** 2 * (1.0 + b * s) * (1.0 + c * s)), 0.0, np.inf)
    return float(4.0 * np.pi / overlap)


def step_length(elapsed: float, fineness: int) -> float:
    """A power of two [d], at most 1/fineness of the time since the session, within FIRST and LONGEST."""
    scale = FINENESS / fineness
    wanted = max(elapsed / fineness, FIRST * scale)
    return float(min(2.0 ** np.floor(np.log2(wanted)), LONGEST * scale))


def destroyed_share(box: Box, session: Needling) -> np.ndarray:
    """Share of each cell that lies within holes, overlap counted once, (nz, ny, nx)."""
    middles = np.cumsum(box.thickness) - 0.5 * box.thickness
    share = np.zeros(box.shape)
    for row, middle in enumerate(middles):
        deep = session.depth > middle
        share[row] = (
            share[row - 1]
            if row and (deep == (session.depth > middles[row - 1])).all()
            else _covered(box, session.position[deep], session.radius[deep])
        )
    return share


def _covered(box: Box, position: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Share of each cell of one plane within the discs, from SUBCELLS x SUBCELLS points per cell."""
    inside = np.zeros((box.ny * SUBCELLS, box.nx * SUBCELLS), bool)
    steps = np.array([box.dx, box.dy]) / SUBCELLS
    for middle, r in zip(position, radius, strict=True):
        low, high = np.floor((middle - r) / steps).astype(int), np.ceil((middle + r) / steps).astype(int)
        x, y = np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1)
        disc = ((x + 0.5) * steps[0] - middle[0]) ** 2 + ((y[:, None] + 0.5) * steps[1] - middle[1]) ** 2 <= r**2
        if box.periodic:
            np.logical_or.at(inside, np.ix_(y % inside.shape[0], x % inside.shape[1]), disc)
        else:
            in_y, in_x = (y >= 0) & (y < inside.shape[0]), (x >= 0) & (x < inside.shape[1])
            inside[np.ix_(y[in_y], x[in_x])] |= disc[np.ix_(in_y, in_x)]
    return inside.reshape(box.ny, SUBCELLS, box.nx, SUBCELLS).mean(axis=(1, 3))


def neighbourhood(share: np.ndarray, patch: Patch, session: Needling) -> np.ndarray:
    """Destroyed share within r_c + lam of every cell's middle, in its own plane, (nz, ny, nx)."""
    hole = float(np.sqrt(np.mean(session.radius**2))) if len(session.radius) else 0.0
    radius, box = hole + patch.reach, patch.box
    size = [int(radius / step) + 1 for step in (box.dy, box.dx)]
    y, x = (np.arange(-n, n + 1) * step for n, step in zip(size, (box.dy, box.dx), strict=True))
    fine = (np.arange(SUBCELLS) + 0.5) / SUBCELLS - 0.5
    near = [(v[:, None] + fine * step).reshape(-1) for v, step in ((y, box.dy), (x, box.dx))]
    disc = near[0][:, None] ** 2 + near[1] ** 2 <= radius**2
    weights = disc.reshape(len(y), SUBCELLS, len(x), SUBCELLS).mean(axis=(1, 3))
    mode = "wrap" if box.periodic else "reflect"
    return np.stack([convolve(plane, weights / weights.sum(), mode=mode) for plane in share])


@njit(error_model="numpy")
def _step(y, p, h, before, k1, k2, j, lu):
    """One step of ROS2; False, and y as before, if a state would fall below zero."""
    n, shift = y.size, 1.0 / (GAMMA * h)
    kernel.jacobian(y, p, j)
    kernel.eliminate(j, shift, lu)
    kernel.rates(y, p, k1)
    kernel.substitute(lu, k1)
    for i in range(n):
        before[i] = y[i]
        y[i] += k1[i] / GAMMA
    kernel.rates(y, p, k2)
    for i in range(n):
        k2[i] -= 2.0 * shift * k1[i]
    kernel.substitute(lu, k2)
    good = True
    for i in range(n):
        y[i] = before[i] + 0.5 * (3.0 * k1[i] + k2[i]) / GAMMA
        good &= y[i] >= LOWEST  # catches NaN as well
    if not good:
        for i in range(n):  # not as a whole: a CUDA device cannot
            y[i] = before[i]
    return good


@njit(error_model="numpy")
def _cell(y, p, span, before, k1, k2, j, lu):
    """One cell over `span`, in one step where that is allowed; False if none is small enough."""
    done, h = 0.0, span
    while done < span:
        h = min(h, span - done)
        if _step(y, p, h, before, k1, k2, j, lu):
            done += h
        else:
            h *= 0.5
            if h < span * 2.0**-HALVINGS:
                return False
    return True


def _compiled(stamp: str) -> Callable:
    """The threaded loop over cells. The stamp, a digest of the network, becomes part of what is compiled: the compiler's
    cache must not hand out the code of another network."""

    @njit(cache=True, parallel=True, error_model="numpy")
    def react(cells, fields, moving, p, span):
        count, n = cells.shape
        failed = np.zeros(-(-count // BATCH) if stamp else 0, np.int64)
        for task in prange(failed.size):
            before, k1, k2 = np.empty(n), np.empty(n), np.empty(n)
            j, lu = np.zeros((n, n)), np.zeros((n, n))
            for v in range(task * BATCH, min(count, task * BATCH + BATCH)):
                y = cells[v]
                for f in range(moving.size):
                    y[moving[f]] = fields[f, v]
                if not _cell(y, p, span, before, k1, k2, j, lu):
                    failed[task] += 1
                for f in range(moving.size):
                    fields[f, v] = y[moving[f]]
        return failed.sum()

    return react


react = _compiled(sha256(Path(kernel.__file__).read_bytes()).hexdigest())
"""One step of reaction, `react(cells (cell, state), fields (moving, cell), moving, constants, span)`: how many failed."""
