"""Two people on one record, a plan that is signed, a log that only grows; on both databases where it is theirs to hold."""

import os
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.utils import load_backend
from django.utils import timezone

from dermatwin.workbench import audit
from dermatwin.workbench.audit import Deed, note, verify
from dermatwin.workbench.database import database as settings_of
from dermatwin.workbench.folder import here
from dermatwin.workbench.forgetting import forget
from dermatwin.workbench.models import AuditEntry, Erasure, Fixed, Overtaken, Patient, Plan, Session, SessionZone
from dermatwin.workbench.signing import sign, standing

from .steps import hold


@pytest.fixture(scope="session")
def postgres(tmp_path_factory, django_db_setup, django_db_blocker):
    """A PostgreSQL of our own with the tables of the workbench; its settings."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))  # pgserver keeps its lock there
    import pgserver
    from django.core.management import call_command

    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    entry = settings_of(here(), server.get_uri())
    with django_db_blocker.unblock(), on(entry):
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
    yield entry
    server.cleanup()


@contextmanager
def on(entry):
    """The default connection leads to another database for a while."""
    before = connections["default"]
    whole = {**before.settings_dict, **entry}
    connections["default"] = load_backend(whole["ENGINE"]).DatabaseWrapper(whole, "default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = before


@pytest.fixture(params=["sqlite", "postgresql"])
def base(request, django_db_setup):
    """Which database; asked for before the database is used."""
    if request.param == "sqlite":
        yield
        return
    with on(request.getfixturevalue("postgres")):
        yield


@pytest.mark.usefixtures("base", "db")
class TestOnBoth:
    def test_it_is_the_database_that_was_asked_for(self, request):
        assert connection.vendor == request.node.callspec.params["base"]

    def test_the_later_of_two_edits_is_refused_and_the_first_stays(self, patient):
        one, two = Patient.objects.get(pk=patient.pk), Patient.objects.get(pk=patient.pk)
        one.phone = "1"
        one.save()
        two.phone = "2"
        with pytest.raises(Overtaken):
            two.save()
        kept = Patient.objects.get(pk=patient.pk)
        assert (kept.phone, kept.version) == ("1", 2)
        assert [state.phone for state in kept.versions.all()] == ["1", ""]

    def test_a_signed_plan_never_changes_by_any_way(self, plan, people, asked):
        signed(plan, people)
        plan.title = "another"
        with pytest.raises(Fixed):
            plan.save()
        with pytest.raises(Fixed):
            plan.delete()
        for past_the_model in (
            lambda: Plan.objects.filter(pk=plan.pk).update(title="another"),
            lambda: Plan.objects.filter(pk=plan.pk).update(signed_at=None, signed_by=None, signed_name=""),
            lambda: connection.cursor().execute("DELETE FROM workbench_plan"),
        ):
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
                past_the_model()
        assert Plan.objects.get(pk=plan.pk).signed_name == "Dr prescriber"

    def test_a_signed_plan_goes_with_its_person_once_that_is_approved(self, plan, people):
        signed(plan, people)
        wish = Erasure.objects.create(patient=plan.patient.pk, reason="asked to be forgotten", asked_by=people["admin"])
        rows = Plan.objects.filter(pk=plan.pk)
        plan.runs.all().delete()
        plan.sessions.all().delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")
        Erasure.objects.filter(pk=wish.pk).update(approved_at="2026-01-01T00:00Z", approved_by=people["prescriber"])
        rows._raw_delete("default")
        assert not Plan.objects.filter(pk=plan.pk).exists()

    def test_a_signature_without_a_name_is_refused_by_the_database(self, plan):
        with pytest.raises(IntegrityError), transaction.atomic():
            Plan.objects.filter(pk=plan.pk).update(signed_at="2026-01-01T00:00Z")

    def test_a_plan_is_superseded_and_its_sessions_are_dropped(self, plan, people, asked):
        from dermatwin.workbench.calls.document import case_for
        from dermatwin.workbench.calls.searching import usual

        signed(plan, people)
        later = usual(asked, case_for(asked), people["practitioner"])
        assert standing(later) == plan
        signed(later, people)
        assert later.supersedes == plan
        assert standing(later) == later
        assert {session.state for session in plan.sessions.all()} == {"dropped"}
        assert {session.state for session in later.sessions.all()} == {"planned"}

    def test_the_log_refuses_changes(self, people):
        entry = note(people["admin"], Deed("read", "patients"))
        with pytest.raises(Fixed):
            entry.save()
        with pytest.raises(Fixed):
            entry.delete()
        for statement in ("UPDATE workbench_auditentry SET name = 'x'", "DELETE FROM workbench_auditentry"):
            with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
                connection.cursor().execute(statement)
        assert verify().whole

    def test_whoever_gets_past_the_triggers_is_found(self, people):
        for number in range(6):
            note(people["admin"], Deed("read", "patient", record=str(number), details={"said": "ä"}))
        length = AuditEntry.objects.count()
        unguarded()
        AuditEntry.objects.filter(number=2).update(name="Nobody")
        AuditEntry.objects.filter(number=4)._raw_delete("default")
        found = verify()
        assert found.broken == ("entry 2 is not as it was written", "entry 4 is missing")
        assert found.length == length

    def test_an_entry_made_without_the_key_is_found(self, people, monkeypatch):
        note(people["admin"], Deed("read", "patient"))
        with monkeypatch.context() as patched:
            patched.setattr(audit, "_key", lambda: b"guessed")
            note(None, Deed("read", "forged"))
        assert verify().broken == (f"entry {AuditEntry.objects.count()} is not as it was written",)

    def test_people_are_found_by_the_beginning_of_a_name_or_number(self, browse, patient):
        for wanted in ("ång", "ada", "ADA ångström", "0000", ""):
            assert "Ångström, Ada" in browse("reception").get("/patients/", {"q": wanted}).content.decode()
        for wanted in ("ström", "adam", "1"):
            assert "Nobody whose name" in browse("reception").get("/patients/", {"q": wanted}).content.decode()

    def test_the_timeline_puts_days_and_moments_in_one_order(self, browse, patient, plan, people):
        from dermatwin.workbench.models import Appointment

        Appointment.objects.create(patient=patient, at="2020-05-04T09:00Z")
        signed(plan, people)
        events = list(browse("prescriber").get(f"/patients/{patient.pk}/").context["page"])
        assert [event.day for event in events] == sorted((event.day for event in events), reverse=True)
        assert {event.kind for event in events} == {"appointment", "consultation", "plan", "session"}


def signed(plan, people):
    from dermatwin.workbench.calls.document import read
    from dermatwin.workbench.calls.screened import screened

    _, kept = screened(plan.consultation, read(plan.case_text), people["prescriber"])
    sign(plan, people["prescriber"], kept)


def unguarded():
    """Take the triggers off, as somebody could who owns the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER audit_never_{verb}")
        else:
            cursor.execute("DROP TRIGGER audit_never ON workbench_auditentry")


def test_an_address_that_is_none_of_postgresql_is_said():
    with pytest.raises(ValueError, match="not of the form"):
        settings_of(here(), "mysql://x/y")
    entry = settings_of(here(), "postgresql://a%40b:c@db:5433/clinic?sslmode=require")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"], entry["NAME"]) == (
        "a@b",
        "c",
        "db",
        "5433",
        "clinic",
    )
    assert entry["OPTIONS"] == {"sslmode": "require"}


def test_secrets_are_made_once_and_are_ours_alone(tmp_path):
    from dermatwin.workbench.folder import Folder

    folder = Folder(tmp_path / "clinic").make()
    first = folder.secret("secret.key")
    assert folder.make().secret("secret.key") == first
    assert len(first) > 50
    assert {os.stat(folder.path / name).st_mode & 0o777 for name in ("secret.key", "audit.key")} == {0o600}


@pytest.mark.usefixtures("base", "db")
class TestSessionsOnBoth:
    def test_a_finished_session_is_fixed_and_goes_with_its_person(self, first, lot, device, people):
        hold(first, people, lot, device)
        zones = SessionZone.objects.filter(session=first)
        for change in (
            lambda: Session.objects.filter(pk=first.pk).update(note="x"),
            lambda: zones.update(passes=9),
            lambda: zones._raw_delete("default"),
            lambda: Session.objects.filter(pk=first.pk)._raw_delete("default"),
            lambda: Session.objects.filter(number=2).update(cartridge=first.cartridge),
            lambda: Session.objects.filter(number=2).update(state="under_way"),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
        asked = Erasure.objects.create(patient=first.patient.pk, reason="x", asked_by=people["admin"])
        asked.approved_by, asked.approved_at = people["prescriber"], timezone.now()
        asked.save()
        forget(asked)
        assert not Session.objects.exists()
        assert not Patient.objects.exists()
        assert verify().whole
