"""What the tests of sessions, photographs and the rest begin from; fixtures are in conftest."""

from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from dermatwin.workbench import models

TODAY = date.today()


def agree(plan, people, kind="treatment", *, edition=1):
    """A consent that was signed."""
    text, _ = models.ConsentText.objects.get_or_create(
        kind=kind, language="en", edition=edition, defaults={"title": f"Consent to {kind}", "text": f"I agree to {kind}."}
    )
    return models.Consent.objects.create(
        patient=plan.patient,
        plan=plan if kind == "treatment" else None,
        text=text,
        text_sha256=text.sha256,
        given_at=timezone.now(),
        signed_name="Ada Ångström",
        witnessed_by=people["practitioner"],
    )


def start_form(session, lot, device, **other):
    """What the checklist sends where everything is right."""
    return {
        "version": session.version,
        "device": device.pk,
        "lot": lot.pk,
        "code": "0001",
        "asked": "on",
        "skin": "on",
        "photo_reason": "camera is broken",
        "label_reason": "told and agreed",
        **other,
    }


def address(name, *records, **more):
    return reverse(name, args=[getattr(one, "pk", one) for one in records], kwargs=more or None)


def hold(session, people, lot, device, code="0007", *, length=None):
    """A session held from beginning to end, past the pages."""
    from dermatwin.workbench.calls import held

    session.refresh_from_db()
    session.state, session.held_by, session.started_at = "under_way", people["practitioner"], timezone.now()
    session.consent = models.Consent.objects.filter(plan=session.plan).first() or agree(session.plan, people)
    session.device, session.cartridge = device, models.Cartridge.objects.create(lot=lot, code=code)
    session.save()
    case = held.case_of_plan(session.plan)
    for key, planned in held.planned_settings(case, session.number).items():
        models.SessionZone.objects.create(
            session=session,
            zone=key,
            needle_length_mm=length or f"{planned.needle_length:.2f}",
            passes=planned.passes or 4,
            endpoint="pinpoint",
            deviates=length is not None,
            deviation="thin skin there" if length else "",
        )
    session.state, session.ended_at = "done", timezone.now() + timedelta(minutes=20)
    session.signed_by, session.signed_name = people["practitioner"], people["practitioner"].name
    session.save()
    return session


def picture(size=(640, 800), kind="JPEG", **saved):
    """A picture with a place and a camera in its EXIF."""
    image = Image.effect_noise(size, 40).convert("RGB")
    exif = Image.Exif()
    exif[0x0110] = "Secret camera"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 30.0)
    body = BytesIO()
    image.save(body, kind, **({"exif": exif, "comment": b"of Ada"} if kind == "JPEG" else {}), **saved)
    return SimpleUploadedFile("IMG_0001.jpg", body.getvalue(), content_type="image/jpeg")


def digest(text):
    return sha256(text.encode()).hexdigest()
