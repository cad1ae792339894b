"""A course with marks on its time axis: a median with its band, a level that counts, and named moments above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from . import svg
from .panel import Axis, Line
from .scales import Scale

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460.0, 236.0, 34.0, 16.0, 56.0, 36.0
ROW = 13.0  # px between two rows of words
TEXT = 11.0


@dataclass(frozen=True)
class Mark:
    """A moment: words above it, and how its line is drawn."""

    at: float
    label: str
    style: str


@dataclass(frozen=True)
class Course:
    """What is drawn: one line on 0..100 %, a level, marks, and the stretch in which something lies on the skin."""

    title: str
    description: str
    line: Line
    x: Axis
    level: float
    level_label: str
    marks: Sequence[Mark]
    span: tuple[float, float]
    span_label: str


def draw(course: Course) -> Markup:
    """The course as inline SVG."""
    x = Scale(course.x.low, course.x.high, LEFT, WIDTH - RIGHT)
    y = Scale(0.0, 100.0, HEIGHT - BOTTOM, TOP)
    parts = [*_grid(course, x, y), *_span(course, x, y), *_course(course, x, y), *_marks(course, x, y)]
    return svg.figure(WIDTH, HEIGHT, parts, course.title, course.description, "panel")


def _grid(course: Course, x: Scale, y: Scale) -> list[Markup]:
    parts = []
    for tick in (0.0, 25.0, 50.0, 75.0, 100.0):
        parts += [
            svg.tag("line", x1=x.start, x2=x.end, y1=y.at(tick), y2=y.at(tick), class_="grid" if tick else "axis"),
            svg.tag("text", f"{tick:.0f}", x=x.start - 5.0, y=y.at(tick) + 3.8, class_="tick end"),
        ]
    for tick, label in zip(course.x.ticks, course.x.labels, strict=True):
        place = x.at(tick)
        parts += [
            svg.tag("line", x1=place, x2=place, y1=y.start, y2=y.start + 4.0, class_="axis"),
            svg.tag("text", label, x=place, y=y.start + 15.0, class_="tick middle"),
        ]
    return [
        *parts,
        svg.tag("text", course.x.name, x=x.end, y=HEIGHT - 5.0, class_="axis-name end"),
        svg.tag("text", "%", x=0.0, y=TOP - 8.0, class_="axis-name"),
    ]


def _span(course: Course, x: Scale, y: Scale) -> list[Markup]:
    """The stretch on the skin as a bar that stands on the axis."""
    first, last = (x.at(min(max(edge, course.x.low), course.x.high)) for edge in course.span)
    bar = svg.tag(
        "rect",
        svg.tag("title", course.span_label),
        x=first,
        y=y.start - 5.0,
        width=max(last - first, 1.0),
        height=5.0,
        class_="product",
    )
    if last - first < svg.text_width(course.span_label, TEXT) + 8.0:
        return [bar]
    return [bar, svg.tag("text", course.span_label, x=first + 4.0, y=y.start - 9.0, class_="note halo")]


def _course(course: Course, x: Scale, y: Scale) -> list[Markup]:
    line, parts = course.line, []
    inside = (line.x > course.x.low) & (line.x < course.x.high)
    when = np.array([course.x.low, *line.x[inside], course.x.high])
    if line.low is not None and line.high is not None:
        edges = (y(np.interp(when, line.x, edge)) for edge in (line.low, line.high))
        parts.append(svg.tag("path", d=svg.area(*svg.thin(x(when), *edges)), class_="band tone-1"))
    places, middle = svg.thin(x(when), y(np.interp(when, line.x, line.middle)))
    level = y.at(course.level)
    return [
        *parts,
        svg.tag("path", d=svg.path(places, middle), class_="line tone-1"),
        svg.tag("line", x1=x.start, x2=x.end, y1=level, y2=level, class_="reference"),
        svg.tag("text", course.level_label, x=x.end - 2.0, y=level - 4.0, class_="note halo end"),
    ]


def _marks(course: Course, x: Scale, y: Scale) -> list[Markup]:
    """Moments as upright lines; words in rows, each row used again once it is free."""
    parts, free = [], [-1e9, -1e9, -1e9]
    for mark in sorted((m for m in course.marks if course.x.low <= m.at <= course.x.high), key=lambda m: m.at):
        place, size = x.at(mark.at), svg.text_width(mark.label, TEXT)
        left = min(max(place - 0.5 * size, 0.0), WIDTH - size)
        row = next((n for n, end in enumerate(free) if left > end + 6.0), len(free) - 1)
        free[row] = left + size
        foot = 10.0 + ROW * row
        parts += [
            svg.tag("line", x1=place, x2=place, y1=foot + 3.0, y2=y.start, class_=mark.style),
            svg.tag("text", mark.label, x=left, y=foot, class_="name halo"),
        ]
    return parts
