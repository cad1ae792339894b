"""A case checked against the catalogues: sites, devices, products and scales that exist, settings that fit the device.

The shape of a case is checked when it is read; here its words are looked up. Every fault is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..case import Case, CustomDevice, Settings, Zone, check_case
from ..core.errors import CaseError, Fault
from ..delivery import find_product
from ..device import Device, describe
from ..device import find as find_device
from ..evidence import Evidence
from ..skin import find_site
from .names import read_name


@dataclass(frozen=True)
class ZonePlan:
    """One zone with its device and settings looked up; both None where it is not treated."""

    zone: Zone
    device: Device | None
    settings: Settings | None


def resolve(case: Case) -> tuple[ZonePlan, ...]:
    """Look up every name of a case; raises `CaseError` with all faults of one kind, returns one plan per zone."""
    check_case(case)
    faults = [*_zone_faults(case), *_device_faults(case), *_topical_faults(case), *_observation_faults(case)]
    if faults:
        raise CaseError(faults)
    return tuple(_plan(case, zone) for zone in case.zones)


def _plan(case: Case, zone: Zone) -> ZonePlan:
    if not zone.treated:
        return ZonePlan(zone, None, None)
    settings = case.course.settings[zone.key]
    return ZonePlan(zone, device_of(settings.device or case.course.device), settings)


def device_of(given: str | CustomDevice) -> Device:
    """The device behind a name or a description."""
    return find_device(given) if isinstance(given, str) else describe(given)


def _zone_faults(case: Case) -> Iterator[Fault]:
    for zone in case.zones:
        try:
            find_site(zone.zone, case.patient.species)
        except KeyError as error:
            yield Fault(f"zones.{zone.key}.zone", repr(zone.zone), str(error.args[0]))
        yield from _scale_faults(zone)


def _scale_faults(zone: Zone) -> Iterator[Fault]:
    scales = {row["id"]: row for row in Evidence.packaged().table("scales")}
    for number, concern in enumerate(zone.concerns):
        where = f"zones.{zone.key}.concerns.{number}"
        if concern.scale is None:
            continue
        scale = scales.get(concern.scale)
        if scale is None:
            yield Fault(f"{where}.scale", repr(concern.scale), f"is not a scale; one of {', '.join(sorted(scales))}")
        elif concern.severity is not None:
            yield from _severity_faults(f"{where}.severity", concern.severity, scale)


def _severity_faults(where: str, severity: float, scale: dict[str, str]) -> Iterator[Fault]:
    low, high = (float(scale[end]) if scale[end] else None for end in ("low", "high"))
    if (low is not None and severity < low) or (high is not None and severity > high):
        yield Fault(where, f"{severity:g}", f"is outside the scale {scale['id']}, {scale['low']}-{scale['high']}")


def _device_faults(case: Case) -> Iterator[Fault]:
    course = case.course
    places = [("course.device", course.device)]
    places += [(f"course.settings.{key}.device", s.device) for key, s in course.settings.items() if s.device is not None]
    known: dict[str, Device] = {}
    for where, given in places:
        try:
            known[where] = device_of(given)
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
        yield Fault(f"{where}.frequency", f"{settings.frequency:g} Hz", f"does not apply: {device.name} is a {device.kind}")
    top = device.max_frequency
    if top is not None and settings.frequency is not None and settings.frequency > top:
        yield Fault(f"{where}.frequency", f"{settings.frequency:g} Hz", f"is above what {device.name} reaches, {top:g} Hz")


def _topical_faults(case: Case) -> Iterator[Fault]:
    for number, topical in enumerate(case.course.topicals):
        where = f"course.topicals.{number}.product"
        try:
            if isinstance(topical.product, str):
                find_product(topical.product)
            else:
                from ..delivery import product_of

                product_of(topical.product)
        except KeyError as error:
            yield Fault(where, repr(topical.product), str(error.args[0]))


def _observation_faults(case: Case) -> Iterator[Fault]:
    for number, observation in enumerate(case.observations):
        try:
            read_name(observation.quantity, Evidence.packaged())
        except ValueError as error:
            yield Fault(f"observations.{number}.quantity", repr(observation.quantity), str(error))
