"""A stored run is read again: nothing is simulated, endpoints agree to the precision of the store."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from dermatwin.case import load_case
from dermatwin.cli import app
from dermatwin.core.errors import CaseError
from dermatwin.twin import recall, reread, simulate

EXAMPLE = Path(__file__).parents[2] / "examples" / "dogra_2014.yaml"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    run = simulate(load_case(EXAMPLE), draws=12, seed=4)
    return run, run.write(tmp_path_factory.mktemp("runs") / "one", store=True)


def refuse(*_, **__):
    raise AssertionError("something was simulated")


@pytest.fixture
def nothing_simulated(monkeypatch):
    for stage, name in (("insertion", "insert"), ("barrier", "close"), ("delivery", "deliver"), ("healing", "heal")):
        monkeypatch.setattr(f"dermatwin.{stage}.{name}", refuse)


def test_a_run_read_again_is_the_same_run(stored, nothing_simulated):
    run, _ = stored
    again = reread(run)
    assert [end.name for end in again.endpoints] == [end.name for end in run.endpoints]
    assert all(
        np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(again.endpoints, run.endpoints, strict=True)
    )


def test_a_stored_run_agrees_to_single_precision(stored, nothing_simulated):
    run, folder = stored
    again = recall(folder)
    assert again.notices == run.notices
    assert again.guards == run.guards
    for a, b in zip(again.endpoints, run.endpoints, strict=True):
        assert (a.name, a.zone, a.time_days, a.unit, a.grade) == (b.name, b.zone, b.time_days, b.unit, b.grade)
        assert a.values == pytest.approx(b.values, rel=1e-4, abs=1e-4, nan_ok=True), a.name


def test_other_beliefs_about_outcome_change_the_outcome_and_nothing_before(stored, nothing_simulated):
    run, _ = stored
    other = reread(run, run.evidence.believing(anaesthesia_strength=0.1))
    before, after = (one.find("in_situ_depth")[0].values for one in (run, other))
    assert np.array_equal(before, after)
    assert not np.array_equal(run.find("pain_vas")[0].values, other.find("pain_vas")[0].values)


def test_the_verb_writes_a_run_that_can_be_read_again(stored, tmp_path, nothing_simulated):
    _, folder = stored
    result = CliRunner().invoke(app, ["reread", str(folder), "--out", str(tmp_path / "two"), "--json"])
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["endpoints"]) > 40
    assert (tmp_path / "two" / "stages.h5").is_file()
    assert (tmp_path / "two" / "report.html").is_file()


def test_a_run_without_its_stages_is_refused(stored, tmp_path):
    run, _ = stored
    with pytest.raises(CaseError, match="--store"):
        recall(run.write(tmp_path / "plain"))
    assert CliRunner().invoke(app, ["reread", str(tmp_path / "nowhere")]).exit_code == 1


def test_a_broken_store_is_one_clear_fault(stored, tmp_path):
    run, _ = stored
    folder = run.write(tmp_path / "broken", store=True)
    (folder / "stages.h5").write_bytes(b"not a store")
    with pytest.raises(CaseError, match="cannot be read"):
        recall(folder)
