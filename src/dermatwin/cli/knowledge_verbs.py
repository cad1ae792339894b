"""Verbs about what dermatwin knows: validate, explain, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import Draws, Force, Machine, NoSeed, OutFile, OutFolder, Own, Seed, concerns_of, read_evidence


def validate(
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence",
            metavar="DIR",
            show_default=False,
            help="Folder of measurements, or your own evidence laid over the packaged one; left out, what is packaged.",
        ),
    ] = None,
    out: OutFolder = None,
    details: Annotated[bool, typer.Option("--details", help="Print the scores of every quantity, too.")] = False,
    draws: Draws = 200,
    seed: Seed = 1,
    json: Machine = False,
) -> None:
    """Score the twin against measurements; with --out, scores.json and a page, qualification.html, are written."""
    from ..report.qualification import render
    from ..validation import validate as score
    from .machine import emit, only_json
    from .progress import progress

    with only_json(json), progress("validating") as tell:
        scores = score(evidence, out, draws=draws, seed=seed, progress=tell, page=render if out else None)
    if json:
        emit(scores)
    else:
        from .tables import show_scores

        show_scores(scores, out, details=details)


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", show_default=False, help="A quantity, parameter, stage, source, or an entry of `dermatwin list`."
        ),
    ],
    evidence: Own = None,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Equation, parameters, sources and evidence grade behind a number."""
    from ..explanation import explain as look_up
    from .machine import emit, only_json

    with only_json(json):
        found = look_up(name, read_evidence(evidence))
    if json:
        emit(found.to_dict())
    else:
        from .explaining import show_explanation

        show_explanation(found)


def list_entries(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND", show_default=False, help="devices, products, actives, concerns, scales, sites, rules, concepts."
        ),
    ],
    evidence: Own = None,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """List what dermatwin knows of a kind; `dermatwin explain NAME` tells more of each."""
    from ..lookup import entries
    from .machine import emit, only_json

    with only_json(json):
        found = entries(kind, read_evidence(evidence))
    if json:
        emit(found)
    else:
        from .explaining import show_entries

        show_entries(found)


def export_schema(
    out: OutFile = None,
    trial: Annotated[bool, typer.Option("--trial", help="That of a trial file instead.")] = False,
    evidence: Own = None,
    force: Force = False,
    json: Machine = True,
    seed: NoSeed = 1,
) -> None:
    """Print the JSON schema of a case file, or of a trial file (draft 2020-12)."""
    from json import dumps

    from .writing import write_text

    text = dumps(_trial_schema() if trial else _case_schema(evidence), indent=2)
    if out is None:
        print(text)
    else:
        write_text(out, text + "\n", force=force)


def _case_schema(evidence: Path | None) -> dict[str, Any]:
    from ..case.schema import OFFERED, json_schema
    from ..device import kinds
    from ..history import anamnesis
    from ..lookup import entries

    known = read_evidence(evidence)
    offered = {kind: [one.name for one in entries(kind, known)] for kind in OFFERED}
    return json_schema(concerns_of(known), tuple(kinds(known)), tuple(anamnesis(known)), offered=offered)


def _trial_schema() -> dict[str, Any]:
    from ..trial.schema_of import trial_schema

    return trial_schema()
