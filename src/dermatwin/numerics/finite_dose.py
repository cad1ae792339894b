"""A well-mixed film on a stack of cells, with a second chain of cells beside part of the stack: linear, finite dose.

    dm_v/dt = -entry (w_v u_v - w_0 u_0) - mouth(t) (u_v - c_1)                     film
    dm_i/dt = sum over neighbours of g (u_j - u_i) - loss_i m_i - lateral(t) g_l,i (u_i - c_i)          stack
    dp_i/dt = axial(t) sum g_a (c_j - c_i) + lateral(t) g_l,i (u_i - c_i) [+ mouth(t) (u_v - c_1)]      side chain

with m, p the masses per area, u = m/capacity, c = p/channel_capacity and u_v = m_v/film(t), capped where the film is
saturated. Time: SDIRK2 (Alexander 1977, SIAM J Numer Anal 14:1006, gamma = 1 - 1/sqrt 2; second order, L-stable), every
step that would undershoot zero repeated by backward Euler, which cannot. Mass is conserved to rounding because every
flux leaves one unknown and enters another in the same stage. The saturation cap is taken at the start of a step.
Knows nothing about skin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit, prange

from .bordered import close_border, solve_band

GAMMA = 1.0 - 0.5 * np.sqrt(2.0)
STAGES = (GAMMA, 1.0)
_UNDERSHOOT = 1e-13  # of the largest mass; below it a step is repeated by backward Euler


@dataclass(frozen=True)
class Stack:
    """Cells below the film, for every lane. Lengths, capacities in cm; conductances in cm per hour."""

    capacity: np.ndarray  # (lane, cell) mass per area at unit activity
    down: np.ndarray  # (lane, cell - 1) conductance to the next cell, times this cell's activity
    up: np.ndarray  # (lane, cell - 1) the same link, times the next cell's activity
    entry: np.ndarray  # (lane,) film to first cell, times the film's activity
    back: np.ndarray  # (lane,) the same link, times the first cell's activity
    loss: np.ndarray  # (lane, cell) 1/h, first-order loss of the mass
    layer: np.ndarray  # (cell,) index of the layer a cell belongs to, from 0


@dataclass(frozen=True)
class Side:
    """The second chain: it runs beside the last `cells` cells of the stack. Zero capacity = not there."""

    capacity: np.ndarray  # (lane, side cell) cm
    axial: np.ndarray  # (lane, side cell - 1) cm/h at unit scale
    lateral: np.ndarray  # (lane, side cell) cm/h at unit scale


@dataclass(frozen=True)
class Clock:
    """Step ends and everything that changes with time, evaluated at the two stages of every step.

    Arrays (lane, step, stage); a lane axis of length 1 serves all lanes.
    """

    time: np.ndarray  # (step + 1,) h
    film: np.ndarray  # cm, capacity of the film
    mouth: np.ndarray  # cm/h, film to first side cell
    axial: np.ndarray  # scale of Side.axial
    lateral: np.ndarray  # scale of Side.lateral
    wipe: int  # index of the step before which the film is wiped off and the top closed; -1 = never


@dataclass(frozen=True)
class Course:
    """Masses per area at every step end, shape (lane, step + 1); unit of the dose."""

    time: np.ndarray
    film: np.ndarray
    wiped: np.ndarray
    layers: np.ndarray  # (lane, layer, step + 1), side chain included
    lost: np.ndarray
    through_mouth: np.ndarray  # net, film to side chain

    @property
    def total(self) -> np.ndarray:
        """Everything there is, shape (lane, step + 1)."""
        return self.film + self.wiped + self.layers.sum(axis=1) + self.lost


def solve(stack: Stack, side: Side | None, clock: Clock, dose: np.ndarray, saturation: np.ndarray) -> Course:
    """Run every lane from `dose` in the film (lane,) to the last step; `saturation` (lane,) caps the film's activity."""
    layers = int(stack.layer.max()) + 1
    out = np.zeros((dose.size, layers + 4, clock.time.size))
    courses = tuple(np.ascontiguousarray(a) for a in (clock.film, clock.mouth, clock.axial, clock.lateral))
    _run(_rates(stack), stack.entry, stack.layer.astype(np.int64), _side_rates(side, dose.size), np.diff(clock.time),
         courses, clock.wipe, dose, saturation, out)
    return Course(clock.time, out[:, 0], out[:, 1], out[:, 4:], out[:, 2], out[:, 3])


def graded_times(events: tuple[float, ...], end: float, marks: tuple[float, ...] = (), *, first: float = 1.0 / 60.0,
                 growth: float = 1.25, longest: float = 2.0) -> np.ndarray:
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


def _per_mass(conductance: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    """Conductance / capacity, 0 where there is no capacity."""
    there = capacity > 0.0
    return np.where(there, conductance, 0.0) / np.where(there, capacity, 1.0)


def _rates(stack: Stack) -> tuple[np.ndarray, ...]:
    down = _per_mass(stack.down, stack.capacity[:, :-1])
    up = _per_mass(stack.up, stack.capacity[:, 1:])
    return down, up, _per_mass(stack.back, stack.capacity[:, 0]), stack.loss, stack.capacity


def _side_rates(side: Side | None, lanes: int) -> tuple[np.ndarray, ...]:
    if side is None:
        nothing = np.zeros((lanes, 0))
        return nothing, nothing, nothing, nothing
    axial_down = _per_mass(side.axial, side.capacity[:, :-1])
    axial_up = _per_mass(side.axial, side.capacity[:, 1:])
    return _per_mass(np.ones_like(side.capacity), side.capacity), axial_down, axial_up, side.lateral


@njit(cache=True, parallel=True, error_model="numpy", fastmath=False)
def _run(stack, entry, layer, side, dt, courses, wipe, dose, saturation, out):
    """Every lane on its own; a lane axis of length 1 in `courses` serves all."""
    down, up, back, loss, capacity = stack
    per_side, axial_down, axial_up, lateral = side
    film, mouth, axial, wall = courses
    for index in prange(dose.size):
        lane = np.int64(index)
        _follow((down[lane], up[lane], loss[lane], capacity[lane]), (entry[lane], back[lane]), layer,
                (per_side[lane], axial_down[lane], axial_up[lane], lateral[lane]), dt,
                (film[min(lane, film.shape[0] - 1)], mouth[min(lane, mouth.shape[0] - 1)],
                 axial[min(lane, axial.shape[0] - 1)], wall[min(lane, wall.shape[0] - 1)]),
                wipe, dose[lane], saturation[lane], out[lane])


@njit(cache=True, error_model="numpy", fastmath=False)
def _follow(stack, top, layer, side, dt, courses, wipe, dose, saturation, out):
    """One lane through all steps. `out` (4 + layer, step + 1): film, wiped, lost, passed, layers."""
    loss, per_side = stack[2], side[0]
    film, mouth, axial, wall = courses
    cells, beside = loss.size, per_side.size
    n = cells + beside
    row = _rows(cells, beside)
    band, right, border = np.empty((5, n)), np.empty((2, n)), np.empty(n)
    mass, first, last = np.zeros(n), np.zeros(n), np.zeros(n)
    vehicle, wiped, lost, passed = dose, 0.0, 0.0, 0.0
    out[0, 0] = vehicle
    for step in range(dt.size):
        if step == wipe:
            wiped += vehicle
            vehicle = 0.0
            top = (0.0, 0.0)
        covered = wipe < 0 or step < wipe
        h = dt[step]
        lid = saturation / vehicle if vehicle > 0.0 else np.inf
        early, late = min(1.0 / film[step, 0], lid), min(1.0 / film[step, 1], lid)
        gate_early = mouth[step, 0] if covered and beside > 0 and per_side[0] > 0.0 else 0.0
        gate_late = mouth[step, 1] if covered and beside > 0 and per_side[0] > 0.0 else 0.0
        share = 1.0 - GAMMA
        for i in range(n):
            right[0, i] = mass[i]
        start = _stage(band, border, right, GAMMA * h, row, stack, top, early, gate_early, side, axial[step, 0],
                       wall[step, 0], vehicle, first)
        ahead = share / GAMMA
        for i in range(n):
            right[0, i] = mass[i] + ahead * (first[i] - mass[i])
        end = _stage(band, border, right, GAMMA * h, row, stack, top, late, gate_late, side, axial[step, 1],
                     wall[step, 1], vehicle + ahead * (start - vehicle), last)
        if min(end, last.min()) < -_UNDERSHOOT * max(end, last.max()):
            share = 0.0
            for i in range(n):
                right[0, i] = mass[i]
            end = _stage(band, border, right, h, row, stack, top, late, gate_late, side, axial[step, 1], wall[step, 1],
                         vehicle, last)
        for i in range(cells):
            lost += h * loss[i] * (share * first[row[i]] + (1.0 - share) * last[row[i]])
        if beside > 0:
            gone = share * gate_early * (early * start - per_side[0] * first[row[cells - beside] + 1])
            passed += h * (gone + (1.0 - share) * gate_late * (late * end - per_side[0] * last[row[cells - beside] + 1]))
        vehicle = end
        for i in range(n):
            mass[i] = last[i]
        out[0, step + 1], out[1, step + 1], out[2, step + 1], out[3, step + 1] = vehicle, wiped, lost, passed
        for i in range(cells):
            out[4 + layer[i], step + 1] += mass[row[i]]
            if i >= cells - beside:
                out[4 + layer[i], step + 1] += mass[row[i] + 1]


@njit(cache=True, error_model="numpy", fastmath=False)
def _rows(cells, beside):
    """Row of every cell: side cells stand between the cells that they run beside."""
    row = np.empty(cells, np.int64)
    for i in range(cells):
        row[i] = i + max(0, i - (cells - beside)) if beside > 0 else i
    return row


@njit(cache=True, error_model="numpy", fastmath=False)
def _stage(band, border, right, weight, row, stack, top, activity, gate, side, axial, wall, known, result):
    """Solve (I + weight A) x = right[0] with the film's row; the cells go to `result`, the film is returned."""
    n = border.size
    _clear(band, border, right)
    _chain(band, weight, row, stack)
    entry, back = top
    border[0] -= weight * back
    band[2, 0] += weight * back
    right[1, 0] -= weight * entry * activity
    if side[0].size > 0:
        _beside_chain(band, weight, row, stack[3], side, axial, wall)
        mouth = row[row.size - side[0].size] + 1
        band[2, mouth] += weight * gate * side[0][0]
        border[mouth] -= weight * gate * side[0][0]
        right[1, mouth] -= weight * gate * activity
    solve_band(band, right, n)
    film = close_border(right, border, 1.0 + weight * activity * (entry + gate), known, n)
    for i in range(n):
        result[i] = right[0, i]
    return film


@njit(cache=True, error_model="numpy", fastmath=False)
def _clear(band, border, right):
    for i in range(border.size):
        band[0, i] = 0.0
        band[1, i] = 0.0
        band[2, i] = 1.0
        band[3, i] = 0.0
        band[4, i] = 0.0
        right[1, i] = 0.0
        border[i] = 0.0


@njit(cache=True, error_model="numpy", fastmath=False)
def _chain(band, weight, row, stack):
    """Loss of every cell and exchange with the next one; `down` and `up` are per mass."""
    down, up, loss, _ = stack
    for i in range(row.size):
        here = row[i]
        band[2, here] += weight * loss[i]
        if i + 1 < row.size:
            there = row[i + 1]
            far = there - here == 2
            band[2, here] += weight * down[i]
            band[2, there] += weight * up[i]
            band[0 if far else 1, there] -= weight * down[i]
            band[4 if far else 3, here] -= weight * up[i]


@njit(cache=True, error_model="numpy", fastmath=False)
def _beside_chain(band, weight, row, capacity, side, axial, wall):
    """Exchange between side cells, and between a side cell and the cell it runs beside."""
    per_side, axial_down, axial_up, lateral = side
    beside = per_side.size
    offset = row.size - beside
    for k in range(beside):
        if per_side[k] == 0.0:
            break
        cell = row[offset + k]
        outward = weight * wall * lateral[k] * per_side[k]
        inward = weight * wall * lateral[k] / capacity[offset + k]
        band[2, cell + 1] += outward
        band[3, cell] -= outward
        band[2, cell] += inward
        band[1, cell + 1] -= inward
        if k + 1 < beside:
            band[2, cell + 1] += weight * axial * axial_down[k]
            band[0, cell + 3] -= weight * axial * axial_down[k]
            band[2, cell + 3] += weight * axial * axial_up[k]
            band[4, cell + 1] -= weight * axial * axial_up[k]


def steady_permeance(stack: Stack, side: Side | None, mouth: np.ndarray, axial: np.ndarray,
                     lateral: np.ndarray) -> np.ndarray:
    """Flux out of a film held at unit activity when nothing changes any more [cm/h], shape (lane,).

    Solved densely in activities, apart from the time stepper; whatever loss the stack has is the sink.
    """
    lanes, cells = stack.capacity.shape
    beside = 0 if side is None else side.capacity.shape[1]
    matrix = np.zeros((lanes, cells + beside, cells + beside))
    source = np.zeros((lanes, cells + beside))
    _link(matrix, 0, None, stack.back)
    source[:, 0] = stack.entry
    for i in range(cells):
        matrix[:, i, i] += stack.loss[:, i] * stack.capacity[:, i]
        if i + 1 < cells:
            _link(matrix, i, i + 1, stack.down[:, i], stack.up[:, i])
    if side is not None:
        _beside(matrix, side, cells, beside, mouth, axial, lateral)
        source[:, cells] = mouth
    activity = np.linalg.solve(matrix, source[:, :, None])[:, :, 0]
    flux = stack.entry - stack.back * activity[:, 0]
    return flux if side is None else flux + mouth * (1.0 - activity[:, cells])


def _beside(matrix: np.ndarray, side: Side, cells: int, beside: int, mouth: np.ndarray, axial: np.ndarray,
            lateral: np.ndarray) -> None:
    _link(matrix, cells, None, mouth)
    for k in range(beside):
        _link(matrix, cells - beside + k, cells + k, lateral * side.lateral[:, k])
        matrix[:, cells + k, cells + k] += np.where(side.capacity[:, k] > 0.0, 0.0, 1.0)
        if k + 1 < beside:
            _link(matrix, cells + k, cells + k + 1, axial * side.axial[:, k])


def _link(matrix: np.ndarray, here: int, there: int | None, down: np.ndarray, up: np.ndarray | None = None) -> None:
    up = down if up is None else up
    matrix[:, here, here] += down
    if there is not None:
        matrix[:, there, there] += up
        matrix[:, here, there] -= up
        matrix[:, there, here] -= down
