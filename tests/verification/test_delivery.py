"""The delivery stage against hand calculation, closed forms and a printed label."""

import numpy as np
import pytest

from builders import channels_of, draws_of, medians, skin_of
from dermatwin.case.document import ActiveShare, InlineProduct, Topical
from dermatwin.core import CaseError
from dermatwin.delivery import (
    Donor,
    Membrane,
    Solute,
    curves,
    deliver,
    find_product,
    find_solute,
    intact_permeability,
    needled_permeation,
    not_computed,
    open_holes,
    product_of,
    products,
    readings,
)
from dermatwin.delivery.stratum import lipid_permeability, lipid_share, neutral_fraction
from dermatwin.delivery.vehicle import film_thickness, vehicle_diffusivity_ratio, wetness
from dermatwin.evidence import Evidence
from dermatwin.flows import COMPARTMENTS
from dermatwin.naming import Detail

EVIDENCE = Evidence.packaged()

N = 8
ONE = np.ones(N)
TIME = np.concatenate([[0.0], np.geomspace(1.0 / 60.0, 96.0, 40)])


def test_the_lipid_route_is_linear_in_log_kow_and_mass():
    p, solute = medians(N), find_solute("caffeine", EVIDENCE)
    assert solute.log_kow_origin == "measured"
    expected = 10.0 ** (
        p.median("lipid_route_intercept", "1")
        + p.median("lipid_route_log_kow", "1") * solute.log_kow
        + p.median("lipid_route_molar_mass", "mol/g") * solute.molar_mass
    )
    assert lipid_permeability(solute, p) == pytest.approx(expected * ONE)
    assert (lipid_permeability(find_solute("EGF", EVIDENCE), medians(N)) == 0.0).all()


def test_ionisation():
    acid = Solute("acid", 100.0, 1.0, pka=4.0, acidity="acid")
    base = Solute("base", 100.0, 1.0, pka=8.0, acidity="base")
    assert neutral_fraction(acid, 3.0) == pytest.approx(1.0 / 1.1)
    assert neutral_fraction(base, 9.0) == pytest.approx(1.0 / 1.1)
    assert neutral_fraction(acid, None) == 1.0
    ion = Solute("ion", 600.0, 1.0, acidity="charged")
    assert neutral_fraction(ion, 7.0) == 0.0
    assert (lipid_share(ion, 7.0, medians(N)) == 0.0).all()


def test_vitamin_c_needs_a_low_ph_on_intact_skin_only():
    vitamin, p = find_solute("vitamin C", EVIDENCE), medians(N)
    assert (intact_permeability(vitamin, p, ph=3.0) > 1.2 * intact_permeability(vitamin, p, ph=6.0)).all()
    bare = "epidermis, dermis without stratum corneum"
    low, high = (intact_permeability(vitamin, p, layer=bare, ph=ph) for ph in (3.0, 6.0))
    assert low == pytest.approx(high)


@pytest.mark.parametrize("name", ["caffeine", "lidocaine", "mannitol"])
def test_layers_add_as_resistances_and_the_solver_agrees(name):
    solute, p = find_solute(name, EVIDENCE), draws_of(N, 2)
    membrane = Membrane(dermis=0.05)
    whole = intact_permeability(solute, p, layer="epidermis, dermis", membrane=membrane, ph=7.4)
    top = intact_permeability(solute, p, layer="epidermis", membrane=membrane, ph=7.4)
    bottom = intact_permeability(solute, p, layer="dermis", membrane=membrane)
    assert 1.0 / whole == pytest.approx(1.0 / top + 1.0 / bottom)
    late = needled_permeation(
        solute, open_holes(0.0, 0.0, 0.0, p), Donor(1000.0, ph=7.4), np.array([2990.0, 3000.0]), p, membrane=membrane
    )
    assert late.flux / 1000.0 == pytest.approx(whole, rel=0.02)


def test_an_unknown_membrane_is_refused():
    with pytest.raises(ValueError, match="is not a membrane"):
        intact_permeability(find_solute("caffeine", EVIDENCE), medians(N), layer="nail")


def test_a_bare_film_dries_to_its_residue_at_the_given_speed():
    p, dose = medians(N), 10.0 * ONE
    water, speed = p.median("vehicle_water[gel]", "1"), p.median("film_evaporation", "cm/h")
    film = film_thickness(dose, "gel", 0.0, False, np.array([0.0, 0.1, 50.0]), p)
    assert film[0] == pytest.approx([0.01, 0.01 - 0.1 * speed, 0.01 * (1.0 - water)])
    assert film_thickness(dose, "gel", 0.0, True, np.array([50.0]), p)[0] == pytest.approx([0.01])


def test_a_film_that_has_dried_hardly_moves_what_is_in_it():
    p, dose = medians(N), 3.0 * ONE
    speed, water = p.median("film_evaporation", "cm/h"), 0.003 * p.median("vehicle_water[serum]", "1")
    wet = wetness(dose, "serum", 0.0, False, np.array([0.0, 0.5 * water / speed, 50.0]), p)
    assert wet[0] == pytest.approx([1.0, 0.5, 0.0])
    fresh, half, dry = vehicle_diffusivity_ratio("serum", wet, p)[0]
    assert half / fresh == pytest.approx(0.5 ** p.median("drying_exponent", "1"))
    assert dry / fresh == pytest.approx(p.median("dry_film_mobility", "1"))
    assert (wetness(dose, "serum", 0.0, True, np.array([50.0]), p) == 1.0).all()


@pytest.mark.parametrize(("thick", "area", "hours", "label"), [(150.0, 400.0, 3.0, 0.05), (100.0, 100.0, 2.0, 0.10)])
def test_uptake_of_emla_by_intact_skin_is_within_threefold_of_the_label(thick, area, hours, label):
    """Summary of product characteristics: 5 % from the thigh in 3 h, 10 % from the face in 2 h. Nothing was fitted to it."""
    p = draws_of(60, 2)
    skin, whole = skin_of(60), closing(0.0, 0.0, count=60)
    topical = Topical(product="EMLA", dose=f"{thick} mg/cm^2", apply=f"{-hours} h", remove="0 min", occluded=True)
    for exposure in deliver(topical, whole, skin, p):
        taken = np.median(1.0 - exposure.amount[:, 1, -1] / exposure.dose)
        assert label / 3.0 < taken < 3.0 * label


def test_every_product_is_found_by_id_name_and_alias():
    for product in products(EVIDENCE).values():
        for text in (product.id, product.name.upper(), *product.aliases):
            assert find_product(text, EVIDENCE) is product
    with pytest.raises(KeyError, match="did you mean"):
        find_product("lidocain 4% cream", EVIDENCE)


def test_a_product_described_in_the_case():
    product = product_of(
        InlineProduct(name="My serum", active="Vitamin C", strength="10 %", vehicle="serum", ph=3.0), EVIDENCE
    )
    assert (product.id, product.contents[0].strength, product.ph) == ("my_serum", 0.1, 3.0)


def test_of_several_actives_those_that_are_known_are_computed():
    shares = [("niacinamide", "4 %"), ("unobtainium", "1 %"), ("caffeine", "2 %")]
    described = InlineProduct(name="Mix", actives=[ActiveShare(active=a, strength=s) for a, s in shares], vehicle="serum")
    product = product_of(described, EVIDENCE)
    assert [content.solute.name for content in product.contents] == ["niacinamide", "caffeine"]
    assert [missing.name for missing in product.missing] == ["unobtainium"]
    assert product.solids == pytest.approx(0.07)
    topical = Topical(product=described, dose="2 mg/cm^2", apply="0 min")
    exposures = deliver(topical, closing(), skin_of(N), draws_of(N, 2))
    assert {e.active: float(e.dose[0]) for e in exposures} == {
        "niacinamide": pytest.approx(80.0),
        "caffeine": pytest.approx(40.0),
    }
    (notice,) = not_computed([topical], EVIDENCE)
    assert notice.path == "course.topicals.0.product"
    assert notice.message.startswith("unobtainium is not computed")


def test_a_name_that_no_catalogue_holds_is_not_refused():
    topical = Topical(product="Glow Elixir", dose="2 mg/cm^2", apply="0 min")
    assert deliver(topical, closing(), skin_of(N), draws_of(N, 2)) == ()
    assert "Glow Elixir is not computed" in not_computed([topical], EVIDENCE)[0].message


def test_removal_before_application_is_refused():
    with pytest.raises(CaseError, match=r"topicals\.remove"):
        deliver(
            Topical(product="LMX4", dose="2 mg/cm^2", apply="0 min", remove="-5 min"), closing(), skin_of(N), draws_of(N, 2)
        )


def test_a_product_without_an_active_delivers_nothing():
    assert deliver(Topical(product="saline", dose="2 mg/cm^2", apply="0 min"), closing(), skin_of(N), draws_of(N, 2)) == ()


def closing(density=200.0, depth=0.3, count=N):
    opened = 0.8 * np.exp(-TIME / 0.05) + 0.2 * np.exp(-TIME / 4.0)
    return channels_of(count, TIME, session=1, density=density, depth=depth, radius=0.035, open_fraction=opened)


def said(product, **times):
    topical = Topical(product=product, dose="2 mg/cm^2", **{"apply": "0 min", **times})
    exposures = deliver(topical, closing(), skin_of(N), draws_of(N, 2))
    return " ".join(notice.message for exposure in exposures for notice in exposure.notices)


def test_what_must_be_said_is_said():
    assert "STOP" in said("LMX4")
    assert "STOP" in said("LMX4", apply="-30 min", remove="5 min")
    assert "STOP" not in said("LMX4", apply="-30 min", remove="0 min")
    assert "granuloma" in said("vitamin C serum")
    assert "did not enhance" in said("PRP")
    assert "sterile" not in said("PRP")


def test_the_film_is_wiped_off_and_nothing_passes_the_channels_before_the_needles():
    topical = Topical(product="LMX4", dose="2 mg/cm^2", apply="-30 min", remove="0 min")
    exposure = deliver(topical, closing(), skin_of(N), draws_of(N, 2))[0]
    after = exposure.time > 0.0
    assert exposure.time[0] == -0.5
    assert (exposure.amount[:, 0][:, after] == 0.0).all()
    assert (exposure.amount[:, 1, -1] > 0.0).all()
    assert (exposure.through_channels == 0.0).all()


def test_readings_and_curves_have_names_of_the_catalogue():
    exposure = deliver(Topical(product="TXA 5%", dose="2 mg/cm^2", apply="0 min"), closing(), skin_of(N), draws_of(N, 2))[0]
    catalogue = Evidence.packaged().quantities
    found = readings(exposure, skin_of(N), 28.0)
    assert {r.quantity for r in found} >= {
        "dermal_amount",
        "amount_below_sc",
        "enhancement_ratio",
        "dermal_peak_concentration",
        "channel_share",
        "cleared_amount",
    }
    for item in (*found, *curves(exposure)):
        assert catalogue[item.quantity].unit == item.unit
        assert item.detail == Detail(active="tranexamic acid")
        assert np.isfinite(item.values).all()
    assert [r.time for r in found if r.quantity == "dermal_amount"] == [28.0 + h / 24.0 for h in (1.0, 4.0, 24.0)]
    below = next(r for r in found if r.name.startswith("amount_below_sc")).values
    at = int(np.searchsorted(exposure.time, 24.0))
    assert below == pytest.approx(exposure.amount[:, COMPARTMENTS.index("viable_epidermis") :, at].sum(axis=1))


def test_needling_helps_what_intact_skin_blocks_and_hardly_what_it_lets_through():
    p = medians(N)
    ratio = {
        name: needled_permeation(
            find_solute(name, EVIDENCE), open_holes(100.0, 0.15, 0.07, p, 0.3), Donor(1000.0), np.array([24.0]), p
        ).enhancement_ratio[0, -1]
        for name in ("calcein", "tranexamic acid", "lidocaine", "retinol")
    }
    assert ratio["calcein"] > ratio["tranexamic acid"] > ratio["lidocaine"] > ratio["retinol"]
    assert ratio["retinol"] < 1.1
    assert ratio["calcein"] > 10.0
