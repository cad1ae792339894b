"""Reliability: of what is promised to lie in a band, how much does; one small square for each file.

A point for each level: the share of measured values that lie in the central band of that level. On the diagonal the bands
promise what they hold; below it they are too narrow, above it wider than they need be. The pale field is where nine in ten
such figures would lie by chance alone, were the bands right and every study one value: rows of one study say less than
so many rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import svg
from ..figures.scales import Scale
from .told import share

Entry = Mapping[str, Any]
LEVELS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
NAMED = (0.5, 0.8, 0.9)  # levels whose points are drawn large; the table beside has their figures
CHANCE = (0.05, 0.95)
FEWEST = 5  # values below which there is no plot
SIDE, LEFT, TOP, RIGHT, FOOT = 230.0, 34.0, 10.0, 12.0, 34.0
TICKS = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Reliability:
    """The plot of one file, with what stands above and below it."""

    title: str
    note: str
    figure: Markup


def reliability(title: str, predictions: Sequence[Entry]) -> Reliability | None:
    """The plot of a file's rows; None with too few values for one."""
    banded = [entry for entry in predictions if entry["scale"] != "sign"]
    if len(banded) < FEWEST:
        return None
    studies = len({entry["source"] for entry in banded})
    note = f"{words.count(len(banded), 'value')}, {words.count(studies, 'study', 'studies')}"
    return Reliability(title, note, _figure(title, shares(banded), studies))


def shares(banded: Sequence[Entry]) -> list[float]:
    """Share of the values in the central band of each level."""
    held = [1.0 if entry["narrowest"] is None else entry["narrowest"] for entry in banded]
    return [float(np.mean([level <= at + 1e-9 for level in held])) for at in LEVELS]


def by_chance(studies: int) -> tuple[np.ndarray, np.ndarray]:
    """Where shares lie in nine of ten cases, were the bands right: binomial, each study one value."""
    from scipy.stats import binom

    low, high = (binom.ppf(q, studies, np.array(LEVELS)) / studies for q in CHANCE)
    return low, high


def _figure(title: str, found: Sequence[float], studies: int) -> Markup:
    x = Scale(0.0, 1.0, LEFT, SIDE - RIGHT)
    y = Scale(0.0, 1.0, SIDE - FOOT, TOP)
    low, high = by_chance(studies)
    at = x(np.array((0.0, *LEVELS, 1.0)))
    field = svg.area(at, y(np.array((0.0, *low, 1.0))), y(np.array((0.0, *high, 1.0))))
    line = svg.path(at, y(np.array((0.0, *found, 1.0))))
    told = ", ".join(
        f"{share(value)} in the {share(level)} band" for level, value in zip(LEVELS, found, strict=True) if level in NAMED
    )
    parts = [
        *_frame(x, y),
        svg.tag("path", d=field, class_="chance"),
        svg.tag("line", x1=x.at(0.0), x2=x.at(1.0), y1=y.at(0.0), y2=y.at(1.0), class_="reference"),
        svg.tag("path", d=line, class_="line tone-1"),
        *(
            svg.tag("circle", cx=x.at(level), cy=y.at(value), r=3.6, class_="dot tone-1")
            for level, value in zip(LEVELS, found, strict=True)
            if level in NAMED
        ),
    ]
    return svg.figure(SIDE, SIDE, parts, f"Reliability of {title}", told, "square")


def _frame(x: Scale, y: Scale) -> list[Markup]:
    parts: list[Markup] = []
    for tick in TICKS:
        parts += [
            svg.tag("line", x1=x.at(tick), x2=x.at(tick), y1=y.start, y2=y.end, class_="grid"),
            svg.tag("line", x1=x.start, x2=x.end, y1=y.at(tick), y2=y.at(tick), class_="grid"),
            svg.tag("text", f"{100.0 * tick:.0f}", x=x.at(tick), y=y.start + 14.0, class_="tick middle"),
            svg.tag("text", f"{100.0 * tick:.0f}", x=LEFT - 6.0, y=y.at(tick) + 3.8, class_="tick end"),
        ]
    parts.append(svg.tag("text", "level of the band, %", x=x.end, y=SIDE - 4.0, class_="axis-name end"))
    return [*parts, svg.tag("text", "inside, %", x=x.start + 5.0, y=TOP + 12.0, class_="axis-name")]
