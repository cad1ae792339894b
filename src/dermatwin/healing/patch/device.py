"""A patch of healing skin on a CUDA device: one cell per thread in the reaction, one line per thread in the diffusion.

The step of a cell is `cell.react_cell`, compiled for the device with the generated rates, Jacobian and elimination;
diffusion is `numerics.patch_device`. From one session or time of reading to the next everything stays on the device. States
lie one after another, each with all its cells (structure of arrays), so that a warp reads neighbours. The first step of
each stretch is taken on the processor as well, and the run fails if they differ. Never run on a device so far; checked in
numba's simulator (docs/design/009-gpu.md). Bounded by arithmetic and by what does not fit into registers,
as `numerics.rosenbrock_device`; the reaction's own traffic is 50 numbers per cell and step.
"""

from __future__ import annotations

from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numba import float64, int64, void

from ...core.errors import ComputationError
from ...numerics.device import cuda, lacking, on_device, select
from ...numerics.patch import Factors
from ...numerics.patch_device import Diffusion
from .. import kernel_generated as kernel
from ..engine import no_device
from . import tissue as cpu
from .cell import react_cell, ros2
from .record import Patch

THREADS = 64  # numerical: of a block
APART = 1e-6  # of the peak: a step differs from the processor's by rounding, rarely by a cell that is halved once more

SIGNATURE = void(float64[:, ::1], float64[:, ::1], int64[::1], float64[::1], float64, int64[::1])
"""Of the reaction: cells (state, cell), fields (moving, cell), moving, constants, span, how many failed (1,)."""


@cuda.jit(device=True)
def _smaller(a, b):
    return a if a < b else b


def reaction() -> Any:
    """The kernel of `cell.react` before it is compiled."""
    network = ModuleType("network")
    for name in ("rates", "jacobian", "eliminate", "substitute"):
        setattr(network, name, on_device(getattr(kernel, name), select=select))
    one = on_device(react_cell, ros2=on_device(ros2, kernel=network), min=_smaller)
    n = len(kernel.STATES)

    def react(cells, fields, moving, p, span, failed):
        y, before = cuda.local.array(n, float64), cuda.local.array(n, float64)
        k1, k2, lu = cuda.local.array(n, float64), cuda.local.array(n, float64), cuda.local.array((n, n), float64)
        v = cuda.grid(1)
        if v < cells.shape[1]:
            for i in range(n):
                y[i] = cells[i, v]
            for f in range(moving.size):
                y[moving[f]] = fields[f, v]
            if not one(y, p, span, before, k1, k2, lu, lu):
                cuda.atomic.add(failed, 0, 1)
            for i in range(n):
                cells[i, v] = y[i]
            for f in range(moving.size):
                fields[f, v] = y[moving[f]]

    return react


@cache
def _compiled() -> Any:
    return cuda.jit(SIGNATURE)(reaction())


class Tissue(cpu.Tissue):
    """`tissue.Tissue` whose steps are taken by a device."""

    def __init__(self, patch: Patch) -> None:
        reason = lacking()
        if reason:
            raise no_device(reason)
        super().__init__(patch)
        self.diffusion = Diffusion(self.fields.shape)
        self.sent: dict[float, tuple[Factors, dict[str, Any]]] = {}
        self.given = cuda.to_device(self.moving), cuda.to_device(patch.constants)
        self.failed = cuda.to_device(np.zeros(1, np.int64))
        self.held: tuple[Any, Any] | None = None  # cells (state, cell) and fields while steps are taken
        self.seen = False  # whether the first of these steps was compared with the processor's

    def advance(self, begin: float, end: float, session: float, fineness: int) -> None:
        """As on the processor, with everything on the device meanwhile."""
        self.seen = False
        cells, fields = self.held = cuda.to_device(np.ascontiguousarray(self.cells.T)), cuda.to_device(self.fields)
        super().advance(begin, end, session, fineness)
        failed = int(self.failed.copy_to_host()[0])
        if failed:
            raise ComputationError(f"{failed} cells failed", f"patch between days {begin:g} and {end:g}")
        fields.copy_to_host(self.fields)
        self.cells[:] = cells.copy_to_host().T
        self.settle()

    def split(self, step: float) -> int:
        """Half a step of diffusion, one of reaction, half a step of diffusion; cells that fail are counted at the end."""
        assert self.held is not None
        cells, fields = self.held
        factors = self._on_device(step)
        self.diffusion(fields, factors)
        count = cells.shape[1]
        _compiled()[-(-count // THREADS), min(THREADS, count)](
            cells, fields.reshape(len(self.moving), count), *self.given, step, self.failed
        )
        self.diffusion(fields, factors)
        if not self.seen:
            self.seen = True
            self._witness(step)
        return 0

    def _witness(self, step: float) -> None:
        """Take the first step on the processor too, from what was sent, and compare."""
        assert self.held is not None
        super().split(step)
        for name, right, found in (
            ("cells", self.cells, self.held[0].copy_to_host().T),
            ("fields", self.fields, self.held[1].copy_to_host()),
        ):
            apart = np.abs(found - right).max() / np.abs(right).max()
            if not apart <= APART:
                raise ComputationError(
                    f"the device's {name} are {apart:.2g} of their peak from the processor's (engine "
                    "'cpu' runs without the device)",
                    "patch on a CUDA device",
                )

    def _on_device(self, step: float) -> dict[str, Any]:
        known = self.factors_of(step)
        if step not in self.sent or self.sent[step][0] is not known:
            self.sent = {length: pair for length, pair in self.sent.items() if length in self.factors}
            self.sent[step] = known, self.diffusion.prepared(known)
        return self.sent[step][1]
