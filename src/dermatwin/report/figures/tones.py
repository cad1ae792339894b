"""A scale of colours for a field: the page's tones in a row, paler at rest, darker the further from it, browns below rest.

A field that only rises takes the tones of the style sheet; one that falls as well takes as many browns for what is below
rest, in equal steps, so that equal depth of colour is equal distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from . import svg
from .scales import multiples, nice_step, tick_labels

RISE = (
    "f6f2e6",
    "dde7cd",
    "c1dcbd",
    "a4d0b4",
    "88c3ad",
    "70b4aa",
    "58a6a8",
    "4596a3",
    "3a859d",
    "2f7597",
    "2b648e",
    "2b5383",
    "2a4278",
    "253467",
    "202756",
    "1b1a45",
)  # as `.field-0` to `.field-15` of the style sheet
FALL = ("f6f2e6", "f0dcc0", "e8c49c", "dcaa7a", "cd8f5b", "bb7443", "a55b31", "8c4625", "71351d", "552818")
TONES = 64  # of the whole scale: half a step is 0.8 % of it, less than the grid errs (docs/design/006)
BOXES = 40
LEAST = 1e-3  # of the highest value: what falls by less is drawn as at rest
BAR = 10.0  # px


@dataclass(frozen=True)
class Tones:
    """A scale from `low` to `high` around 0, which is rest; `low` is 0 where the field never falls."""

    low: float
    high: float

    @property
    def palette(self) -> np.ndarray:
        """Red, green, blue of every tone, (tone, 3)."""
        return self.colours(np.linspace(self.low, self.high, TONES))

    def of(self, values: np.ndarray) -> np.ndarray:
        """The tone of every value; what lies outside the scale takes its end."""
        share = (np.asarray(values, float) - self.low) / (self.high - self.low)
        return np.rint(np.clip(share, 0.0, 1.0) * (TONES - 1)).astype(np.uint8)

    def colours(self, values: np.ndarray) -> np.ndarray:
        """Red, green, blue of values, (value, 3), 0 to 255."""
        away = np.abs(values) / max(self.high, -self.low)
        rise, fall = (_between(_parts(stops), away) for stops in (RISE, FALL))
        return np.rint(np.where((np.asarray(values) >= 0.0)[:, None], rise, fall)).astype(np.uint8)


def _parts(stops: Sequence[str]) -> np.ndarray:
    return np.array([[int(stop[n : n + 2], 16) for n in (0, 2, 4)] for stop in stops], float)


def _between(parts: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Colours between stops at even distances, (value, 3)."""
    return np.column_stack([np.interp(share, np.linspace(0.0, 1.0, len(parts)), part) for part in parts.T])


def tones_for(fields: Sequence[np.ndarray]) -> Tones:
    """One scale that holds all values of these fields; rest is one of its tones, whatever it spans."""
    low, high = min(float(np.min(f)) for f in fields), max(float(np.max(f)) for f in fields)
    high = max(high, 0.0)
    if low >= -LEAST * high and high > 0.0:
        return Tones(0.0, high)
    if low >= 0.0:
        return Tones(0.0, 1.0)
    below = max(round((TONES - 1) * low / (low - high)), 1)
    step = max(-low / below, high / (TONES - 1 - below) if below < TONES - 1 else 0.0)
    return Tones(-step * below, step * (TONES - 1 - below))


def key(tones: Tones, unit: str, title: str) -> Markup:
    """The scale as a fluid row with round numbers under it and the unit below them."""
    width = 1.0 / BOXES
    middles = tones.low + (np.arange(BOXES) + 0.5) * width * (tones.high - tones.low)
    boxes = [
        svg.tag(
            "rect",
            x=svg.percent(n * width),
            y=0.0,
            width=svg.percent(min(1.5 * width, 1.0 - n * width)),
            height=BAR,
            fill="#" + bytes(colour).hex(),
        )
        for n, colour in enumerate(tones.colours(middles))
    ]
    ticks = multiples(tones.low, tones.high, nice_step(tones.high - tones.low, 4))
    marks = []
    for tick, label in zip(ticks, tick_labels(ticks), strict=True):
        share = (tick - tones.low) / (tones.high - tones.low)
        place, side = svg.percent(share), "start" if share < 0.02 else "end" if share > 0.98 else "middle"
        marks += [
            svg.tag("line", x1=place, x2=place, y1=BAR, y2=BAR + 4.0, class_="axis"),
            svg.tag("text", label, x=place, y=BAR + 16.0, class_=f"tick {side}"),
        ]
    rim = svg.tag("rect", x="0%", y=0.0, width="100%", height=BAR, class_="window")
    name = svg.tag("text", unit, x="0%", y=BAR + 30.0, class_="axis-name")
    return svg.strip(BAR + 34.0, [*boxes, rim, *marks, name], title, "field-key")
