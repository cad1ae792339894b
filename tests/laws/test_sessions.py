"""A session with settings of its own: what it does is what a course that has these settings throughout does in it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import course_of, dermatwin, document, zone_of
from dermatwin import simulate
from dermatwin.case import Case, Settings, case_of, dump_case
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.report import render
from dermatwin.screening import screen
from dermatwin.twin.arms import device_arms, left_out

SERUM = {"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}


def course(**settings: Any) -> Case:
    return case_of(document(course=course_of("cheek", count=3, settings=settings, topicals=[SERUM])))


def changed(*changes: dict[str, Any], **settings: Any) -> Case:
    return course(changes=list(changes), **settings)


@pytest.fixture(scope="module")
def runs() -> dict[str, Any]:
    cases = {
        "long": course(needle_length="1.5 mm"),
        "short": course(needle_length="1 mm"),
        "mixed": changed({"sessions": [1, 3], "needle_length": "1 mm"}, needle_length="1.5 mm"),
    }
    return {name: simulate(case, draws=8, seed=5) for name, case in cases.items()}


@pytest.mark.parametrize(("session", "like"), [(0, "short"), (1, "long"), (2, "short")])
def test_every_session_is_that_of_the_course_with_its_settings(runs, session, like):
    mixed, same = runs["mixed"].zones[0], runs[like].zones[0]
    np.testing.assert_array_equal(mixed.punctures[session].in_situ_depth, same.punctures[session].in_situ_depth)
    np.testing.assert_array_equal(mixed.channels[session].open_area, same.channels[session].open_area)
    np.testing.assert_array_equal(mixed.exposures[session].amount, same.exposures[session].amount)


def test_other_sessions_are_left_as_they_were(runs):
    assert not np.array_equal(
        runs["long"].zones[0].punctures[0].in_situ_depth, runs["short"].zones[0].punctures[0].in_situ_depth
    )


def test_what_is_healed_lies_between_the_two_courses(runs):
    gain = {name: np.median(run.zones[0].history.activated_fraction.sum((1, 2))) for name, run in runs.items()}
    assert gain["short"] < gain["mixed"] < gain["long"]


LENGTHS = st.sampled_from(["0.5 mm", "1 mm", "2 mm"])


@given(first=LENGTHS, later=LENGTHS, passes=st.integers(1, 20))
def test_a_change_says_only_what_it_says(first, later, passes):
    settings = Settings.model_validate(
        {"needle_length": later, "passes": 4, "hand_speed": "3 cm/s", "changes": [{"sessions": [1], "needle_length": first}]}
    )
    assert settings.at(0).needle_length == float(first.split()[0])
    assert settings.at(0).passes == settings.at(1).passes == 4
    assert settings.at(1) == settings.model_copy(update={"changes": []})
    assert settings.at(0).at(0) == settings.at(0)
    other = Settings.model_validate({**settings.model_dump(mode="json"), "changes": [{"sessions": [2], "passes": passes}]})
    assert other.at(1).passes == passes
    assert other.at(0).passes == 4


def test_a_density_and_a_movement_take_the_place_of_one_another():
    moved = {
        "needle_length": "1 mm",
        "passes": 4,
        "hand_speed": "3 cm/s",
        "changes": [{"sessions": [1], "density": "200 /cm^2"}],
    }
    found = Settings.model_validate(moved).at(0)
    assert (found.density, found.passes, found.hand_speed) == (200.0, None, None)
    counted = {"needle_length": "1 mm", "density": "200 /cm^2", "changes": [{"sessions": [1], "passes": 3}]}
    found = Settings.model_validate(counted).at(0)
    assert (found.density, found.passes) == (None, 3)


@pytest.mark.parametrize(
    ("change", "where", "said"),
    [
        ({"sessions": [4], "needle_length": "1 mm"}, "changes.0.sessions.0", "is not a session of this course, which has 3"),
        ({"sessions": [1, 1], "needle_length": "1 mm"}, "changes.0.sessions.1", "is listed twice"),
        ({"sessions": [1]}, "changes.0", "changes nothing"),
        ({"sessions": [1], "density": "200 /cm^2", "passes": 3}, "changes.0.density", "does not go with passes"),
        ({"sessions": [0], "passes": 3}, "changes.0.sessions.0", "1"),
        ({"sessions": [], "passes": 3}, "changes.0.sessions", "needs at least 1"),
        ({"sessions": [1], "passes": 3, "device": "pen-12"}, "changes.0.device", ""),
    ],
)
def test_a_wrong_change_is_one_clear_fault(change, where, said):
    with pytest.raises(CaseError) as caught:
        changed(change)
    (fault,) = caught.value.faults
    assert fault.path.endswith(where)
    assert said in str(fault)


def test_a_session_is_changed_once():
    with pytest.raises(CaseError, match="is changed already"):
        changed({"sessions": [1], "passes": 3}, {"sessions": [2, 1], "passes": 5})


def test_a_length_that_the_device_lacks_is_a_fault_wherever_it_stands():
    with pytest.raises(CaseError, match=r"settings\.cheek\.changes\.0\.needle_length: 3 mm is outside"):
        simulate(changed({"sessions": [2], "needle_length": "3 mm"}), draws=2)


def test_the_deepest_session_is_screened_and_named():
    def said(case: Case) -> list[str]:
        forehead = case.model_copy(update={"zones": [zone_of("forehead", name="cheek")]})
        return [f.reason for f in screen(forehead, Evidence.packaged()).findings if f.rule.startswith("depth_")]

    assert said(course(needle_length="0.5 mm")) == []
    assert any("2.5 mm is set in session 2" in text for text in said(changed({"sessions": [2], "needle_length": "2.5 mm"})))


def test_most_passes_are_screened():
    found = screen(changed({"sessions": [3], "passes": 60}), Evidence.packaged())
    assert any("60 passes" in finding.reason for finding in found.findings)


def test_arms_keep_what_is_asked_of_the_skin():
    case = changed({"sessions": [1], "needle_length": "1 mm", "passes": 2}, {"sessions": [2], "passes": 3})
    arms = device_arms(case, ["pen-12", "roller-192"], Evidence.packaged())
    for arm in arms.values():
        (change,) = arm.course.settings["cheek"].changes
        assert change.stated == {"needle_length": 1.0}
    assert {"course.settings.cheek.changes.0.passes", "course.settings.cheek.changes.1.passes"} <= set(left_out(case))
    for arm in device_arms(case, ["pen-12"], Evidence.packaged(), 1.25).values():
        assert arm.course.settings["cheek"].changes == []


def test_the_report_says_which_session_has_which_length(runs):
    page = render(runs["mixed"])
    assert "Cheek, sessions 1 and 3" in page
    assert "Cheek, session 2" in page
    assert "set to 1\u202fmm in the first session" in page or "set to 1 mm in the first session" in page


def test_a_map_is_drawn_of_the_session_that_is_asked_for(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(dump_case(changed({"sessions": [2], "passes": 8})), encoding="utf-8")
    first, second = (
        json.loads(dermatwin("map", path, "--set", "zones.cheek.area=4 cm^2", "--session", session, "--json").stdout)
        for session in (1, 2)
    )
    assert second["expected_contact_density"] == pytest.approx(2.0 * first["expected_contact_density"])
    assert "is not a session of this course" in dermatwin("map", path, "--session", 4, status=1).stderr
