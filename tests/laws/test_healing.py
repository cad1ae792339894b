"""Laws of healing that hold for any course, person and luck."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import draws_of, patient_of, person_of, punctures_of, skin_of
from dermatwin.healing import curves, heal, readings
from dermatwin.healing.injury import gap_radius, injury_of

COUNT = 3
QUICK = settings(max_examples=15, deadline=None)
densities = st.floats(0.0, 3000.0)
holes = st.floats(0.01, 0.4)
seeds = st.integers(0, 50)


def course(densities_, days, seed=1, horizon=120.0, **fields):
    return heal(
        [punctures_of(COUNT, d) for d in densities_],
        days,
        skin_of(COUNT),
        person_of(**fields),
        horizon,
        draws_of(COUNT, seed),
    )


@QUICK
@given(density=densities, more=st.floats(1.0, 500.0), hole=holes, seed=seeds)
def test_injury_is_a_share_and_grows_with_density(density, more, hole, seed):
    draws = draws_of(COUNT, seed)
    low, high = (
        injury_of(punctures_of(COUNT, density, width=hole), draws),
        injury_of(punctures_of(COUNT, density + more, width=hole), draws),
    )
    for name in ("activated_fraction", "destroyed_share", "activation"):
        small, large = getattr(low, name), getattr(high, name)
        assert ((small >= 0.0) & (large <= 1.0) & (large >= small - 1e-12)).all()


@QUICK
@given(hole=holes, wider=st.floats(0.01, 0.2), seed=seeds)
def test_wider_holes_destroy_more(hole, wider, seed):
    narrow, wide = (injury_of(punctures_of(COUNT, 200.0, width=h), draws_of(COUNT, seed)) for h in (hole, hole + wider))
    assert (wide.destroyed_share > narrow.destroyed_share).all()


@QUICK
@given(days=st.lists(st.integers(0, 100), min_size=1, max_size=4, unique=True), density=densities, seed=seeds)
def test_states_are_finite_and_not_negative(days, density, seed):
    history = course([density] * len(days), sorted(days), seed)
    assert not history.status.any()
    for values in (history.values, history.means):
        assert np.isfinite(values).all()
        assert values.min() >= 0.0


@QUICK
@given(days=st.lists(st.integers(0, 100), min_size=1, max_size=3, unique=True), seed=seeds)
def test_no_punctures_do_nothing_at_all(days, seed):
    history = course([0.0] * len(days), sorted(days), seed)
    for values in (history.values, history.means):
        tissue = values[..., :-2]
        np.testing.assert_array_equal(tissue, np.broadcast_to(tissue[:, :, :1], tissue.shape))
    np.testing.assert_array_equal(history.mean("collagen"), 1.0)


def test_an_untreated_zone_stays_as_it_was():
    history = heal([], [], skin_of(COUNT), person_of(), 364.0, draws_of(COUNT))
    np.testing.assert_array_equal(
        history.values[..., :-2], np.broadcast_to(history.values[:, :, :1, :-2], history.values[..., :-2].shape)
    )
    found = readings(history, [], skin_of(COUNT), patient_of(), draws_of(COUNT))
    assert found
    assert all((r.values == 0.0).all() for r in found)
    assert all(np.isfinite(c.values).all() for c in curves(history))


def test_a_layer_that_no_needle_reaches_does_not_heal():
    shallow = [punctures_of(COUNT, 300.0, reach=(1.0, 0.8, 0.0, 0.0))] * 2
    history = heal(shallow, [0.0, 30.0], skin_of(COUNT), person_of(), 100.0, draws_of(COUNT))
    for layer in (2, 3):
        values = history.values[:, layer, :, :-2]
        np.testing.assert_array_equal(values, np.broadcast_to(values[:, :1], values.shape))
    assert (history.values[:, 1, -1] != history.values[:, 1, 0]).any()


def test_another_network_in_the_same_process_changes_nothing():
    """Compiled inner functions of two networks must not be taken for each other."""
    from numba import njit

    from dermatwin.numerics.rosenbrock import make_stepper

    @njit
    def rates(y, p, dy):
        dy[0] = -p[0] * y[0]

    @njit
    def jacobian(y, p, j):
        j[0, 0] = -p[0]

    before = course([250.0], [0.0]).values
    end, *_ = make_stepper(rates, jacobian)(np.ones((1, 1)), np.ones((1, 1)), 1.0, np.array([1.0]), 1e-8, 1e-10, -1.0)
    assert end[0, 0] == pytest.approx(np.exp(-1.0))
    np.testing.assert_array_equal(course([250.0], [0.0]).values, before)


def test_excised_skin_does_not_heal():
    history = heal([punctures_of(COUNT, 300.0)], [0.0], skin_of(COUNT, alive=False), person_of(), 30.0, draws_of(COUNT))
    np.testing.assert_array_equal(history.mean("collagen"), 1.0)
    assert any("does not heal" in notice.message for notice in history.notices)


@QUICK
@given(day=st.floats(20.0, 80.0), seed=seeds)
def test_a_later_session_does_not_change_the_past(day, seed):
    one, two = course([250.0], [0.0], seed), course([250.0, 400.0], [0.0, day], seed)
    before = two.time[two.time <= day]
    shared = np.intersect1d(one.time, before)
    assert shared.size > 5
    at = np.searchsorted(one.time, shared), np.searchsorted(two.time, shared)
    np.testing.assert_allclose(one.means[:, :, at[0]], two.means[:, :, at[1]], rtol=2e-4, atol=2e-5)


@QUICK
@given(low=st.floats(20.0, 300.0), more=st.floats(20.0, 500.0), seed=seeds)
def test_more_punctures_activate_more_and_inflame_more(low, more, seed):
    few, many = course([low], [0.0], seed), course([low + more], [0.0], seed)
    assert (many.activated_fraction >= few.activated_fraction).all()
    assert (many.mean("neutrophils").max(axis=-1) > few.mean("neutrophils").max(axis=-1)).all()


def test_a_batch_is_a_loop():
    """A person's course does not depend on who else is simulated."""
    together = heal([punctures_of(COUNT, 250.0)] * 2, [0.0, 28.0], skin_of(COUNT), person_of(), 100.0, draws_of(COUNT))
    fewer = heal([punctures_of(2, 250.0)] * 2, [0.0, 28.0], skin_of(2), person_of(), 100.0, draws_of(2))
    np.testing.assert_array_equal(together.values[:2], fewer.values)
    np.testing.assert_array_equal(together.means[:2], fewer.means)


def test_means_lie_between_spared_and_hit_tissue_in_the_first_days():
    history = course([200.0], [0.0])
    share = history.activated_fraction[:, :, 0]
    for name in ("neutrophils", "collagen_i", "epidermis"):
        untreated = history.state(name)[:, :, :1]
        np.testing.assert_allclose(
            history.mean(name) - untreated, share[:, :, None] * (history.state(name) - untreated), atol=1e-12
        )


@pytest.mark.parametrize(
    ("fields", "state", "sign"),
    [
        ({"smoker": True}, "collagen", -1),
        ({"medications": ["prednisone 20 mg"]}, "neutrophils", -1),
        ({"medications": ["clobetasol ointment"]}, "collagen", -1),
        ({"conditions": ["diabetes type 2"]}, "vegf", -1),
        ({"conditions": ["uncontrolled diabetes"]}, "neutrophils", 1),
        ({"medications": ["ibuprofen"]}, "barrier_defect", 1),
    ],
)
def test_habits_conditions_and_medicines_act_and_say_so(fields, state, sign):
    plain, changed = course([250.0], [0.0]), course([250.0], [0.0], **fields)
    assert changed.notices
    assert not plain.notices
    until = plain.time <= (7.0 if state == "vegf" else np.inf)  # later, missing vessels call for more of it
    difference = changed.mean(state)[:, 1, until].sum(axis=-1) - plain.mean(state)[:, 1, until].sum(axis=-1)
    assert (sign * difference > 0.0).all()


def test_controlled_diabetes_is_not_taken_for_uncontrolled():
    controlled, uncontrolled = (course([250.0], [0.0], conditions=[c]) for c in ("diabetes", "diabetes, poorly controlled"))
    assert (uncontrolled.mean("neutrophils")[:, 1].max(-1) > controlled.mean("neutrophils")[:, 1].max(-1)).all()


@QUICK
@given(radius=holes, speed=st.floats(0.05, 0.6), lag=st.floats(0.0, 0.5))
def test_the_gap_closes_and_stays_closed(radius, speed, lag):
    elapsed = np.linspace(0.0, 10.0, 200)
    gap = gap_radius(elapsed, np.array([radius]), np.array([speed]), np.array([lag]))[0]
    assert gap[0] == radius
    assert (np.diff(gap) <= 0.0).all()
    assert gap[-1] == 0.0


def test_other_species_are_noticed():
    history = heal(
        [punctures_of(COUNT, 100.0)], [0.0], skin_of(COUNT, species="rat"), person_of(species="rat"), 30.0, draws_of(COUNT)
    )
    assert any("human" in notice.message for notice in history.notices)


@pytest.mark.parametrize(("days", "horizon"), [([0.0], 30.0), ([0.0, 0.0], 30.0), ([28.0, 0.0], 60.0), ([0.0, 40.0], 30.0)])
def test_sessions_that_do_not_fit_are_refused(days, horizon):
    with pytest.raises(ValueError, match="session"):
        heal([punctures_of(COUNT, 100.0)] * 2, days, skin_of(COUNT), person_of(), horizon, draws_of(COUNT))


def test_what_is_not_in_the_evidence_is_said_to_be_left_out():
    fields = {
        "medications": [{"name": "isotretinoin"}, {"name": "ibuprofen"}],
        "conditions": [{"name": "vitamin C deficiency"}],
    }
    said = [notice.message for notice in course([250.0], [0.0], **fields).notices]
    assert sum("not modelled" in words for words in said) == 2
    assert any(words.startswith("isotretinoin") for words in said)
    assert not any(words.startswith("ibuprofen: what") for words in said)
