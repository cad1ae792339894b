"""A well-mixed film on the unit cell of one channel: axisymmetric, layered, linear, of finite dose.

Skin is cut into equal cylinders, one around each channel. Rings i = 0 (channel), 1, ... and rows k = 0 (surface), 1, ...;
the unknown of a cell is its activity u, its mass C u.

    d(C u)_ik/dt = sum over neighbours of g (u_j - u_ik) - (clearance q(t) + reaction)_k (C u)_ik
    d(C_f u_f)/dt = - entry (u_f) + back (u) - mouth(t) (u_f - u_00) + outflow(t) u_00 - evaporation u_f C_f

Ring 0 is a mixture: the share phi = taper_k opened(t) of its cross-section is channel, the rest is the layer's own
material. Along the axis the two conduct side by side, to the side the flux crosses what is left of the layer between the
channel's wall and the ring's edge, ln(1/phi)/2. Where the material is given as 0 its faces are those of `Grid`, and they
are out of use while the channel is open: its rest is a watery plug that conducts nothing. The needles push what was in
ring 0 into ring 1. A flow out of the channel carries u_0k upwards and is fed through the wall from ring 1. Conductances
between layers are those of two half cells in series, so that a jump of the partition coefficient at an interface is
exact; a face may conduct unequally in its two directions (`down`, `up`).

Time: SDIRK2 (Alexander 1977, SIAM J Numer Anal 14:1006, gamma = 1 - 1/sqrt 2; second order, L-stable); a lane in which a
step would undershoot zero takes that step by backward Euler, which cannot. Mass is conserved to rounding, because every
flux leaves one unknown and enters another in the same stage. Saturation of the film is taken at the start of a step.
Knows nothing about skin.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numba import get_num_threads, njit

from .band_block import close_border, solve_band
from .kept import kept
from .simd import LANES

GAMMA = 1.0 - 0.5 * np.sqrt(2.0)
STAGES = (GAMMA, 1.0)
_UNDERSHOOT = 1e-13  # of the largest activity; below it a step is repeated by backward Euler
_SHUT = 1e-6  # numerical: channel share of ring 0 below which there is no channel
_FIRST, _SECOND, _EULER = 0, 1, 2  # the solves of a step: two stages, and backward Euler where it is needed
_inner: Any = njit(error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""For what only compiled code calls: no entry from Python is compiled, and no cache of its own written."""


@dataclass(frozen=True)
class Grid:
    """Cells below the film for every lane, everything per area of skin. Lengths and capacities cm, conductances cm/h."""

    capacity: np.ndarray  # (lane, row, ring) cm
    down: np.ndarray  # (lane, row - 1, ring) to the next row, times the upper activity
    up: np.ndarray  # (lane, row - 1, ring) the same face, times the lower activity
    across: np.ndarray  # (lane, row, ring - 1) to the next ring
    entry: np.ndarray  # (lane, ring) film to the first row, times the film's activity
    back: np.ndarray  # (lane, ring) the same face, times the first row's activity
    shunt: np.ndarray  # (lane,) film to the last ring of row `shunt_row`, past the rows above
    shunt_row: np.ndarray  # (lane,) int
    clearance: np.ndarray  # (lane, row) 1/h, first-order loss of mass, times Clock.perfusion
    reaction: np.ndarray  # (lane, row) 1/h, first-order loss of mass
    layer: np.ndarray  # (lane, row) int, the layer a row belongs to


@dataclass(frozen=True)
class Bore:
    """The channel in ring 0 when it is fully open; taper 0 everywhere = there is none."""

    taper: np.ndarray  # (lane, row) share of ring 0's cross-section
    volume: np.ndarray  # (lane, row) cm, volume of ring 0 per area of skin
    half: np.ndarray  # (lane, row) 1/cm, cross-section of ring 0 over half the row's height, per area of skin
    material: np.ndarray  # (lane, row) cm2/h, conductivity of the rest of ring 0; 0 where `Grid.down` holds it
    partition: np.ndarray  # (lane, row) of the rest of ring 0
    bond: np.ndarray  # (lane, row - 1) h/cm, resistance of the face below a row, in ring 0 per area of skin
    wall: np.ndarray  # (lane, row) cm/h, 2 pi D K height per area of skin; 0 = the wall is tight
    gap: np.ndarray  # (lane,) ln of the first ring's node over ring 0's edge
    fill: np.ndarray  # (lane,) cm, film volume that the needles press into the channels


@dataclass(frozen=True)
class Clock:
    """Step ends and what changes with time at the two stages of every step; a lane axis of length 1 serves all."""

    time: np.ndarray  # (step + 1,) h
    film: np.ndarray  # (lane, step, stage) cm, capacity of the film
    opened: np.ndarray  # (lane, step, stage) open share of the channel's cross-section
    fluid: np.ndarray  # (lane, step, stage) cm2/h, diffusivity in the channel
    access: np.ndarray  # (lane, step, stage) cm/h, from the film to the mouth
    outflow: np.ndarray  # (lane, step, stage) cm/h, volume out of the mouth per area of skin
    perfusion: np.ndarray  # (lane, step, stage) factor of the clearance
    evaporation: np.ndarray  # (lane,) 1/h, loss of the film's mass to the air
    wipe: int  # index of the step before which the film is wiped off and the top closed; -1 = never
    needled: int  # index of the step before which the needles go in, displace what is there and press film in; -1 = never


@dataclass(frozen=True)
class Course:
    """Masses per area of skin at every step end, shape (lane, step + 1); unit of the dose."""

    time: np.ndarray
    film: np.ndarray
    wiped: np.ndarray
    evaporated: np.ndarray
    layers: np.ndarray  # (lane, layer, step + 1), channels included
    cleared: np.ndarray
    reacted: np.ndarray
    through_mouth: np.ndarray  # net, film to channel
    depth_activity: np.ndarray  # (lane, row, step + 1) mean over the rings
    field: np.ndarray  # (lane of `keep`, step + 1, row, ring) activity

    @property
    def total(self) -> np.ndarray:
        """Everything there is, shape (lane, step + 1)."""
        return self.film + self.wiped + self.evaporated + self.layers.sum(axis=1) + self.cleared + self.reacted


def solve(
    grid: Grid,
    bore: Bore,
    clock: Clock,
    dose: np.ndarray,
    saturation: np.ndarray,
    *,
    layers: int = 3,
    keep: np.ndarray | None = None,
) -> Course:
    """Run every lane from `dose` in the film (lane,) to the last step; `saturation` (lane,) caps the film's activity.

    keep : (lane,) True for the lanes whose whole field is kept at every step.
    """
    lanes, rows, rings = grid.capacity.shape
    steps = clock.time.size
    kept = np.full(lanes, -1, np.int64)
    if keep is not None:
        kept[np.flatnonzero(keep)] = np.arange(int(keep.sum()))
    totals = np.zeros((lanes, 6 + layers, steps))
    depth = np.zeros((lanes, rows, steps))
    field = np.zeros((int((kept >= 0).sum()), steps, rows, rings))
    static = _plain(grid.capacity, grid.down, grid.up, grid.across, grid.entry, grid.back, grid.clearance, grid.reaction)
    shape = (grid.shunt_row.astype(np.int64), grid.layer.astype(np.int64), kept)
    channel = _plain(bore.taper, bore.volume, bore.half, bore.material, bore.partition, bore.bond, bore.wall)
    alone = _plain(
        *(np.broadcast_to(a, lanes) for a in (grid.shunt, bore.gap, bore.fill, clock.evaporation, dose, saturation))
    )
    courses = _plain(clock.film, clock.opened, clock.fluid, clock.access, clock.outflow, clock.perfusion)
    _run(
        lanes,
        partial(
            _follow,
            static,
            shape,
            channel,
            alone,
            courses,
            np.diff(clock.time),
            int(clock.wipe),
            int(clock.needled),
            totals,
            depth,
            field,
        ),
    )
    return Course(
        clock.time,
        totals[:, 0],
        totals[:, 1],
        totals[:, 2],
        totals[:, 6:],
        totals[:, 3],
        totals[:, 4],
        totals[:, 5],
        depth,
        field,
    )


def _plain(*arrays: np.ndarray) -> tuple[np.ndarray, ...]:
    """Own, contiguous arrays: one compiled variant serves all."""
    return tuple(np.require(array, float, ["C", "W"]) for array in arrays)


def _run(lanes: int, follow: Callable[[np.ndarray], None]) -> None:
    """Blocks of eight lanes over as many threads as numba may use; the last block is filled up with copies of the last lane.

    Threads of Python, because what they run holds no lock of the interpreter; numba's own take longer to compile. They end
    with the call: nothing is left behind that a forked process would wait for.
    """
    blocks = [np.minimum(np.arange(start, start + LANES), lanes - 1) for start in range(0, lanes, LANES)]
    if len(blocks) <= 1 or get_num_threads() == 1:
        for block in blocks:
            follow(block)
        return
    with ThreadPoolExecutor(min(len(blocks), get_num_threads())) as pool:
        list(pool.map(follow, blocks))  # raises what a block raised


@_inner
def _gather(source, which):
    """Lanes `which` of a (lane, row, ring) array as (row, ring, 8)."""
    out = np.empty((source.shape[1], source.shape[2], LANES))
    for k in range(source.shape[1]):
        for i in range(source.shape[2]):
            for lane in range(LANES):
                out[k, i, lane] = source[which[lane], k, i]
    return out


@_inner
def _gather_flat(source, which):
    """Lanes `which` of a (lane, n) array as (n, 8)."""
    out = np.empty((source.shape[1], LANES))
    for k in range(source.shape[1]):
        for lane in range(LANES):
            out[k, lane] = source[which[lane], k]
    return out


@kept(nogil=True, error_model="numpy")
def _follow(static, shape, channel, alone, courses, dt, wipe, needled, totals, depth, field, which):
    """Eight lanes through all steps."""
    layout = (
        _gather(static[0], which),
        _gather(static[1], which),
        _gather(static[2], which),
        _gather(static[3], which),
        _gather_flat(static[4], which),
        _gather_flat(static[5], which),
        _gather_flat(static[6], which),
        _gather_flat(static[7], which),
    )
    bore = (
        _gather_flat(channel[0], which),
        _gather_flat(channel[1], which),
        _gather_flat(channel[2], which),
        _gather_flat(channel[3], which),
        _gather_flat(channel[4], which),
        _gather_flat(channel[5], which),
        _gather_flat(channel[6], which),
    )
    rows, rings = layout[0].shape[0], layout[0].shape[1]
    n = rows * rings
    single = np.empty((6, LANES))
    for j in range(6):
        for lane in range(LANES):
            single[j, lane] = alone[j][which[lane]]
    shunt_row = np.empty(LANES, np.int64)
    for lane in range(LANES):
        shunt_row[lane] = shape[0][which[lane]]
    work = (np.empty((n, 2 * rings + 1, LANES)), np.empty((n, 2, LANES)), np.empty((n, LANES)), np.empty((rows, LANES)))
    mass, film = np.zeros((n, LANES)), _copied(single[4])
    solved, first, last = _solution(n), _solution(n), _solution(n)
    sums = np.zeros((5, LANES))  # wiped, evaporated, cleared, reacted, passed
    now, then = np.empty((6, LANES)), np.empty((6, LANES))
    everywhere, euler = np.ones(LANES, np.bool_), np.zeros(LANES, np.bool_)
    for lane in range(LANES):
        totals[which[lane], 0, 0] = film[lane]
    for step in range(dt.size):
        h = dt[step]
        if step == wipe:
            for lane in range(LANES):
                sums[0, lane] += film[lane]
                film[lane] = 0.0
        covered = 1.0 if wipe < 0 or step < wipe else 0.0
        _clock(courses, which, step, film, single[5], now, then)
        if step == needled:
            _displace(mass, bore, rings)
            _press(film, mass, now, bore, single[2], sums, rings)
        for part in range(3):  # a loop, so that the stage is compiled once
            if part == _EULER and not _undershoots(last, euler):
                break
            _known(part, mass, film, first, now, solved)
            _stage(
                layout,
                bore,
                single,
                shunt_row,
                now if part == _FIRST else then,
                h if part == _EULER else GAMMA * h,
                covered,
                work,
                solved,
            )
            _keep(solved, euler if part == _EULER else everywhere, first if part == _FIRST else last)
        _count(layout, bore, single, now, then, h, covered, first, last, euler, sums)
        _settle(last, then, mass, film)
        _write(step + 1, which, shape, film, sums, mass, last[0], layout[0], totals, depth, field)


@_inner
def _copied(row):
    """A row of eight of its own."""
    out = np.empty(LANES)
    for lane in range(LANES):
        out[lane] = row[lane]
    return out


@_inner
def _solution(n):
    """Room for what a solve finds: activities and capacities of the cells (n, 8), activity of the film (8,)."""
    return np.zeros((n, LANES)), np.zeros((n, LANES)), np.zeros(LANES)


@_inner
def _known(part, mass, film, first, now, known):
    """Known masses of a solve: those at the start of the step; for the second stage what the first made of them."""
    cells, top = known[0], known[2]
    for j in range(mass.shape[0]):
        for lane in range(LANES):
            cells[j, lane] = mass[j, lane]
    for lane in range(LANES):
        top[lane] = film[lane]
    if part == _SECOND:
        ratio = (1.0 - GAMMA) / GAMMA
        for j in range(mass.shape[0]):
            for lane in range(LANES):
                cells[j, lane] += ratio * (first[1][j, lane] * first[0][j, lane] - mass[j, lane])
        for lane in range(LANES):
            top[lane] += ratio * (first[2][lane] * now[0, lane] - film[lane])


@_inner
def _keep(solved, where, kept):
    """Copy a solution in the lanes `where`; the others keep what they have."""
    for j in range(solved[0].shape[0]):
        for lane in range(LANES):
            if where[lane]:
                kept[0][j, lane] = solved[0][j, lane]
                kept[1][j, lane] = solved[1][j, lane]
    for lane in range(LANES):
        if where[lane]:
            kept[2][lane] = solved[2][lane]


@_inner
def _settle(last, then, mass, film):
    """Masses at the end of a step."""
    for j in range(mass.shape[0]):
        for lane in range(LANES):
            mass[j, lane] = last[1][j, lane] * last[0][j, lane]
    for lane in range(LANES):
        film[lane] = last[2][lane] * then[0, lane]


@_inner
def _clock(courses, which, step, film, saturation, now, then):
    """What holds at the two stages: film capacity, opened, fluid, access, outflow, perfusion."""
    for j in range(6):
        course = courses[j]
        for lane in range(LANES):
            source = min(which[lane], course.shape[0] - 1)
            now[j, lane] = course[source, step, 0]
            then[j, lane] = course[source, step, 1]
    for lane in range(LANES):
        held = film[lane] / saturation[lane]
        now[0, lane] = max(now[0, lane], held)
        then[0, lane] = max(then[0, lane], held)


@_inner
def _displace(mass, bore, rings):
    """The needles push what fills their place, and all that it holds, into the ring around them."""
    taper = bore[0]
    for k in range(taper.shape[0]):
        for lane in range(LANES):
            if rings > 1 and taper[k, lane] > _SHUT:
                mass[k * rings + 1, lane] += mass[k * rings, lane]
                mass[k * rings, lane] = 0.0


@_inner
def _press(film, mass, now, bore, fill, sums, rings):
    """The needles press film into the channels: at most half of it, spread over the channel's volume."""
    taper, volume = bore[0], bore[1]
    for lane in range(LANES):
        room = 0.0
        for k in range(taper.shape[0]):
            room += taper[k, lane] * volume[k, lane]
        if room > 0.0:
            moved = min(fill[lane] / now[0, lane], 0.5) * film[lane]
            film[lane] -= moved
            sums[4, lane] += moved
            for k in range(taper.shape[0]):
                mass[k * rings, lane] += moved * taper[k, lane] * volume[k, lane] / room


@_inner
def _stage(layout, bore, single, shunt_row, now, weight, covered, work, solved):
    """Solve (C + weight L) u = known; `solved` holds the known masses and receives the activities and capacities."""
    band, right, border, _ = work
    cells, capacity, film = solved
    rows, rings = layout[0].shape[0], layout[0].shape[1]
    n = rows * rings
    corner = np.empty(LANES)
    _assemble(layout, now, weight, covered, work, capacity, corner, single[3])
    _shunt(single[0], shunt_row, rows, rings, weight * covered, work, corner)
    _channel(layout, bore, single, now, weight, covered, work, capacity, corner)
    for j in range(n):
        for lane in range(LANES):
            right[j, 0, lane] = cells[j, lane]
    solve_band(band, right, rings)
    close_border(right, border, corner, _copied(film), film)
    for j in range(n):
        for lane in range(LANES):
            cells[j, lane] = right[j, 0, lane]


@_inner
def _assemble(layout, now, weight, covered, work, capacity, corner, evaporation):
    """Everything but the faces of ring 0."""
    band, right, border, _ = work
    full, down, up, across, entry, back, clearance, reaction = layout
    rows, rings = full.shape[0], full.shape[1]
    half = rings
    for lane in range(LANES):
        corner[lane] = now[0, lane] * (1.0 + weight * evaporation[lane])
    for k in range(rows):
        for i in range(rings):
            j = k * rings + i
            for c in range(2 * rings + 1):
                for lane in range(LANES):
                    band[j, c, lane] = 0.0
            for lane in range(LANES):
                held = full[k, i, lane]
                capacity[j, lane] = held
                border[j, lane] = 0.0
                right[j, 1, lane] = 0.0
                gone = clearance[k, lane] * now[5, lane] + reaction[k, lane]
                diagonal = held * (1.0 + weight * gone)
                if k > 0 and i > 0:
                    diagonal += weight * up[k - 1, i, lane]
                    band[j, 0, lane] = -weight * down[k - 1, i, lane]
                if k < rows - 1 and i > 0:
                    diagonal += weight * down[k, i, lane]
                    band[j, 2 * half, lane] = -weight * up[k, i, lane]
                if i > 0:
                    diagonal += weight * across[k, i - 1, lane]
                    band[j, half - 1, lane] -= weight * across[k, i - 1, lane]
                if i < rings - 1:
                    diagonal += weight * across[k, i, lane]
                    band[j, half + 1, lane] -= weight * across[k, i, lane]
                band[j, half, lane] = diagonal
    for i in range(1, rings):
        for lane in range(LANES):
            band[i, half, lane] += weight * covered * back[i, lane]
            border[i, lane] -= weight * covered * back[i, lane]
            right[i, 1, lane] -= weight * covered * entry[i, lane]
            corner[lane] += weight * covered * entry[i, lane]


@_inner
def _shunt(shunt, shunt_row, rows, rings, weight, work, corner):
    """A way past the first layers, from the film into the last ring of one row."""
    band, right, border, _ = work
    for lane in range(LANES):
        j = shunt_row[lane] * rings + rings - 1
        g = weight * shunt[lane]
        band[j, rings, lane] += g
        border[j, lane] -= g
        right[j, 1, lane] -= g
        corner[lane] += g


@_inner
def _channel(layout, bore, single, now, weight, covered, work, capacity, corner):
    """Ring 0 where a share of it is open: capacity, axial and lateral conductance, flow, the mouth."""
    band, right, border, halves = work
    full, down, up, across, entry, back, clearance, reaction = layout
    taper, volume, half, material, partition, bond, wall = bore
    rows, rings = full.shape[0], full.shape[1]
    for k in range(rows):
        j = k * rings
        for lane in range(LANES):
            phi = taper[k, lane] * now[1, lane]
            phi = phi if phi > _SHUT else 0.0
            halves[k, lane] = half[k, lane] * (phi * now[2, lane] + (1.0 - phi) * material[k, lane])
            rest = partition[k, lane] if material[k, lane] > 0.0 else 1.0
            change = volume[k, lane] * (phi + (1.0 - phi) * rest) - full[k, 0, lane] if phi > 0.0 else 0.0
            capacity[j, lane] += change
            gone = clearance[k, lane] * now[5, lane] + reaction[k, lane]
            band[j, rings, lane] += change * (1.0 + weight * gone)
            if phi > 0.0 and wall[k, lane] > 0.0:
                inside = 0.25 * material[k, lane] / now[2, lane]
                g = wall[k, lane] / (single[1, lane] - 0.5 * np.log(phi) + inside) - across[k, 0, lane]
                band[j, rings, lane] += weight * g
                band[j, rings + 1, lane] -= weight * g
                band[j + 1, rings, lane] += weight * g
                band[j + 1, rings - 1, lane] -= weight * g
    for k in range(rows - 1):
        j = k * rings
        for lane in range(LANES):
            upper, lower = halves[k, lane], halves[k + 1, lane]
            both = upper * lower
            g = weight * both / (upper + lower + bond[k, lane] * both) if both > 0.0 else 0.0
            band[j, rings, lane] += g
            band[j + rings, rings, lane] += g
            band[j, 2 * rings, lane] -= g
            band[j + rings, 0, lane] -= g
            if taper[k, lane] * now[1, lane] <= _SHUT:  # nothing has gone through this row of ring 0, or it has healed
                band[j, rings, lane] += weight * down[k, 0, lane]
                band[j, 2 * rings, lane] -= weight * up[k, 0, lane]
                band[j + rings, rings, lane] += weight * up[k, 0, lane]
                band[j + rings, 0, lane] -= weight * down[k, 0, lane]
    for lane in range(LANES):
        phi = taper[0, lane] * now[1, lane]
        forth = covered * _mouth(halves[0, lane], now[3, lane], phi)
        home = forth if phi > _SHUT else covered * back[0, lane]
        forth = forth if phi > _SHUT else covered * entry[0, lane]
        band[0, rings, lane] += weight * home
        border[0, lane] -= weight * home
        right[0, 1, lane] -= weight * forth
        corner[lane] += weight * forth
    if rings > 1:
        _outflow(taper, now, weight, covered, work, rows, rings)


@_inner
def _mouth(first_half, access, phi):
    """Conductance from the film into the first row of the channel."""
    if phi <= _SHUT or access <= 0.0:
        return 0.0
    return first_half * access / (first_half + access)


@_inner
def _outflow(taper, now, weight, covered, work, rows, rings):
    """Fluid that enters through the wall, evenly along the channel, and leaves by the mouth; upwind."""
    band, _, border, _ = work
    for lane in range(LANES):
        flow = weight * now[4, lane]
        if flow <= 0.0 or taper[0, lane] * now[1, lane] <= _SHUT:
            continue
        last = 0
        for k in range(rows):
            if taper[k, lane] * now[1, lane] > _SHUT:
                last = k + 1
        for k in range(last):
            j = k * rings
            leaving, coming = flow * (last - k) / last, flow * (last - k - 1) / last
            band[j, rings, lane] += leaving
            if k + 1 < last:
                band[j, 2 * rings, lane] -= coming
            band[j, rings + 1, lane] -= leaving - coming
            band[j + 1, rings, lane] += leaving - coming
        border[0, lane] -= covered * flow


@_inner
def _undershoots(last, euler):
    """Whether a lane fell below zero, and in `euler` which."""
    cells, _, film = last
    low, high = np.empty(LANES), np.empty(LANES)
    for lane in range(LANES):
        low[lane], high[lane] = film[lane], abs(film[lane])
    for j in range(cells.shape[0]):
        for lane in range(LANES):
            low[lane] = min(low[lane], cells[j, lane])
            high[lane] = max(high[lane], abs(cells[j, lane]))
    found = False
    for lane in range(LANES):
        euler[lane] = low[lane] < -_UNDERSHOOT * high[lane]
        found = found or euler[lane]
    return found


@_inner
def _count(layout, bore, single, now, then, h, covered, first, last, euler, sums):
    """What left in this step, with the weights of the two stages."""
    clearance, reaction = layout[6], layout[7]
    (cells_first, held_first, film_first), (cells_last, held_last, film_last) = first, last
    rows, rings = layout[0].shape[0], layout[0].shape[1]
    early, late = np.empty(LANES), np.empty(LANES)
    for lane in range(LANES):
        early[lane] = 0.0 if euler[lane] else (1.0 - GAMMA) * h
        late[lane] = h - early[lane]
        before, after = now[0, lane] * film_first[lane], then[0, lane] * film_last[lane]
        sums[1, lane] += single[3, lane] * (early[lane] * before + late[lane] * after)
    for k in range(rows):
        for i in range(rings):
            j = k * rings + i
            for lane in range(LANES):
                before = early[lane] * held_first[j, lane] * cells_first[j, lane]
                after = late[lane] * held_last[j, lane] * cells_last[j, lane]
                sums[2, lane] += clearance[k, lane] * (now[5, lane] * before + then[5, lane] * after)
                sums[3, lane] += reaction[k, lane] * (before + after)
    _passed(bore, now, early, covered, cells_first, film_first, sums)
    _passed(bore, then, late, covered, cells_last, film_last, sums)


@_inner
def _passed(bore, now, span, covered, cells, film, sums):
    """Net passage through the mouth, and what flows out of an uncovered one."""
    taper, half, material = bore[0], bore[2], bore[3]
    for lane in range(LANES):
        phi = taper[0, lane] * now[1, lane]
        phi = phi if phi > _SHUT else 0.0
        first = half[0, lane] * (phi * now[2, lane] + (1.0 - phi) * material[0, lane])
        sums[4, lane] += span[lane] * covered * _mouth(first, now[3, lane], phi) * (film[lane] - cells[0, lane])
        if phi > 0.0 and now[4, lane] > 0.0:
            gone = span[lane] * now[4, lane] * cells[0, lane]
            sums[4, lane] -= covered * gone
            sums[0, lane] += (1.0 - covered) * gone


@_inner
def _write(column, which, shape, film, sums, mass, cells, full, totals, depth, field):
    """Masses, mean activity by depth and, where it is kept, the whole field after one step."""
    layer, kept = shape[1], shape[2]
    rows, rings = full.shape[0], full.shape[1]
    for lane in range(LANES):
        if lane > 0 and which[lane] == which[lane - 1]:
            continue
        line = which[lane]
        totals[line, 0, column] = film[lane]
        for j in range(5):
            totals[line, 1 + j, column] = sums[j, lane]
        for k in range(rows):
            held, room = 0.0, 0.0
            for i in range(rings):
                held += mass[k * rings + i, lane]
                room += full[k, i, lane]
                if kept[line] >= 0:
                    field[kept[line], column, k, i] = cells[k * rings + i, lane]
            totals[line, 6 + layer[line, k], column] += held
            depth[line, k, column] = held / room
