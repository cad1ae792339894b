"""Needled over intact in a diffusion cell: leaks, laboratories, salts, protein, porous needles and the bare-skin ceiling."""

from dataclasses import replace

import numpy as np
import pytest

from builders import draws_of, medians
from dermatwin.delivery import Membrane, find_solute, intact_permeability, needled_permeation, open_holes
from dermatwin.delivery.aqueous import aqueous_diffusivity
from dermatwin.delivery.channel import Film, carried, gates
from dermatwin.delivery.experiment import Donor
from dermatwin.evidence import Evidence
from dermatwin.validation import permeation
from dermatwin.validation.laboratory import Laboratory
from dermatwin.validation.permeability import dermis_of
from dermatwin.validation.prediction import Prediction
from dermatwin.validation.rows import Row

EVIDENCE = Evidence.packaged()
LABORATORY = Laboratory(EVIDENCE, 60, 3)
HOURS = np.array([12.0, 24.0])


def passed(solute, membrane=None, holes=None, ph=None):
    p = medians()
    found = holes or open_holes(0.0, 0.0, 0.0, p)
    return needled_permeation(find_solute(solute, EVIDENCE), found, Donor(1000.0, ph=ph), HOURS, p, membrane=membrane)


def row(**cells):
    usual = {"source": "one2099", "skin": "pig ear, in vitro", "permeant": "lidocaine", "mw_g_mol": "234.34"}
    arms = {"device": "roller", "quantity": "flux", "value_treated": "4", "value_untreated": "1", "unit": "ug/cm2/h"}
    return Row("permeation_microneedle.csv", 2, {**usual, **arms, **cells})


def ratio(**cells):
    answer = permeation.predictor(LABORATORY)(row(**cells))
    assert isinstance(answer, Prediction)
    return answer.draws


def test_a_leak_is_a_water_path_beside_the_barrier():
    p, solute = medians(), find_solute("calcein", EVIDENCE)
    leak = 0.01
    tight, leaky = Membrane().path(solute, p).stratum, Membrane(leak=leak).path(solute, p).stratum
    np.testing.assert_allclose(leaky.polar - tight.polar, leak * aqueous_diffusivity(solute, p))
    np.testing.assert_array_equal(leaky.lipid, tight.lipid)
    assert passed("calcein", Membrane(leak=leak)).flux_intact[0] > 100.0 * passed("calcein").flux_intact[0]


def test_a_laboratory_strays_in_both_arms_alike():
    holes = open_holes(100.0, 0.3, 0.07, medians(), 0.1)
    usual, strays = passed("lidocaine", None, holes), passed("lidocaine", Membrane(laboratory=0.1), holes)
    assert strays.flux_intact[0] == pytest.approx(0.1 * usual.flux_intact[0], rel=0.15)
    assert strays.flux[0] < usual.flux[0]
    assert strays.flux[0] / strays.flux_intact[0] > usual.flux[0] / usual.flux_intact[0]


def test_the_ion_of_a_base_passes_intact_skin_less_and_channels_as_before():
    holes = open_holes(100.0, 0.3, 0.07, medians(), 0.3)
    ion, base = passed("lidocaine", None, holes, ph=np.array([5.0])), passed("lidocaine", None, holes, ph=np.array([10.0]))
    assert ion.flux_intact[0] < 0.1 * base.flux_intact[0]
    added = [(one.flux - one.flux_intact)[0] for one in (ion, base)]
    assert added[0] == pytest.approx(added[1], rel=0.5)


def test_needles_beat_skin_without_its_barrier_where_they_reach_below_the_epidermis():
    """Bare skin still has its viable epidermis, which resists more than dermis; a channel goes past it."""
    p, solute = medians(), find_solute("lidocaine", EVIDENCE)
    bare = intact_permeability(solute, p, layer="epidermis, dermis without stratum corneum")
    deep = passed("lidocaine", None, open_holes(400.0, 0.5, 0.1, p, 1.0)).flux / 1000.0
    few = passed("lidocaine", None, open_holes(20.0, 0.15, 0.05, p, 0.1)).flux / 1000.0
    assert few[0] < bare[0] < deep[0]


def test_protein_carries_what_it_binds_through_the_channels_of_living_skin():
    p = draws_of(3)
    film = Film(np.array([[0.5, 1.0]]), None, np.ones((1, 1, 1)))
    holes = open_holes(100.0, 0.3, 0.07, p, 0.5)
    for name, most in (("mannitol", 0.2), ("retinol", np.inf)):
        solute = find_solute(name, EVIDENCE)
        alive, dead = (gates(solute, holes, film, living, p).fluid for living in (True, False))
        np.testing.assert_allclose(alive - dead, np.broadcast_to(carried(solute, p)[:, None, None], dead.shape))
        gain = np.median(alive / dead) - 1.0
        assert 0.0 < gain < most
    assert gain > 1.0


def test_animals_leak_more_than_people_so_that_less_is_left_to_needles():
    assert np.median(ratio(permeant="calcein", skin="rabbit, in vitro")) < 0.5 * np.median(ratio(permeant="calcein"))


def test_porous_needles_stay_and_are_channels_themselves():
    assert np.median(ratio(device="porous array", permeant="calcein")) > 1.5 * np.median(
        ratio(device="array", permeant="calcein")
    )


def test_a_salt_is_an_ion_though_no_pka_is_held():
    base = find_solute("minoxidil", EVIDENCE)
    salt = permeation._salt("minoxidil HCl", replace(base, acidity="", pka=None), EVIDENCE)
    assert (salt.acidity, salt.pka) == ("base", EVIDENCE.parameters["experiment_salt_pka"].value)
    assert permeation._salt("minoxidil", base, EVIDENCE) == base
    assert np.median(ratio(permeant="lidocaine HCl")) > 1.5 * np.median(ratio(permeant="lidocaine"))


def test_a_spread_from_few_cells_is_pulled_towards_the_usual_one():
    wide, tight, none = (
        np.log(permeation._scatter(row(n="4", sd_treated=sd, sd_untreated=sd and "0.001"), LABORATORY)).std()
        for sd in ("8", "0.004", "")
    )
    assert tight < none < wide
    assert tight > 0.5 * none


def test_a_share_of_a_dose_scatters_below_one():
    carried = {"device": "dissolving MN", "quantity": "cumulative", "unit": "% of dose", "value_untreated": ""}
    shares = ratio(**carried, value_treated="95", n="3", time_h="48")
    assert np.median(shares) > 0.5
    assert np.all((shares >= 0.0) & (shares <= 1.0))


def test_a_hydrate_a_free_base_and_a_polymer_are_no_ions():
    base = find_solute("minoxidil", EVIDENCE)
    none = replace(base, acidity="", pka=None)
    assert permeation._salt("minoxidil hydrate", none, EVIDENCE) == none
    assert permeation._salt("minoxidil free base", none, EVIDENCE) == none
    polymer = replace(none, molar_mass=8000.0)
    assert permeation._salt("dextran sulfate", polymer, EVIDENCE) == polymer


def test_peeled_dermis_is_whole():
    told = Row("permeability_intact.csv", 2, {"source": "one2099", "compound": "caffeine", "preparation": "heat separation"})
    found = dermis_of(told, "dermis")
    assert found is not None
    assert found.kind == "peeled"
    assert dermis_of(told, "epidermis, dermis") is None
    assert np.median(found.thickness(LABORATORY.known)) == pytest.approx(1.8, rel=0.2)
