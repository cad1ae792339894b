"""The anamnesis: what each answer stands for, whom a question is asked, what was not asked, and what a clinician judged."""

from __future__ import annotations

from typing import Any

import pytest

from builders import dermatwin, gate_faults, person_of, treated
from dermatwin.case import Case, case_of, dump_case
from dermatwin.case.reading import read_text
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.history import Fact, Question, anamnesis, holds, person_in, question_in
from dermatwin.screening import Screening, screen

EVIDENCE = Evidence.packaged()
QUESTIONS = anamnesis(EVIDENCE)
LED, RF = {"adjuncts": [{"adjunct": "led_light"}]}, {"adjuncts": [{"adjunct": "radiofrequency"}]}

YES = {
    "broken_skin": ("open_wound", "hard_stop"),
    "sunburn": ("sunburn", "hard_stop"),
    "rash": ("active_rash", "hard_stop"),
    "lesion": ("lesion_in_area", "soft_stop"),
    "acute_illness": ("acute_illness", "soft_stop"),
    "pregnancy": ("pregnancy", "hard_stop"),
    "possible_pregnancy": ("possible_pregnancy", "soft_stop"),
    "trying_to_conceive": ("may_become_pregnant", "caution"),
    "breastfeeding": ("breastfeeding", "hard_stop"),
    "childbirth": ("after_childbirth", "caution"),
    "bleeding_disorder": ("bleeding_disorder", "hard_stop"),
    "bleeding_tendency": ("bleeding_tendency", "soft_stop"),
    "blood_thinner": ("anticoagulant", "soft_stop"),
    "painkiller": ("nsaid_fish_oil", "caution"),
    "bleeding_supplement": ("nsaid_fish_oil", "caution"),
    "thrombosis": ("thrombosis_history", "caution"),
    "diabetes": ("diabetes", "soft_stop"),
    "diabetes_uncontrolled": ("diabetes_uncontrolled", "soft_stop"),
    "smoking": ("smoking", "caution"),
    "steroid_tablets": ("immunosuppression", "soft_stop"),
    "steroid_cream": ("no_rule", "info"),
    "radiotherapy": ("radiotherapy_in_area", "soft_stop"),
    "isotretinoin": ("isotretinoin_oral", "soft_stop"),
    "retinoid_cream": ("topical_retinoid", "caution"),
    "exfoliant": ("exfoliant", "caution"),
    "slow_healing": ("wound_healing", "caution"),
    "keloid": ("keloid_tendency", "soft_stop"),
    "hypertrophic_scar": ("keloid_tendency", "soft_stop"),
    "keloid_in_family": ("keloid_in_family", "caution"),
    "dark_marks": ("pigment_history", "caution"),
    "melasma": ("pigment_history", "caution"),
    "vitiligo": ("vitiligo", "soft_stop"),
    "psoriasis": ("eczema_psoriasis", "soft_stop"),
    "eczema": ("eczema_psoriasis", "soft_stop"),
    "rosacea": ("rosacea", "soft_stop"),
    "cold_sore_now": ("active_herpes", "hard_stop"),
    "cold_sores": ("herpes_history", "caution"),
    "warts": ("infection_in_area", "hard_stop"),
    "active_acne": ("active_acne", "hard_stop"),
    "skin_infection": ("infection_in_area", "hard_stop"),
    "hiv": ("blood_borne_infection", "caution"),
    "hepatitis": ("blood_borne_infection", "caution"),
    "immune_medicine": ("immunosuppression", "soft_stop"),
    "chemotherapy": ("cancer_treatment", "soft_stop"),
    "transplant": ("immunosuppression", "soft_stop"),
    "autoimmune": ("autoimmune", "soft_stop"),
    "skin_cancer": ("skin_cancer_in_area", "soft_stop"),
    "cancer": ("cancer_treatment", "soft_stop"),
    "porphyria": ("photosensitive_disease", "soft_stop"),
    "photosensitiser": ("photosensitiser", "caution"),
    "flicker": ("light_and_photosensitive_disease", "hard_stop"),
    "eye_disease": ("light_and_eyes", "caution"),
    "pacemaker": ("implant", "caution"),
    "metal_implant": ("rf_metal", "soft_stop"),
    "heart_valve": ("endocarditis_risk", "caution"),
    "heart_disease": ("cardiac", "info"),
    "liver_disease": ("liver", "caution"),
    "anaphylaxis": ("anaphylaxis_history", "caution"),
    "amide_allergy": ("anaesthetic_allergy", "caution"),
    "ester_allergy": ("anaesthetic_allergy", "caution"),
    "ester_enzyme": ("ester_to_avoid", "caution"),
    "methaemoglobin": ("prilocaine_to_avoid", "caution"),
    "sulfonamide_allergy": ("no_rule", "info"),
    "metal_allergy": ("metal_allergy", "hard_stop"),
    "latex_allergy": ("latex_allergy", "caution"),
    "chlorhexidine_allergy": ("antiseptic_allergy", "caution"),
    "iodine_allergy": ("antiseptic_allergy", "caution"),
    "hyaluronic_allergy": ("allergy_to_product", "hard_stop"),
    "adhesive_allergy": ("adhesive_allergy", "caution"),
    "cosmetic_allergy": ("contact_allergy", "caution"),
    "needling": ("recent_needling", "caution"),
    "needling_darkened": ("pigment_made_worse", "soft_stop"),
    "needling_scarred": ("keloid_tendency", "soft_stop"),
    "botulinum": ("recent_injection", "soft_stop"),
    "filler": ("recent_injection", "soft_stop"),
    "peel": ("recent_peel", "caution"),
    "laser": ("recent_laser", "caution"),
    "surgery": ("recent_surgery", "soft_stop"),
    "hair_removal": ("recent_waxing", "caution"),
    "tattoo": ("tattoo_in_area", "caution"),
    "tan": ("tan", "soft_stop"),
    "sun_planned": ("sun_planned", "caution"),
    "fainting": ("fainting", "caution"),
    "seizures": ("seizures", "caution"),
}
"""What a yes to each question must bring, at least: a rule and its level."""


def course_for(name: str) -> dict[str, Any]:
    """A course for which the question is asked."""
    courses = QUESTIONS[name].courses
    gel = {"topicals": [{"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}]}
    beside = {"led_treatment": LED, "radiofrequency": RF}
    return {**(gel if name == "hyaluronic_allergy" else {}), **(beside[courses[0]] if courses else {})}


def asked(course: dict[str, Any] | None = None, judgements: Any = (), **answers: Any) -> Case:
    case = treated(course=course, **answers.pop("patient", {}), anamnesis=answers)
    return case_of({**read_text(dump_case(case), "case").value, "judgements": list(judgements)})


def came(found: Screening, *levels: str) -> set[tuple[str, str]]:
    wanted = levels or ("hard_stop", "soft_stop", "caution", "info")
    return {(finding.rule, finding.level) for finding in found.findings if finding.level in wanted}


def open_questions(found: Screening) -> set[str]:
    return {one.id for one in found.not_asked}


def test_every_question_has_something_that_a_yes_must_bring() -> None:
    assert set(YES) == set(QUESTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_yes_fires_its_rule_and_answers_its_own_question(name: str) -> None:
    case = asked(course_for(name), **{name: "yes"})
    before = came(screen(asked(course_for(name)), EVIDENCE))
    assert YES[name] in came(screen(case, EVIDENCE)) - before
    assert holds(person_in(case, EVIDENCE).facts, question_in(QUESTIONS[name]), case.course.start)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_no_raises_nothing_and_is_told(name: str) -> None:
    warns = ("hard_stop", "soft_stop", "caution")
    found, before = screen(asked(course_for(name), **{name: "no"}), EVIDENCE), screen(asked(course_for(name)), EVIDENCE)
    assert came(found, *warns) == came(before, *warns)
    assert came(found) - came(before) == {("asked_and_denied", "info")}
    (told,) = [finding for finding in found.findings if finding.rule == "asked_and_denied"]
    assert told.reason == f"1 of the anamnesis: {QUESTIONS[name].group} (1)"


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_nobody_answered_is_listed_and_what_somebody_did_is_not(name: str) -> None:
    after = {QUESTIONS[name].after: "yes"} if QUESTIONS[name].after else {}
    for silence in ({}, {name: "not asked"}):
        assert name in open_questions(screen(asked(course_for(name), **after, **silence), EVIDENCE))
    for answer in ("yes", "no"):
        assert name not in open_questions(screen(asked(course_for(name), **after, **{name: answer}), EVIDENCE))


@pytest.mark.parametrize("name", QUESTIONS)
def test_one_yes_among_nothing_but_no_contradicts_only_what_it_must(name: str) -> None:
    wider = {"diabetes_uncontrolled": "diabetes", "cold_sore_now": "cold_sores"}
    answers = {other: "yes" if other == name else "no" for other in QUESTIONS}
    found = screen(asked(course_for(name), **answers), EVIDENCE)
    reasons = [finding.reason for finding in found.findings if finding.rule == "anamnesis_contradicts"]
    labels = [QUESTIONS[wider[name]].label] if name in wider else []
    assert [reason.partition(":")[0] for reason in reasons] == labels


# ---- whom a question is asked ------------------------------------------------------------------------------------------


def test_questions_are_for_somebody_and_some_course() -> None:
    usual = open_questions(screen(asked(), EVIDENCE))
    assert {"pregnancy", "cold_sores", "keloid"} <= usual
    assert not usual & {"flicker", "eye_disease", "metal_implant", "diabetes_uncontrolled", "needling_darkened"}
    assert "pregnancy" not in open_questions(screen(asked(patient={"sex": "male"}), EVIDENCE))
    assert "pregnancy" not in open_questions(screen(asked(patient={"age": "60 yr"}), EVIDENCE))
    assert "pregnancy" in open_questions(screen(asked(patient={"age": "59 yr"}), EVIDENCE))
    assert "cold_sores" not in open_questions(screen(treated(zone="abdomen"), EVIDENCE))
    assert {"flicker", "eye_disease"} <= open_questions(screen(asked(LED), EVIDENCE))
    assert "metal_implant" in open_questions(screen(asked(RF), EVIDENCE))


def test_animals_are_not_asked() -> None:
    rat = {"species": "hairless_rat", "age": "0.2 yr"}
    assert screen(treated(zone="back", **rat), EVIDENCE).not_asked == ()


@pytest.mark.parametrize(
    ("patient", "name", "is_open"),
    [
        ({"pregnant": True}, "pregnancy", False),
        ({"pregnant": False}, "pregnancy", True),  # what a case says where nobody asked
        ({"smoker": True}, "smoking", False),
        ({"conditions": ["keloid on the chest"]}, "keloid", False),
        ({"conditions": ["no keloid"]}, "keloid", False),
        ({"conditions": ["mother has keloids"]}, "keloid", True),
        ({"conditions": ["mother has keloids"]}, "keloid_in_family", False),
        ({"medications": ["Xarelto"]}, "blood_thinner", False),
        ({"medications": ["no blood thinner"]}, "blood_thinner", False),
        ({"medications": ["no aspirin"]}, "blood_thinner", True),  # there are others
        ({"medications": ["warfarin, stopped 2019"]}, "blood_thinner", True),
        ({"allergies": ["lidocaine"]}, "amide_allergy", False),
        ({"medications": ["lidocaine cream"]}, "amide_allergy", True),
        ({"conditions": ["type 2 diabetes"]}, "diabetes_uncontrolled", True),
        ({"conditions": ["no diabetes"]}, "diabetes_uncontrolled", False),
    ],
    ids=str,
)
def test_flags_and_free_text_are_answers_where_they_say_it(patient: dict[str, Any], name: str, is_open: bool) -> None:
    assert (name in open_questions(screen(asked(patient=patient), EVIDENCE))) is is_open


def test_what_is_left_open_changes_no_finding() -> None:
    silent, said = screen(asked(), EVIDENCE), screen(asked(**dict.fromkeys(QUESTIONS, "not asked")), EVIDENCE)
    assert silent.findings == said.findings
    assert silent.not_asked == said.not_asked
    assert not silent.complete
    assert screen(asked(**dict.fromkeys(QUESTIONS, "no")), EVIDENCE).complete


# ---- what an answer stands for -----------------------------------------------------------------------------------------


def facts_of(**answers: Any) -> tuple[Fact, ...]:
    return person_of(anamnesis=answers).facts


def test_a_day_ends_what_does_not_last() -> None:
    (stopped,) = facts_of(blood_thinner={"answer": "yes", "until": "2025-06-01"})
    (lasting,) = facts_of(keloid={"answer": "yes", "zone": "chest"})
    (dated,) = facts_of(filler={"answer": "yes", "since": "2026-01-05", "zone": "upper_lip"})
    assert (stopped.status, stopped.until.isoformat()) == ("past", "2025-06-01")  # type: ignore[union-attr]
    assert (lasting.status, lasting.where) == ("active", "chest")
    assert (dated.status, dated.until.isoformat(), dated.where) == ("past", "2026-01-05", "upper_lip")  # type: ignore[union-attr]


def test_what_came_and_may_be_gone_is_open_until_somebody_says() -> None:
    (said,) = facts_of(cold_sores="yes")
    assert (said.status, said.certainty) == ("active", "open")
    settled = [fact.status for fact in facts_of(cold_sores="yes", cold_sore_now="no") if fact.status != "denied"]
    assert settled == ["past"]
    other = [fact.status for fact in facts_of(cold_sores="yes", skin_infection="no") if fact.status != "denied"]
    assert other == ["active"]  # that question leaves herpes out
    (over,) = facts_of(skin_cancer={"answer": "yes", "until": "2020-05-01"})
    assert (over.status, over.certainty) == ("past", "stated")


@pytest.mark.parametrize(
    ("name", "which", "concepts"),
    [
        ("blood_thinner", "Xarelto", {"rivaroxaban"}),
        ("blood_thinner", "low-dose aspirin", {"aspirin"}),
        ("diabetes", "type 2", {"type_2_diabetes"}),
        ("laser", "CO2", {"ablative_laser"}),
        ("skin_cancer", "basal cell", {"basal_cell_carcinoma"}),
        ("blood_thinner", "paracetamol", {"blood_thinner", "paracetamol"}),  # not one: the yes still stands
        ("blood_thinner", "warfarin, stopped 2019", {"blood_thinner", "warfarin"}),
        ("blood_thinner", "glowmax", {"blood_thinner", ""}),
        ("amide_allergy", "lidocaine", {"lidocaine"}),
    ],
)
def test_what_is_named_beside_a_yes_is_read(name: str, which: str, concepts: set[str]) -> None:
    assert {fact.what for fact in facts_of(**{name: {"answer": "yes", "which": which}})} == concepts


def test_an_unknown_name_beside_a_yes_is_asked_about() -> None:
    found = screen(asked(blood_thinner={"answer": "yes", "which": "glowmax"}), EVIDENCE)
    assert {("not_known", "caution"), ("anticoagulant", "soft_stop")} <= came(found)


def test_a_note_is_read_for_what_it_names_and_asks_nothing() -> None:
    found = facts_of(blood_thinner={"answer": "no", "note": "asked twice, quite certain; takes methotrexate"})
    assert {(fact.what, fact.status) for fact in found} == {("blood_thinner", "denied"), ("methotrexate", "active")}


def test_flags_follow_the_answers() -> None:
    assert person_of(anamnesis={"pregnancy": "yes", "smoking": "yes"}).patient.pregnant
    assert not person_of(anamnesis={"pregnancy": "no"}).patient.pregnant
    assert person_of(pregnant=True, anamnesis={"pregnancy": "no"}).patient.pregnant


def test_the_graver_of_two_is_taken_and_asked_about() -> None:
    found = screen(asked(patient={"pregnant": True}, pregnancy="no"), EVIDENCE)
    assert {("pregnancy", "hard_stop"), ("anamnesis_contradicts", "caution")} <= came(found)
    reverse = screen(asked(patient={"conditions": ["no keloid"]}, keloid="yes"), EVIDENCE)
    assert {("keloid_tendency", "soft_stop"), ("anamnesis_contradicts", "caution")} <= came(reverse)
    agreed = screen(asked(patient={"conditions": ["keloid on the chest"]}, keloid="yes"), EVIDENCE)
    assert ("anamnesis_contradicts", "caution") not in came(agreed)


def test_a_case_with_answers_is_written_and_read_again() -> None:
    case = asked(keloid="no", blood_thinner={"answer": "yes", "which": "Xarelto", "since": "2024-01-01"}, rash="not asked")
    assert case_of(read_text(dump_case(case), "case").value) == case


# ---- what is wrong with an answer --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"keloyd": "yes"}, "patient.anamnesis.keloyd: is not a question of the anamnesis; did you mean 'keloid'?"),
        ({"zzz": "yes"}, "patient.anamnesis.zzz: is not a question of the anamnesis; dermatwin list questions shows them"),
        (
            {"keloid": {"answer": "yes", "until": "2020-01-01"}},
            "patient.anamnesis.keloid.until: 2020-01-01 is not asked here; this question asks zone",
        ),
        (
            {"hiv": {"answer": "yes", "which": "old"}},
            "patient.anamnesis.hiv.which: old is not asked here; this question asks nothing but yes or no",
        ),
        ({"keloid": "maybe"}, "patient.anamnesis.keloid: maybe is not one of yes, no, not asked"),
        ({"keloid": True}, "patient.anamnesis.keloid: true is not one of yes, no, not asked"),
        ({"keloid": {"zone": "chest"}}, "patient.anamnesis.keloid.answer: is missing; one of yes, no, not asked"),
        (
            {"keloid": {"answer": "no", "zone": "chest"}},
            "patient.anamnesis.keloid.zone: chest goes with the answer yes, not 'no'",
        ),
        (
            {"blood_thinner": {"answer": "yes", "since": "2025-01-01", "until": "2024-01-01"}},
            "patient.anamnesis.blood_thinner.until: 2024-01-01 is before since, 2025-01-01",
        ),
        ({"keloid": {"answer": "yes", "colour": "red"}}, "patient.anamnesis.keloid.colour: is not a known key"),
    ],
    ids=str,
)
def test_a_wrong_answer_is_one_fault(answers: dict[str, Any], told: str) -> None:
    plain = read_text(dump_case(treated()), "case").value
    plain["patient"]["anamnesis"] = answers
    with pytest.raises(CaseError) as error:
        screen(case_of(plain), EVIDENCE)
    (fault,) = error.value.faults
    assert str(fault).startswith(told)


def test_readers_of_facts_refuse_a_question_that_does_not_exist() -> None:
    with pytest.raises(CaseError, match="keloyd"):
        person_of(anamnesis={"keloyd": "yes"})


# ---- what a clinician judged -------------------------------------------------------------------------------------------

JUDGED = {"reason": "the label was read, mint and sugar", "by": "Dr A", "date": "2026-01-10"}


def judging(about: str, reading: str = "harmless", **more: Any) -> dict[str, Any]:
    return {"about": about, "reading": reading, **JUDGED, **more}


def test_what_is_judged_harmless_is_no_caution_and_stays_to_be_seen() -> None:
    tonic = {"medications": ["Glowmax"]}
    assert ("not_known", "caution") in came(screen(asked(patient=tonic), EVIDENCE))
    found = screen(asked(patient=tonic, judgements=[judging("Glowmax")]), EVIDENCE)
    assert ("not_known", "caution") not in came(found)
    (info,) = [finding for finding in found.findings if finding.rule == "judged"]
    assert info.level == "info"
    for part in ("Glowmax", "harmless", "Dr A", "2026-01-10", "mint and sugar"):
        assert part in info.reason


def test_what_is_judged_to_be_something_is_that_thing() -> None:
    found = screen(asked(patient={"medications": ["Glowmax"]}, judgements=[judging("glowmax", "rivaroxaban")]), EVIDENCE)
    assert {("anticoagulant", "soft_stop"), ("judged", "info")} <= came(found)
    allergic = screen(asked(patient={"allergies": ["Glowmax"]}, judgements=[judging("Glowmax", "nickel")]), EVIDENCE)
    assert ("metal_allergy", "hard_stop") in came(allergic)


def test_a_judged_thing_keeps_its_days() -> None:
    tonic = {"medications": [{"name": "Glowmax", "until": "2020-01-01"}]}
    found = screen(asked(patient=tonic, judgements=[judging("Glowmax", "rivaroxaban")]), EVIDENCE)
    assert ("anticoagulant", "soft_stop") not in came(found)


def test_an_answer_that_nobody_knows_can_be_judged() -> None:
    answer = {"answer": "yes", "which": "glowmax"}
    found = screen(asked(blood_thinner=answer, judgements=[judging("glowmax")]), EVIDENCE)
    assert ("not_known", "caution") not in came(found)
    assert ("anticoagulant", "soft_stop") in came(found)  # the yes stands


def test_what_the_words_leave_open_is_settled_but_not_forgotten() -> None:
    sores = {"conditions": ["cold sores"]}
    assert ("active_herpes", "soft_stop") in came(screen(asked(patient=sores), EVIDENCE))
    gone = screen(asked(patient=sores, judgements=[judging("cold sores")]), EVIDENCE)
    assert ("active_herpes", "soft_stop") not in came(gone)
    assert ("herpes_history", "caution") in came(gone)
    there = screen(asked(patient=sores, judgements=[judging("cold sores", "herpes_labialis")]), EVIDENCE)
    assert ("active_herpes", "hard_stop") in came(there)


def test_only_the_unknown_words_of_an_item_are_judged() -> None:
    both = {"medications": ["glowmax and warfarin"]}
    found = screen(asked(patient=both, judgements=[judging("glowmax and warfarin")]), EVIDENCE)
    assert ("anticoagulant", "soft_stop") in came(found)
    assert ("not_known", "caution") not in came(found)


def test_what_one_judgement_read_no_other_reads_again() -> None:
    daily = {"medications": ["take zorbi daily"]}
    two = [judging("take zorbi daily"), judging("zorbi", "blood_thinner")]
    with pytest.raises(CaseError, match=r"judgements\.1\.about: zorbi is judged by judgements\.0 already"):
        screen(asked(patient=daily, judgements=two), EVIDENCE)
    assert ("anticoagulant", "soft_stop") in came(screen(asked(patient=daily, judgements=two[1:]), EVIDENCE))


@pytest.mark.parametrize(
    ("question", "reply", "finding"),
    [
        ("thrombosis", {"answer": "yes", "until": "2015-01-01", "note": "now on warfarin"}, ("anticoagulant", "soft_stop")),
        ("amide_allergy", {"answer": "no", "note": "takes warfarin"}, ("anticoagulant", "soft_stop")),
        ("amide_allergy", {"answer": "yes", "note": "on isotretinoin"}, ("isotretinoin_oral", "soft_stop")),
        (
            "radiotherapy",
            {"answer": "yes", "since": "2010-01-01", "note": "isotretinoin at present"},
            ("isotretinoin_oral", "soft_stop"),
        ),
        ("keloid", {"answer": "yes", "zone": "back", "note": "active eczema too"}, ("eczema_psoriasis", "soft_stop")),
        ("diabetes", {"answer": "no", "note": "allergic to nickel"}, ("metal_allergy", "hard_stop")),
    ],
)
def test_a_note_beside_an_answer_speaks_for_itself(question: str, reply: dict[str, Any], finding: tuple[str, str]) -> None:
    """What was asked, where and until when says nothing of the note."""
    assert finding in came(screen(asked(**{question: reply}), EVIDENCE))


def test_a_judgement_does_not_reach_what_was_added_to_the_note() -> None:
    noted = {"medications": [{"name": "Glowmax", "note": "and zorbix"}]}
    with pytest.raises(CaseError, match="leaves out words of the note that nobody knows; write 'glowmax zorbix'"):
        screen(asked(patient=noted, judgements=[judging("Glowmax")]), EVIDENCE)
    found = screen(asked(patient=noted, judgements=[judging("glowmax zorbix")]), EVIDENCE)
    assert ("not_known", "caution") not in came(found)


@pytest.mark.parametrize(
    ("patient", "judgement", "told"),
    [
        (
            {"conditions": ["haemophilia"]},
            judging("haemophilia"),
            "judgements.0.about: haemophilia is known here as Haemophilia",
        ),
        ({"medications": ["warfrin"]}, judging("warfrin"), "judgements.0.about: warfrin is known here as Warfarin"),
        ({"medications": ["Glowmax"]}, judging("Glowmix"), "judgements.0.about: Glowmix is written nowhere in the history"),
        ({}, judging("hyaluronic acid"), "judgements.0.about: hyaluronic acid is written nowhere"),
        ({"pregnant": True}, judging("pregnant"), "judgements.0.about: pregnant is known here as Pregnancy"),
        (
            {"medications": ["Glowmax"]},
            judging("Glowmax", "rivaroxban"),
            "judgements.0.reading: rivaroxban is neither 'harmless' nor a concept of the vocabulary; did you mean 'rivaroxa",
        ),
        (
            {"medications": ["Glowmax"]},
            judging("Glowmax", "nothing_to_report"),
            "judgements.0.reading: nothing_to_report says that there is nothing; write 'harmless'",
        ),
        (
            {"conditions": ["cold sores"]},
            judging("cold sores", "diabetes"),
            "judgements.0.reading: diabetes is no kind of what the words name: Cold sore",
        ),
        (
            {"conditions": ["eczema and cold sores"]},
            judging("eczema and cold sores"),
            "judgements.0.reading: harmless is said of several things that the words leave open",
        ),
    ],
    ids=str,
)
def test_a_judgement_silences_nothing_that_is_known(patient: dict[str, Any], judgement: dict[str, Any], told: str) -> None:
    with pytest.raises(CaseError) as error:
        screen(asked(patient=patient, judgements=[judgement]), EVIDENCE)
    (fault,) = error.value.faults
    assert str(fault).startswith(told)


def test_a_judgement_is_written_once_and_whole() -> None:
    twice = [judging("Glowmax"), judging(" glowmax ", "rivaroxaban")]
    with pytest.raises(CaseError, match="judged twice"):
        asked(patient={"medications": ["Glowmax"]}, judgements=twice)
    for part, wrong in {"reason": "short", "by": "", "date": "yesterday", "reading": ""}.items():
        with pytest.raises(CaseError, match=rf"judgements\.0\.{part}"):
            asked(patient={"medications": ["Glowmax"]}, judgements=[judging("Glowmax", **{part: wrong})])


@pytest.mark.parametrize("words", ["Glowmax", "my aunt's tonic: 3 drops", "???"])
def test_the_yaml_that_the_screening_names_settles_it(words: str) -> None:
    patient = {"medications": [words]}
    (finding,) = [one for one in screen(asked(patient=patient), EVIDENCE).findings if one.rule == "not_known"]
    text = finding.action[finding.action.index("judgements:") :].rpartition("; 'harmless'")[0]
    (judgement,) = read_text(text, "action").value["judgements"]
    judged = asked(patient=patient, judgements=[{**judgement, "reason": "the label was read", "by": "Dr A"}])
    assert ("not_known", "caution") not in came(screen(judged, EVIDENCE))


# ---- where it is seen --------------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path: Any) -> Any:
    (tmp_path / "case.yaml").write_text(dump_case(asked(keloid="no")), encoding="utf-8")
    return tmp_path / "case.yaml"


def test_the_screening_counts_what_was_not_asked_and_lists_it_on_request(path: Any) -> None:
    count = len(screen(asked(keloid="no"), EVIDENCE).not_asked)
    short, full = dermatwin("screen", path).stdout, dermatwin("screen", path, "--details").stdout
    assert f"{count} questions of the anamnesis were not asked: dermatwin new --interview asks them" in short
    assert "Are you pregnant?" not in short
    assert "Are you pregnant?" in full
    assert "Have you ever had a keloid" not in full


def test_json_says_whether_a_screening_is_complete(path: Any) -> None:
    found = read_text(dermatwin("screen", path, "--json").stdout, "json").value
    assert found["complete"] is False
    assert {"id": "pregnancy", "group": "pregnancy", "question": "Are you pregnant?"} in found["not_asked"]
    planned = read_text(dermatwin("plan", path, "--json").stdout, "json").value
    assert planned["complete"] is False
    assert planned["not_asked"] == found["not_asked"]


def test_a_plan_that_is_not_complete_says_so(path: Any) -> None:
    assert "Cannot be signed as complete" in dermatwin("plan", path).stdout
    path.write_text(dump_case(asked(**dict.fromkeys(QUESTIONS, "no"))), encoding="utf-8")
    assert "Cannot be signed as complete" not in dermatwin("plan", path).stdout


def test_a_question_asks_for_the_family_or_the_manner_too() -> None:
    family = person_of(anamnesis={"keloid_in_family": "yes"})
    assert holds(family.facts, Question(any=("keloid",), time="family"), family.start)
    assert not holds(family.facts, Question(any=("keloid",), time="ever"), family.start)
    worse = person_of(anamnesis={"needling_darkened": "yes"})
    assert holds(worse.facts, Question(any=("hyperpigmentation",), manners=("worse",), time="ever"), worse.start)


# ---- questions of one's own --------------------------------------------------------------------------------------------

COLUMNS = (
    "id,group,label,question,concepts,without,manners,not_manners,time,window,role,details,sex,age_from_yr,age_below_yr,"
    "courses,regions,after,source,grade,note"
)
SOURCE = "source,title_or_citation,year,doi_or_pmcid,kind,note\nhouse_2026,House: own records,2026,,registry,\n"


def house(folder: Any, *rows: str) -> Any:
    (folder / "sources.csv").write_text(SOURCE, encoding="utf-8")
    (folder / "anamnesis.csv").write_text("\n".join((COLUMNS, *rows, "")), encoding="utf-8")
    return folder


def test_a_clinic_asks_a_question_of_its_own(tmp_path: Any) -> None:
    row = (
        "tea,house,herbal tea,Do you drink St John's wort tea?,st_johns_wort,,,,present,,medicine,until,,,,,,,house_2026,C,"
    )
    own = Evidence.read(house(tmp_path, row))
    assert "tea" in open_questions(screen(treated(), own))
    found = screen(treated(anamnesis={"tea": "yes"}), own)
    assert ("photosensitiser", "caution") in came(found)
    with pytest.raises(CaseError, match="is not a question"):
        screen(treated(anamnesis={"tea": "yes"}), EVIDENCE)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("q,g,l,Q?,keloyd,,,,ever,,condition,,,,,,,,house_2026,C,", "concepts: keloyd is not a concept"),
        (
            "q,g,l,Q?,keloid,,,,ever,,condition,,,,,,,keloyd,house_2026,C,",
            "after: keloyd is not a question of the anamnesis",
        ),
        ("q,g,l,Q?,keloid,,,,ever,,condition,,,,,,,q,house_2026,C,", "after: q is the question itself"),
        ("q,g,l,Q?,keloid,,,,ever,,condition,,,60,10,,,,house_2026,C,", "age_from_yr: 60 is above age_below_yr, 10"),
        ("q,g,l,Q?,keloid,,,,ever,,condition,colour,,,,,,,house_2026,C,", "details: colour is not one of since, until"),
        ("q,g,l,Q?,keloid,,,,window,,condition,,,,,,,,house_2026,C,", "window: goes with the time 'window'"),
        ("q,g,l,Q?,keloid,,,,ever,,condition,,,,,,moon,,house_2026,C,", "regions: moon is not a region"),
        ("q,g,l,Q?,keloid,,,,ever,,condition,,,,,,,,nobody,C,", "source: nobody is not registered"),
    ],
    ids=lambda value: value if ":" in value else "",
)
def test_the_gate_says_what_is_wrong_with_a_question(tmp_path: Any, row: str, told: str) -> None:
    faults = gate_faults(house(tmp_path, row))
    assert any(f"anamnesis.csv:2.{told}" in fault for fault in faults), faults


def test_questions_that_only_open_one_another_are_refused(tmp_path: Any) -> None:
    rows = (
        f"{name},g,l,Q?,keloid,,,,ever,,condition,,,,,,,{after},house_2026,C," for name, after in (("a", "b"), ("b", "a"))
    )
    faults = gate_faults(house(tmp_path, *rows))
    assert faults == [
        "anamnesis.csv:2.after: b leads back to a itself; name a question that is asked first",
        "anamnesis.csv:3.after: a leads back to b itself; name a question that is asked first",
    ]
