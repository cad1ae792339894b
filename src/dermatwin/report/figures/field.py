"""A cross-section around one channel at one moment: what is dissolved there in coloured bands, drawn to scale.

Values come cell by cell, rows from the surface down and rings from the axis of the channel outwards. Between the middles
of the cells they are taken as the solver takes them: linear in depth, and linear in the logarithm of the radius outside
the channel. The picture is mirrored about the axis. All pictures of one active share one scale of colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from .. import words
from . import contour, svg
from .scales import Scale, multiples, nice_step, tick_labels

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 236.0, 28.0, 2.0, 46.0, 22.0
TALLEST = 230.0  # px of skin at most
COLUMNS, ROWS = 28, 56  # points of half a picture, beside the middles of the rows
TONES = 16  # colours that the style sheet knows
SERIES = (1.0, 2.0, 3.0, 5.0)  # bounds in a decade of a logarithmic scale
LOG_FROM = 100.0  # a scale is logarithmic where its ends differ more
LEAST = 1e-12
BAR_LENGTHS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)  # mm
HAIR = 1.6  # px, a channel narrower than this is drawn as one line


@dataclass(frozen=True)
class Cell:
    """One channel and the skin around it; lengths in mm."""

    edges: np.ndarray  # (row + 1,) from the surface down
    rings: np.ndarray  # (ring + 1,) from the axis outwards
    faces: Sequence[tuple[str, float]]  # layers from the top: name and depth of the lower face
    tip: float
    mouth: float  # radius as the needle left it
    taper: float  # 0 = a cylinder, 1 = a cone that ends in a point
    depth: float  # shown
    half: float  # shown to each side of the axis


@dataclass(frozen=True)
class Moment:
    """What one picture shows: words above it, values (row, ring), share of the cross-section that is open."""

    time: str
    note: str
    values: np.ndarray
    opened: float
    described: str = ""


@dataclass(frozen=True)
class Bands:
    """Bounds between colours, ascending; what lies below the first has the palest colour."""

    bounds: tuple[float, ...]
    log: bool

    def tone(self, number: int) -> int:
        """Colour of the band above `number` bounds: 0 = palest, TONES - 1 = darkest."""
        return round(number * (TONES - 1) / max(len(self.bounds), 1))


def bands(values: Sequence[np.ndarray]) -> Bands:
    """One scale of colours for all these values: 1, 2, 3, 5, 10 ... where they span more than two decades, else round steps.

    As many bounds as there are colours; what lies below the lowest is not told apart.
    """
    flat = np.concatenate([np.ravel(v) for v in values])
    flat = flat[np.isfinite(flat)]
    high, low = max(float(flat.max(initial=0.0)), LEAST), float(flat.min(initial=np.inf))
    if low < high / LOG_FROM:
        last = math.floor(math.log10(high))
        round_ones = [float(f"{size}e{power}") for power in range(last - TONES, last + 1) for size in SERIES]
        return Bands(tuple(bound for bound in round_ones if low < bound < high)[1 - TONES :], True)
    step = nice_step(high - low, TONES - 6) if high > low else high
    return Bands(tuple(tick for tick in multiples(low, high, step) if tick > low), False)


def draw(cell: Cell, moment: Moment, scale: Bands, title: str, *, named: bool = False) -> Markup:
    """One picture as inline SVG; `named` writes the names of the layers into it."""
    across, down = _places(cell)
    bottom = down.end
    inside = [
        svg.tag("rect", x=LEFT, y=TOP, width=across.end - LEFT, height=bottom - TOP, class_="field-0"),
        *_regions(cell, moment, scale, across, down),
        *_faces(cell, across, down),
        *_channel(cell, moment, across, down),
    ]
    frame = svg.tag("rect", x=LEFT, y=TOP, width=across.end - LEFT, height=bottom - TOP, class_="window")
    words_above = [
        svg.tag("text", moment.time, x=LEFT, y=11.0, class_="name field-time"),
        svg.tag("text", moment.note, x=LEFT, y=25.0, class_="note"),
    ]
    names = _names(cell, across, down) if named else []
    content = [*words_above, *inside, frame, *names, *_depths(cell, down), *_bar(across, bottom)]
    return svg.figure(WIDTH, bottom + BOTTOM, content, title, moment.described, "field")


def key(scale: Bands, unit: str, title: str) -> Markup:
    """The scale of colours as a fluid row: one box per band, bounds between them, decades only where it is crowded."""
    count = len(scale.bounds) + 1
    boxes = [
        svg.tag(
            "rect",
            x=svg.percent(n / count),
            y=0.0,
            width=svg.percent(1.0 / count),
            height=12.0,
            class_=f"field-{scale.tone(n)}",
        )
        for n in range(count)
    ]
    labels = _written(scale)
    marks = []
    for number, label in enumerate(labels, start=1):
        place = svg.percent(number / count)
        marks.append(svg.tag("line", x1=place, x2=place, y1=12.0, y2=16.0, class_="axis"))
        if label:
            marks.append(svg.tag("text", label, x=place, y=28.0, class_="tick middle"))
    rim = svg.tag("rect", x="0%", y=0.0, width="100%", height=12.0, class_="window")
    name = svg.tag("text", unit, x="0%", y=42.0, class_="axis-name")
    return svg.strip(46.0, [*boxes, rim, *marks, name], title, "field-key")


def _written(scale: Bands) -> list[str]:
    if not scale.log:
        return tick_labels(list(scale.bounds))
    decades = [f"{bound:.0e}".startswith("1") for bound in scale.bounds]
    return [words.number(bound, 1) if one else "" for bound, one in zip(scale.bounds, decades, strict=True)]


def sampled(cell: Cell, values: np.ndarray, radius: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """Values (depth, radius) between the middles of the cells, as the solver takes them.

    Down to the tip the innermost value holds up to the wall of the channel; below, at the mean logarithm of its disc.
    """
    middles = 0.5 * (cell.edges[1:] + cell.edges[:-1])
    if cell.rings.size <= 2:
        across = np.repeat(values[:, :1], radius.size, axis=1)
    else:
        wall = cell.rings[1]
        nodes = np.log(np.sqrt(cell.rings[1:-1] * cell.rings[2:]) / wall)
        at = np.log(np.maximum(radius, LEAST) / wall)
        inner = np.where(middles < cell.tip, 0.0, -0.5)
        across = np.array([np.interp(at, [first, *nodes], row) for first, row in zip(inner, values, strict=True)])
    return np.array([np.interp(depth, middles, column) for column in across.T]).T


def _places(cell: Cell) -> tuple[Scale, Scale]:
    """Scales across (from the axis) and down: one millimetre is the same length in both."""
    per_mm = min((WIDTH - LEFT - RIGHT) / (2.0 * cell.half), TALLEST / cell.depth)
    return (
        Scale(-cell.half, cell.half, LEFT, LEFT + 2.0 * cell.half * per_mm),
        Scale(0.0, cell.depth, TOP, TOP + cell.depth * per_mm),
    )


def _regions(cell: Cell, moment: Moment, scale: Bands, across: Scale, down: Scale) -> list[Markup]:
    """Where the field reaches each bound, painted from the palest to the darkest."""
    half = np.linspace(0.0, cell.half, COLUMNS)
    middles = 0.5 * (cell.edges[1:] + cell.edges[:-1])
    depth = np.unique(np.concatenate([np.linspace(0.0, cell.depth, ROWS), middles[middles < cell.depth]]))
    right = sampled(cell, moment.values, half, depth)
    whole = np.concatenate([right[:, :0:-1], right], axis=1)
    radius = np.concatenate([-half[:0:-1], half])
    seen, bounds = (np.log10(np.maximum(whole, LEAST)), np.log10(scale.bounds)) if scale.log else (whole, scale.bounds)
    paths = [contour.region(across(radius), down(depth), seen, float(bound)) for bound in bounds]
    return [svg.tag("path", d=d, fill_rule="evenodd", class_=f"field-{scale.tone(n)}") for n, d in enumerate(paths, 1) if d]


def _faces(cell: Cell, across: Scale, down: Scale) -> list[Markup]:
    shown = [depth for _, depth in cell.faces if 0.0 < depth < cell.depth]
    return [
        svg.tag("line", x1=across.start, x2=across.end, y1=y, y2=y, class_=style)
        for y in (down.at(depth) for depth in shown)
        for style in ("face-halo", "face")
    ]


def _channel(cell: Cell, moment: Moment, across: Scale, down: Scale) -> list[Markup]:
    """The hole as the needle left it (dotted) and what of it is open now (line); its tip stays where it was."""
    if cell.tip <= 0.0 or cell.mouth <= 0.0:
        return []
    first = _cone(cell, cell.mouth, across, down)
    then = [svg.tag("path", d=first, class_=style) for style in ("hole-halo-then", "hole-then")]
    now = cell.mouth * math.sqrt(max(moment.opened, 0.0))
    if 2.0 * now * (across.end - across.start) / (2.0 * cell.half) < HAIR:
        line = f"M{across.at(0.0):.1f} {down.start:.1f}V{down.at(cell.tip):.1f}"
        return [*then, svg.tag("path", d=line, class_="hole-halo-now"), svg.tag("path", d=line, class_="hole-now shut")]
    outline = _cone(cell, now, across, down)
    return [*then, *(svg.tag("path", d=outline, class_=style) for style in ("hole-halo-now", "hole-now"))]


def _cone(cell: Cell, radius: float, across: Scale, down: Scale) -> str:
    low, tip = radius * (1.0 - cell.taper), min(cell.tip, cell.depth)
    left, right, near, far = (across.at(r) for r in (-radius, radius, -low, low))
    return f"M{left:.1f} {down.start:.1f}L{near:.1f} {down.at(tip):.1f}H{far:.1f}L{right:.1f} {down.start:.1f}"


def _names(cell: Cell, across: Scale, down: Scale) -> list[Markup]:
    """Names at the right edge: the outermost layer above the surface, the others inside where they are high enough."""
    parts, top = [], 0.0
    for number, (name, bottom) in enumerate(cell.faces):
        upper, lower = down.at(top), down.at(min(bottom, cell.depth))
        if number == 0:
            parts.append(svg.tag("text", name, x=across.end, y=TOP - 5.0, class_="note end"))
        elif lower - upper > 10.0:
            y = min(0.5 * (upper + lower), upper + 11.0) + 3.8
            parts.append(svg.tag("text", name, x=across.end - 5.0, y=y, class_="name halo end"))
        top = bottom
    return parts


def _depths(cell: Cell, down: Scale) -> list[Markup]:
    ticks = multiples(0.0, cell.depth, nice_step(cell.depth, 4))
    parts = [svg.tag("text", "mm", x=0.0, y=TOP - 7.0, class_="axis-name")]
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        y = down.at(tick)
        parts += [
            svg.tag("line", x1=LEFT - 4.0, x2=LEFT, y1=y, y2=y, class_="axis"),
            svg.tag("text", label, x=LEFT - 6.0, y=y + 3.8, class_="tick end"),
        ]
    return parts


def _bar(across: Scale, bottom: float) -> list[Markup]:
    """A bar of a round length under the picture."""
    per_mm, y = (across.end - across.start) / (across.high - across.low), bottom + 13.0
    length = next((mm for mm in BAR_LENGTHS if mm * per_mm <= 0.3 * (across.end - across.start)), BAR_LENGTHS[-1])
    left = across.end - length * per_mm
    return [
        svg.tag("path", d=f"M{left:.1f} {y - 4:.1f}v4H{across.end:.1f}v-4", class_="scale-bar"),
        svg.tag("text", words.with_unit(words.number(1000.0 * length), "um"), x=left - 5.0, y=y, class_="note end"),
    ]
