"""Pages in a browser: all rules of WCAG 2.2 AA that axe-core knows, light and dark, phone to desk, keyboard alone.

A browser is part of what these tests need (`tests/browser.py`); without one they fail, they are not skipped.
"""

from pathlib import Path

import axe_playwright_python
import pytest
from django.db import connections
from django.test.testcases import LiveServerThread, _StaticFilesHandler
from django.urls import reverse
from playwright.sync_api import sync_playwright

import browser
from dermatwin.workbench.drawn import drawings
from dermatwin.workbench.jobs import work
from dermatwin.workbench.models import Appointment, HistoryItem, Run, Search

WIDTHS = (320, 768, 1280)
ALL_RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]}
RULES_OF_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
CHECK = """async rules => (await axe.run(document, {runOnly: rules, resultTypes: ['violations']})).violations
  .map(found => `${found.id}: ` + found.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' | '))"""
WIDER = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
SMALL = """() => [...document.querySelectorAll('button, .button, input:not([type=hidden]), select, textarea, svg a')]
  .filter(one => !one.closest('.beside, .behind, details:not([open])'))
  .map(one => [one.getBoundingClientRect(), one]).filter(([box]) => box.width && Math.min(box.width, box.height) < 24)
  .map(([box, one]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 80)}`)"""


OF_PERSON = ("patient", "patient_edit", "history", "history_add", "consultation_new", "appointment_new")
OF_CONSULTATION = ("consultation", "consultation_edit", "anamnesis", "sites", "screening", "plan_new", "proposals")
INLINE = """() => { try { const one = document.createElement('div'); one.setAttribute('onclick', 'document.title = 1')
  document.body.append(one); one.click() } catch (refused) { return refused.name } }"""


@pytest.fixture(scope="module")
def chromium():
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps a loop of its own in this thread
        started = playwright.chromium.launch(executable_path=browser.find(), args=browser.options())
        yield started
        started.close()


@pytest.fixture
def site(chromium, db):
    """The workbench on a port, in this process and on its database."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    thread = LiveServerThread("127.0.0.1", _StaticFilesHandler, connections_override={"default": connection})
    thread.daemon = True
    thread.static_handler = lambda handler: handler
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()
    connection.dec_thread_sharing()


@pytest.fixture
def open_as(site, chromium, browse):
    """A page of somebody who is signed in, with everything that the browser complains of."""
    contexts = []

    def of(role):
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=site)
        cookie = browse(role).cookies["session"].value
        context.add_cookies([{"name": "session", "value": cookie, "url": site, "sameSite": "Strict"}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda told: page.complaints.append(told.text) if told.type in ("error", "warning") else None)
        contexts.append(context)
        return page

    yield of
    for context in contexts:
        context.close()


@pytest.fixture
def addresses(plan, people):
    """Pages with something on them, by name."""
    person, seen = plan.patient, plan.consultation
    HistoryItem.objects.create(patient=person, kind="condition", text="hay fever", dismissed="of another person")
    Appointment.objects.create(patient=person, at="2026-01-05T09:00Z")
    job = {"case_text": plan.case_text, "asked_by": people["practitioner"]}
    run = Run.objects.create(plan=plan, state="running", share=0.4, doing="healing", **job)
    failed = Run.objects.create(plan=plan, state="failed", said="There was not enough memory.", **job)
    search = Search.objects.create(consultation=seen, state="waiting", **job)
    of_person, of_seen = [person.pk], [person.pk, seen.pk]
    named = {
        **dict.fromkeys(OF_PERSON, of_person),
        **dict.fromkeys(OF_CONSULTATION, of_seen),
        **{name: [person.pk, plan.pk] for name in ("plan", "plan_sign")},
        **{
            name: []
            for name in ("today", "patients", "patient_new", "account", "mfa_activate_totp", "account_change_password")
        },
        "search": [*of_seen, search.pk],
        "run": [person.pk, run.pk],
    }
    found = {name: reverse(name, args=args) for name, args in named.items()}
    found["run that failed"] = reverse("run", args=[person.pk, failed.pk])
    found["nobody found"] = reverse("patients") + "?q=zzz"
    found["zone"] = reverse("zone_new", args=of_seen) + "?site=nose&side="
    return found


def look(page, address):
    """What is wrong with a page in any width and scheme."""
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        if (more := page.evaluate(WIDER)) > 0:
            yield f"{more} px too wide at {width}"
    yield from (f"small: {one}" for one in page.evaluate(SMALL))
    page.evaluate(AXE)
    yield from page.evaluate(CHECK, ALL_RULES)
    page.emulate_media(color_scheme="dark")
    yield from (f"dark: {found}" for found in page.evaluate(CHECK, RULES_OF_COLOUR))
    page.emulate_media(color_scheme="light")
    if page.locator("h1").count() != 1 or not page.title():
        yield "not one heading and a title"
    yield from page.complaints
    page.complaints.clear()


def test_every_page_is_for_everyone(open_as, addresses):
    page = open_as("prescriber")
    assert {name: told for name, address in addresses.items() if (told := list(look(page, address)))} == {}


@pytest.mark.parametrize(
    ("role", "names"), [("auditor", ("/audit/?verify=1", "/people/")), ("admin", ("/people/new/", "/"))]
)
def test_pages_of_trust_are_for_everyone(open_as, role, names):
    page = open_as(role)
    assert {name: told for name in names if (told := list(look(page, name)))} == {}


def test_the_way_in_and_refusals_are_for_everyone(open_as, chromium, site, patient):
    context = chromium.new_context(base_url=site)
    page = context.new_page()
    page.complaints = []
    assert list(look(page, "/sign-in/")) == []
    context.close()
    page = open_as("reception")
    refused = list(look(page, f"/patients/{patient.pk}/history/"))
    assert [told for told in refused if "403" not in told] == []
    assert page.locator("h1").inner_text() == "Not for your role"


def test_a_site_is_chosen_by_keyboard_alone(open_as, addresses):
    page = open_as("practitioner")
    page.goto(addresses["sites"])
    wanted = next(spot for spot in drawings()[0].spots if spot.site == "zygoma" and spot.side == "right")
    for _ in range(60):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        if label == "right cheekbone":
            break
    assert wanted.mirrored
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('path')).strokeWidth") == "3px"
    page.keyboard.press("Enter")
    page.wait_for_url("**/zones/new/?site=zygoma&side=right")
    page.keyboard.press("Tab")
    page.get_by_label("Area in cm²").fill("30")
    page.get_by_label("Concern").first.select_option("pores")
    page.keyboard.press("Enter") if page.evaluate("document.activeElement.tagName") == "INPUT" else page.get_by_role(
        "button", name="Add the zone"
    ).press("Enter")
    page.wait_for_selector("text=right zygoma")


def test_the_first_press_of_tab_leads_past_the_bar(open_as):
    page = open_as("practitioner")
    page.goto("/patients/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the page itself"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_details_of_an_answer_open_with_its_yes(open_as, addresses):
    page = open_as("practitioner")
    page.goto(addresses["anamnesis"])
    which = page.locator("[name=blood_thinner-which]")
    assert not which.is_visible()
    page.locator("[name=blood_thinner-answer][value=yes]").check()
    assert which.is_visible()


def test_progress_goes_on_over_a_reload_and_ends_in_the_result(open_as, addresses, plan):
    run = Run.objects.get(state="running")
    page = open_as("practitioner")
    page.goto(addresses["run"])
    page.wait_for_function("document.querySelector('progress').value > 0.39")
    Run.objects.filter(pk=run.pk).update(share=0.7, doing="drawing the report")
    page.wait_for_selector("text=drawing the report")
    page.reload()
    assert page.evaluate("document.querySelector('progress').value") == 0.7

    def fail(tell):
        raise MemoryError

    work.carry_out(run, fail)
    page.wait_for_selector("text=There was not enough memory.")


def test_back_shows_nothing_after_signing_out(open_as, addresses):
    page = open_as("practitioner")
    page.goto(addresses["patient"])
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/**")
    page.go_back()
    page.wait_for_url("**/sign-in/**")
    assert "Ångström" not in page.content()


def test_a_script_in_a_name_is_only_a_name_and_would_not_run(open_as, patient):
    patient.family_name = "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>"
    patient.save()
    page = open_as("practitioner")
    page.goto(f"/patients/{patient.pk}/")
    assert "taken" not in page.title().split("·")[-1]
    assert page.locator("h1 script, h1 img").count() == 0
    assert page.evaluate(INLINE) == "TypeError"
    assert page.title() != "1"
