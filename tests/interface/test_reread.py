"""A run is read again from its folder: nothing is simulated, endpoints agree to the precision of the file."""

import json
from pathlib import Path
from shutil import copytree

import h5py
import numpy as np
import pytest
import xarray as xr
import yaml
from typer.testing import CliRunner

from dermatwin.case import load_case
from dermatwin.cli import app
from dermatwin.core.errors import CaseError
from dermatwin.twin import recall, reread, simulate, write_run
from dermatwin.twin.seal import LENGTH, MARK

EXAMPLE = Path(__file__).parents[2] / "examples" / "dogra_2014.yaml"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    run = simulate(load_case(EXAMPLE), draws=12, seed=4)
    return run, write_run(run, tmp_path_factory.mktemp("runs") / "one")


@pytest.fixture
def own(written, tmp_path):
    """A copy of the same run's folder that may be damaged."""
    return Path(copytree(written[1], tmp_path / "own"))


def refuse(*_, **__):
    raise AssertionError("something was simulated")


@pytest.fixture
def nothing_simulated(monkeypatch):
    for stage, name in (("insertion", "insert"), ("barrier", "close"), ("delivery", "deliver"), ("healing", "heal")):
        monkeypatch.setattr(f"dermatwin.{stage}.{name}", refuse)


def test_a_run_read_again_is_the_same_run(written, nothing_simulated):
    run, _ = written
    again = reread(run)
    assert [end.name for end in again.endpoints] == [end.name for end in run.endpoints]
    assert all(
        np.array_equal(a.values, b.values, equal_nan=True) for a, b in zip(again.endpoints, run.endpoints, strict=True)
    )


def test_a_written_run_agrees_to_single_precision(written, nothing_simulated):
    run, folder = written
    again = recall(folder)
    assert again.notices == run.notices
    assert again.guards == run.guards
    assert again.provenance == run.provenance
    assert [(c.name, c.zone, c.session) for c in again.curves] == [(c.name, c.zone, c.session) for c in run.curves]
    assert len(again.endpoints) == len(run.endpoints)
    for a, b in zip(again.endpoints, run.endpoints, strict=True):
        assert (a.name, a.zone, a.time_days, a.unit, a.grade) == (b.name, b.zone, b.time_days, b.unit, b.grade)
        assert a.values == pytest.approx(b.values, rel=1e-4, abs=1e-4, nan_ok=True), a.name


def test_what_was_written_and_read_is_written_again_without_change(written, tmp_path):
    """Single precision once is single precision for good: the second file holds what the first held."""
    _, folder = written
    again = write_run(recall(folder), tmp_path / "again")
    with (
        xr.open_datatree(folder / "run.nc", engine="h5netcdf") as first,
        xr.open_datatree(again / "run.nc", engine="h5netcdf") as second,
    ):
        assert first.identical(second)


def test_other_beliefs_about_outcome_change_the_outcome_and_nothing_before(written, nothing_simulated):
    run, _ = written
    other = reread(run, run.evidence.believing(anaesthesia_strength=0.1))
    before, after = (one.find("in_situ_depth")[0].values for one in (run, other))
    assert np.array_equal(before, after)
    assert not np.array_equal(run.find("pain_vas")[0].values, other.find("pain_vas")[0].values)


@pytest.mark.slow
def test_the_verb_writes_a_run_that_can_be_read_again(written, tmp_path, nothing_simulated):
    _, folder = written
    result = CliRunner().invoke(app, ["reread", str(folder), "--out", str(tmp_path / "two"), "--json"])
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["endpoints"]) > 40
    assert (tmp_path / "two" / "report.html").is_file()
    assert recall(tmp_path / "two").find("pain_vas")


def test_a_folder_without_a_run_is_refused(own):
    (own / "run.nc").unlink()
    with pytest.raises(CaseError, match=r"holds no run\.nc; name the folder of a run"):
        recall(own)
    assert CliRunner().invoke(app, ["reread", str(own / "nowhere")]).exit_code == 1


def test_a_run_without_its_stages_has_to_be_simulated_again(own):
    """What earlier versions wrote: the tables for people alone."""
    with xr.open_dataset(own / "run.nc", engine="h5netcdf") as data:
        tables = data.load()
    tables.to_netcdf(own / "run.nc", engine="h5netcdf")
    with pytest.raises(CaseError, match="holds no stage results; simulate it again"):
        recall(own)


def text(path):
    path.write_bytes(b"not a run")


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def overwritten(path):
    """The compressed numbers of one variable are damaged, the rest of the file is sound."""
    with h5py.File(path, "r") as file:
        start = file["collagen_i"].id.get_chunk_info(0).byte_offset
    data = bytearray(path.read_bytes())
    data[start + 8 : start + 40] = bytes(32)
    path.write_bytes(bytes(data))


def without(name):
    def change(path):
        with h5py.File(path, "r+") as file:
            del file[name]

    return change


def of_others(path):
    """A tree of somebody else."""
    xr.DataTree.from_dict({"/": xr.Dataset(), "/skin": xr.Dataset({"tone": ("draw", [1.0])})}).to_netcdf(
        path, engine="h5netcdf"
    )


def fewer_people(path):
    with h5py.File(path, "r+") as file:
        file.attrs["draws"] = "11"


def a_zone_less(path):
    with h5py.File(path, "r+") as file:
        file["healing/stored"][0] = 0


def prose(path):
    with h5py.File(path, "r+") as file:
        file["skin/notices"][0] = "a remark that is no JSON"


@pytest.mark.parametrize(
    "damage",
    [
        text,
        cut,
        overwritten,
        of_others,
        fewer_people,
        a_zone_less,
        prose,
        without("healing/means"),
        without("skin/site"),
        without("collagen"),
    ],
    ids=lambda damage: damage.__qualname__.partition(".")[0],
)
def test_a_broken_file_is_one_clear_fault(own, damage):
    damage(own / "run.nc")
    with pytest.raises(CaseError, match=r"run\.nc: cannot be read as a run; simulate it again") as caught:
        recall(own)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("place", [0.0, 0.01, 0.2, 0.5, 0.9, 0.999, 1.0])
def test_no_byte_can_change_unnoticed(own, place):
    """Texts and references too, over which the library itself might never end."""
    data = bytearray((own / "run.nc").read_bytes())
    data[round(place * (len(data) - 1))] ^= 1
    (own / "run.nc").write_bytes(bytes(data))
    with pytest.raises(CaseError, match="bytes of it have changed since it was written"):
        recall(own)


def test_a_program_may_add_to_the_file(own):
    """The seal behind the end is not in the way, and whoever writes takes it off."""
    with h5py.File(own / "run.nc", "r+") as file:
        file.attrs["remark"] = "looked at"
    assert not (own / "run.nc").read_bytes()[-LENGTH:].startswith(MARK)
    assert recall(own).find("pain_vas")


def test_a_file_of_another_case_is_refused(own):
    path = own / "case.resolved.yaml"
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert case["course"]["sessions"]["count"] == 5
    case["course"]["sessions"]["count"] = 4
    path.write_text(yaml.safe_dump(case), encoding="utf-8")
    with pytest.raises(CaseError, match=r"holds the zones \(sessions\) .* \(5\), but case.resolved.yaml has .* \(4\)"):
        recall(own)
