"""The models of FHIR R4 (fhir.resources, its R4B part on purpose: the default of that library is R5 and drops what R4 says).

They say whether a resource that is read has the shape of R4, and whether what is written has it. The extra `fhir` brings
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from ...core.errors import CaseError, Fault
from ...core.printing import printable
from .record import ClinicalRecord, Resource

_NAMES = (
    "AllergyIntolerance CarePlan Condition Device FamilyMemberHistory Immunization Medication "
    "MedicationAdministration MedicationDispense MedicationRequest MedicationStatement Observation Patient "
    "Procedure QuestionnaireResponse "
)
READ = frozenset(_NAMES.split())
"""Kinds that are read, and so have to be what they say they are."""

_TOLD = 3  # faults of one resource


def model_of(kind: str) -> Any:
    """The model of a kind of resource; CaseError without the extra, LookupError for a kind that R4 does not have."""
    try:
        library = import_module("fhir.resources.R4B")
    except ImportError:
        raise CaseError([Fault("fhir", "", "needs the extra 'fhir': pip install 'dermatwin[fhir]'")]) from None
    return library.get_fhir_model_class(kind)


def faults_in(record: ClinicalRecord) -> Iterator[Fault]:
    """What is wrong with the resources that are read."""
    model_of("Patient")
    for one in record.resources:
        if one.kind in READ:
            yield from _faults(one)


def _faults(one: Resource) -> Iterator[Fault]:
    found = shape_faults(one.body)
    for where, why in found[:_TOLD]:
        yield Fault(f"{one.name}{'.' if where else ''}{printable(where)}", "", f"is not FHIR R4: {printable(why)}")
    if len(found) > _TOLD:
        yield Fault(one.name, "", f"is not FHIR R4 in {len(found) - _TOLD} more places")


def shape_faults(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where a resource is not what R4 says, and why; empty where it is."""
    try:
        model_of(str(body.get("resourceType"))).model_validate(dict(body))
    except ValidationError as error:
        return [
            (".".join(map(str, each["loc"])), _said(each["msg"]))
            for each in error.errors(include_url=False, include_input=False)
        ]
    except (LookupError, AssertionError) as error:
        return [("", _said(str(error)))]
    return []


def _said(message: str) -> str:
    return message.removeprefix("Value error, ").rstrip(".")[:200]
