"""A photograph is made anew without anything but the picture, is tied to a consent, and is handed out by right alone."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from dermatwin.workbench import store
from dermatwin.workbench.models import AuditEntry, Photo

from .steps import address, agree, picture

NOW = "2026-11-30T10:00"


def take(browse, patient, file=None, **other):
    form = {"view": "front", "taken_at": NOW, "session": "", "note": "", "file": file or picture(), **other}
    return browse("practitioner").post(address("photo_new", patient), form)


@pytest.fixture
def agreed(signed, people):
    """A person who agreed to photographs."""
    agree(signed, people, "photo")
    return signed.patient


def test_a_photograph_keeps_its_picture_and_nothing_else(browse, agreed):
    sent = picture()
    assert b"Secret camera" in sent.read()
    sent.seek(0)
    assert take(browse, agreed, sent).status_code == 302
    photo = Photo.objects.get()
    kept = store.path_of(photo.stored).read_bytes()
    found = Image.open(BytesIO(kept))
    assert (found.size, photo.width, photo.height) == ((640, 800), 640, 800)
    assert not found.getexif()
    assert "comment" not in found.info
    assert b"Secret camera" not in kept
    assert b"of Ada" not in kept
    assert sha256(kept).hexdigest() == photo.sha256
    assert store.path_of(photo.stored).stat().st_mode & 0o777 == 0o600
    assert "IMG_0001" not in photo.stored
    assert len(photo.stored) > 40


def test_a_photograph_is_turned_upright_before_its_exif_goes(browse, agreed):
    image, exif = Image.new("RGB", (800, 600), "red"), Image.Exif()
    exif[0x0112] = 6
    body = BytesIO()
    image.save(body, "JPEG", exif=exif)
    assert take(browse, agreed, SimpleUploadedFile("a.jpg", body.getvalue())).status_code == 302
    assert (Photo.objects.get().width, Photo.objects.get().height) == (600, 800)


def test_a_large_picture_is_made_smaller(browse, agreed):
    assert take(browse, agreed, picture((4000, 3000))).status_code == 302
    assert max(Photo.objects.get().width, Photo.objects.get().height) == store.LONGEST_SIDE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "no photograph"),
        (b"<html><script>alert(1)</script></html>", "no photograph"),
        (b"\xff\xd8\xff\xe0" + b"0" * 400, "no photograph"),
        (picture().read()[:2000], "no photograph"),
        (picture((60, 60)).read(), "smaller than"),
    ],
)
def test_what_is_no_photograph_is_not_kept(browse, agreed, content, said):
    before = len(list(store.path_of("x").parent.iterdir()))
    answer = take(browse, agreed, SimpleUploadedFile("face.jpg", content, content_type="image/jpeg"))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Photo.objects.exists()
    assert len(list(store.path_of("x").parent.iterdir())) == before


def test_a_picture_of_too_many_pixels_is_not_decoded(browse, agreed, monkeypatch):
    monkeypatch.setattr(store, "MOST_PIXELS", 400_000)
    assert "million pixels" in take(browse, agreed).content.decode()


def test_a_gif_that_is_called_jpeg_is_not_taken(browse, agreed):
    body = BytesIO()
    Image.new("P", (400, 400)).save(body, "GIF")
    assert "no photograph" in take(browse, agreed, SimpleUploadedFile("a.jpg", body.getvalue())).content.decode()


def test_no_photograph_without_its_own_consent(browse, signed, people):
    agree(signed, people, "treatment")
    assert take(browse, signed.patient).status_code == 403
    assert not Photo.objects.exists()
    assert "has not agreed" in browse("practitioner").get(address("photo_new", signed.patient)).content.decode()


def test_who_sees_and_who_takes_away(browse, agreed):
    take(browse, agreed)
    photo = Photo.objects.get()
    image, file = address("photo_image", agreed, photo), address("photo_file", agreed, photo)
    seen = {role: browse(role).get(image).status_code for role in ("reception", "practitioner", "prescriber", "admin")}
    assert seen == {"reception": 403, "practitioner": 200, "prescriber": 200, "admin": 403}
    taken = {role: browse(role).get(file).status_code for role in ("reception", "practitioner", "prescriber", "auditor")}
    assert taken == {"reception": 403, "practitioner": 403, "prescriber": 200, "auditor": 403}
    assert AuditEntry.objects.filter(what="photo_file", action="read").count() == 1
    answer = browse("prescriber").get(image)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "no-store")


def test_without_consent_nobody_takes_a_photograph_away(browse, agreed):
    take(browse, agreed)
    photo = Photo.objects.get()
    photo.consent.withdrawn_at = timezone.now()
    photo.consent.save()
    assert browse("prescriber").get(address("photo_file", agreed, photo)).status_code == 403
    assert browse("prescriber").get(address("photo_image", agreed, photo)).status_code == 200
    assert "Download" not in browse("prescriber").get(address("photo", agreed, photo)).content.decode()


def test_a_photograph_that_was_exchanged_is_not_shown(browse, agreed):
    take(browse, agreed)
    photo = Photo.objects.get()
    store.path_of(photo.stored).write_bytes(picture().read())
    assert browse("prescriber").get(address("photo_image", agreed, photo)).status_code == 404


def test_before_and_after_of_one_view_and_no_steps_but_those_of_the_style_sheet(browse, agreed):
    take(browse, agreed, taken_at="2026-06-01T10:00")
    take(browse, agreed)
    take(browse, agreed, view="left")
    client, where = browse("practitioner"), address("photo_compare", agreed)
    before, after = Photo.objects.filter(view="front").order_by("taken_at")
    page = client.get(where, {"view": "front"}).content.decode()
    assert page.index(str(before.pk) + "/image") < page.index(str(after.pk) + "/image")
    assert "ghost seen-50" in client.get(where, {"view": "front", "over": "50"}).content.decode()
    assert "ghost" not in client.get(where, {"view": "front", "over": "51"}).content.decode()
    assert "two are needed" in client.get(where, {"view": "left"}).content.decode()


def test_a_record_that_is_not_kept_leaves_no_file(browse, agreed, monkeypatch):
    before = set(store.path_of("x").parent.iterdir())

    def fail(*args, **options):
        raise OSError(28, "no space")

    monkeypatch.setattr(Photo, "save", fail)
    assert take(lambda role: browse(role, raise_request_exception=False), agreed).status_code == 503
    assert set(store.path_of("x").parent.iterdir()) == before


def test_photographs_of_another_day_do_not_count_for_a_session(first, agreed, browse):
    from dermatwin.workbench.pages.sessions import photographed

    take(browse, agreed, taken_at=(timezone.localtime() - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M"))
    assert not photographed(first)
    take(browse, agreed, taken_at=timezone.localtime().strftime("%Y-%m-%dT%H:%M"))
    assert photographed(first)
