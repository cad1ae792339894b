"""What may be chosen: the plan's own fences, cut to what the clinic has and the person accepts.

Needle lengths lie between the least that still counts as a course for the concern and what custom, zone, label, pigment and
the thickness of this skin allow; sessions and intervals where the trials' ranges of all zones meet, intervals not below what
the screening asks for; passes within the customary range of the kind of device. Nothing outside is ever looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...case import Adjunct, Case, CustomDevice, Topical
from ...core.errors import CaseError, Fault
from ...core.units import factor
from ...delivery import product_in
from ...device import Device
from ...evidence import Evidence
from ...evidence.rows.outcome import ConcernRow
from ...screening import rule_book, screen
from ...screening.known import device_of
from ...screening.pace import pigment_risks
from ..build import passes
from ..course import default_courses
from ..merge import common, groups, shallow
from ..plan import Plan
from ..proposal import Proposal
from ..thickness import bearable

LENGTHS, INTERVALS, PASSES = 5, 4, 3  # numerical: choices of a range that are looked at
ROOM = 1e-9


@dataclass(frozen=True)
class Owned:
    """A device of the clinic, as a case writes it, with what it can be set to in each zone."""

    record: Any
    device: Device
    lengths: tuple[tuple[float, ...], ...]  # mm, ascending, by zone of the space; empty where it does not do
    passes: tuple[int, ...]


@dataclass(frozen=True)
class ZoneSpace:
    """One zone: what bothers here and may be treated together, and how deep that is done."""

    key: str
    concerns: tuple[str, ...]
    kinds: tuple[str, ...]  # of devices with which trials treated the concern that leads
    low: float  # mm, the least that still counts as the course
    high: float  # mm, the most that zone and custom allow
    read_at: dict[str, int]  # concern that gets a number -> weeks after the last session
    at_risk: bool  # of pigment
    depth_sources: tuple[str, ...]


@dataclass(frozen=True)
class Held:
    """What was done of a course under way: it stays as it was, and what is searched comes after it."""

    sessions: int  # the first ones of the case's course, at least one
    day: float  # d after the first of them, before which nothing more is done


@dataclass(frozen=True)
class Space:
    """All that may be chosen for one person."""

    case: Case
    evidence: Evidence
    plan: Plan
    zones: tuple[ZoneSpace, ...]
    devices: tuple[Owned, ...]
    counts: tuple[int, ...]
    intervals: tuple[float, ...]  # d
    beside: tuple[Adjunct | Topical | None, ...]
    notes: tuple[str, ...] = ()
    held: Held | None = None

    @property
    def done(self) -> int:
        """Sessions that were held."""
        return 0 if self.held is None else self.held.sessions

    @property
    def can_wait(self) -> bool:
        """Whether a zone may be left for later: of several, where nothing was done yet."""
        return len(self.zones) > 1 and self.held is None

    @property
    def read_at(self) -> int:
        """Weeks after the last session at which the last result is read."""
        return max((week for zone in self.zones for week in zone.read_at.values()), default=0)

    @property
    def size(self) -> int:
        """Number of courses that it holds, zones left for later included."""
        shared = len(self.counts) * len(self.intervals) * len(self.beside)
        later = 1 if self.can_wait else 0
        return shared * sum(
            math.prod(len(lengths) * len(own.passes) + later for lengths in own.lengths) for own in self.devices
        )


def space_of(case: Case, plan: Plan, evidence: Evidence, held: Held | None = None) -> Space | None:
    """The space of a plan; None where the plan proposes nothing. CaseError for a cabinet that nobody can read.

    A course that is under way goes on with its device in the zones that it has: its sessions count among those of trials.
    """
    _require_readable(case, evidence)
    together = [one for one in groups(plan.proposals, evidence) if held is None or one[0].zone in case.course.settings]
    if plan.case is None or not together:
        return None
    leads = [group[0] for group in together]
    risks = screen(case, evidence).findings
    zones = tuple(
        _zone(group, bool(pigment_risks(risks, group[0].zone, rule_book(evidence))), evidence) for group in together
    )
    devices, notes = _devices(case, plan, zones, evidence, under_way=held is not None)
    counts, more = _counts(case, leads, 0 if held is None else held.sessions)
    beside = _beside(case, under_way=held is not None)
    if not devices or not counts:
        return None
    return Space(case, evidence, plan, zones, devices, counts, _intervals(leads), beside, (*notes, *more), held)


def _zone(group: tuple[Proposal, ...], at_risk: bool, evidence: Evidence) -> ZoneSpace:
    lead, courses = group[0], default_courses(evidence)
    numbered = {row.concern for row in evidence.rows(ConcernRow) if row.answer == "number"}
    assert lead.depth_range is not None  # a course has one
    low, high = lead.depth_range
    return ZoneSpace(
        lead.zone,
        tuple(one.concern for one in group),
        courses[lead.concern].device_kinds,
        low,
        min([high, *shallow(group, evidence)]),
        {one.concern: max(one.read_at, default=0) for one in group if one.concern in numbered},
        at_risk,
        courses[lead.concern].sources,
    )


def _devices(
    case: Case, plan: Plan, zones: Sequence[ZoneSpace], evidence: Evidence, *, under_way: bool
) -> tuple[tuple[Owned, ...], tuple[str, ...]]:
    """What of the cabinet does for every zone; the plan's own device stands first, that of a course under way alone."""
    assert plan.case is not None
    given: list[str | CustomDevice] = [plan.case.course.device, *(case.cabinet.devices if case.cabinet else ())]
    if under_way:
        given = [case.course.device]
    found, notes, seen = list[Owned](), list[str](), set[str]()
    for one in given:
        device = device_of(one, evidence)
        if device.id in seen:
            continue
        seen.add(device.id)
        why = "" if not found else _unfit(device, case, zones)
        lengths = tuple(_lengths(device, zone, case, plan.case, evidence) for zone in zones)
        if why or not all(lengths):
            notes.append(f"{device.name}: left out, {why or 'it does not set a length that every zone needs'}")
            continue
        record = one if isinstance(one, str) else one.model_dump(mode="json", exclude_none=True)
        found.append(Owned(record, device, lengths, _passes(device, evidence)))
    return tuple(found), tuple(notes)


def _unfit(device: Device, case: Case, zones: Sequence[ZoneSpace]) -> str:
    """Why a device is left out; '' where it is not."""
    if device.phototypes and case.patient.phototype not in device.phototypes:
        return f"phototype {case.patient.phototype} is not on its label"
    strange = next((zone for zone in zones if device.kind.name not in zone.kinds), None)
    return f"trials of {strange.concerns[0]} used {' or '.join(strange.kinds)}" if strange else ""


def _lengths(device: Device, zone: ZoneSpace, case: Case, default: Case, evidence: Evidence) -> tuple[float, ...]:
    """Needle lengths to choose from, in whole steps of a dial; the plan's own among them where the device sets it."""
    least = max(zone.low, device.min_length)
    most = min(zone.high, device.max_length, device.labelled_max_length or math.inf)
    if most < least - ROOM:
        return ()
    most = bearable(device, most, least, case.zone(zone.key), case.patient, evidence).length
    if device.min_length == device.max_length:
        return (device.max_length,)
    own = default.course.settings[zone.key].needle_length
    spaced = _spaced(least, most, LENGTHS, evidence.value("depth_step", "mm"))
    return tuple(sorted({*spaced, *([own] if least <= own <= most else [])}))


def _spaced(low: float, high: float, count: int, step: float) -> Iterator[float]:
    """At most `count` values from low to high, in whole steps."""
    number = max(1, min(count, round((high - low) / step) + 1))
    for place in range(number):
        exact = high if number == 1 else low + (high - low) * place / (number - 1)
        yield min(max(round(round(exact / step) * step, 10), low), high)


def _passes(device: Device, evidence: Evidence) -> tuple[int, ...]:
    """Passes to choose from: the customary number and the ends of its range."""
    usual = evidence.parameters[f"planned_passes[{device.kind.parameters}]"]
    ends = [usual.low, usual.high]
    return tuple(sorted({passes(device.kind, evidence), *(int(end) for end in ends if end is not None)}))[:PASSES]


def _counts(case: Case, leads: Sequence[Proposal], done: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Numbers of sessions within the trials' ranges and what the person comes to; more than those done, else none."""
    low, high = (int(end) for end in common(leads, "sessions_range"))
    most = high if case.accepts is None or case.accepts.sessions is None else min(high, case.accepts.sessions)
    if done:
        return tuple(range(max(low, done + 1), most + 1)) or ((most,) if most > done else ()), ()
    if most >= low:
        return tuple(range(low, most + 1)), ()
    return (most,), (f"trials had {low}-{high} sessions, the person comes to {most}: expect less than trials report",)


def _intervals(leads: Sequence[Proposal]) -> tuple[float, ...]:
    """Intervals [d] in whole weeks, the plan's own among them."""
    week = factor("week", "d")
    low, high = common(leads, "interval_range")
    own = min(max(max(lead.interval or 0.0 for lead in leads), low), high)
    return tuple(sorted({own, *_spaced(low, high, INTERVALS, week)}))


def _beside(case: Case, *, under_way: bool) -> tuple[Adjunct | Topical | None, ...]:
    """What may go beside the needling; an adjunct is of a whole course, so that none begins in the middle of one."""
    if case.cabinet is None:
        return (None,)
    return (None, *(() if under_way else case.cabinet.adjuncts), *case.cabinet.topicals)


def _require_readable(case: Case, evidence: Evidence) -> None:
    faults: list[Fault] = []
    for number, topical in enumerate(case.cabinet.topicals if case.cabinet else ()):
        try:
            product_in(topical, evidence)
        except KeyError as error:
            faults.append(Fault(f"cabinet.topicals.{number}.product", "", str(error.args[0])))
    if faults:
        raise CaseError(faults)
