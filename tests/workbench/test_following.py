"""A course under way: what is seen and noticed, asked at home by a link that works once, forecast anew, never forgotten."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from dermatwin.workbench.calls import follow, held, outcome, printed, simulating
from dermatwin.workbench.jobs import work
from dermatwin.workbench.models import AuditEntry, Forecast, Invitation, Observation, Plan, Run, Session, Symptom
from dermatwin.workbench.pages import answers

from .steps import TODAY, address, hold

PEOPLE = 50


@pytest.fixture(autouse=True)
def fresh_cache(db):
    cache.clear()


@pytest.fixture
def begun(first, lot, device, people):
    """A plan of which the first session was held today."""
    hold(first, people, lot, device)
    return first.plan


def see(browse, plan, **said):
    form = {"quantity": "redness_grade", "zone": "cheek_left", "seen_on": TODAY, "value": 2, "read_by": "clinician", **said}
    return browse("practitioner").post(address("observation_new", plan.patient, plan), form)


def test_what_was_seen_is_kept_in_its_usual_unit(browse, begun):
    assert see(browse, begun).status_code == 302
    seen = Observation.objects.get()
    assert (seen.quantity, seen.value, seen.unit, seen.made_by.role) == ("redness_grade", 2, "1", "practitioner")
    assert held.as_it_went(begun, [seen]).observations[0].time == 0


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"value": 20}, "cannot be"),
        ({"seen_on": TODAY + timedelta(days=1)}, "Lies in the future"),
        ({"seen_on": TODAY - timedelta(days=1)}, "before the first session"),
        ({"read_by": "device"}, "does not read"),
        ({"quantity": "pain_vas", "value": 3, "read_by": "patient"}, "say of which"),
        ({"quantity": "nothing"}, "not one of the available choices"),
        ({"zone": "nose"}, "not one of the available choices"),
        ({"unit": "kg"}, "is not a unit of"),
    ],
)
def test_what_cannot_be_is_a_fault_of_the_form(browse, begun, said, fault):
    answer = see(browse, begun, **said)
    assert answer.status_code == 200
    assert fault.lower() in answer.content.decode().lower()
    assert not Observation.objects.exists()


def test_what_is_of_a_session_names_it(browse, begun):
    assert see(browse, begun, quantity="pain_vas", session_number="1", value=4, read_by="patient").status_code == 302
    assert Observation.objects.get().quantity == "pain_vas[1]"
    page = browse("practitioner").get(address("course", begun.patient, begun)).content.decode()
    assert "Pain while needling, 0-10, session 1" in page


def test_nothing_is_entered_for_a_plan_that_is_not_signed(browse, asked, plan):
    assert browse("practitioner").get(address("observation_new", plan.patient, plan)).status_code == 404


def test_what_is_noticed_is_triaged_at_once_the_gravest_first(browse, begun):
    client, where = browse("practitioner"), address("symptom_new", begun.patient, begun)
    for words in ("slightly red", "trouble breathing and swollen lips"):
        assert client.post(where, {"words": words, "noticed_on": TODAY, "zone": "", "getting": ""}).status_code == 302
    assert {one.words: one.triage["level"] for one in Symptom.objects.all()}[
        "trouble breathing and swollen lips"
    ] == "urgent"
    page = client.get(address("course", begun.patient, begun)).content.decode()
    assert page.index("Urgent:") < page.index("slightly red")
    assert page.index("Urgent:") < page.index("<h2>Forecast</h2>")
    urgent = Symptom.objects.get(words__startswith="trouble")
    answer = address("symptom_answer", begun.patient, begun, urgent)
    assert client.post(answer, {"version": urgent.version}).status_code == 302
    assert "Urgent:" not in client.get(address("course", begun.patient, begun)).content.decode()


def test_what_waits_for_somebody_stands_on_the_first_page(browse, begun):
    triage = {"level": "urgent", "advice": []}
    noticed = Symptom.objects.create(patient=begun.patient, plan=begun, words="fever", noticed_on=TODAY, triage=triage)
    assert "“fever”" in browse("practitioner").get("/").content.decode()
    assert "fever" not in browse("reception").get("/").content.decode()
    noticed.answered_at = timezone.now()
    noticed.save()
    assert "fever" not in browse("practitioner").get("/").content.decode()


def forecast(browse, plan):
    """Ask for a forecast and do the job with few people."""
    assert browse("practitioner").post(address("forecast_ask", plan.patient, plan)).status_code == 302
    job = Forecast.objects.filter(plan=plan).order_by("-asked_at").first()
    Forecast.objects.filter(pk=job.pk).update(draws=PEOPLE)
    job.refresh_from_db()
    work.carry_out(job, lambda tell: follow.follow_plan(job, tell))
    job.refresh_from_db()
    assert (job.state, job.said) == ("done", "")
    return job


def test_a_forecast_moves_and_narrows_and_asks_before_it_believes(browse, begun):
    see(browse, begun, quantity="pain_vas", session_number="1", value=4, read_by="patient")
    see(browse, begun, quantity="redness_grade", value=2.5)
    see(browse, begun, quantity="tewl", value=299, read_by="device")  # hardly anybody has so much
    job = forecast(browse, begun)
    line = next(one for one in job.result["forecast"] if one["name"] == "pain_vas[1]")
    assert line["after"] != line["before"]
    assert line["width_left"] < 1
    assert (follow.folder_of(job) / follow.PAGE).is_file()
    asked = job.result["asked"]
    assert [one["path"] for one in asked] == ["observations.2.value"]
    assert not job.result["observations"][2]["learnt"]

    client, course = browse("practitioner"), address("course", begun.patient, begun)
    assert "Asked before it counts" in client.get(course).content.decode()
    seen = Observation.objects.get(quantity="tewl")
    confirm = address("observation_confirm", begun.patient, begun, seen)
    assert client.post(confirm, {"version": seen.version}).status_code == 302
    seen.refresh_from_db()
    assert seen.confirmed
    page = client.get(course).content.decode()
    assert "Asked before it counts" not in page
    assert "something is new since" in page
    assert follow.gather(begun).case_text.count("confirmed: true") == 1

    before = dict(job.result)
    later = Forecast.objects.create(plan=begun, case_text="x", state="done", observations=job.observations, result=before)
    page = client.get(address("forecast", begun.patient, later)).content.decode()
    assert "By the forecast before" in page
    job.refresh_from_db()
    assert job.result == before
    assert client.get(address("forecast_page", begun.patient, job))["Content-Security-Policy"].count("sha256-") == 1
    found = outcome.outcome()
    assert (found.people, found.count, found.few) == (1, 2, True)  # what is asked about does not count
    assert "too few to conclude anything" in client.get(address("outcome")).content.decode()


def test_correcting_a_value_takes_the_yes_back(browse, begun):
    see(browse, begun)
    Observation.objects.update(confirmed=True)
    seen = Observation.objects.get()
    form = {
        "quantity": "redness_grade",
        "zone": "cheek_left",
        "seen_on": TODAY,
        "value": 3,
        "unit": "1",
        "read_by": "clinician",
    }
    edit = address("observation_edit", begun.patient, begun, seen)
    assert browse("practitioner").post(edit, {**form, "version": seen.version}).status_code == 302
    seen.refresh_from_db()
    assert (seen.value, seen.confirmed) == (3, False)


# ---- the link ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def link(browse, begun):
    client = browse("practitioner")
    made = client.post(address("invitation_new", begun.patient, begun))
    page = client.get(made["Location"]).content.decode()
    found = re.search(r"http://localhost(/answer/[^<]+/)", page).group(1)
    assert "is not kept" in client.get(made["Location"]).content.decode()
    return found


def stranger():
    return Client(SERVER_NAME="localhost")


def test_a_link_shows_the_questions_and_nothing_of_the_record(link, begun):
    page = stranger().get(link).content.decode()
    assert "How red is the skin today?" in page
    for word in ("Ångström", "Ada", "cheek", "Goodman", begun.title, "levothyroxine", str(begun.patient.pk)):
        assert word not in page
    token = link.split("/")[2]
    assert token not in str(list(Invitation.objects.values()))


def test_a_link_works_once_and_what_is_answered_is_the_persons(link, begun):
    sent = {"redness_grade-0": "2", "pain_vas-0": "6", "words": "fever and pus", "getting": "worse"}
    assert stranger().post(link, {}).status_code == 200
    assert stranger().post(link, {"redness_grade-0": "9"}).status_code == 200
    assert not Observation.objects.exists()
    assert stranger().post(link, sent).status_code == 302
    assert {one.quantity: (one.value, one.read_by) for one in Observation.objects.all()} == {
        "redness_grade": (2, "patient"),
        "pain_vas[1]": (6, "patient"),
    }
    assert Symptom.objects.get().triage["level"] in ("contact", "urgent")
    assert AuditEntry.objects.filter(action="answered", patient=str(begun.patient.pk)).count() == 1
    assert stranger().get(link).status_code == 404
    assert stranger().post(link, sent).status_code == 404
    assert Observation.objects.count() == 2


@pytest.mark.parametrize("change", [{"expires_at": timezone.now() - timedelta(seconds=1)}, {"withdrawn_at": timezone.now()}])
def test_a_link_that_is_over_is_like_one_that_never_was(link, change):
    Invitation.objects.update(**change)
    gone, never = stranger().get(link), stranger().get("/answer/never-made/")
    assert (gone.status_code, never.status_code) == (404, 404)
    plain = [re.sub(r'name="csrf[^>]+', "", page.content.decode()) for page in (gone, never)]
    assert plain[0] == plain[1]


def test_whoever_guesses_is_slowed_down(link):
    client = stranger()
    tried = [client.get(f"/answer/guess-{number}/").status_code for number in range(answers.TRIES + 2)]
    assert tried[: answers.TRIES] == [404] * answers.TRIES
    assert tried[-1] == 429
    assert client.get(link).status_code == 429


def test_a_link_can_be_taken_back(browse, link, begun):
    made = Invitation.objects.get()
    where = address("invitation_withdraw", begun.patient, begun, made)
    assert browse("practitioner").post(where, {"version": made.version}).status_code == 302
    assert stranger().get(link).status_code == 404


# ---- sheets ------------------------------------------------------------------------------------------------------------


def test_sheets_have_the_dates_of_the_plan_as_page_as_pdf_and_for_a_calendar(browse, signed):
    client = browse("practitioner")
    assert "there is none that is done yet" in client.get(address("plan_sheets", signed.patient, signed)).content.decode()
    cream = "  topicals:\n  - product: lidocaine 4 % cream\n    dose: 40 mg/cm^2\n    apply: -45 min\n    remove: -5 min\n"
    text = re.sub(r"(?m)^  topicals: \[\]\n", cream, signed.case_text)
    assert text != signed.case_text
    numbed = Plan.objects.create(
        patient=signed.patient, origin="usual", title="numbed", case_text=text, case_sha256="0", start=signed.start
    )
    job = Run.objects.create(plan=numbed, case_text=text, draws=12)
    work.carry_out(job, lambda tell: simulating.simulate_plan(job, tell))
    job.refresh_from_db()
    assert (job.state, job.said) == ("done", "")
    for name in printed.TITLES:
        answer = client.get(address("plan_sheet", numbed.patient, numbed, name))
        assert answer.status_code == 200, name
        assert "style-src 'sha256-" in answer["Content-Security-Policy"]
    day = f"{numbed.start.day} {numbed.start:%b %Y}"
    assert day in client.get(address("plan_sheet", numbed.patient, numbed, "session")).content.decode()
    german = client.get(address("plan_sheet", numbed.patient, numbed, "before"), {"language": "de"}).content.decode()
    assert 'lang="de"' in german
    paper = client.get(address("plan_sheet_paper", numbed.patient, numbed, "session"))
    assert paper.content[:5] == b"%PDF-"
    dates = client.get(address("plan_dates", numbed.patient, numbed)).content.decode()
    assert f"DTSTART;VALUE=DATE:{numbed.start:%Y%m%d}" in dates
    assert client.get(address("plan_sheet", numbed.patient, numbed, "passwd")).status_code == 404

    session = Session.objects.create(plan=numbed, patient=numbed.patient, number=1, planned_for=numbed.start)
    at = timezone.now()
    creams = printed.numbing(session, at)
    assert [(one.on, one.off) for one in creams] == [(at - timedelta(minutes=45), at - timedelta(minutes=5))]
    assert creams[0].amount.startswith("2.4")
    page = client.get(address("session", session.patient, session)).content.decode()
    assert "lidocaine 4 % cream" in page


# ---- outcome -----------------------------------------------------------------------------------------------------------


def told(share, side="high", path="observations.0"):
    return {"path": path, "name": "tewl", "title": "TEWL", "share": share, "side": side}


def test_an_observation_lies_inside_a_band_by_its_place_among_people(signed):
    seen = [told(0.4), told(0.2, "low"), told(0.06), told(0.01, "low"), told(None), told(0.3, path="observations.9")]
    asked = [{"path": "observations.9.value", "found": "", "expected": ""}]
    old = {"observations": [told(0.5)] * 9}
    Forecast.objects.create(plan=signed, case_text="x", state="done", result=old)
    Forecast.objects.create(plan=signed, case_text="x", state="done", result={"observations": seen, "asked": asked})
    found = outcome.outcome()
    assert (found.people, found.count) == (1, 4)
    assert [(one.band, one.inside) for one in found.shares] == [(0.5, 1), (0.8, 2), (0.9, 3)]
    assert found.by_quantity == (("TEWL", 4, 3),)


def test_the_interval_of_a_share_is_wilsons():
    low, high = outcome.wilson(8, 10)  # 0.490-0.943: Brown, Cai and DasGupta 2001, Wilson's interval
    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)
    assert outcome.wilson(0, 5)[0] == 0
    assert outcome.wilson(5, 5)[1] == 1
