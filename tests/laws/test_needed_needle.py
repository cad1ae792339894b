"""What needling brings needs a needle: nothing beyond the drift without one, and more the more of it pierces."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import channels_of, draws_of, history_of, person_of, punctures_of, skin_of, zone_of
from dermatwin.outcome import Belief, Course, Schedule, TrialArm, concerns, driver, predict_arm, read_out, typical_change
from dermatwin.outcome.prediction import Arm, effects, trial_mean
from dermatwin.outcome.response import DERMIS, HAIR, PIGMENT, SCAR, SURFACE

COUNT = 40
QUICK = settings(max_examples=20, deadline=None)
SESSIONS = (0.0, 28.0, 56.0, 84.0)
USUAL = history_of(COUNT, 1.0, sessions=SESSIONS, activated=0.8)
DRIVERS = (SCAR, SURFACE, PIGMENT, DERMIS, HAIR)
NEEDLE = Arm("needle", "acne_scar")


def pierced(share, dose=1.0):
    """The usual course had only a share of the contacts pierced: less is injured, and less is made of it."""
    return history_of(COUNT, dose * share, sessions=SESSIONS, activated=0.8 * share)


def mean_of(history, kind, draws, arm=NEEDLE, day=168.0):
    return trial_mean(arm, driver(kind, history, np.array([day]), draws, USUAL), draws)[:, 0]


@pytest.mark.parametrize("kind", DRIVERS)
@pytest.mark.parametrize("day", [84.0, 168.0, 336.0])
def test_without_penetration_the_drift_is_left(kind, day):
    draws = draws_of(COUNT)
    assert mean_of(pierced(0.0), kind, draws, day=day) == pytest.approx(effects(draws)["drift"])


@pytest.mark.parametrize("kind", DRIVERS)
def test_benefit_goes_to_nothing_with_the_share_that_pierces(kind):
    """Like the share itself, and not like a root of it: at one in ten thousand next to nothing is left."""
    draws = draws_of(COUNT)
    beyond = [mean_of(pierced(share), kind, draws) - effects(draws)["drift"] for share in (1e-4, 1e-2, 1.0)]
    assert (np.abs(beyond[0]) <= 0.02 * np.abs(beyond[1]) + 1e-12).all()
    assert np.median(np.abs(beyond[0])) < 0.002


@QUICK
@given(share=st.floats(0.0, 0.95), more=st.floats(0.01, 0.05), kind=st.sampled_from(DRIVERS), seed=st.integers(0, 9))
def test_benefit_rises_with_the_share_that_pierces(share, more, kind, seed):
    draws = draws_of(COUNT, seed)
    less, further = (mean_of(pierced(s), kind, draws) - effects(draws)["drift"] for s in (share, share + more))
    assert (np.abs(further) >= np.abs(less)).all()
    assert (np.sign(further) * np.sign(less) >= 0.0).all()


def test_an_adjunct_keeps_its_own_where_nothing_pierces():
    draws = draws_of(COUNT)
    known = effects(draws)
    plus = replace(NEEDLE, adjuncts=("peel",))
    found = mean_of(pierced(0.0), SCAR, draws, plus)
    assert found == pytest.approx(known["drift"] + known["adjunct"] + known["adjunct:peel"])


def test_a_longer_needle_makes_more_of_a_trial_up_to_what_the_twin_knows():
    draws = draws_of(COUNT, vary=())
    for kind in DRIVERS:
        course = [
            float(typical_change(Schedule(4, 28, 84, mm), kind, draws)[0]) for mm in (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5)
        ]
        assert course[0] == 0.0
        assert course == sorted(course)
        assert course[4] == pytest.approx(1.0)
        assert float(typical_change(Schedule(4, 28, 84, 9.0), kind, draws)[0]) == pytest.approx(course[-1])
        assert float(typical_change(Schedule(4, 28, 84), kind, draws)[0]) == pytest.approx(1.0)


def test_the_depth_of_a_trial_reaches_its_predicted_result():
    draws = draws_of(200)
    arms = [
        predict_arm(TrialArm("acne_scar", "", "needling", "pen", schedule=Schedule(6, 14, 84, mm)), draws)
        for mm in (0.25, 1.0, 2.5)
    ]
    medians = [np.median(arm.relative_improvement) for arm in arms]
    assert medians[0] < medians[1] < medians[2]
    assert medians[0] < 0.15


def answered(concern, adjuncts=()):
    needles, channels = ([make(COUNT, session=i) for i in range(4)] for make in (punctures_of, channels_of))
    course = Course(pierced(1.0), needles, channels, (), adjuncts)
    return read_out(zone_of("cheek", concern), person_of(), skin_of(COUNT), course, Belief(draws_of(COUNT)))


@pytest.mark.parametrize(("concern", "said"), [("melasma", True), ("acne_scar", False)])
def test_a_concern_that_was_always_treated_with_something_else_says_so(concern, said):
    words = [n.message for n in answered(concern).notices if "combined needling with something" in n.message]
    assert bool(words) is said
    assert not [n for n in answered(concern, ("vitamin_c",)).notices if "combined needling with something" in n.message]
    assert answered(concern).answers[0].grade == ("D" if said else "A")


@pytest.mark.parametrize(
    "concern", [name for name, rule in concerns(draws_of(2).evidence).items() if rule.answer == "number"]
)
def test_no_benefit_and_worse_have_a_probability(concern):
    found = {r.quantity: r for r in answered(concern).readings if r.time == 84.0 + 84.0}
    nothing, worse, quarter = (found[name].values for name in ("not_improved_share", "worse_share", "responder_share"))
    assert ((worse > 0.0) & (worse < 1.0)).all()
    assert (nothing + quarter <= 1.0 + 1e-9).all()
    assert np.median(nothing) > np.median(worse)
    assert {"outcome_effects"} <= {name.partition(":")[0] for name in found["not_improved_share"].reads}
