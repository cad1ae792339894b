"""A candidate: one choice of everything that is searched, and the case that it stands for."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from ...case import Adjunct, Case, Topical
from ...core.units import factor
from ..build import build, settings_of, with_concerns
from ..depth import gentle
from .space import Held, Space, ZoneSpace


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
    """The case of a candidate: as it would be run, numbing creams of the given case included, sessions held as they were."""
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
    onward = built if space.held is None else _onward(built, candidate, space, space.held)
    return _with_beside(onward, space.beside[candidate.beside], [zone.key for zone, _ in chosen], space.held)


def days_of(candidate: Candidate, space: Space) -> tuple[float, ...]:
    """Days of the sessions after the first [d]; what was held stays where it was, nothing more is done before today."""
    if space.held is None:
        return tuple(number * candidate.interval for number in range(candidate.count))
    done = space.case.session_days[: space.held.sessions]
    first = max(done[-1] + candidate.interval, float(math.ceil(space.held.day)))
    return (*done, *(first + number * candidate.interval for number in range(candidate.count - len(done))))


def so_far(space: Space, held: Held) -> Case:
    """The course under way as if it ended with the sessions that were held."""
    return Case.model_validate(_so_far(space, held))


def _so_far(space: Space, held: Held) -> dict[str, Any]:
    case = space.case
    data = case.model_dump(mode="json")
    data["zones"] = [with_concerns(case.zone(z.key), z.concerns).model_dump(mode="json") for z in space.zones]
    data["observations"], data["symptoms"] = [], []
    data["course"]["sessions"] = {"days": [f"{day:.10g} d" for day in case.session_days[: held.sessions]]}
    settings = {zone.key: case.course.settings[zone.key].model_dump(mode="json", exclude_none=True) for zone in space.zones}
    for one in settings.values():
        early = [{**change, "sessions": [n for n in change["sessions"] if n <= held.sessions]} for change in one["changes"]]
        one["changes"] = [change for change in early if change["sessions"]]
    data["course"]["settings"] = settings
    laid = [_only(one, range(1, held.sessions + 1)) for one in case.course.topicals]
    data["course"]["topicals"] = [one.model_dump(mode="json") for one in laid if one.sessions]
    return data


def _onward(built: Case, candidate: Candidate, space: Space, held: Held) -> Case:
    """The course under way, gone on with: what was held, then settings and products of the candidate."""
    data, days, coming = _so_far(space, held), days_of(candidate, space), range(held.sessions + 1, candidate.count + 1)
    data["title"], data["description"] = built.title, built.description
    data["course"]["sessions"] = {"days": [f"{day:.10g} d" for day in days]}
    for zone, needling in zip(space.zones, candidate.zones, strict=True):
        assert needling is not None  # of a course under way no zone is left for later
        changed = {"sessions": list(coming), "needle_length": f"{needling.length:.10g} mm", "passes": needling.passes}
        data["course"]["settings"][zone.key]["changes"].append(changed)
    laid = [_only(one, coming) for one in built.course.topicals]
    data["course"]["topicals"] += [one.model_dump(mode="json") for one in laid if one.sessions]
    data["horizon"] = f"{max(space.case.horizon, days[-1] + space.read_at * factor('week', 'd')):.10g} d"
    return Case.model_validate(data)


def _only(topical: Topical, sessions: range) -> Topical:
    """A product in those of its sessions alone."""
    return topical.model_copy(
        update={"sessions": [n for n in sessions if topical.sessions is None or n in topical.sessions]}
    )


def _settings(zone: ZoneSpace, needling: Needling, candidate: Candidate, space: Space) -> dict[str, Any]:
    """Settings of a zone; where pigment is at risk the first session is shallower, as far as the device goes."""
    first = needling.length
    if zone.at_risk:
        least = space.devices[candidate.device].device.min_length
        first = min(max(gentle(needling.length, zone.low, space.evidence), least), needling.length)
    return settings_of(needling.length, first, needling.passes, candidate.count)


def _with_beside(case: Case, beside: Adjunct | Topical | None, zones: list[str], held: Held | None) -> Case:
    if beside is None:
        return case
    here = beside.model_copy(update={"zones": [z for z in zones if beside.zones is None or z in beside.zones]})
    if not here.zones:
        return case
    course = case.course
    if isinstance(here, Topical):
        kept = here.model_copy(update={"sessions": _within(here.sessions, len(case.session_days))})
        kept = kept if held is None else _only(kept, range(held.sessions + 1, len(case.session_days) + 1))
        return case.model_copy(update={"course": course.model_copy(update={"topicals": [*course.topicals, kept]})})
    return case.model_copy(update={"course": course.model_copy(update={"adjuncts": [*course.adjuncts, here]})})


def _within(sessions: list[int] | None, count: int) -> list[int] | None:
    return None if sessions is None else [one for one in sessions if one <= count] or None


def weeks(days: float) -> float:
    """Days as weeks."""
    return days * factor("d", "week")
