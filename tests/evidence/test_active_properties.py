"""Properties of the actives: every fact is sourced, has a unit, lies in a sane range, and the table covers enough."""

from __future__ import annotations

import math

import pytest

from dermatwin.core.units import factor, registry
from dermatwin.evidence import Evidence
from dermatwin.evidence.checks import SHOWN_ONLY
from dermatwin.evidence.rows.delivery import UNITS, ActivePropertyRow, ActiveRow
from dermatwin.evidence.rows.screening import AnaestheticRow
from dermatwin.evidence.rows.sources import ASSUMPTION

RANGES = {  # property: unit in which it is judged, lowest and highest value that is believable
    "log_kow": ("1", -6.0, 12.0),
    "log_d": ("1", -6.0, 12.0),
    "pka_acid": ("1", -2.0, 14.0),
    "pka_base": ("1", -2.0, 14.0),
    "water_solubility": ("mg/mL", 1e-9, 2500.0),
    "melting_point": ("degC", -120.0, 400.0),
    "stokes_radius": ("nm", 0.1, 200.0),
    "aqueous_diffusivity": ("cm^2/s", 1e-9, 5e-5),
}
REPEATED = {"pka_acid", "pka_base"}  # one row for each group
LEAST_LARGE_MOLE = 1000.0  # g/mol

EVIDENCE = Evidence.packaged()
FACTS = EVIDENCE.rows(ActivePropertyRow)
ACTIVES = {row.active: row for row in EVIDENCE.rows(ActiveRow)}


def having(*properties):
    return {fact.active for fact in FACTS if fact.property in properties}


def label(fact):
    return f"{fact.active}-{fact.property}-{fact.value}"


@pytest.mark.parametrize("fact", FACTS, ids=label)
def test_a_value_is_in_the_range_of_its_property(fact):
    unit, low, high = RANGES[fact.property]
    assert low <= registry().Quantity(fact.value, fact.unit).to(unit).magnitude <= high


@pytest.mark.parametrize("fact", FACTS, ids=label)
def test_a_fact_stands_on_what_may_be_used_in_a_unit_of_its_kind(fact):
    assert not set(fact.source) & set(SHOWN_ONLY)
    assert factor(fact.unit, UNITS[fact.property]) > 0.0


def test_what_is_assumed_is_graded_e_and_says_so():
    for fact in FACTS:
        kinds = {EVIDENCE.sources[source].kind for source in fact.source}
        if kinds == {ASSUMPTION}:
            assert fact.grade == "E", label(fact)
            assert "not confirmed" in fact.note, label(fact)


def test_a_grade_below_measured_explains_itself():
    assert all(fact.note for fact in FACTS if fact.grade in "DE")


def test_a_property_is_stated_once_and_the_groups_of_a_molecule_differ():
    seen = set()
    for fact in FACTS:
        key = (fact.active, fact.property, fact.value if fact.property in REPEATED else "")
        assert key not in seen, label(fact)
        seen.add(key)


def test_at_least_forty_actives_can_be_placed():
    measured = {f.active for f in FACTS if f.property in ("log_kow", "stokes_radius") and f.grade < "D"}
    large = {name for name, row in ACTIVES.items() if row.mw_g_mol > LEAST_LARGE_MOLE}
    sized = having("stokes_radius") & large
    assert len(having("log_kow") | sized) >= 40
    assert len(measured) >= 40
    assert large <= having("stokes_radius")


def test_every_anaesthetic_has_its_pka_and_solubility():
    used = {drug for row in EVIDENCE.rows(AnaestheticRow) for drug, _ in row.actives}
    listed = {name for name, row in ACTIVES.items() if row.family == "anaesthetic"}
    assert {"lidocaine", "prilocaine", "tetracaine", "benzocaine"} <= used | listed
    for drug in used | listed:
        assert drug in having("pka_base"), drug
        assert drug in having("water_solubility"), drug
        assert drug in having("log_kow"), drug


def test_a_polymer_or_protein_has_no_log_kow():
    large = {name for name, row in ACTIVES.items() if row.mw_g_mol > LEAST_LARGE_MOLE}
    assert not large & having("log_kow", "log_d")


def test_hyaluronic_acids_grow_with_their_mass():
    radius = {f.active: f.value for f in FACTS if f.property == "stokes_radius"}
    chains = sorted((name for name in radius if name.startswith("hyaluronic")), key=lambda n: ACTIVES[n].mw_g_mol)
    assert len(chains) >= 4
    assert [radius[name] for name in chains] == sorted(radius[name] for name in chains)


def test_the_columns_of_the_table_of_actives_agree_with_the_facts():
    """A log Kow called measured in the table of actives lies within half a unit of the fact."""
    facts = {f.active: f for f in FACTS if f.property == "log_kow"}
    for name, row in ACTIVES.items():
        if row.log_kow_origin_added == "measured" and name in facts:
            assert abs(row.log_kow_added - facts[name].value) <= 0.5, name


def test_diffusivity_and_radius_tell_of_the_same_size():
    """Stokes-Einstein at 37 degC in water, r = k T / (6 pi eta D): within a factor of two of the stated radius."""
    viscosity, thermal = 6.92e-4, 1.380649e-23 * 310.15  # Pa s; J
    radius = {f.active: f.value for f in FACTS if f.property == "stokes_radius"}
    for fact in FACTS:
        if fact.property == "aqueous_diffusivity" and fact.active in radius:
            implied = thermal / (6.0 * math.pi * viscosity * fact.value * 1e-4) * 1e9
            assert 0.5 < implied / radius[fact.active] < 2.0, label(fact)
