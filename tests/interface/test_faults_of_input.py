"""Kinds of wrong input that passed in silence, ended in a traceback or meant something else; several members of each."""

import re

import pytest
import yaml

from builders import case_of, course_of, dermatwin, document, gate_faults
from dermatwin import load_case
from dermatwin.case import case_of as read
from dermatwin.case.document import FIRST_YEAR, LAST_YEAR
from dermatwin.case.loading import MOST_FAULTS
from dermatwin.core import units
from dermatwin.core.errors import CaseError, Fault
from dermatwin.core.printing import printable
from dermatwin.core.units import ALLOWED, CANONICAL, parse
from dermatwin.evidence import Evidence
from dermatwin.screening import screen
from dermatwin.twin.resolve import resolve

EVIDENCE = Evidence.packaged()


def fault(**changes):
    with pytest.raises(CaseError) as caught:
        read(document(**changes))
    return str(caught.value)


# ---- units: what the field means -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("1200 rpm", "frequency", 20.0),
        ("6000 strokes/min", "frequency", 100.0),
        ("5400 strokes per minute", "frequency", 90.0),
        ("7200 cycles / min", "frequency", 120.0),
        ("20 rps", "frequency", 20.0),
        ("90 s^-1", "frequency", 90.0),
        ("1500 μm", "length", 1.5),  # Greek mu
        ("1500 µm", "length", 1.5),  # sign for micro
        ("1500 microns", "length", 1.5),
        ("1.5 millimetres", "length", 1.5),
        ("60 square centimetres", "area", 60.0),
        ("250 holes per cm²", "number_density", 250.0),
        ("4 % w/w", "fraction", 0.04),
        ("40 mg/g", "fraction", 0.04),
        ("5 ‰", "fraction", 0.005),
        ("20 g/m^2", "areal_dose", 2.0),
        ("200 gf", "force", 1.96133),
        ("70 KG", "body_mass", 70.0),
    ],
)
def test_units_mean_what_people_mean(text, quantity, value):
    assert parse(text, quantity) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("5 degrees", "fraction"),
        ("1 rad", "fraction"),
        ("3 bit", "fraction"),
        ("2 dB", "fraction"),
        ("1 turn", "fraction"),
        ("100 rad/s", "frequency"),
        ("100 Bq", "frequency"),
        ("100 baud", "frequency"),
        ("1 furlong", "length"),
        ("1 light_year", "length"),
        ("3 knots", "speed"),
        ("1 acre", "area"),
        ("2 slug", "body_mass"),
        ("1 mg/cm^2/s", "areal_dose"),
    ],
)
def test_what_has_only_the_dimension_is_refused(text, quantity):
    with pytest.raises(ValueError, match="which is not a unit of"):
        parse(text, quantity)


@pytest.mark.parametrize("quantity", ALLOWED)
def test_every_unit_that_is_allowed_is_read(quantity):
    for unit in ALLOWED[quantity]:
        assert parse(f"3 {unit}", quantity) == pytest.approx(3.0 * parse(f"1 {unit}", quantity))
    assert parse(f"1 {CANONICAL[quantity]}", quantity) == 1.0


def test_the_units_of_cases_stand_in_the_table_of_factors(monkeypatch):
    """None of them waits for the registry, which is slow to build."""

    def slow(unit, target):
        raise AssertionError(f"{unit} to {target} is asked of the registry")

    monkeypatch.setattr(units, "measured", slow)
    units.factor.cache_clear()
    units._times.cache_clear()
    for quantity, names in ALLOWED.items():
        for unit in names:
            parse(f"1 {unit}", quantity)


# ---- schedule --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "interval", "horizon", "fits"),
    [
        (4, "4 weeks", "12 weeks", False),
        (4, "4 weeks", "84.000001 d", True),
        (4, "4 weeks", "83.9 d", False),
        (7, "39.1 d", "234.6 d", False),
        (7, "39.1 d", "234.61 d", True),
        (11, "0.7 d", "7 d", False),
        (2, "1 month", "1 month", False),
        (1, "4 weeks", "1 d", True),
    ],
)
def test_the_horizon_lies_beyond_the_last_session(count, interval, horizon, fits):
    """One rule for every verb: what reads is simulated, to the edge."""
    changes = {"course": course_of("cheek", sessions={"count": count, "interval": interval}), "horizon": horizon}
    if not fits:
        assert re.search(r"horizon: .* d does not go beyond the last session", fault(**changes))
        return
    case = case_of(**changes)
    resolve(case, EVIDENCE)
    assert case.session_days[-1] < case.horizon
    assert all(day == round(day, 6) for day in case.session_days)


@pytest.mark.parametrize("year", [1, 202, FIRST_YEAR - 1, LAST_YEAR + 1, 9999])
def test_years_of_another_time_are_faults(year):
    assert f"is outside the years {FIRST_YEAR}-{LAST_YEAR}" in fault(course=course_of("cheek", start=f"{year:04d}-12-31"))
    past = {"age": "40 yr", "sex": "female", "phototype": "III", "conditions": [{"name": "x", "since": f"{year:04d}-12-31"}]}
    assert "is outside the years" in fault(patient=past)


# ---- reasons, texts, characters ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason", [" " * 20, "\t\n" * 10, "\u00a0" * 12, "..........", "  short   . . ", "- - - - - - - - - -"]
)
def test_a_reason_that_says_nothing_lifts_no_stop(reason):
    assert "says nothing" in fault(overrides=[{"rule": "active_acne", "reason": reason, "by": "Dr A. Example"}])
    judged = {"about": "x", "reading": "harmless", "reason": reason, "by": "Dr A", "date": "2026-01-10"}
    assert "says nothing" in fault(judgements=[judged])


@pytest.mark.parametrize("by", ["   ", "..", "\u00a0\u00a0\u00a0"])
def test_nobody_signs_for_nobody(by):
    assert "overrides.0.by" in fault(overrides=[{"rule": "active_acne", "reason": "seen and treated before", "by": by}])


@pytest.mark.parametrize(
    "character", ["\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u2066", "\u200b", "\u061c", "\ufeff", "\u2028", "\ud800"]
)
def test_characters_that_are_no_text_are_refused_and_never_shown(character):
    said = fault(title=f"a{character}b")
    assert f"title: holds the character U+{ord(character):04X}" in said
    assert character not in said
    assert character not in printable(f"a{character}b")
    said = fault(**{f"ti{character}tle": "x"})
    assert character not in said


def test_what_is_text_stays_text():
    title = "Ärzte, naïve 日本語 😀 क्‍ष"
    assert case_of(title=title).title == title
    assert printable(title) == title


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"description": "x" * 20_001}, "description"),
        (
            {"observations": [{"quantity": "pain_vas", "zone": "cheek", "value": 1e308, "unit": "1"}]},
            "is outside -1e\\+12 to 1e\\+12",
        ),
        (
            {"course": course_of("cheek", settings={"needle_length": "1 mm", "track_spacing": "0.1 um"})},
            "is outside 0.1-100 mm",
        ),
        (
            {"course": course_of("cheek", topicals=[{"product": "x", "dose": "1 mg/cm^2", "apply": "0 h"}] * 61)},
            "at most 60",
        ),
        ({"patient": {"age": "40 yr", "sex": "female", "phototype": "II", "conditions": ["asthma"] * 201}}, "at most 200"),
        (
            {
                "patient": {
                    "age": "40 yr",
                    "sex": "female",
                    "phototype": "II",
                    "conditions": [{"name": "a", "note": "x" * 2001}],
                }
            },
            "at most 2000",
        ),
    ],
)
def test_limits_are_stated(changes, said):
    assert re.search(said, fault(**changes))


# ---- bases -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["just text", "- a\n- b", "3", "passwd: files\nhosts: dns", "secret: 'p4ss'"])
def test_a_base_that_is_no_case_is_refused_and_not_shown(tmp_path, content):
    (tmp_path / "other.yaml").write_text(content)
    (tmp_path / "c.yaml").write_text(yaml.safe_dump({"base": "other.yaml", **document()}))
    with pytest.raises(CaseError, match=r"base: other\.yaml is not a case") as caught:
        load_case(tmp_path / "c.yaml")
    assert not any(word in str(caught.value) for word in ("passwd", "secret", "just text", "p4ss"))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "nsswitch.conf", "/etc/passwd", "\ud800.yaml", "a\x1b.yaml", ".", "case"]
)
def test_a_base_that_is_no_case_file_is_never_opened(tmp_path, name):
    (tmp_path / "nsswitch.conf").write_text("passwd: files")
    (tmp_path / "c.yaml").write_text('{"base": ' + yaml.dump(name, default_style='"').strip() + ', "title": "x"}')
    with pytest.raises(CaseError) as caught:
        load_case(tmp_path / "c.yaml")
    (line,) = str(caught.value).splitlines()
    assert line.startswith("base: ")
    assert "passwd" not in line or "etc/passwd" in line


# ---- structures, details, units of what was observed -------------------------------------------------------------------


def topical(active, smiles):
    return {"product": {"active": active, "strength": "4 %", "smiles": smiles}, "dose": "2 mg/cm^2", "apply": "0 min"}


@pytest.mark.parametrize("active", ["niacinamide", "something new"])
@pytest.mark.parametrize("smiles", ["xyz(((", "*", "CC*", "[*]C", "C1CC", "()"])
def test_a_structure_that_is_none_is_a_fault_beside_a_known_active_too(active, smiles):
    case = case_of(course=course_of("cheek", topicals=[topical(active, smiles)]))
    with pytest.raises(CaseError, match=r"course\.topicals\.0\.product"):
        resolve(case, EVIDENCE)


def test_a_structure_of_another_molecule_is_a_fault():
    right, wrong = "NC(=O)c1cccnc1", "CCO"
    resolve(case_of(course=course_of("cheek", topicals=[topical("niacinamide", right)])), EVIDENCE)
    with pytest.raises(CaseError, match=r"the structure weighs 46\.07 g/mol, niacinamide in the table 122\.1"):
        resolve(case_of(course=course_of("cheek", topicals=[topical("niacinamide", wrong)])), EVIDENCE)


@pytest.mark.parametrize(
    ("quantity", "unit", "said"),
    [
        ("pain_vas", "kg", "is not a unit of pain_vas; write it in 1"),
        ("in_situ_depth", "N", "is not a unit of in_situ_depth"),
        ("pain_vas", "spam", "is not a unit of pain_vas"),
        ("pain_vas[7]", "1", "is about a session that this course does not have; it has 2"),
        ("dermal_amount[unobtainium]", "ug/cm^2", "is about an active that no product of this course has"),
        (
            "dermal_amount[niacinamide]",
            "ug/cm^2",
            "is about an active that no product of this course has; it has hyaluronic acid HMW",
        ),
    ],
)
def test_what_was_observed_is_checked_before_anything_is_computed(quantity, unit, said):
    case = case_of(observations=[{"quantity": quantity, "zone": "cheek", "value": 1.0, "unit": unit}])
    with pytest.raises(CaseError, match=re.escape(said)):
        resolve(case, EVIDENCE)


@pytest.mark.parametrize(
    ("adjunct", "asked"), [("moonbeam", True), ("prp", False), ("anaesthesia", False), ("zorbing", True)]
)
def test_an_adjunct_that_nobody_knows_is_asked_about(adjunct, asked):
    found = screen(case_of(course=course_of("cheek", adjuncts=[{"adjunct": adjunct}])), EVIDENCE)
    assert (found.verdict != "ok") >= asked
    assert any(finding.rule == "adjunct_not_known" for finding in found.findings) == asked


def test_names_of_files_give_no_orders_to_the_terminal(tmp_path):
    result = dermatwin("new", tmp_path / "a\x1b[31mb\u202e.yaml")
    assert "\\x1b[31m" in result.output
    assert not {"\x1b", "\u202e"} & set(result.output)


# ---- what a campaign found -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [True, 1.0, 2, "1"])
def test_only_a_version_is_a_version(version):
    assert "is not one of 1" in fault(dermatwin=version)


def test_a_source_that_nobody_has_listed_is_a_fault():
    known = next(iter(EVIDENCE.sources))
    resolve(case_of(sources=[known]), EVIDENCE)
    with pytest.raises(CaseError, match=r"sources\.1: no_such_2020 is not a source of the evidence"):
        resolve(case_of(sources=[known, "no_such_2020"]), EVIDENCE)


@pytest.mark.parametrize("part", ["topicals", "adjuncts"])
def test_what_is_put_on_skin_that_is_not_treated_is_a_fault(part):
    """Nothing is computed there: it would be passed over in silence."""
    one = (
        {"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}
        if part == "topicals"
        else {"adjunct": "prp"}
    )
    zones = [{"zone": "cheek", "area": "50 cm^2"}, {"zone": "neck", "area": "50 cm^2", "treated": False}]
    said = fault(zones=zones, course=course_of("cheek", **{part: [{**one, "zones": ["cheek", "neck"]}]}))
    assert f"course.{part}.0.zones.1: neck is not treated; nothing is computed there" in said
    assert len(said.splitlines()) == 1


def test_thousands_of_faults_are_not_all_told():
    said = fault(zones=[{"zone": "cheek", "area": "50 cm^2", **{f"key_{n}": 1 for n in range(3000)}}]).splitlines()
    assert len(said) == MOST_FAULTS + 1
    assert said[-1] == f"case: has {3000 - MOST_FAULTS} more faults; mend these first"


@pytest.mark.parametrize("character", ["\x1b", "\x7f", "\u202e", "\n"])
def test_a_fault_is_one_line_of_text_whatever_was_found(character):
    said = str(Fault(f"a{character}b", f"c{character}d", f"did you mean 'e{character}f'?"))
    assert character not in said
    assert said.count("\\") == 3


@pytest.mark.parametrize("year", ["about two", "26", "2026.5", "12026", "-1"])
def test_a_year_of_a_source_is_a_year(tmp_path, year):
    head = "source,title_or_citation,year,doi_or_pmcid,kind,note"
    (tmp_path / "sources.csv").write_text(f"{head}\nhouse,House,2026,,registry,\nold,Old,,,registry,\n")
    assert gate_faults(tmp_path) == []
    (tmp_path / "sources.csv").write_text(f"{head}\nhouse,House,{year},,registry,\n")
    assert any("year" in line for line in gate_faults(tmp_path))
