"""The fit of clinical outcome against closed forms, and its readings against the rows."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import log_ndtr
from scipy.stats import truncnorm

from dermatwin.calibration import gibbs
from dermatwin.calibration.gibbs import means
from dermatwin.calibration.outcome import Problem, fit, problem, reduction
from dermatwin.calibration.trials import Cell, Reading, Term, Trials, trials
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.outcome import Cut

EVIDENCE = Evidence.packaged()


@pytest.fixture(scope="module")
def read():
    return trials(Draws(Evidence.packaged().before_fits(), Luck(0, 1)))


@pytest.fixture(scope="module")
def priors():
    return problem(EVIDENCE, given=Trials((), ())).priors


def only(*readings, priors):
    studies = tuple(dict.fromkeys(r.study for r in readings))
    return problem(EVIDENCE, given=Trials(studies, readings), priors=priors)


def of(whole: Problem, states, name):
    return states[:, whole.names.index(name)]


def fixed(priors):
    """Priors under which the spread between people is known: one tenth."""
    return replace(priors, scalars=((0.1, 1e-3), *(((1.0, 1e-3),) * 5)), least_error=1e-6)


def test_one_score_gives_the_textbook_posterior(priors):
    """Normal prior times one normal reading: mean y S^2/(S^2 + s^2/n)."""
    one = Reading("a", 1, "score", (Term("needle", 1.0),), 4.0, 0.4, 0.2)
    whole = only(one, priors=fixed(priors))
    found = of(whole, fit(whole, 1, 20_000, thin=2, burn=100), "needle")
    width, error = priors.plain["needle"][1] ** 2, 0.1**2
    assert found.mean() == pytest.approx(0.4 * width / (width + error), abs=4e-3)
    assert found.std() == pytest.approx(np.sqrt(1.0 / (1.0 / width + 1.0 / error)), rel=0.03)


def test_a_range_bends_the_prior(priors):
    """'Better' and no more, of one person: a skew normal, mean S d sqrt(2/pi), d = S/sqrt(S^2 + s^2)."""
    better = Reading("a", 1, "range", (Term("needle", 1.0),), 1.0, low=0.0, share=1.0)
    whole = only(better, priors=fixed(priors))
    found = of(whole, fit(whole, 2, 40_000, thin=5, burn=500), "needle")
    width = priors.plain["needle"][1]
    assert found.mean() == pytest.approx(width**2 / np.hypot(width, 0.1) * np.sqrt(2.0 / np.pi), rel=0.05)


def test_a_count_is_a_probit_regression(priors):
    """k of n above a line, flat enough a prior: mean near line + s z(k/n)."""
    from scipy.special import ndtri

    count = Reading("a", 1, "count", (Term("needle", 1.0),), 400.0, 300.0, cut=Cut("", 0.3, graded=True))
    whole = only(count, priors=fixed(priors))
    found = of(whole, fit(whole, 3, 20_000, thin=5, burn=1000), "needle")
    assert found.mean() == pytest.approx(0.3 + 0.1 * ndtri(0.75), abs=5e-3)


def test_nothing_read_leaves_the_prior(priors):
    weak = Reading("a", 1, "score", (Term("needle", 1.0), Term("concern:acne_scar", 1.0)), 1.0, 0.0, 1e4)
    whole = only(weak, priors=priors)
    states = fit(whole, 4, 30_000, thin=5, burn=500)
    assert of(whole, states, "needle").std() == pytest.approx(priors.plain["needle"][1], rel=0.05)
    spread = of(whole, states, "concern_between")
    assert np.median(spread) == pytest.approx(0.6745 * priors.spreads[2], rel=0.1)
    assert of(whole, states, "concern:acne_scar").std() == pytest.approx(priors.spreads[2], rel=0.1)


@pytest.mark.parametrize(
    ("low", "high"), [(-np.inf, -1.0), (2.0, np.inf), (-0.3, 0.4), (3.0, 3.5), (-1.0, 2.0), (-4.0, -3.0)]
)
def test_truncated_normals(low, high):
    chance = np.random.Generator(np.random.Philox(5))
    found = np.array([gibbs._between(chance, low, high) for _ in range(20_000)])
    assert ((found > low) & (found < high)).all()
    assert found.mean() == pytest.approx(truncnorm.mean(low, high), abs=0.02)
    assert found.std() == pytest.approx(truncnorm.std(low, high), rel=0.05)


@pytest.mark.parametrize(
    ("low", "high"),
    [(-np.inf, -50.0), (40.0, np.inf), (-1.96, 1.96), (9.0, 12.0), (-12.0, -9.0), (-50.0, -49.0), (3.0, 45.0)],
)
def test_ranges_are_told_in_either_tail(low, high):
    """ln(Phi(high) - Phi(low)) where both are nearly 0 or nearly 1."""
    top, bottom = log_ndtr([-low, -high]) if low > 0.0 else log_ndtr([high, low])
    assert gibbs._log_between(low, high) == pytest.approx(top + np.log1p(-np.exp(bottom - top)), rel=1e-9)


def expected(driver=1.0, kind="needle", adjunct="none", works=1.0, saturation=1.0, **effects):
    terms = Cell("a", "x", "acne_scar", kind, adjunct, driver, "").terms
    whole = problem(EVIDENCE, given=Trials(("a",), (Reading("a", 1, "score", terms, 10.0),)))
    known = {"drift": 0.1, "needle": 0.4, "active": 0.3, **effects}
    values = np.array(
        [known.get(name if name.startswith("drift") else name.partition(":")[0], 0.0) for name in whole.effects]
    )
    return means(whole.system, values, saturation, np.full(len(whole.system.studies), works))[0]


def test_the_drift_of_a_treated_arm_fades_as_the_tissue_responds():
    assert expected(1.0) == pytest.approx(0.4)
    assert expected(1.0 / 3.0) == pytest.approx(0.25)  # m(1/3) = 1/2 for k = 1
    assert expected(0.0) == pytest.approx(0.1)
    assert expected(1.0, "untreated") == pytest.approx(0.1)


@pytest.mark.parametrize("kind", ["needle", "rf", "active"])
def test_where_nothing_acts_the_drift_and_the_study_are_left(kind):
    assert expected(kind=kind, works=0.0, study=0.05) == pytest.approx(0.15)


def test_an_adjunct_does_not_wait_for_the_needle():
    assert expected(0.0, adjunct="peel", study=0.3, arm=0.3) == pytest.approx(expected(0.0))
    terms = Cell("a", "x", "acne_scar", "needle", "peel", 0.0, "").terms
    assert {t.effect for t in terms if t.driver == 1.0 and t.coefficient > 0.0} == {"drift", "adjunct", "adjunct:peel"}


def test_people_who_never_respond_are_a_share_of_every_count(priors):
    """Beyond a line that everybody else passes, one of four is counted out: the odds are a third."""
    sure = replace(fixed(priors), scalars=((0.1, 1e-3), (1.0, 1e-3), (1.0, 1e-3), (0.1, 1e-3), (0.2, 2.0), (1e-3, 1e-3)))
    terms = (Term("needle", 1.0),)
    score = Reading("a", 1, "score", terms, 400.0, 0.9, 0.1)
    count = Reading("a", 2, "count", terms, 4000.0, 3000.0, cut=Cut("", 0.3, graded=True), never="a/never")
    whole = only(score, count, priors=sure)
    found = of(whole, fit(whole, 6, 6_000, thin=2, burn=1000), "never")
    assert np.median(found) == pytest.approx(1.0 / 3.0, rel=0.1)


def test_a_trial_that_saw_nothing_is_taken_for_one_without_effect(priors):
    """Many trials at one half, one at nothing: the others keep their mean, and the odds of such a trial rise."""

    def told(value, study):
        terms = Cell(study, "x", "acne_scar", "needle", "none", 1.0, "").terms
        return Reading(study, 1, "score", terms, 100.0, value, 0.1)

    many = [told(0.5, f"s{n}") for n in range(12)]
    plain, one = (only(*many, *more, priors=priors) for more in ((), (told(0.0, "zero"),)))
    states = [fit(whole, 7, 4_000, thin=2, burn=1000) for whole in (plain, one)]
    assert np.median(of(one, states[1], "no_effect")) > 1.3 * np.median(of(plain, states[0], "no_effect"))
    needle = [
        np.median(of(w, s, "needle") + of(w, s, "concern:acne_scar")) for w, s in zip((plain, one), states, strict=True)
    ]
    assert needle[1] > needle[0] - 0.03


def test_rows_become_readings(read):
    found = {(r.line, r.what): r for r in read.readings}
    assert found[2, "score"].value == pytest.approx(0.4459)
    assert found[2, "spread"].value < 0.0
    assert (found[3, "count"].value, found[3, "count"].n, found[3, "count"].cut.word) == (26, 30, "good")
    assert found[29, "count"].value == 0  # a needled arm without a single responder is kept
    null = found[113, "range"]  # 'not significant' is a range, not nothing
    assert null.low < 0.0 < null.high
    assert found[8, "score"].base  # a change without a baseline: what it is relative to is unknown
    depth = found[13, "range"]
    assert depth.low > 0.0


def test_a_comparison_is_read_once_and_is_a_difference(read):
    pair = [r for r in read.readings if r.study == "leheta2011" and r.what == "range"]
    assert len(pair) == 1
    weights = [t.coefficient for t in pair[0].terms if t.effect.startswith("arm:")]
    assert sorted(weights) == [-1.0, 1.0]


def test_rows_pooled_over_arms_are_their_mean(read):
    both = next(r for r in read.readings if r.line == 78)
    arms = {t.effect: t.coefficient for t in both.terms if t.effect.startswith("arm:")}
    assert sum(arms.values()) == pytest.approx(1.0)


def test_doubtful_rows_are_left_out(read):
    assert not {"seby2024", "pore_bont_case2025"} & set(read.studies)
    assert {50, 52, 58, 60} <= {r.line for r in read.readings if r.counted}  # hairs of a targeted cm2 count


def test_two_depths_of_one_trial_differ_by_their_tissue(read):
    pair = next(r for r in read.readings if r.study == "dermapen_depth")
    deep, shallow = (t.driver for t in pair.terms if t.effect == "needle")
    assert deep > shallow


def test_a_definition_is_chosen_once_per_study(read):
    chosen = [
        t.coefficient for r in read.readings if r.study == "alsterli2020_scars" for t in r.terms if t.effect == "chosen"
    ]
    assert len(chosen) == 2
    assert chosen[0] == chosen[1] == pytest.approx(0.25)


def test_without_a_study_its_readings_are_gone(read):
    whole = problem(EVIDENCE, given=read)
    rest = whole.without("dogra2014")
    assert rest.names == whole.names
    assert len(rest.system.numbers) == len(whole.system.numbers) - len([r for r in read.readings if r.study == "dogra2014"])


def test_chains_that_disagree_are_told():
    chance = np.random.Generator(np.random.Philox(1))
    same = chance.standard_normal((2, 400, 1))
    apart = same + np.array([0.0, 2.0])[:, None, None]
    assert reduction(same)[0] < 1.05
    assert reduction(apart)[0] > 1.3
