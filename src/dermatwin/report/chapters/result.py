"""Chapter 7: the result per concern at the read-outs, for a new person and for the mean of a trial, beside what was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...naming import Detail
from ...twin import compare_observations
from .. import words
from ..figures import rows
from ..figures.scales import Scale, cover, tick_labels
from . import lookup
from .lookup import Band
from .published import Seen, published, scaled, spread, written
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


@dataclass(frozen=True)
class Line:
    """One read-out: a new person, the mean of a trial, and what was published."""

    time: str
    person: Band
    trial: Band
    observed: list[tuple[str, str]]  # value, its interval
    figure: Markup


@dataclass(frozen=True)
class Zone:
    """The read-outs of one zone."""

    name: str
    treated: bool
    rows: list[Line]


@dataclass(frozen=True)
class Block:
    """The forest of one change."""

    title: str
    unit: str
    zones: list[Zone]
    direction: tuple[str, str]  # words for the left and for the right end
    axis: Markup
    published: bool


@dataclass(frozen=True)
class Silent:
    """A concern without a number, and why."""

    concern: str
    zone: str
    why: str


@dataclass(frozen=True)
class Result:
    """What the chapter shows."""

    blocks: list[Block]
    observed: list[Seen]
    silent: list[Silent]
    sentences: list[str]
    animal: bool


def result(run: Run) -> Result | None:
    """One forest per predicted change with all zones in it, and every observation beside its prediction."""
    seen = compare_observations(run) if run.case.observations else ()
    blocks = [block for change, detail in _changes(run, seen) if (block := _block(run, change, detail, seen))]
    silent = _without_number(run)
    if not blocks and not run.case.observations and not silent:
        return None
    sentences = _sentences(blocks, seen, len(run.case.observations))
    return Result(blocks, published(run, seen), silent, sentences, run.case.patient.species != "human")


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


def _without_number(run: Run) -> list[Silent]:
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
            found.append(Silent(words.title(record.concern), lookup.zone_name(zone), " ".join(why)))
    return found


def _block(run: Run, change: Change, detail: Detail, seen: Sequence[Comparison]) -> Block | None:
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
    drawn = (_Drawn(run, scale, number % 3 + 1).zone(zone, found, about) for number, zone in enumerate(run.zones))
    zones = [zone for zone in drawn if zone is not None]
    ticks = scale.ticks(5)
    unit = words.unit(lookup.of(found[0]).unit)
    return Block(
        title=words.title(subject(run, change.person, detail)),
        unit=f"change, {unit or 'points on the scale'}",
        zones=zones,
        direction=_direction(better_is_lower(run, change.person, detail)),
        axis=rows.axis(scale, list(zip(ticks, tick_labels(ticks), strict=True)), "Change from before the course"),
        published=any(row.observed for zone in zones for row in zone.rows),
    )


def _direction(lower: bool | None) -> tuple[str, str]:
    if lower is None:
        return ("", "")
    return ("← better", "worse →") if lower else ("← worse", "better →")


@dataclass(frozen=True)
class _Drawn:
    """How the read-outs of one zone are drawn."""

    run: Run
    scale: Scale
    tone: int

    def zone(self, zone: ZoneRun, found: Sequence[Endpoint], seen: Sequence[Comparison]) -> Zone | None:
        """The read-outs of a zone in the order of time; None where there are none."""
        here = [e for e in found if e.zone == zone.zone.key]
        people, trials = ({e.time_days: e for e in here if (e.quantity in PEOPLE) is own} for own in (True, False))
        there = [c for c in seen if c.observation.zone == zone.zone.key]
        lines = [
            self.line(time, people.get(time), trials.get(time), [c for c in there if c.endpoint.time_days == time])
            for time in sorted({*people, *trials}, key=lambda t: t or 0.0)
        ]
        return Zone(lookup.zone_name(zone), bool(zone.punctures), lines) if lines else None

    def line(self, time: float | None, person: Endpoint | None, trial: Endpoint | None, seen: Sequence[Comparison]) -> Line:
        """One read-out with everything that is known of it."""
        ours = lookup.of(person) if person else lookup.UNKNOWN
        group = lookup.of(trial) if trial else lookup.UNKNOWN
        points = [_point(c) for c in seen]
        said = f"New person {ours.text}; mean of a trial {group.text}" + "".join(f"; seen {p.middle:g}" for p in points)
        figure = rows.row(
            self.scale,
            rows.Interval(*ours.ends),
            said,
            reference=0.0,
            group=rows.Interval(*group.ends),
            observed=points,
            tone=self.tone,
        )
        observed = [(written(c.observation), spread(c.observation)) for c in seen]
        return Line(_time(self.run, time), ours, group, observed, figure)


def _point(seen: Comparison) -> rows.Interval:
    """A published value with its interval, in the unit that is drawn."""
    published = seen.observation.low, seen.observation.value, seen.observation.high
    return rows.Interval(*(math.nan if value is None else scaled(seen, value) for value in published))


def _time(run: Run, time: float | None) -> str:
    if time is None:
        return ""
    after = time - lookup.session_days(run)[-1]
    return words.lapse(after) if after >= 0.5 else f"day{words.SPACE}{words.given(time)}"


def _sentences(blocks: list[Block], seen: Sequence[Comparison], measured: int) -> list[str]:
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
