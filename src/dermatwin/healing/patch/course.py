"""A patch through its sessions, on the processor or on a device."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...flows import LAYERS
from .. import kernel_generated as kernel
from .record import Field, Needling, Patch
from .tissue import FINENESS, Tissue


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
    from . import device

    return device.Tissue
