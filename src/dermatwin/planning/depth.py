"""How deep: the customary depth for the concern, cut to what the zone bears, shallower for what is mild.

    aim = min(clip(default depth, customary range of the concern), upper end of the zone)

A mild finding gets the shallow end. Where pigment is at risk the first session is shallower. The zone always wins. Most
abstracts do not give the needle length, so customary ranges are of a weak grade. The set length is meant; the depth that is
reached is computed by the twin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..case import Case
from ..core.vocabulary import ASSUMPTION
from ..device import Device, catalogue, describe, find
from ..evidence import Evidence
from ..screening import Finding
from ..screening.depth import ZoneDepth, deep_concerns
from .course import DefaultCourse
from .proposal import Reason
from .severity import Severity

_PIGMENT_SOURCES = ("fda_page2025", "skin_of_colour_chapter")


@dataclass(frozen=True)
class Depth:
    """The aim and the first session [mm], with reasons and warnings."""

    aim: float
    first: float
    low: float  # mm, the least that still counts as this course
    high: float  # mm, the most that the zone and custom allow
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...]


def choose_depth(
    course: DefaultCourse, zone: ZoneDepth, severity: Severity, risks: tuple[Finding, ...], evidence: Evidence
) -> Depth:
    """Needle length for a concern in a zone; `risks` are what puts pigment at risk there."""
    low, high = course.depth_range
    limit = zone.column(deep=course.concern in deep_concerns(evidence))[1]
    aim = min(max(low if severity == "mild" else course.depth, low), high, limit)
    reasons = [
        Reason(
            f"{course.concern}: {low:g}-{high:g} mm is customary, {course.depth:g} mm the default "
            f"(grade {course.depth_grade})",
            course.sources,
        ),
        Reason(f"{zone.zone}: up to {limit:g} mm (grade {zone.grade}: {zone.note})", zone.sources),
    ]
    if severity == "mild" and course.depth > low:
        reasons.append(
            Reason(f"mild by its grade: {aim:g} mm, the shallow end of what is customary (assumed)", (ASSUMPTION,))
        )
    warnings = []
    if aim < low:
        warnings.append(
            f"{zone.zone} bears {limit:g} mm, less than the {low:g} mm that is customary for {course.concern}: "
            "expect less than trials report"
        )
    if zone.by_region:
        warnings.append(f"no depth is tabulated for this site; that of the {zone.zone} is used")
    first = aim
    if risks:
        first = gentle(aim, low, evidence)
        reasons.append(Reason(f"{because(risks)}: {_gently(first, aim)}", _PIGMENT_SOURCES))
    return Depth(aim, first, min(low, aim), min(high, limit), tuple(reasons), tuple(warnings))


def gentle(aim: float, low: float, evidence: Evidence) -> float:
    """Length of the first session [mm] where pigment is at risk: a share of the aim, not below what is customary."""
    return max(_step(aim * evidence.value("pigment_depth_share", "1"), evidence), min(low, aim))


def because(risks: tuple[Finding, ...]) -> str:
    """What puts pigment at risk, in few words."""
    return "; ".join(dict.fromkeys(finding.title for finding in risks))


def shortened(depth: Depth, length: float, why: Reason) -> Depth:
    """The same with a shorter aim [mm]; the first session is not deeper than it."""
    return replace(depth, aim=length, first=min(depth.first, length), reasons=(*depth.reasons, why))


def _gently(first: float, aim: float) -> str:
    if first < aim:
        return f"{first:g} mm in the first session, then up to {aim:g} mm; test spot first"
    return f"{aim:g} mm is already the least that is customary here; test spot first"


def _step(length: float, evidence: Evidence) -> float:
    """A length rounded down to what can be set on a dial."""
    step = evidence.value("depth_step", "mm")
    return round(math.floor(length / step + 1e-9) * step, 10)


def choose_device(case: Case, course: DefaultCourse, depth: Depth, evidence: Evidence) -> tuple[Device, bool] | None:
    """The case's device if it does for the course, else one of the catalogue, and whether it is the case's.

    Of the catalogue the first that fits is taken: of the same kind as the case's device and with this phototype on its
    label if there is such a one. None if no device can set the depth.
    """
    own = _own(case, evidence)
    if own is not None and fits(own, course, depth):
        return own, True

    def worse(device: Device) -> tuple[bool, bool]:
        off_label = bool(device.phototypes) and case.patient.phototype not in device.phototypes
        return own is not None and device.kind != own.kind, off_label

    others = [device for device in catalogue(evidence).values() if fits(device, course, depth)]
    return (min(others, key=worse), False) if others else None


def _own(case: Case, evidence: Evidence) -> Device | None:
    device = case.course.device
    if not isinstance(device, str):
        return describe(device, evidence)
    try:
        return find(device, evidence)
    except KeyError:
        return None


def fits(device: Device, course: DefaultCourse, depth: Depth) -> bool:
    """Whether a device is of the right kind and can set a length between the least depth and the first session's."""
    reach = min(depth.first, device.max_length)
    return device.kind.name in course.device_kinds and reach >= device.min_length and reach >= min(depth.low, depth.first)
