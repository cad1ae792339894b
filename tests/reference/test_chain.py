"""The chain of every example and corner case comes to what is pinned in `chain/`; written anew by `chain.py --write`."""

import pytest
from chain import CASES, TABLES, differences, read, rows_of, simulated

AGAIN = "if it should have: python tests/reference/chain.py --write"


@pytest.mark.parametrize("name", CASES)
def test_nothing_moved(name):
    moved = differences(read(name), rows_of(simulated(name)))
    assert not moved, "\n".join([f"{len(moved)} numbers of {name} moved; {AGAIN}", *moved[:40]])


def test_every_table_has_its_case():
    assert sorted(path.stem for path in TABLES.glob("*.csv")) == sorted(CASES)


def row(median, **more):
    empty = dict.fromkeys(("kind", "name", "zone", "day", "unit", "p05", "median", "p95", "said"), "")
    return {**empty, "kind": "endpoint", "name": "depth", "unit": "mm", "median": median, **more}


class TestComparison:
    def test_within_the_tolerance_nothing_moved(self):
        assert differences([row("1", p05="0", p95="2")], [row("1.02", p05="0.001", p95="2")]) == []

    def test_a_moved_number_says_what_moved_and_by_how_much(self):
        (told,) = differences([row("1", zone="cheek", day="7")], [row("1.1", zone="cheek", day="7")])
        assert told == "endpoint depth, cheek, 7, median: 1 -> 1.1 mm (+10.0%)"

    def test_what_moved_most_comes_first(self):
        told = differences([row("1"), row("1", name="width")], [row("1.1"), row("2", name="width")])
        assert ["width" in line for line in told] == [True, False]

    @pytest.mark.parametrize("changed", [row("1", unit="um"), row("1", said="stop"), row(""), row("-1")])
    def test_other_units_words_signs_and_absences_are_told(self, changed):
        assert len(differences([row("1")], [changed])) == 1

    def test_what_is_gone_or_new_is_told(self):
        assert differences([row("1")], [row("1", day="3")]) == ["gone: endpoint depth", "new: endpoint depth, 3"]

    def test_names_that_come_twice_are_told_apart(self):
        assert len(differences([row("1"), row("2"), row("3")], [row("1"), row("2"), row("4")])) == 1
