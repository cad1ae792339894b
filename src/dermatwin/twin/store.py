"""`run.nc`: a run on disk, a netCDF-4 file of labelled arrays (`to_tree`) from which it can be read again.

Compressed without loss: bytes of equal weight are put side by side, in blocks that hold whole people. A seal tells damage.
What is in the case is not repeated: the case stands beside the file, devices come from the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from io import SEEK_END, BytesIO
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.chance import Luck
from ..core.errors import CaseError, DermatwinError, Fault
from ..flows import COMPARTMENTS, LAYERS, NERVE_DEPTHS, READOUTS
from .columns import Place, forms
from .conventions import declare, encoded
from .fields import TABLES
from .plain import require_plain
from .rows import records
from .run import Run
from .seal import is_broken, seal_of
from .tree import to_tree

if TYPE_CHECKING:
    import xarray as xr

ARRAYS = "run.nc"
ENGINE = "h5netcdf"
BLOCK = 2**20  # numbers in a block, about: 4 MB
LEVEL = 4


def save(run: Run, path: Path) -> None:
    """Write a run."""
    path.write_bytes(packed(run))


def packed(run: Run) -> memoryview:
    """A run as the bytes of a file, seal included: made in memory, where no disk can be full."""
    tree = to_tree(run)
    declare(tree)
    encoding = {
        node.path: {
            name: _packed(one) | encoded(name, one) for name, one in node.to_dataset(inherit=False).variables.items()
        }
        for node in tree.subtree
    }
    written = BytesIO()
    tree.to_netcdf(written, engine=ENGINE, encoding=encoding)  # pyright: ignore[reportUnknownMemberType]
    with written.getbuffer() as content:
        end = seal_of(content)
    written.seek(0, SEEK_END)
    written.write(end)
    return written.getbuffer()


def _packed(variable: xr.Variable) -> dict[str, Any]:
    """How a variable is laid down."""
    kind: str = variable.to_numpy().dtype.kind
    if kind not in "fib" or not variable.dims:
        return {}
    block = {dim: 1 if dim in ("state", "exposure") else size for dim, size in variable.sizes.items()}
    if "draw" in block:
        person = prod(size for dim, size in block.items() if dim != "draw")
        block["draw"] = min(block["draw"], max(1, BLOCK // person))
    return {"zlib": True, "complevel": LEVEL, "shuffle": True, "chunksizes": tuple(block.values())}


@dataclass(frozen=True)
class Stored:
    """What a file holds: its draws' luck, folders laid over the evidence, zones in order, records by group and place."""

    luck: Luck
    overlays: tuple[str, ...]
    believed: str  # mark of the evidence that the run was made with
    zones: tuple[str, ...]
    shelves: Mapping[str, Mapping[Place, Any]]


def load(path: Path) -> Stored:
    """Read what `save` wrote. Raises CaseError for a file that is damaged, not one of ours, or without stage results."""
    import h5py  # pyright: ignore[reportMissingTypeStubs]
    import xarray as xr

    try:
        if is_broken(path):
            raise ValueError("bytes of it have changed since it was written")
        with h5py.File(path, "r") as file:  # what this refuses would leave a half-open file behind in h5netcdf
            require_plain(file, path.stat().st_size)
        with xr.open_datatree(path, engine=ENGINE) as tree:  # pyright: ignore[reportUnknownMemberType]
            if not tree.children:
                raise _fault(path, "holds no stage results; simulate it again")
            own = tuple(filter(None, str(tree.attrs.get("overlay", "")).split("/")))
            told = str(tree.attrs["believed"])
            return Stored(_luck(tree), own, told, tuple(map(str, tree.to_dataset()["zone"].values)), _shelves(tree))
    except DermatwinError:
        raise
    except Exception as error:  # whatever the readers say of a file that nobody here wrote
        raise _fault(path, f"cannot be read as a run; simulate it again ({_first_line(error)})") from None


def _luck(tree: xr.DataTree) -> Luck:
    """Seed, number of people and sources of spread of a run."""
    seed, draws, vary = (str(tree.attrs[name]) for name in ("seed", "draws", "vary"))
    if int(draws) != tree.sizes["draw"]:
        raise ValueError(f"{tree.sizes['draw']} people instead of {draws}")
    first = int(str(tree.attrs.get("first", 0)))
    return Luck(int(seed), int(draws), frozenset(filter(None, vary.split(", "))), first=first)


def _shelves(tree: xr.DataTree) -> dict[str, dict[Place, Any]]:
    """Records by group, what is nested in others first."""
    _require_axes(tree)
    found: dict[str, dict[Place, Any]] = {}
    stored = {node.path: node.to_dataset(inherit=False) for node in tree.subtree}
    for group, table in sorted(TABLES.items(), key=lambda pair: -pair[0].count("/")):
        below = {key: form.base for key, form in forms(table.kind).items() if is_dataclass(form.base)}
        nested = {key: found[f"{group}/{key}"] for key in below}
        here = stored.get(f"/{group}")
        found[group] = {} if here is None else records(table, here, stored["/"], nested)
    zones = {(number,) for number in range(tree.sizes["zone"])}
    if not (
        found["skin"].keys() == found["healing"].keys() == zones and found["punctures"].keys() == found["channels"].keys()
    ):
        raise ValueError("a zone is incomplete")
    if any(history.sessions.size and history.inflammation is None for history in found["healing"].values()):
        raise ValueError("it does not say how much inflammation its sessions brought")
    return found


_LABELS: Mapping[str, tuple[object, ...]] = {
    "layer": LAYERS,
    "readout": READOUTS,
    "compartment": COMPARTMENTS,
    "nerve_depth": NERVE_DEPTHS,
}


def _require_axes(tree: xr.DataTree) -> None:
    """ValueError unless the axes that every run has carry the labels that they have here."""
    top = tree.to_dataset()
    for axis, labels in _LABELS.items():
        if axis in top.sizes and tuple(map(str, top[axis].values)) != tuple(map(str, labels)):
            raise ValueError(f"the axis {axis} is not that of a run")
    from ..healing.tissue import ADDED_STATES, kernel

    states = tuple(map(str, tree["healing"].to_dataset()["state"].values))
    if states != (*kernel.STATES, *ADDED_STATES):
        raise ValueError("its states are not those of the healing network")


def _fault(path: Path, expected: str) -> CaseError:
    return CaseError([Fault(str(path), "", expected)])


def _first_line(error: Exception) -> str:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    return said if " " in said else f"no {said}"  # a KeyError says the name alone
