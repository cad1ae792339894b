"""Trials of known pools: false positives are alpha, power is that of closed forms, variances are those of theory."""

import numpy as np
import pytest
from scipy.stats import norm
from statsmodels.stats.power import TTestIndPower, TTestPower
from statsmodels.stats.proportion import power_proportions_2indep

from dermatwin.trial.analysed import analysed
from dermatwin.trial.drawing import draw_trials
from dermatwin.trial.running import characteristics, naive
from trials import SEVERITY, bench, document

MANY = 4000
SURE = 3.5  # Monte Carlo errors: of some thirty comparisons none is farther by chance in 99 of 100 suites
DESIGNS = [
    ("parallel", "t_test", MANY, 40),
    ("parallel", "ancova", MANY, 40),
    ("parallel", "responders", MANY, 120),
    ("parallel", "wilcoxon", 600, 40),
    ("parallel", "proportional_odds", 40, 24),
    ("parallel", "mixed_model", 30, 16),
    ("split_face", "paired_t", MANY, 20),
    ("split_face", "wilcoxon", 600, 30),
    ("crossover", "paired_t", MANY, 20),
]


def near(share, expected, trials, slack=0.0):
    """Whether a share of trials is within its Monte Carlo error of what is expected."""
    return abs(share - expected) <= SURE * np.sqrt(expected * (1.0 - expected) / trials) + slack


def power_of(found, trials, people, seed=4):
    tested = analysed(found, draw_trials(found, trials, people, np.random.default_rng(seed)))
    return float(tested.significant(0.05).mean())


@pytest.mark.parametrize(("design", "method", "trials", "people"), DESIGNS)
def test_a_trial_of_nothing_is_positive_in_alpha_of_all(design, method, trials, people):
    """Normal approximations of ranks and shares may stray by half a per cent."""
    step = 8.0 if method == "proportional_odds" else 1e-6
    raw = document(
        design=design,
        people=people,
        analysis={"method": method},
        raters={"step": step, "disagreement": 2.0},
        leaving={"at_random": "10 %"},
        randomisation={"block": 4, "strata": ["sex"]} if design == "parallel" else {},
        arms=[{"name": "one"}, {"name": "other"}],
    )
    found = bench(raw, (0.2, 0.2), severity=None if design == "parallel" else SEVERITY)
    assert near(power_of(found, trials, people), 0.05, trials, slack=0.005 if method in ("wilcoxon", "responders") else 0.0)


def test_a_matched_pair_of_responders_is_conservative():
    """McNemar's exact test says less than alpha, never more."""
    found = bench(document(design="split_face", analysis={"method": "responders"}, people=40), (0.25, 0.25))
    assert 0.001 < power_of(found, MANY, 40) < 0.05


@pytest.mark.parametrize("kind", ["obrien_fleming", "pocock"])
def test_looks_do_not_add_false_positives(kind):
    found = bench(document(people=80, stopping={"looks": [0.25, 0.5, 0.75, 1.0], "efficacy": kind}), (0.2, 0.2))
    ended = characteristics(found, MANY, 80, 1)
    assert near(ended.significant.value, 0.05, MANY)
    assert sum(look.efficacy.value for look in ended.looks) == pytest.approx(ended.significant.value)
    assert ended.read > 75.0


def test_an_effect_ends_trials_early_and_nothing_ends_them_for_futility():
    raw = document(people=80, stopping={"looks": [0.5, 1.0], "efficacy": "pocock", "futility": "20 %"})
    better, none = (characteristics(bench(raw, means), 1000, 80, 1) for means in ((0.45, 0.2), (0.2, 0.2)))
    assert better.looks[0].efficacy.value > 0.8
    assert better.read < 50.0
    assert none.looks[0].futility.value > 0.5
    assert none.looks[-1].futility.value == 0.0


@pytest.mark.parametrize("people", [24, 40, 80])
def test_power_of_two_means(people):
    found = bench(document(people=people), (0.3, 0.2))
    expected = TTestIndPower().power(0.5, people // 2, 0.05)
    assert near(power_of(found, MANY, people), expected, MANY)


@pytest.mark.parametrize("people", [10, 20])
def test_power_of_paired_means(people):
    found = bench(
        document(design="split_face", people=people, analysis={"method": "paired_t"}, randomisation={}), (0.3, 0.2)
    )
    rho = found.believed["side_correlation"][0]
    expected = TTestPower().power(0.5 / np.sqrt(2.0 * (1.0 - rho)), people, 0.05)
    assert near(power_of(found, MANY, people), expected, MANY)


def test_power_of_two_proportions():
    found = bench(document(people=200, analysis={"method": "responders"}), (0.3, 0.2))
    p1, p2 = norm.sf((0.25 - np.array([0.3, 0.2])) / 0.2)
    expected = power_proportions_2indep(p1 - p2, p2, 100, alpha=0.05).power
    assert near(power_of(found, MANY, 200), expected, MANY, slack=0.01)


def test_assurance_is_power_averaged_over_worlds():
    """Effects that differ between lots: the share of significant trials is the mean of the lots' powers."""
    effects = 0.1 + 0.1 * norm.ppf((np.arange(20) + 0.5) / 20)
    found = bench(document(pool={"lots": 20, "worlds": 0}), (0.2 + effects, 0.2))
    expected = np.mean([TTestIndPower().power(abs(effect) / 0.2, 20, 0.05) for effect in effects])
    told = characteristics(found, MANY, 40, 3)
    assert near(told.significant.value, expected, MANY)
    assert told.significant.error > 0.03  # lots differ, and the error knows


def test_a_split_face_has_2_1_rho_of_the_variance_of_parallel_groups():
    """At equal numbers of readings: Var(mean difference) = 2 s^2 (1 - rho)/n against 2 s^2/n."""
    halves = bench(document(design="split_face", people=30, analysis={"method": "paired_t"}, randomisation={}), (0.3, 0.2))
    groups = bench(document(people=60), (0.3, 0.2))
    within, between = (
        np.var(analysed(one, draw_trials(one, MANY, n, np.random.default_rng(6))).estimate)
        for one, n in ((halves, 30), (groups, 60))
    )
    rho = halves.believed["side_correlation"][0]
    assert within / between == pytest.approx(1.0 - rho, rel=SURE * np.sqrt(4.0 / MANY))
    assert between == pytest.approx(2.0 * (0.2 * SEVERITY) ** 2 / 30, rel=SURE * np.sqrt(2.0 / MANY))


def test_estimates_are_true_and_intervals_hold():
    told = characteristics(bench(document(), (0.3, 0.2)), MANY, 40, 1)
    assert told.true == pytest.approx(0.1 * SEVERITY, rel=2e-3)
    assert abs(told.bias.value) < SURE * told.sd / np.sqrt(MANY) + 0.01
    assert near(told.covered.value, 0.95, MANY)


def test_raters_who_know_see_what_was_found_of_them():
    raw = document(raters={"step": 1e-6, "blinded": False})
    found = bench(raw, (0.3, 0.2))
    told = characteristics(found, MANY, 40, 1)
    gain = found.pool.plan.evidence.parameters["unblinded_gain"].value * 0.2 * SEVERITY
    assert told.bias.value == pytest.approx(gain, abs=SURE * told.sd / np.sqrt(MANY) + 0.01)
    both = bench(document(raters={"step": 1e-6, "blinded": False}, arms=[{"name": "one"}, {"name": "other"}]), (0.3, 0.2))
    assert abs(characteristics(both, MANY, 40, 1).bias.value) < SURE * told.sd / np.sqrt(MANY) + 0.01


def test_any_improvement_makes_responders_of_people_whom_nothing_helps():
    found = bench(document(), (0.0, 0.0))
    by_label = {one.label: one.value.value for one in naive(found, 500, 40, 1)}
    assert by_label["responders by any improvement, untreated"] == pytest.approx(0.5, abs=0.02)
    assert by_label["before against after, untreated"] == pytest.approx(0.025, abs=SURE * np.sqrt(0.025 / 500))


def test_the_second_period_of_a_crossover_begins_with_what_the_first_has_left():
    """After three tenths are gone, half of the rest: 0.5 x 0.7 x 40 = 14 against 20; the difference is not biased."""
    raw = document(design="crossover", people=40, analysis={"method": "paired_t"}, randomisation={})
    found = bench(raw, (0.5, 0.3), spread=0.05)
    drawn = draw_trials(found, 500, 40, np.random.default_rng(3))
    first = drawn.arm == 0
    gain = drawn.gain[..., -1]
    sure = SURE * 0.05 * SEVERITY / np.sqrt(10_000) + 0.03  # what two responses have in common, rho s^2
    assert gain[..., 0][first].mean() == pytest.approx(20.0, abs=sure)
    assert gain[..., 0][~first].mean() == pytest.approx(14.0, abs=sure + 0.6 * 0.05**2 * SEVERITY)
    assert gain[..., 1][first].mean() == pytest.approx(6.0, abs=sure + 0.6 * 0.05**2 * SEVERITY)
    told = characteristics(found, 1000, 40, 1)
    assert abs(told.bias.value) < SURE * told.sd / np.sqrt(1000) + 0.01


@pytest.mark.parametrize(("share", "pain", "above"), [(0.3, 0.0, 5.0), (0.0, 8.0, 7.0), (0.0, 6.0, 7.0)])
def test_who_leaves(share, pain, above):
    """At random as many as it says; of those in pain, at each of three sessions a tenth of those who are left."""
    raw = document(
        leaving={"at_random": share, "pain": {"above": above, "leave": 0.1}},
        people=40,
        arms=[{"name": "one"}, {"name": "other"}],
    )
    found = bench(raw, (0.3, 0.2), pain=pain)
    drawn = draw_trials(found, 1000, 40, np.random.default_rng(2))
    expected = share if pain <= above else 1.0 - 0.9**3
    assert np.isfinite(drawn.left).mean() == pytest.approx(expected, abs=SURE * 0.5 / np.sqrt(40_000))
    assert not drawn.seen[..., -1][drawn.left < 168.0].any()


def test_a_lost_session_costs_what_it_costs():
    """Here a missed session takes everything: of three, each is missed by one in ten."""
    raw = document(missed_sessions="10 %", people=40)
    found = bench(raw, (0.3, 0.0))
    drawn = draw_trials(found, 2000, 40, np.random.default_rng(2))
    mine = drawn.arm == 0
    assert drawn.lost[..., 0][mine].mean() == pytest.approx(0.3, abs=0.01)
    assert drawn.gain[..., 0, -1][mine].mean() == pytest.approx(0.3 * SEVERITY * 0.7, rel=0.02)
    assert (drawn.lost[..., 0][~mine] == 0.0).all()


def test_blocks_keep_arms_level_within_strata():
    raw = document(people=40, randomisation={"block": 4, "strata": ["sex", "phototype"]})
    found = bench(raw, (0.3, 0.2))
    drawn = draw_trials(found, 50, 40, np.random.default_rng(2))
    people = found.pool.people
    for female in (True, False):
        for phototype in range(6):
            here = (people.female[drawn.person] == female) & (people.phototype[drawn.person] == phototype)
            assert (np.abs((here & (drawn.arm == 0)).sum(axis=1) - (here & (drawn.arm == 1)).sum(axis=1)) <= 2).all()


def test_arms_are_filled_by_their_ratio():
    raw = document(people=60, arms=[{"name": "one", "ratio": 2}, {"name": "other"}], randomisation={"block": 6})
    drawn = draw_trials(bench(raw, (0.3, 0.2)), 20, 60, np.random.default_rng(2))
    assert ((drawn.arm == 0).sum(axis=1) == 40).all()


def test_nobody_is_in_a_trial_twice():
    drawn = draw_trials(
        bench(document(pool={"lots": 4, "worlds": 0, "lot": 60}), (0.3, 0.2)), 40, 40, np.random.default_rng(2)
    )
    assert all(len(set(people)) == 40 for people in drawn.person)
    assert (drawn.person // 60 == drawn.lot[:, None]).all()
