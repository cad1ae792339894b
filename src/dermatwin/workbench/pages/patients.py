"""Patients: found by the beginning of a name or number, entered, changed; and when they come."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from ..deeds import tell, user_of
from ..forms.people import AppointmentForm, PatientForm
from ..models import OPEN_ITEM, OPEN_LINE, Appointment, Consultation, HistoryItem, ImportLine, Patient, Plan
from .found import page_of, patient_of
from .timeline import timeline

_LAST = "\U0010ffff"


def patients(request: HttpRequest) -> HttpResponse:
    """A list of people, all or those whose name or number begins so."""
    wanted = request.GET.get("q", "").strip()[:100]
    rows = Patient.objects.all()
    for word in wanted.casefold().split()[:4]:
        rows = rows.filter(_begins("family_key", word) | _begins("given_key", word) | _begins("number", word))
    return render(request, "workbench/patients.html", {"page": page_of(request, rows), "q": wanted})


def _begins(name: str, word: str) -> Q:
    """A condition that an index answers: PostgreSQL has one for beginnings, SQLite compares bytes."""
    if connection.vendor == "postgresql":
        return Q(**{f"{name}__startswith": word})
    return Q(**{f"{name}__gte": word, f"{name}__lt": word + _LAST})


def patient_new(request: HttpRequest) -> HttpResponse:
    """Enter a person."""
    form = PatientForm(request.POST or None, initial={"number": _next_number()})
    if request.method == "POST" and form.is_valid():
        patient = form.keep(user_of(request))
        tell(request, patient=patient.pk)
        return redirect("patient", patient.pk)
    return render(
        request, "workbench/form_page.html", {"form": form, "title": "New patient", "action": "Enter", "back": "patients"}
    )


def _next_number() -> str:
    """The number after the last; one that is taken by then is refused by the form."""
    return f"{Patient.objects.count() + 1:05d}"


def patient(request: HttpRequest, patient: UUID) -> HttpResponse:
    """One person: the desk sees who they are and when they come, the clinic all that happened."""
    person, user = patient_of(patient), user_of(request)
    context = {"patient": person, "appointments": Appointment.objects.filter(patient=person).order_by("-at")[:8]}
    if user.may("clinic.read"):
        context["page"] = page_of(request, timeline(person))
        waiting = HistoryItem.objects.filter(patient=person, **OPEN_ITEM).count()
        context["open_items"] = waiting + ImportLine.objects.filter(brought__patient=person, **OPEN_LINE).count()
        context["plan"] = Plan.objects.filter(patient=person, signed_at__isnull=False, superseded_by=None).first()
        context["consultation"] = Consultation.objects.filter(patient=person).first()
    return render(request, "workbench/patient.html", context)


def patient_edit(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Change what the desk knows."""
    person = patient_of(patient)
    form = PatientForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.keep(user_of(request))
        return redirect("patient", person.pk)
    context = {"form": form, "patient": person, "title": "Change particulars", "action": "Save"}
    return render(request, "workbench/form_page.html", context)


def appointment_new(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Give somebody an appointment."""
    person = patient_of(patient)
    form = AppointmentForm(request.POST or None, instance=Appointment(patient=person))
    return _appointment(request, person, form, "New appointment")


def appointment_edit(request: HttpRequest, patient: UUID, appointment: UUID) -> HttpResponse:
    """Move an appointment, or say what became of it."""
    person = patient_of(patient)
    known = get_object_or_404(Appointment, pk=appointment, patient=person)
    return _appointment(request, person, AppointmentForm(request.POST or None, instance=known), "Appointment")


def _appointment(request: HttpRequest, person: Patient, form: AppointmentForm, title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        tell(request, record=form.keep(user_of(request)).pk)
        return redirect("patient", person.pk)
    return render(request, "workbench/form_page.html", {"form": form, "patient": person, "title": title, "action": "Save"})
