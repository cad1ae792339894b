"""A plan on a terminal, on a page of 80 columns: what is proposed and what to mind; grounds and sources with `--details`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from .screen import Screen
from .tables import VERDICTS, number, unasked

if TYPE_CHECKING:
    from ..planning import Plan, Proposal

WIDTH = 80
HOLD = "[yellow]not before a clinician has decided[/]"
INSTEAD = {"stop": "[red]do not treat[/]", "refer": "[yellow]refer[/]", "no_default": "no default course"}


def show_plan(found: Plan, written: Path | None, *, details: bool = False) -> None:
    """Every proposal with its course, or the reason why there is none, and what to mind."""
    page = terminal_page()
    page.print(f"Screening of what is proposed: {VERDICTS.get(found.screening.verdict, found.screening.verdict)}")
    if not found.proposals:
        page.print("Nothing is proposed: no treated zone has a concern.")
    for proposal in found.proposals:
        page.print(f"\n[bold]{escape(proposal.zone)}, {escape(proposal.concern)}[/]: {_offer(proposal)}", highlight=False)
        for line in (*_short(proposal), *(_details(proposal) if details else ())):
            page.print(Padding(line, (0, 0, 0, 4)), highlight=False)
    minded = _minded(found)
    if minded and not details:
        page.print("\nTo mind: " + "; ".join(minded) + ".", highlight=False)
    for warning in found.warnings:
        page.print(f"[yellow]![/] {escape(warning)}", highlight=False)
    if not found.screening.complete:
        page.print(f"[yellow]![/] Cannot be signed as complete: {unasked(found.screening)}.", highlight=False)
    if not details and found.proposals:
        page.print("Grounds, sources and what to do about each: --details", style="dim")
    if written is not None:
        page.print(f"Wrote {escape(str(written))}", style="dim")


def terminal_page() -> Console:
    """Standard output, no wider than a page."""
    plain = Screen()
    return Screen(width=min(plain.width, WIDTH) if plain.is_terminal else WIDTH)


def _offer(proposal: Proposal) -> str:
    """The course in one line, or what there is instead."""
    if proposal.sessions is None or proposal.depth is None or proposal.interval is None or proposal.first_depth is None:
        return HOLD if proposal.on_hold else INSTEAD[proposal.verdict]
    first = f" (session 1: {number(proposal.first_depth)} mm)" if proposal.first_depth < proposal.depth else ""
    return (
        f"{number(proposal.depth)} mm{first}, {proposal.sessions} sessions, {number(proposal.interval)} days apart, "
        f"{escape(proposal.device)}"
    )


def _short(proposal: Proposal) -> Iterator[str]:
    """What a practitioner needs of a proposal: why there is no course, or how far to go, what beside it, when it is read."""
    if proposal.verdict == "course":
        yield f"[dim]stop at:[/] {escape(proposal.endpoint)}; [dim]read after:[/] {_weeks(proposal)} weeks"
        yield f"[dim]numbing:[/] {escape(proposal.numbing)}"
    else:
        yield from (escape(reason.text) for reason in proposal.reasons)
    if proposal.beside:
        label = "in trials beside it" if proposal.verdict == "course" else "instead of it or beside it"
        yield f"[dim]{label}:[/] {escape('; '.join(proposal.beside))}"
    yield from (f"[yellow]![/] {escape(warning)}" for warning in proposal.warnings)
    yield f"[dim]confidence {escape(proposal.confidence)}, grade {proposal.grade}[/]"


def _weeks(proposal: Proposal) -> str:
    return " and ".join(str(week) for week in proposal.read_at)


def _details(proposal: Proposal) -> Iterator[str]:
    """Grounds with their sources, and what screening says in full."""
    from ..planning.proposal import said

    if proposal.verdict == "course":
        for reason in proposal.reasons:
            yield f"- {escape(str(reason))}"
    else:
        yield "[dim]sources: " + escape(", ".join(proposal.sources)) + "[/]"
    for finding in proposal.findings:
        yield f"[yellow]![/] {escape(said(finding))} [dim]({escape(', '.join(finding.sources))})[/]"


def _minded(found: Plan) -> list[str]:
    """Titles of what screening asks to be minded, each once."""
    whole = found.screening.at("caution") if found.case is not None else ()
    every = [*whole, *(finding for proposal in found.proposals for finding in proposal.findings)]
    return [escape(title) for title in dict.fromkeys(finding.title for finding in every)]
