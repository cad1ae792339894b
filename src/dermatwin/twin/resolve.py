"""A case checked against the catalogues: sites, devices, products and scales that exist, settings that fit the device.

The shape of a case is checked when it is read; here its words are looked up. Every fault is reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..case import Case, Observation, Settings, Zone, check_case
from ..core.errors import CaseError, Fault
from ..core.spelling import closest
from ..core.units import factor
from ..delivery import product_in
from ..device import Device
from ..evidence import Evidence
from ..naming import Name
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
    topicals = list(_topical_faults(case, evidence))
    faults = [
        *name_faults(case, evidence),
        *_source_faults(case, evidence),
        *settings_faults(case, evidence),
        *topicals,
        *(() if topicals else _observation_faults(case, evidence)),
    ]
    if faults:
        raise CaseError(faults)
    return tuple(_plan(case, zone, evidence) for zone in case.zones)


def _plan(case: Case, zone: Zone, evidence: Evidence) -> ZonePlan:
    if not zone.treated:
        return ZonePlan(zone, None, None)
    settings = case.course.settings[zone.key]
    return ZonePlan(zone, device_of(settings.device or case.course.device, evidence), settings)


def _source_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    """Sources that stand in no register: nobody could look up what the case rests on."""
    for number, source in enumerate(case.sources):
        if source not in evidence.sources:
            yield Fault(f"sources.{number}", source, f"is not a source of the evidence{closest(source, evidence.sources)}")


def _topical_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    for number, topical in enumerate(case.course.topicals):
        where = f"course.topicals.{number}.product"
        try:
            product_in(topical, evidence)
        except KeyError as error:
            name = topical.product if isinstance(topical.product, str) else topical.product.name
            yield Fault(where, f"{name}:", str(error.args[0]))


def _observation_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    for number, observation in enumerate(case.observations):
        try:
            name = read_name(observation.quantity, evidence)
        except ValueError as error:
            yield Fault(f"observations.{number}.quantity", repr(observation.quantity), str(error))
            continue
        yield from _detail_faults(f"observations.{number}.quantity", name, case, evidence)
        yield from _unit_faults(f"observations.{number}", observation, evidence.quantities[name.quantity].unit)


def _detail_faults(where: str, name: Name, case: Case, evidence: Evidence) -> Iterator[Fault]:
    """A session or an active that this course does not have: nothing would ever stand beside what was observed."""
    session, active, count = name.detail.session, name.detail.active, len(case.session_days)
    if session is not None and session > count:
        yield Fault(where, repr(name.text), f"is about a session that this course does not have; it has {count}")
    products = [product_in(topical, evidence) for topical in case.course.topicals]
    held = dict.fromkeys(one.solute.name for product in products for one in product.contents)
    if active is not None and active not in held:
        there = f"it has {', '.join(held)}" if held else "it has none that is computed"
        yield Fault(where, repr(name.text), f"is about an active that no product of this course has; {there}")


def _unit_faults(where: str, seen: Observation, unit: str) -> Iterator[Fault]:
    try:
        factor(seen.unit, unit)
    except ValueError:
        yield Fault(f"{where}.unit", repr(seen.unit), f"is not a unit of {seen.quantity}; write it in {unit}")
