"""The shipped fit of intact permeability: what is left out is left out, and measured compounds are known better."""

from dataclasses import replace

import numpy as np
import pytest

from dermatwin.calibration.permeability import FITTED, folds, problem
from dermatwin.core import Luck
from dermatwin.delivery import find_solute, intact_permeability
from dermatwin.delivery.stratum import FIT, measured, measured_compounds
from dermatwin.evidence import Draws, Evidence
from dermatwin.validation.laboratory import Laboratory
from dermatwin.validation.permeability import fold_of, known_studies, left_out_name, predictor
from dermatwin.validation.rows import Row

EVIDENCE = Evidence.packaged()

RANDOM = frozenset({"knowledge"})


@pytest.fixture(scope="module")
def evidence():
    return Evidence.packaged()


@pytest.fixture(scope="module")
def posterior(evidence):
    return next(p for p in evidence.posteriors if p.name == FIT)


@pytest.fixture(scope="module")
def whole():
    return problem(EVIDENCE)


def test_every_compound_of_the_fit_has_a_table_without_it(posterior, whole):
    assert posterior.parameters == FITTED
    assert set(posterior.tables) == {"", *(f"fold {fold}" for fold in folds())}
    assert posterior.record["groups"] == {left_out_name(name): f"fold {fold_of(name)}" for name in whole.compounds}
    for name in whole.compounds:
        assert posterior.without([left_out_name(name)]).left_out == f"fold {fold_of(name)}"
    assert posterior.without(["a compound nobody measured"]) is posterior


@pytest.mark.parametrize("fold", folds())
def test_a_fold_is_not_seen_by_its_fit(fold, whole):
    rest, left = whole.without(fold)
    assert not {record.compound for record in rest.records} & {c for c in whole.compounds if fold_of(c) == fold}
    assert len(rest.records) == left.sum() < len(whole.records)


def test_values_of_a_fold_do_not_enter_its_likelihood(whole):
    states = 0.3 * np.random.default_rng(1).standard_normal((2, len(FITTED)))
    moved = replace(
        whole,
        records=tuple(replace(r, log10_kp=r.log10_kp + (5.0 if fold_of(r.compound) == 3 else 0.0)) for r in whole.records),
    )
    same, other = (one.without(3)[0].log_factors(states, (0,)) for one in (whole, moved))
    assert (same == other).all()
    assert (whole.log_factors(states, (0,)) != moved.log_factors(states, (0,))).all()


def test_a_laboratory_is_known_only_by_compounds_that_are_not_left_out(whole):
    for fold in folds():
        assert set(known_studies(EVIDENCE, f"fold {fold}")) == set(whole.without(fold)[0].studies)
    assert set(known_studies(EVIDENCE, "")) == set(whole.studies)
    assert known_studies(EVIDENCE, None) == {}


def spread(draws, solute):
    return np.log10(intact_permeability(solute, draws)).std()


def test_a_compound_with_records_is_known_better_than_without_them(evidence):
    lidocaine = find_solute("lidocaine", EVIDENCE)
    own = Draws(evidence, Luck(1, 400, RANDOM))
    blind = Draws(evidence.without([left_out_name("lidocaine")]), Luck(1, 400, RANDOM))
    assert measured(lidocaine, own) is measured_compounds(EVIDENCE)["lidocaine"]
    assert measured(lidocaine, blind) is None
    assert measured(lidocaine, Draws(evidence.before_fits(), Luck(1, 4))) is None
    assert spread(own, lidocaine) < 0.6 * spread(blind, lidocaine)


def test_records_of_a_compound_have_the_say_over_the_law(evidence):
    """Water has many records: its permeability is theirs, whatever the law makes of its log Kow."""
    water = replace(find_solute("lidocaine", EVIDENCE), name="water", aliases=(), molar_mass=18.0)
    own = Draws(evidence, Luck(1, 400, RANDOM))
    odd = replace(water, log_kow=2.0)
    assert np.log10(intact_permeability(water, own, layer="stratum corneum")).mean() == pytest.approx(
        np.log10(intact_permeability(odd, own, layer="stratum corneum")).mean(), abs=0.05
    )


def test_the_priors_rest_on_no_record(evidence, posterior):
    for name in set(posterior.parameters) - {"ion_relative_permeability"}:
        assert evidence.prior[name].sources == ("dermatwin_prior",)
        assert evidence.prior[name].grade == "E"


def test_a_record_is_predicted_by_the_fit_without_its_compound():
    row = Row(
        "permeability_intact.csv",
        2,
        {
            "source": "johnson1996",
            "compound": "Lidocaine",
            "log10_kp_cm_s": "-5.958",
            "layer": "epidermis",
            "neat": "0",
            "mw_g_mol": "234.3",
            "crippen_log_p": "2.58",
        },
    )
    answer = predictor(Laboratory(EVIDENCE, 60, 1))(row)
    unseen = predictor(Laboratory(EVIDENCE, 60, 1))(replace(row, cells={**row.cells, "compound": "no such compound"}))
    assert answer.leans is False
    assert np.isfinite(answer.draws).all()
    assert np.log10(answer.draws).std() > measured_compounds(EVIDENCE)["lidocaine"].sd  # its own records are not used
    assert np.isfinite(unseen.draws).all()
