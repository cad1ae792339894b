"""From a signed plan to the last photograph in a browser: what a practice does, and pages that are for everyone."""

# ruff: noqa: F811  # fixtures of another file are named by importing them

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dermatwin.workbench import store
from dermatwin.workbench.models import (
    AdverseEvent,
    Erasure,
    Forecast,
    Invitation,
    Observation,
    Photo,
    Product,
    ProductLot,
    Session,
    SessionZone,
    Symptom,
)

from .steps import TODAY, address, agree, hold, picture
from .test_pages import chromium, look, open_as, site  # noqa: F401

FORECAST = {
    "triage": [
        {
            "note": "fever",
            "level": "contact",
            "advice": [{"label": "fever", "reason": "may be an infection", "do": "call", "level": "contact"}],
        }
    ],
    "forecast": [
        {
            "name": "pain_vas[1]",
            "title": "pain while needling",
            "zone": "cheek_left",
            "unit": "1",
            "before": [0.1, 1.0, 6.0],
            "after": [2.0, 3.0, 4.0],
            "width_left": 0.4,
        }
    ],
    "observations": [
        {
            "path": "observations.0",
            "name": "redness_grade",
            "title": "redness",
            "zone": "cheek_left",
            "time_days": 0,
            "value": 2,
            "p05": 1,
            "median": 2,
            "p95": 3,
            "share": 0.4,
            "side": "high",
            "status": "expected",
            "learnt": True,
        }
    ],
    "asked": [{"path": "observations.0.value", "found": "2", "expected": "is read in few"}],
    "next": [{"title": "redness", "zone": "cheek_left", "time_days": 3, "narrows_by": 0.1}],
    "people": {"effective": 60, "draws": 800},
}


def keep_photo(plan, people, at):
    consent = agree(plan, people, "photo")
    stored = store.keep(picture(), 1)
    return Photo.objects.create(
        patient=plan.patient,
        consent=consent,
        view="front",
        taken_at=at,
        stored=stored.name,
        sha256=stored.sha256,
        width=stored.width,
        height=stored.height,
    )


@pytest.fixture
def addresses(first, lot, device, people):
    """Every page of the second half with something on it, by name."""
    plan, person = first.plan, first.patient
    hold(first, people, lot, device, length="0.75")
    photo = keep_photo(plan, people, "2026-06-01T10:00Z")
    keep_photo(plan, people, timezone.now())
    cream = ProductLot.objects.create(product=Product.objects.create(name="Cream"), lot="C", expires_on=TODAY)
    seen = Observation.objects.create(
        patient=person,
        plan=plan,
        quantity="redness_grade",
        zone="cheek_left",
        seen_on=TODAY,
        value=2,
        unit="1",
        read_by="patient",
    )
    triage = {"level": "urgent", "advice": FORECAST["triage"][0]["advice"]}
    Symptom.objects.create(patient=person, plan=plan, words="fever", noticed_on=TODAY, triage=triage)
    job = {"plan": plan, "case_text": "x", "observations": [str(seen.pk)]}
    done = [Forecast.objects.create(**job, state="done", result=FORECAST, finished_at=timezone.now()) for _ in range(2)]
    waiting = Forecast.objects.create(**job, state="waiting")
    event = AdverseEvent.objects.create(
        patient=person, session=first, kind="herpes", noticed_on=TODAY, grade=3, told="Blisters."
    )
    Invitation.objects.create(patient=person, plan=plan, token_sha256="0", expires_at=timezone.now() + timedelta(days=1))
    second = Session.objects.get(plan=plan, number=2)
    text = first.consent.text
    erasure = Erasure.objects.create(patient=person.pk, reason="asked", asked_by=people["admin"])
    named = {
        "due": [],
        "incidents": [],
        "outcome": [],
        "catalogue": [],
        "device_new": [],
        "cartridge_lot_new": [],
        "consent_text_new": [],
        "consent_text": [text],
        "cartridge_recall": [lot],
        "product_recall": [cream],
        "erasures": [],
        "erasure": [erasure],
        **{name: [person] for name in ("consents", "photos", "photo_new", "photo_compare", "incident_new", "export")},
        "consent_give": [person, text],
        "consent": [person, first.consent],
        "consent_withdraw": [person, first.consent],
        "photo": [person, photo],
        **{name: [person, second] for name in ("session", "session_start", "session_move")},
        "session_addendum": [person, first],
        **{name: [person, plan] for name in ("course", "observation_new", "symptom_new", "plan_sheets")},
        "forecast": [person, done[1]],
        "incident": [person, event],
        "incident_close": [person, event],
    }
    found = {name: address(name, *records) for name, records in named.items()}
    found["session that is over"] = address("session", person, first)
    found["forecast that waits"] = address("forecast", person, waiting)
    found["one over the other"] = found["photo_compare"] + "?view=front&over=50"
    found["no photograph"] = found["photo_compare"] + "?view=left"
    found["thanks"] = reverse("answered")
    return found


def test_every_page_of_a_course_is_for_everyone(open_as, addresses):
    page = open_as("prescriber")
    assert {name: told for name, where in addresses.items() if (told := list(look(page, where)))} == {}


def consent_on_the_page(page, person):
    page.goto(address("consents", person))
    page.get_by_role("link", name="Consent to treatment, version 1").click()
    page.get_by_label("Name of the person").fill("Ada Ångström")
    page.get_by_label("has read the text").check()
    page.get_by_label("I was there").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_selector("text=holds")


def test_a_session_from_consent_to_signature(open_as, first, lot, device, people):
    from dermatwin.workbench.models import ConsentText

    ConsentText.objects.create(kind="treatment", edition=1, title="Consent to treatment", text="I agree.")
    person, page = first.patient, open_as("practitioner")
    page.goto(address("session", person, first))
    assert page.get_by_role("link", name="Start with the checklist").count() == 0
    consent_on_the_page(page, person)
    type(lot).objects.create(name="12 needles", lot="OLD", expires_on="2020-01-01", received=10)
    page.goto(address("session", person, first))
    page.get_by_role("link", name="Start with the checklist").click()
    assert "OLD" not in page.get_by_label("Sterile cartridge").inner_text()
    page.get_by_label("Device").select_option(label="Pen in room 1 (P-1)")
    page.get_by_label("Sterile cartridge").select_option(label="12 needles, lot A1")
    page.get_by_label("Number on the pouch").fill("0001")
    page.get_by_label("Asked again today").check()
    page.get_by_label("Looked at the skin").check()
    page.get_by_role("button", name="Start the session").click()
    page.wait_for_selector("text=There is no photograph of this session yet")
    page.get_by_label("No photograph today").fill("camera is broken")
    page.get_by_label("Off label").fill("told and agreed")
    page.get_by_role("button", name="Start the session").click()
    clock = page.get_by_role("timer").locator("span").first
    before = clock.inner_text()
    page.wait_for_function("before => document.querySelector('[role=timer] span').textContent !== before", arg=before)

    page.get_by_role("link", name="Record cheek left").first.click()
    page.get_by_label("Needle length").fill("0.75")
    page.get_by_label("Endpoint seen").select_option(label="pinpoint bleeding")
    page.get_by_role("button", name="Record").click()
    page.wait_for_selector("text=This is not as planned; say why.")
    page.get_by_label("Why it differs").fill("thin skin there")
    page.get_by_role("button", name="Record").click()
    page.get_by_role("link", name="Finish and sign").click()
    page.get_by_label("Your name").fill("Dr practitioner")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.wait_for_selector("text=It never changes")
    assert SessionZone.objects.get().deviates
    page.get_by_role("button", name="Simulate as it was held").click()
    page.wait_for_selector("progress")

    second = Session.objects.get(plan=first.plan, number=2)
    page.goto(address("session_start", person, second))
    page.get_by_label("Sterile cartridge").select_option(label="12 needles, lot A1")
    page.get_by_label("Number on the pouch").fill("0001")
    page.get_by_role("button", name="Start the session").click()
    page.wait_for_selector("text=This piece was used before")
    assert page.complaints == []


def test_a_photograph_is_taken_laid_over_the_last_one_and_kept_from_reception(open_as, signed, people, tmp_path):
    person = signed.patient
    keep_photo(signed, people, "2026-06-01T10:00Z")
    (tmp_path / "face.jpg").write_bytes(picture().read())
    page = open_as("practitioner")
    page.goto(address("photo_new", person))
    page.get_by_label("Photograph", exact=True).set_input_files(tmp_path / "face.jpg")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("link", name="Before beside after").click()
    page.get_by_role("link", name="Before over after, 50 %").click()
    ghost = page.locator("img.ghost")
    ghost.wait_for()
    assert ghost.evaluate("one => getComputedStyle(one).opacity") == "0.5"
    assert ghost.evaluate("one => one.complete && one.naturalWidth") == 640
    boxes = [page.locator(".layers img").nth(number).bounding_box() for number in (0, 1)]
    assert boxes[0] == boxes[1]
    assert page.get_by_role("link", name="Download").count() == 0
    image = address("photo_image", person, Photo.objects.first())
    desk = open_as("reception")
    assert desk.request.get(image).status == 403
    assert page.complaints == []


def test_a_course_is_entered_by_keyboard_alone(open_as, first, lot, device, people):
    hold(first, people, lot, device)
    page = open_as("practitioner")
    page.goto(address("symptom_new", first.patient, first.plan))
    page.get_by_label("What was noticed").focus()
    page.keyboard.type("trouble breathing")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    alert.wait_for()
    assert "Urgent" in alert.inner_text()
    page.goto(address("observation_new", first.patient, first.plan))
    page.get_by_label("What", exact=True).focus()
    page.keyboard.type("redness, g")
    page.get_by_label("Value").focus()
    page.keyboard.type("2")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("clin")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Redness, graded 0-4, cheek left: 2")
    assert Observation.objects.get().read_by == "clinician"


def test_a_person_at_home_answers_once(open_as, chromium, site, first, lot, device, people):
    hold(first, people, lot, device)
    page = open_as("practitioner")
    page.goto(address("course", first.patient, first.plan))
    page.get_by_role("button", name="Make a link").click()
    link = page.locator(".address code").inner_text()
    context = chromium.new_context(viewport={"width": 320, "height": 700})
    home = context.new_page()
    home.complaints = []
    assert list(look(home, link)) == []
    home.get_by_label("How red is the skin today?").fill("2")
    home.get_by_role("button", name="Send").click()
    home.wait_for_selector("text=Thank you")
    home.goto(link)
    assert home.locator("h1").inner_text() == "This link does not work"
    context.close()
    page.goto(address("course", first.patient, first.plan))
    assert page.get_by_text("the person", exact=True).count() == 1


def test_a_recall_finds_the_person_and_an_erasure_takes_them_out(open_as, first, lot, device, people):
    hold(first, people, lot, device)
    page = open_as("prescriber")
    page.goto(address("catalogue"))
    page.get_by_role("link", name=re.compile("Who had it.*12 needles, lot A1")).click()
    assert page.locator("tbody th").all_inner_texts() == ["Ångström, Ada 00001"]
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download as a table").click()
    assert "Ångström" in taken.value.path().read_text(encoding="utf-8-sig")

    admin = open_as("admin")
    admin.goto(address("erasure_new"))
    admin.get_by_label("File number").fill("00001")
    admin.get_by_label("Reason").fill("asked in writing")
    admin.get_by_role("button", name="Ask").click()
    page.goto(address("erasures"))
    page.get_by_role("link", name="Look").click()
    page.get_by_label("File number").fill("00001")
    page.get_by_label("No law asks").check()
    page.get_by_role("button", name="Forget the person").click()
    page.wait_for_selector("text=The person is forgotten")
    page.goto(address("cartridge_recall", lot))
    page.wait_for_selector("text=Nobody: nothing of this lot")
    auditor = open_as("auditor")
    auditor.goto("/audit/?verify=1")
    auditor.wait_for_selector("text=The chain is whole")
