"""Over time, arm over arm: skin that is open channel, water loss, and how the result comes apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .. import words
from ..chapters import closing, lookup, subject
from ..chapters.piece import Chart
from ..figures import panel
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import DAY_STEPS, time_ticks
from .story import short

if TYPE_CHECKING:
    from ...flows import Channels
    from ...naming import Detail
    from ...twin.contrast import Contrast, Contrasted

WIDTH, HEIGHT = 450.0, 240.0
WEEK = 7.0
IMPROVEMENT = "relative_improvement"
FIRST_DAY = 24.0  # h; later so little is open that a logarithm shows nothing else


def together(found: Contrast) -> list[Chart]:
    """Charts zone by zone: the first four days of the channels, then the difference in the result."""
    zones = [zone.zone.key for zone in found.runs[0].zones if all(run.zone(zone.zone.key).channels for run in found.runs)]
    several = len(zones) > 1
    charts = [chart for zone in zones for chart in _channels(found, zone, f", {words.name(zone)}" if several else "")]
    return [*charts, *_results(found)]


def _channels(found: Contrast, zone: str, where: str) -> Iterator[Chart]:
    first = [run.zone(zone).channels[0] for run in found.runs]
    before = float(np.nanmedian(found.runs[0].zone(zone).skin.tewl))
    opened, lost = [100.0 * channels.open_area for channels in first], [channels.tewl for channels in first]
    area = _Axes(f"Skin that is open channel{where}", "share of its surface, logarithmic", "% of the surface", log=True)
    loss = _Axes(f"Water loss through the skin (TEWL){where}", "dashed: before treatment", "g/m²/h", before)
    yield _chart(found, first, opened, area)
    yield _chart(found, first, lost, loss)


@dataclass(frozen=True)
class _Axes:
    """What a chart shows beside its lines."""

    title: str
    note: str
    unit: str
    before: float | None = None  # level before the treatment
    log: bool = False


def _chart(found: Contrast, channels: list[Channels], values: list[np.ndarray], axes: _Axes) -> Chart:
    lines = [
        _line(label, number, part.time, value)
        for number, (label, part, value) in enumerate(zip(short(found.labels), channels, values, strict=True))
    ]
    chart = Panel(
        axes.title,
        _described(lines, axes.unit),
        lines,
        _hours(channels[0], FIRST_DAY if axes.log else closing.FIRST_HOURS),
        axes.unit,
        zero=True,
        log=axes.log,
        reference=axes.before,
        reference_label="" if axes.before is None else "before",
        width=WIDTH,
        height=HEIGHT,
    )
    return Chart(axes.title, axes.note, panel.draw(chart))


def _line(label: str, number: int, time: np.ndarray, values: np.ndarray) -> Line:
    low, middle, high = lookup.bands(values)
    return Line(time, middle, low, high, label, number % panel.TONES + 1)


def _hours(channels: Channels, end: float) -> Axis:
    """Time on a logarithmic axis: the first minutes and the last day both matter."""
    last = min(end, float(channels.time[-1]))
    shown = [(hours, label.replace(" ", words.SPACE)) for hours, label in closing.TICKS if hours <= last]
    return Axis(
        closing.FIRST_MINUTE, last, [t for t, _ in shown], [label for _, label in shown], "after the session", log=True
    )


def _described(lines: list[Line], unit: str) -> str:
    return "; ".join(
        f"{line.label}: from {words.number(float(line.middle[0]))} to {words.number(float(line.middle[-1]))} {unit}"
        for line in lines
        if np.isfinite(line.middle).all()
    )


def _results(found: Contrast) -> Iterator[Chart]:
    """The difference in improvement to the first arm at every reading, with its band."""
    series: dict[tuple[Detail, str], list[Contrasted]] = {}
    for row in found.rows:
        if row.first.quantity == IMPROVEMENT and row.first.time_days is not None:
            series.setdefault((row.first.detail, row.first.zone), []).append(row)
    for (detail, zone), rows in series.items():
        several = len({key[1] for key in series}) > 1
        what = subject.subject(found.runs[0], IMPROVEMENT, detail) + (f", {words.name(zone)}" if several else "")
        if len(rows) > 1 and any(d.low or d.high for row in rows for d in row.differences):
            yield _result(found, what, sorted(rows, key=lambda row: row.first.time_days or 0.0))


def _result(found: Contrast, what: str, rows: list[Contrasted]) -> Chart:
    weeks = np.array([(row.first.time_days or 0.0) / WEEK for row in rows])
    lines = []
    for number, label in enumerate(short(found.labels)[1:], start=1):
        low, middle, high = (
            100.0 * np.array([getattr(row.differences[number - 1], part) for row in rows])
            for part in ("low", "median", "high")
        )
        lines.append(Line(weeks, middle, low, high, label, number % panel.TONES + 1))
    last = float(weeks[-1])
    ticks = time_ticks(0.0, last, 6, [step for step in DAY_STEPS if step > 2])
    axis = Axis(0.0, last, ticks, [f"{tick:g}" for tick in ticks], "weeks after the first session")
    title = f"Improvement beside {found.labels[0]}"
    chart = Panel(
        title,
        _described(lines, "points"),
        lines,
        axis,
        "points",
        reference=0.0,
        reference_label=found.labels[0],
        width=WIDTH,
        height=HEIGHT,
    )
    return Chart(title, f"{what}, difference in percentage points", panel.draw(chart))
