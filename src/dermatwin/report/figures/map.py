"""A window of skin seen from above, to scale: every hole at its place and with its width, those that bleed marked.

A hole is a line of no length with round ends as wide as the hole, so that a thousand of them stay small on the page. The
halo of a hole that bleeds is a mark and has no scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from .. import words
from . import svg
from .scales import multiples, nice_step

WIDTH = 456.0
EDGE, BELOW = 8.0, 26.0  # px around the window, and below it for the words
HALO = 7.0  # px beyond the width of a hole that bleeds
CROWDED = 0.3  # of the mean distance between holes: a halo is no wider
LEAST = 0.8  # px, a hole that is narrower on the page is drawn this wide
TICK = 5.0


@dataclass(frozen=True)
class Surface:
    """What is seen from above; lengths in mm, places from the lower left corner of a square window."""

    title: str
    description: str
    side: float
    position: np.ndarray  # (hole, 2)
    diameter: float
    bleeds: np.ndarray  # (hole,) bool


def draw(surface: Surface) -> Markup:
    """The window as inline SVG."""
    inner = WIDTH - 2.0 * EDGE
    scale = inner / surface.side
    width = max(surface.diameter * scale, LEAST)
    places = _places(surface, scale)
    halo = width + min(HALO, CROWDED * inner / np.sqrt(max(len(places), 1)))
    holes = [
        _dots(places[surface.bleeds], halo, "hole-halo"),
        _dots(places[~surface.bleeds], width, "hole"),
        _dots(places[surface.bleeds], width, "hole bled"),
    ]
    skin = svg.tag("rect", width=inner, height=inner, class_="seen-skin")
    window = svg.tag("svg", skin, *[dots for dots in holes if dots], x=EDGE, y=EDGE, width=inner, height=inner)
    rim = svg.tag("rect", x=EDGE, y=EDGE, width=inner, height=inner, class_="window")
    content = [window, rim, *_ruler(surface.side, scale), *_key(surface, (width, halo), scale)]
    return svg.figure(WIDTH, WIDTH + BELOW, content, surface.title, surface.description, "surface-map")


def _places(surface: Surface, scale: float) -> np.ndarray:
    """Places within the window in px, the vertical axis downwards."""
    places = np.asarray(surface.position, float).reshape(-1, 2) * scale
    return np.column_stack([places[:, 0], surface.side * scale - places[:, 1]])


def _dots(places: np.ndarray, width: float, style: str) -> Markup:
    """All holes of one kind as one path."""
    if not len(places):
        return Markup("")
    path = "".join(f"M{svg.write(round(float(x), 1))} {svg.write(round(float(y), 1))}h0" for x, y in places)
    return svg.tag("path", d=path, stroke_width=width, class_=style)


def _ruler(side: float, scale: float) -> list[Markup]:
    """Ticks inside the rim, like those of a ruler."""
    ticks = multiples(0.0, side, nice_step(side, 10))[1:-1]
    far = EDGE + side * scale
    at = [f"{EDGE + tick * scale:.1f}" for tick in ticks]
    down = "".join(f"M{place} {far:.1f}v{-TICK:.0f}M{place} {EDGE:.0f}v{TICK:.0f}" for place in at)
    across = "".join(f"M{EDGE:.0f} {place}h{TICK:.0f}M{far:.1f} {place}h{-TICK:.0f}" for place in at)
    return [svg.tag("path", d=down + across, class_="window")]


def _key(surface: Surface, widths: tuple[float, float], scale: float) -> list[Markup]:
    """Below the window: what the marks mean, and a bar of a round length."""
    y, right, (width, halo) = WIDTH + 14.0, WIDTH - EDGE, widths
    length = next((mm for mm in (1.0, 0.5, 0.2, 0.1, 0.05) if mm <= 0.25 * surface.side), 0.05)
    left = right - length * scale
    parts = [
        _dots(np.array([[EDGE + 8.0, y - 4.0]]), width, "hole"),
        svg.tag("text", "hole, true width", x=EDGE + 18.0, y=y, class_="note"),
        svg.tag("path", d=f"M{left:.1f} {y - 8:.1f}v4H{right:.1f}v-4", class_="scale-bar"),
        svg.tag("text", words.with_unit(words.number(length), "mm"), x=left - 6.0, y=y, class_="note end"),
    ]
    if surface.bleeds.any():
        place = np.array([[EDGE + 130.0, y - 4.0]])
        parts += [_dots(place, halo, "hole-halo"), _dots(place, width, "hole bled")]
        parts.append(svg.tag("text", "hole that bleeds", x=EDGE + 141.0, y=y, class_="note"))
    return parts
