"""Laws of virtual people: each depends on seed and number alone; together they are what the evidence says."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr, truncnorm

from builders import dermatwin
from dermatwin.core import Luck
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.population import described, draw_people, presets
from dermatwin.population.describing import values_of
from dermatwin.population.people import ARRAYS, parent
from dermatwin.population.preset import preset_of

EVIDENCE = Evidence.packaged()
PRESETS = sorted(presets(EVIDENCE))
MANY = 20_000


def of(name, luck):
    return draw_people(preset_of(name, EVIDENCE), luck)


@given(seed=st.integers(0, 2**63), people=st.sets(st.integers(0, 60), min_size=1), name=st.sampled_from(PRESETS))
@settings(max_examples=20, deadline=None)
def test_a_person_is_the_same_whatever_others_are_drawn(seed, people, name):
    everybody, some = of(name, Luck(seed, 61)), tuple(sorted(people))
    few = of(name, Luck(seed, len(some), people=some))
    first = of(name, Luck(seed, 31, first=30))
    for array in ARRAYS:
        assert np.array_equal(getattr(few, array), getattr(everybody, array)[list(some)])
        assert np.array_equal(getattr(first, array), getattr(everybody, array)[30:])
    assert all(np.array_equal(few.medicines[m], has[list(some)]) for m, has in everybody.medicines.items())


@pytest.mark.parametrize("name", PRESETS)
def test_people_are_as_described(name):
    """Means and shares within four Monte Carlo errors of what is stated; of a lognormal the median."""
    people = of(name, Luck(2, MANY))
    for row, line in zip(people.preset.rows, described(people), strict=True):
        values = values_of(row, people).astype(float)
        if not values.size:
            continue
        if row.distribution == "lognormal":
            assert np.median(values) == pytest.approx(row.value, rel=5.0 * (row.spread or 0.0) / np.sqrt(values.size) + 0.01)
            continue
        sd = row.spread if row.spread else np.sqrt(row.value * (1.0 - row.value))
        assert line.mean == pytest.approx(row.value, abs=4.0 * sd / np.sqrt(values.size) + 1e-3 * sd)
        assert values.min() >= row.low
        assert values.max() <= row.high


@pytest.mark.parametrize("name", PRESETS)
def test_ranks_go_together_as_stated(name):
    people = of(name, Luck(3, MANY))
    numbers = {"age": people.age, "severity": people.severity}
    for row in people.preset.ranks:
        if {row.first, row.second} <= numbers.keys():
            found = spearmanr(numbers[row.first], numbers[row.second]).statistic
            assert found == pytest.approx(row.rank, abs=4.0 / np.sqrt(MANY))


@given(mean=st.floats(2.0, 3.0), sd=st.floats(0.2, 0.7))
@settings(max_examples=20, deadline=None)
def test_a_cut_normal_has_the_mean_and_sd_that_were_printed(mean, sd):
    middle, spread = parent(mean, sd, 1.0, 4.0)
    cut = truncnorm((1.0 - middle) / spread, (4.0 - middle) / spread, middle, spread)
    assert (cut.mean(), cut.std()) == pytest.approx((mean, sd), rel=1e-3)


def test_older_people_have_more_wrinkles_and_nobody_is_outside_the_name():
    people = of("wrinkles_40_65", Luck(1, 5000))
    assert people.age.min() >= 40.0
    assert people.age.max() <= 65.0
    assert people.severity[people.age > 60].mean() > people.severity[people.age < 50].mean() + 0.5


def test_an_unknown_population_is_a_fault_with_a_guess():
    with pytest.raises(CaseError, match="did you mean 'melasma'"):
        preset_of("melasme", EVIDENCE)


def test_ranks_that_cannot_hold_together_are_told():
    from dermatwin.population.preset import faults_of

    rows = [row for row in preset_of("melasma", EVIDENCE).ranks if row.first in ("age",)]
    rows = [row.model_copy(update={"rank": 0.9}) for row in rows] + [
        row.model_copy(update={"rank": -0.9})
        for row in preset_of("melasma", EVIDENCE).ranks
        if (row.first, row.second) == ("body_weight", "diabetes")
    ]
    (fault,) = faults_of(rows)
    assert "cannot hold together" in fault.expected


def test_the_verb_draws_describes_and_writes(tmp_path):
    table, page = tmp_path / "people.csv", tmp_path / "people.html"
    summary = json.loads(
        dermatwin(
            "population", "melasma", "--people", "50", "--seed", "4", "--out", str(table), "--page", str(page), "--json"
        ).stdout
    )
    assert len(summary["lines"]) == len(preset_of("melasma", EVIDENCE).rows)
    lines = table.read_text().splitlines()
    assert len(lines) == 51
    drawn = of("melasma", Luck(4, 50))
    assert [float(line.split(",")[1]) for line in lines[1:]] == pytest.approx(list(drawn.age), rel=1e-5)
    assert "<script" not in page.read_text()


def test_the_verb_lists_populations():
    assert [one["name"] for one in json.loads(dermatwin("population", "--json").stdout)["populations"]] == list(
        presets(EVIDENCE)
    )


def test_a_population_without_a_variable_is_a_fault():
    preset = preset_of("melasma", EVIDENCE)
    gap = replace(preset, rows=tuple(row for row in preset.rows if row.variable != "age"))
    from dermatwin.population.preset import _gaps

    assert list(_gaps(gap)) == ["says nothing of age"]
