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

CHANGES = ("scale_change", "relative_improvement")
"""Names of predicted changes of one new person; the mean of a trial has the prefix below."""
TRIAL = "trial_mean_"
HEADLINE_DAYS = 182.0
NEAR_DAYS = 10.0
_INTERVALS = {kind: f"{word}{words.SPACE}" for kind, word in (
    ("sd", "±1 SD"), ("ci90", f"90{words.NARROW}% CI"), ("ci95", f"95{words.NARROW}% CI"), ("ci99", f"99{words.NARROW}% CI"),
    ("range", "range"))}
_BOUNDS = {"upper": "at most ", "lower": "at least "}


def result(run: Run) -> dict[str, Any] | None:
    """One forest per predicted change with all zones in it, and every observation beside its prediction."""
    seen = run.comparisons() if run.case.observations else ()
    blocks = [block for name in _names(run, seen) if (block := _block(run, name, seen))]
    silent = _without_number(run)
    if not blocks and not run.case.observations and not silent:
        return None
    return {"blocks": blocks, "observed": [_observed(run, c) for c in seen], "unmatched": _unmatched(run, seen),
            "silent": silent, "sentences": _sentences(blocks, seen), "animal": run.case.patient.species != "human"}


def _names(run: Run, seen: Sequence[Comparison]) -> list[str]:
    """Changes to draw: those on a scale, and shares of improvement where no scale says it or somebody measured it."""
    scaled, shares = ([e for e in run.endpoints if _base(e.name).removeprefix(TRIAL) == base] for base in CHANGES)
    measured = {c.endpoint.name.removeprefix(TRIAL) for c in seen}
    said = {(e.zone, concern.concern) for e in scaled for concern in run.case.zone(e.zone).concerns
            if _scale_of(run, concern) in _key(e.name).split(":")}
    needed = [e for e in shares if e.name.removeprefix(TRIAL) in measured or (e.zone, _key(e.name)) not in said]
    return lookup.unique(e.name.removeprefix(TRIAL) for e in (*scaled, *needed))


def _scale_of(run: Run, concern) -> str:
    """The scale on which a concern is answered: the case's, else the usual one."""
    usual = {row["concern"]: row.get("default_scale", "") for row in table(run, "concerns")}
    return concern.scale or usual.get(concern.concern, "")


def _key(name: str) -> str:
    return lookup.detail(name)


def _without_number(run: Run) -> list[dict[str, str]]:
    """Concerns for which the run gives no number, with the reason that it gives."""
    found = []
    for zone in run.zones:
        for record in zone.zone.concerns:
            if any(run.find(f"{base}[{record.concern}]", zone.zone.key) for base in CHANGES) or run.find(
                    f"scale_change[{_scale_of(run, record)}]", zone.zone.key):
                continue
            path = f"{zone.zone.key}.{record.concern}"
            why = [words.sentence(n.message) for n in run.notices if n.path == path]
            found.append({"concern": words.title(record.concern), "zone": lookup.zone_name(zone), "why": " ".join(why)})
    return found


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
    lower = better_is_lower(run, best.name)
    good = "" if lower is None or best.unit == "%" or lookup.is_share(best) else f" ({'less' if lower else 'more'} is better)"
    return Figure("Change to expect", lookup.of(best), f"{subject(run, best.name)}{good}, {after} after the last session")


def _base(name: str) -> str:
    return name.partition("[")[0]


def subject(run: Run, name: str) -> str:
    """What a change is measured on: the scale's or concern's words."""
    key = lookup.detail(name)
    scale, _, concern = key.partition(":")
    for file, column in (("scales", "title"), ("concerns", "label")):
        for row in table(run, file):
            if scale and scale in (row.get("id"), row.get("concern")):
                return (row.get(column) or words.name(scale)) + (f" ({words.name(concern)})" if concern else "")
    return words.name(key) if key else lookup.quantity_title(run, name)


def table(run: Run, name: str) -> list[dict[str, str]]:
    """Rows of a table of the evidence, none if it has no such table."""
    return run.evidence.table(name) if (run.evidence.folder / f"{name}.csv").is_file() else []


def better_is_lower(run: Run, name: str) -> bool | None:
    """Whether a negative change is the good one, by the scale's row or the quantity's entry."""
    if _base(name).endswith("improvement"):
        return False
    scale = lookup.detail(name).partition(":")[0]
    for row in table(run, "scales"):
        if scale and scale == row.get("id") and row.get("direction"):
            return row["direction"] == "lower"
    found = run.evidence.quantities.get(_base(name))
    return found.lower_is_better if found else None


def _block(run: Run, name: str, seen: Sequence[Comparison]) -> dict[str, Any] | None:
    """The forest of one change: zones one below the other, read-outs within each."""
    trial = f"{TRIAL}{name}"
    found = [e for e in run.endpoints if e.name in (name, trial)]
    about = [c for c in seen if c.endpoint.name in (name, trial)]
    values = [v for e in found for v in (lookup.of(e).low, lookup.of(e).high)]
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
            "grade": found[0].grade, "published": any(row["observed"] for zone in zones for row in zone["rows"])}


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
    return {"time": _time(run, time), "person": ours, "trial": group, "observed": [(_written(c.observation), _spread(c.observation)) for c in seen],
            "figure": rows.row(scale, rows.Interval(ours.low, ours.middle, ours.high), said, reference=0.0,
                               group=rows.Interval(group.low, group.middle, group.high), observed=points, tone=number % 3 + 1)}


def _time(run: Run, time: float | None) -> str:
    if time is None:
        return ""
    after = time - lookup.session_days(run)[-1]
    return words.lapse(after) if after >= 0.5 else f"day{words.SPACE}{words.given(time)}"


def _written(seen: Observation) -> str:
    """An observed value as it was published."""
    return _BOUNDS.get(seen.bound or "", "") + words.given(seen.value, seen.unit)


def _spread(seen: Observation) -> str:
    """The interval of an observed value as it was published, and what kind of interval it is."""
    if seen.low is None or seen.high is None:
        return ""
    joint = " to " if seen.low < 0 or seen.high < 0 else words.DASH
    return f"{_INTERVALS.get(seen.band or '', '')}{words.given(seen.low)}{joint}{words.given(seen.high)}"


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
    return {"title": lookup.quantity_title(run, c.endpoint.name),
            "subject": subject(run, c.endpoint.name) if "[" in c.endpoint.name else "", "spread": _spread(seen),
            "zone": words.name(seen.zone), "time": "" if seen.time is None else f"day{words.SPACE}{words.given(seen.time)}",
            "observed": _written(seen), "n": seen.n, "source": seen.source, "note": seen.note, "predicted": predicted.text,
            "verdict": verdict, "grade": c.endpoint.grade,
            "figure": rows.row(scale, rows.Interval(c.low, c.median, c.high), f"Predicted {predicted.text}, seen {_written(seen)}",
                               observed=[point], reference=0.0),
            "axis": rows.axis(scale, list(zip(ticks, tick_labels(ticks), strict=True)), words.unit(c.unit))}


def _unmatched(run: Run, seen: Sequence[Comparison]) -> list[str]:
    matched = {id(c.observation) for c in seen}
    return [", ".join(filter(None, (lookup.quantity_title(run, o.quantity), subject(run, o.quantity) if "[" in o.quantity else "",
                                    words.name(o.zone), "" if o.time is None else f"day{words.SPACE}{words.given(o.time)}")))
            for o in run.case.observations if id(o) not in matched]


def _sentences(blocks: list[dict[str, Any]], seen: Sequence[Comparison]) -> list[str]:
    said = ["Dot and line: what one new person may expect. Pale bar: where the mean of a whole trial would lie."] if blocks else []
    if seen:
        inside = sum(c.inside is True for c in seen)
        said += ["Diamond: what was published.",
                 f"{inside} of {words.count(len(seen), 'published value')} lie inside the predicted band."]
    return said
