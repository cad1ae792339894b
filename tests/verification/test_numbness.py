"""Numbness against closed forms, and against the fibres its numbers come from."""

import numpy as np
import pytest

from builders import draws_of, exposure_of, medians, skin_of
from dermatwin.delivery import find_product, numbness
from dermatwin.delivery.numbness import Numbness, block, hill, nerve_depth
from dermatwin.delivery.solute import solutes
from dermatwin.delivery.vehicle import saturation
from dermatwin.evidence import Evidence
from dermatwin.flows import NERVE_DEPTHS

ONE = np.ones(1)
HALF = 75.0  # ug/cm3


def equal():
    """Both kinds of fibre alike: the block is one half exactly at `HALF`."""
    return medians(**{"half_blocking_concentration[a_delta]": HALF, "half_blocking_concentration[c]": HALF})


def course(concentration, steps, p, wipe=None):
    time = np.linspace(-1.0, 3.0, steps + 1)
    return Numbness("cheek", 0, time, block({"lidocaine": concentration(time)[None, :]}, p), -1.0, wipe)


def test_half_is_blocked_at_the_half_blocking_concentration():
    assert block({"lidocaine": HALF * ONE[:, None]}, equal())[0, 0] == pytest.approx(0.5)


def test_both_kinds_of_fibre_count_by_their_share():
    p, c = medians(), np.array([[20.0, 75.0, 187.0, 800.0]])
    a_delta, slow = c**2.0 / (c**2.0 + 75.0**2.0), c**1.8 / (c**1.8 + 187.0**1.8)
    assert block({"lidocaine": c}, p) == pytest.approx(0.5 * a_delta + 0.5 * slow)


def test_skin_that_is_numb_already_has_no_wait():
    p = equal()
    time = np.linspace(-1.0, 3.0, 41)
    numb = Numbness("cheek", 0, time, np.full((1, 41), 0.9), 0.23, None)  # put on between two steps
    assert numbness.onset(numb, p) == pytest.approx(0.0, abs=1e-9)


def test_hill_of_exponent_one_is_a_hyperbola():
    c = np.array([0.0, 1.0, 2.0, 9.0])
    assert hill(c, np.array(3.0), np.array(1.0)) == pytest.approx(c / (c + 3.0))


def test_onset_of_a_steady_rise_converges_at_second_order():
    p, rate = equal(), 130.0  # ug/cm3/h from the application on
    exact = 60.0 * HALF / rate
    errors = [abs(float(numbness.onset(course(lambda t: rate * (t + 1.0), n, p), p)[0]) - exact) for n in (22, 44, 88)]
    assert errors[2] < 0.05
    assert errors[2] < 0.5 * errors[0]
    fine = numbness.onset(course(lambda t: rate * (t + 1.0), 4000, p), p)
    assert fine == pytest.approx(exact, rel=1e-6)


def test_duration_of_an_exponential_fall():
    p, start, rate = equal(), 900.0, 1.1  # ug/cm3 at wiping off, 1/h
    numb = course(lambda t: start * np.exp(-rate * np.maximum(t, 0.0)), 4000, p, wipe=0.0)
    assert numbness.duration(numb, p) == pytest.approx(60.0 * np.log(start / HALF) / rate, rel=1e-5)


def test_duration_counts_from_wiping_off_between_two_steps():
    p, start, rate = equal(), 900.0, 1.1
    numb = course(lambda t: start * np.exp(-rate * np.maximum(t, 0.0)), 4000, p, wipe=0.5003)
    assert numbness.duration(numb, p) == pytest.approx(60.0 * (np.log(start / HALF) / rate - 0.5003), rel=1e-5)


def test_most_people_are_numb_after_the_advised_time():
    p = draws_of(20)
    time = np.linspace(-1.0, 3.0, 401)
    starts = np.linspace(0.1, 2.0, 20)  # h after application
    numb = Numbness("cheek", 0, time, (time + 1.0 > starts[:, None]).astype(float), -1.0, None)
    wait = numbness.time_to_numb(numb, p)
    assert (starts * 60.0 <= wait + 1.0).mean() == pytest.approx(0.9)


@pytest.mark.parametrize(("fibre", "first", "last", "n"), [("a_delta", 0.1, 0.6, 6), ("c", 0.1, 1.4, 10)])
def test_the_steepness_spans_the_measured_fibres(fibre, first, last, n):
    """The first and last of n fibres of the experiment are those that a sample of n would have, within a fifth."""
    p = medians()
    half, power = p(f"half_blocking_concentration[{fibre}]", "ug/cm^3"), p(f"block_hill[{fibre}]", "1")
    spread = n ** (2.0 / power[0])  # of a logistic in ln C: its n/(n + 1) over its 1/(n + 1) point
    assert spread == pytest.approx(last / first, rel=0.2)
    shares = hill(np.array([first, last]) * 234.34, half, power)
    assert shares[0] < 0.35
    assert shares[1] > 0.65


def test_half_blocking_concentrations_are_those_of_the_paper():
    p = medians()
    assert p("half_blocking_concentration[a_delta]", "mg/l")[0] / 234.34 == pytest.approx(0.32, rel=0.01)
    assert p("half_blocking_concentration[c]", "mg/l")[0] / 234.34 == pytest.approx(0.80, rel=0.01)


def test_nerves_lie_below_the_epidermis():
    p = draws_of(50)
    depth = nerve_depth(skin_of(50), p)
    assert (depth >= 0.065).all()
    assert (depth <= 0.065 + 0.3).all()
    assert np.ptp(depth) > 0.1


def exposure(levels, deeper):
    return exposure_of(1, (0.0, 1.0), active="lidocaine", at_nerves=levels, at_depths=deeper)


def test_the_block_at_a_depth_is_that_of_the_agents_there():
    p, rows = medians(), np.linspace(300.0, 30.0, len(NERVE_DEPTHS))
    deeper = np.stack([np.array([[0.0, level]]) for level in rows], axis=1)
    one = exposure(np.array([[0.0, 300.0]]), deeper)
    found = numbness.numb([one, one], p)  # twice the same: the concentrations add up
    assert found is not None
    by_hand = block({"lidocaine": 2.0 * rows[None, :]}, p)
    assert numbness.along_needle(found, 1.0) == pytest.approx(by_hand)
    assert numbness.along_needle(found, 0.0) == pytest.approx(0.0)
    half = numbness.along_needle(found, np.array([0.5]))
    assert half == pytest.approx(0.5 * by_hand)


def test_where_only_the_nerves_were_read_all_depths_are_as_there():
    p = medians()
    found = numbness.numb([exposure(np.array([[0.0, 200.0]]), None)], p)
    assert found is not None
    assert numbness.along_needle(found, 1.0) == pytest.approx(found.block[0, -1] * np.ones((1, len(NERVE_DEPTHS))))


def test_prilocaine_dissolves_as_the_general_solubility_equation_and_its_error_for_lidocaine_say():
    def computed(solute, melting_point):
        return 10.0 ** (0.5 - 0.01 * (melting_point - 25.0) - solute.log_kow) * solute.molar_mass * 1000.0

    known = solutes(Evidence.packaged())
    prilocaine, lidocaine = known["prilocaine"], known["lidocaine"]
    error = lidocaine.solubility / computed(lidocaine, 68.5)
    assert error == pytest.approx(3.9, rel=0.02)
    assert prilocaine.solubility == pytest.approx(error * computed(prilocaine, 37.5), rel=0.02)


def test_the_oil_of_a_eutectic_cream_is_no_solution_of_its_strength():
    """What does not dissolve waits: the film is as active as a saturated solution, ionised form included."""
    p, evidence = medians(), Evidence.packaged()
    cream = find_product("EMLA", evidence)
    assert cream.ph is not None
    for content in cream.contents:
        most = saturation(content.solute, 2500.0 * ONE, 0.1 * ONE, cream.ph, p)  # 100 mg/cm2 of 2.5 %, 0.1 cm thick
        assert content.solute.solubility is not None
        assert content.solute.pka is not None
        ionised = 10.0 ** (content.solute.pka - cream.ph)
        assert most == pytest.approx(content.solute.solubility * (1.0 + ionised))
        assert most < 25000.0
