"""Measured log Kow and pKa of the compounds in the tables of intact permeability."""

from __future__ import annotations

import itertools
from functools import cache

import pytest

from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.laboratory import PermeabilityMedianRow, PermeabilityRow
from dermatwin.evidence.rows.permeability import CompoundPropertyRow

RANGES = {"log_kow": (-5.0, 9.0), "pka_acid": (0.0, 14.0), "pka_base": (0.0, 14.0)}
PLAIN_NOTE = "second-hand, compiled table"


@cache
def rows() -> tuple[CompoundPropertyRow, ...]:
    return Evidence.packaged().rows(CompoundPropertyRow)


@cache
def records() -> tuple[PermeabilityRow, ...]:
    return Evidence.packaged().rows(PermeabilityRow)


def values(prop: str) -> dict[str, float]:
    return {row.compound: row.value for row in rows() if row.property == prop}


def test_every_compound_is_spelt_as_in_the_measurements():
    medians = Evidence.packaged().rows(PermeabilityMedianRow)
    assert {row.compound for row in rows()} <= {row.compound for row in [*records(), *medians]}


def test_every_row_is_a_plain_number_of_known_property_in_range():
    for row in rows():
        low, high = RANGES[row.property]
        assert low <= row.value <= high, row
        assert row.grade == "C", row
        assert row.note.startswith("second-hand"), row


def test_most_records_through_the_epidermis_have_a_measured_log_kow():
    wanted = [
        row.compound
        for row in records()
        if not row.neat and "epidermis" in row.layer and "without" not in row.layer and row.mw_g_mol < 600.0
    ]
    known = values("log_kow")
    assert len(wanted) > 300
    assert sum(compound in known for compound in wanted) >= 0.85 * len(wanted)


def test_a_value_far_from_the_computed_one_says_why():
    computed = {row.compound: row.crippen_log_p for row in records()}
    far = [
        row
        for row in rows()
        if row.property == "log_kow" and row.compound in computed and abs(row.value - computed[row.compound]) > 2.0
    ]
    assert far
    assert [row.compound for row in far if row.note == PLAIN_NOTE] == []


def test_a_value_below_its_conjugate_is_marked_as_zwitterion():
    acids, bases = values("pka_acid"), values("pka_base")
    notes = {(row.compound, row.property): row.note for row in rows()}
    zwitterions = [name for name in acids if name in bases and acids[name] < bases[name]]
    assert zwitterions
    assert all("zwitterion" in notes[name, "pka_acid"] for name in zwitterions)


@pytest.mark.parametrize(
    "series",
    [
        ["1-Butanol", "1-Pentanol", "1-Hexanol", "1-Heptanol", "1-Octanol"],
        ["Methyl 4-hydroxybenzoate", "Ethylparaben", "Propylparaben", "Butyl 4-hydroxybenzoat"],
        ["Methyl p-aminobenzoate", "Ethyl p-aminobenzoate", "n-Propyl p-aminobenzoate"],
    ],
)
def test_each_methylene_of_a_homologous_series_adds_about_half_a_log_unit(series):
    known = values("log_kow")
    steps = [known[longer] - known[shorter] for shorter, longer in itertools.pairwise(series)]
    assert all(0.3 < step < 0.8 for step in steps), dict(zip(series[1:], steps, strict=True))


def test_isomers_are_not_confused():
    """The source tables have no stereochemistry: cytidine must not stand for cytarabine."""
    known = values("log_kow")
    assert "Cytarabine" not in known
    assert known["Dexamethasone"] != known["Betamethasone"]
