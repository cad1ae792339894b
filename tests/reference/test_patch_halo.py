"""The healing network in space: against the network alone, against geometry, and against the law of halos."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from builders import medians, person_of, punctures_of, skin_of
from dermatwin.core import Luck
from dermatwin.evidence import Draws
from dermatwin.flows import LAYERS
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing import patch as spatial
from dermatwin.healing.injury import halo_area, injury_of
from dermatwin.healing.patch import Needling, follow, participation_area, patch_of
from dermatwin.healing.person import constants
from dermatwin.numerics.patch import Box

DRAWS = medians()
RADIUS = 0.062  # mm, the hole of a 0.25 mm needle
DAYS = (28.0, 60.0, 90.0, 180.0)


P = constants(skin_of(age=25.0), person_of(age=25), DRAWS)[0]


def slab(side, cell, layers=("papillary_dermis",), thickness=0.1):
    n = round(side / cell)
    return patch_of(Box(np.full(len(layers), thickness), n, n, cell, cell, periodic=True), layers, P, DRAWS)


def test_a_slab_is_one_row_of_square_cells():
    patch = spatial.slab_of(1.2, 12, "papillary_dermis", P, DRAWS)
    assert patch.box.shape == (1, 12, 12)
    np.testing.assert_allclose([patch.box.dx, patch.box.dy], 0.1)
    assert patch.moving == slab(1.2, 0.1).moving


def needling(position, day=0.0, depth=np.inf, radius=RADIUS):
    position = np.asarray(position, float).reshape(-1, 2)
    return Needling(day, position, np.full(len(position), radius), np.broadcast_to(depth, len(position)).astype(float))


def thrown(density, side, seed=1):
    count = round(density * side**2 / 100.0)
    return needling(np.random.default_rng(seed).uniform(0.0, side, (count, 2)))


def network(activation, destroyed, times):
    y = kernel.untreated(P)
    kernel.session(y, P, np.array([activation]), np.array([destroyed]))
    return kernel.integrate(y, P, float(times[-1]), np.asarray(times, float), 1e-9, 1e-11, -1e-6)[1][0]


def test_needles_that_miss_do_nothing_at_all():
    field = follow(slab(0.4, 0.1), [needling(np.empty((0, 2)))], (0.0, 10.0))
    np.testing.assert_array_equal(field.means[0], field.means[1])


def test_one_kind_of_tissue_follows_the_network_at_second_order():
    wide = needling([[0.2, 0.2]], radius=5.0)  # everything is destroyed: no halo, no neighbours
    times = (0.5, 3.0, 28.0, 90.0)
    exact = network(1.0 / (1.0 + DRAWS.median("damage_half_activation", "1")), 1.0, times)
    errors = [
        np.abs(follow(slab(0.4, 0.1), [wide], times, fineness=fine).means[:, 0, :-1] - exact).max() for fine in (8, 16, 32)
    ]
    assert errors[-1] < 2e-3
    assert errors[0] / errors[1] > 3.0
    assert errors[1] / errors[2] > 3.0


def test_without_diffusion_every_cell_keeps_its_own_course():
    patch = slab(1.0, 0.1)
    still = replace(patch, diffusivity=np.zeros_like(patch.diffusivity))
    field = follow(still, [needling([[0.45, 0.45]], radius=0.2)], (7.0,), keep=("fibroblasts",))
    share = spatial.destroyed_share(still.box, needling([[0.45, 0.45]], radius=0.2))[0]
    assert (field.kept["fibroblasts"][0, 0][share == 0.0] == 0.0).all()
    assert (field.kept["fibroblasts"][0, 0][share > 0.0] > 0.0).all()


def test_second_order_in_time_with_diffusion():
    """Where the steps are short against the life of every signal; later they need not be, see `follow`."""
    session, times = thrown(250.0, 2.0), (1.0, 3.0)
    values = [follow(slab(2.0, 0.1), [session], times, fineness=fine).means for fine in (16, 32, 64)]
    first, second = (np.abs(a - b).max() for a, b in pairwise(values))
    assert first / second > 3.0
    assert second < 1e-3


def test_a_halo_comes_out_of_diffusion():
    field = follow(slab(2.0, 0.05), [needling([[1.0, 1.0]])], (0.25, 1.0, 3.0), keep=("danger",))
    row = field.kept["danger"][:, 0, 20, 20:]
    assert (np.diff(row, axis=1) < 0.0).all()  # falls with the distance
    x = np.arange(40) * 0.05 - 0.975
    spread = [(plane.sum(axis=0) * x**2).sum() / plane.sum() for plane in field.kept["danger"][:, 0]]
    assert (np.diff(spread) > 0.0).all()  # and spreads with time
    assert 0.1 < np.sqrt(spread[1]) < 0.5


def test_holes_have_their_area_overlap_counts_once_and_depth_ends_them():
    box = slab(1.0, 0.05, LAYERS[:3]).box
    area = lambda session, row=0: spatial.destroyed_share(box, session)[row].sum() * 0.05**2  # noqa: E731
    one = np.pi * RADIUS**2
    np.testing.assert_allclose(area(needling([[0.5, 0.5]])), one, rtol=0.03)
    np.testing.assert_allclose(area(needling([[0.5, 0.5], [0.5, 0.5]])), one, rtol=0.03)
    np.testing.assert_allclose(area(needling([[0.0, 0.0]])), one, rtol=0.03)  # at the border it comes in on the other side
    deep = needling([[0.3, 0.3], [0.7, 0.7]], depth=[0.12, 1.0])
    np.testing.assert_allclose([area(deep, row) for row in range(3)], [2.0 * one, one, one], rtol=0.04)


def test_a_lonely_hole_sets_free_what_its_halo_does_in_the_law_of_halos():
    patch = slab(1.2, 0.05)
    session = needling([[0.6, 0.6]])
    share = spatial.destroyed_share(patch.box, session)
    around = spatial.neighbourhood(share, patch, session)
    released = (share / (around + patch.half)).sum() * 0.05**2
    whole = np.pi * (RADIUS + patch.reach) ** 2
    local = RADIUS**2 / (RADIUS + patch.reach) ** 2
    np.testing.assert_allclose(released, whole * local / (local + patch.half), rtol=0.03)


def test_signals_reach_the_layer_below_the_tips():
    patch = slab(0.8, 0.1, ("papillary_dermis", "papillary_dermis", "upper_reticular_dermis", "upper_reticular_dermis"))
    field = follow(patch, [needling([[0.4, 0.4]], depth=0.15)], (1.0, 60.0))
    above, below = (field.mean("danger", layer)[0] for layer in field.layers)
    assert field.layers == ("papillary_dermis", "upper_reticular_dermis")
    assert above > below > 0.0


def test_a_second_session_starts_from_what_the_first_left():
    session = needling([[0.3, 0.3]])
    once = follow(slab(0.6, 0.1), [session], (28.0, 60.0))
    twice = follow(slab(0.6, 0.1), [session, replace(session, day=28.0)], (28.0, 60.0))
    np.testing.assert_array_equal(once.means[0], twice.means[0])
    assert twice.mean("collagen")[1] > once.mean("collagen")[1]


def test_turning_the_window_turns_the_answer():
    position = np.random.default_rng(5).uniform(0.0, 1.0, (4, 2))
    kept = [
        follow(slab(1.0, 0.1), [needling(p)], (3.0,), keep=("fibroblasts",)).kept["fibroblasts"][0, 0]
        for p in (position, position[:, ::-1])
    ]
    np.testing.assert_allclose(kept[1], kept[0].T, rtol=1e-8)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="ascend"):
        follow(slab(0.4, 0.1), [needling([[0.1, 0.1]], day=3.0), needling([[0.1, 0.1]])], (5.0,))
    evidence = DRAWS.evidence
    odd = replace(evidence.parameters["diffusivity[danger]"], name="diffusivity[pain]", member="pain")
    more = evidence.with_parameters({**evidence.parameters, "diffusivity[pain]": odd})
    with pytest.raises(ValueError, match="pain"):
        patch_of(slab(0.4, 0.1).box, ("papillary_dermis",), P, Draws(more, Luck(3, 1, frozenset())))


def homogenised(density):
    """Gains of collagen and epidermis over the layer by the law of halos, (time,)."""
    found = injury_of(punctures_of(density=density, width=2.0 * RADIUS, needles=1), DRAWS)
    share = found.activated_fraction[0, 1]
    states = network(found.activation[0, 1], found.destroyed_share[0, 1], DAYS)
    return share * (kernel.collagen(states, P) - 1.0), share * (states[:, kernel.STATES.index("epidermis")] - 1.0)


def test_the_halo_of_the_law_is_that_of_equal_reaches():
    patch = slab(0.4, 0.1)
    names = {"danger": "danger_decay", "mitogens": "mitogen_decay", "tgf_beta_1": "tgf_1_decay"}
    value = dict(zip(kernel.CONSTANTS, P[0], strict=True))
    rates = np.array([0.16**2 * value[names[n]] if n in names else 0.0 for n in patch.moving])[:, None]
    gain = value["danger_gain_neutrophils"] + value["danger_gain_m1"]
    found = participation_area(replace(patch, diffusivity=rates))
    np.testing.assert_allclose(found, halo_area(np.array([0.16]), np.array([gain]))[0], rtol=1e-6)


@pytest.mark.parametrize(("density", "side", "cell"), [(250.0, 4.0, 0.08), (1000.0, 2.4, 0.06)])
def test_mean_collagen_gain_agrees_with_the_emergent_halo_within_a_tenth(density, side, cell):
    patch = slab(side, cell)
    fields = [follow(patch, [thrown(density, side, seed)], DAYS) for seed in (1, 2, 3)]  # one varies by some per cent
    collagen, epidermis = homogenised(density)
    np.testing.assert_allclose(collagen[2:], np.mean([f.mean("collagen")[2:] for f in fields], axis=0) - 1.0, rtol=0.1)
    np.testing.assert_allclose(epidermis[:2], np.mean([f.mean("epidermis")[:2] for f in fields], axis=0) - 1.0, rtol=0.1)
