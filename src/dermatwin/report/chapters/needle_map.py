"""The punctures of one session seen from above: one map that the motion of the device could have left on this skin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import map as surface_map
from ..figures.map import Surface
from . import lookup
from .lookup import band
from .piece import Fact

if TYPE_CHECKING:
    from ...core import Luck
    from ...evidence import Draws
    from ...twin import Run, ZoneRun

SIDE = 10.0  # mm, one square centimetre
MOST = 6000.0  # contacts that one map shows; a denser pattern is shown in a smaller window


@dataclass(frozen=True)
class SurfaceMap:
    """The map of one session with its numbers."""

    title: str
    figure: Markup
    facts: list[Fact]
    note: str


def from_above(run: Run, zone: ZoneRun) -> SurfaceMap | None:
    """The map of the first session with its numbers; None where the run does not say how it was drawn
    and where no needle pierces.
    """
    if zone.device is None or zone.set_first is None or "seed" not in run.provenance:
        return None
    side, kept = holes(run, zone)
    if not len(kept):
        return None
    bleeding = _share(zone.punctures[0].bleeding_fraction)
    bleeds = chosen(bleeding, len(kept), luck_of(run), f"punctures of a map that bleed@{zone.zone.key}")
    name, width = lookup.zone_name(zone), _width(zone)
    window = "1 cm²" if side == SIDE else f"{words.given(side, 'mm')} square"
    size = words.with_unit(words.number(1000.0 * width), "um")
    surface = Surface(
        f"{name}: punctures in {window} of skin, from above and to scale",
        f"{words.count(len(kept), 'hole')} {size} wide; {int(bleeds.sum())} bleed.",
        side,
        kept,
        width,
        bleeds,
    )
    facts, note = _facts(run, zone), _note(run, zone, len(kept))
    return SurfaceMap(f"{window} of skin from above", surface_map.draw(surface), facts, note)


def holes(run: Run, zone: ZoneRun) -> tuple[float, np.ndarray]:
    """Side of the window [mm] and the places of the holes that the first session leaves in it, as `places`."""
    side, hit = places(run, zone)
    share = _share(zone.punctures[0].pierced_fraction)
    return side, hit[chosen(share, len(hit), luck_of(run), f"contacts of a puncture map that pierce@{zone.zone.key}")]


def places(run: Run, zone: ZoneRun) -> tuple[float, np.ndarray]:
    """Side of the window [mm] and the places of the holes in it, shape (hole, 2), from its lower left corner.

    A contact that lands in a hole is no hole of its own. A density that the case states is scattered at random.
    """
    assert zone.set_first is not None
    key = zone.zone.key
    if zone.set_first.density is not None:
        side = _window(zone.set_first.density)
        count = round(zone.set_first.density * (side / SIDE) ** 2)
        chance = luck_of(run).uniform("chance", f"holes of a stated density@{key}", 0, max(2 * count, 1))[0]
        return side, side * chance[: 2 * count].reshape(-1, 2)
    return _moved(run, zone)


def _moved(run: Run, zone: ZoneRun) -> tuple[float, np.ndarray]:
    """Holes that the motion of the device leaves in a window of a larger treatment."""
    from ...pattern import puncture_map, raster_of
    from ...pattern.cells import reenters

    assert zone.device is not None
    assert zone.set_first is not None
    typical = _typical(run)
    raster = raster_of(zone.device, zone.set_first, typical, zone.zone.key)
    side = _window(raster.density)
    found = puncture_map(raster, luck_of(run), area_cm2=(side / SIDE) ** 2, zone=zone.zone.key).position
    if len(found) < 2:
        return side, found
    distance = zone.device.needle_diameter * typical.median("reentry_distance_ratio", "1")
    slipped = reenters(found, distance, max(distance, side / float(np.sqrt(len(found)))))
    return side, found[~slipped]


def _window(density: float) -> float:
    """Side of the window [mm]: one centimetre, halved until what it holds can still be told apart."""
    side = SIDE
    while density * (side / SIDE) ** 2 > MOST:
        side *= 0.5
    return side


def chosen(share: float, count: int, luck: Luck, name: str) -> np.ndarray:
    """Which of `count` are chosen, shape (count,): as many as the share says, which ones by named luck."""
    if not count:
        return np.zeros(0, bool)
    order = np.argsort(luck.uniform("chance", name, 0, count)[0], kind="stable")
    found = np.zeros(count, bool)
    found[order[: round(share * count)]] = True
    return found


def luck_of(run: Run) -> Luck:
    """The luck of the run's pictures: one person's, of the run's seed."""
    from ...core import Luck

    return Luck(int(run.provenance["seed"]), 1)


def _typical(run: Run) -> Draws:
    from ...core import Luck
    from ...evidence import Draws

    return Draws(run.evidence, Luck(int(run.provenance["seed"]), 1, frozenset()))


def _share(values: np.ndarray) -> float:
    """The median share, 0 where none is known."""
    found = band(values)
    return min(max(found.middle, 0.0), 1.0) if found.known else 0.0


def _width(zone: ZoneRun) -> float:
    """Median width of the channels at the surface [mm]."""
    values = zone.punctures[0].channel_diameter
    found = band(values[np.isfinite(values) & (values > 0.0)])
    return found.middle if found.known else 0.0


def _facts(run: Run, zone: ZoneRun) -> list[Fact]:
    """What the whole run says, beside the one map."""
    key, punctures = zone.zone.key, zone.punctures[0]
    density, nearest, twice = (
        lookup.first(run, name, key) for name in ("puncture_density", "nearest_puncture", "area_hit_twice")
    )
    found = [
        ("Holes", lookup.of(density) if density else band(punctures.density, "1/cm^2")),
        ("To the nearest hole", lookup.of(nearest).times(1.0, "mm") if nearest else None),
        ("Skin under two needles or more", lookup.of(twice) if twice else None),
    ]
    return [Fact(label, value) for label, value in found if value is not None and value.known]


def _note(run: Run, zone: ZoneRun, drawn: int) -> str:
    """What the map is and what it leaves out."""
    assert zone.set_first is not None
    stated = zone.set_first.density is not None
    how = "as many as the case states, scattered at random" if stated else "as typical settings leave them"
    text = f"One map of many that chance allows, {how}: {words.count(drawn, 'hole')}."
    slit = lookup.first(run, "slit_length", zone.zone.key)
    if slit is not None and lookup.of(slit).middle > 2.0 * _width(zone) > 0.0:
        way = lookup.of(slit) if lookup.of(slit).middle >= 1.0 else lookup.of(slit).times(1000.0, "um")
        text += f" Needles that move on while inside can lengthen a hole by up to {way.text}; drawn round."
    return text
