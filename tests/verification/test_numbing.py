"""Rows of numbing creams against sums done by hand."""

import numpy as np
import pytest
from scipy.stats import norm

from dermatwin.delivery.numbness import Numbness
from dermatwin.evidence import Evidence
from dermatwin.flows import NERVE_DEPTHS
from dermatwin.outcome.pain import predict_pain
from dermatwin.validation import numbing
from dermatwin.validation.laboratory import Laboratory
from dermatwin.validation.numbing import (
    Pair,
    covered_by_label,
    eased,
    numb_share,
    people_numb,
    placebo,
    predictor,
    product,
    strengths,
)
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.rows import Row, among

COUNT = 200


@pytest.fixture(scope="module")
def laboratory():
    return Laboratory(Evidence.packaged(), COUNT, 3)


def row(line=2, **cells):
    usual = {
        "source": "one2099",
        "product": "EMLA",
        "lidocaine_pct": "2.5",
        "prilocaine_pct": "2.5",
        "vehicle": "cream",
        "occluded": "true",
        "time_min": "60",
        "site": "face",
        "population": "adults",
        "test": "venous_access",
        "readout": "vas_0_100",
        "statistic": "mean",
        "value": "20",
        "n": "100",
        "unit": "1",
    }
    return Row("numbness.csv", line, {**usual, **cells})


PLACEBO = {"product": "placebo", "lidocaine_pct": "0", "prilocaine_pct": "0", "tetracaine_pct": "0"}


def held(monkeypatch, share):
    """Every course ends in this block, whoever it is."""
    found = Pair(np.full(COUNT, share), np.full(COUNT, share))
    monkeypatch.setattr(numbing, "block", lambda row, laboratory: found)


def test_the_pain_that_is_left_is_what_the_block_leaves(monkeypatch, laboratory):
    held(monkeypatch, 0.5)
    cream, _ = among([row(n="1000000"), row(3, value="50", n="1000000", **PLACEBO)])
    answer = predictor(laboratory)(cream)
    assert isinstance(answer, Prediction)
    assert answer.measured == pytest.approx(20 / 50)
    strength = laboratory.people("anaesthesia_strength", "1")
    assert answer.draws == pytest.approx(1.0 - 0.5 * strength, rel=0.01)  # E_max times the block, no error of counting


def test_pain_of_needling_is_that_of_trials_without_its_own_study(monkeypatch, laboratory):
    held(monkeypatch, 0.0)
    answer = predictor(laboratory)(row(test="needling", n="1000000"))
    assert isinstance(answer, Prediction)
    from dermatwin.outcome import predict_pain

    assert answer.draws == pytest.approx(predict_pain("needling_unspecified", laboratory.people), rel=0.01)
    assert answer.measured == pytest.approx(2.0)  # 20 of 100, on the twin's scale of 10
    held(monkeypatch, 1.0)
    numbed = predictor(laboratory)(row(test="needling", n="1000000"))
    assert isinstance(numbed, Prediction)
    left = 1.0 - laboratory.people("anaesthesia_strength", "1")
    assert numbed.draws == pytest.approx(left * answer.draws, rel=0.02)


def test_relief_of_one_person_is_that_persons_own(monkeypatch, laboratory):
    people = np.linspace(0.2, 0.8, COUNT)
    monkeypatch.setattr(numbing, "block", lambda row, laboratory: Pair(people, np.full(COUNT, 0.5)))
    assert eased(row(n="1"), laboratory) == pytest.approx(laboratory.people("anaesthesia_strength", "1") * people)


def test_a_share_is_of_those_above_the_level():
    scores = norm.ppf((np.arange(COUNT) + 0.5) / COUNT)
    spread = float(np.std(scores))

    def share(logit):
        return 1.0 / (1.0 + np.exp(-logit))

    found = numb_share(Pair(share(1.0 + scores), np.full(COUNT, share(1.0))), 0.5)
    assert found == pytest.approx(norm.cdf(1.0 / spread))
    certain = numb_share(Pair(np.full(COUNT, 0.7), np.full(COUNT, 0.7)), 0.5)
    assert certain == pytest.approx(1.0)


def test_those_who_are_not_numb_are_content_as_often_as_under_placebo(monkeypatch, laboratory):
    held(monkeypatch, 0.2)  # nobody is numb
    cells = {"readout": "share_adequate", "statistic": "share", "value": "0.8", "n": "100000"}
    cream, _ = among([row(**cells), row(3, **{**cells, "value": "0.3"}, **PLACEBO)])
    answer = predictor(laboratory)(cream)
    assert isinstance(answer, Prediction)
    assert np.median(answer.draws) == pytest.approx(0.3, abs=0.05)
    alone = predictor(laboratory)(row(**cells))
    assert isinstance(alone, Prediction)
    assert np.median(alone.draws) < 0.01


def test_the_time_to_numb_is_when_the_last_of_most_is_numb(monkeypatch, laboratory):
    """Blocks that rise in a straight line reach one half at a time of each person's own."""
    scores = np.random.default_rng(5).permutation(norm.ppf((np.arange(COUNT) + 0.5) / COUNT))
    time = np.linspace(0.0, 6.0, 2001)

    def course(row, laboratory_, draws, covered, remove):
        half = 0.5 * (np.exp(0.3 * scores) if draws is laboratory.people else np.ones(COUNT))  # h
        return Numbness("cheek", 0, time, np.minimum(0.5 * time / half[:, None], 1.0), 0.0, remove)

    monkeypatch.setattr(numbing, "course", course)
    answer = predictor(laboratory)(row(readout="minimal_effective_time", unit="min", value="45"))
    assert isinstance(answer, Prediction)
    assert answer.draws == pytest.approx(30.0 * np.exp(0.3 * np.std(scores) * norm.ppf(0.9)), rel=0.01)


def test_a_person_who_failed_is_not_one_who_is_never_numb(monkeypatch, laboratory):
    """Two whose delivery broke leave the answer of all others as it is: NaN for them, no day-long wait for anybody."""
    time = np.linspace(0.0, 6.0, 601)

    def course(row, laboratory_, draws, covered, remove):
        half = 0.5 * np.exp(0.3 * np.sin(np.arange(COUNT))) if draws is laboratory.people else np.full(COUNT, 0.5)
        block = np.minimum(0.5 * time / half[:, None], 1.0)
        block[:2] = np.nan
        return Numbness("cheek", 0, time, block, 0.0, remove)

    monkeypatch.setattr(numbing, "course", course)
    broken = predictor(laboratory)(row(readout="minimal_effective_time", unit="min", value="45"))
    assert isinstance(broken, Prediction)
    assert np.isnan(broken.draws[:2]).all()
    others = 0.3 * np.std(np.sin(np.arange(2, COUNT)))
    assert broken.draws[2:] == pytest.approx(30.0 * np.exp(others * norm.ppf(0.9)), rel=0.01)


def test_a_share_of_people_is_of_those_who_were_computed():
    scores = np.r_[np.nan, norm.ppf((np.arange(COUNT - 1) + 0.5) / (COUNT - 1))]
    found = numb_share(Pair(1.0 / (1.0 + np.exp(-1.0 - scores)), np.full(COUNT, 1.0 / (1.0 + np.exp(-1.0)))), 0.5)
    assert np.isfinite(found).all()
    assert found[0] == pytest.approx(norm.cdf(1.0 / np.nanstd(scores)))


def test_the_amount_of_cream_is_unknown_once_per_study(monkeypatch, laboratory):
    seen = []

    def deliver(topical, *rest):
        seen.append(np.array(topical.dose))
        raise ZeroDivisionError

    monkeypatch.setattr(numbing, "deliver", deliver)
    monkeypatch.setattr(numbing, "insert", None)
    for source in ("one2099", "one2099", "other2099"):
        with pytest.raises(ZeroDivisionError):
            numbing.block(row(source=source, product="cream of nobody"), laboratory)
    first, again, other = seen
    assert first.shape == (COUNT,)
    assert first == pytest.approx(again)
    assert np.abs(first - other).max() > 1.0
    assert np.std(np.log(first)) == pytest.approx(0.5, rel=0.2)


def test_a_direction_is_less_pain(monkeypatch, laboratory):
    held(monkeypatch, 0.8)
    answer = predictor(laboratory)(row(readout="direction_against_placebo", value="-1", statistic="sign"))
    assert isinstance(answer, Prediction)
    assert answer.sign == -1
    assert (answer.draws < 0.0).mean() > 0.95


def test_more_time_and_a_cover_numb_more_and_what_was_needled_before_counts(laboratory):
    def median(**cells):
        return float(np.median(numbing.block(row(**cells), laboratory).known))

    short, longer = median(time_min="15"), median(time_min="90")
    assert 0.0 <= short < longer <= 1.0
    assert abs(median(time_min="30", needled_first_mm="0.5") - median(time_min="30")) > 1e-3
    assert median(time_min="60", occluded="true") >= median(time_min="60", occluded="false")


def test_a_time_of_at_least_is_never_shorter(laboratory):
    at_least = numbing.hours(row(time_min="30", kind="lower_bound_of_time"), laboratory.people)
    assert at_least.min() >= 0.5
    assert at_least.max() > 1.0
    assert numbing.hours(row(time_min="30"), laboratory.people) == pytest.approx(0.5)
    assert np.std(numbing.hours(row(time_min=""), laboratory.people)) > 0.1


def test_the_placebo_is_the_arm_of_the_same_test():
    rows = among(
        [
            row(),
            row(3, value="40", test="needling", **PLACEBO),
            row(4, value="50", **PLACEBO),
            row(5, value="60", source="other2099", **PLACEBO),
        ]
    )
    found = placebo(rows[0])
    assert found is not None
    assert found["value"] == "50"
    assert placebo(row()) is None


def test_a_product_is_the_catalogues_where_its_strengths_are():
    evidence = Evidence.packaged()
    assert product(row(), evidence) == "EMLA"
    strong = product(row(lidocaine_pct="10", prilocaine_pct=""), evidence)
    assert not isinstance(strong, str)
    assert [(part.active, part.strength) for part in strong.contents] == [("lidocaine", 0.1)]
    assert strengths(row(**PLACEBO)) == {}


def test_needling_without_a_cream_hurts_as_in_other_trials(laboratory):
    cells = {"test": "needling", "n": "1000000"}
    answer = predictor(laboratory)(row(**cells, **PLACEBO))
    assert isinstance(answer, Prediction)
    assert answer.draws == pytest.approx(predict_pain("needling_unspecified", laboratory.people), rel=0.02)
    assert answer.quantity == "pain of needling without a cream"


def test_a_product_without_strengths_has_those_of_its_label(laboratory):
    empty = {"lidocaine_pct": "", "prilocaine_pct": ""}
    told = numbing.labelled(row(**empty), laboratory.evidence)
    assert strengths(told) == {"lidocaine": 0.025, "prilocaine": 0.025}
    unknown = predictor(laboratory)(row(**empty, product="cream of nobody", test="needling"))
    assert isinstance(unknown, NotPredicted)
    assert "how strong" in unknown.reason
    assert placebo(among([row(), row(3, **empty)])[0]) is None  # another arm of the same cream is no placebo


@pytest.mark.parametrize(("vehicle", "known"), [("spray", True), ("lotion", True), ("ointment", True), ("foam", False)])
def test_a_vehicle_is_one_that_the_twin_has_or_is_put_on_as_one(vehicle, known, laboratory):
    answer = predictor(laboratory)(row(test="needling", vehicle=vehicle, product="cream of nobody", lidocaine_pct="4"))
    assert isinstance(answer, Prediction) is known


def test_a_test_that_is_not_stated_is_that_of_the_studys_other_rows():
    rows = among([row(test="not_stated"), row(3, test="needling"), row(4, test="not_stated")])
    assert numbing.tested(rows[0])["test"] == "needling"
    mixed = among([row(test="not_stated"), row(3, test="needling"), row(4, test="venous_access")])
    assert numbing.tested(mixed[0])["test"] == "not_stated"


def test_a_needle_hurts_where_what_it_passes_is_as_much_as_without_a_cream(monkeypatch, laboratory):
    """A block that is the same at every depth lets the depth grow by (1 - E B)^(-1/a)."""
    level = 0.6
    below = np.full((COUNT, len(NERVE_DEPTHS), 2), level)
    block = np.full((COUNT, 2), level)
    same = Numbness("cheek", 0, np.array([0.0, 9.0]), block, 0.0, None, below)
    monkeypatch.setattr(numbing, "course", lambda *rest: same)
    cells = {"readout": "pain_threshold_depth", "unit": "mm", "test": "needle_insertion", "n": "1000000"}
    cream, _ = among(
        [row(value="4", **cells), row(3, value="1.5", statistic="maximum", **{**cells, **PLACEBO, "product": "none"})]
    )
    answer = predictor(laboratory)(cream)
    assert isinstance(answer, Prediction)
    p = laboratory.known
    by_hand = 1.5 * (1.0 - p("anaesthesia_strength", "1") * level) ** (-1.0 / p("pain_length_exponent", "1"))
    assert np.median(answer.draws) == pytest.approx(np.median(by_hand), rel=0.06)
    alone = predictor(laboratory)(row(value="4", **cells))
    assert isinstance(alone, NotPredicted)
    assert "untreated skin" in alone.reason


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"readout": "sensory_threshold_depth"}, "depth of numbness"),
        ({"test": "laser"}, "heat or light"),
        ({"test": "punch"}, "punch"),
        ({"test": "not_stated"}, "what was tested"),
        ({"kind": "thermal"}, "heated"),
        ({"vehicle": "patch"}, "patch"),
        (PLACEBO, "nothing numbs"),
        ({}, "no placebo arm"),
        ({"value": ""}, "no value"),
        ({"readout": "joy"}, "not predicted"),
    ],
)
def test_what_the_twin_does_not_know_is_refused_with_its_reason(cells, says, laboratory):
    answer = predictor(laboratory)(row(**cells))
    assert isinstance(answer, NotPredicted)
    assert says in answer.reason


def test_a_cream_that_its_label_has_covered_was_covered_where_nothing_is_said(laboratory):
    people = laboratory.people
    assert numbing._covered(row(occluded=""), people).all()
    assert not numbing._covered(row(occluded="false"), people).any()
    nobody_says = numbing._covered(row(occluded="", lidocaine_pct="10", prilocaine_pct=""), people)
    assert 0.2 < nobody_says.mean() < 0.8
    assert not covered_by_label({"lidocaine": 0.07, "tetracaine": 0.07}, laboratory.evidence)


def test_a_cusum_turns_where_the_share_of_the_numb_passes_what_is_summed_against(laboratory):
    """The sum of (share - q) is least where the share is q, and that share is what the row's time is read at."""
    time = np.linspace(0.0, 120.0, 2401)
    share = norm.cdf((time - 40.0) / 20.0)
    for level in (0.5, 0.7, 0.9):
        assert share[np.argmin(np.cumsum(share - level))] == pytest.approx(level, abs=0.01)
    found = people_numb(row(statistic="cusum"), laboratory.people)
    assert found.min() >= 0.5
    assert found.max() <= 0.9
    assert np.ptp(found) > 0.3
    assert people_numb(row(), laboratory.people) == pytest.approx(laboratory.people.median("numb_people", "1"))


def test_a_deeper_needle_is_eased_less(laboratory):
    shallow, deep = (
        np.median(numbing.block(row(test="needling", test_depth_mm=mm), laboratory).known) for mm in ("0.3", "2")
    )
    assert 0.0 < deep < 0.9 * shallow
