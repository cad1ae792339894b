"""A small line chart: medians with 5-95 % bands, labelled at their ends instead of by a legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from . import svg
from .scales import Scale, cover, tick_labels

SIZE = 11.0  # px, all text within a panel
BOLD = 1.15  # width of the labels at the ends of lines over that of plain text
DECADES = 1e5  # times between the ends of a logarithmic vertical axis at most
TONES = 4  # kinds of line (colour and dash pattern) that the style sheet knows


@dataclass(frozen=True)
class Line:
    """One course over time: median with its band (`low`, `high` may be None), and the words at its end."""

    x: np.ndarray
    middle: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    label: str = ""
    tone: int = 1

    @property
    def values(self) -> list[np.ndarray]:
        """Everything that the vertical axis has to hold."""
        return [v for v in (self.low, self.middle, self.high) if v is not None]


@dataclass(frozen=True)
class Axis:
    """The horizontal axis: limits, ticks with their words, and what it counts."""

    low: float
    high: float
    ticks: Sequence[float]
    labels: Sequence[str]
    name: str
    log: bool = False


@dataclass(frozen=True)
class Panel:
    """What a small line chart shows."""

    title: str
    description: str
    lines: Sequence[Line]
    x: Axis
    y_name: str
    zero: bool = False  # the vertical axis starts at zero
    log: bool = False  # the vertical axis is logarithmic, down to 1 / DECADES of the largest value
    reference: float | None = None  # a level to compare with, such as the baseline
    reference_label: str = ""
    marks: Sequence[float] = field(default=())  # places on the time axis: treatment sessions
    points: Sequence[tuple[float, float, float, float, str]] = field(default=())  # observed: x, low, value, high, words
    width: float = 300.0
    height: float = 190.0


def draw(panel: Panel) -> Markup:
    """The panel as inline SVG."""
    x, y, ticks, labels = _scales(panel)
    return svg.figure(
        panel.width,
        panel.height,
        [
            *_grid(panel, x, y, ticks, labels),
            *_marks(panel, x),
            *_reference(panel, x, y),
            *_bands(panel, x, y),
            *_lines(panel, x, y),
            *_points(panel, x, y),
            *_ends(panel, x, y),
        ],
        panel.title,
        panel.description,
        "panel",
    )


def _scales(panel: Panel) -> tuple[Scale, Scale, list[float], list[str]]:
    """Axes, with margins as wide as their labels need."""
    seen = [v[_shown(line, panel.x)] for line in panel.lines for v in line.values]
    seen += [np.array(point[1:4]) for point in panel.points]
    low, high = _decades(seen) if panel.log else cover(seen, zero=panel.zero, around=panel.reference)
    y = Scale(low, high, panel.height - 34.0, 22.0, panel.log)
    ticks = y.ticks(4)
    labels = [f"{tick:g}" for tick in ticks] if panel.log else tick_labels(ticks)
    left = 8.0 + max((svg.text_width(label, SIZE) for label in labels), default=10.0)
    words_right = BOLD * max((svg.text_width(shorten(line.label), SIZE) for line in panel.lines), default=0.0)
    right = panel.width - max(words_right + 8.0 if words_right else 0.0, 14.0)
    return Scale(panel.x.low, panel.x.high, left, right, panel.x.log), y, ticks, labels


def _decades(values: Sequence[np.ndarray]) -> tuple[float, float]:
    """Limits of a logarithmic axis; what is smaller runs along its foot."""
    flat = np.concatenate([np.ravel(v) for v in values])
    good = flat[np.isfinite(flat) & (flat > 0.0)]
    if not good.size:
        return 0.1, 1.0
    high = 1.3 * float(good.max())
    return max(0.8 * float(good.min()), high / DECADES), high


def _shown(line: Line, x: Axis) -> np.ndarray:
    """Points of a line within the axis (all, if it has none there)."""
    inside = (line.x >= x.low) & (line.x <= x.high)
    return inside if inside.any() else np.ones_like(inside)


def shorten(label: str, longest: int = 16) -> str:
    """A label cut to what fits at the end of a line."""
    return label if len(label) <= longest else label[: longest - 1].rstrip() + "…"


def _grid(panel: Panel, x: Scale, y: Scale, ticks: list[float], labels: list[str]) -> list[Markup]:
    parts = [svg.tag("text", panel.y_name, x=0.0, y=10.0, class_="axis-name")]
    for tick, label in zip(ticks, labels, strict=True):
        parts += [
            svg.tag("line", x1=x.start, x2=x.end, y1=y.at(tick), y2=y.at(tick), class_="grid"),
            svg.tag("text", label, x=x.start - 5.0, y=y.at(tick) + 3.8, class_="tick end"),
        ]
    base = y.start
    parts.append(svg.tag("line", x1=x.start, x2=x.end, y1=base, y2=base, class_="axis"))
    last = -1e9
    for tick, label in zip(panel.x.ticks, panel.x.labels, strict=True):
        place = x.at(tick)
        half = svg.text_width(label, SIZE) / 2.0
        parts.append(svg.tag("line", x1=place, x2=place, y1=base, y2=base + 4.0, class_="axis"))
        if place - half > last + 4.0:
            inside = min(place, panel.width - half - 1.0)  # a label at the end stays within the figure
            parts.append(svg.tag("text", label, x=inside, y=base + 15.0, class_="tick middle"))
            last = inside + half
    return [*parts, svg.tag("text", panel.x.name, x=x.end, y=panel.height - 4.0, class_="axis-name end")]


def _marks(panel: Panel, x: Scale) -> list[Markup]:
    """A short tick above the plot for every treatment session."""
    top, bottom = 15.0, panel.height - 34.0
    inside = [mark for mark in panel.marks if panel.x.low <= mark <= panel.x.high]
    return [svg.tag("path", d=f"M{x.at(mark):.1f} {top}V{bottom}", class_="session") for mark in inside]


def _reference(panel: Panel, x: Scale, y: Scale) -> list[Markup]:
    if panel.reference is None:
        return []
    place = y.at(panel.reference)
    parts = [svg.tag("line", x1=x.start, x2=x.end, y1=place, y2=place, class_="reference")]
    if panel.reference_label:
        above = place + 14.0 > y.start
        parts.append(
            svg.tag("text", panel.reference_label, x=x.start + 4.0, y=place + (-4.0 if above else 11.0), class_="note halo")
        )
    return parts


def _bands(panel: Panel, x: Scale, y: Scale) -> list[Markup]:
    parts = []
    for line in panel.lines:
        if line.low is None or line.high is None:
            continue
        inside = _shown(line, panel.x)
        places, low, high = svg.thin(x(line.x[inside]), y(line.low[inside]), y(line.high[inside]))
        parts.append(svg.tag("path", d=svg.area(places, low, high), class_=f"band tone-{line.tone}"))
    return [part for part in parts if 'd=""' not in part]


def _lines(panel: Panel, x: Scale, y: Scale) -> list[Markup]:
    parts = []
    for line in panel.lines:
        inside = _shown(line, panel.x)
        places, middle = svg.thin(x(line.x[inside]), y(line.middle[inside]))
        parts.append(svg.tag("path", d=svg.path(places, middle), class_=f"line tone-{line.tone}"))
    return parts


def _points(panel: Panel, x: Scale, y: Scale) -> list[Markup]:
    parts = []
    for when, low, value, high, words in panel.points:
        left, top = x.at(when), y.at(value)
        if np.isfinite(low) and np.isfinite(high):
            parts.append(svg.tag("line", x1=left, x2=left, y1=y.at(low), y2=y.at(high), class_="observed-bar"))
        parts.append(
            svg.tag("path", svg.tag("title", words), class_="observed", d=f"M{left:.1f} {top - 5:.1f}l5 5l-5 5l-5 -5Z")
        )
    return parts


def _ends(panel: Panel, x: Scale, y: Scale) -> list[Markup]:
    """Direct labels at the right, moved apart where they would meet."""
    named = [line for line in panel.lines if line.label and np.isfinite(line.middle).any()]
    wanted = [y.at(line.middle[(line.x <= panel.x.high) & np.isfinite(line.middle)][-1]) for line in named]
    if not named:
        return []
    places = svg.spread(wanted, SIZE + 2.0, y.end + 2.0, y.start - 2.0)
    return [
        svg.tag(
            "text",
            svg.tag("title", line.label),
            shorten(line.label),
            x=x.end + 5.0,
            y=place + 3.8,
            class_=f"end-label tone-{line.tone}",
        )
        for line, place in zip(named, places, strict=True)
    ]
