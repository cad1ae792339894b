"""Where needles end in one skin, arm beside arm: layers across the page, in each column the tips and the channels left.

All columns share the skin and the scale. To the right of a column's line lie the tips while the needle is inside, to the
left the ends of the channels that stay; how far a hump reaches says how common that depth is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from . import svg
from .scales import Scale, tick_labels

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 900.0, 330.0, 132.0, 44.0, 12.0
BINS = 40
REACH = 0.36  # of a column's width, for the tallest hump
TEXT = 11.0


@dataclass(frozen=True)
class Layer:
    """A layer by its name, median lower face (mm; infinite for the last) and style."""

    name: str
    bottom: float
    style: str


@dataclass(frozen=True)
class Arm:
    """One column: names, set length and depths of all needles of all people [mm], and how their medians are written."""

    name: str
    set_length: float
    set_words: str
    in_situ: np.ndarray
    residual: np.ndarray
    in_situ_words: str
    residual_words: str


def draw(arms: Sequence[Arm], layers: Sequence[Layer], title: str, description: str) -> Markup:
    """The columns as inline SVG."""
    deepest = max([1.08 * arm.set_length for arm in arms] + [1.04 * _high(arm.in_situ) for arm in arms])
    y = Scale(0.0, deepest, TOP, HEIGHT - BOTTOM)
    width = (WIDTH - LEFT) / len(arms)
    columns = [part for number, arm in enumerate(arms) for part in _column(arm, LEFT + number * width, width, y)]
    return svg.figure(WIDTH, HEIGHT, [*_layers(layers, y), *_ticks(y), *columns], title, description, "depths")


def _high(values: np.ndarray) -> float:
    return float(np.quantile(values, 0.98)) if values.size else 0.0


def _layers(layers: Sequence[Layer], y: Scale) -> Iterator[Markup]:
    top, wanted, names = 0.0, [], []
    for layer in layers:
        bottom = min(layer.bottom, y.high)
        if bottom > top:
            upper, lower = y.at(top), y.at(bottom)
            yield svg.tag("rect", x=LEFT, y=upper, width=WIDTH - LEFT, height=lower - upper, class_=layer.style)
            wanted.append(0.5 * (upper + lower))
            names.append(layer.name)
            top = bottom
    yield svg.tag("line", x1=LEFT, x2=WIDTH, y1=y.start, y2=y.start, class_="surface")
    for name, place in zip(names, svg.spread(wanted, TEXT + 3.0, y.start, y.end), strict=True):
        yield svg.tag("text", name, x=LEFT - 34.0, y=place + 3.8, class_="end name")


def _ticks(y: Scale) -> Iterator[Markup]:
    ticks = y.ticks(4)
    yield svg.tag("text", "mm", x=LEFT - 7.0, y=y.start - 7.0, class_="tick end")
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        yield svg.tag("line", x1=LEFT - 4.0, x2=LEFT, y1=y.at(tick), y2=y.at(tick), class_="axis")
        yield svg.tag("text", label, x=LEFT - 7.0, y=y.at(tick) + 3.8, class_="tick end")


def _column(arm: Arm, left: float, width: float, y: Scale) -> Iterator[Markup]:
    middle, tallest = left + 0.5 * width, REACH * width
    for number, line in enumerate(svg.wrap(arm.name, TEXT + 1.0, width - 12.0)[:2]):
        yield svg.tag("text", line, x=middle, y=14.0 + 14.0 * number, class_="middle name arm")
    yield svg.tag(
        "line", x1=left + 10.0, x2=left + width - 10.0, y1=y.at(arm.set_length), y2=y.at(arm.set_length), class_="level set"
    )
    yield svg.tag("text", arm.set_words, x=left + 12.0, y=y.at(arm.set_length) - 4.0, class_="halo")
    yield from _hump(arm.in_situ, middle, tallest, y, "tips")
    yield from _hump(arm.residual, middle, -tallest, y, "left-behind")
    yield svg.tag("line", x1=middle, x2=middle, y1=y.start, y2=y.end, class_="axis")
    for words, values, side in ((arm.in_situ_words, arm.in_situ, 1.0), (arm.residual_words, arm.residual, -1.0)):
        if values.size:
            place = y.at(float(np.median(values)))
            yield svg.tag("circle", cx=middle, cy=place, r=3.0, class_="dot tone-1" if side > 0.0 else "dot tone-2")
            yield svg.tag(
                "text", words, x=middle + 7.0 * side, y=place + 3.8, class_="halo name " + ("start" if side > 0.0 else "end")
            )


def _hump(values: np.ndarray, middle: float, reach: float, y: Scale, style: str) -> Iterator[Markup]:
    """How common each depth is, as an outline beside the column's line; its tallest place reaches `reach` px."""
    if values.size < 2:
        return
    counts, edges = np.histogram(values, bins=BINS, range=(0.0, y.high))
    smooth = np.convolve(counts, (0.25, 0.5, 0.25), mode="same")
    centres = y(0.5 * (edges[1:] + edges[:-1]))
    out = middle + reach * smooth / max(float(smooth.max()), 1.0)
    some = np.flatnonzero(smooth)
    shown = slice(max(int(some[0]) - 1, 0), int(some[-1]) + 2)
    yield svg.tag(
        "path",
        d=svg.path(
            np.concatenate([[middle], out[shown], [middle]]),
            np.concatenate([centres[shown][:1], centres[shown], centres[shown][-1:]]),
        )
        + "Z",
        class_=style,
    )
