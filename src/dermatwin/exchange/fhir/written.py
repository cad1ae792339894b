"""The parts of a case as resources of FHIR R4: history, fields of the person, answers of the anamnesis, observations.

A resource says in the elements of the standard how a thing stands; the part beside it keeps the value whole. Codes are those
that the item was read from, the concept of the vocabulary, and of an illness its one code of SNOMED CT or ICD-10-CM.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from ...case import Item, Observation
from ...evidence import Evidence
from ...history import LISTS, Fact, anamnesis, item_facts, vocabulary
from ...history.fact import NOTHING
from ...history.vocabulary import OWN_SYSTEM
from .elements import SYSTEMS
from .part import Part

QUANTITIES = "urn:dermatwin:quantity"
SITES = "urn:dermatwin:site"
QUESTIONS = "urn:dermatwin:anamnesis"
LOINC = "http://loinc.org"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_URIS = {name: uri for uri, name in reversed(SYSTEMS.items())}
_ALONE = ("snomed", "icd10cm")
_PREFIXED = ("conditions", "medications", "allergies", "recent_procedures")

Resource = dict[str, Any]


def written_part(part: Part, evidence: Evidence) -> Resource | None:
    """The resource that a part of a case is written as, without id and subject; None where the part is no such thing."""
    name = part.place.removeprefix("patient.")
    try:
        if name in LISTS and name != part.place:
            return item(part, name, evidence)
        if part.place in FIELDS:
            return field(part)
        if part.place == ANAMNESIS:
            return answered(part, evidence)
        if part.place == OBSERVATIONS:
            return observed(part)
    except (ValidationError, ValueError, TypeError, AttributeError, KeyError):  # what somebody else wrote beside a resource
        return None
    return None


def coding(uri: str, code: str, display: str = "") -> Resource:
    """One coding."""
    return {"system": uri, "code": code, **({"display": display} if display else {})}


def term(system: str, code: str) -> Resource:
    """A codeable concept of HL7's own terms."""
    return {"coding": [coding(f"{_TERMS}/{system}", code)]}


def item(part: Part, name: str, evidence: Evidence) -> Resource:
    """An item of the history: Condition, MedicationStatement, AllergyIntolerance, Procedure or FamilyMemberHistory."""
    one = Item.model_validate(part.value)
    found = item_facts(one, name, date.fromisoformat(part.day), evidence)
    standing = _standing(found)
    concept = {"coding": _codings(one, found, evidence), "text": one.name}
    concept = concept if concept["coding"] else {"text": one.name}
    said = {"note": [{"text": one.note}]} if one.note else {}
    confirmed = one.origin is None or one.origin.confirmed is not None
    body = _WRITERS[_kind(found, name, standing)](one, concept, standing, confirmed)
    return {**body, **said, "extension": part.extension()}


def _standing(found: Sequence[Fact]) -> str:
    """How an item stands as a whole: as its gravest fact does."""
    if not any(fact.known for fact in found):
        return "past" if all(fact.status == "past" for fact in found) else "unknown"
    if all(NOTHING in fact.kinds for fact in found):
        return "denied"
    order = ("active", "unknown", "past", "family", "denied")
    gravest = min((fact for fact in found if fact.known), key=lambda fact: order.index(fact.status))
    return "unknown" if gravest.certainty == "open" and gravest.status == "active" else gravest.status


def _kind(found: Sequence[Fact], name: str, standing: str) -> str:
    if standing == "family":
        return "family"
    roles = {fact.role for fact in found if fact.known}
    kinds = {"medicine": "medications", "allergy": "allergies", "procedure": "recent_procedures"}
    return kinds.get(next(iter(roles)), "conditions") if len(roles) == 1 and name != "recent_procedures" else name


def _codings(one: Item, found: Sequence[Fact], evidence: Evidence) -> list[Resource]:
    """The codes of the record that it was read from; of one known thing its concept, and its only code of a system."""
    named = [code.partition(":")[::2] for code in (one.origin.codes if one.origin else ())]
    concepts = {fact.what: fact for fact in found if fact.known and NOTHING not in fact.kinds}
    if len(concepts) == 1:
        ((what, fact),) = concepts.items()
        named.append((OWN_SYSTEM, what))
        own = vocabulary(evidence)[what].codes if fact.role == "condition" else ()
        for system in _ALONE:
            alone = [code.partition(":")[2] for code in own if code.startswith(f"{system}:")]
            named += [(system, alone[0])] if len(alone) == 1 else []
    return [coding(_URIS[system], code) for system, code in dict.fromkeys(named) if system in _URIS]


def _condition(one: Item, concept: Resource, standing: str, confirmed: bool) -> Resource:
    over = standing == "past" or (standing == "denied")
    verified = "refuted" if standing == "denied" else "confirmed" if confirmed and standing != "unknown" else "unconfirmed"
    body = {
        "resourceType": "Condition",
        "clinicalStatus": term("condition-clinical", "resolved" if over else "active"),
        "verificationStatus": term("condition-ver-status", verified),
        "code": concept,
    }
    if one.zone:
        body["bodySite"] = [site(one.zone)]
    return body | _days(one, "onsetDateTime", "abatementDateTime" if standing == "past" else "")


def _medicine(one: Item, concept: Resource, standing: str, confirmed: bool) -> Resource:
    status = {"active": "active", "past": "completed", "denied": "not-taken"}.get(standing, "unknown")
    body: Resource = {"resourceType": "MedicationStatement", "status": status, "medicationCodeableConcept": concept}
    taken = {key: day.isoformat() for key, day in (("start", one.since), ("end", one.until)) if day}
    return body | ({"effectivePeriod": taken} if taken else {})


def _allergy(one: Item, concept: Resource, standing: str, confirmed: bool) -> Resource:
    verified = "refuted" if standing == "denied" else "confirmed" if confirmed and standing != "unknown" else "unconfirmed"
    over = standing in ("past", "denied")
    body = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": term("allergyintolerance-clinical", "inactive" if over else "active"),
        "verificationStatus": term("allergyintolerance-verification", verified),
        "code": concept,
    }
    return body | _days(one, "onsetDateTime", "")


def _procedure(one: Item, concept: Resource, standing: str, confirmed: bool) -> Resource:
    status = "not-done" if standing == "denied" else "unknown" if standing == "unknown" else "completed"
    body: Resource = {"resourceType": "Procedure", "status": status, "code": concept}
    done = {key: day.isoformat() for key, day in (("start", one.since), ("end", one.until)) if day}
    if one.zone:
        body["bodySite"] = [site(one.zone)]
    return body | ({"performedPeriod": done} if done else {})


def _family(one: Item, concept: Resource, standing: str, confirmed: bool) -> Resource:
    relative = {"coding": [coding(f"{_TERMS}/v3-RoleCode", "FAMMEMB", "family member")]}
    return {
        "resourceType": "FamilyMemberHistory",
        "status": "partial",
        "relationship": relative,
        "condition": [{"code": concept}],
    }


_WRITERS = {
    "conditions": _condition,
    "medications": _medicine,
    "allergies": _allergy,
    "recent_procedures": _procedure,
    "family": _family,
}


def _days(one: Item, first: str, last: str) -> Resource:
    return {key: day.isoformat() for key, day in ((first, one.since), (last, one.until)) if key and day}


def site(name: str) -> Resource:
    """A site of the body by the name that a case gives it."""
    return {"coding": [coding(SITES, name)], "text": name.replace("_", " ")}


FIELDS = {f"patient.{name}": name for name in ("age", "phototype", "body_weight", "smoker", "pregnant", "breastfeeding")}
ANAMNESIS, OBSERVATIONS = "patient.anamnesis", "observations"
_ASKED = {
    "age": ("30525-0", "Age"),
    "phototype": ("66555-4", "Fitzpatrick skin type"),
    "body_weight": ("29463-7", "Body weight"),
    "smoker": ("72166-2", "Tobacco smoking status"),
    "pregnant": ("82810-3", "Pregnancy status"),
    "breastfeeding": ("63895-7", "Breastfeeding status"),
}
_YES = {
    "smoker": coding("http://snomed.info/sct", "77176002", "Smoker"),
    "pregnant": coding("http://snomed.info/sct", "77386006", "Pregnant"),
    "breastfeeding": coding(LOINC, "LA33-6", "Yes"),
}


def field(part: Part) -> Resource:
    """A field of the person as an observation of the day from which the case counts."""
    name = FIELDS[part.place]
    code, display = _ASKED[name]
    body: Resource = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [coding(LOINC, code, display)], "text": display},
        "effectiveDateTime": part.day,
        "extension": part.extension(),
    }
    if name in _YES:
        return {**body, "valueCodeableConcept": {"coding": [_YES[name]]}}
    if name == "phototype":
        return {**body, "valueCodeableConcept": {"text": f"Fitzpatrick skin type {part.value}"}}
    unit = "a" if name == "age" else "kg"
    number = float(str(part.value).split(" ")[0])
    quantity = {"value": number, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    return {**body, "valueQuantity": quantity}


def answered(part: Part, evidence: Evidence) -> Resource:
    """The answers of the anamnesis as one questionnaire response: the questions by their ids."""
    known = anamnesis(evidence)
    rows = []
    for name, reply in part.value.items():
        row: Resource = {"linkId": name, "text": known[name].question if name in known else name}
        if reply["answer"] != "not asked":
            row["answer"] = [{"valueBoolean": reply["answer"] == "yes"}]
        told = [(key, reply[key]) for key in ("since", "until", "zone", "which", "note") if reply.get(key)]
        if told:
            row["item"] = [
                {"linkId": f"{name}.{key}", "text": key, "answer": [{"valueString": str(said)}]} for key, said in told
            ]
        rows.append(row)
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "questionnaire": QUESTIONS,
        "authored": part.day,
        "item": rows,
        "extension": part.extension(),
    }


def observed(part: Part) -> Resource:
    """An observation of the course as an Observation: the quantity by its name in the catalogue."""
    one = Observation.model_validate(part.value)
    day = date.fromisoformat(part.day) + timedelta(days=one.time) if one.time is not None else None
    unit = {"unit": one.unit} if one.unit != "1" else {}
    body: Resource = {
        "resourceType": "Observation",
        "status": "final" if one.by != "patient" else "preliminary",
        "code": {"coding": [coding(QUANTITIES, one.quantity)], "text": one.quantity.replace("_", " ")},
        "valueQuantity": {
            "value": one.value,
            **unit,
            **({"comparator": "<="} if one.bound == "upper" else {"comparator": ">="} if one.bound else {}),
        },
        "bodySite": site(one.zone),
        "extension": part.extension(),
    }
    if day:
        body["effectiveDateTime"] = day.isoformat()
    return body | ({"note": [{"text": one.note}]} if one.note else {})
