"""A case checked against the catalogues: sites, devices, products and scales that exist, settings that fit the device.

The shape of a case is checked when it is read; here its words are looked up. Every fault is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..case import Case, Settings, Zone, check_case
from ..core.errors import CaseError, Fault
from ..delivery import product_in
from ..device import Device
from ..evidence import Evidence
from ..screening.known import device_of, name_faults, require_kinds, settings_faults
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
    require_kinds(case, evidence)
    faults = [
        *name_faults(case, evidence),
        *settings_faults(case, evidence),
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
