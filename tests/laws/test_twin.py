"""Laws of the whole chain."""

from dataclasses import replace

import numpy as np
import pytest

from dermatwin.core import CaseError
from dermatwin.twin import reread, simulate
from dermatwin.twin.summary import summarise, to_json


def test_same_seed_same_bytes(make_case, small_run):
    again = simulate(make_case(), draws=40, seed=7)
    assert to_json(summarise(again)) == to_json(summarise(small_run))


def test_another_seed_other_draws(make_case, small_run):
    other = simulate(make_case(), draws=40, seed=8)
    mine, theirs = small_run.find("in_situ_depth")[0].values, other.find("in_situ_depth")[0].values
    assert not np.intersect1d(mine[mine > 0.0], theirs[theirs > 0.0]).size  # nobody pierced is 0 for everybody


def test_people_do_not_depend_on_how_many_are_drawn(make_case, small_run):
    few = simulate(make_case(), draws=10, seed=7)
    for name in ("in_situ_depth", "closure_time_dye", "relative_improvement"):
        np.testing.assert_allclose(few.find(name)[-1].values, small_run.find(name)[-1].values[:10], rtol=1e-9, atol=1e-12)


def test_without_spread_everyone_is_alike(make_case):
    run = simulate(make_case(), draws=3, seed=7, vary=frozenset())
    for entry in run.endpoints:
        assert np.ptp(entry.values) <= 1e-9 * max(1.0, np.abs(entry.values).max()), entry.name


def test_each_source_of_spread_alone_gives_less_than_all(make_case, small_run):
    whole = np.ptp(small_run.find("in_situ_depth")[0].values)
    for source in ("knowledge", "person", "chance"):
        part = simulate(make_case(), draws=40, seed=7, vary=frozenset({source}))
        assert 0.0 < np.ptp(part.find("in_situ_depth")[0].values) < 1.5 * whole


def test_every_endpoint_says_what_it_stands_on(small_run):
    for entry in small_run.endpoints:
        assert entry.sources, entry.name
        assert entry.grade in "ABCDE"
        low, middle, high = entry.band
        assert low <= middle <= high, entry.name


def test_an_untreated_zone_stays_as_it_is(make_case):
    zones = [{"zone": "cheek", "area": "50 cm^2"}, {"zone": "cheek", "name": "other", "area": "50 cm^2", "treated": False}]
    run = simulate(make_case(zones=zones), draws=10, seed=1)
    history = run.zone("other").history
    assert not run.zone("other").punctures
    for name in history.states:
        state = history.state(name)
        np.testing.assert_allclose(state, state[..., :1] * np.ones_like(state), rtol=1e-6, atol=1e-9, err_msg=name)
    assert (run.zone("cheek").history.state("collagen_i") != history.state("collagen_i")).any()


@pytest.mark.parametrize("bad", [{"draws": 0}, {"draws": 10**15}, {"seed": -1}, {"seed": 2**64}])
def test_impossible_requests_are_refused(make_case, bad):
    with pytest.raises(CaseError, match=next(iter(bad))):
        simulate(make_case(), **bad)


def test_a_run_says_when_its_fits_are_stale(small_run):
    evidence = replace(small_run.evidence, stale=("needling",))
    run = reread(small_run, evidence)
    assert run.provenance == {**small_run.provenance, "stale_fits": ["needling"]}
    assert "stale_fits" not in small_run.provenance
    said = [notice for notice in run.notices if notice not in small_run.notices]
    assert [notice.path for notice in said] == ["evidence"]
    assert said[0].message.startswith("the fit 'needling' was made for other priors")
    assert summarise(run)["warnings"][0]["path"] == "evidence"
