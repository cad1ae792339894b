"""A candidate: one choice of everything that is searched, and the case that it stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...case import Adjunct, Case, Topical
from ...core.units import factor
from ..build import build, settings_of, with_concerns
from ..depth import gentle
from .space import Space, ZoneSpace


@dataclass(frozen=True)
class Needling:
    """How one zone is needled: needle length [mm] from the second session on, and passes."""

    length: float
    passes: int


@dataclass(frozen=True)
class Candidate:
    """One course; `zones` in the order of the space, None for a zone that is left for later."""

    device: int  # of the space
    count: int  # sessions
    interval: float  # d
    zones: tuple[Needling | None, ...]
    beside: int = 0  # of the space; 0 is nothing

    def with_zone(self, number: int, needling: Needling | None) -> Candidate:
        """The same with one zone needled otherwise."""
        return replace(self, zones=(*self.zones[:number], needling, *self.zones[number + 1 :]))


def case_of(candidate: Candidate, space: Space) -> Case:
    """The case of a candidate: as it would be run, numbing creams of the given case included."""
    chosen = [(zone, needling) for zone, needling in zip(space.zones, candidate.zones, strict=True) if needling is not None]
    zones = [with_concerns(space.case.zone(zone.key), zone.concerns) for zone, _ in chosen]
    settings = {zone.key: _settings(zone, needling, candidate, space) for zone, needling in chosen}
    built = build(
        space.case,
        zones,
        settings,
        space.devices[candidate.device].record,
        candidate.count,
        candidate.interval,
        space.read_at,
        space.evidence,
    )
    return _with_beside(built, space.beside[candidate.beside], [zone.key for zone, _ in chosen])


def last_day(candidate: Candidate) -> float:
    """Day of the last session after the first."""
    return (candidate.count - 1) * candidate.interval


def _settings(zone: ZoneSpace, needling: Needling, candidate: Candidate, space: Space) -> dict[str, Any]:
    """Settings of a zone; where pigment is at risk the first session is shallower, as far as the device goes."""
    first = needling.length
    if zone.at_risk:
        least = space.devices[candidate.device].device.min_length
        first = min(max(gentle(needling.length, zone.low, space.evidence), least), needling.length)
    return settings_of(needling.length, first, needling.passes, candidate.count)


def _with_beside(case: Case, beside: Adjunct | Topical | None, zones: list[str]) -> Case:
    if beside is None:
        return case
    here = beside.model_copy(update={"zones": [z for z in zones if beside.zones is None or z in beside.zones]})
    if not here.zones:
        return case
    course = case.course
    if isinstance(here, Topical):
        kept = here.model_copy(update={"sessions": _within(here.sessions, course.sessions.count or 1)})
        return case.model_copy(update={"course": course.model_copy(update={"topicals": [*course.topicals, kept]})})
    return case.model_copy(update={"course": course.model_copy(update={"adjuncts": [*course.adjuncts, here]})})


def _within(sessions: list[int] | None, count: int) -> list[int] | None:
    return None if sessions is None else [one for one in sessions if one <= count] or None


def weeks(days: float) -> float:
    """Days as weeks."""
    return days * factor("d", "week")
