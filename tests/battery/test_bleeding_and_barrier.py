"""Every zone and phototype passes the same list: bleeding is a share, channels close in one order, later under a cover."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from builders import site_skin
from dermatwin.barrier import close, closure_time_for, readings
from dermatwin.case.document import Settings
from dermatwin.core import Luck
from dermatwin.device import Device, kinds
from dermatwin.evidence import Draws, Evidence
from dermatwin.insertion import insert

KINDS = kinds(Evidence.packaged())

PHOTOTYPES = ("I", "II", "III", "IV", "V", "VI")
ZONES = ("forehead", "periorbital", "nose", "cheek", "upper_lip", "neck", "scalp", "decollete", "hands", "abdomen", "thigh")
LENGTHS = ("0.25 mm", "0.5 mm", "1 mm", "1.5 mm", "2.5 mm")
PEN = Device("a_pen", "a pen", KINDS["pen"], 14, 0.25, 0.02, 0.1, 3.0, frequency=100.0, track_width=9.0, pitch=1.0)
DRAWS = Draws(Evidence.packaged(), Luck(5, 16))
everywhere = pytest.mark.parametrize(
    "place", [(zone, phototype) for zone in ZONES for phototype in PHOTOTYPES], ids=lambda place: "-".join(place)
)


@cache
def needled(place, length):
    zone, phototype = place
    skin = site_skin(DRAWS, zone, phototype=phototype)
    return skin, insert(PEN, Settings(needle_length=length, density="250 /cm^2"), skin, DRAWS, 0)


@everywhere
def test_bleeding_is_a_share_that_grows_with_the_needle(place):
    points = []
    for length in LENGTHS:
        _, done = needled(place, length)
        for values in (done.vessel_cut_fraction, done.bleeding_fraction, done.bleeding_endpoint):
            assert np.all((values >= 0.0) & (values <= 1.0))
        assert np.all(done.bleeding_fraction <= done.vessel_cut_fraction)
        points.append(done.density * done.bleeding_fraction)
    assert np.all(np.diff(points, axis=0) >= -1e-9)
    assert np.median(points[-1]) > np.median(points[0])


@everywhere
def test_channels_close_in_order_and_later_under_a_cover(place):
    skin, done = needled(place, "1 mm")
    bare, covered = (close(done, skin, DRAWS, covered_h=hours) for hours in (0.0, 48.0))
    for channels in (bare, covered):
        assert np.all(np.diff(channels.closure_time, axis=1) >= 0.0)
        sizes = [closure_time_for(channels, DRAWS, radius) for radius in (0.6, 2.5, 500.0, 5000.0)]
        assert np.all(np.diff(sizes, axis=0) <= 1e-9)
        np.testing.assert_allclose(sizes[0], channels.closure_time[:, 1], rtol=1e-9, atol=1e-9)
    assert np.all(covered.closure_time >= bare.closure_time)
    assert np.any(covered.closure_time > bare.closure_time)


@everywhere
def test_the_wait_is_finite_and_never_shorter_than_the_clinics(place):
    skin, done = needled(place, "1 mm")
    found = {reading.name: reading.values for reading in readings(close(done, skin, DRAWS), DRAWS)}
    assert np.all(found["no_makeup_before"] >= 24.0)
    assert np.all(found["no_actives_before"] >= 168.0)
    assert np.all(np.isfinite([found["no_makeup_before"], found["no_actives_before"]]))
