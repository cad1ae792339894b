"""Consent: in which words, signed by whom, before whom, when; given anew or taken back, never changed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ..deeds import tell, user_of
from ..forms.stock import ConsentForm, WithdrawForm
from ..models import Consent, ConsentText, Patient, Plan
from .found import patient_of


def consents(request: HttpRequest, patient: UUID) -> HttpResponse:
    """What somebody agreed to, and what may be signed."""
    person = patient_of(patient)
    context = {
        "patient": person,
        "given": Consent.objects.filter(patient=person).select_related("text", "witnessed_by", "plan"),
        "texts": _texts(person),
        "plan": current_plan(person),
    }
    return render(request, "workbench/consents.html", context)


def _texts(person: Patient) -> list[ConsentText]:
    """Texts that are signed today, in the language of the person first."""
    found = ConsentText.objects.filter(retired_on=None)
    return sorted(found, key=lambda one: (one.language != person.language, one.kind != "treatment", one.title))


def current_plan(person: Patient) -> Plan | None:
    """The signed plan that nothing replaces."""
    return Plan.objects.filter(patient=person, signed_at__isnull=False, superseded_by=None).first()


def consent_give(request: HttpRequest, patient: UUID, text: UUID) -> HttpResponse:
    """The words, and below them the signature. A treatment is agreed to plan by plan."""
    person, words = patient_of(patient), get_object_or_404(ConsentText, pk=text, retired_on=None)
    plan = current_plan(person) if words.kind == "treatment" else None
    form = ConsentForm(request.POST or None, text=words)
    needs_plan = words.kind == "treatment" and plan is None
    if request.method == "POST" and form.is_valid() and not needs_plan:
        user = user_of(request)
        made = Consent.objects.create(
            patient=person,
            plan=plan,
            text=words,
            text_sha256=words.sha256,
            given_at=timezone.now(),
            signed_name=form.cleaned_data["signed_name"],
            witnessed_by=user,
            made_by=user,
        )
        tell(request, record=made.pk, text=words.sha256)
        return redirect("consents", person.pk)
    context = {"patient": person, "text": words, "form": form, "for_plan": plan, "needs_plan": needs_plan}
    return render(request, "workbench/consent_give.html", context)


def consent(request: HttpRequest, patient: UUID, consent: UUID) -> HttpResponse:
    """One consent, with the words that were signed."""
    found = _consent_of(patient, consent)
    return render(request, "workbench/consent.html", {"patient": found.patient, "consent": found})


def consent_withdraw(request: HttpRequest, patient: UUID, consent: UUID) -> HttpResponse:
    """Take a consent back; it stays to be seen."""
    found = _consent_of(patient, consent)
    form = WithdrawForm(request.POST or None, instance=found)
    if request.method == "POST" and found.withdrawn_at is None and form.is_valid():
        found.withdrawn_at = timezone.now()
        form.keep(user_of(request))
        return redirect("consents", patient)
    context = {
        "form": form,
        "patient": found.patient,
        "title": "Take a consent back",
        "action": "Take it back",
        "back": "consents",
    }
    return render(request, "workbench/form_page.html", context)


def _consent_of(patient: UUID, consent: UUID) -> Consent:
    wanted = Consent.objects.select_related("patient", "text", "plan", "witnessed_by")
    return get_object_or_404(wanted, pk=consent, patient=patient)
