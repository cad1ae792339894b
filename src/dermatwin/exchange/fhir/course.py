"""A course as resources of FHIR R4: the plan, its concerns and devices, a procedure for each session, consents.

The care plan carries the plan of the case whole, so that it comes back equal; the other resources tell others the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from ...case import Case
from ...history import LISTS
from .part import PLAN, RUN, Part
from .written import SITES, coding, site, term

Resource = dict[str, Any]
KIND, CONCERNS = "urn:dermatwin:procedure", "urn:dermatwin:concern"
_SESSION_STATUS = {"completed": "completed", "not-done": "cancelled", "preparation": "scheduled"}
_TYPED = ("age", "sex", "phototype", "body_weight", "smoker", "pregnant", "breastfeeding", "anamnesis", *LISTS)
"""Fields of the person that resources of their own carry."""


@dataclass(frozen=True)
class Lot:
    """What was used in a session, as its package says: a cartridge, a device, a product."""

    name: str
    lot: str
    expires: date | None = None
    serial: str = ""


@dataclass(frozen=True)
class SessionDone:
    """A session as it was held. `settings` are words on each zone (zone key -> depth, passes as done)."""

    number: int
    day: date
    status: Literal["completed", "not-done", "preparation"] = "completed"
    lots: tuple[Lot, ...] = ()
    by: str = ""
    note: str = ""
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class ConsentGiven:
    """A consent that the person signed: to what, on which day, by which version of which text."""

    to: str
    day: date
    text: str
    by: str = ""
    photos: bool = False
    active: bool = True


def care_plan(case: Case, signed: bool, concerns: Sequence[str], procedures: Sequence[str]) -> Resource:
    """The course as a care plan; an activity for each session, that points at its procedure."""
    return {
        "resourceType": "CarePlan",
        "status": "active" if signed else "draft",
        "intent": "plan",
        "title": case.title or "Course of microneedling",
        "period": {
            "start": case.course.start.isoformat(),
            "end": (case.course.start + timedelta(days=case.horizon)).isoformat(),
        },
        "addresses": [{"reference": name} for name in concerns],
        "activity": [
            {"outcomeReference": [{"reference": name}], "detail": detail}
            for name, detail in zip(procedures, _details(case), strict=True)
        ],
        "extension": Part(PLAN, plan_values(case)).extension(),
    }


def _details(case: Case) -> Iterator[Resource]:
    missed = {held.session for held in case.held if held.missed}
    kept = {held.session for held in case.held if not held.missed}
    for number, day in enumerate(case.session_days, 1):
        status = "cancelled" if number in missed else "completed" if number in kept else "scheduled"
        when = (case.course.start + timedelta(days=day)).isoformat()
        yield {
            "kind": "ServiceRequest",
            "code": _needling(),
            "status": status,
            "scheduledPeriod": {"start": when, "end": when},
            "description": f"session {number}: {'; '.join(words for _, words in session_words(case, number))}",
        }


def plan_values(case: Case) -> dict[str, Any]:
    """The plain values of a case without its history and observations: those stand in resources of their own."""
    values = case.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    values.pop("observations", None)
    assumed = unsaid(case)
    values["patient"] = {key: entry for key, entry in values["patient"].items() if key not in _TYPED or key in assumed}
    return values


def unsaid(case: Case) -> frozenset[str]:
    """What the case only assumes, because the record that it was read from does not say it: no resource states it."""
    return frozenset(case.taken_from.unsaid if case.taken_from is not None else ())


def session_words(case: Case, number: int) -> Iterator[tuple[str, str]]:
    """What is done in each treated zone of a session, as words."""
    for zone in case.zones:
        if not zone.treated or zone.key not in case.course.settings:
            continue
        settings = case.course.settings[zone.key].at(number - 1)
        device = settings.device or case.course.device
        name = device if isinstance(device, str) else device.name
        said = [f"{settings.needle_length:g} mm"]
        said += [f"{settings.passes} passes"] if settings.passes else []
        said += [f"{settings.density:g} punctures/cm2"] if settings.density else []
        yield zone.key, f"{zone.key.replace('_', ' ')}: {name}, {', '.join(said)}"


def _needling() -> Resource:
    return {"coding": [coding(KIND, "microneedling", "Microneedling")], "text": "Microneedling"}


def concerns(case: Case) -> Iterator[Resource]:
    """What bothers the person in each zone, as conditions of the plan."""
    for zone in case.zones:
        for one in zone.concerns:
            grade = "" if one.severity is None else f" ({one.scale or 'severity'} {one.severity:g})"
            words = one.concern.replace("_", " ")
            yield {
                "resourceType": "Condition",
                "clinicalStatus": term("condition-clinical", "active"),
                "verificationStatus": term("condition-ver-status", "confirmed"),
                "category": [term("condition-category", "problem-list-item")],
                "code": {"coding": [coding(CONCERNS, one.concern)], "text": f"{words}{grade}"},
                "bodySite": [site(zone.zone)],
                "extension": Part(RUN).extension(),
            }


def devices(case: Case, done: Sequence[SessionDone]) -> Iterator[tuple[str, Resource]]:
    """The devices of a course, each with a name for references; those with a lot for each lot."""
    names = [case.course.device, *(one.device for one in case.course.settings.values() if one.device)]
    for name in dict.fromkeys(one if isinstance(one, str) else one.name for one in names):
        yield name, _device(name)
    for lot in dict.fromkeys(lot for session in done for lot in session.lots):
        body = _device(lot.name) | ({"lotNumber": lot.lot} if lot.lot.strip() else {})
        body |= {"expirationDate": lot.expires.isoformat()} if lot.expires else {}
        yield lot_key(lot), body | ({"serialNumber": lot.serial} if lot.serial else {})


def lot_key(lot: Lot) -> str:
    """By which name a lot is referred to."""
    return f"{lot.name} lot {lot.lot} {lot.serial}".strip()


def _device(name: str) -> Resource:
    return {
        "resourceType": "Device",
        "status": "active",
        "deviceName": [{"name": name, "type": "user-friendly-name"}],
        "extension": Part(RUN).extension(),
    }


def procedure(case: Case, number: int, done: SessionDone | None) -> Resource:
    """A session as a procedure: as it was held where that is told, else as the case says it, prepared."""
    held = next((one for one in case.held if one.session == number), None)
    after = held.time if held is not None and held.time is not None else case.session_days[number - 1]
    day = done.day if done else case.course.start + timedelta(days=after)
    status = done.status if done else "preparation" if held is None else "not-done" if held.missed else "completed"
    told = list((dict(done.settings) if done and done.settings else dict(session_words(case, number))).values())
    notes = [*told, *([done.note] if done and done.note else [])]
    body: Resource = {
        "resourceType": "Procedure",
        "status": status,
        "code": _needling(),
        "performedDateTime": day.isoformat(),
        "bodySite": [site(zone.zone) for zone in case.zones if zone.treated],
        "extension": Part(RUN).extension(),
    }
    if notes:
        body["note"] = [{"text": text} for text in notes]
    if done and done.by:
        body["performer"] = [{"actor": {"display": done.by}}]
    return body


def consent(given: ConsentGiven) -> Resource:
    """A consent that was given."""
    scope = "treatment"
    category = {"coding": [{"system": "http://loinc.org", "code": "59284-0", "display": "Consent Document"}]}
    body: Resource = {
        "resourceType": "Consent",
        "status": "active" if given.active else "inactive",
        "scope": term("consentscope", scope),
        "category": [category],
        "dateTime": given.day.isoformat(),
        "policyRule": {"text": given.text},
        "provision": {"type": "permit", "code": [{"text": given.to}]},
        "extension": Part(RUN).extension(),
    }
    return body | ({"performer": [{"display": given.by}]} if given.by else {})


__all__ = [
    "SITES",
    "ConsentGiven",
    "Lot",
    "SessionDone",
    "care_plan",
    "concerns",
    "consent",
    "devices",
    "lot_key",
    "plan_values",
    "procedure",
    "unsaid",
]
