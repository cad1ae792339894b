"""Fluid rows: marks placed in percent of a table cell, so that the text beside them keeps its size on any screen.

An interval is a line with a dot at the median; the average over a trial is a pale bar behind it; what was observed is a
diamond with its own whiskers. Shape tells them apart, colour only helps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from . import svg
from .scales import Scale

DIAMOND, DOT, BAR = 5.5, 4.5, 11.0
BELOW = 9.0  # px between a prediction and the observation under it


@dataclass(frozen=True)
class Interval:
    """A median within a band."""

    low: float
    middle: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is anything to draw."""
        return all(math.isfinite(v) for v in (self.low, self.middle, self.high))


def row(
    scale: Scale,
    interval: Interval | None,
    title: str,
    *,
    group: Interval | None = None,
    observed: Sequence[Interval] = (),
    reference: float | None = None,
    tone: int = 1,
) -> Markup:
    """One row of a forest: the person's band, the group's band behind it, observations, a line of no effect.

    The row fills its cell; vertical lines go through, marks sit around the middle.
    """
    parts = [_vertical(scale, tick, "grid") for tick in scale.ticks(5)]
    if reference is not None and scale.low <= reference <= scale.high:
        parts.append(_vertical(scale, reference, "reference"))
    lift = -0.5 * BELOW if observed else 0.0
    marks = []
    if group is not None and group.known:
        marks.append(_bar(scale, group, lift, f"group tone-{tone}"))
    if interval is not None and interval.known:
        marks += [
            _line(scale, interval.low, interval.high, lift, f"band-line tone-{tone}"),
            svg.tag("circle", cx=svg.percent(scale.share(interval.middle)), cy=lift, r=DOT, class_=f"dot tone-{tone}"),
        ]
    for seen in observed:
        marks += _diamond(scale, seen, lift + BELOW)
    return svg.strip("100%", [*parts, svg.tag("svg", *marks, y="50%", width="100%", overflow="visible")], title, "forest")


def axis(scale: Scale, labels: Sequence[tuple[float, str]], title: str) -> Markup:
    """The axis of such rows: ticks with words. Labels at the ends stay within the cell."""
    parts = [svg.tag("line", x1="0%", x2="100%", y1=1.0, y2=1.0, class_="axis")]
    for value, label in labels:
        share = scale.share(value)
        place = "end" if share > 0.95 else "start" if share < 0.05 else "middle"
        parts += [
            svg.tag("line", x1=svg.percent(share), x2=svg.percent(share), y1=1.0, y2=5.0, class_="axis"),
            svg.tag("text", label, x=svg.percent(share), y=17.0, class_=f"tick {place}"),
        ]
    return svg.strip(22.0, parts, title, "row-axis")


def stack(shares: Sequence[tuple[str, float, str]], title: str, height: float = 18.0) -> Markup:
    """A bar cut in parts: (style, share of the whole, words)."""
    parts, left = [], 0.0
    for style, share, label in shares:
        if share <= 0.0 or not math.isfinite(share):
            continue
        parts.append(
            svg.tag(
                "rect",
                svg.tag("title", label),
                x=svg.percent(left),
                y=0.0,
                width=svg.percent(share),
                height=height,
                class_=f"part {style}",
            )
        )
        left += share
    return svg.strip(height, parts, title, "stack")


def _vertical(scale: Scale, value: float, style: str) -> Markup:
    place = svg.percent(scale.share(value))
    return svg.tag("line", x1=place, x2=place, y1="0%", y2="100%", class_=style)


def _line(scale: Scale, low: float, high: float, y: float, style: str) -> Markup:
    return svg.tag("line", x1=svg.percent(scale.share(low)), x2=svg.percent(scale.share(high)), y1=y, y2=y, class_=style)


def _bar(scale: Scale, band: Interval, y: float, style: str) -> Markup:
    left, right = scale.share(band.low), scale.share(band.high)
    return svg.tag(
        "rect", x=svg.percent(left), width=svg.percent(max(right - left, 0.004)), y=y - BAR / 2.0, height=BAR, class_=style
    )


def _diamond(scale: Scale, seen: Interval, y: float) -> list[Markup]:
    parts = []
    if math.isfinite(seen.low) and math.isfinite(seen.high):
        parts.append(_line(scale, seen.low, seen.high, y, "observed-bar"))
    shape = svg.tag("path", d=f"M0 {-DIAMOND}L{DIAMOND} 0L0 {DIAMOND}L{-DIAMOND} 0Z", class_="observed")
    parts.append(svg.tag("svg", shape, x=svg.percent(scale.share(seen.middle)), y=y, overflow="visible"))
    return parts
