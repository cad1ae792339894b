"""Fits that do not belong to their priors, rows, tables and model any more are refused, by name and with the command."""

import ast
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dermatwin.core import EvidenceError
from dermatwin.evidence import Evidence
from dermatwin.evidence.digest import read_digests
from dermatwin.evidence.layers import Layer
from dermatwin.evidence.stale import ALLOWED, CODE, RECORDS, Present, stale_fits
from dermatwin.evidence.store import DATA

EVIDENCE = Evidence.packaged(even_stale=True)
PRIOR = EVIDENCE.prior
NO_GROUNDS = shutil.ignore_patterns("__pycache__", "data")
COMMAND = "python -m dermatwin.calibration"


def faults(folder=DATA, code=CODE, **priors):
    """What is said of each fit, a line each."""
    found = stale_fits(Present((Layer.own(folder),), code, {**PRIOR, **priors}))
    return {fit: [str(fault) for fault in said] for fit, said in found.items()}


def prior(name, **change):
    return {name: replace(PRIOR[name], **change)}


@pytest.fixture
def folder(tmp_path):
    """A copy of the evidence."""
    return Path(shutil.copytree(DATA, tmp_path / "evidence"))


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A copy of the package."""
    return Path(shutil.copytree(CODE, tmp_path_factory.mktemp("code") / "dermatwin", ignore=NO_GROUNDS))


@pytest.fixture
def code(package):
    """The same, as it was after each test."""
    yield package
    for path in CODE.rglob("*.py"):
        copy = package / path.relative_to(CODE)
        if not copy.is_file() or copy.read_bytes() != path.read_bytes():
            shutil.copy(path, copy)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_packaged_fits_are_fresh():
    """Who changes a prior, a row or a model meets this; python -m dermatwin.calibration --help says what to do."""
    assert faults() == {}
    assert Evidence.packaged().stale == ()
    assert {path.stem for pattern in RECORDS for path in DATA.glob(pattern)} == {
        "needling",
        "permeability",
        "healing",
        "outcome_effects",
    }


@pytest.mark.parametrize(
    "change",
    [{"knowledge": 1.5}, {"value": 4.1}, {"unit": "J/m^2"}, {"low": 0.1}, {"distribution": "normal"}, {"person": 0.0}],
)
def test_a_changed_prior_is_refused_by_name_with_the_command(change):
    said = faults(**prior("puncture_toughness", **change))
    assert said["needling"] == [
        f"parameters/insertion.csv: puncture_toughness has changed since the fit 'needling' was made; {COMMAND} needling"
    ]
    assert set(said) == {"needling", "healing"}  # the needles of the wounds come from the fit of insertion


def test_no_prior_of_a_table_can_change_unseen():
    for posterior in EVIDENCE.posteriors:
        wider = {name: replace(PRIOR[name], knowledge=PRIOR[name].knowledge * 1.5) for name in posterior.parameters}
        said = [line.partition(" has changed since ")[0] for line in faults(**wider)[posterior.name]]
        assert sorted(said) == sorted(f"parameters/{PRIOR[name].stage}.csv: {name}" for name in posterior.parameters)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("experiment_tip_diameter", {"needling"}),  # what a study leaves unsaid
        ("healing_density_factor", {"healing"}),
        ("permeability_tail", {"permeability"}),  # read beside the draws
        ("between_study_prior", {"outcome"}),
        ("needle_sample", set()),  # a fit has a number of its own
        ("pain_prior_score", set()),
    ],
)
def test_other_priors_count_where_a_fit_asked_for_them(name, fits):
    assert set(faults(**prior(name, value=PRIOR[name].value * 0.9))) == fits


def test_a_prior_that_a_model_looked_for_in_vain_may_not_come():
    """A constant of the network that follows from others would be a rate if it were a parameter."""
    assert "danger_from_m1" not in PRIOR
    said = faults(danger_from_m1=replace(PRIOR["tissue_tension"], name="danger_from_m1"))
    assert set(said) == {"healing"}
    assert said["healing"][0].startswith("parameters/healing.csv: danger_from_m1 has come since the fit 'healing' was made")


def test_what_a_fit_never_heard_of_may_come():
    assert faults(newcomer=replace(PRIOR["puncture_toughness"], name="newcomer")) == {}


def test_evidence_is_refused_with_every_fault_at_once(folder, monkeypatch):
    edit(folder / "parameters/insertion.csv", "puncture_toughness,Gamma,4,", "puncture_toughness,Gamma,5,")
    edit(folder / "measurements/closure.csv", "closure_time,,,2,,h,,upper_bound,", "closure_time,,,3,,h,,upper_bound,")
    with pytest.raises(EvidenceError) as caught:
        Evidence.read(folder, alone=True)
    said = [str(fault) for fault in caught.value.faults]
    assert [line.partition(" since the fit ")[0] for line in said] == [
        "parameters/insertion.csv: puncture_toughness has changed",
        "measurements/closure.csv: rows of gupta2011 have changed",
        "parameters/insertion.csv: puncture_toughness has changed",
    ]
    assert said[0].endswith(f"'needling' was made; {COMMAND} needling")
    assert said[2].endswith(
        f"'healing' was made; {COMMAND} confirm healing if the model says the same, else {COMMAND} healing"
    )
    assert Evidence.read(folder, alone=True, even_stale=True).stale == ("needling", "healing")
    monkeypatch.setenv(ALLOWED, "1")
    assert Evidence.read(folder, alone=True).stale == ("needling", "healing")
    monkeypatch.setenv(ALLOWED, "yes")
    with pytest.raises(EvidenceError, match="DERMATWIN_STALE_FITS: 'yes' is neither 1"):
        Evidence.read(folder, alone=True)


def test_a_posterior_of_what_is_no_parameter_waits_for_its_fit(folder):
    edit(folder / "parameters/insertion.csv", "puncture_toughness,", "toughness_at_puncture,")
    for path in (folder / "reads.csv", *(folder / "quantities").glob("*.yaml")):
        text = path.read_text(encoding="utf-8").replace("puncture_toughness", "toughness_at_puncture")
        path.write_text(text, encoding="utf-8")
    with pytest.raises(EvidenceError, match="parameters: puncture_toughness is gone since the fit 'needling' was made"):
        Evidence.read(folder, alone=True)
    found = Evidence.read(folder, alone=True, even_stale=True)
    assert [posterior.name for posterior in found.posteriors] == ["healing", "permeability"]


@pytest.mark.parametrize(
    ("old", "new"), [(",0.1,", ",0.2,"), ("davis2004,", "davis2005,"), (",,N,,range_low", ",,N,9,range_low")]
)
def test_a_row_that_took_part_may_not_change(folder, old, new):
    edit(folder / "measurements/insertion.csv", old, new)
    assert faults(folder) == {
        "needling": [
            "measurements/insertion.csv: rows of davis2004 have changed since the fit 'needling' was made; "
            f"{COMMAND} needling"
        ]
    }


@pytest.mark.parametrize(
    ("file", "study", "fits"),
    [
        ("insertion", "olatunji2013", {"needling"}),
        ("closure", "gupta2011", {"needling"}),
        ("healing_timecourse", "aust2010", {"healing"}),
        ("permeability_intact", "blank1964", {"permeability"}),
        ("outcomes", "dogra2014", {"outcome"}),
        ("adverse_rates", "", set()),
    ],
)
def test_rows_that_took_part_are_missed_and_new_studies_are_welcome(folder, file, study, fits):
    path = folder / f"measurements/{file}.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    first = next(row for row in rows if row.startswith(study))
    newcomer = f"newcomer2030,{first.partition(',')[2]}"
    path.write_text("\n".join([head, newcomer, *rows[::-1]]) + "\n", encoding="utf-8")
    assert faults(folder) == {}
    path.write_text("\n".join([head, newcomer, *(row for row in rows if row != first)]) + "\n", encoding="utf-8")
    assert set(faults(folder)) == fits
    path.write_text("\n".join([head, *(row for row in rows if not row.startswith(f"{study},"))]) + "\n", encoding="utf-8")
    assert all(f"rows of {study} are gone" in said[0] for said in faults(folder).values())
    assert set(faults(folder)) == fits


def test_remarks_may_change_and_columns_may_come(folder):
    path = folder / "measurements/insertion.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    assert head.endswith(",note")
    assert not any(row.endswith('"') for row in rows[:2])
    rows[:2] = [f"{row} (read twice)" for row in rows[:2]]
    path.write_text("\n".join([f"{head},checked_by", *(f"{row}," for row in rows)]) + "\n", encoding="utf-8")
    assert faults(folder) == {}


def test_a_table_of_the_model_counts(folder):
    edit(folder / "sites.csv", ",bone,", ",muscle,")
    assert set(faults(folder)) == {"needling", "healing"}
    (folder / "compound_properties.csv").unlink()
    assert faults(folder)["permeability"][0].startswith("compound_properties.csv: is gone since the fit 'permeability'")


def test_a_fit_stands_on_the_joint_draws_of_another(folder):
    edit(folder / "posteriors/needling.csv", "\n,0,", "\n,0,1")
    assert set(faults(folder)) == {"healing"}


def test_a_record_without_digests_is_refused(folder):
    edit(folder / "outcome_effects.yaml", "\ndigests:\n", "\nformer:\n")
    assert faults(folder) == {
        "outcome": [f"outcome_effects.yaml: holds no digests of what the fit stands on; {COMMAND} outcome"]
    }


def test_prose_and_layout_of_all_models_may_change(code):
    records = (read_digests(path) for pattern in RECORDS for path in DATA.glob(pattern))
    for path in {code / name for record in records if record is not None for name in record.model}:
        path.write_text(f'"""Otherwise."""\n# said\n{ast.unparse(ast.parse(path.read_bytes()))}\n', encoding="utf-8")
    assert faults(code=code) == {}


@pytest.mark.parametrize(
    ("file", "old", "new", "fits"),
    [
        ("calibration/likelihood.py", "ROUGH = 0.15", "ROUGH = 0.16", {"needling", "healing"}),
        ("evidence/distribution.py", "0.5", "0.6", {"needling", "permeability", "healing", "outcome"}),
        ("delivery/stratum.py", "10.0**", "9.0**", {"permeability"}),
        ("calibration/trials.py", "1.96", "1.64", {"outcome"}),
        ("numerics/rosenbrock.py", "GAMMA = 0.25", "GAMMA = 0.26", {"healing"}),
        ("report/words.py", "1", "2", set()),
    ],
)
def test_a_changed_number_of_a_model_is_refused(code, file, old, new, fits):
    edit(code / file, old, new)
    said = faults(code=code)
    assert set(said) == fits
    for fit, lines in said.items():
        assert lines == [
            f"{file}: has changed since the fit '{fit}' was made; {COMMAND} confirm {fit} if the model says the same, "
            f"else {COMMAND} {fit}"
        ]


def test_a_model_file_that_is_gone_is_missed(code):
    (code / "barrier/kinetics.py").unlink()
    assert faults(code=code)["needling"][0].startswith("barrier/kinetics.py: is gone since the fit 'needling' was made")
