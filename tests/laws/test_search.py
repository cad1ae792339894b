"""Searching for a course: fences, fronts, a default that is always there, and the same people as the twin itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import case_of, course_of, document
from dermatwin.case import Case
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.planning import propose
from dermatwin.planning.search import Found, Space, search, space_of, to_dict
from dermatwin.planning.search import candidate as candidates
from dermatwin.planning.search.calendar import clashes
from dermatwin.planning.search.front import best, dominated, hypervolume, losses, ranks
from dermatwin.planning.search.seek import default_of
from dermatwin.planning.search.worth import worth_of
from dermatwin.screening import depth_guidance, load_case, screen
from dermatwin.twin import simulate
from dermatwin.twin.what_if import LEFT_OUT, Twin

PEOPLE = 10
SCARS = {"concern": "acne_scar_rolling", "scale": "goodman_baron_qualitative", "severity": 3}


def _case(**changes: object) -> Case:
    zones = [
        {"zone": "cheek", "area": "60 cm^2", "concerns": [SCARS]},
        {"zone": "forehead", "area": "40 cm^2", "concerns": ["wrinkles"]},
    ]
    whole = {
        "zones": [{**z, "concerns": [c if isinstance(c, dict) else {"concern": c} for c in z["concerns"]]} for z in zones]
    }
    return case_of(**{**whole, "course": course_of("cheek", "forehead", count=3), **changes})


def _space(case: Case) -> Space:
    evidence = Evidence.packaged()
    space = space_of(case, propose(case, evidence), evidence)
    assert space is not None
    return space


@cache
def _found(phototype: str = "III") -> Found:
    person = {"age": "40 yr", "sex": "female", "phototype": phototype}
    return search(_case(patient=person), draws=PEOPLE, budget=12)


def test_the_twin_that_is_asked_gives_the_numbers_of_a_run() -> None:
    case = propose(_case()).case
    assert case is not None
    told = {(r.quantity, r.detail, r.zone, r.time): r.values for a in Twin(case, PEOPLE).answer(case) for r in a.readings}
    run = {(e.quantity, e.detail, e.zone, e.time_days): e.values for e in simulate(case, PEOPLE).endpoints}
    assert {quantity for quantity, *_ in told} >= {"relative_improvement", "downtime_makeup", "pih_risk"}
    assert not {quantity for quantity, *_ in told} & set(LEFT_OUT)
    for key, values in told.items():
        np.testing.assert_array_equal(values, run[key], err_msg=str(key))


def test_what_has_not_changed_is_not_computed_again() -> None:
    space = _space(_case())
    twin, default = Twin(space.case, PEOPLE), default_of(space)
    worth_of(default, space, twin)
    assert twin.computed == len(space.zones)
    worth_of(default, space, twin)
    worth_of(default.with_zone(1, None), space, twin)
    assert twin.computed == len(space.zones)
    other = next(one for one in space.devices[0].lengths[0] if one != default.zones[0].length)  # type: ignore[union-attr]
    worth_of(default.with_zone(0, candidates.Needling(other, default.zones[0].passes)), space, twin)  # type: ignore[union-attr]
    assert twin.computed == len(space.zones) + 1


def test_another_person_and_a_strange_zone_are_told() -> None:
    twin = Twin(_case(), PEOPLE)
    with pytest.raises(CaseError, match="another person"):
        twin.answer(_case(patient={"age": "41 yr", "sex": "female", "phototype": "III"}))
    strange = [{"zone": "chin", "area": "20 cm^2"}]
    with pytest.raises(CaseError, match="no zone of this twin"):
        twin.answer(_case(zones=strange, course=course_of("chin")))


@pytest.mark.parametrize("phototype", ["III", "V"])
def test_the_default_is_one_of_the_candidates_to_the_letter(phototype: str) -> None:
    case = _case(patient={"age": "40 yr", "sex": "female", "phototype": phototype})
    space = _space(case)
    made, planned = candidates.case_of(default_of(space), space), space.plan.case
    assert planned is not None
    assert made.course.settings == planned.course.settings
    assert made.course.sessions == planned.course.sessions
    assert made.course.device == planned.course.device


ages, sexes = st.integers(19, 80), st.sampled_from(["female", "male"])
sites = st.sampled_from(["cheek", "forehead", "upper_lip", "neck", "abdomen", "hand"])
concerns = st.sampled_from(["acne_scar_rolling", "wrinkles", "fine_lines", "striae", "pores", "melasma"])


@settings(deadline=None, max_examples=40)
@given(ages, sexes, st.sampled_from(["I", "III", "IV", "VI"]), sites, concerns, st.integers(0, 10_000))
def test_no_candidate_leaves_label_table_or_a_stop(
    age: int, sex: str, phototype: str, site: str, concern: str, pick: int
) -> None:
    person = {"age": f"{age} yr", "sex": sex, "phototype": phototype}
    zones = [{"zone": site, "area": "30 cm^2", "concerns": [{"concern": concern}]}]
    cabinet = {"devices": ["pen-12", "roller-192"]}
    case = Case.model_validate(document(patient=person, zones=zones, course=course_of(site), cabinet=cabinet))
    evidence = Evidence.packaged()
    space = space_of(case, propose(case, evidence), evidence)
    if space is None:
        return
    luck = np.random.default_rng(pick)
    number = int(luck.integers(len(space.devices)))
    own = space.devices[number]
    needling = candidates.Needling(float(luck.choice(own.lengths[0])), int(luck.choice(own.passes)))
    count, interval = int(luck.choice(space.counts)), float(luck.choice(space.intervals))
    one = candidates.Candidate(number, count, interval, (needling,))
    made, zone = candidates.case_of(one, space), space.zones[0]
    guide = depth_guidance(site, evidence, None)
    _, high = space.plan.proposals[0].depth_range or (0.0, 0.0)
    assert guide is None or needling.length <= guide.stop_above
    assert needling.length <= min(high, zone.high) + 1e-9 or needling.length == own.device.min_length
    assert own.device.min_length <= made.course.settings[site].needle_length <= own.device.max_length
    assert not own.device.phototypes or number == 0 or phototype in own.device.phototypes
    assert not screen(made, evidence).at("hard_stop")


def test_offers_are_distinct_sound_and_stand_beside_the_default() -> None:
    found = _found()
    kinds = [offer.kind for offer in found.offers]
    assert len({offer.candidate for offer in found.offers}) == len(kinds) == len(set(kinds)) >= 2
    assert found.space is not None
    assert default_of(found.space) in {offer.candidate for offer in found.offers}
    for offer in found.offers:
        assert not screen(offer.case).at("hard_stop", "soft_stop")
        assert offer.worth.gain.shape == (PEOPLE,)
    gains = {offer.kind: offer.worth.objectives[0] for offer in found.offers}
    assert "thorough" not in gains or gains["thorough"] == max(gains.values())


def test_a_seed_finds_the_same_again() -> None:
    again = search(_found().case, draws=PEOPLE, budget=12)
    assert to_dict(again) == to_dict(_found())


def test_what_is_accepted_is_kept_and_the_default_only_compared() -> None:
    case = _case(accepts={"sessions": 2, "downtime": "0.1 d"})
    found = search(case, draws=PEOPLE, budget=12)
    for offer in found.offers:
        kept = np.nanquantile(offer.worth.by_session, 0.5, axis=1).max() <= 0.1
        assert kept or (offer.kind == "usual" and offer.outside)
    assert found.offers or found.reason


def test_days_to_be_kept_free_are_those_that_are_seen() -> None:
    space = _space(_case(accepts={"keep_free": ["2026-01-13", {"start": "2026-02-01", "end": "2026-02-02"}]}))
    one = default_of(space)
    assert clashes(space, one, [0.0] * one.count) == 0.0
    assert clashes(space, one, [0.5] * one.count) == 1.0
    late = _space(_case(accepts={"keep_free": ["2026-01-12"]}))
    assert clashes(late, default_of(late), [0.0]) == 1.0


def test_dark_skin_begins_shallower_and_waits_longer() -> None:
    light, dark = _found("III"), _found("V")
    assert light.space is not None
    assert dark.space is not None
    assert min(dark.space.intervals) > min(light.space.intervals)
    for offer in dark.offers:
        assert offer.test_spot
        for needled in offer.case.course.settings.values():
            assert needled.at(0).needle_length <= needled.needle_length


def test_an_interruption_returns_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    whole = Twin.answer

    def broken(self: Twin, case: Case):
        asked.append(1)
        if len(asked) == 6:
            raise KeyboardInterrupt
        return whole(self, case)

    monkeypatch.setattr(Twin, "answer", broken)
    found = search(_case(), draws=PEOPLE, budget=12)
    assert found.interrupted
    assert found.tried[0] == 5
    assert found.offers


def test_a_front_by_hand() -> None:
    values = losses(np.array([[0.3, 1.0, 0.1, 3.0], [0.2, 1.0, 0.1, 3.0], [0.4, 2.0, 0.1, 3.0], [0.3, 1.0, 0.1, 3.0]]))
    assert dominated(values).tolist() == [False, True, False, False]
    assert ranks(values).tolist() == [0, 1, 0, 0]
    assert 1 not in best(values, 3)


@pytest.mark.parametrize(("points", "volume"), [([[0.0, 0.0]], 1.0), ([[0.5, 0.0], [0.0, 0.5]], 0.75), ([[2.0, 0.0]], 0.0)])
def test_hypervolume_by_hand(points: list[list[float]], volume: float) -> None:
    assert hypervolume(np.array(points), np.ones(2)) == pytest.approx(volume)


def test_hypervolume_of_three_objectives_is_that_of_counted_points() -> None:
    luck = np.random.default_rng(4)
    values = luck.random((12, 3))
    probes = luck.random((200_000, 3))
    inside = np.zeros(len(probes), bool)
    for point in values:
        inside |= (probes >= point).all(axis=1)
    assert hypervolume(values, np.ones(3)) == pytest.approx(inside.mean(), abs=5e-3)


def test_a_case_to_plan_for_needs_no_settings_and_one_to_run_does(tmp_path: Path) -> None:
    bare = tmp_path / "bare.yaml"
    bare.write_text(
        "patient: {age: 42 yr, sex: female, phototype: III}\n"
        "zones: [{zone: cheek, area: 60 cm2, concerns: [{concern: wrinkles}]}]\n"
        "course: {device: pen-12, start: 2026-03-02}\n"
    )
    found = propose(load_case(bare, planned=True))
    assert found.case is not None
    assert found.case.course.settings["cheek"].needle_length > 0.0
    with pytest.raises(CaseError) as told:
        load_case(bare)
    assert {fault.path for fault in told.value.faults} == {"course.settings", "course.sessions"}
