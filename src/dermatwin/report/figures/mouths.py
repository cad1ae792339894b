"""The mouth of one channel as it shrinks, hour by hour, all circles to one scale: the median filled, its band outlined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from .. import words
from . import svg

WIDTH, HEIGHT = 456.0, 138.0
TALLEST = 74.0  # px, the widest circle
MIDDLE = 50.0
LEAST = 0.7  # px, radius of a mouth that is too small to draw
BAR_LENGTHS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)  # mm


@dataclass(frozen=True)
class Mouth:
    """One moment: words for the time, and the diameter [mm] with its band, and what is written under it."""

    time: str
    low: float
    middle: float
    high: float
    note: str
    range: str


def draw(mouths: Sequence[Mouth], widest: float, title: str, description: str) -> Markup:
    """The strip as inline SVG; `widest` [mm] is the mouth that fills its place, the same in strips to be compared."""
    scale, step = TALLEST / widest, (WIDTH - 8.0) / len(mouths)
    parts = []
    for number, mouth in enumerate(mouths):
        parts += _mouth(mouth, 4.0 + (number + 0.5) * step, scale)
    return svg.figure(WIDTH, HEIGHT, [*parts, *_scale_bar(scale)], title, description, "mouths")


def _mouth(mouth: Mouth, x: float, scale: float) -> list[Markup]:
    radii = [max(0.5 * d * scale, LEAST) for d in (mouth.high, mouth.middle, mouth.low)]
    styles = ("mouth-band", "mouth", "mouth-band within")
    said = svg.tag("title", f"{mouth.time}: {mouth.note} ({mouth.range})")
    circles = [svg.tag("circle", cx=x, cy=MIDDLE, r=r, class_=style) for r, style in zip(radii, styles, strict=True)]
    shown = circles if mouth.high - mouth.low > 1e-6 * mouth.high else [circles[1]]
    return [
        svg.tag("g", said, *shown),
        svg.tag("text", mouth.time, x=x, y=104.0, class_="name middle"),
        svg.tag("text", mouth.note, x=x, y=118.0, class_="note middle"),
        svg.tag("text", mouth.range, x=x, y=131.0, class_="note middle"),
    ]


def _scale_bar(scale: float) -> list[Markup]:
    """A bar of a round length at the upper right, where the circles are small."""
    length = next((mm for mm in BAR_LENGTHS if mm * scale <= TALLEST), BAR_LENGTHS[-1])
    right, y = WIDTH - 4.0, 12.0
    left = right - length * scale
    return [
        svg.tag("path", d=f"M{left:.1f} {y - 4:.1f}v4H{right:.1f}v-4", class_="scale-bar"),
        svg.tag("text", words.with_unit(words.number(1000.0 * length), "um"), x=left - 5.0, y=y, class_="note end"),
    ]
