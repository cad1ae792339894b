"""Everything that happened to a person, newest first, one page at a time: it does not slow with their history.

Only ids and days of all kinds are put together by the database; what a page shows is read for that page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, Model, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse

from ..models import AdverseEvent, Appointment, Consent, Consultation, Observation, Patient, Photo, Plan, Session, Symptom


@dataclass(frozen=True)
class Kind:
    """A kind of event: where it is kept, which day it belongs to, and its page."""

    name: str
    model: type[Model]
    day: str
    page: str = ""


KINDS = (
    Kind("consultation", Consultation, "day", "consultation"),
    Kind("plan", Plan, "made_at", "plan"),
    Kind("session", Session, "planned_for", "session"),
    Kind("consent", Consent, "given_at", "consent"),
    Kind("photograph", Photo, "taken_at", "photo"),
    Kind("observation", Observation, "seen_on"),
    Kind("symptom", Symptom, "noticed_on"),
    Kind("incident", AdverseEvent, "noticed_on", "incident"),
    Kind("appointment", Appointment, "at", "appointment_edit"),
)
_BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    kind: str
    day: date
    text: str
    address: str
    record: Any


class Timeline:
    """A list that is long and read in pages."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        first, *more = (_ids(kind, patient) for kind in KINDS)
        self.rows = first.union(*more, all=True).order_by("-when", "id_text")

    def count(self) -> int:
        """How many events there are."""
        return self.rows.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[Event]:
        """One page of them."""
        return list(self._events([(str(row["event"]), UUID(str(row["id_text"]))) for row in self.rows[part]]))

    def _events(self, wanted: Sequence[tuple[str, UUID]]) -> Iterator[Event]:
        found: dict[UUID, Any] = {}
        for kind in KINDS:
            ids = [pk for name, pk in wanted if name == kind.name]
            found |= kind.model._default_manager.in_bulk(ids) if ids else {}
        for name, pk in wanted:
            yield _event(_BY_NAME[name], found[pk], self.patient)


def timeline(patient: Patient) -> Any:
    """Everything that happened to a person, for a paginator."""
    return Timeline(patient)


def _ids(kind: Kind, patient: Patient) -> QuerySet[Any, dict[str, Any]]:
    rows = kind.model._default_manager.filter(patient=patient).order_by()
    return rows.annotate(
        event=Value(kind.name, output_field=CharField()),
        when=Cast(kind.day, CharField(max_length=32)),  # as text, days and moments sort alike
        id_text=Cast("id", CharField(max_length=36)),
    ).values("event", "when", "id_text")


def _event(kind: Kind, record: Any, patient: Patient) -> Event:
    day = getattr(record, kind.day)
    day = day.date() if isinstance(day, datetime) else day
    return Event(kind.name, day, str(record), reverse(kind.page, args=[patient.pk, record.pk]) if kind.page else "", record)
