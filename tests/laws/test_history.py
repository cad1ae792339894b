"""One history, one answer: a denial raises nothing, past and family count where a row says so, a brand is its ingredient."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import treated
from dermatwin.case import Course
from dermatwin.core import Luck
from dermatwin.core.spelling import lines_of, plain, tokens
from dermatwin.evidence import Draws, Evidence, Tables
from dermatwin.evidence.rows.healing import ModifierRow
from dermatwin.evidence.rows.history import RiskModifierRow
from dermatwin.healing import slows_barrier
from dermatwin.healing.person import constants
from dermatwin.history import Person, facts, person, stranger, vocabulary
from dermatwin.outcome.risks import POOLED, own_factor
from dermatwin.screening import Screening, screen
from dermatwin.skin import section_of

EVIDENCE = Evidence.packaged()
DRAWS = Draws(EVIDENCE, Luck(1, 4))
FOUND = settings(deadline=None)
LISTS = ("conditions", "medications", "allergies", "recent_procedures")
LEVELS = {"info": 0, "caution": 1, "soft_stop": 2, "hard_stop": 3}
BOOK = vocabulary(EVIDENCE)
SAID = sorted(
    {
        concept
        for rows in (EVIDENCE.rows(RiskModifierRow), EVIDENCE.rows(ModifierRow))
        for row in rows
        for concept in row.concepts
    }
)
"""Concepts that change a risk or the healing."""


def read(**history: object) -> Person:
    case = treated(**history)
    return person(case.patient, case.course, EVIDENCE)


def test_a_history_that_changes_is_read_again() -> None:
    """Facts are kept for what was said, not for the object that said it."""
    case = treated(conditions=["keloid"], anamnesis={"pregnancy": "no"})
    patient, course = case.patient, case.course
    before = facts(patient, course, EVIDENCE)
    assert facts(patient.model_copy(deep=True), course, EVIDENCE) is before
    patient.conditions.append(treated(conditions=["eczema"]).patient.conditions[0])
    later = course.model_copy(update={"start": date(2031, 1, 1)})
    changed = patient.model_copy(update={"smoker": True})
    for one, when in ((patient, course), (changed, course), (changed, later)):
        read = facts(one, when, EVIDENCE)
        assert read == facts(one, when, Evidence.of(Tables(EVIDENCE.tables.layer)))
        assert len(read) > len(before)
    assert "smoking" in {fact.what for fact in facts(changed, course, EVIDENCE)}


@lru_cache(maxsize=2000)
def answer(name: str, text: str) -> tuple[dict[str, float], tuple[float, ...], bool, Screening]:
    """What every reader makes of one item: factors on risks, on the network's constants, on closing, and the screening."""
    case = treated(**{name: [text]})
    who = person(case.patient, case.course, EVIDENCE)
    risks = {risk: float(own_factor(risk, who, DRAWS)[0]) for risk in POOLED}
    skin = section_of(case.zones[0], who.patient, DRAWS)
    return risks, tuple(constants(skin, who, DRAWS)[0][0]), slows_barrier(who, EVIDENCE), screen(case, EVIDENCE)


@lru_cache(maxsize=1)
def nothing() -> tuple[dict[str, float], tuple[float, ...], bool, Screening]:
    return answer("conditions", "none")


def worst(found: Screening) -> int:
    return max((LEVELS[finding.level] for finding in found.findings), default=0)


def written(concept: str) -> tuple[str, ...]:
    return tuple(name for name in BOOK[concept].names if "*" not in name) or (BOOK[concept].label,)


# ---- the examples that once had four answers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("conditions", "no history of keloid"),
        ("conditions", "denies cold sores"),
        ("medications", "aspirin, stopped 2 years ago"),
    ],
)
def test_what_is_not_there_now_is_nothing_to_anybody(name: str, text: str) -> None:
    risks, network, slowed, screened = answer(name, text)
    assert (risks, network, slowed) == nothing()[:3]
    assert worst(screened) == 0


def test_a_brand_is_its_ingredient_to_everybody() -> None:
    brand, drug = answer("medications", "Xarelto 20 mg"), answer("medications", "rivaroxaban 20 mg")
    assert brand[:3] == drug[:3]
    assert brand[0]["prolonged_bleeding_risk"] > 1.0
    assert [(f.rule, f.level) for f in brand[3].findings] == [(f.rule, f.level) for f in drug[3].findings]
    assert ("anticoagulant", "soft_stop") in [(f.rule, f.level) for f in brand[3].findings]


@pytest.mark.parametrize(
    ("text", "risk", "factor"),
    [
        ("keloid on the shoulder", "hypertrophic_scar_risk", "risk_factor[keloid_history]"),
        ("keloid, years ago", "hypertrophic_scar_risk", "risk_factor[keloid_history]"),
        ("mother has keloids", "hypertrophic_scar_risk", "risk_factor[keloid_in_family]"),
        ("cold sores twice a year", "herpes_risk", "risk_factor[herpes_history]"),
        ("type 2 diabetes", "infection_risk", "risk_factor[immunosuppressed]"),
    ],
)
def test_a_history_counts_where_a_row_says_so(text: str, risk: str, factor: str) -> None:
    found = answer("conditions", text)[0]
    assert found[risk] == float(DRAWS(factor, "1")[0])
    assert found[risk] > 1.0
    assert {name for name in found if found[name] != 1.0} == {risk}


@pytest.mark.parametrize(("words", "counts"), [("3 days ago", True), ("9 days ago", True), ("11 days ago", False)])
def test_aspirin_counts_for_as_long_as_a_platelet_lives(words: str, counts: bool) -> None:
    assert (answer("medications", f"aspirin, stopped {words}")[0]["prolonged_bleeding_risk"] > 1.0) is counts


@pytest.mark.parametrize("text", ["smokes 20 cigarettes a day", "smoker", "tobacco use"])
def test_a_smoker_in_words_is_a_smoker_by_the_flag(text: str) -> None:
    by_flag = read(smoker=True)
    in_words = read(conditions=[text])
    assert in_words.patient.smoker
    skin = section_of(treated().zones[0], by_flag.patient, DRAWS)
    np.testing.assert_array_equal(constants(skin, in_words, DRAWS)[0], constants(skin, by_flag, DRAWS)[0])
    assert not read(conditions=["ex-smoker, stopped in 2015"]).patient.smoker
    assert not read(conditions=["non-smoker"]).patient.smoker


# ---- laws --------------------------------------------------------------------------------------------------------------


DENIALS = ("no {}", "no history of {}", "denies {}", "never had {}", "{}: no", "{}: none", "no known {}", "without {}")


@FOUND
@given(st.sampled_from(SAID), st.sampled_from(DENIALS), st.sampled_from(("conditions", "medications")), st.data())
def test_what_is_denied_never_raises_a_risk_or_a_stop(concept: str, denial: str, name: str, data: st.DataObject) -> None:
    risks, network, slowed, screened = answer(name, denial.format(data.draw(st.sampled_from(written(concept)))))
    assert (risks, network, slowed) == nothing()[:3]
    assert worst(screened) <= LEVELS["caution"]
    assert not [f for f in screened.findings if f.level == "caution" and f.rule not in ("not_known", "read_as")]


@FOUND
@given(st.sampled_from(SAID), st.sampled_from(("mother has {}", "family history of {}", "{} in her sister")), st.data())
def test_what_a_relative_has_counts_where_a_row_asks_for_the_family(
    concept: str, sentence: str, data: st.DataObject
) -> None:
    risks, network, slowed, screened = answer("conditions", sentence.format(data.draw(st.sampled_from(written(concept)))))
    asked = {
        row.risk
        for row in EVIDENCE.rows(RiskModifierRow)
        if row.time == "family" and set(row.concepts) & BOOK.kinds(concept)
    }
    assert {risk for risk, factor in risks.items() if factor != 1.0} == asked
    assert (network, slowed) == nothing()[1:3]
    assert not [f for f in screened.findings if f.level in ("hard_stop", "soft_stop")]


MEDICINES = sorted(
    concept.id for concept in BOOK.concepts.values() if concept.kind == "medicine" and len(written(concept.id)) > 1
)


@FOUND
@given(st.sampled_from(MEDICINES), st.data())
def test_every_name_of_a_medicine_says_the_same(concept: str, data: st.DataObject) -> None:
    first, second = (data.draw(st.sampled_from((BOOK[concept].label, *written(concept)))) for _ in range(2))
    one, other = answer("medications", first), answer("medications", second)
    kinds = [frozenset().union(*(fact.kinds for fact in read(medications=[text]).facts)) for text in (first, second)]
    assert concept in kinds[0] & kinds[1]
    if kinds[0] == kinds[1]:
        assert one[:3] == other[:3]
        assert {(f.rule, f.level) for f in one[3].findings} == {(f.rule, f.level) for f in other[3].findings}


NOISE = st.sampled_from(("{}", "{}.", " {} ", "{};", "({})", "{}!", "- {}", "{},"))


@FOUND
@given(st.sampled_from(SAID), NOISE, st.booleans(), st.data())
def test_punctuation_and_case_change_nothing(concept: str, noise: str, shout: bool, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(written(concept)))
    changed = noise.format(text.upper() if shout else text)
    assert answer("conditions", changed)[:3] == answer("conditions", text)[:3]


@FOUND
@given(st.text(st.characters(codec="ascii", min_codepoint=32), min_size=1, max_size=40))
def test_nothing_that_is_written_is_lost(text: str) -> None:
    """Whatever stands in a list is a fact, known or not, or a listed denial of everything."""
    case = treated()
    patient = case.patient.model_copy(update={"conditions": treated(conditions=["x"]).patient.conditions})
    patient.conditions[0] = patient.conditions[0].model_copy(update={"name": text})
    assert facts(patient, case.course, EVIDENCE)


def test_what_nobody_knows_is_a_fact_that_everybody_gets() -> None:
    (fact,) = read(conditions=["ehrenfeld zygomorphia"]).facts
    assert (fact.known, fact.status, fact.unread) == (False, "unknown", ("ehrenfeld", "zygomorphia"))
    assert any(f.rule == "not_known" for f in answer("conditions", "ehrenfeld zygomorphia")[3].findings)
    who = read(conditions=["ehrenfeld zygomorphia"])
    notices = constants(section_of(treated().zones[0], who.patient, DRAWS), who, DRAWS)[1]
    assert [n.message for n in notices] == [
        "ehrenfeld zygomorphia: what it does to healing is not in the evidence and not modelled"
    ]


def test_a_stranger_has_flags_and_no_history() -> None:
    patient = treated(smoker=True, conditions=["keloid"]).patient
    assert [fact.what for fact in stranger(patient, EVIDENCE).facts] == ["smoking"]


def test_days_count_back_from_the_first_session() -> None:
    course = treated().course
    later = Course.model_validate({**course.model_dump(), "start": date(2026, 6, 1)})
    patient = treated(medications=[{"name": "aspirin", "until": "2026-01-10"}]).patient
    early, late = (person(patient, when, EVIDENCE) for when in (course, later))
    assert own_factor("prolonged_bleeding_risk", early, DRAWS)[0] > 1.0
    assert own_factor("prolonged_bleeding_risk", late, DRAWS)[0] == 1.0


def test_two_steroid_creams_slow_no_more_than_one() -> None:
    one, two = read(medications=["clobetasol ointment"]), read(medications=["clobetasol ointment", "hydrocortisone cream"])
    skin = section_of(treated().zones[0], one.patient, DRAWS)
    np.testing.assert_array_equal(constants(skin, one, DRAWS)[0], constants(skin, two, DRAWS)[0])
    assert (constants(skin, one, DRAWS)[0] != constants(skin, read(), DRAWS)[0]).any()


@pytest.mark.parametrize("row", EVIDENCE.rows(RiskModifierRow), ids=lambda row: f"{row.risk}-{row.concepts[0]}-{row.time}")
def test_every_row_of_risks_acts(row: RiskModifierRow) -> None:
    sentence = {"family": "mother has {}"}.get(row.time, "{}")
    found = answer("conditions", sentence.format(BOOK[row.concepts[0]].label))[0]
    assert found[row.risk] == float(DRAWS(row.factor, "1")[0]) != 1.0


def test_the_vocabulary_is_searched_as_if_every_name_were_read_by_itself():
    """Names are one text that is searched; taken apart one by one they give the same words, and the same names of each."""
    book = vocabulary(EVIDENCE)
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for concept in book.concepts.values():
        for name in (*concept.names, concept.label):
            if "*" not in name and (words := tokens(name)):
                found.setdefault(max(words, key=len), []).append((words, concept.id))
    assert book.words == {word for names in found.values() for words, _ in names for word in words}
    for word in sorted(book.words)[::9]:
        assert list(book.named_by(word)) == found.get(word, [])


@given(
    st.lists(st.text(alphabet=st.one_of(st.sampled_from("aeos xyßæøÅé'’.\n\r½"), st.characters()), max_size=12), max_size=4)
)
@FOUND
def test_many_texts_are_cleaned_as_each_of_them(texts):
    assert [tuple(map(plain, line.split())) for line in lines_of(texts).split("\n")][: len(texts)] == list(
        map(tokens, texts)
    )
