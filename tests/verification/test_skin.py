"""The section of skin in closed form, and the arithmetic by which printed numbers became parameters."""

import math

import numpy as np
import pytest

from builders import medians, site_skin
from dermatwin.evidence import Evidence

EVIDENCE = Evidence.packaged().before_fits()  # the arithmetic is that of the printed medians


def value(name):
    return EVIDENCE.parameters[name].value


def median_section(site, age=40.0, sex="female", **more):
    """The section with every spread switched off."""
    return site_skin(medians(evidence=EVIDENCE), site, age=age, sex=sex, **more)


def test_dermis_of_the_forehead_at_the_reference_age_is_table_times_method():
    expected = value("dermis_thickness[forehead:female]") * value("dermis_method_factor[face]")
    assert median_section("forehead").dermis[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("site", "sex", "part"), [("cheek", "female", "face"), ("neck", "male", "face"), ("thigh", "male", "body")]
)
def test_thirty_years_are_three_decades_of_loss(site, sex, part):
    ratio = median_section(site, 70, sex).dermis[0] / median_section(site, 40, sex).dermis[0]
    assert ratio == pytest.approx((1 - value(f"dermis_thinning[{part}:{sex}]")) ** 3, rel=1e-6)


def test_beyond_the_oldest_evidence_nothing_thins_further():
    assert median_section("cheek", 80).dermis[0] == median_section("cheek", 110).dermis[0]


def test_a_child_of_three_has_the_measured_share_of_the_adults_dermis():
    adult, child = median_section("shoulder", 18).dermis[0], median_section("shoulder", 3).dermis[0]
    assert child / adult == pytest.approx(0.5 * (1.22 / 2.02 + 1.29 / 2.54), abs=0.01)
    halfway = median_section("shoulder", 10.5).dermis[0]
    assert halfway == pytest.approx(0.5 * (child + adult), rel=1e-6)


def test_adolescents_lie_where_they_were_measured():
    adult = median_section("back", 40).dermis[0]
    assert median_section("back", 14).dermis[0] / adult == pytest.approx(0.5 * (1.81 / 2.02 + 2.43 / 2.54), abs=0.12)


def test_pigmentation_and_smoking_multiply_the_stratum_corneum():
    plain = median_section("volar_forearm").stratum_corneum[0]
    dark = median_section("volar_forearm", phototype="VI", smoker=True).stratum_corneum[0]
    factor = (1 + value("stratum_corneum_per_phototype")) ** 3 * value("stratum_corneum_smoker_factor")
    assert dark / plain == pytest.approx(factor, rel=1e-3)


def test_men_over_women_is_the_ratio_of_the_viable_epidermis():
    # at the reference age the ageing of both is 1
    ratio = median_section("buttock", sex="male").viable_epidermis[0] / median_section("buttock").viable_epidermis[0]
    assert ratio == pytest.approx(value("viable_epidermis_male_female_ratio"), rel=1e-3)


def test_interfaces_add_up_and_halve_the_reticular_dermis():
    skin = median_section("cheek")
    top, papillary, reticular, deep, fat = skin.interfaces[0]
    assert papillary - top == pytest.approx(skin.viable_epidermis[0])
    assert reticular - papillary == pytest.approx(skin.papillary_dermis[0])
    assert deep - reticular == pytest.approx(fat - deep)
    assert fat == pytest.approx(skin.stratum_corneum[0] + skin.viable_epidermis[0] + skin.dermis[0])


@pytest.mark.parametrize(
    ("name", "spread", "mean"),
    [
        ("dermis_thickness[forehead:male]", 0.242, 1.17),
        ("dermis_thickness[forehead:female]", 0.242, 0.86),
        ("dermis_thickness[periorbital:female]", 0.242, 0.58),
        ("dermis_thickness[neck:male]", 0.242, 0.98),
        ("dermis_thickness[zygoma:female]", 0.242, 0.87),
        ("stratum_corneum_thickness[dorsal_forearm]", 0.230, 18.3),
        ("stratum_corneum_thickness[shoulder]", 0.230, 11.0),
        ("stratum_corneum_thickness[cheek]", 0.230, 16.8),
        ("stratum_corneum_thickness[palm]", 0.230, 173.0),
        ("viable_epidermis_thickness[buttock]", 0.195, 81.5),
        ("tewl_baseline[volar_forearm]", 0.297, 9.69),
        ("tewl_baseline[axilla]", 0.297, 44.0),
    ],
)
def test_a_printed_mean_is_the_mean_of_the_lognormal(name, spread, mean):
    assert value(name) * math.exp(0.5 * spread**2) == pytest.approx(mean, rel=0.01)


def test_the_spread_between_people_is_that_of_the_ultrasound_table():
    table = [
        (1.17, 0.28),
        (0.86, 0.16),
        (1.14, 0.30),
        (0.90, 0.23),
        (1.06, 0.20),
        (0.80, 0.19),
        (0.67, 0.14),
        (0.58, 0.11),
        (1.03, 0.16),
        (0.93, 0.25),
        (1.14, 0.21),
        (0.87, 0.35),
        (1.02, 0.24),
        (0.91, 0.34),
        (0.98, 0.22),
        (0.99, 0.20),
    ]
    total = math.sqrt(np.mean([math.log(1 + (sd / mean) ** 2) for mean, sd in table]))
    parameter = EVIDENCE.parameters["dermis_between_people"]
    assert parameter.person == pytest.approx(total * math.sqrt(0.5), abs=0.001)
    assert parameter.chance == pytest.approx(0.5 * parameter.person, abs=0.001)


def test_the_method_factors_lie_midway_between_ultrasound_and_histology():
    assert value("dermis_method_factor[face]") == pytest.approx(math.sqrt(1.5), rel=0.01)
    assert value("dermis_method_factor[body]") == pytest.approx(math.sqrt(1.942 / 2.46), rel=0.01)
    histology = math.sqrt(0.7589 * 1.9692)  # range of 39 facial subunits
    ultrasound = math.sqrt(0.625 * 1.03)
    assert histology / ultrasound == pytest.approx(1.5, abs=0.1)


def test_luck_with_no_spread_gives_the_stated_tewl():
    assert median_section("palm").tewl[0] == pytest.approx(value("tewl_baseline[palm]"), rel=1e-3)


@pytest.mark.parametrize(
    ("site", "backing"), [("forehead", "bone"), ("nose", "cartilage"), ("back", "muscle"), ("abdomen", "fat")]
)
def test_stiffness_is_scaled_by_what_lies_below(site, backing):
    expected = value("indentation_stiffness") * value(f"backing_stiffness_factor[{backing}]")
    assert median_section(site).stiffness[0] == pytest.approx(expected, rel=1e-3)


def test_bone_stiffens_and_fat_softens():
    bone, muscle, fat = (value(f"backing_stiffness_factor[{backing}]") for backing in ("bone", "muscle", "fat"))
    assert bone > muscle == 1.0 > fat


def test_first_capillaries_lie_below_the_junction_by_the_offset():
    skin = median_section("cheek")
    assert skin.capillary_depth[0] - skin.interfaces[0, 1] == pytest.approx(value("capillary_loop_offset"), rel=1e-3)
