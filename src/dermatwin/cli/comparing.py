"""Arms side by side as tables for people: what differs, every endpoint against the first arm, what was taken as usual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ..report.arms.story import short
from ..report.chapters import lookup
from ..report.paired import said, title_of
from .screen import Screen
from .tables import VERDICTS

if TYPE_CHECKING:
    from ..twin.contrast import Contrast, Contrasted

WIDTH = 120
LONGEST = 22  # characters of an arm's name in a narrow column
TWO = 2  # arms that fit beside one another; more are written below one another
_PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " ", "–": "-", "−": "-", "×": "x"})


def show_contrast(found: Contrast, *, everything: bool, left_out: Sequence[str], written: Path | None) -> None:
    """What differs between the arms, then every endpoint with each arm's band and the difference to the first."""
    page = _console()
    for label, run in zip(found.labels, found.runs, strict=True):
        verdict = VERDICTS.get(run.screening.verdict, run.screening.verdict)
        page.print(f"[bold]{escape(label)}[/]   screening: {verdict}", highlight=False)
    page.print(_settings(found))
    if left_out:
        page.print(
            f"Left out, so that every device is used in its own usual way: {escape(', '.join(left_out))}",
            style="dim",
            highlight=False,
        )
    for assumed in found.hangs_on:
        page.print(f"[bold]Assumed:[/] {escape(assumed)}", highlight=False)
    rows = found.rows if everything else found.story
    for zone in dict.fromkeys(row.first.zone for row in rows):
        page.print(_endpoints(found, zone, [row for row in rows if row.first.zone == zone]))
    _remarks(page, found)
    draws = found.runs[0].provenance["draws"]
    page.print(
        f"The same {draws} people in every arm: medians, 5-95 % bands, and differences to {escape(found.labels[0])} "
        "taken person by person.",
        style="dim",
        highlight=False,
    )
    if not everything:
        page.print(f"{len(found.rows)} endpoints in all: --all.", style="dim", highlight=False)
    page.print(f"Wrote {escape(str(written))}" if written else "Nothing was written; name a folder with --out.", style="dim")


def _console() -> Console:
    """Standard output; wide enough where it is not a terminal."""
    plain = Screen()
    return plain if plain.is_terminal else Screen(width=WIDTH)


def _table(title: str, *columns: tuple[str, bool]) -> Table:
    """An empty table; columns are (name, whether it may be folded)."""
    table = Table(title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name, folds in columns:
        table.add_column(name, no_wrap=not folds, overflow="fold")
    return table


def _settings(found: Contrast) -> Table | str:
    if not found.settings:
        return "The arms do not differ in anything that the cases say."
    table = _table("What differs", ("setting", True), *((escape(label), True) for label in found.labels))
    for path, values in found.settings:
        table.add_row(escape(path), *(escape(value) or "[dim]not stated[/]" for value in values))
    return table


def _endpoints(found: Contrast, zone: str, rows: Sequence[Contrasted]) -> Table:
    title = f"zone {escape(zone)}"
    if len(found.labels) > TWO:
        return _stacked(found, title, rows)
    names = _names(found)
    against = f"{names[1]} against {names[0]}, person by person"
    table = _table(title, ("result", True), *((name, False) for name in names), (against, True), ("grade", False))
    for row in rows:
        table.add_row(_title(row), _band(row, 0), _band(row, 1), _against(row, 1, "\n"), row.grade)
    return table


def _stacked(found: Contrast, title: str, rows: Sequence[Contrasted]) -> Table:
    """Three or more arms: one line per arm within the row of an endpoint, names cut to what fits."""
    names = _names(found)
    table = _table(
        title,
        ("result", True),
        ("arm", False),
        ("median (5-95 %)", False),
        (f"against {names[0]}, person by person", False),
        ("grade", False),
    )
    numbers = range(len(names))
    for row in rows:
        against = "\n".join(["", *(_against(row, number, ", ", brief=True) for number in numbers[1:])])
        table.add_row(
            _title(row),
            "\n".join(names),
            "\n".join(_band(row, number) for number in numbers),
            against,
            row.grade,
            end_section=True,
        )
    return table


def _names(found: Contrast) -> list[str]:
    """Names of the arms as they fit into a column."""
    return [
        escape(name if len(name) <= LONGEST else name[: LONGEST - 3].rstrip(" ,(") + "...") for name in short(found.labels)
    ]


def _title(row: Contrasted) -> str:
    first = row.first
    day = "" if not first.time_days or first.time_days <= 1.0 else f", day {first.time_days:g}"
    return escape(title_of(first) + day)


def _band(row: Contrasted, number: int) -> str:
    return lookup.of(row.arms[number]).text.translate(_PLAIN)


def _against(row: Contrasted, number: int, joint: str, *, brief: bool = False) -> str:
    """Size and band, and in how many people; brief: without those who have the same in both."""
    found = said(row, number)
    people = found.people.partition(",")[0] if brief else found.people
    return f"{found.band}{joint}{people}".translate(_PLAIN)


def _remarks(page: Console, found: Contrast) -> None:
    """Warnings, those of single arms under their labels: they say in what usual way a device was taken to be used."""
    for who, path, message in remarks(found):
        page.print(f"[yellow]![/] {escape(who)}{escape(path)}: {escape(message)}", highlight=False)


def remarks(found: Contrast) -> Iterator[tuple[str, str, str]]:
    """(arms with a colon, path, message), what all arms share once and last."""
    said_of: dict[tuple[str, str], list[str]] = {}
    for label, run in zip(found.labels, found.runs, strict=True):
        for notice in run.notices:
            arms = said_of.setdefault((notice.path, notice.message), [])
            if label not in arms:
                arms.append(label)
    for (path, message), arms in sorted(said_of.items(), key=lambda item: len(item[1]) == len(found.labels)):
        yield "" if len(arms) == len(found.labels) else f"{' and '.join(arms)}: ", path, message
