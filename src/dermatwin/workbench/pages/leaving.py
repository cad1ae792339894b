"""A person's data leave: everything as an archive, or everything erased: asked for by one, approved by another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .. import forgetting
from ..audit import Deed, note
from ..deeds import tell, user_of
from ..exporting import archive
from ..forms.stock import ApproveForm, ErasureForm
from ..models import Consent, Erasure, Photo
from .found import patient_of


def export(request: HttpRequest, patient: UUID) -> HttpResponse:
    """What an archive holds, and the way to it."""
    person = patient_of(patient)
    without = sum(not one.consent.valid for one in Photo.objects.filter(patient=person).select_related("consent__text"))
    context = {"patient": person, "photos_without": without, "consents": Consent.objects.filter(patient=person).count()}
    return render(request, "workbench/export.html", context)


def export_file(request: HttpRequest, patient: UUID) -> FileResponse:
    """Everything of one person."""
    person = patient_of(patient)
    name = "".join(mark if mark.isalnum() else "-" for mark in person.number)
    return FileResponse(archive(person), as_attachment=True, filename=f"record-{name}.zip", content_type="application/zip")


def erasures(request: HttpRequest) -> HttpResponse:
    """Wishes to be forgotten: those that wait, and those that were seen to."""
    rows = Erasure.objects.select_related("asked_by", "approved_by")
    context = {
        "waiting": rows.filter(refused_at=None, done_at=None),
        "over": rows.exclude(refused_at=None, done_at=None),
        "backups": forgetting.remaining(),
    }
    return render(request, "workbench/erasures.html", context)


def erasure_new(request: HttpRequest) -> HttpResponse:
    """Ask that somebody is forgotten."""
    form = ErasureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["number"]
        made = form.save(commit=False)
        made.patient, made.asked_by = person.pk, user_of(request)
        made.save()
        tell(request, record=made.pk, patient=person.pk)
        return redirect("erasures")
    context = {"form": form, "title": "Ask for an erasure", "action": "Ask", "back": "erasures"}
    return render(request, "workbench/form_page.html", context)


def erasure(request: HttpRequest, erasure: UUID) -> HttpResponse:
    """Approve: the person is forgotten at once. Nobody approves what they asked for."""
    found = _open(erasure)
    person, user = forgetting.person(found.patient), user_of(request)
    if person is None or found.asked_by == user:
        raise Http404
    form = ApproveForm(request.POST or None, patient=person)
    if request.method == "POST" and form.is_valid():
        found.approved_by, found.approved_at = user, timezone.now()
        found.save()
        counts = forgetting.forget(found)
        tell(request, patient=found.patient, records=sum(counts.values()))
        note(None, Deed("erased", "erasure", str(found.pk), str(found.patient), {"records": sum(counts.values())}))
        messages.success(request, f"The person is forgotten: {sum(counts.values())} records are gone.")
        return redirect("erasures")
    context = {"erasure": found, "patient": person, "form": form, "backups": forgetting.remaining()}
    return render(request, "workbench/erasure.html", context)


def erasure_refuse(request: HttpRequest, erasure: UUID) -> HttpResponse:
    """Do not: a law asks to keep the records, or it was a mistake."""
    found = _open(erasure)
    found.refused_at = timezone.now()
    found.save()
    tell(request, patient=found.patient)
    return redirect("erasures")


def _open(erasure: UUID) -> Erasure:
    return get_object_or_404(Erasure.objects.select_related("asked_by"), pk=erasure, refused_at=None, done_at=None)
