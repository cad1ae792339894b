"""The consultation: the person that day, the anamnesis, where and what; step by step to the screening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ...core.errors import CaseError
from ...evidence.rows.history import AnamnesisRow
from ..calls import questions
from ..deeds import tell, user_of
from ..forms.consultation import ConsultationForm, QuestionForm
from ..models import OPEN_ITEM, Answer, Consultation, HistoryItem, Plan, ScreeningResult, Zone
from .found import consultation_of, patient_of


def consultation_new(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Begin a consultation; what does not change is taken from the last one."""
    person = patient_of(patient)
    last = Consultation.objects.filter(patient=person).first()
    kept = {"phototype": last.phototype, "body_weight_kg": last.body_weight_kg, "smoker": last.smoker} if last else {}
    form = ConsultationForm(
        request.POST or None, instance=Consultation(patient=person), initial={"day": date.today(), **kept}
    )
    if request.method == "POST" and form.is_valid():
        made = form.keep(user_of(request))
        tell(request, record=made.pk)
        return redirect("consultation", person.pk, made.pk)
    context = {"form": form, "patient": person, "title": "New consultation", "action": "Begin"}
    return render(request, "workbench/form_page.html", context)


def consultation(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """What is there, what is missing, and the next step."""
    seen = consultation_of(patient, consultation)
    zones = list(Zone.objects.filter(consultation=seen).prefetch_related("concerns"))
    context: dict[str, Any] = {"consultation": seen, "patient": seen.patient, "zones": zones}
    context["waiting"] = HistoryItem.objects.filter(patient=seen.patient, **OPEN_ITEM).count()
    context["answered"] = Answer.objects.filter(consultation=seen).count()
    context["asked"] = _count(seen) if zones else 0
    context["plans"] = Plan.objects.filter(consultation=seen, withdrawn_at=None)
    context["last"] = ScreeningResult.objects.filter(consultation=seen).first()
    return render(request, "workbench/consultation.html", context)


def _count(seen: Consultation) -> int:
    """How many questions apply; none where the case cannot be read yet."""
    try:
        return sum(len(group.rows) for group in questions.groups(seen))
    except CaseError:
        return 0


def consultation_edit(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """Correct the person's particulars of that day."""
    seen = consultation_of(patient, consultation)
    form = ConsultationForm(request.POST or None, instance=seen)
    if request.method == "POST" and form.is_valid():
        form.keep(user_of(request))
        return redirect("consultation", patient, consultation)
    context = {"form": form, "patient": seen.patient, "title": "The person today", "action": "Save"}
    return render(request, "workbench/form_page.html", context)


@dataclass(frozen=True)
class Asked:
    """One question as it is shown: its form, and the questions that its yes opens."""

    row: AnamnesisRow
    form: QuestionForm
    behind: list[Asked]


def anamnesis(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """Every question that applies to this person and these zones, on one page."""
    seen = consultation_of(patient, consultation)
    try:
        groups = questions.groups(seen)
    except CaseError as error:
        context = {"patient": seen.patient, "consultation": seen, "faults": error.faults}
        return render(request, "workbench/no_case.html", context)
    said = {answer.question: answer for answer in Answer.objects.filter(consultation=seen)}
    forms = {row.id: QuestionForm(row, said.get(row.id), request.POST or None) for group in groups for row in group.rows}
    if request.method == "POST" and not [form for form in forms.values() if not form.is_valid()]:  # every form is looked at
        seen.version = int(request.POST.get("version") or 0)
        seen.save()
        for name, form in forms.items():
            form.keep(seen, said.get(name))
        return redirect("consultation", patient, consultation)
    told = [(group.title, _nested(group.rows, forms, "")) for group in groups]
    context = {"patient": seen.patient, "consultation": seen, "groups": told, "failed": request.method == "POST"}
    return render(request, "workbench/anamnesis.html", context)


def _nested(rows: tuple[AnamnesisRow, ...], forms: dict[str, QuestionForm], after: str) -> list[Asked]:
    """Questions with those that they open behind them; one whose opener is not asked stands for itself."""
    here = {row.id for row in rows}
    chosen = [row for row in rows if (row.after if row.after in here else "") == after]
    return [Asked(row, forms[row.id], _nested(rows, forms, row.id)) for row in chosen]
