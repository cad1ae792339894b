"""Chapter 10: how sure the twin is of each number: grades, every endpoint, sources, and where the run comes from."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .. import words
from ..figures import rows
from . import lookup

if TYPE_CHECKING:
    from ...twin import Endpoint, Run

STAGES = (
    ("skin", "Skin"),
    ("insertion", "Needles"),
    ("barrier", "Channels"),
    ("delivery", "Products"),
    ("healing", "Healing"),
    ("outcome", "Recovery, result and risks"),
    ("device", "Device"),
    ("planning", "Plan"),
)


def certainty(run: Run) -> dict[str, Any]:
    """Composition by grade per quantity, the table of all endpoints, sources, provenance."""
    from ...evidence.records import GRADES

    return {
        "grades": list(GRADES.items()),
        "compositions": _compositions(run),
        "tables": _tables(run),
        "sources": _sources(run),
        "provenance": _provenance(run),
        "endpoints": len(run.endpoints),
        "sentences": ["A number carries the weakest grade of all that it stands on; the bars show what else it stands on."],
    }


def _stage(run: Run, name: str) -> str:
    quantity = run.evidence.quantities.get(name.partition("[")[0])
    return quantity.stage if quantity else ""


def _bases(run: Run) -> list[str]:
    return lookup.unique(endpoint.name.partition("[")[0] for endpoint in run.endpoints)


def _compositions(run: Run) -> list[dict[str, Any]]:
    """Per stage: each quantity with the share of its parameters in every grade."""
    found = defaultdict(list)
    for base in _bases(run):
        if base not in run.evidence.quantities:
            continue
        counts = run.evidence.grades(base)
        total = sum(counts.values())
        said = ", ".join(f"{count} of grade {grade}" for grade, count in counts.items())
        found[_stage(run, base)].append(
            {
                "title": lookup.quantity_title(run, base),
                "grade": run.evidence.grade(base),
                "total": total,
                "figure": rows.stack(
                    [
                        (f"grade-{grade}", count / max(total, 1), f"{count} of grade {grade}")
                        for grade, count in counts.items()
                    ],
                    f"{words.count(total, 'parameter')}: {said}",
                    12.0,
                ),
            }
        )
    return [{"title": title, "rows": found[stage]} for stage, title in STAGES if found[stage]]


def _tables(run: Run) -> list[dict[str, Any]]:
    """All endpoints by stage; what repeats at every session is one row per time."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for endpoint in run.endpoints:
        found[_stage(run, endpoint.name)].append(_row(endpoint))
    known = [stage for stage, _ in STAGES]
    order = [*STAGES, *((stage, words.title(stage) or "Other") for stage in found if stage not in known)]
    return [{"title": title, "rows": found[stage]} for stage, title in order if found[stage]]


def _row(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": endpoint.name,
        "title": endpoint.title,
        "zone": words.name(endpoint.zone),
        "time": words.NOTHING if endpoint.time_days is None else _day(endpoint.time_days),
        "band": lookup.of(endpoint),
        "grade": endpoint.grade,
        "failed": endpoint.failed,
    }


def _day(days: float) -> str:
    return f"day{words.SPACE}{words.given(round(days, 2))}"


def _sources(run: Run) -> list[dict[str, str]]:
    """Every source behind an endpoint, in the order of their citation."""
    ids = sorted(
        {i for endpoint in run.endpoints for i in endpoint.sources}
        | {i for finding in run.screening.findings for i in finding.sources}
        | set(run.case.sources)
        | {o.source for o in run.case.observations if o.source}
    )
    found = [run.evidence.sources[i] for i in ids if i in run.evidence.sources]
    return [
        {"id": s.id, "citation": s.citation, "year": s.year, "identifier": s.identifier, "kind": s.kind}
        for s in sorted(found, key=lambda s: s.citation.lower())
    ]


def _provenance(run: Run) -> list[tuple[str, str]]:
    names = {
        "program": "Program",
        "version": "Version",
        "seed": "Seed",
        "draws": "People drawn",
        "vary": "Spread from",
        "evidence": "Fingerprint of the evidence",
        "overlay": "Laid over the evidence",
        "stale_fits": "Fits that do not belong to the evidence",
    }
    return [(names.get(key, words.title(key)), words.recorded(value)) for key, value in run.provenance.items()]
