"""Plans: asked for, side by side, signed. A signed plan is never changed; another supersedes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify

from ...core.errors import CaseError
from ...screening import Screening
from ..calls import screened
from ..calls.document import case_for, digest, read, text_of
from ..calls.searching import usual
from ..deeds import tell, user_of
from ..forms.plan import SignatureForm, WantedForm
from ..jobs.tasks import ask
from ..models import Consultation, Plan, Run, Search, User
from ..signing import sign, simulated, standing
from .found import consultation_of, plan_of

AHEAD = 7  # days after today that are proposed for a first session


def plan_new(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """Ask for a course: the usual one at once, or a search."""
    seen = consultation_of(patient, consultation)
    form = WantedForm(request.POST or None, initial={"start": date.today() + timedelta(days=AHEAD), "device": "pen-12"})
    context = {"patient": seen.patient, "consultation": seen, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, seen, form)
        except CaseError as error:
            context["faults"] = error.faults
    return render(request, "workbench/plan_new.html", context)


def _asked(request: HttpRequest, seen: Consultation, form: WantedForm) -> HttpResponse:
    user, case = user_of(request), case_for(seen, form.wanted)
    if form.cleaned_data["how"] == "usual":
        tell(request, record=usual(seen, case, user).pk)
        return redirect("proposals", seen.patient.pk, seen.pk)
    budget = int(form.cleaned_data["budget"] or 24)
    job = Search.objects.create(consultation=seen, case_text=text_of(case), budget=budget, asked_by=user)
    ask(job)
    tell(request, record=job.pk)
    return redirect("search", seen.patient.pk, seen.pk, job.pk)


def search(request: HttpRequest, patient: UUID, consultation: UUID, search: UUID) -> HttpResponse:
    """How far a search is, or what came of it."""
    seen = consultation_of(patient, consultation)
    job = get_object_or_404(Search, pk=search, consultation=seen)
    if job.state == "done" and Plan.objects.filter(search=job).exists():
        return redirect("proposals", patient, consultation)
    return render(request, "workbench/search.html", {"patient": seen.patient, "consultation": seen, "job": job})


def proposals(request: HttpRequest, patient: UUID, consultation: UUID) -> HttpResponse:
    """The courses of a consultation side by side."""
    seen = consultation_of(patient, consultation)
    plans = list(Plan.objects.filter(consultation=seen, withdrawn_at=None).prefetch_related("runs").order_by("made_at"))
    context = {
        "patient": seen.patient,
        "consultation": seen,
        "plans": plans,
        "searches": Search.objects.filter(consultation=seen).exclude(state="done"),
    }
    return render(request, "workbench/proposals.html", context)


def plan(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """One plan: what is done, when, why; its runs; who signed it."""
    found = plan_of(patient, plan)
    case = read(found.case_text)
    days = [case.course.start + timedelta(days=round(day)) for day in case.session_days]
    after = Plan.objects.filter(supersedes=found).first()
    context: dict[str, Any] = {"patient": found.patient, "plan": found, "case": case, "days": days, "after": after}
    context["runs"] = Run.objects.filter(plan=found)
    context["settings"] = [(zone, case.course.settings.get(zone.key)) for zone in case.zones]
    return render(request, "workbench/plan.html", context)


def plan_simulate(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """Have a plan simulated, as the command line would."""
    job = simulated(plan_of(patient, plan), user_of(request))
    tell(request, record=job.pk)
    return redirect("run", patient, job.pk)


def plan_sign(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """Sign: only what screening lets pass as it stands now, only when everything was asked."""
    found, user = plan_of(patient, plan), user_of(request)
    if found.signed:
        return redirect("plan", patient, plan)
    said, kept = _screened(found, user)
    form = SignatureForm(request.POST or None, initial={"digest": found.case_sha256})
    ready = said.verdict != "stop" and said.complete
    if request.method == "POST" and ready and form.is_valid() and _is_theirs(form, found, user):
        sign(found, user, kept)
        tell(request, case=found.case_sha256)
        return redirect("plan", patient, plan)
    context = {"patient": found.patient, "plan": found, "found": said, "form": form, "ready": ready}
    context["before"] = standing(found)
    return render(request, "workbench/sign.html", context)


def _screened(found: Plan, user: User) -> tuple[Screening, Any]:
    """The plan's own case, screened today with what the history holds today."""
    assert found.consultation is not None
    return screened.screened(found.consultation, read(found.case_text), user)


def _is_theirs(form: SignatureForm, found: Plan, user: User) -> bool:
    """Whether it is this person's name under this very text."""
    if form.cleaned_data["digest"] != found.case_sha256 or digest(found.case_text) != found.case_sha256:
        form.add_error(None, "The plan is another one by now; read it again.")
    if form.cleaned_data["name"].split() != user.name.split():
        form.add_error("name", f"You are signed in as {user.name}; write that name.")
    return form.is_valid()


def plan_case(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """The plan as the case file that the command line runs."""
    found = plan_of(patient, plan)
    name = f"{slugify(found.title)[:60] or 'case'}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(found.case_text, content_type="application/yaml; charset=utf-8", headers=headers)
