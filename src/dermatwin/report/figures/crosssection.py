"""A cross-section drawn to scale: layers, a needle in its dimple, the channels it leaves, how deep all the needles came.

One millimetre is the same length across and down. The spread of a boundary between two layers is drawn as what it is, a
gradual change from one tone to the next between its 5 % and 95 % depth. Under the needle the skin bends down by the
dimple, and every depth in the skin bends with it, so that the tip ends at its depth in the skin and at its place in
space at once. How far to the side a dimple reaches is drawn, not computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup

from .. import words
from . import svg
from .scales import multiples, nice_step, tick_labels

WIDTH, HEIGHT, LOWEST = 612.0, 400.0, 250.0  # px; a wide dimple makes the figure lower, but never so low that words meet
LEFT, BLOCK, STRIP = 124.0, 276.0, 64.0  # widths: names of layers, the section, the histogram of depths
TOP, BOTTOM = 36.0, 20.0
BINS = 36
SHADES = 6  # steps of the change from one layer's tone to the next
BREADTH = 0.75  # half the width of a dimple over its depth, as drawn
FADE = 2.0  # depth below the tip over which the skin's bending halves, in dimples


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
    layers: Sequence[Layer]
    levels: Sequence[Level]
    depth: float  # deepest place drawn
    above: float  # room above the surface, for the part of the needle that stays outside
    across: float  # width that the drawing has to hold
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
    dimple: float = 0.0  # by how much the surface is pushed down under the needle
    dimple_note: str = ""  # and how that is written

    @property
    def half_width(self) -> float:
        """Half the width of the dimple as it is drawn."""
        return breadth(self.dimple, self.base_diameter)


def breadth(dimple: float, base_diameter: float) -> float:
    """Half the width of a dimple as it is drawn [mm]; room for the needle where there is none."""
    return max(BREADTH * dimple, base_diameter)


@dataclass(frozen=True)
class Frame:
    """Where millimetres lie on the page."""

    surface: float
    scale: float  # px per mm
    needle: float  # place of the needle
    depth: float  # deepest place drawn, mm
    left: float = LEFT
    right: float = LEFT + BLOCK

    def y(self, depth: float) -> float:
        """Place of a depth."""
        return self.surface + depth * self.scale

    @property
    def height(self) -> float:
        """Height of the whole figure."""
        return self.y(self.depth) + BOTTOM


def frame_of(section: Section) -> Frame:
    """The largest scale at which depth and width fit; depth is added where the figure would be too low for its words."""
    scale = min((HEIGHT - TOP - BOTTOM) / (section.depth + section.above), BLOCK / section.across)
    depth = max(section.depth, (LOWEST - TOP - BOTTOM) / scale - section.above)
    return Frame(TOP + section.above * scale, scale, LEFT + section.half_width * scale + 5.0, depth)


def draw(section: Section) -> Markup:
    """The cross-section as inline SVG."""
    frame = frame_of(section)
    inside = [*_layers(section, frame), *_bent_levels(section, frame), *_channels(section, frame)]
    return svg.figure(
        WIDTH,
        frame.height,
        [
            _block(frame, inside),
            *_flat_lines(section, frame),
            *_needle(section, frame),
            *_layer_names(section, frame),
            *_histogram(section, frame),
            *_axis(frame),
            *_levels(section, frame),
            *_captions(section, frame),
            *_scale_bar(frame),
        ],
        section.title,
        section.description,
        "crosssection",
    )


def _block(frame: Frame, content: Sequence[Markup]) -> Markup:
    """What lies within the section, cut off at its edges."""
    bottom = frame.y(frame.depth)
    box = f"{svg.write(frame.left)} 0 {svg.write(frame.right - frame.left)} {svg.write(bottom)}"
    return svg.tag("svg", *content, x=frame.left, y=0.0, width=frame.right - frame.left, height=bottom, viewBox=box)


def _bend(section: Section, depth: float) -> float:
    """By how much a depth in the skin is pushed down under the needle [mm]: like the surface down to the tip, less below."""
    below = max(depth - section.needle_depth, 0.0)
    return section.dimple / (1.0 + below / (FADE * section.dimple)) if section.dimple > 0.0 else 0.0


def _flank(section: Section, depth: float) -> float:
    """Half the width of the needle at a depth in the skin [mm]."""
    if section.needle_depth <= 0.0 or depth >= section.needle_depth:
        return 0.0
    share = depth / section.needle_depth
    return 0.5 * (section.surface_diameter + share * (section.tip_diameter - section.surface_diameter))


def bent(section: Section, frame: Frame, depth: float) -> str:
    """Path data of one depth in the skin across the section: level, and down to the needle's flank within the dimple."""
    y, x, down = frame.y(depth), frame.needle, _bend(section, depth) * frame.scale
    wide, flank = section.half_width * frame.scale, _flank(section, depth) * frame.scale
    if down < 0.05:
        return f"M{frame.left:.1f} {y:.1f}H{frame.right:.1f}"
    soft = flank + 0.14 * (wide - flank)
    return (
        f"M{frame.left:.1f} {y:.1f}H{x - wide:.1f}"
        f"C{x - 0.5 * wide:.1f} {y:.1f} {x - soft:.1f} {y + 0.6 * down:.1f} {x - flank:.1f} {y + down:.1f}H{x + flank:.1f}"
        f"C{x + soft:.1f} {y + 0.6 * down:.1f} {x + 0.5 * wide:.1f} {y:.1f} {x + wide:.1f} {y:.1f}H{frame.right:.1f}"
    )


def _below(section: Section, frame: Frame, depth: float) -> str:
    """Path data of everything below a depth in the skin."""
    return f"{bent(section, frame, depth)}V{frame.y(frame.depth):.1f}H{frame.left:.1f}Z"


def _layers(section: Section, frame: Frame) -> list[Markup]:
    """Layers from the top, each painted over what lies below its upper face, in steps where that face is not certain."""
    parts = [svg.tag("path", d=_below(section, frame, 0.0), class_=f"layer fill-{section.layers[0].tone}")]
    for upper, lower in zip(section.layers, section.layers[1:], strict=False):
        if upper.low >= frame.depth:
            continue
        count = SHADES if (upper.high - upper.low) * frame.scale > 1.0 else 1
        for step in range(count):
            depth = upper.low + (upper.high - upper.low) * (step + 0.5) / count
            parts.append(
                svg.tag(
                    "path",
                    d=_below(section, frame, min(depth, frame.depth)),
                    fill_opacity=1.0 / (count - step),
                    class_=f"layer fill-{lower.tone}",
                )
            )
    for layer in section.layers[:-1]:
        if layer.bottom < frame.depth:
            parts.append(svg.tag("path", d=bent(section, frame, layer.bottom), class_="boundary"))
    return [*parts, svg.tag("path", d=bent(section, frame, 0.0), class_="surface")]


def _bent_levels(section: Section, frame: Frame) -> list[Markup]:
    """Depths in the skin bend with it; the set length is a place in space and does not."""
    return [
        svg.tag("path", d=bent(section, frame, level.depth), class_=f"level {level.style}")
        for level in _shown(section, frame)
        if level.style != "set"
    ]


def _shown(section: Section, frame: Frame) -> list[Level]:
    return [level for level in section.levels if np.isfinite(level.depth) and level.depth <= frame.depth]


def _flat_lines(section: Section, frame: Frame) -> list[Markup]:
    """Boundaries and levels beside the section, the set length across it, and where the surface was before."""
    far = frame.right + STRIP
    parts = [
        _level_line(frame.right, far, frame.y(layer.bottom), "boundary")
        for layer in section.layers[:-1]
        if layer.bottom < frame.depth
    ]
    parts.append(_level_line(frame.right, far, frame.y(0.0), "surface"))
    for level in _shown(section, frame):
        start = frame.left if level.style == "set" else frame.right
        parts.append(_level_line(start, far, frame.y(level.depth), f"level {level.style}"))
    if section.dimple > 0.0 and section.needle_depth > 0.0:
        wide = section.half_width * frame.scale
        parts.append(_level_line(frame.needle - wide, frame.needle + wide, frame.y(0.0), "undisturbed"))
    return parts


def _level_line(left: float, right: float, y: float, style: str) -> Markup:
    return svg.tag("line", x1=left, x2=right, y1=y, y2=y, class_=style)


def _channels(section: Section, frame: Frame) -> list[Markup]:
    """The channels left behind beside the dimple, at their true width, depth and mean distance."""
    parts = []
    half = 0.5 * section.channel_diameter * frame.scale
    distance = section.spacing * frame.scale
    nearest, farthest = section.half_width * frame.scale + half + 6.0, frame.right - frame.needle - half - 16.0
    x = frame.needle + max(min(distance, farthest), nearest)
    for depth in section.channel_depths:
        if x + half > frame.right - 4.0:
            break
        parts.append(
            svg.tag(
                "path",
                class_="channel",
                d=f"M{x - half:.2f} {frame.y(0.0):.2f}L{x:.2f} {frame.y(depth):.2f}L{x + half:.2f} {frame.y(0.0):.2f}Z",
            )
        )
        x += distance
    return parts


def _needle(section: Section, frame: Frame) -> list[Markup]:
    """The needle at its true length and width, its tip at the median depth in the bent skin, its carrier above."""
    if section.needle_depth <= 0.0:
        return []
    x, surface = frame.needle, frame.y(section.dimple)
    tip = frame.y(section.dimple + section.needle_depth)
    top = frame.y(section.dimple + section.needle_depth - section.set_length)
    at_tip, at_surface, at_base = (
        0.5 * d * frame.scale for d in (section.tip_diameter, section.surface_diameter, _top_diameter(section))
    )
    shape = [
        (x - at_tip, tip),
        (x - at_surface, surface),
        (x - at_base, top),
        (x + at_base, top),
        (x + at_surface, surface),
        (x + at_tip, tip),
    ]
    outline = "M" + "L".join(f"{left:.2f} {down:.2f}" for left, down in shape) + "Z"
    carrier = max(at_base * 2.0 + 14.0, 30.0)
    return [
        svg.tag("rect", x=x - carrier / 2.0, y=top - 7.0, width=carrier, height=7.0, class_="carrier"),
        svg.tag("path", d=outline, class_="needle"),
    ]


def _top_diameter(section: Section) -> float:
    """Width of the needle at its carrier: the taper below the surface goes on up to the full diameter."""
    slope = (section.surface_diameter - section.tip_diameter) / section.needle_depth
    grown = section.tip_diameter + slope * section.set_length
    return max(min(grown, section.base_diameter), section.surface_diameter)


def _layer_names(section: Section, frame: Frame) -> list[Markup]:
    """Names and thicknesses at the left with leaders to the middle of each layer."""
    tops = [0.0, *(layer.bottom for layer in section.layers[:-1])]
    shown = [
        (layer, 0.5 * (top + min(layer.bottom, frame.depth)))
        for layer, top in zip(section.layers, tops, strict=True)
        if top < frame.depth
    ]
    places = svg.spread([frame.y(middle) for _, middle in shown], 28.0, TOP - 10.0, frame.height - BOTTOM - 8.0)
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
    edges = np.linspace(0.0, frame.depth, BINS + 1)
    counts = [
        np.histogram(np.clip(values[values > 0.0], 0.0, frame.depth * 0.9999), edges)[0].astype(float)
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


def _axis(frame: Frame) -> list[Markup]:
    x = frame.right + STRIP
    ticks = multiples(0.0, frame.depth, nice_step(frame.depth, 5))
    parts = [svg.tag("line", x1=x, x2=x, y1=frame.y(0.0), y2=frame.y(frame.depth), class_="axis")]
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        parts += [
            svg.tag("line", x1=x, x2=x + 4.0, y1=frame.y(tick), y2=frame.y(tick), class_="axis"),
            svg.tag("text", label, x=x + 7.0, y=frame.y(tick) + 3.8, class_="tick"),
        ]
    return [*parts, svg.tag("text", "mm deep", x=x, y=frame.y(frame.depth) + 15.0, class_="axis-name")]


def _levels(section: Section, frame: Frame) -> list[Markup]:
    """Names of the marked depths at the right, moved apart, with leaders to their true place."""
    shown = _shown(section, frame)
    places = svg.spread([frame.y(level.depth) for level in shown], 30.0, TOP + 8.0, frame.height - BOTTOM - 10.0)
    start, words_at = frame.right + STRIP + 35.0, frame.right + STRIP + 51.0
    parts = []
    for level, place in zip(shown, places, strict=True):
        parts += [
            svg.tag("path", d=f"M{start:.1f} {frame.y(level.depth):.1f}L{words_at - 4:.1f} {place:.1f}", class_="leader"),
            svg.tag("text", level.name, x=words_at, y=place, class_="name"),
            svg.tag("text", level.note, x=words_at, y=place + 12.0, class_="note"),
        ]
    return parts


def _captions(section: Section, frame: Frame) -> list[Markup]:
    """Above the section: the dimple with its depth over the needle, the channels over theirs."""
    parts, y = [], frame.y(-section.above) - 18.0
    if section.needle_depth > 0.0 and section.dimple > 0.0:
        parts.append(svg.tag("text", f"Needle in its dimple, {section.dimple_note}", x=frame.left, y=y, class_="name"))
    if section.channel_depths:
        parts.append(svg.tag("text", "Channels after it", x=frame.right, y=y, class_="name end"))
    return parts


def _scale_bar(frame: Frame) -> list[Markup]:
    """A bar of a round length: the proof that the drawing is to scale."""
    length = next((mm for mm in (1.0, 0.5, 0.25, 0.2, 0.1, 0.05) if mm * frame.scale <= 0.55 * BLOCK), 0.05)
    y, right = frame.height - 6.0, frame.right
    left = right - length * frame.scale
    return [
        svg.tag("path", d=f"M{left:.1f} {y - 4:.1f}v4H{right:.1f}v-4", class_="scale-bar"),
        svg.tag("text", words.with_unit(words.number(length), "mm"), x=left - 5.0, y=y, class_="note end"),
    ]
