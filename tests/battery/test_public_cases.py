"""Kinds of case that public reports, forms and trials show: each with several members, and what is right of them.

A verdict of ok must never hide what was written; what is past or elsewhere must not be a hard stop.
"""

from __future__ import annotations

from typing import Any

import pytest

from builders import case_of
from dermatwin.case import Case
from dermatwin.evidence import Evidence
from dermatwin.screening import Screening, screen

EVIDENCE = Evidence.packaged()
GEL = {"product": "hyaluronic acid gel", "dose": "10 mg/cm^2", "apply": "0 min"}
LMX4 = {"product": "LMX4", "dose": "20 mg/cm^2", "apply": "-30 min", "remove": "0 min"}
EMLA = {"product": "EMLA", "dose": "20 mg/cm^2", "apply": "-60 min", "remove": "0 min"}
SERUM = {"name": "brightening serum", "active": "tranexamic acid", "strength": "3 %", "vehicle": "serum"}
SPF = {"name": "tinted sunscreen SPF 50", "active": "niacinamide", "strength": "2 %", "vehicle": "cream"}


def course(**changes: Any) -> dict[str, Any]:
    return {
        "device": "pen-12",
        "start": "2026-02-02",
        "sessions": {"count": 3, "interval": "4 weeks"},
        "settings": {"cheek": {"needle_length": "1.5 mm", "passes": 6, "hand_speed": "3 cm/s"}},
        **changes,
    }


def screened(zone: dict[str, Any] | None = None, on: dict[str, Any] | None = None, **patient: Any) -> Screening:
    one = {"zone": "cheek", "area": "60 cm^2", "concerns": [{"concern": "acne_scar_rolling"}], **(zone or {})}
    key = one.get("name", one["zone"])
    made = course(**(on or {}))
    made["settings"] = {key: made["settings"].get(key, made["settings"]["cheek"])}
    who = {"age": "34 yr", "sex": "female", "phototype": "II", "body_weight": "62 kg", **patient}
    return screen(Case.model_validate({"patient": who, "zones": [one], "course": made}), EVIDENCE)


def gravest(found: Screening) -> dict[str, str]:
    """The gravest level of each rule."""
    return {finding.rule: finding.level for finding in reversed(found.findings)}


def stops(found: Screening) -> dict[str, str]:
    return {finding.rule: finding.level for finding in found.findings if finding.stops}


# ---- what nobody knows, and what is known under a name of its own -------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "rule", "level"),
    [
        ("platelet dysfunction syndrome", "bleeding_disorder", "hard_stop"),
        ("Glanzmann thrombasthenia", "bleeding_disorder", "hard_stop"),
        ("Bernard-Soulier syndrome", "bleeding_disorder", "hard_stop"),
        ("porphyria", "photosensitive_disease", "soft_stop"),
        ("xeroderma pigmentosum", "photosensitive_disease", "soft_stop"),
        ("pyoderma gangrenosum", "pathergy", "soft_stop"),
        ("Behçet's disease", "pathergy", "soft_stop"),
        ("Kowalski-Brzeczyszczykiewicz syndrome", "not_known", "caution"),
        ("gets the zonkers", "not_known", "caution"),
    ],
)
def test_an_illness_is_judged_or_asked_about(words: str, rule: str, level: str) -> None:
    found = screened(conditions=[words])
    assert gravest(found)[rule] == level
    assert found.verdict != "ok"


@pytest.mark.parametrize("words", ["risankizumab", "Skyrizi", "lebrikizumab", "Rinvoq 15 mg", "Enbrel", "foozinumab"])
def test_a_medicine_that_weakens_defence_is_known_by_name_brand_and_stem(words: str) -> None:
    assert stops(screened(medications=[words]))["immunosuppression"] == "soft_stop"


@pytest.mark.parametrize(
    ("words", "product"),
    [
        ("hyaluronic acid", GEL),
        ("sodium hyaluronate", GEL),
        ("Juvederm", GEL),
        ("lignocaine", LMX4),
        ("propylene glycol", LMX4),
        ("amide anaesthetics", LMX4),
        ("EMLA", LMX4),
        ("tranexamic acid", {"product": SERUM, "dose": "2 mg/cm^2", "apply": "0 min"}),
    ],
)
def test_an_allergy_meets_what_the_course_puts_on(words: str, product: dict[str, Any]) -> None:
    assert stops(screened(on={"topicals": [product]}, allergies=[words]))["allergy_to_product"] == "hard_stop"


GLOWMAX = {
    "product": {"name": "Glowmax serum", "active": "niacinamide", "strength": 0.04},
    "dose": "2 mg/cm^2",
    "apply": "0 min",
}


@pytest.mark.parametrize(
    ("history", "level"),
    [
        ({"allergies": ["Glowmax"]}, "hard_stop"),
        ({"allergies": ["Glowmax serum"]}, "hard_stop"),
        ({"allergies": ["hay fever, Glowmax (swelling)"]}, "hard_stop"),
        ({"conditions": ["allergic to Glowmax"]}, "hard_stop"),
        ({"anamnesis": {"metal_allergy": {"answer": "yes", "which": "Glowmax"}}}, "hard_stop"),
        ({"allergies": ["possibly Glowmax"]}, "soft_stop"),
        ({"allergies": ["mother: Glowmax"]}, "soft_stop"),
        ({"allergies": ["Glomanol"]}, None),
        ({"allergies": ["serum"]}, None),
        ({"conditions": ["Glowmax"]}, None),
    ],
)
def test_an_allergy_that_nobody_can_read_meets_the_product_of_that_name(history: dict[str, Any], level: str | None) -> None:
    assert stops(screened(on={"topicals": [GLOWMAX]}, **history)).get("allergy_to_product") == level


@pytest.mark.parametrize(("product", "told"), [("white petrolatum", False), ("make-up", True), ("sunscreen SPF 50", True)])
def test_petrolatum_is_neither_sunscreen_nor_make_up(product: str, told: bool) -> None:
    """It has no particles and no filters; where a gel is not tolerated the order of a session covers the skin with it."""
    found = screened(on={"topicals": [{"product": product, "dose": "2 mg/cm^2", "apply": "10 min"}]})
    assert ("sunscreen_on_channels" in gravest(found)) is told


def test_an_allergy_by_name_that_a_clinician_cleared_stops_nothing() -> None:
    cleared = {
        "about": "Glowmax",
        "reading": "harmless",
        "reason": "patch test negative",
        "by": "Dr A",
        "date": "2026-01-10",
    }
    who = {"age": "34 yr", "sex": "female", "phototype": "II", "body_weight": "62 kg", "allergies": ["Glowmax"]}
    for judgements, level in (([], "hard_stop"), ([cleared], None)):
        case = case_of(patient=who, course=course(topicals=[GLOWMAX]), judgements=judgements)
        assert stops(screen(case, EVIDENCE)).get("allergy_to_product") == level


@pytest.mark.parametrize(
    ("words", "rule", "level"),
    [
        ("nickel", "metal_allergy", "hard_stop"),
        ("surgical steel", "metal_allergy", "hard_stop"),
        ("chlorhexidine", "antiseptic_allergy", "caution"),
        ("Hibiscrub", "antiseptic_allergy", "caution"),
        ("povidone-iodine", "antiseptic_allergy", "caution"),
    ],
)
def test_an_allergy_meets_needles_and_disinfection(words: str, rule: str, level: str) -> None:
    assert gravest(screened(allergies=[words]))[rule] == level


@pytest.mark.parametrize(
    "words", ["Bactrim", "Septrin", "co-trimoxazole", "sulfadiazine", "sulfamethoxazole 400 mg", "Dapsone"]
)
def test_a_sulfonamide_is_kept_from_prilocaine(words: str) -> None:
    assert stops(screened(on={"topicals": [EMLA]}, medications=[words]))["prilocaine_methaemoglobin_drug"] == "hard_stop"
    assert "prilocaine_methaemoglobin_drug" not in gravest(screened(on={"topicals": [LMX4]}, medications=[words]))


@pytest.mark.parametrize("words", ["St. John's Wort", "garlic tablets", "Ginkgo-biloba!", "FISH OIL (1000mg)", "vitamin-E."])
def test_punctuation_hides_no_name(words: str) -> None:
    found = screened(medications=[words])
    assert found.verdict == "caution"
    assert not {"not_known", "no_rule"} & set(gravest(found))


# ---- sites --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone",
    [
        {"zone": "left_eyelid"},
        {"zone": "upper_eyelid"},
        {"zone": "periorbital", "name": "left_upper_eyelid"},
        {"zone": "periorbital", "name": "lid_right"},
        {"zone": "cheek", "name": "lower_eyelid_and_cheek"},
    ],
)
def test_an_eyelid_is_one_whatever_stands_before_it(zone: dict[str, Any]) -> None:
    shallow = {"settings": {"cheek": {"needle_length": "0.25 mm", "passes": 6, "hand_speed": "3 cm/s"}}}
    assert stops(screened({**zone, "concerns": [{"concern": "fine_lines"}]}, shallow))["orbital_rim"] == "hard_stop"


@pytest.mark.parametrize("zone", [{"zone": "periorbital", "name": "cheek_left"}, {"zone": "cheek", "name": "scalp_front"}])
def test_a_name_that_contradicts_its_site_is_questioned(zone: dict[str, Any]) -> None:
    assert stops(screened(zone))["name_of_zone"] == "soft_stop"


# ---- active is not past, here is not elsewhere --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "rule", "level"),
    [
        ("cold sores twice a year", "herpes_history", "caution"),
        ("gets a cold sore every winter", "herpes_history", "caution"),
        ("herpes labialis as a child", "herpes_history", "caution"),
        ("had shingles in 2020", "infection_in_area", "info"),
        ("impetigo 5 years ago", "infection_in_area", "info"),
        ("chickenpox in childhood", "infection_in_area", "info"),
        ("basal cell carcinoma of the nose, removed 2020", "past_skin_cancer", "caution"),
        ("melanoma on the calf excised in 2016", "past_skin_cancer", "caution"),
        ("squamous cell carcinoma (ear) - treated 2018", "past_skin_cancer", "caution"),
        ("keloid on the chest", "keloid_tendency", "soft_stop"),
        ("keloids on both earlobes", "keloid_tendency", "soft_stop"),
        ("hypertrophic scar on the knee", "keloid_tendency", "soft_stop"),
        ("tinea pedis", "infection_in_area", "info"),
        ("wart on a finger", "infection_in_area", "info"),
    ],
)
def test_what_was_or_is_elsewhere_is_no_hard_stop(words: str, rule: str, level: str) -> None:
    found = screened(conditions=[words])
    assert gravest(found)[rule] == level
    assert not found.at("hard_stop")


@pytest.mark.parametrize(
    "words", ["hypertrophic burn scar", "burn scar, hypertrophic", "scar (hypertrophic) after a burn", "keloidal scars"]
)
def test_the_order_of_words_does_not_matter(words: str) -> None:
    assert stops(screened(conditions=[words]))["keloid_tendency"] == "soft_stop"


@pytest.mark.parametrize(
    "words",
    [
        "history of radiation therapy within the area",
        "radiotherapy of the cheek in 2005",
        "irradiated face",
        "facial radiotherapy",
    ],
)
def test_irradiated_skin_is_a_stop(words: str) -> None:
    assert stops(screened(conditions=[words]))["radiotherapy_in_area"] == "soft_stop"


# ---- pigment, sun, light ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["melasma", "chloasma", "melasma of the face", "dark marks after acne (PIH)"])
def test_pigment_in_a_treated_zone_warns_whatever_is_treated(words: str) -> None:
    found = screened(phototype="III", conditions=[words], medications=["contraceptive pill"])
    assert gravest(found)["pigment_history"] == "caution"
    assert found.verdict != "ok"


@pytest.mark.parametrize(
    "history",
    [
        {"recent_procedures": [{"name": "dermaroller", "since": "2026-01-19", "until": "2026-01-19", "zone": "cheek"}]},
        {"recent_procedures": [{"name": "pigment laser", "since": "2025-11-10", "zone": "cheek"}]},
        {"conditions": ["melasma, worse after two dermarollings"]},
        {"conditions": ["melasma that got darker after IPL"]},
    ],
)
def test_pigment_that_may_have_darkened_after_a_treatment_stops(history: dict[str, Any]) -> None:
    shallow = {"settings": {"cheek": {"needle_length": "0.25 mm", "passes": 4, "hand_speed": "3 cm/s"}}}
    zone = {"concerns": [{"concern": "melasma"}]}
    found = stops(screened(zone, shallow, phototype="IV", **history))
    assert found.get("melasma_needled_before") == "soft_stop" or found.get("pigment_made_worse") == "soft_stop"


@pytest.mark.parametrize(
    "product",
    [
        SPF,
        "mineral sunscreen SPF 30",
        {"name": "BB cream", "active": "titanium dioxide", "strength": "5 %", "vehicle": "cream"},
    ],
)
def test_sunscreen_and_make_up_wait_for_a_day(product: Any) -> None:
    soon = {"topicals": [{"product": product, "dose": "2 mg/cm^2", "apply": "5 min"}]}
    later = {"topicals": [{"product": product, "dose": "2 mg/cm^2", "apply": "24 h"}]}
    assert gravest(screened(on=soon))["sunscreen_on_channels"] == "caution"
    assert "sunscreen_on_channels" not in gravest(screened(on=later))


@pytest.mark.parametrize(
    "words", ["doxycycline 100 mg", "Vibramycin", "hydrochlorothiazide", "St John's wort", "isotretinoin"]
)
def test_light_is_screened_like_a_drug(words: str) -> None:
    light = {"adjuncts": [{"adjunct": "led", "detail": "blue 415 nm twice a week"}]}
    assert stops(screened(on=light, medications=[words]))["light_and_photosensitiser"] == "soft_stop"


# ---- too much -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("passes", [21, 40, 60])
def test_over_treatment_is_a_stop(passes: int) -> None:
    many = {"settings": {"cheek": {"needle_length": "1.5 mm", "passes": passes, "hand_speed": "3 cm/s"}}}
    assert stops(screened(on=many))["many_passes"] == "soft_stop"


@pytest.mark.parametrize(
    ("product", "dose", "area", "rule"),
    [
        ("EMLA", "100 mg/cm^2", "200 cm^2", "anaesthetic_lidocaine_label"),  # 500 mg of lidocaine against 279
        ("LMX4", "100 mg/cm^2", "100 cm^2", "anaesthetic_lidocaine_label"),  # 400 mg
        ("lidocaine 10 % cream", "100 mg/cm^2", "60 cm^2", "anaesthetic_lidocaine_limit"),  # 600 mg
    ],
)
def test_a_dose_over_the_limit_is_a_stop(product: str, dose: str, area: str, rule: str) -> None:
    numb = {"topicals": [{"product": product, "dose": dose, "apply": "-60 min", "remove": "0 min"}]}
    assert rule in stops(screened({"area": area}, numb))
