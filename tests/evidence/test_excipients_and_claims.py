"""Tables of excipients and of what trials say: complete, sourced, honest about what is assumed."""

from __future__ import annotations

import numpy as np
import pytest

from dermatwin.core import Luck
from dermatwin.delivery import find_product, products
from dermatwin.delivery.aqueous import aqueous_diffusivity
from dermatwin.delivery.claim import claims, claims_for, claims_of
from dermatwin.delivery.excipient import excipient_guards, excipients, passive_solutes
from dermatwin.delivery.solute import GROWTH_FACTORS, solutes
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.rows.delivery import ExcipientRow

UNKNOWN = {"conditioned_medium"}  # composition not published
EVIDENCE = Evidence.packaged()
ROWS = EVIDENCE.rows(ExcipientRow)


@pytest.mark.parametrize("product", products(EVIDENCE).values(), ids=lambda product: product.id)
def test_every_product_has_its_excipients(product):
    known = excipients(product, EVIDENCE)
    assert (known is None) == (product.id in UNKNOWN)
    if known is None:
        return
    shares = [item.content.strength for item in known]
    assert all(share > 0.0 for share in shares)
    assert sum(shares) + sum(content.strength for content in product.contents) < 1.0
    assert len({item.content.solute.name for item in known}) == len(known)


def test_every_known_composition_has_its_rows():
    assert {row.product for row in ROWS} == set(products(EVIDENCE)) - UNKNOWN


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.product}-{row.excipient}")
def test_what_is_assumed_of_a_composition_is_graded_so(row):
    assert ("dermatwin_prior" in row.source) == (row.grade == "E")


def test_excipients_can_be_carried_by_the_solver():
    p = Draws(EVIDENCE, Luck(1, 3))
    for product in products(EVIDENCE).values():
        for content in passive_solutes(product, EVIDENCE):
            assert content.solute.molar_mass > 0.0
            assert (aqueous_diffusivity(content.solute, p) > 0.0).all()


def test_what_comes_through_channels_is_a_caution_and_never_a_stop():
    product, people = find_product("vitamin C serum", EVIDENCE), 20
    nothing = {content.solute.name: np.zeros(people) for content in passive_solutes(product, EVIDENCE)}
    assert {guard.verdict for guard in excipient_guards(product, nothing, 60.0, EVIDENCE)} == {"ok"}
    some = {**nothing, "phenoxyethanol": np.full(people, 2.5)}
    (guard,) = [guard for guard in excipient_guards(product, some, 60.0, EVIDENCE) if guard.verdict != "ok"]
    assert guard.verdict == "caution"
    assert guard.limit is None
    assert guard.share is None
    assert guard.applied == pytest.approx(150.0)
    assert guard.unit == "ug"
    assert {"friedmann2024", "soltani2014"} <= set(guard.sources)
    assert "assumed" in guard.note


def test_an_unknown_composition_is_a_caution():
    (guard,) = excipient_guards(find_product("conditioned medium", EVIDENCE), {}, 60.0, EVIDENCE)
    assert guard.verdict == "caution"
    assert guard.applied is None
    assert "not known" in guard.note
    assert excipient_guards(find_product("saline", EVIDENCE), {}, 60.0, EVIDENCE) == ()


@pytest.mark.parametrize("item", claims(EVIDENCE), ids=lambda item: f"{item.active}-{item.verdict}")
def test_every_claim_says_how_it_is_known(item):
    assert item.note
    if item.sources == ("dermatwin_prior",):
        assert item.verdict == "no trial"


def test_every_active_of_the_catalogue_is_spoken_of():
    listed = {item.active for item in claims(EVIDENCE)}
    assert {content.solute.name for product in products(EVIDENCE).values() for content in product.contents} <= listed


def test_growth_factors_were_not_enhanced():
    factors = [name for name, solute in solutes(EVIDENCE).items() if solute.family == GROWTH_FACTORS]
    assert factors
    assert all(claims_of(name, EVIDENCE)[0].verdict == "not enhanced" for name in factors)


def test_a_product_tells_its_own_trials_first():
    found = claims_for(find_product("PRP", EVIDENCE), EVIDENCE)
    assert found[0].active == "prp"
    assert {item.active for item in found} >= {"PDGF-BB", "TGF-beta1"}
    assert claims_for(find_product("saline", EVIDENCE), EVIDENCE) == ()
    assert claims_of("mannitol", EVIDENCE)[0].verdict == "no trial"
