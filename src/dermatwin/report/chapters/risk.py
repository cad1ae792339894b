"""Chapter 8: what can go wrong, how often with its interval, and the signs for which to call at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import words
from ..figures import rows
from ..figures.scales import Scale, cover, tick_labels
from . import lookup, result

if TYPE_CHECKING:
    from ...twin import Endpoint, Run

RISK = "_risk"
EMERGENCY = "emergency"


def risk(run: Run) -> dict[str, Any]:
    """Risks by zone on one axis and the red flags of the evidence."""
    zones = {zone.zone.key: zone for zone in lookup.treated(run)}
    found = [e for e in run.endpoints if e.name.partition("[")[0].endswith(RISK) and e.zone in zones and lookup.of(e).known]
    return {"rows": _rows(run, found, len(zones)), "axis": _axis(found), "flags": _flags(run),
            "sentences": _sentences(found)}


def _scale(found: list[Endpoint]) -> Scale:
    values = [v for e in found for v in (lookup.of(e).low, lookup.of(e).high)]
    return Scale(0.0, max(cover(values, zero=True)[1], 1.0), 0.0, 1.0)


def _axis(found: list[Endpoint]):
    if not found:
        return ""
    scale = _scale(found)
    ticks = scale.ticks(5)
    return rows.axis(scale, [(t, words.with_unit(label, "%")) for t, label in zip(ticks, tick_labels(ticks), strict=True)],
                     "Risk over the whole course")


def _rows(run: Run, found: list[Endpoint], zones: int) -> list[dict[str, Any]]:
    if not found:
        return []
    scale, made = _scale(found), []
    names = lookup.unique(e.name for e in found)
    for name in names:
        same = [e for e in found if e.name == name]
        for number, e in enumerate(same):
            b = lookup.of(e)
            made.append({"first": number == 0, "span": len(same), "name": _event(run, name),
                         "zone": words.name(e.zone) if zones > 1 else "", "band": b, "grade": e.grade,
                         "sources": [run.evidence.sources[s].citation for s in e.sources if s in run.evidence.sources],
                         "figure": rows.row(scale, rows.Interval(b.low, b.middle, b.high), f"{_event(run, name)}: {b.text}",
                                            tone=number % 3 + 1)})
    return made


def _event(run: Run, name: str) -> str:
    """The event in words, without 'Risk of'."""
    return words.title(lookup.quantity_title(run, name).removeprefix("Risk of ").removesuffix(" risk"))


def _flags(run: Run) -> list[dict[str, str]]:
    """Signs with their possible cause and what to do, emergencies first."""
    table = result.table(run, "red_flags")
    found = [{"sign": words.sentence(row["sign"]).rstrip("."), "cause": row["possible_cause"], "action": row["action"],
              "urgent": row["action"].startswith(EMERGENCY)} for row in table]
    return sorted(found, key=lambda flag: not flag["urgent"])


def _sentences(found: list[Endpoint]) -> list[str]:
    if not found:
        return ["The run holds no figures for side effects; the signs below hold all the same."]
    return ["A risk of 0 in a small trial is not no risk: the interval shows what the trials cannot rule out."]
