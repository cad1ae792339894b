"""A session starts only with consent and a sterile piece, is recorded beside the plan, and is fixed once it is signed."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from dermatwin.workbench.calls import held
from dermatwin.workbench.calls.document import read
from dermatwin.workbench.models import (
    Addendum,
    AuditEntry,
    Consent,
    Fixed,
    HistoryItem,
    Run,
    Session,
    SessionProduct,
    SessionZone,
)

from .steps import TODAY, address, agree, hold, start_form


def send_start(browse, session, lot, device, **other):
    return browse("practitioner").post(
        address("session_start", session.patient, session), start_form(session, lot, device, **other)
    )


def state(session):
    return Session.objects.get(pk=session.pk).state


def test_a_session_starts_with_everything_in_order(browse, first, lot, device, people):
    agree(first.plan, people)
    page = browse("practitioner").get(address("session", first.patient, first)).content.decode()
    assert "Start with the checklist" in page
    assert send_start(browse, first, lot, device).status_code == 302
    found = Session.objects.get(pk=first.pk)
    assert (found.state, found.cartridge.code, found.device, found.held_by.role) == (
        "under_way",
        "0001",
        device,
        "practitioner",
    )
    assert found.consent.valid
    assert AuditEntry.objects.filter(what="session_start", action="write", patient=str(first.patient.pk)).count() == 1


def test_no_session_without_consent(browse, first, lot, device):
    page = browse("practitioner").get(address("session", first.patient, first)).content.decode()
    assert "Start with the checklist" not in page
    answer = send_start(browse, first, lot, device)
    assert answer.status_code == 200
    assert "Consent: none that holds" in answer.content.decode()
    assert state(first) == "planned"


def test_a_consent_that_was_taken_back_is_none(browse, first, lot, device, people):
    given = agree(first.plan, people)
    given.withdrawn_at = timezone.now()
    given.save()
    assert send_start(browse, first, lot, device).status_code == 200
    assert state(first) == "planned"


def test_the_consent_to_photographs_is_none_to_a_treatment(browse, first, lot, device, people):
    agree(first.plan, people, "photo")
    assert send_start(browse, first, lot, device).status_code == 200
    assert state(first) == "planned"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"expires_on": TODAY - timedelta(days=1)}, "This lot expired on"),
        ({"recalled_on": TODAY}, "This lot was recalled on"),
    ],
)
def test_no_session_with_a_lot_that_is_not_usable(browse, first, lot, device, people, changed, said):
    agree(first.plan, people)
    type(lot).objects.filter(pk=lot.pk).update(**changed)
    answer = send_start(browse, first, lot, device)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert state(first) == "planned"


def test_the_last_day_of_a_lot_is_usable(browse, first, lot, device, people):
    agree(first.plan, people)
    type(lot).objects.filter(pk=lot.pk).update(expires_on=TODAY)
    assert send_start(browse, first, lot, device).status_code == 302


def test_no_session_with_a_used_cartridge(browse, first, lot, device, people):
    hold(first, people, lot, device, code="0001")
    second = Session.objects.get(plan=first.plan, number=2)
    answer = send_start(browse, second, lot, device)
    assert "This piece was used before" in answer.content.decode()
    assert state(second) == "planned"


def test_the_database_refuses_a_piece_twice_and_a_session_without_consent(first, lot, device, people):
    hold(first, people, lot, device, code="0001")
    second = Session.objects.get(plan=first.plan, number=2)
    first.refresh_from_db()
    for changes in ({"cartridge": first.cartridge}, {"state": "under_way"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.filter(pk=second.pk).update(**changes)


def test_a_lot_has_no_more_pieces_than_were_received(browse, first, lot, device, people):
    hold(first, people, lot, device)
    type(lot).objects.filter(pk=lot.pk).update(received=1)
    second = Session.objects.get(plan=first.plan, number=2)
    assert "pieces of this lot were used" in send_start(browse, second, lot, device).content.decode()


def test_what_came_to_light_since_the_signature_stops(browse, first, lot, device, people):
    agree(first.plan, people)
    HistoryItem.objects.create(
        patient=first.patient,
        kind="medication",
        text="warfarin",
        confirmed_at=timezone.now(),
        confirmed_by=people["practitioner"],
    )
    answer = send_start(browse, first, lot, device)
    assert "Screening today: stop" in answer.content.decode()
    assert state(first) == "planned"


def test_a_line_that_nobody_confirmed_stops(browse, first, lot, device, people):
    agree(first.plan, people)
    HistoryItem.objects.create(patient=first.patient, kind="medication", text="something", source="import")
    assert "waits for a yes or no" in send_start(browse, first, lot, device).content.decode()


@pytest.mark.parametrize("left", ["asked", "skin", "photo_reason"])
def test_every_line_of_the_checklist_counts(browse, first, lot, device, people, left):
    agree(first.plan, people)
    assert send_start(browse, first, lot, device, **{left: ""}).status_code == 200
    assert state(first) == "planned"


def test_another_device_needs_a_reason(browse, first, lot, device, people):
    agree(first.plan, people)
    type(device).objects.filter(pk=device.pk).update(catalogue="dermaroller-192")
    assert "not the one that was planned" in send_start(browse, first, lot, device, label_reason="").content.decode()
    assert send_start(browse, first, lot, device, label_reason="the pen is broken").status_code == 302


def test_a_later_session_waits_for_the_one_before(browse, first, lot, device, people):
    agree(first.plan, people)
    second = Session.objects.get(plan=first.plan, number=2)
    assert "an earlier session is still open" in send_start(browse, second, lot, device).content.decode()
    client = browse("practitioner")
    client.post(address("session_missed", first.patient, first), {"version": first.version})
    assert state(first) == "missed"
    assert send_start(browse, second, lot, device).status_code == 302


def test_two_people_start_one_session(browse, first, lot, device, people):
    agree(first.plan, people)
    form = start_form(first, lot, device, version=first.version - 1)
    answer = browse("practitioner").post(address("session_start", first.patient, first), form)
    assert answer.status_code == 409
    assert state(first) == "planned"


# ---- under way -------------------------------------------------------------------------------------------------------


@pytest.fixture
def begun(browse, first, lot, device, people):
    agree(first.plan, people)
    assert send_start(browse, first, lot, device).status_code == 302
    first.refresh_from_db()
    return first


def key_of(session):
    return held.case_of_plan(session.plan).zones[0].key


def test_depth_and_passes_as_done_and_a_deviation_needs_a_reason(browse, begun):
    client, key = browse("practitioner"), key_of(begun)
    where = address("session_zone", begun.patient, begun, key)
    planned = held.planned_settings(held.case_of_plan(begun.plan), 1)[key]
    assert f"Planned: {planned.needle_length:g} mm" in client.get(where).content.decode()
    other = {"needle_length_mm": "0.75", "passes": planned.passes or 4, "endpoint": "erythema", "version": 1}
    assert "say why" in client.post(where, other).content.decode()
    assert not SessionZone.objects.exists()
    assert client.post(where, {**other, "deviation": "thin skin there"}).status_code == 302
    done = SessionZone.objects.get()
    assert (done.deviates, str(done.needle_length_mm), done.deviation) == (True, "0.75", "thin skin there")
    same = {**other, "needle_length_mm": f"{planned.needle_length:g}", "version": done.version}
    assert client.post(where, same).status_code == 302
    assert not SessionZone.objects.get().deviates


@pytest.mark.parametrize("forged", [{"needle_length_mm": "25"}, {"passes": "0"}, {"needle_length_mm": "NaN"}])
def test_a_depth_that_no_needle_has_is_not_taken(browse, begun, forged):
    form = {
        "needle_length_mm": "1.0",
        "passes": "4",
        "endpoint": "none",
        "deviation": "because of that",
        "version": 1,
        **forged,
    }
    answer = browse("practitioner").post(address("session_zone", begun.patient, begun, key_of(begun)), form)
    assert answer.status_code == 200
    assert not SessionZone.objects.exists()


def test_a_zone_that_is_not_planned_is_not_there(browse, begun):
    assert browse("practitioner").get(address("session_zone", begun.patient, begun, "nose")).status_code == 404


def test_a_product_goes_on_and_off_by_the_clock_of_the_server(browse, begun, people):
    from dermatwin.workbench.models import Product, ProductLot

    cream = Product.objects.create(name="Lidocaine 4 % cream")
    old = ProductLot.objects.create(product=cream, lot="old", expires_on=TODAY - timedelta(days=1))
    new = ProductLot.objects.create(product=cream, lot="new", expires_on=TODAY + timedelta(days=1))
    client, where = browse("practitioner"), address("session_product", begun.patient, begun)
    assert client.post(where, {"lot": old.pk, "grams": "2", "zone": ""}).status_code == 200
    assert client.post(where, {"lot": new.pk, "grams": "0", "zone": ""}).status_code == 200
    assert client.post(where, {"lot": new.pk, "grams": "2.5", "zone": ""}).status_code == 302
    used = SessionProduct.objects.get()
    for name in ("applied_at", "removed_at"):
        used.refresh_from_db()
        clock = address("session_product_clock", begun.patient, begun, used)
        assert client.post(clock, {"version": used.version}).status_code == 302
        used.refresh_from_db()
        assert abs((getattr(used, name) - timezone.now()).total_seconds()) < 30


def finish(browse, session, **other):
    session.refresh_from_db()
    form = {"version": session.version, "name": "Dr practitioner", "note": "", **other}
    return browse("practitioner").post(address("session_finish", session.patient, session), form)


def test_finished_with_a_name_and_an_endpoint_then_fixed(browse, begun, people):
    assert "still missing" in finish(browse, begun).content.decode()
    planned = held.planned_settings(held.case_of_plan(begun.plan), 1)[key_of(begun)]
    zone = SessionZone.objects.create(
        session=begun, zone=key_of(begun), needle_length_mm=planned.needle_length, passes=4, endpoint="pinpoint"
    )
    assert "You are signed in as" in finish(browse, begun, name="Somebody Else").content.decode()
    assert finish(browse, begun).status_code == 302
    begun.refresh_from_db()
    assert (begun.state, begun.signed_name) == ("done", "Dr practitioner")
    begun.note = "changed"
    with pytest.raises(Fixed):
        begun.save()
    zone.passes = 9
    with pytest.raises(Fixed):
        zone.save()
    for rows, changes in ((Session.objects.filter(pk=begun.pk), {"note": "x"}), (SessionZone.objects.all(), {"passes": 9})):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows._raw_delete("default")
    where = address("session_zone", begun.patient, begun, key_of(begun))
    assert browse("practitioner").post(where, {"needle_length_mm": "1", "passes": "1"}).status_code == 409


def test_what_is_put_right_is_an_addendum(browse, first, lot, device, people):
    hold(first, people, lot, device)
    client = browse("practitioner")
    assert client.post(address("session_addendum", first.patient, first), {"text": "It was 5 passes."}).status_code == 302
    added = Addendum.objects.get()
    assert added.signed_name == "Dr practitioner"
    assert "It was 5 passes." in client.get(address("session", first.patient, first)).content.decode()
    added.text = "other"
    with pytest.raises(Fixed):
        added.save()


def test_a_deviation_is_offered_to_be_simulated_and_the_case_says_what_was_done(browse, first, lot, device, people):
    hold(first, people, lot, device, length="0.75")
    client = browse("practitioner")
    assert "Simulate as it was held" in client.get(address("session", first.patient, first)).content.decode()
    assert client.post(address("session_simulate", first.patient, first)).status_code == 302
    job = Run.objects.exclude(case_text=first.plan.case_text).get()
    case, key = read(job.case_text), key_of(first)
    assert case.course.settings[key].at(0).needle_length == 0.75
    assert (
        case.course.settings[key].at(1).needle_length
        == held.case_of_plan(first.plan).course.settings[key].at(1).needle_length
    )
    assert job.state == "waiting"


def test_a_missed_session_is_missed_in_the_case(first, people):
    planned = held.case_of_plan(first.plan)
    second = Session.objects.get(plan=first.plan, number=2)
    second.state = "missed"
    second.save()
    assert next((one.session, one.missed) for one in held.as_it_went(first.plan).held) == (2, True)
    assert len(read(held.as_held_text(first.plan)).session_days) == len(planned.session_days) - 1


def test_a_course_whose_first_session_was_missed_begins_with_the_second(first, people):
    planned = held.case_of_plan(first.plan)
    first.state = "missed"
    first.save()
    second = Session.objects.get(plan=first.plan, number=2)
    went = held.as_it_went(first.plan)
    assert went.course.start == second.planned_for
    assert went.session_days[0] == 0
    assert len(went.session_days) == len(planned.session_days) - 1


def test_a_course_begins_on_the_day_of_its_first_session(first, lot, device, people):
    hold(first, people, lot, device)
    went = held.as_it_went(first.plan)
    assert went.course.start == TODAY
    days = {one.session: one.time for one in went.held}
    second = Session.objects.get(plan=first.plan, number=2)
    assert days[2] == (second.planned_for - TODAY).days


# ---- consent -----------------------------------------------------------------------------------------------------------


def test_a_consent_is_signed_in_these_words_before_a_witness(browse, signed, people):
    from dermatwin.workbench.models import ConsentText

    words = ConsentText.objects.create(kind="treatment", edition=1, title="Consent", text="I agree.")
    client, where = browse("practitioner"), address("consent_give", signed.patient, words)
    form = {"digest": words.sha256, "signed_name": "Ada Ångström", "read": "on", "witness": "on"}
    for left in ("signed_name", "read", "witness"):
        assert client.post(where, {**form, left: ""}).status_code == 200
    assert "another one by now" in client.post(where, {**form, "digest": "0" * 64}).content.decode()
    assert not Consent.objects.exists()
    assert client.post(where, form).status_code == 302
    given = Consent.objects.get()
    assert (given.plan, given.text_sha256, given.witnessed_by.role) == (signed, words.sha256, "practitioner")
    given.signed_name = "Somebody Else"
    with pytest.raises(Fixed):
        given.save()
    given.refresh_from_db()
    client.post(address("consent_withdraw", signed.patient, given), {"version": given.version, "sure": "on"})
    given.refresh_from_db()
    assert given.withdrawn_at is not None
    assert not given.valid


def test_a_new_wording_is_a_new_version_and_leaves_what_was_signed(browse, signed, people):
    from dermatwin.workbench.models import ConsentText

    given = agree(signed, people)
    form = {"kind": "treatment", "language": "en", "title": "Consent to treatment", "text": "Other words."}
    assert browse("practitioner").post(address("consent_text_new"), form).status_code == 302
    old, new = ConsentText.objects.filter(kind="treatment").order_by("edition")
    assert (old.edition, new.edition, old.retired_on) == (1, 2, TODAY)
    given.refresh_from_db()
    assert given.valid
    assert given.text.text == "I agree to treatment."
    old.text = "Silently other."
    with pytest.raises(Fixed):
        old.save()
    assert browse("practitioner").get(address("consent_give", signed.patient, old)).status_code == 404


def test_a_treatment_is_agreed_to_plan_by_plan(browse, patient, clinic):
    from dermatwin.workbench.models import ConsentText

    words = ConsentText.objects.create(kind="treatment", edition=1, title="Consent", text="I agree.")
    form = {"digest": words.sha256, "signed_name": "Ada", "read": "on", "witness": "on"}
    assert browse("practitioner").post(address("consent_give", patient, words), form).status_code == 200
    assert not Consent.objects.exists()


# ---- next sessions -----------------------------------------------------------------------------------------------------


def test_who_is_due_without_anything_clinical(browse, first):
    page = browse("reception").get(address("due")).content.decode()
    assert "Ångström" in page
    assert first.plan.title not in page
    Session.objects.filter(plan=first.plan).update(planned_for=TODAY + timedelta(days=60))
    assert "Nobody is due" in browse("reception").get(address("due")).content.decode()
