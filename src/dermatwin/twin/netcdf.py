"""A tree of labelled arrays as the bytes of a netCDF-4 file.

netCDF-4 is HDF5 with conventions: a dim is a dimension scale, a variable has its scales attached, an axis without labels is
a scale that says so, numbers that are missing are NaN. xarray writes the same through h5netcdf, which looks every dim of
every variable up anew: three quarters of the time for a file of many small variables. What is written here is read by xarray
as what it writes itself (tests/interface/test_stored_run.py), and by netCDF-C 4.10.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

WITHOUT_LABELS = "This is a netCDF dimension but not a netCDF variable. %9d"

Encode = Callable[[Hashable, "xr.Variable"], Mapping[str, Any]]
"""How a variable is laid down, in words of h5py; `_FillValue` None: it has no gaps."""


def written(tree: xr.DataTree, encode: Encode) -> BytesIO:
    """The file."""
    library: Any = import_module("h5py")
    content = BytesIO()
    with library.File(content, "w", track_order=True) as file:
        file.attrs["_NCProperties"] = f"version=2,h5py={library.__version__},hdf5={library.version.hdf5_version}"
        scales: dict[str, Any] = {}
        for node in tree.subtree:
            here = file if node.path == "/" else file.create_group(node.path, track_order=True)
            here.attrs.update(node.attrs)
            dataset = node.to_dataset(inherit=False)
            own = {name: one for name, one in dataset.variables.items() if one.dims == (name,)}
            for name, one in own.items():
                scales[str(name)] = _scale(_laid(here, str(name), one, encode), str(name), len(scales))
            for name, size in dataset.sizes.items():
                if name not in scales:
                    empty = here.create_dataset(str(name), (size,), np.float32)
                    scales[str(name)] = _scale(empty, WITHOUT_LABELS % size, len(scales))
            for name, one in dataset.variables.items():
                if name not in own:
                    laid = _laid(here, str(name), one, encode)
                    for axis, dim in enumerate(one.dims):
                        laid.dims[axis].attach_scale(scales[str(dim)])
    return content


def _scale(dataset: Any, name: str, number: int) -> Any:
    dataset.make_scale(name)
    dataset.attrs["_Netcdf4Dimid"] = np.int32(number)
    return dataset


def _laid(group: Any, name: str, variable: xr.Variable, encode: Encode) -> Any:
    """One variable with what it says; truth as small integers that say so, as xarray has it."""
    library: Any = import_module("h5py")
    values, said = variable.to_numpy(), dict(variable.attrs)
    how = dict(encode(name, variable))
    if values.dtype.kind in "OUS":
        values, how["dtype"] = values.astype(object), library.string_dtype()
    elif values.dtype.kind == "b":
        values, said["dtype"] = values.astype(np.int8), "bool"
    elif values.dtype.kind == "f" and how.pop("_FillValue", ...) is not None:
        said["_FillValue"] = how["fillvalue"] = values.dtype.type(np.nan)
    laid = group.create_dataset(name, data=values, **how)
    laid.attrs.update(said)
    return laid
