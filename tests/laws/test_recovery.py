"""Laws of the days after a session: what the usual course is scaled to, what raises a sign, what hides it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import channels_of, draws_of, history_of, patient_of, punctures_of, skin_of
from dermatwin.outcome import Belief, Course
from dermatwin.outcome.duration import REDNESS, duration_of_person, predict_duration
from dermatwin.outcome.recovery import Soreness, masking, readings, recover, redness_on
from dermatwin.outcome.risks import pigment_hazard

COUNT = 40
ONES = np.ones(COUNT)
QUICK = settings(max_examples=15, deadline=None)
HURT = Soreness(4.0 * ONES, 0.0 * ONES)


def course(dose=1.0, draws=None, reference=None, needles=None, sore=HURT, session=0):
    given = Course(
        history_of(COUNT, dose), [needles or punctures_of(COUNT, session=session)], [channels_of(COUNT, session=session)]
    )
    return recover(given, 0, skin_of(COUNT), sore, Belief(draws or draws_of(COUNT), reference=reference))


def lasting(found, phototype="III", draws=None):
    drawn = draws or draws_of(COUNT)
    given = Course(history_of(COUNT), [punctures_of(COUNT)], [channels_of(COUNT)])
    read, _ = readings(given, 0, found, skin_of(COUNT, phototype=phototype), drawn)
    return {r.name: r.values for r in read}


def test_the_usual_course_is_as_red_for_as_long_as_in_the_trials():
    draws = draws_of(COUNT)
    found = lasting(course(reference=history_of(COUNT), draws=draws), draws=draws)["redness_duration[1]"]
    expected = np.minimum(duration_of_person(REDNESS, draws) / 24.0, 14.0)
    clear = draws("erythema_reference_peak", "1") > draws("noticeable_erythema", "1") * np.exp(0.1)
    assert clear.mean() > 0.7
    assert np.abs(found - expected)[clear].max() <= 1.0 / 24.0 + 1e-9


@QUICK
@given(dose=st.floats(0.2, 3.0), more=st.floats(1.1, 3.0))
def test_a_stronger_injury_is_redder_and_more_swollen_and_never_shorter(dose, more):
    usual = history_of(COUNT)
    mild, hard = course(dose, reference=usual), course(dose * more, reference=usual)
    assert (hard.redness[:, 0] >= mild.redness[:, 0]).all()
    assert (hard.swelling >= mild.swelling - 1e-9).all()
    for name in ("redness_duration[1]", "swelling_duration[1]", "downtime_unnoticeable[1]", "downtime_makeup[1]"):
        assert (lasting(hard)[name] >= lasting(mild)[name]).all()


def test_twice_the_injury_lasts_longer_by_the_same_time_as_twice_that():
    """Under its ceiling redness decays like exp(-t/tau): every doubling of the injury adds tau ln 2."""
    known = draws_of(COUNT, vary=())
    days = [
        lasting(course(dose, draws=known, reference=history_of(COUNT)), draws=known)["redness_duration[1]"][0]
        for dose in (1.0, 2.0, 4.0)
    ]
    assert days[1] - days[0] == pytest.approx(days[2] - days[1], abs=1.0 / 24.0 + 1e-9)
    assert days[2] > days[1] > days[0] > 0.0


@QUICK
@given(dose=st.floats(0.0, 1e6))
def test_no_injury_is_redder_or_more_swollen_than_vessels_and_tissue_allow(dose):
    draws, found = draws_of(COUNT), course(dose, reference=history_of(COUNT))
    assert (
        found.redness.max(axis=1) <= (draws("erythema_reference_peak", "1") * draws("reaction_ceiling[redness]", "1"))
    ).all()
    assert (found.swelling.max(axis=1) <= draws("reaction_ceiling[swelling]", "1")).all()


@QUICK
@given(slower=st.floats(1.0, 4.0))
def test_who_clears_inflammation_more_slowly_is_red_for_longer_and_not_redder(slower):
    draws, usual = draws_of(COUNT), history_of(COUNT)
    late = Course(history_of(COUNT, clearing=5.0 * slower * ONES), [punctures_of(COUNT)], [channels_of(COUNT)])
    plain, slow = course(reference=usual), recover(late, 0, skin_of(COUNT), HURT, Belief(draws, reference=usual))
    assert slow.redness[:, 0] == pytest.approx(plain.redness[:, 0])
    assert (slow.redness >= plain.redness - 1e-12).all()


@QUICK
@given(length=st.floats(0.2, 3.0), longer=st.floats(1.05, 3.0))
def test_trials_with_longer_needles_report_longer_signs(length, longer):
    draws = draws_of(COUNT, vary=("knowledge",))
    short, long, usual = (predict_duration(REDNESS, draws, needle_length=x) for x in (length, length * longer, 1.5))
    assert (long >= short).all()
    assert usual == pytest.approx(predict_duration(REDNESS, draws))


def test_crusts_need_blood_that_shows_and_stay_until_they_are_shed():
    draws = draws_of(COUNT)
    bled, dry = (
        Course(history_of(COUNT), [punctures_of(COUNT, bleeding_fraction=share)], [channels_of(COUNT)])
        for share in (1.0, 0.0)
    )
    days = [
        {r.name: r.values for r in readings(given, 0, course(), skin_of(COUNT), draws)[0]}["crust_duration[1]"]
        for given in (bled, dry)
    ]
    seen = draws("visible_crusts", "1/cm^2") <= 300.0
    assert days[0] == pytest.approx(np.where(seen, draws("crust_shedding", "d"), 0.0))
    assert (days[1] == 0.0).all()


@QUICK
@given(cut=st.floats(0.0, 5.0))
def test_bruises_need_blood_that_stays_inside_and_fade(cut):
    draws, found = draws_of(COUNT), course(needles=punctures_of(COUNT, vessels_cut=cut * ONES)).bruising
    inside = 3.0 * cut * (1.0 - draws("bleeding_share", "1"))  # 300/cm2 = 3/mm2
    assert found[:, 0] == pytest.approx(inside * draws("bruise_volume", "mm^3") * 1000.0)
    assert (np.diff(found, axis=1) <= 0.0).all()


@QUICK
@given(relief=st.floats(0.1, 0.95))
def test_soreness_comes_up_as_the_anaesthetic_wears_off_and_never_exceeds_that_without(relief):
    plain, numbed = course(), course(sore=Soreness(4.0 * ONES, relief * ONES))
    assert (numbed.soreness <= plain.soreness).all()
    share = numbed.soreness / np.maximum(plain.soreness, 1e-300)
    assert share[:, 0] == pytest.approx((1.0 - relief) * np.ones(COUNT))
    assert (np.diff(share[:, :6], axis=1) >= -1e-9).all()


def test_dark_skin_hides_redness_and_takes_none_away():
    draws = draws_of(COUNT)
    factors = [masking(skin_of(COUNT, phototype=p), draws) for p in ("I", "II", "III", "IV", "V", "VI")]
    for light, dark in pairwise(factors):
        assert (light <= dark).all()
    found = course()
    light, dark = (lasting(found, p) for p in ("II", "VI"))
    assert (dark["downtime_unnoticeable[1]"] <= light["downtime_unnoticeable[1]"]).all()
    assert (dark["downtime_unnoticeable[1]"] < light["downtime_unnoticeable[1]"]).any()
    assert (dark["redness_duration[1]"] == light["redness_duration[1]"]).all()


def test_the_rendered_redness_is_that_of_the_recovery():
    draws, history = draws_of(COUNT), history_of(COUNT)
    given = Course(history, [punctures_of(COUNT)], [channels_of(COUNT)])
    found = recover(given, 0, skin_of(COUNT), HURT, Belief(draws, reference=history_of(COUNT, 2.0)))
    days = np.array([0.0, 0.5, 2.0])
    assert redness_on(days, history, draws, history_of(COUNT, 2.0)) == pytest.approx(found.redness[:, [0, 12, 48]])


def test_an_untouched_skin_has_no_sign():
    flat = Course(history_of(COUNT, 0.0, activated=0.0), [punctures_of(COUNT, density=0.0)], [channels_of(COUNT)])
    nothing = Soreness(0.0 * ONES, 0.0 * ONES)
    found = recover(flat, 0, skin_of(COUNT), nothing, Belief(draws_of(COUNT), reference=history_of(COUNT)))
    for name in ("redness", "swelling", "soreness", "bruising"):
        assert (getattr(found, name) == 0.0).all()


def test_other_signs_and_heat_scale_the_duration():
    known = draws_of(COUNT, vary=("knowledge",))
    plain, hot = (predict_duration(REDNESS, known, heat=heat) for heat in (False, True))
    assert hot == pytest.approx(plain * known("duration_ratio[heat]", "1"))
    assert (predict_duration("any", known) >= plain).all()


def test_pigment_hazard_follows_sun():
    calm, usual, strong = (
        pigment_hazard(patient_of(sun=sun), skin_of(COUNT), history_of(COUNT), draws_of(COUNT))
        for sun in ("protected", "usual", "strong")
    )
    assert (calm <= usual).all()
    assert (usual <= strong).all()
