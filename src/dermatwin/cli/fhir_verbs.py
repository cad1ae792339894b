"""Verbs for clinical records: read one into a case with its review, write a case or a run as one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Force, Machine, NoSeed, Own, Set, overrides_of, read_evidence

if TYPE_CHECKING:
    from datetime import date

    from ..evidence import Evidence
    from ..exchange.fhir import Review

Record = Annotated[
    Path, typer.Argument(metavar="BUNDLE", help="A record as FHIR R4: JSON, or JSON lines.", show_default=False)
]
OnDay = Annotated[
    str | None, typer.Option("--on", metavar="DAY", show_default=False, help="Day as of which it is read; left out, today.")
]


def import_fhir(
    record: Record,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the case here.", show_default=False)
    ] = None,
    lines: Annotated[
        Path | None,
        typer.Option(
            "--review", metavar="FILE", help="Write every line of the review: .csv, .yaml or .json.", show_default=False
        ),
    ] = None,
    case: Annotated[
        Path | None,
        typer.Option(
            "--case",
            metavar="CASE",
            show_default=False,
            help="Case whose zones and course are taken; left out, those of `new`.",
        ),
    ] = None,
    on: OnDay = None,
    settings: Set = None,
    evidence: Own = None,
    force: Force = False,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Read a clinical record (FHIR R4) into a case: every line mapped, listed or set aside, none confirmed. Needs the extra
    'fhir'."""
    from ..exchange.fhir import read_record, review
    from .machine import emit, only_json
    from .writing import require_free, write_text

    for path in filter(None, (out, lines)):
        require_free(path, force=force)
    with only_json(json):
        believed, form = read_evidence(evidence), _form(lines)
        found = review(read_record(record), _day(on), believed)
        text = _case(found, case, settings, believed)
        if lines is not None:
            write_text(lines, form(found), force=force)
        if out is not None:
            write_text(out, text, force=force)
    if json:
        emit({**found.to_dict(), "case": text, "written": [str(path) for path in (out, lines) if path is not None]})
        return
    from .fhir_view import show_review

    show_review(found, out, lines)
    if out is None:
        print(text, end="")


def _case(found: Review, base: Path | None, settings: list[str] | None, evidence: Evidence) -> str:
    """The case of a review as a file, with what is set over it; what is set is said and no longer assumed."""
    from ..exchange.fhir import case_text
    from ..screening.reading import load_case

    values: dict[str, Any] | None = None
    if base is not None:
        values = load_case(base, None, evidence).model_dump(mode="json")
    return case_text(found, evidence, values, overrides_of(settings or []))


def _day(text: str | None) -> date:
    from datetime import date

    from ..core.errors import CaseError, Fault
    from ..interview.read import day

    if text is None:
        return date.today()
    try:
        return date.fromisoformat(day(text))
    except ValueError as error:
        raise CaseError([Fault("--on", "", str(error))]) from None


def _form(path: Path | None) -> Any:
    """How a review is written, by the ending of its file."""
    from ..core.errors import CaseError, Fault
    from ..exchange.fhir import sheet

    forms = {".csv": sheet.as_csv, ".yaml": sheet.as_yaml, ".yml": sheet.as_yaml, ".json": sheet.as_json}
    if path is not None and path.suffix.lower() not in forms:
        raise CaseError([Fault("--review", str(path), f"ends in none of {', '.join(forms)}")])
    return forms[path.suffix.lower()] if path is not None else None


def export_fhir(
    path: Annotated[Path, typer.Argument(metavar="RUN|CASE", help="Run folder, or case file (YAML).", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.", show_default=False)
    ] = None,
    evidence: Own = None,
    force: Force = False,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Write a case, or a run with its forecast, as a bundle of FHIR R4. Needs the extra 'fhir'."""
    from ..exchange.fhir import bundle_text, read_told
    from .machine import emit, only_json
    from .writing import require_free, write_text

    if out is not None:
        require_free(out, force=force)
    with only_json(json):
        text = bundle_text(read_told(path, read_evidence(evidence)))
        if out is not None:
            write_text(out, text, force=force)
    if json and out is not None:
        emit({"written": str(out)})
    else:
        print(text if out is None else f"Written: {out}", end="" if out is None else "\n")
