"""Everything that is kept of one person, found by one table: what is exported, and what is erased.

Each row says which field leads from a kind of record to the person, or to a record that is found by an earlier row. Earlier
states of records are found the same way, also those of records that were taken out since.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from .models import (
    Addendum,
    AdverseEvent,
    Answer,
    Appointment,
    Concern,
    Consent,
    Consultation,
    Forecast,
    HistoryItem,
    Import,
    ImportLine,
    Invitation,
    Judgement,
    Observation,
    Override,
    Patient,
    Photo,
    Plan,
    Run,
    ScreeningResult,
    Search,
    Session,
    SessionProduct,
    SessionZone,
    Symptom,
    Zone,
)

WAYS: tuple[tuple[type[Model], str, type[Model]], ...] = (
    (HistoryItem, "patient", Patient),
    (Import, "patient", Patient),
    (ImportLine, "brought", Import),
    (Consultation, "patient", Patient),
    (Answer, "consultation", Consultation),
    (Zone, "consultation", Consultation),
    (Concern, "zone", Zone),
    (Judgement, "consultation", Consultation),
    (Override, "consultation", Consultation),
    (ScreeningResult, "consultation", Consultation),
    (Search, "consultation", Consultation),
    (Plan, "patient", Patient),
    (Run, "plan", Plan),
    (Forecast, "plan", Plan),
    (Consent, "patient", Patient),
    (Session, "patient", Patient),
    (SessionZone, "session", Session),
    (SessionProduct, "session", Session),
    (Addendum, "session", Session),
    (Appointment, "patient", Patient),
    (Photo, "patient", Patient),
    (Observation, "patient", Patient),
    (Symptom, "patient", Patient),
    (AdverseEvent, "patient", Patient),
    (Invitation, "patient", Patient),
)
"""Kind of record, the field that leads on, and to what."""


def earlier(kind: type[Model]) -> type[Model] | None:
    """The table of earlier states of a kind; None where there is none."""
    manager = getattr(kind, "versions", None)
    return None if manager is None else manager.model


def found(patient: UUID) -> dict[type[Model], set[Any]]:
    """Kind -> ids of everything of a person, in the order of the table."""
    ids: dict[type[Model], set[Any]] = {Patient: {patient}}
    for kind, field, parent in WAYS:
        ids[kind] = {pk for rows in _rows(kind, field, ids[parent]) for pk in rows}
    return ids


def _rows(kind: type[Model], field: str, parents: set[Any]) -> Iterator[QuerySet[Any, Any]]:
    wanted = {f"{field}_id__in": parents}
    yield kind._default_manager.filter(**wanted).values_list("pk", flat=True)
    states = earlier(kind)
    if states is not None:
        yield states._default_manager.filter(**wanted).values_list("id", flat=True)
