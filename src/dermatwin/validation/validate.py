"""`validate()`: the twin against measurements, file by file, row by row.

Each row becomes the prediction of that observable for that experiment; what cannot be predicted is listed with its
reason. Estimates that are pooled from the packaged trials leave the scored study out.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from ..core.errors import CaseError, Fault
from ..evidence import Evidence
from ..twin.contents import entries
from ..twin.folder import write_folder
from ..twin.placing import require_usable
from ..twin.summary import to_json
from .laboratory import Laboratory
from .prediction import Answer, NotPredicted, Predictor
from .rows import Row, is_evidence, left_aside, measured, read_folder
from .scoring import summarise
from .usual import UNREADABLE

Progress = Callable[[float, str], None]
Page = Callable[[dict[str, Any], Evidence], str]
SCORES, PAGE = "scores.json", "qualification.html"
PREDICTORS = {
    "insertion.csv": ("insertion", "predictor"),
    "closure.csv": ("closure", "predictor"),
    "permeation_microneedle.csv": ("permeation", "predictor"),
    "permeability_intact.csv": ("permeability", "predictor"),
    "permeability_intact_medians.csv": ("permeability", "medians_predictor"),
    "healing_timecourse.csv": ("healing", "predictor"),
    "outcomes.csv": ("outcomes", "predictor"),
    "numbness.csv": ("numbing", "predictor"),
    "adverse_rates.csv": ("adverse", "predictor"),
}
"""File -> module and function that makes its predictor; imported when the file is there."""


def validate(
    evidence: Path | Evidence | None = None,
    out: Path | None = None,
    *,
    draws: int = 200,
    seed: int = 1,
    progress: Progress | None = None,
    page: Page | None = None,
) -> dict[str, Any]:
    """Score the twin.

    Parameters
    ----------
    evidence : a folder with any of the measurement files, for the packaged evidence to be held against; or evidence of
        one's own (read, or its folder, to be laid over the packaged one), for its measurements or else the packaged ones.
    out : folder for `scores.json`; nothing is written without it.
    draws, seed : as in `simulate`.
    page : what makes a page for people of the scores and the evidence, such as `report.qualification.render`; it is written
        beside them.

    Returns the scores: {"files": {name: {"rows", "scored", "coverage_50", "coverage_80", "coverage_90",
    "median_abs_log10_error", "median_factor", "mean_abs_error", "width_decades", "sign_accuracy", "by_study", "baseline",
    "not_leaning", "quantities", "groups", "failed", "not_predicted", "predictions"}}, "left_aside", "provenance"}; figures
    as `scoring.figures` gives them, "quantities" as `scoring.by_quantity`.

    Raises CaseError for a folder or file that cannot be read, EvidenceError for evidence that does not pass the gate.
    """
    from ..twin.provenance import provenance

    if not 20 <= draws <= 20_000:
        raise CaseError([Fault("draws", str(draws), "is outside 20-20000")])
    seen = None if out is None else _require_usable(out.absolute())
    tell = progress or (lambda share, what: None)
    believed, tables, aside = scored(evidence)
    laboratory = Laboratory(believed, draws, seed)
    files = {}
    for number, (name, rows) in enumerate(tables.items()):
        tell(number / len(tables), name)
        files[name] = summarise(rows, predictor(name, laboratory), laboratory.evidence)
    tell(1.0, "done")
    scores = {"files": files, "left_aside": aside, "provenance": provenance(laboratory.people, laboratory.people.luck.vary)}
    if out is not None:
        pages = {} if page is None else {PAGE: page(scores, believed)}
        write_folder(out.absolute(), {SCORES: to_json(scores), **pages}, seen=seen)
    return scores


def _require_usable(out: Path) -> str:
    """Earlier scores are replaced; nothing else is."""
    return require_usable(out, force=SCORES in (entries(out) or ()), names=(SCORES, PAGE))


def scored(evidence: Path | Evidence | None) -> tuple[Evidence, dict[str, list[Row]], dict[str, str]]:
    """What is believed, the rows that are held against it, and the files of a folder that are left aside."""
    if isinstance(evidence, Path) and not is_evidence(evidence):
        return Evidence.packaged(), read_folder(evidence), left_aside(evidence)
    believed = Evidence.read(evidence) if isinstance(evidence, Path) else evidence or Evidence.packaged()
    return believed, measured(believed, own=True, unfitted=True), {}


def predictor(name: str, laboratory: Laboratory) -> Predictor:
    """The function that predicts the rows of one file; what cannot be read as it is written is refused with its reason."""
    module, maker = PREDICTORS[name]
    predict: Predictor = getattr(import_module(f".{module}", __package__), maker)(laboratory)

    def asked(row: Row) -> Answer:
        return NotPredicted(row[UNREADABLE]) if row[UNREADABLE] else predict(row)

    return asked
