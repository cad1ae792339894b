"""Chapter 6: the first two weeks after a session, day by day, and how long nobody would go out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .. import words
from ..figures.tiles import Tile, level
from . import lookup, recovery_look
from .piece import Fact

if TYPE_CHECKING:
    from ...flows import Curve
    from ...twin import Run, ZoneRun

DAYS = 15
FIRST = 0.25  # day 0 is read six hours after the session
SIGNS = (
    ("erythema_rise", "Redness"),
    ("oedema", "Swelling"),
    ("soreness", "Soreness"),
    ("bruising", "Blood under the skin"),
    ("dryness", "Dryness, peeling"),
    ("itch", "Itch"),
)
FACTS = (
    ("downtime_makeup", "Until make-up may go on"),
    ("downtime_unnoticeable", "Until nobody notices"),
    ("redness_duration", "Redness lasts"),
    ("swelling_duration", "Swelling lasts"),
    ("soreness_duration", "Soreness lasts"),
    ("bruise_duration", "Bruises show"),
    ("crust_duration", "Crusts stay"),
    ("pain_vas", "Pain of the session, of 10"),
    ("bleeding_points", "Bleeding points"),
)


@dataclass(frozen=True)
class Strip:
    """One sign in one zone: a tile per day."""

    title: str
    unit: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Zone:
    """The first two weeks of one zone."""

    name: str
    strips: list[Strip]
    facts: list[Fact]
    look: recovery_look.Look | None


@dataclass(frozen=True)
class Recovery:
    """What the chapter shows."""

    zones: list[Zone]
    days: list[int]
    sentences: list[str]


def recovery(run: Run) -> Recovery | None:
    """Strips of the first two weeks per zone; None where nothing is needled, or no person is."""
    if not lookup.human(run):
        return None
    zones = [
        Zone(lookup.zone_name(zone), _strips(run, zone), _facts(run, zone), recovery_look.look(run, zone))
        for zone in lookup.treated(run)
    ]
    return Recovery(zones, list(range(DAYS)), _sentences(run)) if zones else None


def _strips(run: Run, zone: ZoneRun) -> list[Strip]:
    seen = [(lookup.curve(run, name, zone.zone.key, session=0), title) for name, title in SIGNS]
    found = [_strip(curve, title) for curve, title in seen if curve is not None]
    channels = zone.channels[0]
    tewl = _tiles(
        "Water loss (TEWL)", words.unit("g/m^2/h"), channels.time / 24.0, channels.tewl, float(np.nanmedian(zone.skin.tewl))
    )
    return [strip for strip in (*found, tewl) if strip is not None]


def _strip(curve: Curve, title: str) -> Strip | None:
    time = curve.time / 24.0 if curve.session is not None else curve.time
    unit = {"erythema_rise": "% over untreated", "soreness": "of 10"}.get(
        curve.quantity, words.unit(curve.unit) or "relative"
    )
    return _tiles(title, unit, time, (100.0 if curve.quantity == "erythema_rise" else 1.0) * curve.values)


def _tiles(title: str, unit: str, time: np.ndarray, values: np.ndarray, floor: float | None = None) -> Strip | None:
    """The median of every day, darker relative to the largest rise; the floor is the level of undisturbed skin."""
    days = np.array([FIRST, *range(1, DAYS)])
    days = days[days <= time[-1]]
    rows = np.array([np.interp(days, time, row) for row in lookup.bands(values)])
    if not np.isfinite(rows[1]).any():
        return None
    lowest = float(np.nanmin(rows[1])) if floor is None else floor
    lowest = 0.0 if floor is None and lowest < 0.3 * float(np.nanmax(rows[1])) else lowest
    rise = max(float(np.nanmax(rows[1])) - lowest, 1e-12)
    largest = float(np.nanmax(rows))
    places = 2 if largest < 1.0 else 1 if largest < 10.0 else 0
    return Strip(
        title,
        unit,
        tuple(
            _tile(day, (low, middle, high), (middle - lowest) / rise, places, unit)
            for day, (low, middle, high) in enumerate(rows.T)
        ),
    )


def _tile(day: int, band: tuple[float, float, float], share: float, places: int, unit: str) -> Tile:
    low, middle, high = band
    text = words.fixed(middle, places)
    title = f"day {day}: {text} {unit}, band {words.interval(low, high, places)}"
    quiet = not round(middle, places)
    return Tile(
        "·" if quiet else text,
        "" if quiet and not round(high, places) else words.interval(low, high, places),
        level(share),
        title,
    )


def _facts(run: Run, zone: ZoneRun) -> list[Fact]:
    """Durations and pain of the first session, as far as the run has them."""
    found = []
    for name, label in FACTS:
        endpoint = lookup.first(run, name, zone.zone.key)
        if endpoint is not None and lookup.of(endpoint).known:
            found.append(Fact(label, _in_hours(lookup.of(endpoint)), endpoint.grade))
    return found


def _in_hours(band: lookup.Band) -> lookup.Band:
    """A stretch of less than two days is said in hours."""
    return band.times(24.0, "h") if band.unit == "d" and 0.0 < band.middle < 2.0 else band


def _sentences(run: Run) -> list[str]:
    said = [
        "After the first session; day 0 is read six hours after it. Each tile: the median and below it the 5–95"
        f"{words.NARROW}% band. Darker is more.",
        "Make-up waits until the channels are closed, which can take longer than the redness.",
    ]
    return (
        [*said, "Later sessions are read the same way; all their numbers stand at the end."]
        if len(lookup.session_days(run)) > 1
        else said
    )
