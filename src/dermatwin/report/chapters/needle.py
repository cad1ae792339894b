"""Chapter 2: how deep and how densely the needles go, zone by zone, drawn to scale in this person's skin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import words
from ..figures import crosssection
from ..figures.crosssection import Layer, Level, Section
from . import lookup
from .lookup import Band, band

if TYPE_CHECKING:
    from ...twin import Run, ZoneRun

AIR = 1.12  # the drawing ends a little below the deepest needle
CHANNEL_QUANTILES = (0.5, 0.85, 0.25, 0.7, 0.4, 0.92, 0.15, 0.6)
_LAYERS = (
    ("Stratum corneum", "corneum"),
    ("Living epidermis", "epidermis"),
    ("Papillary dermis", "papillary"),
    ("Reticular dermis", "reticular"),
    ("Fat below", "fat"),
)


def needle(run: Run) -> dict[str, Any] | None:
    """One drawing and one table per zone that is needled; None if none is."""
    zones = lookup.treated(run)
    if not zones:
        return None
    depth = max(_deepest(zone) for zone in zones)
    above = max(_outside(run, zone) for zone in zones)
    return {
        "zones": [_zone(run, zone, number, (depth, above)) for number, zone in enumerate(zones)],
        "untreated": [lookup.zone_name(zone) for zone in run.zones if not zone.punctures],
        "sentences": [_sentence(run, zone) for zone in zones],
    }


def measured(run: Run, zone: ZoneRun, name: str, otherwise: Band) -> Band:
    """The run's own endpoint of the first session where it has one, else the band of the raw arrays."""
    endpoint = lookup.first(run, name, zone=zone.zone.key)
    return lookup.of(endpoint) if endpoint is not None else otherwise


def _deepest(zone: ZoneRun) -> float:
    """Depth that holds the set length and nearly all needles, and shows where the dermis begins."""
    assert zone.settings is not None
    tips = zone.punctures[0].in_situ_depth
    papillary = float(np.median(zone.skin.interfaces[:, 2]))
    return AIR * max(zone.settings.needle_length, _high(tips), papillary)


def _outside(run: Run, zone: ZoneRun) -> float:
    """Length of the needle that stays outside the skin."""
    assert zone.settings is not None
    tips = measured(run, zone, "in_situ_depth", band(_pierced(zone.punctures[0].in_situ_depth), "mm"))
    return max(zone.settings.needle_length - (tips.middle if tips.known else 0.0), 0.0)


def _high(values: np.ndarray) -> float:
    good = values[np.isfinite(values)]
    return float(np.quantile(good, 0.98)) if good.size else 0.0


def _zone(run: Run, zone: ZoneRun, number: int, extent: tuple[float, float]) -> dict[str, Any]:
    return {
        "name": lookup.zone_name(zone),
        "figure": crosssection.draw(_section(run, zone, number, extent)),
        "rows": _table(run, zone),
    }


def _section(run: Run, zone: ZoneRun, number: int, extent: tuple[float, float]) -> Section:
    punctures, skin, device, settings = zone.punctures[0], zone.skin, zone.device, zone.settings
    assert device is not None
    assert settings is not None
    inside, left = _pierced(punctures.in_situ_depth), _pierced(punctures.residual_depth)
    tips = measured(run, zone, "in_situ_depth", band(inside, "mm"))
    channels = measured(run, zone, "residual_depth", band(left, "mm"))
    density = band(punctures.density)
    name = lookup.zone_name(zone)
    return Section(
        title=f"{name}: skin, needle and channels to scale",
        description=(
            f"Set to {words.given(settings.needle_length, 'mm')}, needles reach {tips.text} "
            f"and leave channels {channels.text} deep, {words.number(density.middle, 3)} per cm²."
        ),
        prefix=f"section-{number}",
        layers=_layers(skin),
        levels=_levels(zone, tips, channels),
        depth=extent[0],
        above=extent[1],
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
    )


def _pierced(depths: np.ndarray) -> np.ndarray:
    return depths[np.isfinite(depths) & (depths > 0.0)]


def _middle(values: np.ndarray) -> float:
    good = values[np.isfinite(values) & (values > 0.0)]
    return float(np.median(good)) if good.size else 0.0


def _spacing(density: float) -> float:
    """Mean distance [mm] between the punctures that a vertical cut would show."""
    return 10.0 / float(np.sqrt(density)) if np.isfinite(density) and density > 0.0 else 10.0


def _layers(skin) -> list[Layer]:
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


def _levels(zone: ZoneRun, tips: Band, channels: Band) -> list[Level]:
    assert zone.settings is not None
    blood = band(zone.skin.capillary_depth, "mm").times(1000.0, "um")
    levels = (
        [Level(blood.middle / 1000.0, "First capillaries", words.with_unit(blood.value, "um"), "blood")]
        if blood.known
        else []
    )
    levels += (
        [Level(channels.middle, "Channel that stays", words.with_unit(channels.value, "mm"), "left")]
        if channels.known
        else []
    )
    levels += [Level(tips.middle, "Needle tip, typical", words.with_unit(tips.value, "mm"), "tip")] if tips.known else []
    return [*levels, Level(zone.settings.needle_length, "Set length", words.given(zone.settings.needle_length, "mm"), "set")]


def _table(run: Run, zone: ZoneRun) -> list[dict[str, Any]]:
    """The numbers beside the drawing, for the first session."""
    punctures = zone.punctures[0]
    assert zone.settings is not None
    raw = {
        "in_situ_depth": ("Depth in the skin", band(_pierced(punctures.in_situ_depth), "mm")),
        "residual_depth": ("Channel that stays", band(_pierced(punctures.residual_depth), "mm")),
        "channel_diameter": ("Its width at the surface", band(_pierced(punctures.channel_diameter), "mm")),
        "puncture_density": ("Punctures", band(punctures.density, "1/cm^2")),
        "pierced_fraction": ("Contacts that pierce", band(punctures.pierced_fraction).times(100.0, "%")),
        "insertion_force": ("Peak force of one needle", band(punctures.force, "N")),
        "bleeding_fraction": ("Punctures that bleed", band(punctures.bleeding_fraction).times(100.0, "%")),
    }
    rows: list[tuple[str, str, Band | None, str]] = [
        ("Set length", words.given(zone.settings.needle_length, "mm"), None, ""),
        *((label, "", micrometres(name, measured(run, zone, name, found)), name) for name, (label, found) in raw.items()),
    ]
    return [
        {"label": label, "text": text, "band": found, "grade": lookup.grade_of(run, name)}
        for label, text, found, name in rows
        if text or (found is not None and found.known)
    ]


def micrometres(name: str, found: Band) -> Band:
    """The width of a channel in micrometres, everything else as it is."""
    return found.times(1000.0, "um") if name == "channel_diameter" else found


def _sentence(run: Run, zone: ZoneRun) -> str:
    """What the drawing says, in words."""
    punctures = zone.punctures[0]
    assert zone.settings is not None
    tips = _pierced(punctures.in_situ_depth)
    if not tips.size:
        return f"{lookup.zone_name(zone)}: no needle pierces the skin."
    depth = measured(run, zone, "in_situ_depth", band(tips, "mm"))
    share = words.number(100.0 * depth.middle / zone.settings.needle_length)
    return (
        f"{lookup.zone_name(zone)}: the needles are set to {words.given(zone.settings.needle_length, 'mm')}; "
        f"the typical tip comes to {words.with_unit(depth.value, 'mm')}, {share}{words.NARROW}% of that."
    )
