"""The run as plain data: `summary.json`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from .comparison import Comparison, compare_observations
from .run import Run

INTENT = "Decision support with visible sources: it does not replace the judgement of the clinician who signs the plan."


def summarise(run: Run) -> dict[str, Any]:
    """Endpoints, verdict, comparisons with what was observed, warnings and provenance."""
    return {
        "title": run.case.title,
        "intent": INTENT,
        "verdict": run.screening.verdict,
        "findings": [asdict(finding) for finding in run.screening.findings],
        "endpoints": [endpoint.summary() for endpoint in run.endpoints],
        "observations": [_comparison(comparison) for comparison in compare_observations(run)],
        "guards": [asdict(guard) for guard in run.guards],
        "failed": _failed(run),
        "warnings": [{"path": n.path, "message": n.message, "source": n.source} for n in run.notices],
        "provenance": run.provenance,
    }


def _failed(run: Run) -> dict[str, int]:
    """Failed people per zone: counted, never dropped."""
    return {zone.zone.key: int((zone.history.status != 0).any(axis=1).sum()) for zone in run.zones}


def _comparison(found: Comparison) -> dict[str, Any]:
    seen = found.observation
    return {
        "quantity": seen.quantity,
        "zone": seen.zone,
        "time_days": seen.time,
        "unit": found.unit,
        "observed": seen.value,
        "observed_low": seen.low,
        "observed_high": seen.high,
        "bound": seen.bound,
        "n": seen.n,
        "source": seen.source,
        "median": _rounded(found.median),
        "p05": _rounded(found.low),
        "p95": _rounded(found.high),
        "inside": found.inside,
        "independent": found.independent,
    }


def _rounded(number: float) -> float | None:
    return float(f"{number:.6g}") if np.isfinite(number) else None


def to_json(summary: dict[str, Any]) -> str:
    """One spelling of a summary: same data, same bytes."""
    return json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
