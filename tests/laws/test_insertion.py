"""Laws of insertion: bounds, monotony, proportion, and luck that does not depend on company."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import draws_of, skin_of
from dermatwin.case.document import Settings
from dermatwin.core import Luck
from dermatwin.device import Device, kinds
from dermatwin.evidence import Draws, Evidence
from dermatwin.insertion import Make, Press, insert, penetrate, puncture_force, readings
from dermatwin.insertion.needle import Needle
from dermatwin.insertion.penetration import deepest
from dermatwin.insertion.tissue import tissue_at
from dermatwin.pattern import CHOICES

KINDS = kinds(Evidence.packaged())

FEW = settings(max_examples=20, deadline=None)
PEN = Device("a_pen", "a pen", KINDS["pen"], 14, 0.25, 0.02, 0.1, 3.0, frequency=100.0, track_width=9.0, pitch=1.0)
ROLLER = Device("a_roller", "a roller", KINDS["roller"], 192, 0.25, 0.02, 0.1, 3.0, track_width=20.0, drum_diameter=20.0)
STAMP = Device("a_stamp", "a stamp", KINDS["stamp"], 40, 0.2, 0.02, 0.1, 3.0, array_area=1.0)
DEVICES = pytest.mark.parametrize("device", [PEN, ROLLER, STAMP], ids=lambda device: device.kind.name)
CLASSES = st.sampled_from(["roller", "stamp", "pen"])
LENGTHS = st.floats(0.1, 2.5)
FACTORS = st.floats(1.05, 5.0)


COUNT = 6


def push(skin=None, draws=None, **changes):
    sizes = {"length": 1.0, "tip_diameter": 0.02, "base_diameter": 0.2, "taper": 1.2}
    hand = {"compliance_class": "pen", "speed": 100.0}
    make = Make(**{name: changes.pop(name, usual) for name, usual in sizes.items()})
    press = Press(**{**hand, **changes})
    return penetrate(make, press, skin or skin_of(COUNT), draws or draws_of(COUNT))


def session(device=PEN, count=6, **changes):
    chosen = {"needle_length": "1.5 mm", "passes": 4, "hand_speed": "3 cm/s", **changes}
    return insert(device, Settings(**chosen), skin_of(count), draws_of(count), 0)


@FEW
@given(LENGTHS, st.floats(0.002, 0.1), CLASSES, st.floats(0.5, 1000.0), st.floats(0.0, 0.5), st.none() | st.floats(0.0, 2.0))
def test_depth_stays_within_the_needle_and_recoil_only_takes_away(length, tip, compliance_class, speed, gap, force):
    found = push(length=length, tip_diameter=tip, compliance_class=compliance_class, speed=speed, gap=gap, force=force)
    assert np.all(found.in_situ_depth >= 0.0)
    assert np.all(found.in_situ_depth <= max(length - gap, 0.0) + 1e-12)
    assert np.all(found.residual_depth <= found.in_situ_depth)
    assert np.all(found.channel_diameter <= found.needle_diameter)
    assert np.all((found.in_situ_depth > 0.0) == found.pierced)


@FEW
@given(LENGTHS, FACTORS, CLASSES)
def test_longer_needles_go_deeper(length, factor, compliance_class):
    shallow = push(length=length, compliance_class=compliance_class)
    deep = push(length=length * factor, compliance_class=compliance_class)
    assert np.all(deep.in_situ_depth >= shallow.in_situ_depth)
    assert np.all(deep.in_situ_depth[shallow.pierced] > shallow.in_situ_depth[shallow.pierced])


@FEW
@given(st.floats(0.003, 0.03), FACTORS)
def test_sharper_tips_need_less_force_and_go_deeper(tip, factor):
    sharp, blunt = push(tip_diameter=tip), push(tip_diameter=tip * factor)
    assert np.all(sharp.puncture_force < blunt.puncture_force)
    assert np.all(sharp.in_situ_depth >= blunt.in_situ_depth)
    assert np.all(sharp.pierced >= blunt.pierced)


@FEW
@given(st.floats(0.1, 3.0), FACTORS, CLASSES)
def test_stiffer_skin_lets_a_driven_needle_deeper(stiffness, factor, compliance_class):
    soft = push(skin_of(COUNT, stiffness=stiffness), compliance_class=compliance_class)
    stiff = push(skin_of(COUNT, stiffness=stiffness * factor), compliance_class=compliance_class)
    assert np.all(stiff.in_situ_depth >= soft.in_situ_depth - 1e-8)
    assert np.any(stiff.in_situ_depth > soft.in_situ_depth)


@FEW
@given(st.floats(0.1, 200.0), FACTORS)
def test_a_faster_driven_needle_goes_deeper(speed, factor):
    slow, fast = push(speed=speed), push(speed=speed * factor)
    assert np.all(fast.in_situ_depth >= slow.in_situ_depth - 1e-8)
    assert np.all(fast.puncture_force <= slow.puncture_force)


@FEW
@given(st.floats(0.005, 1.0), FACTORS)
def test_more_force_goes_deeper_until_the_stroke_stops_it(force, factor):
    weak, strong, driven = push(force=force), push(force=force * factor), push()
    assert np.all(strong.in_situ_depth >= weak.in_situ_depth)
    assert np.all(driven.in_situ_depth >= strong.in_situ_depth)


@FEW
@given(st.floats(0.005, 0.04), st.floats(0.5, 10.0), st.floats(0.01, 1.0), FACTORS)
def test_puncture_force_rises_with_the_tip_and_falls_with_speed_and_spacing(tip, speed, spacing, factor):
    draws = draws_of(COUNT)
    base = puncture_force(tip, speed, spacing, draws)
    np.testing.assert_allclose(puncture_force(tip * factor, speed, spacing, draws), base * factor)
    assert np.all(puncture_force(tip, speed * factor, spacing, draws) <= base)
    assert np.all(puncture_force(tip, speed, spacing * factor, draws) <= base)
    assert np.all(puncture_force(tip, speed, None, draws) <= base)


@DEVICES
def test_contacts_are_proportional_to_passes_and_holes_follow(device):
    one, five = session(device, passes=1), session(device, passes=5)
    np.testing.assert_allclose(five.pattern.contacts, 5.0 * one.pattern.contacts)
    assert np.all(five.density >= one.density)
    assert np.all(five.density <= 5.0 * one.density * (1.0 + 1e-9))
    np.testing.assert_array_equal(five.in_situ_depth, one.in_situ_depth)


@DEVICES
def test_a_person_does_not_notice_how_many_others_are_drawn(device):
    alone, crowd = session(device, count=3), session(device, count=9)
    for name in ("density", "in_situ_depth", "residual_depth", "channel_diameter", "force", "reach", "bleeding_fraction"):
        np.testing.assert_array_equal(getattr(alone, name), getattr(crowd, name)[:3])


@DEVICES
def test_nor_where_everything_is_left_to_defaults(device):
    bare = replace(device, frequency=None, track_width=None, drum_diameter=None, array_area=None, pitch=None)
    alone, crowd = (insert(bare, Settings(needle_length="1 mm"), skin_of(count), draws_of(count), 1) for count in (3, 9))
    np.testing.assert_array_equal(alone.in_situ_depth, crowd.in_situ_depth[:3])
    np.testing.assert_array_equal(alone.density, crowd.density[:3])
    named = {notice.path.rpartition(".")[2] for notice in alone.notices}
    assert named == {choice.name for choice in CHOICES[device.kind.movement]}


@DEVICES
def test_deeper_layers_are_reached_by_fewer_needles(device):
    found = session(device)
    assert np.all(np.diff(found.reach, axis=1) <= 0.0)
    assert np.all((found.reach >= 0.0) & (found.reach <= 1.0))
    np.testing.assert_allclose(found.density, found.attempted_density * found.pierced_fraction)


def test_the_order_of_needles_does_not_matter():
    draws, rng = draws_of(COUNT), np.random.default_rng(5)
    tissue = tissue_at(skin_of(COUNT), draws, speed=np.full(6, 50.0), compliance_class="roller")
    shape = (6, 12)
    needle = Needle(rng.uniform(0.2, 2.0, shape), rng.uniform(0.005, 0.04, shape), np.full(shape, 0.25), np.full(shape, 1.2))
    order = rng.permutation(12)
    mixed = Needle(needle.length[:, order], needle.tip[:, order], needle.base[:, order], needle.taper[:, order])
    gap = np.full((6, 1), 0.05)
    np.testing.assert_array_equal(deepest(mixed, tissue, np.inf, gap), deepest(needle, tissue, np.inf, gap)[:, order])


def test_sessions_differ_by_chance_and_only_by_chance():
    skin, settings_ = skin_of(COUNT), Settings(needle_length="1.5 mm", passes=4, hand_speed="3 cm/s")
    first, second = (insert(PEN, settings_, skin, draws_of(COUNT), number) for number in (0, 1))
    assert not np.array_equal(first.in_situ_depth, second.in_situ_depth)
    still = Draws(Evidence.packaged(), Luck(3, 6, frozenset({"knowledge", "person"})))
    first, second = (insert(PEN, settings_, skin, still, number) for number in (0, 1))
    np.testing.assert_array_equal(first.in_situ_depth, second.in_situ_depth)


@DEVICES
def test_readings_are_finite_and_catalogued(device):
    units = {name: quantity.unit for name, quantity in Evidence.packaged().quantities.items()}
    for reading in readings(session(device), 0.0):
        assert reading.values.shape == (6,)
        assert np.all(np.isfinite(reading.values))
        assert np.all(reading.values >= 0.0)
        assert reading.unit == units[reading.name]


def test_no_needle_pierces_without_force_and_every_reading_is_then_zero():
    found = push(force=0.0)
    assert not found.pierced.any()
    assert not found.force.any()
    weak = session(ROLLER, force="0.01 N")
    assert not weak.in_situ_depth.any()
    none = {reading.name: reading.values for reading in readings(weak)}
    for name in ("in_situ_depth", "puncture_density", "reach_papillary", "injured_volume", "bleeding_fraction"):
        assert not none[name].any()


def test_needles_that_pass_through_the_skin_are_remarked():
    thin = replace(skin_of(COUNT), dermis=np.full(6, 0.3))
    found = insert(PEN, Settings(needle_length="2.5 mm", passes=2, hand_speed="3 cm/s"), thin, draws_of(COUNT), 0)
    assert any("through the dermis" in notice.message for notice in found.notices)


def test_bone_animals_long_needles_and_defaults_are_remarked():
    bony = replace(skin_of(COUNT), over_bone=True, species="pig", site="back")
    found = insert(ROLLER, Settings(needle_length="2.8 mm"), bony, draws_of(COUNT), 0)
    text = " ".join(f"{notice.path}: {notice.message}" for notice in found.notices)
    for word in ("bone", "pig", "outside the evidence", "settings.cheek.passes", "settings.cheek.force"):
        assert word in text
    labelled = replace(PEN, labelled_max_length=1.5)
    beyond = insert(
        labelled, Settings(needle_length="2 mm", passes=2, hand_speed="3 cm/s"), skin_of(COUNT), draws_of(COUNT), 0
    )
    assert any("label" in notice.message for notice in beyond.notices)
    quiet = insert(PEN, Settings(needle_length="1 mm", passes=2, hand_speed="3 cm/s"), skin_of(COUNT), draws_of(COUNT), 0)
    assert quiet.notices == ()
