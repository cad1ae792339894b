"""Outcome against closed forms and against the numbers that its evidence claims."""

from dataclasses import replace

import numpy as np
import pytest

from dermatwin.core import Luck
from dermatwin.core.vocabulary import PHOTOTYPES
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.rows.trials import AdverseRow, OutcomeRow
from dermatwin.outcome import Cut, TrialArm, cut_of, duration, pain, pooled, predict_arm, predict_pain, scales
from dermatwin.outcome.arms import followup_of
from dermatwin.outcome.counts import class_of, counts, one_each
from dermatwin.outcome.events import Count, Treated, _beta, phototype_range, pool_counts, rate_pool, risk, trial_hazard
from dermatwin.outcome.meta import Observation, pool_values
from dermatwin.outcome.prediction import rated_share
from dermatwin.outcome.reaction import relaxed
from dermatwin.outcome.recovery import settled
from dermatwin.outcome.response import saturating, typical_driver
from dermatwin.outcome.tissue import integral, interpolated


@pytest.fixture(scope="module")
def draws():
    return Draws(Evidence.packaged(), Luck(1, 50))


def test_response_fixed_points():
    assert saturating(0.0, 2.0) == 0.0
    assert saturating(1.0, 2.0) == pytest.approx(1.0)
    assert saturating(1e9, 2.0) == pytest.approx(3.0)


def test_two_sessions_a_half_time_apart():
    assert typical_driver(2.0, 30.0, 30.0, 30.0) == pytest.approx(0.5 + 0.75)
    assert typical_driver(1.5, 30.0, 30.0, 30.0) == pytest.approx(0.5 + 0.5 * 0.75)


def test_integral_of_a_line_is_exact():
    time = np.array([0.0, 1.0, 1.5, 4.0])
    assert integral(time, 2.0 * time, np.array([0.0, 4.0, 9.0])) == pytest.approx([0.0, 16.0, 16.0])
    assert interpolated(time, 2.0 * time, np.array([-1.0, 0.25, 3.0, 9.0])) == pytest.approx([0.0, 0.5, 6.0, 8.0])


def test_relaxation_to_a_constant():
    hours = np.arange(0.0, 50.0)
    assert relaxed(np.ones((1, 50)), hours, np.array([10.0]))[0] == pytest.approx(1.0 - np.exp(-hours / 10.0))


def test_relaxation_towards_a_ramp():
    hours, tau = np.linspace(0.0, 50.0, 2001), 10.0
    found = relaxed(hours[None, :], hours, np.array([tau]))[0]
    assert found == pytest.approx(hours - tau * (1.0 - np.exp(-hours / tau)), rel=1e-3, abs=1e-4)


def test_a_sign_has_settled_after_the_last_time_at_which_it_is_seen():
    hours, never, late = np.array([0.0, 24.0, 48.0, 72.0]), [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 2.0]
    days, inside = settled(hours, np.array([never, [2.0, 0.0, 2.0, 0.0], late, [2.0, 0.0, np.nan, 0.0]]), np.full(4, 1.0))
    np.testing.assert_array_equal(days, [0.0, 3.0, 3.0, np.nan])
    assert inside[:3].tolist() == [True, True, False]


def test_a_pain_score_weighs_by_its_error_on_the_logit_scale():
    row = next(row for row in Evidence.packaged().rows(AdverseRow) if row.event == "pain_vas")
    told = ("mean VAS 5 of 10 (SD 2)", "mean 4-6 of 10 (SE 2)", "mean 2 of 10", "mild")
    found = [pain._observation(row.model_copy(update={"severity": text, "population_n": 16})) for text in told]
    spread, error, bare = (one for one in found if one is not None)
    assert (spread.value, error.value) == (pytest.approx(0.0), pytest.approx(0.0))
    assert spread.variance == pytest.approx((2.0 / 4.0 * 10.0 / 25.0) ** 2)
    assert error.variance == pytest.approx((2.0 * 10.0 / 25.0) ** 2)
    assert (bare.value, bare.variance) == (pytest.approx(np.log(0.25)), pytest.approx((2.0 / 4.0 * 10.0 / 16.0) ** 2))


def test_the_follow_up_is_that_after_the_last_session():
    row = Evidence.packaged().rows(OutcomeRow)[0]

    def told(after, stated, reference):
        names = ("followup_days_after_last_session", "followup_days_as_stated", "followup_reference")
        return followup_of(row.model_copy(update=dict(zip(names, (after, stated, reference), strict=True))))

    assert told(30.0, 90.0, "from_first") == 30.0
    assert told(None, 90.0, "unstated") == 90.0
    assert told(None, 90.0, "from_first") is None


def test_kind_raters_count_more_responders_and_scores_know_no_kindness(draws):
    known = pooled(draws).draw(draws)
    at = known.pooled.names.index("rating")
    kinder = replace(known, values=known.values + 0.3 * (np.arange(known.values.shape[1]) == at))
    mean, seen, scored = np.full(draws.count, 0.3), Cut("any"), Cut("", 0.4, graded=True)
    assert (rated_share(mean, seen, kinder) > rated_share(mean, seen, known)).all()
    np.testing.assert_array_equal(rated_share(mean, scored, kinder), rated_share(mean, scored, known))


def test_nobody_is_reported_better_than_healed(draws):
    few = predict_arm(TrialArm("acne_scar", "", "needling", "pen", people=0.05), draws)
    assert few.relative_improvement.max() == 1.0


def test_never_seen_bounds_a_risk_and_never_makes_it_zero():
    few, many = (pool_counts([Count(str(i), 0.0, 50.0, 1.0, 1.0) for i in range(n)], (1.5, 0.8)) for n in (1, 20))
    assert few.median_rate() > many.median_rate() > 0.0
    upper = many.draw(np.array([0.95]))[0][0]
    assert 0.0005 < upper < 0.1


def test_many_events_give_their_rate_back():
    found = pool_counts([Count(str(i), 30.0, 100.0, 1.0, 1.0) for i in range(30)], (1.5, 0.8))
    assert found.median_rate() == pytest.approx(0.3, abs=0.02)


def test_two_hazards_multiply_the_survival():
    assert risk(np.array(0.1), 2.0) == pytest.approx(1.0 - 0.9**2)


def test_a_trial_of_the_reference_course_has_hazard_one(draws):
    drives = {f"pigment_drive[{p}]": v for p, v in zip(PHOTOTYPES, (0.3, 0.5, 1.0, 2.0, 3.0, 4.0), strict=True)}
    sites = {"pih_site_factor[face]": 1.0, "pih_site_factor[body]": 2.0}
    devices = {"tram_track_factor[roller]": 1.0, "tram_track_factor[pen]": 0.2, "tram_track_factor[unspecified]": 0.5}
    numbers = {"event_reference_sessions": 4.0, "pigment_dose_exponent": 0.8, **sites, **drives, **devices}
    assert trial_hazard("pih", Treated("III", "face", "roller", 4.0), "face", numbers) == pytest.approx(1.0)
    assert trial_hazard("pih", Treated("IV", "back", "pen", 2.0), "body", numbers) == pytest.approx(2.0)
    assert trial_hazard("infection", Treated("VI", "back", "pen", 2.0), "body", numbers) == pytest.approx(0.5)
    for device, expected in (("roller", 0.5), ("pen", 0.1), ("needling_unspecified", 0.25)):
        assert trial_hazard("tram_track_scar", Treated("III", "face", device, 2.0), "face", numbers) == pytest.approx(
            expected
        )
    assert phototype_range("III-V") == ("III", "IV", "V")


def test_one_exact_value_centres_the_pool():
    found = pool_values([Observation(str(i), 2.0, 1e-4) for i in range(200)], 0.0, 3.0, 0.5)
    assert found.draw(np.array([0.5]))[0][0] == pytest.approx(2.0, abs=0.1)


def test_an_upper_bound_pulls_down_only():
    below = pool_values([Observation("a", 0.0, 0.1, upper_bound=True)], 0.0, 2.0, 0.5).draw(np.array([0.5]))[0][0]
    far = pool_values([Observation("a", 9.0, 0.1, upper_bound=True)], 0.0, 2.0, 0.5).draw(np.array([0.5]))[0][0]
    assert below < -0.5
    assert far == pytest.approx(0.0, abs=0.1)


def test_a_bound_that_everybody_keeps_lies_above_the_mean():
    """The largest of n people lies ndtri(n/(n + 1)) spreads above the mean, so the mean lies that much lower."""
    ratios = {"redness": (1.0, 0.0), "any": (2.0, 0.4), "heat": (3.0, 0.5)}
    kept = duration._observation(duration.Stated("a", "redness", 48.0, 15.0, True, True), ratios, 0.5, 0.0)
    assert kept.value == pytest.approx(np.log(48.0) - 0.5 * 1.5341205)
    assert kept.upper_bound
    hot = duration._observation(duration.Stated("b", "any", 60.0, 25.0, heat=True, sd=30.0), ratios, 0.5, 0.7)
    assert hot.value == pytest.approx(np.log(60.0 / 6.0))
    assert hot.variance == pytest.approx(0.5**2 / 25.0 + 0.7**2 + 0.4**2 + 0.5**2)


def test_every_study_has_one_duration(draws):
    rows = duration._one_each(duration.stated(draws.evidence))
    assert {row.source: row.hours for row in rows} == pytest.approx(
        {"hk2018": np.sqrt(18.0), "nafl_mn_striae2018": 72.0, "dou2022": 167.0, "chu2021": 168.0, "donnelly2014": 48.0}
    )
    assert {row.source for row in rows if row.upper} == {"chu2021", "donnelly2014"}


def test_reactions_scatter_from_none_to_all_and_harm_stays_rare():
    """Beta(p c, (1 - p) c) has the variance p(1 - p)/(1 + c); a harm the coefficient of variation s^-0.5."""
    for reaction, spread in ((True, np.sqrt(0.2 * 0.8 / 2.0)), (False, np.sqrt(0.01**2 / (1.0 * 1.0)))):
        a, b = _beta(np.array(0.2 if reaction else 0.01), np.array(1.0), reaction)
        assert a / (a + b) == pytest.approx(0.2 if reaction else 0.01, rel=0.02)
        assert np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1.0))) == pytest.approx(spread, rel=0.03)


def test_an_assumed_rate_is_held_down_by_zeros_and_is_itself_without():
    alone = pool_counts([], (1.5, 0.8), assumed=(0.003, 1.2))
    held = pool_counts([Count("a", 0.0, 2000.0, 1.0, 1.0)], (1.5, 0.8), assumed=(0.003, 1.2))
    assert alone.median_rate() == pytest.approx(0.003, rel=0.02)
    assert 0.0 < held.median_rate() < 0.0015


def test_counts_take_one_row_of_each_study_and_keep_kinds_apart(draws):
    """14 of 316: added up by hand from the rows that count pigment, and those that saw no adverse event of any kind."""
    found = counts("pih", draws)
    assert (found.needled.events, found.needled.people, found.needled.studies) == (14, 316, 10)
    assert (found.heated.events, found.heated.people) == (2, 209)
    assert found.upper is None
    (first, *_) = draws.evidence.rows(AdverseRow)
    plain = {"source": "a", "severity": "", "note": "", "device_kind": "roller", "arm_kind": "needling", "population_n": 9}
    own = first.model_copy(update={**plain, "event": "pih", "events_n": 1})
    wider = own.model_copy(update={"event": "other", "events_n": 0, "note": "any adverse event"})
    rows = [own, wider]
    assert one_each(rows, "pih") == rows[:1]
    assert one_each(rows[1:], "pih") == rows[1:]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("any significant adverse effect", "unexpected"),
        ("serious adverse event: none", "serious"),
        ("burn; sessions 2", "burn"),
        ("itching; listed", "other"),
        ("withdrawal for an adverse effect", "serious"),
    ],
)
def test_other_events_are_classed_by_their_note(note, expected):
    assert class_of("other", "", note) == expected


def test_three_times_the_length_hurts_seven_times_where_pain_is_small():
    calm = Draws(Evidence.packaged().believing(pain_prior_score=0.001), Luck(1, 2, frozenset()))
    everyone = frozenset({"nafl_mn_striae2018", "pain_review2020"})
    short, long = (predict_pain("roller", calm, everyone, needle_length=length)[0] for length in (0.1, 0.3))
    assert long / short == pytest.approx(7.0, rel=0.01)


def test_responder_definitions_draw_lines(draws):
    known = scales(draws.evidence)
    grade = known["goodman_baron_qualitative"]
    assert cut_of("improved by >=50%", None, None) == Cut("", 0.5)
    assert cut_of("improved by >75%", None, None) == Cut("", 0.75)
    assert cut_of("improved by >=2 grades", grade, 4.0) == Cut("", 1.5 / 4.0, graded=True)
    assert cut_of("no scars left (also >=1 grade)", grade, 2.0) == Cut("", 0.25, graded=True)
    assert cut_of("scar grade reduced by 1-2", known["own_score"], None) == Cut("any", graded=True)
    assert cut_of("moderate, marked or excellent", None, None).word == "moderate"
    assert cut_of("good or excellent", None, None).word == "good"
    assert cut_of("any improvement", None, None).word == "any"
    assert cut_of("satisfied or very satisfied", None, None).word == "any"
    assert cut_of("as agreed", None, None) is None


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("improved by more than one grade", 2),
        ("reduced by > 1 grade", 2),
        ("improved by over two grades", 3),
        ("at least two grades better", 2),
        ("improved by >=1 grade", 1),
        ("improved by one grade or more", 1),
    ],
)
def test_more_than_a_number_of_grades_is_the_next_one_at_least(text, grades, draws):
    scale = scales(draws.evidence)["goodman_baron_qualitative"]
    assert cut_of(text, scale, 4.0) == Cut("", (grades - 0.5) / 4.0, graded=True)


def test_more_than_a_share_is_a_share():
    assert cut_of("improved by more than 50 %", None, None) == Cut("", 0.5)
    assert cut_of('scars improved (">70%")', None, None) == Cut("", 0.7)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("reference_pih_rate", "pih"),
        ("reference_scar_rate", "tram_track_scar"),
        ("reference_infection_rate", "infection"),
        ("reference_serious_rate", "serious"),
    ],
)
def test_the_carried_rates_are_those_of_the_pool(draws, name, event):
    parameter, found = draws.evidence.parameters[name], rate_pool(event, draws)
    assert parameter.value == pytest.approx(found.median_rate(), rel=0.15)
    assert set(parameter.sources) == set(found.sources)


def test_the_carried_spread_is_that_of_the_pool(draws):
    parameter, found = draws.evidence.parameters["between_study_spread"], pooled(draws)
    assert parameter.value == pytest.approx(found.spread_between_studies(), rel=0.15)
    assert set(parameter.sources) == {s for sources in found.sources.values() for s in sources}


NAMED = (
    "goodman_baron_qualitative",
    "goodman_baron_quantitative",
    "ecca",
    "asas_global",
    "lemperle",
    "wsrs",
    "glogau",
    "gais",
    "vss",
    "posas",
    "masi",
    "mmasi",
    "pore_grade",
    "pore_diameter",
    "aa_texture_modified",
    "roughness",
    "cutometer_r0",
    "cutometer_r2",
    "cutometer_r5",
    "cutometer_r7",
    "ita",
    "erythema_index",
    "hair_count_per_cm2",
    "pain_vas",
)


@pytest.mark.parametrize("name", NAMED)
def test_every_scale_of_the_field_is_typed(name, draws):
    scale = scales(draws.evidence)[name]
    assert scale.title
    assert scale.rater in ("clinician", "patient", "patient or clinician", "instrument")
    assert scale.lower_is_better in (True, False)
    assert scale.sources
    if scale.kind in ("severity", "category"):
        assert scale.low is not None
        assert scale.high is not None
        assert scale.low < scale.high
    if scale.minimal_change is not None:
        assert 0.0 < scale.minimal_change < (scale.high or np.inf) - (scale.low or 0.0)
    if scale.grade != "E":
        assert "dermatwin_prior" not in scale.sources or scale.kind == "instrument"
