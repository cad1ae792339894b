"""A follow-up on a terminal, on a page of 80 columns: what to do, what was seen and foreseen, what is to be measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from .screen import Screen
from .tables import number

if TYPE_CHECKING:
    from ..following import Follow, Triage
    from ..following.forecast import Foreseen
    from ..following.judged import Judged

WIDTH = 80
COLOURS = {"urgent": "bold red", "contact": "yellow", "reassure": "green"}
STATUS = {"act": "bold red", "late": "yellow", "early": "cyan", "high": "yellow", "low": "yellow", "expected": "green"}


def show_follow(found: Follow, written: Path | None) -> None:
    """Everything that a practitioner needs at the telephone, the gravest first."""
    page = _page()
    page.print(f"[bold]{escape(found.planned.title or 'A course under way')}[/], day {found.day:g}, {_done(found)}")
    if found.screening.verdict == "stop":
        page.print("[red]Screening says stop for this person: no further session.[/]")
    for one in sorted(found.triage, key=lambda each: ("urgent", "contact", "reassure").index(each.level)):
        _show_triage(page, one)
    if found.observations:
        page.print(_observations(found.observations))
        for one in found.observations:
            for line in _said(one):
                page.print(Padding(line, (0, 0, 0, 2)), highlight=False)
    page.print(_forecast(found.forecast))
    for line in _below(found):
        page.print(line, highlight=False)
    if written is not None:
        page.print(f"Wrote {escape(str(written))}", style="dim")


def _page() -> Console:
    plain = Screen()
    return Screen(width=min(plain.width, WIDTH) if plain.is_terminal else WIDTH)


def _done(found: Follow) -> str:
    count = len(found.case.session_days)
    missed = len(found.planned.session_days) - count
    return f"{len(found.done)} of {count} sessions held" + (f", {missed} missed" if missed else "")


def _show_triage(page: Console, one: Triage) -> None:
    when = "hour unknown" if one.hours is None else f"{one.hours:g} h after session {one.session}"
    page.print(
        f"\n[{COLOURS[one.level]}]{one.level.upper()}[/] [bold]{escape(one.noted.symptom)}[/] [dim]({when})[/]",
        highlight=False,
    )
    for advice in one.advice:
        page.print(
            Padding(
                f"{escape(advice.label)}: {escape(advice.reason)}. [{COLOURS[advice.level]}]{escape(advice.do)}[/].",
                (0, 0, 0, 2),
            ),
            highlight=False,
        )
        told = f"{advice.rule} | {', '.join(advice.sources)} | grade {advice.grade}"
        page.print(Padding(f"[dim]{escape(told)}[/]", (0, 0, 0, 4)), highlight=False)
    for remark in (*one.remarks, *(f"denied: {what}" for what in one.denied)):
        page.print(Padding(f"[dim]{escape(remark)}[/]", (0, 0, 0, 4)), highlight=False)


def _observations(seen: tuple[Judged, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, title="Seen beside what was foreseen of her", title_justify="left", width=WIDTH)
    for name, justify in (
        ("What", "left"),
        ("Day", "right"),
        ("Seen", "right"),
        ("Foreseen (5-95 %)", "right"),
        ("", "left"),
    ):
        table.add_column(name, justify=justify)  # pyright: ignore[reportArgumentType]
    for one in seen:
        status = "ask" if one.asked is not None else one.status
        table.add_row(
            escape(f"{one.seen.title}, {one.seen.zone.replace('_', ' ')}"),
            f"{one.seen.day:g}",
            number(one.seen.value),
            f"{number(one.median)} ({number(one.low)} to {number(one.high)})",
            f"[{STATUS.get(status, 'bold yellow')}]{status}[/]",
        )
    return table


def _said(one: Judged) -> Iterator[str]:
    """What is to be said of an observation that is not as expected."""
    if one.status in ("expected",) and one.asked is None:
        return
    look = f"; look for {one.look_for}" if one.look_for else ""
    yield f"{escape(one.seen.title)} on day {one.seen.day:g}: {escape(one.words)}{escape(look)}."
    if one.asked is not None:
        yield "[bold yellow]asked about[/]: nothing is learnt from it until 'confirmed: true' stands with it"
    elif not one.learnt:
        yield f"[dim]nothing is learnt from it: {escape(one.seen.left_out or one.words)}[/]"


def _forecast(found: tuple[Foreseen, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, title="Foreseen, before and after", title_justify="left", width=WIDTH)
    for name in ("What", "Before", "After", "Width"):
        table.add_column(name, justify="left" if name == "What" else "right")
    for one in found:
        table.add_row(
            escape(f"{one.title}, {one.zone.replace('_', ' ')}"),
            _band(one, one.before),
            _band(one, one.after),
            f"{one.narrowed:.0%}",
        )
    return table


def _band(one: Foreseen, band: tuple[float, float, float]) -> str:
    scale, unit = (100.0, "%") if one.shown == "percent" else (1.0, "" if one.unit == "1" else one.unit)
    low, middle, high = (number(scale * value) for value in band)
    return f"{middle} ({low} to {high}) {unit}".rstrip()


def _below(found: Follow) -> Iterator[str]:
    """How much is known of her, what moved, and what to measure."""
    yield f"{found.effective:.0f} of {found.draws} possible people speak for her."
    if found.weighed.exponent < 1.0:
        share = f"{found.weighed.exponent:.0%}"
        yield f"Only {share} of what was observed is believed, or too few would be left: bands are wider than they need be."
    if found.moved:
        told = "; ".join(f"{one.title} {one.shift:+.1f} sd" for one in found.moved[:4])
        yield f"What moved: {escape(told)}."
    if found.coming:
        one = found.coming[0]
        yield (
            f"Next: {escape(one.title)} by the {one.reader} on day {one.ask.day:g} would narrow {escape(found.awaited)} "
            f"by {one.narrowing:.0%}, more than anything else."
        )
    elif found.awaited:
        yield f"Nothing that can be measured until then narrows {escape(found.awaited)}."
