"""`run.nc`: every number of the stages once, with its dims, its unit and what it says; compressed; written without waste."""

import ast
import inspect
import re
import tracemalloc
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest
import xarray as xr

from dermatwin import flows
from dermatwin.core.units import is_unit
from dermatwin.flows import COMPARTMENTS, LAYERS, READOUTS
from dermatwin.twin import recall, simulate, to_tree, write_run
from dermatwin.twin.columns import ORDER, forms
from dermatwin.twin.conventions import OF_ITS_ROW, declare, encoded
from dermatwin.twin.fields import TABLES
from dermatwin.twin.store import load, save
from dermatwin.twin.tree import shelve

LEAVE_THE_TWIN = {"Reading", "Curve"}  # what follows from the stages' results
TABLES_FOR_PEOPLE = {
    "collagen_i": ("draw", "zone", "layer", "time"),
    "status": ("draw", "zone", "layer"),
    "density": ("draw", "zone", "session"),
    "in_situ_depth": ("draw", "zone", "session", "needle"),
    "reach": ("draw", "zone", "session", "layer"),
    "tewl": ("draw", "zone", "session", "channel_time"),
    "closure_time": ("draw", "zone", "session", "readout"),
    "amount": ("exposure", "draw", "compartment", "delivery_index"),
    "delivery_time": ("exposure", "delivery_index"),
    "through_channels": ("exposure", "draw", "delivery_index"),
}
ZONES = [
    {"zone": "cheek", "name": "left", "area": "50 cm^2", "concerns": [{"concern": "acne_scar"}]},
    {"zone": "cheek", "name": "right", "area": "50 cm^2", "treated": False},
]


@pytest.fixture(scope="module")
def run(make_case):
    """A treated and an untreated zone; two products, one of which numbs; ten of fourteen people keep their stages."""
    course = {
        "device": "pen-12",
        "start": "2026-01-12",
        "sessions": {"count": 2, "interval": "4 weeks"},
        "settings": {"left": {"needle_length": "1.0 mm", "passes": 4, "hand_speed": "3 cm/s"}},
        "topicals": [
            {"product": "lidocaine 4 % cream", "dose": "2 mg/cm^2", "apply": "-40 min", "remove": "-5 min"},
            {"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min", "sessions": [2]},
        ],
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dermatwin.twin.blocks.FEWEST", 10)
        patch.setattr("dermatwin.twin.blocks.KEPT", 10)
        return simulate(make_case(zones=ZONES, course=course), draws=14, seed=5, split=True)


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    return write_run(run, tmp_path_factory.mktemp("runs") / "one")


@pytest.fixture
def tree(folder):
    with xr.open_datatree(folder / "run.nc", engine="h5netcdf") as found:
        yield found


def require_same(mine, theirs, where):
    """Equal to single precision where there is a draw axis, equal otherwise; the same types and shapes everywhere."""
    assert type(mine) is type(theirs), where
    if is_dataclass(mine):
        for one in fields(mine):
            require_same(getattr(mine, one.name), getattr(theirs, one.name), f"{where}.{one.name}")
    elif isinstance(mine, tuple):
        assert len(mine) == len(theirs), where
        for number, pair in enumerate(zip(mine, theirs, strict=True)):
            require_same(*pair, f"{where}[{number}]")
    elif isinstance(mine, np.ndarray):
        assert (mine.shape, mine.dtype) == (theirs.shape, theirs.dtype), where
        same = np.array_equal if where.rpartition(".")[2] in ("time", "sessions") else equal_in_single_precision
        assert same(mine, theirs), where
    else:
        assert mine == theirs, where


def equal_in_single_precision(mine, theirs):
    return np.array_equal(mine.astype(np.float32), theirs.astype(np.float32), equal_nan=True)


def test_every_record_comes_back(run, folder):
    wanted, found = shelve(run), load(folder / "run.nc").shelves
    assert {group: list(rows) for group, rows in wanted.items()} == {group: list(rows) for group, rows in found.items()}
    assert min(len(rows) for rows in wanted.values()) > 0, "a table of the file is not tried"
    for group, rows in wanted.items():
        for place, record in rows.items():
            require_same(record, found[group][place], f"{group}{place}")


def test_what_is_missing_in_some_records_is_missing_again(run, tmp_path):
    zone = run.zones[0]
    plain = replace(zone.punctures[0], pattern=None, bleeding_endpoint=None)
    odd = replace(run, zones=(replace(zone, punctures=(plain, *zone.punctures[1:])), *run.zones[1:]), reference=None)
    save(odd, tmp_path / "run.nc")
    found = load(tmp_path / "run.nc").shelves
    assert found["reference"] == {}
    assert (found["punctures"][0, 0].pattern, found["punctures"][0, 0].bleeding_endpoint) == (None, None)
    require_same(zone.punctures[1], found["punctures"][0, 1], "punctures")


def test_a_run_without_needles_and_products_comes_back(make_case, tmp_path):
    course = {"device": "pen-12", "start": "2026-01-12", "sessions": {"count": 2, "interval": "4 weeks"}, "settings": {}}
    run = simulate(make_case(zones=[ZONES[1]], course=course), draws=3, seed=5)
    folder = write_run(run, tmp_path / "run")
    assert [end.name for end in recall(folder).endpoints] == [end.name for end in run.endpoints]
    found = load(folder / "run.nc").shelves
    assert not any(found[group] for group in ("punctures", "channels", "exposures", "numbness", "guards"))
    require_same(run.zones[0].history, found["healing"][0,], "healing")


def test_the_top_group_holds_the_tables_for_people(run, folder):
    with xr.open_dataset(folder / "run.nc", engine="h5netcdf") as data:
        assert {name: data[name].dims for name in TABLES_FOR_PEOPLE} == TABLES_FOR_PEOPLE
        assert data.sizes["draw"] == 10
        assert list(data.zone.values) == ["left", "right"]
        assert (tuple(data.layer.values), tuple(data.readout.values)) == (LAYERS, READOUTS)
        assert tuple(data.compartment.values) == COMPARTMENTS
        depth = data.in_situ_depth.sel(zone="left", session=2)
        np.testing.assert_allclose(depth, run.zones[0].punctures[1].in_situ_depth, rtol=1e-6)
        assert np.isnan(data.in_situ_depth.sel(zone="right")).all()
        history = run.zone("right").history
        assert set(history.states) <= set(data.data_vars)
        np.testing.assert_allclose(data.vessels.sel(zone="right"), history.state("vessels"), rtol=1e-6)
        assert [label.split("/")[:2] for label in data.exposure.values] == [["left", "1"], ["left", "2"], ["left", "2"]]


def test_the_stages_are_found_by_the_same_labels(run, tree):
    means = tree["healing/means"].sel(zone="left", state="collagen", layer="papillary_dermis")
    np.testing.assert_allclose(means, run.zone("left").history.mean("collagen")[:, 1], rtol=1e-6)
    assert float(tree["channels/density"].sel(zone="left", session=1)[0]) == pytest.approx(
        run.zone("left").channels[0].density[0], rel=1e-6
    )


def test_the_file_is_what_xarray_would_write(run, folder, tmp_path):
    tree = to_tree(run)
    declare(tree)
    nodes = {node.path: node.to_dataset(inherit=False).variables for node in tree.subtree}
    encoding = {path: {name: encoded(name, one) for name, one in found.items()} for path, found in nodes.items()}
    tree.to_netcdf(tmp_path / "other.nc", engine="h5netcdf", encoding=encoding)
    paths = folder / "run.nc", tmp_path / "other.nc"
    with xr.open_datatree(paths[0], engine="h5netcdf") as mine, xr.open_datatree(paths[1], engine="h5netcdf") as theirs:
        assert mine.identical(theirs)
        for node in theirs.subtree:
            for name, one in node.to_dataset(inherit=False).variables.items():
                assert mine[node.path].to_dataset(inherit=False).variables[name].dtype == one.dtype, name


def test_every_variable_says_its_unit_and_what_it_is(tree):
    apart = {(f"/{group}", name): where for group, names, where in OF_ITS_ROW for name in names}
    for node in tree.subtree:
        for name, variable in node.to_dataset(inherit=False).variables.items():
            if (node.path, name) in apart:  # a unit for each row
                assert variable.attrs["comment"] == apart[node.path, name]
                assert "units" not in variable.attrs
            else:
                assert is_unit(variable.attrs["units"]), (node.path, name)
            assert variable.attrs["long_name"], (node.path, name)


def test_every_number_stands_once(run, tree):
    """What has its home on top has none below."""
    below = {node.path[1:]: set(node.to_dataset(inherit=False).variables) for node in tree.subtree}
    top, states = below.pop(""), set(run.zones[0].history.states)
    for group, table in TABLES.items():
        told, elsewhere = forms(table.kind), {*table.rows, *tree[group].attrs["absent"].split()}
        kept = {
            key: field.name
            for key, field in table.fields.items()
            if key not in elsewhere and not is_dataclass(told[key].base)
        }
        assert below[group] == {"stored", *(name for key, name in kept.items() if key not in table.top)}
        top -= {name for key, name in kept.items() if key in table.top}
    axes = {
        "zone",
        "draw",
        "layer",
        "session",
        "needle",
        "readout",
        "compartment",
        "nerve_depth",
        "exposure",
        "grade",
        "spread",
    }
    assert top == states | axes


def test_it_is_compressed_in_blocks_of_whole_people(run, folder):
    plain = sum(one.nbytes for node in to_tree(run).subtree for one in node.to_dataset(inherit=False).variables.values())
    assert (folder / "run.nc").stat().st_size < 0.6 * plain


def test_writing_needs_no_more_than_the_arrays_once_again(run, tmp_path):
    """Of a run in double precision: its copy for the file takes half of that, and one variable at a time is turned."""
    many = sum(
        8 * getattr(record, one.name).size
        for rows in shelve(run).values()
        for record in rows.values()
        for one in fields(record)
        if isinstance(getattr(record, one.name), np.ndarray)
    )
    save(run, tmp_path / "first.nc")  # what is imported does not count
    tracemalloc.start()
    try:
        save(run, tmp_path / "run.nc")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < many


def test_records_that_do_not_fit_are_not_padded_in_silence(run):
    left, right = run.zones
    late = replace(right, history=replace(right.history, time=right.history.time + 1.0))
    with pytest.raises(ValueError, match="differ in their time"):
        to_tree(replace(run, zones=(left, late)))
    first = left.punctures[0]
    fewer = replace(first, force=first.force[:, :3])
    with pytest.raises(ValueError, match="differ in their number of needle"):
        to_tree(replace(run, zones=(replace(left, punctures=(fewer, *left.punctures[1:])), right)))


def kinds_of_flows():
    return [kind for kind in vars(flows).values() if is_dataclass(kind) and kind.__module__ == flows.__name__]


def test_every_record_of_the_stages_has_a_table():
    stored = {table.kind for table in TABLES.values()}
    assert {kind.__name__ for kind in kinds_of_flows() if kind not in stored} == LEAVE_THE_TWIN


@pytest.mark.parametrize("group", TABLES)
def test_every_field_of_a_record_has_its_labels(group):
    table = TABLES[group]
    assert list(table.fields) == [one.name for one in fields(table.kind)]
    assert table.top <= set(table.fields)
    for key, field in table.fields.items():
        assert field.title
        assert field.name
        assert is_unit(field.unit), key
        assert set(field.axes) <= set(ORDER)
        assert bool(field.axes) == (forms(table.kind)[key].base is np.ndarray or key == "states"), key


def comments(kind):
    """Field -> (axes, unit) as the comment of an array says them: `# (draw, needle) mm, what it is`."""
    source = inspect.getsource(kind)
    lines = source.splitlines()
    for node in ast.parse(source).body[0].body:
        if isinstance(node, ast.AnnAssign):
            said = re.search(r"# \(([\w, ]+?),?\) ([\w/]*)", lines[node.lineno - 1])
            if said:
                yield node.target.id, said[1].split(", "), said[2]


NOT_COMMENTED = ("punctures/pattern", "reference", "guards", "everybody")


@pytest.mark.parametrize("group", [group for group in TABLES if group not in NOT_COMMENTED])
def test_labels_are_those_of_the_records_own_comments(group):
    """`channel_time` of the file is the `time` of a record, and so on; units without the sign of power."""
    table, seen = TABLES[group], 0
    for key, axes, unit in comments(table.kind):
        field = table.fields[key]
        named = [axis if axis in axes else "time" for axis in field.axes]
        assert named == axes, key
        if field.unit != "1":
            assert unit == field.unit.replace("^", ""), key
        seen += 1
    assert seen >= 2
