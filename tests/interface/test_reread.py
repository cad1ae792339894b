"""A run is read again from its folder: nothing is simulated, endpoints agree to the precision of the file."""

import json
from pathlib import Path
from shutil import copytree
from warnings import catch_warnings, simplefilter

import h5py
import numpy as np
import pytest
import xarray as xr
import yaml
from typer.testing import CliRunner

from dermatwin.case import load_case
from dermatwin.cli import app
from dermatwin.core.errors import CaseError
from dermatwin.twin import recall, reread, simulate, summarise, write_run
from dermatwin.twin.contents import listing
from dermatwin.twin.seal import LENGTH, MARK
from dermatwin.twin.store import load
from dermatwin.twin.summary import to_json

EXAMPLE = Path(__file__).parents[2] / "examples" / "dogra_2014.yaml"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    run = simulate(load_case(EXAMPLE), draws=12, seed=4)
    return run, write_run(run, tmp_path_factory.mktemp("runs") / "one")


@pytest.fixture
def own(written, tmp_path):
    """A copy of the same run's folder that may be damaged."""
    return Path(copytree(written[1], tmp_path / "own"))


def listed_anew(folder):
    """As if somebody had made the folder up: its list says what is there."""
    (folder / "contents.json").unlink()
    (folder / "contents.json").write_text(listing(folder))


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
    for a, b in zip(again.endpoints, run.endpoints, strict=True):
        assert a.values == pytest.approx(b.values, rel=1e-4, abs=1e-4, nan_ok=True), a.name
    once, twice = to_json(summarise(again)), to_json(summarise(reread(again)))
    assert once == twice


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
    listed_anew(own)
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
    with pytest.raises(CaseError, match=r"run\.nc: has changed since the run was written; simulate the case again"):
        recall(own)
    listed_anew(own)
    with pytest.raises(CaseError, match=r"run\.nc: cannot be read as a run; simulate it again") as caught:
        recall(own)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("place", [0.0, 0.01, 0.2, 0.5, 0.9, 0.999, 1.0])
def test_no_byte_can_change_unnoticed(own, place):
    """Texts and references too, over which the library itself might never end."""
    data = bytearray((own / "run.nc").read_bytes())
    data[round(place * (len(data) - 1))] ^= 1
    (own / "run.nc").write_bytes(bytes(data))
    with pytest.raises(CaseError, match="has changed since the run was written"):
        recall(own)
    with pytest.raises(CaseError, match="bytes of it have changed since it was written"):  # by itself, without its folder
        load(own / "run.nc")


def test_a_program_may_add_to_a_file_but_not_to_a_run(own):
    """The seal behind the end is not in the way, and whoever writes takes it off; the list of the run still tells it."""
    with h5py.File(own / "run.nc", "r+") as file:
        file.attrs["remark"] = "looked at"
    assert not (own / "run.nc").read_bytes()[-LENGTH:].startswith(MARK)
    assert load(own / "run.nc").zones
    with pytest.raises(CaseError, match="has changed since the run was written"):
        recall(own)


def test_a_file_of_another_case_is_refused(own):
    path = own / "case.resolved.yaml"
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert case["course"]["sessions"]["count"] == 5
    case["course"]["sessions"]["count"] = 4
    path.write_text(yaml.safe_dump(case), encoding="utf-8")
    with pytest.raises(CaseError, match=r"case\.resolved\.yaml: has changed since the run was written"):
        recall(own)
    listed_anew(own)
    with pytest.raises(CaseError, match=r"holds the zones \(sessions\) .* \(5\), but case.resolved.yaml has .* \(4\)"):
        recall(own)


def linked_outside(path):
    with h5py.File(path, "r+") as file:
        del file["collagen"]
        file["collagen"] = h5py.ExternalLink("/etc/hostname", "/")


def linked_inside(path):
    with h5py.File(path, "r+") as file:
        file["again"] = h5py.SoftLink("/collagen")


def numbers_elsewhere(path):
    with h5py.File(path, "r+") as file:
        file.create_dataset("raw", (8,), "u1", external=[("/etc/hostname", 0, 8)])


def virtual(path):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", (4,))
    with h5py.File(path, "r+") as file:
        file.create_virtual_dataset("virtual", layout)


def boundless(path):
    with h5py.File(path, "r+") as file:
        file.create_dataset("many", (10**12,), "f8", chunks=(10**6,))


def nested(path):
    with h5py.File(path, "r+") as file:
        file.create_group("/".join("abcdefghijkl"))


def without_axes(path):
    """A variable as a program writes it that knows nothing of netCDF: its reader warns."""
    with h5py.File(path, "r+") as file:
        del file["collagen"]
        file["collagen"] = np.zeros((3, 3))


def other_layers(path):
    with h5py.File(path, "r+") as file:
        file["layer"][0] = "moon"


def without_attribute(path):
    with h5py.File(path, "r+") as file:
        del file.attrs["seed"]


def a_huge_seed(path):
    with h5py.File(path, "r+") as file:
        file.attrs["seed"] = "9" * 5000


@pytest.mark.parametrize(
    "make_up",
    [
        linked_outside,
        linked_inside,
        numbers_elsewhere,
        virtual,
        boundless,
        nested,
        other_layers,
        without_attribute,
        a_huge_seed,
    ],
)
def test_a_made_up_file_is_refused_before_it_is_read(own, make_up):
    make_up(own / "run.nc")
    listed_anew(own)
    with pytest.raises(CaseError, match=r"run\.nc: cannot be read as a run; simulate it again") as caught:
        recall(own)
    assert len(str(caught.value).splitlines()) == 1


def test_what_readers_only_warn_of_is_refused(own):
    without_axes(own / "run.nc")
    listed_anew(own)
    with catch_warnings():
        simplefilter("ignore")  # as nobody looks at them who runs the program
        with pytest.raises(CaseError, match=r"run\.nc: cannot be read as a run"):
            recall(own)


def edited(own):
    path = own / "case.resolved.yaml"
    path.write_text(path.read_text().replace("phototype: IV", "phototype: I") + "\n")


def linked(name):
    def change(own):
        (own / "elsewhere").write_bytes((own / name).read_bytes())
        (own / name).unlink()
        (own / name).symlink_to(own / "elsewhere")

    return change


def unlisted(own):
    (own / "contents.json").unlink()


def listed_as_text(own):
    (own / "contents.json").write_text("files")


def planted(own):
    (own / "evidence" / "house").mkdir(parents=True)
    (own / "evidence" / "house" / "sources.csv").write_text("source\n")


def linked_case_gone(own):
    (own / "case.resolved.yaml").unlink()


@pytest.mark.parametrize(
    "change",
    [edited, linked("run.nc"), linked("case.resolved.yaml"), unlisted, listed_as_text, planted, linked_case_gone],
    ids=["edited", "linked run", "linked case", "unlisted", "listed as text", "planted", "no case"],
)
def test_nothing_but_what_was_written_is_read(own, change):
    change(own)
    result = CliRunner().invoke(app, ["reread", str(own)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    with pytest.raises(CaseError) as caught:
        recall(own)
    assert len(str(caught.value).splitlines()) == 1
