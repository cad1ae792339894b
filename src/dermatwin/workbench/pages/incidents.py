"""Incidents: what went wrong, after which session, what was done, who closed it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ...evidence.rows.advice import ComplicationRow
from ..calls.known import evidence
from ..deeds import tell, user_of
from ..forms.after import CloseForm, IncidentForm
from ..models import AdverseEvent
from .found import page_of, patient_of


def kinds() -> list[tuple[str, str]]:
    """What can go wrong, as the sheet of complications names it; and whatever else."""
    known = [(row.id, row.complication) for row in evidence().rows(ComplicationRow)]
    return [*known, ("other", "something else")]


def incidents(request: HttpRequest) -> HttpResponse:
    """All of the clinic, open ones first."""
    rows = AdverseEvent.objects.select_related("patient", "session__cartridge__lot", "session__device")
    context = {
        "open": rows.filter(closed_on=None),
        "page": page_of(request, rows.exclude(closed_on=None)),
        "names": dict(kinds()),
    }
    return render(request, "workbench/incidents.html", context)


def incident_new(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Something went wrong."""
    person = patient_of(patient)
    form = IncidentForm(
        request.POST or None,
        instance=AdverseEvent(patient=person),
        kinds=kinds(),
        initial={"noticed_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        made = form.keep(user_of(request))
        tell(request, record=made.pk, kind=made.kind, grade=made.grade)
        return redirect("incident", person.pk, made.pk)
    context = {"form": form, "patient": person, "title": "An incident", "action": "Record"}
    return render(request, "workbench/form_page.html", context)


def incident(request: HttpRequest, patient: UUID, incident: UUID) -> HttpResponse:
    """One incident, with the session that it followed."""
    found = _incident_of(patient, incident)
    context = {"patient": found.patient, "incident": found, "name": dict(kinds()).get(found.kind, found.kind)}
    return render(request, "workbench/incident.html", context)


def incident_edit(request: HttpRequest, patient: UUID, incident: UUID) -> HttpResponse:
    """More is known. One that is closed is read only."""
    found = _incident_of(patient, incident)
    if found.closed_on is not None:
        return redirect("incident", patient, incident)
    form = IncidentForm(request.POST or None, instance=found, kinds=kinds())
    if request.method == "POST" and form.is_valid():
        form.keep(user_of(request))
        return redirect("incident", patient, incident)
    context = {"form": form, "patient": found.patient, "title": "Incident", "action": "Save"}
    return render(request, "workbench/form_page.html", context)


def incident_close(request: HttpRequest, patient: UUID, incident: UUID) -> HttpResponse:
    """It is over, in one way or another."""
    found = _incident_of(patient, incident)
    form = CloseForm(request.POST or None, initial={"version": found.version, "done": found.done})
    if request.method == "POST" and found.closed_on is None and form.is_valid():
        said = form.cleaned_data
        found.version, found.outcome, found.done = said["version"], said["outcome"], said["done"]
        found.closed_on, found.closed_by = timezone.localdate(), user_of(request)
        found.save()
        return redirect("incident", patient, incident)
    context = {"form": form, "patient": found.patient, "title": "Close the incident", "action": "Close it"}
    return render(request, "workbench/form_page.html", context)


def _incident_of(patient: UUID, incident: UUID) -> AdverseEvent:
    wanted = AdverseEvent.objects.select_related(
        "patient", "session__cartridge__lot", "session__device", "closed_by", "made_by"
    )
    return get_object_or_404(wanted, pk=incident, patient=patient)
