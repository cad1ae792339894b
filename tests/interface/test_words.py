"""Words of daily use: each is read in one way, or answered with what would be right; nothing of two meanings is guessed."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import course_of, dermatwin, document
from dermatwin import Case, load_case
from dermatwin.case import case_of, dump_case
from dermatwin.case.words import tidied
from dermatwin.core import CaseError
from dermatwin.core.spelling import identifier
from dermatwin.evidence import Evidence, words
from dermatwin.evidence.rows.outcome import ConcernRow, ScaleRow

EVIDENCE = Evidence.packaged()
WORDS = words(EVIDENCE)


def read(**changes: Any) -> Case:
    return case_of(document(**changes), words=WORDS)


def faults(**changes: Any) -> list[str]:
    with pytest.raises(CaseError) as refused:
        read(**changes)
    return [str(fault) for fault in refused.value.faults]


def patient(**fields: Any) -> dict[str, Any]:
    return {"patient": {"age": "40 yr", "sex": "female", "phototype": "III", **fields}}


def concern(*records: dict[str, Any]) -> dict[str, Any]:
    return {"zones": [{"zone": "cheek", "area": "50 cm^2", "concerns": list(records)}]}


# ---- the person ----------------------------------------------------------------------------------------------------------

PERSON: list[tuple[str, Any, Any]] = [
    *(("phototype", said, "IV") for said in (4, "4", "IV", "iv", "type IV", "Type 4", "Fitzpatrick 4", "Fitzpatrick IV")),
    *(("phototype", said, "IV") for said in ("skin type 4", "Fitzpatrick skin type IV", "FST IV", "phototype: 4")),
    ("phototype", "VI", "VI"),
    *(("sex", said, "female") for said in ("f", "F", "Female", "woman", "Woman ")),
    *(("sex", said, "male") for said in ("m", "M", "MALE", "man")),
    *(("age", said, 42.0) for said in (42, "42", "42 years", "42y", "42 yrs", "42 years old", "42yo", 42.0)),
    ("age", "42,5", 42.5),
    ("age", "6 months", 0.5),
    ("body_weight", "62kg", 62.0),
    ("body_weight", "62,5 kg", 62.5),
    ("body_weight", "137 lb", pytest.approx(62.142, abs=1e-3)),
    ("body_weight", "9 st 8 lb", pytest.approx(60.781, abs=1e-3)),
    ("species", "Guinea Pig", "guinea_pig"),
]


@pytest.mark.parametrize(("field", "said", "meant"), PERSON, ids=lambda value: str(value))
def test_a_person_is_described_in_ones_own_words(field, said, meant):
    assert getattr(read(**patient(**{field: said})).patient, field) == meant


@pytest.mark.parametrize(
    ("field", "said", "answer"),
    [
        ("phototype", "III-IV", "III-IV is more than one type; write one of them: the darker, IV, is the safer"),
        ("phototype", "type 4/3", "type 4/3 is more than one type; write one of them: the darker, IV, is the safer"),
        ("phototype", "II to IV", "II to IV is more than one type; write one of them: the darker, IV, is the safer"),
        ("phototype", 7, "7 is not one of I, II, III, IV, V, VI"),
        ("phototype", "0", "0 is not one of I, II, III, IV, V, VI"),
        ("phototype", "olive", "olive is not one of I, II, III, IV, V, VI"),
        ("phototype", True, "true is not one of I, II, III, IV, V, VI"),
        ("sex", "w", "w is not one of female, male"),
        ("age", "forties", "forties is not a quantity; write a number and a unit, such as '1 yr'"),
        ("age", "40-45", "40-45 is a range; give one value, such as '40 yr' or '45 yr'"),
        ("age", True, "true is not a quantity; write for example '34 yr'"),
        ("body_weight", 62, "62 has no unit; write for example '70 kg'"),
    ],
)
def test_what_is_unclear_of_a_person_is_asked(field, said, answer):
    assert faults(**patient(**{field: said})) == [f"patient.{field}: {answer}"]


def test_the_age_of_an_animal_keeps_its_unit():
    assert faults(**patient(species="rat", age=8)) == ["patient.age: 8 has no unit; write for example '34 yr'"]
    assert read(**patient(species="rat", age="8 weeks")).patient.age == pytest.approx(8 / 52.18, rel=1e-3)


# ---- days ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        *((said, "2026-12-25") for said in ("25/12/2026", "25.12.2026", "12/25/2026", "2026/12/25", "25-12-2026")),
        *((said, "2026-12-25") for said in ("25 December 2026", "25 Dec 2026", "25th of December 2026", "Dec. 25, 2026")),
        ("05.05.2026", "2026-05-05"),
        ("2026-1-5", "2026-01-05"),
        ("1 sept 2026", "2026-09-01"),
    ],
)
def test_a_day_that_can_only_be_one_is_read(said, meant):
    assert read(course=course_of("cheek", start=said)).course.start.isoformat() == meant


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("12.01.2026", "may be 2026-01-12 or 2026-12-01; write the one that is meant, in this form"),
        ("12/01/2026", "may be 2026-01-12 or 2026-12-01; write the one that is meant, in this form"),
        ("12/01/26", "has no year of four digits; write for example 2026-01-12"),
        ("30.02.2026", "is not a date; write for example 2026-01-12"),
        ("2026-02-30", "is not a day of the calendar; write for example 2026-01-12"),
        ("30 February 2026", "is not a date; write for example 2026-01-12"),
        ("12 Foo 2026", "is not a date; write for example 2026-01-12"),
        ("next week", "is not a date; write for example 2026-01-12"),
    ],
)
def test_a_day_that_may_be_two_is_asked(said, answer):
    assert faults(course=course_of("cheek", start=said)) == [f"course.start: {said} {answer}"]


def test_days_of_a_history_are_read_likewise():
    item = {"name": "aspirin", "since": "25/12/2025", "zone": "Left Cheek"}
    (found,) = read(**patient(medications=[item])).patient.medications
    assert (str(found.since), found.zone) == ("2025-12-25", "left_cheek")
    said = faults(**patient(medications=[{**item, "until": "01/02/2026"}]))
    assert said == [
        "patient.medications.0.until: 01/02/2026 may be 2026-02-01 or 2026-01-02; write the one that is meant, in this form"
    ]


# ---- names of zones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("left cheek", "left_cheek"),
        ("Left Cheek", "left_cheek"),
        ("LEFT-cheek", "left_cheek"),
        ("cheek (left)", "cheek_left"),
        ("crow's feet", "crows_feet"),
        ("Crow’s  Feet", "crows_feet"),
        ("Décolleté", "decollete"),
        ("décolleté", "decollete"),
        ("upper lip", "upper_lip"),
        ("cheek & chin", "cheek & chin"),
        ("щека", "щека"),
        ("cheek щ", "cheek щ"),
        ("2nd zone", "2nd zone"),
        ("", ""),
    ],
)
def test_a_name_becomes_a_key_or_stays_as_it_is(said, key):
    assert identifier(said) == key
    assert identifier(key) == key


WORDED = {
    "zones": [
        {"zone": "Left Cheek", "area": "60 cm2", "concerns": [{"concern": "Acne scars"}]},
        {"zone": "forehead", "name": "Crow's Nest", "area": "10,5 cm2", "concerns": [{"concern": "fine lines"}]},
    ],
    "course": course_of(
        settings={},
        device="pen-12",
        adjuncts=[{"adjunct": "PRP", "zones": ["crows nest"]}],
        topicals=[{"product": "hyaluronic acid gel", "dose": "2 mg per cm2", "apply": "0 min", "zones": ["left cheek"]}],
    )
    | {"settings": {"LEFT CHEEK": {"needle_length": "1,5 mm"}, "crow’s nest": {"needle_length": "½ mm"}}},
    "observations": [{"quantity": "tewl", "zone": "Left cheek", "value": 1, "unit": "g/m^2/h"}],
}


def test_zones_are_referred_to_as_they_are_written():
    case = read(**WORDED)
    assert [zone.key for zone in case.zones] == ["left_cheek", "crows_nest"]
    assert {key: one.needle_length for key, one in case.course.settings.items()} == {"left_cheek": 1.5, "crows_nest": 0.5}
    assert (case.course.topicals[0].zones, case.course.adjuncts[0].zones) == (["left_cheek"], ["crows_nest"])
    assert (case.course.adjuncts[0].adjunct, case.observations[0].zone) == ("prp", "left_cheek")


def test_a_case_is_written_back_in_clean_form(tmp_path):
    case = read(**WORDED)
    (tmp_path / "case.yaml").write_text(dump_case(case), encoding="utf-8")
    assert load_case(tmp_path / "case.yaml") == case == case_of(case.model_dump(mode="json"))
    written = dump_case(case)
    for word in (
        "zone: left_cheek",
        "area: 10.5 cm^2",
        "needle_length: 0.5 mm",
        "concern: acne_scar",
        "concern: fine_lines",
    ):
        assert word in written
    assert "Cheek" not in written


def test_settings_of_one_zone_twice_are_a_fault_and_not_a_silent_choice():
    twice = {"left cheek": {"needle_length": "1 mm"}, "Left Cheek": {"needle_length": "2 mm"}}
    said = faults(zones=[{"zone": "left cheek", "area": "50 cm^2"}], course={**course_of(), "settings": twice})
    assert said == ["course.settings.left_cheek: Left Cheek is given twice; write it once"]


def test_what_is_read_leaves_its_input_alone():
    raw = {"course": {"settings": {"Left Cheek": {"passes": 1}}}}
    assert tidied(raw)[0] == {"course": {"settings": {"left_cheek": {"passes": 1}}}}
    assert raw == {"course": {"settings": {"Left Cheek": {"passes": 1}}}}
    for odd in (None, 3, [], {"course": 1}, {"course": {"settings": [1]}}):
        assert tidied(odd) == (odd, [])


CASE = """\
patient: {age: 42, sex: F, phototype: type II, body_weight: 62kg}
zones: [{zone: Left Cheek, area: 60 cm2, concerns: [{concern: crow's feet, scale: Glogau, severity: III}]}]
course:
  device: pen-12
  start: 25/12/2026
  sessions: {count: 3, interval: 6 wk}
  settings: {Left Cheek: {needle_length: 1.0mm, passes: 4, hand_speed: 3 cm/s}}
"""


@pytest.fixture
def file(tmp_path) -> Path:
    (tmp_path / "base.yaml").write_text(CASE, encoding="utf-8")
    (tmp_path / "case.yaml").write_text(
        "base: base.yaml\ncourse: {settings: {left cheek: {needle_length: '0,5 mm'}}}\n", encoding="utf-8"
    )
    return tmp_path / "case.yaml"


def test_bases_overrides_and_files_name_a_zone_alike(file):
    case = load_case(file, {"course.settings.LEFT CHEEK.passes": 2, "zones.left cheek.area": "70 cm2", "patient.sex": "man"})
    (settings,) = case.course.settings.values()
    assert (settings.needle_length, settings.passes, case.zones[0].area, case.patient.sex) == (0.5, 2, 70.0, "male")
    (record,) = case.zones[0].concerns
    assert (record.concern, record.scale, record.severity) == ("wrinkles", "glogau", 3.0)
    assert case.session_days == (0.0, 42.0, 84.0)


def test_verbs_and_python_read_the_same(file):
    told = dermatwin("screen", file, "--json", "--set", "course.settings.left cheek.needle_length=1,5 mm")
    assert '"zone": "left_cheek"' in told.stdout
    words = ("--set", "zones.left cheek.concerns=[{concern: dark spots}]", "--set", "patient.phototype=III-IV")
    for verb in ("screen", "plan", "simulate", "compare", "map"):
        more = ("--device", "pen-12", "--device", "dermapen-4") if verb == "compare" else ()
        lines = dermatwin(verb, file, *words, *more, status=1).stderr.splitlines()
        assert lines == [
            "patient.phototype: III-IV is more than one type; write one of them: the darker, IV, is the safer",
            "zones.left_cheek.concerns.0.concern: dark spots may be hyperpigmentation (hyperpigmentation) or "
            "sun_spots (sun spots) or post_inflammatory_hyperpigmentation (post-inflammatory hyperpigmentation); "
            "write the one that is meant",
        ]


# ---- concerns ------------------------------------------------------------------------------------------------------------

CONCERNS = {
    "crow's feet": "wrinkles",
    "Smile lines": "wrinkles",
    "fine lines": "fine_lines",
    "acne scars": "acne_scar",
    "rolling scars": "acne_scar_rolling",
    "ice pick scars": "acne_scar_icepick",
    "stretch marks": "striae",
    "Stretchmarks": "striae",
    "sunspots": "sun_spots",
    "solar lentigo": "sun_spots",
    "PIH": "post_inflammatory_hyperpigmentation",
    "Post-inflammatory hyperpigmentation": "post_inflammatory_hyperpigmentation",
    "male pattern baldness": "hair_loss_aga",
    "alopecia areata": "hair_loss_other",
    "pores": "pores",
    "enlarged pores of the nose": "pores",
    "pores on my nose": "pores",
    "sagging": "laxity",
    "dull skin": "tone",
    "scar from C-section": "surgical_scar",
    "Caesarean scar": "surgical_scar",
    "surgical scar": "surgical_scar",
    "burn scar": "burn_scar",
    "hypertrophic scar": "keloid",
    "Vitiligo": "vitiligo",
    "actinic keratoses": "actinic_keratosis",
    "neck lines": "neck_wrinkles",
    "lines of the décolleté": "decollete_wrinkles",
    "lines on the decollete": "decollete_wrinkles",
    "acne": "active_acne",
}


@pytest.mark.parametrize("said", CONCERNS)
def test_a_concern_is_told_in_daily_words(said):
    (record,) = read(**concern({"concern": said})).zones[0].concerns
    assert record.concern == CONCERNS[said]


@pytest.mark.parametrize("said", CONCERNS)
def test_the_words_of_a_case_are_explained(said):
    assert WORDS.concerns.meant(said) == (CONCERNS[said],)
    if said in {name for row in EVIDENCE.rows(ConcernRow) for name in (row.label, *row.aliases)}:
        assert CONCERNS[said] in dermatwin("explain", f"concern:{said}").stdout


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("scars", ("acne_scar", "surgical_scar", "burn_scar", "keloid")),
        ("hair loss", ("hair_loss_aga", "hair_loss_other")),
        ("spots", ("hyperpigmentation", "sun_spots", "active_acne")),
        ("lines", ("fine_lines", "wrinkles")),
        ("actinic damage", ("actinic_keratosis", "sun_damage")),
        ("crepey skin", ("laxity", "texture")),
    ],
)
def test_a_word_of_several_concerns_is_asked_about(said, meant):
    (fault,) = faults(**concern({"concern": said}))
    labels = {row.concern: row.label for row in EVIDENCE.rows(ConcernRow)}
    told = " or ".join(f"{name} ({labels[name]})" for name in meant)
    assert fault == f"zones.cheek.concerns.0.concern: {said} may be {told}; write the one that is meant"


def test_an_unknown_concern_is_answered_with_a_near_one():
    assert faults(**concern({"concern": "stretchmarcs"})) == [
        "zones.cheek.concerns.0.concern: stretchmarcs is not known; did you mean 'stretchmarks'?"
    ]
    (far,) = faults(**concern({"concern": "xyzzy"}))
    assert far.startswith("zones.cheek.concerns.0.concern: xyzzy is not one of fine_lines, wrinkles, ")


def test_one_concern_by_two_names_is_listed_twice():
    assert faults(**concern({"concern": "stretch marks"}, {"concern": "striae"})) == [
        "zones.cheek.concerns.1: striae is listed twice for this zone"
    ]


@pytest.mark.parametrize("row", EVIDENCE.rows(ConcernRow), ids=lambda row: row.concern)
def test_every_concern_is_found_by_each_of_its_names(row):
    assert WORDS.concerns.entry(row.concern) == WORDS.concerns.entry(row.label) == row.concern
    assert all(row.concern in WORDS.concerns.meant(name) for name in row.aliases)


@pytest.mark.parametrize("row", EVIDENCE.rows(ScaleRow), ids=lambda row: row.id)
def test_every_scale_is_found_by_each_of_its_names(row):
    assert WORDS.scales.entry(row.id) == row.id
    assert all(row.id in WORDS.scales.meant(name) for name in (row.title, *row.aliases))


# ---- scales and grades ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "scale", "severity"),
    [
        ({"concern": "acne_scar", "scale": "ECCA", "severity": 120}, "ecca", 120.0),
        (
            {"concern": "acne_scar", "scale": "Goodman-Baron qualitative grade", "severity": "Moderate"},
            "goodman_baron_qualitative",
            3.0,
        ),
        ({"concern": "acne_scar_rolling", "severity": "grade 3"}, None, 3.0),
        ({"concern": "acne_scar_rolling", "severity": "severe"}, None, 4.0),
        ({"concern": "wrinkles", "scale": "Fitzpatrick wrinkle scale", "severity": "5"}, "fitzpatrick_goldman_wrinkle", 5.0),
        ({"concern": "wrinkles", "scale": "glogau", "severity": "III"}, "glogau", 3.0),
        ({"concern": "wrinkles", "scale": "Glogau", "severity": "advanced"}, "glogau", 3.0),
        ({"concern": "hair_loss_aga", "scale": "Norwood", "severity": "IV"}, "norwood_hamilton", 4.0),
        ({"concern": "hair_loss_aga", "scale": "Hamilton-Norwood", "severity": "stage 7"}, "norwood_hamilton", 7.0),
        ({"concern": "hair_loss_aga", "scale": "Ludwig", "severity": "Ludwig II"}, "ludwig", 2.0),
        ({"concern": "hair_loss_aga", "scale": "sinclair scale", "severity": 5}, "sinclair", 5.0),
        ({"concern": "laxity", "severity": "1,5"}, None, 1.5),
        ({"concern": "acne_scar_rolling", "severity": "grade-2"}, None, 2.0),
    ],
)
def test_scales_and_grades_are_told_in_daily_words(record, scale, severity):
    (found,) = read(**concern(record)).zones[0].concerns
    assert (found.scale, found.severity) == (scale, severity)


@pytest.mark.parametrize(
    ("record", "answer"),
    [
        ({"concern": "acne_scar", "scale": "Goodman Baron", "severity": 3},
         "scale: Goodman Baron may be goodman_baron_qualitative (Goodman-Baron qualitative grade) or "
         "goodman_baron_quantitative (Goodman-Baron quantitative score); write the one that is meant"),
        ({"concern": "acne_scar", "scale": "GBS"}, "scale: GBS may be goodman_baron_qualitative (Goodman-Baron qualitative "
         "grade) or goodman_baron_quantitative (Goodman-Baron quantitative score); write the one that is meant"),
        ({"concern": "wrinkles", "scale": "Glogou"}, "scale: Glogou is not known; did you mean 'glogau'?"),
        ({"concern": "acne_scar", "severity": "moderate"},
         "severity: moderate is no grade of goodman_baron_quantitative; write a number"),
        ({"concern": "wrinkles", "scale": "glogau", "severity": "bad"},
         "severity: bad is no grade of glogau; write a number, or one of mild, moderate, advanced, severe"),
        ({"concern": "tone", "severity": "moderate"},
         "severity: moderate is a word, and no scale is named; write the scale and its number"),
        ({"concern": "wrinkles", "scale": "glogau", "severity": "II-III"},
         "severity: II-III is more than one grade; write one number"),
        ({"concern": "hair_loss_aga", "scale": "norwood", "severity": "III vertex"},
         "severity: III vertex is no grade of norwood_hamilton; write a number"),
        ({"concern": "wrinkles", "severity": True}, "severity: true is not a number"),
    ],
)  # fmt: skip
def test_unclear_scales_and_grades_are_asked_about(record, answer):
    assert faults(**concern(record)) == [f"zones.cheek.concerns.0.{answer}"]


@pytest.mark.parametrize(
    ("scale", "low", "high"), [("norwood_hamilton", 1, 7), ("ludwig", 1, 3), ("sinclair", 1, 5), ("", 0, 5)]
)
def test_a_grade_off_its_scale_is_a_fault_in_every_verb(scale, low, high, file):
    record = {"concern": "hair_loss_aga" if scale else "wrinkles", **({"scale": scale} if scale else {})}
    for verb, severity in product(("screen", "plan", "simulate", "map"), (low - 1, high + 1)):
        told = f"zones.left cheek.concerns=[{ {**record, 'severity': severity} }]"
        lines = dermatwin(verb, file, "--set", told, status=1).stderr.splitlines()
        wrong = f"is outside the scale {scale or 'lemperle'}, {low}-{high}" if severity >= 0 else "is outside from 0"
        assert lines == [f"zones.left_cheek.concerns.0.severity: {severity} {wrong}"], verb


def test_a_scale_of_patterns_of_hair_carries_no_share_of_a_grade():
    scales = {row.id: row for row in EVIDENCE.rows(ScaleRow)}
    assert {scales[name].kind for name in ("norwood_hamilton", "ludwig", "sinclair")} == {"category"}


# ---- without the evidence ------------------------------------------------------------------------------------------------


def test_without_words_names_are_keys_and_nothing_is_looked_up():
    case = case_of(document(**concern({"concern": "acne scar", "scale": "ecca", "severity": "grade 3"})))
    assert [(r.concern, r.scale, r.severity) for r in case.zones[0].concerns] == [("acne_scar", "ecca", 3.0)]


@settings(max_examples=100, deadline=None)
@given(said=st.text(st.sampled_from("IViv 1234567-/totype.,½|é"), max_size=10))
def test_no_text_breaks_the_reader(said):
    record = {"concern": said or "x", "scale": said, "severity": said}
    raw = document(**patient(phototype=said, sex=said, age=said), **concern(record), course=course_of("cheek", start=said))
    with pytest.raises(CaseError) as refused:
        case_of(raw, words=WORDS)
    assert all(fault.path and fault.expected for fault in refused.value.faults)


@pytest.mark.parametrize("said", ["-2", "grade -2", "score: \u22122"])
def test_the_sign_of_a_grade_is_no_hyphen(said):
    with pytest.raises(CaseError, match=r"severity: -2(\.0)? is outside from 0"):
        read(**concern({"concern": "hair_loss_aga", "scale": "investigator_regrowth_score", "severity": said}))
