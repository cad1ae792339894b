"""Photographs: standard views with a guide, the last one laid over the new one, before beside after. Nothing is measured."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from .. import store
from ..deeds import tell, user_of
from ..forms.after import PhotoForm
from ..mishaps import Refused
from ..models import Consent, Patient, Photo
from .found import patient_of

STEPS = (0, 25, 50, 75, 100)
"""How much of the photograph on top is seen, in per cent; the style sheet has one rule for each."""
VIEWS = dict(Photo.VIEWS)


def photo_consent(person: Patient) -> Consent | None:
    """The consent to photographs that holds."""
    given = Consent.objects.filter(patient=person, text__kind="photo", withdrawn_at=None).select_related("text")
    return next((one for one in given if one.valid), None)


def photos(request: HttpRequest, patient: UUID) -> HttpResponse:
    """All photographs, view by view."""
    person = patient_of(patient)
    rows = list(Photo.objects.filter(patient=person).select_related("session"))
    views = [(code, said, [one for one in rows if one.view == code]) for code, said in Photo.VIEWS]
    context = {"patient": person, "views": views, "any": bool(rows), "consent": photo_consent(person)}
    return render(request, "workbench/photos.html", context)


def photo_new(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Take one in: only while the person agrees to it."""
    person = patient_of(patient)
    consent = photo_consent(person)
    if request.method == "POST" and consent is None:
        raise Refused("photo consent")
    view = request.GET.get("view", "front")
    form = PhotoForm(
        request.POST or None,
        request.FILES or None,
        instance=Photo(patient=person, consent=consent) if consent else Photo(patient=person),
        initial={"taken_at": timezone.localtime(), "view": view if view in VIEWS else "front", "session": _session(person)},
    )
    if request.method == "POST" and form.is_valid() and _taken_in(form):
        tell(request, record=_keep(form, request).pk)
        return redirect("photos", person.pk)
    last = Photo.objects.filter(patient=person, view=view).first() if view in VIEWS else None
    context = {"patient": person, "form": form, "consent": consent, "views": Photo.VIEWS, "view": view, "last": last}
    return render(request, "workbench/photo_new.html", context)


def _session(person: Patient) -> Any:
    """The session that is under way."""
    from ..models import Session

    return Session.objects.filter(patient=person, state="under_way").first()


def _taken_in(form: PhotoForm) -> bool:
    sent = form.cleaned_data["file"]
    try:
        stored = store.keep(sent, sent.size)
    except store.NoPhotograph as error:
        form.add_error("file", str(error))
        return False
    photo = form.instance
    photo.stored, photo.sha256 = stored.name, stored.sha256
    photo.width, photo.height = stored.width, stored.height
    return True


def _keep(form: PhotoForm, request: HttpRequest) -> Photo:
    """Keep the record; without it the file does not stay either."""
    try:
        return form.keep(user_of(request))
    except BaseException:
        store.remove(form.instance.stored)
        raise


def _photo_of(patient: UUID, photo: UUID) -> Photo:
    return get_object_or_404(Photo.objects.select_related("patient", "session", "consent__text"), pk=photo, patient=patient)


def photo(request: HttpRequest, patient: UUID, photo: UUID) -> HttpResponse:
    """One photograph."""
    found = _photo_of(patient, photo)
    others = Photo.objects.filter(patient=patient, view=found.view).exclude(pk=found.pk)
    context = {"patient": found.patient, "photo": found, "others": others, "valid": found.consent.valid}
    return render(request, "workbench/photo.html", context)


def photo_compare(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Two photographs of a view: side by side, or the earlier laid over the later in steps."""
    person = patient_of(patient)
    view = request.GET.get("view", "front")
    rows = list(Photo.objects.filter(patient=person, view=view).order_by("taken_at")) if view in VIEWS else []
    before, after = _chosen(rows, request.GET.get("before"), 0), _chosen(rows, request.GET.get("after"), -1)
    shown = request.GET.get("over", "")
    over = int(shown) if re.fullmatch(r"\d{1,3}", shown) and int(shown) in STEPS else None
    context = {"patient": person, "rows": rows, "before": before, "after": after, "view": view, "views": Photo.VIEWS}
    context |= {"over": over, "steps": STEPS, "said": VIEWS.get(view, "")}
    return render(request, "workbench/photo_compare.html", context)


def _chosen(rows: list[Photo], wanted: str | None, otherwise: int) -> Photo | None:
    found = next((one for one in rows if str(one.pk) == wanted), None)
    return found or (rows[otherwise] if rows else None)


def photo_image(request: HttpRequest, patient: UUID, photo: UUID) -> HttpResponse:
    """The picture, for a page."""
    found = _photo_of(patient, photo)
    return HttpResponse(_content(found), content_type="image/jpeg")


def photo_file(request: HttpRequest, patient: UUID, photo: UUID) -> HttpResponse:
    """The picture as a file to take away: only while the person agrees to photographs."""
    found = _photo_of(patient, photo)
    if not found.consent.valid:
        raise Refused("photo consent")
    name = f"{found.patient.number}-{found.taken_at:%Y-%m-%d}-{found.view}.jpg"
    headers = {"Content-Disposition": f'attachment; filename="{re.sub(r"[^A-Za-z0-9._-]", "-", name)}"'}
    return HttpResponse(_content(found), content_type="image/jpeg", headers=headers)


def _content(found: Photo) -> bytes:
    content = store.content(found.stored, found.sha256)
    if content is None:
        raise Http404
    return content
