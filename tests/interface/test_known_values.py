"""Rows that no fit has read, and the table on which the naive baseline stands."""

from dermatwin.evidence import DATA, Evidence
from dermatwin.evidence.rows.trials import OutcomeRow
from dermatwin.evidence.rows.unfitted import UnfittedOutcomeRow
from dermatwin.validation.known import FILE, packaged, written
from dermatwin.validation.rows import UNFITTED, measured


def test_the_table_of_known_values_is_what_the_packaged_rows_measured():
    """What is stale is made anew by `python -m dermatwin.validation.known`."""
    assert (DATA / FILE).read_text(encoding="utf-8") == written(packaged())


def test_rows_that_no_fit_has_read_are_scored_and_nothing_else_sees_them():
    evidence = Evidence.packaged()
    later = {row.source for row in evidence.rows(UnfittedOutcomeRow)}
    assert later
    assert {row["source"] for row in measured(evidence)["outcomes.csv"]} == {row.source for row in evidence.rows(OutcomeRow)}
    scored = measured(evidence, unfitted=True)["outcomes.csv"]
    assert {row["source"] for row in scored if row.file == f"{UNFITTED}outcomes.csv"} == later
    assert len(scored) == len(evidence.rows(OutcomeRow)) + len(evidence.rows(UnfittedOutcomeRow))


def test_rows_of_a_study_stand_beside_one_another():
    rows = measured(Evidence.packaged())["outcomes.csv"]
    for row in rows[:20]:
        assert [other.line for other in row.beside] == [other.line for other in rows if other["source"] == row["source"]]
