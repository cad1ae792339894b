"""A clinic for the tests: its folder is there before Django is asked for anything, its database is in memory."""

import atexit
import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp

import pytest

FOLDER = Path(mkdtemp(prefix="dermatwin-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["DERMATWIN_WORKBENCH"] = str(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "dermatwin.workbench.settings"

from dermatwin.workbench.folder import Folder  # noqa: E402

Folder(FOLDER).make()

import django  # noqa: E402

django.setup()

PASSWORD = "a sentence that nobody guesses"
TODAY = date.today()


@pytest.fixture
def clinic(db):
    """A made-up clinic, which asks for no second factor."""
    from dermatwin.workbench.models import Clinic

    return Clinic.objects.create(name="Tests", made_up=True)


@pytest.fixture
def people(clinic, settings):
    """Role -> somebody who has it."""
    from dermatwin.workbench.models import User
    from dermatwin.workbench.rights import Role

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return {role.value: User.objects.create_user(role.value, PASSWORD, role=role, name=f"Dr {role.label}") for role in Role}


@pytest.fixture
def browse(people):
    """Somebody with a browser: `browse("prescriber").get(...)`."""
    from django.test import Client

    def of(role, **options):
        client = Client(SERVER_NAME="localhost", **options)
        client.force_login(people[role])
        return client

    return of


@pytest.fixture
def patient(people):
    """A person with one confirmed line of history."""
    from django.utils import timezone

    from dermatwin.workbench.models import HistoryItem, Patient

    person = Patient.objects.create(
        number="00001", given_name="Ada", family_name="Ångström", birth_date=date(1990, 2, 3), sex="female"
    )
    HistoryItem.objects.create(
        patient=person,
        kind="medication",
        text="levothyroxine",
        confirmed_at=timezone.now(),
        confirmed_by=people["practitioner"],
    )
    return person


@pytest.fixture
def consultation(patient):
    """A consultation with one zone that has one concern."""
    from dermatwin.workbench.models import Concern, Consultation, Zone

    made = Consultation.objects.create(patient=patient, day=TODAY, phototype="III", body_weight_kg=62)
    zone = Zone.objects.create(consultation=made, site="cheek", side="left", area_cm2=60)
    Concern.objects.create(zone=zone, concern="acne_scar_rolling", scale="goodman_baron_qualitative", grade=3)
    return made


@pytest.fixture
def asked(consultation):
    """The consultation with every question answered by no."""
    from dermatwin.workbench.calls import questions
    from dermatwin.workbench.models import Answer

    rows = [row for group in questions.groups(consultation) for row in group.rows]
    Answer.objects.bulk_create(Answer(consultation=consultation, question=row.id, answer="no") for row in rows)
    return consultation


@pytest.fixture
def plan(asked, people):
    """The usual course, not signed."""
    from dermatwin.workbench.calls.document import Wanted, case_for
    from dermatwin.workbench.calls.searching import usual

    return usual(asked, case_for(asked, Wanted(start=TODAY + timedelta(days=7))), people["practitioner"])


_PROPOSED = {}
"""What the usual course of the consultation is: the same for every test, so it is proposed once."""


@pytest.fixture
def signed(consultation, people):
    """The usual course, signed, with its sessions; the first one is today. Its simulation waits."""
    from dermatwin.workbench.calls import questions, screened
    from dermatwin.workbench.calls.document import Wanted, case_for, read
    from dermatwin.workbench.calls.searching import usual
    from dermatwin.workbench.models import Answer, Plan, ScreeningResult, Session
    from dermatwin.workbench.signing import sign

    if not _PROPOSED:
        _PROPOSED["asked"] = [row.id for group in questions.groups(consultation) for row in group.rows]
    names = _PROPOSED["asked"]
    Answer.objects.bulk_create(Answer(consultation=consultation, question=name, answer="no") for name in names)
    who = {"patient": consultation.patient, "consultation": consultation}
    if "plan" not in _PROPOSED:
        made = usual(consultation, case_for(consultation, Wanted(start=TODAY + timedelta(days=7))), people["practitioner"])
        _, kept = screened.screened(consultation, read(made.case_text), people["prescriber"])
        wanted = ("origin", "title", "course", "offer", "case_text", "case_sha256", "start")
        _PROPOSED["plan"] = {name: getattr(made, name) for name in wanted}
        wanted = ("verdict", "complete", "case_text", "case_sha256", "dermatwin_version", "evidence_version")
        _PROPOSED["screening"] = {name: getattr(kept, name) for name in wanted}
    else:
        made = Plan.objects.create(**who, **_PROPOSED["plan"])
        kept = ScreeningResult.objects.create(consultation=consultation, **_PROPOSED["screening"])
    sign(made, people["prescriber"], kept)
    first = Session.objects.get(plan=made, number=1)
    first.planned_for = TODAY
    first.save()
    return made


@pytest.fixture
def first(signed):
    """The first session of the signed plan."""
    from dermatwin.workbench.models import Session

    return Session.objects.get(plan=signed, number=1)


@pytest.fixture
def device(clinic):
    """The pen of the plan."""
    from dermatwin.workbench.models import Device

    return Device.objects.create(catalogue="pen-12", label="Pen in room 1", serial="P-1")


@pytest.fixture
def lot(clinic):
    """Cartridges that may be used."""
    from dermatwin.workbench.models import CartridgeLot

    return CartridgeLot.objects.create(
        name="12 needles", lot="A1", needles=12, expires_on=TODAY + timedelta(days=90), received=10
    )
