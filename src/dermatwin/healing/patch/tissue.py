"""The state of a patch and how it moves in time, on the processor.

Strang: half a step of diffusion (`numerics.patch`), one of reaction (`cell`), half a step of diffusion. Steps grow with the
time since the session.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...core.checks import require_finite, require_not_negative
from ...core.errors import ComputationError
from ...numerics.patch import Factors, Medium, diffuse, factorise
from .. import kernel_generated as kernel
from .cell import LOWEST, react
from .holes import destroyed_share, neighbourhood
from .record import Needling, Patch

FINENESS = 32  # numerical: steps per time since the session
FIRST, LONGEST = 2.0**-9, 1.0  # numerical: d, first and longest step
MOST_FACTORS = 12  # numerical: step lengths whose factors are kept


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


def step_length(elapsed: float, fineness: int) -> float:
    """A power of two [d], at most 1/fineness of the time since the session, within FIRST and LONGEST."""
    scale = FINENESS / fineness
    wanted = max(elapsed / fineness, FIRST * scale)
    return float(min(2.0 ** np.floor(np.log2(wanted)), LONGEST * scale))
