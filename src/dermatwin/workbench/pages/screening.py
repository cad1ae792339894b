"""Screening: the verdict with every reason and source; a prescriber may lift a soft stop, nobody a hard one."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ...core.errors import CaseError
from ..calls import screened
from ..calls.document import case_for
from ..calls.known import evidence
from ..deeds import tell, user_of
from ..forms.plan import JudgementForm, OverrideForm
from ..mishaps import Refused
from ..models import Judgement, Override
from .found import consultation_of


def screening(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """What the twin says of this person and these zones today."""
    seen = consultation_of(patient, consultation)
    context = {"patient": seen.patient, "consultation": seen}
    try:
        found, kept = screened.screened(seen, case_for(seen), user_of(request))
    except CaseError as error:
        return render(request, "workbench/no_case.html", {**context, "faults": error.faults})
    sources = evidence().sources
    lifted = {one.rule: one for one in Override.objects.filter(consultation=seen, withdrawn_at=None).select_related("by")}
    context |= {"found": found, "kept": kept, "lifted": lifted, "sources": sources}
    return render(request, "workbench/screening.html", context)


def _digest(words: str) -> str:
    """What the log keeps of free text: enough to hold the record against it, nothing that outlives an erasure."""
    return sha256(words.encode()).hexdigest()


def override(request: HttpRequest, patient: UUID, consultation: UUID, rule: str) -> HttpResponse:
    """Lift a soft stop with a reason. What is no soft stop of this person cannot be lifted, whatever form is sent."""
    seen = consultation_of(patient, consultation)
    found, _ = screened.screened(seen, case_for(seen), user_of(request))
    stop = screened.soft_stop(found, rule)
    if stop is None:
        raise Refused("override")
    form = OverrideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = user_of(request)
        made = Override.objects.create(
            consultation=seen, rule=rule, title=stop.title[:200], reason=form.cleaned_data["reason"], by=user, made_by=user
        )
        tell(request, record=made.pk, rule=rule, reason_sha256=_digest(made.reason))
        return redirect("screening", patient, consultation)
    context = {"patient": seen.patient, "consultation": seen, "form": form, "stop": stop, "title": "Go on in spite of this"}
    return render(request, "workbench/override.html", context)


def override_withdraw(request: HttpRequest, patient: UUID, consultation: UUID, override: UUID) -> HttpResponse:
    """Take a reason back: the stop stands again."""
    seen = consultation_of(patient, consultation)
    lifted = get_object_or_404(Override, pk=override, consultation=seen, withdrawn_at=None)
    lifted.withdrawn_at = timezone.now()
    lifted.save()
    tell(request, rule=lifted.rule)
    return redirect("screening", patient, consultation)


def judgement(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """Judge words that the twin does not know."""
    seen = consultation_of(patient, consultation)
    form = JudgementForm(request.POST or None, initial={"about": request.GET.get("about", "")[:200]})
    if request.method == "POST" and form.is_valid():
        user = user_of(request)
        made = Judgement.objects.create(consultation=seen, by=user, made_by=user, day=date.today(), **form.cleaned_data)
        tell(request, record=made.pk, reading=made.reading, reason_sha256=_digest(made.reason))
        return redirect("screening", patient, consultation)
    context = {"form": form, "patient": seen.patient, "title": "Judge what is not known", "action": "Record"}
    return render(request, "workbench/form_page.html", context)
