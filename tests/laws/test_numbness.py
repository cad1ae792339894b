"""Laws of numbness: bounded, monotone, additive (Loewe), blind to the clock's zero."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import channels_of, draws_of, skin_of
from dermatwin.case.document import Topical
from dermatwin.core import ComputationError
from dermatwin.delivery import deliver, numbness
from dermatwin.delivery.numbness import Numbness, along_needle, block
from dermatwin.delivery.solute import solutes
from dermatwin.evidence import Evidence

AGENTS = sorted(name for name, solute in solutes(Evidence.packaged()).items() if solute.numbs)

PEOPLE = 6
TIME = np.linspace(-1.0, 5.0, 61)
quick = settings(max_examples=20, deadline=None)
levels = st.floats(0.0, 5000.0)


def constant(level, count=PEOPLE):
    return np.full((count, 3), level)


def wave(peak, count=PEOPLE):
    """A concentration that rises from the application to its peak and falls again, (draw, time)."""
    return peak * np.exp(-((TIME - 1.5) ** 2)) * np.ones((count, 1))


def numb(peak, shift=0.0, p=None):
    p = p or draws_of(PEOPLE)
    return Numbness("cheek", 0, TIME + shift, block({"lidocaine": wave(peak)}, p), -1.0 + shift, 1.0 + shift)


@given(mixture=st.dictionaries(st.sampled_from(AGENTS), levels, min_size=1))
@quick
def test_block_is_a_share(mixture):
    shares = block({name: constant(level) for name, level in mixture.items()}, draws_of(PEOPLE))
    assert ((shares >= 0.0) & (shares <= 1.0)).all()


@pytest.mark.parametrize("agent", AGENTS)
def test_nothing_blocks_nothing(agent):
    assert (block({agent: constant(0.0)}, draws_of(PEOPLE)) == 0.0).all()


@given(agent=st.sampled_from(AGENTS), level=st.floats(1.0, 500.0), more=st.floats(1.05, 4.0), other=st.floats(0.0, 300.0))
@quick
def test_more_of_any_agent_blocks_more(agent, level, more, other):
    less, larger = ({"lidocaine": constant(other), agent: constant(amount)} for amount in (level, more * level))
    assert (block(larger, draws_of(PEOPLE)) > block(less, draws_of(PEOPLE))).all()


@given(agent=st.sampled_from(AGENTS), level=st.floats(0.1, 500.0), lidocaine=st.floats(0.0, 500.0))
@quick
def test_agents_add_up_as_lidocaine(agent, level, lidocaine):
    p = draws_of(PEOPLE)
    potency = p(f"relative_potency[{agent}]", "1")[:, None]
    whole = block({"lidocaine": constant(lidocaine) + potency * constant(level)}, p)
    parts = {"lidocaine": constant(lidocaine), agent: constant(level)}
    if agent != "lidocaine":
        assert block(parts, p) == pytest.approx(whole, rel=1e-12)


def test_times_do_not_mix():
    p, course = draws_of(PEOPLE), wave(400.0)
    alone = np.concatenate([block({"lidocaine": course[:, i : i + 1]}, p) for i in range(TIME.size)], axis=1)
    assert block({"lidocaine": course}, p) == pytest.approx(alone, rel=1e-14)


def test_fewer_people_are_the_same_people():
    assert block({"lidocaine": wave(400.0, 3)}, draws_of(3)) == pytest.approx(
        block({"lidocaine": wave(400.0)}, draws_of(PEOPLE))[:3]
    )


@given(peak=st.floats(20.0, 3000.0), more=st.floats(1.0, 5.0))
@quick
def test_more_is_numb_no_later_and_no_shorter(peak, more):
    p = draws_of(PEOPLE)
    weak, strong = numb(peak, p=p), numb(more * peak, p=p)
    first, second = numbness.onset(weak, p), numbness.onset(strong, p)
    reached = np.isfinite(first)
    assert (second[reached] <= first[reached] + 1e-9).all()
    assert (numbness.duration(strong, p) >= numbness.duration(weak, p) - 1e-9).all()
    assert (numbness.at_needling(strong) >= numbness.at_needling(weak)).all()


@given(peak=st.floats(100.0, 3000.0), shift=st.floats(-3.0, 3.0))
@quick
def test_the_zero_of_the_clock_does_not_matter(peak, shift):
    p = draws_of(PEOPLE)
    here, there = numb(peak, p=p), numb(peak, shift, p)
    assert numbness.onset(there, p) == pytest.approx(numbness.onset(here, p), nan_ok=True, abs=1e-6)
    assert numbness.duration(there, p) == pytest.approx(numbness.duration(here, p), abs=1e-6)


def test_never_numb_has_no_onset_and_no_duration():
    p = draws_of(PEOPLE)
    faint = numb(0.01, p=p)
    assert np.isnan(numbness.onset(faint, p)).all()
    assert np.isnan(numbness.time_to_numb(faint, p))
    assert (numbness.duration(faint, p) == 0.0).all()
    names = [reading.name for reading in numbness.numb_readings(faint, p, 0.0)]
    assert names == ["numbness_reached[1]", "numbness_at_needling[1]", "numbness_duration[1]"]
    assert "only 0% of people" in numbness.numb_notices(faint, p)[0].message


def test_numb_at_the_end_is_said_to_be_a_lower_bound():
    p = draws_of(PEOPLE)
    lasting = Numbness("cheek", 0, TIME, np.full((PEOPLE, TIME.size), 0.9), -1.0, 0.0)
    assert numbness.duration(lasting, p) == pytest.approx(60.0 * 5.0)
    assert any("lower bound" in notice.message for notice in numbness.numb_notices(lasting, p))
    assert numbness.onset(lasting, p) == pytest.approx(0.0)


def test_early_needling_is_told():
    p = draws_of(PEOPLE)
    late = numb(3000.0, p=p)
    assert not any("needling starts" in notice.message for notice in numbness.numb_notices(late, p))
    early = replace(late, time=late.time + 0.9, apply=late.apply + 0.9, remove=None)
    assert any("needling starts" in notice.message for notice in numbness.numb_notices(early, p))


def test_what_is_not_known_is_refused():
    with pytest.raises(KeyError, match="procaine"):
        block({"procaine": constant(1.0)}, draws_of(PEOPLE))
    with pytest.raises(KeyError, match="no agent"):
        block({}, draws_of(PEOPLE))
    with pytest.raises(ComputationError):
        block({"lidocaine": constant(-1.0)}, draws_of(PEOPLE))
    holes = constant(1.0)
    holes[0, 0] = np.nan
    with pytest.raises(ComputationError):
        block({"lidocaine": holes}, draws_of(PEOPLE))


def test_who_was_left_out_in_delivery_has_no_block():
    some = constant(1.0)
    some[0] = np.nan
    found = block({"lidocaine": some}, draws_of(PEOPLE))
    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1:]).all()


def numb_after(dose=100.0, channels=None, remove=None, covered=True):
    """The block under a numbing cream put on at time 0, (draw, time)."""
    p = draws_of(PEOPLE)
    cream = Topical.model_construct(product="EMLA", dose=dose, apply=0.0, remove=remove, occluded=covered)
    found = numbness.numb(deliver(cream, channels or channels_of(PEOPLE, density=0.0), skin_of(PEOPLE), p), p)
    assert found is not None
    return found


def test_no_cream_no_numbness():
    """A case refuses a dose of nothing; next to nothing numbs next to nothing, at every depth."""
    found = numb_after(dose=1e-6)
    assert found.block.max() < 1e-4
    assert along_needle(found, 1.0).max() < 1e-4


@pytest.mark.parametrize("covered", [True, False])
def test_more_cream_is_never_less_numb(covered):
    less, more = numb_after(dose=20.0, covered=covered), numb_after(dose=200.0, covered=covered)
    assert (more.block >= less.block - 1e-6).all()


@pytest.mark.parametrize("covered", [True, False])
def test_longer_is_never_less_numb_and_what_is_to_come_does_not_matter(covered):
    short, long = numb_after(remove=0.5, covered=covered), numb_after(remove=2.0, covered=covered)
    steps = 0.02  # the two have steps of their own, and are compared between them
    before = np.linspace(0.01, 0.5, 20)
    for one, other in zip(short.block, long.block, strict=True):
        assert np.interp(before, short.time, one) == pytest.approx(np.interp(before, long.time, other), abs=steps)
    after = np.linspace(0.5, 8.0, 40)
    for one, other in zip(short.block, long.block, strict=True):
        assert (np.interp(after, long.time, other) >= np.interp(after, short.time, one) - steps).all()


def test_deeper_is_never_number():
    """A cream on intact skin comes from above."""
    found = along_needle(numb_after(), 1.0)
    assert (np.diff(found, axis=1) <= 1e-9).all()
