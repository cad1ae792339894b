"""The run folder, whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from ..case import dump_case
from .placing import place, require_usable
from .run import Run
from .store import ARRAYS, packed
from .summary import summarise, to_json

CASE = "case.resolved.yaml"
SUMMARY = "summary.json"
REPORT = "report.html"
OWN = "evidence"  # what was laid over the packaged evidence, a folder for each
NAMES = (CASE, ARRAYS, SUMMARY, REPORT)
"""What every run folder may hold."""


def write_run(
    run: Run,
    target: Path | str,
    *,
    force: bool = False,
    report: str | None = None,
    sheets: Mapping[str, str] = MappingProxyType({}),
    seen: str | None = None,
) -> Path:
    """Write `run` to the folder `target`: its case, its arrays (from which `recall` reads it again), its summary.

    `report` is the page to store as report.html, `sheets` the files of the folder sheets/. What was laid over the packaged
    evidence goes into evidence/; `contents.json` names all files. With `force` an earlier run is replaced: what its own list
    names, and nothing else. Returns where the run is: a name beside the target where somebody else has written there since
    `require_usable` said what was `seen`. Raises CaseError for a target that cannot be used or written.
    """
    target = Path(target).absolute()
    files = _files(run, report, sheets)
    seen = seen if seen is not None else require_usable(target, force=force, names=files)
    return write_folder(target, files, seen=seen)


def write_folder(target: Path, files: Mapping[str, str | bytes | memoryview], *, seen: str | None = None) -> Path:
    """Write a folder of texts and others (name -> content), whole or not at all; `seen` as for `place`."""

    def fill(draft: Path) -> None:
        for name, content in files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)

    return place(target, fill, seen=seen)


def _files(run: Run, report: str | None, sheets: Mapping[str, str]) -> dict[str, str | bytes | memoryview]:
    """Everything is made before anything is written: the library of the arrays dies of a disk that is full."""
    head = "".join(f"# {key}: {value}\n" for key, value in run.provenance.items())
    laid = run.evidence.tables.layers[1:]
    return {
        CASE: head + dump_case(run.case),
        ARRAYS: packed(run),
        **{f"{OWN}/{layer.name}/{name}": layer.read(name) for layer in laid for name in layer.names},
        **({} if report is None else {REPORT: report}),
        **{f"sheets/{name}": text for name, text in sheets.items()},
        SUMMARY: to_json(summarise(run)),
    }
