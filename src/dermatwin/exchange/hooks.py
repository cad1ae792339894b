"""CDS Hooks 2.0 without a web: what a clinical system asks over an open record or an order, answered by the screening.

`discovery` tells the services; `answer` takes a request and gives a status and a body; `feedback` reads what became of
cards. A server lays them behind its own addresses and checks who asks. Data come with the request (prefetch) alone: nothing
is fetched, and where something is missing the answer is 412. `patient-view` says what a person's record holds against
needling; `order-select` says it where needling is ordered, and of a medicine that is ordered for somebody with a plan to be
needled, what that medicine alone changes. Source: HL7 CDS Hooks 2.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from ..core.errors import CaseError
from ..core.printing import printable
from ..evidence import Evidence
from ..history import named_in, vocabulary
from ..screening import Finding, screen
from ..screening.records import ALLERGY_TO_PRODUCT, COMPUTED
from .fhir import Review, case_in, parse_record, review, template_values
from .fhir.elements import listing, mapping, text, words
from .fhir.forecast import RULES

Body = dict[str, Any]
VIEW, ORDER = "dermatwin-patient-view", "dermatwin-order-select"
_NEEDLING = "needling"  # the concept
_SUMMARY = 139  # letters; CDS Hooks: under 140
_INDICATORS = {"hard_stop": "critical", "soft_stop": "critical", "caution": "warning"}
_PATIENT = "{{context.patientId}}"
_LOINC = ",".join(f"http://loinc.org|{code}" for code in ("82810-3", "63895-7", "72166-2", "66555-4", "4548-4"))
PREFETCH = {
    "patient": f"Patient/{_PATIENT}",
    "conditions": f"Condition?patient={_PATIENT}",
    "medications": f"MedicationRequest?patient={_PATIENT}",
    "allergies": f"AllergyIntolerance?patient={_PATIENT}",
    "statements": f"MedicationStatement?patient={_PATIENT}",
    "procedures": f"Procedure?patient={_PATIENT}",
    "observations": f"Observation?patient={_PATIENT}&code={_LOINC}",
    "plans": f"CarePlan?patient={_PATIENT}&status=active",
}
NEEDED = ("patient", "conditions", "medications", "allergies")
"""What no answer is given without; the rest is read where it comes."""

_SERVICES = {
    VIEW: (
        "patient-view",
        "Suitability for microneedling",
        "What the open record holds against needling, with reason and source.",
    ),
    ORDER: (
        "order-select",
        "Needling and what is ordered",
        "Screens a person for whom needling is ordered, and says what an ordered medicine changes for a planned course.",
    ),
}
_ASSUMED_PHOTOTYPE = "III"
"""Where the record says none: the darkest of which no rule speaks; the card on what is open asks for it."""


@dataclass(frozen=True)
class Answer:
    """What goes back: the status of HTTP, and the body as plain data."""

    status: int
    body: Body


@dataclass(frozen=True)
class Outcome:
    """What became of a card: taken up, or overridden with a reason."""

    card: str
    outcome: str
    reason: str = ""
    comment: str = ""
    at: datetime | None = None


def discovery() -> Body:
    """The services, for GET /cds-services."""
    services = [
        {"id": name, "hook": hook, "title": title, "description": said, "prefetch": dict(PREFETCH)}
        for name, (hook, title, said) in _SERVICES.items()
    ]
    return {"services": services}


def answer(service: str, request: Any, day: date, evidence: Evidence) -> Answer:
    """The answer to POST /cds-services/{service}: 200 with cards, 404, 400 for what is no request, 412 for missing data.

    request : the body as plain data. day : as of which the record is read.
    """
    if service not in _SERVICES:
        return _refused(404, f"there is no service '{printable(str(service))[:60]}'")
    if said := _malformed(service, request):
        return _refused(400, said)
    prefetch = mapping(request.get("prefetch"))
    missing = [name for name in NEEDED if not _is_there(prefetch.get(name))]
    if missing:
        return _refused(412, f"needs prefetch of {', '.join(missing)}")
    if (whom := prefetch["patient"].get("id")) != request["context"]["patientId"]:
        return _refused(412, f"holds the record of '{printable(str(whom))[:60]}', not of the person of the context")
    try:
        found = _read(prefetch.values(), day, evidence)
        cards = _viewed(found, request, evidence) if service == VIEW else _ordered(found, request, prefetch, day, evidence)
        return Answer(200, {"cards": list(cards)})
    except CaseError as error:
        return _refused(412, "cannot read the data: " + "; ".join(map(str, error.faults[:5])))


def feedback(service: str, body: Any) -> tuple[Answer, tuple[Outcome, ...]]:
    """The answer to POST /cds-services/{service}/feedback, and what became of the cards; keep them beside the cards."""
    if service not in _SERVICES:
        return _refused(404, f"there is no service '{printable(str(service))[:60]}'"), ()
    told = [mapping(one) for one in listing(mapping(body).get("feedback"))]
    found = tuple(filter(None, map(_outcome, told)))
    if not told or len(found) < len(told):
        return _refused(
            400, "is no feedback: a list 'feedback' of card, outcome (accepted or overridden) and outcomeTimestamp"
        ), ()
    return Answer(200, {}), found


def _outcome(one: Body) -> Outcome | None:
    why = mapping(one.get("overrideReason"))
    reason = mapping(why.get("reason"))
    card, outcome = one.get("card"), one.get("outcome")
    at = _instant(one.get("outcomeTimestamp"))
    if not _is_uuid(card) or outcome not in ("accepted", "overridden") or at is None:
        return None
    return Outcome(
        str(card), outcome, text(reason.get("display") or reason.get("code")), text(why.get("userComment"))[:2000], at
    )


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _malformed(service: str, request: Any) -> str:
    """Why a body is no request to a service; empty where it is one."""
    hook = _SERVICES[service][0]
    if not isinstance(request, dict):
        return "the body is no object"
    if request.get("hook") != hook:
        return f"'hook' is not {hook}"
    if not _is_uuid(request.get("hookInstance")):
        return "'hookInstance' is no UUID"
    context = mapping(request.get("context"))
    if not isinstance(context.get("patientId"), str) or not isinstance(context.get("userId"), str):
        return "'context' lacks userId or patientId"
    if service == ORDER and (
        not isinstance(context.get("selections"), list) or not isinstance(context.get("draftOrders"), dict)
    ):
        return "'context' lacks selections or draftOrders"
    return ""


def _is_uuid(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _is_there(value: Any) -> bool:
    return mapping(value).get("resourceType") not in (None, "OperationOutcome")


def _read(values: Iterable[Any], day: date, evidence: Evidence, *more: Body) -> Review:
    """The prefetched resources as one record."""
    entries: list[Body] = []
    for value in values:
        body = mapping(value)
        if body.get("resourceType") == "Bundle":
            entries += [
                {key: one[key] for key in ("fullUrl", "resource") if key in one}
                for one in map(mapping, listing(body.get("entry")))
            ]
        elif _is_there(body):
            entries.append({"resource": body})
    kept = [one for one in entries if mapping(one.get("resource")).get("resourceType") != "OperationOutcome"]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [*kept, *({"resource": one} for one in more)]}
    return review(parse_record(json.dumps(bundle).encode(), "prefetch"), day, evidence)


def _screened(found: Review, evidence: Evidence) -> tuple[Finding, ...]:
    """The findings of a record; without a plan in it, none about the course that stands in for one."""
    screening = screen(case_in(found, evidence, _bare(found.day)), evidence)
    return tuple(one for one in screening.findings if found.plan is not None or one.rule not in _ABOUT_COURSE)


def _bare(day: date) -> Body:
    """A course of which nothing is asked where the record holds no plan: one session, nothing laid on, no concern."""
    values = template_values()
    course = {**values["course"], "start": day.isoformat(), "sessions": {"count": 1}, "topicals": [], "adjuncts": []}
    zones = [{**zone, "concerns": []} for zone in values["zones"]]
    patient = {**values["patient"], "phototype": _ASSUMED_PHOTOTYPE}
    return {"title": "", "patient": patient, "zones": zones, "course": course, "horizon": values["horizon"]}


def _viewed(found: Review, request: Body, evidence: Evidence) -> Iterator[Body]:
    """Cards of a record: what stops and what is a caution, gravest first, and what the record leaves open."""
    yield from _cards(_screened(found, evidence), request)


def _cards(findings: Iterable[Finding], request: Body) -> Iterator[Body]:
    told = [finding for finding in findings if finding.level in _INDICATORS]
    asked = [finding for finding in told if finding.rule in _ABOUT_RECORD]
    yield from (_card(finding, request) for finding in told if finding not in asked)
    if asked:
        said = "; ".join(finding.reason for finding in asked)
        summary = "Microneedling: the record leaves something open; ask the person"
        yield _body(summary, said, "info", "record", request["hookInstance"])


_ABOUT_RECORD = ("not_confirmed", "not_in_record", "not_known")
_ABOUT_COURSE = COMPUTED - {*_ABOUT_RECORD, ALLERGY_TO_PRODUCT, "read_as", "anamnesis_contradicts"}


def _card(finding: Finding, request: Body) -> Body:
    where = ", ".join(filter(None, (finding.zone, finding.concern)))
    until = f"\n\nUntil: {finding.until}" if finding.until else ""
    detail = f"{finding.reason}\n\n{finding.action}{until}\n\nSources: {', '.join(finding.sources)}"
    seed = f"{request['hookInstance']}/{finding.rule}/{where}/{finding.reason}"
    card = _body(f"Microneedling: {finding.title}", detail, _INDICATORS[finding.level], finding.rule, seed)
    if finding.level == "soft_stop":
        card["overrideReasons"] = [
            {"code": "reason-recorded", "system": RULES, "display": "A prescriber has recorded a reason"}
        ]
    return card


def _body(summary: str, detail: str, indicator: str, rule: str, seed: str) -> Body:
    short = summary if len(summary) <= _SUMMARY else f"{summary[: _SUMMARY - 3]}..."
    return {
        "uuid": str(uuid5(NAMESPACE_URL, f"dermatwin/{seed}")),
        "summary": short,
        "detail": detail,
        "indicator": indicator,
        "source": {"label": "dermatwin screening", "topic": {"system": RULES, "code": rule}},
    }


def _ordered(found: Review, request: Body, prefetch: Body, day: date, evidence: Evidence) -> Iterator[Body]:
    """Cards of selected orders: of needling, all; of a medicine for somebody with a plan of needling, what it changes."""
    context = mapping(request["context"])
    orders = [mapping(mapping(one).get("resource")) for one in listing(mapping(context["draftOrders"]).get("entry"))]
    chosen = [one for one in orders if f"{one.get('resourceType')}/{one.get('id')}" in context["selections"]]
    if any(_is_needling(one, evidence) for one in chosen):
        yield from _viewed(found, request, evidence)
        return
    medicines = [
        {**one, "id": f"selected-{number}", "status": "active"}
        for number, one in enumerate(chosen)
        if one.get("resourceType") == "MedicationRequest"
    ]
    if not medicines or found.plan is None:
        return
    before = {(one.rule, one.reason) for one in _screened(found, evidence)}
    after = _screened(_read(prefetch.values(), day, evidence, *medicines), evidence)
    new = [one for one in after if (one.rule, one.reason) not in before and one.rule not in _ABOUT_RECORD]
    yield from _cards(new, request)


def _is_needling(order: Body, evidence: Evidence) -> bool:
    """Whether an order is of needling, by its words."""
    said = words(order.get("code")) if order.get("resourceType") in ("ServiceRequest", "Procedure") else ""
    book = vocabulary(evidence)
    return any(_NEEDLING in book.kinds(one) for one in named_in(said, evidence))


def _refused(status: int, why: str) -> Answer:
    return Answer(status, {"error": why})
