"""What dermatwin computed, as resources of FHIR R4: the forecast as a risk assessment, the screening as detected issues."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ...evidence import Evidence
from ...evidence.records import PERCENT, RISK
from ...evidence.rows.parameters import QuantityRow
from ...naming import split
from ...screening import Finding, Screening
from .part import RUN, Part
from .written import QUANTITIES, coding

Resource = dict[str, Any]
RULES = "urn:dermatwin:screening-rule"
_SEVERITY = {"hard_stop": "high", "soft_stop": "high", "caution": "moderate", "info": "low"}
_GRADES = "grade of the weakest evidence behind it, A (measured in human microneedling) to E (assumed)"


def risk_assessment(summary: Mapping[str, Any], start: date, evidence: Evidence) -> Resource | None:
    """The forecast of a run: every endpoint that is better or worse for a person, with its band; None where there is none.

    A chance of harm is a probability range in percent (5 % to 95 % of possible people); any other endpoint stands in words.
    """
    rows = {row.name: row for row in evidence.rows(QuantityRow)}
    told = [_prediction(each, row, summary["titles"], start) for each in summary["endpoints"] if (row := _row(each, rows))]
    if not told:
        return None
    provenance = summary["provenance"]
    version, draws, seed = (provenance.get(key, "") for key in ("version", "draws", "seed"))
    return {
        "resourceType": "RiskAssessment",
        "status": "final",
        "method": {"text": f"dermatwin {version}, {draws} possible people, seed {seed}"},
        "occurrenceDateTime": start.isoformat(),
        "prediction": told,
        "note": [
            {"text": summary["intent"]},
            {"text": f"Bands are the 5 % and 95 % quantiles over possible people; {_GRADES}."},
        ],
        "extension": Part(RUN).extension(),
    }


def _row(endpoint: Mapping[str, Any], rows: Mapping[str, QuantityRow]) -> QuantityRow | None:
    """The catalogue's row of an endpoint that matters to a person and was computed."""
    row = rows.get(split(str(endpoint["name"]))[0])
    numbers = [endpoint.get(key) for key in ("median", "p05", "p95")]
    finite = all(isinstance(value, (int, float)) and math.isfinite(value) for value in numbers)
    return row if row is not None and row.lower_is_better is not None and finite else None


def _prediction(endpoint: Mapping[str, Any], row: QuantityRow, titles: Mapping[str, str], start: date) -> Resource:
    scale = 100.0 if row.shown == PERCENT else 1.0
    unit = "%" if row.shown == PERCENT else "" if row.unit == "1" else row.unit
    middle, low, high = (scale * endpoint[key] for key in ("median", "p05", "p95"))
    said = (
        f"{middle:.3g} {unit} (90 % band {low:.3g} to {high:.3g} {unit}".replace("  ", " ").rstrip()
        + f"), grade {endpoint['grade']}"
    )
    name = titles.get(endpoint["name"], row.title)
    where = f", {endpoint['zone']}" if endpoint.get("zone") else ""
    body: Resource = {
        "outcome": {"coding": [coding(QUANTITIES, endpoint["name"])], "text": f"{name}{where}"},
        "rationale": said,
    }
    if row.kind == RISK:
        body["probabilityRange"] = {"low": _percent(low), "high": _percent(high)}
    if endpoint.get("time_days") is not None:
        body["whenPeriod"] = {"start": start.isoformat(), "end": (start + timedelta(days=endpoint["time_days"])).isoformat()}
    return body


def _percent(value: float) -> Resource:
    return {"value": round(value, 6), "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}


def detected_issues(found: Screening, day: date) -> Iterator[Resource]:
    """Each finding of a screening as an issue; what a person put down against it as its mitigation."""
    for finding in found.findings:
        yield _issue(finding, day)


def _issue(finding: Finding, day: date) -> Resource:
    told = ", ".join(filter(None, (finding.zone, finding.concern)))
    until = f"; until {finding.until}" if finding.until else ""
    body: Resource = {
        "resourceType": "DetectedIssue",
        "status": "final",
        "code": {"coding": [coding(RULES, finding.rule)], "text": f"{finding.title} ({told})" if told else finding.title},
        "severity": _SEVERITY["soft_stop" if finding.overridden else finding.level],
        "identifiedDateTime": day.isoformat(),
        "detail": f"{finding.level.replace('_', ' ')}: {finding.reason}{until}; sources: {', '.join(finding.sources)}",
        "extension": Part(RUN).extension(),
    }
    actions = [
        *([finding.action] if finding.action else []),
        *([f"overridden: {finding.override_reason}"] if finding.overridden else []),
    ]
    return body | ({"mitigation": [{"action": {"text": action}} for action in actions]} if actions else {})
