"""A healing field: a window of skin from above and a cut through it, at single moments or as a short film.

Fields are smoothed between the middles of cells and painted as small pictures with a palette; holes, layers and the bar of
a millimetre are lines over them. A film is one picture with all frames below one another that moves behind its window by
style rules alone; the rules stand in the style sheet but for the number of frames (`rules`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from markupsafe import Markup

from .. import words
from . import raster, svg
from .scales import multiples, nice_step
from .tones import Tones

GAP, TICK = 5.0, 7.0  # px between the views; length of the marks of the cut
STILL, FILM = 150.0, 300.0  # px, widths
BELOW = 16.0  # px under a film for the bar
RIM, LINE = 0.8, 12.0  # px, of a frame; height of a line of words
FINE_STILL, FINE_FILM = 3, 2  # points per cell and side
GUARD = 1  # rows repeated above and below a frame, so that its neighbours do not shine in
HOLD = 0.88  # of a round the film moves, then its last frame stands


@dataclass(frozen=True)
class Window:
    """The piece of skin; lengths in mm, depths from the surface, places from the lower left corner."""

    across: float
    along: float
    layers: Sequence[tuple[str, float]]  # of the dermis, from the top: name and upper face; the fat too where it is shown
    edges: np.ndarray  # (nz + 1,) of the rows of cells of the dermis
    bottom: float  # of the picture
    position: np.ndarray  # (hole, 2)
    radius: np.ndarray  # (hole,)
    depth: np.ndarray  # (hole,)
    cut: float  # place of the cut along


@dataclass(frozen=True)
class Views:
    """One state at one or more moments."""

    plan: np.ndarray  # (time, y, x)
    section: np.ndarray  # (time, z, x), of the dermis
    tones: Tones


def still(window: Window, views: Views, moment: int, title: str, description: str, *, first: bool = False) -> Markup:
    """Both views at one moment; the first of a row draws where the needles went, and the bar."""
    scale, tall, deep = _sizes(window, STILL)
    one = Views(views.plan[[moment]], views.section[[moment]], views.tones)
    content = _both(window, one, scale, FINE_STILL, holes=first)
    bottom = tall + GAP + deep
    bar = _bar(window, scale, bottom) if first else []
    return svg.figure(STILL, bottom + (BELOW if first else RIM), [*content, *bar], title, description, "healing-still")


def film(window: Window, views: Views, title: str, description: str) -> Markup:
    """Both views at all moments, one frame after the other."""
    scale, tall, deep = _sizes(window, FILM)
    content = [*_both(window, views, scale, FINE_FILM, holes=True), *_names(window, scale, tall + GAP)]
    bottom = tall + GAP + deep
    return svg.figure(FILM, bottom + BELOW, [*content, *_bar(window, scale, bottom)], title, description, "healing-film")


def rules(frames: int) -> Markup:
    """The style rules that depend on the number of frames, as an element."""
    share = 100.0 * (frames - 1) / frames
    steps = f"animation-timing-function:steps({frames},jump-none)"
    return svg.tag(
        "style",
        Markup(
            f"@keyframes healing-frames{{0%{{transform:translateY(0);{steps}}}"
            f"{100 * HOLD:.0f}%,100%{{transform:translateY(-{share:.4f}%)}}}}"
            f"@keyframes healing-hand{{0%{{left:0;{steps}}}{100 * HOLD:.0f}%,100%{{left:100%}}}}"
        ),
    )


def clock(times: Sequence[float], ticks: Sequence[float]) -> Markup:
    """The axis of a film as a fluid row: frames at even distances, ticks [d] where they fall between them."""
    parts = [svg.tag("line", x1="0%", x2="100%", y1=0.5, y2=0.5, class_="axis")]
    for tick in ticks:
        share = float(np.interp(tick, times, np.linspace(0.0, 1.0, len(times))))
        side, since = ("start", " after needling") if share < 0.02 else ("end", "") if share > 0.98 else ("middle", "")
        parts += [
            svg.tag("line", x1=svg.percent(share), x2=svg.percent(share), y1=0.5, y2=5.5, class_="axis"),
            svg.tag("text", words.lapse(tick) + since, x=svg.percent(share), y=18.0, class_=f"tick {side}"),
        ]
    return svg.strip(22.0, parts, "Time since the needling; steps grow with it", "healing-clock")


def _sizes(window: Window, width: float) -> tuple[float, float, float]:
    """Pixels per mm, height of the view from above, height of the cut."""
    scale = width / window.across
    return scale, scale * window.along, scale * window.bottom


def _both(window: Window, views: Views, scale: float, fine: int, *, holes: bool) -> list[Markup]:
    """From above, below it the cut."""
    width, tall = scale * window.across, scale * window.along
    second, (top, end) = tall + GAP, scale * window.edges[[0, -1]]
    plan, cut = _frames(views.plan[:, ::-1], fine), _frames(_even_rows(views.section, window.edges), fine)
    lines = [*_rings(window, scale), *_channels(window, scale, second)] if holes else []
    return [
        _painted(plan, views.tones, (0.0, 0.0, width, tall)),
        svg.tag("rect", y=second, width=width, height=top, class_="fill-epidermis"),
        svg.tag("rect", y=second + end, width=width, height=scale * window.bottom - end, class_="fill-fat"),
        _painted(cut, views.tones, (0.0, second + top, width, end - top)),
        *_faces(window, scale, second),
        *lines,
        _frame(0.0, width, tall),
        _frame(second, width, scale * window.bottom),
        svg.tag("path", d=_marks(tall - scale * window.cut, width), class_="cut-mark"),
    ]


def _frame(top: float, width: float, height: float) -> Markup:
    """A rim that lies inside its place, so that nothing cuts it off."""
    return svg.tag("rect", x=0.5 * RIM, y=top + 0.5 * RIM, width=width - RIM, height=height - RIM, class_="window")


def _frames(values: np.ndarray, fine: int) -> np.ndarray:
    """Frames (time, row, column) with `fine` points per cell and side, smooth between the middles of cells."""
    bounds = values.min(axis=(1, 2), keepdims=True), values.max(axis=(1, 2), keepdims=True)
    down, across = (_spline(count, fine) for count in values.shape[1:])
    return np.clip(down @ values @ across.T, *bounds)


@lru_cache(maxsize=8)
def _spline(count: int, fine: int) -> np.ndarray:
    """What cubic splines make of the values of `count` cells at `fine` points each, (point, cell)."""
    from scipy.ndimage import zoom

    return np.asarray(zoom(np.eye(count), (fine, 1), order=3, mode="nearest", grid_mode=True))


def _even_rows(section: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """A cut on rows of equal height, as high as its thinnest, linear between the middles of rows."""
    height = float(np.diff(edges).min())
    count = max(round(float(edges[-1] - edges[0]) / height), 1)
    wanted = edges[0] + (np.arange(count) + 0.5) * (edges[-1] - edges[0]) / count
    middles = 0.5 * (edges[1:] + edges[:-1])
    shares = np.column_stack([np.interp(wanted, middles, one) for one in np.eye(len(middles))])
    return shares @ section


def _painted(frames: np.ndarray, tones: Tones, place: tuple[float, float, float, float]) -> Markup:
    """Frames below one another behind a window of the size of one."""
    count, rows, columns = frames.shape
    left, top, width, height = place
    guarded = np.pad(tones.of(frames), ((0, 0), (GUARD, GUARD), (0, 0)), mode="edge")
    picture = svg.tag(
        "image",
        href=raster.address(guarded.reshape(-1, columns), tones.palette),
        x=0.0,
        y=float(-GUARD),
        width=float(columns),
        height=float(count * (rows + 2 * GUARD)),
        preserveAspectRatio="none",
        class_="film-strip film-moves" if count > 1 else None,
    )
    return svg.tag(
        "svg",
        picture,
        x=left,
        y=top,
        width=width,
        height=height,
        viewBox=f"0 0 {columns} {rows}",
        preserveAspectRatio="none",
        overflow="hidden",
    )


def _rings(window: Window, scale: float) -> list[Markup]:
    """Every hole from above, to scale."""
    places = _shown(window, scale)
    r = scale * window.radius
    d = "".join(
        f"M{x - a:.1f} {y:.1f}a{a:.1f} {a:.1f} 0 1 0 {2 * a:.1f} 0a{a:.1f} {a:.1f} 0 1 0 {-2 * a:.1f} 0"
        for (x, y), a in zip(places, r, strict=True)
    )
    rings = svg.tag("path", d=d, class_="needle-path")
    return [svg.tag("svg", rings, width=scale * window.across, height=scale * window.along, overflow="hidden")]


def _channels(window: Window, scale: float, second: float) -> list[Markup]:
    """The holes that the cut goes through, as deep as the needles went."""
    away = np.abs(window.position[:, 1] - window.cut)
    met = away < window.radius
    half, low = np.sqrt(np.maximum(window.radius**2 - away**2, 0.0)), np.minimum(window.depth, window.bottom)
    d = "".join(
        f"M{scale * (x - h):.1f} {second:.1f}V{second + scale * z:.1f}H{scale * (x + h):.1f}V{second:.1f}"
        for x, h, z in zip(window.position[met, 0], half[met], low[met], strict=True)
    )
    return [svg.tag("path", d=d, class_="needle-path")] if d else []


def _shown(window: Window, scale: float) -> np.ndarray:
    return np.column_stack([scale * window.position[:, 0], scale * (window.along - window.position[:, 1])])


def _faces(window: Window, scale: float, second: float) -> list[Markup]:
    """Faces between the layers that are shown."""
    wide = scale * window.across
    return [
        svg.tag("line", x1=0.0, x2=wide, y1=y, y2=y, class_=style)
        for y in (second + scale * face for _, face in window.layers[1:])
        for style in ("face-halo", "face")
    ]


def _names(window: Window, scale: float, second: float) -> list[Markup]:
    """Names of the layers at the right edge, where they are high enough."""
    ends = [*(face for _, face in window.layers[1:]), window.bottom]
    return [
        svg.tag("text", name, x=FILM - 5.0, y=second + scale * 0.5 * (face + end) + 3.8, class_="note halo end")
        for (name, face), end in zip(window.layers, ends, strict=True)
        if scale * (end - face) > LINE
    ]


def _marks(y: float, width: float) -> str:
    """Where the cut is, at both sides."""
    return f"M0 {y:.1f}h{TICK:.0f}M{width:.1f} {y:.1f}h{-TICK:.0f}"


def _bar(window: Window, scale: float, bottom: float) -> list[Markup]:
    """A bar of a round length below the cut."""
    length = multiples(0.0, 0.4 * window.across, nice_step(0.4 * window.across, 2))[-1]
    right, y = scale * window.across - RIM, bottom + 11.0
    left = right - length * scale
    return [
        svg.tag("path", d=f"M{left:.1f} {y - 4:.1f}v4H{right:.1f}v-4", class_="scale-bar"),
        svg.tag("text", words.given(length, "mm"), x=left - 5.0, y=y, class_="note end"),
    ]
