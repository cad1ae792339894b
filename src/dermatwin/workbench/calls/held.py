"""The case of a plan as it went: the plan's own text, with sessions as they were held, what was observed and noticed.

It is a case like any other: the command line follows the same file (`dermatwin follow`) and finds the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import yaml
from django.utils import timezone

from ...case import Case, Settings
from ...case.loading import case_of
from ...core.errors import Fault
from ...device import movements
from ...evidence import words
from ...following.held import as_held
from ...following.seen import seen_in
from ..models import Observation, Plan, Session, SessionZone, Symptom
from .document import read, text_of
from .known import evidence


def case_of_plan(plan: Plan) -> Case:
    """The case that was signed."""
    return read(plan.case_text)


def planned_settings(case: Case, number: int) -> dict[str, Settings]:
    """Zone -> how it is to be needled in a session, counted from 1."""
    return {
        zone.key: case.course.settings[zone.key].at(number - 1) for zone in case.zones if zone.key in case.course.settings
    }


def as_it_went(plan: Plan, observations: Sequence[Observation] = (), symptoms: Sequence[Symptom] = ()) -> Case:
    """The plan with what really happened; CaseError with every fault."""
    case = case_of_plan(plan)
    said: dict[str, Any] = yaml.safe_load(text_of(case))
    start = case.course.start
    said["held"] = list(_held(plan, case))
    said["observations"] = [_observation(one, start) for one in observations]
    said["symptoms"] = [_symptom(one, start) for one in symptoms]
    known = evidence()
    return case_of(said, (), words(known), movements(known))


def as_held_text(plan: Plan) -> str:
    """The case that is simulated for what was really done: sessions as they were held, as a course of its own."""
    return text_of(as_held(as_it_went(plan)).case)


def _held(plan: Plan, case: Case) -> Iterator[dict[str, Any]]:
    """Sessions that were not as planned: missed, on another day, with other settings."""
    for session in Session.objects.filter(plan=plan).exclude(state="dropped").order_by("number"):
        if session.state == "missed":
            yield {"session": session.number, "missed": True}
            continue
        day = (day_of(session) - case.course.start).days
        other = {"time": f"{day} d"} if day != round(case.session_days[session.number - 1]) else {}
        settings = dict(_used(session))
        if other or settings:
            yield {"session": session.number, **other, **({"settings": settings} if settings else {})}


def day_of(session: Session) -> date:
    """The day on which it was held, or is to be."""
    return timezone.localtime(session.started_at).date() if session.started_at else session.planned_for


def _used(session: Session) -> Iterator[tuple[str, dict[str, Any]]]:
    """Zone -> what differed from the plan."""
    for zone in SessionZone.objects.filter(session=session, deviates=True):
        yield zone.zone, {"needle_length": f"{zone.needle_length_mm:f} mm", "passes": zone.passes, **zone.used}


def _observation(one: Observation, start: date) -> dict[str, Any]:
    return {
        "quantity": one.quantity,
        "zone": one.zone,
        "time": f"{(one.seen_on - start).days} d",
        "value": one.value,
        "unit": one.unit,
        "by": one.read_by,
        **({"confirmed": True} if one.confirmed else {}),
        **({"note": one.note} if one.note else {}),
    }


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
