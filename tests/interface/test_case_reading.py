"""Reading, composing and writing cases."""

from __future__ import annotations

import json
import math
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dermatwin.case import Case, case_of, check_case, dump_case, load_case
from dermatwin.case.address import dotted, located
from dermatwin.case.compose import merged
from dermatwin.case.reading import read_text, scalar
from dermatwin.case.writing import inline
from dermatwin.core.errors import CaseError, Fault
from dermatwin.core.units import parse

SOUND = Path(__file__).parent / "malformed" / "sound.yaml"
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))

text = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"]) | st.sampled_from("\n\t\r\u200d"),
    max_size=40,
)
day = st.dates(date(1900, 1, 1), date(2200, 12, 31))
name = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
number = st.floats(-1e12, 1e12)


def quantity(low: float, high: float, unit: str) -> st.SearchStrategy[str]:
    return st.floats(low, high).map(lambda value: f"{value!r} {unit}")


@st.composite
def cases(draw) -> Case:
    """Any case with two zones and free texts, numbers and dates of every kind."""
    keys = draw(st.lists(name, min_size=2, max_size=2, unique=True))
    raw = {
        "title": draw(text),
        "description": draw(text),
        "sources": draw(st.lists(text, max_size=3)),
        "patient": {
            "age": draw(quantity(0, 120, "yr")),
            "phototype": "III",
            "sex": draw(st.sampled_from(["female", "male"])),
            "smoker": draw(st.booleans()),
            "conditions": draw(st.lists(text.filter(bool), max_size=2)),
            "medications": [{"name": "x", "since": draw(day).isoformat(), "note": draw(text)}],
        },
        "zones": [
            {
                "zone": key,
                "area": draw(quantity(0.01, 20000, "cm^2")),
                "concerns": [{"concern": "pores", "severity": draw(st.floats(0, 1e6))}],
            }
            for key in keys
        ],
        "course": {
            "device": draw(text),
            "start": draw(day).isoformat(),
            "sessions": {"count": draw(st.integers(1, 3)), "interval": draw(quantity(0.5, 100, "d"))},
            "settings": {key: {"needle_length": draw(quantity(0.1, 3.5, "mm"))} for key in keys},
            "topicals": [
                {
                    "product": {"active": "x", "strength": draw(st.floats(0, 1))},
                    "dose": "1 mg/cm^2",
                    "apply": draw(quantity(-336, 336, "h")),
                    "zones": keys,
                }
            ],
        },
        "observations": [{"quantity": draw(text), "zone": keys[0], "value": draw(number), "unit": draw(text)}],
    }
    return case_of(raw)


@settings(max_examples=25, deadline=None)
@given(case=cases())
def test_a_written_case_reads_back_equal(case, tmp_path_factory):
    path = tmp_path_factory.mktemp("case") / "case.yaml"
    path.write_text(dump_case(case), encoding="utf-8")
    assert load_case(path) == case


@settings(max_examples=100, deadline=None)
@given(value=st.text(st.sampled_from("\x85\u2028\u2029\ufeff\x00\x1b\t\r\n '\"#:-?,[]{}&*!|>%@`~\\1e.aé😀"), max_size=12))
def test_any_text_reads_back(value):
    assert read_text(inline({"a": value}), "x").value == {"a": value}


@settings(max_examples=25, deadline=None)
@given(case=cases())
def test_other_yaml_readers_agree_on_what_is_written(case):
    assert case_of(yaml.safe_load(dump_case(case))) == case


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_read_and_read_back(path, tmp_path):
    case = load_case(path)
    (tmp_path / "case.yaml").write_text(dump_case(case), encoding="utf-8")
    assert load_case(tmp_path / "case.yaml") == case


@pytest.mark.parametrize(
    "word",
    [
        "no",
        "yes",
        "on",
        "off",
        "y",
        "N",
        "1:30",
        "190:20:30",
        "2026-01-12",
        "2001-12-14t21:59:43",
        "12.01.2026",
        "017",
        "0o17",
        "0x1f",
        "0b1",
        "1_000",
        "nan",
        "inf",
        "=",
        "1 mm",
        "-30 min",
    ],
)
def test_words_stay_text(word):
    assert scalar(word) == word
    assert read_text(f"a: {word}", "x").value == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("1", 1),
        ("-4", -4),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("2.", 2.0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_numbers_and_constants(word, value):
    assert scalar(word) == value
    assert type(scalar(word)) is type(value)


def test_quoted_is_text():
    assert read_text("a: '1'\nb: \"true\"\nc: |\n  2\n", "x").value == {"a": "1", "b": "true", "c": "2\n"}


def test_byte_order_mark_is_skipped(tmp_path):
    (tmp_path / "case.yaml").write_bytes(b"\xef\xbb\xbf" + SOUND.read_bytes())
    assert load_case(tmp_path / "case.yaml") == load_case(SOUND)


@settings(max_examples=25, deadline=None)
@given(value=st.floats(0.1, 3.5), unit=st.sampled_from(["mm", "um", "cm"]))
def test_units_are_rescaled_not_the_needle(value, unit):
    factor = {"mm": 1.0, "um": 1000.0, "cm": 0.1}[unit]
    written = f"{value * factor!r} {unit}"
    if 0.1 <= parse(written, "length") <= 3.5:
        case = load_case(SOUND, {"course.settings.cheek.needle_length": written})
        assert math.isclose(case.course.settings["cheek"].needle_length, value, rel_tol=1e-12)


def test_base_and_overrides(tmp_path):
    (tmp_path / "base.yaml").write_text(SOUND.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "case.yaml").write_text(
        "base: ../base.yaml\ncourse:\n  settings: {cheek: {passes: null, needle_length: 1 mm}}\n  topicals: []\n"
    )
    case = load_case(
        tmp_path / "top" / "case.yaml",
        {
            "patient.age": "50 yr",
            "zones.cheek.area": "7 cm^2",
            "course.aftercare.occlusion": "2 h",
            "course.sessions.count": 2,
        },
    )
    settings = case.course.settings["cheek"]
    assert (settings.needle_length, settings.passes, settings.hand_speed) == (1.0, None, 30.0)
    assert case.course.topicals == []
    assert (case.patient.age, case.zones[0].area, case.course.aftercare.occlusion) == (50.0, 7.0, 2.0)
    assert case.session_days == (0.0, 28.0)


def test_an_override_of_nothing_takes_away():
    assert load_case(SOUND, {"course.settings.cheek.passes": None}).course.settings["cheek"].passes is None


def test_overrides_leave_their_input_alone():
    raw = {"a": {"b": [1, 2]}}
    from dermatwin.case.compose import overridden

    changed, faults = overridden(raw, {"a.b.1": 5, "a.c.d": 6})
    assert (changed, faults) == ({"a": {"b": [1, 5], "c": {"d": 6}}}, [])
    assert raw == {"a": {"b": [1, 2]}}


trees = st.recursive(st.none() | st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8)
mappings = trees.filter(lambda tree: isinstance(tree, dict))


@settings(max_examples=25)
@given(below=mappings, above=mappings)
def test_what_is_above_wins(below, above):
    result = merged(below, above)
    assert merged(below, {}) == below
    for key in above:
        if above[key] is None:
            assert key not in result
        elif not isinstance(above[key], dict):
            assert result[key] == above[key]
    assert all(result[key] == below[key] for key in below if key not in above)


@pytest.mark.parametrize("path", ["zones.left.area", "zones.1.area", "course.settings.x.passes", "patient.medications.2"])
def test_places_go_there_and_back(path):
    raw = {
        "zones": [{"zone": "cheek", "name": "left"}, {"zone": "a", "name": "b & c"}],
        "patient": {"medications": [1, 2, 3]},
    }
    assert dotted(located(path, raw), raw) == path


def test_a_case_of_plain_values_is_strict():
    with pytest.raises(CaseError, match=r"course\.sessions\.count: true is not a whole number"):
        load_case(SOUND, {"course.sessions.count": True})


odd_values = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        3,
        2.5,
        math.nan,
        math.inf,
        10**17,
        "",
        "x",
        "1 mm",
        "3 furlong",
        "no",
        "cheek",
        "2026-13-01",
        [],
        {},
        [None],
        [1, "x"],
        {"x": 1},
        {"zone": "cheek"},
        [[{}]],
        {"name": [1]},
    ]
).map(deepcopy)


def places(value, loc=()):
    yield loc
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*loc, key))


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_whatever_stands_anywhere_it_is_a_case_or_a_case_error(data):
    raw = json.loads(json.dumps(load_case(EXAMPLES[0]).model_dump(mode="json")))
    for _ in range(data.draw(st.integers(1, 3))):
        loc = data.draw(st.sampled_from(list(places(raw))[1:]))
        here = raw
        for part in loc[:-1]:
            here = here[part]
        here[loc[-1]] = data.draw(odd_values)
    faults = faults_of(raw)
    assert all(fault.path and fault.expected for fault in faults)
    assert len(set(faults)) == len(faults)


def faults_of(raw) -> tuple[Fault, ...]:
    try:
        case_of(raw)
    except CaseError as error:
        return error.faults
    return ()


def test_check_case_sees_what_was_changed_by_hand():
    case = load_case(SOUND)
    broken = case.model_copy(update={"horizon": 10.0})
    with pytest.raises(CaseError, match=r"horizon: 10 d does not go beyond the last session, 84 d"):
        check_case(broken)
    check_case(case)


def test_items_may_be_plain_names():
    case = load_case(SOUND, {"patient.medications": ["aspirin", {"name": "warfarin", "since": "2025-01-02"}]})
    assert [item.name for item in case.patient.medications] == ["aspirin", "warfarin"]
    assert case.patient.medications[1].since == date(2025, 1, 2)
