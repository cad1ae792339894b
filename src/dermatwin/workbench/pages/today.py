"""The first page: who comes today, what waits, for this role."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from ..deeds import user_of
from ..models import OPEN_ITEM, OPEN_LINE, Appointment, HistoryItem, ImportLine, Plan, Run, Search, Session, Symptom

SOON = 7  # days that are shown beyond today


GRAVEST = ("urgent", "contact", "reassure")


def waiting_symptoms() -> list[Symptom]:
    """What was noticed and nobody has seen to yet, the gravest first: answers from home come at any hour."""
    rows = Symptom.objects.filter(answered_at=None).select_related("patient").order_by("noticed_on")[:200]
    return sorted(rows, key=lambda one: GRAVEST.index(one.triage.get("level", "contact")))[:12]


def today(request: HttpRequest) -> HttpResponse:
    """Appointments for the desk, what waits for the clinic."""
    user, context = user_of(request), {}
    begin = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    if user.may("people.read"):
        coming = Appointment.objects.select_related("patient").exclude(state="cancelled")
        context["appointments"] = coming.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
        context["soon"] = coming.filter(at__gte=begin + timedelta(days=1), at__lt=begin + timedelta(days=SOON + 1))[:12]
    if user.may("clinic.read"):
        context["runs"] = Run.objects.select_related("plan__patient").exclude(state="done")[:6]
        context["searches"] = Search.objects.select_related("consultation__patient").exclude(state="done")[:6]
        waiting = HistoryItem.objects.filter(**OPEN_ITEM).order_by().values("patient")
        brought = ImportLine.objects.filter(**OPEN_LINE).order_by().values("brought__patient")
        context["unconfirmed"] = waiting.union(brought).count()
        context["unsigned"] = (
            Plan.objects.select_related("patient", "consultation")
            .filter(signed_at=None, withdrawn_at=None, runs__state="done")
            .distinct()[:6]
        )
    if user.may("session.read"):
        context["noticed"] = waiting_symptoms()
        context["sessions"] = Session.objects.filter(state="under_way").select_related("patient")
    return render(request, "workbench/today.html", {**context, "day": begin.date()})
