"""Chapter 6: the first two weeks after a session, day by day, and how long nobody would go out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import words
from ..figures.tiles import Tile, level
from . import lookup

if TYPE_CHECKING:
    from ...twin import Run, ZoneRun

DAYS = 15
NAMES = ("erythema", "oedema", "peeling", "dryness", "flaking", "bruising", "tewl_excess")


@dataclass(frozen=True)
class Strip:
    """One sign in one zone: a tile per day."""

    title: str
    unit: str
    tiles: tuple[Tile, ...]


def recovery(run: Run) -> dict[str, Any] | None:
    """Strips of the first two weeks per zone; None where nothing is needled."""
    zones = [zone for zone in lookup.treated(run)]
    blocks = [{"name": lookup.zone_name(zone), "strips": _strips(run, zone), "facts": _facts(run, zone)} for zone in zones]
    blocks = [block for block in blocks if block["strips"] or block["facts"]]
    return {"zones": blocks, "days": list(range(DAYS)), "sentences": _sentences(run, blocks)} if blocks else None


def _strips(run: Run, zone: ZoneRun) -> list[Strip]:
    found = [strip for name in NAMES for curve in lookup.curves(run, name, zone=zone.zone.key, session=0)[:1]
             if (strip := _strip(run, curve))]
    tewl = zone.channels[0]
    before = np.nanmedian(zone.skin.tewl)
    return [*found, _tiles("Water loss (TEWL)", "g/m²/h above before", tewl.time / 24.0, tewl.tewl - before)]


def _strip(run: Run, curve) -> Strip | None:
    time = curve.time / 24.0 if curve.session is not None else curve.time
    return _tiles(lookup.quantity_title(run, curve.name), words.unit(curve.unit), time, curve.values)


def _tiles(title: str, unit: str, time: np.ndarray, values: np.ndarray) -> Strip:
    """The median of each day (read at noon of the first, then every 24 h), darker relative to the largest."""
    low, middle, high = lookup.bands(values)
    days = np.array([0.25, *range(1, DAYS)])
    shown = np.array([np.interp(days, time, row, right=np.nan) for row in (low, middle, high)])
    top = max(float(np.nanmax(np.abs(middle))), 1e-12)
    places = words.decimals_for(0.0, top)
    tiles = [Tile("" if not np.isfinite(m) else "·" if level(m / top) == 0 else words.fixed(m, min(places, 1)),
                  level(m / top) if np.isfinite(m) else 0,
                  f"day {d}: {words.fixed(m, places)} ({words.interval(a, b, places)}) {unit}" if np.isfinite(m) else f"day {d}")
             for d, a, m, b in zip(range(DAYS), *shown, strict=True)]
    return Strip(title, unit, tuple(tiles))


def _facts(run: Run, zone: ZoneRun) -> list[dict[str, Any]]:
    """Durations and the pain of a session, as far as the run has them."""
    wanted = (("Downtime", ("downtime", "downtime_days")), ("Redness lasts", ("erythema_duration",)),
              ("Swelling lasts", ("oedema_duration",)), ("Pain of the session", ("pain_vas",)))
    found = []
    for label, names in wanted:
        endpoint = lookup.first(run, *names, zone=zone.zone.key)
        if endpoint is not None and lookup.of(endpoint).known:
            found.append({"label": label, "band": lookup.of(endpoint), "grade": endpoint.grade})
    return found


def _sentences(run: Run, blocks: list[dict[str, Any]]) -> list[str]:
    return ["Numbers are medians of the day; a dot means next to nothing."] if blocks else []
