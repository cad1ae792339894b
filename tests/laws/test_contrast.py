"""Laws of a comparison: the same people in every arm, and differences that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from dermatwin.core import CaseError
from dermatwin.evidence import Evidence
from dermatwin.twin import Contrast, compare, simulate
from dermatwin.twin.arms import TECHNIQUE, device_arms, left_out
from dermatwin.twin.contrast import difference

EVIDENCE = Evidence.packaged()

DRAWS = 40


def course_with(make_case, **settings):
    course = make_case().model_dump(mode="json")["course"]
    course["settings"]["cheek"] |= settings
    return make_case(course=course)


@pytest.fixture(scope="module")
def pair(make_case) -> Contrast:
    cases = [course_with(make_case, needle_length=length) for length in ("1.0 mm", "2.0 mm")]
    return compare(cases, ["short", "long"], DRAWS, 7)


def row(found: Contrast, name: str):
    return next(row for row in found.rows if row.first.quantity == name)


def test_a_case_beside_itself_is_the_same(make_case):
    found = compare([make_case(), make_case()], ["a", "b"], DRAWS, 7)
    assert found.settings == ()
    assert len(found.rows) == len(found.runs[0].endpoints)
    for entry in found.rows:
        only = entry.differences[0]
        if only.people:
            assert (only.low, only.median, only.high, only.larger, only.equal) == (0.0, 0.0, 0.0, 0.5, 1.0), entry.first.name
            assert only.ratio in (None, (1.0, 1.0, 1.0))


def test_a_comparison_changes_nothing_in_its_arms(make_case, pair):
    alone = simulate(course_with(make_case, needle_length="2.0 mm"), DRAWS, 7)
    for mine, theirs in zip(pair.runs[1].endpoints, alone.endpoints, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values)


def test_swapped_arms_invert_the_difference(make_case, pair):
    cases = [run.case for run in reversed(pair.runs)]
    swapped = compare(cases, ["long", "short"], DRAWS, 7)
    ratios = 0
    for entry, other in zip(pair.rows, swapped.rows, strict=True):
        there, back = entry.differences[0], other.differences[0]
        np.testing.assert_allclose(
            [back.low, back.median, back.high],
            [-there.high, -there.median, -there.low],
            rtol=1e-9,
            atol=1e-12,
            equal_nan=True,
        )
        if there.people:
            assert back.larger == pytest.approx(1.0 - there.larger)
        if there.ratio is not None and back.ratio is not None and min(*there.ratio, *back.ratio) > 0.0:
            ratios += 1
            middle = sorted(entry.arms[1].values / entry.arms[0].values)[DRAWS // 2 - 1 : DRAWS // 2 + 1]
            assert 1.0 / middle[1] <= back.ratio[1] <= 1.0 / middle[0]
    assert ratios > 20


@pytest.mark.parametrize("name", ["in_situ_depth", "residual_depth", "injured_volume"])
def test_longer_needles_come_deeper_and_injure_more(pair, name):
    found = row(pair, name).differences[0]
    assert found.median > 0.0
    assert found.larger > 0.9


@pytest.mark.parametrize("name", ["in_situ_depth", "closure_time_dye", "collagen_density"])
def test_people_are_paired(pair, name):
    """The band of the difference is narrower than between people who are not the same."""
    entry = row(pair, name)
    first, second = (arm.values for arm in entry.arms)
    strangers = difference(np.roll(second, 1), first)
    found = entry.differences[0]
    assert found.high - found.low < 0.8 * (strangers.high - strangers.low)


def test_people_without_a_number_are_left_out_and_counted():
    found = difference(np.array([2.0, np.nan, 4.0, np.inf]), np.array([1.0, 1.0, 4.0, 1.0]))
    assert (found.people, found.larger, found.equal) == (2, 0.75, 0.5)
    assert difference(np.array([np.nan]), np.array([1.0])).people == 0


def test_no_multiple_of_nothing():
    assert difference(np.array([1.0, 2.0]), np.array([0.0, 1.0])).ratio is None
    assert difference(np.array([-1.0, 2.0]), np.array([1.0, 1.0])).ratio is None
    assert difference(np.array([0.0, 2.0]), np.array([1.0, 1.0])).ratio is not None


def test_other_people_cannot_be_compared(make_case):
    older = make_case(patient={"age": "60 yr", "sex": "female", "phototype": "III"})
    with pytest.raises(CaseError, match=r"older: patient.age: 60 yr is 40 yr in this") as caught:
        compare([make_case(), older], ["this", "older"], 2, 1)
    assert {fault.path for fault in caught.value.faults} == {"older: patient.age", "older: patient.body_weight"}


def test_faults_of_every_arm_are_told_at_once_under_its_label(make_case):
    wrong = [make_case(course={**make_case().model_dump(mode="json")["course"], "device": name}) for name in ("pan", "pun")]
    with pytest.raises(CaseError) as caught:
        compare(wrong, ["one", "two"], 2, 1)
    assert [fault.path for fault in caught.value.faults] == ["one: course.device", "two: course.device"]


class TestDeviceArms:
    def test_only_what_is_asked_of_the_skin_stays(self, make_case):
        case = course_with(make_case, device="pen-36", stretched=True, force="2 N", frequency="100 Hz")
        arms = device_arms(case, ["Dermapen 4", "stamp"], EVIDENCE)
        assert list(arms) == ["Dermapen 4", "Generic stamp, 35 needles"]
        assert [arm.course.device for arm in arms.values()] == ["dermapen-4", "stamp-35"]
        for arm in arms.values():
            given = arm.course.settings["cheek"]
            assert (given.needle_length, given.stretched) == (1.5, True)
            assert all(getattr(given, name) is None for name in ("device", *TECHNIQUE))
            assert arm.model_copy(update={"course": case.course}) == case
        assert left_out(case) == tuple(
            f"course.settings.cheek.{name}" for name in ("device", "passes", "hand_speed", "frequency", "force")
        )

    def test_stated_density_stays(self, make_case):
        arms = device_arms(course_with(make_case, density="250 /cm^2"), ["pen", "stamp"], EVIDENCE, 1.0)
        assert {arm.course.settings["cheek"].density for arm in arms.values()} == {250.0}
        assert {arm.course.settings["cheek"].needle_length for arm in arms.values()} == {1.0}

    def test_story_leaves_out_what_no_arm_needles(self, make_case):
        zones = [{"zone": "cheek", "area": "50 cm^2"}, {"zone": "forehead", "area": "40 cm^2", "treated": False}]
        found = compare(
            list(device_arms(make_case(zones=zones), ["pen", "stamp"], EVIDENCE).values()), ["pen", "stamp"], 4, 1
        )
        assert {entry.first.zone for entry in found.story} == {"cheek"}
        assert "forehead" in {entry.first.zone for entry in found.rows}
