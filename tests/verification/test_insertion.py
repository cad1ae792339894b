"""Insertion against closed forms, geometry and the arithmetic of its sources."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from builders import medians, skin_of
from dermatwin.case.document import Settings
from dermatwin.device import Device, kinds
from dermatwin.evidence import Evidence
from dermatwin.insertion import Make, Press, depth_at_puncture, insert, penetrate, penetration, puncture_force
from dermatwin.insertion.handling import handle
from dermatwin.insertion.needle import Needle
from dermatwin.insertion.penetration import TOLERANCE, deepest
from dermatwin.insertion.tissue import Tissue, interaction, tissue_at

KINDS = kinds(Evidence.packaged())

PIN = 0.1  # mm, a cylinder


def tissue(stiffness=0.4, tearing=3.0, spreading=0.5, friction=0.2):
    return Tissue(*(np.array([[value]]) for value in (4.0, tearing, 0.1, spreading, friction, stiffness)))


def cylinder(length):
    return Needle(*(np.array([[value]]) for value in (length, PIN, PIN, 1.0)))


def test_rigid_skin_takes_the_whole_needle():
    rigid = tissue(stiffness=np.inf)
    assert deepest(cylinder(1.5), rigid, np.inf, np.zeros((1, 1)))[0, 0] == 1.5
    assert deepest(cylinder(1.5), rigid, np.inf, np.full((1, 1), 0.4))[0, 0] == pytest.approx(1.1, abs=1e-8)


@pytest.mark.parametrize("length", [1.2, 1.5, 2.5])
def test_stop_by_stroke_matches_the_quadratic_of_a_cylinder(length):
    # p + sqrt((a + b p) / K) = L - g  with  F = a + b p
    ground, gap = tissue(), 0.1
    a, b, k, room = 3.0 * PIN + 0.5 * PIN**2, 0.2 * np.pi * PIN, 0.4, length - gap
    half = room + b / (2.0 * k)
    expected = half - np.sqrt(half**2 - room**2 + a / k)
    found = deepest(cylinder(length), ground, np.inf, np.full((1, 1), gap))[0, 0]
    assert found == pytest.approx(expected, abs=2.0 * TOLERANCE * length)


def test_stop_by_force_matches_the_line_of_a_cylinder():
    a, b = 3.0 * PIN + 0.5 * PIN**2, 0.2 * np.pi * PIN
    found = deepest(cylinder(2.5), tissue(stiffness=np.inf), np.array([[a + 0.3 * b]]), np.zeros((1, 1)))[0, 0]
    assert found == pytest.approx(0.3, abs=1e-8)


def test_flank_is_the_integral_of_the_girth():
    needle = Needle(*(np.array([[value]]) for value in (2.0, 0.01, 0.25, 1.3)))
    for depth in (0.2, 1.3, 1.9):
        expected, _ = quad(
            lambda z: np.pi * float(needle.diameter(np.array([[z]]))[0, 0]), 0.0, depth, points=[min(1.3, depth)]
        )
        assert needle.flank(np.array([[depth]]))[0, 0] == pytest.approx(expected, rel=1e-9)


def test_resistance_rises_with_depth():
    needle = Needle(*(np.full((1, 50), value) for value in (2.0, 0.01, 0.25, 1.3)))
    force = tissue().resisting_force(needle, np.linspace(0.0, 2.0, 50)[None, :])
    assert np.all(np.diff(force) > 0.0)


def test_the_force_balance_holds_at_the_depth_that_is_found():
    ground = tissue()
    needle = Needle(*(np.array([[value]]) for value in (1.5, 0.01, 0.25, 1.3)))
    depth = deepest(needle, ground, np.inf, np.full((1, 1), 0.05))
    total = depth + ground.dimple(ground.resisting_force(needle, depth)) + 0.05
    assert total[0, 0] == pytest.approx(1.5, abs=1e-7)


def test_puncture_force_is_linear_in_the_tip():
    unit = puncture_force(0.01, 1.0, None, medians())[0]
    assert puncture_force(0.03, 1.0, None, medians())[0] == pytest.approx(3.0 * unit)
    assert unit == pytest.approx(medians()("puncture_toughness", "N/mm")[0] * 0.01)  # at the reference speed


def test_speed_eases_puncture_down_to_a_floor():
    draws = medians()
    slow, fast, fastest = (puncture_force(0.01, speed, None, draws)[0] for speed in (1.0, 1e3, 1e30))
    assert fastest < fast < slow
    assert fastest == pytest.approx(slow * draws("toughness_rate_floor", "1")[0], rel=0.02)


def test_depth_at_puncture_of_a_pin_without_a_taper():
    """F_pen = a + b p on a pin of one width; the largest p with p + sqrt((a + b p) / K) = sqrt(F_c / K), a quadratic."""
    draws = medians()
    pin = 0.02
    found = depth_at_puncture(tip_diameter_mm=pin, base_diameter_mm=pin, taper_mm=1.0, skin=skin_of(), draws=draws)[0]
    ground = tissue_at(skin_of(), draws, speed=np.ones(1), compliance_class="stamp")
    one = Needle(*(np.array([[value]]) for value in (5.0, pin, pin, 1.0)))
    a, b = (float(ground.resisting_force(one, np.array([[depth]]))[0, 0]) for depth in (0.0, 1.0))
    b -= a
    stiffness = float(ground.stiffness[0, 0])
    travel = float(ground.dimple(ground.puncture_force(one.tip))[0, 0])
    middle = travel + b / (2.0 * stiffness)
    expected = middle - np.sqrt(middle**2 - (travel**2 - a / stiffness))
    assert 0.0 < expected < travel
    assert found == pytest.approx(expected, rel=1e-6)


def test_a_force_just_below_the_threshold_does_not_pierce():
    threshold = float(puncture_force(0.02, 1.0, None, medians())[0])
    make, skin, draws = Make(2.0, 0.02, 0.1), skin_of(), medians()
    for share, pierced in ((0.999, 0.0), (1.001, 1.0)):
        found = penetrate(make, Press("stamp", force=share * threshold), skin, draws)
        assert found.pierced_fraction[0] == pierced


def test_drum_of_192_needles_makes_15_contacts_per_square_centimetre_and_pass():
    drum = Device("mf8", "MF8", KINDS["roller"], 192, 0.25, 0.02, 0.2, 3.0, track_width=20.0, drum_diameter=20.0)
    chosen = Settings(needle_length="1.5 mm", passes=1, hand_speed="5 cm/s", force="8 N")
    found = insert(drum, chosen, skin_of(), medians(), 0)
    rolling = 1.0 - medians()("roller_sliding_share", "1")[0]
    assert found.attempted_density[0] == pytest.approx(rolling * 192.0 / (np.pi * 2.0 * 2.0))


def test_a_pens_strokes_are_counted_and_its_holes_are_fewer():
    pen = Device("pen", "pen", KINDS["pen"], 14, 0.25, 0.02, 0.2, 3.0, frequency=50.0, track_width=9.0, pitch=1.0)
    chosen = Settings(needle_length="1.5 mm", passes=2, hand_speed="3 cm/s", frequency="116.6667 Hz")
    found = insert(pen, chosen, skin_of(), medians(), 0)
    assert found.pattern.contacts[0] == pytest.approx(2.0 * 604.9, rel=1e-3)
    closer = insert(pen, chosen.model_copy(update={"track_spacing": 4.5}), skin_of(), medians(), 0)
    assert closer.pattern.contacts[0] == pytest.approx(4.0 * 604.9, rel=1e-3)
    assert found.attempted_density[0] < found.pattern.contacts[0]


def test_a_stated_stroke_sets_the_speed_of_the_needles():
    pen = Device("pen", "pen", KINDS["pen"], 14, 0.25, 0.02, 0.2, 3.0, frequency=100.0, track_width=9.0, pitch=1.0)
    chosen = Settings(needle_length="1.5 mm", passes=2, hand_speed="3 cm/s", stroke="2.5 mm")
    assert handle(pen, chosen, skin_of(), medians(), 0).push.speed[0] == pytest.approx(np.pi * 100.0 * 2.5)
    short = handle(pen, chosen.model_copy(update={"stroke": 1.0}), skin_of(), medians(), 0)
    assert any("never leave the skin" in notice.message for notice in short.notices)


def test_settings_that_do_nothing_are_remarked():
    stamp = Device("stamp", "a stamp", KINDS["stamp"], 40, 0.2, 0.02, 0.2, 3.0, array_area=0.8)
    chosen = Settings(needle_length="1 mm", passes=3, stroke="2 mm", track_spacing="5 mm")
    text = " ".join(notice.message for notice in handle(stamp, chosen, skin_of(), medians(), 0).notices)
    assert text.count("changes nothing") == 2


def test_a_hurried_hand_and_wide_tracks_are_remarked():
    pen = Device("pen", "pen", KINDS["pen"], 14, 0.25, 0.02, 0.2, 3.0, frequency=50.0, track_width=9.0, pitch=1.0)
    chosen = Settings(needle_length="1.5 mm", passes=2, hand_speed="10 cm/s", track_spacing="12 mm")
    text = " ".join(notice.message for notice in handle(pen, chosen, skin_of(), medians(), 0).notices)
    assert "slits" in text
    assert "strips between the tracks" in text


def test_a_stamp_presses_its_needles_per_area():
    stamp = Device("stamp", "stamp", KINDS["stamp"], 40, 0.2, 0.02, 0.2, 3.0, array_area=0.8)
    found = insert(stamp, Settings(needle_length="1 mm", passes=3), skin_of(), medians(), 0)
    assert found.pattern.contacts[0] == pytest.approx(150.0)
    assert 0.9 * 150.0 < found.attempted_density[0] < 150.0


def test_a_stated_density_replaces_the_count():
    pen = Device("pen", "pen", KINDS["pen"], 14, 0.25, 0.02, 0.2, 3.0, frequency=100.0, pitch=1.0)
    found = insert(pen, Settings(needle_length="1.5 mm", density="250 /cm^2"), skin_of(), medians(), 0)
    assert found.attempted_density[0] == 250.0
    assert found.notices == ()


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("pen", {"frequency": 100.0, "track_width": 9.0, "pitch": 1.0}),
        ("roller", {"drum_diameter": 20.0, "track_width": 20.0}),
        ("stamp", {"array_area": 1.0}),
    ],
)
def test_a_default_counts_as_its_median_when_nothing_varies(kind, facts):
    bare = Device("bare", "bare", KINDS[kind], 30, 0.2, 0.02, 0.2, 3.0)
    chosen = Settings(needle_length="1.5 mm")
    silent = insert(bare, chosen, skin_of(), medians(), 0)
    stated = insert(replace(bare, **facts), chosen, skin_of(), medians(), 0)
    np.testing.assert_allclose(silent.in_situ_depth, stated.in_situ_depth)
    np.testing.assert_allclose(silent.density, stated.density)
    named = {"track_spacing" if name == "track_width" and kind == "pen" else name for name in facts}
    assert {notice.path.rpartition(".")[2] for notice in silent.notices} >= named


def test_neighbours_that_share_a_dimple():
    assert interaction(1.0, 1, 2.5) == 0.0
    assert interaction(1.0, 2, 2.5) == pytest.approx(1.0 / 1.4)
    assert interaction(1.0, 5, 2.5) == pytest.approx(4.0 / 1.4)
    assert interaction(0.0, 14, 2.5) == pytest.approx(13.0)


def test_reach_counts_the_faces_that_a_needle_passes():
    pen = Device("pen", "pen", KINDS["pen"], 14, 0.25, 0.02, 0.2, 3.0, frequency=100.0, pitch=1.0)
    draws = medians()
    chosen = Settings(needle_length="1.5 mm", density="100 /cm^2")
    depth = insert(pen, chosen, skin_of(), draws, 0).in_situ_depth[0, 0]
    thick = skin_of(papillary_dermis=depth)  # its lower face lies below the tip
    np.testing.assert_array_equal(insert(pen, chosen, thick, draws, 0).reach[0], [1.0, 1.0, 0.0, 0.0])


def test_sizes_that_do_not_exist_are_refused():
    make, skin, draws = Make(1.0, 0.02, 0.1), skin_of(), medians()
    with pytest.raises(ValueError, match="compliance_class"):
        penetrate(make, Press("spoon"), skin, draws)
    with pytest.raises(ValueError, match="positive"):
        penetrate(make, Press("pen", speed=0.0), skin, draws)


def test_a_needle_of_no_length_does_nothing():
    found = penetrate(Make(0.0, 0.02, 0.1), Press("pen"), skin_of(), medians())
    assert not found.pierced.any()


@pytest.mark.parametrize("seed", range(5))
def test_compiled_and_plain_balances_agree_to_the_bit(seed):
    """A run is the same whoever has loaded a compiler before it."""
    luck = np.random.default_rng(seed)
    shape = (40, 12)
    needle = Needle(
        length=luck.uniform(0.2, 3.0, shape),
        tip=luck.uniform(0.001, 0.05, shape),
        base=luck.uniform(0.06, 0.3, shape),
        taper=luck.uniform(0.1, 2.0, shape),
    )
    laws = {name: luck.lognormal(0.0, 1.0, (40, 1)) for name in ("tearing", "spreading", "friction", "stiffness")}
    ground = Tissue(toughness=np.ones((40, 1)), cut_share=luck.uniform(0.0, 1.0, (40, 1)), **laws)
    force, gap = luck.lognormal(-1.0, 2.0, shape), luck.uniform(0.0, 0.3, (40, 1))
    halvings = 30
    compiled = penetration._compiled(needle, ground, force, gap, halvings)
    np.testing.assert_array_equal(compiled, penetration._plain(needle, ground, force, gap, halvings))
    assert np.ptp(compiled) > 0.1
