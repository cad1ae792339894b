"""Every rule of the triage, every name of every symptom, and what nobody knows: nothing unknown is ever reassured."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import case_of
from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.advice import RedFlagRow
from dermatwin.evidence.rows.following import SymptomRow, TriageRow
from dermatwin.following.triage import LEVELS, faults_of, triage
from dermatwin.following.words import told

EVIDENCE = Evidence.packaged()
RULES = EVIDENCE.rows(TriageRow)
SYMPTOMS = EVIDENCE.rows(SymptomRow)
NAMES = [(row.id, name) for row in SYMPTOMS for name in (row.label, *row.names)]
HOUR = 1.0 / 24.0


def level(text: str, hours: float | None = 12.0, **fields) -> str:
    return found(text, hours, **fields).level


def found(text: str, hours: float | None = 12.0, **fields):
    time = {} if hours is None else {"time": f"{hours * HOUR:.6f} d"}
    noted = {"symptom": text, "zone": "cheek", **time, **fields}
    return triage(case_of(symptoms=[noted]), EVIDENCE)[0]


@pytest.mark.parametrize("rule", RULES, ids=lambda row: f"{row.symptom}-{row.when}-{row.from_h:g}")
def test_every_rule_speaks_within_its_window(rule):
    """At its first hour and just before its last one: its level, its reason and its sources, unless a graver rule holds."""
    label = next(row.label for row in SYMPTOMS if row.id == rule.symptom)
    hours = [rule.from_h + 0.001, *([rule.to_h - 0.001] if rule.to_h is not None else [rule.from_h + 2000.0])]
    for hour in hours:
        grown = {"getting": "worse"} if rule.when == "worse" else {}
        advice = next(one for one in found(label, hour, **grown).advice if one.symptom == rule.symptom)
        assert LEVELS.index(advice.level) >= LEVELS.index(rule.level)
        if advice.level == rule.level:
            assert advice.reason == rule.reason
            assert advice.sources == rule.source
            assert rule.symptom in advice.rule


@pytest.mark.parametrize(("symptom", "name"), NAMES, ids=lambda part: str(part))
def test_every_name_is_read_as_its_symptom(symptom, name):
    read = told(name, EVIDENCE)
    assert symptom in read.there, f"{name!r} is read as {read}"
    assert not read.unknown


@pytest.mark.parametrize("row", SYMPTOMS, ids=lambda row: row.id)
def test_every_symptom_has_a_rule_at_every_hour(row):
    for hour in (0.0, 1.0, 30.0, 100.0, 300.0, 3000.0):
        assert "no rule" not in {one.rule for one in found(row.label, hour).advice}


@pytest.mark.parametrize("row", SYMPTOMS, ids=lambda row: row.id)
def test_what_gets_worse_is_never_reassured(row):
    for hour in (1.0, 50.0, 200.0):
        assert level(row.label, hour, getting="worse") != "reassure"
        assert level(f"{row.label}, getting worse", hour) != "reassure"


@pytest.mark.parametrize("row", SYMPTOMS, ids=lambda row: row.id)
def test_what_has_no_hour_is_never_reassured(row):
    assert level(row.label, None) != "reassure"


@pytest.mark.parametrize("flag", EVIDENCE.rows(RedFlagRow), ids=lambda row: row.id)
def test_no_rule_is_milder_than_the_red_flag_that_it_carries_out(flag):
    """One judgement for one thing: what the sheet for the days after calls an emergency is urgent here."""
    rules = [row for row in RULES if row.flag == flag.id]
    if flag.id != "erythema_beyond_a_week":
        assert rules, "no rule of the triage carries it out"
    least = "urgent" if flag.action == "emergency" else "contact"
    assert all(LEVELS.index(row.level) >= LEVELS.index(least) for row in rules)


RED = (
    "wheezing",
    "my lips are swollen",
    "I cannot breathe well",
    "hives all over",
    "shivering and hot",
    "confused since this morning",
    "black patches on the cheek",
    "unbearable pain",
    "blurred vision",
    "heart racing",
    "ringing in the ears after the numbing cream",
    "passed out",
    "a red streak towards the ear",
)


@pytest.mark.parametrize("text", RED)
@pytest.mark.parametrize("hours", [0.5, 30.0, 200.0, 2000.0, None])
def test_red_flags_are_urgent_on_any_day(text, hours):
    assert level(text, hours) == "urgent"


@pytest.mark.parametrize(
    ("text", "hours", "expected"),
    [
        ("red and a little puffy", 24.0, "reassure"),
        ("cheek is still a bit red", 72.0, "reassure"),
        ("still red", 200.0, "contact"),
        ("rednss and sweling", 24.0, "reassure"),
        ("itchy and flaky", 60.0, "reassure"),
        ("no fever, no pus, just red", 40.0, "reassure"),
        ("no fever or chills, red", 40.0, "reassure"),
        ("pus", 40.0, "contact"),
        ("fever", 40.0, "contact"),
        ("cold sore on the lip", 70.0, "contact"),
        ("lump under the skin", 900.0, "contact"),
        ("red but hives too", 5.0, "urgent"),
        ("swollen, and it grows", 20.0, "urgent"),
        ("never such pain before", 20.0, "reassure"),
        ("not only red but pus", 40.0, "contact"),
        ("my face is swollen", 20.0, "reassure"),
        ("my eye is swollen", 20.0, "contact"),
        ("numb lips", 2.0, "contact"),
    ],
)
def test_plain_sentences(text, hours, expected):
    assert level(text, hours) == expected


@pytest.mark.parametrize("text", ["wobbly", "my aura hums", "squelching", "red and squelching", "xyzzy", "?!", "better"])
def test_what_nobody_knows_is_contact_and_says_so(text):
    one = found(text)
    assert one.level == "contact"
    assert any("nobody here knows" in advice.reason or "somebody has to ask" in advice.reason for advice in one.advice)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=60).filter(lambda text: text.strip()))
def test_no_text_breaks_it_and_nothing_unknown_is_reassured(text):
    one = triage(case_of(symptoms=[{"symptom": text, "zone": "cheek", "time": "1 d"}]), EVIDENCE)[0]
    read = told(text, EVIDENCE, ["cheek"])
    assert one.level in LEVELS
    if read.unknown or not read.there:
        assert one.level != "reassure"


def test_a_denial_only_reaches_what_it_stands_before():
    read = told("no fever, pus", EVIDENCE)
    assert read.there == ("pus",)
    assert read.denied == ("fever",)
    assert told("swelling never went down", EVIDENCE).there == ("swelling",)
    assert "soreness" in told("no pain like this before", EVIDENCE).there


def test_only_denied_is_asked_about():
    assert level("no fever, no pus") == "contact"


def test_a_zone_that_was_not_needled_is_not_reassured():
    zones = [{"zone": "cheek", "area": "20 cm^2"}, {"zone": "neck", "area": "20 cm^2", "treated": False}]
    noted = [{"symptom": "red", "zone": "neck", "time": "1 d"}]
    assert triage(case_of(zones=zones, symptoms=noted), EVIDENCE)[0].level == "contact"


def test_hours_count_from_the_last_session():
    one = found("red", 28 * 24 + 12.0)
    assert one.session == 2
    assert one.hours == pytest.approx(12.0, abs=0.01)
    assert one.level == "reassure"


def test_what_hardly_anybody_like_her_still_has_is_not_reassured():
    noted = case_of(symptoms=[{"symptom": "red", "zone": "cheek", "time": "5 d"}])
    said = [triage(noted, EVIDENCE, lambda *_, share=share: share)[0].advice[0] for share in (0.4, 0.02)]
    assert [one.level for one in said] == ["reassure", "contact"]
    assert "40 of 100" in said[0].reason
    assert "2 of 100" in said[1].reason


def row(**changes):
    base = RULES[0].model_copy(update={"file": "triage.csv", "line": 2})
    return base.model_copy(update=changes)


def test_windows_that_overlap_or_leave_gaps_are_faults():
    good = [row(from_h=0.0, to_h=10.0), row(from_h=10.0, to_h=None, level="contact")]
    assert not list(faults_of(good))
    assert "overlaps" in str(next(faults_of([good[0], row(from_h=5.0, to_h=None)])))
    assert "gap" in str(next(faults_of([good[0], row(from_h=20.0, to_h=None)])))
    assert "every hour" in str(next(faults_of([good[0]])))


def test_the_packaged_table_passes():
    assert not list(faults_of(RULES))


def test_a_reassurance_ends_and_is_not_given_to_what_grows():
    said = [str(wrong.expected) for wrong in row(to_h=None).laws()] + [
        str(wrong.expected) for wrong in row(when="worse").laws()
    ]
    assert any("has an end" in one for one in said)
    assert any("gets worse" in one for one in said)
