"""A case or a run written as a bundle of FHIR R4: valid by two implementations, and it comes back equal."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import fhirkit
import pytest
from fhir.resources.R4B.bundle import Bundle
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import case_of, dermatwin
from clinical import DAY, condition, reviewed
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.exchange.fhir import (
    ConsentGiven,
    Lot,
    SessionDone,
    Told,
    bundle_of,
    bundle_text,
    case_in,
    casing,
    parse_record,
    read_told,
    record,
    review,
)
from dermatwin.exchange.fhir.part import URL
from dermatwin.history import LISTS, person_in
from dermatwin.screening import screen
from dermatwin.twin import write_run

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
PEOPLE = [path for path in EXAMPLES if "species" not in path.read_text(encoding="utf-8")]
MADE = datetime(2026, 2, 1, 12, tzinfo=UTC)

run = partial(dermatwin, "export", "fhir")


def told(case, **more):
    return Told(case, Evidence.packaged(), screen(case), made=MADE, **more)


def back(bundle, day=date(2026, 12, 1)):
    """The case that a bundle is read as, on another day."""
    content = json.dumps(bundle).encode()
    return case_in(review(parse_record(content, "bundle.json"), day, Evidence.packaged()), Evidence.packaged())


def content_of(case):
    """What a case says, without where it was read."""
    values = case.model_dump(mode="json", exclude_none=True)
    values.pop("taken_from", None)
    for name in LISTS:
        for item in values["patient"][name]:
            item.pop("origin", None)
    return values


def resources(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def assert_valid(bundle):
    """By the models of R4B, and by a second implementation."""
    Bundle.model_validate(bundle)
    assert [str(issue) for issue in fhirkit.validate(bundle)] == []


class TestRoundTrip:
    @pytest.mark.parametrize("path", PEOPLE, ids=lambda path: path.stem)
    def test_examples(self, path):
        found = read_told(path, Evidence.packaged())
        bundle = json.loads(bundle_text(found))
        assert_valid(bundle)
        assert content_of(back(bundle)) == content_of(found.case)

    WORDS = st.sampled_from(
        """denies cold sores|Xarelto 20 mg|aspirin, stopped 2 years ago|mother has keloids|none|latex|lidocaine|psoriasis?
        basal cell ca. nose, removed 2020|my aunt's tonic|peel last month|accutane|aspirin and warfarin|cold sores|pregnant
        no eczema, psoriasis or rosacea|Z88.4|ex-smoker|pacemaker""".replace("\n        ", "|").split("|")
    )
    DAYS = st.dates(date(2015, 1, 1), date(2027, 1, 1))
    ITEMS = st.lists(
        st.builds(
            lambda name, days, known, zone, note: {
                "name": name,
                **({"since": days[0].isoformat()} if known[0] else {}),
                **({"until": days[1].isoformat()} if known[1] else {}),
                **({"zone": zone} if zone else {}),
                **({"note": note} if note else {}),
            },
            WORDS,
            st.lists(DAYS, min_size=2, max_size=2).map(sorted),
            st.tuples(st.booleans(), st.booleans()),
            st.sampled_from(["", "cheek", "chest"]),
            st.sampled_from(["", "on the chest", "since childhood", 'said by <her> & "him"\nin two lines']),
        ),
        max_size=3,
    )
    PEOPLE = st.fixed_dictionaries(
        {
            "age": st.floats(1, 99).map(lambda years: f"{years!r} yr"),
            "sex": st.sampled_from(["female", "male"]),
            "phototype": st.sampled_from(["I", "II", "III", "IV", "V", "VI"]),
            "sun": st.sampled_from(["protected", "usual", "strong"]),
            "smoker": st.booleans(),
            "pregnant": st.booleans(),
            "breastfeeding": st.booleans(),
            "anamnesis": st.dictionaries(
                st.sampled_from(["keloid", "blood_thinner", "cold_sores"]),
                st.sampled_from([{"answer": "no"}, {"answer": "not asked"}, {"answer": "yes", "note": "she says"}]),
            ),
            **dict.fromkeys(LISTS, ITEMS),
        },
        optional={"body_weight": st.floats(40, 140).map(lambda kg: f"{kg!r} kg")},
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(person=PEOPLE, day=st.dates(date(2024, 1, 1), date(2030, 1, 1)))
    def test_any_history(self, person, day):
        case = case_of(patient=person)
        bundle = bundle_of(told(case))
        assert_valid(bundle)
        again = back(bundle, day)
        assert content_of(again) == content_of(case)
        evidence = Evidence.packaged()
        assert person_in(again, evidence).facts == person_in(case, evidence).facts

    def test_a_case_that_was_read_from_a_record(self):
        record = reviewed(condition("Herpesviral vesicular dermatitis", "icd10cm:B00.1", onsetDateTime="2015"))
        case = case_in(record, Evidence.packaged())
        bundle = bundle_of(told(case))
        again = back(bundle, DAY)
        assert again.patient == case.patient.model_copy(
            update={"conditions": [one.model_copy(update={"origin": one.origin}) for one in again.patient.conditions]}
        )
        assert again.patient.conditions[0].origin.codes == ["icd10cm:B00.1"]
        assert again.taken_from.unsaid == case.taken_from.unsaid

    def test_what_was_assumed_is_not_exported_as_known(self):
        case = case_in(reviewed(), Evidence.packaged())
        assert case.taken_from.unsaid == ["phototype", "course"]
        codes = [one["code"]["coding"][0]["code"] for one in resources(bundle_of(told(case)), "Observation")]
        assert codes == ["30525-0"]

    def test_a_confirmed_line_waits_to_be_confirmed_again(self):
        origin = {"record": "Condition/1", "codes": ["icd10cm:L40.0"], "status": "active", "confirmed": "Dr A. Example"}
        case = case_of(
            patient={
                "age": "40 yr",
                "sex": "female",
                "phototype": "III",
                "conditions": [{"name": "Psoriasis", "origin": origin}],
            }
        )
        bundle = bundle_of(told(case))
        (one,) = [each for each in resources(bundle, "Condition") if each["code"]["text"] == "Psoriasis"]
        assert one["verificationStatus"]["coding"][0]["code"] == "confirmed"
        assert back(bundle).patient.conditions[0].origin.confirmed is None


class TestChangedSince:
    """What somebody changed in a bundle counts, not what dermatwin wrote beside it."""

    def bundle(self):
        person = {
            "age": "40 yr",
            "sex": "female",
            "phototype": "III",
            "conditions": ["psoriasis"],
            "medications": ["warfarin"],
        }
        return bundle_of(told(case_of(patient=person)))

    def facts(self, bundle):
        return {(fact.what, fact.status) for fact in person_in(back(bundle), Evidence.packaged()).facts}

    def test_nothing(self):
        assert self.facts(self.bundle()) == {("psoriasis", "active"), ("warfarin", "active")}

    def test_a_status(self):
        bundle = self.bundle()
        resources(bundle, "MedicationStatement")[0]["status"] = "completed"
        assert self.facts(bundle) == {("psoriasis", "active"), ("warfarin", "past")}

    def test_a_refutation(self):
        bundle = self.bundle()
        one = next(each for each in resources(bundle, "Condition") if each["code"]["text"] == "psoriasis")
        one["verificationStatus"]["coding"][0]["code"] = "refuted"
        assert self.facts(bundle) == {("warfarin", "active")}

    def test_what_is_written_beside_is_not_trusted(self):
        bundle = self.bundle()
        for one in resources(bundle, "MedicationStatement"):
            one["extension"] = [
                {"url": URL, "valueString": '{"place": "patient.medications", "value": {"name": "tea"}, "day": "x"}'}
            ]
        assert self.facts(bundle) == {("psoriasis", "active"), ("warfarin", "active")}


class TestContent:
    def bundle(self, **more):
        case = case_of(
            observations=[
                {"quantity": "pain_vas", "zone": "cheek", "time": "0 d", "value": 3, "unit": "1", "by": "patient"}
            ],
            held=[{"session": 2, "missed": True}],
        )
        return bundle_of(told(case, **more))

    def test_kinds(self):
        kinds = {entry["resource"]["resourceType"] for entry in self.bundle()["entry"]}
        assert {"Patient", "CarePlan", "Procedure", "Device", "Observation", "DetectedIssue", "Provenance"} <= kinds

    def test_a_session_as_it_was_held(self):
        lot = Lot("cartridge 12", "LOT-7", date(2027, 1, 1))
        done = SessionDone(1, date(2026, 1, 13), lots=(lot,), by="N. Nurse", settings=(("cheek", "cheek: 1 mm, 4 passes"),))
        bundle = self.bundle(sessions=(done,))
        assert_valid(bundle)
        first, second = resources(bundle, "Procedure")
        assert (first["status"], first["performedDateTime"]) == ("completed", "2026-01-13")
        assert first["note"] == [{"text": "cheek: 1 mm, 4 passes"}]
        assert first["bodySite"][0]["text"] == "cheek"
        assert second["status"] == "not-done"
        used = {one["reference"] for one in first["usedReference"]}
        (cartridge,) = [entry for entry in bundle["entry"] if entry["resource"].get("lotNumber") == "LOT-7"]
        assert cartridge["fullUrl"] in used
        assert cartridge["resource"]["expirationDate"] == "2027-01-01"

    def test_consents(self):
        bundle = self.bundle(
            consents=(ConsentGiven("microneedling", date(2026, 1, 10), "consent, version 3", "M. Made-Up"),)
        )
        assert_valid(bundle)
        (given_,) = resources(bundle, "Consent")
        assert (given_["status"], given_["dateTime"], given_["policyRule"]["text"]) == (
            "active",
            "2026-01-10",
            "consent, version 3",
        )

    def test_screening(self):
        bundle = bundle_of(told(case_of(patient={"age": "40 yr", "sex": "female", "phototype": "III", "pregnant": True})))
        issues = {one["code"]["coding"][0]["code"]: one for one in resources(bundle, "DetectedIssue")}
        assert issues["pregnancy"]["severity"] == "high"
        assert "sources: " in issues["pregnancy"]["detail"]

    def test_references_stay_within(self):
        bundle = self.bundle()
        known = {entry["fullUrl"] for entry in bundle["entry"]}
        pointed = {part.split('"')[0] for part in json.dumps(bundle).split('"reference": "')[1:]}
        assert pointed <= known

    def test_the_same_case_gives_the_same_bundle(self):
        assert self.bundle() == self.bundle()

    def test_an_animal_is_no_person(self):
        case = case_of(patient={"age": "1 yr", "sex": "female", "phototype": "I", "species": "pig"})
        with pytest.raises(CaseError, match="is no person"):
            bundle_of(Told(case, Evidence.packaged()))


class TestForecast:
    SUMMARY = {
        "titles": {"pih_risk": "Risk of pigment", "pain_vas[1]": "Pain", "puncture_density": "Punctures"},
        "provenance": {"version": "9", "draws": 5, "seed": 2},
        "intent": "Decision support.",
        "endpoints": [
            {"name": "pih_risk", "zone": "cheek", "time_days": None, "median": 0.02, "p05": 0.01, "p95": 0.07, "grade": "A"},
            {"name": "pain_vas[1]", "zone": "", "time_days": 0.0, "median": 3.1, "p05": 1.2, "p95": 5.0, "grade": "B"},
            {
                "name": "puncture_density",
                "zone": "cheek",
                "time_days": 0.0,
                "median": 200,
                "p05": 100,
                "p95": 300,
                "grade": "A",
            },
            {
                "name": "infection_risk",
                "zone": "cheek",
                "time_days": None,
                "median": None,
                "p05": None,
                "p95": None,
                "grade": "A",
            },
        ],
    }

    def test_bands(self):
        bundle = bundle_of(told(case_of(), summary=self.SUMMARY))
        assert_valid(bundle)
        (risk,) = resources(bundle, "RiskAssessment")
        pigment, pain = risk["prediction"]
        assert (pigment["probabilityRange"]["low"]["value"], pigment["probabilityRange"]["high"]["value"]) == (1.0, 7.0)
        assert pigment["rationale"] == "2 % (90 % band 1 to 7 %), grade A"
        assert pain["rationale"] == "3.1 (90 % band 1.2 to 5), grade B"
        assert "probabilityRange" not in pain
        assert risk["method"]["text"] == "dermatwin 9, 5 possible people, seed 2"


class TestVerb:
    def test_writes_a_bundle(self, tmp_path):
        out = tmp_path / "bundle.json"
        assert json.loads(run(PEOPLE[0], "--out", out, "--json").stdout) == {"written": str(out)}
        assert_valid(json.loads(out.read_text(encoding="utf-8")))
        assert "exists already" in run(PEOPLE[0], "--out", out, status=1).stderr

    def test_a_folder_that_is_no_run(self, tmp_path):
        assert "is no run folder" in run(tmp_path, status=1).stderr
        (tmp_path / "case.resolved.yaml").write_text(PEOPLE[0].read_text(encoding="utf-8"), encoding="utf-8")
        (tmp_path / "summary.json").write_text("[]", encoding="utf-8")
        assert "is no summary of a run" in run(tmp_path, status=1).stderr

    def test_a_run_comes_back(self, tmp_path, small_run):
        folder, out = write_run(small_run, tmp_path / "run"), tmp_path / "bundle.json"
        run(folder, "--out", out)
        bundle = json.loads(out.read_text(encoding="utf-8"))
        assert_valid(bundle)
        assert resources(bundle, "RiskAssessment")
        assert content_of(back(bundle)) == content_of(read_told(folder, Evidence.packaged()).case)


def test_the_page_of_the_documentation_runs(monkeypatch, capsys):
    root = Path(__file__).parents[2]
    page = (root / "docs" / "fhir.md").read_text(encoding="utf-8")
    monkeypatch.chdir(root)
    names: dict[str, object] = {}
    exec(page.split("```python\n")[1].split("```")[0], names)
    assert "Condition/miscarriage Miscarriage in first trimester past ('Miscarriage',)" in capsys.readouterr().out
    assert_valid(names["bundle"])


def test_limits_of_the_documentation():
    page = (Path(__file__).parents[2] / "docs" / "fhir.md").read_text(encoding="utf-8")
    most = f"{record.MAX_RESOURCES:,}".replace(",", " ")
    said = (
        f"Limits: {record.MAX_BYTES >> 20} MiB, {most} resources, {record.MAX_DEPTH} levels; {casing.MOST} different items"
    )
    assert said in page
