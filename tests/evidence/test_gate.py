"""The gate: packaged evidence passes, planted faults do not."""

import shutil

import pytest
import yaml

from dermatwin.core import EvidenceError
from dermatwin.evidence import Evidence
from dermatwin.evidence.store import DATA

HEAD = "name,symbol,value,unit,distribution,knowledge,person,chance,low,high,grade,source,note\n"
GOOD = "toughness_x,G,4.6,kJ/m^2,lognormal,0.5,0,0,0.5,30,C,romgens2014,slope\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "parameters").mkdir()
    (tmp_path / "quantities").mkdir()
    for path in DATA.glob("sources*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def read(folder, row):
    (folder / "parameters" / "test.csv").write_text(HEAD + row, encoding="utf-8")
    return Evidence.read(folder)


def test_the_packaged_evidence_passes():
    evidence = Evidence.packaged()
    assert evidence.parameters
    assert evidence.quantities


def test_a_good_parameter_passes(folder):
    assert read(folder, GOOD).parameters["toughness_x"].sources == ("romgens2014",)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kJ/m^2", "", "has no unit"),
        ("kJ/m^2", "furlongs_of_x", "is not a unit"),
        ("romgens2014", "", "has no source"),
        ("romgens2014", "somebody1999", "is not registered"),
        ("romgens2014", "unconfirmed", "may be shown but not used"),
        ("romgens2014", "dermatwin_prior", "too good for an assumption"),
        (",C,", ",,", "is not a grade"),
        (",C,", ",F,", "is not a grade"),
        (",0.5,30,", ",,30,", "is not a finite number"),
        (",0.5,30,", ",0.5,,", "is not a finite number"),
        (",0.5,30,", ",5,30,", "outside its range"),
        (",0.5,30,", ",-1,30,", "must be positive"),
        ("4.6", "nan", "is not a finite number"),
        ("lognormal", "cauchy", "is not one of"),
        ("lognormal", "fixed", "has a spread"),
        ("lognormal,0.5", "lognormal,0", "needs a spread"),
        ("lognormal,0.5", "lognormal,-0.5", "spread is negative"),
    ],
)
def test_planted_faults_are_refused(folder, old, new, says):
    assert old in GOOD
    with pytest.raises(EvidenceError, match=says):
        read(folder, GOOD.replace(old, new, 1))


def test_every_fault_is_reported_at_once(folder):
    with pytest.raises(EvidenceError) as caught:
        read(folder, GOOD.replace("kJ/m^2", "").replace("romgens2014", "") + GOOD.replace(",C,", ",Z,"))
    assert len(caught.value.faults) >= 3


def test_families_are_told_apart_once_for_all():
    evidence = Evidence.packaged()
    thick = evidence.family("dermis_thickness")
    assert thick["cheek:female"] is evidence.parameters["dermis_thickness[cheek:female]"]
    assert set(evidence.family("duration_ratio")) >= {"heat", "redness"}
    assert evidence.family("puncture_toughness") == {}
    whole = [parameter for name in evidence.families for parameter in evidence.family(name).values()]
    assert len(whole) == sum("[" in name for name in evidence.parameters)


@pytest.mark.parametrize(
    "entry",
    [
        {"parameters": ["nothing"]},
        {"uses": ["nothing"]},
        {"unit": "blorp"},
        {"detail": "weather"},
        {"shown": "loudly"},
        {"kind": "nice"},
        {"shown": "percent"},  # of millimetres
    ],
)
def test_a_quantity_that_points_nowhere_is_refused(folder, entry):
    quantity = {"name": "depth_x", "title": "Depth", "unit": "mm", "equation": "d = L", **entry}
    (folder / "quantities" / "test.yaml").write_text(yaml.safe_dump([quantity]), encoding="utf-8")
    with pytest.raises(EvidenceError):
        read(folder, GOOD)


def test_the_weakest_grade_counts(folder):
    weak = GOOD.replace("toughness_x", "factor_x").replace(",C,romgens2014", ",E,dermatwin_prior")
    quantities = [
        {"name": "force_x", "title": "Force", "unit": "N", "equation": "F", "parameters": ["toughness_x"]},
        {
            "name": "depth_x",
            "title": "Depth",
            "unit": "mm",
            "equation": "d",
            "parameters": ["factor_x"],
            "uses": ["force_x"],
        },
    ]
    (folder / "quantities" / "test.yaml").write_text(yaml.safe_dump(quantities), encoding="utf-8")
    evidence = read(folder, GOOD + weak)
    assert evidence.grade("force_x") == "C"
    assert evidence.grade("depth_x") == "E"
    assert evidence.sources_of("depth_x") == ("dermatwin_prior", "romgens2014")
