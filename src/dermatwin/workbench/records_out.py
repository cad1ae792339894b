"""A person's course as one bundle of FHIR R4: history as confirmed today, plan, sessions with lots, consents, forecast.

    bundle_of_patient(patient) -> bytes      for whoever packs files; the page and its right are `pages/records_out.py`

What is told is the standing signed plan, else the newest plan, else the consultation alone. Lines that nobody has
confirmed are not told: they count for nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils import timezone

from ..case import Case
from ..case.loading import case_of
from ..core.errors import CaseError, Fault
from ..device import movements
from ..evidence import words
from ..exchange.fhir import ConsentGiven, Lot, SessionDone, Told, bundle_of
from ..screening import screen
from .calls import results
from .calls.document import case_for, person, read
from .calls.known import evidence
from .models import Consent, Consultation, Patient, Plan, Run, Session, SessionProduct, SessionZone

_STATES = {"done": "completed", "missed": "not-done", "planned": "preparation", "under_way": "preparation"}


def bundle_of_patient(patient: Patient, made: datetime | None = None) -> bytes:
    """The bundle of a person as UTF-8 JSON; CaseError where nothing was begun yet. `made`: the instant that it states."""
    plan = _plan(patient)
    case = _case(patient, plan)
    known = evidence()
    told = Told(
        case,
        known,
        screen(case, known),
        _summary(plan),
        tuple(_sessions(plan)),
        tuple(_consents(patient)),
        str(patient.pk),
        bool(plan and plan.signed),
        made or timezone.now(),
    )
    bundle = bundle_of(told)
    _named(bundle, patient)
    return (json.dumps(bundle, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _plan(patient: Patient) -> Plan | None:
    """The signed plan that nothing replaced, else the newest that was not set aside."""
    plans = Plan.objects.filter(patient=patient, withdrawn_at=None).select_related("consultation__patient")
    return plans.filter(signed_at__isnull=False, superseded_by=None).first() or plans.first()


def _case(patient: Patient, plan: Plan | None) -> Case:
    """The case of the plan with the history of today; of the newest consultation where there is no plan."""
    if plan is None:
        seen = Consultation.objects.filter(patient=patient).select_related("patient").first()
        if seen is None:
            raise CaseError([Fault("course", "", "nothing to tell yet: begin a consultation first")])
        return case_for(seen)
    case = read(plan.case_text)
    if plan.consultation is None:
        return case
    values = case.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    values["patient"] = {**values["patient"], **person(plan.consultation, case.course.start)}
    known = evidence()
    return case_of(values, (), words(known), movements(known))


def _summary(plan: Plan | None) -> dict[str, Any] | None:
    run = Run.objects.filter(plan=plan, state="done").order_by("-finished_at").first() if plan else None
    try:
        return results.summary(run) if run else None
    except OSError:  # its folder was taken away: the course is told without the forecast
        return None


def _sessions(plan: Plan | None) -> Iterator[SessionDone]:
    sessions = Session.objects.filter(plan=plan, state__in=_STATES) if plan else Session.objects.none()
    for one in sessions.select_related("device", "cartridge__lot", "held_by"):
        day = timezone.localdate(one.started_at) if one.started_at else one.planned_for
        yield SessionDone(
            one.number,
            day,
            _STATES[one.state],  # type: ignore[arg-type]
            tuple(_lots(one)),
            one.held_by.name if one.held_by else "",
            one.note,
            tuple((zone.zone, _zone(zone)) for zone in SessionZone.objects.filter(session=one).order_by("zone")),
        )


def _lots(session: Session) -> Iterator[Lot]:
    if session.device is not None:
        yield Lot(session.device.label, "", None, session.device.serial)
    if session.cartridge is not None:
        lot = session.cartridge.lot
        yield Lot(lot.name, lot.lot, lot.expires_on, session.cartridge.code)
    for used in SessionProduct.objects.filter(session=session).select_related("lot__product").order_by("made_at"):
        yield Lot(used.lot.product.name, used.lot.lot, used.lot.expires_on)


def _zone(zone: SessionZone) -> str:
    seen = f", {zone.get_endpoint_display()}" if zone.endpoint else ""  # type: ignore[attr-defined]
    why = f"; differs from the plan: {zone.deviation}" if zone.deviates else ""
    return f"{zone.zone.replace('_', ' ')}: {zone.needle_length_mm:f} mm, {zone.passes} passes{seen}{why}"


def _consents(patient: Patient) -> Iterator[ConsentGiven]:
    for one in Consent.objects.filter(patient=patient).select_related("text").order_by("given_at"):
        yield ConsentGiven(
            one.text.get_kind_display(),  # type: ignore[attr-defined]
            timezone.localdate(one.given_at),
            f"{one.text}, {one.text.language}, SHA-256 {one.text_sha256}",
            one.signed_name,
            one.text.kind == "photo",
            one.withdrawn_at is None,
        )


def _named(bundle: dict[str, Any], patient: Patient) -> None:
    """Who the person is, in the resource of the person."""
    body = next(entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Patient")
    body["identifier"] = [{"system": "urn:dermatwin:file-number", "value": patient.number}]
    body["name"] = [{"use": "official", "family": patient.family_name, "given": [patient.given_name]}]
    body["birthDate"] = patient.birth_date.isoformat()
