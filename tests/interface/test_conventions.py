"""`run.nc` in the words of the CF conventions: every variable of a file, and units by UDUNITS itself (cf-units)."""

from __future__ import annotations

import cf_units
import h5py
import numpy as np
import pytest
import xarray as xr

from builders import case_of, course_of
from dermatwin.core.units import factor
from dermatwin.twin import simulate, write_run
from dermatwin.twin.conventions import OF_ITS_ROW

LIDOCAINE = {"product": "lidocaine 4 % cream", "dose": "20 mg/cm^2", "apply": "-45 min", "remove": "-5 min"}
PARTS = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    case = case_of(course=course_of("cheek", topicals=[LIDOCAINE]))
    return write_run(simulate(case, draws=20, seed=7), tmp_path_factory.mktemp("conventions") / "run")


@pytest.fixture(scope="module")
def tree(folder):
    with xr.open_datatree(folder / "run.nc", decode_cf=False) as tree:
        yield tree.load()


def variables(tree):
    for node in tree.subtree:
        for name, variable in node.to_dataset(inherit=False).variables.items():
            yield node.path, name, variable


def test_the_file_names_its_conventions_and_where_it_is_from(tree):
    assert tree.attrs["Conventions"] == "CF-1.11"
    for name in ("title", "institution", "source", "history", "references", "comment"):
        assert isinstance(tree.attrs[name], str), name
    assert tree.attrs["source"].startswith("model: dermatwin ")


def test_every_variable_says_what_it_is_and_in_which_unit(tree):
    apart = {(f"/{group}", name): where for group, names, where in OF_ITS_ROW for name in names}
    found = list(variables(tree))
    assert len(found) > 120
    for path, name, variable in found:
        assert variable.attrs["long_name"], (path, name)
        if (path, name) in apart:
            assert "units" not in variable.attrs
            assert variable.attrs["comment"] == apart[path, name]
        else:
            cf_units.Unit(variable.attrs["units"])  # raises where UDUNITS cannot read it


def test_a_unit_means_to_udunits_what_it_means_here(tree):
    units = {one.attrs["units"] for _, _, one in variables(tree) if "units" in one.attrs}
    assert {"g/m^2/h", "min/cm^2", "ug/cm^3", "1/cm^2", "mm", "d", "h"} <= units
    for unit, other in (
        ("g/m^2/h", "kg/m^2/s"),
        ("min/cm^2", "s/m^2"),
        ("ug/cm^2", "kg/m^2"),
        ("ug/cm^3", "kg/m^3"),
        ("1/cm^2", "1/m^2"),
        ("mm", "m"),
        ("d", "s"),
        ("h", "s"),
        ("MPa", "Pa"),
    ):
        assert cf_units.Unit(unit).convert(1.0, cf_units.Unit(other)) == pytest.approx(factor(unit, other))


def test_no_coordinate_has_a_fill_value_nor_a_gap(tree):
    coordinates = [(path, name, one) for path, name, one in variables(tree) if one.dims == (name,)]
    assert {"draw", "zone", "time", "channel_time", "nerve_depth"} <= {name for _, name, _ in coordinates}
    for path, name, variable in coordinates:
        assert not {"_FillValue", "missing_value"} & set(variable.attrs), (path, name)
        if variable.dtype.kind == "f":
            assert np.isfinite(variable.values).all(), (path, name)
            assert (np.diff(variable.values) > 0.0).all(), (path, name)


def test_whole_numbers_are_those_that_every_reader_has(tree, folder):
    kinds = set()
    with h5py.File(folder / "run.nc") as file:
        file.visititems(
            lambda _, one: kinds.add(one.dtype.str) if isinstance(one, h5py.Dataset) and one.dtype.kind in "iub" else None
        )
    assert kinds == {"<i4", "|i1"}
    assert tree["draw"].dtype == np.int32
    assert tree["draw"].attrs["long_name"] == "possible person"
    assert tree["nerve_depth"].attrs["units"] == "mm"


def test_names_are_those_that_the_conventions_allow(tree, folder):
    for path, name, _ in variables(tree):
        assert name[0].isalpha(), (path, name)
        assert name.replace("_", "").isalnum(), (path, name)
    with h5py.File(folder / "run.nc") as file:
        for name in set(file.attrs) - PARTS:
            assert name[0].isalpha(), name
