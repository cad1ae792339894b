"""A solute from its structure, with RDKit, and a clear word where RDKit is not installed."""

import sys

import pytest

from dermatwin.case.document import InlineProduct
from dermatwin.delivery import find_solute, product_of
from dermatwin.evidence import Evidence

EVIDENCE = Evidence.packaged()

CAFFEINE = "CN1C=NC2=C1C(=O)N(C(=O)N2C)C"


def described(**more):
    return InlineProduct.model_validate({"strength": "1 %", **more})


def test_without_rdkit_the_fault_says_what_to_install(monkeypatch):
    for name in ("rdkit", "rdkit.Chem"):  # whatever another test has loaded
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(KeyError, match=r"install the extra 'chemistry'"):
        product_of(described(active="new molecule", smiles=CAFFEINE), EVIDENCE)


def test_the_table_goes_before_a_structure():
    product = product_of(described(active="caffeine", smiles=CAFFEINE), EVIDENCE)
    assert product.contents[0].solute is find_solute("caffeine", EVIDENCE)


def test_a_structure_beside_a_known_active_is_read_all_the_same():
    with pytest.raises(KeyError, match="is not a structure"):
        product_of(described(active="caffeine", smiles="not a structure"), EVIDENCE)


def test_an_unknown_active_without_a_structure_is_named_and_not_computed():
    product = product_of(described(active="unobtainium"), EVIDENCE)
    assert product.contents == ()
    assert [(missing.name, missing.strength) for missing in product.missing] == [("unobtainium", 0.01)]
    assert "is not known" in product.missing[0].hint


def test_a_structure_gives_mass_and_computed_log_kow():
    solute = product_of(described(active="trimethylxanthine by structure", smiles=CAFFEINE), EVIDENCE).contents[0].solute
    assert solute.molar_mass == pytest.approx(194.19, abs=0.01)
    assert solute.log_kow == pytest.approx(-1.03, abs=0.01)
    assert solute.log_kow_origin == "crippen"
    with pytest.raises(KeyError, match="not a structure"):
        product_of(described(active="nonsense", smiles="C1CC"), EVIDENCE)
