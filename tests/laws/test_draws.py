"""Laws of parameter draws: median, range, order, separate sources of spread."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence, Parameter
from dermatwin.evidence.draws import truncated


def parameter(distribution="lognormal", value=2.0, low=0.5, high=6.0, **spread):
    spreads = {"knowledge": 0.3, "person": 0.0, "chance": 0.0, **spread}
    return Parameter(
        "x",
        "x",
        "",
        "x",
        value,
        "mm",
        distribution,
        low=low,
        high=high,
        grade="E",
        sources=("dermatwin_prior",),
        stage="test",
        note="",
        **spreads,
    )


def drawn(entry, count=4000, **luck):
    evidence = Evidence.packaged().holding(()).with_parameters({"x": entry})
    return Draws(evidence, Luck(5, count, **luck))


@given(
    distribution=st.sampled_from(["lognormal", "normal", "uniform"]),
    share=st.floats(0.05, 0.95),
    spread=st.floats(0.05, 2.0),
)
@settings(max_examples=25, deadline=None)
def test_draws_stay_in_the_range_and_keep_the_median(distribution, share, spread):
    entry = parameter(distribution, value=0.5 + 5.5 * share, knowledge=spread)
    values = drawn(entry)("x", "mm")
    assert values.min() >= entry.low
    assert values.max() <= entry.high
    assert abs(np.mean(values < entry.value) - 0.5) < 0.04


@given(distribution=st.sampled_from(["lognormal", "normal", "uniform"]))
@settings(max_examples=9, deadline=None)
def test_more_luck_is_never_less(distribution):
    values = truncated(parameter(distribution), np.linspace(-5.0, 5.0, 101), 0.3)
    assert (np.diff(values) >= 0.0).all()


def test_a_wide_range_gives_back_the_plain_distribution():
    values = np.log(drawn(parameter(low=1e-6, high=1e6), 20_000)("x", "mm"))
    assert abs(values.std() - 0.3) < 0.01
    assert abs(values.mean() - np.log(2.0)) < 0.01


def test_units_are_converted():
    values = drawn(parameter(), 10)
    np.testing.assert_allclose(values("x", "um"), 1000.0 * values("x", "mm"), rtol=1e-12)


def test_only_chance_changes_between_sessions():
    fixed, moving = drawn(parameter(person=0.2), 20), drawn(parameter(chance=0.2), 20)
    assert np.array_equal(fixed("x", "mm", session=0), fixed("x", "mm", session=3))
    assert not np.array_equal(moving("x", "mm", session=0), moving("x", "mm", session=3))


def test_without_any_spread_all_people_are_alike():
    values = drawn(parameter(person=0.2), 20, vary=frozenset())("x", "mm")
    assert (values == values[0]).all()
    assert np.isclose(values[0], 2.0)
