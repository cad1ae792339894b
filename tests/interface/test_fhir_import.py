"""Clinical records of FHIR R4 read into a review and a case."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from builders import dermatwin
from clinical import DAY, PERSON, SUBJECT, bundle, concept, condition, line_of, observation, request, reviewed, term
from dermatwin.case import load_case
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.exchange.fhir import case_in, case_values, models, parse_record, read_record, record, review
from dermatwin.history import person_in
from dermatwin.screening import screen

EXAMPLE = Path(__file__).parents[2] / "examples" / "records" / "everything.json"
OTHERS = [path for above in EXAMPLE.parents[3:] for path in sorted((above / "shared" / "fhir").rglob("*.json"))]
"""Records of other people's making, where some lie beside the checkout."""

run = partial(dermatwin, "import", "fhir")


def found_in(case):
    return {finding.rule: finding.level for finding in screen(case).findings}


def case_with(*resources, **more):
    return case_in(reviewed(*resources, **more), Evidence.packaged())


class TestFalseReadings:
    """What words alone get wrong: a code says what a line is, and words second."""

    @pytest.mark.parametrize("codes", [("snomed:19169002",), ("icd10cm:O03.9",), ()])
    def test_an_ended_pregnancy_is_none(self, codes):
        one = condition("Miscarriage in first trimester", *codes)
        line, case = line_of(one), case_with(one)
        assert (line.concepts, line.stands) == (("miscarriage",), "past")
        assert not person_in(case, Evidence.packaged()).patient.pregnant
        assert "pregnancy" not in found_in(case)

    @pytest.mark.parametrize("code", ["icd10cm:B00.1", "icd10:B00.1"])
    def test_a_cold_sore_is_no_eczema(self, code):
        one = condition("Herpesviral vesicular dermatitis", code)
        assert line_of(one).concepts == ("herpes_labialis",)
        found = found_in(case_with(one))
        assert found["active_herpes"] == "soft_stop"
        assert "eczema_psoriasis" not in found

    @pytest.mark.parametrize("codes", [("snomed:387208003",), ("rxnorm:1", "rxnorm:2"), ()])
    def test_a_gel_is_no_capsule(self, codes):
        one = request("isotretinoin 0.05 % gel", *codes)
        assert line_of(one).concepts == ("topical_isotretinoin",)
        assert "isotretinoin_oral" not in found_in(case_with(one))

    def test_the_route_says_it_where_the_name_does_not(self):
        one = request("isotretinoin", "snomed:387208003", dosageInstruction=[{"route": concept("topical")}])
        assert line_of(one).concepts == ("topical_isotretinoin",)

    def test_a_capsule_is_one(self):
        one = request("isotretinoin 20 MG Oral Capsule", "rxnorm:197845")
        assert line_of(one).concepts == ("isotretinoin",)
        assert found_in(case_with(one))["isotretinoin_oral"] == "soft_stop"

    def test_a_vaccination_is_no_shingles(self):
        given = {
            "resourceType": "Immunization",
            "id": "i",
            "status": "completed",
            "vaccineCode": concept("zoster", "cvx:121"),
        }
        one = line_of({**given, "patient": SUBJECT, "occurrenceDateTime": "2025-09-01"})
        assert one.concepts == ("vaccination",)

    def test_words_add_which_kind_and_where(self):
        one = line_of(condition("Keloid scar of the chest", "icd10cm:L91.0"))
        assert one.concepts == ("keloid",)
        (fact,) = person_in(
            case_with(condition("Keloid scar", "icd10cm:L91.0", bodySite=[concept("chest")])), Evidence.packaged()
        ).facts
        assert fact.where == "chest"


class TestHowItStands:
    @pytest.mark.parametrize(
        ("stated", "status", "certainty"),
        [
            ({}, "active", "coded"),
            ({"clinical": "recurrence"}, "active", "coded"),
            ({"clinical": "resolved"}, "past", "coded"),
            ({"clinical": "remission"}, "past", "coded"),
            ({"clinical": "", "abatementDateTime": "2020-05"}, "past", "coded"),
            ({"clinical": ""}, "active", "open"),
            ({"verified": "provisional"}, "active", "open"),
            ({"abatementDateTime": "2020-05"}, "active", "open"),
        ],
    )
    def test_conditions(self, stated, status, certainty):
        case = case_with(condition("Psoriasis", "icd10cm:L40.0", **stated))
        (fact,) = person_in(case, Evidence.packaged()).facts
        assert (fact.what, fact.status, fact.certainty) == ("psoriasis", status, certainty)

    @pytest.mark.parametrize("verified", ["refuted", "entered-in-error"])
    def test_what_is_not_true_says_nothing_and_denies_nothing(self, verified):
        one = condition(
            "Psoriasis", "icd10cm:L40.0", clinical="" if verified == "entered-in-error" else "active", verified=verified
        )
        line = line_of(one)
        assert (line.outcome, line.place) == ("aside", "")
        assert verified in line.reason
        assert case_with(one).patient.conditions == []

    @pytest.mark.parametrize(
        ("stated", "status"),
        [
            ({"status": "active"}, "active"),
            ({"status": "on-hold"}, "unknown"),
            ({"status": "stopped"}, "past"),
            ({"status": "completed"}, "past"),
            ({"intent": "plan"}, "unknown"),
            (
                {"status": "active", "dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"end": "2025-01-01"}}}}]},
                "unknown",
            ),
        ],
    )
    def test_medicines(self, stated, status):
        line = line_of(request("Warfarin", "rxnorm:855332", **stated))
        assert (line.concepts, line.status) == (("warfarin",), status)

    @pytest.mark.parametrize(
        "stated", [{"status": "cancelled"}, {"status": "draft"}, {"status": "entered-in-error"}, {"doNotPerform": True}]
    )
    def test_medicines_that_were_never_taken(self, stated):
        assert line_of(request("Warfarin", "rxnorm:855332", **stated)).outcome == "aside"

    def test_a_stopped_anticoagulant_is_asked_about_and_not_one(self):
        found = found_in(case_with(request("Warfarin", "rxnorm:855332", status="stopped")))
        assert found["anticoagulant"] == "info"
        assert found["anticoagulant_recent"] == "caution"

    def test_a_medicine_named_elsewhere_in_the_record(self):
        drug = {"resourceType": "Medication", "id": "d", "code": concept("Warfarin", "rxnorm:855332")}
        near = request("", medicationReference={"reference": "Medication/d"})
        inside = request("", medicationReference={"reference": "#d"}, contained=[drug])
        assert line_of(near, drug).concepts == line_of(inside).concepts == ("warfarin",)

    def test_a_medicine_that_is_not_in_the_record(self):
        line = line_of(request("", medicationReference={"reference": "Medication/far"}))
        assert (line.outcome, line.reason) == ("listed", "names a medicine that is not in the record")

    def test_relatives(self):
        mother = {"resourceType": "FamilyMemberHistory", "id": "f", "status": "completed", "patient": SUBJECT}
        mother |= {"relationship": concept("mother"), "condition": [{"code": concept("Melanoma", "icd10cm:C43.9")}]}
        (fact,) = person_in(case_with(mother), Evidence.packaged()).facts
        assert (fact.what, fact.status) == ("melanoma", "family")

    def test_allergies(self):
        nickel = {
            "resourceType": "AllergyIntolerance",
            "id": "a",
            "patient": SUBJECT,
            "code": concept("Nickel", "snomed:33396006"),
        }
        nickel |= {"clinicalStatus": term("allergyintolerance-clinical", "active")}
        assert found_in(case_with(nickel))["metal_allergy"] == "hard_stop"
        assert line_of({**nickel, "code": concept("No known drug allergy")}).outcome == "aside"
        as_condition = condition("Allergy status to anesthetic agent", "icd10cm:Z88.4")
        roles = {fact.role for fact in person_in(case_with(as_condition), Evidence.packaged()).facts}
        assert "allergy" in roles

    def test_procedures_and_devices(self):
        done = {
            "resourceType": "Procedure",
            "id": "x",
            "subject": SUBJECT,
            "status": "completed",
            "code": concept("Ablative laser"),
        }
        case = case_with({**done, "performedDateTime": "2025-12"})
        assert found_in(case)["recent_ablative_laser"] == "caution"
        assert line_of({**done, "status": "not-done"}).outcome == "aside"
        worn = {
            "resourceType": "Device",
            "id": "d",
            "status": "active",
            "type": concept("Cardiac pacemaker"),
            "patient": SUBJECT,
        }
        assert line_of(worn).concepts == ("pacemaker",)

    def test_a_line_that_is_confirmed_waits_no_longer(self):
        record = reviewed(condition("Psoriasis", "icd10cm:L40.0"))
        lines = tuple(line.confirmed("Dr A. Example") for line in record.lines)
        case = case_in(replace(record, lines=lines), Evidence.packaged())
        assert case.patient.conditions[0].origin.confirmed == "Dr A. Example"
        assert "not_confirmed" not in found_in(case)

    def test_what_comes_and_goes_is_open_until_a_person_confirms_it(self):
        case = case_with(condition("Cold sore", "icd10cm:B00.1"))
        (item,) = case.patient.conditions
        sure = item.model_copy(update={"origin": item.origin.model_copy(update={"confirmed": "Dr A. Example"})})
        confirmed = case.model_copy(update={"patient": case.patient.model_copy(update={"conditions": [sure]})})
        assert found_in(case)["active_herpes"] == "soft_stop"
        assert found_in(confirmed)["active_herpes"] == "hard_stop"


class TestObservations:
    @pytest.mark.parametrize(
        ("code", "value", "what"),
        [
            ("loinc:82810-3", {"valueCodeableConcept": concept("Pregnant", "snomed:77386006")}, "pregnancy"),
            ("loinc:82810-3", {"valueCodeableConcept": concept("Pregnant", "loinc:LA15173-0")}, "pregnancy"),
            ("loinc:63895-7", {"valueBoolean": True}, "breastfeeding"),
            ("loinc:72166-2", {"valueCodeableConcept": concept("Some day smoker", "snomed:428041000124106")}, "smoking"),
        ],
    )
    def test_a_yes_is_a_fact(self, code, value, what):
        case = case_with(observation(code, **value))
        (fact,) = person_in(case, Evidence.packaged()).facts
        assert (fact.what, fact.status, fact.certainty) == (what, "active", "coded")

    @pytest.mark.parametrize(
        ("code", "value"),
        [
            ("loinc:82810-3", {"valueCodeableConcept": concept("Not pregnant", "snomed:60001007")}),
            ("loinc:82810-3", {"valueCodeableConcept": concept("Not pregnant", "loinc:LA26683-5")}),
            ("loinc:72166-2", {"valueCodeableConcept": concept("Never smoker", "loinc:LA18978-9")}),
            ("loinc:63895-7", {"valueBoolean": False}),
        ],
    )
    def test_a_no_denies_nothing(self, code, value):
        assert line_of(observation(code, **value)).outcome == "aside"
        assert case_with(observation(code, **value)).patient.conditions == []

    def test_a_former_smoker_is_none_now(self):
        one = observation("loinc:72166-2", valueCodeableConcept=concept("Former smoker", "snomed:8517006"))
        case = case_with(one)
        assert [fact.status for fact in person_in(case, Evidence.packaged()).facts] == ["past"]
        assert found_in(case).get("smoking") != "caution"

    def test_the_latest_counts(self):
        before = observation("loinc:82810-3", "2020-01-01", "one", valueCodeableConcept=concept("", "loinc:LA15173-0"))
        now = observation("loinc:82810-3", "2025-12-01", "two", valueCodeableConcept=concept("", "loinc:LA26683-5"))
        for order in ((before, now), (now, before)):
            assert case_with(*order).patient.conditions == []
        wrong = {**now, "status": "entered-in-error"}
        assert len(case_with(before, wrong).patient.conditions) == 1

    def test_fields_of_the_person(self):
        pounds = {"value": 100, "code": "[lb_av]"}
        case = case_with(
            observation("loinc:66555-4", name="a", valueCodeableConcept={"text": "Fitzpatrick Type V"}),
            observation("loinc:29463-7", name="b", valueQuantity=pounds),
        )
        assert (case.patient.age, case.patient.sex, case.patient.phototype) == (37.0, "female", "V")
        assert case.patient.body_weight == pytest.approx(45.359237)
        assert case.taken_from is not None
        assert case.taken_from.unsaid == ["course"]

    @pytest.mark.parametrize(("percent", "outcome"), [(6.4, "aside"), (6.5, "mapped")])
    def test_a_level_speaks_from_its_threshold_on(self, percent, outcome):
        line = line_of(observation("loinc:4548-4", valueQuantity={"value": percent, "code": "%"}))
        assert line.outcome == outcome
        assert line.concepts == (("diabetes",) if outcome == "mapped" else ())

    def test_words_that_deny_beside_others_deny_nothing(self):
        case = case_with(condition("Acne, no eczema, no keloids"))
        assert {(fact.what, fact.status) for fact in person_in(case, Evidence.packaged()).facts} == {("acne", "active")}

    def test_a_level_in_another_unit_is_kept(self):
        assert line_of(observation("loinc:4548-4", valueQuantity={"value": 60, "code": "mmol/mol"})).outcome == "listed"

    def test_other_measurements_are_kept(self):
        line = line_of(observation("loinc:2947-0", valueQuantity={"value": 140, "unit": "mmol/L"}))
        assert (line.outcome, line.reason) == ("listed", "a measurement that nobody here reads")


class TestCase:
    def test_nothing_is_confirmed(self):
        case = case_with(condition("Psoriasis", "icd10cm:L40.0"), condition("Glimmering syndrome", id="d"))
        assert all(item.origin.confirmed is None for item in case.patient.conditions)
        found = {(finding.rule, finding.level) for finding in screen(case).findings}
        assert {("not_confirmed", "caution"), ("not_known", "caution"), ("not_in_record", "caution")} <= found

    def test_what_is_over_and_unknown_is_no_caution(self):
        case = case_with(condition("Glimmering syndrome", clinical="resolved"))
        assert [finding.level for finding in screen(case).findings if finding.rule == "not_known"] == ["info"]

    def test_a_line_that_comes_again_is_one_item(self):
        visits = [("2020-01-05", "2020-02-01"), ("2021-03-01", "2021-03-09")]
        twice = [
            condition(
                "Psoriasis", "icd10cm:L40.0", clinical="resolved", onsetDateTime=start, abatementDateTime=end, id=start
            )
            for start, end in visits
        ]
        (item,) = case_with(*twice).patient.conditions
        assert (item.since, item.until) == (date(2020, 1, 5), date(2021, 3, 9))
        assert item.origin.record == "Condition/2020-01-05 and 1 more"

    def test_a_plan_of_ones_own(self):
        base = case_values(reviewed())
        zones = [{"zone": "chin", "area": "20 cm^2"}]
        settings = {"chin": {"needle_length": "1 mm", "passes": 4}}
        own = {**base, "zones": zones, "course": {**base["course"], "settings": settings}}
        case = case_in(reviewed(), Evidence.packaged(), own)
        assert [zone.zone for zone in case.zones] == ["chin"]
        assert case.taken_from.unsaid == ["phototype"]

    @pytest.mark.parametrize(
        "name", ["Patient/p", "https://clinic.example/fhir/Patient/p", "Patient/p/_history/3", "urn:uuid:p"]
    )
    def test_the_person_by_any_address(self, name):
        assert len(case_with(condition("Psoriasis", "icd10cm:L40.0", subject={"reference": name})).patient.conditions) == 1

    def test_what_is_set_is_said(self):
        case = case_in(reviewed(), Evidence.packaged(), None, {"patient.phototype": "II", "course.device": "pen-12"})
        assert (case.patient.phototype, case.taken_from.unsaid) == ("II", [])

    def test_a_page_of_several_is_said(self):
        more = [{"relation": "next", "url": "https://clinic.example/2"}]
        case = case_with(kind="searchset", link=more)
        assert "pages" in case.taken_from.unsaid

    def test_long_words_are_kept_whole(self):
        words = "Keloid scar, " + "of long standing, " * 20 + "on the chest"
        (item,) = case_with(condition(words)).patient.conditions
        assert len(item.name) <= 200
        assert f"{item.name} {item.note}".replace(",", "").split() == words.replace(",", "").split()

    def test_more_than_a_case_holds(self):
        many = [condition(f"Thing {number}", id=f"c{number}") for number in range(201)]
        with pytest.raises(CaseError, match="has 201 different conditions; a case holds at most 200"):
            case_values(reviewed(*many))

    def test_characters_that_are_no_text(self):
        (item,) = case_with(condition("Psoriasis \x1b[31m\u202e")).patient.conditions
        assert item.name == "Psoriasis \\x1b[31m\\u202e"


class TestFaults:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("", "is empty"),
            ("<Bundle/>", "is XML"),
            ('{"a":', "is not JSON"),
            ("[1]", "is no FHIR resource"),
            ('{"resourceType": "Patient", "a": NaN}', "NaN is no number"),
            ('{"resourceType": "Patient", "a": 1e999}', "too large a number"),
            ('{"resourceType": "Patient", "id": "a", "id": "b"}', "'id' is given twice"),
            ('{"resourceType": "Patient", "a": ' + "[" * 70 + "]" * 70 + "}", "nested more than 60 deep"),
            ('{"resourceType": "Patient", "a": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested more than 60 deep"),
            ('{"resourceType": "Patient", "a": ' + "9" * 5000 + "}", "is not JSON that FHIR allows"),
            (json.dumps(bundle(PERSON, kind="history")), "Bundle.type: history is not a kind of bundle that holds a record"),
            (json.dumps(bundle()), "holds no resource"),
            (json.dumps(bundle(bundle(PERSON))), "is a bundle within a bundle"),
            (json.dumps({**bundle(), "entry": {}}), "Bundle.entry: is not a list"),
            (json.dumps({**bundle(), "entry": [3]}), "entry.0: is not an entry of a bundle"),
            (json.dumps({**bundle(), "entry": [{}]}), "entry.0: holds no resource"),
            (json.dumps(bundle(PERSON, PERSON)), "entry.1: Patient/p stands in entry.0 already"),
            (json.dumps(bundle(PERSON, {**PERSON, "id": "q"})), "Patient/q is a second person beside Patient/p"),
            (
                json.dumps(bundle(PERSON, condition("acne", subject={"reference": "Patient/q"}))),
                "Condition/c.subject: Patient/q is somebody else than Patient/p",
            ),
            (json.dumps(bundle(PERSON, condition("acne", colour="red"))), "Condition/c.colour: is not FHIR R4"),
            (
                json.dumps(bundle(PERSON, condition("acne", onsetDateTime="2020-13-45"))),
                "Condition/c.onsetDateTime: is not FHIR R4",
            ),
            (json.dumps({**PERSON, "deceasedBoolean": True}), "Patient/p: is recorded as dead"),
        ],
    )
    def test_one_message_for_each(self, tmp_path, content, words):
        path = tmp_path / "record.json"
        path.write_text(content, encoding="utf-8")
        told = run(path, "--out", tmp_path / "case.yaml", status=1)
        assert words in told.stderr
        assert "Traceback" not in told.stderr
        assert not (tmp_path / "case.yaml").exists()

    def test_bytes_that_are_no_text(self):
        with pytest.raises(CaseError, match="is not UTF-8 text"):
            parse_record(b"\xff\xfe{}", "x")

    def test_limits(self, monkeypatch):
        monkeypatch.setattr(record, "MAX_BYTES", 10)
        with pytest.raises(CaseError, match="has 31 bytes; a record has at most 10"):
            parse_record(b'{"resourceType": "Patient"}    ', "x")
        monkeypatch.undo()
        monkeypatch.setattr(record, "MAX_RESOURCES", 1)
        with pytest.raises(CaseError, match="has more than 1 resources"):
            parse_record(json.dumps(bundle(PERSON, condition("acne"))).encode(), "x")

    def test_faults_are_told_together_but_not_without_end(self):
        many = [{"resource": bundle()} for _ in range(80)]
        with pytest.raises(CaseError) as told:
            parse_record(json.dumps({**bundle(), "entry": many}).encode(), "x")
        assert len(told.value.faults) == 51
        assert "30 more faults" in str(told.value.faults[-1])

    def test_references_that_go_in_circles(self):
        drug = {
            "resourceType": "Medication",
            "id": "d",
            "code": {},
            "ingredient": [{"itemReference": {"reference": "Medication/d"}}],
        }
        assert line_of(request("", medicationReference={"reference": "Medication/d"}), drug).outcome == "listed"

    def test_without_the_extra(self, monkeypatch):
        def missing(name):
            raise ImportError(name)

        monkeypatch.setattr(models, "import_module", missing)
        told = run(EXAMPLE, status=1)
        assert told.stderr == "fhir: needs the extra 'fhir': pip install 'dermatwin[fhir]'\n"


class TestVerb:
    def test_writes_a_case_and_a_review(self, tmp_path):
        case, lines = tmp_path / "case.yaml", tmp_path / "review.csv"
        told = run(EXAMPLE, "--on", "2026-01-12", "--out", case, "--review", lines).stdout
        assert "Nothing is confirmed." in told
        found = load_case(case)
        assert found.taken_from.record == "everything.json"
        assert found.course.start == DAY
        rows = list(csv.DictReader(lines.read_text(encoding="utf-8").splitlines()))
        assert len(rows) == 27
        assert {row["record"] for row in rows} == {one.name for one in read_record(EXAMPLE).resources}
        assert "exists already" in run(EXAMPLE, "--out", case, status=1).stderr

    def test_says_all_to_a_machine(self):
        told = json.loads(run(EXAMPLE, "--on", "2026-01-12", "--json").stdout)
        assert told["counts"] == {"mapped": 16, "listed": 2, "aside": 9}
        assert told["case"].startswith("# Read from a clinical record; nothing here is confirmed.")

    def test_the_case_is_screened(self, tmp_path):
        case = tmp_path / "case.yaml"
        run(EXAMPLE, "--on", "2026-01-12", "--out", case)
        found = json.loads(dermatwin("screen", case, "--json", status=3).stdout)
        rules = {finding["rule"] for finding in found["findings"] if finding["level"] != "info"}
        assert {"metal_allergy", "active_herpes", "keloid_tendency", "anticoagulant", "not_confirmed", "not_known"} <= rules
        assert not {"pregnancy", "isotretinoin_oral", "eczema_psoriasis", "skin_cancer"} & rules

    def test_lines_of_json(self, tmp_path):
        path = tmp_path / "record.ndjson"
        path.write_text(
            "\n".join(json.dumps(one) for one in (PERSON, condition("Psoriasis", "icd10cm:L40.0"))), encoding="utf-8"
        )
        assert json.loads(run(path, "--json").stdout)["counts"] == {"mapped": 3, "listed": 0, "aside": 0}

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--on", "soon"), "--on: 'soon' is not a date"),
            (("--review", "lines.doc"), "--review: lines.doc ends in none of .csv"),
        ],
    )
    def test_wrong_input(self, arguments, words):
        assert words in run(EXAMPLE, *arguments, status=1).stderr

    def test_a_spreadsheet_gets_no_formula(self, tmp_path):
        path, lines = tmp_path / "r.json", tmp_path / "r.csv"
        path.write_text(json.dumps(bundle(PERSON, condition("=HYPERLINK(1)"))), encoding="utf-8")
        run(path, "--review", lines)
        assert "'=HYPERLINK(1)" in lines.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [EXAMPLE, *OTHERS], ids=lambda path: path.stem)
def test_no_line_is_lost(path):
    told = read_record(path)
    found = review(told, date(2026, 12, 1), Evidence.packaged())
    assert {line.record for line in found.lines} == {one.name for one in told.resources}
    assert all(line.reason for line in found.lines if line.outcome != "mapped")
    assert screen(case_in(found, Evidence.packaged())).verdict in ("caution", "stop")
