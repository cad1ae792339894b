"""The healing network on a CUDA device: the generated functions of `kernel_generated`, one lane per thread.

The same rates, Jacobian and elimination, the same stepper (`numerics.rosenbrock_device`), the same arguments and answers as
`kernel_generated.integrate`; sessions stay the caller's. Some lanes of every batch are integrated on the processor as well,
and the batch fails if they come out apart: a device, its driver or its compiler that is wrong must not be wrong quietly.

Never run on a device so far; checked in numba's simulator, and compiled to machine code (docs/design/009-gpu.md).
Imported by `engine.py` only where a device is asked for.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..core.errors import ComputationError
from ..numerics.device import SIMULATED, cuda, lacking
from ..numerics.rosenbrock_device import SIGNATURE, Task, make_lanes, run
from . import kernel_generated as kernel

__all__ = ["SIMULATED", "integrate", "kernel_function", "lacking", "reason"]

WITNESSES = 16  # numerical: lanes that the processor integrates too
APART = 1.0  # numerical: in units of the tolerance; last digits apart is 1e-6 of it, another step here or there 0.1

Answer = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def kernel_function() -> Any:
    """The kernel before it is compiled, of `SIGNATURE`."""
    return make_lanes(
        len(kernel.STATES), kernel.PREPARED, kernel.prepare, kernel.speed, kernel.slope, kernel.eliminate, kernel.substitute
    )


@cache
def _compiled() -> Any:
    """Compiled once in a process, in some seconds."""
    return cuda.jit(SIGNATURE)(kernel_function())


@cache
def reason() -> str:
    """Why the network cannot run on a device here; nothing if it can."""
    found = lacking()
    if found:
        return found
    try:
        _compiled()
    except Exception as problem:  # compiler, linker and driver each have errors of their own
        return f"the network does not compile for this device: {type(problem).__name__}: {problem}".splitlines()[0]
    return ""


def integrate(
    y: np.ndarray,
    p: np.ndarray,
    span: float,
    times: np.ndarray,
    rtol: float,
    atol: float,
    lowest: float,
    out: np.ndarray | None = None,
    column: int = 0,
) -> Answer:
    """Every lane over `span`: (end, out, status, steps), as `kernel_generated.integrate`.

    Error    as there, within the tolerance; last digits may differ (fused products), in the simulator they do not.
    Raises   ValueError if shapes do not fit; ComputationError if lanes do not come out as on the processor.
    """
    end, p, times = np.array(y, float, order="C"), *(np.ascontiguousarray(a, float) for a in (p, times))
    if out is None:
        out = np.empty((len(end), times.size, end.shape[1]))
    if not (
        out.shape[0] == len(end) == len(p)
        and out.shape[2] == end.shape[1] == len(kernel.STATES)
        and p.shape[1] == len(kernel.CONSTANTS)
        and 0 <= column <= out.shape[1] - times.size
    ):
        raise ValueError("shapes of states, constants and output do not fit")
    task = Task(
        end,
        p,
        float(span),
        times,
        (float(rtol), float(atol), float(lowest)),
        out,
        column,
        np.zeros(len(end), np.int64),
        np.zeros(len(end), np.int64),
    )
    if len(end):
        run(_compiled(), task)
        _witness(np.asarray(y, float), task)
    return end, out, task.status, task.steps


def _witness(start: np.ndarray, task: Task) -> None:
    """Compare some lanes of the batch with the processor's."""
    rtol, atol, _ = task.tolerance
    which = np.unique(np.linspace(0, len(start) - 1, WITNESSES).astype(int))
    end, values, status, _ = kernel.integrate(start[which], task.p[which], task.span, task.times, *task.tolerance)
    found = task.out[which, task.column : task.column + task.times.size]
    apart = max(_apart(end, task.y[which], rtol, atol), _apart(values, found, rtol, atol))
    if apart > APART or (status != task.status[which]).any():
        raise ComputationError(
            f"the device's answer is {apart:.2g} tolerances from the processor's (engine 'cpu' runs without the device)",
            "healing on a CUDA device",
        )


def _apart(right: np.ndarray, found: np.ndarray, rtol: float, atol: float) -> float:
    """Largest difference in units of the tolerance; infinite where only one of them is a number."""
    scaled = np.abs(found - right) / (atol + rtol * np.abs(right))
    scaled[np.isnan(right) & np.isnan(found)] = 0.0
    return float(np.nan_to_num(scaled, nan=np.inf).max(initial=0.0))
