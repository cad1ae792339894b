"""Where the spread of a number comes from: the estimator against sums whose shares are known, and the split of runs."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from dermatwin.core.chance import Luck
from dermatwin.core.notebook import Notebook
from dermatwin.evidence import Draws, Evidence
from dermatwin.naming import NOTHING
from dermatwin.report import render
from dermatwin.twin import recall, reread, simulate, summarise, write_run
from dermatwin.twin.endpoints import Endpoint
from dermatwin.twin.summary import sources_in, to_json
from dermatwin.twin.weighing import FEWEST, GROUPS, PART, Ranked, closed_draws, weight
from dermatwin.twin.weight import FAMILIES

EVIDENCE = Evidence.packaged()
GRADES, SPREADS = FAMILIES["grade"], FAMILIES["spread"]
NOBODY = Ranked((), np.zeros((0, 0)))


def endpoint(values, reads=frozenset()):
    return Endpoint("in_situ_depth", NOTHING, "", "cheek", "mm", None, np.asarray(values, float), "E", (), reads=reads)


def weigh(of, count=400, people=200, seed=1, reading=NOBODY, shape=lambda x: x):
    """The weight of a sum of normal numbers: `of` says which grade and source each term has, and how large it is."""
    chance = np.random.default_rng(seed)
    terms = [(grade, source, size * chance.standard_normal(count)) for grade, source, size in of]
    whole = shape(sum(values for *_, values in terms))
    lanes = [
        shape(sum((values[:people] for grade, source, values in terms if group not in (grade, source)), np.zeros(people)))
        for _, group in GROUPS
    ]
    return weight(endpoint(whole), np.concatenate(lanes), reading, EVIDENCE)


def test_a_sum_is_split_by_variance():
    found = weigh([("A", "person", 1.0), ("D", "knowledge", 2.0), ("E", "chance", 2.0)], count=4000, people=2000)
    assert found.grades == pytest.approx([1 / 9, 0, 0, 4 / 9, 4 / 9], abs=0.03)
    assert found.spreads == pytest.approx([4 / 9, 1 / 9, 4 / 9], abs=0.03)
    assert found.grades.sum() == pytest.approx(1.0)
    assert found.spreads.sum() == pytest.approx(1.0)


def test_one_group_alone_has_all_of_it():
    found = weigh([("C", "knowledge", 1.0)])
    assert found.grades.tolist() == [0, 0, 1, 0, 0]
    assert (found.leading, found.leading_share, found.leading_spread) == ("C", 1.0, ("knowledge", 1.0))
    assert found.grade_errors == pytest.approx(np.zeros(5), abs=1e-12)


def test_a_lead_within_the_errors_is_not_clear():
    near, far = [("A", "person", 1.0), ("E", "knowledge", 1.0)], [("A", "person", 1.0), ("E", "knowledge", 0.1)]
    rivals = [weigh(near, people=18, seed=seed).rival for seed in range(40)]
    assert sum(rival != "" for rival in rivals) > 20
    assert set(rivals) <= {"", "A", "E"}
    assert not any(weigh(far, people=18, seed=seed).rival for seed in range(40))
    told = [weigh(near, people=18, seed=seed).summary()["leading"].get("or", "") for seed in range(40)]
    assert told == rivals


@pytest.mark.parametrize("shape", [np.exp, lambda x: 1e-9 * x, lambda x: x**3], ids=["exp", "small", "cubed"])
def test_a_share_knows_no_unit_and_no_logarithm(shape):
    terms = [("B", "person", 1.0), ("E", "knowledge", 1.5)]
    plain, bent = weigh(terms), weigh(terms, shape=shape)
    np.testing.assert_allclose(bent.grades, plain.grades, atol=1e-9)
    np.testing.assert_allclose(bent.spread_errors, plain.spread_errors, atol=1e-9)


def test_a_standard_error_says_how_far_shares_scatter():
    terms = [("A", "person", 1.0), ("E", "knowledge", 1.0)]
    found = [weigh(terms, count=200, people=22, seed=seed) for seed in range(200)]
    shares, errors = (np.array([getattr(one, name)[0] for one in found]) for name in ("grades", "grade_errors"))
    assert shares.mean() == pytest.approx(0.5, abs=0.03)
    assert np.sqrt((errors**2).mean()) == pytest.approx(shares.std(), rel=0.25)


def test_what_nobody_differs_in_is_not_split():
    ones = np.ones(200)
    assert weight(endpoint(ones), np.ones(22 * len(GROUPS)), NOBODY, EVIDENCE) is None
    lost = np.where(np.arange(200) < 190, np.nan, np.arange(200))
    assert weight(endpoint(lost), np.resize(np.arange(22.0), 22 * len(GROUPS)), NOBODY, EVIDENCE) is None


def test_people_without_a_number_are_left_out():
    chance = np.random.default_rng(3)
    values = chance.standard_normal(200)
    values[:10] = np.nan
    some, none = values[:22], np.where(np.isnan(values[:22]), np.nan, 0.0)
    found = weight(endpoint(values), np.concatenate([none, *[some] * 4, none, *[some] * 2]), NOBODY, EVIDENCE)
    assert found.people == 12
    assert found.leading == "A"


def read(**values):
    return Ranked.of({(name, ""): np.asarray(array, float) for name, array in values.items()})


def test_what_a_number_follows_carries_it_and_luck_does_not():
    chance = np.random.default_rng(5)
    noise = {f"n{k}": chance.standard_normal(200) for k in range(300)}
    first, second = chance.standard_normal((2, 200))
    values = np.exp(2.0 * first + second)
    found = read(first=first, second=second, fixed=np.ones(200), **noise).carriers(
        values, frozenset({"first", "second", "fixed", *noise})
    )
    assert [name for (name, _), _ in found] == ["first", "second"]
    assert found[0][1] == pytest.approx(0.8, abs=0.1)


def test_what_was_not_read_carries_nothing():
    values = np.arange(200.0)
    assert read(unread=values).carriers(values, frozenset({"other"})) == ()
    assert read(same=values).carriers(np.ones(200), frozenset({"same"})) == ()


def test_three_carry_at_most_and_each_once():
    values = np.arange(200.0)
    kept = {(name, which): values for name in "abcd" for which in ("1", "2")}
    found = Ranked.of(kept).carriers(values, frozenset("abcd"))
    assert len(found) == len({name for (name, _), _ in found}) == 3


def test_lanes_are_the_first_people_once_for_each_group():
    draws = Draws(EVIDENCE, Luck(2, 200), Notebook())
    lanes = closed_draws(draws)
    people = int(PART * 200)
    assert lanes.count == people * len(GROUPS)
    for number, (_, group) in enumerate(GROUPS):
        assert np.flatnonzero(lanes.closed[group]).tolist() == list(range(number * people, (number + 1) * people))
    assert np.ptp(lanes.luck.normal("person", "x").reshape(len(GROUPS), people), axis=0).max() == 0.0
    np.testing.assert_array_equal(lanes.luck.normal("person", "x")[:people], draws.luck.normal("person", "x")[:people])
    assert closed_draws(Draws(EVIDENCE, Luck(2, 9))).count == FEWEST * len(GROUPS)
    assert closed_draws(Draws(EVIDENCE, Luck(2, 3))).count == 3 * len(GROUPS)


@pytest.fixture(scope="module")
def case(make_case):
    return make_case()


@pytest.fixture(scope="module")
def run(case):
    return simulate(case, draws=100, seed=5, split=True)


def test_a_split_changes_no_number(case, run):
    plain = simulate(case, draws=100, seed=5)
    assert [end.key for end in plain.endpoints] == [end.key for end in run.endpoints]
    for mine, theirs in zip(plain.endpoints, run.endpoints, strict=True):
        np.testing.assert_array_equal(mine.values, theirs.values, err_msg=mine.name)
        assert replace(theirs, weight=None).summary() == mine.summary()


def test_the_same_seed_gives_the_same_bytes(case, run):
    assert to_json(summarise(simulate(case, draws=100, seed=5, split=True))) == to_json(summarise(run))


def test_what_differs_between_people_is_split(run):
    for end in run.endpoints:
        differs = np.ptp(end.values[np.isfinite(end.values)]) > 0.0
        assert differs or end.weight is None, end.name
        if end.weight is not None:
            assert end.weight.grades.sum() == pytest.approx(1.0), end.name
            assert end.weight.spreads.sum() == pytest.approx(1.0), end.name
            assert {one.name for one in end.weight.carried_by} <= end.reads, end.name
    assert sum(end.weight is not None for end in run.endpoints) > 0.7 * len(run.endpoints)


@pytest.mark.parametrize(
    ("quantity", "grade", "spread", "carrier"),
    [
        ("infection_risk", "A", "knowledge", "event_rates"),
        ("baseline_temperature", "E", "person", "skin_temperature[face]"),
        ("baseline_follicle_density", "D", "knowledge", "follicle_density[cheek]"),
        ("relative_improvement", "A", "person", "outcome_effects"),
        ("open_fraction_at_1_h", "D", "knowledge", "recoil_share"),
    ],
)
def test_known_numbers_are_led_by_what_leads_them(run, quantity, grade, spread, carrier):
    found = next(end.weight for end in run.endpoints if end.quantity == quantity)
    assert (found.leading, found.leading_spread[0], found.carried_by[0].name) == (grade, spread, carrier)
    assert found.assumption == (carrier if grade == "E" else "")


def test_a_grade_without_a_reading_has_no_share(run):
    for end in run.endpoints:
        grades = {EVIDENCE.grade_of(name) for name in end.reads}
        if end.weight is not None:
            assert {grade for grade, share in zip(GRADES, end.weight.grades, strict=True) if share > 1e-4} <= grades, (
                end.name
            )


def test_the_summary_shows_the_split_and_cites_by_weight(run):
    told = json.loads(to_json(summarise(run)))
    summary = {entry["name"]: entry for entry in told["endpoints"]}
    weights = {end.name: end.weight for end in run.endpoints}
    found, weight_of_it = summary["infection_risk"], weights["infection_risk"]
    for part, groups, shares, errors in (
        ("grades", GRADES, weight_of_it.grades, weight_of_it.grade_errors),
        ("sources_of_spread", SPREADS, weight_of_it.spreads, weight_of_it.spread_errors),
    ):
        split = [found["split"][part].get(group, [0.0, 0.0]) for group in groups]
        np.testing.assert_allclose(split, np.stack([shares, errors], axis=1), atol=6e-4)
    assert found["leading"]["grade"] == "A"
    assert found["carried_by"][0]["name"] == "event_rates"
    assert set(sources_in(told, found)) < set(sources_in(told, found, "all_sources"))
    assert summary["baseline_temperature"]["leading"]["assumption"] == "skin_temperature[face]"
    assert found["grade"] == "E", "the weakest stays as a mark"


def test_a_run_that_is_read_again_keeps_its_split(run, tmp_path):
    folder = write_run(run, tmp_path / "run")
    again = recall(folder)
    assert [end.reads for end in again.endpoints] == [end.reads for end in run.endpoints]
    for mine, theirs in zip(run.endpoints, again.endpoints, strict=True):
        assert (mine.weight is None) == (theirs.weight is None)
        if mine.weight is not None:
            assert mine.weight.summary() == theirs.weight.summary()
            assert mine.cited == theirs.cited
    assert [end.weight for end in reread(run).endpoints] == [end.weight for end in run.endpoints]


def test_other_evidence_knows_no_split(run, tmp_path):
    other = EVIDENCE.believing(recoil_share=0.5)
    assert all(end.weight is None for end in reread(run, other).endpoints)
    folder = write_run(run, tmp_path / "run")
    assert all(end.weight is None for end in recall(folder, other).endpoints)
    assert [end.weight is None for end in recall(folder, EVIDENCE).endpoints] == [
        end.weight is None for end in run.endpoints
    ]


def test_the_report_shows_bars_by_weight_and_folds_the_rest(run, case):
    page, plain = render(run), render(simulate(case, draws=12, seed=5))
    assert "where the spread of a quantity comes from" in page
    assert "led by assumptions: bleeding share" in page
    assert "carried by pooled rates of events after needling" in page
    assert "sources that carry most, by weight" in page
    assert "other sources" in page
    assert "by weight" not in plain
    assert "the parameters behind a quantity" in plain
