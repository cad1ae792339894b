"""Everything of one person as one archive: records with their earlier states, cases, runs, photographs, who looked.

The archive is made of parts; each yields file names and contents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from ..core.errors import CaseError
from . import store
from .everything import WAYS, earlier, found
from .models import AuditEntry, Forecast, Patient, Photo, Plan, Run
from .records_out import bundle_of_patient

Part = Callable[[Patient], Iterator[tuple[str, bytes]]]


def archive(patient: Patient) -> IO[bytes]:
    """The archive, ready to be read from its beginning; it stands on no disk under a name."""
    made = TemporaryFile(prefix="dermatwin-")  # noqa: SIM115 (closed by the response that sends it)
    with ZipFile(made, "w", ZIP_DEFLATED) as whole:
        for part in PARTS:
            for name, content in part(patient):
                whole.writestr(name, content)
    made.seek(0)
    return made


def records(patient: Patient) -> Iterator[tuple[str, bytes]]:
    """Every record as it is, and every earlier state of it."""
    ids = found(patient.pk)
    for kind in (Patient, *(kind for kind, _, _ in WAYS)):
        rows = kind._default_manager.filter(pk__in=ids[kind]).order_by("pk")
        yield f"records/{kind._meta.model_name}.json", _told(list(rows.values()))
        states = earlier(kind)
        if states is not None:
            before = states._default_manager.filter(id__in=ids[kind]).order_by("history_date")
            yield f"records/earlier/{kind._meta.model_name}.json", _told(list(before.values()))


def cases(patient: Patient) -> Iterator[tuple[str, bytes]]:
    """The case of every plan, as the command line reads it."""
    for plan in Plan.objects.filter(patient=patient).order_by("made_at"):
        yield f"cases/{plan.pk}.yaml", plan.case_text.encode()


def runs(patient: Patient) -> Iterator[tuple[str, bytes]]:
    """The folder of every simulation and forecast."""
    for kind in (Run, Forecast):
        for job in kind._default_manager.filter(plan__patient=patient, state="done").order_by("asked_at"):
            yield from _folder(settings.FOLDER.runs / str(job.pk), f"{kind._meta.model_name}s/{job.pk}")


def photos(patient: Patient) -> Iterator[tuple[str, bytes]]:
    """Photographs of which the consent still holds."""
    for photo in Photo.objects.filter(patient=patient).select_related("consent__text").order_by("taken_at"):
        content = store.content(photo.stored, photo.sha256) if photo.consent.valid else None
        if content is not None:
            yield f"photos/{photo.taken_at:%Y-%m-%d}-{photo.view}-{str(photo.pk)[:8]}.jpg", content


def looked(patient: Patient) -> Iterator[tuple[str, bytes]]:
    """Who read or wrote what of this person."""
    rows = AuditEntry.objects.filter(patient=str(patient.pk)).order_by("number")
    yield "access.json", _told(list(rows.values("number", "at", "name", "role", "action", "what", "record")))


def for_others(patient: Patient) -> Iterator[tuple[str, bytes]]:
    """The course as a bundle of FHIR R4, where one was begun."""
    try:
        yield "record.fhir.json", bundle_of_patient(patient)
    except CaseError:
        return


PARTS: tuple[Part, ...] = (records, cases, runs, photos, looked, for_others)
"""What an archive is made of, in this order."""


def _folder(place: Path, name: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted(place.rglob("*")) if place.is_dir() else ():
        if path.is_file():
            yield f"{name}/{path.relative_to(place).as_posix()}", path.read_bytes()


def _told(rows: list[dict[str, object]]) -> bytes:
    return json.dumps(rows, cls=DjangoJSONEncoder, indent=1, ensure_ascii=False).encode()
