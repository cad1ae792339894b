"""Chapter 7: the result per concern at the read-outs, for a new person and for the mean of a trial, beside what was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .. import words
from ..figures import rows
from ..figures.scales import Scale, cover, tick_labels
from . import lookup
from .lookup import Band

if TYPE_CHECKING:
    from ...case import Observation
    from ...twin import Comparison, Endpoint, Run, ZoneRun

CHANGES = ("scale_change", "improvement")
"""Names of predicted changes of one new person; the mean of a trial has the prefix below."""
TRIAL = "trial_mean_"
HEADLINE_DAYS = 182.0
NEAR_DAYS = 10.0
_BOUNDS = {"upper": "at most ", "lower": "at least "}


def result(run: Run) -> dict[str, Any] | None:
    """One forest per predicted change with all zones in it, and every observation beside its prediction."""
    names = lookup.unique(e.name.removeprefix(TRIAL) for e in run.endpoints if _base(e.name).removeprefix(TRIAL) in CHANGES)
    seen = run.comparisons() if run.case.observations else ()
    blocks = [block for name in names if (block := _block(run, name, seen))]
    if not blocks and not run.case.observations:
        return None
    return {"blocks": blocks, "observed": [_observed(run, c) for c in seen], "unmatched": _unmatched(run, seen),
            "sentences": _sentences(seen), "animal": run.case.patient.species != "human"}


def headline(run: Run, zone: ZoneRun):
    """The one number of the head of the page: the change of the first concern about half a year after the last session."""
    from .opening import Figure

    found = [e for base in CHANGES for e in run.find(base, zone.zone.key) if e.time_days is not None]
    if not found:
        return None
    wanted = lookup.session_days(run)[-1] + HEADLINE_DAYS
    same = [e for e in found if e.name == found[0].name]
    best = min(same, key=lambda e: abs((e.time_days or 0.0) - wanted))
    after = words.lapse((best.time_days or 0.0) - lookup.session_days(run)[-1])
    return Figure("Change to expect", lookup.of(best), f"{subject(run, best.name)}, {after} after the last session")


def _base(name: str) -> str:
    return name.partition("[")[0]


def subject(run: Run, name: str) -> str:
    """What a change is measured on: the scale's or concern's words."""
    key = lookup.detail(name)
    for table, column in (("scales", "title"), ("concerns", "label")):
        for row in _rows_of(run, table):
            if key and key in (row.get("id"), row.get("scale"), row.get("concern")):
                return row.get(column) or words.name(key)
    return words.name(key) if key else lookup.quantity_title(run, name)


def _rows_of(run: Run, table: str) -> list[dict[str, str]]:
    path = run.evidence.folder / f"{table}.csv"
    return run.evidence.table(table) if path.is_file() else []


def better_is_lower(run: Run, name: str) -> bool | None:
    """Whether a negative change is the good one, by the scale's row or the quantity's entry."""
    key = lookup.detail(name)
    for row in _rows_of(run, "scales"):
        if key and key == (row.get("id") or row.get("scale")) and row.get("direction"):
            return row["direction"] == "lower"
    found = run.evidence.quantities.get(_base(name))
    return found.lower_is_better if found else None


def _block(run: Run, name: str, seen: Sequence[Comparison]) -> dict[str, Any] | None:
    """The forest of one change: zones one below the other, read-outs within each."""
    trial = f"{TRIAL}{name}"
    found = [e for e in run.endpoints if e.name in (name, trial)]
    about = [c for c in seen if c.endpoint.name in (name, trial)]
    values = [v for e in found for v in lookup.of(e).__dict__.values() if isinstance(v, float)]
    values += [_scaled(c, v) for c in about for v in (c.observation.value, c.observation.low, c.observation.high) if v is not None]
    if not any(math.isfinite(v) for v in values):
        return None
    low, high = cover([v for v in values if math.isfinite(v)], around=0.0)
    scale = Scale(low, high, 0.0, 1.0)
    zones = [z for number, zone in enumerate(run.zones) if (z := _zone(run, zone, number, name, scale, about))]
    ticks = scale.ticks(5)
    unit = words.unit(lookup.of(found[0]).unit)
    return {"title": words.title(subject(run, name)), "unit": unit or "points on the scale", "zones": zones,
            "direction": _direction(better_is_lower(run, name)),
            "axis": rows.axis(scale, list(zip(ticks, tick_labels(ticks), strict=True)), "Change from before the course"),
            "grade": found[0].grade}


def _direction(lower: bool | None) -> tuple[str, str]:
    if lower is None:
        return ("", "")
    return ("← better", "worse →") if lower else ("← worse", "better →")


def _scaled(comparison: Comparison, value: float) -> float:
    """An observed value in the unit in which the endpoint is shown."""
    from ...core.units import factor

    percent = 100.0 if lookup.is_share(comparison.endpoint) else 1.0
    return value * factor(comparison.unit, comparison.endpoint.unit) * percent


def _zone(run: Run, zone: ZoneRun, number: int, name: str, scale: Scale, seen: Sequence[Comparison]) -> dict[str, Any] | None:
    key, trial = zone.zone.key, f"{TRIAL}{name}"
    people = {e.time_days: e for e in run.find(name, key) if e.name == name}
    trials = {e.time_days: e for e in run.find(trial, key) if e.name == trial}
    times = sorted(set(people) | set(trials), key=lambda t: t or 0.0)
    if not times:
        return None
    found = [_line(run, time, people.get(time), trials.get(time), scale, number,
                   [c for c in seen if c.observation.zone == key and c.endpoint.time_days == time]) for time in times]
    return {"name": lookup.zone_name(zone), "treated": bool(zone.punctures), "rows": found}


def _line(run: Run, time: float | None, person: Endpoint | None, trial: Endpoint | None, scale: Scale, number: int,
          seen: Sequence[Comparison]) -> dict[str, Any]:
    ours = lookup.of(person) if person else lookup.UNKNOWN
    group = lookup.of(trial) if trial else lookup.UNKNOWN
    points = [rows.Interval(*(_scaled(c, v) if v is not None else math.nan for v in (
        c.observation.low, c.observation.value, c.observation.high))) for c in seen]
    said = f"New person {ours.text}; mean of a trial {group.text}" + "".join(f"; seen {p.middle:g}" for p in points)
    return {"time": _time(run, time), "person": ours, "trial": group, "observed": [_value(c) for c in seen],
            "figure": rows.row(scale, rows.Interval(ours.low, ours.middle, ours.high), said, reference=0.0,
                               group=rows.Interval(group.low, group.middle, group.high), observed=points, tone=number % 3 + 1)}


def _time(run: Run, time: float | None) -> str:
    if time is None:
        return ""
    after = time - lookup.session_days(run)[-1]
    return words.lapse(after) if after >= 0.5 else f"day{words.NARROW}{words.number(time, 3)}"


def _value(comparison: Comparison) -> str:
    return _written(comparison.observation)


def _written(seen: Observation) -> str:
    """An observed value with its interval, as it was published."""
    places = words.decimals_for(seen.value if seen.low is None else seen.low, seen.value if seen.high is None else seen.high)
    text = _BOUNDS.get(seen.bound or "", "") + words.with_unit(words.number(seen.value, 3), seen.unit)
    if seen.low is not None and seen.high is not None:
        kind = {"sd": "±1 SD ", "ci90": "90% CI ", "ci95": "95% CI ", "ci99": "99% CI ", "range": "range "}.get(seen.band or "", "")
        text += f" ({kind}{words.interval(seen.low, seen.high, max(places, 0))})"
    return text


def _observed(run: Run, c: Comparison) -> dict[str, Any]:
    """One published value beside the prediction of the same quantity, on an axis of its own."""
    seen = c.observation
    predicted = Band(c.low, c.median, c.high, c.unit)
    known = [v for v in (c.low, c.median, c.high, seen.value, seen.low, seen.high) if v is not None and math.isfinite(v)]
    low, high = cover(known, around=0.0)
    scale = Scale(low, high, 0.0, 1.0)
    point = rows.Interval(*(v if v is not None else math.nan for v in (seen.low, seen.value, seen.high)))
    ticks = scale.ticks(4)
    verdict = {True: "inside", False: "outside", None: "open"}[c.inside]
    return {"title": c.title, "subject": subject(run, c.endpoint.name) if "[" in c.endpoint.name else "",
            "zone": words.name(seen.zone), "time": "" if seen.time is None else f"day{words.NARROW}{words.number(seen.time, 3)}",
            "observed": _written(seen), "n": seen.n, "source": seen.source, "note": seen.note, "predicted": predicted.text,
            "verdict": verdict, "grade": c.endpoint.grade,
            "figure": rows.row(scale, rows.Interval(c.low, c.median, c.high), f"Predicted {predicted.text}, seen {_written(seen)}",
                               observed=[point], reference=0.0),
            "axis": rows.axis(scale, list(zip(ticks, tick_labels(ticks), strict=True)), words.unit(c.unit))}


def _unmatched(run: Run, seen: Sequence[Comparison]) -> list[str]:
    matched = {id(c.observation) for c in seen}
    return [f"{words.title(o.quantity)} ({words.name(o.zone)})" for o in run.case.observations if id(o) not in matched]


def _sentences(seen: Sequence[Comparison]) -> list[str]:
    said = ["Dot and line: what one new person may expect. Pale bar: where the mean of a whole trial would lie."]
    if seen:
        inside = sum(c.inside is True for c in seen)
        said += ["Diamond: what was published.",
                 f"{inside} of {words.count(len(seen), 'published value')} lie inside the predicted band."]
    return said
