"""Chapter 1: the course with real dates, and what is put on the skin around each session."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from .. import words
from ..figures import timeline
from . import lookup

if TYPE_CHECKING:
    from ...case import Settings, Topical
    from ...case.document import Adjunct
    from ...device import Device
    from ...twin import Run, ZoneRun

MINUTES_BEFORE, MINUTES_AFTER = 60.0, 120.0
MINUTE_STEPS = (15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 720.0, 1440.0)


@dataclass(frozen=True)
class Dated:
    """A session or a reading with its date."""

    label: str
    date: str
    kind: str


@dataclass(frozen=True)
class Setting:
    """What is done in one zone."""

    zone: str
    area: str
    concerns: str
    device: str
    length: str
    passes: str


@dataclass(frozen=True)
class Product:
    """One product around a session."""

    name: str
    note: str
    when: str
    row: Markup


@dataclass(frozen=True)
class Course:
    """What the chapter shows."""

    timeline: Markup
    dates: list[Dated]
    settings: list[Setting]
    products: list[Product]
    axis: Markup
    adjuncts: list[str]
    aftercare: list[str]
    sentences: list[str]


def course(run: Run) -> Course:
    """Dates, line of time, settings per zone, products around a session, aftercare."""
    events, planned = _events(run), run.case.course
    low, high = _window(run)
    return Course(
        timeline.draw(events, planned.start, run.case.horizon, "Treatment sessions and read-outs by date"),
        [Dated(e.label, words.day(lookup.dated(run, e.day)), e.kind) for e in events],
        [row for zone in run.zones for row in _settings(zone, len(run.case.session_days))],
        [_product(run, topical, low, high) for topical in planned.topicals],
        timeline.minutes_axis(low, high, _minute_ticks(low, high)),
        [_adjunct(a) for a in planned.adjuncts],
        _aftercare(run),
        _sentences(run),
    )


def _events(run: Run) -> list[timeline.Event]:
    days = lookup.session_days(run)
    sessions = [
        timeline.Event(day, f"Session {number}", words.day(lookup.dated(run, day), year=False), "session")
        for number, day in enumerate(days, start=1)
    ]
    return sessions + [
        timeline.Event(day, f"{words.lapse(day - days[-1])} after", words.day(lookup.dated(run, day), year=False), "reading")
        for day in readout_days(run)
    ]


def readout_days(run: Run) -> list[float]:
    """Days on which results are read: the times of the outcome after the last session, within the horizon."""
    last = lookup.session_days(run)[-1]
    found = {
        e.time_days
        for e in run.endpoints
        if e.time_days is not None and e.time_days > last + 6.0 and run.evidence.quantities[e.quantity].stage == "outcome"
    }
    return sorted(day for day in found if (day - last) % 7 == 0.0)


def _settings(zone: ZoneRun, count: int) -> list[Setting]:
    """A row for a zone; one for every group of sessions with the same settings where they differ."""
    name, area = lookup.zone_name(zone), words.given(zone.zone.area, "cm^2")
    concerns = words.listing([words.name(c.concern) for c in zone.zone.concerns]) or words.NOTHING
    if zone.settings is None or zone.device is None:
        return [Setting(name, area, concerns, "not needled", words.NOTHING, words.NOTHING)]
    device = _device(zone.device)
    return [
        Setting(f"{name}{when}", area, concerns, device, words.given(same.needle_length, "mm"), _movement(same))
        for same, when in _by_session(zone.settings, count)
    ]


def _by_session(settings: Settings, count: int) -> Iterator[tuple[Settings, str]]:
    """Settings that differ, each with its sessions in words; those words are empty where all sessions are alike."""
    found: list[tuple[Settings, list[str]]] = []
    for session in range(count):
        same = settings.at(session)
        numbers = next((known for other, known in found if other == same), None)
        if numbers is None:
            found.append((same, numbers := []))
        numbers.append(str(session + 1))
    for same, numbers in found:
        several = "session" if len(numbers) == 1 else "sessions"
        yield same, "" if len(found) == 1 else f", {several} {words.listing(numbers)}"


def _device(device: Device) -> str:
    """A device with its number of needles, unless its name says it."""
    count = str(device.needle_count)
    return device.name if count in device.name else f"{device.name} ({words.count(device.needle_count, 'needle')})"


def _movement(settings: Settings) -> str:
    """How the device is moved, as far as the case says."""
    said = []
    if settings.passes is not None:
        said.append(words.count(settings.passes, "pass", "passes"))
    for value, unit in (
        (settings.hand_speed, "mm/s"),
        (settings.frequency, "Hz"),
        (settings.force, "N"),
        (settings.density, "1/cm^2"),
    ):
        if value is not None:
            said.append(words.given(value, unit))
    return ", ".join(said) or "as the device does by default"


def _window(run: Run) -> tuple[float, float]:
    """Minutes before and after the needling that hold every product."""
    starts = [60.0 * t.apply for t in run.case.course.topicals]
    ends = [60.0 * t.remove for t in run.case.course.topicals if t.remove is not None]
    stay = any(t.remove is None for t in run.case.course.topicals)
    low = min([-MINUTES_BEFORE / 2.0, *starts])
    return low - 5.0, max([MINUTES_AFTER / 4.0 if not stay else MINUTES_AFTER / 2.0, *starts, *ends]) + 5.0


def _minute_ticks(low: float, high: float) -> list[float]:
    step = next((s for s in MINUTE_STEPS if (high - low) / s <= 5), MINUTE_STEPS[-1])
    first = -int(-low // step) * step
    count = int((high - first) // step) + 1
    return [first + step * i for i in range(count)]


def _product(run: Run, topical: Topical, low: float, high: float) -> Product:
    product = topical.product if isinstance(topical.product, str) else topical.product.name
    begin, end = 60.0 * topical.apply, None if topical.remove is None else 60.0 * topical.remove
    said = [words.given(topical.dose, "mg/cm^2")]
    said += ["under a cover"] if topical.occluded else []
    said += [f"on {words.listing([words.name(z) for z in topical.zones])}"] if topical.zones else []
    said += [f"in session {words.listing([str(s) for s in topical.sessions])}"] if topical.sessions else []
    when = f"{_moment(begin)}, " + ("stays on" if end is None else f"off {_moment(end)}")
    row = timeline.around_session(timeline.Bar(begin, end), low, high, f"{product}: {when}")
    return Product(lookup.product_name(run, product), ", ".join(said), when, row)


def _moment(minutes: float) -> str:
    if abs(minutes) < 0.5:
        return "at the needling"
    return f"{words.lapse(abs(minutes) / 1440.0)} {'before' if minutes < 0 else 'after'}"


def _adjunct(adjunct: Adjunct) -> str:
    where = f" on {words.listing([words.name(z) for z in adjunct.zones])}" if adjunct.zones else ""
    return words.title(adjunct.adjunct) + where + (f": {adjunct.detail}" if adjunct.detail else "")


def _aftercare(run: Run) -> list[str]:
    care = run.case.course.aftercare
    said = [
        f"Covered for {words.lapse(care.occlusion / 24.0)} after each session"
        if care.occlusion
        else "Left uncovered after each session"
    ]
    return [*said, "Sun protection for the whole course" if care.sun_protection else "No sun protection is planned"]


def _sentences(run: Run) -> list[str]:
    days, course_ = lookup.session_days(run), run.case.course
    first, last = words.day(course_.start), words.day(lookup.dated(run, days[-1]))
    said = [
        f"One session on {first}."
        if len(days) == 1
        else f"{words.count(len(days), 'session').capitalize()}, from {first} to {last}."
    ]
    readings = [day for day in readout_days(run) if day <= run.case.horizon]
    if readings and run.case.patient.species == "human":
        weeks = words.listing([str(round((day - days[-1]) / 7)) for day in readings])
        said.append(f"Results are read {weeks} weeks after the last session.")
    return said
