"""A case, or a run, as one bundle of FHIR R4: history, plan, what was done, forecast, screening, and who made it.

What is written has the shape of R4B by the models of fhir.resources before it leaves. The same input gives the same bundle.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ...case import Case
from ...core.errors import CaseError, ComputationError, Fault
from ...evidence import Evidence
from ...history import LISTS
from ...screening import Screening, load_case, screen
from . import course
from .course import ConsentGiven, SessionDone, lot_key
from .forecast import detected_issues, risk_assessment
from .models import shape_faults
from .part import Part
from .written import ANAMNESIS, FIELDS, OBSERVATIONS, written_part

Resource = dict[str, Any]
_CASE, _SUMMARY = "case.resolved.yaml", "summary.json"


@dataclass(frozen=True)
class Told:
    """What a bundle tells. `summary` is that of a run; sessions and consents are what a clinic kept of them.

    person : the id of the person in the bundle. signed : whether the plan was signed. made : the instant of the export.
    """

    case: Case
    evidence: Evidence
    screening: Screening | None = None
    summary: Mapping[str, Any] | None = None
    sessions: tuple[SessionDone, ...] = ()
    consents: tuple[ConsentGiven, ...] = ()
    person: str = "person"
    signed: bool = False
    made: datetime | None = None


def read_told(path: Path, evidence: Evidence) -> Told:
    """What to tell of a run folder or of a case file, with its screening."""
    if not path.is_dir():
        case = load_case(path, None, evidence)
        return Told(case, evidence, screen(case, evidence) if case.patient.species == "human" else None)
    if not (path / _CASE).is_file() or not (path / _SUMMARY).is_file():
        raise CaseError([Fault(str(path), "", f"is no run folder; it has no {_CASE} and {_SUMMARY}")])
    case = load_case(path / _CASE, None, evidence)
    try:
        summary = json.loads((path / _SUMMARY).read_text(encoding="utf-8"))
        assert {"endpoints", "titles", "provenance", "intent"} <= summary.keys()
    except (ValueError, AssertionError, AttributeError, OSError):
        raise CaseError([Fault(str(path / _SUMMARY), "", "is no summary of a run; simulate or reread the run")]) from None
    return Told(case, evidence, screen(case, evidence) if case.patient.species == "human" else None, summary)


def bundle_text(told: Told) -> str:
    """The bundle as JSON text."""
    return json.dumps(bundle_of(told), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def bundle_of(told: Told) -> Resource:
    """The bundle as plain data; CaseError for an animal, and without the extra; ComputationError where it is no R4."""
    if told.case.patient.species != "human":
        raise CaseError(
            [Fault("patient.species", told.case.patient.species, "is no person; a clinical record is of people")]
        )
    entries = list(_entries(told))
    for entry in entries:
        body = entry["resource"]
        for where, why in shape_faults(body):
            raise ComputationError(f"what is written is FHIR R4 ({why})", f"{body['resourceType']}/{body['id']}.{where}")
    return {"resourceType": "Bundle", "type": "collection", "timestamp": _instant(told), "entry": entries}


def _instant(told: Told) -> str:
    made = told.made or datetime.now(UTC)
    return made.astimezone(UTC).isoformat(timespec="seconds")


class _Names:
    """Ids and addresses of the resources of one bundle, the same for the same case."""

    def __init__(self, told: Told) -> None:
        self._root = f"dermatwin/{told.person}/{told.case.title}"

    def url(self, name: str) -> str:
        """The address of a resource in the bundle."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{self._root}/{name}')}"

    def entry(self, name: str, body: Resource) -> Resource:
        """A resource as an entry of the bundle."""
        return {"fullUrl": self.url(name), "resource": {"resourceType": body["resourceType"], "id": name, **body}}


def _entries(told: Told) -> Iterator[Resource]:
    names = _Names(told)
    person = {"reference": names.url(told.person)}
    made: list[Resource] = []
    for name, body in (*_history(told), *_course(told, names), *_computed(told, names)):
        about = (
            {"patient": person}
            if body["resourceType"] in _OF_PATIENT
            else {}
            if body["resourceType"] == "Device"
            else {"subject": person}
        )
        made.append(names.entry(name, body | about))
    sex = "unknown" if "sex" in course.unsaid(told.case) else told.case.patient.sex
    yield names.entry(told.person, {"resourceType": "Patient", "gender": sex})
    yield from made
    yield names.entry("provenance", _provenance(told, [person["reference"], *(entry["fullUrl"] for entry in made)]))


_OF_PATIENT = ("AllergyIntolerance", "FamilyMemberHistory", "Consent", "DetectedIssue")
"""Kinds whose element for the person is 'patient', not 'subject'."""


def _history(told: Told) -> Iterator[tuple[str, Resource]]:
    """The history, the fields of the person, the answers and the observations, each with its part of the case."""
    values = told.case.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    day, person = told.case.course.start.isoformat(), values["patient"]
    assumed = course.unsaid(told.case)
    parts = [
        (f"{name.replace('_', '-')}-{number}", Part(f"patient.{name}", one, day))
        for name in LISTS
        for number, one in enumerate(person.get(name, []), 1)
    ]
    parts += [
        (name.replace("_", "-"), Part(place, person[name], day))
        for place, name in FIELDS.items()
        if person.get(name) and name not in assumed
    ]
    if person.get("anamnesis"):
        parts.append(("anamnesis", Part(ANAMNESIS, person["anamnesis"], day)))
    parts += [
        (f"observation-{number}", Part(OBSERVATIONS, one, day))
        for number, one in enumerate(values.get("observations", []), 1)
    ]
    for name, part in parts:
        body = written_part(part, told.evidence)
        assert body is not None, part.place
        yield name, body


def _course(told: Told, names: _Names) -> Iterator[tuple[str, Resource]]:
    """The plan with its concerns, devices, sessions and consents."""
    case, done = told.case, {one.number: one for one in told.sessions}
    worries = [(f"concern-{number}", body) for number, body in enumerate(course.concerns(case), 1)]
    tools = {name: (f"device-{number}", body) for number, (name, body) in enumerate(course.devices(case, told.sessions), 1)}
    sessions = []
    for number in range(1, len(case.session_days) + 1):
        body = course.procedure(case, number, done.get(number))
        used = [lot_key(lot) for lot in done[number].lots] if number in done else []
        own = case.course.device if isinstance(case.course.device, str) else case.course.device.name
        body["basedOn"] = [{"reference": names.url("plan")}]
        body["usedReference"] = [
            {"reference": names.url(tools[name][0]), "display": name} for name in dict.fromkeys([own, *used])
        ]
        sessions.append((f"session-{number}", body))
    yield from worries
    yield from tools.values()
    urls = [names.url(name) for name, _ in sessions]
    yield "plan", course.care_plan(case, told.signed, [names.url(name) for name, _ in worries], urls)
    yield from sessions
    for number, given in enumerate(told.consents, 1):
        yield f"consent-{number}", course.consent(given)


def _computed(told: Told, names: _Names) -> Iterator[tuple[str, Resource]]:
    """The screening and the forecast."""
    start = told.case.course.start
    if told.screening is not None:
        for number, body in enumerate(detected_issues(told.screening, start), 1):
            yield f"issue-{number}", body
    if told.summary is not None and (body := risk_assessment(told.summary, start, told.evidence)):
        yield "forecast", body | {"basis": [{"reference": names.url("plan")}]}


def _provenance(told: Told, targets: list[str]) -> Resource:
    from importlib.metadata import version

    return {
        "resourceType": "Provenance",
        "target": [{"reference": url} for url in targets],
        "recorded": _instant(told),
        "activity": {"text": "written by dermatwin from a case"},
        "agent": [
            {
                "type": {
                    "coding": [
                        {"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "assembler"}
                    ]
                },
                "who": {"display": f"dermatwin {version('dermatwin')}"},
            }
        ],
    }
