"""The cross-section of one zone: what the run says of layers, needle, dimple and channels, made ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import crosssection
from ..figures.crosssection import Layer, Level, Section
from . import lookup
from .lookup import Band, band

if TYPE_CHECKING:
    from ...insertion import ForceCourse
    from ...skin import Skin
    from ...twin import Run, ZoneRun

AIR = 1.12  # the drawing ends a little below the deepest needle
BESIDE = 0.25  # room for channels beside the dimple, as a share of the depth drawn
SHORT = 0.1  # mm, shorter lengths are written in micrometres
CHANNEL_QUANTILES = (0.5, 0.85, 0.25, 0.7, 0.4, 0.92, 0.15, 0.6)
_LAYERS = (
    ("Stratum corneum", "corneum"),
    ("Living epidermis", "epidermis"),
    ("Papillary dermis", "papillary"),
    ("Reticular dermis", "reticular"),
    ("Fat below", "fat"),
)


def measured(run: Run, zone: ZoneRun, name: str, otherwise: Band) -> Band:
    """The run's own endpoint of the first session where it has one, else the band of the raw arrays."""
    endpoint = lookup.first(run, name, zone.zone.key)
    return lookup.of(endpoint) if endpoint is not None else otherwise


def _deepest(zone: ZoneRun) -> float:
    """Depth that holds the set length and nearly all needles, and shows where the dermis begins."""
    assert zone.set_first is not None
    tips = zone.punctures[0].in_situ_depth
    papillary = float(np.median(zone.skin.interfaces[:, 2]))
    return AIR * max(zone.set_first.needle_length, _high(tips), papillary)


@dataclass(frozen=True)
class Extent:
    """What all drawings of a page have to hold, so that they share one scale; mm."""

    depth: float
    above: float
    across: float


def extent_of(run: Run, zones: tuple[ZoneRun, ...], dimples: list[float]) -> Extent:
    """The extent that holds the drawings of all zones."""
    pairs = list(zip(zones, dimples, strict=True))
    return Extent(
        max(_deepest(zone) for zone in zones),
        max(_outside(run, zone) - dimple for zone, dimple in pairs),
        max(_across(zone, dimple) for zone, dimple in pairs),
    )


def dimple_of(run: Run, zone: ZoneRun, course: ForceCourse | None) -> float:
    """Median dimple of the needles that pierce [mm], at most what stays outside: set length less depth.

    Without a force course the plate is taken to lie on the undisturbed skin.
    """
    outside = _outside(run, zone)
    if course is None or not course.pierced.any():
        return outside
    found = band(course.dimple[course.pierced])
    return min(found.middle, outside) if found.known else outside


def _outside(run: Run, zone: ZoneRun) -> float:
    """Length of the needle that stays outside the skin, in its dimple or above it."""
    assert zone.set_first is not None
    tips = measured(run, zone, "in_situ_depth", band(pierced(zone.punctures[0].in_situ_depth), "mm"))
    return max(zone.set_first.needle_length - (tips.middle if tips.known else 0.0), 0.0)


def _across(zone: ZoneRun, dimple: float) -> float:
    """Width of the dimple and of a channel beside it [mm]."""
    assert zone.device is not None
    wide = crosssection.breadth(dimple, zone.device.needle_diameter)
    return 2.2 * wide + BESIDE * _deepest(zone) + _middle(zone.punctures[0].channel_diameter)


def _high(values: np.ndarray) -> float:
    good = values[np.isfinite(values)]
    return float(np.quantile(good, 0.98)) if good.size else 0.0


def cross_section(run: Run, zone: ZoneRun, dimple: float, extent: Extent) -> Markup:
    """The drawing of the first session, at the scale that all drawings of the page share."""
    return crosssection.draw(_section(run, zone, dimple, extent))


def _section(run: Run, zone: ZoneRun, dimple: float, extent: Extent) -> Section:
    punctures, skin, device, settings = zone.punctures[0], zone.skin, zone.device, zone.set_first
    assert device is not None
    assert settings is not None
    inside, left = pierced(punctures.in_situ_depth), pierced(punctures.residual_depth)
    tips = measured(run, zone, "in_situ_depth", band(inside, "mm"))
    channels = measured(run, zone, "residual_depth", band(left, "mm"))
    density = band(punctures.density)
    name = lookup.zone_name(zone)
    return Section(
        title=f"{name}: skin, needle and channels to scale",
        description=(
            f"Set to {words.given(settings.needle_length, 'mm')}, needles reach {tips.text}, "
            f"push a dimple of {_length(dimple)} before them "
            f"and leave channels {channels.text} deep, {words.number(density.middle, 3)} per cm²."
        ),
        layers=_layers(skin),
        levels=_levels(zone, tips, channels),
        depth=extent.depth,
        above=extent.above,
        across=extent.across,
        set_length=settings.needle_length,
        in_situ=inside,
        residual=left,
        tip_diameter=device.tip_diameter,
        surface_diameter=_middle(punctures.needle_diameter),
        base_diameter=device.needle_diameter,
        channel_diameter=_middle(punctures.channel_diameter),
        spacing=_spacing(density.middle),
        channel_depths=[float(np.quantile(left, q)) for q in CHANNEL_QUANTILES] if left.size else (),
        needle_depth=tips.middle if tips.known else 0.0,
        dimple=dimple if tips.known and tips.middle > 0.0 else 0.0,
        dimple_note=_length(dimple),
    )


def pierced(depths: np.ndarray) -> np.ndarray:
    """Depths of the needles that pierced, all draws together."""
    return depths[np.isfinite(depths) & (depths > 0.0)]


def _middle(values: np.ndarray) -> float:
    good = values[np.isfinite(values) & (values > 0.0)]
    return float(np.median(good)) if good.size else 0.0


def _spacing(density: float) -> float:
    """Mean distance [mm] between the punctures that a vertical cut would show."""
    return 10.0 / float(np.sqrt(density)) if np.isfinite(density) and density > 0.0 else 10.0


def _layers(skin: Skin) -> list[Layer]:
    """Layers with the bands of their lower faces and of their thickness."""
    corneum, epidermis = skin.stratum_corneum, skin.viable_epidermis
    top = corneum + epidermis
    bottoms = (corneum, top, top + skin.papillary_dermis, top + skin.dermis, None)
    thick = (corneum, epidermis, skin.papillary_dermis, skin.dermis - skin.papillary_dermis, None)
    found = []
    for (name, tone), bottom, size in zip(_LAYERS, bottoms, thick, strict=True):
        edge = band(bottom) if bottom is not None else Band(99.0, 99.0, 99.0)
        found.append(Layer(name, edge.middle, edge.low, edge.high, _thickness(size), tone))
    return found


def _thickness(size: np.ndarray | None) -> str:
    """'62 µm (48-80)', in mm from half a millimetre on."""
    if size is None:
        return ""
    found = band(size, "mm")
    return found.text if found.middle >= 0.5 else found.times(1000.0, "um").text


def _length(millimetres: float) -> str:
    """A length in the unit that people would use: '0.61 mm', '67 µm'."""
    short = millimetres < SHORT
    return words.quantity(millimetres * (1000.0 if short else 1.0), "um" if short else "mm")


def _depth(found: Band) -> str:
    """A median depth, as `_length`, with the digits that its band deserves."""
    return _length(found.middle) if found.middle < SHORT else words.with_unit(found.value, "mm")


def _levels(zone: ZoneRun, tips: Band, channels: Band) -> list[Level]:
    assert zone.set_first is not None
    blood = band(zone.skin.capillary_depth, "mm").times(1000.0, "um")
    levels = (
        [Level(blood.middle / 1000.0, "First capillaries", words.with_unit(blood.value, "um"), "blood")]
        if blood.known
        else []
    )
    levels += (
        [Level(channels.middle, "Channel that stays", _depth(channels), "left")]
        if channels.known and channels.middle > 0.0
        else []
    )
    levels += [Level(tips.middle, "Needle tip, typical", _depth(tips), "tip")] if tips.middle > 0.0 else []
    return [
        *levels,
        Level(zone.set_first.needle_length, "Set length", words.given(zone.set_first.needle_length, "mm"), "set"),
    ]
