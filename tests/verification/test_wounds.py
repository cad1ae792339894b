"""Other wounds as lanes of the network, and one layer of needled skin against the whole healing stage."""

import numpy as np
import pytest

from dermatwin.calibration.luck import GivenLuck
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import LAYERS
from dermatwin.healing import heal
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.injury import injury_of
from dermatwin.healing.person import constants
from dermatwin.healing.tissue import ATOL, LOWEST, RTOL
from dermatwin.history import stranger
from dermatwin.skin import section_of
from dermatwin.validation.healing import predictor
from dermatwin.validation.laboratory import Laboratory
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.protocol import Protocol, case_of
from dermatwin.validation.rows import Row, measured
from dermatwin.validation.wounds import Bench, another_wound, kind_of, layer_course, new_collagen, paced, pushed, wounded

FILE = "healing_timecourse.csv"
EVIDENCE = Evidence.packaged()


def row(procedure="", quantity="", value="1", unit="d", **cells):
    return Row(
        FILE,
        2,
        {
            "source": "somebody",
            "species": "human",
            "site": "skin",
            "procedure": procedure,
            "kind": "",
            "quantity": quantity,
            "value": value,
            "unit": unit,
            **cells,
        },
    )


@pytest.fixture(scope="module")
def rows():
    return measured(EVIDENCE)[FILE]


def test_one_layer_is_what_the_healing_stage_says_of_it():
    """Mean and hit tissue of the papillary dermis over three fortnightly sessions."""
    draws = Draws(Evidence.packaged().before_fits(), Luck(1, 6))
    protocol = Protocol("roller-192", 1.5, 3, 14.0, "cheek", "human")
    case, place = case_of(protocol, 120.0), LAYERS.index("papillary_dermis")
    skin, needles, days = section_of(case.zones[0], case.patient, draws), pushed(protocol, draws), [0.0, 14.0, 28.0]
    whole = heal(needles, days, skin, stranger(case.patient, draws.evidence), 90.0, draws)
    hurt = [injury_of(p, draws) for p in needles]
    values, _ = constants(skin, stranger(case.patient, draws.evidence), draws)
    course = layer_course(
        values,
        [(i.activated_fraction[:, place], i.activation[:, place], i.destroyed_share[:, place]) for i in hurt],
        days,
        whole.time,
    )
    assert whole.means is not None
    np.testing.assert_allclose(course.mean, whole.means[:, place, :, : len(kernel.STATES)], rtol=2e-4, atol=2e-6)
    np.testing.assert_allclose(course.collagen(), whole.mean("collagen")[:, place], rtol=2e-4)


def wound_constants(draws):
    case = case_of(Protocol("roller-192", 1.0, 1, 1.0, "body", "human"), 0.0)
    skin = section_of(case.zones[0], case.patient, draws)
    return constants(skin, stranger(case.patient, draws.evidence), draws)[0]


def test_a_slower_study_is_the_same_wound_on_a_longer_clock():
    evidence = Evidence.packaged().before_fits()
    slow = Draws(evidence, GivenLuck(0, 2, scores={"healing_tempo@somebody": np.array([0.0, 2.0])}))
    values = paced(wound_constants(slow), "human", "somebody", slow)
    factor = np.exp(2.0 * evidence.parameters["healing_time_spread"].value)
    start = kernel.untreated(values)
    kernel.session(start, values, np.ones(2), np.ones(2))
    days = np.array([1.0, 3.0, 9.0])
    _, usual, _, _ = kernel.integrate(start[:1], values[:1], 10.0, days, RTOL, ATOL, LOWEST)
    _, later, _, _ = kernel.integrate(start[1:], values[1:], 10.0 * factor, days * factor, RTOL, ATOL, LOWEST)
    np.testing.assert_allclose(later, usual, rtol=1e-3, atol=1e-5)


def test_rodents_have_a_tempo_of_their_own():
    draws = Draws(Evidence.packaged().before_fits(), GivenLuck(0, 1))
    values = wound_constants(draws)
    rate = kernel.CONSTANTS.index("m2_removal")
    ratio = (paced(values, "human", "s", draws) / paced(values, "mouse", "s", draws))[0, rate]
    assert ratio == pytest.approx(draws.median("healing_time_factor[mouse]", "1"))
    assert paced(values, "hairless_rat", "s", draws)[0, rate] == paced(values, "rat", "s", draws)[0, rate]
    share = kernel.CONSTANTS.index("collagen_i_share")
    assert paced(values, "mouse", "s", draws)[0, share] == values[0, share]


def test_synthesis_is_solved_from_the_pool_that_it_fills():
    """Nothing is made beyond the usual in untreated skin; a wound makes more, and an excision more than a warm laser."""
    draws = Draws(Evidence.packaged().before_fits(), GivenLuck(0, 1))
    bench = Bench(Laboratory(EVIDENCE, 1, 1), pushed)
    values = wound_constants(draws)
    resting = layer_course(values, [(np.zeros(1), np.zeros(1), np.zeros(1))], [0.0], np.array([0.0, 5.0, 10.0]))
    assert new_collagen(resting, 5.0)[0] == pytest.approx(0.0, abs=1e-9)
    made = [
        new_collagen(wounded(kind, "human", 30.0, "s", bench, draws), 7.0)[0] for kind in ("excision", "nonablative_laser")
    ]
    assert made[0] > made[1] > 0.0
    assert new_collagen(resting, 5.0, "collagen_iii")[0] == pytest.approx(0.0, abs=1e-9)
    assert new_collagen(wounded("excision", "human", 30.0, "s", bench, draws), 7.0, "collagen_iii")[0] > 0.0


@pytest.mark.parametrize(
    ("procedure", "kind", "other"),
    [
        ("full-thickness excisional wound", "excision", True),
        ("fractional CO2 once", "ablative_laser", True),
        ("nonablative fractional 1550 nm, 10 mJ (smallest)", "nonablative_laser", True),
        ("nonablative laser 1320 nm Nd:YAG", "nonablative_laser", True),
        ("fractional RF microneedle", "radiofrequency", True),
        ("1.5 mm dermaroller x5 monthly", None, False),
        ("needling of a surgical wound", "excision", False),
    ],
)
def test_wounds_are_told_from_needles_by_their_words(procedure, kind, other):
    assert kind_of(row(procedure)) == kind
    assert another_wound(row(procedure)) is other


def test_what_is_another_wound_without_a_lane_is_listed():
    laboratory = Laboratory(EVIDENCE, 20, 1)
    answer = predictor(laboratory)(row("10-day implant", "neutrophil_rel", kind="other_injury", time_d="1"))
    assert isinstance(answer, NotPredicted)
    assert "lane" in answer.reason


def test_excisions_are_read_in_days_and_never_below_zero(rows):
    laboratory = Laboratory(EVIDENCE, 40, 1)
    predict = predictor(laboratory)
    for one in rows:
        if one["source"] in ("engelhardt1998", "dankwa2025", "nissen1998"):
            answer = predict(one)
            if isinstance(answer, Prediction) and answer.scale == "log":
                good = answer.draws[np.isfinite(answer.draws)]
                assert good.size > 0.9 * answer.draws.size
                assert (good > 0.0).all()


def test_a_peak_on_day_0_is_a_peak_within_the_first_day(rows):
    one = next(r for r in rows if r["quantity"] == "fgf2_peak_time")
    answer = predictor(Laboratory(EVIDENCE, 20, 1))(one)
    assert (answer.measured, answer.bound) == (1.0, "upper")


def test_a_steroid_on_some_days_holds_back_less(rows):
    predict = predictor(Laboratory(EVIDENCE, 60, 1))
    daily, some = (
        predict(next(r for r in rows if r["quantity"] == name))
        for name in ("pinp_change_pct_continuous", "pinp_change_pct_3_d_week")
    )
    assert (daily.draws < some.draws).all()
    early, late = (predict(r) for r in rows if r["quantity"] == "picp_change_pct")
    assert (late.draws < early.draws).all()
