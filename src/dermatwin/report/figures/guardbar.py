"""A share of a limit as a bar that runs through what is allowed, what calls for care and what stops; fluid in width."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from . import svg
from .scales import Scale

HEIGHT, BAR = 26.0, 10.0
ROOM = 1.5  # of the limit, shown at least; more is cut and ends in an arrow


def bar(share: float | None, caution: float, verdict: str, title: str) -> Markup:
    """One row; `share` None = any amount is over the limit, drawn over the whole width."""
    scale = Scale(0.0, ROOM, 0.0, 1.0)
    over = share is None or share > ROOM
    end = 1.0 if share is None else scale.share(min(share, ROOM))
    style = f"guard-bar guard-{verdict}" + (" guard-any" if share is None else "")
    parts = [
        *_zones(scale, caution),
        svg.tag("rect", x="0%", width=svg.percent(max(end, 0.004)), y=0.5 * (HEIGHT - BAR), height=BAR, class_=style),
    ]
    limit = svg.percent(scale.share(1.0))
    parts.append(svg.tag("line", x1=limit, x2=limit, y1=0.0, y2=HEIGHT, class_="guard-limit"))
    if over:
        arrow = svg.tag("path", d=f"M-1 {-BAR / 2 - 4:.0f}L9 0L-1 {BAR / 2 + 4:.0f}Z", class_=f"guard-bar guard-{verdict}")
        parts.append(svg.tag("svg", arrow, x="100%", y=0.5 * HEIGHT, overflow="visible"))
    return svg.strip(HEIGHT, parts, title, "guard")


def _zones(scale: Scale, caution: float) -> list[Markup]:
    edges = ((0.0, caution, "zone-free"), (caution, 1.0, "zone-caution"), (1.0, ROOM, "zone-stop"))
    return [
        svg.tag(
            "rect",
            x=svg.percent(scale.share(low)),
            width=svg.percent(scale.share(high) - scale.share(low)),
            y=0.0,
            height=HEIGHT,
            class_=style,
        )
        for low, high, style in edges
        if high > low
    ]


def axis(labels: Sequence[tuple[float, str]]) -> Markup:
    """The axis below such rows."""
    scale = Scale(0.0, ROOM, 0.0, 1.0)
    parts = [svg.tag("line", x1="0%", x2="100%", y1=1.0, y2=1.0, class_="axis")]
    for value, label in labels:
        share = scale.share(value)
        place = "end" if share > 0.95 else "start" if share < 0.05 else "middle"
        parts += [
            svg.tag("line", x1=svg.percent(share), x2=svg.percent(share), y1=1.0, y2=5.0, class_="axis"),
            svg.tag("text", label, x=svg.percent(share), y=17.0, class_=f"tick {place}"),
        ]
    return svg.strip(22.0, parts, "Share of the limit", "guard")
