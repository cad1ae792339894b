"""Intact permeability: limits of the law, the fit's law against the product's, and a fit that finds planted values."""

from dataclasses import replace

import numpy as np
import pytest

from builders import medians
from dermatwin.calibration.luck import GivenLuck
from dermatwin.calibration.permeability import FITTED, ROUTES, first_hand, problem
from dermatwin.calibration.permeating import fit
from dermatwin.delivery import Solute, intact_permeability
from dermatwin.delivery.stratum import lipid_permeability, polar_permeability, tailed, warmth
from dermatwin.evidence import Draws, Evidence
from dermatwin.validation.rows import Row

EVIDENCE = Evidence.packaged()

BARE = "epidermis without stratum corneum"


@pytest.fixture(scope="module")
def whole():
    return problem(EVIDENCE)


def compound(log_kow, mass=200.0, **more):
    return Solute("made up", mass, log_kow, "measured", **more)


def test_lipophilic_solutes_are_held_up_by_living_tissue_alone():
    p, greasy = medians(), compound(14.0)
    assert intact_permeability(greasy, p) == pytest.approx(intact_permeability(greasy, p, layer=BARE), rel=0.01)


def test_polar_solutes_take_the_aqueous_paths_whatever_their_log_kow():
    p = medians()
    a, b = (intact_permeability(compound(log_kow), p)[0] for log_kow in (-6.0, -9.0))
    assert a == pytest.approx(b, rel=0.02)
    assert lipid_permeability(compound(-9.0), p) < 0.001 * polar_permeability(compound(-9.0), p)


def test_large_solutes_are_left_with_follicles():
    from dermatwin.delivery.aqueous import aqueous_diffusivity

    p, huge = medians(), Solute("far wider than a pore", 1e8)
    assert polar_permeability(huge, p) == pytest.approx(aqueous_diffusivity(huge, p) * p("follicle_permeance", "1/cm"))


def test_warmth_is_an_activation():
    p = medians()
    assert warmth(None, p) == 1.0
    assert warmth(p.median("permeability_reference_temperature", "degC"), p) == pytest.approx(1.0)
    expected = np.exp(p.median("permeability_activation_energy", "J/mol") / 8.314462618 * (1.0 / 305.15 - 1.0 / 315.15))
    assert warmth(42.0, p) == pytest.approx(expected)


def test_an_acid_passes_worse_from_a_basic_donor_and_ions_put_a_floor():
    p, acid = medians(), compound(2.0, pka=4.0, acidity="acid")
    low, middle, high = (intact_permeability(acid, p, ph=ph)[0] for ph in (2.0, 6.0, 12.0))
    assert low > 10.0 * middle > middle > high
    assert high == pytest.approx(intact_permeability(acid, p, ph=13.0)[0], rel=0.01)


def test_deviations_have_heavy_tails_and_the_middle_in_place():
    p = medians()
    assert tailed(np.array([-3.0, 0.0, 3.0]), p) == pytest.approx([-6.62, 0.0, 6.62], abs=0.01)  # t with 4 degrees


def test_the_fit_asks_the_law_of_the_product(whole):
    few = replace(whole, records=whole.records[::7])
    states = 0.5 * np.random.default_rng(1).standard_normal((3, len(FITTED)))
    law = few.law(few.draws(states))
    p = Draws(few.evidence, GivenLuck(0, 3, scores=dict(zip(FITTED, states.T, strict=True))))
    for place, r in enumerate(few.records):
        kp = intact_permeability(r.solute, p, layer=r.layer, ph=r.ph, celsius=r.celsius)
        assert law.log10_kp[:, place] == pytest.approx(np.log10(kp))


def test_a_fit_finds_planted_values(whole):
    """Records made by known parameters: the truth is within the posterior, which is narrower than the prior."""
    chance = np.random.Generator(np.random.Philox(5))
    few = replace(whole, records=whole.records[::2])
    truth = np.zeros((1, len(FITTED)))
    truth[0, :3] = 0.5, 0.3, -0.5
    p = few.draws(truth)
    made = few.law(p).log10_kp[0] + 0.2 * chance.standard_normal(len(few.records))
    planted = replace(few, records=tuple(replace(r, log10_kp=kp) for r, kp in zip(few.records, made, strict=True)))
    found = fit(planted, chance, particles=64, rounds=6).states
    for name in ROUTES[:3]:
        n = FITTED.index(name)
        assert abs(found[:, n].mean() - truth[0, n]) < 3.0 * found[:, n].std() + 0.05, name
        assert found[:, n].std() < 0.6, name


def test_what_another_study_repeats_to_the_digit_counts_once():
    rows = [
        Row("permeability_intact.csv", n, {"source": s, "compound": "a", "log10_kp_cm_s": v})
        for n, (s, v) in enumerate((("x", "-6.079"), ("y", "-6.079"), ("y", "-6.1"), ("x", "-6.079")))
    ]
    assert [row.line for row in first_hand(rows)] == [0, 2, 3]
