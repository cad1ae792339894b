"""Stamping and confirming a fit: the packaged probes are today's, and what a confirmation must not pass does not pass."""

import shutil
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from dermatwin.calibration import __main__ as command
from dermatwin.calibration.grounds import GROUNDS
from dermatwin.calibration.luck import spread_evenly
from dermatwin.calibration.probe import SPREAD, STILL, Table, probe
from dermatwin.calibration.stamp import PROBE, confirmed, stamped, written
from dermatwin.evidence import Evidence, Tables
from dermatwin.evidence.digest import SECTION, Digests, of_prior, parted, read_digests
from dermatwin.evidence.layers import Layer
from dermatwin.evidence.plain import parsed
from dermatwin.evidence.store import DATA

EVIDENCE = Evidence.packaged(even_stale=True)
FITS = sorted(GROUNDS)


def record(fit, folder=DATA):
    return parsed((folder / GROUNDS[fit].record).read_text(encoding="utf-8"))


def table(fit):
    with (DATA / GROUNDS[fit].table).open(encoding="utf-8") as lines:
        return Table.read(lines)


def believing(name, **change):
    """The evidence with another prior, which no fit has seen."""
    priors = {**EVIDENCE.prior, name: replace(EVIDENCE.prior[name], **change)}
    posteriors = EVIDENCE.posteriors
    return replace(EVIDENCE, prior=priors).holding(posteriors)


@pytest.fixture
def folder(tmp_path):
    """The records and joint draws alone."""
    for grounds in GROUNDS.values():
        for name in (grounds.record, grounds.table):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("fit", FITS)
def test_the_packaged_record_is_confirmed_and_complete(fit):
    text, against = confirmed(fit, DATA, EVIDENCE)
    assert against == ()
    now, then = Digests.of_record(parsed(text)[SECTION]), read_digests(DATA / GROUNDS[fit].record)
    assert then is not None
    assert replace(now, contents={}) == replace(then, contents={}), f"run python -m dermatwin.calibration confirm {fit}"
    assert {**parsed(text), SECTION: 0} == {**record(fit), SECTION: 0}


@pytest.mark.parametrize("fit", ["needling", "permeability", "outcome"])
def test_a_stamp_says_what_the_packaged_one_says(fit):
    bare = {name: said for name, said in record(fit).items() if name not in (SECTION, PROBE)}
    with (DATA / GROUNDS[fit].table).open(encoding="utf-8") as lines:
        made = stamped(fit, bare, lines, EVIDENCE)
    assert list(made) == [*bare, SECTION, PROBE]
    rows = Digests.of_record(made[SECTION]).rows
    assert rows == Digests.of_record(record(fit)[SECTION]).rows
    assert {key.partition(" ")[0] for key in rows} == set(GROUNDS[fit].measured)
    assert parted(made[PROBE]).keys() == parted(record(fit)[PROBE]).keys()
    assert parsed(written(made)) == made


def test_every_column_of_a_table_is_a_prior_that_the_fit_varied():
    for fit in ("needling", "permeability", "healing"):
        then = read_digests(DATA / GROUNDS[fit].record)
        assert then is not None
        assert set(table(fit).columns) <= set(then.fitted)
        assert not then.fitted.keys() & then.held.keys()
        assert then.fitted["permeability_tail" if fit == "permeability" else table(fit).columns[0]]


@pytest.mark.parametrize(
    ("fit", "module", "constant", "value", "moved"),
    [
        ("needling", "calibration.likelihood", "ROUGH", 0.15 * (1.0 + 1e-6), "davis2004"),
        ("permeability", "validation.permeability", "PBS_PH", 7.41, "records"),
        ("healing", "validation.wounds", "WEEK", 7.5, "robins2003"),
        ("outcome", "calibration.trials", "SIGNIFICANT", 1.96 + 1e-6, "leheta2011"),
    ],
)
def test_a_changed_constant_is_not_confirmed(fit, module, constant, value, moved, monkeypatch):
    monkeypatch.setattr(import_module(f"dermatwin.{module}"), constant, value)
    text, against = confirmed(fit, DATA, EVIDENCE)
    assert text == ""
    assert any(line.startswith(f"{moved}: its log likelihood moved by ") for line in against), against


def test_how_a_study_strays_is_seen(monkeypatch):
    """At its median a study's own size does nothing: the draws that are spread show how it acts."""
    from dermatwin.validation import biopsy

    usual = biopsy.amplitude
    before = probe("healing", table("healing"), record("healing")["studies"], EVIDENCE).levels
    monkeypatch.setattr(biopsy, "amplitude", lambda study, draws: usual(study, draws) ** 2)
    found = probe("healing", table("healing"), record("healing")["studies"], EVIDENCE).levels
    still = [np.array_equal(levels[:STILL], before[name][:STILL]) for name, levels in found.items()]
    spread = [np.array_equal(levels[STILL:], before[name][STILL:]) for name, levels in found.items()]
    assert all(still)
    assert not all(spread)


@pytest.mark.parametrize(
    ("fit", "name", "change"),
    [
        ("needling", "puncture_toughness", {"knowledge": 0.9}),
        ("needling", "experiment_press_force", {"high": 1e9}),
        ("permeability", "permeability_tail", {"value": 5.0}),  # nothing that the probe sees
    ],
)
def test_a_prior_that_the_fit_varied_is_never_confirmed(fit, name, change):
    text, against = confirmed(fit, DATA, believing(name, **change))
    assert text == ""
    assert f"parameters/{EVIDENCE.prior[name].stage}.csv: {name} has changed" in against
    if name == "permeability_tail":
        assert len(against) == 1


def test_a_prior_that_was_held_is_confirmed_where_it_changes_nothing():
    changed = believing("follicle_density[body]", value=EVIDENCE.prior["follicle_density[body]"].value * 1.5)
    text, against = confirmed("needling", DATA, changed)
    assert against == ()
    now, then = Digests.of_record(parsed(text)[SECTION]), read_digests(DATA / GROUNDS["needling"].record)
    assert then is not None
    assert {name for name in now.held if now.held[name] != then.held[name]} == {"follicle_density[body]"}
    assert now.held["follicle_density[body]"] == of_prior(changed.prior["follicle_density[body]"])
    assert now.fitted == then.fitted
    speed = believing("reference_needle_speed", value=EVIDENCE.prior["reference_needle_speed"].value * 1.1)
    assert confirmed("needling", DATA, speed)[0] == ""


def test_rows_that_took_part_are_never_confirmed(tmp_path):
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "measurements/closure.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("gupta2011", "gupta2012"), encoding="utf-8")
    evidence = replace(EVIDENCE, tables=Tables(Layer.own(tmp_path)))
    against = (
        "measurements/closure.csv: rows of gupta2011 are gone",
        "gupta2011: is no longer part of the likelihood as it was",
    )
    assert confirmed("needling", DATA, evidence) == ("", against)


def test_draws_of_what_is_no_unknown_need_another_fit(folder):
    path = folder / GROUNDS["permeability"].table
    path.write_text(path.read_text(encoding="utf-8").replace("polar_pore_radius", "pore_radius", 1), encoding="utf-8")
    assert confirmed("permeability", folder, EVIDENCE) == (
        "",
        ("pore_radius: has joint draws and is no unknown of the fit any more",),
    )


def test_another_unknown_needs_another_fit(folder):
    path = folder / GROUNDS["needling"].record
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "  experiment_press_force: " in line)
    path.write_text(text.replace(f"{line}\n", "").replace("  held: |\n", f"  held: |\n{line}\n"), encoding="utf-8")
    assert confirmed("needling", folder, EVIDENCE) == (
        "",
        ("experiment_press_force: is now among the priors that the fit varies",),
    )


@pytest.mark.parametrize("probe", ["", "probe: |\n  dogra2014\n", "probe: |\n  dogra2014: 1.0 much\n"])
def test_without_a_probe_there_is_nothing_to_confirm(folder, probe):
    path = folder / GROUNDS["outcome"].record
    path.write_text(path.read_text(encoding="utf-8").partition("\nprobe:")[0] + f"\n{probe}", encoding="utf-8")
    assert confirmed("outcome", folder, EVIDENCE) == (
        "",
        ("outcome_effects.yaml: holds no digests with a probe to compare with",),
    )


def test_a_study_that_the_fit_did_not_know_is_not_probed():
    studies = record("needling")["studies"]
    whole, rest = (probe("needling", table("needling"), known, EVIDENCE).levels for known in (studies, studies[1:]))
    assert {name: levels for name, levels in whole.items() if name != studies[0]} == rest


def test_what_a_table_does_not_hold_stands_still_and_is_spread():
    draws = np.arange(40.0).reshape(20, 2)
    states = Table(("b", "a"), draws).fixed(("a", "x@y", "b"))
    assert states.shape == (STILL + SPREAD, 3)
    assert (states[:STILL, 1] == 0.0).all()
    assert (states[STILL:, 1] == spread_evenly("x@y", SPREAD)).all()
    assert {tuple(state) for state in states[:, [2, 0]]} <= {tuple(draw) for draw in draws}
    assert len({tuple(state) for state in states[:STILL, [2, 0]]}) == STILL


def test_only_draws_of_the_whole_fit_are_read():
    found = Table.read(["without,draw,a,b\n", ",0,1.5,2\n", "us2001,0,9,9\n", ",1,.5,-.25\n"])
    assert found.columns == ("a", "b")
    assert found.draws.tolist() == [[1.5, 2.0], [0.5, -0.25]]


def test_the_command_confirms_and_refuses(folder, capsys, monkeypatch):
    assert command.main(["confirm", "needling", "outcome", "--out", str(folder)]) == 0
    assert capsys.readouterr().out == "needling: confirmed\noutcome: confirmed\n"
    before = (folder / GROUNDS["needling"].record).read_bytes()
    monkeypatch.setattr("dermatwin.calibration.likelihood.ROUGH", 0.2)
    assert command.main(["confirm", "needling", "--out", str(folder)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "needling: not confirmed; fit anew: python -m dermatwin.calibration needling"
    assert any(line.startswith("davis2004: its log likelihood moved by") for line in said)
    assert (folder / GROUNDS["needling"].record).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["confirm", "needle"], "NAME: 'needle' is none of needling, permeability, healing, outcome"),
        (["healing", "needling"], "NAME: 'needling' is too much: names follow 'confirm'"),
    ],
)
def test_names_that_are_not_fits_are_refused(words, says, capsys):
    assert command.main(words) == 1
    assert capsys.readouterr().err == f"{says}\n"


def test_a_folder_without_records_is_refused(tmp_path, capsys):
    assert command.main(["confirm", "needling", "--out", str(tmp_path / "nowhere")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_a_fit_stamps_its_own_record(folder, monkeypatch):
    bare = {name: said for name, said in record("needling").items() if name not in (SECTION, PROBE)}
    joint = (DATA / GROUNDS["needling"].table).read_text(encoding="utf-8")
    monkeypatch.setitem(
        command.MAKERS, "needling", lambda evidence, seed, workers: (bare, {GROUNDS["needling"].table: joint})
    )
    assert command.main(["needling", "--out", str(folder)]) == 0
    assert record("needling", folder).keys() == record("needling").keys()
    assert confirmed("needling", folder, EVIDENCE)[1] == ()
    assert (folder / GROUNDS["needling"].table).read_text(encoding="utf-8") == joint
