"""The run as plain data: `summary.json`.

What many endpoints share stands once, in a table, and they name it: a title by the name of the endpoint (`titles`), the ids
of its sources by the number of the list (`source_lists`), what a grade means by its letter (`grades`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, cast

import numpy as np

from ..evidence import GRADES
from .comparison import Comparison, compare_observations
from .run import Run

FORMAT = 2
"""Of the summary and of the comparison; 1, which had no such entry, repeated titles and sources in every endpoint."""

INTENT = "Decision support with visible sources: it does not replace the judgement of the clinician who signs the plan."


def summarise(run: Run) -> dict[str, Any]:
    """Endpoints, verdict, comparisons with what was observed, warnings and provenance."""
    return {
        "format": FORMAT,
        "title": run.case.title,
        "intent": INTENT,
        "verdict": run.screening.verdict,
        "findings": [asdict(finding) for finding in run.screening.findings],
        **shared(endpoint.summary() for endpoint in run.endpoints),
        "observations": [_comparison(comparison) for comparison in compare_observations(run)],
        "guards": [asdict(guard) for guard in run.guards],
        "failed": run.failed,
        "warnings": [{"path": n.path, "message": n.message, "source": n.source} for n in run.notices],
        "provenance": run.provenance,
    }


def shared(endpoints: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Endpoints with the tables of what they share: lists of sources, titles, meanings of grades."""
    lists: dict[tuple[str, ...], int] = {}
    titles: dict[str, str] = {}
    told: list[dict[str, Any]] = []
    for endpoint in endpoints:
        found = dict(endpoint)
        titles[found["name"]] = found.pop("title")
        for key in ("sources", "all_sources"):
            if key in found:
                found[key] = lists.setdefault(tuple(found[key]), len(lists))
        told.append(found)
    return {"grades": GRADES, "source_lists": [list(ids) for ids in lists], "titles": titles, "endpoints": told}


def sources_in(summary: Mapping[str, Any], endpoint: Mapping[str, Any], key: str = "sources") -> list[str]:
    """Ids of the sources of an endpoint of a summary; `key` is 'sources', those by weight, or 'all_sources'.

    ValueError for a summary of another format.
    """
    if summary.get("format") != FORMAT:
        raise ValueError(f"the summary is of format {summary.get('format', 1)}, not {FORMAT}; simulate or reread the run")
    return summary["source_lists"][endpoint[key]]


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
    """One spelling of a summary: same data, same bytes. Every entry of a list or a table of it is one line."""
    lines = ",\n".join(f"  {_one_line(key)}: {_laid_out(value)}" for key, value in summary.items())
    return f"{{\n{lines}\n}}\n"


def _laid_out(value: Any) -> str:
    if isinstance(value, Mapping) and value:
        table = cast(Mapping[str, Any], value)
        return "{\n    " + ",\n    ".join(f"{_one_line(k)}: {_one_line(v)}" for k, v in table.items()) + "\n  }"
    if isinstance(value, list) and value:
        return "[\n    " + ",\n    ".join(map(_one_line, cast(list[Any], value))) + "\n  ]"
    return _one_line(value)


def _one_line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
