"""A whole cut into layers from the surface down: fluid bars whose parts carry their share where there is room for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from .. import words
from . import svg

HEIGHT = 24.0
ROOM = 0.11  # share of the bar below which a number would not fit on a phone
BASE = 16.5  # px from the top to the foot of the number


@dataclass(frozen=True)
class Part:
    """One part of a whole: its name, its share [-] and the style of its layer."""

    name: str
    share: float
    tone: str


def bar(parts: Sequence[Part], title: str) -> Markup:
    """One bar; widths in percent, so that the text in it keeps its size."""
    drawn, left = [], 0.0
    for part in parts:
        if not (math.isfinite(part.share) and part.share > 0.0):
            continue
        said = f"{part.name}: {percent(part.share)}"
        drawn.append(
            svg.tag(
                "rect",
                svg.tag("title", said),
                x=svg.percent(left),
                y=0.0,
                width=svg.percent(part.share),
                height=HEIGHT,
                class_=f"stratum {part.tone}",
            )
        )
        if part.share >= ROOM:
            middle = svg.percent(left + 0.5 * part.share)
            drawn.append(svg.tag("text", percent(part.share), x=middle, y=BASE, class_=f"in-stratum middle {part.tone}"))
        left += part.share
    return svg.strip(HEIGHT, drawn, title, "strata")


def percent(share: float) -> str:
    """A share in whole percent; what is there but rounds to nothing says so."""
    whole = round(100.0 * share)
    return words.with_unit("<1" if whole == 0 and share > 0.0 else str(whole), "%")
