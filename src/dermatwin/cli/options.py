"""Arguments and options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..case import Case
    from ..evidence import Evidence

MAX_SEED = 2**63 - 1

CaseFile = Annotated[Path, typer.Argument(metavar="CASE", help="Case file (YAML).", show_default=False)]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.", show_default=False)]
CaseFiles = Annotated[
    list[Path],
    typer.Argument(
        metavar="CASE...",
        show_default=False,
        help=("Case files (YAML); the others are set against the first. One is enough with --device."),
    ),
]
Machine = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        show_default=False,
        help="Lay a value over the case, such as course.settings.cheek.needle_length='1 mm'; may be repeated.",
    ),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, max=MAX_SEED, help="Same seed, same result.")]
NoSeed = Annotated[
    int,
    typer.Option(
        "--seed",
        min=0,
        max=MAX_SEED,
        hidden=True,
        help="Every verb takes a seed; nothing here is random, so it changes nothing.",
    ),
]
Draws = Annotated[int, typer.Option("--draws", metavar="N", min=2, help="Number of possible people behind each band.")]
Workers = Annotated[
    int,
    typer.Option("--workers", metavar="N", min=1, max=256, help="Processes for the people beyond the first thousand or so."),
]
OutFolder = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write the result here.", show_default=False)]
OutFile = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file.", show_default=False)]
Report = Annotated[bool, typer.Option("--report/--no-report", help="Put report.html into the run folder.")]
Split = Annotated[
    bool, typer.Option("--split/--no-split", help="Say of every number where its spread comes from; doubles the time.")
]
Devices = Annotated[
    list[str] | None,
    typer.Option(
        "--device",
        metavar="DEVICE",
        show_default=False,
        help="Set this device of the catalogue against the first one named, each in its usual way; to be repeated.",
    ),
]
NeedleLength = Annotated[
    str | None,
    typer.Option(
        "--needle-length",
        metavar="LENGTH",
        show_default=False,
        help="With --device: this length in every zone, such as '1.5 mm'; left out, the length of the case.",
    ),
]
EqualDensity = Annotated[
    str | None,
    typer.Option(
        "--density",
        metavar="DENSITY",
        show_default=False,
        help="With --device: so many punctures in every zone and arm, such as '250 1/cm^2', so that needles are "
        "compared and not habits; left out, the density of the case, else that of each device's usual way.",
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Every endpoint that the arms share, not only the main ones.")]
Details = Annotated[
    bool,
    typer.Option("--details", help="Grounds, sources, what to do about each finding; the questions that were not asked."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]
Own = Annotated[
    Path | None,
    typer.Option(
        "--evidence",
        metavar="DIR",
        show_default=False,
        help="Your own evidence: devices, products, concerns, rules ... laid over the packaged one.",
    ),
]
OwnOfRun = Annotated[
    Path | None,
    typer.Option(
        "--evidence",
        metavar="DIR",
        show_default=False,
        help="Your own evidence, laid over the packaged one; left out, what the run folder keeps of it.",
    ),
]


def read_evidence(folder: Path | None) -> Evidence:
    """The packaged evidence, with a folder of one's own laid over it where one is named."""
    from ..evidence import Evidence

    return Evidence.packaged() if folder is None else Evidence.read(folder)


def concerns_of(evidence: Evidence) -> tuple[str, ...]:
    """Names that a case may give a concern."""
    from ..evidence.rows.outcome import ConcernRow

    return tuple(row.concern for row in evidence.rows(ConcernRow))


def read_case(path: Path, settings: list[str] | None, evidence: Evidence, *, planned: bool = False) -> Case:
    """The case of a file with the values of `--set` laid over it; one to plan for needs no settings and no sessions."""
    from ..screening.reading import load_case

    return load_case(path, overrides_of(settings or []), evidence, planned=planned)


def overrides_of(settings: list[str]) -> dict[str, Any]:
    """`path=value` texts as overrides; the value is read as YAML."""
    from ..case.reading import read_text
    from ..core.errors import CaseError, Fault

    found: dict[str, Any] = {}
    faults = []
    for text in settings:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not path:
            faults.append(Fault("--set", text, "is not of the form path=value"))
        elif path in found:
            faults.append(Fault("--set", text, "sets the same place twice"))
        else:
            tree = read_text(value or "''", f"--set {path}")
            found[path] = tree.value
            faults += [fault for _, fault in tree.faults]
    if faults:
        raise CaseError(faults)
    return found


def length_of(text: str) -> float:
    """A needle length [mm] as the case file would read it."""
    from ..case.quantity import NeedleLength as Length

    return _quantity(text, Length, "--needle-length")


def density_of(text: str) -> float:
    """A density of punctures [1/cm2] as the case file would read it."""
    from ..case.quantity import Density

    return _quantity(text, Density, "--density")


def _quantity(text: str, kind: Any, option: str) -> float:
    from pydantic import TypeAdapter, ValidationError

    from ..core.errors import CaseError, Fault

    try:
        return TypeAdapter(kind).validate_python(text)
    except ValidationError as error:
        raise CaseError([Fault(option, text, error.errors()[0]["msg"])]) from None
