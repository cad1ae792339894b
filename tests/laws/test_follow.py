"""Laws of following a person: weights, order, bounds, precision, sessions that stay apart, people that come in batches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import case_of, course_of
from dermatwin.core.chance import Luck
from dermatwin.evidence import Evidence
from dermatwin.following import follow
from dermatwin.following.coming import narrowing
from dermatwin.following.held import as_held
from dermatwin.following.people import Ask, People
from dermatwin.following.weights import Reading, below, effective, equal, log_likelihood, quantiles, weigh
from dermatwin.naming import Detail, Name
from dermatwin.twin import simulate

PEOPLE = 500
RANDOM = np.random.Generator(np.random.Philox(7))
BODY = RANDOM.standard_normal(PEOPLE)
LATER = 0.8 * BODY + 0.6 * RANDOM.standard_normal(PEOPLE)


def plain(value: float, error: float = 0.5, chance: float = 0.0, group: str = "", bound: str = "") -> Reading:
    return Reading(value, "additive", 0.0, error, chance, group, bound)


def learnt(*readings: Reading, least: float = 0.0) -> np.ndarray:
    return weigh(log_likelihood(readings, [BODY] * len(readings), PEOPLE), least).weights


def spread(weights: np.ndarray, values: np.ndarray = LATER) -> float:
    middle = np.average(values, weights=weights)
    return float(np.sqrt(np.average((values - middle) ** 2, weights=weights)))


values = st.floats(-3.0, 3.0)


@settings(deadline=None)
@given(st.lists(st.tuples(values, st.floats(0.05, 2.0)), min_size=1, max_size=5), st.floats(1.0, 300.0))
def test_weights_sum_to_one_and_are_never_negative(seen, least):
    found = weigh(log_likelihood([plain(*one) for one in seen], [BODY] * len(seen), PEOPLE), least)
    assert found.weights.sum() == pytest.approx(1.0)
    assert (found.weights >= 0.0).all()
    assert found.effective >= min(least, PEOPLE) * (1.0 - 1e-6) or found.exponent == 1.0
    assert 0.0 <= found.exponent <= 1.0


def test_nothing_observed_changes_nothing():
    weights = weigh(log_likelihood([], [], PEOPLE), 60.0)
    np.testing.assert_allclose(weights.weights, equal(PEOPLE))
    assert weights.exponent == 1.0
    np.testing.assert_allclose(quantiles(LATER, equal(PEOPLE), (0.05, 0.5, 0.95)), np.quantile(LATER, (0.05, 0.5, 0.95)))


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_the_order_of_observations_does_not_matter(order):
    readings = [plain(1.0, 0.4, 0.3, "a"), plain(0.5, 0.6, 0.3, "a"), plain(0.8, 0.5), plain(2.0, 0.5, bound="upper")]
    np.testing.assert_allclose(learnt(*(readings[n] for n in order)), learnt(*readings), rtol=1e-9)


def test_an_observation_draws_people_towards_it():
    for value in (-1.5, 0.0, 1.5):
        assert np.average(BODY, weights=learnt(plain(value, 0.2))) == pytest.approx(value, abs=0.2)


@pytest.mark.parametrize(("sure", "unsure"), [(0.2, 0.4), (0.4, 0.8), (0.8, 1.6)])
def test_a_more_precise_measure_never_widens_by_expectation(sure, unsure):
    """The mean width left over what might be read of many people."""
    random = np.random.Generator(np.random.Philox(11))
    noise = random.standard_normal(60)
    left = {
        error: np.mean([spread(learnt(plain(BODY[n] + error * noise[n], error))) for n in range(60)])
        for error in (sure, unsure)
    }
    assert left[sure] < left[unsure] < 1.02 * spread(equal(PEOPLE))


def test_what_a_session_has_in_common_is_counted_once():
    """Three readings after one session teach less of her than three after three sessions."""
    same = learnt(*(plain(1.5, 0.3, 0.8, "session 1") for _ in range(3)))
    apart = learnt(*(plain(1.5, 0.3, 0.8, f"session {n}") for n in range(3)))
    assert spread(same, BODY) > spread(apart, BODY)
    assert effective(same) > effective(apart)


def test_however_sure_the_reading_the_chance_of_a_session_stays():
    """A reading without any error leaves her as uncertain as the chance between sessions."""
    weights = learnt(*(plain(0.0, 1e-3, 0.5, "session 1") for _ in range(3)))
    assert spread(weights, BODY) > 0.35


def test_a_bound_teaches_its_side_alone():
    low = learnt(plain(-1.0, 0.2, bound="upper"))
    assert np.average(BODY, weights=low) < -0.8
    np.testing.assert_allclose(learnt(plain(9.0, 0.2, bound="upper")), equal(PEOPLE), rtol=1e-3)


def test_people_without_a_number_have_no_weight():
    broken = BODY.copy()
    broken[:100] = np.nan
    found = weigh(log_likelihood([plain(0.0)], [broken], PEOPLE), 0.0)
    assert (found.weights[:100] == 0.0).all()
    assert found.weights.sum() == pytest.approx(1.0)


def test_nobody_could_have_shown_it():
    with pytest.raises(ValueError, match="no person"):
        weigh(log_likelihood([plain(0.0)], [np.full(PEOPLE, np.nan)], PEOPLE), 0.0)


def test_tempering_widens_and_never_narrows():
    readings = [plain(2.5, 0.05), plain(2.4, 0.05)]
    free, held = learnt(*readings), learnt(*readings, least=100.0)
    assert effective(held) == pytest.approx(100.0, rel=1e-3)
    assert spread(held, BODY) > spread(free, BODY)


@settings(deadline=None)
@given(st.floats(-2.0, 2.0))
def test_the_share_below_is_a_share_that_grows_with_the_value(value):
    here, more = (below(plain(v), BODY, equal(PEOPLE)) for v in (value, value + 0.5))
    assert 0.0 <= here < more <= 1.0


def test_expected_narrowing_is_what_happens_in_the_mean():
    """Against the mean of what is left after many simulated readings."""
    noise = np.random.Generator(np.random.Philox(13)).standard_normal(PEOPLE)
    told = narrowing(LATER, plain(0.0, 0.5), BODY, equal(PEOPLE), noise)
    left = np.mean([spread(learnt(plain(BODY[n] + 0.5 * noise[n], 0.5))) for n in range(100)])
    assert 1.0 - left / spread(equal(PEOPLE)) == pytest.approx(told, abs=0.06)
    assert narrowing(RANDOM.standard_normal(PEOPLE), plain(0.0), BODY, equal(PEOPLE), noise) < 0.02


def test_a_less_sure_reader_narrows_less():
    noise = np.random.Generator(np.random.Philox(13)).standard_normal(PEOPLE)
    told = [narrowing(LATER, plain(0.0, error), BODY, equal(PEOPLE), noise) for error in (0.1, 0.5, 2.0)]
    assert told[0] > told[1] > told[2] >= 0.0


def test_later_people_are_nobody_of_those_before():
    together, first, rest = Luck(3, 6), Luck(3, 4), Luck(3, 2, first=4)
    for session in (0, 2):
        drawn = together.normal("person", "a thing", session, width=5)
        np.testing.assert_array_equal(drawn[:4], first.normal("person", "a thing", session, width=5))
        np.testing.assert_array_equal(drawn[4:], rest.normal("person", "a thing", session, width=5))


# ---- with the twin -----------------------------------------------------------------------------------------------------

SEEN = [
    {"quantity": "redness_grade", "zone": "cheek", "time": "1 d", "value": 2.0, "unit": "1", "by": "clinician"},
    {"quantity": "pain_vas[1]", "zone": "cheek", "time": "0 d", "value": 4.0, "unit": "1", "by": "patient"},
]


def case(**changes):
    return case_of(course=course_of("cheek"), horizon="12 weeks", **changes)


@pytest.fixture(scope="module")
def quiet():
    return follow(case(), draws=(60, 60), seed=3)


@pytest.fixture(scope="module")
def watched():
    return follow(case(observations=SEEN), draws=(60, 60), seed=3)


def test_without_observations_the_forecast_stays(quiet):
    assert all(one.before == one.after for one in quiet.forecast)
    assert quiet.effective == pytest.approx(60.0)
    assert not quiet.moved
    assert not quiet.observations


def test_batches_together_are_the_people_of_one_run():
    whole = simulate(case(), draws=30, seed=3)
    ask = Ask(Name("pain_vas", Detail(session=2)), "cheek", 28.0, 1)
    people = People(case(), 3, Evidence.packaged(), (ask,))
    people.grow(20)
    people.grow(10)
    np.testing.assert_allclose(people.values(ask), whole.find("pain_vas[2]", "cheek")[0].values, rtol=1e-9)


def test_weights_speak_of_the_people_of_the_seed(watched):
    assert watched.weights.shape == (watched.draws,) == (60,)
    assert watched.weights.sum() == pytest.approx(1.0)
    assert watched.seed == 3
    assert watched.done == (1,)


def test_the_old_forecast_is_kept_and_what_all_share_is_not_changed(quiet, watched):
    before, first = ([one.before for one in told.forecast] for told in (watched, quiet))
    np.testing.assert_allclose(before, first, rtol=1e-12)  # blocks of another size may round the last digit otherwise
    assert any(one.before != one.after for one in watched.forecast)
    assert watched.run.evidence is quiet.run.evidence


def test_the_order_of_the_list_does_not_matter(watched):
    other = follow(case(observations=SEEN[::-1]), draws=(60, 60), seed=3)
    np.testing.assert_allclose(other.weights, watched.weights)


def test_what_is_seen_in_one_zone_is_no_reading_of_another():
    """Two zones: the second keeps its own courses, and an untreated one has none."""
    zones = [{"zone": zone, "area": "20 cm^2", "concerns": []} for zone in ("cheek", "forehead")]
    two = case_of(zones=zones, course=course_of("cheek", "forehead"), horizon="8 weeks", observations=SEEN)
    found = follow(two, draws=(60, 60), seed=3)
    assert {one.zone for one in found.courses} == {"cheek"}
    assert {one.zone for one in found.forecast} == {"cheek", "forehead"}


def test_a_course_as_it_was_held():
    told = case(held=[{"session": 1, "settings": {"cheek": {"needle_length": "1 mm"}}}, {"session": 2, "time": "35 d"}])
    course = as_held(told)
    assert course.days == (0.0, 35.0)
    assert course.planned == (1, 2)
    assert [course.case.course.settings["cheek"].at(n).needle_length for n in (0, 1)] == [1.0, 1.5]


def test_a_missed_session_moves_the_numbers_of_later_ones():
    seen = [{"quantity": "pain_vas[3]", "zone": "cheek", "value": 3.0, "unit": "1"}]
    told = case_of(course=course_of("cheek", count=3), held=[{"session": 2, "missed": True}], observations=seen)
    course = as_held(told)
    assert course.days == (0.0, 56.0)
    assert course.planned == (1, 3)
    assert course.number(3) == 2
    assert course.number(2) is None
    assert course.case.observations[0].quantity == "pain_vas[2]"


def test_nothing_held_otherwise_is_the_case_itself():
    told = case()
    assert as_held(told).case is told


def test_chance_is_added_to_sessions_that_were_not_held_yet(quiet):
    by_name = {one.name.text: one for one in quiet.forecast}
    run = quiet.run.find("redness_duration[2]", "cheek")[0].values
    later = by_name["redness_duration[2]"]
    assert np.log(later.before[2] / later.before[0]) > np.log(np.quantile(run, 0.95) / np.quantile(run, 0.05)) * 0.95
    now = by_name["redness_duration[1]"]
    np.testing.assert_allclose(now.before, quiet.run.find("redness_duration[1]", "cheek")[0].band)
