"""Chapter 7: the result per concern at the read-outs, for a new person and for the mean of a trial, beside what was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...naming import Detail
from .. import words
from ..figures import rows
from ..figures.scales import Scale, cover, tick_labels
from . import lookup
from .published import published, scaled, spread, written
from .subject import better_is_lower, scale_of, subject

if TYPE_CHECKING:
    from ...twin import Comparison, Endpoint, Run, ZoneRun


@dataclass(frozen=True)
class Change:
    """Quantities of one predicted change: of one new person, and as the mean of a trial."""

    person: str
    trial: str


SCALE, IMPROVEMENT = (Change(name, f"trial_mean_{name}") for name in ("scale_change", "relative_improvement"))
CHANGES = (SCALE, IMPROVEMENT)
PEOPLE = tuple(change.person for change in CHANGES)


def result(run: Run) -> dict[str, Any] | None:
    """One forest per predicted change with all zones in it, and every observation beside its prediction."""
    seen = run.comparisons() if run.case.observations else ()
    blocks = [block for change, detail in _changes(run, seen) if (block := _block(run, change, detail, seen))]
    silent = _without_number(run)
    if not blocks and not run.case.observations and not silent:
        return None
    return {
        "blocks": blocks,
        "observed": published(run, seen),
        "silent": silent,
        "sentences": _sentences(blocks, seen, len(run.case.observations)),
        "animal": run.case.patient.species != "human",
    }


def _changes(run: Run, seen: Sequence[Comparison]) -> list[tuple[Change, Detail]]:
    """Changes to draw: those on a scale, and shares of improvement where no scale says it or somebody measured it."""
    on_scale, shares = ([e for e in run.endpoints if _is(change, e)] for change in CHANGES)
    measured = {c.endpoint.detail for c in seen if _is(IMPROVEMENT, c.endpoint)}
    said = {
        (e.zone, concern.concern)
        for e in on_scale
        for concern in run.case.zone(e.zone).concerns
        if e.detail.scale == scale_of(run, concern)
    }
    needed = [e for e in shares if e.detail in measured or (e.zone, e.detail.concern) not in said]
    return lookup.unique([*((SCALE, e.detail) for e in on_scale), *((IMPROVEMENT, e.detail) for e in needed)])


def _is(change: Change, endpoint: Endpoint) -> bool:
    return endpoint.quantity in (change.person, change.trial)


def _without_number(run: Run) -> list[dict[str, str]]:
    """Concerns for which the run gives no number, with the reason that it gives."""
    found = []
    for zone in run.zones:
        for record in zone.zone.concerns:
            key, scale = zone.zone.key, Detail(scale=scale_of(run, record))
            improves = run.find(IMPROVEMENT.person, key, Detail(concern=record.concern))
            if improves or run.find(SCALE.person, key, scale):
                continue
            path = f"{zone.zone.key}.{record.concern}"
            why = [words.sentence(n.message) for n in run.notices if n.path == path]
            found.append({"concern": words.title(record.concern), "zone": lookup.zone_name(zone), "why": " ".join(why)})
    return found


def _block(run: Run, change: Change, detail: Detail, seen: Sequence[Comparison]) -> dict[str, Any] | None:
    """The forest of one change: zones one below the other, read-outs within each."""
    found = [e for e in run.endpoints if _is(change, e) and e.detail == detail]
    about = [c for c in seen if _is(change, c.endpoint) and c.endpoint.detail == detail]
    values = [v for e in found for v in (lookup.of(e).low, lookup.of(e).high)]
    values += [
        scaled(c, v) for c in about for v in (c.observation.value, c.observation.low, c.observation.high) if v is not None
    ]
    if not any(math.isfinite(v) for v in values):
        return None
    low, high = cover([v for v in values if math.isfinite(v)], around=0.0)
    scale = Scale(low, high, 0.0, 1.0)
    zones = [z for number, zone in enumerate(run.zones) if (z := _zone(run, zone, number, found, scale, about))]
    ticks = scale.ticks(5)
    unit = words.unit(lookup.of(found[0]).unit)
    return {
        "title": words.title(subject(run, change.person, detail)),
        "unit": f"change, {unit or 'points on the scale'}",
        "zones": zones,
        "direction": _direction(better_is_lower(run, change.person, detail)),
        "axis": rows.axis(scale, list(zip(ticks, tick_labels(ticks), strict=True)), "Change from before the course"),
        "grade": found[0].grade,
        "published": any(row["observed"] for zone in zones for row in zone["rows"]),
    }


def _direction(lower: bool | None) -> tuple[str, str]:
    if lower is None:
        return ("", "")
    return ("← better", "worse →") if lower else ("← worse", "better →")


def _zone(
    run: Run, zone: ZoneRun, number: int, found: Sequence[Endpoint], scale: Scale, seen: Sequence[Comparison]
) -> dict[str, Any] | None:
    key = zone.zone.key
    here = [e for e in found if e.zone == key]
    people = {e.time_days: e for e in here if e.quantity in PEOPLE}
    trials = {e.time_days: e for e in here if e.quantity not in PEOPLE}
    times = sorted(set(people) | set(trials), key=lambda t: t or 0.0)
    if not times:
        return None
    lines = [
        _line(
            run,
            time,
            people.get(time),
            trials.get(time),
            scale,
            number,
            [c for c in seen if c.observation.zone == key and c.endpoint.time_days == time],
        )
        for time in times
    ]
    return {"name": lookup.zone_name(zone), "treated": bool(zone.punctures), "rows": lines}


def _line(
    run: Run,
    time: float | None,
    person: Endpoint | None,
    trial: Endpoint | None,
    scale: Scale,
    number: int,
    seen: Sequence[Comparison],
) -> dict[str, Any]:
    ours = lookup.of(person) if person else lookup.UNKNOWN
    group = lookup.of(trial) if trial else lookup.UNKNOWN
    points = [
        rows.Interval(
            *(
                scaled(c, v) if v is not None else math.nan
                for v in (c.observation.low, c.observation.value, c.observation.high)
            )
        )
        for c in seen
    ]
    said = f"New person {ours.text}; mean of a trial {group.text}" + "".join(f"; seen {p.middle:g}" for p in points)
    return {
        "time": _time(run, time),
        "person": ours,
        "trial": group,
        "observed": [(written(c.observation), spread(c.observation)) for c in seen],
        "figure": rows.row(
            scale,
            rows.Interval(ours.low, ours.middle, ours.high),
            said,
            reference=0.0,
            group=rows.Interval(group.low, group.middle, group.high),
            observed=points,
            tone=number % 3 + 1,
        ),
    }


def _time(run: Run, time: float | None) -> str:
    if time is None:
        return ""
    after = time - lookup.session_days(run)[-1]
    return words.lapse(after) if after >= 0.5 else f"day{words.SPACE}{words.given(time)}"


def _sentences(blocks: list[dict[str, Any]], seen: Sequence[Comparison], measured: int) -> list[str]:
    said = (
        ["Dot and line: what one new person may expect. Pale bar: where the mean of a whole trial would lie."]
        if blocks
        else []
    )
    if measured:
        inside, absent = sum(c.inside is True for c in seen), measured - len(seen)
        said += (
            ["Diamond: what was published.", f"Published values inside the predicted band: {inside} of {len(seen)}."]
            if seen
            else []
        )
        said += [f"{words.count(absent, 'published value')} without a prediction to compare with."] if absent else []
    return said
