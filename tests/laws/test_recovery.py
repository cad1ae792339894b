"""Laws of the days after a session: what the usual course is scaled to, what raises a sign, what hides it."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dermatwin.case.document import Patient
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.flows import LAYERS, Channels, Punctures, TissueHistory
from dermatwin.outcome import Belief, Course
from dermatwin.outcome.duration import REDNESS, duration_of_person, predict_duration
from dermatwin.outcome.recovery import Soreness, masking, readings, recover, redness_on
from dermatwin.outcome.risks import pigment_hazard
from dermatwin.skin.section import Skin

COUNT = 40
ONES = np.ones(COUNT)
STATES = {
    "danger": 0.0,
    "neutrophils": 0.0,
    "mitogens": 0.0,
    "vegf": 0.0,
    "fibroblasts": 0.0,
    "myofibroblasts": 0.0,
    "pigment_drive": 0.0,
    "vessels": 1.0,
    "hyaluronan": 1.0,
    "collagen_iii": 1.0,
    "collagen_i": 1.0,
    "collagen": 1.0,
    "collagen_mature": 1.0,
    "elastin": 1.0,
    "elastotic_debris": 0.5,
    "epidermis": 1.0,
}
QUICK = settings(max_examples=15, deadline=None)
HURT = Soreness(4.0 * ONES, 0.0 * ONES)


def draws_of(seed=1, vary=("knowledge", "person", "chance"), count=COUNT):
    return Draws(Evidence.packaged(), Luck(seed, count, frozenset(vary)))


def skin_of(phototype="III", site="cheek"):
    return Skin(
        "cheek",
        site,
        "human",
        True,
        0.012 * ONES,
        0.08 * ONES,
        0.2 * ONES,
        1.5 * ONES,
        ONES,
        0.1 * ONES,
        10 * ONES,
        32 * ONES,
        ONES,
        40.0,
        "female",
        phototype,
        False,
        ONES,
    )


def patient_of(**fields):
    return Patient.model_validate({"age": "40 yr", "sex": "female", "phototype": "III", **fields})


def punctures_of(session=0, density=300.0, depth=1.0):
    needles = np.ones((COUNT, 3))
    return Punctures(
        "cheek",
        session,
        density * ONES,
        density * ONES,
        ONES,
        depth * needles,
        0.4 * needles,
        0.2 * needles,
        0.1 * needles,
        0.1 * needles,
        np.ones((COUNT, 4)),
        0.4 * ONES,
    )


def channels_of(session=0):
    time = np.linspace(0.0, 96.0, 20)
    tewl = np.tile(10.0 + 20.0 * np.exp(-time / 12.0), (COUNT, 1))
    return Channels(
        "cheek", session, time, 300 * ONES, 0.4 * ONES, 0.05 * ONES, np.ones((COUNT, 20)), tewl, np.full((COUNT, 4), 20.0)
    )


def history_of(dose=1.0, sessions=(0.0, 28.0), horizon=400.0, activated=0.5):
    """A history whose states rise by `dose` and fall again; no biology."""
    time = np.linspace(0.0, horizon, 401)
    values = np.tile(np.array(list(STATES.values())), (COUNT, len(LAYERS), time.size, 1))
    for day in sessions:
        age = np.maximum(time - day, 0.0)
        values += dose * 0.1 * (age / 5.0 * np.exp(1.0 - age / 5.0) + np.exp(-age / 100) * (time > day))[None, None, :, None]
    shape = (COUNT, len(LAYERS), len(sessions))
    return TissueHistory(
        "cheek",
        time,
        np.array(sessions),
        tuple(STATES),
        values,
        np.full(shape, activated),
        np.full(shape, 0.1),
        np.zeros((COUNT, len(LAYERS)), int),
    )


def course(dose=1.0, draws=None, reference=None, needles=None, sore=HURT, session=0):
    given = Course(history_of(dose), [needles or punctures_of(session)], [channels_of(session)])
    return recover(given, 0, skin_of(), sore, Belief(draws or draws_of(), reference=reference))


def lasting(found, phototype="III", draws=None):
    drawn = draws or draws_of()
    read, _ = readings(Course(history_of(), [punctures_of()], [channels_of()]), 0, found, skin_of(phototype), drawn)
    return {r.name: r.values for r in read}


def test_the_usual_course_is_as_red_for_as_long_as_in_the_trials():
    draws = draws_of()
    found = lasting(course(reference=history_of(), draws=draws), draws=draws)["redness_duration[1]"]
    expected = np.minimum(duration_of_person(REDNESS, draws) / 24.0, 14.0)
    clear = draws("erythema_reference_peak", "1") > draws("noticeable_erythema", "1") * np.exp(0.5)
    assert clear.mean() > 0.7
    assert np.abs(found - expected)[clear].max() <= 1.0 / 24.0 + 1e-9


@QUICK
@given(dose=st.floats(0.2, 3.0), more=st.floats(1.1, 3.0))
def test_a_stronger_injury_is_redder_and_more_swollen_and_never_shorter(dose, more):
    usual = history_of()
    mild, hard = course(dose, reference=usual), course(dose * more, reference=usual)
    assert (hard.redness[:, 0] >= mild.redness[:, 0]).all()
    assert (hard.swelling >= mild.swelling - 1e-9).all()
    assert (lasting(hard)["redness_duration[1]"] >= lasting(mild)["redness_duration[1]"]).all()


def test_what_is_not_known_of_the_gains_cancels():
    draws = draws_of()
    other = draws_of()
    stronger = type(other)(
        other.evidence.believing(erythema_inflammation_gain=3.0, erythema_prick_gain=1.6, erythema_vessel_gain=0.2),
        other.luck,
    )
    assert course(reference=history_of(), draws=stronger).redness == pytest.approx(
        course(reference=history_of(), draws=draws).redness
    )


@QUICK
@given(cut=st.floats(0.0, 0.9), bled=st.floats(0.0, 1.0))
def test_bruises_need_blood_that_stays_inside_and_fade(cut, bled):
    from dataclasses import replace

    needles = replace(punctures_of(), vessel_cut_fraction=cut * ONES, bleeding_fraction=cut * bled * ONES)
    found = course(needles=needles).bruising
    expected = 3.0 * cut * (1.0 - bled) * draws_of()("bruise_volume", "mm^3") * 1000.0  # 300/cm2 = 3/mm2
    assert found[:, 0] == pytest.approx(expected)
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
    draws = draws_of()
    factors = [masking(skin_of(p), draws) for p in ("I", "II", "III", "IV", "V", "VI")]
    for light, dark in pairwise(factors):
        assert (light <= dark).all()
    found = course()
    light, dark = (lasting(found, p) for p in ("II", "VI"))
    assert (dark["downtime_unnoticeable[1]"] <= light["downtime_unnoticeable[1]"]).all()
    assert (dark["downtime_unnoticeable[1]"] < light["downtime_unnoticeable[1]"]).any()
    assert (dark["redness_duration[1]"] == light["redness_duration[1]"]).all()


def test_the_rendered_redness_is_that_of_the_recovery():
    draws, history = draws_of(), history_of()
    given = Course(history, [punctures_of()], [channels_of()])
    found = recover(given, 0, skin_of(), HURT, Belief(draws, reference=history_of(2.0)))
    days = np.array([0.0, 0.5, 2.0])
    assert redness_on(days, history, draws, history_of(2.0)) == pytest.approx(found.redness[:, [0, 12, 48]])


def test_an_untouched_skin_has_no_sign():
    flat = Course(history_of(0.0, activated=0.0), [punctures_of(density=0.0)], [channels_of()])
    nothing = Soreness(0.0 * ONES, 0.0 * ONES)
    found = recover(flat, 0, skin_of(), nothing, Belief(draws_of(), reference=history_of()))
    for name in ("redness", "swelling", "soreness", "bruising"):
        assert (getattr(found, name) == 0.0).all()


def test_other_signs_and_heat_scale_the_duration():
    known = draws_of(vary=("knowledge",))
    plain, hot = (predict_duration(REDNESS, known, heat=heat) for heat in (False, True))
    assert hot == pytest.approx(plain * known("duration_ratio[heat]", "1"))
    assert (predict_duration("any", known) >= plain).all()


def test_pigment_hazard_follows_sun():
    calm, usual, strong = (
        pigment_hazard(patient_of(sun=sun), skin_of(), history_of(), draws_of()) for sun in ("protected", "usual", "strong")
    )
    assert (calm <= usual).all()
    assert (usual <= strong).all()
