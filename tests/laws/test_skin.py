"""Laws of the section of skin: order of the layers, age, sex, habits, and who shares which luck."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import patient_of, zone_of
from dermatwin.core import Luck
from dermatwin.core.vocabulary import PHOTOTYPES
from dermatwin.evidence import Draws, Evidence
from dermatwin.skin import section_of, sites

EVIDENCE = Evidence.packaged()

HUMAN = [site.name for site in sites(EVIDENCE).values() if site.species == "human"]
FACE_BY_ULTRASOUND = ["forehead", "glabella", "temple", "periorbital", "nose", "zygoma", "jaw"]
quick = settings(max_examples=25, deadline=None)


def section(site="cheek", who=None, draws=40, seed=3, vary=("knowledge", "person", "chance"), name=None):
    luck = Luck(seed, draws, frozenset(vary))
    return section_of(zone_of(site, name=name), who or patient_of(), Draws(Evidence.packaged(), luck))


@quick
@given(st.sampled_from(HUMAN), st.sampled_from(["female", "male"]), st.floats(18, 80), st.floats(18, 80))
def test_no_adult_layer_grows_with_age(site, sex, one, other):
    young, old = sorted((one, other))
    early, late = (section(site, patient_of(age=age, sex=sex)) for age in (young, old))
    assert (late.dermis <= early.dermis * (1 + 1e-12)).all()
    assert (late.viable_epidermis <= early.viable_epidermis * (1 + 1e-12)).all()
    np.testing.assert_array_equal(late.stratum_corneum, early.stratum_corneum)


def test_the_dermis_is_thinner_at_seventy_than_at_thirty():
    early, late = section("forehead", patient_of(age=30)), section("forehead", patient_of(age=70))
    assert np.median(late.dermis / early.dermis) == pytest.approx(0.94**4, abs=0.03)


@quick
@given(st.floats(0, 18), st.floats(0, 18))
def test_the_dermis_grows_until_adulthood(one, other):
    small, tall = sorted((one, other))
    assert (
        section("back", patient_of(age=small)).dermis <= section("back", patient_of(age=tall)).dermis * (1 + 1e-12)
    ).all()


def test_growth_and_ageing_meet_without_a_step():
    before, after = section("thigh", patient_of(age=17.999)).dermis, section("thigh", patient_of(age=18.001)).dermis
    np.testing.assert_allclose(before, after, rtol=1e-3)


@pytest.mark.parametrize("site", FACE_BY_ULTRASOUND)
def test_men_have_the_thicker_facial_dermis(site):
    assert np.median(section(site, patient_of(sex="male"), draws=200).dermis) > np.median(section(site, draws=200).dermis)


def test_the_neck_is_the_exception_that_was_measured():
    man, woman = (section("neck", patient_of(sex=sex), vary=()).dermis[0] for sex in ("male", "female"))
    assert man == pytest.approx(woman, rel=0.02)


@quick
@given(st.sampled_from(HUMAN), st.integers(0, 4))
def test_pigmentation_thickens_and_smoking_thins_the_stratum_corneum(site, step):
    fair, dark = (section(site, patient_of(phototype=PHOTOTYPES[step + more])).stratum_corneum for more in (0, 1))
    assert (dark >= fair).all()
    smoker = section(site, patient_of(phototype=PHOTOTYPES[step], smoker=True)).stratum_corneum
    assert (smoker <= fair).all()
    assert smoker.mean() < fair.mean()


def test_the_pigment_drive_rises_with_phototype():
    drives = [section(who=patient_of(phototype=p), vary=()).pigment[0] for p in PHOTOTYPES]
    assert drives == sorted(drives)
    assert drives[2] == 1.0


@quick
@given(st.sampled_from(list(sites(EVIDENCE))), st.integers(0, 10_000))
def test_layers_are_positive_and_in_order(key, seed):
    site = sites(EVIDENCE)[key]
    skin = section(site.name, patient_of(species=site.species), seed=seed)
    assert (np.diff(skin.interfaces, axis=1) > 0).all()
    assert (skin.papillary_dermis < skin.dermis).all()
    assert (skin.capillary_depth > skin.interfaces[:, 1]).all()
    assert (skin.stiffness > 0).all()


def test_two_zones_of_one_site_share_the_person_and_differ_by_chance():
    left, right = section(name="left", draws=400), section(name="right", draws=400)
    for layer in ("stratum_corneum", "viable_epidermis", "dermis", "stiffness", "tewl"):
        logs = [np.log(getattr(skin, layer)) for skin in (left, right)]
        assert 0.5 < np.corrcoef(*logs)[0, 1] < 0.99, layer
    calm = ("knowledge", "person")
    for layer in ("stratum_corneum", "dermis", "tewl"):
        np.testing.assert_array_equal(*(getattr(section(name=name, vary=calm), layer) for name in ("left", "right")))


def test_thick_skinned_people_are_thick_skinned_everywhere():
    arm, face = section("upper_arm", vary=("person",), draws=400), section("forehead", vary=("person",), draws=400)
    assert np.corrcoef(arm.dermis, face.dermis)[0, 1] > 0.99


def test_a_person_keeps_her_skin_however_many_are_drawn():
    few, many = section(draws=10), section(draws=300)
    for name in ("stratum_corneum", "viable_epidermis", "dermis", "stiffness", "tewl", "temperature", "appendages"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[:10])


@pytest.mark.parametrize("change", [{"age": 70}, {"sex": "male"}, {"phototype": "VI"}, {"smoker": True}])
def test_age_sex_and_habits_change_nothing_in_animals(change):
    plain, changed = (section("back", patient_of(**{"species": "pig", **more})) for more in ({}, change))
    for name in ("stratum_corneum", "viable_epidermis", "dermis", "tewl"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(changed, name))


@pytest.mark.parametrize(
    ("who", "path", "words"),
    [
        (patient_of(age=9), "patient.age", "children"),
        (patient_of(age=97), "patient.age", "oldest"),
        (patient_of(species="rat"), "zones.back", "species"),
    ],
)
def test_what_lies_outside_the_evidence_is_said(who, path, words):
    notices = section("back", who).notices
    assert any(notice.path == path and words in notice.message for notice in notices)


def test_an_assumed_dermis_is_said_and_a_measured_one_is_not():
    assert any("assumed" in notice.message for notice in section("calf").notices)
    assert section("forehead").notices == ()


def test_dead_skin_is_marked():
    draws = Draws(Evidence.packaged(), Luck(1, 5))
    assert section_of(zone_of("abdomen"), patient_of(), draws).alive
    assert not section_of(zone_of("abdomen"), patient_of(), draws, alive=False).alive
