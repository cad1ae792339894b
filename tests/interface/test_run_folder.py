"""The run folder: whole or not at all, readable by others."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
import yaml

from dermatwin.core import CaseError
from dermatwin.twin import write_run


def test_a_run_folder_holds_what_it_should(small_run, tmp_path):
    folder = write_run(small_run, tmp_path / "run", report="<!doctype html>")
    assert {p.name for p in folder.iterdir()} >= {"case.resolved.yaml", "run.nc", "summary.json", "report.html"}
    summary = json.loads((folder / "summary.json").read_text())
    assert len(summary["endpoints"]) >= 40
    for entry in summary["endpoints"]:
        assert {"name", "zone", "time_days", "unit", "median", "p05", "p95", "grade", "sources"} <= set(entry)
    assert summary["provenance"]["seed"] == 7
    assert yaml.safe_load((folder / "case.resolved.yaml").read_text())["zones"]


def test_an_earlier_run_is_replaced_only_when_asked(small_run, tmp_path):
    folder = write_run(small_run, tmp_path / "run")
    with pytest.raises(CaseError, match="--force"):
        write_run(small_run, folder)
    assert write_run(small_run, folder, force=True) == folder
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_is_no_run_is_never_touched(small_run, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(CaseError, match="not an earlier run"):
        write_run(small_run, tmp_path / "mine", force=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"


def test_a_failure_while_writing_leaves_nothing(small_run, tmp_path, monkeypatch):
    def broken(run):
        raise RuntimeError("disk on fire")

    monkeypatch.setattr("dermatwin.twin.folder.summarise", broken)
    with pytest.raises(RuntimeError):
        write_run(small_run, tmp_path / "run")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_killed_run_leaves_no_half_written_result(tmp_path):
    example = os.path.join(os.path.dirname(__file__), "..", "..", "examples", "alam_2014.yaml")
    command = [sys.executable, "-m", "dermatwin", "simulate", example, "--out", str(tmp_path / "run"), "--draws", "400"]
    for wait in (0.5, 1.5, 2.5):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        whole = (tmp_path / "run" / "summary.json").exists() and (tmp_path / "run" / "report.html").exists()
        assert whole or not (tmp_path / "run").exists()
