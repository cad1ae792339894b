"""A linearly implicit stepper for small stiff systems y' = f(y; p), one lane alone or eight side by side.

The method is RODAS4 of Hairer and Wanner (Solving Ordinary Differential Equations II, 2nd edition, 1996, section IV.7;
coefficients as in their public program `rodas.f`, METH = 1): six stages, one matrix factorisation and no iteration per
step, order 4 with an embedded order 3, L-stable and stiffly accurate, with its own interpolant of order 3 for output
between steps. Every lane chooses its own steps, also where eight share an instruction (`octet`), so a lane's answer does
not depend on its neighbours; the same source serves both, and both give the same bits.

Autonomous systems only. A jump (an event) is the caller's: integrate up to it, change the state, start again. Where the
right-hand side has kinks, the error estimate makes the step small there; the order is kept between kinks only.
Nothing is compiled or cached here: the caller's compiled loop calls what `make_crew` returns.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import count

import numpy as np
from numba import njit

from .octet import any_of, octet_matrix, octets, select

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
    return njit(error_model="numpy")(function)


def _make_stages(network: str, rates: Callable, substitute: Callable) -> Callable:
    """The six stages and the new value: k (6, n) and trial = y(t + h); the last stage is the error estimate.

    (1/(h gamma) I - J) k_i = f(y + sum_j a_ij k_j) + sum_j (c_ij / h) k_j;  k[0] holds f(y) when it starts.
    """

    def stages(y, p, k, trial, lu, h, n):
        r = 1.0 / h
        substitute(lu, k[0])
        for i in range(n):
            trial[i] = y[i] + A21 * k[0, i]
        rates(trial, p, k[1])
        for i in range(n):
            k[1, i] = k[1, i] + r * (C21 * k[0, i])
        substitute(lu, k[1])
        for i in range(n):
            trial[i] = y[i] + A31 * k[0, i] + A32 * k[1, i]
        rates(trial, p, k[2])
        for i in range(n):
            k[2, i] = k[2, i] + r * (C31 * k[0, i] + C32 * k[1, i])
        substitute(lu, k[2])
        for i in range(n):
            trial[i] = y[i] + A41 * k[0, i] + A42 * k[1, i] + A43 * k[2, i]
        rates(trial, p, k[3])
        for i in range(n):
            k[3, i] = k[3, i] + r * (C41 * k[0, i] + C42 * k[1, i] + C43 * k[2, i])
        substitute(lu, k[3])
        for i in range(n):
            trial[i] = y[i] + A51 * k[0, i] + A52 * k[1, i] + A53 * k[2, i] + A54 * k[3, i]
        rates(trial, p, k[4])
        for i in range(n):
            k[4, i] = k[4, i] + r * (C51 * k[0, i] + C52 * k[1, i] + C53 * k[2, i] + C54 * k[3, i])
        substitute(lu, k[4])
        for i in range(n):
            trial[i] = trial[i] + k[4, i]
        rates(trial, p, k[5])
        for i in range(n):
            k[5, i] = k[5, i] + r * (C61 * k[0, i] + C62 * k[1, i] + C63 * k[2, i] + C64 * k[3, i] + C65 * k[4, i])
        substitute(lu, k[5])
        for i in range(n):
            trial[i] = trial[i] + k[5, i]

    return _compiled(stages, network)


@njit
def _bend(k, n):
    """What the interpolant needs beside both ends, written over k[0] and k[1]."""
    for i in range(n):
        curve = D21 * k[0, i] + D22 * k[1, i] + D23 * k[2, i] + D24 * k[3, i] + D25 * k[4, i]
        bend = D31 * k[0, i] + D32 * k[1, i] + D33 * k[2, i] + D34 * k[3, i] + D35 * k[4, i]
        k[0, i] = curve
        k[1, i] = bend


@njit
def _interpolate(y, trial, k, share, out, n):
    """The method's own value at t + share h, order 3; k as `_bend` left it."""
    rest = 1.0 - share
    for i in range(n):
        out[i] = y[i] + share * (trial[i] - y[i] + rest * (k[0, i] + share * k[1, i]))  # exact where nothing moves


@njit(error_model="numpy")
def _error(y, trial, estimate, rtol, atol, lowest, n):
    """Root mean square of the error in units of the tolerance; infinite where the new value is not allowed."""
    total, least = 0.0 * y[0], trial[0]
    for i in range(n):
        new = trial[i]
        least = select(new >= least, least, new)  # catches NaN as well
        size, other = abs(y[i]), abs(new)
        scaled = estimate[i] / (atol + rtol * select(size > other, size, other))
        total = total + scaled * scaled
    return select((least >= lowest) & (total < math.inf), math.sqrt(total / n), math.inf)


@njit(error_model="numpy")
def _first_step(y, slope, span, rtol, atol, n):
    """A careful first step: a hundredth of the time in which the state would change by its own size; NaN if undefined."""
    size, speed = 0.0 * y[0], 0.0 * y[0]
    for i in range(n):
        scale = atol + rtol * abs(y[i])
        size = size + (y[i] / scale) * (y[i] / scale)
        speed = speed + (slope[i] / scale) * (slope[i] / scale)
    step = 0.01 * math.sqrt(select(size > 1.0, size, 1.0) / speed)
    step = select(step < span, step, span)
    return select(size + speed < math.inf, step, math.nan)


TIME, STEP, NEXT, REJECTED, TRIED, DUE = range(6)
"""Rows of a slot's own numbers: where it stands, its next step, the next time to write, whether its last step was refused,
how many steps it took, whether that time lies within the present step."""
CONTROL = 6


@njit
def rows(states: int, constants: int) -> int:
    """How many rows of working memory `make_crew` needs."""
    return CONTROL + constants + states * (STAGES + 3 + 2 * states)


def make_crew(
    network: str,
    prepare: Callable,
    rates: Callable,
    jacobian: Callable,
    eliminate: Callable,
    substitute: Callable,
    views: tuple[Callable, Callable],
) -> Callable:
    """A compiled function that takes lanes through their steps, as many at a time as `work` has columns.

    y' = f(y; p)

    network                a name that no other network has.
    prepare(p, c)          writes into c what the other functions use of a lane's constants.
    rates(y, c, dy)        writes f into dy.
    jacobian(y, c, j)      writes df/dy into j (n, n); entries that are always 0 may be left alone.
    eliminate(j, shift, lu)  factorises shift I - j into lu (n, n).
    substitute(lu, b)      solves in place.
    views                  row(work, start, n) and matrix(work, start, n): parts of `work` as the functions above take them.

    Every slot (column of `work`) holds one lane with its own time and its own steps; a slot whose lane is done takes the
    next one that waits, so no lane waits for another and none can change another.

    The crew's arguments: work (`rows`, slots); y (lane, n), the state at 0, is overwritten by the state at `span` (exactly
    there: the last step is cut to fit); p (lane, m); prepared, room for one lane's c; lanes first to last - 1 are taken;
    times ascend within (0, span], out (lane, column + time, n) receives the values there; no accepted value lies below
    `lowest` (minus infinity switches that off), a step that would is made shorter. A lane that fails leaves NaN in
    everything not yet reached, and a status other than `DONE`.
    """
    stages = _make_stages(network, rates, substitute)
    row, matrix = views

    def load(work, slot, lane, y, p, times, constants, prepared):
        n = y.shape[1]
        prepare(p[lane], prepared)
        for i in range(n):
            work[CONTROL + i, slot] = y[lane, i]
        for i in range(prepared.size):
            work[constants + i, slot] = prepared[i]
        for i in range(CONTROL):
            work[i, slot] = 0.0
        work[NEXT, slot] = times[0] if times.size else math.inf

    load = _compiled(load, network)

    def crew(work, y, p, prepared, first, last, span, times, out, column, status, steps, rtol, atol, lowest):
        n, slots = y.shape[1], work.shape[1]
        constants = CONTROL + n * (STAGES + 3 + 2 * n)
        shown = CONTROL + 2 * n
        control, state, trial = row(work, 0, CONTROL), row(work, CONTROL, n), row(work, CONTROL + n, n)
        between, k = row(work, shown, n), matrix(work, CONTROL + 3 * n, STAGES, n)
        j, lu = matrix(work, CONTROL + 9 * n, n, n), matrix(work, CONTROL + 9 * n + n * n, n, n)
        c = row(work, constants, prepared.size)
        who, written = np.full(slots, -1), np.zeros(slots, np.int64)
        waiting, busy = first, 0
        if first >= last:
            return
        for slot in range(slots):
            load(work, slot, min(waiting, last - 1), y, p, times, constants, prepared)
            if waiting < last:
                who[slot] = waiting
                waiting += 1
                busy += 1
        while busy:
            rates(state, c, k[0])
            h, t = control[STEP], control[TIME]
            fresh = control[TRIED] == 0.0
            if any_of(fresh):
                h = select(fresh, _first_step(state, k[0], span, rtol, atol, n), h)
            hits = t + 1.01 * h >= span
            h = select(hits, span - t, h)
            end = select(hits, span, t + h)
            jacobian(state, c, j)
            eliminate(j, 1.0 / (h * GAMMA), lu)
            stages(state, c, k, trial, lu, h, n)
            error = _error(state, trial, k[STAGES - 1], rtol, atol, lowest, n)
            accepted = error <= 1.0
            due = accepted & (control[NEXT] <= end)
            if any_of(due):
                _bend(k, n)
            while any_of(due):
                control[DUE] = select(due, 1.0, 0.0)
                _interpolate(state, trial, k, (control[NEXT] - t) / h, between, n)
                for slot in range(slots):
                    if who[slot] >= 0 and work[DUE, slot] != 0.0:
                        for i in range(n):
                            out[who[slot], column + written[slot], i] = work[shown + i, slot]
                        written[slot] += 1
                        work[NEXT, slot] = times[written[slot]] if written[slot] < times.size else math.inf
                    elif work[DUE, slot] != 0.0:
                        work[NEXT, slot] = math.inf
                due = accepted & (control[NEXT] <= end)
            for i in range(n):
                state[i] = select(accepted, trial[i], state[i])
            growth = SAFETY / math.sqrt(math.sqrt(error))
            growth = select(growth < GROW, growth, GROW)
            growth = select(growth > SHRINK, growth, SHRINK)
            growth = select(accepted & (control[REJECTED] != 0.0) & (growth > 1.0), 1.0, growth)
            control[TIME] = select(accepted, end, t)
            control[STEP] = h * growth
            control[REJECTED] = select(accepted, 0.0, 1.0)
            tried = control[TRIED] + 1.0
            control[TRIED] = tried
            small = h * growth > 1e-14 * span
            stop = (accepted & (end >= span)) | (tried >= MAX_STEPS)
            control[DUE] = select(stop, 1.0, select(accepted, 0.0, select(small, 0.0, 1.0)))
            if not any_of(control[DUE] != 0.0):
                continue
            for slot in range(slots):
                lane = who[slot]
                if lane < 0 or work[DUE, slot] == 0.0:
                    continue
                status[lane] = _verdict(work[TIME, slot], work[STEP, slot], work[TRIED, slot], span)
                steps[lane] = np.int64(work[TRIED, slot])
                for i in range(n):
                    y[lane, i] = work[CONTROL + i, slot] if status[lane] == DONE else math.nan
                out[lane, column + written[slot] : column + times.size] = math.nan
                written[slot] = 0
                who[slot] = -1
                busy -= 1
                if waiting < last:
                    load(work, slot, waiting, y, p, times, constants, prepared)
                    who[slot] = waiting
                    waiting += 1
                    busy += 1

    return _compiled(crew, network)


@njit
def _verdict(time, step, tried, span):
    """The status of a lane that goes no further."""
    if time >= span:
        return DONE
    if not step > 1e-14 * span:
        return BAD_START if math.isnan(step) else STEP_TOO_SMALL
    return TOO_MANY_STEPS


@njit
def copy_constants(p, c):
    """`prepare` of a network that takes its constants as they are."""
    c[:] = p


@njit
def _plain_row(work, start, n):
    return work.reshape(work.size)[start : start + n]


@njit
def _plain_matrix(work, start, m, n):
    return work.reshape(work.size)[start : start + m * n].reshape(m, n)


PLAIN = (_plain_row, _plain_matrix)
"""Views of `make_crew` for one lane at a time, as plain arrays."""


def octet_views(network: str, states: int) -> tuple[Callable, Callable]:
    """Views of `make_crew` for eight lanes side by side, for a network of so many states."""

    def row(work, start, n):
        return octets(work, start)

    def matrix(work, start, m, n):
        return octet_matrix(work, start, states)

    return _compiled(row, network), _compiled(matrix, network)


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


def make_stepper(
    rates: Callable, jacobian: Callable, eliminate: Callable = eliminate_dense, substitute: Callable = substitute_dense
) -> Callable:
    """A compiled function solve(y, p, span, times, rtol, atol, lowest) -> (end, out, status, steps) over lanes.

    For small studies and tests: compiled anew in each process, one thread. Shapes: y (lane, n), p (lane, m),
    end (lane, n), out (lane, time, n). A network that is used often generates a cached, threaded loop instead.
    """
    crew = make_crew(f"study_{next(_STUDIES)}", copy_constants, rates, jacobian, eliminate, substitute, PLAIN)

    @njit
    def solve(y, p, span, times, rtol, atol, lowest):
        lanes, n = y.shape
        end = y.copy()
        out = np.empty((lanes, times.size, n))
        status = np.zeros(lanes, np.int64)
        steps = np.zeros(lanes, np.int64)
        work = np.zeros((rows(n, p.shape[1]), 1))
        crew(work, end, p, np.empty(p.shape[1]), 0, lanes, span, times, out, 0, status, steps, rtol, atol, lowest)
        return end, out, status, steps

    return solve
