"""From a consultation to a signed plan: the twin is asked, what it says is kept, and nothing gets past a stop."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client
from typer.testing import CliRunner

from dermatwin.case import dump_case
from dermatwin.cli import app
from dermatwin.core.errors import CaseError, ComputationError
from dermatwin.workbench.calls import document, results, simulating
from dermatwin.workbench.calls.document import Wanted, case_for, read, text_of
from dermatwin.workbench.calls.searching import usual
from dermatwin.workbench.drawn import drawings
from dermatwin.workbench.jobs import work
from dermatwin.workbench.jobs.worker import resume
from dermatwin.workbench.jobs.worker import work as do_jobs
from dermatwin.workbench.models import Answer, AuditEntry, Consultation, HistoryItem, Override, Plan, Run, Search, Session

from .conftest import TODAY

DRAWS = 12


def at(consultation, *more):
    return "/".join(["", "patients", str(consultation.patient.pk), "consultations", str(consultation.pk), *more, ""])


def of(plan, *more):
    return "/".join(["", "patients", str(plan.patient.pk), "plans", str(plan.pk), *more, ""])


class TestTheCase:
    def test_holds_what_was_entered_in_the_words_of_a_case(self, consultation, people):
        Answer.objects.create(consultation=consultation, question="keloid", answer="no")
        Answer.objects.create(
            consultation=consultation, question="blood_thinner", answer="yes", which="Xarelto", since="2025-06-01"
        )
        Override.objects.create(
            consultation=consultation, rule="anticoagulant", title="-", reason="the INR is low", by=people["prescriber"]
        )
        case = case_for(consultation, Wanted("dermapen_4", TODAY, 3, 2.0))
        assert (case.patient.phototype, case.patient.sex, case.patient.body_weight) == ("III", "female", 62)
        assert [item.name for item in case.patient.medications] == ["levothyroxine"]
        assert case.patient.anamnesis["blood_thinner"].which == "Xarelto"
        assert [(zone.zone, zone.key, zone.area) for zone in case.zones] == [("cheek", "cheek_left", 60)]
        assert case.zones[0].concerns[0].severity == 3
        assert (case.accepts.sessions, case.accepts.downtime) == (3, 2)
        assert [(one.rule, one.by) for one in case.overrides] == [("anticoagulant", "Dr prescriber")]
        assert case.course.device == "dermapen_4"

    def test_is_the_same_after_it_was_written_and_read(self, plan):
        assert text_of(read(plan.case_text)) == plan.case_text

    def test_waits_until_every_line_of_the_history_has_its_yes_or_no(self, consultation, browse):
        line = HistoryItem.objects.create(patient=consultation.patient, kind="medication", text="warfarin", source="import")
        with pytest.raises(CaseError, match="warfarin waits for a yes or no"):
            case_for(consultation)
        assert "warfarin waits" in browse("practitioner").get(at(consultation, "screening")).content.decode()
        line.dismissed = "of another person"
        line.save()
        assert "warfarin" not in dump_case(case_for(consultation))

    def test_says_of_a_line_what_the_reader_of_histories_understands(self, consultation, people):
        kept = {"patient": consultation.patient, "kind": "condition", "confirmed_at": "2026-01-01T00:00Z"}
        HistoryItem.objects.create(text="pregnancy", status="past", until=TODAY - timedelta(days=900), **kept)
        HistoryItem.objects.create(text="melasma", status="past", **kept)
        HistoryItem.objects.create(text="keloid", status="family", **kept)
        HistoryItem.objects.create(text="diabetes", status="denied", **kept)
        names = [item.name for item in case_for(consultation).patient.conditions]
        assert names == ["pregnancy", "past melasma", "family history of keloid", "no diabetes"]
        from dermatwin import screen

        stops = [finding.rule for finding in screen(case_for(consultation)).findings if finding.stops]
        assert "pregnancy" not in stops

    def test_knows_the_age_on_the_first_day(self, consultation):
        born = consultation.patient.birth_date
        assert case_for(consultation, Wanted(start=born.replace(year=2030))).patient.age == 40
        assert case_for(consultation, Wanted(start=born.replace(year=2030) - timedelta(days=1))).patient.age == 39


class TestScreening:
    def test_a_soft_stop_is_lifted_by_a_prescriber_with_a_reason_and_taken_back(self, asked, people, browse):
        blood_thinner(asked)
        client = browse("prescriber")
        assert client.get(at(asked, "screening")).context["found"].verdict == "stop"
        rule = at(asked, "screening", "rules", "anticoagulant")
        assert client.post(rule, {"reason": "short"}).status_code == 200
        assert client.post(rule, {"reason": "INR 1.8, shallow plan, agreed with Dr House"})["Location"] == at(
            asked, "screening"
        )
        found = client.get(at(asked, "screening"))
        assert found.context["found"].verdict == "caution"
        assert "INR 1.8, shallow plan, agreed with Dr House (Dr prescriber)" in found.content.decode()
        lifted = Override.objects.get()
        assert lifted.versions.get().reason == lifted.reason
        entry = AuditEntry.objects.get(action="write", what="override")
        digest = sha256(lifted.reason.encode()).hexdigest()  # the words themselves leave with the person
        assert json.loads(entry.details) == {"rule": "anticoagulant", "reason_sha256": digest}
        client.post(at(asked, "screening", "overrides", str(lifted.pk), "withdraw"))
        assert client.get(at(asked, "screening")).context["found"].verdict == "stop"

    def test_nobody_else_lifts_one(self, asked, browse):
        blood_thinner(asked)
        for role in ("practitioner", "reception", "admin", "auditor"):
            assert (
                browse(role)
                .post(at(asked, "screening", "rules", "anticoagulant"), {"reason": "because I say so"})
                .status_code
                == 403
            )
        assert not Override.objects.exists()

    @pytest.mark.parametrize("rule", ["pregnancy", "anticoagulant", "nothing_of_this_name"])
    def test_a_forged_request_for_what_is_no_soft_stop_is_refused(self, asked, browse, rule):
        Consultation.objects.filter(pk=asked.pk).update(pregnant=True)
        client = browse("prescriber")
        page = client.get(at(asked, "screening")).content.decode()
        assert "no way round" in page
        assert "rules/pregnancy" not in page
        assert client.get(at(asked, "screening", "rules", rule)).status_code == 403
        assert client.post(at(asked, "screening", "rules", rule), {"reason": "a long enough reason"}).status_code == 403
        assert not Override.objects.exists()
        assert AuditEntry.objects.filter(action="refused", record=rule).count() == 2

    def test_the_same_case_is_kept_once(self, asked, browse):
        client = browse("practitioner")
        for _ in range(3):
            kept = client.get(at(asked, "screening")).context["kept"]
        assert asked.screenings.get() == kept
        assert document.digest(kept.case_text) == kept.case_sha256

    def test_words_that_nobody_knows_are_judged(self, asked, browse):
        HistoryItem.objects.create(
            patient=asked.patient, kind="medication", text="Glowmax drops", confirmed_at="2026-01-01T00:00Z"
        )
        client = browse("prescriber")
        rules = lambda: [finding.rule for finding in client.get(at(asked, "screening")).context["found"].findings]  # noqa: E731
        assert "not_known" in rules()
        told = {"about": "Glowmax drops", "reading": "harmless", "reason": "the label names mint and sugar"}
        client.post(at(asked, "screening", "judgement"), told)
        assert "not_known" not in rules()


class TestTheAnamnesis:
    def test_keeps_yes_with_its_details_and_no_and_leaves_out_what_was_not_asked(self, consultation, browse):
        client = browse("practitioner")
        said = {"keloid-answer": "no", "blood_thinner-answer": "yes", "blood_thinner-which": "Xarelto", "rash-answer": ""}
        assert client.post(at(consultation, "anamnesis"), {"version": 1, **said})["Location"] == at(consultation)
        kept = {answer.question: (answer.answer, answer.which) for answer in Answer.objects.all()}
        assert kept == {"keloid": ("no", ""), "blood_thinner": ("yes", "Xarelto")}
        client.post(at(consultation, "anamnesis"), {"version": 2, **said, "keloid-answer": "", "blood_thinner-answer": "no"})
        kept = {answer.question: (answer.answer, answer.which) for answer in Answer.objects.all()}
        assert kept == {"blood_thinner": ("no", "")}

    def test_asks_every_question_that_the_twin_asks(self, consultation, browse):
        page = browse("practitioner").get(at(consultation, "anamnesis"))
        from dermatwin import screen

        missing = screen(case_for(consultation)).not_asked
        text = page.content.decode()
        assert len(missing) > 60
        assert [one.id for one in missing if f'name="{one.id}-answer"' not in text] == []

    def test_two_people_at_once_lose_nothing(self, consultation, browse):
        client = browse("practitioner")
        client.post(at(consultation, "anamnesis"), {"version": 1, "keloid-answer": "yes"})
        late = client.post(at(consultation, "anamnesis"), {"version": 1, "keloid-answer": "no"})
        assert late.status_code == 409
        assert Answer.objects.get().answer == "yes"


class TestZones:
    def test_every_site_of_the_drawings_is_in_the_catalogue(self):
        from dermatwin.workbench.calls import known

        drawn = {spot.site for drawing in drawings() for spot in drawing.spots}
        assert drawn <= set(known.places())
        assert set(known.places()) - drawn == {"face", "body"}

    def test_left_and_right_are_the_persons_own(self):
        face = next(drawing for drawing in drawings() if drawing.title == "Face")
        back = next(drawing for drawing in drawings() if drawing.from_behind)
        assert {spot.side for spot in face.spots if spot.mirrored} == {"right"}
        assert {spot.side for spot in back.spots if spot.mirrored} == {"left"}

    def test_a_zone_is_chosen_graded_changed_and_taken_out(self, consultation, browse):
        client = browse("practitioner")
        told = {"site": "forehead", "side": "", "area_cm2": "30", "hydration": "usual"}
        none = rows({"concern": ""}, {"concern": ""})
        assert client.post(at(consultation, "zones", "new"), {**told, **none}).status_code == 200
        some = rows({"concern": "fine_lines"}, {"concern": "wrinkles"})
        assert client.post(at(consultation, "zones", "new"), {**told, **some}).status_code == 302
        zone = consultation.zones.get(site="forehead")
        assert {one.concern for one in zone.concerns.all()} == {"fine_lines", "wrinkles"}
        again = client.get(at(consultation, "zones", "new"), {"site": "forehead", "side": ""})
        assert again["Location"] == at(consultation, "zones", str(zone.pk))
        client.post(at(consultation, "zones", str(zone.pk), "remove"))
        assert [one.site for one in consultation.zones.all()] == ["cheek"]

    def test_a_site_that_nobody_knows_leads_back(self, consultation, browse):
        answer = browse("practitioner").get(at(consultation, "zones", "new"), {"site": "moon", "side": ""})
        assert answer["Location"] == at(consultation, "sites")


def rows(*concerns):
    told = {"concern-TOTAL_FORMS": len(concerns), "concern-INITIAL_FORMS": 0}
    return told | {f"concern-{n}-{name}": value for n, one in enumerate(concerns) for name, value in one.items()}


def blood_thinner(consultation):
    HistoryItem.objects.create(
        patient=consultation.patient, kind="medication", text="Xarelto", confirmed_at="2026-01-01T00:00Z"
    )


class TestAPlan:
    def test_the_usual_course_stands_beside_the_others(self, asked, browse):
        client = browse("practitioner")
        told = {"device": "pen-12", "start": TODAY + timedelta(days=3), "how": "usual", "budget": "24"}
        assert client.post(at(asked, "courses", "new"), told)["Location"] == at(asked, "courses")
        page = client.get(at(asked, "courses"))
        assert [plan.origin for plan in page.context["plans"]] == ["usual"]
        assert "left cheek for acne scar rolling" in page.content.decode().replace("cheek left", "left cheek")

    def test_there_is_none_for_who_is_stopped(self, asked, browse):
        Consultation.objects.filter(pk=asked.pk).update(pregnant=True)
        told = {"device": "pen-12", "start": TODAY + timedelta(days=3), "how": "usual", "budget": "24"}
        page = browse("practitioner").post(at(asked, "courses", "new"), told)
        assert "No course can be proposed" in page.content.decode()
        assert "Pregnancy" in page.content.decode()
        assert not Plan.objects.exists()

    def test_is_signed_by_name_after_it_was_read_and_has_its_days(self, plan, browse):
        client = browse("prescriber")
        told = {"digest": plan.case_sha256, "name": "Dr prescriber", "read": "on"}
        for wrong in ({"name": "Dr Nobody"}, {"read": ""}, {"digest": "0" * 64}):
            assert client.post(of(plan, "sign"), {**told, **wrong}).status_code == 200
        assert client.post(of(plan, "sign"), told)["Location"] == of(plan)
        signed = Plan.objects.get(pk=plan.pk)
        assert (signed.signed_name, signed.signed_by.username) == ("Dr prescriber", "prescriber")
        assert signed.screening.verdict == "ok"
        case = read(plan.case_text)
        days = [plan.start + timedelta(days=round(day)) for day in case.session_days]
        assert [session.planned_for for session in Session.objects.filter(plan=plan)] == days
        assert Run.objects.get(plan=plan).state == "waiting"
        assert client.post(of(plan, "sign"), told)["Location"] == of(plan)
        assert "never changes" in client.get(of(plan)).content.decode()

    def test_is_not_signed_while_questions_were_not_asked(self, consultation, people, browse):
        plan = usual(consultation, case_for(consultation, Wanted(start=TODAY)), people["practitioner"])
        page = browse("prescriber").post(
            of(plan, "sign"), {"digest": plan.case_sha256, "name": "Dr prescriber", "read": "on"}
        )
        assert "questions of the anamnesis were not asked" in page.content.decode()
        assert not Plan.objects.get().signed

    def test_a_changed_text_is_not_signed(self, plan, browse):
        Plan.objects.filter(pk=plan.pk).update(case_text=plan.case_text + "# more\n")
        told = {"digest": plan.case_sha256, "name": "Dr prescriber", "read": "on"}
        assert "another one by now" in browse("prescriber").post(of(plan, "sign"), told).content.decode()


class TestWork:
    def test_the_command_line_gives_the_same_bytes(self, plan, browse, tmp_path):
        run = Run.objects.create(plan=plan, case_text=plan.case_text, draws=DRAWS, seed=3)
        resume()
        do_jobs(until_done=True)
        run.refresh_from_db()
        assert (run.state, run.said) == ("done", "")
        client = browse("prescriber")
        case = tmp_path / "case.yaml"
        case.write_bytes(client.get(of(plan, "case.yaml").rstrip("/")).content)
        out = tmp_path / "out"
        told = CliRunner().invoke(
            app, ["simulate", str(case), "--draws", str(DRAWS), "--seed", "3", "--out", str(out), "--no-report"]
        )
        assert told.exit_code == 0
        theirs = (out / "summary.json").read_bytes()
        assert (simulating.folder_of(run) / "summary.json").read_bytes() == theirs
        assert run.summary_sha256 == sha256(theirs).hexdigest()
        self.pages_of(client, run)

    def pages_of(self, client, run):
        address = f"/patients/{run.plan.patient.pk}/runs/{run.pk}/"
        page = client.get(address)
        assert run.summary_sha256 in page.content.decode()
        assert set(page.context["zones"]) == {"cheek_left"}
        report = client.get(address + "report/")
        assert report.content == (simulating.folder_of(run) / "report.html").read_bytes()
        assert "script-src 'none'" in report["Content-Security-Policy"]
        assert "unsafe" not in report["Content-Security-Policy"]
        order = client.get(address + "files/session.html")
        assert order.status_code == 200
        assert client.get(address + "files/summary.json")["Content-Disposition"] == 'attachment; filename="summary.json"'
        for wrong in ("run.nc", "case.resolved.yaml", "..", "../secret.key"):
            assert client.get(address + "files/" + wrong).status_code == 404
        event = client.get(address + "events/").content.decode()
        assert event.startswith("retry: 1000\ndata: {")
        assert json.loads(event.split("data: ")[1])["over"] is True

    def test_a_search_becomes_plans_side_by_side(self, asked, browse, monkeypatch):
        client = browse("prescriber")
        told = {"device": "pen-12", "start": TODAY + timedelta(days=3), "how": "search", "budget": "24", "most_sessions": 3}
        place = client.post(at(asked, "courses", "new"), told)["Location"]
        assert "waiting for the worker" in client.get(place).content.decode()
        Search.objects.update(budget=10, draws=6)
        do_jobs(until_done=True)
        assert Search.objects.get().said == ""
        assert client.get(place)["Location"] == at(asked, "courses")
        plans = client.get(at(asked, "courses")).context["plans"]
        assert "usual" in {plan.offer["kind"] for plan in plans}
        assert all(read(plan.case_text).course.sessions.count <= 3 for plan in plans)
        assert client.get(of(plans[0])).status_code == 200

    def test_a_run_that_fails_says_why_and_is_asked_for_again(self, plan, browse, monkeypatch):
        run = Run.objects.create(plan=plan, case_text=plan.case_text.replace("pen-12", "pen-of-nobody"))
        do_jobs(until_done=True)
        run.refresh_from_db()
        assert run.state == "failed"
        client = browse("practitioner")
        page = client.get(f"/patients/{plan.patient.pk}/runs/{run.pk}/").content.decode()
        assert "pen-of-nobody" in page
        again = client.post(f"/patients/{plan.patient.pk}/runs/{run.pk}/again/")["Location"]
        assert "waiting" in client.get(again).content.decode()

    @pytest.mark.parametrize(
        ("error", "said"),
        [
            (ComputationError("mass", "skin", "day 3"), "broke one of its own laws"),
            (MemoryError(), "not enough memory"),
            (OSError(28, "No space left on device"), "could not be written: No space left on device"),
            (RuntimeError("inside"), "A fault of the program"),
        ],
    )
    def test_every_fault_has_its_words(self, plan, error, said):
        run = Run.objects.create(plan=plan, case_text=plan.case_text)

        def fail(tell):
            raise error

        work.carry_out(run, fail)
        run.refresh_from_db()
        assert run.state == "failed"
        assert said in run.said
        assert "inside" not in run.said

    def test_what_an_ended_worker_left_is_done_once_and_given_up_after_three(self, plan):
        run, done = Run.objects.create(plan=plan, case_text=plan.case_text), []

        def ended(tell):
            tell(0.4, "half way")
            done.append(1)
            raise SystemExit

        for _ in range(4):
            if Run.objects.get(pk=run.pk).over:
                break
            try:
                work.carry_out(run, ended)
            except SystemExit:
                assert Run.objects.get(pk=run.pk).doing == "half way"
        run.refresh_from_db()
        assert (run.state, len(done)) == ("failed", 3)
        assert "given up after 3 tries" in run.said
        other = Run.objects.create(plan=plan, case_text=plan.case_text)
        for _ in range(2):
            work.carry_out(other, lambda tell: done.append(2))
        assert done.count(2) == 1

    def test_a_restart_puts_every_job_into_the_queue_once(self, plan):
        from django_tasks_db.models import DBTaskResult

        for state in ("waiting", "running", "done", "failed"):
            Run.objects.create(plan=plan, case_text=plan.case_text, state=state)
        assert [resume(), resume()] == [2, 2]
        assert DBTaskResult.objects.count() == 2


def test_results_of_a_summary_are_those_of_the_page():
    end = {"zone": "cheek", "time_days": 3.0, "median": 0.02, "p05": 0.01, "p95": 0.3, "unit": "1", "grade": "E"}
    told = {
        "endpoints": [{**end, "name": "pih_risk"}, {**end, "name": "pain_vas[2]"}, {**end, "name": "in_situ_depth"}],
        "titles": {"pih_risk": "risk", "pain_vas[2]": "pain (2)"},
    }
    lines = results.results(told)["cheek"]
    assert [(line.title, line.median, line.unit) for line in lines] == [("pain, session 2", 0.02, ""), ("risk", 2.0, "%")]


def test_who_is_not_signed_in_gets_no_report(plan):
    run = Run.objects.create(plan=plan, case_text=plan.case_text, state="done")
    answer = Client(SERVER_NAME="localhost").get(f"/patients/{plan.patient.pk}/runs/{run.pk}/report/")
    assert answer["Location"].startswith("/sign-in/")
