"""Laws of patterns: order of densities, shares, luck that keeps its names, nothing outside the outline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dermatwin.core import Luck
from dermatwin.pattern import Raster, expected, in_skin_share, puncture_map
from dermatwin.pattern.cells import reenters
from dermatwin.pattern.layout import drum, grid, ring
from dermatwin.pattern.motion import Motion, pen, roller, stamp
from dermatwin.pattern.polygon import contains

FEW = settings(max_examples=25, deadline=None)
PASSES, FACTORS = st.floats(1.0, 40.0), st.floats(1.01, 6.0)
DISTANCES = st.floats(0.0, 0.6)
KINDS = st.sampled_from(["pen", "roller", "stamp"])
RASTERS = st.sampled_from(
    [
        Raster(
            ring(12, width=9.0),
            step=0.4,
            spacing=9.0,
            passes=3,
            directions=4,
            slit=0.2,
            jitter=1.0,
            angle_jitter=0.1,
            turned=True,
        ),
        Raster(
            drum(60, diameter=12.0, width=10.0),
            step=12.0 * np.pi,
            spacing=10.0,
            passes=3,
            directions=3,
            slit=1.0,
            jitter=0.5,
        ),
        Raster(grid(20, pitch=1.0), step=5.0, spacing=4.0, passes=3, directions=2, slit=0.0),
    ]
)


def motion(kind: str, passes: float, speed: float = 30.0) -> Motion:
    times, size = np.array([passes]), np.array([20.0])
    if kind == "pen":
        return pen(
            12,
            frequency=np.array([100.0]),
            passes=times,
            hand_speed=np.array([speed]),
            spacing=np.array([9.0]),
            protrusion=1.5,
            stroke=np.array([2.0]),
        )
    if kind == "roller":
        return roller(
            192, passes=times, drum_diameter=size, spacing=size, neighbour=2.6, sliding=np.array([0.1]), protrusion=1.5
        )
    return stamp(35, presses=times, area=np.array([0.8]), neighbour=1.5)


def read(made: Motion, reentry: float, radius: float = 0.125):
    return expected(made, np.array([reentry]), np.array([radius]))


@FEW
@given(KINDS, PASSES, DISTANCES, st.floats(0.01, 0.4), st.floats(2.0, 300.0))
def test_every_share_is_a_share_and_holes_never_outnumber_contacts(kind, passes, reentry, radius, speed):
    found = read(motion(kind, passes, speed), reentry, radius)
    assert np.all(found.holes <= found.contacts * (1.0 + 1e-12))
    for values in (found.reentry_share, found.hit_twice):
        assert np.all((values >= 0.0) & (values <= 1.0))
    assert np.all(found.holes > 0.0)
    assert np.all((found.nearest > 0.0) & np.isfinite(found.nearest))
    assert np.all(found.slit_length >= 0.0)


@FEW
@given(KINDS, PASSES, FACTORS, DISTANCES)
def test_more_passes_never_make_fewer_holes(kind, passes, factor, reentry):
    few, many = read(motion(kind, passes), reentry), read(motion(kind, passes * factor), reentry)
    assert np.all(many.contacts > few.contacts)
    assert np.all(many.holes >= few.holes * (1.0 - 1e-12))
    assert np.all(many.hit_twice >= few.hit_twice - 1e-12)


@FEW
@given(st.floats(3.0, 100.0), FACTORS)
def test_a_slower_hand_never_makes_fewer_contacts_nor_longer_slits(speed, factor):
    fast, slow = read(motion("pen", 3.0, speed * factor), 0.1), read(motion("pen", 3.0, speed), 0.1)
    assert np.all(slow.contacts > fast.contacts)
    assert np.all(slow.slit_length < fast.slit_length)


@FEW
@given(KINDS, PASSES, st.floats(0.01, 0.5), FACTORS)
def test_a_longer_reentry_distance_never_leaves_more_holes(kind, passes, reentry, factor):
    short, long = read(motion(kind, passes), reentry), read(motion(kind, passes), reentry * factor)
    assert np.all(long.holes <= short.holes * (1.0 + 1e-9))


@FEW
@given(KINDS, PASSES, st.floats(0.02, 0.2), FACTORS)
def test_wider_needles_hit_more_of_the_surface_twice(kind, passes, radius, factor):
    made = motion(kind, passes)
    assert np.all(read(made, 0.1, radius * factor).hit_twice >= read(made, 0.1, radius).hit_twice - 1e-12)


@FEW
@given(st.floats(0.1, 3.0), st.floats(0.1, 5.0), FACTORS)
def test_a_needle_that_stands_out_further_stays_in_the_skin_longer(protrusion, stroke, factor):
    share = in_skin_share(protrusion, stroke)
    assert 0.0 <= share <= 1.0
    assert in_skin_share(protrusion * factor, stroke) >= share
    assert in_skin_share(protrusion, stroke * factor) <= share


@FEW
@given(PASSES, DISTANCES, st.integers(2, 5))
def test_a_draw_does_not_notice_the_others(passes, reentry, count):
    alone = read(motion("pen", passes), reentry)
    rest = {"frequency": 100.0, "hand_speed": 30.0, "spacing": 9.0, "stroke": 2.0}
    crowd = pen(
        12,
        passes=np.linspace(passes, 90.0, count),
        protrusion=1.5,
        **{name: np.full(count, value) for name, value in rest.items()},
    )
    found = expected(crowd, np.full(count, reentry), np.full(count, 0.125))
    for name in ("contacts", "holes", "nearest", "hit_twice"):
        np.testing.assert_allclose(getattr(found, name)[0], getattr(alone, name)[0], rtol=1e-12)


@FEW
@given(RASTERS, st.integers(0, 1000), st.booleans(), st.booleans())
def test_every_contact_lies_inside_the_outline(raster, seed, border, scattered):
    outline = np.array([[0.0, 0.0], [20.0, 3.0], [8.0, 9.0], [18.0, 20.0], [1.0, 16.0]])
    drawn = puncture_map(replace(raster, scattered=scattered), Luck(seed, 1), outline=outline, border=border)
    assert contains(outline, drawn.position).all()
    assert set(drawn.pass_number.tolist()) <= set(range(raster.passes))
    assert set(drawn.needle.tolist()) <= set(range(raster.layout.count))


@FEW
@given(RASTERS, st.integers(0, 1000))
def test_the_same_luck_draws_the_same_passes_and_another_luck_does_not(raster, seed):
    three = puncture_map(raster, Luck(seed, 1), area_cm2=4.0)
    two = puncture_map(replace(raster, passes=2), Luck(seed, 1), area_cm2=4.0)
    np.testing.assert_array_equal(three.position[three.pass_number < 2], two.position)
    other = puncture_map(raster, Luck(seed + 1, 1), area_cm2=4.0)
    assert other.position.shape != three.position.shape or not np.array_equal(other.position, three.position)


@FEW
@given(RASTERS, st.integers(0, 1000), st.sampled_from([0.5, 2.0, 4.0]))
def test_a_map_in_another_unit_is_the_same_map(raster, seed, factor):
    array = raster.layout
    layout = replace(array, x=factor * array.x, y=factor * array.y, period=factor * array.period)
    scaled = replace(
        raster, layout=layout, step=factor * raster.step, spacing=factor * raster.spacing, jitter=factor * raster.jitter
    )
    small = puncture_map(raster, Luck(seed, 1), area_cm2=2.0)
    large = puncture_map(scaled, Luck(seed, 1), area_cm2=2.0 * factor**2)
    np.testing.assert_allclose(large.position, factor * small.position, rtol=1e-9, atol=1e-9)


@FEW
@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_holes_keep_their_distance(seed, distance):
    points = np.random.default_rng(seed).uniform(0.0, 5.0, (80, 2))
    holes = points[~reenters(points, distance, 1.0)]
    gaps = np.hypot(*(holes[:, None] - holes).transpose(2, 0, 1))[~np.eye(len(holes), dtype=bool)]
    assert np.all(gaps >= distance)
