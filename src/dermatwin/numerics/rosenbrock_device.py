"""The stepper of `rosenbrock` on a CUDA device: one lane per thread, each with its own steps.

Stages, interpolant, error estimate, first step and verdict are the very functions of `rosenbrock`, compiled for the device;
here are the loop of one lane and the traffic between the memories. As the crew on the processor, a thread whose lane is
done takes the next one that waits, so that the 32 threads of a warp stay busy though their lanes need different numbers of
steps, and the order in which lanes are taken cannot change them.

Memory: all that a lane works on is local to its thread. Local memory is laid out thread by thread within each word
(structure of arrays), so a warp's access is one line; what fits stays in registers. The matrix is factorised in place,
each entry is read before anything is stored there, and entries outside the pattern are never touched. Constants, start and
results are rows per lane (array of structures): threads of a warp write at times of their own, and a lane's row of states
fills whole sectors of 32 bytes, which an array by lanes would not.

What bounds it (reckoned, never measured; a network of 25 states compiled for sm_90): 255 registers, hence 256 threads on a
multiprocessor, and a stack of 3 kB per thread, of which one step loads some 20 kB and stores some 9 kB. A year of four
sessions is about 364 steps, so a million of them move 10 TB through the nearest caches, which hold a third of the stacks;
3 s if none of it were found there and memory gave 3.35 TB/s. Arithmetic, some 7 000 operations in double precision per
step, is 0.2 s at the peak of an H100. Results (25 states at 145 times) are 29 GB: half a second and more on the way to the
processor's memory, some seconds to be put in place there, the latter while the device works on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import float64, int64, void

from . import rosenbrock
from .device import cuda, multiprocessors, on_device, select
from .rosenbrock import DONE, GAMMA, GROW, MAX_STEPS, SAFETY, SHRINK, STAGES

THREADS = 64  # of a block
BLOCKS = 4  # on a multiprocessor: as many as 255 registers a thread allow
STAGED = 2**29  # bytes of results on their way at once
SLOTS = 2  # while the results of one are put in place the device works on the other

SIGNATURE = void(
    float64[:, ::1],
    float64[:, ::1],
    float64,
    float64[::1],
    float64[:, :, ::1],
    int64[::1],
    int64[::1],
    float64,
    float64,
    float64,
    int64[::1],
)
"""Of the kernel: y, p, span, times, out, status, steps, rtol, atol, lowest, waiting."""


def _growth(error: float, accepted: bool, rejected: bool) -> float:
    """By how much the next step is longer; not at all after a refused one."""
    root = math.sqrt(math.sqrt(error))
    growth = SAFETY / root if root * GROW > SAFETY else GROW  # `min` and `max` do not compile for every device target
    growth = growth if growth > SHRINK else SHRINK
    return 1.0 if accepted and rejected and growth > 1.0 else growth


def _copy(source: np.ndarray, target: np.ndarray, n: int) -> None:
    for i in range(n):
        target[i] = source[i]


def _fail(y: np.ndarray, out: np.ndarray, written: int, times: int, n: int) -> None:
    """NaN in all that a lane did not reach; y (n,), out (time, n)."""
    for i in range(n):
        y[i] = math.nan
        for time in range(written, times):
            out[time, i] = math.nan


def make_lanes(
    states: int,
    prepared: int,
    prepare: Callable,
    rates: Callable,
    jacobian: Callable,
    eliminate: Callable,
    substitute: Callable,
) -> Callable:
    """The kernel as plain Python, for `cuda.jit`: as many threads as one likes take lanes until none waits.

    Functions as for `rosenbrock.make_crew`, for lanes of `states` states and `prepared` constants; `eliminate(a, s, a)` must
    work in place. The kernel's arguments (`SIGNATURE`) are those of a crew; `waiting` (1,) is the first lane that waits.
    """
    prepare, eliminate, substitute = (on_device(f) for f in (prepare, eliminate, substitute))
    rates, jacobian = (on_device(f, select=select) for f in (rates, jacobian))
    stages = on_device(rosenbrock._make_stages("device", rates, substitute))
    bend, interpolate, verdict = (on_device(f) for f in (rosenbrock._bend, rosenbrock._interpolate, rosenbrock._verdict))
    error_of, first_step = (on_device(f, select=select) for f in (rosenbrock._error, rosenbrock._first_step))
    growth, copy, fail = (on_device(f) for f in (_growth, _copy, _fail))
    n = states

    def lanes(y, p, span, times, out, status, steps, rtol, atol, lowest, waiting):
        state, trial = cuda.local.array(n, float64), cuda.local.array(n, float64)
        k, lu = cuda.local.array((STAGES, n), float64), cuda.local.array((n, n), float64)
        c = cuda.local.array(prepared, float64)
        t, h, tried, written, rejected = 0.0, 0.0, 0, 0, False
        lane = cuda.atomic.add(waiting, 0, 1)
        while lane < y.shape[0]:
            if tried == 0:
                prepare(p[lane], c)
                copy(y[lane], state, n)
                t, written, rejected = 0.0, 0, False
            rates(state, c, k[0])
            if tried == 0:
                h = first_step(state, k[0], span, rtol, atol, n)
            end = t + h
            if t + 1.01 * h >= span:
                h, end = span - t, span
            jacobian(state, c, lu)
            eliminate(lu, 1.0 / (h * GAMMA), lu)
            stages(state, c, k, trial, lu, h, n)
            error = error_of(state, trial, k[STAGES - 1], rtol, atol, lowest, n)
            accepted = error <= 1.0
            if accepted:
                if written < times.size and times[written] <= end:
                    bend(k, n)
                while written < times.size and times[written] <= end:
                    interpolate(state, trial, k, (times[written] - t) / h, out[lane, written], n)
                    written += 1
                copy(trial, state, n)
                t = end
            h *= growth(error, accepted, rejected)
            rejected = not accepted
            tried += 1
            if tried < MAX_STEPS and (t < span if accepted else h > 1e-14 * span):
                continue
            status[lane] = verdict(t, h, tried, span)
            steps[lane] = tried
            copy(state, y[lane], n)
            if status[lane] != DONE:
                fail(y[lane], out[lane], written, times.size, n)
            lane, tried = cuda.atomic.add(waiting, 0, 1), 0

    return lanes


@dataclass(frozen=True)
class Task:
    """What to integrate, as on the processor: y (lane, state) at 0 and at the end, p (lane, constant), span, times within
    it, tolerances, lowest value allowed; out (lane, ..., state), written from `column` on; status and steps (lane,)."""

    y: np.ndarray
    p: np.ndarray
    span: float
    times: np.ndarray
    tolerance: tuple[float, float, float]  # rtol, atol, lowest
    out: np.ndarray
    column: int
    status: np.ndarray
    steps: np.ndarray


def run(kernel: Any, task: Task, staged: int = STAGED) -> None:
    """Take a task through a compiled kernel, `staged` bytes of results at a time, in place."""
    lanes, n = task.y.shape
    each = 8 * max(n * task.times.size, 1)
    free = cuda.current_context().get_memory_info()[0]
    part = int(max(min(lanes, staged // each, 0.5 * free / SLOTS / (each + 8 * (n + task.p.shape[1]))), 1))
    slots = [_Slot(kernel, task, part) for _ in range(min(SLOTS, -(-lanes // part)))]
    for number, first in enumerate(range(0, lanes, part)):
        slot = slots[number % len(slots)]
        slot.collect()
        slot.start(slice(first, min(first + part, lanes)))
    for slot in slots:
        slot.collect()


class _Slot:
    """Some lanes on their way to the device, on it, and back; `start` does not wait for them, `collect` does."""

    def __init__(self, kernel: Any, task: Task, lanes: int) -> None:
        self.kernel, self.task, self.stream = kernel, task, cuda.stream()
        self.lanes: slice | None = None
        times = task.times if task.times.size else np.array([np.inf])  # a device has no arrays without elements
        self.times = cuda.to_device(times, stream=self.stream)
        shapes = ((lanes, task.y.shape[1]), (lanes, task.p.shape[1]), (lanes, times.size, task.y.shape[1]))
        self.y, self.p, self.out = (cuda.device_array(shape, np.float64, stream=self.stream) for shape in shapes)
        self.status, self.steps, self.waiting = (
            cuda.device_array(size, np.int64, stream=self.stream) for size in (lanes, lanes, 1)
        )
        self.found = cuda.pinned_array(shapes[2], np.float64)  # copies into it do not hold up the processor

    def start(self, lanes: slice) -> None:
        """Send the lanes, set the threads going, ask for the results."""
        self.lanes, count = lanes, lanes.stop - lanes.start
        task, stream = self.task, self.stream
        y, p, out, status, steps = (a[:count] for a in (self.y, self.p, self.out, self.status, self.steps))
        y.copy_to_device(task.y[lanes], stream=stream)
        p.copy_to_device(task.p[lanes], stream=stream)
        self.waiting.copy_to_device(np.zeros(1, np.int64), stream=stream)
        blocks = min(-(-count // THREADS), BLOCKS * multiprocessors())
        self.kernel[blocks, min(THREADS, count), stream](
            y, p, task.span, self.times, out, status, steps, *task.tolerance, self.waiting
        )
        out.copy_to_host(self.found[:count], stream=stream)

    def collect(self) -> None:
        """Wait for the lanes under way and put their results in place."""
        if self.lanes is None:
            return
        task, lanes, count = self.task, self.lanes, self.lanes.stop - self.lanes.start
        self.stream.synchronize()
        for device, target in ((self.y, task.y), (self.status, task.status), (self.steps, task.steps)):
            target[lanes] = device[:count].copy_to_host()
        task.out[lanes, task.column : task.column + task.times.size] = self.found[:count, : task.times.size]
        self.lanes = None
