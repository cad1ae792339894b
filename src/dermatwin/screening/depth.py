"""Needle length against the zone: what is customary there, what goes deeper, where it stops.

The table is `depth_by_zone.csv`. No guideline gives depths by consensus; the table is of clinic grade and says so. The
set length is compared, not the depth that is reached, which is less. Inside the orbital rim nothing is needled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..case import Case
from ..core.vocabulary import ASSUMPTION
from ..evidence import Evidence, Tables, view
from ..evidence.rows.planning import DefaultCourseRow, DepthRow
from ..skin import regions
from .records import Finding
from .target import Target

_RULE = ("cfr_878_4430",)


@dataclass(frozen=True)
class ZoneDepth:
    """Customary needle lengths in a zone, mm."""

    zone: str
    sites: tuple[str, ...]
    conservative: tuple[float, float]
    deep: tuple[float, float]
    stop_above: float
    grade: str
    sources: tuple[str, ...]
    note: str
    by_region: bool = False  # the site is not in the table: taken from its region

    def column(self, *, deep: bool) -> tuple[float, float]:
        """The range for surface work, or for scars and deep lines."""
        return self.deep if deep else self.conservative


@view
def deep_concerns(tables: Tables) -> frozenset[str]:
    """Concerns for which the deeper column of the table is customary: scars and deep lines."""
    return frozenset(row.concern for row in tables.rows(DefaultCourseRow) if row.depth_column == "deep")


@view
def _depths(tables: Tables) -> tuple[ZoneDepth, ...]:
    return tuple(
        ZoneDepth(
            row.zone,
            row.sites,
            (row.conservative_low_mm, row.conservative_high_mm),
            (row.deep_low_mm, row.deep_high_mm),
            row.stop_above_mm,
            row.grade,
            row.source,
            row.note,
        )
        for row in tables.rows(DepthRow)
    )


def depth_guidance(site: str, evidence: Evidence, region: str = "") -> ZoneDepth | None:
    """Customary depths for a site of the catalogue, or for its region; None if the table has neither."""
    for depth in _depths(evidence):
        if site in depth.sites:
            return depth
    near = regions(evidence)[region].depth_zone if region else None
    return next((replace(depth, by_region=True) for depth in _depths(evidence) if depth.zone == near), None)


def depth_check(case: Case, target: Target, evidence: Evidence) -> Iterator[Finding]:
    """Findings on the needle length that is set in one zone."""
    length = target.deepest
    if length is None:
        return
    yield from _device(case, target, length)
    guide = depth_guidance(target.site, evidence, target.region)
    if guide is None:
        yield Finding(
            "depth_no_guidance",
            "caution",
            "No customary depth for this site",
            f"{target.key}: no row for the site {target.site!r}",
            "A clinician must set the depth",
            zone=target.key,
            sources=(ASSUMPTION,),
        )
    else:
        yield from _zone(target, length, guide, deep_concerns(evidence))


def _device(case: Case, target: Target, length: float) -> Iterator[Finding]:
    device = target.device
    if device is None:
        return
    if length > device.max_length:
        yield Finding(
            "depth_beyond_device",
            "hard_stop",
            "Needle length beyond the device",
            f"{_set(target, length)}; {device.name} reaches {device.max_length:g} mm",
            "Set a length that the device has",
            zone=target.key,
            sources=device.sources or _RULE,
        )
    elif device.labelled_max_length is not None and length > device.labelled_max_length:
        yield Finding(
            "depth_beyond_label",
            "caution",
            "Needle length beyond the label",
            f"{_set(target, length)}; {device.name}: {device.labelled_max_length:g} mm evaluated or recommended",
            "Off label: a physician records why",
            zone=target.key,
            sources=device.sources or _RULE,
        )
    if device.phototypes and case.patient.phototype not in device.phototypes:
        yield Finding(
            "phototype_outside_label",
            "caution",
            "Phototype outside the device's label",
            f"{device.name}: {', '.join(device.phototypes)}; the person is {case.patient.phototype}",
            "Off label; document",
            zone=target.key,
            sources=device.sources or _RULE,
        )


def _set(target: Target, length: float) -> str:
    return f"{target.key}: {length:g} mm is set{target.when_deepest}"


def _zone(target: Target, length: float, guide: ZoneDepth, deep: frozenset[str]) -> Iterator[Finding]:
    where = _set(target, length)
    customary = max((guide.column(deep=concern in deep)[1] for concern in target.concerns), default=guide.conservative[1])
    if length > guide.stop_above:
        yield Finding(
            "depth_stop",
            "soft_stop",
            "Needle length beyond what this zone bears",
            f"{where}; limit of the {guide.zone} {guide.stop_above:g} mm ({guide.note})",
            f"Set at most {guide.stop_above:g} mm",
            zone=target.key,
            sources=guide.sources,
        )
    elif length > guide.deep[1]:
        yield Finding(
            "depth_beyond_table",
            "caution",
            "Needle length beyond the customary range",
            f"{where}; {guide.zone}: up to {guide.deep[1]:g} mm even for scars and deep lines ({guide.note})",
            "Justify the depth or reduce it",
            zone=target.key,
            sources=guide.sources,
        )
    elif length > customary:
        yield Finding(
            "depth_beyond_concern",
            "caution",
            "Needle length beyond what is customary for this concern",
            f"{where}; {guide.zone}: {customary:g} mm unless scars or deep lines are treated",
            "Justify the depth or reduce it",
            zone=target.key,
            sources=guide.sources,
        )
