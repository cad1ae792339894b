"""Published values in words and beside their predictions; one without a prediction is shown as such, never lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...naming import NOTHING
from ...twin.names import read_name
from .. import words
from ..figures import rows
from ..figures.scales import Scale, cover, tick_labels
from . import lookup
from .lookup import Band
from .piece import NO_FIGURE
from .subject import subject

if TYPE_CHECKING:
    from ...case import Observation
    from ...twin import Comparison, Run

_INTERVALS = {
    kind: f"{word}{words.SPACE}"
    for kind, word in (
        ("sd", "±1 SD"),
        ("ci90", f"90{words.NARROW}% CI"),
        ("ci95", f"95{words.NARROW}% CI"),
        ("ci99", f"99{words.NARROW}% CI"),
        ("range", "range"),
    )
}
_BOUNDS = {"upper": "at most ", "lower": "at least "}


@dataclass(frozen=True)
class Seen:
    """One published value, beside its prediction where there is one."""

    title: str
    subject: str
    zone: str
    time: str
    observed: str
    spread: str
    n: int | None
    source: str
    note: str
    predicted: str = words.NOTHING
    grade: str = ""
    verdict: str = "absent"
    known: bool = False  # whether the study is among the sources of the prediction
    figure: Markup = NO_FIGURE
    axis: Markup = NO_FIGURE


def published(run: Run, seen: Sequence[Comparison]) -> list[Seen]:
    """Every observation of the case: those with a prediction, then those without."""
    return [*(_observed(run, c) for c in seen), *_unmatched(run, seen)]


def written(seen: Observation) -> str:
    """An observed value as it was published."""
    return _BOUNDS.get(seen.bound or "", "") + words.given(seen.value, seen.unit)


def spread(seen: Observation) -> str:
    """The interval of an observed value as it was published, and what kind of interval it is."""
    if seen.low is None or seen.high is None:
        return ""
    joint = " to " if seen.low < 0 or seen.high < 0 else words.DASH
    return f"{_INTERVALS.get(seen.band or '', '')}{words.given(seen.low)}{joint}{words.given(seen.high)}"


def scaled(comparison: Comparison, value: float) -> float:
    """An observed value in the unit in which the endpoint is shown."""
    from ...core.units import factor

    percent = 100.0 if lookup.is_share(comparison.endpoint) else 1.0
    return value * factor(comparison.unit, comparison.endpoint.unit) * percent


def _observed(run: Run, c: Comparison) -> Seen:
    """One published value beside the prediction of the same quantity, on an axis of its own."""
    seen = c.observation
    predicted = Band(c.low, c.median, c.high, c.unit)
    known = [v for v in (c.low, c.median, c.high, seen.value, seen.low, seen.high) if v is not None and math.isfinite(v)]
    low, high = cover(known, around=0.0)
    scale = Scale(low, high, 0.0, 1.0)
    point = rows.Interval(*(v if v is not None else math.nan for v in (seen.low, seen.value, seen.high)))
    ticks = scale.ticks(4)
    return replace(
        _words(run, seen),
        predicted=predicted.text,
        grade=c.endpoint.grade,
        verdict="inside" if c.inside else "outside",
        known=not c.independent,
        figure=rows.row(
            scale,
            rows.Interval(c.low, c.median, c.high),
            f"Predicted {predicted.text}, seen {written(seen)}",
            observed=[point],
            reference=0.0,
        ),
        axis=rows.axis(scale, list(zip(ticks, tick_labels(ticks), strict=True)), f"Axis {words.unit(c.unit)}".strip()),
    )


def _words(run: Run, seen: Observation) -> Seen:
    """The words about one published value; no prediction yet."""
    name = read_name(seen.quantity, run.evidence)
    title = lookup.quantity_title(run, name.quantity)
    about = "" if name.detail == NOTHING else subject(run, name.quantity, name.detail)
    named = bool(about) and name.detail.session is None
    return Seen(
        title=words.title(about) if named else title,
        subject=title.lower()[:1] + title[1:] if named else about,
        zone=words.name(seen.zone),
        time="" if seen.time is None else f"day{words.SPACE}{words.given(seen.time)}",
        observed=written(seen),
        spread=spread(seen),
        n=seen.n,
        source=seen.source,
        note=seen.note,
    )


def _unmatched(run: Run, seen: Sequence[Comparison]) -> list[Seen]:
    matched = {id(c.observation) for c in seen}
    return [_words(run, o) for o in run.case.observations if id(o) not in matched]
