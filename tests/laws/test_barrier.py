"""Laws of the barrier: it only closes, in one order, slower where it should be slower."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import builders
from builders import punctures_of
from dermatwin.barrier import close, closure_time_for, curves, readings
from dermatwin.barrier.permeant import PERMEANTS
from dermatwin.core import Luck
from dermatwin.core.vocabulary import PHOTOTYPES
from dermatwin.evidence import Draws, Evidence

FEW = settings(max_examples=20, deadline=None)
DENSITIES = st.floats(1.0, 2000.0)
DEPTHS = st.floats(0.05, 2.5)
WIDTHS = st.floats(0.005, 0.2)
COVERS = st.floats(0.0, 72.0)


COUNT = 8
draws_of, skin_of = (partial(build, COUNT) for build in (builders.draws_of, builders.skin_of))


@FEW
@given(DENSITIES, DEPTHS, WIDTHS, COVERS)
def test_channels_only_close_and_start_open(density, depth, width, covered):
    found = close(punctures_of(COUNT, density, depth, width), skin_of(), draws_of(), covered_h=covered)
    np.testing.assert_allclose(found.open_fraction[:, 0], 1.0)
    some = found.open_fraction[:, :-1] > np.finfo(float).tiny  # quick closers have nothing left that a number can hold
    assert np.all(np.diff(found.open_fraction, axis=1)[some] < 0.0)
    assert np.all(found.open_fraction >= 0.0)
    assert np.all(np.diff(found.tewl, axis=1) <= 0.0)


@FEW
@given(DENSITIES, DEPTHS, WIDTHS, COVERS)
def test_readouts_close_in_their_order(density, depth, width, covered):
    times = close(punctures_of(COUNT, density, depth, width), skin_of(), draws_of(), covered_h=covered).closure_time
    assert np.all(times >= 0.0)
    assert np.all(np.diff(times, axis=1) > 0.0)


@FEW
@given(DEPTHS, COVERS, st.floats(0.5, 72.0))
def test_a_cover_delays_and_a_longer_one_more(depth, covered, more):
    punctures, skin, draws = punctures_of(COUNT, depth=depth), skin_of(), draws_of()
    short = close(punctures, skin, draws, covered_h=covered)
    long = close(punctures, skin, draws, covered_h=covered + more)
    assert np.all(long.closure_time >= short.closure_time * (1.0 - 1e-7))
    assert np.all(long.open_fraction >= short.open_fraction)
    assert np.any(long.open_fraction > short.open_fraction)


@FEW
@given(st.floats(18.0, 60.0), st.floats(1.0, 40.0))
def test_older_skin_closes_later(age, older):
    young = close(punctures_of(COUNT), skin_of(age=age), draws_of())
    old = close(punctures_of(COUNT), skin_of(age=age + older), draws_of())
    assert np.all(old.closure_time >= young.closure_time)
    assert np.any(old.closure_time[:, 1:] > young.closure_time[:, 1:])


@FEW
@given(DEPTHS, st.floats(1.1, 4.0))
def test_deeper_channels_close_later(depth, factor):
    shallow, deep = (close(punctures_of(COUNT, depth=reached), skin_of(), draws_of()) for reached in (depth, depth * factor))
    assert np.all(deep.closure_time >= shallow.closure_time * (1.0 - 1e-7))


@FEW
@given(DENSITIES, st.floats(1.1, 10.0))
def test_more_channels_lose_more_water_for_longer(density, factor):
    few, many = (close(punctures_of(COUNT, number), skin_of(), draws_of()) for number in (density, density * factor))
    assert np.all(many.tewl >= few.tewl)
    assert np.all(many.closure_time >= few.closure_time * (1.0 - 1e-7))


def test_water_loss_never_exceeds_what_can_evaporate():
    found = close(punctures_of(COUNT, 5000.0, 1.0, 0.3), skin_of(), draws_of())
    limit = draws_of()("evaporation_limit", "g/m^2/h")
    assert np.all(found.tewl <= skin_of().tewl[:, None] + limit[:, None])


def test_an_anti_inflammatory_slows_closure_and_says_so():
    usual = close(punctures_of(COUNT), skin_of(), draws_of())
    slowed = close(punctures_of(COUNT), skin_of(), draws_of(), anti_inflammatory=True)
    assert np.all(slowed.closure_time >= usual.closure_time)
    assert np.any(slowed.closure_time > usual.closure_time)
    assert any("COX" in notice.message for notice in slowed.notices)


def test_a_person_does_not_notice_how_many_others_are_drawn():
    alone = close(punctures_of(3), builders.skin_of(3), builders.draws_of(3), covered_h=6.0)
    crowd = close(punctures_of(9), builders.skin_of(9), builders.draws_of(9), covered_h=6.0)
    for name in ("open_fraction", "tewl", "closure_time", "radius"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(crowd, name)[:3])


def test_the_order_of_needles_does_not_matter():
    rng = np.random.default_rng(2)
    scatter = rng.uniform(0.5, 1.5, (8, 5))
    punctures = replace(punctures_of(COUNT), in_situ_depth=0.4 * scatter, channel_diameter=0.07 * scatter)
    turned = replace(
        punctures, in_situ_depth=punctures.in_situ_depth[:, ::-1], channel_diameter=punctures.channel_diameter[:, ::-1]
    )
    first, second = (close(given_, skin_of(), draws_of()) for given_ in (punctures, turned))
    np.testing.assert_allclose(first.closure_time, second.closure_time, rtol=1e-12)


@pytest.mark.parametrize("nothing", [{"density": 0.0}, {"depth": 0.0, "width": 0.0, "density": 0.0}])
def test_untouched_skin_is_closed_and_keeps_its_water(nothing):
    found = close(punctures_of(COUNT, **nothing), skin_of(), draws_of())
    assert not found.closure_time.any()
    np.testing.assert_array_equal(found.tewl, np.full_like(found.tewl, 12.0))


def test_dead_skin_recoils_and_then_stays_open():
    found = close(punctures_of(COUNT), skin_of(alive=False), draws_of(), covered_h=5.0)
    left = 1.0 - draws_of()("recoil_share", "1", 0, "cheek")
    np.testing.assert_allclose(found.open_fraction[:, -1], left)
    assert np.all(np.isinf(found.closure_time[:, 1:]))
    assert any("does not repair" in notice.message for notice in found.notices)


def test_animals_do_not_age_like_people():
    young, old = (close(punctures_of(COUNT), skin_of(species="rat", age=age), draws_of()) for age in (0.3, 2.0))
    np.testing.assert_array_equal(young.closure_time, old.closure_time)
    assert any("rat" in notice.message for notice in young.notices)


@FEW
@given(st.floats(0.1, 1e5), st.floats(1.01, 50.0), DENSITIES, WIDTHS, COVERS)
def test_larger_permeants_are_shut_out_earlier(radius, factor, density, width, covered):
    draws = draws_of()
    channels = close(punctures_of(COUNT, density, width=width), skin_of(), draws, covered_h=covered)
    small, large = (closure_time_for(channels, draws, size) for size in (radius, radius * factor))
    assert np.all(small >= 0.0)
    assert np.all(large <= small * (1.0 + 1e-9) + 1e-12)


@FEW
@given(DENSITIES, DEPTHS, WIDTHS, COVERS)
def test_a_permeant_as_small_as_the_dye_closes_when_the_dye_does(density, depth, width, covered):
    draws = draws_of()
    channels = close(punctures_of(COUNT, density, depth, width), skin_of(), draws, covered_h=covered)
    found = closure_time_for(channels, draws, draws("permeant_radius[dye]", "nm"))
    np.testing.assert_allclose(found, channels.closure_time[:, 1], rtol=1e-9, atol=1e-12)


def test_a_permeant_as_wide_as_the_channel_never_enters():
    draws = draws_of()
    channels = close(punctures_of(COUNT), skin_of(), draws)
    assert not closure_time_for(channels, draws, 1e6 * channels.radius).any()


@FEW
@given(st.floats(0.0, 72.0), st.floats(0.5, 72.0))
def test_a_cover_delays_the_closing_to_every_permeant(covered, more):
    draws = draws_of()
    short, long = (close(punctures_of(COUNT), skin_of(), draws, covered_h=hours) for hours in (covered, covered + more))
    for radius in (1.0, 500.0):
        # hours between two points of the grid hold the end of a cover only to the grid's width
        assert np.all(closure_time_for(long, draws, radius) >= 0.95 * closure_time_for(short, draws, radius))


def test_dead_and_untouched_skin_have_their_permeants_too():
    draws = draws_of()
    dead = close(punctures_of(COUNT), skin_of(alive=False), draws)
    assert np.all(np.isinf(closure_time_for(dead, draws, 0.6)))
    assert not closure_time_for(close(punctures_of(COUNT, density=0.0), skin_of(), draws), draws, 0.6).any()


@FEW
@given(DENSITIES, DEPTHS, st.floats(0.0, 48.0))
def test_waiting_hours_are_never_below_the_clinics_and_never_fall_when_closing_is_slower(density, depth, covered):
    draws = draws_of()
    found = []
    for hours in (0.0, covered):
        channels = close(punctures_of(COUNT, density, depth), skin_of(), draws, covered_h=hours)
        found.append({reading.name: reading.values for reading in readings(channels, draws)})
    for name, clinic, closing in (
        ("no_makeup_before", "makeup_clinic_hours", "closure_time_for[makeup_pigment]"),
        ("no_actives_before", "actives_clinic_hours", "closure_time_dye"),
    ):
        for one in found:
            assert np.all(one[name] >= draws(clinic, "h"))
            assert np.all(one[name] >= one[closing])
        assert np.all(found[1][name] >= 0.99 * found[0][name])


def test_darker_skin_closes_later_where_the_slope_says_so():
    dark = Draws(Evidence.packaged().believing(closure_colour_slope=0.1), Luck(4, 8, frozenset({"person"})))
    times = [
        close(punctures_of(COUNT), replace(skin_of(), phototype=phototype), dark).closure_time for phototype in PHOTOTYPES
    ]
    assert np.all(np.diff(np.array(times)[:, :, 1:], axis=0) > 0.0)
    rats = [
        close(punctures_of(COUNT), replace(skin_of(species="rat"), phototype=phototype), dark).closure_time
        for phototype in ("I", "VI")
    ]
    np.testing.assert_array_equal(*rats)


def test_readings_and_curves_are_catalogued():
    units = {name: quantity.unit for name, quantity in Evidence.packaged().quantities.items()}
    channels = close(punctures_of(COUNT), skin_of(), draws_of())
    for reading in readings(channels, draws_of(), 28.0):
        assert reading.unit == units[reading.quantity]
        assert reading.values.shape == (8,)
    dated = {reading.name: reading.time for reading in readings(channels, draws_of(), 28.0)}
    assert dated["tewl_at_24_h"] == 29.0
    assert dated["closure_time_oct"] == 28.0
    assert {name for name in dated if name.startswith("closure_time_for")} == {
        f"closure_time_for[{name}]" for name in PERMEANTS
    }
    for curve in curves(channels):
        assert curve.unit == units[curve.name]
        assert curve.values.shape == (8, channels.time.size)
