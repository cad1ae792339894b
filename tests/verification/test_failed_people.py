"""A person for whom delivery cannot be computed is left out and counted; permeability ends at free diffusion."""

from unittest.mock import patch

import numpy as np
import pytest

from builders import case_of, channels_of, course_of, draws_of, skin_of
from dermatwin.case.document import Topical
from dermatwin.core.checks import MAY_FAIL, require_most
from dermatwin.core.errors import ComputationError
from dermatwin.delivery import course, deliver, find_solute, stratum
from dermatwin.delivery.aqueous import aqueous_diffusivity
from dermatwin.delivery.solute import solutes
from dermatwin.evidence import Evidence
from dermatwin.report import render
from dermatwin.twin import simulate, summarise
from dermatwin.twin.blocks import Apart
from dermatwin.twin.left_out import LeftOut, Tally

EVIDENCE = Evidence.packaged()
PEOPLE = 24


def lossy(*people):
    """The solver, but for these people half of what is in the dermis is lost on the way."""

    def solve(*arguments, **more):
        found = SOLVE(*arguments, **more)
        found.layers[list(people)] *= 0.5
        return found

    return patch.object(course, "solve", solve)


SOLVE = course.solve


@pytest.mark.parametrize(
    "name", ["water", "lidocaine", "retinol", "tretinoin", "hyaluronic acid 50 kDa", "bovine serum albumin"]
)
@pytest.mark.parametrize("score", [-40.0, 40.0])
def test_a_tail_of_permeability_ends_at_free_diffusion_and_is_solved(name, score):
    """z is 10^(+-40) of the law for everybody: K D/h by hand is the most that the layer lets through."""
    solute = find_solute(name, EVIDENCE)
    with patch.object(stratum, "permeability_factor", lambda solute, lipid, polar, p: np.full(p.count, 10.0**score)):
        p = draws_of(PEOPLE)
        found = stratum.barrier(solute, np.full(PEOPLE, 0.02), True, p)
        most = found.partition * aqueous_diffusivity(solute, p) / 0.002  # 0.02 mm are 0.002 cm
        assert (found.neutral <= most * (1.0 + 1e-12)).all()
        if score > 0.0:
            assert found.neutral == pytest.approx(most)
            assert (found.lipid[found.polar > 0.0] >= 0.0).all()
        topical = Topical(product={"active": name, "strength": "2 %"}, dose="2 mg/cm^2", apply="0 min")
        for exposure in deliver(topical, channels_of(PEOPLE), skin_of(PEOPLE), draws_of(PEOPLE)):
            whole = np.repeat(exposure.dose[:, None], exposure.time.size, axis=1)
            assert exposure.amount.sum(axis=1) == pytest.approx(whole, rel=1e-8)


def test_no_active_comes_near_free_diffusion_at_the_median():
    """The bound is no fit: a thousandth of it is as far as the law goes by itself."""
    p, thickness = draws_of(1), np.full(1, 0.015)
    for solute in solutes(EVIDENCE).values():
        found = stratum.barrier(solute, thickness, True, p)
        assert found.neutral[0] < 1e-3 * stratum.freely(aqueous_diffusivity(solute, p), found.partition, thickness)[0]


def test_one_person_who_fails_is_counted_and_nobody_else_changes():
    topical = Topical(product="vitamin C serum", dose="2 mg/cm^2", apply="0 min")
    (whole,) = deliver(topical, channels_of(PEOPLE), skin_of(PEOPLE), draws_of(PEOPLE))
    with lossy(5):
        (found,) = deliver(topical, channels_of(PEOPLE), skin_of(PEOPLE), draws_of(PEOPLE))
    rest = np.arange(PEOPLE) != 5
    assert np.isnan(found.amount[5]).all()
    assert np.array_equal(found.amount[rest], whole.amount[rest])
    assert [notice for notice in found.notices if "1 of 24 possible people" in notice.message]


def test_a_run_with_a_failed_person_ends_with_numbers_for_the_others():
    topicals = [
        {"product": "lidocaine 4 % cream", "dose": "2 mg/cm^2", "apply": "-40 min", "remove": "-5 min"},
        {"product": "vitamin C serum", "dose": "2 mg/cm^2", "apply": "0 min"},
    ]
    case = case_of(course=course_of("cheek", count=1, topicals=topicals), horizon="30 d")
    with lossy(7):
        run = simulate(case, draws=PEOPLE, seed=1, split=True)
        page = render(run)
    told = {end["name"]: end["failed_draws"] for end in summarise(run)["endpoints"]}
    for name in ("dermal_amount[lidocaine]", "amount_below_sc[L-ascorbic acid]", "numbness_reached[1]", "pain_vas[1]"):
        assert told[name] == 1, name
    assert {count for name, count in told.items() if name.startswith("in_situ_depth")} == {0}
    assert all(np.isfinite(end.band).all() for end in run.endpoints)
    assert all(np.isfinite(guard.share) for guard in run.guards if guard.share is not None)
    assert "1 of 24 possible people" in page


@pytest.mark.parametrize(("failed", "people"), [(2, 24), (11, 200), (1, 1), (24, 24), (2, 2)])
def test_too_many_failures_end_the_run(failed, people):
    with pytest.raises(ComputationError, match=f"failed for {failed} of {people} people"):
        require_most(np.arange(people) < failed, "delivery of water")


@pytest.mark.parametrize(("failed", "people"), [(0, 1), (0, 24), (1, 2), (1, 24), (10, 200)])
def test_few_failures_do_not(failed, people):
    assert failed <= max(1, MAY_FAIL * people)
    require_most(np.arange(people) < failed, "delivery of water")


# --- of everybody, whatever the blocks ---

CREAM = {"product": "lidocaine 4 % cream", "dose": "2 mg/cm^2", "apply": "-40 min", "remove": "-5 min"}
SERUM = {"product": "vitamin C serum", "dose": "2 mg/cm^2", "apply": "0 min"}


def lost(*people):
    """Delivery of lidocaine cannot be computed for these people, numbers from 0 in the run, in whatever block they are."""

    def run(path, holes, dosing, p, **more):
        found = RUN(path, holes, dosing, p, **more)
        here = [person - p.luck.first for person in people if p.luck.first <= person < p.luck.first + p.count]
        if path.solute.name == "lidocaine" and here:
            failed = np.isin(np.arange(p.count), here)
            course._leave_out(failed, found.course)
        return found

    return patch.object(course, "run", run)


RUN = course.run


def numbed(people, kept, block, monkeypatch):
    monkeypatch.setattr("dermatwin.twin.blocks.FEWEST", kept)
    monkeypatch.setattr("dermatwin.twin.blocks.KEPT", kept)
    case = case_of(course=course_of("cheek", count=1, topicals=[CREAM, SERUM]), horizon="30 d")
    return simulate(case, draws=people, seed=1, apart=Apart(block=block))


@pytest.mark.parametrize(("kept", "block"), [(3, 1), (5, 7), (41, 41)])
def test_the_share_that_may_fail_is_of_everybody(kept, block, monkeypatch):
    """Two of 41 may: also where they are all of a block of one, or two of three whose stages are kept."""
    with lost(1, 2):
        run = numbed(41, kept, block, monkeypatch)
    told = {end["name"]: end["failed_draws"] for end in summarise(run)["endpoints"]}
    assert (told["dermal_amount[lidocaine]"], told["pain_vas[1]"], told["numbness_reached[1]"]) == (2, 2, 2)
    assert told["dermal_amount[L-ascorbic acid]"] == 0


@pytest.mark.parametrize("kept", [3, 30])
def test_blocks_of_failed_people_hold_the_numbers_of_the_whole(kept, monkeypatch):
    with lost(30, 31):
        whole, blocks = numbed(41, 41, 41, monkeypatch), numbed(41, kept, 2, monkeypatch)
    assert [end.key for end in blocks.endpoints] == [end.key for end in whole.endpoints]
    for mine, theirs in zip(blocks.endpoints, whole.endpoints, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values, err_msg=mine.name)


@pytest.mark.parametrize(("kept", "block"), [(3, 1), (5, 7), (39, 1), (41, 41)])
def test_a_run_ends_at_the_same_person_whatever_the_blocks(kept, block, monkeypatch):
    said = "delivery of lidocaine of lidocaine_4_cream in cheek, session 1: failed for 3 of the first 38 of 41 people"
    with lost(4, 11, 37, 40), pytest.raises(ComputationError, match=said):
        numbed(41, kept, block, monkeypatch)


def test_a_run_in_which_nobody_can_be_computed_ends(monkeypatch):
    with lost(0, 1), pytest.raises(ComputationError, match="failed for 2 of the first 2 of 2 people"):
        numbed(2, 2, 1, monkeypatch)


def test_people_are_counted_once_and_arms_apart():
    tally, missing = Tally(41), {"delivery": np.array([0, 1])}
    tally.add(2, [LeftOut(missing), LeftOut(missing)])
    with pytest.raises(ComputationError, match="delivery: failed for 3 of the first 3 of 41 people"):
        tally.add(1, [LeftOut(), LeftOut({"delivery": np.array([0])})])
