"""Chapter 8: what can go wrong, how often with its interval, and the signs for which to call at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import words
from ..figures import rows
from ..figures.scales import Scale
from . import lookup, subject

if TYPE_CHECKING:
    from ...twin import Endpoint, Run

RISK = "_risk"
EMERGENCY = "emergency"
SCALE = Scale(0.01, 100.0, 0.0, 1.0, log=True)
"""Percent, logarithmic: risks of a course lie between one in ten thousand and certainty."""


def risk(run: Run) -> dict[str, Any] | None:
    """Risks by zone on one axis, what was counted in trials, and the red flags of the evidence; None for an animal."""
    if not lookup.human(run):
        return None
    zones = lookup.treated(run)
    keys = {zone.zone.key for zone in zones}
    found = [e for e in run.endpoints if e.name.partition("[")[0].endswith(RISK) and e.zone in keys and lookup.of(e).known]
    return {
        "rows": _rows(run, found, len(zones)),
        "many": len(zones) > 1,
        "flags": _flags(run),
        "sentences": _sentences(found),
        "axis": rows.axis(
            SCALE,
            [(t, words.with_unit(words.given(t), "%")) for t in SCALE.ticks(5)],
            "Risk over the whole course, logarithmic",
        )
        if found
        else "",
    }


def _rows(run: Run, found: list[Endpoint], zones: int) -> list[dict[str, Any]]:
    made = []
    for name in lookup.unique(e.name for e in found):
        same = [e for e in found if e.name == name]
        for number, e in enumerate(same):
            b = lookup.of(e)
            shown = rows.Interval(b.low, b.middle, b.high) if b.high > 0.0 else None
            made.append(
                {
                    "first": number == 0,
                    "span": len(same),
                    "name": _event(run, name),
                    "counted": _counted(run, e),
                    "zone": words.title(e.zone) if zones > 1 else "",
                    "band": b,
                    "grade": e.grade,
                    "figure": rows.row(SCALE, shown, f"{_event(run, name)}: {b.text}", tone=number % 3 + 1),
                }
            )
    return made


def _event(run: Run, name: str) -> str:
    """The event in words, without 'Risk of'."""
    text = lookup.quantity_title(run, name).removeprefix("Risk of ").removesuffix(", whole course").removesuffix(" risk")
    return words.title(text.removeprefix("a ").removeprefix("an "))


def _counted(run: Run, endpoint: Endpoint) -> str:
    """What the trials behind a risk counted: '7 of 126 people in 5 trials'."""
    start = endpoint.name.partition("[")[0].removesuffix(RISK)
    if not (run.evidence.folder / "measurements" / "adverse_rates.csv").is_file():
        return ""
    counted = [
        row
        for row in run.evidence.measurements("adverse_rates")
        if row["event"].startswith(start) and row["source"] in endpoint.sources and row["events_n"] and row["population_n"]
    ]
    if not counted:
        return ""
    events, people = (sum(float(row[column]) for row in counted) for column in ("events_n", "population_n"))
    trials = len({row["source"] for row in counted})
    return f"{events:.0f} of {people:.0f} people in {words.count(trials, 'source')}"


def _flags(run: Run) -> list[dict[str, Any]]:
    """Signs with their possible cause and what to do, emergencies first."""
    found = [
        {
            "sign": words.sentence(row["sign"]).rstrip("."),
            "cause": row["possible_cause"],
            "action": row["action"],
            "urgent": row["action"].startswith(EMERGENCY),
        }
        for row in subject.table(run, "red_flags")
    ]
    return sorted(found, key=lambda flag: not flag["urgent"])


def _sentences(found: list[Endpoint]) -> list[str]:
    if not found:
        return ["The run holds no figures for side effects; the signs below hold all the same."]
    return [
        "Over the whole course, on a logarithmic axis.",
        "Never seen in a small trial does not mean never: the interval shows what the trials cannot rule out.",
    ]
