"""The finite-dose kernel of the unit cell: closed forms, conservation, order in time and space, lanes that share nothing."""

import numpy as np
import pytest
from numba.core.errors import TypingError
from scipy.optimize import brentq

from dermatwin.numerics import unit_cell
from dermatwin.numerics.band_block import close_border, solve_band
from dermatwin.numerics.simd import LANES
from dermatwin.numerics.steps import graded_times, stage_times
from dermatwin.numerics.unit_cell import GAMMA, Bore, Clock, Grid, solve

ONE = np.ones(1)


def lane(array):
    return np.asarray(array, float)[None]


def no_bore(rows, rings=1):
    nothing = np.zeros((1, rows))
    return Bore(nothing, nothing, nothing, nothing, nothing, np.zeros((1, rows - 1)), nothing, 0.0 * ONE, 0.0 * ONE)


def slab(rows=40, length=1.0, diffusivity=1.0, sink=False, partition=1.0):
    """One ring, one layer, unit thickness unless said; every face in `Grid`, nothing in the bore."""
    height = length / rows
    face = np.full((1, rows - 1, 1), diffusivity * partition / height)
    loss = np.zeros((1, rows))
    if sink:
        loss[0, -1] = 2.0 * diffusivity / height**2
    entry = np.full((1, 1), 2.0 * diffusivity * partition / height)
    return Grid(
        np.full((1, rows, 1), height * partition),
        face,
        face,
        np.zeros((1, rows, 0)),
        entry,
        entry,
        0.0 * ONE,
        np.zeros(1, int),
        loss,
        0.0 * loss,
        np.zeros((1, rows), int),
    )


def clock(time, film, wipe=-1, **others):
    shape = (1, time.size - 1, 2)
    held = {"opened": 0.0, "fluid": 1.0, "access": 0.0, "outflow": 0.0, "perfusion": 1.0} | others
    return Clock(
        time,
        np.broadcast_to(film, shape),
        **{name: np.broadcast_to(value, shape) for name, value in held.items()},
        evaporation=0.0 * ONE,
        wipe=wipe,
        needled=-1,
    )


def run(grid, when, dose=1.0, saturation=np.inf, bore=None, layers=1, **more):
    return solve(grid, bore or no_bore(grid.capacity.shape[1]), when, dose * ONE, saturation * ONE, layers=layers, **more)


@pytest.mark.parametrize(("n", "half"), [(3, 1), (17, 3), (40, 7)])
def test_eight_bordered_bands_against_dense_solves(n, half):
    random = np.random.default_rng(n)
    band = -random.random((n, 2 * half + 1, LANES))
    band[:, half] = 2.0 * half + random.random((n, LANES)) + 1.0
    dense = np.zeros((LANES, n + 1, n + 1))
    for i in range(n):
        for k in range(2 * half + 1):
            j = i + k - half
            if 0 <= j < n:
                dense[:, i, j] = band[i, k]
            else:
                band[i, k] = 0.0
    column, row, f = -random.random((n, LANES)), -random.random((n, LANES)), random.random((n + 1, LANES))
    dense[:, :n, n], dense[:, n, :n], dense[:, n, n] = column.T, row.T, 5.0 * n
    right = np.stack([f[:n], column], axis=1)
    solve_band(band, right, half)
    border = np.empty(LANES)
    close_border(right, row, np.full(LANES, 5.0 * n), f[n], border)
    found = np.concatenate([right[:, 0], border[None]])
    assert pytest.approx(np.linalg.solve(dense, f.T[:, :, None])[:, :, 0], abs=1e-12) == found.T


@pytest.mark.parametrize("wrong", [np.ones((8, 2, 3)).T, np.ones((3, 2, 8), np.float32), np.ones((3, 8))])
def test_what_is_no_row_of_eight_numbers_is_refused(wrong):
    """Rows are read where they lie: another order or type would be read wrongly without a word."""
    with pytest.raises(TypingError, match="C-ordered array of three dimensions"):
        solve_band(wrong, np.ones((3, 2, LANES)), 0)


def test_lag_and_steady_flux_of_a_slab():
    """Q(t) -> D C t/L - C L/6: flux 1, lag L^2/6D."""
    time = graded_times((0.0,), 2.0, first=1e-4, longest=0.01)
    course = run(slab(60, sink=True), clock(time, 1e4), 1e4)
    late = time > 1.0
    flux, offset = np.polyfit(time[late], course.cleared[0, late], 1)
    assert flux == pytest.approx(1.0, rel=2e-3)
    assert -offset / flux == pytest.approx(1.0 / 6.0, rel=5e-3)


def test_finite_film_on_a_closed_slab_against_the_series():
    """Uptake from a stirred film of limited volume: M/M_inf = 1 - sum 2 a (1 + a)/(1 + a + a^2 q^2) exp(-q^2 t)."""
    a = 0.7
    roots = [brentq(lambda q: np.tan(q) + a * q, (n + 0.5) * np.pi + 1e-9, (n + 1.0) * np.pi) for n in range(60)]
    q = np.array(roots)
    time = graded_times((0.0,), 1.0, (0.03, 0.1, 0.3), first=1e-5, growth=1.1, longest=0.01)
    course = run(slab(200), clock(time, a), a)
    for t in (0.03, 0.1, 0.3, 1.0):
        share = 1.0 - (2.0 * a * (1.0 + a) / (1.0 + a + a**2 * q**2) * np.exp(-(q**2) * t)).sum()
        uptake = course.layers[0, 0, np.searchsorted(time, t)] / (a / (1.0 + a))
        assert uptake == pytest.approx(share, rel=3e-3)


def layered(sink):
    """Two layers of partition 3 and 0.5, diffusivity 0.2 and 4, half the thickness each."""
    rows, k, d = 12, np.repeat([3.0, 0.5], 6), np.repeat([0.2, 4.0], 6)
    height = np.full(rows, 1.0 / rows)
    half = 0.5 * height / (d * k)
    face = lane(1.0 / (half[1:] + half[:-1]))[:, :, None]
    loss = np.zeros((1, rows))
    if sink:
        loss[0, -1] = 1.0 / (half[-1] * height[-1] * k[-1])
    entry = np.full((1, 1), 1.0 / half[0])
    return Grid(
        lane(height * k)[:, :, None],
        face,
        face,
        np.zeros((1, rows, 0)),
        entry,
        entry,
        0.0 * ONE,
        np.zeros(1, int),
        loss,
        0.0 * loss,
        lane(np.repeat([0, 1], 6)).astype(int),
    )


def test_two_layers_with_partition_in_series():
    """Steady permeance 1/(h1/D1K1 + h2/D2K2), exactly; at rest each layer holds K times the film's activity."""
    exact = 1.0 / (0.5 / 0.6 + 0.5 / 2.0)
    through = run(layered(True), clock(graded_times((0.0,), 60.0), 1e9), 1e9, layers=2)
    flux = (through.cleared[0, -1] - through.cleared[0, -2]) / (through.time[-1] - through.time[-2])
    assert flux == pytest.approx(exact, rel=1e-6)
    rest = run(layered(False), clock(graded_times((0.0,), 100.0), 1.0), layers=2)
    assert rest.layers[0, :, -1] / 0.5 == pytest.approx(np.array([3.0, 0.5]) * rest.film[0, -1], rel=1e-6)


def test_a_face_that_conducts_unequally_settles_at_its_ratio():
    grid = slab(2)
    up = 0.25 * grid.down
    course = run(
        Grid(*(up if name == "up" else getattr(grid, name) for name in grid.__dataclass_fields__)),
        clock(graded_times((0.0,), 200.0), 1.0),
    )
    first, second = course.depth_activity[0, :, -1]
    assert second == pytest.approx(4.0 * first, rel=1e-6)


def test_a_way_past_the_first_rows():
    """Shunt and nothing else: the film drains exponentially into one row that clears at once."""
    grid = slab(3)
    closed = Grid(
        grid.capacity,
        0.0 * grid.down,
        0.0 * grid.up,
        grid.across,
        0.0 * grid.entry,
        0.0 * grid.back,
        0.5 * ONE,
        np.array([2]),
        np.array([[0.0, 0.0, 1e9]]),
        grid.reaction,
        grid.layer,
    )
    time = np.linspace(0.0, 4.0, 400)
    course = run(closed, clock(time, 2.0))
    assert course.film[0] == pytest.approx(np.exp(-0.25 * time), rel=1e-4)
    assert course.cleared[0] == pytest.approx(1.0 - np.exp(-0.25 * time), rel=1e-2, abs=1e-4)


def test_a_lane_that_would_undershoot_takes_its_step_by_backward_euler():
    """Side by side, one step of 40 h: film emptied at 0.25/h, 1/(1 + 10), and at 0.0025/h, R(-0.1) of the two stages."""
    two, grid = np.ones(2), slab(3)
    fields = {name: np.repeat(getattr(grid, name), 2, axis=0) for name in grid.__dataclass_fields__}
    for name in ("down", "up", "entry", "back"):
        fields[name] = 0.0 * fields[name]
    fields |= {"shunt": np.array([0.5, 0.005]), "shunt_row": np.array([2, 2]), "clearance": np.tile([0.0, 0.0, 1e9], (2, 1))}
    bore = no_bore(3)
    pair = Bore(*(np.repeat(getattr(bore, name), 2, axis=0) for name in bore.__dataclass_fields__))
    course = solve(Grid(**fields), pair, clock(np.array([0.0, 40.0]), 2.0), two, np.inf * two, layers=1)
    stages = (1.0 - (1.0 - 2.0 * GAMMA) * 0.1) / (1.0 + GAMMA * 0.1) ** 2
    assert course.film[:, 1] == pytest.approx([1.0 / 11.0, stages], rel=1e-6)
    assert course.total == pytest.approx(np.ones((2, 2)), abs=1e-12)


def test_reaction_clearance_and_evaporation_are_told_apart():
    grid = slab(2)
    lossy = Grid(
        *(
            np.full((1, 2), 0.3)
            if name == "clearance"
            else np.full((1, 2), 0.1)
            if name == "reaction"
            else getattr(grid, name)
            for name in grid.__dataclass_fields__
        )
    )
    when = clock(np.linspace(0.0, 30.0, 300), 0.5, perfusion=2.0)
    when = Clock(*(0.2 * ONE if name == "evaporation" else getattr(when, name) for name in when.__dataclass_fields__))
    course = run(lossy, when)
    assert course.cleared[0, -1] == pytest.approx(6.0 * course.reacted[0, -1], rel=1e-12)
    assert course.evaporated[0, -1] > 0.0
    assert course.total == pytest.approx(np.ones((1, 300)), abs=1e-12)


def pierced(seed=3, rows=10, rings=5):
    """A cell with rough numbers: nothing about it is symmetric but its conservation."""
    random = np.random.default_rng(seed)
    face = random.random((1, rows - 1, rings)) + 0.1
    face[:, :, 0] = 0.0
    loss = np.zeros((1, rows))
    loss[0, -1] = 3.0
    entry = random.random((1, rings)) * 0.01
    grid = Grid(
        random.random((1, rows, rings)) * 0.1 + 0.02,
        face,
        face,
        random.random((1, rows, rings - 1)) + 0.1,
        entry,
        entry,
        0.0 * ONE,
        np.zeros(1, int),
        loss,
        0.0 * loss,
        lane(np.repeat([0, 1], rows // 2)).astype(int),
    )
    taper = np.where(np.arange(rows) < 6, 0.8, 0.0)
    bore = Bore(
        lane(taper),
        grid.capacity[:, :, 0] / 1.5,
        lane(np.full(rows, 2.0)),
        lane(np.full(rows, 0.4)),
        lane(np.full(rows, 1.5)),
        np.zeros((1, rows - 1)),
        lane(np.full(rows, 1.2)),
        0.3 * ONE,
        0.01 * ONE,
    )
    return grid, bore


def busy(time, wipe=-1, needled=-1):
    """A clock on which everything changes."""
    when = stage_times(time)[None]
    return Clock(
        time,
        0.3 + 0.1 * np.exp(-when),
        np.exp(-0.2 * when),
        2.0 / (1.0 + when),
        1.0 + 0.0 * when,
        0.05 * np.exp(-when),
        1.0 + np.exp(-when),
        0.01 * ONE,
        wipe,
        needled,
    )


def test_mass_is_conserved_and_nothing_is_negative_on_coarse_steps():
    grid, bore = pierced()
    course = run(grid, busy(np.linspace(0.0, 30.0, 12), wipe=7, needled=2), bore=bore, layers=2)
    assert course.total == pytest.approx(np.ones((1, 12)), abs=1e-12)
    parts = (course.film, course.layers, course.cleared, course.wiped, course.evaporated)
    assert min(part.min() for part in parts) >= -1e-12
    assert (course.film[0, 8:] == 0.0).all()
    assert np.ptp(course.through_mouth[0, 7:]) == 0.0
    assert course.through_mouth[0, 3] > 0.0


def test_the_needles_press_no_more_than_half_of_the_film():
    grid, bore = pierced()
    flooded = Bore(*(1e9 * ONE if name == "fill" else getattr(bore, name) for name in bore.__dataclass_fields__))
    time = np.array([0.0, 1e-9, 2e-9])
    course = run(grid, busy(time, needled=0), bore=flooded, layers=2)
    assert course.film[0, 1] == pytest.approx(0.5, rel=1e-6)
    assert course.layers[0, :, 1].sum() == pytest.approx(0.5, rel=1e-6)


def test_the_needles_push_what_was_there_aside():
    """What fills the place of the channel goes into the ring around it; nothing is set free."""
    grid, bore = pierced()
    dry = Bore(*(0.0 * ONE if name == "fill" else getattr(bore, name) for name in bore.__dataclass_fields__))
    time = np.concatenate([np.linspace(0.0, 2.0, 40), 2.0 + np.array([1e-9, 2e-9])])
    shut = clock(time, 0.3)
    moved = Clock(*(39 if name == "needled" else getattr(shut, name) for name in shut.__dataclass_fields__))
    still, pushed = (run(grid, when, bore=dry, layers=2, keep=np.ones(1, bool)) for when in (shut, moved))
    aside = (still.field[0, 40] * grid.capacity[0])[:6, 0]
    found = (pushed.field[0, 40] * grid.capacity[0])[:6]
    assert found[:, 0] == pytest.approx(np.zeros(6), abs=1e-6)
    assert found[:, 1] == pytest.approx((still.field[0, 40] * grid.capacity[0])[:6, 1] + aside, rel=1e-6)


def test_outflow_holds_a_large_solute_back():
    grid, bore = pierced()
    time = np.linspace(0.0, 3.0, 60)
    still, washed = (
        run(grid, clock(time, 0.3, opened=1.0, fluid=0.02, access=1.0, outflow=flow), bore=bore, layers=2)
        for flow in (0.0, 0.5)
    )
    assert washed.through_mouth[0, -1] < 0.6 * still.through_mouth[0, -1]


def test_a_saturated_film_feeds_at_a_constant_rate():
    time = np.linspace(0.0, 4.0, 401)
    course = run(slab(4, sink=True), clock(time, 0.1), saturation=0.05)
    late = slice(200, 401)
    assert course.film[0, 400] > 0.5
    assert np.diff(course.film[0, late]) / np.diff(time[late]) == pytest.approx(-0.05 * np.ones(200), rel=1e-3)


@pytest.mark.parametrize("threads", [1, 3])
def test_lanes_share_nothing(threads, monkeypatch):
    """A lane gives the same bits alone, in a full block and in a block that is filled up, on one thread and on several."""
    monkeypatch.setattr(unit_cell, "get_num_threads", lambda: threads)
    cells = [pierced(seed) for seed in range(11)]
    grid, bore = (
        type(parts[0])(*(np.concatenate([getattr(part, name) for part in parts]) for name in parts[0].__dataclass_fields__))
        for parts in zip(*cells, strict=True)
    )
    when = busy(np.linspace(0.0, 5.0, 20), needled=3)
    together = solve(grid, bore, when, np.ones(11), np.full(11, np.inf), layers=2, keep=np.arange(11) == 9)
    alone = [run(g, when, bore=b, layers=2) for g, b in cells]
    assert (together.cleared == np.concatenate([course.cleared for course in alone])).all()
    assert together.field.shape == (1, 20, 10, 5)
    held = (together.field[0, -1] * grid.capacity[9]).sum()
    assert held == pytest.approx(together.layers[9, :, -1].sum(), rel=0.2)


def order(errors):
    return np.log2(np.array(errors[:-1]) / np.array(errors[1:]))


def test_second_order_in_time():
    grid, bore = pierced()

    def lost(steps):
        return run(grid, busy(np.linspace(0.0, 1.0, steps + 1)), bore=bore, layers=2).cleared[0, -1]

    reference = lost(4096)
    assert order([abs(lost(n) - reference) for n in (32, 64, 128)]) == pytest.approx([2.0, 2.0], abs=0.3)


def test_second_order_in_space():
    time = np.linspace(0.0, 0.3, 400)

    def lost(rows):
        return run(slab(rows, sink=True), clock(time, 0.5), 0.5).cleared[0, -1]

    reference = lost(640)
    assert order([abs(lost(n) - reference) for n in (10, 20, 40)]) == pytest.approx([2.0, 2.0], abs=0.25)
