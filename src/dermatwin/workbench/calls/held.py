"""The case of a plan as it went: the plan's own text, with sessions as they were held, what was observed and noticed.

It is a case like any other: the command line follows the same file (`dermatwin follow`) and finds the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any

import yaml
from django.utils import timezone

from ...case import Case, Sessions, Settings
from ...case.document import Held
from ...case.loading import case_of
from ...core.errors import Fault
from ...device import movements
from ...evidence import words
from ...following.held import as_held
from ...following.seen import seen_in
from ...naming import joined, split
from ...screening import Screening, screen
from ..models import Observation, Plan, Session, SessionZone, Symptom
from .document import read, text_of
from .known import evidence


def case_of_plan(plan: Plan) -> Case:
    """The case that was signed."""
    return case_of_text(plan.case_text)


@lru_cache(maxsize=64)
def case_of_text(text: str) -> Case:
    """A case that was read before is not read again: cases are values."""
    return read(text)


@lru_cache(maxsize=64)
def screened_text(text: str) -> Screening:
    """Screening of a plan's own case, which never changes, by the evidence of this program."""
    return screen(case_of_text(text), evidence())


def planned_settings(case: Case, number: int) -> dict[str, Settings]:
    """Zone -> how it is to be needled in a session, counted from 1."""
    return {
        zone.key: case.course.settings[zone.key].at(number - 1) for zone in case.zones if zone.key in case.course.settings
    }


def as_it_went(plan: Plan, observations: Sequence[Observation] = (), symptoms: Sequence[Symptom] = ()) -> Case:
    """The plan with what really happened; CaseError with every fault.

    A case counts from its first session: where that was on another day, the case begins then; where the first ones were
    missed, the case is the course without them, and what is said of later sessions is counted anew.
    """
    sessions = list(Session.objects.filter(plan=plan).exclude(state="dropped").order_by("number"))
    gone = len(list(takewhile(lambda one: one.state == "missed", sessions)))
    if gone == len(sessions):
        sessions, gone = [], 0
    case = _without_first(case_of_plan(plan), gone)
    start = day_of(sessions[gone]) if sessions else case.course.start
    said: dict[str, Any] = yaml.safe_load(text_of(case))
    said["course"]["start"] = start.isoformat()
    said["held"] = list(_held(sessions[gone:], case, start))
    said["observations"] = [_observation(one, start, gone) for one in observations]
    said["symptoms"] = [_symptom(one, start) for one in symptoms]
    known = evidence()
    return case_of(said, (), words(known), movements(known))


def _without_first(case: Case, gone: int) -> Case:
    """A course without its first sessions, counted from the one after them."""
    if not gone:
        return case
    missed = [Held.model_construct(session=number, missed=True, time=None, settings={}) for number in range(1, gone + 1)]
    rest = as_held(case.model_copy(update={"held": missed})).case
    first = rest.session_days[0]
    days = [day - first for day in rest.session_days]
    start = rest.course.start + timedelta(days=round(first))
    sessions = Sessions.model_construct(count=None, interval=None, days=days)
    return rest.model_copy(update={"course": rest.course.model_copy(update={"start": start, "sessions": sessions})})


def as_held_text(plan: Plan) -> str:
    """The case that is simulated for what was really done: sessions as they were held, as a course of its own."""
    return text_of(as_held(as_it_went(plan)).case)


def _held(sessions: Sequence[Session], case: Case, start: date) -> Iterator[dict[str, Any]]:
    """Sessions that were not as planned: missed, on another day, with other settings."""
    for number, session in enumerate(sessions, start=1):
        if session.state == "missed":
            yield {"session": number, "missed": True}
            continue
        day = (day_of(session) - start).days
        other = {"time": f"{day} d"} if day != round(case.session_days[number - 1]) else {}
        settings = dict(_used(session))
        if other or settings:
            yield {"session": number, **other, **({"settings": settings} if settings else {})}


def day_of(session: Session) -> date:
    """The day on which it was held, or is to be."""
    return timezone.localtime(session.started_at).date() if session.started_at else session.planned_for


def _used(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """Zone -> what differed from the plan."""
    for zone in SessionZone.objects.filter(session=session, deviates=True):
        yield zone.zone, {"needle_length": f"{zone.needle_length_mm:f} mm", "passes": zone.passes, **zone.used}


def _observation(one: Observation, start: date, gone: int) -> dict[str, Any]:
    return {
        "quantity": _counted(one.quantity, gone),
        "zone": one.zone,
        "time": f"{(one.seen_on - start).days} d",
        "value": one.value,
        "unit": one.unit,
        "by": one.read_by,
        **({"confirmed": True} if one.confirmed else {}),
        **({"note": one.note} if one.note else {}),
    }


def _counted(quantity: str, gone: int) -> str:
    """A quantity of a session by its number in a course without its first ones."""
    base, inside = split(quantity)
    return joined(base, str(int(inside) - gone)) if gone and re.fullmatch(r"\d+", inside) else quantity


def _symptom(one: Symptom, start: date) -> dict[str, Any]:
    return {
        "symptom": one.words,
        "time": f"{(one.noticed_on - start).days} d",
        **({"zone": one.zone} if one.zone else {}),
        **({"getting": one.getting} if one.getting else {}),
    }


def faults_of(plan: Plan, observation: Observation) -> tuple[Fault, ...]:
    """What cannot be about an observation, by the twin's own reading; CaseError where the case itself cannot be read."""
    course = as_held(as_it_went(plan, [observation]))
    _, faults = seen_in(course, evidence(), date.today())
    return faults
