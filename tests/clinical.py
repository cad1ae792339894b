"""Small clinical records of FHIR R4, made up: resources with what a test is about, and the rest usual."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from dermatwin.evidence import Evidence
from dermatwin.exchange.fhir import Line, Review, parse_record, review

DAY = date(2026, 1, 12)
TERMS = "http://terminology.hl7.org/CodeSystem"
SYSTEMS = {
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "loinc": "http://loinc.org",
    "cvx": "http://hl7.org/fhir/sid/cvx",
}
PERSON = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1988-05-17"}
SUBJECT = {"reference": "Patient/p"}


def concept(text: str = "", *codes: str) -> dict[str, Any]:
    """A codeable concept of a text and 'system:code'."""
    coding = [{"system": SYSTEMS[code.partition(":")[0]], "code": code.partition(":")[2]} for code in codes]
    return {**({"coding": coding} if coding else {}), **({"text": text} if text else {})}


def term(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": f"{TERMS}/{system}", "code": code}]}


def condition(text: str, *codes: str, clinical: str = "active", verified: str = "confirmed", **more: Any) -> dict[str, Any]:
    """A condition; an empty status is left out."""
    stated = {"clinicalStatus": term("condition-clinical", clinical)} if clinical else {}
    stated |= {"verificationStatus": term("condition-ver-status", verified)} if verified else {}
    return {"resourceType": "Condition", "id": "c", **stated, "code": concept(text, *codes), "subject": SUBJECT, **more}


def request(text: str, *codes: str, status: str = "active", intent: str = "order", **more: Any) -> dict[str, Any]:
    medicine = {"medicationCodeableConcept": concept(text, *codes)} if text or codes else {}
    body = {"resourceType": "MedicationRequest", "id": "m", "status": status, "intent": intent}
    return {**body, **medicine, "subject": SUBJECT, **more}


def observation(code: str, when: str = "2025-11-01", name: str = "o", status: str = "final", **more: Any) -> dict[str, Any]:
    body = {"resourceType": "Observation", "id": name, "status": status, "code": concept("", code)}
    return {**body, "subject": SUBJECT, "effectiveDateTime": when, **more}


def bundle(*resources: dict[str, Any], kind: str = "collection", **more: Any) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources], **more}


def reviewed(*resources: dict[str, Any], **more: Any) -> Review:
    """The review of a person's record of some resources."""
    content = json.dumps(bundle(PERSON, *resources, **more)).encode()
    return review(parse_record(content, "record.json"), DAY, Evidence.packaged())


def line_of(*resources: dict[str, Any]) -> Line:
    """The first line behind those of the person."""
    return next(line for line in reviewed(*resources).lines if line.kind != "Patient")
