"""Records of other people's systems through the page: what counts, what stops, what hostile files come to; and out again."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinical import SUBJECT, bundle, concept, condition, request
from dermatwin import screen
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.exchange.fhir import case_in, parse_record, review
from dermatwin.exchange.fhir.models import shape_faults
from dermatwin.workbench.calls import recorded
from dermatwin.workbench.calls.document import case_for, read
from dermatwin.workbench.models import (
    AuditEntry,
    Cartridge,
    CartridgeLot,
    Consent,
    ConsentText,
    Consultation,
    Device,
    HistoryItem,
    Import,
    ImportLine,
    Patient,
    Session,
    SessionZone,
    Zone,
)
from dermatwin.workbench.records_out import bundle_of_patient

from .conftest import TODAY

ADA = {
    "resourceType": "Patient",
    "id": "p",
    "gender": "female",
    "birthDate": "1990-02-03",
    "name": [{"family": "Ångström", "given": ["Ada", "Eva"]}],
}
WARFARIN = request("Warfarin Sodium 5 MG Oral Tablet", "rxnorm:855332", id="w")
UNKNOWN = condition("Glimmering syndrome", id="g")
ENDED = condition("Miscarriage in first trimester", "snomed:19169002", clinical="resolved", id="e")
HERPES = condition("Herpesviral vesicular dermatitis", "icd10cm:B00.1", id="h")
GEL = request("isotretinoin 0.05 % gel", id="i")


def send(client, patient, *resources, person=ADA, name="record.json", **more):
    content = json.dumps(bundle(person, *resources, **more)).encode()
    return send_bytes(client, patient, content, name)


def send_bytes(client, patient, content, name="record.json"):
    return client.post(reverse("import_new", args=[patient.pk]), {"record": SimpleUploadedFile(name, content)})


def line_of(says):
    return next(line for line in ImportLine.objects.all() if line.told["says"].startswith(says))


def address(page, line):
    return reverse(page, args=[line.brought.patient_id, line.brought_id, line.pk])


def confirm(client, line):
    return client.post(address("import_line_confirm", line), {"version": line.version})


def found_in(consultation):
    return {finding.rule: finding for finding in screen(case_for(consultation)).findings}


class TestReview:
    def test_nothing_counts_and_nothing_is_screened_before_a_person_decided(self, browse, patient, consultation):
        client = browse("practitioner")
        before = HistoryItem.objects.count()
        assert send(client, patient, WARFARIN, UNKNOWN).status_code == 302
        assert HistoryItem.objects.count() == before
        with pytest.raises(CaseError, match=r"2 lines.*not decided"):
            case_for(consultation)
        assert "2 lines wait" in client.get(reverse("history", args=[patient.pk])).content.decode()
        assert "1 person has lines" in client.get(reverse("today")).content.decode()

    def test_a_confirmed_anticoagulant_stops_and_says_who_and_where_from(self, browse, patient, consultation, people):
        client = browse("practitioner")
        send(client, patient, WARFARIN, UNKNOWN)
        line = line_of("Warfarin")
        assert confirm(client, line).status_code == 302
        item = HistoryItem.objects.get(line=line)
        assert (item.source, item.kind, item.status, item.code_system, item.code) == (
            "import",
            "medication",
            "active",
            "rxnorm",
            "855332",
        )
        assert (item.confirmed_by, item.brought_by) == (people["practitioner"], Import.objects.get())
        dismissed = {"reason": "nobody has heard of it", "version": line_of("Glimmering").version}
        assert client.post(address("import_line_dismiss", line_of("Glimmering")), dismissed).status_code == 302
        assert Import.objects.get().state == "done"
        stop = found_in(consultation)["anticoagulant"]
        assert stop.stops
        assert stop.sources
        (taken,) = (one for one in case_for(consultation).patient.medications if one.origin)
        assert (taken.origin.record, taken.origin.codes, taken.origin.confirmed) == (
            "MedicationRequest/w",
            ["rxnorm:855332"],
            "Dr practitioner",
        )
        entry = AuditEntry.objects.filter(what="import_line_confirm").get()
        assert (entry.patient, entry.record) == (str(patient.pk), str(line.pk))
        assert "arfarin" not in entry.details

    def test_what_words_alone_would_read_wrongly(self, browse, patient, consultation):
        client = browse("practitioner")
        send(client, patient, ENDED, HERPES, GEL)
        for line in ImportLine.objects.filter(decision="waiting"):
            assert confirm(client, line).status_code == 302
        assert line_of("Miscarriage").told["stands"] == "past"
        rules = {rule: finding.level for rule, finding in found_in(consultation).items()}
        assert "active_herpes" in rules
        assert not {"pregnancy", "eczema_psoriasis", "isotretinoin_oral"} & rules.keys()

    def test_all_that_the_record_says_stands_on_the_page(self, browse, patient):
        client = browse("prescriber")
        refuted = condition("Psoriasis", "icd10cm:L40.0", verified="refuted", id="r")
        appointment = {"resourceType": "Appointment", "id": "a", "status": "booked", "participant": []}
        place = send(client, patient, WARFARIN, UNKNOWN, refuted, appointment)["Location"]
        page = client.get(place).content.decode()
        for words in (
            "Warfarin",
            "rxnorm:855332",
            "Glimmering",
            "nobody here knows",
            "Psoriasis",
            "refuted",
            "Appointment/a",
        ):
            assert words.casefold() in page.casefold(), words

    def test_lines_that_say_the_same_are_decided_once(self, browse, patient):
        again = request("Warfarin Sodium 5 MG Oral Tablet", "rxnorm:855332", id="w2")
        send(browse("practitioner"), patient, WARFARIN, again)
        line = ImportLine.objects.get(decision="waiting")
        assert line.told["records"] == ["MedicationRequest/w", "MedicationRequest/w2"]
        assert line.told["item"]["origin"]["record"] == "MedicationRequest/w and 1 more"

    def test_a_line_that_was_not_understood_is_written_by_hand(self, browse, patient, consultation):
        client = browse("practitioner")
        send(client, patient, UNKNOWN)
        line = line_of("Glimmering")
        assert "Glimmering syndrome" in client.get(address("import_line_write", line)).content.decode()
        typed = {"kind": "condition", "text": "psoriasis", "status": "active", "source": "import", "line": line.version}
        assert client.post(address("import_line_write", line), typed).status_code == 302
        item = HistoryItem.objects.get(line=line)
        assert (item.text, item.brought_by, item.origin) == ("psoriasis", Import.objects.get(), {})
        assert "eczema_psoriasis" in found_in(consultation)

    def test_a_line_that_was_corrected_goes_in_the_words_of_who_corrected_it(self, browse, patient, consultation):
        client = browse("practitioner")
        send(client, patient, WARFARIN)
        confirm(client, line_of("Warfarin"))
        item = HistoryItem.objects.get(source="import")
        assert recorded.as_recorded(item)["origin"]["codes"] == ["rxnorm:855332"]
        until = (TODAY - timedelta(days=400)).isoformat()
        changed = {"kind": "medication", "text": item.text, "status": "past", "until": until, "source": "told"}
        client.post(reverse("history_edit", args=[patient.pk, item.pk]), {**changed, "version": item.version})
        item.refresh_from_db()
        assert recorded.as_recorded(item) is None
        assert "anticoagulant" not in {rule for rule, one in found_in(consultation).items() if one.stops}

    def test_a_weight_is_noted_and_changes_nothing(self, browse, patient, consultation):
        weight = {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "code": concept("", "loinc:29463-7"),
            "subject": SUBJECT,
            "effectiveDateTime": "2025-11-01",
            "valueQuantity": {"value": 90, "code": "kg"},
        }
        client = browse("practitioner")
        send(client, patient, weight)
        line = ImportLine.objects.get(decision="waiting")
        confirm(client, line)
        line.refresh_from_db()
        assert (line.decision, line.item) == ("noted", None)
        assert case_for(consultation).patient.body_weight == 62

    def test_the_second_of_two_who_decide_is_told(self, browse, patient):
        client = browse("practitioner")
        send(client, patient, WARFARIN)
        line = line_of("Warfarin")
        confirm(client, line)
        assert confirm(browse("prescriber"), line).status_code == 409
        assert client.post(address("import_line_dismiss", line), {"reason": "no", "version": 2}).status_code == 409
        assert HistoryItem.objects.filter(source="import").count() == 1

    def test_what_was_dismissed_may_be_confirmed_after_all(self, browse, patient):
        client = browse("practitioner")
        send(client, patient, WARFARIN)
        line = line_of("Warfarin")
        client.post(address("import_line_dismiss", line), {"reason": "a slip", "version": line.version})
        line.refresh_from_db()
        confirm(client, line)
        line.refresh_from_db()
        assert (line.decision, line.reason) == ("confirmed", "")
        assert [state.decision for state in line.versions.all()] == ["confirmed", "dismissed"]

    def test_a_reason_is_needed(self, browse, patient):
        client = browse("practitioner")
        send(client, patient, WARFARIN)
        line = line_of("Warfarin")
        assert client.post(address("import_line_dismiss", line), {"version": line.version}).status_code == 200
        line.refresh_from_db()
        assert line.decision == "waiting"


class TestWhoseItIs:
    @pytest.mark.parametrize("change", [{"birthDate": "1991-02-03"}, {"birthDate": "1991"}, {"gender": "male"}])
    def test_a_record_of_another_person_stops_before_anything_is_confirmed(self, browse, patient, change):
        client = browse("practitioner")
        place = send(client, patient, WARFARIN, person={**ADA, **change})["Location"]
        page = client.get(place).content.decode()
        assert "Stop: this record is of another person" in page
        assert "import_line" not in page
        assert "/confirm/" not in page
        line = line_of("Warfarin")
        assert confirm(client, line).status_code == 409
        typed = {"kind": "medication", "text": "warfarin", "status": "active", "source": "import", "line": line.version}
        assert client.post(address("import_line_write", line), typed).status_code == 409
        assert not HistoryItem.objects.filter(source="import").exists()

    def test_it_is_set_aside_and_then_waits_for_nobody(self, browse, patient, consultation):
        client = browse("practitioner")
        send(client, patient, WARFARIN, person={**ADA, "gender": "male"})
        brought = Import.objects.get()
        with pytest.raises(CaseError):
            case_for(consultation)
        place = reverse("import_aside", args=[patient.pk, brought.pk])
        assert client.post(place, {"version": brought.version}).status_code == 200
        assert client.post(place, {"said": "of another person", "version": brought.version}).status_code == 302
        assert "anticoagulant" not in found_in(consultation)
        assert confirm(client, line_of("Warfarin")).status_code == 409

    def test_another_name_is_shown_and_overwrites_nothing(self, browse, patient):
        client = browse("practitioner")
        person = {**ADA, "name": [{"family": "Öström", "given": ["Ada"]}]}
        page = client.get(send(client, patient, WARFARIN, person=person)["Location"]).content.decode()
        assert "Make sure that this record is of this person" in page
        assert "Öström" in page
        confirm(client, line_of("Warfarin"))
        patient.refresh_from_db()
        assert (patient.family_name, patient.version) == ("Ångström", 1)

    def test_a_second_first_name_and_a_year_alone_are_no_difference(self, browse, patient):
        client = browse("practitioner")
        page = client.get(send(client, patient, WARFARIN, person={**ADA, "birthDate": "1990"})["Location"]).content.decode()
        assert "Stop:" not in page
        assert "Make sure" not in page

    def test_a_record_that_does_not_say_whose_it_is(self, browse, patient):
        client = browse("practitioner")
        page = client.get(send(client, patient, WARFARIN, person={"resourceType": "Patient", "id": "p"})["Location"])
        assert "Make sure that this record is of this person" in page.content.decode()

    def test_a_line_of_somebody_elses_record_is_not_found(self, browse, patient):
        client = browse("practitioner")
        send(client, patient, WARFARIN)
        line = line_of("Warfarin")
        other = Patient.objects.create(number="2", given_name="B", family_name="B", birth_date="1980-01-01", sex="male")
        for page in ("import_line_confirm", "import_line_write", "import_line_dismiss"):
            there = reverse(page, args=[other.pk, line.brought_id, line.pk])
            assert client.post(there, {"version": line.version}).status_code == 404
        second = Import.objects.create(patient=patient, kind="fhir", sha256="0" * 64)
        there = reverse("import_line_confirm", args=[patient.pk, second.pk, line.pk])
        assert client.post(there, {"version": line.version}).status_code == 404


HOSTILE = {
    "empty": (b"", "The file is empty"),
    "blank": (b" \n", "is empty"),
    "bytes": (b"\xff\xfe{}", "is not UTF-8 text"),
    "xml": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Bundle>&a;</Bundle>', "is XML"),
    "broken": (b'{"resourceType": "Bundle", ', "is not JSON"),
    "twice": (b'{"resourceType": "Patient", "id": "a", "id": "b"}', "is given twice"),
    "deep": (b'{"resourceType": "Patient", "a": ' + b"[" * 90_000 + b"]" * 90_000 + b"}", "nested more than 60 deep"),
    "huge number": (b'{"resourceType": "Patient", "a": 1e999}', "too large a number"),
    "two people": (json.dumps(bundle(ADA, {**ADA, "id": "q"})).encode(), "is a second person"),
    "no r4": (json.dumps(bundle(ADA, condition("acne", colour="red"))).encode(), "is not FHIR R4"),
    "dead": (json.dumps(bundle({**ADA, "deceasedBoolean": True})).encode(), "is recorded as dead"),
}


class TestHostile:
    @pytest.mark.parametrize("kind", HOSTILE)
    def test_one_message_a_status_an_entry_and_nothing_kept(self, browse, patient, kind):
        content, words = HOSTILE[kind]
        answer = send_bytes(browse("practitioner"), patient, content)
        page = answer.content.decode()
        assert answer.status_code == 400
        assert words in page
        assert "Traceback" not in page
        assert AuditEntry.objects.filter(what="import_new", action="not taken").count() == 1
        assert not ImportLine.objects.exists()
        assert {(one.state, one.content) for one in Import.objects.all()} <= {("refused", "")}

    def test_every_fault_has_its_line(self, browse, patient):
        wrong = [condition("acne", colour="red", id=f"c{number}") for number in range(3)]
        page = send(browse("practitioner"), patient, *wrong).content.decode()
        assert page.count("is not FHIR R4") == 3
        assert Import.objects.get().said.count("\n") == 2

    def test_too_large(self, browse, patient, monkeypatch):
        monkeypatch.setattr("dermatwin.workbench.forms.imports.LONGEST", 100)
        answer = send(browse("practitioner"), patient, WARFARIN)
        assert answer.status_code == 400
        assert "a page takes at most 100" in answer.content.decode()

    def test_the_same_file_again(self, browse, patient):
        client = browse("practitioner")
        send(client, patient, WARFARIN)
        answer = send(client, patient, WARFARIN)
        assert answer.status_code == 400
        assert "already" in answer.content.decode()
        assert ImportLine.objects.filter(decision="waiting").count() == 1

    def test_words_are_words(self, browse, patient):
        client = browse("practitioner")
        evil = condition("<script>alert(1)</script> \u202e \x1b[31m", id="x")
        person = {**ADA, "name": [{"family": "<img src=x onerror=alert(1)>"}]}
        name = "../../<b>etc\u202e.json"
        place = send(client, patient, evil, person=person, name=name)["Location"]
        page = client.get(place).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\u202e" not in page
        assert "/" not in Import.objects.get().file_name
        assert confirm(client, line_of("<script>")).status_code == 302

    def test_characters_that_a_database_does_not_take(self, browse, patient):
        client = browse("practitioner")
        unread = {"resourceType": "ImagingStudy", "id": "s", "description": "of \ud800 \x00"}
        skin = condition("Psoriasis \x00", "icd10cm:L40.0", id="x")
        place = send(client, patient, skin, unread, person={**ADA, "name": [{"family": "A\x00"}]})["Location"]
        assert client.get(place).status_code == 200
        assert "\x00" not in json.dumps(line_of("Psoriasis").told, ensure_ascii=False)

    def test_no_file_at_all(self, browse, patient):
        answer = browse("practitioner").post(reverse("import_new", args=[patient.pk]))
        assert answer.status_code == 400
        assert "Choose a file." in answer.content.decode()


def without_origin(case):
    values = case.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    values.pop("taken_from", None)
    for name in ("conditions", "medications", "allergies", "recent_procedures"):
        for item in values["patient"].get(name, []):
            item.pop("origin", None)
    return values


class TestOut:
    def test_is_r4_and_comes_back_equal(self, plan, patient, people):
        kept = {"patient": patient, "confirmed_at": "2026-01-01T00:00Z", "confirmed_by": people["practitioner"]}
        HistoryItem.objects.create(kind="condition", text="psoriasis", zone="chin", since=TODAY, **kept)
        content = bundle_of_patient(patient)
        told = json.loads(content)
        assert [fault for entry in told["entry"] for fault in shape_faults(entry["resource"])] == []
        start = read(plan.case_text).course.start
        back = case_in(review(parse_record(content, "x"), start, Evidence.packaged()), Evidence.packaged())
        assert [item.name for item in back.patient.conditions] == ["psoriasis"]
        expected = without_origin(read(plan.case_text))
        expected["patient"]["conditions"] = [{"name": "psoriasis", "zone": "chin", "since": TODAY.isoformat()}]
        assert without_origin(back) == expected

    def test_history_comes_back_equal_through_the_page(self, browse, patient, plan):
        client = browse("prescriber")
        send(client, patient, WARFARIN, ENDED, condition("Vitiligo", "icd10cm:L80", clinical="resolved", id="v"))
        for line in ImportLine.objects.filter(decision="waiting"):
            confirm(client, line)
        answer = client.get(reverse("record_out", args=[patient.pk]))
        assert answer["Content-Type"].startswith("application/fhir+json")
        assert AuditEntry.objects.get(what="record_out").action == "read"
        other = Patient.objects.create(
            number="2", given_name="Ada", family_name="Ångström", birth_date=patient.birth_date, sex="female"
        )
        page = client.get(send_bytes(client, other, answer.content)["Location"]).content.decode()
        assert "Make sure" not in page
        for line in ImportLine.objects.filter(brought__patient=other, decision="waiting"):
            assert confirm(client, line).status_code == 302
        seen = [Consultation.objects.create(patient=one, day=TODAY, phototype="III") for one in (patient, other)]
        for one in seen:
            Zone.objects.create(consultation=one, site="chin", area_cm2=20)
        first, second = (without_origin(case_for(one)) for one in seen)
        assert len(first["patient"]["conditions"]) == 2
        assert first == second

    def test_tells_sessions_lots_and_consents(self, plan, people):
        patient = plan.patient
        text = ConsentText.objects.create(kind="treatment", edition=2, title="Needling", text="I agree.")
        consent = Consent.objects.create(
            patient=patient,
            plan=plan,
            text=text,
            text_sha256=text.sha256,
            given_at="2026-01-02T10:00Z",
            signed_name="Ada Ångström",
            witnessed_by=people["practitioner"],
        )
        lot = CartridgeLot.objects.create(name="Nano 12", lot="L-77", expires_on="2030-01-01", received=10)
        session = Session.objects.create(
            plan=plan,
            patient=patient,
            number=1,
            planned_for=TODAY,
            state="under_way",
            consent=consent,
            device=Device.objects.create(catalogue="pen-12", label="Pen", serial="P-1"),
            cartridge=Cartridge.objects.create(lot=lot, code="3"),
            held_by=people["practitioner"],
            started_at="2026-01-02T10:00Z",
        )
        SessionZone.objects.create(
            session=session, zone="cheek_left", needle_length_mm="1.25", passes=5, endpoint="pinpoint", deviates=True
        )
        signed = {"ended_at": "2026-01-02T11:00Z", "signed_by": people["practitioner"], "signed_name": "Dr practitioner"}
        Session.objects.filter(pk=session.pk).update(state="done", **signed)
        told = json.loads(bundle_of_patient(patient))
        bodies = [entry["resource"] for entry in told["entry"]]
        device = next(one for one in bodies if one.get("lotNumber") == "L-77")
        assert (device["expirationDate"], device["serialNumber"]) == ("2030-01-01", "3")
        held = next(one for one in bodies if one["id"] == "session-1")
        assert held["status"] == "completed"
        assert "1.25 mm, 5 passes, pinpoint bleeding; differs from the plan" in held["note"][0]["text"]
        given = next(one for one in bodies if one["resourceType"] == "Consent")
        assert (given["status"], given["performer"]) == ("active", [{"display": "Ada Ångström"}])
        assert text.sha256 in given["policyRule"]["text"]

    def test_says_who_it_is_about(self, plan, patient):
        body = json.loads(bundle_of_patient(patient))["entry"][0]["resource"]
        assert (body["birthDate"], body["gender"], body["name"][0]["family"]) == ("1990-02-03", "female", "Ångström")

    def test_what_nobody_confirmed_is_not_told(self, plan, patient):
        HistoryItem.objects.create(patient=patient, kind="condition", text="chilblains", source="import")
        assert b"chilblains" not in bundle_of_patient(patient)

    def test_before_anything_was_begun(self, browse, patient):
        answer = browse("prescriber").get(reverse("record_out", args=[patient.pk]))
        assert answer.status_code == 409
        assert "begin a consultation first" in answer.content.decode()
