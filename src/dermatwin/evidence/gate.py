"""The gate: every table of a folder is read, every reference looked up, and every fault told at once.

What a row shows by itself (its words, numbers and laws) is checked by its model, what takes more than one row by `checks`.
The packaged evidence has passed when it ships (a test holds it), so that at run time its tables are only read; whatever is
laid over it passes here before anything is computed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import EvidenceError, Fault
from .checks import CHECKS, Scope
from .joint import EFFECTS
from .known import Known
from .making import effects_of, posteriors_at, stale_at
from .rooms import DOCUMENTS, entries_in, faults_in
from .rows.every import KINDS
from .stale import CODE, refused
from .tables import Tables


@dataclass(frozen=True)
class Examination:
    """What was read of one layer, rows by table, and everything that is wrong with it."""

    rows: dict[str, int]
    faults: tuple[Fault, ...]


def require(tables: Tables, *, even_stale: bool = False) -> None:
    """EvidenceError with every fault of the uppermost layer of some tables."""
    found = examine(tables, even_stale=even_stale)
    if found.faults:
        raise EvidenceError(found.faults)


def examine(tables: Tables, *, even_stale: bool = False, code: Path = CODE) -> Examination:
    """Read the uppermost layer of some tables whole: how much there is, and what is wrong, by files and lines.

    Fits are looked at where all else is sound; those that are stale are told last, in the order in which to mend them.
    """
    known, layer = Known(tables), tables.layer
    read = {kind: tables.own(kind) for kind in KINDS}
    scope = Scope(tables, known, {kind: rows for kind, (rows, _) in read.items()})
    faults = [fault for _, wrong in read.values() for fault in wrong]
    faults += [fault for check in CHECKS for fault in check(scope)]
    faults += [fault for name in DOCUMENTS if name in layer.names for fault in faults_in(name, tables, known)]
    faults += [] if faults else _fits(tables, code)
    stale = [] if faults or even_stale else refused(stale_at(tables, code))
    return Examination(counted(tables), (*sorted(dict.fromkeys(faults), key=_place), *stale))


def counted(tables: Tables) -> dict[str, int]:
    """Rows by table in the uppermost layer, of tables that are there; of draws, how many tables of them."""
    layer = tables.layer
    found = {kind.table.rstrip("/*"): len(tables.own(kind)[0]) for kind in KINDS}
    found |= {name.rpartition(".")[0]: entries_in(name, layer) for name in DOCUMENTS if name in layer.names}
    found["outcome_effects"] = len(layer.matching(EFFECTS))
    found["posteriors"] = len(layer.matching("posteriors/*.csv"))
    return {table: count for table, count in found.items() if count}


def _fits(tables: Tables, code: Path) -> Iterator[Fault]:
    """What is wrong with joint draws and the records of their fits."""
    looked_at: list[Callable[[], object]] = [lambda: posteriors_at(tables, code)]
    if EFFECTS in tables.layer.names:
        looked_at.append(lambda: effects_of(tables))
    for look in looked_at:
        try:
            look()
        except EvidenceError as error:
            yield from error.faults


def _place(fault: Fault) -> tuple[str, int, str]:
    """File, line and column of a fault, to sort by."""
    match = re.match(r"(?P<file>[^:]+)(:(?P<line>\d+))?(?P<column>.*)", fault.path)
    return (fault.path, 0, "") if match is None else (match["file"], int(match["line"] or 0), match["column"])
