"""How far two samplers are apart, against chains whose errors are known."""

import numpy as np
import pytest

from dermatwin.calibration.agreement import apart, batched, moments


def chance(seed=1):
    return np.random.Generator(np.random.Philox(seed))


def remembering(count, length, memory, seed=1):
    """Standard normal chains in which a state keeps a share of the one before, (chain, state, 1)."""
    luck = chance(seed)
    states = luck.standard_normal((count, length, 1))
    for n in range(1, length):
        states[:, n] = memory * states[:, n - 1] + np.sqrt(1.0 - memory**2) * states[:, n]
    return states


def test_batches_follow_one_another_and_leave_out_the_front():
    found = batched(np.arange(22.0).reshape(2, 11, 1), 3)
    assert found.shape == (6, 3, 1)
    assert found[0, 0] == 2.0
    assert found[2, -1] == 10.0
    assert found[3, 0] == 13.0


@pytest.mark.parametrize("memory", [0.0, 0.9])
def test_effective_sizes_are_those_of_a_chain_that_remembers(memory):
    """A share r of the state before leaves n (1 - r)/(1 + r) draws for the mean and n (1 - r2)/(1 + r2) for squares."""
    found = moments(batched(remembering(20, 10_000, memory), 10))
    assert found.effective[0] == pytest.approx(200_000 * (1.0 - memory) / (1.0 + memory), rel=0.3)
    squares = 200_000 * (1.0 - memory**2) / (1.0 + memory**2)
    assert found.spread_error[0] == pytest.approx(np.sqrt(0.5 / squares), rel=0.2)


def test_what_is_the_same_is_seldom_called_different():
    """Under the truth a chance below one in ten comes at most that often: never far more."""
    found = [apart(*(moments(chance((seed, n)).standard_normal((6, 50, 5))) for n in (0, 1))).chance for seed in range(200)]
    assert np.mean(np.array(found) < 0.1) < 0.16


@pytest.mark.parametrize(("shift", "stretch"), [(0.2, 1.0), (0.0, 1.15)])
def test_what_differs_is_called_different(shift, stretch):
    one, other = (chance((5, n)).standard_normal((20, 100, 2)) for n in (0, 1))
    other[..., 1] = shift + stretch * other[..., 1]
    difference = apart(moments(one), moments(other))
    assert difference.chance < 1e-3
    assert difference.largest == pytest.approx(max(abs(difference.mean[1]), abs(difference.spread[1])))
    assert difference.ratio[1] == pytest.approx(1.0 / stretch, rel=0.06)
