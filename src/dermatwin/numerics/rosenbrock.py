"""A linearly implicit stepper for small stiff systems y' = f(y; p), one lane at a time.

The method is RODAS4 of Hairer and Wanner (Solving Ordinary Differential Equations II, 2nd edition, 1996, section IV.7;
coefficients as in their public program `rodas.f`, METH = 1): six stages, one matrix factorisation and no iteration per
step, order 4 with an embedded order 3, L-stable and stiffly accurate, with its own interpolant of order 3 for output
between steps. Every lane chooses its own steps, so a lane's answer does not depend on its neighbours.

Autonomous systems only. A jump (an event) is the caller's: integrate up to it, change the state, start again. Where the
right-hand side has kinks, the error estimate makes the step small there; the order is kept between kinks only.
Nothing is compiled or cached here: the caller's compiled loop calls what `make_lane` returns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count

import numpy as np
from numba import njit

DONE, STEP_TOO_SMALL, TOO_MANY_STEPS, BAD_START = 0, 1, 2, 3
"""Status of a lane."""

STAGES = 6

A21 = 1.544000000000000
A31, A32 = 0.9466785280815826, 0.2557011698983284
A41, A42, A43 = 3.314825187068521, 2.896124015972201, 0.9986419139977817
A51, A52, A53, A54 = 1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950

C21 = -5.668800000000000
C31, C32 = -2.430093356833875, -0.2063599157091915
C41, C42, C43 = -0.1073529058151375, -9.594562251023355, -20.47028614809616
C51, C52, C53, C54 = 7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160
C61, C62, C63, C64, C65 = 8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054

GAMMA = 0.25

D21, D22, D23, D24, D25 = 10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662
D31, D32, D33, D34, D35 = -0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872

SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0
MAX_STEPS = 100_000

_STUDIES = count()


def _compiled(function: Callable, network: str) -> Callable:
    """Compile an inner function under a name of its own.

    Two networks' inner functions would otherwise carry the same symbol, and code loaded from the compiler's cache could
    call the other network's function without an error.
    """
    function.__qualname__ = f"{function.__qualname__}.{network}"
    return njit(function)


def _make_stages(network: str, rates: Callable, substitute: Callable) -> Callable:
    """The six stages and the new value: k (6, n) and trial = y(t + h); the last stage is the error estimate.

    (1/(h gamma) I - J) k_i = f(y + sum_j a_ij k_j) + sum_j (c_ij / h) k_j
    """

    def stages(y, p, k, trial, lu, h):
        n = y.size
        r = 1.0 / h
        rates(y, p, k[0])
        substitute(lu, k[0])
        for i in range(n):
            trial[i] = y[i] + A21 * k[0, i]
        rates(trial, p, k[1])
        for i in range(n):
            k[1, i] += r * (C21 * k[0, i])
        substitute(lu, k[1])
        for i in range(n):
            trial[i] = y[i] + A31 * k[0, i] + A32 * k[1, i]
        rates(trial, p, k[2])
        for i in range(n):
            k[2, i] += r * (C31 * k[0, i] + C32 * k[1, i])
        substitute(lu, k[2])
        for i in range(n):
            trial[i] = y[i] + A41 * k[0, i] + A42 * k[1, i] + A43 * k[2, i]
        rates(trial, p, k[3])
        for i in range(n):
            k[3, i] += r * (C41 * k[0, i] + C42 * k[1, i] + C43 * k[2, i])
        substitute(lu, k[3])
        for i in range(n):
            trial[i] = y[i] + A51 * k[0, i] + A52 * k[1, i] + A53 * k[2, i] + A54 * k[3, i]
        rates(trial, p, k[4])
        for i in range(n):
            k[4, i] += r * (C51 * k[0, i] + C52 * k[1, i] + C53 * k[2, i] + C54 * k[3, i])
        substitute(lu, k[4])
        for i in range(n):
            trial[i] += k[4, i]
        rates(trial, p, k[5])
        for i in range(n):
            k[5, i] += r * (C61 * k[0, i] + C62 * k[1, i] + C63 * k[2, i] + C64 * k[3, i] + C65 * k[4, i])
        substitute(lu, k[5])
        for i in range(n):
            trial[i] += k[5, i]

    return _compiled(stages, network)


@njit
def _interpolate(y, trial, k, share, out):
    """The method's own value at t + share h, order 3."""
    for i in range(y.size):
        curve = D21 * k[0, i] + D22 * k[1, i] + D23 * k[2, i] + D24 * k[3, i] + D25 * k[4, i]
        bend = D31 * k[0, i] + D32 * k[1, i] + D33 * k[2, i] + D34 * k[3, i] + D35 * k[4, i]
        out[i] = y[i] + share * (trial[i] - y[i] + (1.0 - share) * (curve + share * bend))  # exact where nothing moves


@njit
def _error(y, trial, estimate, rtol, atol, lowest):
    """Root mean square of the error in units of the tolerance; infinite where the new value is not allowed."""
    total = 0.0
    for i in range(y.size):
        if not trial[i] >= lowest:  # catches NaN as well
            return math.inf
        scaled = estimate[i] / (atol + rtol * max(abs(y[i]), abs(trial[i])))
        total += scaled * scaled
    return math.sqrt(total / y.size) if math.isfinite(total) else math.inf


@njit
def _first_step(y, slope, span, rtol, atol):
    """A careful first step: a hundredth of the time in which the state would change by its own size."""
    size, speed = 0.0, 0.0
    for i in range(y.size):
        scale = atol + rtol * abs(y[i])
        size += (y[i] / scale) ** 2
        speed += (slope[i] / scale) ** 2
    if speed == 0.0:
        return span
    return min(span, 0.01 * math.sqrt(max(size, 1.0) / speed))


def make_lane(network: str, rates: Callable, jacobian: Callable, eliminate: Callable, substitute: Callable) -> Callable:
    """A compiled function lane(y, p, span, times, out, rtol, atol, lowest) -> (status, steps) for one lane.

    y' = f(y; p)

    network                a name that no other network has.
    rates(y, p, dy)        writes f into dy.
    jacobian(y, p, j)      writes df/dy into j (n, n); entries that are always 0 may be left alone.
    eliminate(j, shift, lu)  factorises shift I - j into lu (n, n).
    substitute(lu, b)      solves in place.

    The lane's arguments: y (n,), the state at 0, is overwritten by the state at `span` (exactly there: the last step is
    cut to fit); times (m,) ascend within (0, span], out (m, n) receives the values there; no accepted value lies below
    `lowest` (minus infinity switches that off), a step that would is made shorter. A lane that fails leaves NaN in
    everything not yet reached, and a status other than `DONE`.
    """
    stages = _make_stages(network, rates, substitute)

    def lane(y, p, span, times, out, rtol, atol, lowest):
        n = y.size
        k = np.zeros((STAGES, n))
        trial = np.empty(n)
        j = np.zeros((n, n))
        lu = np.zeros((n, n))
        rates(y, p, trial)
        h = _first_step(y, trial, span, rtol, atol)
        t, written, fresh, rejected, status, steps = 0.0, 0, False, False, DONE, 0
        for i in range(n):
            if not (math.isfinite(y[i]) and math.isfinite(trial[i])):
                status = BAD_START
        while status == DONE and t < span:
            if steps >= MAX_STEPS:
                status = TOO_MANY_STEPS
                break
            if t + 1.01 * h >= span:
                h = span - t
            if not fresh:
                jacobian(y, p, j)
                fresh = True
            eliminate(j, 1.0 / (h * GAMMA), lu)
            stages(y, p, k, trial, lu, h)
            steps += 1
            error = _error(y, trial, k[STAGES - 1], rtol, atol, lowest)
            if error > 1.0:
                h *= max(SHRINK, SAFETY * error**-0.25) if math.isfinite(error) else SHRINK
                rejected = True
                if not h > 1e-14 * span:
                    status = STEP_TOO_SMALL
                continue
            end = span if h == span - t else t + h
            while written < times.size and times[written] <= end:
                _interpolate(y, trial, k, (times[written] - t) / h, out[written])
                written += 1
            y[:] = trial
            t, fresh = end, False
            growth = GROW if error == 0.0 else min(GROW, max(SHRINK, SAFETY * error**-0.25))
            h *= min(growth, 1.0) if rejected else growth
            rejected = False
        if status != DONE:
            y[:] = np.nan
            out[written:] = np.nan
        return status, steps

    return _compiled(lane, network)


@njit
def eliminate_dense(j, shift, lu):
    """Factorise shift I - j (Gauss, without pivoting: shift dominates once the step is small enough)."""
    n = j.shape[0]
    for r in range(n):
        for c in range(n):
            lu[r, c] = -j[r, c]
        lu[r, r] += shift
    for c in range(n):
        for r in range(c + 1, n):
            lu[r, c] /= lu[c, c]
            for s in range(c + 1, n):
                lu[r, s] -= lu[r, c] * lu[c, s]


@njit
def substitute_dense(lu, b):
    """Solve with the factors of `eliminate_dense`, in place."""
    n = b.size
    for r in range(n):
        for c in range(r):
            b[r] -= lu[r, c] * b[c]
    for r in range(n - 1, -1, -1):
        for c in range(r + 1, n):
            b[r] -= lu[r, c] * b[c]
        b[r] /= lu[r, r]


def make_stepper(rates: Callable, jacobian: Callable, eliminate: Callable = eliminate_dense,
                 substitute: Callable = substitute_dense) -> Callable:
    """A compiled function solve(y, p, span, times, rtol, atol, lowest) -> (end, out, status, steps) over lanes.

    For small studies and tests: compiled anew in each process, one thread. Shapes: y (lane, n), p (lane, m),
    end (lane, n), out (lane, time, n). A network that is used often generates a cached, threaded loop instead.
    """
    lane = make_lane(f"study_{next(_STUDIES)}", rates, jacobian, eliminate, substitute)

    @njit
    def solve(y, p, span, times, rtol, atol, lowest):
        lanes, n = y.shape
        end = y.copy()
        out = np.empty((lanes, times.size, n))
        status = np.zeros(lanes, np.int64)
        steps = np.zeros(lanes, np.int64)
        for i in range(lanes):
            status[i], steps[i] = lane(end[i], p[i], span, times, out[i], rtol, atol, lowest)
        return end, out, status, steps

    return solve
