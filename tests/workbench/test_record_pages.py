"""Imported records in a browser: lines confirmed one by one, what words alone would read wrongly, a stop, out and back."""

import json

import pytest
from django.urls import reverse

from clinical import bundle, condition, request
from dermatwin.workbench.models import HistoryItem, Import, ImportLine, Patient

from .test_imports import ADA, ENDED, GEL, HERPES, UNKNOWN, WARFARIN, send
from .test_pages import chromium, look, open_as, site  # noqa: F401

REFUTED = condition("Psoriasis", "icd10cm:L40.0", verified="refuted", id="r")
MALE = {**ADA, "gender": "male", "name": [{"family": "Åberg", "given": ["Adam"]}]}


def hand_over(page, patient, tmp_path, *resources, person=ADA):
    """A record through the form of the page."""
    path = tmp_path / "record.json"
    path.write_text(json.dumps(bundle(person, *resources)), encoding="utf-8")
    page.goto(reverse("history", args=[patient.pk]))
    page.get_by_role("link", name="Import a record").click()
    page.get_by_label("File with the record").set_input_files(path)
    page.get_by_role("button", name="Read the record").click()


@pytest.fixture
def pages(browse, patient, consultation):
    """Pages of records with something on them, by name."""
    client = browse("practitioner")
    old = request("Aspirin 81 MG Oral Tablet", "rxnorm:243670", status="stopped", id="s")
    first = send(client, patient, WARFARIN, UNKNOWN, ENDED, HERPES, GEL, REFUTED, old)["Location"]
    client.post(
        reverse("import_line_dismiss", args=[patient.pk, Import.objects.get().pk, ImportLine.objects.get(number=5).pk]),
        {"reason": "asked today, never heard of it", "version": 1},
    )
    other = send(client, patient, WARFARIN, person=MALE, name="other.json")["Location"]
    send(client, patient, condition("acne", colour="red"), name="broken.json")
    line = ImportLine.objects.filter(decision="waiting", brought__file_name="record.json").first()
    of_line = [patient.pk, line.brought_id, line.pk]
    refused = Import.objects.get(state="refused")
    return {
        "import_new": reverse("import_new", args=[patient.pk]),
        "review": first,
        "another": other,
        "refused": reverse("import_review", args=[patient.pk, refused.pk]),
        "write": reverse("import_line_write", args=of_line),
        "dismiss": reverse("import_line_dismiss", args=of_line),
        "aside": reverse("import_aside", args=of_line[:2]),
        "history": reverse("history", args=[patient.pk]),
        "patient": reverse("patient", args=[patient.pk]),
    }


def test_every_page_of_a_record_is_for_everyone(open_as, pages):  # noqa: F811
    page = open_as("prescriber")
    assert {name: told for name, address in pages.items() if (told := list(look(page, address)))} == {}


def test_an_anticoagulant_is_confirmed_and_its_stop_says_where_it_comes_from(open_as, patient, consultation, tmp_path):  # noqa: F811
    page = open_as("practitioner")
    hand_over(page, patient, tmp_path, WARFARIN, ENDED, HERPES, GEL)
    screening = reverse("screening", args=[patient.pk, consultation.pk])
    page.goto(screening)
    assert "4 lines" in page.locator("main").inner_text()
    page.go_back()
    while (buttons := page.get_by_role("button", name="Confirm")).count():
        buttons.first.click()
        page.wait_for_load_state()
    assert page.get_by_role("heading", name="Decided (4)").count() == 1
    page.goto(screening)
    said = page.locator("main").inner_text()
    assert "Stop" in page.locator(".verdict").inner_text()
    for there in ("anticoagulant", "herpes"):
        assert there in said.casefold()
    for absent in ("pregnan", "eczema", "isotretinoin by mouth"):
        assert absent not in page.locator(".findings").inner_text().casefold().replace("not pregnant", ""), absent
    finding = page.locator(".findings > li").filter(has_text="nticoagulant").first
    finding.locator("summary").click()
    assert finding.locator("details li").count() > 1


def test_a_record_of_somebody_else_shows_a_stop_and_no_way_on(open_as, patient, tmp_path):  # noqa: F811
    page = open_as("practitioner")
    hand_over(page, patient, tmp_path, WARFARIN, person=MALE)
    assert "Stop: this record is of another person" in page.locator("[role=alert]").inner_text()
    assert page.get_by_role("button", name="Confirm").count() == 0
    page.get_by_role("link", name="Set the whole record aside").click()
    page.get_by_label("Why the record is set aside").fill("It is of Adam.")
    page.get_by_role("button", name="Set aside").click()
    page.wait_for_selector("text=Set aside: It is of Adam.")


def test_a_broken_record_is_told_on_the_page(open_as, patient, tmp_path):  # noqa: F811
    page = open_as("practitioner")
    hand_over(page, patient, tmp_path, condition("acne", colour="red"), condition("x", onsetDateTime="never", id="d"))
    told = page.locator("[role=alert] li").all_inner_texts()
    assert [line.partition(":")[0] for line in told] == ["Condition/c.colour", "Condition/d.onsetDateTime"]


def test_what_was_taken_out_is_taken_in_for_a_new_file(open_as, patient, plan, tmp_path):  # noqa: F811
    page = open_as("prescriber")
    page.goto(reverse("patient", args=[patient.pk]))
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the record").click()
    path = tmp_path / "out.json"
    taken.value.save_as(path)
    other = Patient.objects.create(
        number="2", given_name="Ada", family_name="Ångström", birth_date=patient.birth_date, sex="female"
    )
    page.goto(reverse("import_new", args=[other.pk]))
    page.get_by_label("File with the record").set_input_files(path)
    page.get_by_role("button", name="Read the record").click()
    page.get_by_role("button", name="Confirm levothyroxine").click()
    page.wait_for_selector("text=Decided (1)")
    assert HistoryItem.objects.get(patient=other).text == "levothyroxine"
