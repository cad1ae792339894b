"""Bleeding against closed forms: Buffon's net, discs thrown at random, thinning of a Poisson number."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm

from builders import medians, skin_of
from dermatwin.insertion.bleeding import Bleeding, Loops, Plexus, bleed, vessels_of
from dermatwin.insertion.needle import Needle
from dermatwin.skin import site_of


def column(value):
    return np.array([[float(value)]])


def needle_of(length=1.5, tip=0.02, base=0.25, taper=1.4):
    return Needle(*(column(size) for size in (length, tip, base, taper)))


def plexus_of(length=5.0, depth=0.4, scatter=0.3, width=0.03):
    return Plexus(*(column(value) for value in (length, depth, scatter, width)))


def loops_of(density=70.0, top=0.1, spread=0.05, width=0.03):
    return Loops(*(column(value) for value in (density, top, spread, width)))


def test_a_pin_through_a_flat_net_is_buffons_problem():
    pin = needle_of(tip=0.1, base=0.1)
    cuts = plexus_of(length=4.0, depth=0.4, scatter=0.05, width=0.02).expected_cuts(pin, column(1.2))[0, 0]
    assert cuts == pytest.approx(4.0 * (0.1 + 0.02), rel=1e-9)
    # thrown at a random isotropic net of the same length per area: chords of a disc 3 mm wide around the needle
    rng, throws, radius = np.random.default_rng(5), 40_000, 1.5
    # isotropic lines: length per area of lines with intensity m per unit distance and turn is m, seen over (-R, R)
    lines = rng.poisson(4.0 * 2.0 * radius, throws)
    distance = rng.uniform(-radius, radius, lines.sum())
    hit = np.abs(distance) < 0.5 * (0.1 + 0.02)
    struck = np.bincount(np.repeat(np.arange(throws), lines)[hit], minlength=throws) > 0
    expected = -np.expm1(-4.0 * 0.12)
    assert struck.mean() == pytest.approx(expected, abs=4.0 * np.sqrt(expected * (1.0 - expected) / throws))


def test_a_tapered_needle_in_a_net_of_scattered_depth_equals_the_integral():
    needle, plexus, depth = needle_of(taper=0.5), plexus_of(), 0.7
    law = lognorm(0.3, scale=0.4)
    expected = quad(
        lambda z: 5.0 * (needle.diameter(column(depth - z))[0, 0] + 0.03) * law.pdf(z),
        0.0,
        depth,
        points=[0.2],
        epsrel=1e-10,
    )[0]
    assert plexus.expected_cuts(needle, column(depth))[0, 0] == pytest.approx(expected, rel=1e-7)


def test_loops_are_discs_that_the_needle_sweeps():
    pin = needle_of(tip=0.1, base=0.1)
    assert loops_of().expected_cuts(pin, column(0.8))[0, 0] == pytest.approx(70.0 * np.pi / 4.0 * 0.13**2)
    assert loops_of().expected_cuts(pin, column(0.125))[0, 0] == pytest.approx(0.5 * 70.0 * np.pi / 4.0 * 0.13**2)
    assert loops_of().expected_cuts(pin, column(0.1))[0, 0] == 0.0


def test_loops_against_needles_thrown_at_random():
    rng, throws, needle = np.random.default_rng(8), 4000, needle_of()
    loops, depth, reach = loops_of(density=60.0), 0.6, 0.3
    number = rng.poisson(60.0 * (2.0 * reach) ** 2, throws)
    owner = np.repeat(np.arange(throws), number)
    place = rng.uniform(-reach, reach, (number.sum(), 2))
    width = needle.diameter(depth - rng.uniform(0.1, 0.15, number.sum())[None, :])[0]
    hit = np.hypot(*place.T) < 0.5 * (width + 0.03)
    struck = (np.bincount(owner[hit], minlength=throws) > 0).mean()
    expected = -np.expm1(-loops.expected_cuts(needle, column(depth))[0, 0])
    assert struck == pytest.approx(expected, abs=4.0 * np.sqrt(expected * (1.0 - expected) / throws))


@pytest.mark.parametrize("depth", [0.12, 0.3, 1.0, 1.45])
def test_loops_integrate_the_width_over_the_height_of_their_tips(depth):
    needle, loops = needle_of(taper=0.5), loops_of(spread=0.3)
    low = min(max(depth - 0.1, 0.0), 0.3)
    swept = quad(
        lambda z: np.pi / 4.0 * (needle.diameter(column(depth - 0.1 - z))[0, 0] + 0.03) ** 2,
        0.0,
        low,
        points=[max(depth - 0.6, 0.0)],
    )[0]
    assert loops.expected_cuts(needle, column(depth))[0, 0] == pytest.approx(70.0 * swept / 0.3, rel=1e-6)


def test_blood_shows_for_a_share_of_the_cut_vessels():
    found = Bleeding(np.array([[0.0, 1.0, 2.0, 9.0]]), np.array([[True, True, True, False]]), np.array([0.25]))
    np.testing.assert_allclose(found.cut_fraction, np.mean(1.0 - np.exp([0.0, -1.0, -2.0])))
    np.testing.assert_allclose(found.fraction, np.mean(1.0 - np.exp([0.0, -0.25, -0.5])))


def test_half_of_the_operators_see_the_endpoint_at_its_median_count():
    draws = medians()
    found = Bleeding(np.array([[np.log(2.0)]]), np.array([[True]]), np.array([1.0]))  # every second puncture bleeds
    count = draws("bleeding_endpoint_density", "1/cm^2")
    assert found.endpoint(2.0 * count, draws)[0] == pytest.approx(0.5)
    assert found.endpoint(np.zeros(1), draws)[0] == 0.0


def test_no_vessels_and_no_blood():
    draws, needle = medians(), needle_of()
    empty = (loops_of(density=0.0), plexus_of(length=0.0))
    assert sum(vessels.expected_cuts(needle, column(1.2))[0, 0] for vessels in empty) == 0.0
    excised = bleed(needle, column(1.2), skin_of(alive=False), draws)
    assert excised.cut_fraction[0] > 0.0
    assert excised.fraction[0] == 0.0


def test_each_part_of_the_body_has_its_vessels():
    draws = medians()
    places = [skin_of(site=site) for site in ("cheek", "neck", "scalp", "hands", "abdomen")]
    regions = [site_of(place, draws.evidence).region.vessels for place in places]
    assert regions == ["face", "face", "face", "hand", "body"]
    assert site_of(skin_of(site="back", species="pig"), draws.evidence).region.vessels == "animal"
    face, hand = (vessels_of(skin_of(site=site), draws)[0].density[0, 0] for site in ("cheek", "hands"))
    assert hand == pytest.approx(4.0 * face)  # Li 2006: crow's feet against the back of the hand


def test_the_deep_plexus_lies_at_the_fat():
    skin = skin_of()
    assert vessels_of(skin, medians())[2].depth[0, 0] == pytest.approx(skin.interfaces[0, -1])
