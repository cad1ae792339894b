"""Elements of FHIR R4 as plain values: text that is safe to show, codes by their systems, days; any other shape is nothing.

Codes are 'system:code' as in the vocabulary. ICD-10 of the WHO and its German edition share categories and first
subcategories with ICD-10-CM; what lies below is cut off, for there they part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...core.printing import printable
from ...history.vocabulary import OWN_SYSTEM

CONCEPTS = "urn:dermatwin:concept"
"""Code system of the concepts of the vocabulary."""

SYSTEMS = {
    "http://snomed.info/sct": "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "http://loinc.org": "loinc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "http://www.whocc.no/atc": "atc",
    "http://fhir.de/CodeSystem/bfarm/atc": "atc",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://www.ama-assn.org/go/cpt": "cpt",
    CONCEPTS: OWN_SYSTEM,
}
_SHARED = {
    "http://hl7.org/fhir/sid/icd-10",
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
    "http://fhir.de/CodeSystem/dimdi/icd-10-gm",
}
_SUBCATEGORY = 5  # letters of 'B00.1'
_CODE = re.compile(r"[A-Za-z0-9._-]{1,60}")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T.*)?")
_LAST = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}


def mapping(value: Any) -> dict[str, Any]:
    """An element with parts; empty where there is none."""
    return value if isinstance(value, dict) else {}


def listing(value: Any) -> list[Any]:
    """An element that repeats; empty where there is none."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """A text on one line, with nothing in it that is no text."""
    return printable(" ".join(value.split())) if isinstance(value, str) else ""


def codings(concept: Any) -> list[dict[str, Any]]:
    """The codings of a codeable concept."""
    return [mapping(coding) for coding in listing(mapping(concept).get("coding"))]


def code_of(coding: dict[str, Any]) -> str:
    """A coding as 'system:code'; empty where the system is none that anybody here reads."""
    uri, code = coding.get("system"), coding.get("code")
    if not isinstance(uri, str) or not isinstance(code, str) or not _CODE.fullmatch(code):
        return ""
    if uri in _SHARED:
        return f"icd10cm:{code[:_SUBCATEGORY]}"
    return f"{SYSTEMS[uri]}:{code}" if uri in SYSTEMS else ""


def codes(concept: Any) -> tuple[str, ...]:
    """The codes of a codeable concept, each once."""
    return tuple(dict.fromkeys(filter(None, map(code_of, codings(concept)))))[:20]


def words(concept: Any) -> str:
    """What a codeable concept says: its text, else the first name of its codes, else the first code."""
    named = [text(coding.get("display")) for coding in codings(concept)]
    bare = [text(coding.get("code")) for coding in codings(concept)]
    return next(filter(None, (text(mapping(concept).get("text")), *named, *bare)), "")


def bare_codes(concept: Any) -> frozenset[str]:
    """The codes of a codeable concept without their systems: of a status."""
    return frozenset(coding["code"] for coding in codings(concept) if isinstance(coding.get("code"), str))


def first_day(value: Any) -> date | None:
    """The first day that a date of FHIR may mean: '2019-03' is the first of March."""
    return _day(value, last=False)


def last_day(value: Any) -> date | None:
    """The last day that a date of FHIR may mean."""
    return _day(value, last=True)


def _day(value: Any, *, last: bool) -> date | None:
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year = int(found[1])
    month = int(found[2] or (12 if last else 1))
    number = int(found[3] or (_LAST.get(month, 31) if last else 1))
    try:
        return date(year, month, number)
    except ValueError:
        return None


def period(value: Any) -> tuple[date | None, date | None]:
    """First and last day of a period."""
    return first_day(mapping(value).get("start")), last_day(mapping(value).get("end"))


def shown(resource: Mapping[str, Any], name: str) -> str:
    """A value[x] in few words: 'valueQuantity', 'valueCodeableConcept', 'valueString' ..."""
    for key, value in resource.items():
        if not key.startswith(name) or key == name:
            continue
        if isinstance(value, dict):
            amount = value.get("value")
            unit = text(value.get("unit") or value.get("code"))
            return f"{amount:g} {unit}".strip() if isinstance(amount, (int, float)) else words(value)
        return str(value).lower() if isinstance(value, bool) else text(str(value))
    return ""


def references(value: Any) -> Iterator[str]:
    """The reference of a reference, if it is one."""
    found = mapping(value).get("reference")
    if isinstance(found, str):
        yield found
