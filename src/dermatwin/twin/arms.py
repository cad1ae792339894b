"""One case with several devices: an arm per device, everything else the same.

How a device is moved belongs to the device (a roller has no strokes, a stamp is not drawn along), so an arm keeps only
what is asked of the skin: needle length, density, whether it is stretched. The technique is left open, and each device
is then used in its own usual way, with the spread of that way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..case import Case, Settings
from ..core.errors import CaseError, Fault
from ..device import Device, find
from ..evidence import Evidence

TECHNIQUE = ("passes", "hand_speed", "frequency", "stroke", "track_spacing", "directions", "force")
"""Settings that belong to a device, and go with it."""


def device_arms(
    case: Case, devices: Sequence[str], evidence: Evidence, needle_length: float | None = None
) -> dict[str, Case]:
    """An arm for every device, under the device's name.

    devices : ids, names or aliases of the catalogue. needle_length : mm, in every zone; None keeps the case's own.
    Raises CaseError with every device that is unknown, named twice, or cannot do the length.
    """
    known = _found(devices, evidence)
    if not case.course.settings:
        raise CaseError([Fault("zones", "", "hold none that is treated; there is nothing to compare")])
    settings = {zone: _left(given, needle_length) for zone, given in case.course.settings.items()}
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
        f"course.settings.{zone}.{name}"
        for zone, given in case.course.settings.items()
        for name in ("device", *TECHNIQUE)
        if getattr(given, name) is not None
    )


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


def _left(given: Settings, needle_length: float | None) -> Settings:
    """What is asked of the skin, without what belongs to a device."""
    nothing = dict.fromkeys(("device", *TECHNIQUE))
    length = given.needle_length if needle_length is None else needle_length
    return given.model_copy(update={**nothing, "needle_length": length})


def _too_long_or_short(device: Device, settings: dict[str, Settings], all_of: Sequence[Device]) -> Iterator[Fault]:
    """One fault for a device that cannot do what is asked, whatever the number of zones."""
    wrong = [
        given.needle_length
        for given in settings.values()
        if not device.min_length <= given.needle_length <= device.max_length
    ]
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
