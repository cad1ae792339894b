"""Every device of the catalogue has a layout, a mean pattern and a map that agree with one another."""

from dataclasses import fields, replace

import numpy as np
import pytest

from dermatwin.case.document import Settings
from dermatwin.core import Luck
from dermatwin.core.errors import CaseError
from dermatwin.device import catalogue, find
from dermatwin.evidence import Draws, Evidence
from dermatwin.insertion.pace import pace
from dermatwin.pattern import expected, layout_of, motion_of, puncture_map, raster_of, statistics, use_of

EVIDENCE = Evidence.packaged()

DEVICES = catalogue(EVIDENCE)
PEOPLE = Draws(Evidence.packaged(), Luck(4, 50))
TYPICAL = Draws(Evidence.packaged(), Luck(4, 1, frozenset()))
EACH = pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)


def settings_for(device, **changes):
    return Settings.model_validate({"needle_length": f"{np.clip(1.0, device.min_length, device.max_length)} mm", **changes})


@EACH
def test_layout_holds_every_needle_apart(device):
    use, _ = use_of(device, settings_for(device), "cheek", PEOPLE, 0)
    layout = layout_of(device, use, PEOPLE)
    assert layout.count == device.needle_count
    assert layout.neighbour > device.needle_diameter
    if device.kind.movement == "rolls":
        assert len(np.unique(layout.y)) == (device.rows or len(np.unique(layout.y)))
        assert layout.reach <= 0.5 * device.track_width


@EACH
def test_pattern_is_finite_for_everybody(device):
    settings = settings_for(device)
    use, _ = use_of(device, settings, "cheek", PEOPLE, 0)
    motion = motion_of(device, settings, use, PEOPLE)
    found = replace(expected(motion, np.full(50, 0.12), np.full(50, 0.12)), pace=pace(device, use, PEOPLE))
    for field in fields(found):
        values = getattr(found, field.name)
        assert values.shape == (50,)
        assert np.isfinite(values).all()
        assert (values >= 0.0).all()


@EACH
def test_maps_hold_the_mean_density(device):
    settings = settings_for(device, passes=4)
    raster = raster_of(device, settings, TYPICAL, "cheek")
    use, _ = use_of(device, settings, "cheek", TYPICAL, 0)
    assert raster.density == pytest.approx(motion_of(device, settings, use, TYPICAL).contacts[0])
    found = [puncture_map(raster, Luck(seed, 1), area_cm2=10.0) for seed in range(6)]
    assert np.mean([len(one.position) for one in found]) / 10.0 == pytest.approx(raster.density, rel=0.08)
    read = statistics(found[0], reentry=0.1, radius=0.1)
    assert read.hole_density <= read.contact_density
    assert read.nearest_p05_mm <= read.nearest_p50_mm <= read.nearest_p95_mm
    assert read.area_hit_twice <= read.area_hit


def test_a_density_alone_cannot_be_drawn():
    with pytest.raises(CaseError, match="leaves open how the device is moved"):
        raster_of(find("pen-12", EVIDENCE), Settings(needle_length="1 mm", density="250 /cm^2"), TYPICAL, "cheek")


def test_settings_reach_the_raster():
    settings = Settings(
        needle_length="1 mm", passes=6, hand_speed="2 cm/s", frequency="80 Hz", track_spacing="4 mm", directions=2
    )
    raster = raster_of(find("pen-12", EVIDENCE), settings, TYPICAL, "cheek")
    assert (raster.passes, raster.directions, raster.spacing, raster.step) == (6, 2, 4.0, 0.25)
    assert raster.density == pytest.approx(100.0 * 12 * 80.0 * 6 / (20.0 * 4.0))
