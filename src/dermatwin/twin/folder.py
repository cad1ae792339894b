"""The run folder, whole or not at all.

Everything is written into a hidden folder beside the target, which then takes the target's name in one step; a run
that is killed leaves no half-written result behind.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ..case import dump_case
from ..core.errors import CaseError, Fault
from .run import Run
from .store import ARRAYS, save
from .summary import summarise, to_json

CASE = "case.resolved.yaml"
MARK = "summary.json"
OWN = "evidence"  # what was laid over the packaged evidence, a folder for each


def write_run(
    run: Run,
    target: Path | str,
    *,
    force: bool = False,
    report: str | None = None,
    sheets: Mapping[str, str] = MappingProxyType({}),
) -> Path:
    """Write `run` to the folder `target`: its case, its arrays (from which `recall` reads it again), its summary.

    `report` is the page to store as report.html, `sheets` the files of the folder sheets/. What was laid over the packaged
    evidence goes into evidence/. With `force` an earlier run folder is replaced; a folder that is not a run folder is never
    touched. Raises CaseError for a target that cannot be used.
    """
    target = Path(target).absolute()
    require_usable(target, MARK, force=force)
    return _whole(target, lambda draft: _fill(run, draft, report, sheets))


def write_folder(target: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write a folder of texts and others (name -> content), whole or not at all; an earlier one is replaced."""

    def fill(draft: Path) -> None:
        for name, content in files.items():
            (draft / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)

    return _whole(target, fill)


def _whole(target: Path, fill: Callable[[Path], None]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        draft.chmod(0o755)
        fill(draft)
        _swap(draft, target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return target


def require_usable(target: Path, mark: str = MARK, *, force: bool) -> None:
    """CaseError unless `target` can become a folder of results; `mark` is the file by which an earlier one is known."""

    def fault(expected: str) -> CaseError:
        return CaseError([Fault("--out", str(target), expected)])

    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise fault("is not a folder; name a folder that does not exist yet")
    if target.is_dir() and any(target.iterdir()):
        if not (target / mark).is_file():
            raise fault("is not empty and not an earlier run; name another folder")
        if not force:
            raise fault("holds an earlier run; name another folder or add --force")
    ancestor = next(p for p in (target.parent, *target.parents) if p.exists())
    if not ancestor.is_dir() or not os.access(ancestor, os.W_OK):
        raise fault("cannot be written there")


def _fill(run: Run, draft: Path, report: str | None, sheets: Mapping[str, str]) -> None:
    head = "".join(f"# {key}: {value}\n" for key, value in run.provenance.items())
    (draft / CASE).write_text(head + dump_case(run.case), encoding="utf-8")
    save(run, draft / ARRAYS)
    for laid in run.evidence.tables.layers[1:]:
        laid.write(draft / OWN / laid.name)
    if report is not None:
        (draft / "report.html").write_text(report, encoding="utf-8")
    for name, text in sheets.items():
        (draft / "sheets").mkdir(exist_ok=True)
        (draft / "sheets" / name).write_text(text, encoding="utf-8", newline="")
    (draft / MARK).write_text(to_json(summarise(run)), encoding="utf-8")


def _swap(draft: Path, target: Path) -> None:
    if target.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        os.rename(target, old)  # onto an empty folder: one step
        os.rename(draft, target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.rename(draft, target)
