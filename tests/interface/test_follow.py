"""`dermatwin follow`: what it prints, writes and refuses; one message for each fault, exit status by what was found."""

import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from builders import case_of, course_of, dermatwin, document
from dermatwin.core.errors import CaseError
from dermatwin.following import follow
from dermatwin.screening import load_case

EXAMPLE = Path(__file__).parents[2] / "examples" / "followed" / "week_one.yaml"
RED = {"quantity": "redness", "zone": "cheek", "time": "1 d", "value": 2, "unit": "1", "by": "nurse"}
PAIN = {"quantity": "pain score", "zone": "cheek", "time": "0 d", "value": 4, "unit": "1", "by": "patient"}
FEW = ("--draws", "50")


def written(tmp_path, **changes) -> Path:
    """A case file; two sessions, twelve weeks."""
    path = tmp_path / "case.yaml"
    told = document(**{"course": course_of("cheek"), "horizon": "12 weeks", **changes})
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    return path


def faults(tmp_path, *observations, today: date | None = None, **changes) -> list[str]:
    """What is wrong with observations: every fault in one line."""
    path = written(tmp_path, observations=[dict(one) for one in observations], **changes)
    with pytest.raises(CaseError) as wrong:
        follow(load_case(path), draws=50, seed=1, today=today)
    return [str(fault) for fault in wrong.value.faults]


def seen(**changes) -> dict:
    return {**RED, **changes}


class TestFaults:
    @pytest.mark.parametrize(
        ("observation", "said"),
        [
            (
                seen(quantity="soreness", value=55, by="patient"),
                r"observations.0.value: 55 cannot be: .* from 0 to 10; was 5.5 meant\?",
            ),
            (seen(value=-1), r"observations.0.value: -1 cannot be"),
            (seen(quantity="TEWL", unit="mg", value=12, by="device"), r"observations.0.unit: 'mg' is not a unit of tewl"),
            (seen(quantity="rednes of soul"), r"observations.0.quantity: .*is not a quantity"),
            (seen(zone="chek"), r"observations.0.zone: chek is not a zone of this case; did you mean 'cheek'\?"),
            (seen(time="-3 d"), r"observations.0.time: -3 d is before the first session"),
            (seen(time="2026-01-10"), r"observations.0.time: .*is before the first session, 2026-01-12"),
            (
                seen(quantity="pain_vas[2]", time="20 d"),
                r"observations.0.time: 20 d is before the session that it is about, day 28",
            ),
            (
                seen(quantity="pain_vas[3]", time="60 d"),
                r"observations.0.quantity: .*session that this course does not have",
            ),
            (seen(by="device"), r"observations.0.by: device does not read redness, graded 0-4: write clinician or patient"),
            (seen(quantity="ECCA score", value=40), r"observations.0.quantity: score\[ecca\] cannot be compared"),
            ({key: value for key, value in RED.items() if key != "time"}, r"observations.0.time: is missing"),
        ],
    )
    def test_one_clear_message_each(self, tmp_path, observation, said):
        told = faults(tmp_path, observation)
        assert len(told) == 1, told
        assert re.search(said, told[0]), told

    def test_a_word_that_may_mean_two_is_asked(self, tmp_path):
        told = faults(tmp_path, seen(quantity="Goodman and Baron"))
        assert len(told) == 1
        assert "observations.0.quantity" in told[0]

    def test_the_future_is_a_fault(self, tmp_path):
        noted = [{"symptom": "red", "zone": "cheek", "time": "9 d"}]
        told = faults(tmp_path, seen(time="4 d"), today=date(2026, 1, 14), symptoms=noted)
        assert len(told) == 2
        assert all("is in the future: today, 2026-01-14, is day 2" in one for one in told)

    def test_a_zone_without_needles_shows_nothing(self, tmp_path):
        zones = [{"zone": "cheek", "area": "20 cm^2"}, {"zone": "neck", "area": "20 cm^2", "treated": False}]
        assert "was not treated" in faults(tmp_path, seen(zone="neck"), zones=zones)[0]

    def test_every_fault_at_once(self, tmp_path):
        assert len(faults(tmp_path, seen(value=9), seen(by="device"), seen(time="-1 d"))) == 3

    @pytest.mark.parametrize(
        ("held", "said"),
        [
            ([{"session": 3}], "is not a session of this course, which has 2"),
            ([{"session": 1, "missed": True}], "cannot be: the course begins with its first session"),
            ([{"session": 2, "missed": True, "time": "30 d"}], "does not go with a day or settings"),
            ([{"session": 2, "time": "0 d"}], "is not after the session before it"),
            ([{"session": 2}, {"session": 2}], "is told already"),
            ([{"session": 2, "settings": {"chek": {"passes": 2}}}], "did you mean 'cheek'"),
            ([{"session": 2, "settings": {"cheek": {}}}], "changes nothing"),
            ([{"session": 2, "time": "90 d"}], "is not before the horizon"),
        ],
    )
    def test_of_sessions_as_they_were_held(self, tmp_path, held, said):
        with pytest.raises(CaseError) as wrong:
            load_case(written(tmp_path, held=held))
        assert len(wrong.value.faults) == 1
        assert said in str(wrong.value.faults[0])

    def test_of_symptoms(self, tmp_path):
        noted = [{"symptom": "red", "zone": "chek"}, {"symptom": "red", "time": "-1 d"}]
        with pytest.raises(CaseError) as wrong:
            load_case(written(tmp_path, symptoms=noted))
        assert [fault.path for fault in wrong.value.faults] == ["symptoms.0.zone", "symptoms.1.time"]

    def test_a_day_that_is_none_is_refused(self, tmp_path):
        done = dermatwin("follow", written(tmp_path), "--today", "01.02.2026", status=1)
        assert "--today" in done.stderr

    def test_what_is_not_foreseen_cannot_be_awaited(self, tmp_path):
        done = dermatwin("follow", written(tmp_path), *FEW, "--awaited", "beauty", status=1)
        assert "redness_duration[2]" in done.stderr


class TestWords:
    def test_daily_words_and_days_of_the_calendar(self, tmp_path):
        told = seen(quantity="how red", time="13 January 2026", by="herself")
        case = load_case(written(tmp_path, observations=[told], symptoms=[{"symptom": "red", "time": "2026-01-15"}]))
        one = case.observations[0]
        assert (one.quantity, one.time, one.by) == ("redness_grade", 1.0, "patient")
        assert case.symptoms[0].time == 3.0

    def test_a_scale_by_its_name_is_a_score(self, tmp_path):
        case = load_case(written(tmp_path, observations=[seen(quantity="ECCA", value=40)]))
        assert case.observations[0].quantity == "score[ecca]"

    def test_quantities_of_the_catalogue_stay(self, tmp_path):
        names = ["pain_vas[1]", "ita", "erythema_index", "trial_mean_scale_change[ecca]"]
        case = load_case(written(tmp_path, observations=[seen(quantity=name) for name in names]))
        assert [one.quantity for one in case.observations] == names

    def test_settings_of_a_session_under_the_name_of_a_zone(self, tmp_path):
        held = [{"session": 2, "settings": {"Cheek": {"needle_length": "1 mm"}}}]
        assert list(load_case(written(tmp_path, held=held)).held[0].settings) == ["cheek"]


@pytest.fixture(scope="module")
def followed():
    """Redness and pain that can be, a value that hardly can, a mean of a group, one without an error, symptoms."""
    seen_by = [
        {**RED, "quantity": "redness_grade", "by": "clinician"},
        {**PAIN, "quantity": "pain_vas[1]"},
        {"quantity": "tewl", "zone": "cheek", "time": "2 d", "value": 250.0, "unit": "g/m^2/h", "by": "device"},
        {"quantity": "redness_grade", "zone": "cheek", "time": "3 d", "value": 1.0, "unit": "1", "n": 12},
        {"quantity": "collagen_density", "zone": "cheek", "time": "30 d", "value": 1.0, "unit": "1"},
    ]
    noted = [{"symptom": "red and sore", "zone": "cheek", "time": "1 d"}]
    case = case_of(course=course_of("cheek"), horizon="12 weeks", observations=seen_by, symptoms=noted)
    return follow(case, draws=(50, 50), seed=1)


class TestJudged:
    def test_each_has_a_word(self, followed):
        assert {one.seen.number for one in followed.observations} == {0, 1, 2, 3, 4}
        assert all(one.words for one in followed.observations)
        assert "of 100 people like her" in followed.observations[0].words

    def test_what_hardly_anybody_has_is_asked_about_and_left_out(self, followed):
        asked = followed.observations[2]
        assert asked.asked is not None
        assert not asked.learnt
        assert "fewer than 1 of 1000" in asked.words
        assert re.search(r"25 would fit, was that meant\?", str(asked.asked))
        assert "confirmed: true" in str(asked.asked)

    def test_a_mean_of_people_is_shown_and_not_learnt_from(self, followed):
        assert "mean of 12 people" in followed.observations[3].seen.left_out
        assert not followed.observations[3].learnt

    def test_without_an_error_nothing_is_learnt(self, followed):
        assert not followed.observations[4].learnt

    def test_confirmed_it_counts(self):
        told = {"quantity": "tewl", "zone": "cheek", "time": "2 d", "value": 150.0, "unit": "g/m^2/h", "by": "device"}
        asks = [
            follow(case_of(course=course_of("cheek"), observations=[{**told, "confirmed": said}]), draws=(50, 50), seed=1)
            for said in (False, True)
        ]
        assert [len(one.asked) for one in asks] == [1, 0]
        assert np.allclose(asks[0].weights, 1.0 / 50)
        assert not np.allclose(asks[1].weights, 1.0 / 50)

    def test_late_redness_says_what_to_look_for(self):
        told = {"quantity": "redness_grade", "zone": "cheek", "time": "9 d", "value": 3.0, "unit": "1", "by": "clinician"}
        one = follow(case_of(course=course_of("cheek"), observations=[told]), draws=(50, 50), seed=1).observations[0]
        assert one.status in ("late", "act")
        assert "infection" in one.look_for
        assert one.side == "high"

    def test_symptoms_carry_the_count_of_the_twin(self, followed):
        red = next(advice for advice in followed.triage[0].advice if advice.symptom == "redness")
        assert re.search(r"the twin says that \d+ of 100 people like her still have it", red.reason)


class TestVerb:
    def test_a_page_of_eighty_columns(self, tmp_path):
        path = written(tmp_path, observations=[RED, PAIN], symptoms=[{"symptom": "red", "zone": "cheek", "time": "1 d"}])
        done = dermatwin("follow", path, *FEW)
        assert max(map(len, done.stdout.splitlines())) <= 80
        for word in ("REASSURE", "expected", "Before", "After", "people speak for her", "Next:"):
            assert word in done.stdout

    def test_json_and_folder_say_the_same(self, tmp_path):
        path = written(tmp_path, observations=[RED])
        done = dermatwin("follow", path, *FEW, "--json", "--out", tmp_path / "out")
        told = json.loads(done.stdout)
        assert told == json.loads((tmp_path / "out" / "follow.json").read_text(encoding="utf-8"))
        people = told["people"]
        assert len(people["weights"]) == people["draws"]
        assert sum(people["weights"]) == pytest.approx(1.0, abs=1e-4)
        assert told["done"] == [1]
        assert told["observations"][0]["status"] == "expected"

    def test_urgent_leaves_with_three_and_says_so_first(self, tmp_path):
        path = written(tmp_path, symptoms=[{"symptom": "wheezing", "time": "1 d"}])
        done = dermatwin("follow", path, *FEW, status=3)
        assert done.stderr.startswith("URGENT symptoms.0")
        assert "URGENT wheezing" in done.stdout

    def test_urgent_is_said_though_an_observation_is_wrong(self, tmp_path):
        path = written(tmp_path, observations=[{**RED, "value": 9}], symptoms=[{"symptom": "wheezing", "time": "1 d"}])
        done = dermatwin("follow", path, *FEW, status=1)
        assert "URGENT" in done.stderr
        assert "observations.0.value" in done.stderr

    def test_asked_about_leaves_with_one(self, tmp_path):
        told = {"quantity": "TEWL", "zone": "cheek", "time": "2 d", "value": 250, "unit": "g/m^2/h", "by": "meter"}
        done = dermatwin("follow", written(tmp_path, observations=[told]), *FEW, status=1)
        assert "observations.0.value: 250" in done.stderr
        assert "Before" in done.stdout

    def test_nothing_told_is_a_forecast_alone(self, tmp_path):
        done = dermatwin("follow", written(tmp_path), *FEW)
        assert "Before" in done.stdout

    def test_a_run_of_such_a_case_says_what_it_leaves_aside(self, tmp_path):
        path = written(tmp_path, held=[{"session": 2, "missed": True}], symptoms=[{"symptom": "red", "time": "1 d"}])
        done = dermatwin("simulate", path, "--draws", "4", "--no-split", "--json")
        told = [one["path"] for one in json.loads(done.stdout)["warnings"]]
        assert "held" in told
        assert "symptoms" in told


@pytest.fixture(scope="module")
def html():
    from dermatwin.report.following import render_follow

    return render_follow(follow(load_case(EXAMPLE), draws=(60, 60), seed=1))


class TestPage:
    def test_asks_nothing_of_a_network_and_runs_nothing(self, html):
        assert not re.search(r"<script|src=|url\(|@import|<link|https?://(?!www\.w3\.org)", html)

    def test_shows_symptoms_observations_both_bands_and_what_next(self, html):
        for word in (
            "Urgent",
            "yellow crusts and shivers",
            "Seen and foreseen",
            "What is foreseen now",
            "possible people speak",
        ):
            assert word in html
        assert html.count('class="observed"') == 4
        assert "band tone-1" in html
        assert "band tone-2" in html

    def test_text_of_a_case_is_escaped(self):
        from dermatwin.report.following import render_follow

        noted = [{"symptom": "<b>red</b>", "zone": "cheek", "time": "1 d"}]
        case = case_of(title="<script>x</script>", course=course_of("cheek"), symptoms=noted)
        page = render_follow(follow(case, draws=(50, 50), seed=1))
        assert "<script>x" not in page
        assert "<b>red" not in page
        assert "&lt;b&gt;red" in page
