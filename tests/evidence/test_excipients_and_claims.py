"""Tables of excipients and of what trials say: complete, sourced, honest about what is assumed."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from dermatwin.core import Luck
from dermatwin.delivery import claim, find_product, products
from dermatwin.delivery.aqueous import aqueous_diffusivity
from dermatwin.delivery.claim import VERDICTS, claims, claims_for, claims_of
from dermatwin.delivery.excipient import excipient_guards, excipients, passive_solutes
from dermatwin.delivery.solute import GROWTH_FACTORS, solutes
from dermatwin.evidence import Draws, Evidence

UNKNOWN = {"conditioned_medium"}  # composition not published
EVIDENCE = Evidence.packaged()


@pytest.mark.parametrize("product", products().values(), ids=lambda product: product.id)
def test_every_product_has_its_excipients(product):
    known = excipients(product)
    assert (known is None) == (product.id in UNKNOWN)
    if known is None:
        return
    shares = [item.content.strength for item in known]
    assert all(share > 0.0 for share in shares)
    assert sum(shares) + sum(content.strength for content in product.contents) < 1.0
    assert len({item.content.solute.name for item in known}) == len(known)


def test_no_row_is_of_a_product_that_does_not_exist():
    assert {row["product"] for row in EVIDENCE.table("excipients")} == set(products()) - UNKNOWN


@pytest.mark.parametrize("row", EVIDENCE.table("excipients"), ids=lambda row: f"{row['product']}-{row['excipient']}")
def test_every_composition_is_sourced_and_no_assumption_is_graded_up(row):
    sources = row["source"].split(";")
    assert sources
    assert all(source in EVIDENCE.sources for source in sources)
    assert ("dermatwin_prior" in sources) == (row["grade"] == "E")


def test_excipients_can_be_carried_by_the_solver():
    p = Draws(EVIDENCE, Luck(1, 3))
    for product in products().values():
        for content in passive_solutes(product):
            assert content.solute.molar_mass > 0.0
            assert (aqueous_diffusivity(content.solute, p) > 0.0).all()


def test_what_comes_through_channels_is_a_caution_and_never_a_stop():
    product, people = find_product("vitamin C serum"), 20
    nothing = {content.solute.name: np.zeros(people) for content in passive_solutes(product)}
    assert {guard.verdict for guard in excipient_guards(product, nothing, 60.0)} == {"ok"}
    some = {**nothing, "phenoxyethanol": np.full(people, 2.5)}
    (guard,) = [guard for guard in excipient_guards(product, some, 60.0) if guard.verdict != "ok"]
    assert guard.verdict == "caution"
    assert guard.limit is None
    assert guard.share is None
    assert guard.applied == pytest.approx(150.0)
    assert guard.unit == "ug"
    assert {"friedmann2024", "soltani2014"} <= set(guard.sources)
    assert "assumed" in guard.note


def test_an_unknown_composition_is_a_caution():
    (guard,) = excipient_guards(find_product("conditioned medium"), {}, 60.0)
    assert guard.verdict == "caution"
    assert guard.applied is None
    assert "not known" in guard.note
    assert excipient_guards(find_product("saline"), {}, 60.0) == ()


@pytest.mark.parametrize("item", claims(), ids=lambda item: f"{item.active}-{item.verdict}")
def test_every_claim_is_sourced(item):
    assert item.sources
    assert all(source in EVIDENCE.sources for source in item.sources)
    assert item.active in solutes() or item.active in products()
    assert item.claim
    assert item.note
    if item.sources == ("dermatwin_prior",):
        assert item.verdict == "no trial"


def test_every_active_of_the_catalogue_is_spoken_of():
    listed = {item.active for item in claims()}
    assert {content.solute.name for product in products().values() for content in product.contents} <= listed


def test_growth_factors_were_not_enhanced():
    factors = [name for name, solute in solutes().items() if solute.family == GROWTH_FACTORS]
    assert factors
    assert all(claims_of(name)[0].verdict == "not enhanced" for name in factors)


def test_a_product_tells_its_own_trials_first():
    found = claims_for(find_product("PRP"))
    assert found[0].active == "prp"
    assert {item.active for item in found} >= {"PDGF-BB", "TGF-beta1"}
    assert claims_for(find_product("saline")) == ()
    assert claims_of("mannitol")[0].verdict == "no trial"


def test_a_verdict_outside_the_list_is_refused(monkeypatch):
    row = {"active": "retinol", "claim": "c", "verdict": "works", "source": "dhurat2019", "note": "", "line": "7"}
    table = SimpleNamespace(packaged=lambda: SimpleNamespace(table=lambda name: [row]))
    monkeypatch.setattr(claim, "Evidence", table)
    with pytest.raises(ValueError, match="works"):
        claims.__wrapped__()
    assert "works" not in VERDICTS
