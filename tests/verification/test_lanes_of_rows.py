"""Lanes of the scores that read another state than their neighbours: each against a sum done by hand."""

from dataclasses import replace

import numpy as np
import pytest

from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.knowledge import ReadingRow
from dermatwin.flows import READOUTS, Channels
from dermatwin.outcome.prediction import effects
from dermatwin.validation import biopsy, closure, healing, outcomes
from dermatwin.validation.laboratory import Laboratory
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.protocol import interval_of, sessions_of
from dermatwin.validation.rows import REQUIRED, Row, among
from dermatwin.validation.wounds import Bench, pushed

EVIDENCE = Evidence.packaged()
LABORATORY = Laboratory(EVIDENCE, draws=60, seed=3)
COUNT = 60


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("pen 4x every 2 weeks", 4),
        ("4 x needling, monthly", 4),
        ("roller x5 monthly", 5),
        ("four monthly sessions", 4),
        ("6 weekly treatments", 6),
        ("needled thrice", 3),
        ("three times", 3),
        ("array of 11 x 11 needles", 1),
        ("2x2 cm wound", 1),
        ("once", 1),
        ("1.5 mm dermaroller", 1),
        ("histology at 10x magnification", 1),
        ("2x/week of a cream", 1),
        ("10x in each direction", 1),
        ("rolled 10 times in each direction, three sessions", 3),
        ("4x (every 4 weeks)", 4),
        ("roller \u00d74, monthly", 4),
        ("twice a week for 4 weeks", 8),
        ("weekly for twelve weeks", 12),
    ],
)
def test_sessions_are_counted_however_they_are_written(text, count):
    assert sessions_of(text) == count


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("every three weeks", 21.0),
        ("Every Two Weeks", 14.0),
        ("x3 every 2-3 weeks", 17.5),
        ("three-weekly", 21.0),
        ("6 weekly treatments", 7.0),
        ("every other week", 14.0),
        ("3 sessions 4 weeks apart", 28.0),
        ("three sessions at six-week intervals", 42.0),
        ("at an interval of 10 days", 10.0),
        ("q4w", 28.0),
        ("twice a week", 3.5),
        ("fortnightly", 14.0),
        ("every 12 h", 28.0),
        ("roller x4", 28.0),
    ],
)
def test_the_time_between_sessions_is_read_in_figures_and_in_words(text, days):
    assert interval_of(text) == pytest.approx(days)


# Closure


def shut(quantity, value, **cells):
    usual = {"source": "one2099", "skin": "human, in vivo", "needle_length_um": "700", "readout": "impedance", "unit": "h"}
    row = Row("closure.csv", 2, {**usual, "device": "steel array", "quantity": quantity, "value": value, **cells})
    return closure.predictor(LABORATORY)(row)


def test_half_is_left_when_the_open_share_has_halved_since_the_recoil(monkeypatch):
    """An open share that falls as 2^(-t / 5 h) from the first moment has halved 5 h after the first quarter of an hour."""
    time = np.linspace(0.0, 50.0, 2001)

    def channels(row, skin, laboratory, draws, covered_h):
        share, none = np.tile(2.0 ** (-time / 5.0), (COUNT, 1)), np.zeros(COUNT)
        return Channels("x", 0, time, none, none, none, share, share, closure_time=np.zeros((COUNT, len(READOUTS))))

    monkeypatch.setattr(closure, "channels", channels)
    monkeypatch.setattr(closure, "discrepancy", lambda *rest: np.ones(COUNT))
    found = shut("pore_half_life", "20", n="1000000")
    assert isinstance(found, Prediction)
    assert found.draws == pytest.approx(5.25, abs=0.03)


def test_by_when_heated_needles_have_closed_needles_alone_have():
    bound = shut("closure_time", "168", device="microneedle fractional RF", kind="upper_bound;thermal", readout="TEWL")
    assert isinstance(bound, Prediction)
    assert bound.bound == "upper"
    for cells in ({"kind": "thermal"}, {"kind": "lower_bound"}, {"device": "RF electrodes", "kind": "upper_bound"}):
        refused = shut("closure_time", "168", **{"device": "microneedle fractional RF", **cells})
        assert isinstance(refused, NotPredicted)


# Healing


def tissue(quantity, value="1", unit="sign", procedure="roller 1.5 mm once", **cells):
    told = {"source": "one2099", "species": "human", "site": "face", "procedure": procedure, "quantity": quantity}
    return Row("healing_timecourse.csv", 2, {**told, "value": value, "unit": unit, "n": "1000000", **cells})


def told(row):
    answer = healing.predictor(LABORATORY)(row)
    assert isinstance(answer, Prediction), answer
    return answer


def rising(monkeypatch, per_hour):
    """Channels through which water loss grows by this share of its value at rest every hour."""

    def channels(row, skin, laboratory, draws, covered_h):
        time, none = np.array([0.0, 240.0]), np.zeros(draws.count)
        tewl = skin.tewl[:, None] * (1.0 + per_hour * time)
        return Channels(
            "x", 0, time, none, none, none, np.zeros((COUNT, 2)), tewl, closure_time=np.zeros((COUNT, len(READOUTS)))
        )

    monkeypatch.setattr(closure, "channels", channels)


def test_water_loss_rises_with_what_the_channels_let_out(monkeypatch):
    rising(monkeypatch, 0.5)
    answer = told(tissue("tewl_direction", "1", time_d="0.25"))
    noise = LABORATORY.people("healing_direction_noise", "1")
    luck = LABORATORY.people.luck.normal("chance", "healing_timecourse.csv:2:missed")[:, 0]
    assert answer.draws == pytest.approx(0.5 * 6.0 + noise * luck)  # six hours, and what a study misses
    assert (answer.sign, answer.quantity) == (1, "tewl_direction")


def test_water_loss_is_counted_from_the_latest_session(monkeypatch):
    rising(monkeypatch, 0.1)
    course = "roller 1.5 mm x4 every 7 d"
    late = told(tissue("tewl_above_baseline_direction", procedure=course, time_d="22"))  # a day after the fourth
    once = told(tissue("tewl_above_baseline_direction", time_d="1"))
    assert np.median(late.draws) == pytest.approx(np.median(once.draws))


def test_water_loss_is_the_opposite_of_thickness_only_once_the_epidermis_is_new():
    between = healing.predictor(LABORATORY)(tissue("tewl_direction", time_d="15"))
    assert isinstance(between, NotPredicted)
    assert "before the epidermis is new" in between.reason
    late = tissue("tewl_direction", "-1", time_d="300")
    entry = next(e for e in EVIDENCE.rows(ReadingRow) if e.quantity == "tewl_direction")
    thicker = biopsy.change(late, entry, Bench(LABORATORY, pushed).without(late))
    assert isinstance(thicker, Prediction)
    assert told(late).draws == pytest.approx(-thicker.draws)
    wound = healing.predictor(LABORATORY)(tissue("tewl_direction", procedure="fractional CO2 laser", time_d="1"))
    assert isinstance(wound, NotPredicted)


def test_a_fold_is_a_change_in_per_cent():
    fold = told(tissue("total_elastin_protein_fold", "1.2", "fold", time_d="90"))
    percent = told(tissue("total_elastin_protein_fold", "20", "%", time_d="90"))
    assert fold.measured == pytest.approx(20.0)
    assert fold.draws == pytest.approx(percent.draws)


def test_synthesis_comes_back_after_a_steroid_was_stopped():
    row = tissue(
        "collagen_synthesis_pct_of_untreated_after_14d_off", "80", "%", procedure="topical steroid, 3 weeks", time_d="35"
    )
    p = LABORATORY.people
    full, on, off = p("topical_steroid_collagen_factor", "1"), p("steroid_onset_time", "d"), p("steroid_recovery_time", "d")
    loss = (1.0 - full) * (1.0 - np.exp(-21.0 / on)) * np.exp(-14.0 / off)
    assert told(row).draws == pytest.approx(100.0 * (1.0 - loss))


def test_a_score_is_what_the_course_leaves_of_the_score_before():
    row = tissue("patient_scar_score", "20", "score", baseline_or_control="40 at baseline", time_d="120")
    entry = next(e for e in EVIDENCE.rows(ReadingRow) if e.quantity == "patient_scar_score")
    improvement = healing.arm_of(row, entry, LABORATORY).relative_improvement
    assert told(row).draws == pytest.approx(40.0 * (1.0 - improvement))
    bare = healing.predictor(LABORATORY)(tissue("patient_scar_score", "20", "score", time_d="120"))
    assert isinstance(bare, NotPredicted)


# Outcomes

BASE = {
    **dict.fromkeys(REQUIRED["outcomes.csv"], ""),
    "source": "one2099",
    "arm_id": "a",
    "indication": "acne_scar",
    "zone": "face",
    "device_kind": "roller",
    "adjunct": "none",
    "role": "needling",
    "sessions": "4",
    "interval_days": "28",
    "followup_days_after_last_session": "84",
    "n": "25",
    "outcome_scale": "own_score",
}


def arm(line=2, **cells):
    return Row("outcomes.csv", line, {**BASE, **cells})


def test_elastin_is_read_from_elastin():
    row = arm(outcome_scale="elastin_protein", lower_is_better="0", relative_change="0.2")
    seen = outcomes.of_tissue(row)
    assert seen is not None
    assert (seen["procedure"], seen["time_d"], seen["value"], seen["unit"]) == (
        "roller needling x4 every 28 d",
        "168",
        "20",
        "%",
    )
    answer = outcomes.predictor(LABORATORY)(row)
    assert isinstance(answer, Prediction)
    assert answer.draws == pytest.approx(told(replace(seen)).draws)
    assert answer.common is not None
    assert answer.common.groups["arm"] == "needled"


def test_a_direction_of_tissue_follows_the_scale_and_no_needle_means_no_tissue():
    down = outcomes.of_tissue(arm(outcome_scale="elastin_protein", lower_is_better="0", direction="-1"))
    assert down is not None
    assert (down["value"], down["unit"]) == ("-1", "sign")
    assert outcomes.of_tissue(arm(role="comparator", relative_change="0.2")) is None
    assert outcomes.of_tissue(arm(outcome_scale="elastin_protein")) is None


def test_two_arms_alike_differ_by_their_own_effects_and_by_counting():
    row, _ = among([arm(compared_with="b", between_direction="0"), arm(3, arm_id="b")])
    answer = outcomes.predictor(LABORATORY)(row)
    assert isinstance(answer, Prediction)
    known, p = effects(LABORATORY.people), LABORATORY.people
    own = known.new("arm", "arm effect") - known.new("arm", "other arm effect")
    luck = p.luck.normal("chance", "outcomes.csv:2:arms")[:, 0]
    assert answer.draws == pytest.approx(own + known.people * np.sqrt(2.0 / 25.0) * luck)
    assert (answer.quantity, answer.sign) == (outcomes.BETWEEN, 0)


def test_a_needled_arm_beats_an_untreated_one():
    needled, bare = among(
        [
            arm(compared_with="b", between_direction="1", n="1000"),
            arm(3, arm_id="b", role="untreated", device_kind="none", compared_with="a", between_direction="-1", n="1000"),
        ]
    )
    ahead, behind = (outcomes.predictor(LABORATORY)(row) for row in (needled, bare))
    assert isinstance(ahead, Prediction)
    assert isinstance(behind, Prediction)
    assert np.median(ahead.draws) > 0.1
    assert np.median(behind.draws) == pytest.approx(-np.median(ahead.draws), abs=0.05)


def test_the_other_arm_is_the_one_of_the_same_scale():
    row, *_ = among(
        [
            arm(compared_with="b", between_direction="1"),
            arm(3, arm_id="b", outcome_scale="gais"),
            arm(4, arm_id="b", role="sham"),
            arm(5, arm_id="c"),
        ]
    )
    assert [other.line for other in outcomes.opponents(row)] == [4]


NEEDLED, HOT = ("needling", "roller"), ("needling", "rf_needle")


@pytest.mark.parametrize(
    ("name", "adjunct", "means"),
    [
        ("mn", "prp", [(*NEEDLED, "none")]),
        ("mn_saline", "conditioned_medium", [(*NEEDLED, "none")]),
        ("mn_control", "other", [(*NEEDLED, "none")]),
        ("mn_1_5mm", "none", [(*NEEDLED, "none")]),
        ("frm", "none", [(*HOT, "none")]),
        ("mn_txa", "none", [("needling_plus", "roller", "tranexamic_acid")]),
        ("fmr_co2", "none", [("needling_plus", "rf_needle", "laser")]),
        ("afco2", "none", [("comparator", "none", "laser")]),
        ("nafl_1340", "none", [("comparator", "none", "laser")]),
        ("tca_cross", "none", [("comparator", "none", "peel")]),
        ("hq4", "tranexamic_acid", [("comparator", "none", "triple_cream")]),
        ("sham_txa", "tranexamic_acid", [("comparator", "none", "tranexamic_acid")]),
        ("txa_microinjection", "none", [("comparator", "none", "tranexamic_acid")]),
        ("Placebo", "none", [("untreated", "none", "none")]),
        ("control", "none", [("untreated", "none", "none")]),
        ("control", "minoxidil", [("comparator", "none", "minoxidil"), (*NEEDLED, "none"), ("untreated", "none", "none")]),
        ("twice_weekly", "none", []),
        ("", "none", []),
        ("group_b", "none", []),
    ],
)
def test_what_was_done_to_an_arm_is_read_from_its_name(name, adjunct, means):
    found = outcomes.opponents(arm(compared_with=name, between_direction="1", adjunct=adjunct))
    assert [(row["role"], row["device_kind"], row["adjunct"]) for row in found] == means


def test_an_arm_that_nobody_describes_is_refused():
    answer = outcomes.predictor(LABORATORY)(arm(compared_with="group_b", between_direction="0"))
    assert isinstance(answer, NotPredicted)
    assert "nothing says what was done" in answer.reason


def test_a_control_that_may_be_three_things_is_each_of_them_in_some_draws():
    predict = outcomes.predictor(LABORATORY)
    row = arm(
        compared_with="control", between_direction="1", adjunct="minoxidil", role="needling_plus", indication="hair_loss_aga"
    )
    answer = predict(row)
    alone = [predict(replace(row, cells={**row.cells, "compared_with": name})) for name in ("minoxidil", "mn", "untreated")]
    assert isinstance(answer, Prediction)
    hits = [np.isclose(answer.draws, one.draws) for one in alone if isinstance(one, Prediction)]
    assert np.any(hits, axis=0).all()
    assert all(0.1 < hit.mean() < 0.6 for hit in hits)


def test_a_result_of_two_arms_is_that_of_their_mean():
    cells = {"relative_change": "-0.4", "adjunct": "prp", "role": "needling_plus", "lower_is_better": "1"}
    predict = outcomes.predictor(LABORATORY)
    pooled = predict(arm(**cells, quality_flag="low_quality; not_arm_specific"))
    added, bare = predict(arm(**cells)), predict(arm(**{**cells, "adjunct": "none", "role": "needling"}))
    assert isinstance(pooled, Prediction)
    assert isinstance(added, Prediction)
    assert isinstance(bare, Prediction)
    assert pooled.draws == pytest.approx(0.5 * (added.draws + bare.draws))


def test_of_a_value_in_a_doubtful_unit_only_the_direction_is_predicted():
    answer = outcomes.predictor(LABORATORY)(
        arm(
            change_mean="91",
            lower_is_better="0",
            effect_sign="1",
            quality_flag="unit_check",
            outcome_scale="hair_count_per_cm2",
        )
    )
    assert isinstance(answer, Prediction)
    assert (answer.scale, answer.sign) == ("sign", 1)


def test_water_loss_of_a_trial_is_read_from_the_barrier():
    cells = {"outcome_scale": "tewl", "lower_is_better": "1", "direction": "0", "indication": "wrinkles"}
    soon = outcomes.predictor(LABORATORY)(arm(**cells, followup_days_after_last_session="14"))
    assert isinstance(soon, NotPredicted)
    assert "before the epidermis is new" in soon.reason
    late = outcomes.predictor(LABORATORY)(arm(**cells, followup_days_after_last_session="180"))
    assert isinstance(late, Prediction)
    assert late.quantity == "tewl_direction"
