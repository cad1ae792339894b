"""The names of a case against the catalogues: concerns, sites, scales, devices and what they can be set to.

Every verb begins here: what nobody knows, or what no device can do, is a fault of the case and never a silent default.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..case import Case, CustomDevice, Settings, SettingsChange, Zone, unknown_concerns, unknown_kinds
from ..core.errors import CaseError, Fault
from ..device import Device, describe, movements
from ..device import find as find_device
from ..evidence import Evidence, words
from ..evidence.rows.outcome import ConcernRow, ScaleRow
from ..history import facts, judgement_faults, kinds_in, reply_faults
from ..skin import find_site

_BURNS = "is radiofrequency needling, of which there is no model; physicians' hands, and nothing here plans it"


def require_names(case: Case, evidence: Evidence) -> None:
    """CaseError with every fault of the names of a case; it may be incomplete, as before a plan."""
    require_kinds(case, evidence)
    faults = list(name_faults(case, evidence))
    if faults:
        raise CaseError(faults)


def require_kinds(case: Case, evidence: Evidence) -> None:
    """CaseError where a case describes a device of a kind that nobody knows: nothing else of it can be looked up."""
    faults = list(unknown_kinds(case, movements(evidence)))
    if faults:
        raise CaseError(faults)


def name_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    """Concerns, sites, scales, grades, devices and questions that do not exist, and judgements of what is not there."""
    yield from _concern_faults(case, evidence)
    yield from _zone_faults(case, evidence)
    yield from _device_faults(case, evidence)
    yield from _history_faults(case, evidence)


def _history_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    """What is wrong with the answers of the anamnesis; where nothing is, with the judgements of the history."""
    faults = list(reply_faults(case.patient, evidence))
    yield from faults
    if case.judgements and not faults:
        yield from judgement_faults(facts(case.patient, case.course, evidence), case.judgements, evidence)


def device_of(given: str | CustomDevice, evidence: Evidence) -> Device:
    """The device behind a name or a description."""
    return find_device(given, evidence) if isinstance(given, str) else describe(given, evidence)


def _concern_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    """Concerns that the evidence does not know; it is not asked for a case that names none."""
    if any(zone.concerns for zone in case.zones):
        yield from unknown_concerns(case, tuple(row.concern for row in evidence.rows(ConcernRow)))


def _zone_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    for zone in case.zones:
        try:
            find_site(zone.zone, case.patient.species, evidence)
        except KeyError as error:
            yield Fault(f"zones.{zone.key}.zone", "", str(error.args[0]))
        yield from _scale_faults(zone, evidence)


def _scale_faults(zone: Zone, evidence: Evidence) -> Iterator[Fault]:
    for number, concern in enumerate(zone.concerns):
        where = f"zones.{zone.key}.concerns.{number}"
        known = {row.id: row for row in evidence.rows(ScaleRow)}
        scale = known.get(concern.scale or words(evidence).usual.get(concern.concern, ""))
        if scale is None and concern.scale is not None:
            yield Fault(f"{where}.scale", repr(concern.scale), f"is not a scale; one of {', '.join(sorted(known))}")
        elif scale is not None and concern.severity is not None:
            yield from _severity_faults(f"{where}.severity", concern.severity, scale)


def _severity_faults(where: str, severity: float, scale: ScaleRow) -> Iterator[Fault]:
    below = scale.low is not None and severity < scale.low
    if below or (scale.high is not None and severity > scale.high):
        low, high = ("" if end is None else f"{end:g}" for end in (scale.low, scale.high))
        yield Fault(where, f"{severity:g}", f"is outside the scale {scale.id}, {low}-{high}")


def _device_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    course = case.course
    places = [("course.device", course.device)]
    places += [(f"course.settings.{key}.device", s.device) for key, s in course.settings.items() if s.device is not None]
    places += [(f"cabinet.devices.{n}", given) for n, given in enumerate(case.cabinet.devices if case.cabinet else ())]
    for where, given in places:
        try:
            device_of(given, evidence)
        except KeyError as error:
            burns = isinstance(given, str) and "radiofrequency" in kinds_in(given, evidence)
            yield Fault(where, "", f"{given!r} {_BURNS}" if burns else str(error.args[0]))
        except ValueError as error:
            yield Fault(where, "", str(error))


def settings_faults(case: Case, evidence: Evidence) -> Iterator[Fault]:
    """Settings that the device of a zone does not have; screening says the same of a length, as a stop."""
    for key, settings in case.course.settings.items():
        given = settings.device if settings.device is not None else case.course.device
        try:
            yield from _settings_faults(f"course.settings.{key}", settings, device_of(given, evidence))
            for number, change in enumerate(settings.changes):
                where = f"course.settings.{key}.changes.{number}"
                yield from _settings_faults(where, change, device_of(given, evidence))
        except (KeyError, ValueError):
            continue  # told by `name_faults`


def _settings_faults(where: str, settings: Settings | SettingsChange, device: Device) -> Iterator[Fault]:
    length = settings.needle_length
    if length is not None and not device.min_length <= length <= device.max_length:
        yield Fault(
            f"{where}.needle_length",
            f"{length:g} mm",
            f"is outside the range of {device.name}, {device.min_length:g}-{device.max_length:g} mm",
        )
    if not device.motorised and settings.frequency is not None:
        yield Fault(
            f"{where}.frequency", f"{settings.frequency:g} Hz", f"does not apply: {device.name} is a {device.kind.label}"
        )
    top = device.max_frequency
    if top is not None and settings.frequency is not None and settings.frequency > top:
        yield Fault(f"{where}.frequency", f"{settings.frequency:g} Hz", f"is above what {device.name} reaches, {top:g} Hz")
