"""Patterns against closed forms, other people's neighbour search, and hands that are moved step by step."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.spatial import cKDTree

from dermatwin.core import Luck
from dermatwin.core.errors import CaseError
from dermatwin.pattern import MM2_PER_CM2, Raster, expected, in_skin_share, puncture_map, scattered, statistics
from dermatwin.pattern.cells import cell_counts, counts_within, nearest_distance, reenters
from dermatwin.pattern.layout import drum, grid, ring
from dermatwin.pattern.motion import pen, roller, stamp
from dermatwin.pattern.overlap import JAMMING_COVERAGE, free_share
from dermatwin.pattern.polygon import area, contains, near_edge, scan, square
from dermatwin.pattern.summary import dispersion, surface_places

PEN = Raster(
    ring(12, width=9.0), step=0.3, spacing=9.0, passes=4, directions=4, slit=0.2, jitter=1.0, angle_jitter=0.05, turned=True
)
ROLLER = Raster(
    drum(192, diameter=20.0, width=20.0, rows=8),
    step=20.0 * np.pi,
    spacing=20.0,
    passes=6,
    directions=4,
    slit=1.0,
    jitter=1.0,
    angle_jitter=0.05,
)
STAMP = Raster(grid(36, pitch=1.5), step=9.0, spacing=9.0, passes=4, directions=4, slit=0.0, jitter=1.0, angle_jitter=0.05)
STAR = np.array(
    [[10.0 + r * np.cos(a), 12.0 + r * np.sin(a)] for r, a in zip([9.0, 3.0] * 5, np.arange(10) * np.pi / 5.0, strict=True)]
)


def one(*values):
    return tuple(np.array([float(value)]) for value in values)


def pen_motion(step=0.3, passes=4.0, needles=12, spacing=9.0):
    frequency, passes_, speed, spacing_ = one(100.0, passes, 100.0 * step, spacing)
    return pen(
        needles,
        frequency=frequency,
        passes=passes_,
        hand_speed=speed,
        spacing=spacing_,
        protrusion=1.5,
        stroke=np.array([2.0]),
    )


class TestDensity:
    def test_roller_of_192_needles(self):
        diameter, width, passes, none = one(20.0, 20.0, 1.0, 0.0)
        made = roller(192, passes=passes, drum_diameter=diameter, spacing=width, neighbour=2.5, sliding=none, protrusion=1.5)
        assert made.contacts[0] == pytest.approx(15.279, abs=1e-3)
        fifteen = roller(
            192, passes=15.0 * passes, drum_diameter=diameter, spacing=width, neighbour=2.5, sliding=none, protrusion=0.2
        )
        assert 200.0 < fifteen.contacts[0] < 250.0  # a review states about 250 for 15 passes

    def test_a_drum_that_slides_makes_fewer_contacts_and_longer_slits(self):
        diameter, width, passes, some, none = one(20.0, 20.0, 1.0, 0.2, 0.0)
        rest = {"passes": passes, "drum_diameter": diameter, "spacing": width, "neighbour": 2.5, "protrusion": 1.5}
        sliding, rolling = roller(192, sliding=some, **rest), roller(192, sliding=none, **rest)
        assert sliding.contacts[0] == pytest.approx(0.8 * rolling.contacts[0])
        assert sliding.slit[0] > rolling.slit[0]

    def test_a_rolling_needle_crosses_the_surface_over_the_way_of_its_shaft(self):
        radius, length = 10.0, 1.5
        last = np.arccos(radius / (radius + length))
        turn = np.linspace(-last, last, 2001)
        crossing = radius * turn - radius * np.tan(turn)  # axle above the contact, shaft at this angle
        diameter, width, passes, none = one(2.0 * radius, 20.0, 1.0, 0.0)
        made = roller(
            192, passes=passes, drum_diameter=diameter, spacing=width, neighbour=2.5, sliding=none, protrusion=length
        )
        assert made.slit[0] == pytest.approx(np.ptp(crossing), rel=1e-6)

    def test_stamp(self):
        presses, surface = one(3.0, 0.8)
        assert stamp(40, presses=presses, area=surface, neighbour=1.0).contacts[0] == pytest.approx(150.0)

    @pytest.mark.parametrize("protrusion", [0.4, 1.0, 1.9, 2.0])
    def test_share_of_a_stroke_in_the_skin(self, protrusion):
        time = (np.arange(200_000) + 0.5) / 200_000
        below = protrusion - 0.5 * 2.0 * (1.0 - np.cos(2.0 * np.pi * time)) > 0.0
        assert in_skin_share(protrusion, 2.0) == pytest.approx(below.mean(), abs=1e-4)

    def test_a_stroke_that_never_leaves_the_skin(self):
        assert in_skin_share(2.0, 1.0) == 1.0
        assert in_skin_share(1.0, 2.0) == pytest.approx(0.5)


def moved_hand(rng, *, needles, frequency, speed, spacing, passes, side, margin, stroke, protrusion):
    """A pen moved over a square in steps of time: where needles enter, and how long a way each stays inside."""
    steps_per_stroke, entries, ways = 60, [], []
    for _ in range(passes):
        heading, hold = rng.uniform(0.0, np.pi), rng.uniform(0.0, 2.0 * np.pi)
        along, across = np.array([np.cos(heading), np.sin(heading)]), np.array([-np.sin(heading), np.cos(heading)])
        angle = hold + 2.0 * np.pi * np.arange(needles) / needles
        array = 4.5 * (np.cos(angle)[:, None] * along + np.sin(angle)[:, None] * across)
        half = 0.75 * side + margin
        for offset in np.arange(-half + rng.uniform(0.0, spacing), half, spacing):
            time = np.arange(0.0, 2.0 * half / speed, 1.0 / (frequency * steps_per_stroke))
            hand = 0.5 * side + (speed * time - half)[:, None] * along + offset * across
            phase = 2.0 * np.pi * (frequency * time + rng.uniform())
            below = protrusion - 0.5 * stroke * (1.0 - np.cos(phase)) > 0.0
            enter = np.flatnonzero(~below[:-1] & below[1:]) + 1
            leave = np.flatnonzero(below[:-1] & ~below[1:]) + 1
            for begin in enter:
                later = leave[leave > begin]
                if len(later):
                    ways.append(np.linalg.norm(hand[later[0]] - hand[begin]))
            entries.append((hand[enter][:, None] + array).reshape(-1, 2))
    return np.concatenate(entries), np.array(ways)


def own_holes(points, distance):
    """Contacts, one by one, that land at least `distance` from every hole before them."""
    holes = np.empty((0, 2))
    for point in points:
        if not len(holes) or ((holes - point) ** 2).sum(axis=1).min() >= distance**2:
            holes = np.vstack([holes, point])
    return holes


@pytest.mark.parametrize(("speed", "reentry"), [(30.0, 0.125), (20.0, 0.22)])
def test_pen_against_a_hand_that_is_moved_step_by_step(speed, reentry):
    rng, side, contacts, holes, ways = np.random.default_rng(1), 12.0, [], [], []
    for _ in range(24):
        entries, way = moved_hand(
            rng,
            needles=12,
            frequency=100.0,
            speed=speed,
            spacing=9.0,
            passes=2,
            side=side,
            margin=6.0,
            stroke=2.0,
            protrusion=1.5,
        )
        inside = entries[((entries >= 0.0) & (entries <= side)).all(axis=1)]
        contacts.append(len(inside))
        holes.append(len(own_holes(inside, reentry)))
        ways.append(way.mean())
    motion = pen_motion(step=speed / 100.0, passes=2.0)
    found = expected(motion, *one(reentry, 0.125))
    surface = side**2 / MM2_PER_CM2
    assert np.mean(contacts) / surface == pytest.approx(found.contacts[0], rel=0.04)
    tolerance = 0.04 if reentry < motion.step[0] else 0.12
    assert np.sum(holes) / np.sum(contacts) == pytest.approx(1.0 - found.reentry_share[0], rel=tolerance)
    assert np.mean(ways) == pytest.approx(found.slit_length[0], rel=0.02)


@pytest.mark.parametrize(
    ("step", "passes", "reentry"), [(0.3, 1, 0.05), (0.3, 4, 0.2), (0.1, 4, 0.125), (0.05, 2, 0.2), (0.02, 4, 0.09)]
)
def test_holes_against_maps_from_a_fast_hand_to_a_slow_one(step, passes, reentry):
    raster = Raster(**{**vars(PEN), "step": step, "passes": passes})
    drawn = [puncture_map(raster, Luck(seed, 1), area_cm2=3.0).position for seed in range(10)]
    own = sum(float((~reenters(points, reentry, reentry)).sum()) for points in drawn)
    law = expected(pen_motion(step=step, passes=float(passes)), *one(reentry, 0.125))
    tolerance = 0.04 if reentry < step else 0.12
    assert own / sum(map(len, drawn)) == pytest.approx(1.0 - law.reentry_share[0], rel=tolerance)


class TestOverlap:
    def test_free_share_has_its_series_and_its_end(self):
        cover = 0.02
        series = (
            1.0
            - 4.0 * cover
            + 6.0 * np.sqrt(3.0) / np.pi * cover**2
            + (40.0 / (np.sqrt(3.0) * np.pi) - 176.0 / (3.0 * np.pi**2)) * cover**3
        )
        assert free_share(np.array(4.0 * cover)) == pytest.approx(series, abs=1e-6)
        assert free_share(np.array(4.0 * JAMMING_COVERAGE)) == 0.0
        assert free_share(np.array(100.0)) == 0.0

    @pytest.mark.parametrize("crowding", [0.3, 1.0, 3.0])
    def test_random_arrivals_fill_the_surface_as_they_do_one_by_one(self, crowding):
        rng, side, distance = np.random.default_rng(2), 30.0, 0.3
        density = crowding / (np.pi * distance**2)
        points = rng.uniform(0.0, side, (int(density * side**2), 2))
        holes = (~reenters(points, distance, distance)).sum() / side**2
        chance = scattered(np.array([density * MM2_PER_CM2]))
        assert expected(chance, *one(distance, 0.1)).holes[0] / MM2_PER_CM2 == pytest.approx(holes, rel=0.015)

    def test_chance_without_reentry_is_the_law_of_poisson(self):
        density, radius = 400.0, 0.2
        found = expected(scattered(np.array([density])), *one(0.0, radius))
        mean = density / MM2_PER_CM2 * np.pi * radius**2
        assert found.nearest[0] == pytest.approx(0.5 / np.sqrt(density / MM2_PER_CM2), rel=1e-6)
        assert found.hit_twice[0] == pytest.approx(1.0 - np.exp(-mean) * (1.0 + mean), rel=1e-5)
        assert found.reentry_share[0] == 0.0
        assert found.slit_length is None

    def test_one_pass_of_a_drum_never_hits_twice_and_keeps_its_distances(self):
        diameter, width, passes, none = one(20.0, 20.0, 1.0, 0.0)
        array = drum(192, diameter=20.0, width=20.0, rows=8)
        made = roller(
            192,
            passes=passes,
            drum_diameter=diameter,
            spacing=width,
            neighbour=array.neighbour,
            sliding=none,
            protrusion=1.5,
        )
        found = expected(made, *one(0.2, 0.2))
        assert found.hit_twice[0] == pytest.approx(0.0, abs=1e-12)
        assert found.reentry_share[0] == pytest.approx(0.0, abs=1e-12)
        assert found.nearest[0] == pytest.approx(array.neighbour, rel=1e-3)

    def test_a_needle_that_follows_its_own_track_uses_each_hole_again(self):
        alone = pen_motion(step=0.1, passes=1.0, needles=1)
        assert expected(alone, *one(0.25, 0.1)).reentry_share[0] == pytest.approx(2.0 / 3.0)
        assert expected(alone, *one(0.05, 0.1)).reentry_share[0] == 0.0

    def test_a_track_that_overlaps_itself(self):
        step, radius = 0.1, 0.13
        found = expected(pen_motion(step=step, passes=1.0, needles=1, spacing=9.0), *one(0.0, radius))

        def more_than_once(y):
            return min(max(2.0 * np.sqrt(radius**2 - y**2) / step - 1.0, 0.0), 1.0)

        across, _ = quad(more_than_once, -radius, radius, limit=200)
        assert found.hit_twice[0] == pytest.approx(across / 9.0, rel=0.02)


class TestKernels:
    POINTS = np.random.default_rng(3).uniform(0.0, 20.0, (4000, 2))

    @pytest.mark.parametrize("size", [0.05, 0.3, 5.0, 100.0])
    def test_nearest_against_scipy(self, size):
        distance = cKDTree(self.POINTS).query(self.POINTS, k=2)[0][:, 1]
        np.testing.assert_allclose(nearest_distance(self.POINTS, size), distance, rtol=1e-12)

    def test_nearest_of_few(self):
        assert nearest_distance(np.empty((0, 2)), 1.0).shape == (0,)
        assert nearest_distance(np.zeros((1, 2)), 1.0)[0] == np.inf
        np.testing.assert_allclose(nearest_distance(np.array([[0.0, 0.0], [300.0, 400.0]]), 1.0), 500.0)
        np.testing.assert_array_equal(nearest_distance(np.zeros((5, 2)), 1.0), 0.0)

    @pytest.mark.parametrize("size", [0.4, 3.0])
    def test_counts_against_scipy(self, size):
        places = np.random.default_rng(4).uniform(-2.0, 22.0, (1000, 2))
        count = cKDTree(self.POINTS).query_ball_point(places, 0.4, return_length=True)
        np.testing.assert_array_equal(counts_within(self.POINTS, places, 0.4, size), count)

    @pytest.mark.parametrize("distance", [0.0, 0.2, 1.0])
    def test_reentry_against_one_by_one(self, distance):
        points = self.POINTS[:1500]
        slipped = reenters(points, distance, max(distance, 0.5))
        np.testing.assert_array_equal(points[~slipped], own_holes(points, distance))

    def test_cells_against_numpy(self):
        counts = cell_counts(self.POINTS, 1.0, 2.0, 1.0, 15, 11)
        wanted, _, _ = np.histogram2d(self.POINTS[:, 1], self.POINTS[:, 0], [np.arange(2.0, 14.0), np.arange(1.0, 17.0)])
        np.testing.assert_array_equal(counts, wanted)


class TestPolygons:
    def test_inside_against_a_ray_to_the_right(self):
        points = np.random.default_rng(5).uniform(0.0, 22.0, (2000, 2))

        def ray(x, y):
            sides = [*pairwise(STAR.tolist()), (STAR[-1].tolist(), STAR[0].tolist())]
            hits = [(ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax) for (ax, ay), (bx, by) in sides]
            return sum(hits) % 2 == 1

        np.testing.assert_array_equal(contains(STAR, points), [ray(x, y) for x, y in points])

    def test_area_and_places(self):
        assert area(square(250.0)) == pytest.approx(250.0)
        assert area(STAR) == area(STAR[::-1]) == pytest.approx(5.0 * 9.0 * 3.0 * np.sin(np.pi / 5.0))
        places = surface_places(STAR)
        assert contains(STAR, places).all()
        assert scan(STAR, 0.05, np.empty((0, 2))) * 0.05**2 == pytest.approx(area(STAR), rel=2e-3)

    def test_distance_to_the_edge(self):
        points = np.array([[5.0, 5.0], [5.0, 0.5], [9.9, 9.9], [5.0, 1.5]])
        np.testing.assert_array_equal(near_edge(square(100.0), points, 1.0), [False, True, True, False])


class TestLayouts:
    def test_the_mf8_has_24_needles_in_each_of_8_rows_at_15_degrees(self):
        array = drum(192, diameter=20.0, width=20.0, rows=8)
        rows, counts = np.unique(array.y, return_counts=True)
        np.testing.assert_array_equal(counts, [24] * 8)
        np.testing.assert_allclose(np.diff(rows), 2.5)
        arc = np.diff(np.sort(array.x[array.y == rows[0]]))
        np.testing.assert_allclose(360.0 * arc / (20.0 * np.pi), 15.0)
        assert drum(192, diameter=20.0, width=20.0).count == 192
        assert len(np.unique(drum(192, diameter=20.0, width=20.0).y)) == 8  # as even as it gets

    def test_ring_and_grid(self):
        circle = ring(12, pitch=1.0)
        assert circle.neighbour == pytest.approx(1.0)
        assert ring(12, width=2.0 * circle.reach).neighbour == pytest.approx(1.0)
        lattice = grid(36, pitch=1.5)
        assert lattice.neighbour == pytest.approx(1.5)
        assert np.ptp(lattice.x) == np.ptp(lattice.y) == pytest.approx(7.5)
        assert grid(36, width=7.5).neighbour == pytest.approx(1.5)
        assert ring(1).count == grid(1, width=3.0).count == 1
        with pytest.raises(ValueError, match="a width or a pitch"):
            ring(5)


class TestMaps:
    def test_a_map_of_pure_chance_has_the_statistics_of_poisson(self):
        side, density, radius = 60.0, 4.0, 0.2
        points = np.random.default_rng(6).uniform(0.0, side, (int(density * side**2), 2))
        mean = density * np.pi * radius**2
        assert nearest_distance(points, 0.5).mean() == pytest.approx(0.5 / np.sqrt(density), rel=0.015)
        places = surface_places(square(side**2))
        hits = counts_within(points, places, radius, 0.5)
        assert (hits > 1).mean() == pytest.approx(1.0 - np.exp(-mean) * (1.0 + mean), rel=0.03)
        assert dispersion(points, square(side**2)) == pytest.approx(1.0, abs=0.08)

    @pytest.mark.parametrize(
        "raster",
        [PEN, ROLLER, STAMP, Raster(**{**vars(STAMP), "scattered": True})],
        ids=["pen", "roller", "stamp", "scattered"],
    )
    def test_windows_hold_the_expected_density_in_the_mean(self, raster):
        found = [len(puncture_map(raster, Luck(seed, 1), area_cm2=4.0).position) / 4.0 for seed in range(60)]
        error = np.std(found) / np.sqrt(len(found))
        assert np.mean(found) == pytest.approx(raster.density, abs=3.5 * error + 0.002 * raster.density)
        assert error < 0.03 * raster.density

    def test_pen_maps_agree_with_the_law_of_the_mean(self):
        found = [
            statistics(puncture_map(PEN, Luck(seed, 1), area_cm2=20.0), reentry=0.125, radius=0.125) for seed in range(8)
        ]
        law = expected(pen_motion(), *one(0.125, 0.125))
        for name, wanted in (
            ("reentry_share", law.reentry_share),
            ("nearest_mean_mm", law.nearest),
            ("area_hit_twice", law.hit_twice),
        ):
            assert np.mean([getattr(one_map, name) for one_map in found]) == pytest.approx(wanted[0], rel=0.08), name

    def test_a_border_is_needled_more_thinly_and_a_window_is_not(self):
        outline = square(4000.0)
        inside = statistics(puncture_map(PEN, Luck(1, 1), outline=outline), reentry=0.1, radius=0.1)
        window = statistics(puncture_map(PEN, Luck(1, 1), outline=outline, border=False), reentry=0.1, radius=0.1)
        assert inside.edge_shortfall > 0.2
        assert abs(window.edge_shortfall) < 0.1
        drums = statistics(puncture_map(ROLLER, Luck(1, 1), outline=outline), reentry=0.1, radius=0.1)
        assert drums.contact_density > 0.8 * ROLLER.density

    def test_statistics_of_an_empty_map(self):
        far = Raster(ring(1), step=1e4, spacing=1e4, passes=1, directions=1, slit=0.0)
        found = statistics(puncture_map(far, Luck(1, 1), area_cm2=0.1), reentry=0.1, radius=0.1)
        assert (found.contacts, found.area_hit, found.nearest_mean_mm, found.dispersion) == (0, 0.0, None, None)

    def test_too_many_contacts_are_refused(self):
        with pytest.raises(CaseError, match="more than a map holds"):
            puncture_map(PEN, Luck(1, 1), area_cm2=20_000.0, zone="body")
