"""Chapter 2: how deep and how densely the needles go, zone by zone: drawings to scale in this person's skin, and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from .. import words
from . import lookup, needle_depth, needle_force, needle_map
from .lookup import Band, band
from .needle_depth import Reached
from .needle_force import ForceChart
from .needle_map import SurfaceMap
from .needle_section import Extent, cross_section, dimple_of, extent_of, measured, pierced

if TYPE_CHECKING:
    from ...insertion import ForceCourse
    from ...twin import Run, ZoneRun

_ROWS = (
    ("in_situ_depth", "Depth in the skin"),
    ("residual_depth", "Channel that stays"),
    ("channel_diameter", "Its width at the surface"),
    ("insertion_force", "Peak force of a needle"),
    ("contact_density", "Contacts of needles"),
    ("reentry_share", "Contacts that hit a hole"),
    ("pierced_fraction", "Contacts that pierce"),
    ("puncture_density", "Punctures"),
    ("nearest_puncture", "To the nearest one"),
    ("vessel_cut_fraction", "Punctures cutting vessels"),
    ("bleeding_fraction", "Punctures that bleed"),
    ("bleeding_endpoint", "Uniform bleeding seen"),
)


@dataclass(frozen=True)
class Row:
    """One number beside the drawing: a band, or a text where somebody stated it."""

    label: str
    text: str
    band: Band | None
    grade: str


@dataclass(frozen=True)
class Zone:
    """One zone that is needled."""

    name: str
    figure: Markup
    rows: list[Row]
    map: SurfaceMap | None
    depth: Reached | None
    force: ForceChart | None


@dataclass(frozen=True)
class Needled:
    """What the chapter shows."""

    zones: list[Zone]
    untreated: list[str]
    sentences: list[str]


def needle(run: Run) -> Needled | None:
    """One drawing and one table per zone that is needled; None if none is."""
    zones = lookup.treated(run)
    if not zones:
        return None
    courses = [needle_force.course_of(run, zone) for zone in zones]
    dimples = [dimple_of(run, zone, course) for zone, course in zip(zones, courses, strict=True)]
    extent = extent_of(run, zones, dimples)
    return Needled(
        [_zone(run, *found, extent) for found in zip(zones, courses, dimples, strict=True)],
        [lookup.zone_name(zone) for zone in run.zones if not zone.punctures],
        [_sentence(run, zone) for zone in zones],
    )


def _zone(run: Run, zone: ZoneRun, course: ForceCourse | None, dimple: float, extent: Extent) -> Zone:
    return Zone(
        name=lookup.zone_name(zone),
        figure=cross_section(run, zone, dimple, extent),
        rows=_table(run, zone),
        map=needle_map.from_above(run, zone),
        depth=needle_depth.reached(zone),
        force=None if course is None else needle_force.force_chart(zone, course),
    )


def _table(run: Run, zone: ZoneRun) -> list[Row]:
    """The numbers beside the drawing, for the first session."""
    punctures = zone.punctures[0]
    assert zone.set_first is not None
    raw = {
        "in_situ_depth": band(pierced(punctures.in_situ_depth), "mm"),
        "residual_depth": band(pierced(punctures.residual_depth), "mm"),
        "channel_diameter": band(pierced(punctures.channel_diameter), "mm"),
        "puncture_density": band(punctures.density, "1/cm^2"),
        "pierced_fraction": band(punctures.pierced_fraction).times(100.0, "%"),
        "insertion_force": band(punctures.force, "N"),
        "bleeding_fraction": band(punctures.bleeding_fraction).times(100.0, "%"),
    }
    rows = [(label, _row(run, zone, name, raw.get(name)), name) for name, label in _ROWS]
    return [
        Row("Set length", words.given(zone.set_first.needle_length, "mm"), None, ""),
        *(
            Row(label, "", found, lookup.grade_of(run, name))
            for label, found, name in rows
            if found is not None and found.known
        ),
    ]


def _row(run: Run, zone: ZoneRun, name: str, otherwise: Band | None) -> Band | None:
    """The run's endpoint, else the band of the raw arrays."""
    found = lookup.first(run, name, zone.zone.key)
    band = otherwise if found is None else lookup.of(found)
    return None if band is None else micrometres(name, band)


def micrometres(name: str, found: Band) -> Band:
    """The width of a channel in micrometres, everything else as it is."""
    return found.times(1000.0, "um") if name == "channel_diameter" else found


def _sentence(run: Run, zone: ZoneRun) -> str:
    """What the drawing says, in words."""
    punctures = zone.punctures[0]
    assert zone.set_first is not None
    tips = pierced(punctures.in_situ_depth)
    if not tips.size:
        return f"{lookup.zone_name(zone)}: no needle pierces the skin."
    depth = measured(run, zone, "in_situ_depth", band(tips, "mm"))
    share = words.number(100.0 * depth.middle / zone.set_first.needle_length)
    return (
        f"{lookup.zone_name(zone)}: the needles are set to {words.given(zone.set_first.needle_length, 'mm')}"
        f"{lookup.in_first(zone)}; "
        f"the typical tip comes to {words.with_unit(depth.value, 'mm')}, {share}{words.NARROW}% of that."
    )
