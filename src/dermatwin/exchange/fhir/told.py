"""What each kind of resource says of a history: words, codes, how it stands, since and until when.

Status first: what was entered in error, refuted, cancelled or never done says nothing of the person. What is on hold,
intended, not verified or of unknown status is open: somebody has to ask. A record never denies: "no known allergy" and
"never smoked" are set aside, for they were true of another day. Source: HL7 FHIR R4, the value sets of the status of each
resource.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .elements import bare_codes, codes, first_day, last_day, listing, mapping, period, text, words
from .line import Said, Standing
from .record import ClinicalRecord, Resource

VACCINATION = "dermatwin:vaccination"
NEGATED = ("refuted", "entered-in-error")
_OPEN_VERIFICATION = ("unconfirmed", "provisional", "differential", "presumed")
_ENDED = ("inactive", "remission", "resolved")


@dataclass(frozen=True)
class Setting:
    """The record in which a resource stands, and the day on which it is read."""

    record: ClinicalRecord
    day: date


Teller = Callable[[Resource, Setting], Iterator[Said]]


def condition(one: Resource, setting: Setting) -> Iterator[Said]:
    """A Condition: an illness, a finding, a pregnancy."""
    body = one.body
    abated = any(key.startswith("abatement") and body[key] is not False for key in body)
    clinical, verified = bare_codes(body.get("clinicalStatus")), bare_codes(body.get("verificationStatus"))
    onset, over = _span(body, "onset"), _span(body, "abatement")
    said = Said(
        words(body.get("code")),
        codes(body.get("code")),
        "conditions",
        _of_condition(clinical, verified, abated),
        _stated(
            ("clinical", clinical), ("verification", verified), ("abated", {text(str(over[1] or "yes"))} if abated else ())
        ),
        onset[0],
        over[1],
        _sites(body, words(body.get("code"))),
    )
    if verified & set(NEGATED):
        said = replace(said, aside=True, why=f"the record says {', '.join(sorted(verified & set(NEGATED)))}; ask the person")
    yield said


def _of_condition(clinical: frozenset[str], verified: frozenset[str], abated: bool) -> Standing:
    if clinical & set(_ENDED) or (abated and not clinical):
        return "past"
    if not clinical or abated or verified & set(_OPEN_VERIFICATION):
        return "unknown"
    return "active"


def allergy(one: Resource, setting: Setting) -> Iterator[Said]:
    """An AllergyIntolerance: what somebody does not tolerate; what they got from it is told, not read."""
    body = one.body
    clinical, verified = bare_codes(body.get("clinicalStatus")), bare_codes(body.get("verificationStatus"))
    substance = body.get("code")
    reactions = [mapping(each) for each in listing(body.get("reaction"))]
    if not mapping(substance):
        substance = next((each["substance"] for each in reactions if mapping(each.get("substance"))), None)
    signs = [words(sign) for each in reactions for sign in listing(each.get("manifestation"))]
    ended, doubted = bool(clinical & set(_ENDED)), bool(verified & set(_OPEN_VERIFICATION))
    told = (("clinical", clinical), ("verification", verified), ("reaction", signs))
    said = Said(
        words(substance),
        codes(substance),
        "allergies",
        "past" if ended else "unknown" if doubted or not clinical else "active",
        _stated(*told),
        _span(body, "onset")[0],
    )
    if verified & set(NEGATED):
        said = replace(said, aside=True, why=f"the record says {', '.join(sorted(verified & set(NEGATED)))}; ask the person")
    yield said


_TAKEN: dict[str, dict[str, Standing]] = {
    "MedicationRequest": {
        "active": "active",
        "on-hold": "unknown",
        "completed": "past",
        "stopped": "past",
        "unknown": "unknown",
    },
    "MedicationStatement": {
        "active": "active",
        "completed": "past",
        "intended": "unknown",
        "stopped": "past",
        "on-hold": "unknown",
        "unknown": "unknown",
    },
    "MedicationAdministration": {
        "in-progress": "active",
        "on-hold": "unknown",
        "completed": "past",
        "stopped": "past",
        "unknown": "unknown",
    },
    "MedicationDispense": {
        "preparation": "unknown",
        "in-progress": "unknown",
        "on-hold": "unknown",
        "completed": "unknown",
        "stopped": "past",
        "unknown": "unknown",
    },
}
"""Status of a resource of medicines -> how the medicine stands; another status says that it was never taken."""

_ONLY_MEANT = ("proposal", "plan", "option")


def medicine(one: Resource, setting: Setting) -> Iterator[Said]:
    """A medicine asked for, stated, given or handed out."""
    body, status = one.body, text(one.body.get("status"))
    concept, missing = _medication(one, setting.record)
    given = one.kind == "MedicationAdministration"
    since, until = _taken(body, given)
    standing = _TAKEN[one.kind].get(status, "")
    intent = text(body.get("intent"))
    if standing == "active" and intent in _ONLY_MEANT:
        standing = "unknown"
    if standing == "active" and until is not None and until < setting.day:
        standing, until = "unknown", None
    name = words(concept)
    said = Said(
        name + _route(body, name),
        codes(concept),
        "medications",
        standing,
        _stated(("", [status]), ("intent", [intent] if intent in _ONLY_MEANT else [])),
        since,
        until if standing == "past" else None,
    )
    if not standing:
        said = replace(said, aside=True, why=f"was not taken: {status or 'no status'}")
    elif body.get("doNotPerform") is True:
        said = replace(said, aside=True, why="asks that it is not given")
    elif missing:
        said = replace(said, place="" if not name else said.place, why="names a medicine that is not in the record")
    yield said


def _medication(one: Resource, record: ClinicalRecord) -> tuple[Any, bool]:
    """The concept of a medicine, and whether it stands outside the record."""
    if "medicationCodeableConcept" in one.body:
        return one.body["medicationCodeableConcept"], False
    reference = one.body.get("medicationReference")
    found = record.resolve(reference, one)
    if found is None:
        return {"text": mapping(reference).get("display", "")}, True
    concept = mapping(found.get("code"))
    parts = [words(mapping(each).get("itemCodeableConcept")) for each in listing(found.get("ingredient"))]
    held = " and ".join(filter(None, parts))
    return (concept, False) if words(concept) or not held else ({"text": held}, False)


def _taken(body: Mapping[str, Any], given: bool) -> tuple[date | None, date | None]:
    """First and last known day of a medicine."""
    since, until = _span(body, "effective")
    if given:
        return since, until
    if "effectiveDateTime" in body:  # a day on which it was so, no last one
        until = None
    bounds = [
        period(mapping(mapping(mapping(dose).get("timing")).get("repeat")).get("boundsPeriod"))
        for dose in (*listing(body.get("dosageInstruction")), *listing(body.get("dosage")))
    ]
    starts = [start for start, _ in bounds if start]
    ends = [end for _, end in bounds]
    since = since or min(starts, default=None) or first_day(body.get("authoredOn")) or first_day(body.get("whenHandedOver"))
    return since, until or (max(end for end in ends if end) if ends and all(ends) else None)


def _route(body: Mapping[str, Any], name: str) -> str:
    """The route of a medicine, where its name does not say it."""
    doses = (
        mapping(dose) for dose in (*listing(body.get("dosageInstruction")), *listing(body.get("dosage")), body.get("dosage"))
    )
    routes = dict.fromkeys(words(dose.get("route")) for dose in doses)
    said = [route for route in routes if route and route.casefold() not in name.casefold()]
    return f" ({', '.join(said)})" if said and name else ""


_DONE: dict[str, Standing] = {
    "completed": "past",
    "in-progress": "active",
    "stopped": "past",
    "on-hold": "unknown",
    "unknown": "unknown",
}


def procedure(one: Resource, setting: Setting) -> Iterator[Said]:
    """A Procedure that was done, is under way, or may have been."""
    body, status = one.body, text(one.body.get("status"))
    since, until = _span(body, "performed")
    name = words(body.get("code"))
    standing = _DONE.get(status, "unknown" if status == "preparation" else "")
    said = Said(
        name,
        codes(body.get("code")),
        "recent_procedures",
        standing,
        _stated(("", [status])),
        since,
        until if until != since else None,
        _sites(body, name),
    )
    yield said if standing else replace(said, aside=True, why=f"was not done: {status or 'no status'}")


def immunization(one: Resource, setting: Setting) -> Iterator[Said]:
    """An Immunization is a vaccination, whatever it is against: its name is the name of an illness."""
    body, status = one.body, text(one.body.get("status"))
    name = words(body.get("vaccineCode"))
    against = codes(body.get("vaccineCode"))
    said = Said(
        f"Vaccination: {name}" if name else "Vaccination",
        (VACCINATION, *against),
        "recent_procedures",
        "past",
        _stated(("", [status])),
        first_day(body.get("occurrenceDateTime")),
    )
    yield said if status == "completed" else replace(said, aside=True, why=f"was not given: {status or 'no status'}")


def device(one: Resource, setting: Setting) -> Iterator[Said]:
    """A Device of the person: what is implanted or worn."""
    body, status = one.body, text(one.body.get("status"))
    names = [text(mapping(each).get("name")) for each in listing(body.get("deviceName"))]
    name = words(body.get("type")) or next(filter(None, names), "")
    standing: Standing = {"inactive": "past", "active": "active"}.get(status, "unknown")  # type: ignore[assignment]
    said = Said(name, codes(body.get("type")), "conditions", standing, _stated(("", [status])))
    if not mapping(body.get("patient")):
        said = replace(said, place="", aside=True, why="belongs to nobody in particular")
    yield replace(said, aside=True, why="the record says entered-in-error") if status == "entered-in-error" else said


def family(one: Resource, setting: Setting) -> Iterator[Said]:
    """A FamilyMemberHistory: each illness of a relative is a line."""
    body, status = one.body, text(one.body.get("status"))
    who = words(body.get("relationship")) or "a relative"
    wrong = status == "entered-in-error"
    illnesses = [mapping(each).get("code") for each in listing(body.get("condition"))]
    for illness in illnesses:
        said = Said(words(illness), codes(illness), "conditions", "family", _stated(("", [status]), ("of", [who])), note="")
        yield replace(said, aside=True, why="the record says entered-in-error") if wrong else said
    if not illnesses:
        yield Said(who, states=_stated(("", [status])), why="names no illness", aside=wrong)


TELLERS: dict[str, Teller] = {
    "Condition": condition,
    "AllergyIntolerance": allergy,
    **dict.fromkeys(_TAKEN, medicine),
    "Procedure": procedure,
    "Immunization": immunization,
    "Device": device,
    "FamilyMemberHistory": family,
}
"""Kind of resource -> what it says; observations and the patient are read in rooms of their own."""

_NAMES = (
    "Account Appointment AppointmentResponse AuditEvent Basic Binary CareTeam Claim ClaimResponse Composition "
    "Consent Coverage CoverageEligibilityRequest CoverageEligibilityResponse Encounter Endpoint EnrollmentRequest "
    "EnrollmentResponse EpisodeOfCare ExplanationOfBenefit Group HealthcareService Invoice Library List Location "
    "Medication MessageHeader OperationOutcome Organization OrganizationAffiliation Parameters PaymentNotice "
    "PaymentReconciliation Person Practitioner PractitionerRole Provenance Questionnaire RelatedPerson Schedule "
    "Slot Substance SupplyDelivery SupplyRequest Task "
)
OFFICE = frozenset(_NAMES.split())
"""Kinds that say who, where, when and for how much, and what other lines stand on: nothing of a history by themselves."""


def untold(one: Resource) -> Said:
    """A resource that nobody here reads: of the office, or kept as not understood."""
    name = words(one.body.get("code")) or text(one.body.get("title")) or text(one.body.get("description")) or one.kind
    states = text(one.body.get("status"))
    if one.kind in OFFICE:
        return Said(
            name, codes(one.body.get("code")), states=states, aside=True, why=f"{one.kind} says nothing of a history"
        )
    return Said(name, codes(one.body.get("code")), states=states, why=f"resources of {one.kind} are not read")


def _span(body: Mapping[str, Any], name: str) -> tuple[date | None, date | None]:
    """First and last day of an element that is a day or a period."""
    if f"{name}Period" in body:
        return period(body[f"{name}Period"])
    day = body.get(f"{name}DateTime")
    return first_day(day), last_day(day)


def _sites(body: Mapping[str, Any], name: str) -> str:
    """Where on the body, where the name does not say it."""
    found = dict.fromkeys(words(site) for site in listing(body.get("bodySite")))
    return ", ".join(site for site in found if site and site.casefold() not in name.casefold())


def _stated(*parts: tuple[str, Any]) -> str:
    told = ((label, ", ".join(sorted(filter(None, values)))) for label, values in parts)
    return "; ".join(f"{label} {said}".strip() for label, said in told if said)
