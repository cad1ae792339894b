"""Every role at every address with every method, from the one table; what nobody may see is not there for anybody."""

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from dermatwin.workbench import checks, models
from dermatwin.workbench.models import Appointment, HistoryItem, Import, ImportLine, Override, Run, Search, User, Zone
from dermatwin.workbench.rights import NOBODY, OPEN, PAGES, Page, Role, may

METHODS = ("GET", "POST")
OTHERS = ("PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass
class Ids:
    """Ids for every address."""

    values: dict

    def address(self, name):
        route = next(str(pattern) for pattern, found in routes() if found == name)
        values = self.values | ({"lot": self.values["product lot"]} if name.startswith("product_") else {})
        wanted = {key: value for key, value in values.items() if f":{key}>" in route}
        return reverse(name, kwargs=wanted)


def routes(resolver=None, before=""):
    for entry in (resolver or get_resolver()).url_patterns:
        here = before + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from routes(entry, here)
        else:
            yield here, entry.name


@pytest.fixture
def ids(plan, people):
    job = {"asked_by": people["practitioner"], "case_text": plan.case_text, "state": "failed"}
    imported = Import.objects.create(patient=plan.patient, kind="fhir", sha256="0" * 64)
    told = {"says": "hay fever", "place": "conditions", "item": {"name": "hay fever", "origin": {"record": "Condition/c"}}}
    line = ImportLine.objects.create(brought=imported, number=1, outcome="mapped", decision="waiting", told=told)
    made = {
        "imported": imported.pk,
        "line": line.pk,
        "service": "dermatwin-patient-view",
        "patient": plan.patient.pk,
        "consultation": plan.consultation.pk,
        "item": HistoryItem.objects.first().pk,
        "zone": Zone.objects.first().pk,
        "appointment": Appointment.objects.create(patient=plan.patient, at="2026-01-05T09:00Z").pk,
        "override": Override.objects.create(
            consultation=plan.consultation, rule="x", title="x", reason="x", by=people["prescriber"]
        ).pk,
        "search": Search.objects.create(consultation=plan.consultation, **job).pk,
        "plan": plan.pk,
        "run": Run.objects.create(plan=plan, **job).pk,
        "user": people["reception"].pk,
        "rule": "anticoagulant",
        "name": "summary.json",
        "digest": "0",
        **_after_a_plan(plan, people),
    }
    return Ids(made)


def _after_a_plan(plan, people):
    """Ids of what comes after a signature."""
    person = plan.patient
    day = plan.start
    text = models.ConsentText.objects.create(kind="photo", edition=1, title="Photographs", text="I agree.")
    consent = models.Consent.objects.create(
        patient=person,
        text=text,
        text_sha256=text.sha256,
        given_at="2026-01-05T09:00Z",
        signed_name="Ada",
        witnessed_by=people["practitioner"],
    )
    session = models.Session.objects.create(plan=plan, patient=person, number=1, planned_for=day)
    product = models.Product.objects.create(name="Cream")
    of_product = models.ProductLot.objects.create(product=product, lot="1", expires_on=day)
    of_both = {"patient": person, "plan": plan}
    photo = models.Photo.objects.create(
        patient=person, consent=consent, view="front", taken_at="2026-01-05T09:00Z", stored="0.jpg", width=1, height=1
    )
    made = {
        "text": text,
        "consent": consent,
        "session": session,
        "photo": photo,
        "device": models.Device.objects.create(catalogue="pen-12", label="Pen", serial="1"),
        "product": product,
        "observation": models.Observation.objects.create(
            **of_both, quantity="redness_grade", zone="cheek_left", seen_on=day, value=1, unit="1", read_by="patient"
        ),
        "symptom": models.Symptom.objects.create(**of_both, words="red", noticed_on=day),
        "forecast": models.Forecast.objects.create(plan=plan, case_text=plan.case_text, state="failed"),
        "invitation": models.Invitation.objects.create(**of_both, token_sha256="0", expires_at="2026-01-05T09:00Z"),
        "incident": models.AdverseEvent.objects.create(patient=person, kind="other", noticed_on=day, grade=1, told="x"),
        "erasure": models.Erasure.objects.create(patient=person.pk, reason="asked", asked_by=people["admin"]),
    }
    cartridges = models.CartridgeLot.objects.create(name="12", lot="1", expires_on=day, received=1)
    keys = {"lot": cartridges.pk, "product lot": of_product.pk, "token": "guessed", "sheet": "session"}
    return {name: record.pk for name, record in made.items()} | keys


def send(client, method, address):
    response = client.generic(method, address, content_type="application/x-www-form-urlencoded")
    response.close()  # a file that is sent
    return response


def wrong(page, role, method, response):
    """What is wrong with an answer, by the table; '' where it is right."""
    right, status = page.right(method), response.status_code
    if right == NOBODY or (right is None and page.get == NOBODY):
        return "" if status in (404, 405) else f"{status}, not 404"
    if right is None:
        return "" if status == 405 else f"{status}, not 405"
    if may(role, right):
        return "" if status not in (401, 403, 405) and status < 500 else f"{status}, refused"
    return "" if status == 403 else f"{status}, not 403"


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_page_by_every_method(role, browse, ids):
    found, signed_in = {}, browse(role)
    for name, page in PAGES.items():
        for method in METHODS:
            if name == "override" and may(role, page.right(method)):
                continue  # forged: see test_screening
            client = browse(role) if name == "account_logout" else signed_in
            client.raise_request_exception = False
            told = wrong(page, role, method, send(client, method, ids.address(name)))
            if told:
                found[f"{method} {name}"] = told
    assert found == {}


def test_nobody_who_is_not_signed_in_sees_more_than_the_way_in(ids):
    found = {}
    for name, page in PAGES.items():
        for method in METHODS:
            response = send(Client(SERVER_NAME="localhost"), method, ids.address(name))
            right = page.right(method)
            if right in (OPEN, NOBODY, None) or page.get == NOBODY:
                fine = response.status_code in (200, 204, 302, 404, 405)
            else:
                fine = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
            if not fine:
                found[f"{method} {name}"] = response.status_code
    assert found == {}


@pytest.mark.parametrize("method", OTHERS)
def test_other_methods_are_not_known(method, browse, ids):
    client = browse("prescriber")
    assert {send(client, method, ids.address(name)).status_code for name in PAGES} <= {404, 405}


def test_the_start_fails_where_a_page_has_no_right(monkeypatch):
    assert checks.every_page_has_its_right() == []
    monkeypatch.delitem(PAGES, "patients")
    monkeypatch.setitem(PAGES, "nowhere", Page("people.read"))
    monkeypatch.setitem(PAGES, "patient", Page("anything"))
    found = [error.msg for error in checks.every_page_has_its_right()]
    assert found == [
        "the page 'patients' has no right",
        "a right is declared for 'nowhere', which is no page",
        "the page 'patient' takes 'anything', which is no right",
    ]


def test_a_page_without_a_right_is_served_to_nobody(browse, monkeypatch):
    monkeypatch.delitem(PAGES, "patient_new")
    assert browse("prescriber").get("/patients/new/").status_code == 404


def test_an_id_of_another_person_is_not_found(browse, ids, patient):
    from dermatwin.workbench.models import Patient

    other = Patient.objects.create(number="2", given_name="B", family_name="B", birth_date="1980-01-01", sex="male")
    client = browse("prescriber")
    values = {**ids.values, "patient": other.pk}
    nested = [name for name, page in PAGES.items() if page.get and name not in OWN_ADDRESS]
    pages = [name for name in nested if "<uuid:patient>" in dict(map(reversed, routes())).get(name, "")]
    assert len(pages) > 20
    seen = {name: send(client, "GET", Ids(values).address(name)).status_code for name in pages}
    assert {name: status for name, status in seen.items() if status != 404} == {}


OWN_ADDRESS = (
    "patient",
    "patient_edit",
    "appointment_new",
    "history",
    "history_add",
    "consultation_new",
    "consents",
    "consent_give",
    "photos",
    "photo_new",
    "photo_compare",
    "incident_new",
    "export",
    "export_file",
    "import_new",
    "record_out",
)


def test_without_a_second_factor_only_its_set_up_opens(browse, clinic, ids):
    clinic.made_up = False
    clinic.save()
    client = browse("prescriber")
    answers = {
        name: send(client, "GET", ids.address(name)) for name, page in PAGES.items() if page.get not in (OPEN, NOBODY, None)
    }
    shut = [name for name, page in PAGES.items() if name in answers and not page.before_second_factor]
    assert {answers[name].get("Location") for name in shut} == {reverse("mfa_activate_totp")}
    assert answers["account"].status_code == 200


def test_who_is_closed_is_out_at_once(browse, people):
    client = browse("reception")
    assert client.get("/patients/").status_code == 200
    User.objects.filter(username="reception").update(is_active=False)
    assert client.get("/patients/").status_code == 302


def test_reception_sees_nothing_clinical_of_a_patient(browse, ids, plan):
    page = browse("reception").get(ids.address("patient")).content.decode()
    assert "Ångström" in page
    assert "Consultation of" not in page
    assert plan.title not in page
