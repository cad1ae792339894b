"""`run.nc`: a run on disk, a netCDF-4 file of labelled arrays (`to_tree`) from which it can be read again.

Compressed without loss: bytes of equal weight are put side by side, in blocks that hold whole people. A seal tells damage.
What is in the case is not repeated: the case stands beside the file, devices come from the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from io import SEEK_END
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from ..core.chance import Luck
from ..core.errors import CaseError, DermatwinError, Fault
from ..flows import COMPARTMENTS, LAYERS, NERVE_DEPTHS, READOUTS
from .columns import Place, forms
from .conventions import declare, encoded
from .fields import TABLES
from .netcdf import written
from .plain import require_plain
from .rows import records
from .run import Beyond, Run
from .seal import is_broken, seal_of
from .tree import to_tree

if TYPE_CHECKING:
    import xarray as xr

ARRAYS = "run.nc"
ENGINE = "h5netcdf"
BLOCK = 2**20  # numbers in a block, about: 4 MB
LEVEL = 4
ALONE = ("state", "reference_state", "exposure", "any_endpoint")  # dims of which a block holds one


def save(run: Run, path: Path) -> None:
    """Write a run."""
    path.write_bytes(packed(run))


def packed(run: Run) -> memoryview:
    """A run as the bytes of a file, seal included: made in memory, where no disk can be full."""
    tree = to_tree(run)
    declare(tree)
    content = written(tree, lambda name, one: _packed(one) | encoded(name, one))
    with content.getbuffer() as found:
        end = seal_of(found)
    content.seek(0, SEEK_END)
    content.write(end)
    return content.getbuffer()


def _packed(variable: xr.Variable) -> dict[str, Any]:
    """How a variable is laid down."""
    kind: str = variable.to_numpy().dtype.kind
    if kind not in "fib" or not variable.dims:
        return {}
    block = {dim: 1 if dim in ALONE else size for dim, size in variable.sizes.items()}
    for who in ("draw", "person"):
        if who in block:
            person = prod(size for dim, size in block.items() if dim != who)
            block[who] = min(block[who], max(1, BLOCK // person))
    return {"compression": "gzip", "compression_opts": LEVEL, "shuffle": True, "chunks": tuple(block.values())}


@dataclass(frozen=True)
class Stored:
    """What a file holds: luck of those whose stages it keeps, folders laid over the evidence, zones in order, records."""

    luck: Luck
    overlays: tuple[str, ...]
    believed: str  # mark of the evidence that the run was made with
    zones: tuple[str, ...]
    shelves: Mapping[str, Mapping[Place, Any]]  # records by group and place
    beyond: Beyond | None  # people of whom it keeps the endpoints alone


def load(path: Path) -> Stored:
    """Read what `save` wrote. Raises CaseError for a file that is damaged, not one of ours, or without stage results."""
    try:
        with catch_warnings():
            simplefilter("error")  # what readers warn of in a file, such as axes without names, is in none that we wrote
            return _loaded(path)
    except DermatwinError:
        raise
    except Exception as error:  # whatever the readers say of a file that nobody here wrote
        raise _fault(path, f"cannot be read as a run; simulate it again ({_first_line(error)})") from None


def _loaded(path: Path) -> Stored:
    """What a file holds; raises whatever the readers raise."""
    import h5py  # pyright: ignore[reportMissingTypeStubs]
    import xarray as xr

    if is_broken(path):
        raise ValueError("bytes of it have changed since it was written")
    with h5py.File(path, "r") as file:  # what this refuses would leave a half-open file behind in h5netcdf
        require_plain(file, path.stat().st_size)
    with xr.open_datatree(path, engine=ENGINE) as tree:  # pyright: ignore[reportUnknownMemberType]
        if not tree.children:
            raise _fault(path, "holds no stage results; simulate it again")
        own = tuple(filter(None, str(tree.attrs.get("overlay", "")).split("/")))
        told = str(tree.attrs["believed"])
        zones = tuple(map(str, tree.to_dataset()["zone"].values))
        return Stored(_luck(tree), own, told, zones, _shelves(tree), _beyond(tree))


def _luck(tree: xr.DataTree) -> Luck:
    """Seed, number of people who keep their stages and sources of spread of a run."""
    seed, vary = (str(tree.attrs[name]) for name in ("seed", "vary"))
    draws = str(tree.attrs.get("kept", tree.attrs["draws"]))
    if int(draws) != tree.sizes["draw"]:
        raise ValueError(f"{tree.sizes['draw']} people instead of {draws}")
    first = int(str(tree.attrs.get("first", 0)))
    return Luck(int(seed), int(draws), frozenset(filter(None, vary.split(", "))), first=first)


def _beyond(tree: xr.DataTree) -> Beyond | None:
    """Who stands behind the endpoints of a run beside those who keep their stages."""
    if "kept" not in tree.attrs:
        return None
    people, failed = int(str(tree.attrs["draws"])), json.loads(str(tree.attrs["failed_beyond"]))
    if tree["everybody"].sizes["person"] != people:
        raise ValueError(f"the endpoints of {tree['everybody'].sizes['person']} people instead of {people}")
    return Beyond(people, {str(zone): int(count) for zone, count in failed.items()})


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

    known = (*kernel.STATES, *ADDED_STATES)
    if tuple(map(str, tree["healing"].to_dataset()["state"].values)) != known:
        raise ValueError("its states are not those of the healing network")
    usual: list[str] = (
        tree["reference"].to_dataset()["reference_state"].values.tolist() if "reference" in tree.children else []
    )
    if not {*map(str, usual)} <= {*known}:
        raise ValueError("the states of its reference course are not those of the healing network")


def _fault(path: Path, expected: str) -> CaseError:
    return CaseError([Fault(str(path), "", expected)])


def _first_line(error: Exception) -> str:
    said = (str(error).strip() or type(error).__name__).splitlines()[0]
    return said if " " in said else f"no {said}"  # a KeyError says the name alone
