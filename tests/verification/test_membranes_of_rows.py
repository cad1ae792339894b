"""What a row says of its membrane, its donor and its solute, against sums done by hand."""

import numpy as np
import pytest

from dermatwin.delivery import Membrane, find_solute, intact_permeability
from dermatwin.delivery.chemistry import from_smiles
from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.permeability import CompoundRow
from dermatwin.validation import compound, permeability, permeation
from dermatwin.validation.compound import names_of
from dermatwin.validation.laboratory import Laboratory, unstated
from dermatwin.validation.permeability import Dermis, dermis_of
from dermatwin.validation.prediction import NotPredicted, Prediction
from dermatwin.validation.rows import Row, measured

LABORATORY = Laboratory(Evidence.packaged(), 60, 3)
KNOWN = LABORATORY.known


def record(**cells):
    usual = {"source": "one2099", "compound": "caffeine", "log10_kp_cm_s": "-7", "layer": "epidermis, dermis", "neat": "0"}
    return Row("permeability_intact.csv", 2, {**usual, **cells})


@pytest.mark.parametrize(
    ("preparation", "found"),
    [
        ("dermatomed 330um", Dermis(0.33)),
        ("dermatomed 250-280um", Dermis(0.265)),
        ("dermatomed 1200um, hydrated", Dermis(1.2)),
        ("dermatomed 500 \u00b5m", Dermis(0.5)),  # the micro sign
        ("Dermatomed 500\u03bcm", Dermis(0.5)),  # the Greek letter
        ("dermatomed, 400 to 600 microns", Dermis(0.5)),
        ("split, 0.5 mm", Dermis(0.5)),
        ("full thickness, 1.5 millimetres", Dermis(1.5)),
        ("dermatomed", Dermis(study="one2099", kind="dermatomed")),
        ("fat removed", Dermis(study="one2099", kind="whole")),
        ("full thickness", Dermis(study="one2099", kind="whole")),
    ],
)
def test_the_dermis_of_a_membrane_is_read_from_its_preparation(preparation, found):
    read = dermis_of(record(preparation=preparation), "epidermis, dermis")
    assert read is not None
    assert read.skin == (found.skin if found.skin is None else pytest.approx(found.skin))
    assert (read.study, read.kind) == (found.study, found.kind)


@pytest.mark.parametrize("layer", ["epidermis", "stratum corneum", "epidermis without SC"])
def test_a_membrane_without_dermis_has_none(layer):
    assert dermis_of(record(layer=layer, preparation="dermatomed 330um"), layer) is None


def test_nothing_is_read_from_a_preparation_that_says_nothing():
    assert dermis_of(record(preparation="unknown"), "epidermis, dermis") is None


def test_the_epidermis_is_part_of_a_stated_thickness():
    above = KNOWN("reference_stratum_corneum", "mm") + KNOWN("membrane_thickness[viable_epidermis]", "mm")
    assert Dermis(0.5).thickness(KNOWN) == pytest.approx(0.5 - above)
    assert Dermis(0.05).thickness(KNOWN) == pytest.approx(0.05 * KNOWN.median("least_dermis_share", "1"))
    whole = Dermis(study="x", kind="whole").thickness(KNOWN)
    assert whole == pytest.approx(unstated("excised_dermis[whole]", "mm", "x", KNOWN))


def test_thicker_dermis_lets_less_through_and_by_what_the_laws_say():
    solute = find_solute("caffeine", LABORATORY.evidence)
    thin, thick = (
        permeability.permeability(solute, "epidermis, dermis", None, None, LABORATORY, "nobody's", Dermis(skin))
        for skin in (0.3, 2.0)
    )
    assert (thick < thin).all()
    blind = permeability._beliefs(LABORATORY, "nobody's").draws
    by_hand = intact_permeability(
        solute, blind, layer="epidermis, dermis", membrane=Membrane(dermis=Dermis(2.0).thickness(blind))
    )
    assert thick == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("layer", "preparation", "membranes"),
    [
        ("epidermis", "unknown", ("epidermis",)),
        ("Epidermis, dermis", "", ("epidermis, dermis",)),
        ("epidermis without SC", "tape-stripped", ("epidermis without stratum corneum",)),
        ("heat-separated epidermis", "", ("epidermis",)),
        ("HSE", "", ("epidermis",)),
        ("SC", "", ("stratum corneum",)),
        ("split-thickness skin", "", ("epidermis, dermis",)),
        ("full-thickness skin", "", ("epidermis, dermis",)),
        ("skin", "dermatomed 500um", ("epidermis, dermis",)),
        ("unknown", "heat separation", ("epidermis",)),
        ("unknown", "unknown", ("epidermis", "epidermis, dermis")),
        ("silicone", "", ()),
    ],
)
def test_a_membrane_is_read_from_its_words_or_its_preparation(layer, preparation, membranes):
    assert permeability.membranes_of(record(layer=layer, preparation=preparation)) == membranes


def test_a_membrane_that_is_not_described_is_one_of_two():
    predict = permeability.predictor(LABORATORY)
    thin, thick, either = (predict(record(layer=layer)) for layer in ("epidermis", "epidermis, dermis", "unknown"))
    assert isinstance(thin, Prediction)
    assert isinstance(thick, Prediction)
    assert isinstance(either, Prediction)
    first, second = np.isclose(either.draws, thin.draws), np.isclose(either.draws, thick.draws)
    assert (first | second).all()
    assert 0.25 < first.mean() < 0.75
    assert either.quantity == "Kp of a membrane that is not described"
    assert isinstance(predict(record(layer="silicone")), NotPredicted)


def test_a_donor_that_the_fit_leaves_out_is_not_scored_either():
    predict = permeability.predictor(LABORATORY)
    for donor in ("Ethanol", "30 % Ethanol in water", "Propylene glycol/Water (9:1)", "5% DMSO", "oil-in-water cream"):
        answer = predict(record(donor_type=donor))
        assert isinstance(answer, NotPredicted)
        assert "co-solvent" in answer.reason
    assert isinstance(predict(record(donor_type="PBS")), Prediction)


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("lidocaine HCl", "lidocaine"),
        ("pramipexole 2HCl", "pramipexole"),
        ("diclofenac sodium", "diclofenac"),
        ("5-aminolevulinic acid (PpIX readout)", "5-aminolevulinic acid"),
        ("caffeine", "caffeine"),
    ],
)
def test_a_salt_is_found_by_its_base_or_acid(name, last):
    assert names_of(name)[-1] == last
    assert names_of(name)[0] == name


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("lidocaine hydrochloride", "lidocaine"),
        ("Lidocaine hydrochloride monohydrate", "lidocaine"),
        ("Methylparaben", "Methyl 4-hydroxybenzoate"),
        ("n-Butylparaben", "Butyl 4-hydroxybenzoat"),
        ("Hexanol", "1-Hexanol"),
        ("DEET", "N,N-Diethyl-m-toluamide"),
        ("aspirin", "Acetylsalicylic acid"),
        ("benzocaine", "Ethyl p-aminobenzoate"),
        ("vitamin C", "L-ascorbic acid"),
        ("sodium ascorbate", "L-ascorbic acid"),
        ("GHK-Cu", "copper tripeptide GHK-Cu (1:1)"),
        ("Chlorpromazine hydrochloride", "Chlorpromazine"),
        ("acetaminophen", "Paracetamol"),
        ("5-ALA hydrochloride", "5-aminolevulinic acid"),
    ],
)
def test_a_compound_is_found_by_its_other_names(name, means):
    found = compound.named(name, LABORATORY.evidence)
    assert found is not None
    assert found.name.lower() == means.lower()


def test_an_ester_is_not_the_acid_that_it_is_made_of():
    assert compound.named("hydrocortisone acetate", LABORATORY.evidence) is None
    assert compound.named("nobody's acid", LABORATORY.evidence) is None


def test_a_salt_of_an_active_is_that_active():
    row = Row("permeation_microneedle.csv", 2, {"permeant": "lidocaine HCl", "mw_g_mol": "270.8"})
    assert permeation.solute_of(row, LABORATORY.evidence) == find_solute("lidocaine", LABORATORY.evidence)


def test_an_active_comes_before_a_record_of_the_same_thing_and_the_other_way_round():
    evidence = LABORATORY.evidence
    name = next(name for name in compound.compounds(evidence) if compound._active(name, evidence))
    record = compound.compounds(evidence)[name][0]
    assert compound.named(f"{name} hydrochloride", evidence) == record
    assert compound.named(f"{name} hydrochloride", evidence, active_first=True) == find_solute(name, evidence)


def test_a_compound_is_left_out_of_the_fit_under_whatever_name_a_row_has_it(monkeypatch):
    """A record called by another name would be predicted by a fit that has read it."""
    asked = []
    beliefs = permeability._beliefs
    monkeypatch.setattr(permeability, "_beliefs", lambda laboratory, name: asked.append(name) or beliefs(laboratory, name))
    cells = {"source": "x", "log10_kp_epidermis_cm_s": "-5.5"}
    for name in ("Methylparaben", "lidocaine hydrochloride", "nobody's phenol"):
        row = Row(
            "permeability_intact_medians.csv", 2, {**cells, "compound": name, "mw_g_mol": "94.1", "crippen_log_p": "1.4"}
        )
        assert isinstance(permeability.medians_predictor(LABORATORY)(row), Prediction)
    assert set(asked) == {"Methyl 4-hydroxybenzoate", "Lidocaine", "nobody's phenol"}


def test_of_several_permeants_the_one_of_the_stated_mass_is_meant():
    cells = {"permeant": "rigin / melanostatin / pal-KTTKS", "mw_g_mol": "802.07"}
    found = permeation.solute_of(Row("permeation_microneedle.csv", 2, cells), LABORATORY.evidence)
    assert found == find_solute("pal-KTTKS", LABORATORY.evidence)
    unclear = permeation.solute_of(Row("permeation_microneedle.csv", 2, {**cells, "mw_g_mol": "500"}), LABORATORY.evidence)
    assert isinstance(unclear, str)


def test_structures_have_the_mass_and_the_log_p_that_are_printed():
    rows = [row for row in LABORATORY.evidence.rows(CompoundRow) if row.smiles]
    assert len(rows) > 100
    for row in rows:
        drawn = from_smiles(row.compound, row.smiles)
        assert (drawn.molar_mass, drawn.log_kow) == (
            pytest.approx(row.mw_g_mol, abs=0.01),
            pytest.approx(row.crippen_log_p, abs=0.001),
        )


def test_every_median_is_predicted():
    medians = measured(LABORATORY.evidence)["permeability_intact_medians.csv"]
    assert [row["compound"] for row in medians if isinstance(permeability.solute_of(row, LABORATORY.evidence), str)] == []


def test_a_measured_log_kow_comes_before_a_computed_one():
    found = compound.named("2,4-Dinitrochlorobenzene", LABORATORY.evidence)
    assert found is not None
    assert found.log_kow_origin == "measured"


def test_a_row_may_describe_its_own_molecule():
    row = Row("permeability_intact_medians.csv", 2, {"source": "x", "compound": "nobody's phenol", "smiles": "c1ccccc1O"})
    found = compound.described(row, "nobody's phenol")
    assert not isinstance(found, str)
    assert found.molar_mass == pytest.approx(94.11, abs=0.02)
    cells = {**row.cells, "log10_kp_epidermis_cm_s": "-5.5"}
    answer = permeability.medians_predictor(LABORATORY)(Row(row.file, 2, cells))
    assert isinstance(answer, Prediction)
    assert np.isfinite(answer.draws).all()
    wrong = compound.described(Row(row.file, 2, {"compound": "x", "smiles": "not a structure"}), "x")
    assert "structure cannot be read" in str(wrong)
    stated = compound.described(Row(row.file, 2, {"mw_g_mol": "94.1", "log_kow": "1.46", "crippen_log_p": "9"}), "x")
    assert not isinstance(stated, str)
    assert (stated.log_kow, stated.log_kow_origin) == (1.46, "calculated")


def test_stripped_skin_is_refused():
    cells = {"permeant": "caffeine", "device": "array", "quantity": "flux", "note": "against tape-stripped skin"}
    answer = permeation.predictor(LABORATORY)(Row("permeation_microneedle.csv", 2, cells))
    assert isinstance(answer, NotPredicted)
    assert "stripped" in answer.reason
