"""A course under way: sessions, what was observed and noticed, what to do about it first, and the forecasts, old and new."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from ...core.errors import CaseError
from ...naming import split
from ..calls import follow, held, printed
from ..deeds import tell, user_of
from ..forms.after import ObservationForm, SymptomForm
from ..jobs.tasks import ask
from ..models import Forecast, Invitation, Observation, Plan, Session, Symptom
from .found import plan_of
from .runs import AGAIN, page_as_written

VALID = timedelta(days=7)
"""How long a link works."""
GRAVEST = ("urgent", "contact", "reassure")


def course(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """Everything of a course on one page; what asks for help stands first."""
    found = plan_of(patient, plan)
    jobs = list(Forecast.objects.filter(plan=found))
    done = [job for job in jobs if job.state == "done"]
    symptoms = list(Symptom.objects.filter(plan=found))
    context: dict[str, Any] = {
        "patient": found.patient,
        "plan": found,
        "sessions": Session.objects.filter(plan=found).exclude(state="dropped").order_by("number"),
        "observations": Observation.objects.filter(plan=found).order_by("-seen_on", "-made_at"),
        "symptoms": symptoms,
        "waiting": sorted(
            (one for one in symptoms if one.answered_at is None and one.triage),
            key=lambda one: GRAVEST.index(one.triage.get("level", "contact")),
        ),
        "jobs": jobs,
        "last": done[0] if done else None,
        "asked": asked(done[0]) if done else [],
        "stale": bool(done) and _is_stale(done[0]),
        "invitations": Invitation.objects.filter(plan=found, used_at=None, withdrawn_at=None, expires_at__gt=timezone.now()),
    }
    return render(request, "workbench/course.html", context)


def asked(job: Forecast) -> list[tuple[Observation, str]]:
    """Observations that a forecast asks about and nobody has confirmed since, with the question."""
    found: list[tuple[Observation, str]] = []
    numbered = {str(number): pk for number, pk in enumerate(job.observations)}
    for one in job.result.get("asked", ()):
        pk = numbered.get(one["path"].split(".")[1])
        seen = Observation.objects.filter(pk=pk, confirmed=False).first() if pk else None
        if seen is not None:
            found.append((seen, f"{one['found']} {one['expected']}"))
    return found


def _is_stale(job: Forecast) -> bool:
    """Whether something was told, or held, since a forecast was asked for."""
    kinds = (Observation, Symptom, Session)
    return any(kind._default_manager.filter(plan=job.plan, changed_at__gt=job.asked_at).exists() for kind in kinds)


def _zones(plan: Plan) -> list[tuple[str, str]]:
    return [(zone.key, zone.key.replace("_", " ")) for zone in held.case_of_plan(plan).zones]


def observation_new(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """Something was measured."""
    found = plan_of(patient, plan)
    return _observation(request, found, Observation(patient=found.patient, plan=found), "What was seen")


def observation_edit(request: HttpRequest, patient: UUID, plan: UUID, observation: UUID) -> HttpResponse:
    """Correct what was written down."""
    found = plan_of(patient, plan)
    seen = get_object_or_404(Observation, pk=observation, plan=found)
    return _observation(request, found, seen, "Correct what was seen")


def _observation(request: HttpRequest, plan: Plan, seen: Observation, title: str) -> HttpResponse:
    if not plan.signed:
        raise Http404
    case = held.case_of_plan(plan)
    scales = [one.scale for zone in case.zones for one in zone.concerns if one.scale]
    base, inside = split(seen.quantity)
    of_one = bool(base) and follow.of_a_session(base)
    sessions = [
        (str(one.number), str(one)) for one in Session.objects.filter(plan=plan).exclude(state="dropped").order_by("number")
    ]
    form = ObservationForm(
        request.POST or None,
        instance=seen,
        measures=follow.known_measures(),
        scales=list(dict.fromkeys(scales)),
        zones=_zones(plan),
        sessions=sessions,
        initial={
            "seen_on": seen.seen_on or timezone.localdate(),
            **({"quantity": base, "session_number": inside} if of_one else {}),
        },
    )
    if request.method == "POST" and form.is_valid() and _is_possible(form, plan):
        form.instance.confirmed = False
        tell(request, record=form.keep(user_of(request)).pk)
        return redirect("course", plan.patient.pk, plan.pk)
    context = {"form": form, "patient": plan.patient, "plan": plan, "title": title, "action": "Record"}
    return render(request, "workbench/course_form.html", context)


def _is_possible(form: ObservationForm, plan: Plan) -> bool:
    """Whether the twin can read it at all: a value that cannot be is a fault of the form, not of a forecast later."""
    said = form.instance
    said.quantity, said.unit = form.cleaned_data["quantity"], form.cleaned_data["unit"]
    try:
        faults = held.faults_of(plan, said)
    except CaseError as error:
        faults = error.faults
    for fault in faults:
        name = fault.path.rpartition(".")[2]
        field = {"time": "seen_on", "by": "read_by"}.get(name, name)
        form.add_error(field if field in form.fields else None, f"{fault.found} {fault.expected}".strip().capitalize() + ".")
    return not faults


def observation_confirm(request: HttpRequest, patient: UUID, plan: UUID, observation: UUID) -> HttpResponse:
    """Somebody says that an unlikely value is right: from then on it counts."""
    found = plan_of(patient, plan)
    seen = get_object_or_404(Observation, pk=observation, plan=found)
    seen.version, seen.confirmed = int(request.POST.get("version") or 0), True
    seen.save()
    tell(request, record=seen.pk)
    return redirect("course", patient, plan)


def symptom_new(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """Something was noticed; what to do about it is said at once."""
    found = plan_of(patient, plan)
    if not found.signed:
        raise Http404
    form = SymptomForm(
        request.POST or None,
        instance=Symptom(patient=found.patient, plan=found),
        zones=_zones(found),
        initial={"noticed_on": timezone.localdate()},
    )
    if request.method == "POST" and form.is_valid():
        form.instance.triage = follow.triaged(found, form.instance)
        made = form.keep(user_of(request))
        tell(request, record=made.pk, level=made.triage["level"])
        return redirect("course", patient, plan)
    context = {"form": form, "patient": found.patient, "plan": found, "title": "What was noticed", "action": "Record"}
    return render(request, "workbench/course_form.html", context)


def symptom_answer(request: HttpRequest, patient: UUID, plan: UUID, symptom: UUID) -> HttpResponse:
    """Somebody has seen to it."""
    found = get_object_or_404(Symptom, pk=symptom, plan=plan_of(patient, plan))
    found.version, found.answered_at = int(request.POST.get("version") or 0), timezone.now()
    found.save()
    tell(request, record=found.pk)
    return redirect("course", patient, plan)


# ---- forecasts ---------------------------------------------------------------------------------------------------------


def forecast_ask(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """Have the course followed with all that is known now."""
    found = plan_of(patient, plan)
    if not found.signed:
        raise Http404
    try:
        job = follow.gather(found)
    except CaseError as error:
        context = {"patient": found.patient, "consultation": None, "plan": found, "faults": error.faults}
        return render(request, "workbench/no_course.html", context)
    job.asked_by, job.prior = user_of(request), printed.last_run(found)
    job.save()
    ask(job)
    tell(request, record=job.pk)
    return redirect("forecast", patient, job.pk)


def _forecast_of(patient: UUID, forecast: UUID) -> Forecast:
    wanted = Forecast.objects.select_related("plan__patient", "prior")
    return get_object_or_404(wanted, pk=forecast, plan__patient=patient)


def forecast(request: HttpRequest, patient: UUID, forecast: UUID) -> HttpResponse:
    """How far a forecast is, or what it says: advice first, then the numbers before and after, old forecasts beside."""
    job = _forecast_of(patient, forecast)
    earlier = Forecast.objects.filter(plan=job.plan, state="done", asked_at__lt=job.asked_at).first()
    context: dict[str, Any] = {"patient": job.plan.patient, "plan": job.plan, "job": job, "earlier": earlier}
    if job.state == "done":
        context |= {"lines": _lines(job, earlier), "asked": asked(job), "told": job.result}
    return render(request, "workbench/forecast.html", context)


def _lines(job: Forecast, earlier: Forecast | None) -> list[dict[str, Any]]:
    """Every number that is foreseen: of everybody like her, by the forecast before this one, by this one."""
    last = {(one["name"], one["zone"]): one["after"] for one in earlier.result["forecast"]} if earlier else {}
    return [follow.as_shown({**one, "last": last.get((one["name"], one["zone"]))}) for one in job.result["forecast"]]


def forecast_events(request: HttpRequest, patient: UUID, forecast: UUID) -> HttpResponse:
    """How far a forecast is, for the script of its page."""
    job = _forecast_of(patient, forecast)
    said = {"state": job.state, "share": round(job.share, 3), "doing": job.doing, "over": job.over}
    body = f"retry: {AGAIN}\ndata: {json.dumps(said)}\n\n"
    return HttpResponse(body, content_type="text/event-stream; charset=utf-8")


def forecast_page(request: HttpRequest, patient: UUID, forecast: UUID) -> HttpResponse:
    """The page of a forecast with its drawings, as the command line writes it."""
    job = _forecast_of(patient, forecast)
    place = follow.folder_of(job) / follow.PAGE
    if job.state != "done" or not place.is_file():
        raise Http404
    return page_as_written(place.read_bytes())


# ---- links -------------------------------------------------------------------------------------------------------------


def invitation_new(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """Make a link for the person; it is shown once, to be printed or read out, and only its hash is kept."""
    found, user = plan_of(patient, plan), user_of(request)
    if not found.signed:
        raise Http404
    token = token_urlsafe(24)
    last = Session.objects.filter(plan=found, state="done").order_by("-number").first()
    made = Invitation.objects.create(
        patient=found.patient,
        plan=found,
        session=last,
        token_sha256=sha256(token.encode()).hexdigest(),
        expires_at=timezone.now() + VALID,
        made_by=user,
    )
    request.session["invitation"] = {"id": str(made.pk), "token": token}
    tell(request, record=made.pk)
    return redirect("invitation", patient, plan, made.pk)


def invitation(request: HttpRequest, patient: UUID, plan: UUID, invitation: UUID) -> HttpResponse:
    """The link, once; afterwards only that there is one."""
    found = plan_of(patient, plan)
    made = get_object_or_404(Invitation, pk=invitation, plan=found)
    shown = request.session.pop("invitation", {})
    token = shown.get("token") if shown.get("id") == str(made.pk) else None
    link = request.build_absolute_uri(reverse("answer", args=[token])) if token else ""
    context = {"patient": found.patient, "plan": found, "invitation": made, "link": link}
    return render(request, "workbench/invitation.html", context)


def invitation_withdraw(request: HttpRequest, patient: UUID, plan: UUID, invitation: UUID) -> HttpResponse:
    """The link works no more."""
    made = get_object_or_404(Invitation, pk=invitation, plan=plan_of(patient, plan), used_at=None)
    made.version, made.withdrawn_at = int(request.POST.get("version") or 0), timezone.now()
    made.save()
    return redirect("course", patient, plan)
