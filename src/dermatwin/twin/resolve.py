"""A case checked against the catalogues: sites, devices, products and scales that exist, settings that fit the device.

The shape of a case is checked when it is read; here its words are looked up. Every fault is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..case import Case, CustomDevice, Settings, Zone, check_case, unknown_concerns, unknown_kinds
from ..core.errors import CaseError, Fault
from ..delivery import product_in
from ..device import Device, describe, movements
from ..device import find as find_device
from ..evidence import Evidence
from ..outcome import Scale, concerns, scales
from ..skin import find_site
from .names import read_name


@dataclass(frozen=True)
class ZonePlan:
    """One zone with its device and settings looked up; both None where it is not treated."""

    zone: Zone
    device: Device | None
    settings: Settings | None


def resolve(case: Case, evidence: Evidence) -> tuple[ZonePlan, ...]:
    """Look up every name of a case; raises `CaseError` with all faults of one kind, returns one plan per zone."""
    check_case(case)
    strange = list(unknown_kinds(case, movements(evidence)))
    if strange:
        raise CaseError(strange)
    faults = [
        *_concern_faults(case, evidence),
        *_zone_faults(case, evidence),
        *_device_faults(case, evidence),
        *_topical_faults(case, evidence),
        *_observation_faults(case, evidence),
    ]
    if faults:
        raise CaseError(faults)
    return tuple(_plan(case, zone, evidence) for zone in case.zones)


def _plan(case: Case, zone: Zone, evidence: Evidence) -> ZonePlan:
    if not zone.treated:
        return ZonePlan(zone, None, None)
    settings = case.course.settings[zone.key]
    return ZonePlan(zone, device_of(settings.device or case.course.device, evidence), settings)


def device_of(given: str | CustomDevice, evidence: Evidence) -> Device:
    """The device behind a name or a description."""
    return find_device(given, evidence) if isinstance(given, str) else describe(given, evidence)


def _concern_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    """Concerns that the evidence does not know; it is not asked for a case that names none."""
    if any(zone.concerns for zone in case.zones):
        yield from unknown_concerns(case, concerns(evidence))


def _zone_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    for zone in case.zones:
        try:
            find_site(zone.zone, case.patient.species, evidence)
        except KeyError as error:
            yield Fault(f"zones.{zone.key}.zone", repr(zone.zone), str(error.args[0]))
        yield from _scale_faults(zone, evidence)


def _scale_faults(zone: Zone, evidence: Evidence) -> Iterator[Fault]:
    for number, concern in enumerate(zone.concerns):
        where = f"zones.{zone.key}.concerns.{number}"
        if concern.scale is None:
            continue
        known = scales(evidence)
        scale = known.get(concern.scale)
        if scale is None:
            yield Fault(f"{where}.scale", repr(concern.scale), f"is not a scale; one of {', '.join(sorted(known))}")
        elif concern.severity is not None:
            yield from _severity_faults(f"{where}.severity", concern.severity, scale)


def _severity_faults(where: str, severity: float, scale: Scale) -> Iterator[Fault]:
    if float(scale.clamp(np.array(severity))) != severity:
        low, high = ("" if end is None else f"{end:g}" for end in (scale.low, scale.high))
        yield Fault(where, f"{severity:g}", f"is outside the scale {scale.id}, {low}-{high}")


def _device_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    course = case.course
    places = [("course.device", course.device)]
    places += [(f"course.settings.{key}.device", s.device) for key, s in course.settings.items() if s.device is not None]
    known: dict[str, Device] = {}
    for where, given in places:
        try:
            known[where] = device_of(given, evidence)
        except KeyError as error:
            yield Fault(where, repr(given), str(error.args[0]))
        except ValueError as error:
            yield Fault(where, "", str(error))
    for key, settings in course.settings.items():
        where = f"course.settings.{key}"
        device = known.get(f"{where}.device" if settings.device is not None else "course.device")
        if device is not None:
            yield from _settings_faults(where, settings, device)


def _settings_faults(where: str, settings: Settings, device: Device) -> Iterator[Fault]:
    if not device.min_length <= settings.needle_length <= device.max_length:
        yield Fault(
            f"{where}.needle_length",
            f"{settings.needle_length:g} mm",
            f"is outside the range of {device.name}, {device.min_length:g}-{device.max_length:g} mm",
        )
    if not device.motorised and settings.frequency is not None:
        yield Fault(
            f"{where}.frequency", f"{settings.frequency:g} Hz", f"does not apply: {device.name} is a {device.kind.label}"
        )
    top = device.max_frequency
    if top is not None and settings.frequency is not None and settings.frequency > top:
        yield Fault(f"{where}.frequency", f"{settings.frequency:g} Hz", f"is above what {device.name} reaches, {top:g} Hz")


def _topical_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    for number, topical in enumerate(case.course.topicals):
        where = f"course.topicals.{number}.product"
        try:
            product_in(topical, evidence)
        except KeyError as error:
            yield Fault(where, repr(topical.product), str(error.args[0]))


def _observation_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    for number, observation in enumerate(case.observations):
        try:
            read_name(observation.quantity, evidence)
        except ValueError as error:
            yield Fault(f"observations.{number}.quantity", repr(observation.quantity), str(error))
