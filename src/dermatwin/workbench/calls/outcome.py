"""The clinic's own courses against what was foreseen of them: how many observations lay within their bands.

Every observation of a course has a share: of people like her, before anything was learnt of her, who would be read at least
as far out. From it follows its place among them, u in [0, 1]; it lies inside the central band of a share p where
|u - 1/2| <= p/2. A forecast that is right has u spread evenly, so that p of all observations lie inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from ...report.figures import panel
from ...report.figures.panel import Axis, Line, Panel
from ..models import Forecast

BANDS = (0.5, 0.8, 0.9)
FEW = 30
"""Fewer observations than this say next to nothing; the page says so."""
Z = 1.96  # numerical: of an interval of 95 %


@dataclass(frozen=True)
class Place:
    """One observation and its place among people like her."""

    quantity: str
    title: str
    u: float


@dataclass(frozen=True)
class Share:
    """Of all observations, how many lay inside a band, with an interval of 95 %."""

    band: float
    inside: int
    count: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """The share inside."""
        return self.inside / self.count


@dataclass(frozen=True)
class Outcome:
    """What the clinic's courses say of the forecasts."""

    people: int
    count: int
    shares: tuple[Share, ...]
    by_quantity: tuple[tuple[str, int, int], ...]
    """Title, observations, of which inside the band of 90 %."""

    @property
    def few(self) -> bool:
        """Whether it is too early to conclude anything."""
        return self.count < FEW


def outcome() -> Outcome:
    """The last forecast of every course, its observations once each."""
    people: set[Any] = set()
    places: list[Place] = []
    for job in _latest():
        found = list(_places(job.result))
        if found:
            people.add(job.plan.patient.pk)
            places += found
    groups: dict[str, list[Place]] = {}
    for one in places:
        groups.setdefault(one.title, []).append(one)
    by = tuple((title, len(group), _inside(group, BANDS[-1])) for title, group in sorted(groups.items()))
    return Outcome(len(people), len(places), tuple(shares(places)), by)


def _latest() -> Iterator[Forecast]:
    seen: set[Any] = set()
    for job in Forecast.objects.filter(state="done").select_related("plan__patient").order_by("-asked_at"):
        if job.plan.pk not in seen:
            seen.add(job.plan.pk)
            yield job


def _places(result: dict[str, Any]) -> Iterator[Place]:
    asked = {one["path"].rpartition(".")[0] for one in result.get("asked", ())}
    for one in result.get("observations", ()):
        if one["share"] is not None and one["path"] not in asked:
            u = 1.0 - one["share"] if one["side"] == "high" else one["share"]
            yield Place(one["name"], one["title"].partition(", session")[0], u)


def _inside(places: Iterable[Place], band: float) -> int:
    return sum(abs(one.u - 0.5) <= 0.5 * band for one in places)


def shares(places: list[Place]) -> Iterator[Share]:
    """How many lie inside each band; Wilson's interval."""
    count = len(places)
    for band in BANDS if count else ():
        inside = _inside(places, band)
        low, high = wilson(inside, count)
        yield Share(band, inside, count, low, high)


def wilson(inside: int, count: int) -> tuple[float, float]:
    """Interval of 95 % of a share: (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n) (Wilson 1927)."""
    p, n, z2 = inside / count, float(count), Z * Z
    half = Z * np.sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n))
    middle, scale = p + z2 / (2.0 * n), 1.0 + z2 / n
    return float(max((middle - half) / scale, 0.0)), float(min((middle + half) / scale, 1.0))


def drawn(found: Outcome) -> Markup:
    """Share inside against share foreseen: on the line is right, below it the bands are too narrow."""
    ends = np.array([0.4, 1.0])
    ticks = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    points = [
        (100.0 * one.band, 100.0 * one.low, 100.0 * one.share, 100.0 * one.high, f"{one.inside} of {one.count}")
        for one in found.shares
    ]
    shown = Panel(
        title="Observations inside their bands",
        description="; ".join(f"{one.band:.0%} foreseen: {one.share:.0%} inside" for one in found.shares),
        lines=[Line(100.0 * ends, 100.0 * ends, label="as foreseen", tone=2)],
        x=Axis(40.0, 100.0, [100.0 * tick for tick in ticks], [f"{100 * tick:.0f} %" for tick in ticks], "foreseen"),
        y_name="inside, %",
        points=points,
        width=460.0,
        height=280.0,
    )
    return panel.draw(shown)
