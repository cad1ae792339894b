"""`dermatwin plan --search`: courses found for this person, on a terminal, as JSON, and as a page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from .plan_view import HOLD, INSTEAD, terminal_page
from .tables import unasked

if TYPE_CHECKING:
    from datetime import date

    from ..case import Case
    from ..evidence import Evidence
    from ..following import Follow
    from ..planning.search import Found, Marginal, Offer

PAGE, SUMMARY = "courses.html", "courses.json"
KINDS = ("gentle", "balanced", "thorough", "usual")
NAMES = (PAGE, SUMMARY, *(f"{kind}.yaml" for kind in KINDS))
"""Files of a search."""


def sought(case: Case, draws: int, seed: int, budget: int, evidence: Evidence) -> Found:
    """Search, with a bar; Ctrl-C ends it with the best so far."""
    from ..planning.search import search
    from .progress import progress

    with progress("looking for courses") as tell:
        return search(case, draws, seed, budget=budget, evidence=evidence, progress=tell)


def sought_onward(
    case: Case, draws: int, seed: int, budget: int, evidence: Evidence, today: date | None
) -> tuple[Follow, Found | None]:
    """Follow the course and search on from there; what comes before a plan goes to standard error."""
    import sys
    from datetime import date

    from ..core.printing import printable
    from ..onward import onward
    from .progress import progress

    with progress("looking for courses from here") as tell:
        told = onward(case, draws, seed, budget=budget, today=today, latest=date.today(), evidence=evidence, progress=tell)
    if told.first:
        print(printable(f"not planned: {told.first}"), file=sys.stderr)
    return told.follow, told.found


def write_found(found: Found, out: Path, seen: str | None) -> Path:
    """The page, its numbers, and every offer as a case that can be run."""
    from ..case import dump_case
    from ..planning.search import to_dict
    from ..report.choice import render_choice
    from ..twin.folder import write_folder
    from ..twin.summary import to_json
    from .writing import tell_of

    files = {PAGE: render_choice(found), SUMMARY: to_json(to_dict(found))}
    files |= {f"{offer.kind}.yaml": dump_case(offer.case) for offer in found.offers}
    return tell_of(write_folder(out.absolute(), files, seen=seen), out)


def show_found(found: Found, written: Path | None) -> None:
    """Offers side by side, then the choices of each; or why there is none."""
    page = terminal_page()
    for proposal in found.plan.proposals:
        if proposal.verdict != "course":
            said = HOLD if proposal.on_hold else INSTEAD[proposal.verdict]
            page.print(f"[bold]{escape(proposal.zone)}, {escape(proposal.concern)}[/]: {said}", highlight=False)
            for reason in proposal.reasons:
                page.print(Padding(escape(reason.text), (0, 0, 0, 4)), highlight=False)
    if found.reason:
        page.print(f"[bold]No course is offered:[/] {escape(found.reason)}", highlight=False)
    if found.offers:
        page.print(_table(found))
        for offer in found.offers:
            _show_offer(found, offer)
    for line in _remarks(found):
        page.print(f"[yellow]![/] {escape(line)}", highlight=False)
    if not found.plan.screening.complete:
        page.print(f"[yellow]![/] Cannot be signed as complete: {unasked(found.plan.screening)}.", highlight=False)
    page.print(searched(found), style="dim", highlight=False)
    if written is not None:
        page.print(f"Wrote {escape(str(written))}", style="dim")


def searched(found: Found) -> str:
    """How it was searched, in one line."""
    if found.space is None:
        return "Nothing was searched."
    few, *more = found.tried
    refined = f", the best {more[0]} with more, {more[-1]} with all {found.people}" if more else ""
    broken = " Interrupted: the best of what was looked at." if found.interrupted else ""
    from_here = (
        f"From here: {words_of_held(found)}; {found.different} different people stand for her, by what was seen. "
        if found.space.done
        else ""
    )
    return (
        f"{from_here}{few} of {found.space.size} courses looked at with few people{refined} on the same people and luck; "
        f"every number here stands on all {found.people}.{broken}"
    )


def words_of_held(found: Found) -> str:
    """How many sessions were held."""
    done = 0 if found.space is None else found.space.done
    return "1 session was held" if done == 1 else f"{done} sessions were held"


def _table(found: Found) -> Table:
    """One row for each offer; people as numbers of 100."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("course", "better by", "downtime", "lasting harm", "visits"):
        table.add_column(name, no_wrap=name != "course", justify="left" if name == "course" else "right")
    if found.nothing is not None:
        table.add_row(
            "nothing more" if found.space is not None and found.space.done else "nothing done",
            _percent(found.nothing.objectives[0]),
            "0 d",
            "0",
            "0",
        )
    for offer in found.offers:
        gain, downtime, harm, visits = offer.worth.objectives
        table.add_row(f"[bold]{offer.kind}[/]", _percent(gain), f"{downtime:.1f} d", f"{100 * harm:.2g} %", f"{visits:.0f}")
    return table


def _show_offer(found: Found, offer: Offer) -> None:
    from ..planning.search import course_in_words

    page = terminal_page()
    page.print(f"\n[bold]{offer.kind}[/]: {escape(course_in_words(offer, found))}", highlight=False)
    for line in _lines(offer):
        page.print(Padding(line, (0, 0, 0, 4)), highlight=False)


def _lines(offer: Offer) -> Iterator[str]:
    if offer.outside:
        yield f"[yellow]![/] not offered, only compared: {escape('; '.join(offer.outside))}"
    if offer.test_spot:
        yield "[yellow]![/] test spot first: pigment is at risk here"
    if not offer.on_front:
        yield "[dim]another course is at least as good in everything and better in something[/]"
    if offer.against_usual is not None:
        yield f"[dim]against the usual course:[/] {difference(offer.against_usual, reverse=True)}"
    for one in offer.marginals:
        beyond = " [yellow](more than is accepted)[/]" if one.outside else ""
        yield f"[dim]{escape(one.change)}:[/] {difference(one)}{beyond}"
    for fence in offer.fences:
        yield f"[dim]{escape(fence)}[/]"


def difference(one: Marginal, *, reverse: bool = False) -> str:
    """What a changed choice brings; `reverse`: what the offer brings against the other."""
    sign, more = (-1.0, 1.0 - one.gains_more) if reverse else (1.0, one.gains_more)
    return (
        f"{sign * 100 * one.gain:+.1f} % better (more in {100 * more:.0f} of 100), "
        f"{sign * one.downtime:+.1f} d downtime, {sign * 100 * one.harm:+.2g} % harm"
    )


def _remarks(found: Found) -> Iterator[str]:
    if found.space is not None:
        yield from found.space.notes
        if len(found.space.zones) == 1 or found.offers:
            yield from (w for w in found.plan.warnings)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
