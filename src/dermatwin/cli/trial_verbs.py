"""Verbs about virtual people and trials of them: population, trial."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Force, Machine, OutFile, OutFolder, Own, Seed, read_evidence

if TYPE_CHECKING:
    from ..evidence import Evidence
    from ..population import People
    from ..trial import Results

PAGE, SUMMARY, SUBJECTS, EFFICACY, POOL = "trial.html", "trial.json", "adsl.csv", "adeff.csv", "pool"
EXTRA = ("dask", "distributed", "statsmodels", "pyarrow")


def population(
    name: Annotated[
        str | None, typer.Argument(metavar="[PRESET]", show_default=False, help="Population; left out, all are listed.")
    ] = None,
    people: Annotated[int, typer.Option("--people", metavar="N", min=2, max=5_000_000, help="How many to draw.")] = 1000,
    out: OutFile = None,
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", show_default=False, help="Write a page that describes them.")
    ] = None,
    evidence: Own = None,
    seed: Seed = 1,
    force: Force = False,
    json: Machine = False,
) -> None:
    """Draw virtual people of a population, describe them, write them as a table."""
    from .machine import emit, only_json
    from .writing import require_free, write_text

    for path in (out, page):
        if path is not None:
            require_free(path, force=force)
    with only_json(json):
        believed = read_evidence(evidence)
    if name is None:
        _list_presets(believed, json)
        return
    with only_json(json):
        drawn = _drawn(name, people, seed, believed)
        if out is not None:
            write_text(out, _csv(drawn.columns()), force=force)
        if page is not None:
            from ..report.population import render_population

            write_text(page, render_population(drawn, seed, believed), force=force)
        from ..population import described

        lines = described(drawn)
    if json:
        emit({"population": name, "people": people, "seed": seed, "lines": lines, "written": [p for p in (out, page) if p]})
    else:
        _show_people(drawn, lines, seed, [p for p in (out, page) if p is not None])


def _list_presets(evidence: Evidence, json: bool) -> None:
    from ..population import presets
    from .machine import emit
    from .tables import console, listing

    known = presets(evidence)
    if json:
        emit(
            {
                "populations": [
                    {"name": p.name, "label": p.label, "concern": p.concern, "scale": p.scale} for p in known.values()
                ]
            }
        )
        return
    table = listing("population", "who", "concern", "scale")
    for preset in known.values():
        table.add_row(preset.name, preset.label, preset.concern, preset.scale)
    console().print(table)


def _drawn(name: str, people: int, seed: int, evidence: Evidence) -> People:
    from ..core import Luck
    from ..population import draw_people
    from ..population.preset import preset_of

    return draw_people(preset_of(name, evidence, "PRESET"), Luck(seed, people))


def _csv(columns: dict[str, Any]) -> str:
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*(_cells(values) for values in columns.values()), strict=True))
    return text.getvalue()


def _cells(values: Any) -> list[str]:
    if values.dtype.kind == "f":
        return [f"{value:.6g}" for value in values]
    if values.dtype.kind == "b":
        return ["yes" if value else "no" for value in values]
    return [str(value) for value in values]


def _show_people(drawn: People, lines: Any, seed: int, written: list[Path]) -> None:
    from rich.markup import escape

    from .tables import console, listing

    page = console()
    page.print(f"{escape(drawn.preset.label)}: {len(drawn)} people, seed {seed}", highlight=False)
    table = listing("variable", "stated", "drawn mean", "sd", "5-95 %", "unit", "grade", "sources")
    for line in lines:
        band = "" if line.low is None else f"{line.low:.3g} to {line.high:.3g}"
        sd = "" if line.sd is None else f"{line.sd:.3g}"
        named = f"{line.variable} {line.category}".strip()
        table.add_row(
            named, f"{line.stated:g}", f"{line.mean:.3g}", sd, band, line.unit, line.grade, escape(", ".join(line.sources))
        )
    page.print(table)
    for path in written:
        page.print(f"Wrote {escape(str(path))}", highlight=False)


def trial(
    document: Annotated[Path, typer.Argument(metavar="TRIAL", help="Trial file (YAML).", show_default=False)],
    out: OutFolder = None,
    trials: Annotated[int, typer.Option("--trials", metavar="N", min=20, max=1_000_000, help="Trials to draw.")] = 2000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=256, help="Processes that simulate people.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            show_default=False,
            help="Dask scheduler whose workers simulate people, tcp://host:8786; 'local' starts one here.",
        ),
    ] = None,
    search: Annotated[bool, typer.Option("--search/--no-search", help="Power at other numbers of people, too.")] = True,
    pool: Annotated[
        Path | None,
        typer.Option("--pool", metavar="DIR", show_default=False, help="Where simulated people are kept and found again."),
    ] = None,
    evidence: Own = None,
    seed: Seed = 1,
    force: Force = False,
    json: Machine = False,
) -> None:
    """Run a trial on virtual people, thousands of times: would it show it, with how many people, read when?"""
    from ..twin.placing import require_usable
    from .machine import only_json

    names = (PAGE, SUMMARY, SUBJECTS, EFFICACY)
    seen = None if out is None else require_usable(out.absolute(), force=force, names=names)
    require_extra()
    with only_json(json):
        from ..trial import load_trial

        plan = load_trial(document, read_evidence(evidence))
        found = _run(plan, trials, seed, pool, workers, scheduler, search)
        from ..trial.telling import told
        from ..twin.summary import to_json
        from .machine import plain

        summary = to_json(plain(told(found)))
        written = None if out is None else _write(found, out, summary, seen)
    if json:
        print(summary, end="")
    else:
        _show_trial(found, written)


def require_extra() -> None:
    """One line where the libraries of trials are missing."""
    from importlib.util import find_spec

    from ..core.errors import CaseError, Fault

    missing = [name for name in EXTRA if find_spec(name) is None]
    if missing:
        said = f"needs {', '.join(missing)}: pip install 'dermatwin[trials]'"
        raise CaseError([Fault("dermatwin trial", "", said)])


def _run(plan: Any, trials: int, seed: int, pool: Path | None, workers: int, scheduler: str | None, search: bool) -> Results:
    from ..trial import run_trial
    from ..trial.spread_out import Where
    from .progress import progress

    with progress("people") as tell:
        return run_trial(plan, trials, seed, folder=pool, where=Where(workers, scheduler), search=search, tell=tell)


def _write(found: Results, out: Path, summary: str, seen: str | None) -> Path:
    from ..report.trial import render_trial
    from ..trial.telling import efficacy, subjects
    from ..twin.folder import write_folder
    from .writing import tell_of

    files = {PAGE: render_trial(found), SUMMARY: summary, SUBJECTS: subjects(found), EFFICACY: efficacy(found)}
    return tell_of(write_folder(out.absolute(), files, seen=seen), out)


def _show_trial(found: Results, written: Path | None) -> None:
    from rich.markup import escape

    from ..trial.telling import notes
    from .tables import console, listing

    page, document = console(), found.plan.document
    first, second = found.plan.compared
    design = f"{document.design}, {document.people} people, {document.analysis.method}"
    page.print(f"{escape(document.title or 'A trial')}: {first.name} against {second.name}, {design}", highlight=False)
    table = listing("", "significant", "estimate", "5-95 %", "true", "bias", "covered", "leave", "read")
    for label, one in (("power", found.power), ("assurance", found.assurance)):
        if one is not None:
            low, _, high = one.quantiles
            bias = f"{one.bias.value:+.2g} ± {one.bias.error:.1g}"
            table.add_row(
                label, _share(one.significant), f"{one.estimate:.3g}", f"{low:.3g} to {high:.3g}", f"{one.true:.3g}",
                bias, _share(one.covered), f"{100 * one.left:.0f} %", f"{one.read:.0f}",
            )  # fmt: skip
    page.print(table)
    for look in found.power.looks:
        ends = f"efficacy {_share(look.efficacy)}, futility {_share(look.futility)}"
        page.print(f"Look at {look.people} people: |z| {look.boundary:.3f}; {ends}", highlight=False)
    if found.sizes:
        aim = 100 * document.analysis.power
        none = f"no size up to {found.sizes[-1].people} people is enough"
        end = f"{found.wanted} people are the fewest of those tried" if found.wanted else none
        page.print(f"For a power of {aim:.0f} %: {end}", highlight=False)
    for one in found.naive:
        value = _share(one.value) if "bias" not in one.label else f"{one.value.value:+.2g} ± {one.value.error:.1g}"
        page.print(f"Naive: {escape(one.label)}: {value} ({escape(one.note)})", highlight=False)
    for note in notes(found):
        page.print(f"[dim]{escape(note)}[/]", highlight=False)
    if written is not None:
        page.print(f"Wrote {escape(str(written))}", highlight=False)


def _share(share: Any) -> str:
    return f"{100 * share.value:.1f} ± {100 * share.error:.1f} %"
