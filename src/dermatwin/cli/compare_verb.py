"""The verb that sets devices or courses side by side on the same people: compare."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .door import STOPPED
from .options import (
    CaseFiles,
    Devices,
    Draws,
    EqualDensity,
    Everything,
    Force,
    Machine,
    NeedleLength,
    OutFolder,
    Own,
    Seed,
    Set,
    Workers,
    density_of,
    length_of,
    read_case,
    read_evidence,
)

if TYPE_CHECKING:
    from ..case import Case
    from ..evidence import Evidence
    from ..screening import Screening
    from ..twin import Contrast

PAGE, SUMMARY = "comparison.html", "comparison.json"


def compare(
    cases: CaseFiles,
    device: Devices = None,
    needle_length: NeedleLength = None,
    density: EqualDensity = None,
    out: OutFolder = None,
    draws: Draws = 200,
    seed: Seed = 1,
    settings: Set = None,
    evidence: Own = None,
    everything: Everything = False,
    workers: Workers = 1,
    force: Force = False,
    json: Machine = False,
) -> None:
    """Set courses or devices side by side on the same people: every difference is taken person by person."""
    from ..twin.contrast import require_pairs
    from ..twin.placing import require_usable
    from ..twin.summary import to_json
    from .machine import only_json

    seen = None if out is None else require_usable(out.absolute(), force=force, names=(PAGE, SUMMARY))
    with only_json(json):
        believed = read_evidence(evidence)
        arms, left_out = _arms(cases, device or [], _ForAll(needle_length, density), settings, believed)
        require_pairs(list(arms.values()), list(arms))
        stopped = _stopped(arms, believed)
    if stopped:
        _refuse(stopped, json)
    with only_json(json):
        found = _compared(arms, draws, seed, believed, workers)
        summary = to_json({**found.to_dict(everything=everything), "left_out": list(left_out)})
        written = None if out is None else _write(found, out, summary, left_out, seen)
    if json:
        print(summary, end="")
    else:
        from .comparing import show_contrast

        show_contrast(found, everything=everything, left_out=left_out, written=written)


@dataclass(frozen=True)
class _ForAll:
    """What is the same in every arm, as it was typed."""

    length: str | None
    density: str | None


def _arms(
    paths: list[Path], devices: list[str], same: _ForAll, settings: list[str] | None, evidence: Evidence
) -> tuple[dict[str, Case], tuple[str, ...]]:
    """The arms by their labels, and what of the case was left out to make them."""
    from ..twin.arms import device_arms, left_out

    _require_one_way(paths, devices, same)
    if not devices:
        return {label: read_case(path, settings, evidence) for label, path in zip(_labels(paths), paths, strict=True)}, ()
    case = read_case(paths[0], settings, evidence)
    arms = device_arms(
        case,
        devices,
        evidence,
        None if same.length is None else length_of(same.length),
        None if same.density is None else density_of(same.density),
    )
    return arms, left_out(case)


def _require_one_way(paths: list[Path], devices: list[str], same: _ForAll) -> None:
    """CaseError where the options contradict one another: arms are either case files or devices."""
    from ..core.errors import CaseError, Fault

    if devices and len(paths) > 1:
        raise CaseError(
            [
                Fault(
                    "--device",
                    ", ".join(devices),
                    f"goes with one case, not with {len(paths)}; name one case "
                    "with several devices, or several cases without --device",
                )
            ]
        )
    if len(devices) == 1:
        raise CaseError([Fault("--device", devices[0], "is one device; name two or more to compare")])
    alone = [
        Fault(
            option,
            given,
            f"goes with --device; cases say their own {what}, or lay one over all of them with --set "
            f"course.settings.ZONE.{field}",
        )
        for option, given, what, field in (
            ("--needle-length", same.length, "lengths", "needle_length"),
            ("--density", same.density, "densities", "density"),
        )
        if given is not None and not devices
    ]
    if alone:
        raise CaseError(alone)


def _labels(paths: list[Path]) -> list[str]:
    """A name for each file that no other has: its stem, else with its folder, else with a number."""
    stems = [path.stem for path in paths]
    names = [
        stem if stems.count(stem) == 1 else f"{path.absolute().parent.name}/{stem}"
        for stem, path in zip(stems, paths, strict=True)
    ]
    return [
        name if names.count(name) == 1 else f"{name} ({names[:place].count(name) + 1})" for place, name in enumerate(names)
    ]


def _stopped(arms: dict[str, Case], evidence: Evidence) -> dict[str, Screening]:
    from ..screening import screen

    found = {label: screen(case, evidence) for label, case in arms.items()}
    return {label: screening for label, screening in found.items() if screening.verdict == "stop"}


def _refuse(stopped: dict[str, Screening], json: bool) -> None:
    """Say why arms are stopped and leave; nothing is computed or written."""
    from .machine import emit
    from .tables import show_screening

    if json:
        emit({"verdict": "stop", "stopped": [{"arm": label, **found.to_dict()} for label, found in stopped.items()]})
        raise typer.Exit(STOPPED)
    for label, found in stopped.items():
        print(f"{label}:")
        show_screening(found)
    raise typer.Exit(STOPPED)


def _compared(arms: dict[str, Case], draws: int, seed: int, evidence: Evidence, workers: int) -> Contrast:
    from ..twin import compare as compare_arms
    from .progress import progress

    with progress("comparing") as tell:
        return compare_arms(list(arms.values()), list(arms), draws, seed, progress=tell, evidence=evidence, workers=workers)


def _write(found: Contrast, out: Path, summary: str, left_out: tuple[str, ...], seen: str | None) -> Path:
    from ..report.comparison import render_comparison
    from ..twin.folder import write_folder
    from .writing import tell_of

    files = {PAGE: render_comparison(found, left_out=left_out), SUMMARY: summary}
    return tell_of(write_folder(out.absolute(), files, seen=seen), out)
