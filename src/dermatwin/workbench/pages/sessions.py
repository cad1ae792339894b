"""A session from its checklist to its signature. It does not start without consent, nor with a piece that is not sterile."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from ...case import Case
from ...core.errors import CaseError
from ...report.sheets.consent import ABOUT_LABEL
from ...screening import screen
from ..calls import held, printed
from ..calls.document import Wanted, case_for
from ..calls.known import evidence
from ..deeds import tell, user_of
from ..forms.session import AddendumForm, FinishForm, MoveForm, ProductForm, StartForm, ZoneDoneForm
from ..jobs.tasks import ask
from ..models import Addendum, Appointment, Consent, Photo, Run, Session, SessionProduct, SessionZone, User
from ..models.session import require_open


def session_of(patient: UUID, session: UUID) -> Session:
    """A session of this person."""
    wanted = Session.objects.select_related(
        "patient", "plan__patient", "plan__consultation", "device", "cartridge__lot", "consent__text", "held_by"
    )
    return get_object_or_404(wanted, pk=session, patient=patient)


# ---- before ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Check:
    """One line of the checklist that the workbench looks up by itself: `right` None where a reason may do."""

    what: str
    right: bool | None
    said: str


def consent_for(session: Session) -> Consent | None:
    """The consent under which a session may be held: to this plan, not withdrawn, in the words that were signed."""
    given = Consent.objects.filter(patient=session.patient, plan=session.plan, text__kind="treatment", withdrawn_at=None)
    return next((one for one in given.select_related("text") if one.valid), None)


def checks(session: Session) -> list[Check]:
    """What has to be in order before a session starts."""
    consent, plan = consent_for(session), session.plan
    replaced = type(plan)._default_manager.filter(supersedes=plan).exists()
    open_ones = Session.objects.filter(plan=plan, number__lt=session.number, state__in=("planned", "under_way"))
    return [
        Check("Plan", plan.signed and not replaced, _plan_words(plan, replaced)),
        Check(
            "Consent",
            consent is not None,
            f"{consent.text}, signed {consent.given_at:%Y-%m-%d}" if consent else "none that holds",
        ),
        Check(
            "Order",
            not open_ones,
            "the sessions before are held or marked as missed" if not open_ones else "an earlier session is still open",
        ),
        _screened(session),
        Check(
            "Label",
            None if off_label(session) else True,
            "; ".join(off_label(session)) or "as cleared, by the twin's reading",
        ),
        Check(
            "Photographs",
            True if photographed(session) else None,
            "taken" if photographed(session) else "none of this session yet",
        ),
    ]


def _plan_words(plan: Any, replaced: bool) -> str:
    if not plan.signed:
        return "not signed"
    return "replaced by another one" if replaced else f"signed by {plan.signed_name}, {plan.signed_at:%Y-%m-%d}"


def _screened(session: Session) -> Check:
    """The person as the records know them today: what came to light since the signature counts."""
    plan = session.plan
    if plan.consultation is None:
        found = held.screened_text(plan.case_text)
    else:
        try:
            device = device_of(held.case_of_plan(plan))
            found = screen(case_for(plan.consultation, Wanted(device, timezone.localdate())), evidence())
        except CaseError as error:
            return Check("Screening today", False, "; ".join(str(fault) for fault in error.faults))
    stops = list(dict.fromkeys(one.title for one in found.findings if one.stops))
    if found.verdict == "stop":
        return Check("Screening today", False, f"stop: {'; '.join(stops) or 'see the screening'}")
    if not found.complete:
        return Check("Screening today", False, "not every question of the anamnesis was asked")
    return Check("Screening today", True, found.verdict)


def device_of(case: Case) -> str:
    """The device of a course by its name in the catalogue; '' for one that the case describes."""
    return case.course.device if isinstance(case.course.device, str) else ""


def off_label(session: Session) -> list[str]:
    """What of a course is outside a device's label, by the screening of the plan."""
    found = held.screened_text(session.plan.case_text)
    return list(dict.fromkeys(one.title for one in found.findings if one.rule in ABOUT_LABEL))


def photographed(session: Session) -> bool:
    """Whether there is a photograph of this session or this day."""
    day = timezone.localdate()
    photos = Photo.objects.filter(patient=session.patient)
    return photos.filter(session=session).exists() or photos.filter(taken_at__date=day).exists()


def session(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """A session: what is to be checked, what is under way, or what was done."""
    found = session_of(patient, session)
    if found.state in ("under_way", "done"):
        return _held_page(request, found)
    context: dict[str, Any] = {"patient": found.patient, "plan": found.plan, "session": found, "checks": checks(found)}
    context |= {
        "ready": all(one.right is not False for one in context["checks"]),
        "early": found.planned_for > timezone.localdate(),
    }
    needling = _begins(found)
    context |= {"creams": printed.numbing(found, needling), "needling": needling, "allowed": printed.allowed(found)}
    return render(request, "workbench/session.html", context)


def _begins(found: Session) -> datetime:
    """When needling begins: by the appointment of this session, else by one of the same day, else not before it is numb."""
    if found.started_at:
        return found.started_at
    day = timezone.localdate()
    coming = (
        Appointment.objects.filter(patient=found.patient, kind="session", at__date=day).exclude(state="cancelled").first()
    )
    return coming.at if coming else timezone.now().replace(second=0, microsecond=0) + timedelta(hours=1)


def session_start(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """The checklist, filled in; a session starts only where every line is right, whatever form is sent."""
    found = session_of(patient, session)
    if found.state != "planned":
        return redirect("session", patient, session)
    known = checks(found)
    form = StartForm(
        request.POST or None,
        device=device_of(held.case_of_plan(found.plan)),
        today=timezone.localdate(),
        off_label=bool(off_label(found)),
        photographed=photographed(found),
        initial={"version": found.version},
    )
    wrong = [one for one in known if one.right is False]
    if request.method == "POST" and form.is_valid() and not wrong and _started(found, form, user_of(request), known):
        tell(request, cartridge=str(found.cartridge), consent=str(found.consent_id))  # type: ignore[attr-defined]
        return redirect("session", patient, session)
    context = {"patient": found.patient, "plan": found.plan, "session": found, "form": form, "checks": known, "wrong": wrong}
    return render(request, "workbench/session_start.html", context)


def _started(found: Session, form: StartForm, user: User, known: list[Check]) -> bool:
    """Start; not where somebody used the same piece in the meantime: the database has the last word."""
    said = form.cleaned_data
    found.version, found.state = said["version"], "under_way"
    found.consent, found.device, found.held_by = consent_for(found), said["device"], user
    found.started_at = timezone.now()
    found.checklist = {
        "looked_up": [asdict(one) for one in known],
        **{name: said.get(name, "") for name in ("asked", "skin", "label_reason", "photo_reason")},
    }
    try:
        with transaction.atomic():
            found.cartridge = form.cartridge()
            found.save()
    except IntegrityError:
        form.add_error("code", "This piece was used in the meantime; a sterile piece is used once.")
        return False
    return True


def session_move(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """Another day."""
    found = session_of(patient, session)
    form = MoveForm(request.POST or None, instance=found)
    if request.method == "POST" and found.state == "planned" and form.is_valid():
        form.keep(user_of(request))
        return redirect("session", patient, session)
    context = {"form": form, "patient": found.patient, "title": f"Move {str(found).lower()}", "action": "Move"}
    return render(request, "workbench/form_page.html", context)


def session_missed(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """Nobody came; or they did after all."""
    found = session_of(patient, session)
    if found.state not in ("planned", "missed"):
        raise Http404
    found.state = "missed" if found.state == "planned" else "planned"
    found.version = int(request.POST.get("version") or 0)
    found.save()
    tell(request, state=found.state)
    return redirect("session", patient, session)


# ---- under way, and afterwards -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """A zone as planned and as it was needled."""

    key: str
    area: float
    planned: Any
    done: SessionZone | None


def _beside(found: Session) -> list[Beside]:
    case = held.case_of_plan(found.plan)
    done = {one.zone: one for one in SessionZone.objects.filter(session=found)}
    return [
        Beside(key, case.zone(key).area, planned, done.get(key))
        for key, planned in held.planned_settings(case, found.number).items()
    ]


def _held_page(request: HttpRequest, found: Session) -> HttpResponse:
    zones = _beside(found)
    assert found.started_at is not None
    until = found.ended_at or timezone.now()
    context: dict[str, Any] = {
        "patient": found.patient,
        "plan": found.plan,
        "session": found,
        "zones": zones,
        "open_zones": [one for one in zones if one.done is None],
        "products": SessionProduct.objects.filter(session=found).select_related("lot__product"),
        "creams": printed.numbing(found, found.started_at),
        "allowed": printed.allowed(found),
        "seconds": round((until - found.started_at).total_seconds()),
        "now": timezone.localtime(),
        "addenda": Addendum.objects.filter(session=found),
        "deviates": any(one.done and one.done.deviates for one in zones),
        "runs": Run.objects.filter(plan=found.plan).exclude(case_text=found.plan.case_text)[:4],
        "photos": Photo.objects.filter(session=found),
    }
    return render(request, "workbench/session_held.html", context)


def _open(patient: UUID, session: UUID) -> Session:
    """A session that is under way; a finished one is fixed, another one is not there yet."""
    found = session_of(patient, session)
    require_open(found.pk)
    if found.state != "under_way":
        raise Http404
    return found


def session_zone(request: HttpRequest, patient: UUID, session: UUID, zone: str) -> HttpResponse:
    """One zone as it was needled."""
    found = _open(patient, session)
    planned = held.planned_settings(held.case_of_plan(found.plan), found.number).get(zone)
    if planned is None:
        raise Http404
    done = SessionZone.objects.filter(session=found, zone=zone).first()
    usual = {"needle_length_mm": f"{planned.needle_length:g}", "passes": planned.passes}
    form = ZoneDoneForm(
        request.POST or None,
        instance=done or SessionZone(session=found, zone=zone),
        initial={} if done else usual,
        planned=planned,
    )
    if request.method == "POST" and form.is_valid():
        kept = form.keep(user_of(request))
        tell(request, record=kept.pk, deviates=kept.deviates)
        return redirect("session", patient, session)
    context = {"form": form, "patient": found.patient, "title": zone.replace("_", " ").capitalize(), "action": "Record"}
    context |= {"plan": found.plan, "session": found, "cancel": found}
    return render(request, "workbench/session_form.html", context)


def session_product(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """Something that is put on."""
    found = _open(patient, session)
    zones = [(one.key, one.key.replace("_", " ")) for one in _beside(found)]
    form = ProductForm(request.POST or None, instance=SessionProduct(session=found), zones=zones, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        tell(request, record=form.keep(user_of(request)).pk)
        return redirect("session", patient, session)
    context = {"form": form, "patient": found.patient, "title": "A product", "action": "Record"}
    context |= {"plan": found.plan, "session": found}
    return render(request, "workbench/session_form.html", context)


def session_product_clock(request: HttpRequest, patient: UUID, session: UUID, product: UUID) -> HttpResponse:
    """Put on now, taken off now: by the clock of the server."""
    found = _open(patient, session)
    used = get_object_or_404(SessionProduct, pk=product, session=found)
    used.version = int(request.POST.get("version") or 0)
    now = timezone.now()
    if used.applied_at is None:
        used.applied_at = now
    elif used.removed_at is None:
        used.removed_at = now
    used.save()
    tell(request, record=used.pk)
    return redirect("session", patient, session)


def session_finish(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """Sign what was done; from then on it never changes."""
    found, user = _open(patient, session), user_of(request)
    zones = _beside(found)
    missing = [one.key.replace("_", " ") for one in zones if one.done is None or not one.done.endpoint]
    form = FinishForm(request.POST or None, signs=user.name, initial={"version": found.version})
    if request.method == "POST" and form.is_valid() and not missing:
        found.version, found.note = form.cleaned_data["version"], form.cleaned_data["note"]
        found.state, found.ended_at = "done", timezone.now()
        found.signed_by, found.signed_name = user, user.name
        found.save()
        return redirect("session", patient, session)
    context = {
        "form": form,
        "patient": found.patient,
        "plan": found.plan,
        "session": found,
        "missing": missing,
        "zones": zones,
    }
    return render(request, "workbench/session_finish.html", context)


def session_addendum(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """Put something right about a session that is finished."""
    found, user = session_of(patient, session), user_of(request)
    if found.state != "done":
        raise Http404
    form = AddendumForm(request.POST or None, instance=Addendum(session=found, signed_name=user.name))
    if request.method == "POST" and form.is_valid():
        tell(request, record=form.keep(user).pk)
        return redirect("session", patient, session)
    context = {"form": form, "patient": found.patient, "title": "Addendum", "action": "Sign the addendum"}
    context |= {"plan": found.plan, "session": found}
    return render(request, "workbench/session_form.html", context)


def session_simulate(request: HttpRequest, patient: UUID, session: UUID) -> HttpResponse:
    """Simulate the course as it was held: what the deviation changes."""
    found = session_of(patient, session)
    if found.state != "done":
        raise Http404
    job = Run.objects.create(plan=found.plan, case_text=held.as_held_text(found.plan), asked_by=user_of(request))
    ask(job)
    tell(request, record=job.pk)
    return redirect("run", patient, job.pk)


def due(request: HttpRequest) -> HttpResponse:
    """Who is to come for a next session: overdue, or within four weeks, and has no appointment for it yet."""
    today = timezone.localdate()
    rows = Session.objects.filter(state="planned", planned_for__lte=today + timedelta(weeks=4)).select_related("patient")
    first: dict[Any, Session] = {}
    for one in rows.order_by("planned_for", "number"):
        first.setdefault(one.patient.pk, one)
    coming = Appointment.objects.filter(patient__in=list(first), at__date__gte=today, state__in=("expected", "arrived"))
    expected = dict(coming.order_by("-at").values_list("patient", "at"))
    waiting = [(one, expected.get(pk), one.planned_for < today) for pk, one in first.items()]
    return render(request, "workbench/due.html", {"waiting": waiting, "today": today})
