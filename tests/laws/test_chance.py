"""Laws of chance: a number depends on its name only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from dermatwin.core import Luck

names = st.text("abcxyz@:_", min_size=1, max_size=12)


@given(seed=st.integers(0, 2**64 - 1), process=names, session=st.integers(0, 50), width=st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_a_person_keeps_their_luck_however_many_are_drawn(seed, process, session, width):
    many = Luck(seed, 40).normal("person", process, session, width)
    few = Luck(seed, 7).normal("person", process, session, width)
    assert np.array_equal(many[:7], few)


@given(seed=st.integers(0, 2**64 - 1), process=names, first=st.integers(0, 39), width=st.integers(1, 9))
@settings(max_examples=25, deadline=None)
def test_a_person_keeps_their_luck_whoever_is_drawn_before(seed, process, first, width):
    many = Luck(seed, 40).normal("chance", process, 2, width)
    assert np.array_equal(many[first:], Luck(seed, 40 - first, first=first).normal("chance", process, 2, width))


@given(seed=st.integers(0, 2**64 - 1), process=names)
@settings(max_examples=25, deadline=None)
def test_wider_requests_keep_the_first_columns(seed, process):
    luck = Luck(seed, 5)
    assert np.array_equal(luck.normal("chance", process, 1, 3), luck.normal("chance", process, 1, 11)[:, :3])


@pytest.mark.parametrize("change", [{"seed": 2}, {"process": "other"}, {"session": 1}, {"source": "person"}])
def test_another_name_is_another_number(change):
    base = {"seed": 1, "source": "knowledge", "process": "stiffness", "session": 0}
    keys = (base, {**base, **change})
    first, second = (Luck(k["seed"], 50).uniform(k["source"], k["process"], k["session"]) for k in keys)
    assert not np.intersect1d(first, second).size


def test_numbers_are_uniform_and_unrelated():
    luck = Luck(3, 20_000)
    first, second = luck.uniform("person", "a")[:, 0], luck.uniform("person", "b")[:, 0]
    assert kstest(first, "uniform").pvalue > 1e-3
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.03
    assert abs(np.corrcoef(first[:-1], first[1:])[0, 1]) < 0.03


def test_a_source_switched_off_stays_at_its_median():
    luck = Luck(1, 9, frozenset({"person"}))
    assert not luck.normal("knowledge", "x").any()
    assert (luck.uniform("chance", "x") == 0.5).all()
    assert luck.normal("person", "x").any()


@given(
    seed=st.integers(0, 2**64 - 1), process=names, people=st.sets(st.integers(0, 39), min_size=1), width=st.integers(1, 9)
)
@settings(max_examples=25, deadline=None)
def test_a_person_keeps_their_luck_among_any_others(seed, process, people, width):
    named = tuple(sorted(people))
    few = Luck(seed, len(named), people=named).normal("person", process, 2, width)
    assert np.array_equal(few, Luck(seed, 40).normal("person", process, 2, width)[list(named)])


def test_lanes_of_one_world_share_what_nobody_knows_and_nothing_else():
    worlds = (3, 3, 0, 7, 3)
    luck, alone = Luck(1, 5, worlds=worlds), Luck(1, 8)
    assert np.array_equal(luck.normal("knowledge", "x"), alone.normal("knowledge", "x")[list(worlds)])
    assert np.array_equal(luck.uniform("knowledge", "y"), alone.uniform("knowledge", "y")[list(worlds)])
    for source in ("person", "chance"):
        assert np.array_equal(luck.normal(source, "x"), alone.normal(source, "x")[:5])


@pytest.mark.parametrize("named", [{"people": (1, 2)}, {"worlds": (1, 2, 3, 4)}])
def test_as_many_are_named_as_there_are_lanes(named):
    with pytest.raises(ValueError, match="cannot name 3 people"):
        Luck(1, 3, **named)


def test_copies_are_the_same_people_again():
    once, thrice = Luck(4, 5), Luck(4, 15, copies=3)
    for draw in (Luck.normal, Luck.uniform):
        np.testing.assert_array_equal(draw(thrice, "person", "x", 2, 6), np.tile(draw(once, "person", "x", 2, 6), (3, 1)))
    with pytest.raises(ValueError, match="16 lanes cannot hold 3 copies"):
        Luck(4, 16, copies=3)
