"""A cross-section drawn to scale: layers, a needle, the channels it leaves and how deep all the needles came.

One millimetre is the same length across and down. The spread of a boundary between two layers is drawn as what it is, a
gradual change from one tone to the next between its 5 % and 95 % depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from .. import words
from . import svg
from .scales import multiples, nice_step, tick_labels

WIDTH, HEIGHT = 576.0, 400.0
LEFT, BLOCK, STRIP = 118.0, 252.0, 64.0  # widths: names of layers, the section, the histogram of depths
TOP, BOTTOM = 30.0, 20.0
BINS = 36
HATCH_GAP = 7.0


@dataclass(frozen=True)
class Layer:
    """One layer: name, median depth of its lower face with the 5-95 % band (mm), and what is written beside it."""

    name: str
    bottom: float
    low: float
    high: float
    note: str
    tone: str


@dataclass(frozen=True)
class Level:
    """A depth that is marked at the right: words in two lines and how its line is drawn."""

    depth: float
    name: str
    note: str
    style: str


@dataclass(frozen=True)
class Section:
    """Everything that a cross-section shows, lengths in mm."""

    title: str
    description: str
    prefix: str  # makes the ids of this figure unique within the page
    layers: Sequence[Layer]
    levels: Sequence[Level]
    depth: float  # deepest place drawn
    above: float  # room above the surface, for the part of the needle that stays outside
    set_length: float
    in_situ: np.ndarray  # depths of all needles, all draws
    residual: np.ndarray
    tip_diameter: float
    surface_diameter: float
    base_diameter: float
    channel_diameter: float
    spacing: float  # mean distance between neighbouring punctures
    channel_depths: Sequence[float] = field(default=())  # depths of the channels drawn, nearest first
    needle_depth: float = 0.0


@dataclass(frozen=True)
class Frame:
    """Where millimetres lie on the page."""

    surface: float
    scale: float  # px per mm
    left: float = LEFT
    right: float = LEFT + BLOCK

    def y(self, depth: float) -> float:
        """Place of a depth."""
        return self.surface + depth * self.scale


def draw(section: Section) -> Markup:
    """The cross-section as inline SVG."""
    scale = (HEIGHT - TOP - BOTTOM) / (section.depth + section.above)
    frame = Frame(TOP + section.above * scale, scale)
    return svg.figure(
        WIDTH,
        HEIGHT,
        [
            *_gradients(section, frame),
            *_layers(section, frame),
            *_channels(section, frame),
            *_needle(section, frame),
            *_layer_names(section, frame),
            *_histogram(section, frame),
            *_axis(section, frame),
            *_levels(section, frame),
            *_scale_bar(frame),
        ],
        section.title,
        section.description,
        "crosssection",
    )


def _gradients(section: Section, frame: Frame) -> list[Markup]:
    """One gradient per boundary, from the tone above to the tone below."""
    parts = []
    for number, (upper, lower) in enumerate(zip(section.layers, section.layers[1:], strict=False)):
        parts.append(
            svg.tag(
                "linearGradient",
                svg.tag("stop", offset="0", class_=f"stop-{upper.tone}"),
                svg.tag("stop", offset="1", class_=f"stop-{lower.tone}"),
                id=f"{section.prefix}-{number}",
                x1=0,
                x2=0,
                y1=frame.y(upper.low),
                y2=frame.y(upper.high),
                gradientUnits="userSpaceOnUse",
            )
        )
    clip = svg.tag(
        "clipPath",
        svg.tag("rect", x=frame.left, y=0.0, width=BLOCK, height=frame.y(section.depth)),
        id=f"{section.prefix}-clip",
    )
    return [svg.tag("defs", *parts, clip)]


def _layers(section: Section, frame: Frame) -> list[Markup]:
    """Fills from boundary middle to boundary middle; the gradient does the rest. Median boundaries as fine lines."""
    parts, top = [], 0.0
    for layer in section.layers:
        bottom = min(layer.bottom, section.depth)
        if bottom <= top:
            continue
        parts.append(
            svg.tag(
                "rect",
                x=frame.left,
                y=frame.y(top),
                width=BLOCK,
                height=(bottom - top) * frame.scale,
                class_=f"layer fill-{layer.tone}",
            )
        )
        top = bottom
    for number, layer in enumerate(section.layers[:-1]):
        low, high = min(layer.low, section.depth), min(layer.high, section.depth)
        if high > low:
            parts.append(
                svg.tag(
                    "rect",
                    x=frame.left,
                    y=frame.y(low),
                    width=BLOCK,
                    height=(high - low) * frame.scale,
                    fill=f"url(#{section.prefix}-{number})",
                )
            )
        if layer.bottom < section.depth:
            parts.append(
                svg.tag(
                    "line",
                    x1=frame.left,
                    x2=frame.right + STRIP,
                    y1=frame.y(layer.bottom),
                    y2=frame.y(layer.bottom),
                    class_="boundary",
                )
            )
    parts.append(svg.tag("line", x1=frame.left, x2=frame.right + STRIP, y1=frame.y(0.0), y2=frame.y(0.0), class_="surface"))
    return parts


def _channels(section: Section, frame: Frame) -> list[Markup]:
    """The channels left behind, at their true width, depth and mean distance."""
    parts = []
    half = 0.5 * section.channel_diameter * frame.scale
    for number, depth in enumerate(section.channel_depths):
        x = _needle_place(frame, section) + (number + 1) * _distance(section, frame)
        if x + half > frame.right - 4.0:
            break
        parts.append(
            svg.tag(
                "path",
                class_="channel",
                d=f"M{x - half:.2f} {frame.y(0.0):.2f}L{x:.2f} {frame.y(depth):.2f}L{x + half:.2f} {frame.y(0.0):.2f}Z",
            )
        )
    return parts


def _distance(section: Section, frame: Frame) -> float:
    """Mean distance of punctures on the page; kept within the section so that one channel can be seen."""
    room = frame.right - _needle_place(frame, section) - 24.0
    return min(section.spacing * frame.scale, room)


def _needle_place(frame: Frame, section: Section) -> float:
    return frame.left + max(0.1 * BLOCK, 0.5 * section.base_diameter * frame.scale + 8.0)


def _needle(section: Section, frame: Frame) -> list[Markup]:
    """The needle at its true length and width, its tip at the median depth, its carrier above."""
    if section.needle_depth <= 0.0:
        return []
    x, tip = _needle_place(frame, section), frame.y(section.needle_depth)
    top = frame.y(section.needle_depth - section.set_length)
    at_tip, at_surface, at_base = (
        0.5 * d * frame.scale
        for d in (section.tip_diameter, section.surface_diameter, max(section.base_diameter, section.surface_diameter))
    )
    shape = [
        (x - at_tip, tip),
        (x - at_surface, frame.y(0.0)),
        (x - at_base, top),
        (x + at_base, top),
        (x + at_surface, frame.y(0.0)),
        (x + at_tip, tip),
    ]
    outline = "M" + "L".join(f"{left:.2f} {down:.2f}" for left, down in shape) + "Z"
    carrier = max(at_base * 2.0 + 14.0, 30.0)
    return [
        svg.tag("rect", x=x - carrier / 2.0, y=top - 7.0, width=carrier, height=7.0, class_="carrier"),
        svg.tag("path", d=outline, class_="needle"),
    ]


def _layer_names(section: Section, frame: Frame) -> list[Markup]:
    """Names and thicknesses at the left with leaders to the middle of each layer."""
    tops = [0.0, *(layer.bottom for layer in section.layers[:-1])]
    shown = [
        (layer, 0.5 * (top + min(layer.bottom, section.depth)))
        for layer, top in zip(section.layers, tops, strict=True)
        if top < section.depth
    ]
    places = svg.spread([frame.y(middle) for _, middle in shown], 27.0, TOP, HEIGHT - BOTTOM)
    parts = []
    for (layer, middle), place in zip(shown, places, strict=True):
        edge = frame.left
        parts += [
            svg.tag("text", layer.name, x=LEFT - 18.0, y=place, class_="name end"),
            svg.tag("text", layer.note, x=LEFT - 18.0, y=place + 12.0, class_="note end"),
            svg.tag(
                "path", d=f"M{LEFT - 14:.1f} {place:.1f}L{edge - 4:.1f} {frame.y(middle):.1f}H{edge:.1f}", class_="leader"
            ),
        ]
    return parts


def _histogram(section: Section, frame: Frame) -> list[Markup]:
    """How deep the tips came (filled) and how deep the channels stay (outline), on the same depth axis."""
    edges = np.linspace(0.0, section.depth, BINS + 1)
    counts = [
        np.histogram(np.clip(values[values > 0.0], 0.0, section.depth * 0.9999), edges)[0].astype(float)
        for values in (section.in_situ, section.residual)
    ]
    if not counts[0].sum():
        return []
    room = STRIP - 10.0
    shares = [c / max(c.max(), 1.0) * room for c in counts]
    bars = "".join(
        f"M{frame.right + 6:.1f} {frame.y(top):.1f}h{size:.1f}v{frame.y(bottom) - frame.y(top) - 0.6:.1f}h{-size:.1f}Z"
        for size, top, bottom in zip(shares[0], edges, edges[1:], strict=False)
        if size > 0.0
    )
    steps = (
        f"M{frame.right + 6:.1f} {frame.y(0.0):.1f}"
        + "".join(
            f"H{frame.right + 6 + size:.1f}V{frame.y(bottom):.1f}" for size, bottom in zip(shares[1], edges[1:], strict=True)
        )
        + f"H{frame.right + 6:.1f}"
    )
    parts = [svg.tag("path", d=bars, class_="tips")]
    if counts[1].sum():
        parts.append(svg.tag("path", d=steps, class_="left-behind"))
    return [*parts, svg.tag("text", "all needles", x=frame.right + 6.0, y=frame.y(0.0) - 6.0, class_="note")]


def _axis(section: Section, frame: Frame) -> list[Markup]:
    x = frame.right + STRIP
    ticks = multiples(0.0, section.depth, nice_step(section.depth, 5))
    parts = [svg.tag("line", x1=x, x2=x, y1=frame.y(0.0), y2=frame.y(section.depth), class_="axis")]
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        parts += [
            svg.tag("line", x1=x, x2=x + 4.0, y1=frame.y(tick), y2=frame.y(tick), class_="axis"),
            svg.tag("text", label, x=x + 7.0, y=frame.y(tick) + 3.8, class_="tick"),
        ]
    return [*parts, svg.tag("text", "mm deep", x=x, y=frame.y(section.depth) + 15.0, class_="axis-name")]


def _levels(section: Section, frame: Frame) -> list[Markup]:
    """Marked depths at the right, moved apart, with leaders to their true place."""
    shown = [level for level in section.levels if np.isfinite(level.depth) and level.depth <= section.depth]
    places = svg.spread([frame.y(level.depth) for level in shown], 30.0, TOP + 8.0, HEIGHT - BOTTOM - 10.0)
    start, words_at = frame.right + STRIP + 28.0, frame.right + STRIP + 46.0
    parts = []
    for level, place in zip(shown, places, strict=True):
        depth = frame.y(level.depth)
        parts += [
            svg.tag("line", x1=frame.left, x2=frame.right + STRIP, y1=depth, y2=depth, class_=f"level {level.style}"),
            svg.tag("path", d=f"M{start:.1f} {depth:.1f}L{words_at - 4:.1f} {place:.1f}", class_="leader"),
            svg.tag("text", level.name, x=words_at, y=place, class_="name"),
            svg.tag("text", level.note, x=words_at, y=place + 12.0, class_="note"),
        ]
    return parts


def _scale_bar(frame: Frame) -> list[Markup]:
    """A bar of a round length: the proof that the drawing is to scale."""
    length = next((mm for mm in (1.0, 0.5, 0.25, 0.2, 0.1, 0.05) if mm * frame.scale <= 0.55 * BLOCK), 0.05)
    y, right = HEIGHT - 6.0, frame.right
    left = right - length * frame.scale
    return [
        svg.tag("path", d=f"M{left:.1f} {y - 4:.1f}v4H{right:.1f}v-4", class_="scale-bar"),
        svg.tag("text", words.with_unit(words.number(length), "mm"), x=left - 5.0, y=y, class_="note end"),
    ]
