"""What `run.nc` says of itself in the words of the CF conventions, for programs that know nothing of dermatwin.

Dimensions of labels are coordinate variables without a fill value, counts are 32-bit whole numbers, units are such as
UDUNITS reads. What holds in words alone: a time counts from a session and not from a date, so that its unit is a length of
time and it has no calendar. Held over every variable of a file by `tests/interface/test_conventions.py`.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import xarray as xr

CONVENTIONS = "CF-1.11"
OF_ITS_ROW = (
    ("guards", ("applied", "limit"), "unit: in_unit of the same row"),
    ("everybody", ("values",), "unit: that of the endpoint of the same row in summary.json"),
)
"""Amounts in units that differ by row."""


def declare(tree: xr.DataTree) -> None:
    """Put into a tree what the conventions ask of a whole file, and take away units that would be false."""
    program, version = (str(tree.attrs[name]) for name in ("program", "version"))
    tree.attrs |= {
        "Conventions": CONVENTIONS,
        "institution": "not stated",
        "source": f"model: {program} {version}, a simulated course of microneedling",
        "history": f"made by {program} {version}",
        "references": "sources of every number: the evidence of the program (dermatwin explain)",
        "comment": "A draw is a possible person. Times count from a session. What a zone does not have is missing.",
    }
    for group, names, where in OF_ITS_ROW:
        held = tree[group].data_vars if f"/{group}" in tree.groups else ()
        for name in (one for one in names if one in held):  # what no record has is no variable
            attributes = tree[group][name].attrs
            del attributes["units"]
            attributes["comment"] = where


def encoded(name: Hashable, variable: xr.Variable) -> dict[str, Any]:
    """How the conventions want a variable laid down: no gaps in a coordinate, whole numbers that every reader has."""
    kind: str = variable.to_numpy().dtype.kind
    if kind == "f" and variable.dims == (name,):
        return {"_FillValue": None}
    return {"dtype": "int32"} if kind == "i" else {}
