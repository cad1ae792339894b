"""The verb for a course that is under way: follow."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .door import STOPPED, WRONG_INPUT
from .options import CaseFile, Force, Machine, OutFolder, Own, Seed, Set, read_case, read_evidence

if TYPE_CHECKING:
    from datetime import date

    from ..case import Case
    from ..evidence import Evidence
    from ..following import Follow

PAGE, SUMMARY = "follow.html", "follow.json"


def follow(
    case: CaseFile,
    today: Annotated[
        str | None,
        typer.Option(
            "--today",
            metavar="DATE",
            show_default=False,
            help="The day on which this is asked; left out, that of the last thing that was told.",
        ),
    ] = None,
    awaited: Annotated[
        str | None,
        typer.Option(
            "--awaited",
            metavar="NAME",
            show_default=False,
            help="The result that the next measurement is to narrow, such as 'redness_duration[2]'.",
        ),
    ] = None,
    out: OutFolder = None,
    draws: Annotated[
        int,
        typer.Option(
            "--draws", metavar="N", min=50, max=5_000, help="People to begin with; up to four times as many are drawn."
        ),
    ] = 400,
    seed: Seed = 1,
    settings: Set = None,
    evidence: Own = None,
    force: Force = False,
    json: Machine = False,
) -> None:
    """Follow a course: what was seen beside what was foreseen, symptoms, the new forecast, what to measure next."""
    from ..twin.placing import require_usable
    from ..twin.summary import to_json
    from .machine import only_json

    place = None if out is None else require_usable(out.absolute(), force=force, names=(PAGE, SUMMARY))
    with only_json(json):
        believed = read_evidence(evidence)
        document = read_case(case, settings, believed)
        tell_urgent(document, believed)
        found = _followed(document, draws, seed, day_of(today), awaited, believed)
        from ..following.telling import told

        summary = to_json(told(found))
        written = None if out is None else _write(found, out, summary, place)
    if json:
        print(summary, end="")
    else:
        from .follow_view import show_follow

        show_follow(found, written)
    leave(found)


def day_of(text: str | None) -> date | None:
    """The day of `--today`."""
    from datetime import date

    from ..case.words import day
    from ..core.errors import CaseError, Fault

    if text is None:
        return None
    try:
        return date.fromisoformat(day(text))
    except ValueError:
        raise CaseError([Fault("--today", text, "is not one day; write for example 2026-01-18")]) from None


def tell_urgent(case: Case, evidence: Evidence) -> None:
    """What is urgent is said before anything is computed, and whatever else may be wrong with the case."""
    import sys

    from ..core.printing import printable
    from ..following.held import as_held
    from ..following.triage import triage

    course = as_held(case)
    for one in triage(course.case, evidence, days=course.days):
        for advice in one.advice if one.level == "urgent" else ():
            if advice.level == "urgent":
                said = f"URGENT symptoms.{one.number}: {advice.label}: {advice.reason}; {advice.do}"
                print(printable(said), file=sys.stderr)


def _followed(case: Case, draws: int, seed: int, today: date | None, awaited: str | None, evidence: Evidence) -> Follow:
    from datetime import date

    from ..following import follow as follow_course
    from .progress import progress

    with progress("following") as tell:
        return follow_course(
            case, draws, seed, today=today, latest=date.today(), awaited=awaited, progress=tell, evidence=evidence
        )


def _write(found: Follow, out: Path, summary: str, seen: str | None) -> Path:
    from ..report.following import render_follow
    from ..twin.folder import write_folder
    from .writing import tell_of

    files = {PAGE: render_follow(found), SUMMARY: summary}
    return tell_of(write_folder(out.absolute(), files, seen=seen), out)


def leave(found: Follow) -> None:
    """3 where something is urgent; 1 where an observation is asked about, each in one line; else 0."""
    import sys

    from ..core.printing import printable

    for fault in found.asked:
        print(printable(str(fault)), file=sys.stderr)
    if found.level == "urgent":
        raise typer.Exit(STOPPED)
    if found.asked:
        raise typer.Exit(WRONG_INPUT)
