"""The barrier against closed forms: half-lives, piecewise covers, the Stefan tube's limits and roots."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from builders import channels_of, medians, punctures_of, skin_of
from dermatwin.barrier import close, closure_time_for
from dermatwin.barrier.closure import GRID
from dermatwin.barrier.kinetics import Kinetics, colour_factor
from dermatwin.barrier.permeant import _Opening
from dermatwin.barrier.readout import thresholds, water_loss
from dermatwin.evidence import Evidence


def kinetics(recoil=0.0, half_life=5.0, covered_half_life=30.0, covered=0.0, recoil_time=0.1):
    return Kinetics(*(np.array([value]) for value in (recoil, recoil_time, half_life, covered_half_life)), covered)


def test_repair_alone_halves_every_half_life():
    found = kinetics().open_fraction(np.array([[0.0], [5.0], [10.0], [15.0]]))
    np.testing.assert_allclose(found[:, 0], [1.0, 0.5, 0.25, 0.125])


def test_recoil_alone_is_exponential():
    found = kinetics(recoil=1.0, recoil_time=0.2).open_fraction(np.array([[0.0], [0.2], [0.4]]))
    np.testing.assert_allclose(found[:, 0], np.exp([0.0, -1.0, -2.0]))


def test_a_cover_slows_only_while_it_lies_there():
    # 12 h at 30 h = 0.4 half-lives, then 3 h at 5 h = 0.6
    assert kinetics(covered=12.0).open_fraction(np.array([[15.0]]))[0, 0] == pytest.approx(0.5)


@pytest.mark.parametrize(("covered", "expected"), [(0.0, 10.0), (12.0, 12.0 + 1.6 * 5.0), (100.0, 60.0)])
def test_closing_to_a_quarter_takes_two_half_lives(covered, expected):
    assert kinetics(covered=covered).closed_at(np.array([0.25]))[0] == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("covered", [0.0, 2.0, 50.0])
@pytest.mark.parametrize("fraction", [0.9, 0.3, 0.02, 1e-5])
def test_the_root_lies_on_the_curve(covered, fraction):
    course = kinetics(recoil=0.95, covered=covered)
    time = course.closed_at(np.array([fraction]))
    assert course.open_fraction(time)[0] == pytest.approx(fraction, rel=1e-5)


def test_what_starts_below_is_closed_at_once_and_dead_skin_never():
    assert kinetics().closed_at(np.array([1.0]))[0] == 0.0
    dead = kinetics(recoil=0.9, half_life=np.inf, covered_half_life=np.inf, covered=3.0)
    assert np.isinf(dead.closed_at(np.array([0.05]))[0])
    assert dead.closed_at(np.array([0.2]))[0] == pytest.approx(0.1 * np.log(0.9 / 0.1), rel=1e-5)


def test_water_loss_is_linear_for_few_channels_and_bounded_for_many():
    draws = medians()
    rate, limit = draws("channel_evaporation", "g/m^2/h")[0], draws("evaporation_limit", "g/m^2/h")[0]
    found = water_loss(np.array([[0.0, 1e-9, 1e6]]), np.array([12.0]), draws)[0]
    assert found[0] == 12.0
    assert found[1] - 12.0 == pytest.approx(1e-9 * rate, rel=1e-5)
    assert found[2] == pytest.approx(12.0 + limit, rel=1e-6)


def test_channels_evaporate_through_the_sum_of_their_cross_sections():
    widths, density = np.array([[0.06, 0.08, 0.0]]), np.array([100.0])  # mm; the third did not pierce
    table = np.where(widths > 0.0, 0.3, 0.0)
    punctures = punctures_of(
        density=density, in_situ_depth=table, residual_depth=table, needle_diameter=widths, channel_diameter=widths
    )
    found, draws = close(punctures, skin_of(), medians()), medians()
    area = 100.0 * np.pi * (0.003**2 + 0.004**2) / 2.0  # cm2 per cm2
    np.testing.assert_allclose(found.radius, np.sqrt((0.03**2 + 0.04**2) / 2.0))
    np.testing.assert_allclose(found.open_area[0, 0], area)
    np.testing.assert_allclose(found.tewl[:, 0], water_loss(np.array([[area]]), np.array([12.0]), draws)[0])


def test_tewl_counts_as_closed_where_its_rise_is_just_detectable():
    draws, skin, area = medians(), skin_of(), np.array([0.05])
    course = kinetics(recoil=0.95)
    water = thresholds(course, area, skin, draws)[0, 0]
    rise = water_loss(np.array([[area[0] * water]]), skin.tewl, draws)[0, 0] - skin.tewl[0]
    assert rise == pytest.approx(draws("tewl_detectable_rise", "1")[0] * skin.tewl[0])


@pytest.mark.parametrize("area", [1e-6, 1e-3, 0.3])
def test_thresholds_fall_from_tewl_to_oct(area):
    found = thresholds(kinetics(recoil=0.95), np.array([area]), skin_of(), medians())[0]
    assert np.all(np.diff(found) < 0.0)


def test_the_stefan_tube_behind_the_evaporation():
    # D dc / (L + pi r / 4): 2.5e-5 m2/s, 0.02 kg/m3, 20 um deep, 35 um wide radius
    flux = 2.5e-5 * 0.02 / (20e-6 + np.pi * 35e-6 / 4.0) * 3600.0 * 1000.0
    assert Evidence.packaged().parameters["channel_evaporation"].value == pytest.approx(flux, rel=0.05)


def test_the_grid_holds_the_hours_that_are_read():
    assert GRID[0] == 0.0
    assert GRID[-1] == pytest.approx(240.0)
    assert np.all(np.diff(GRID) > 0.0)
    assert {1.0, 24.0, 72.0} <= set(GRID)


def closing(fraction, dye_at, radius=0.035):
    """Channels on the usual hours with one given course; `dye_at` h is when the dye is shut out."""
    return channels_of(1, GRID, density=200.0, depth=0.3, radius=radius, open_fraction=fraction, closure_time=dye_at)


def sieve(permeant, fraction):
    """f H(r / (r0 f^kappa)) by Renkin's formula, nm; r0 = 35 um."""
    size = permeant / (35_000.0 * fraction ** medians()("pore_narrowing_exponent", "1")[0])
    return fraction * (1.0 - size) ** 2 * (1.0 - 2.104 * size + 2.09 * size**3 - 0.95 * size**5)


def test_a_small_permeant_follows_the_half_lives():
    """Without hindrance (radius of the dye) repair at one half-life gives the dye's own hour."""
    draws = medians()
    found = closure_time_for(closing(2.0 ** (-GRID / 5.0), 20.0), draws, draws("permeant_radius[dye]", "nm"))
    assert found[0] == pytest.approx(20.0, rel=1e-9)


@pytest.mark.parametrize("radius", [100.0, 1000.0, 5000.0])
def test_a_large_permeant_closes_where_the_sieve_says(radius):
    """f H(r / (r0 f^kappa)) at the hour found equals the dye's passage at its hour, by independent arithmetic."""
    draws = medians()
    found = closure_time_for(closing(2.0 ** (-GRID / 5.0), 20.0), draws, radius)[0]

    assert found < 20.0
    assert sieve(radius, 2.0 ** (-found / 5.0)) == pytest.approx(sieve(0.6, 2.0**-4), rel=1e-6)


def test_a_dye_beyond_the_last_hour_is_followed_by_the_last_half_life():
    draws = medians()
    found = closure_time_for(closing(2.0 ** (-GRID / 100.0), 400.0), draws, draws("permeant_radius[dye]", "nm"))
    assert found[0] == pytest.approx(400.0, rel=1e-9)


def test_hindrance_falls_from_one_to_nothing():
    opening = _Opening(np.array([1.0]), medians())
    sizes = np.linspace(0.0, 1.0, 200)
    found = opening.hindrance(sizes)
    assert found[0] == 1.0
    assert found[-1] == 0.0
    assert np.all(np.diff(found) < 0.0)
    assert opening.hindrance(np.array([0.1]))[0] == pytest.approx(0.9**2 * (1.0 - 0.2104 + 0.00209 - 0.0000095))


def test_colour_is_neutral_at_phototype_three_and_symmetric_around_it():
    draws = medians(closure_colour_slope=0.05)
    factors = [colour_factor(replace(skin_of(), phototype=name), draws)[0] for name in ("II", "III", "IV")]
    np.testing.assert_allclose(factors, np.exp([-0.05, 0.0, 0.05]))


def test_a_probe_reads_a_few_times_the_baseline_where_a_few_percent_stay_open():
    """250 pores/cm2 of 35 um radius: a quarter of an hour after recoil the rise is that of reports, not the free limit."""
    draws = medians()
    punctures = punctures_of(density=250.0, depth=0.4, width=0.07)
    found = close(punctures, skin_of(), draws)
    rise = np.interp([0.0, 0.25, 24.0], GRID, found.tewl[0] / 12.0)
    assert rise[0] > 5.0  # before recoil the field loses as much as free water
    assert 1.2 < rise[1] < 6.0
    assert rise[2] < 1.2


@pytest.mark.parametrize("covered", [3.3, 30.0, 100.0])
def test_the_end_of_a_cover_is_kept_between_the_hours(covered):
    course = kinetics(recoil=0.9, half_life=5.0, covered_half_life=60.0, covered=covered)
    channels = replace(closing(course.open_fraction(GRID[:, None])[:, 0], 0.0), covered=covered)
    for share in (0.5, 0.3, 0.1):
        level = np.array([share * 0.1])
        exact = course.closed_at(level)
        found = closure_time_for(replace(channels, closure_time=np.tile(exact[:, None], 4)), medians(), 0.6)
        assert found[0] == pytest.approx(exact[0], rel=1e-6)
        # a wider one, so that the dye's own hour does not cancel: the sieve at 500 nm by the exact course
        wide = closure_time_for(replace(channels, closure_time=np.tile(exact[:, None], 4)), medians(), 500.0)[0]
        fraction = float(course.open_fraction(np.array([[wide]]))[0, 0])
        assert sieve(500.0, fraction) == pytest.approx(sieve(0.6, level[0]), rel=1e-4)
