"""Records by their ids: an id that is not the person's is not found, whoever guesses it."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from ..models import Consultation, Patient, Plan

M = TypeVar("M", bound=Model)
PER_PAGE = 25


def patient_of(patient: UUID) -> Patient:
    """The person of an address."""
    return get_object_or_404(Patient, pk=patient)


def consultation_of(patient: UUID, consultation: UUID) -> Consultation:
    """A consultation of this person."""
    return get_object_or_404(Consultation.objects.select_related("patient"), pk=consultation, patient=patient)


def plan_of(patient: UUID, plan: UUID) -> Plan:
    """A plan of this person."""
    wanted = Plan.objects.select_related("patient", "consultation", "signed_by", "supersedes")
    return get_object_or_404(wanted, pk=plan, patient=patient)


def page_of(request: HttpRequest, rows: QuerySet[M], size: int = PER_PAGE) -> Page[M]:
    """The part of a long list that the address asks for."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
