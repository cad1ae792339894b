"""People in blocks: the same numbers whatever the size of the blocks and whoever computes them; what a run keeps."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from dermatwin.core import CaseError, Luck
from dermatwin.evidence import Evidence
from dermatwin.flows import LAYERS
from dermatwin.outcome import concerns
from dermatwin.report import render
from dermatwin.twin import compare, recall, reread, simulate, summarise, write_run
from dermatwin.twin.blocks import BLOCK, FEWEST, KEPT, Apart, Everyone, blocks, people_kept
from dermatwin.twin.endpoints import Endpoint
from dermatwin.twin.keeping import MEANS
from dermatwin.twin.summary import to_json

EVIDENCE = Evidence.packaged()
PEOPLE, FIRST = 41, 9
CREAM = {"product": "lidocaine 4 % cream", "dose": "2 mg/cm^2", "apply": "-40 min", "remove": "-5 min"}
SERUM = {"product": "hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}
ANSWERS = {"acne_scar": "cheek", "wrinkles": "forehead", "melasma": "chin", "laxity": "neck", "hair_loss_aga": "scalp"}
"""A concern of every kind of driver, and where it is."""


@pytest.fixture
def few_kept(monkeypatch):
    """Runs keep the stages of few people."""
    monkeypatch.setattr("dermatwin.twin.blocks.FEWEST", FIRST)
    monkeypatch.setattr("dermatwin.twin.blocks.KEPT", FIRST)


@pytest.fixture(scope="module")
def case(make_case):
    """Needles, an anaesthetic and a product on open channels; a concern that is set against the reference course."""
    course = {
        "device": "pen-12",
        "start": "2026-01-12",
        "sessions": {"count": 2, "interval": "4 weeks"},
        "settings": {"cheek": {"needle_length": "1.0 mm", "passes": 4, "hand_speed": "3 cm/s"}},
        "topicals": [CREAM, SERUM],
    }
    return make_case(course=course)


@pytest.fixture(scope="module")
def whole(case):
    """Everybody at once, everybody kept."""
    return simulate(case, draws=PEOPLE, seed=4)


def judged_of_all(run):
    """Guards of what everybody takes up or is given; excipients are those of the people who keep their stages."""
    return [guard for guard in run.guards if "below the stratum corneum" not in guard.what]


def require_same_people(run, whole):
    assert [end.key for end in run.endpoints] == [end.key for end in whole.endpoints]
    for mine, theirs in zip(run.endpoints, whole.endpoints, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values, err_msg=mine.name)
    assert judged_of_all(run) == judged_of_all(whole) != []
    assert run.failed == whole.failed


@pytest.mark.parametrize("block", [1, 7, 32])
def test_blocks_of_any_size_hold_the_same_people(case, whole, few_kept, block):
    """Thirty-two blocks, five, one: equal to the last bit."""
    require_same_people(simulate(case, draws=PEOPLE, seed=4, apart=Apart(block=block)), whole)


def test_two_processes_compute_the_same_people(case, whole, few_kept):
    run = simulate(case, draws=PEOPLE, seed=4, apart=Apart(2, 16))
    require_same_people(run, whole)
    assert to_json(summarise(run)) == to_json(summarise(simulate(case, draws=PEOPLE, seed=4)))


def test_what_is_kept_is_the_run_of_the_first(case, few_kept):
    run, first = simulate(case, draws=PEOPLE, seed=4, split=True), simulate(case, draws=FIRST, seed=4, split=True)
    for mine, theirs in zip(run.curves, first.curves, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values, err_msg=mine.name)
    split = [None if end.weight is None else end.weight.summary() for end in run.endpoints]
    assert split == [None if end.weight is None else end.weight.summary() for end in first.endpoints]
    assert (run.provenance["draws"], run.provenance["kept"]) == (PEOPLE, FIRST)
    assert f"all {PEOPLE} people" in run.notices[0].message
    assert {notice.message for notice in run.notices[1:]} == {notice.message for notice in first.notices}


def test_a_run_that_keeps_everybody_says_nothing_of_it(whole):
    assert whole.beyond is None
    assert "kept" not in whole.provenance
    assert not any(notice.path == "draws" for notice in whole.notices)


def test_a_number_that_somebody_has_not_is_no_number_of_the_run():
    """As an onset of numbness, which is left out unless everybody becomes numb."""
    from dermatwin.naming import NOTHING
    from dermatwin.twin.blocks import Told
    from dermatwin.twin.guards import Taken

    ends = [Endpoint(name, NOTHING, "", "cheek", "1", None, np.zeros(2), "E", ()) for name in ("often", "always")]
    table = Everyone(ends, 2, 3)
    table.add(Luck(1, 1, first=2), Told({ends[1].key: np.ones(1)}, {"cheek": 1}, Taken({})))
    (found,) = table.of(ends)
    assert (found.quantity, found.values.tolist(), table.failed) == ("always", [0.0, 0.0, 1.0], {"cheek": 1})


def test_a_large_table_lies_in_a_file(monkeypatch):
    from dermatwin.naming import NOTHING

    monkeypatch.setattr("dermatwin.twin.blocks.IN_MEMORY", 8)
    table = Everyone([Endpoint("one", NOTHING, "", "cheek", "1", None, np.arange(2.0), "E", ())], 2, 3)
    assert isinstance(table.values, np.memmap)
    assert table.values[0, :2].tolist() == [0.0, 1.0]


def test_so_many_are_kept_as_memory_holds(case):
    assert people_kept(case, 60) == 60
    assert people_kept(case, 10**9) == KEPT
    many = case.model_copy(update={"zones": case.zones * 24})
    assert people_kept(many, 10**9) == FEWEST
    found = list(blocks(Luck(1, 1777), 1000, BLOCK))
    assert [(luck.first, luck.draws) for luck in found] == [(1000, 250), (1250, 250), (1500, 250), (1750, 27)]


def test_what_is_no_number_of_people_is_one_line_each(case):
    with pytest.raises(CaseError, match="draws: 0 is below 1") as found:
        simulate(case, draws=0, apart=Apart(0, 0))
    assert [fault.path for fault in found.value.faults] == ["draws", "workers", "block"]


class TestOnDisk:
    @pytest.fixture
    def folder(self, case, few_kept, tmp_path):
        return write_run(simulate(case, draws=PEOPLE, seed=4, split=True), tmp_path / "run")

    def test_the_endpoints_of_everybody_come_back(self, case, few_kept, folder):
        run, again = simulate(case, draws=PEOPLE, seed=4, split=True), recall(folder)
        assert (again.beyond, again.provenance, again.notices) == (run.beyond, run.provenance, run.notices)
        assert again.failed == run.failed
        for mine, theirs in zip(again.endpoints, run.endpoints, strict=True):
            np.testing.assert_allclose(mine.values, theirs.values, rtol=1e-7, err_msg=mine.name)
        assert [end.values.tolist() for end in reread(run).endpoints] == [end.values.tolist() for end in run.endpoints]

    def test_other_evidence_reads_those_who_keep_their_stages_and_says_so(self, folder):
        found = recall(folder, EVIDENCE.believing(anaesthesia_strength=0.1))
        assert found.provenance["draws"] == FIRST
        assert {len(end.values) for end in found.endpoints} == {FIRST}
        assert found.notices[0].message.endswith(f"the first {FIRST} of {PEOPLE} people, whose stages the run keeps")

    def test_the_report_says_whose_pictures_it_shows(self, folder):
        page = render(recall(folder))
        assert f"{PEOPLE} possible people" in page
        assert f"are those of the first {FIRST}" in page


class TestArms:
    def test_the_reference_course_is_healed_once(self, case, monkeypatch):
        from dermatwin.twin import stages

        healed = []
        usual = stages.usual_course

        def counted(draws):
            healed.append(draws.count)
            return usual(draws)

        for room in ("simulate", "blocks"):
            monkeypatch.setattr(sys.modules[f"dermatwin.twin.{room}"], "usual_course", counted)
        shallow = case.course.settings["cheek"].model_copy(update={"needle_length": 0.5})
        other = case.model_copy(update={"course": case.course.model_copy(update={"settings": {"cheek": shallow}})})
        found = compare([case, other], ["deep", "shallow"], draws=FIRST, seed=4)
        assert healed == [FIRST]
        alone = simulate(other, draws=FIRST, seed=4)
        require_same_people(found.runs[1], alone)


@pytest.fixture(scope="module")
def everything(make_case):
    """A zone for every kind of answer."""
    zones = [{"zone": zone, "area": "30 cm^2", "concerns": [{"concern": name}]} for name, zone in ANSWERS.items()]
    course = {
        "device": "pen-12",
        "start": "2026-01-12",
        "sessions": {"count": 2, "interval": "4 weeks"},
        "settings": {zone: {"needle_length": "1.0 mm", "passes": 4, "hand_speed": "3 cm/s"} for zone in ANSWERS.values()},
        "topicals": [CREAM],
    }
    return simulate(make_case(zones=zones, course=course), draws=6, seed=3)


def test_every_kind_of_driver_is_tried():
    rules = concerns(EVIDENCE)
    assert {rules[name].driver for name in ANSWERS} == {rule.driver for rule in rules.values()} - {"none"}


def test_what_is_kept_is_enough_to_read_every_answer_again(everything):
    """A state or layer that is left out is not a number, and would make one of these none."""
    again = reread(everything)
    assert [end.key for end in again.endpoints] == [end.key for end in everything.endpoints]
    for mine, theirs in zip(again.endpoints, everything.endpoints, strict=True):
        assert mine.values == pytest.approx(theirs.values, rel=1e-4, abs=1e-4, nan_ok=True), mine.name


def test_what_nothing_reads_is_left_out(everything):
    zone = everything.zones[0]
    for number, state in enumerate(zone.history.states):
        there = np.isfinite(zone.history.means[..., number]).all(axis=(0, 2))
        assert {layer for layer, some in zip(LAYERS, there, strict=True) if some} == MEANS.get(state, frozenset()), state
    assert set(everything.reference.states) < set(zone.history.states)
    assert all(one.at_depths is None for one in zone.exposures)
    assert all(one.below is None and one.deep is not None for one in zone.numb)


def test_numbness_at_another_hour_is_not_made_up(everything):
    from dermatwin.delivery import along_needle

    (numb, *_) = everything.zones[0].numb
    assert along_needle(numb).shape == numb.deep.shape
    with pytest.raises(ValueError, match="only the hour of the needling was kept"):
        along_needle(numb, 1.0)
    assert along_needle(replace(numb, deep=None), 1.0).shape == numb.deep.shape
