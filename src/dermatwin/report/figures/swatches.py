"""A swatch: the colour of skin left alone beside the colour of the treated skin, one touching the other.

The eye judges a difference best along a shared edge, so that both halves meet without a line. Nothing is written on the
colours: words stand beside them, on paper.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from . import svg

WIDTH, HEIGHT = 66.0, 44.0

Colour = Sequence[float]
"""sRGB, 0-255 each."""


def hexadecimal(colour: Colour) -> str:
    """An sRGB colour as CSS writes it: '#c49f8d'."""
    return "#" + "".join(f"{min(max(round(float(part)), 0), 255):02x}" for part in colour)


def swatch(untreated: Colour, treated: Colour, title: str) -> Markup:
    """Left half untreated, right half treated; stretched to the space that it gets."""
    halves = [
        svg.tag("rect", x=x, y=0.0, width=WIDTH / 2.0, height=HEIGHT, fill=hexadecimal(colour))
        for x, colour in ((0.0, untreated), (WIDTH / 2.0, treated))
    ]
    return svg.tag(
        "svg",
        svg.tag("title", title),
        *halves,
        viewBox=f"0 0 {svg.write(WIDTH)} {svg.write(HEIGHT)}",
        preserveAspectRatio="none",
        shape_rendering="crispEdges",
        role="img",
        class_="swatch",
        xmlns="http://www.w3.org/2000/svg",
    )
