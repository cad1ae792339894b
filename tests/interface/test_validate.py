"""The scoring command: any folder of the known files, unseen studies and odd cells included."""

import csv
import json
import subprocess
import sys

import pytest

from dermatwin.core import CaseError, EvidenceError
from dermatwin.evidence import MEASUREMENTS, Evidence
from dermatwin.validation import validate
from dermatwin.validation.rows import REQUIRED, measured
from dermatwin.validation.validate import scored

KEYS = {
    "rows",
    "scored",
    "coverage_90",
    "median_abs_log10_error",
    "median_factor",
    "mean_abs_error",
    "sign_accuracy",
    "baseline",
    "quantities",
    "not_predicted",
    "predictions",
}
ODD = (
    "",
    "nan",
    "-1",
    "1e300",
    "x",
    "0",
    "III-V",
    "rat, ex vivo",
    "roller",
    "manual; 3 m/s",
    "upper_bound;residual",
    "TEWL",
    "acne_scar",
    "needling",
    "pih",
    "depth",
    "closure_time",
    "enhancement_ratio",
    "human",
    "épaule 'quoted'",
)


@pytest.fixture(scope="module")
def scores():
    return validate(draws=30)


def test_every_row_is_predicted_or_listed(scores):
    assert set(scores["files"]) == set(REQUIRED)
    for name, found in scores["files"].items():
        assert set(found) >= KEYS
        assert (
            found["rows"]
            == found["scored"] + len(found["not_predicted"])
            == len(found["predictions"]) + len(found["not_predicted"])
        ), name
        assert found["scored"] > 0, name
        assert found["failed"] == 0, [r for r in found["not_predicted"] if r["reason"].startswith("failed")]
        assert all(entry["reason"] for entry in found["not_predicted"])


def test_quantities_share_out_the_scored_rows(scores):
    for name, found in scores["files"].items():
        assert sum(entry["scored"] for entry in found["quantities"].values()) == found["scored"], name
        assert set(found["quantities"]) == {entry["quantity"] for entry in found["predictions"]}, name
        few = [entry for entry in found["quantities"].values() if entry["studies"] < 3]
        assert all(entry["better_than_baseline"] is None for entry in few), name


def test_the_scores_are_plain_json(scores):
    text = json.dumps(scores, allow_nan=False)
    assert json.loads(text) == scores


def test_same_seed_same_scores(tmp_path):
    (tmp_path / "closure.csv").write_bytes((MEASUREMENTS / "closure.csv").read_bytes())
    assert validate(tmp_path, draws=30, seed=5) == validate(tmp_path, draws=30, seed=5)
    assert validate(tmp_path, draws=30, seed=5) != validate(tmp_path, draws=30, seed=6)


def test_scores_are_written_whole(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "insertion.csv").write_bytes((MEASUREMENTS / "insertion.csv").read_bytes())
    found = validate(tmp_path / "in", tmp_path / "out", draws=30)
    assert json.loads((tmp_path / "out" / "scores.json").read_text()) == found
    validate(tmp_path / "in", tmp_path / "out", draws=30)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(CaseError, match="not an earlier run"):
        validate(tmp_path / "in", tmp_path / "mine", draws=30)


def test_a_page_is_written_with_the_scores_or_nothing_is(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "closure.csv").write_bytes((MEASUREMENTS / "closure.csv").read_bytes())
    validate(
        tmp_path / "in", tmp_path / "out", draws=20, page=lambda found, _: f"{found['files']['closure.csv']['rows']} rows"
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "contents.json",
        "qualification.html",
        "scores.json",
    ]
    assert (tmp_path / "out" / "qualification.html").read_text() == "22 rows"

    def broken(scores, evidence):
        raise ZeroDivisionError("planted")

    with pytest.raises(ZeroDivisionError):
        validate(tmp_path / "in", tmp_path / "other", draws=20, page=broken)
    assert not (tmp_path / "other").exists()


def header(name):
    with (MEASUREMENTS / name).open(newline="", encoding="utf-8") as stream:
        return next(csv.reader(stream))


@pytest.mark.parametrize("name", REQUIRED)
def test_odd_cells_of_unseen_studies_never_break_it(name, tmp_path):
    with (MEASUREMENTS / name).open(newline="", encoding="utf-8") as stream:
        model = next(iter(csv.DictReader(stream)))
    columns = header(name)
    with (tmp_path / name).open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, columns)
        table.writeheader()
        for number, column in enumerate(columns):
            for odd in ODD[number % 3 :: 3]:
                table.writerow({**model, "source": "unseen2099", column: odd})
    found = validate(tmp_path, draws=20)["files"][name]
    assert found["rows"] == found["scored"] + len(found["not_predicted"])
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"source,skin\na,b\n", "lacks the columns"), (b"", "lacks the columns"), (b"\xff\xfe\x00\x01", "cannot be read")],
)
def test_a_file_that_cannot_be_read_is_named(content, says, tmp_path):
    (tmp_path / "closure.csv").write_bytes(content)
    with pytest.raises(CaseError, match=says):
        validate(tmp_path, draws=20)


def test_a_row_of_another_length_is_named(tmp_path):
    lines = (MEASUREMENTS / "closure.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "closure.csv").write_text("\n".join([lines[0], lines[1] + ",extra,cells"]) + "\n", encoding="utf-8")
    with pytest.raises(CaseError, match=r"closure\.csv:2"):
        validate(tmp_path, draws=20)


def test_folders_without_measurements_are_refused(tmp_path):
    with pytest.raises(CaseError, match="is not a folder"):
        validate(tmp_path / "missing", draws=20)
    with pytest.raises(CaseError, match="holds none of"):
        validate(tmp_path, draws=20)


DEVICES = MEASUREMENTS.parent / "devices.csv"


def test_a_folder_with_measurements_at_its_top_is_one_of_measurements(tmp_path):
    """Other tables beside them are named and left aside, whatever they hold: nothing is laid over the evidence."""
    (tmp_path / "insertion.csv").write_bytes((MEASUREMENTS / "insertion.csv").read_bytes())
    (tmp_path / "devices.csv").write_text("nonsense\n", encoding="utf-8")
    (tmp_path / "trials.csv").write_text("nonsense\n", encoding="utf-8")
    found = validate(tmp_path, draws=20)
    assert set(found["files"]) == {"insertion.csv"}
    assert set(found["left_aside"]) == {"devices.csv", "trials.csv"}
    assert "overlay" not in found["provenance"]


def test_a_folder_with_a_room_for_measurements_is_one_of_evidence(tmp_path):
    """Its own measurements are scored, those at its top are no evidence, and its rows pass the gate or are told."""
    (tmp_path / "measurements").mkdir()
    text = (MEASUREMENTS / "closure.csv").read_text(encoding="utf-8")
    (tmp_path / "measurements" / "closure.csv").write_text(text, encoding="utf-8")
    found = validate(tmp_path, draws=20)
    assert {name: file["rows"] for name, file in found["files"].items()} == {"closure.csv": len(text.splitlines()) - 1}
    assert found["provenance"]["overlay"][0]["rows"] == {"measurements/closure": len(text.splitlines()) - 1}
    (tmp_path / "measurements" / "closure.csv").write_text(text.replace(",dye,", ",dey,", 1), encoding="utf-8")
    with pytest.raises(EvidenceError, match="dey is not one of TEWL, dye"):
        validate(tmp_path, draws=20)


def test_a_folder_of_other_tables_is_laid_over_what_the_packaged_measurements_are_held_against(tmp_path):
    (tmp_path / "devices.csv").write_bytes(DEVICES.read_bytes())
    evidence, tables, aside = scored(tmp_path)
    assert evidence.overlays[0].rows == {"devices": len(DEVICES.read_text(encoding="utf-8").splitlines()) - 1}
    assert (tables, aside) == (measured(Evidence.packaged(), unfitted=True), {})


def test_the_command_prints_only_json(tmp_path):
    (tmp_path / "closure.csv").write_bytes((MEASUREMENTS / "closure.csv").read_bytes())
    command = [sys.executable, "-m", "dermatwin", "validate", "--evidence", str(tmp_path), "--json", "--draws", "20"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"]["closure.csv"]["scored"] > 0
