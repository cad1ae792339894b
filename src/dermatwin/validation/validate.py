"""`validate()`: the twin against measurements, file by file, row by row.

Each row becomes the prediction of that observable for that experiment; what cannot be predicted is listed with its
reason. Estimates that are pooled from the packaged trials leave the scored study out.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core.errors import CaseError, Fault
from ..evidence import MEASUREMENTS
from .laboratory import Laboratory
from .rows import read_folder
from .scoring import Predictor, summarise

Progress = Callable[[float, str], None]


def validate(evidence: Path | None = None, out: Path | None = None, *, draws: int = 200, seed: int = 1,
             progress: Progress | None = None) -> dict[str, Any]:
    """Score the twin.

    Parameters
    ----------
    evidence : folder with any of the measurement files (default: the packaged ones).
    out : folder for `scores.json` and `qualification.html`; nothing is written without it.
    draws, seed : as in `simulate`.

    Returns the scores: {"files": {name: {"rows", "scored", "coverage_90", "median_abs_log10_error", "mean_abs_error",
    "sign_accuracy", "baseline", "not_predicted", "predictions"}}, "provenance"}.

    Raises CaseError for a folder or file that cannot be read.
    """
    from ..twin.provenance import provenance

    if not 20 <= draws <= 20_000:
        raise CaseError([Fault("draws", str(draws), "is outside 20-20000")])
    if out is not None:
        from .pages import require_usable

        require_usable(out)
    tell = progress or (lambda share, what: None)
    tables = read_folder(evidence or MEASUREMENTS)
    laboratory = Laboratory(draws, seed)
    files = {}
    for number, (name, rows) in enumerate(tables.items()):
        tell(number / len(tables), name)
        files[name] = summarise(name, rows, predictor(name, laboratory))
    tell(1.0, "done")
    scores = {"files": files, "provenance": provenance(laboratory.people, laboratory.people.luck.vary)}
    if out is not None:
        from .pages import write_scores

        write_scores(scores, out)
    return scores


def predictor(name: str, laboratory: Laboratory) -> Predictor:
    """The function that predicts the rows of one file."""
    from . import adverse, closure, healing, insertion, outcomes, permeability, permeation

    makers: dict[str, Callable[[Laboratory], Predictor]] = {
        "insertion.csv": insertion.predictor, "closure.csv": closure.predictor,
        "permeation_microneedle.csv": permeation.predictor, "permeability_intact.csv": permeability.predictor,
        "permeability_intact_medians.csv": permeability.medians_predictor, "healing_timecourse.csv": healing.predictor,
        "outcomes.csv": outcomes.predictor, "adverse_rates.csv": adverse.predictor,
    }
    return makers[name](laboratory)
