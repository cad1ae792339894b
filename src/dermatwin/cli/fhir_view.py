"""A review of a clinical record on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..core.printing import printable
from .tables import console

if TYPE_CHECKING:
    from ..exchange.fhir import Line, Review

_MOST, _FEW = 60, 8  # lines of one kind, names of one heap shown on a terminal


def show_review(found: Review, out: Path | None, lines: Path | None) -> None:
    """What was mapped, what was kept as not understood, what was set aside; where the whole of it stands."""
    counts = found.counts
    screen = console()
    _table(screen, "Read, to be confirmed by a person", found.of("mapped"))
    kept = found.of("listed")
    _table(screen, "Kept in the case, not understood", tuple(line for line in kept if line.place))
    _heaps(screen, "Kept in the review alone, not understood", [line for line in kept if not line.place])
    _heaps(screen, "Set aside", found.of("aside"))
    said = ", ".join(f"{number} {outcome}" for outcome, number in counts.items())
    screen.print(f"{len(found.lines)} lines: {said}. Nothing is confirmed.", highlight=False)
    if found.partial:
        screen.print("The record goes on at another page: fetch all of it.", style="bold")
    for path, what in ((lines, "review"), (out, "case")):
        if path is not None:
            screen.print(escape(printable(f"Wrote the {what}: {path}")), highlight=False, soft_wrap=True)
    if out is not None:
        screen.print(escape(printable(f"Next: dermatwin screen {out}")), highlight=False, soft_wrap=True)


def _table(screen: Console, title: str, lines: tuple[Line, ...]) -> None:
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
            f"{line.stands or line.status or line.states} {days}".strip(),
            ", ".join(line.reads) or line.place,
            line.reason,
        )
        table.add_row(*(escape(printable(str(cell))) for cell in cells))
    screen.print(table)
    if len(lines) > _MOST:
        screen.print(f"  and {len(lines) - _MOST} more; --review FILE writes them all", highlight=False)


def _heaps(screen: Console, title: str, lines: Sequence[Line]) -> None:
    """Lines by what is said of them, with a few of their names."""
    if not lines:
        return
    screen.print(f"{title}:", highlight=False)
    heaps: dict[str, Counter[str]] = {}
    for line in lines:
        heaps.setdefault(line.reason, Counter())[line.says.partition(":")[0]] += 1
    for reason, names in sorted(heaps.items(), key=lambda heap: -heap[1].total()):
        few = "; ".join(name for name, _ in names.most_common(_FEW))
        more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
        screen.print(escape(printable(f"  {names.total()} x {reason}: {few}{more}")), style="dim", highlight=False)
