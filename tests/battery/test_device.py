"""Every device of the catalogue passes the same list, and so do devices that a case describes."""

import dataclasses

import numpy as np
import pytest

from dermatwin.case import CustomDevice
from dermatwin.core import Luck
from dermatwin.device import Device, base_diameter, catalogue, describe, find, tip_diameter
from dermatwin.evidence import GRADES, Draws, Evidence

EVIDENCE = Evidence.packaged()
DRAWS = Draws(EVIDENCE, Luck(5, 200))
DEVICES = catalogue(EVIDENCE)
FIELDS = {field.name for field in dataclasses.fields(Device)}
NEEDS = {"pen": (), "roller": ("drum_diameter", "track_width"), "stamp": ("array_area",)}
PHOTOTYPES = {"I", "II", "III", "IV", "V", "VI"}


def custom(**changes):
    plain = {
        "name": "mine",
        "kind": "pen",
        "needle_count": 12,
        "needle_diameter": "0.25 mm",
        "tip_diameter": "15 um",
        "max_length": "2 mm",
    }
    return CustomDevice.model_validate({**plain, **changes})


def test_there_are_enough_devices_of_each_kind():
    kinds = [device.kind.name for device in DEVICES.values()]
    assert len(kinds) >= 14
    assert all(kinds.count(kind) > 1 for kind in NEEDS)


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_geometry_is_possible(device):
    assert 0 < device.tip_diameter < device.needle_diameter < device.max_length
    assert 0 <= device.min_length <= device.max_length <= 3.5
    assert 0.1 <= device.needle_diameter <= 0.4  # mm; trade sources give 0.2-0.4, one roller was measured at 0.14
    for name in NEEDS[device.kind.name]:
        assert getattr(device, name) is not None, name
    if device.frequency is not None:
        assert 30 <= device.frequency <= (device.max_frequency or 150) <= 150


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_needles_do_not_overlap(device):
    if device.kind.movement == "rolls":
        room = np.pi * device.drum_diameter * device.track_width
    elif device.kind.movement == "presses":
        room = 100 * device.array_area
    else:
        return
    assert device.needle_count * device.needle_diameter**2 < room


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_every_device_says_where_it_comes_from(device):
    assert device.sources
    assert all(source in EVIDENCE.sources for source in device.sources)
    assert "unconfirmed" not in device.sources
    assert device.grade in GRADES
    assert device.note
    assert set(device.assumed) <= FIELDS
    assert all(getattr(device, name) is not None for name in device.assumed), "only a value that is given can be assumed"
    if device.sources == ("dermatwin_prior",):
        assert device.grade == "E"


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_labels_are_consistent(device):
    assert set(device.phototypes) <= PHOTOTYPES
    if device.labelled_max_length is not None:
        assert device.cleared
        assert device.labelled_max_length <= device.max_length
    if device.indication or device.phototypes:
        assert device.cleared.startswith("FDA ")


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_every_device_is_found_by_id_name_and_alias(device):
    for text in (device.id, device.name, device.name.upper(), f" {device.id} ", *device.aliases):
        assert find(text, EVIDENCE) is device, text


def test_a_misspelt_device_is_answered_with_suggestions():
    with pytest.raises(KeyError, match="did you mean skinpen-precision"):
        find("skinpen precison", EVIDENCE)
    with pytest.raises(KeyError, match=r"known: .*roller-192"):
        find("qqqq", EVIDENCE)


def test_facts_that_sources_print():
    mf8, kalluri, first = find("MF8", EVIDENCE), find("dermaroller-kalluri-770", EVIDENCE), find("dermapen-3", EVIDENCE)
    per_pass = mf8.needle_count / (np.pi * mf8.drum_diameter * mf8.track_width) * 100
    assert per_pass == pytest.approx(15.3, abs=0.1)  # holes per cm2
    assert kalluri.tip_diameter == pytest.approx(0.008)  # tip radius 4 um
    assert kalluri.needle_diameter == pytest.approx(0.140)
    assert first.needle_count * first.max_frequency == pytest.approx(1000, rel=0.02)  # 'almost 1000' punctures per second
    assert find("skinpen", EVIDENCE).frequency * 60 == pytest.approx(7000, rel=0.001)  # rpm


def test_the_catalogue_cannot_be_changed_by_its_reader():
    with pytest.raises(TypeError, match="does not support item assignment"):
        catalogue(EVIDENCE)["pen-12"] = DEVICES["roller-192"]


def test_a_described_pen_keeps_its_numbers():
    device = describe(custom(frequency="100 Hz", track_width="8 mm"), EVIDENCE)
    assert (device.id, device.needle_count, device.frequency, device.track_width) == ("custom", 12, 100.0, 8.0)
    assert device.needle_diameter == 0.25
    assert device.tip_diameter == pytest.approx(0.015)
    assert device.min_length == 0.0
    assert device.sources == ()
    assert device.motorised


def test_a_described_roller_has_one_length_and_sweeps_its_drum():
    drum = custom(kind="roller", needle_count=192, max_length="1.5 mm", drum_diameter="2 cm", drum_width="18 mm")
    device = describe(drum, EVIDENCE)
    assert (device.min_length, device.max_length) == (1.5, 1.5)
    assert device.track_width == 18.0
    assert device.drum_diameter == 20.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"tip_diameter": "0.3 mm"}, "tip_diameter 0.3 is above needle_diameter 0.25"),
        ({"min_length": "2.5 mm"}, "min_length 2.5 is above max_length 2"),
        ({"kind": "stamp", "frequency": "100 Hz"}, "frequency does not apply to a stamp"),
        ({"kind": "stmp"}, "stmp is not one of pen, roller, stamp; did you mean 'stamp'"),
        ({"kind": "rf_needle"}, "rf_needle is not one of pen, roller, stamp"),
    ],
)
def test_contradictions_are_refused_with_the_reason(changes, words):
    with pytest.raises(ValueError, match=words):
        describe(custom(**changes), EVIDENCE)


@pytest.mark.parametrize(
    "change",
    [
        {"rows": 3},
        {"needle_count": 0},
        {"array_area": 0.0},
        {"max_length": -1.0},
        {"labelled_max_length": 9.0},
        {"needle_diameter": float("nan")},
    ],
)
def test_an_impossible_record_cannot_be_made(change):
    with pytest.raises(ValueError, match="Generic pen"):
        dataclasses.replace(find("pen-12", EVIDENCE), **change)


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_needles_are_drawn_around_the_catalogue(device):
    base, tip = base_diameter(device, DRAWS), tip_diameter(device, DRAWS)
    assert base.shape == tip.shape == (200,)
    assert (tip > 0).all()
    assert (tip <= base).all()
    assert np.median(base) == pytest.approx(device.needle_diameter, rel=0.1)
    assert np.median(tip) == pytest.approx(device.tip_diameter, rel=0.15)


def test_an_assumed_tip_is_less_certain_than_a_measured_one():
    assumed, measured = find("pen-12", EVIDENCE), find("dermaroller-kalluri-770", EVIDENCE)
    spread = [np.std(np.log(tip_diameter(device, DRAWS))) for device in (assumed, measured)]
    assert spread[0] > 2 * spread[1]


def test_no_spread_gives_the_catalogue():
    still = Draws(EVIDENCE, Luck(5, 3, frozenset()))
    device = find("exceed", EVIDENCE)
    np.testing.assert_allclose(base_diameter(device, still), 0.35)
    np.testing.assert_allclose(tip_diameter(device, still), 0.015)
