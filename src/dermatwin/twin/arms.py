"""One case with several devices: an arm per device, everything else the same.

How a device is moved belongs to the device (a roller has no strokes, a stamp is not drawn along), so an arm keeps only
what is asked of the skin: needle length, density, whether it is stretched. The technique is left open, and each device
is then used in its own usual way, with the spread of that way. Usual ways differ several times over in their density of
punctures; who wants to compare needles and not habits gives one density for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..case import Case, Settings, SettingsChange
from ..core.errors import CaseError, Fault
from ..device import Device, find
from ..evidence import Evidence

TECHNIQUE = ("passes", "hand_speed", "frequency", "stroke", "track_spacing", "directions", "force")
"""Settings that belong to a device, and go with it."""


def device_arms(
    case: Case, devices: Sequence[str], evidence: Evidence, needle_length: float | None = None, density: float | None = None
) -> dict[str, Case]:
    """An arm for every device, under the device's name.

    devices : ids, names or aliases of the catalogue. needle_length : mm, density : punctures per cm2, in every zone and
    session; None keeps the case's own.
    Raises CaseError with every device that is unknown, named twice, or cannot do the length.
    """
    known = _found(devices, evidence)
    if not case.course.settings:
        raise CaseError([Fault("zones", "", "hold none that is treated; there is nothing to compare")])
    settings = {zone: _left(given, needle_length, density) for zone, given in case.course.settings.items()}
    faults = [fault for device in known for fault in _too_long_or_short(device, settings, known)]
    if faults:
        raise CaseError(faults)
    return {
        device.name: case.model_copy(
            update={"course": case.course.model_copy(update={"device": device.id, "settings": settings})}
        )
        for device in known
    }


def left_out(case: Case) -> tuple[str, ...]:
    """Paths of what a case says of technique or of single zones' devices, which `device_arms` leaves out."""
    return tuple(
        f"{where}.{name}"
        for zone, settings in case.course.settings.items()
        for where, given in _stated(f"course.settings.{zone}", settings)
        for name in ("device", *TECHNIQUE)
        if getattr(given, name, None) is not None
    )


def _stated(where: str, settings: Settings) -> Iterator[tuple[str, Settings | SettingsChange]]:
    """Settings of a zone and what changes them, each with its place."""
    yield where, settings
    yield from ((f"{where}.changes.{number}", change) for number, change in enumerate(settings.changes))


def _found(devices: Sequence[str], evidence: Evidence) -> list[Device]:
    found: list[Device] = []
    faults: list[Fault] = []
    for text in devices:
        try:
            device = find(text, evidence)
        except KeyError as error:
            faults.append(Fault("--device", "", str(error.args[0])))
            continue
        if device in found:
            faults.append(Fault("--device", text, f"is {device.name}, which is named already"))
        found.append(device)
    if faults:
        raise CaseError(faults)
    return found


def _left(given: Settings, needle_length: float | None, density: float | None) -> Settings:
    """What is asked of the skin, without what belongs to a device."""
    nothing = dict.fromkeys(("device", *TECHNIQUE))
    for_all = {name: value for name, value in (("needle_length", needle_length), ("density", density)) if value is not None}
    changes = [kept for change in given.changes if (kept := _kept(change, tuple(for_all))).stated]
    return given.model_copy(update={**nothing, **for_all, "changes": changes})


def _kept(change: SettingsChange, for_all: tuple[str, ...]) -> SettingsChange:
    """What a session changes of what is asked of the skin; not what is given for all."""
    return change.model_copy(update=dict.fromkeys((*TECHNIQUE, *for_all)))


def _too_long_or_short(device: Device, settings: dict[str, Settings], all_of: Sequence[Device]) -> Iterator[Fault]:
    """One fault for a device that cannot do what is asked, whatever the number of zones."""
    stated = (given.needle_length for zone in settings.values() for _, given in _stated("", zone))
    wrong = [length for length in stated if length is not None and not device.min_length <= length <= device.max_length]
    if wrong:
        lengths = " and ".join(f"{length:g}" for length in dict.fromkeys(wrong))
        reach = _range(device.min_length, device.max_length)
        yield Fault(
            f"--device {device.id}", f"{lengths} mm", f"is outside the range of {device.name}, {reach}; {_advice(all_of)}"
        )


def _advice(devices: Sequence[Device]) -> str:
    """A needle length that all devices can do, if there is one."""
    low, high = max(device.min_length for device in devices), min(device.max_length for device in devices)
    if low > high:
        return "no needle length suits all of these devices; compare others"
    return f"name a needle length that all of these devices can do with --needle-length, {_range(low, high)}"


def _range(low: float, high: float) -> str:
    return f"{low:g} mm" if low == high else f"{low:g}-{high:g} mm"
