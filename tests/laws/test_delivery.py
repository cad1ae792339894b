"""Laws of delivery: conservation, positivity, monotony in channels and time, linearity, units, one way to run a batch."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import channels_of, draws_of, skin_of
from dermatwin.case.document import InlineProduct, Topical
from dermatwin.delivery import Membrane, deliver, find_solute, intact_permeability
from dermatwin.evidence import Evidence
from dermatwin.flows import COMPARTMENTS

EVIDENCE = Evidence.packaged()

TIME = np.concatenate([[0.0], np.geomspace(1.0 / 60.0, 96.0, 30)])
PRODUCTS = st.sampled_from(["LMX4", "vitamin C serum", "HA gel", "minoxidil", "retinol", "calcein", "PRP", "BLT"])
quick = settings(max_examples=12, deadline=None)


COUNT = 5


def below(exposure, hour=24.0):
    at = int(np.searchsorted(exposure.time, hour))
    return exposure.amount[:, COMPARTMENTS.index("viable_epidermis") :, at].sum(axis=1)


def closing(count=COUNT, density=200.0, depth=0.3, radius=0.035, hold=4.0):
    """Channels most of which close at once, the rest within `hold` hours."""
    opened = 0.8 * np.exp(-TIME / 0.05) + 0.2 * np.exp(-TIME / hold)
    return channels_of(count, TIME, density=density, depth=depth, radius=radius, open_fraction=opened)


def given_topical(product="vitamin C serum", dose="2 mg/cm^2", apply="0 min", **more):
    return Topical(product=product, dose=dose, apply=apply, **more)


@given(
    product=PRODUCTS,
    dose=st.floats(0.1, 200.0),
    apply=st.floats(-120.0, 120.0),
    stay=st.floats(1.0, 600.0),
    occluded=st.booleans(),
    density=st.floats(0.0, 2000.0),
    depth=st.floats(0.001, 1.4),
    radius=st.floats(0.001, 0.08),
)
@quick
def test_mass_is_conserved_and_never_negative(product, dose, apply, stay, occluded, density, depth, radius):
    topical = given_topical(product, f"{dose} mg/cm^2", f"{apply} min", remove=f"{apply + stay} min", occluded=occluded)
    for exposure in deliver(topical, closing(density=density, depth=depth, radius=radius), skin_of(COUNT), draws_of(COUNT)):
        whole = np.repeat(exposure.dose[:, None], exposure.time.size, axis=1)
        assert exposure.amount.sum(axis=1) == pytest.approx(whole, rel=1e-9)
        assert exposure.amount.min() >= -1e-9 * exposure.dose.max()
        assert np.isfinite(exposure.dermal_concentration).all()


@given(product=PRODUCTS, depth=st.floats(0.0, 0.014), density=st.sampled_from([0.0, 300.0]))
@quick
def test_no_channel_below_the_stratum_corneum_is_intact_skin(product, depth, density):
    for exposure in deliver(given_topical(product), closing(density=density, depth=depth), skin_of(COUNT), draws_of(COUNT)):
        assert below(exposure) == pytest.approx(
            exposure.intact_below_sc[:, np.searchsorted(exposure.time, 24.0)], rel=1e-9, abs=1e-15
        )
        assert (exposure.through_channels == 0.0).all()


@given(product=PRODUCTS, density=st.floats(1.0, 800.0), more=st.floats(1.05, 3.0))
@quick
def test_more_channels_never_deliver_less(product, density, more):
    """Apart from the share of stratum corneum that they take away, which is the better way for what hardly dissolves."""
    few = deliver(given_topical(product), closing(density=density), skin_of(COUNT), draws_of(COUNT))
    many = deliver(given_topical(product), closing(density=density * more), skin_of(COUNT), draws_of(COUNT))
    for a, b in zip(few, many, strict=True):
        assert (below(b) >= below(a) * (1.0 - 1e-6 - density * more * np.pi * 0.0035**2)).all()
        intact = a.intact_below_sc[:, np.searchsorted(a.time, 24.0)]
        assert (below(a) >= intact * (1.0 - 1e-3 - density * np.pi * 0.0035**2)).all()


@given(product=PRODUCTS, hold=st.floats(0.2, 20.0), longer=st.floats(1.1, 4.0))
@quick
def test_channels_that_stay_open_longer_never_deliver_less(product, hold, longer):
    """With the fluid stilled that wells up in a channel: that one carries out what is slow to diffuse.

    Apart from the share of stratum corneum that is out of use while the channels are open.
    """
    with patch("dermatwin.delivery.channel.outflow", lambda holes, opened, time, p: 0.0 * opened):
        short = deliver(given_topical(product), closing(hold=hold), skin_of(COUNT), draws_of(COUNT))
        slow = deliver(given_topical(product), closing(hold=hold * longer), skin_of(COUNT), draws_of(COUNT))
    for a, b in zip(short, slow, strict=True):
        assert (below(b) >= below(a) * (1.0 - 1e-4 - 200.0 * np.pi * 0.0035**2)).all()


@given(early=st.floats(5.0, 60.0), later=st.floats(1.1, 20.0))
@quick
def test_what_stays_on_longer_never_delivers_less(early, later):
    a = deliver(given_topical(remove=f"{early} min"), closing(), skin_of(COUNT), draws_of(COUNT))[0]
    b = deliver(given_topical(remove=f"{early * later} min"), closing(), skin_of(COUNT), draws_of(COUNT))[0]
    assert (below(b) >= below(a) * (1.0 - 1e-3)).all()


@given(strength=st.floats(0.001, 0.05), factor=st.floats(1.5, 5.0))
@quick
def test_everything_is_proportional_to_the_strength(strength, factor):
    a, b = (
        deliver(
            given_topical(InlineProduct(active="niacinamide", strength=s, vehicle="gel"), occluded=True),
            closing(),
            skin_of(COUNT),
            draws_of(COUNT),
        )[0]
        for s in (strength, strength * factor)
    )
    assert b.amount == pytest.approx(factor * a.amount, rel=1e-9)


def test_the_same_in_other_units_is_the_same():
    a = deliver(given_topical(dose="2 mg/cm^2", remove="30 min"), closing(), skin_of(COUNT), draws_of(COUNT))[0]
    b = deliver(given_topical(dose="20 g/m^2", remove="0.5 h"), closing(), skin_of(COUNT), draws_of(COUNT))[0]
    assert b.amount == pytest.approx(a.amount, rel=1e-12)


@pytest.mark.parametrize("product", ["LMX4", "PRP"])
def test_a_batch_is_its_members(product):
    few = deliver(given_topical(product), closing(3), skin_of(3), draws_of(3))
    many = deliver(given_topical(product), closing(9), skin_of(9), draws_of(9))
    for a, b in zip(few, many, strict=True):
        assert (a.amount == b.amount[:3]).all()


def test_a_later_session_is_the_same_session_when_nothing_closes_differently():
    a = deliver(given_topical(), closing(), skin_of(COUNT), draws_of(COUNT))[0]
    b = deliver(given_topical(), replace(closing(), session=3), skin_of(COUNT), draws_of(COUNT))[0]
    assert (a.amount == b.amount).all()


@given(thin=st.floats(5.0, 15.0), thick=st.floats(1.1, 3.0))
@quick
def test_thicker_barriers_let_less_through(thin, thick):
    solute, p = find_solute("caffeine", EVIDENCE), draws_of(COUNT)
    a, b = (intact_permeability(solute, p, membrane=Membrane(stratum_corneum=0.001 * h)) for h in (thin, thin * thick))
    assert (b < a).all()


def test_excised_skin_clears_into_the_receptor_only():
    thick = {"dermis": 5.0 * np.ones(5)}
    dead = deliver(given_topical(), closing(), replace(skin_of(COUNT, alive=False), **thick), draws_of(COUNT))[0]
    alive = deliver(given_topical(), closing(), replace(skin_of(COUNT), **thick), draws_of(COUNT))[0]
    early = int(np.searchsorted(dead.time, 0.25))
    assert (dead.amount[:, -1, early] < 0.1 * alive.amount[:, -1, early]).all()
