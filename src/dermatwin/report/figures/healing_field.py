"""A healing field: a window of skin over the days, one row of small pictures per state, and the same as a short film.

Every picture holds places where a state is so high, in the report's bands of colour, from the palest (at rest or below) to
the darkest (its own highest value over all days); holes are drawn as rings. The film moves by style rules alone, stands
still where movement is not wanted, and is left out on paper, where the pictures stand for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from .. import words
from . import contour, svg
from .field import TONES

SIDE, GAP, LEFT, TOP, BOTTOM = 118.0, 8.0, 96.0, 22.0, 26.0
FILM_SIDE, FILM_TOP = 220.0, 40.0
STEPS = 7  # bands above rest
SECONDS = 0.9  # of one frame of the film
LEAST = 1e-9


@dataclass(frozen=True)
class State:
    """One state on all days; `rest` is its value in untreated skin."""

    name: str
    rest: float
    values: np.ndarray  # (day, row, column)


@dataclass(frozen=True)
class Window:
    """What is looked at; lengths in mm. Rows run along `down`: a top view has holes, a cross-section has none."""

    title: str
    description: str
    days: Sequence[float]
    states: Sequence[State]
    across: np.ndarray  # (column,) middles of the cells
    down: np.ndarray  # (row,)
    position: np.ndarray  # (hole, 2)
    radius: float


def sequence(window: Window) -> Markup:
    """Small pictures, a row per state and a column per day, as one inline SVG."""
    tall = SIDE * _extent(window.down) / _extent(window.across)
    content: list[Markup] = []
    for column, day in enumerate(window.days):
        content.append(svg.tag("text", _day(day), x=LEFT + column * (SIDE + GAP), y=TOP - 7.0, class_="name field-time"))
    for row, state in enumerate(window.states):
        top = TOP + row * (tall + GAP)
        content += [svg.tag("text", line, x=LEFT - 8.0, y=top + 14.0 + 13.0 * n, class_="name end" if n == 0 else "note end")
                    for n, line in enumerate([*svg.wrap(state.name, 11.0, LEFT - 10.0), _range(state)])]
        for column in range(len(window.days)):
            content.append(_picture(window, state, column, (LEFT + column * (SIDE + GAP), top, SIDE, tall)))
    width = LEFT + len(window.days) * (SIDE + GAP) - GAP
    bottom = TOP + len(window.states) * (tall + GAP)
    content += _bar(window, width, bottom, SIDE)
    return svg.figure(width, bottom + BOTTOM, content, window.title, window.description, "healing-field")


def film(window: Window, state: int = 0) -> Markup:
    """One state day after day, frame over frame; without movement, the last frame, on paper nothing."""
    shown = window.states[state]
    tall = FILM_SIDE * _extent(window.down) / _extent(window.across)
    length = SECONDS * len(window.days)
    frames = []
    for number, day in enumerate(window.days):
        label = svg.tag("text", f"{shown.name}, {_day(day)}", x=0.0, y=FILM_TOP - 10.0, class_="name field-time")
        picture = _picture(window, shown, number, (0.0, FILM_TOP, FILM_SIDE, tall))
        last = number == len(window.days) - 1
        frames.append(svg.tag("g", label, picture, class_="film-frame film-last" if last else "film-frame",
                              style=f"animation-delay:{number * SECONDS - length:.2f}s"))
    bar = _bar(window, FILM_SIDE, FILM_TOP + tall, FILM_SIDE)
    content = [svg.tag("style", Markup(_style(len(window.days), length))), *frames, *bar]
    return svg.figure(FILM_SIDE, FILM_TOP + tall + BOTTOM, content, f"{window.title}: {shown.name}", window.description,
                      "healing-film")


def _style(frames: int, length: float) -> str:
    """Each frame is seen for its share of the film."""
    share = 100.0 / frames
    return (f"@keyframes film-{frames}{{0%,{share:.3f}%{{visibility:visible}}"
            f"{share + 0.001:.3f}%,100%{{visibility:hidden}}}}"
            f".healing-film .film-frame{{animation:film-{frames} {length:.2f}s step-end infinite;visibility:hidden}}"
            "@media (prefers-reduced-motion:reduce){.healing-film .film-frame{animation:none}"
            ".healing-film .film-last{visibility:visible}}"
            f".healing-film{{max-width:{1.5 * FILM_SIDE:.0f}px}}@media print{{.healing-film{{display:none}}}}")


def _picture(window: Window, state: State, number: int, place: tuple[float, float, float, float]) -> Markup:
    """One state on one day in its frame."""
    left, top, width, height = place
    x, y = _places(window.across, width), _places(window.down, height)
    bounds = _bounds(state)
    paths = [contour.region(x, y, state.values[number] - state.rest, bound) for bound in bounds]
    inside = [svg.tag("rect", width=width, height=height, class_="field-0")]
    inside += [svg.tag("path", d=d, fill_rule="evenodd", class_=f"field-{round((n + 1) * (TONES - 1) / len(bounds))}")
               for n, d in enumerate(paths) if d]
    scale = width / _extent(window.across)
    inside += [svg.tag("circle", cx=float(a) * scale, cy=float(b) * scale, r=max(window.radius * scale, 0.8),
                       class_="hole-then", fill="none") for a, b in window.position]
    frame = svg.tag("rect", x=left, y=top, width=width, height=height, class_="window")
    return svg.tag("svg", *inside, x=left, y=top, width=width, height=height) + frame


def _bounds(state: State) -> np.ndarray:
    """Even steps from rest to the highest value of all days; a state that never rises has none that it reaches."""
    most = max(float(np.nanmax(state.values - state.rest)), LEAST)
    return most * (np.arange(STEPS) + 0.5) / STEPS


def _range(state: State) -> str:
    """Words for the darkest colour."""
    return f"up to {words.number(max(float(np.nanmax(state.values)), state.rest), 2 if state.rest == 0.0 else 3)}"


def _places(middles: np.ndarray, size: float) -> np.ndarray:
    """Middles of the cells in px; the outermost are moved to the frame, so that colour reaches it."""
    edge = 0.5 * (middles[1] - middles[0])
    places = (middles - middles[0] + edge) * size / _extent(middles)
    places[0], places[-1] = 0.0, size
    return places


def _extent(middles: np.ndarray) -> float:
    """Length that the cells cover; the first and last cell are as long as the way to their neighbours."""
    return float(middles[-1] - middles[0] + 0.5 * (middles[1] - middles[0]) + 0.5 * (middles[-1] - middles[-2]))


def _day(day: float) -> str:
    return f"day {day:g}"


def _bar(window: Window, right: float, bottom: float, width: float) -> list[Markup]:
    """A bar of one millimetre, or of a tenth of one where the window is small."""
    extent = _extent(window.across)
    length = 1.0 if extent >= 2.0 else 0.1
    left, y = right - length * width / extent, bottom + 10.0
    return [svg.tag("path", d=f"M{left:.1f} {y - 4:.1f}v4H{right:.1f}v-4", class_="scale-bar"),
            svg.tag("text", f"{words.number(length)} mm", x=left - 5.0, y=y, class_="note end")]
