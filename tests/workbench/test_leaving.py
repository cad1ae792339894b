"""A person's data leave: everything in one archive, or nothing that is left but an id in a chain that is whole."""

# fixtures of another file are named by importing them

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from dermatwin.workbench import models, store
from dermatwin.workbench.audit import Deed, note, verify
from dermatwin.workbench.everything import WAYS, earlier, found
from dermatwin.workbench.forgetting import forget
from dermatwin.workbench.models import AuditEntry, Erasure, Forecast, Patient, Photo, Run

from .steps import TODAY, address, agree, hold, picture


@pytest.fixture
def whole(first, lot, device, people, browse):
    """Somebody with one of everything."""
    person, plan = first.patient, first.plan
    hold(first, people, lot, device)
    agree(plan, people, "photo")
    both = {"patient": person, "plan": plan}
    product = models.ProductLot.objects.create(
        product=models.Product.objects.create(name="Cream"), lot="C", expires_on=TODAY
    )
    second = models.Session.objects.get(plan=plan, number=2)
    models.SessionProduct.objects.create(session=second, lot=product, grams=2)
    models.Addendum.objects.create(session=first, text="It was 5.", signed_name="P")
    models.Appointment.objects.create(patient=person, at=timezone.now(), session=first)
    models.Observation.objects.create(
        **both, quantity="redness_grade", zone="cheek_left", seen_on=TODAY, value=1, unit="1", read_by="patient"
    )
    models.Symptom.objects.create(**both, words="red", noticed_on=TODAY)
    models.AdverseEvent.objects.create(patient=person, session=first, kind="other", noticed_on=TODAY, grade=1, told="x")
    models.Invitation.objects.create(**both, token_sha256="0", expires_at=timezone.now())
    brought = models.Import.objects.create(patient=person, kind="fhir", content="{}", sha256="0")
    models.ImportLine.objects.create(brought=brought, number=1, outcome="listed")
    seen = plan.consultation
    models.Override.objects.create(consultation=seen, rule="x", title="x", reason="x", by=people["prescriber"])
    models.Judgement.objects.create(
        consultation=seen, about="x", reading="x", reason="x", by=people["prescriber"], day=TODAY
    )
    models.Search.objects.create(consultation=seen, case_text="x")
    Forecast.objects.create(plan=plan, case_text="x", state="done")
    Run.objects.filter(plan=plan).update(state="done")
    gone = models.Zone.objects.create(consultation=seen, site="nose", area_cm2=3)
    gone.delete()
    for job in (*Run.objects.all(), *Forecast.objects.all()):
        folder = settings.FOLDER.runs / str(job.pk)
        (folder / "sheets").mkdir(parents=True)
        (folder / "summary.json").write_text('{"endpoints": [], "titles": {}}')
        (folder / "sheets" / "before.html").write_text("<p>")
    client = browse("practitioner")
    client.post(address("photo_new", person), {"view": "front", "taken_at": "2026-11-30T10:00", "file": picture()})
    return person


def test_the_table_leads_to_every_record_of_a_person():
    """A kind of record that leads to one of a person is of that person: none may be forgotten here."""
    known = {Patient, *(kind for kind, _, _ in WAYS)}
    leading = {
        kind
        for kind in apps.get_app_config("workbench").get_models()
        if not kind.__name__.startswith("Historical")
        for field in kind._meta.fields
        if field.remote_field is not None and field.remote_field.model in known
    }
    assert leading - known == set()
    before = [Patient]
    for kind, field, parent in WAYS:
        assert parent in before
        assert kind._meta.get_field(field).remote_field.model is parent
        before.append(kind)


def test_the_archive_holds_everything(browse, whole):
    answer = browse("prescriber").get(address("export_file", whole))
    archive = ZipFile(BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    names = set(archive.namelist())
    for kind, _, _ in WAYS:
        rows = json.loads(archive.read(f"records/{kind._meta.model_name}.json"))
        assert len(rows) == kind.objects.count(), kind
        assert rows, kind
    assert json.loads(archive.read("records/patient.json"))[0]["family_name"] == "Ångström"
    zones = json.loads(archive.read("records/earlier/zone.json"))
    assert "nose" in {row["site"] for row in zones}
    assert archive.read(f"cases/{models.Plan.objects.get().pk}.yaml").decode() == models.Plan.objects.get().case_text
    assert f"runs/{Run.objects.get().pk}/sheets/before.html" in names
    assert f"forecasts/{Forecast.objects.get().pk}/summary.json" in names
    assert "record.fhir.json" in names
    assert len([name for name in names if name.startswith("photos/")]) == 1
    assert any(row["what"] == "photo_new" for row in json.loads(archive.read("access.json")))
    assert AuditEntry.objects.filter(what="export_file", action="read", patient=str(whole.pk)).count() == 1


def test_photographs_go_along_only_with_consent(browse, whole):
    photo = Photo.objects.get()
    photo.consent.withdrawn_at = timezone.now()
    photo.consent.save()
    answer = browse("prescriber").get(address("export_file", whole))
    names = ZipFile(BytesIO(b"".join(answer.streaming_content))).namelist()
    answer.close()
    assert not [name for name in names if name.startswith("photos/")]


def test_an_erasure_is_asked_for_by_one_and_approved_by_another(browse, whole):
    ask = {"number": whole.number, "reason": "asked in writing"}
    assert browse("prescriber").post(address("erasure_new"), ask).status_code == 403
    assert browse("admin").post(address("erasure_new"), {**ask, "number": "none"}).status_code == 200
    assert browse("admin").post(address("erasure_new"), ask).status_code == 302
    assert browse("admin").post(address("erasure_new"), ask).status_code == 200
    asked = Erasure.objects.get()
    assert "Ångström" not in browse("admin").get(address("erasures")).content.decode()
    assert browse("admin").post(address("erasure", asked), {"number": whole.number, "sure": "on"}).status_code == 403
    client = browse("prescriber")
    assert "Ångström" in client.get(address("erasure", asked)).content.decode()
    for wrong in ({"number": "other", "sure": "on"}, {"number": whole.number}):
        assert client.post(address("erasure", asked), wrong).status_code == 200
    assert Patient.objects.filter(pk=whole.pk).exists()
    (settings.FOLDER.backups / "before.tar.gz").write_bytes(b"")
    assert client.post(address("erasure", asked), {"number": whole.number, "sure": "on"}).status_code == 302
    assert not Patient.objects.filter(pk=whole.pk).exists()
    asked.refresh_from_db()
    assert asked.done_at is not None
    page = client.get(address("erasures")).content.decode()
    assert "before.tar.gz" in page
    assert str(whole.pk) in page
    (settings.FOLDER.backups / "before.tar.gz").unlink()


def test_nothing_is_left_of_a_person_but_an_id(whole, people):
    ids = found(whole.pk)
    photo, folders = (
        Photo.objects.get(),
        [settings.FOLDER.runs / str(job.pk) for job in (*Run.objects.all(), *Forecast.objects.all())],
    )
    note(people["prescriber"], Deed("read", "patient", str(whole.pk), str(whole.pk)))
    erasure = Erasure.objects.create(
        patient=whole.pk,
        reason="asked",
        asked_by=people["admin"],
        approved_by=people["prescriber"],
        approved_at=timezone.now(),
    )
    counts = forget(erasure)
    assert all(ids[kind] for kind, _, _ in WAYS)
    assert sum(counts.values()) == sum(len(keys) for keys in ids.values()) - 1  # a zone was gone already
    for kind, keys in ids.items():
        assert not kind._default_manager.filter(pk__in=keys).exists()
        states = earlier(kind)
        assert states is None or not states._default_manager.filter(id__in=keys).exists()
    assert not store.path_of(photo.stored).exists()
    assert not any(folder.exists() for folder in folders)
    assert verify().whole
    assert AuditEntry.objects.filter(patient=str(whole.pk)).exists()
    assert left_in_tables("Ångström") == []
    assert models.Cartridge.objects.count() == 1


def left_in_tables(word):
    """Tables in which a word stands."""
    places = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(word in str(row) for row in cursor.fetchall()):
                places.append(table)
    return places


def test_a_wish_that_is_refused_changes_nothing(browse, whole, people):
    asked = Erasure.objects.create(patient=whole.pk, reason="asked", asked_by=people["admin"])
    assert browse("prescriber").post(address("erasure_refuse", asked)).status_code == 302
    assert Patient.objects.filter(pk=whole.pk).exists()
    assert browse("prescriber").get(address("erasure", asked)).status_code == 404
