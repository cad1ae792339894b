"""A person's record as a file for another clinic: for prescribers, noted in the log."""

from __future__ import annotations

from hashlib import sha256
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify

from ...core.errors import CaseError
from ..deeds import tell
from ..records_out import bundle_of_patient
from .found import patient_of


def record_out(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The bundle of FHIR R4."""
    person = patient_of(patient)
    try:
        content = bundle_of_patient(person)
    except CaseError as error:
        return render(request, "workbench/no_record.html", {"patient": person, "faults": error.faults}, status=409)
    tell(request, taken_out="FHIR R4", sha256=sha256(content).hexdigest())
    headers = {"Content-Disposition": f'attachment; filename="record-{slugify(person.number) or "person"}.json"'}
    return HttpResponse(content, content_type="application/fhir+json; charset=utf-8", headers=headers)
