"""A course planned on: what was held stays, those stand for her whom the observations left, danger comes first."""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
import pytest

from builders import case_of, course_of
from dermatwin.case import Case
from dermatwin.core import Luck
from dermatwin.evidence import Evidence
from dermatwin.following.weights import resampled
from dermatwin.onward import Onward, onward
from dermatwin.planning import propose
from dermatwin.planning.search import Held, Space, candidate, search, space_of
from dermatwin.planning.search.calendar import clashes, session_date
from dermatwin.planning.search.seek import default_of
from dermatwin.planning.search.worth import worth_of
from dermatwin.twin.what_if import Twin

PEOPLE = 10


@pytest.fixture(autouse=True)
def few_are_followed(monkeypatch):
    monkeypatch.setattr(sys.modules["dermatwin.onward"], "PEOPLE", 60)


SCARS = {"concern": "acne_scar_rolling", "scale": "goodman_baron_qualitative", "severity": 3}
LONG_RED = [
    {"quantity": "skin_redness", "zone": "cheek", "time": f"{day} d", "value": 2, "unit": "1", "confirmed": True}
    for day in (1, 2, 3)
]
CREAM = {"product": "lidocaine 4 % cream", "dose": "2 mg/cm^2", "apply": "-40 min", "remove": "-5 min", "sessions": [1]}
SETTINGS = {
    "cheek": {
        "needle_length": "1.5 mm",
        "passes": 5,
        "hand_speed": "2 cm/s",
        "changes": [{"sessions": [1], "needle_length": "1 mm"}, {"sessions": [3], "passes": 2}],
    }
}


def _case(**changes: object) -> Case:
    zones = [{"zone": "cheek", "area": "60 cm^2", "concerns": [SCARS]}]
    course = {**course_of("cheek", count=4, settings=None), "settings": SETTINGS, "topicals": [CREAM]}
    return case_of(**{"zones": zones, "course": course, **changes})


def _space(case: Case, held: Held | None) -> Space:
    evidence = Evidence.packaged()
    space = space_of(case, propose(case, evidence), evidence, held)
    assert space is not None
    return space


@cache
def _onward(**changes: object) -> Onward:
    return onward(_case(observations=LONG_RED), PEOPLE, budget=10)


def test_what_was_held_stays_in_every_candidate() -> None:
    case, held = _case(), Held(2, 29.5)
    space = _space(case, held)
    for one in (default_of(space), default_of(space).with_zone(0, candidate.Needling(1.0, 3))):
        made = candidate.case_of(one, space)
        for session in range(2):
            assert made.course.settings["cheek"].at(session) == case.course.settings["cheek"].at(session)
        coming = made.course.settings["cheek"].at(2)
        assert one.zones[0] is not None
        assert (coming.needle_length, coming.passes) == (one.zones[0].length, one.zones[0].passes)
        assert coming.hand_speed == case.course.settings["cheek"].hand_speed
        assert made.session_days[:2] == case.session_days[:2]
        assert made.session_days[2] == pytest.approx(max(case.session_days[1] + one.interval, 30.0))
        assert [topical.sessions for topical in made.course.topicals] == [[1]]


def test_nothing_more_is_done_before_today() -> None:
    late = _space(_case(), Held(1, 400.5))
    assert candidate.days_of(default_of(late), late)[:2] == (0.0, 401.0)
    assert (session_date(late, default_of(late), 1) - late.case.course.start).days == 401


def test_a_course_goes_on_with_its_device_in_its_zones_and_never_ends_before_what_was_done() -> None:
    zones = [{"zone": z, "area": "40 cm^2", "concerns": [SCARS]} for z in ("cheek", "forehead")]
    zones[1]["treated"] = False
    space = _space(_case(zones=zones, cabinet={"devices": ["roller-192"]}), Held(3, 60.0))
    assert [zone.key for zone in space.zones] == ["cheek"]
    assert [own.record for own in space.devices] == ["pen-12"]
    assert min(space.counts) > 3
    assert not space.can_wait


def test_with_all_sessions_of_trials_held_nothing_is_left_to_go_on_with() -> None:
    days = {"days": [f"{28 * n} d" for n in range(20)]}
    course = {**course_of("cheek"), "sessions": days}
    found = search(_case(course=course), PEOPLE, held=Held(20, 532.0))
    assert found.space is None
    assert "20 held" in found.reason


def test_downtime_and_visits_are_those_to_come_and_days_to_keep_free_count_from_today() -> None:
    kept = {"keep_free": [{"start": "2026-01-12", "end": "2026-01-14"}]}
    space = _space(_case(accepts=kept), Held(1, 7.0))
    one = default_of(space)
    worth = worth_of(one, space, Twin(space.case, PEOPLE))
    assert worth.by_session.shape == (one.count - 1, PEOPLE)
    assert worth.visits == one.count - 1
    assert clashes(space, one, [0.0] * worth.visits) == 0.0


def test_a_course_that_goes_on_as_planned_is_that_course() -> None:
    """The twin's answer for the default from here is that of the whole course planned at once."""
    course = {**course_of("cheek", count=4), "settings": {"cheek": {"needle_length": "1.5 mm", "passes": 4}}}
    case = _case(course=course)
    space = _space(case, Held(1, 1.0))
    one = candidate.Candidate(0, 4, case.session_days[1], (candidate.Needling(1.5, 4),))
    made = candidate.case_of(one, space)
    assert made.session_days == case.session_days
    twin = Twin(case, PEOPLE)
    horizon = {"horizon": max(made.horizon, case.horizon)}
    pairs = zip(twin.answer(made.model_copy(update=horizon)), twin.answer(case.model_copy(update=horizon)), strict=True)
    for mine, whole in pairs:
        for a, b in zip(mine.readings, whole.readings, strict=True):
            np.testing.assert_array_equal(a.values, b.values, err_msg=a.quantity)


def test_who_stands_for_her_is_whom_the_observations_left() -> None:
    weights = np.array([0.0, 0.5, 0.0, 0.3, 0.2])
    chosen = resampled(weights, 1000, Luck(3, 1000))
    counts = np.bincount(chosen, minlength=5)
    assert np.abs(counts - 1000 * weights).max() <= 1.0
    first = np.bincount(chosen[:200], minlength=5)  # luck has mixed them: the first ones are a fair sample, too
    assert np.abs(first - 200 * weights).max() < 40.0
    np.testing.assert_array_equal(np.sort(resampled(np.full(50, 0.02), 50, Luck(3, 50))), np.arange(50))


def test_who_is_asked_are_the_people_that_were_weighed() -> None:
    """Person 17 of the search is person 17 of the following, to the bit, as often as he counts."""
    told = _onward()
    assert told.found is not None
    assert told.found.space is not None
    assert told.found.space.done == 1
    numbers = told.follow.like_her(PEOPLE)
    assert told.found.different == len(set(numbers)) <= PEOPLE
    everybody, hers = (Twin(told.follow.case, n, people=who) for n, who in ((told.follow.draws, None), (PEOPLE, numbers)))
    for all_, one in zip(*(t.answer(told.follow.case)[0].readings for t in (everybody, hers)), strict=True):
        np.testing.assert_array_equal(one.values, all_.values[list(numbers)], err_msg=one.quantity)


def test_the_same_seed_finds_the_same_and_offers_keep_what_was_held() -> None:
    told, again = _onward(), onward(_case(observations=LONG_RED), PEOPLE, budget=10)
    assert told.found is not None
    assert again.found is not None
    assert [offer.candidate for offer in told.found.offers] == [offer.candidate for offer in again.found.offers]
    for offer in told.found.offers:
        assert offer.case.course.settings["cheek"].at(0).needle_length == 1.0
        assert offer.case.session_days[0] == 0.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"symptoms": [{"symptom": "shivers and pus", "zone": "cheek", "time": "2 d"}]}, "urgent"),
        (
            {"observations": [{"quantity": "skin_redness", "zone": "cheek", "time": "60 d", "value": 4, "unit": "1"}]},
            "asked about",
        ),
    ],
)
def test_what_has_to_be_looked_at_comes_before_a_plan(changes: dict[str, object], said: str) -> None:
    told = onward(_case(**changes), PEOPLE, budget=10)
    assert told.found is None
    assert said in told.first
