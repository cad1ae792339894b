"""The way in, the way out, what a browser is told, and what is told when something goes wrong."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from dermatwin.workbench import idle
from dermatwin.workbench.models import AuditEntry, HistoryItem, Patient, User

from .conftest import PASSWORD


@pytest.fixture(autouse=True)
def nothing_tried(db):
    cache.clear()


def actions(**wanted):
    return [entry.action for entry in AuditEntry.objects.filter(**wanted).order_by("number")]


def sign_in(client, name="prescriber", password=PASSWORD):
    return client.post("/sign-in/", {"login": name, "password": password})


@pytest.fixture
def client():
    return Client(SERVER_NAME="localhost")


class TestTheWayIn:
    def test_name_and_password(self, client, people):
        assert sign_in(client)["Location"] == "/"
        assert client.get("/").status_code == 200
        assert actions() == ["signed in"]

    def test_wrong_passwords_are_noted_and_shut_the_door(self, client, people):
        answers = [sign_in(client, password="wrong") for _ in range(6)]
        assert answers[0].status_code == 200
        assert "Too many" in answers[-1].content.decode()
        assert sign_in(client).status_code == 200  # the right one, too late
        assert client.get("/").status_code == 302
        assert set(actions()) == {"not signed in"}
        assert '"tried": "prescriber"' in AuditEntry.objects.first().details

    def test_a_name_that_nobody_has_is_answered_alike(self, client, people):
        pages = [sign_in(client, name, "wrong") for name in ("prescriber", "nobody")]
        known, unknown = (page.context["form"].errors for page in pages)
        assert known == unknown

    def test_who_is_closed_does_not_get_in(self, client, people):
        User.objects.update(is_active=False)
        assert sign_in(client)["Location"] == "/closed/"
        assert client.get("/").status_code == 302

    def test_a_form_of_somebody_else_is_refused(self, people):
        strict = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        response = sign_in(strict)
        assert response.status_code == 403
        assert "no longer valid" in response.content.decode()


class TestTheSecondFactor:
    @pytest.fixture
    def secret(self, people, clinic):
        clinic.made_up = False
        clinic.save()
        secret = auth.generate_totp_secret()
        auth.TOTP.activate(people["prescriber"], secret)
        return secret

    def code(self, secret):
        return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))

    def test_is_asked_for_and_a_used_code_is_refused(self, client, secret):
        assert sign_in(client)["Location"] == "/sign-in/second-factor/"
        assert client.get("/patients/").status_code == 302
        code = self.code(secret)
        assert client.post("/sign-in/second-factor/", {"code": code})["Location"] == "/"
        assert client.get("/patients/").status_code == 200
        other = Client(SERVER_NAME="localhost")
        sign_in(other)
        assert "Incorrect code" in other.post("/sign-in/second-factor/", {"code": code}).content.decode()
        assert other.get("/patients/").status_code == 302
        assert actions() == ["signed in", "read", "second factor refused"]

    def test_guesses_shut_the_door(self, client, secret):
        sign_in(client)
        answers = [client.post("/sign-in/second-factor/", {"code": "000000"}).content.decode() for _ in range(8)]
        assert "Incorrect code" in answers[0]
        assert "Too many" in answers[-1]
        assert "Too many" in client.post("/sign-in/second-factor/", {"code": self.code(secret)}).content.decode()

    def test_its_secret_is_sealed_in_the_database(self, secret):
        assert secret not in str(Authenticator.objects.get().data)

    def test_is_set_up_at_the_first_sign_in_with_codes_to_keep(self, client, people, clinic):
        clinic.made_up = False
        clinic.save()
        sign_in(client)
        assert client.get("/patients/")["Location"] == "/account/second-factor/new/"
        page = client.get("/account/second-factor/new/")
        assert page.status_code == 200, page.headers
        secret = page.context["form"].secret
        assert "<svg" in page.content.decode()
        done = client.post("/account/second-factor/new/", {"code": self.code(secret)})
        assert done["Location"] == "/account/recovery-codes/"
        codes = client.get("/account/recovery-codes/").context["unused_codes"]
        assert len(codes) == 10
        assert client.get("/patients/").status_code == 200
        other = Client(SERVER_NAME="localhost")
        sign_in(other)
        assert other.post("/sign-in/second-factor/", {"code": codes[0]})["Location"] == "/"

    def test_the_administrator_takes_it_off(self, browse, secret, clinic, people):
        clinic.made_up = True
        clinic.save()
        user = people["prescriber"]
        told = {"username": user.username, "name": user.name, "role": user.role, "is_active": "on", "reset_factor": "on"}
        assert browse("admin").post(f"/people/{user.pk}/", told).status_code == 302
        assert not Authenticator.objects.exists()


class TestTheWayOut:
    def test_who_does_nothing_is_signed_out(self, browse, monkeypatch):
        client, now = browse("prescriber"), time.time()
        client.get("/")
        monkeypatch.setattr(idle, "time", lambda: now + 14 * 60)
        assert client.get("/").status_code == 200
        monkeypatch.setattr(idle, "time", lambda: now + 30 * 60)
        assert client.get("/").status_code == 302
        assert "signed out, because nothing" in client.get("/sign-in/").content.decode()

    def test_a_page_that_asks_by_itself_keeps_nobody_in(self, browse, monkeypatch):
        client, now = browse("prescriber"), time.time()
        client.get("/")
        for minute in (1, 6, 11, 16, 21):
            monkeypatch.setattr(idle, "time", lambda minute=minute: now + minute * 60)
            status = client.get("/", headers={"accept": "text/event-stream"}).status_code
        assert status == 302

    def test_nobody_stays_longer_than_a_day_of_work(self, browse, monkeypatch):
        client, now = browse("prescriber"), time.time()
        answers = []
        for step in range(12 * 5):  # of thirteen minutes
            monkeypatch.setattr(idle, "time", lambda step=step: now + step * 13 * 60)
            answers.append(client.get("/account/").status_code)
        assert answers.index(302) == 12 * 60 // 13 + 1

    def test_signing_out_ends_the_session_itself(self, browse):
        client = browse("prescriber")
        cookie = client.cookies["session"].value
        client.post("/sign-out/")
        client.cookies["session"] = cookie
        assert client.get("/").status_code == 302
        assert actions()[-1] == "signed out"


class TestWhatABrowserIsTold:
    def test_no_page_is_kept_and_nothing_runs_that_is_not_ours(self, browse, patient):
        for address in ("/", "/patients/", f"/patients/{patient.pk}/", "/nowhere/", "/account/"):
            response = browse("prescriber").get(address)
            assert response["Cache-Control"] == "no-store"
            policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
            assert "unsafe" not in response["Content-Security-Policy"]
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["X-Frame-Options"] == "DENY"

    def test_no_template_has_anything_inline(self):
        from dermatwin.workbench import assets

        folder = assets.FOLDER.parent / "templates"
        texts = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}
        found = [name for name, text in texts.items() if "style=" in text or "<style" in text or " on" + "click" in text]
        assert len(texts) > 30
        assert found == []
        assert [name for name, text in texts.items() for line in text.split("<script")[1:] if " src=" not in line[:10]] == []

    def test_cookies_are_out_of_reach(self, client, people):
        sign_in(client)
        for cookie in (client.cookies["session"], client.cookies["csrf"]):
            assert cookie["httponly"]
            assert cookie["samesite"] == "Strict"

    def test_files_have_their_digest_in_their_address_and_nothing_else_is_handed_out(self, client, people):
        from dermatwin.workbench import assets

        found = client.get(assets.address("workbench.css"))
        assert found["Cache-Control"].endswith("immutable")
        for wrong in ("/static/0/workbench.css", "/static/0/..%2fsettings.py", "/static/0/settings.py"):
            assert client.get(wrong).status_code == 404


class TestWhatIsNoted:
    def test_reading_and_writing_a_person(self, browse, patient):
        client = browse("reception")
        client.get(f"/patients/{patient.pk}/")
        client.post(
            f"/patients/{patient.pk}/appointments/new/",
            {"at": "2026-01-05T09:00", "minutes": 30, "kind": "call", "state": "expected"},
        )
        client.post(f"/patients/{patient.pk}/appointments/new/", {"at": "never"})
        client.get(f"/patients/{patient.pk}/history/")
        told = [
            (entry.action, entry.what, entry.role)
            for entry in AuditEntry.objects.filter(patient=str(patient.pk)).order_by("number")
        ]
        assert told == [
            ("read", "patient", "reception"),
            ("write", "appointment_new", "reception"),
            ("refused", "history", "reception"),
        ]

    def test_nothing_is_kept_of_a_write_that_fails(self, browse, patient, monkeypatch):
        monkeypatch.setattr("dermatwin.workbench.gate.noted", fails)
        client = browse("reception")
        client.raise_request_exception = False
        response = client.post(
            f"/patients/{patient.pk}/appointments/new/",
            {"at": "2026-01-05T09:00", "minutes": 30, "kind": "call", "state": "expected"},
        )
        assert response.status_code == 503
        assert patient.appointments.count() == 0

    def test_the_auditor_reads_the_log_and_looks_the_chain_through(self, browse, patient):
        browse("reception").get(f"/patients/{patient.pk}/")
        page = browse("auditor").get("/audit/", {"verify": 1, "patient": str(patient.pk)})
        assert "The chain is whole" in page.content.decode()
        assert [entry.what for entry in page.context["page"]] == ["patient"]


def fails(*args, **options):
    raise OperationalError("database or disk is full")


class TestWhatGoesWrong:
    def test_a_fault_shows_no_insides(self, browse, monkeypatch):
        def broken(*args):
            raise RuntimeError("secret of the inside")

        monkeypatch.setattr("dermatwin.workbench.pages.patients.page_of", broken)
        client = browse("reception")
        client.raise_request_exception = False
        response = client.get("/patients/")
        assert response.status_code == 500
        assert "Something went wrong" in response.content.decode()
        assert "secret of the inside" not in response.content.decode()

    def test_a_full_disk_gets_a_page_that_says_so(self, browse, monkeypatch):
        monkeypatch.setattr("dermatwin.workbench.pages.patients.page_of", fails)
        client = browse("reception")
        client.raise_request_exception = False
        response = client.get("/patients/")
        assert response.status_code == 503
        assert "Nothing was saved" in response.content.decode()

    def test_two_people_on_one_record(self, browse, patient):
        first, second = browse("reception"), browse("practitioner")
        address = f"/patients/{patient.pk}/edit/"
        forms = [client.get(address).context["form"] for client in (first, second)]
        told = [{**form.initial, "version": form["version"].value()} for form in forms]
        assert first.post(address, {**clean(told[0]), "phone": "111"}).status_code == 302
        late = second.post(address, {**clean(told[1]), "phone": "222"})
        assert late.status_code == 409
        said = late.content.decode()
        assert "Dr reception" in said
        assert "222" in said
        assert Patient.objects.get(pk=patient.pk).phone == "111"

    def test_a_line_is_confirmed_in_the_state_that_was_seen(self, browse, patient):
        line = HistoryItem.objects.create(patient=patient, kind="condition", text="hay fever")
        client = browse("practitioner")
        HistoryItem.objects.get(pk=line.pk).save()
        address = f"/patients/{patient.pk}/history/{line.pk}/confirm/"
        assert client.post(address, {"version": line.version}).status_code == 409
        assert client.post(address, {"version": 2}).status_code == 302
        assert HistoryItem.objects.get(pk=line.pk).confirmed_by.username == "practitioner"


def clean(told):
    return {name: "" if value is None else value for name, value in told.items()}
