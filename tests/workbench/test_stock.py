"""Lots: a recall lists exactly the people concerned; incidents stand with their session until somebody closes them."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from dermatwin.workbench.models import (
    AdverseEvent,
    AuditEntry,
    Cartridge,
    CartridgeLot,
    Patient,
    Product,
    ProductLot,
    Session,
    SessionProduct,
)

from .steps import TODAY, address, hold


@pytest.fixture
def two_lots(first, lot, device, people):
    """One person treated with a lot, another one with another lot of the same name, a third with none."""
    hold(first, people, lot, device)
    other = CartridgeLot.objects.create(name=lot.name, lot="B2", expires_on=TODAY, received=5)
    person = Patient.objects.create(number="2", given_name="Bo", family_name="Berg", birth_date="1980-01-01", sex="male")
    session = Session.objects.create(plan=first.plan, patient=person, number=90, planned_for=TODAY)
    hold(session, people, other, device)
    Cartridge.objects.create(lot=lot, code="never used")
    return lot, other


def concerned(browse, name, lot, role="practitioner"):
    page = browse(role).get(address(name, lot)).content.decode()
    return {who for who in ("Ångström", "Berg") if who in page}


def test_a_recall_lists_exactly_the_people_concerned(browse, two_lots):
    lot, other = two_lots
    assert concerned(browse, "cartridge_recall", lot) == {"Ångström"}
    assert concerned(browse, "cartridge_recall", other) == {"Berg"}
    assert browse("reception").get(address("cartridge_recall", lot)).status_code == 403


def test_a_recalled_lot_starts_no_session_any_more(browse, two_lots):
    lot, _ = two_lots
    form = {"version": lot.version, "recall_note": "Notice 7 of the maker"}
    assert browse("practitioner").post(address("cartridge_recall", lot), form).status_code == 302
    lot.refresh_from_db()
    assert (lot.recalled_on, lot.usable_on(TODAY)) == (TODAY, False)


def test_the_table_of_a_recall_is_for_the_prescriber_and_is_noted(browse, two_lots):
    lot, _ = two_lots
    Patient.objects.filter(number="00001").update(family_name="=HYPERLINK(1)", phone="+49 1")
    answer = browse("prescriber").get(address("cartridge_recall_csv", lot))
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert rows[1][7] == "no. 0007"
    assert AuditEntry.objects.filter(what="cartridge_recall_csv", action="read").count() == 1
    assert browse("practitioner").get(address("cartridge_recall_csv", lot)).status_code == 403


def test_a_lot_of_a_product_leads_to_the_people_on_whom_it_was_put(browse, first, lot, device, people):
    cream = Product.objects.create(name="Cream")
    used = ProductLot.objects.create(product=cream, lot="C1", expires_on=TODAY + timedelta(days=9))
    unused = ProductLot.objects.create(product=cream, lot="C2", expires_on=TODAY + timedelta(days=9))
    SessionProduct.objects.create(session=first, lot=used, grams="2.5", zone="cheek_left")
    hold(first, people, lot, device)
    assert concerned(browse, "product_recall", used) == {"Ångström"}
    assert concerned(browse, "product_recall", unused) == set()


def test_an_incident_stands_with_its_session_until_it_is_closed(browse, first, lot, device, people):
    hold(first, people, lot, device)
    form = {
        "kind": "herpes",
        "session": first.pk,
        "noticed_on": TODAY,
        "grade": 3,
        "told": "Blisters.",
        "outcome": "open",
        "zone": "",
        "done": "",
    }
    client = browse("practitioner")
    later = {**form, "noticed_on": TODAY + timedelta(days=1)}
    assert client.post(address("incident_new", first.patient), later).status_code == 200
    assert client.post(address("incident_new", first.patient), form).status_code == 302
    found = AdverseEvent.objects.get()
    assert "12 needles, lot A1, no. 0007" in client.get(address("incident", first.patient, found)).content.decode()
    assert "Herpes reactivation" in client.get(address("incidents")).content.decode()
    closing = {"version": found.version, "outcome": "healed", "done": "Antiviral the same day."}
    assert client.post(address("incident_close", first.patient, found), closing).status_code == 302
    found.refresh_from_db()
    assert (found.closed_on, found.closed_by, found.outcome) == (TODAY, people["practitioner"], "healed")
    edit = address("incident_edit", first.patient, found)
    assert client.post(edit, {**form, "told": "Nothing.", "version": found.version}).status_code == 302
    found.refresh_from_db()
    assert found.told == "Blisters."


def test_an_incident_names_no_session_of_somebody_else(browse, first, lot, device, people):
    hold(first, people, lot, device)
    other = Patient.objects.create(number="2", given_name="B", family_name="B", birth_date="1980-01-01", sex="male")
    form = {"kind": "herpes", "session": first.pk, "noticed_on": TODAY, "grade": 1, "told": "x", "outcome": "open"}
    assert browse("practitioner").post(address("incident_new", other), form).status_code == 200
    assert not AdverseEvent.objects.exists()


def test_the_catalogue_is_entered(browse, clinic):
    client = browse("practitioner")
    assert "No lot yet" in client.get(address("catalogue")).content.decode()
    device = {"label": "Pen", "catalogue": "pen-12", "serial": "1"}
    assert client.post(address("device_new"), device).status_code == 302
    cartridges = {"name": "12 needles", "lot": "A1", "expires_on": TODAY, "received": 10}
    assert client.post(address("cartridge_lot_new"), cartridges).status_code == 302
    assert client.post(address("cartridge_lot_new"), cartridges).status_code == 200
    assert client.post(address("product_new"), {"name": "Cream"}).status_code == 302
    of_product = {"product": Product.objects.get().pk, "lot": "C", "expires_on": TODAY}
    assert client.post(address("product_lot_new"), of_product).status_code == 302
    page = client.get(address("catalogue")).content.decode()
    assert "10 of 10" in page
    assert "Cream, lot C" in page
