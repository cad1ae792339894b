"""The history: lines with their source, each confirmed by somebody before it counts."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ..deeds import tell, user_of
from ..forms.history import DismissForm, HistoryItemForm
from ..models import HistoryItem, User
from .found import patient_of
from .imports import imports_of


def history(request: HttpRequest, patient: UUID) -> HttpResponse:
    """All lines: those that wait first."""
    person = patient_of(patient)
    items = list(HistoryItem.objects.filter(patient=person).select_related("confirmed_by", "brought_by"))
    context = {
        "patient": person,
        "waiting": [item for item in items if item.open],
        "counting": [item for item in items if item.counts],
        "dismissed": [item for item in items if item.dismissed],
        "imports": imports_of(person),
    }
    return render(request, "workbench/history.html", context)


def history_add(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Enter a line; who enters it confirms it."""
    person = patient_of(patient)
    form = HistoryItemForm(request.POST or None, instance=HistoryItem(patient=person))
    if request.method == "POST" and form.is_valid():
        _confirm(form.instance, user_of(request))
        tell(request, record=form.keep(user_of(request)).pk)
        return redirect("history", person.pk)
    context = {"form": form, "patient": person, "title": "New line of the history", "action": "Enter", "back": "history"}
    return render(request, "workbench/form_page.html", context)


def history_edit(request: HttpRequest, patient: UUID, item: UUID) -> HttpResponse:
    """Correct a line; who corrects it confirms it."""
    person = patient_of(patient)
    known = get_object_or_404(HistoryItem, pk=item, patient=person)
    form = HistoryItemForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        _confirm(form.instance, user_of(request))
        form.keep(user_of(request))
        return redirect("history", person.pk)
    context = {
        "form": form,
        "patient": person,
        "title": "Line of the history",
        "action": "Save and confirm",
        "back": "history",
    }
    return render(request, "workbench/form_page.html", context)


def history_confirm(request: HttpRequest, patient: UUID, item: UUID) -> HttpResponse:
    """Say that a line is right as it stands."""
    known = get_object_or_404(HistoryItem, pk=item, patient=patient)
    _confirm(known, user_of(request))
    known.version = int(request.POST.get("version") or 0)
    known.save()
    return redirect("history", patient)


def history_dismiss(request: HttpRequest, patient: UUID, item: UUID) -> HttpResponse:
    """Say why a line does not count."""
    person = patient_of(patient)
    known = get_object_or_404(HistoryItem, pk=item, patient=person)
    form = DismissForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        form.keep(user_of(request))
        return redirect("history", person.pk)
    context = {
        "form": form,
        "patient": person,
        "title": f"Set aside: {known.text}",
        "action": "Set aside",
        "back": "history",
    }
    return render(request, "workbench/form_page.html", context)


def _confirm(item: HistoryItem, user: User) -> None:
    item.confirmed_by, item.confirmed_at = user, timezone.now()
