"""What a person at home fills in: a link that works once. It shows the questions and nothing else of anybody's record.

Whoever guesses is slowed down: tries are counted by address, and a link that is wrong, used, withdrawn or too old looks the
same. What is sent counts as read by the person; what is noticed is triaged at once and waits on the page of the course.
"""

from __future__ import annotations

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from ..audit import Deed, note
from ..calls import follow, held
from ..forms.after import HomeForm
from ..models import Invitation, Observation, Session, Symptom

TRIES, WINDOW = 20, 600
"""So many requests of one address in so many seconds."""


def answer(request: HttpRequest, token: str) -> HttpResponse:
    """The questions; sent once, then the link is gone."""
    if _is_too_often(request):
        return render(request, "429.html", status=429)
    found = _usable(token)
    if found is None:
        return render(request, "workbench/answer_gone.html", status=404)
    case = held.case_of_plan(found.plan)
    zones = [(zone.key, zone.key.replace("_", " ")) for zone in case.zones if zone.treated]
    form = HomeForm(request.POST or None, zones=zones, measures=follow.known_measures())
    if request.method == "POST" and form.is_valid():
        _keep(found, form)
        return redirect("answered")
    return render(request, "workbench/answer.html", {"form": form})


def answered(request: HttpRequest) -> HttpResponse:
    """Thanks; the same page for everybody."""
    return render(request, "workbench/answered.html")


def _is_too_often(request: HttpRequest) -> bool:
    key = f"answer:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > TRIES
    except ValueError:  # it ran out in between
        return False


def _usable(token: str) -> Invitation | None:
    hashed = sha256(token.encode()).hexdigest()
    open_ones = Invitation.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    return open_ones.select_related("plan", "patient", "session").filter(token_sha256=hashed).first()


def _keep(found: Invitation, form: HomeForm) -> None:
    """Keep what was answered; saving the link over the version that was read lets only one answer through."""
    found.used_at = timezone.now()
    found.save()
    day = timezone.localdate()
    held_last = Session.objects.filter(plan=found.plan, state="done").order_by("-number").first()
    for quantity, zone, value in form.readings():
        of_one = follow.of_a_session(quantity)
        if of_one and held_last is None:
            continue
        Observation.objects.create(
            patient=found.patient,
            plan=found.plan,
            session=held_last,
            quantity=f"{quantity}[{held_last.number}]" if of_one and held_last else quantity,
            zone=zone,
            seen_on=day,
            value=value,
            unit=follow.known_measures()[quantity].unit,
            read_by="patient",
        )
    if form.cleaned_data["words"].strip():
        _notice(found, form, held_last)
    note(None, Deed("answered", "answer", str(found.pk), str(found.patient.pk)))


def _notice(found: Invitation, form: HomeForm, session: Session | None) -> None:
    said = form.cleaned_data
    noticed = Symptom(
        patient=found.patient,
        plan=found.plan,
        session=session,
        words=said["words"].strip(),
        noticed_on=timezone.localdate(),
        getting=said["getting"],
    )
    noticed.triage = follow.triaged(found.plan, noticed)
    noticed.save()
