"""Laws of outcome that hold for any course, person and luck."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import channels_of, draws_of, history_of, patient_of, person_of, punctures_of, skin_of, zone_of
from dermatwin.core.vocabulary import PHOTOTYPES
from dermatwin.evidence import Evidence
from dermatwin.flows import Exposure
from dermatwin.outcome import (
    Belief,
    Course,
    Schedule,
    Treated,
    TrialArm,
    driver,
    pooled,
    predict_arm,
    predict_event,
    read_out,
    scales,
)
from dermatwin.outcome.clinical import known_adjuncts
from dermatwin.outcome.events import risk
from dermatwin.outcome.pain import pain
from dermatwin.outcome.prediction import scale_change
from dermatwin.outcome.recovery import settled
from dermatwin.outcome.response import HAIR, PIGMENT, SCAR, SURFACE, saturating, scheduled, typical_driver
from dermatwin.outcome.risks import pigment_hazard

COUNT = 40
QUICK = settings(max_examples=20, deadline=None)
ONES = np.ones(COUNT)
shares = st.floats(0.0, 1.0)


def outcome_of(dose=1.0, concerns=("acne_scar",), draws=None, patient=None, exposures=(), adjuncts=(), **more):
    needles = (
        [punctures_of(COUNT, session=i) for i in range(2)]
        if dose
        else [punctures_of(COUNT, session=i, density=0.0) for i in range(2)]
    )
    channels = [channels_of(COUNT, session=i) for i in range(2)]
    course = Course(history_of(COUNT, dose, activated=0.5 if dose else 0.0), needles, channels, exposures, adjuncts)
    return read_out(
        zone_of("cheek", *concerns), patient or person_of(), skin_of(COUNT), course, Belief(draws or draws_of(COUNT)), **more
    )


def values_of(found, name, time=None):
    return next(r.values for r in found.readings if r.name == name and (time is None or r.time == time))


@QUICK
@given(x=st.floats(0.0, 100.0), more=st.floats(0.001, 10.0), k=st.floats(0.1, 10.0))
def test_response_grows_with_the_driver_and_saturates(x, more, k):
    assert saturating(x, k) < saturating(x + more, k) <= 1.0 + k


@QUICK
@given(n=st.floats(0.5, 10.0), interval=st.floats(0.0, 60.0), t=st.floats(0.0, 400.0), half=st.floats(10.0, 200.0))
def test_an_unsimulated_course_counts_sessions_and_time(n, interval, t, half):
    here = typical_driver(n, interval, t, half)
    assert 0.0 <= here <= n + 1e-9
    assert typical_driver(n + 1.0, interval, t, half) >= here
    assert typical_driver(n, interval, t + 10.0, half) >= here


@QUICK
@given(n=st.integers(1, 8), interval=st.floats(0.0, 60.0), fade=st.floats(40.0, 400.0), half=st.floats(10.0, 200.0))
def test_what_is_a_state_of_the_tissue_goes_again(n, interval, fade, half):
    late = [typical_driver(n, interval, t, half, fade) for t in (1000.0, 2000.0, 4000.0)]
    assert late[0] > late[1] > late[2]
    assert typical_driver(n, interval, 90.0, half, fade) < typical_driver(n, interval, 90.0, half)


@QUICK
@given(rate=shares, hazard=st.floats(0.0, 50.0), more=st.floats(0.0, 10.0))
def test_risks_are_shares_and_grow_with_hazard(rate, hazard, more):
    low, high = risk(np.array(min(rate, 0.999)), hazard), risk(np.array(min(rate, 0.999)), hazard + more)
    assert 0.0 <= low <= high <= 1.0


@QUICK
@given(base=st.floats(0.0, 60.0), gain=st.floats(-2.0, 1.0))
def test_a_scale_is_never_left(base, gain):
    for scale in scales(Evidence.packaged()).values():
        start = scale.clamp(np.array([base]))
        end = start + scale_change(scale, start, np.array([gain]))
        assert scale.low is None or end >= scale.low - 1e-9
        assert scale.high is None or end <= scale.high + 1e-9


@QUICK
@given(depth=st.floats(0.01, 3.0), deeper=st.floats(0.01, 1.0), seed=st.integers(0, 20))
def test_pain_grows_with_depth_and_number_within_its_scale(depth, deeper, seed):
    draws = draws_of(COUNT, seed)
    here = pain(punctures_of(COUNT, depth=depth), (), draws)
    assert (here >= 0.0).all()
    assert (here <= 10.0).all()
    assert (pain(punctures_of(COUNT, depth=depth + deeper), (), draws) >= here).all()
    assert (pain(punctures_of(COUNT, density=900.0, depth=depth), (), draws) >= here).all()


def test_no_puncture_does_not_hurt():
    assert (pain(punctures_of(COUNT, density=0.0), (), draws_of(COUNT)) == 0.0).all()


@QUICK
@given(share=st.floats(0.0, 0.9), more=st.floats(0.0, 0.1))
def test_more_nerves_blocked_never_hurt_more(share, more):
    plain, eased, most = (
        pain(punctures_of(COUNT), (), draws_of(COUNT), numb=n) for n in (None, share * ONES, (share + more) * ONES)
    )
    assert (most <= eased).all()
    assert (eased <= plain).all()
    assert (pain(punctures_of(COUNT), ("anaesthetised",), draws_of(COUNT)) < plain).all()


@QUICK
@given(level=st.floats(0.01, 1.0), stricter=st.floats(0.0, 0.5))
def test_a_stricter_threshold_means_a_longer_downtime(level, stricter):
    time = np.arange(200.0)
    course = np.exp(-time / 30.0)[None, :]
    loose, strict = settled(time, course, np.array([level + stricter])), settled(time, course, np.array([level]))
    assert loose[0] <= strict[0]


def test_without_injury_only_drift_is_left():
    known = draws_of(COUNT, vary=("knowledge",))
    found = outcome_of(0.0, ("acne_scar", "wrinkles", "hair_loss_aga"), known)
    bare = TrialArm("acne_scar", "", "untreated", "none", schedule=Schedule(0, None, 100))
    untreated = predict_arm(bare, known)
    for concern in ("acne_scar", "wrinkles", "hair_loss_aga"):
        assert values_of(found, f"relative_improvement[{concern}]") == pytest.approx(untreated.relative_improvement)
    for name in ("pih_risk", "infection_risk", "tram_track_risk", "herpes_risk", "granuloma_risk"):
        assert (values_of(found, name) == 0.0).all()
    assert values_of(found, "dermal_collagen_change") == pytest.approx(0.0)
    assert values_of(found, "dermal_thickness") == pytest.approx(1.2)


def test_more_tissue_change_means_more_improvement():
    name = "trial_mean_relative_improvement[acne_scar]"
    low, middle, high = (np.median(values_of(outcome_of(dose), name, 112.0)) for dose in (0.2, 1.0, 5.0))
    assert low < middle < high


def test_a_trial_mean_has_no_person_in_it():
    people = draws_of(COUNT, vary=("person",))
    found = outcome_of(draws=people)
    assert np.ptp(values_of(found, "trial_mean_relative_improvement[acne_scar]")) == pytest.approx(0.0, abs=1e-12)
    assert np.ptp(values_of(found, "relative_improvement[acne_scar]")) > 0.1


def test_adjuncts_of_the_trials_add_to_the_answer():
    name = "trial_mean_relative_improvement[melasma]"
    plain, plus = (
        np.median(values_of(outcome_of(concerns=("melasma",), adjuncts=a), name)) for a in ((), ("tranexamic_acid",))
    )
    assert plus > plain


def test_an_adjunct_without_trials_is_said_so_and_does_not_count():
    name = "trial_mean_relative_improvement[acne_scar]"
    plain, more = outcome_of(), outcome_of(adjuncts=("unheard_of", "anaesthetised"))
    assert (values_of(more, name) == values_of(plain, name)).all()
    assert [n for n in more.notices if n.path == "cheek.unheard_of"]
    assert not [n for n in more.notices if n.path == "cheek.anaesthetised"]


def test_an_active_that_trials_used_counts_as_the_adjunct():
    one = np.ones((COUNT, 2))
    held = np.ones((COUNT, 7, 2))
    serum = Exposure("cheek", 0, "serum", "tranexamic acid", np.array([0.0, 1.0]), ONES, held, one, one, one)
    name = "trial_mean_relative_improvement[melasma]"
    applied = outcome_of(concerns=("melasma",), exposures=(serum,))
    named = outcome_of(concerns=("melasma",), adjuncts=("tranexamic_acid",))
    assert (values_of(applied, name) == values_of(named, name)).all()


def test_a_draw_that_failed_to_heal_carries_no_number():
    history = history_of(COUNT)
    history.values[0] = np.nan
    history.status[0] = 1
    course = Course(
        history, [punctures_of(COUNT, session=i) for i in range(2)], [channels_of(COUNT, session=i) for i in range(2)]
    )
    found = read_out(zone_of("cheek", "acne_scar"), person_of(), skin_of(COUNT), course, Belief(draws_of(COUNT)))
    for name in (
        "dermal_collagen_change",
        "downtime_makeup[1]",
        "pih_risk",
        "tram_track_risk",
        "responder_share[acne_scar]",
        "relative_improvement[acne_scar]",
        "scale_change[goodman_baron_quantitative]",
    ):
        assert np.isnan(values_of(found, name)[0])
        assert np.isfinite(values_of(found, name)[1:]).all()
    assert any("failed to heal" in n.message for n in found.notices)


def test_risks_are_shares_and_a_history_of_herpes_raises_that_one():
    plain, prone = outcome_of(), outcome_of(patient=person_of(conditions=["herpes labialis"]))
    for found in (plain, prone):
        for reading in found.readings:
            if reading.name.endswith("_risk"):
                assert ((reading.values >= 0.0) & (reading.values <= 1.0)).all()
    assert (values_of(prone, "herpes_risk") > values_of(plain, "herpes_risk")).all()
    assert (values_of(prone, "infection_risk") == values_of(plain, "infection_risk")).all()


def test_pigment_risk_rises_with_phototype_sun_and_body():
    by_type = [predict_event("pih", Treated(p, "face", "roller", 4), draws_of(COUNT)).mean() for p in PHOTOTYPES]
    assert all(a < b for a, b in pairwise(by_type))
    assert predict_event("pih", Treated("III", "body", "roller", 4), draws_of(COUNT)).mean() > by_type[2]
    calm, sunny = (values_of(outcome_of(patient=person_of(sun=sun)), "pih_risk") for sun in ("protected", "strong"))
    assert (sunny >= calm).all()
    assert (sunny > calm).any()


def test_granuloma_is_rarer_without_a_product_on_open_channels_and_not_impossible():
    one = np.ones((COUNT, 2))
    serum = Exposure("cheek", 0, "serum", "ascorbic acid", np.array([0.0, 1.0]), ONES, np.ones((COUNT, 7, 2)), one, one, one)
    bare, covered = (values_of(outcome_of(exposures=e), "granuloma_risk") for e in ((), (serum,)))
    assert (bare > 0.0).all()
    assert (bare < 0.7 * covered).all()


def test_every_reading_and_curve_is_in_the_catalogue_and_finite():
    found = outcome_of(concerns=("acne_scar", "wrinkles", "melasma"))
    names = Evidence.packaged().quantities
    for item in (*found.readings, *found.curves):
        assert item.quantity in names
        assert np.isfinite(item.values).all()
        assert item.values.shape[0] == COUNT


def test_only_readings_within_the_history_are_given():
    course = Course(history_of(COUNT, sessions=(0.0,), horizon=100.0), [punctures_of(COUNT)], [channels_of(COUNT)])
    found = read_out(zone_of("cheek", "acne_scar"), person_of(), skin_of(COUNT), course, Belief(draws_of(COUNT)))
    assert {r.time for r in found.readings if r.name.startswith("relative")} == {28.0, 84.0}


def test_the_same_course_as_the_reference_responds_like_the_trials():
    """Against itself the tissue cancels: the driver is one, whatever the network's amplitude."""
    known = draws_of(COUNT, vary=())
    for dose in (0.5, 3.0):
        course = history_of(COUNT, dose, sessions=(0.0, 28.0, 56.0, 84.0))
        for kind in ("scar", "surface", "pigment", "dermis", "hair"):
            assert driver(kind, course, np.array([168.0]), known, course) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", [SCAR, SURFACE, PIGMENT, HAIR])
def test_where_the_network_makes_nothing_of_the_usual_course_its_schedule_counts(kind):
    """Trials saw what the usual course does: a draw in which nothing happens may not answer 'nothing'."""
    draws, still = draws_of(COUNT), history_of(COUNT, 0.0)
    days = np.array([still.sessions[-1] + 84.0])
    same = driver(kind, still, days, draws, still) * draws("reference_dose", "1")[:, None]
    assert same == pytest.approx(scheduled(kind, still.sessions, days, draws))
    assert (same > 0.0).all()
    lively = driver(kind, history_of(COUNT, 0.5), days, draws, still)
    assert (lively >= driver(kind, still, days, draws, still)).all()


def test_a_schedule_like_the_usual_one_is_the_reference():
    draws = draws_of(COUNT)
    usual = np.arange(4) * 28.0
    assert scheduled(SCAR, usual, np.array([usual[-1] + 84.0]), draws) == pytest.approx(1.0)
    assert (scheduled(SCAR, usual[:0], np.array([90.0]), draws) == 0.0).all()


def test_pigment_risk_keeps_the_rate_that_was_counted_where_the_network_makes_no_pigment():
    draws, still = draws_of(COUNT), history_of(COUNT, 0.0)
    hazard = pigment_hazard(patient_of(), skin_of(COUNT), still, draws, still)
    assert (hazard > 0.0).all()
    assert np.median(hazard) == pytest.approx(1.0, abs=0.9)


def test_light_is_the_answer_for_active_acne_and_only_there():
    course, belief = Course(history_of(COUNT, 0.2), [punctures_of(COUNT)], [channels_of(COUNT)]), Belief(draws_of(COUNT))
    found = read_out(zone_of("cheek", "active_acne", "wrinkles"), person_of(), skin_of(COUNT), course, belief)
    numbers = [r for r in found.readings if r.name == "light_relative_improvement[active_acne]"]
    assert len(numbers) == 1
    assert 0.2 < np.median(numbers[0].values) < 0.9
    assert (numbers[0].values <= 1.0).all()
    assert found.sources[numbers[0].name]
    assert any("without needles" in n.message for n in found.notices)
    other = read_out(zone_of("cheek", "wrinkles"), person_of(), skin_of(COUNT), course, belief)
    assert not [r for r in other.readings if r.name.startswith("light")]


@pytest.mark.parametrize(
    "adjunct",
    ["prp", "vitamin_c", "tranexamic_acid", "minoxidil", "peel", "subcision", "led", "led_blue", "led_red", "moonlight"],
)
def test_every_adjunct_has_its_own_effect_or_the_words_that_there_is_none(adjunct):
    draws = draws_of(COUNT)
    zone = zone_of("cheek", "acne_scar")
    tried, said = known_adjuncts(zone, (adjunct,), draws, frozenset())
    assert (tried == (adjunct,)) is (not said)
    if tried:
        assert pooled(draws).sources[f"adjunct:{adjunct}"]
    else:
        assert "no trial with a number" in said[0].message
