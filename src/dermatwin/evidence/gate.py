"""The gate: every table of a folder is read, every reference looked up, and every fault told at once.

What a row shows by itself (its words, numbers and laws) is checked by its model, what takes more than one row by `checks`.
The packaged evidence has passed when it ships (a test holds it), so that at run time its tables are only read; whatever is
laid over it passes here before anything is computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..core.errors import EvidenceError, Fault
from .checks import CHECKS, Scope
from .joint import read_joint
from .known import EFFECTS, Known
from .making import fits_at
from .rooms import DOCUMENTS, entries_in, faults_in
from .rows.every import KINDS
from .tables import Tables


@dataclass(frozen=True)
class Examination:
    """What was read of one layer, rows by table, and everything that is wrong with it."""

    rows: dict[str, int]
    faults: tuple[Fault, ...]


def require(tables: Tables) -> None:
    """EvidenceError with every fault of the uppermost layer of some tables."""
    found = examine(tables)
    if found.faults:
        raise EvidenceError(found.faults)


def examine(tables: Tables) -> Examination:
    """Read the uppermost layer of some tables whole: how much there is, and what is wrong, by files and lines."""
    number, known = len(tables.layers) - 1, Known(tables)
    layer = tables.layers[number]
    read = {kind: tables.rows_at(kind, number) for kind in KINDS}
    scope = Scope(number, tables, known, {kind: rows for kind, (rows, _) in read.items()})
    faults = [fault for _, wrong in read.values() for fault in wrong]
    faults += [fault for check in CHECKS for fault in check(scope)]
    faults += [fault for name in DOCUMENTS if name in layer.names for fault in faults_in(name, layer, tables, known)]
    faults += _draws(scope, sound=not faults)
    return Examination(counted(tables, number), tuple(sorted(dict.fromkeys(faults), key=_place)))


def counted(tables: Tables, number: int) -> dict[str, int]:
    """Rows by table in one layer, of tables that are there; of draws, how many tables of them."""
    layer = tables.layers[number]
    found = {kind.table.rstrip("/*"): len(tables.rows_at(kind, number)[0]) for kind in KINDS}
    found |= {name.rpartition(".")[0]: entries_in(name, layer) for name in DOCUMENTS if name in layer.names}
    found["outcome_effects"] = len(layer.matching(EFFECTS))
    found["posteriors"] = len(layer.matching("posteriors/*.csv"))
    return {table: count for table, count in found.items() if count}


def _draws(scope: Scope, *, sound: bool) -> Iterator[Fault]:
    """What is wrong with tables of joint draws; posteriors are read only where the parameters they are of could be."""
    try:
        if EFFECTS in scope.layer.names:
            read_joint(EFFECTS, scope.layer.read(EFFECTS))
        if sound:
            fits_at(scope.tables, scope.number)
    except EvidenceError as error:
        yield from error.faults


def _place(fault: Fault) -> tuple[str, int, str]:
    """File, line and column of a fault, to sort by."""
    match = re.match(r"(?P<file>[^:]+)(:(?P<line>\d+))?(?P<column>.*)", fault.path)
    return (fault.path, 0, "") if match is None else (match["file"], int(match["line"] or 0), match["column"])
