"""Fluid rows: marks placed in percent of the width of a table cell, so that text beside them keeps its size.

An interval is a line with a dot at the median; the average over a trial is a bar behind it; what was observed is a
diamond with its own whiskers. Shape tells them apart, colour only helps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from . import svg
from .scales import Scale

HEIGHT = 30.0
DIAMOND, DOT = 5.5, 4.5


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


def row(scale: Scale, interval: Interval | None, title: str, *, group: Interval | None = None,
        observed: Sequence[Interval] = (), reference: float | None = None, tone: int = 1) -> Markup:
    """One row of a forest: the person's band, the group's band behind it, observations, a line of no effect."""
    parts = [_vertical(scale, tick, "grid") for tick in scale.ticks(5)]
    if reference is not None and scale.low <= reference <= scale.high:
        parts.append(_vertical(scale, reference, "reference"))
    lift = 5.0 if observed else 0.0
    middle = HEIGHT / 2.0 - lift
    if group is not None and group.known:
        parts.append(_bar(scale, group, middle, 10.0, f"group tone-{tone}"))
    if interval is not None and interval.known:
        parts += [_line(scale, interval.low, interval.high, middle, f"band-line tone-{tone}"),
                  svg.tag("circle", cx=svg.percent(scale.share(interval.middle)), cy=middle, r=DOT, class_=f"dot tone-{tone}")]
    for number, seen in enumerate(observed):
        parts += _diamond(scale, seen, HEIGHT / 2.0 + 8.0 + 0.0 * number)
    return svg.strip(HEIGHT, parts, title, "forest")


def axis(scale: Scale, labels: Sequence[tuple[float, str]], title: str) -> Markup:
    """The axis of such rows: ticks with words. Labels at the ends stay within the cell."""
    parts = [svg.tag("line", x1="0%", x2="100%", y1=1.0, y2=1.0, class_="axis")]
    for value, label in labels:
        share = scale.share(value)
        place = "end" if share > 0.95 else "start" if share < 0.05 else "middle"
        parts += [_vertical(scale, value, "axis", 1.0, 5.0),
                  svg.tag("text", label, x=svg.percent(share), y=17.0, class_=f"tick {place}")]
    return svg.strip(22.0, parts, title, "forest")


def stack(shares: Sequence[tuple[str, float, str]], title: str, height: float = 18.0) -> Markup:
    """A bar cut in parts: (style, share of the whole, words). Parts too small to see get no words."""
    parts, left = [], 0.0
    for style, share, label in shares:
        if share <= 0.0 or not math.isfinite(share):
            continue
        parts.append(svg.tag("rect", svg.tag("title", label), x=svg.percent(left), y=0.0, width=svg.percent(share),
                             height=height, class_=f"part {style}"))
        left += share
    return svg.strip(height, parts, title, "stack")


def _vertical(scale: Scale, value: float, style: str, top: float = 0.0, bottom: float = HEIGHT) -> Markup:
    place = svg.percent(scale.share(value))
    return svg.tag("line", x1=place, x2=place, y1=top, y2=bottom, class_=style)


def _line(scale: Scale, low: float, high: float, y: float, style: str) -> Markup:
    return svg.tag("line", x1=svg.percent(scale.share(low)), x2=svg.percent(scale.share(high)), y1=y, y2=y, class_=style)


def _bar(scale: Scale, band: Interval, y: float, height: float, style: str) -> Markup:
    left, right = scale.share(band.low), scale.share(band.high)
    return svg.tag("rect", x=svg.percent(left), width=svg.percent(max(right - left, 0.002)), y=y - height / 2.0,
                   height=height, class_=style)


def _diamond(scale: Scale, seen: Interval, y: float) -> list[Markup]:
    parts = []
    if math.isfinite(seen.low) and math.isfinite(seen.high):
        parts.append(_line(scale, seen.low, seen.high, y, "observed-bar"))
    shape = svg.tag("path", d=f"M0 {-DIAMOND}L{DIAMOND} 0L0 {DIAMOND}L{-DIAMOND} 0Z", class_="observed")
    parts.append(svg.tag("svg", shape, x=svg.percent(scale.share(seen.middle)), y=y, overflow="visible"))
    return parts
