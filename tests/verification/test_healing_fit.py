"""The fit of the healing network: its likelihood sees what it should and nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from dermatwin.calibration.healing import FOLDS, PIERCED, direction, fold_of, problem
from dermatwin.calibration.healing import takes_part as is_fitted
from dermatwin.evidence import Evidence
from dermatwin.validation.rows import Row

EVIDENCE = Evidence.packaged()


@pytest.fixture(scope="module")
def whole():
    return problem(EVIDENCE)


@pytest.fixture(scope="module")
def states(whole):
    return 0.3 * np.random.default_rng(1).standard_normal((3, len(whole.names)))


def places(whole, *studies):
    return tuple(whole.studies.index(study) for study in studies)


def test_every_study_is_in_one_fold_with_its_authors(whole):
    folds = [fold_of(study, whole.studies) for study in whole.studies]
    assert set(folds) == set(range(FOLDS))
    assert fold_of("aust2010", whole.studies) == fold_of("aust2011", whole.studies)
    for fold in range(FOLDS):
        left = whole.without(fold)
        assert not {s for s in left.studies if fold_of(s, whole.studies) == fold}
        assert 0 < len(left.rows) < len(whole.rows)


def test_values_of_a_fold_do_not_enter_its_likelihood(whole, states):
    fold = fold_of("engelhardt1998", whole.studies)
    moved = replace(
        whole,
        rows=tuple(
            Row(r.file, r.line, {**r.cells, "value": "5"}) if r["source"] == "engelhardt1998" else r for r in whole.rows
        ),
    )
    one = places(whole, "engelhardt1998")
    assert (whole.log_factors(states, one) != moved.log_factors(states, one)).all()
    assert whole.without(fold).rows == moved.without(fold).rows


def test_what_is_a_studys_own_touches_only_that_study(whole, states):
    cells = places(whole, "engelhardt1998", "dankwa2025")
    base = whole.log_factors(states, cells)
    own = states.copy()
    own[:, [n for n, name in enumerate(whole.names) if name.endswith("@engelhardt1998")]] += 1.0
    after = whole.log_factors(own, cells)
    assert (after[:, 0] != base[:, 0]).all()
    assert (after[:, 1] == base[:, 1]).all()


def test_needles_of_a_lane_are_one_draw_of_the_fit_of_insertion(whole, states):
    study = places(whole, "lotfi2013")
    moved = states.copy()
    moved[:, whole.names.index(PIERCED)] += 1.5
    assert (whole.log_factors(states, study) != whole.log_factors(moved, study)).all()


def test_a_proposal_far_out_is_still_a_draw_of_insertion(whole, states):
    far = states.copy()
    far[:, whole.names.index(PIERCED)] = [-40.0, 9.0, 40.0]
    assert np.isfinite(whole.log_factors(far, places(whole, "lotfi2013"))).all()


def test_what_no_row_shows_is_not_fitted(whole):
    assert not [name for name in whole.names if name.startswith(("pigment", "barrier", "myofibroblast_con"))]


def test_directions_are_inequalities_that_may_be_wrong():
    change, missed = np.array([-50.0, -1.0, 0.0, 1.0, 50.0]), np.full(5, 5.0)
    up, down, none = (direction(change, sign, missed, 0.05) for sign in (1, -1, 0))
    assert (np.diff(up) > 0.0).all()
    np.testing.assert_allclose(up, down[::-1])
    assert none.argmax() == 2
    assert up[0] == pytest.approx(np.log(0.05 / 3.0), abs=1e-6)  # one contrary report does not rule a state out
    assert up[2] == pytest.approx(np.log(0.05 / 3.0 + 0.95 / 2.0))


def test_only_rows_of_tissue_and_cells_take_part(whole):
    assert not is_fitted(Row("healing_timecourse.csv", 2, {"quantity": "pain_vas", "value": "5"}), EVIDENCE)
    assert not is_fitted(Row("healing_timecourse.csv", 2, {"quantity": "vegf_direction", "value": ""}), EVIDENCE)
    assert all(is_fitted(row, EVIDENCE) for row in whole.rows)


def test_the_priors_rest_on_no_study_of_the_fit(whole):
    prior = Evidence.packaged().prior
    for place in whole.kept:
        assert not set(prior[whole.names[place]].sources) & set(whole.studies), whole.names[place]
