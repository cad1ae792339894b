"""Verbs about the evidence itself: is it sound?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .door import WRONG_INPUT
from .options import Machine, NoSeed

if TYPE_CHECKING:
    from ..evidence.gate import Examination

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]",
        show_default=False,
        help="Your own evidence, laid over the packaged one; left out, the packaged one itself.",
    ),
]


def check(folder: Folder = None, json: Machine = False, seed: NoSeed = 1) -> None:
    """Read every table of a folder of evidence and tell what was read, or every fault: file, line, column, what is right."""
    from ..evidence import Tables
    from ..evidence.gate import examine
    from ..evidence.layers import Layer
    from ..evidence.store import packaged_tables
    from .machine import emit

    packaged = packaged_tables()
    found = examine(packaged if folder is None else Tables(Layer.own(folder), packaged))
    if json:
        emit({"rows": found.rows, "faults": found.faults})
    else:
        _show(found, "the packaged evidence" if folder is None else str(folder))
    if found.faults:
        raise typer.Exit(WRONG_INPUT)


def _show(found: Examination, what: str) -> None:
    """What was read on standard output, faults on standard error, one line each."""
    import sys

    from rich.markup import escape

    from ..core.printing import printable
    from .tables import console, listing

    if found.faults:
        for fault in found.faults:
            print(printable(str(fault).replace("\n", " ")), file=sys.stderr)
        count = len(found.faults)
        print(f"{what}: {count} fault{'s' * (count > 1)}.", file=sys.stderr)
        return
    page = console()
    table = listing("table", "rows")
    for name, count in found.rows.items():
        table.add_row(escape(name), str(count))
    page.print(table)
    page.print(f"{escape(what)}: {len(found.rows)} tables, {sum(found.rows.values())} rows, no fault.", highlight=False)
