"""The run folder: whole or not at all, readable by others."""

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import yaml

from dermatwin.cli.writing import write_text
from dermatwin.core import CaseError
from dermatwin.twin import placing, summarise, write_run
from dermatwin.twin.summary import sources_in, to_json


def test_a_run_folder_holds_what_it_should(small_run, tmp_path):
    folder = write_run(small_run, tmp_path / "run", report="<!doctype html>")
    assert {p.name for p in folder.iterdir()} >= {"case.resolved.yaml", "run.nc", "summary.json", "report.html"}
    summary = json.loads((folder / "summary.json").read_text())
    assert len(summary["endpoints"]) >= 40
    for entry in summary["endpoints"]:
        assert {"name", "zone", "time_days", "unit", "median", "p05", "p95", "grade", "sources"} <= set(entry)
        assert summary["titles"][entry["name"]]
    assert summary["provenance"]["seed"] == 7
    assert yaml.safe_load((folder / "case.resolved.yaml").read_text())["zones"]


def test_the_summary_says_once_what_endpoints_share(small_run):
    told = to_json(summarise(small_run))
    summary = json.loads(told)
    assert len({tuple(ids) for ids in summary["source_lists"]}) == len(summary["source_lists"])
    for end, entry in zip(small_run.endpoints, summary["endpoints"], strict=True):
        assert summary["titles"][entry["name"]] == end.title
        assert sources_in(summary, entry, "all_sources") == list(end.sources)
        assert sources_in(summary, entry) == list(end.cited)
    assert told.count("\n") < len(summary["endpoints"]) + len(summary["source_lists"]) + len(summary["titles"]) + 100


def test_a_summary_of_another_format_is_not_misread(small_run):
    summary = summarise(small_run)
    old = {key: value for key, value in summary.items() if key != "format"}
    with pytest.raises(ValueError, match="format 1, not 2"):
        sources_in(old, summary["endpoints"][0])


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


def contents(folder):
    return json.loads((folder / "contents.json").read_text())["files"]


def test_a_run_folder_names_its_files_with_size_and_digest(small_run, tmp_path):
    folder = write_run(small_run, tmp_path / "run", report="<!doctype html>", sheets={"before.html": "<p>ä"})
    named = contents(folder)
    assert set(named) == {"case.resolved.yaml", "run.nc", "summary.json", "report.html", "sheets/before.html"}
    for name, told in named.items():
        data = (folder / name).read_bytes()
        assert (told["size"], told["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize("summary", ["{}", '{"provenance": {"program": "dermatwin"}}', "[]", ""])
def test_a_summary_alone_makes_no_run(small_run, tmp_path, summary):
    """A folder with a file of that name beside things that nobody has twice."""
    mine = tmp_path / "mine"
    (mine / "photos").mkdir(parents=True)
    (mine / "summary.json").write_text(summary)
    (mine / "photos" / "one.jpg").write_bytes(b"jpg")
    with pytest.raises(CaseError, match="not an earlier run"):
        write_run(small_run, mine, force=True)
    assert (mine / "photos" / "one.jpg").read_bytes() == b"jpg"


@pytest.mark.parametrize(
    "list_of_files",
    [
        "{}",
        "[]",
        '{"program": "dermatwin"}',
        '{"program": "other", "files": {}}',
        '{"program": "dermatwin", "files": {"../x": {}}}',
    ],
)
def test_a_list_that_nobody_here_wrote_makes_no_run(small_run, tmp_path, list_of_files):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "contents.json").write_text(list_of_files)
    with pytest.raises(CaseError, match="not an earlier run"):
        write_run(small_run, tmp_path / "mine", force=True)


@pytest.mark.parametrize("system_can_exchange", [True, False])
def test_only_what_the_list_names_is_replaced(small_run, tmp_path, monkeypatch, system_can_exchange):
    if not system_can_exchange:
        monkeypatch.setattr(placing, "sys", SimpleNamespace(platform="other"))
    folder = write_run(small_run, tmp_path / "run", report="old", sheets={"before.html": "old", "gone.html": "old"})
    (folder / "thesis.txt").write_text("precious")
    (folder / "sheets" / "signed.pdf").write_bytes(b"signed")
    (folder / "photos" / "empty").mkdir(parents=True)
    (folder / "photos" / "one.jpg").write_bytes(b"jpg")
    (folder / "away").symlink_to(tmp_path)
    folder.chmod(0o750)
    assert write_run(small_run, folder, force=True, report="new", sheets={"before.html": "new"}) == folder
    assert (folder / "report.html").read_text() == "new"
    assert not (folder / "sheets" / "gone.html").exists()
    assert (folder / "thesis.txt").read_text() == "precious"
    assert (folder / "sheets" / "signed.pdf").read_bytes() == b"signed"
    assert (folder / "photos" / "one.jpg").read_bytes() == b"jpg"
    assert (folder / "photos" / "empty").is_dir()
    assert (folder / "away").is_symlink()
    assert folder.stat().st_mode & 0o777 == 0o750
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert "thesis.txt" not in contents(folder)


@pytest.mark.parametrize("name", ["report.html", "sheets/before.html", "sheets"])
def test_a_file_of_others_in_the_way_is_a_fault(small_run, tmp_path, name):
    folder = write_run(small_run, tmp_path / "run")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    with pytest.raises(CaseError, match="was not written by dermatwin and would be replaced; move it"):
        write_run(small_run, folder, force=True, report="new", sheets={"before.html": "new"})
    assert (folder / name).read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_of_two_runs_into_one_name_neither_is_lost(small_run, tmp_path):
    target = tmp_path / "run"
    first, second = (placing.require_usable(target, force=False) for _ in range(2))  # both start before either is done
    assert write_run(small_run, target, report="first", seen=first) == target
    beside = write_run(small_run, target, report="second", seen=second)
    assert beside == tmp_path / "run-2"
    assert ((target / "report.html").read_text(), (beside / "report.html").read_text()) == ("first", "second")


def test_what_was_not_seen_is_not_replaced(small_run, tmp_path):
    target = write_run(small_run, tmp_path / "run", report="old")
    seen = placing.require_usable(target, force=True)
    write_run(small_run, target, force=True, report="meanwhile")
    assert write_run(small_run, target, report="late", seen=seen) == tmp_path / "run-2"
    assert (target / "report.html").read_text() == "meanwhile"


def test_a_draft_of_a_killed_run_is_cleared_away_and_one_that_is_held_is_not(small_run, tmp_path):
    (tmp_path / ".run-draft-dead").mkdir()
    (tmp_path / ".run-draft-dead" / "run.nc").write_bytes(b"half")
    (tmp_path / ".run-draft-held").mkdir()
    (tmp_path / ".other-draft-dead").mkdir()
    with placing._alone(tmp_path / ".run-draft-held"):
        write_run(small_run, tmp_path / "run")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".other-draft-dead", ".run-draft-held", "run"]


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_stop_between_two_renames_loses_nothing(small_run, tmp_path, monkeypatch, after):
    """Where the system cannot exchange folders, the old one stands aside for a moment; Ctrl-C comes in it, or a kill."""
    monkeypatch.setattr(placing, "sys", SimpleNamespace(platform="other"))
    folder = write_run(small_run, tmp_path / "run", report="old")
    (folder / "thesis.txt").write_text("precious")
    rename, made = os.rename, []

    def stopped(source, target):
        rename(source, target)
        made.append(target)
        if len(made) == after:
            old = made[2] if after == 3 else made[0]
            (old / "late.txt").write_text("came in the meantime")
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(placing.os, "rename", stopped)
        with pytest.raises(KeyboardInterrupt):
            write_run(small_run, folder, force=True, report="new")
    assert folder.is_dir()
    write_run(small_run, folder, force=True, report="newer")
    assert (folder / "report.html").read_text() == "newer"
    assert (folder / "thesis.txt").read_text() == "precious"
    assert (folder / "late.txt").read_text() == "came in the meantime"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def killed(folder, at):
    """A folder as a run leaves it that is killed between its renames: nothing of its clearing up is run."""
    aside, draft = (folder.parent / f".{folder.name}-{what}-dead" for what in ("aside", "draft"))
    os.rename(folder, aside)
    if at == "second":
        os.rename(draft, folder)
    (aside / "late.txt").write_text("came in the meantime")


def test_a_folder_that_a_killed_run_put_aside_gets_its_name_back(small_run, tmp_path):
    folder = write_run(small_run, tmp_path / "run", report="old")
    killed(folder, "first")
    with pytest.raises(CaseError, match="holds an earlier run; name another folder or add --force"):
        placing.require_usable(folder, force=False)
    assert (folder / "report.html").read_text() == "old"
    assert (folder / "late.txt").read_text() == "came in the meantime"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_folder_that_was_replaced_before_the_kill_hands_on_what_is_not_ours(small_run, tmp_path):
    folder = write_run(small_run, tmp_path / "run", report="old", sheets={"gone.html": "old"})
    os.rename(write_run(small_run, tmp_path / "other", report="new"), tmp_path / ".run-draft-dead")
    killed(folder, "second")
    write_run(small_run, tmp_path / "second")
    assert (tmp_path / ".run-aside-dead").exists()  # another name is nobody's business
    placing.require_usable(folder, force=True)
    assert (folder / "report.html").read_text() == "new"
    assert (folder / "late.txt").read_text() == "came in the meantime"
    assert not (folder / "sheets").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["run", "second"]


def test_a_mount_point_is_told_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr(placing.os.path, "ismount", lambda path: path == tmp_path)
    with pytest.raises(CaseError, match="is a mount point, which cannot be exchanged; name a folder in it"):
        placing.require_usable(tmp_path, force=True)


def test_the_umask_is_heeded(small_run, tmp_path):
    before = os.umask(0o077)
    try:
        folder = write_run(small_run, tmp_path / "run", report="x", sheets={"a.html": "x"})
        write_text(tmp_path / "case.yaml", "x", force=False)
    finally:
        os.umask(before)
    for path in (folder, *folder.rglob("*"), tmp_path / "case.yaml"):
        assert path.stat().st_mode & 0o077 == 0, path


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("fills", ["write_bytes", "write_text"])
def test_a_full_disk_is_one_fault_and_nothing_is_left(small_run, tmp_path, monkeypatch, fills):
    with monkeypatch.context() as patched:
        patched.setattr(placing.Path, fills, full)
        with pytest.raises(CaseError, match=r"--out: .*run cannot be written: No space left on device"):
            write_run(small_run, tmp_path / "run")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_earlier_run(small_run, tmp_path, monkeypatch):
    folder = write_run(small_run, tmp_path / "run", report="old")
    with monkeypatch.context() as patched:
        patched.setattr(placing.Path, "write_bytes", full)
        with pytest.raises(CaseError, match="No space left"):
            write_run(small_run, folder, force=True, report="new")
    assert (folder / "report.html").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_device_is_never_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CaseError, match="is a device or a pipe"):
        write_text(tmp_path / "pipe", "x", force=True)
