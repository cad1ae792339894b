"""Verbs that hand the healing network to other people's programs: SBML for one lane, PEtab for the calibration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import Force, Machine, NoSeed, OutFile, Own, Seed, Set, read_case, read_evidence

CaseIfAny = Annotated[
    Path | None,
    typer.Argument(
        metavar="[CASE]",
        help="Case file (YAML); left out, the reference course of four sessions over a year.",
        show_default=False,
    ),
]


def export_sbml(
    case: CaseIfAny = None,
    zone: Annotated[
        str | None, typer.Option("--zone", metavar="ZONE", show_default=False, help="Zone of the case; left out, the first.")
    ] = None,
    layer: Annotated[str, typer.Option("--layer", metavar="LAYER", help="Layer of the skin.")] = "papillary_dermis",
    piece: Annotated[
        str,
        typer.Option(
            "--piece", metavar="PIECE", help=("'repeated': a point that every session hits; 'mean': the whole layer.")
        ),
    ] = "repeated",
    draw: Annotated[
        int | None,
        typer.Option(
            "--draw",
            metavar="N",
            min=1,
            max=20_000,
            show_default=False,
            help=("The N-th possible person of the seed; left out, every constant at its median."),
        ),
    ] = None,
    settings: Set = None,
    evidence: Own = None,
    out: OutFile = None,
    force: Force = False,
    json: Machine = False,
    seed: Seed = 1,
) -> None:
    """Write the healing network of one layer as SBML (Level 3 Version 2); needs the extra 'exchange'."""
    from ..core.errors import CaseError, Fault
    from ..healing.sbml import to_sbml
    from ..twin.lane import lane
    from .machine import emit, only_json
    from .writing import write_text

    if case is None and (zone is not None or settings):
        raise CaseError([Fault("--zone" if zone is not None else "--set", "", "needs a case")])
    with only_json(json):
        believed = read_evidence(evidence)
        document = read_case(case, settings, believed) if case is not None else None
        text = to_sbml(lane(document, zone=zone, layer=layer, piece=piece, seed=seed, person=draw, evidence=believed))
    if out is not None:
        write_text(out, text, force=force)
    if json:
        emit({"sbml": text} if out is None else {"written": str(out)})
    else:
        print(text if out is None else f"Written: {out}")


def export_petab(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Write the problem here.", show_default=False)],
    evidence: Own = None,
    force: Force = False,
    json: Machine = False,
    seed: NoSeed = 1,
) -> None:
    """Write the calibration of the healing network as a PEtab problem (versions 1 and 2); needs the extra 'exchange'."""
    from ..twin.folder import write_folder
    from ..twin.placing import require_usable
    from ..validation.problem import petab_problem
    from .machine import emit, only_json
    from .writing import tell_of

    target = out.absolute()
    seen = require_usable(target, force=force)
    with only_json(json):
        found = petab_problem(read_evidence(evidence))
        out = tell_of(write_folder(target, found.files, seen=seen), out)
    if json:
        emit({"written": str(out), "measurements": found.taken, "left_out": len(found.left_out)})
    else:
        print(f"Written: {out} ({found.taken} measurements; {len(found.left_out)} rows cannot be expressed: left_out.tsv)")
