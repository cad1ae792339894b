"""Verbs that work on a case file: new, screen, plan, simulate."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .door import STOPPED
from .options import (
    CaseFile,
    Details,
    Draws,
    Force,
    Machine,
    NoSeed,
    OutFolder,
    Own,
    OwnOfRun,
    Report,
    RunFolder,
    Seed,
    Set,
    Split,
    Workers,
    concerns_of,
    read_case,
    read_evidence,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..case import Case
    from ..evidence import Evidence
    from ..planning.search import Found
    from ..screening import Screening
    from ..twin import Run


CASE, TRIAL = Path("case.yaml"), Path("trial.yaml")


def new(
    path: Annotated[Path, typer.Argument(help="File to write.")] = CASE,
    interview: Annotated[
        bool, typer.Option("--interview", help="Ask who, where, what and the anamnesis; answers may be piped.")
    ] = False,
    trial: Annotated[bool, typer.Option("--trial", help="Write a trial on virtual people instead of a case.")] = False,
    evidence: Own = None,
    force: Force = False,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Write a commented case file to start from, or one of what is answered; or a trial."""
    from ..core.errors import CaseError, Fault
    from ..core.printing import printable
    from .machine import emit, only_json
    from .writing import require_free, write_text

    if trial and interview:
        raise CaseError([Fault("--trial", "", "does not go with --interview; a trial is not asked for")])
    path = TRIAL if trial and path == CASE else path
    require_free(path, force=force)
    with only_json(json):
        written = _trial_template() if trial else _asked_for(interview, read_evidence(evidence))
    write_text(path, written, force=force)
    if json:
        emit({"written": path})
    else:
        print(printable(f"Wrote {path}. Next: dermatwin {'trial' if trial else 'screen'} {path}"))


def _trial_template() -> str:
    from ..trial.schema_of import TEMPLATE

    return TEMPLATE


def _asked_for(interview: bool, evidence: Evidence) -> str:
    return _interviewed(evidence) if interview else _template(evidence)


def _template(evidence: Evidence) -> str:
    from ..case.template import template
    from ..device import kinds

    return template(concerns_of(evidence), tuple(kinds(evidence)))


def _interviewed(evidence: Evidence) -> str:
    from datetime import date

    from ..interview import case_text
    from ..interview import interview as conversation
    from .conversing import converse

    print("Every answer is one line; skip leaves a question open. Ctrl-C leaves without a file.")
    return case_text(converse(conversation(evidence, date.today())), evidence)


def screen(
    case: CaseFile,
    settings: Set = None,
    evidence: Own = None,
    details: Details = False,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """May this person be treated? Verdict with rules, reasons and sources."""
    from ..screening import screen as screen_case
    from .machine import emit, only_json

    with only_json(json):
        believed = read_evidence(evidence)
        found = screen_case(read_case(case, settings, believed), believed)
    if json:
        emit(found.to_dict())
    else:
        from .tables import show_screening

        show_screening(found, details=details)
    _leave(found.verdict)


def plan(
    case: CaseFile,
    case_out: Annotated[
        Path | None,
        typer.Option("--case-out", metavar="FILE", show_default=False, help="Write the proposed course as a case file."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", show_default=False, help="Simulate the proposed course and write the run folder here."
        ),
    ] = None,
    search: Annotated[
        bool, typer.Option("--search", help="Look for courses that suit this person: cabinet and accepts of the case.")
    ] = False,
    budget: Annotated[
        int, typer.Option("--budget", metavar="N", min=10, max=20_000, help="Courses that a search looks at.")
    ] = 400,
    from_here: Annotated[
        bool,
        typer.Option(
            "--from-here", help="With --search: a course under way, from what was held and seen (as `follow` reads it)."
        ),
    ] = False,
    today: Annotated[
        str | None,
        typer.Option(
            "--today", metavar="DATE", show_default=False, help="With --from-here: the day on which this is asked."
        ),
    ] = None,
    settings: Set = None,
    evidence: Own = None,
    draws: Draws = 200,
    seed: Seed = 1,
    force: Force = False,
    report: Report = True,
    details: Details = False,
    json: Machine = False,
) -> None:
    """Propose a course for every concern, screened, with reasons and sources; or say why there is none."""
    from ..case import dump_case
    from ..planning import propose
    from .machine import emit, only_json
    from .writing import write_text

    _require_belonging(search, from_here, today)
    if search:
        believed = read_evidence(evidence)
        document = read_case(case, settings, believed, planned=not from_here)
        _search(document, believed, _Search(out, draws, seed, budget, force, json, from_here, today))
        return
    seen = _require_usable(out, force)
    with only_json(json):
        believed = read_evidence(evidence)
        found = propose(read_case(case, settings, believed, planned=True), believed)
        if found.case is not None and case_out is not None:
            write_text(case_out, dump_case(found.case), force=force)
        run = _simulated(found.case, draws, seed, believed) if found.case is not None and out is not None else None
        written = _written(run, out, seen, report)
    if json:
        emit(
            {
                "verdict": found.screening.verdict,
                "complete": found.screening.complete,
                "not_asked": found.screening.not_asked,
                "proposals": [proposal.to_dict() for proposal in found.proposals],
                "warnings": found.warnings,
                "case": found.case,
                "run": _summary(run) if run else None,
            }
        )
    else:
        from .plan_view import show_plan
        from .tables import show_run, show_written

        show_plan(found, case_out if found.case is not None else None, details=details)
        if run is not None:
            show_run(run, _summary(run))
            show_written(written)
    _leave(found.screening.verdict)


@dataclass(frozen=True)
class _Search:
    """How a search is asked for."""

    out: Path | None
    draws: int
    seed: int
    budget: int
    force: bool
    json: bool
    from_here: bool
    today: str | None


def _require_belonging(search: bool, from_here: bool, today: str | None) -> None:
    """Options that say something only beside another."""
    from ..core.errors import CaseError, Fault

    if from_here and not search:
        raise CaseError([Fault("--from-here", "", "goes with --search: the default course of the literature begins anew")])
    if today is not None and not from_here:
        raise CaseError([Fault("--today", today, "goes with --from-here")])


def _search(case: Case, evidence: Evidence, asked: _Search) -> None:
    """Look for courses, and show or write them."""
    from ..planning.search import to_dict
    from ..twin.placing import require_usable
    from . import choosing
    from .machine import emit, only_json

    out = asked.out
    seen = None if out is None else require_usable(out.absolute(), force=asked.force, names=choosing.NAMES)
    with only_json(asked.json):
        found = _sought(case, evidence, asked)
        written = None if out is None else choosing.write_found(found, out, seen)
    if asked.json:
        emit(to_dict(found))
    else:
        choosing.show_found(found, written)
    _leave(found.plan.screening.verdict)


def _sought(case: Case, evidence: Evidence, asked: _Search) -> Found:
    """Courses, or the exit status of what comes before them: 3 where symptoms are urgent, 1 where something is asked."""
    import sys

    from . import choosing
    from .follow_verb import day_of, leave, tell_urgent

    if not asked.from_here:
        if case.held or case.observations:
            print("what was held and observed does not count here; --from-here plans on from it", file=sys.stderr)
        return choosing.sought(case, asked.draws, asked.seed, asked.budget, evidence)
    tell_urgent(case, evidence)
    known, found = choosing.sought_onward(case, asked.draws, asked.seed, asked.budget, evidence, day_of(asked.today))
    if found is None:
        leave(known)
    assert found is not None  # else it has left
    return found


def _summary(run: Run) -> dict[str, Any]:
    from ..twin import summarise

    return summarise(run)


def simulate(
    case: CaseFile,
    out: OutFolder = None,
    draws: Draws = 200,
    seed: Seed = 1,
    settings: Set = None,
    evidence: Own = None,
    force: Force = False,
    report: Report = True,
    split: Split = True,
    workers: Workers = 1,
    json: Machine = False,
) -> None:
    """Run the twin: from the needle to the result, with bands, grades and sources. A stopped case is not simulated."""
    from ..screening import screen as screen_case
    from ..twin.summary import summarise
    from .machine import only_json

    seen = _require_usable(out, force)
    with only_json(json):
        believed = read_evidence(evidence)
        document = read_case(case, settings, believed)
        found = screen_case(document, believed)
    if found.verdict == "stop":
        _refuse(found, json)
    with only_json(json):
        run = _simulated(document, draws, seed, believed, split=split, workers=workers)
        summary = summarise(run)
    _tell(run, summary, json, lambda: _written(run, out, seen, report))


def _tell(run: Run, summary: dict[str, Any], json: bool, write: Callable[[], Path | None]) -> None:
    """The answer, before the pictures of its report for people who watch, behind the folder for a machine that reads."""
    from ..twin.summary import to_json
    from .machine import only_json
    from .tables import show_run, show_written

    if not json:
        show_run(run, summary)
    with only_json(json):
        written = write()
    if json:
        print(to_json(summary), end="")
    else:
        show_written(written)


def _refuse(found: Screening, json: bool) -> None:
    """Say why a case is stopped and leave; nothing is computed or written."""
    from .machine import emit
    from .tables import show_screening

    if json:
        emit(found.to_dict())
    else:
        show_screening(found)
    raise typer.Exit(STOPPED)


def _simulated(case: Case, draws: int, seed: int, evidence: Evidence, *, split: bool = True, workers: int = 1) -> Run:
    from ..twin import simulate as run_twin
    from ..twin.blocks import Apart
    from .progress import progress

    with progress("simulating") as tell:
        return run_twin(case, draws=draws, seed=seed, progress=tell, evidence=evidence, split=split, apart=Apart(workers))


def reread(
    run: RunFolder,
    out: OutFolder = None,
    evidence: OwnOfRun = None,
    force: Force = False,
    report: Report = True,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Read a run folder again by today's evidence: endpoints, report, sheets. Nothing is simulated."""
    from ..twin import recall, summarise
    from .machine import only_json

    seen = _require_usable(out, force)
    with only_json(json):
        found = recall(run, None if evidence is None else read_evidence(evidence))
        summary = summarise(found)
    _tell(found, summary, json, lambda: _written(found, out, seen, report))


def _written(run: Run | None, out: Path | None, seen: str | None, report: bool) -> Path | None:
    if run is None or out is None:
        return None
    from ..twin import write_run
    from .writing import tell_of

    if not report:
        return tell_of(write_run(run, out, seen=seen), out)
    from ..report import render, sheets
    from .progress import progress

    with progress("drawing the report"):
        page, papers = render(run), sheets(run)
    return tell_of(write_run(run, out, seen=seen, report=page, sheets=papers), out)


def _require_usable(out: Path | None, force: bool) -> str | None:
    """Find out before the work, not after it, that there is nowhere to put the result; what is there now."""
    if out is None:
        return None
    from ..twin.folder import NAMES
    from ..twin.placing import require_usable

    return require_usable(out.absolute(), force=force, names=NAMES)


def _leave(verdict: str) -> None:
    if verdict == "stop":
        raise typer.Exit(STOPPED)
