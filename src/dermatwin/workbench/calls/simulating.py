"""A plan simulated: the run folder is what `dermatwin simulate` writes from the same case, to the byte."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from ... import __version__
from ...report import render, sheets
from ...twin import simulate, write_run
from ...twin.folder import SUMMARY
from ..models import Run
from .document import read
from .known import evidence
from .numbed import numbing_of


def folder_of(run: Run) -> Path:
    """Where the folder of a run is, or will be."""
    return settings.FOLDER.runs / str(run.pk)


def simulate_plan(run: Run, tell: Callable[[float, str], None]) -> None:
    """Simulate the case of a run and keep its folder, with the report and the sheets in the language of the person."""
    case = read(run.case_text)
    found = simulate(case, draws=run.draws, seed=run.seed, evidence=evidence(), split=True, progress=tell)
    tell(1.0, "drawing the report")
    folder = folder_of(run)
    written = write_run(found, folder, force=True, report=render(found), sheets=sheets(found, run.plan.patient.language))
    _keep(run, found, written)


def _keep(run: Run, found: Any, written: Path) -> None:
    hashed = sha256((written / SUMMARY).read_bytes()).hexdigest()
    Run.objects.filter(pk=run.pk).update(
        summary_sha256=hashed,
        verdict=found.screening.verdict,
        dermatwin_version=__version__,
        numbing=numbing_of(found, run.plan.patient.language),
    )
