"""A review of a clinical record on a terminal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from ..core.printing import printable
from .tables import console

if TYPE_CHECKING:
    from ..exchange.fhir import Line, Review

_MOST = 60  # lines of one kind shown on a terminal


def show_review(found: Review, out: Path | None, lines: Path | None) -> None:
    """What was mapped, what was kept as not understood, what was set aside; where the whole of it stands."""
    counts = found.counts
    screen = console()
    _table(screen, "Read, to be confirmed by a person", found.of("mapped"))
    _table(screen, "Kept, not understood", found.of("listed"))
    aside = Counter(line.reason for line in found.of("aside"))
    for reason, number in aside.most_common(_MOST):
        screen.print(f"  set aside {number} x  {escape(printable(reason))}", style="dim", highlight=False)
    said = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    screen.print(f"{len(found.lines)} lines: {said}. Nothing is confirmed.", highlight=False)
    if found.partial:
        screen.print("The record goes on at another page: fetch all of it.", style="bold")
    for path, what in ((lines, "review"), (out, "case")):
        if path is not None:
            screen.print(escape(printable(f"Wrote the {what}: {path}")), highlight=False, soft_wrap=True)
    if out is not None:
        screen.print(escape(printable(f"Next: dermatwin screen {out}")), highlight=False, soft_wrap=True)


def _table(screen, title: str, lines: tuple[Line, ...]) -> None:
    if not lines:
        return
    table = Table(title=title, title_justify="left", show_edge=False, pad_edge=False)
    for name in ("line", "says", "stands", "read as", "remark"):
        table.add_column(name, overflow="fold")
    for line in lines[:_MOST]:
        days = " to ".join(day.isoformat() for day in (line.since, line.until) if day)
        cells = (
            line.record,
            line.says,
            f"{line.status or line.states} {days}".strip(),
            ", ".join(line.reads) or line.place,
            line.reason,
        )
        table.add_row(*(escape(printable(str(cell))) for cell in cells))
    screen.print(table)
    if len(lines) > _MOST:
        screen.print(f"  and {len(lines) - _MOST} more; --review FILE writes them all", highlight=False)
