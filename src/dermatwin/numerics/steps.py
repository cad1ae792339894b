"""Times at which a stepper stops: fine after every jump, growing until the next one."""

from __future__ import annotations

import numpy as np

from .unit_cell import STAGES


def graded_times(
    events: tuple[float, ...],
    end: float,
    marks: tuple[float, ...] = (),
    *,
    first: float = 1.0 / 240.0,
    growth: float = 1.25,
    longest: float = 2.0,
) -> np.ndarray:
    """Step ends that start small at every event and grow until the next one [h].

    `events` are the times at which something jumps (the first is the start), `marks` times that must be hit exactly.
    """
    fixed = sorted({*events, end, *(mark for mark in marks if events[0] < mark < end)})
    times = [fixed[0]]
    step = first
    for stop in fixed[1:]:
        if times[-1] in events:
            step = first
        while stop - times[-1] > 1.5 * step:
            times.append(times[-1] + step)
            step = min(step * growth, longest)
        times.append(stop)
    return np.array(times)


def stage_times(time: np.ndarray) -> np.ndarray:
    """Times at which the two stages of every step are evaluated, shape (step, 2)."""
    return time[:-1, None] + np.diff(time)[:, None] * np.array(STAGES)
