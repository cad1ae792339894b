"""The published courses: each runs, has its endpoints, and its published results stand beside the prediction."""

import json
from pathlib import Path

import pytest

from dermatwin.case import load_case
from dermatwin.twin import compare_observations, simulate, summarise
from dermatwin.twin.summary import sources_in

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def test_there_are_at_least_four():
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_an_example_runs_and_is_compared(path):
    case = load_case(path)
    run = simulate(case, draws=30, seed=1)
    summary = json.loads(json.dumps(summarise(run), allow_nan=False))
    assert len(summary["endpoints"]) >= 40
    assert summary["verdict"] in ("ok", "caution")
    assert len(summary["observations"]) == len(case.observations)
    assert all(entry["median"] is not None and sources_in(summary, entry) for entry in summary["endpoints"])
    assert not any(summary["failed"].values())


def test_agreement_with_a_study_that_made_the_prediction_is_not_sold_as_a_test():
    path = next(p for p in EXAMPLES if "kalluri" in p.stem)
    seen = {c.observation.quantity: c for c in compare_observations(simulate(load_case(path), draws=20, seed=1))}
    assert not seen["residual_depth"].independent
    assert all(c.independent == (c.observation.source not in c.endpoint.sources) for c in seen.values())
