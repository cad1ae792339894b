"""Rows as other people write them, read as they mean them: units above all, because a wrong one is wrong quietly."""

from __future__ import annotations

import csv

import pytest

from dermatwin.evidence import MEASUREMENTS
from dermatwin.validation import validate
from dermatwin.validation.rows import REQUIRED, read_folder
from dermatwin.validation.usual import UNREADABLE, cells, columns, tidy


def read(file, **told):
    return cells(file, {"kind": "", "unit": "", **told})


@pytest.mark.parametrize("file", REQUIRED)
def test_the_packaged_rows_mean_what_they_say(file, tmp_path):
    """Read as other people's, they are the same but for the names of columns that are added."""
    (tmp_path / file).write_bytes((MEASUREMENTS / file).read_bytes())
    with (MEASUREMENTS / file).open(newline="", encoding="utf-8") as stream:
        own = list(csv.DictReader(stream))
    for row, found in zip(own, read_folder(tmp_path)[file], strict=True):
        changed = {k: (v.strip(), found[k]) for k, v in row.items() if found[k] != v.strip() and k not in ("zone", "layer")}
        assert changed == {}, found.line
        assert found[UNREADABLE] == ""


@pytest.mark.parametrize(
    ("unit", "means"),
    [
        ("g/m\u00b2/h", "g/m^2/h"),
        ("g m-2 h-1", "g/m^2/h"),
        ("g\u00b7m-2\u00b7h-1", "g/m^2/h"),
        ("g/(m2 h)", "g/m^2/h"),
        ("\u03bcm", "um"),
        ("\u00b5m", "um"),
        ("N/needle", "N"),
        ("mN per needle", "mN"),
        ("mg/cm2/h", "mg/cm^2/h"),
    ],
)
def test_a_unit_is_tidied(unit, means):
    assert tidy(unit) == means


@pytest.mark.parametrize(
    ("file", "told", "means"),
    [
        ("insertion.csv", {"quantity": "depth", "value": "0.4", "sd": "0.1", "unit": "mm"}, ("depth", "400", "um")),
        ("insertion.csv", {"quantity": "Penetration depth", "value": "420", "unit": "\u00b5m"}, ("depth", "420", "um")),
        ("insertion.csv", {"quantity": "insertion force", "value": "58", "unit": "mN"}, ("insertion_force", "0.058", "N")),
        ("insertion.csv", {"quantity": "penetration efficiency", "value": "92 %"}, ("fraction_penetrated", "0.92", "1")),
        ("insertion.csv", {"quantity": "pore width", "value": "60", "unit": "um"}, ("channel_diameter", "60", "um")),
        ("closure.csv", {"quantity": "closure_time", "value": "2", "unit": "d"}, ("closure_time", "48", "h")),
        ("closure.csv", {"quantity": "pore lifetime", "value": "90", "unit": "min"}, ("closure_time", "1.5", "h")),
        ("closure.csv", {"quantity": "pore_open_fraction", "value": "40", "unit": "%"}, ("pore_open_fraction", "0.4", "1")),
        ("closure.csv", {"quantity": "tewl", "value": "12", "unit": "g m-2 h-1"}, ("TEWL", "12", "g/m2/h")),
        ("healing_timecourse.csv", {"quantity": "x_time", "value": "2", "unit": "weeks"}, ("x_time", "14", "d")),
        ("healing_timecourse.csv", {"quantity": "x_pct", "value": "0.2", "unit": "fraction"}, ("x_pct", "20", "%")),
        (
            "healing_timecourse.csv",
            {"quantity": "microchannel_depth", "value": "0.6", "unit": "mm"},
            ("microchannel_depth", "600", "um"),
        ),
        (
            "healing_timecourse.csv",
            {"quantity": "Hyaluronan direction", "value": "1", "unit": "sign"},
            ("mucin_direction", "1", "sign"),
        ),
        (
            "permeation_microneedle.csv",
            {"quantity": "steady-state flux", "value": "1", "unit": "mg/cm2/h"},
            ("flux", "1", "mg/cm2/h"),
        ),
        (
            "permeation_microneedle.csv",
            {"quantity": "cumulative", "value": "4", "unit": "%"},
            ("cumulative", "4", "% of dose"),
        ),
    ],
)
def test_a_value_goes_into_the_unit_of_its_quantity(file, told, means):
    found = read(file, **told)
    assert (found["quantity"], found["value"], found["unit"]) == means
    assert found.get("sd", "") in ("", "100")


@pytest.mark.parametrize(
    ("value", "number", "kind", "sd"),
    [
        ("<24", "24", "upper_bound", ""),
        ("\u2265 48", "48", "lower_bound", ""),
        ("~400", "400", "approx", ""),
        ("12 \u00b1 3", "12", "", "3"),
        ("12 +/- 3", "12", "", "3"),
        ("500-600", "550", "midpoint", ""),
        ("500 \u2013 600", "550", "midpoint", ""),
        ("1e-3", "1e-3", "", ""),
        ("\u22125", "-5", "", ""),
    ],
)
def test_what_stands_around_a_number_is_read(value, number, kind, sd):
    found = read("closure.csv", quantity="closure_time", value=value, unit="h", sd="")
    assert (found["value"], found["kind"], found["sd"]) == (number, kind, sd)


@pytest.mark.parametrize(
    ("file", "told", "says"),
    [
        ("insertion.csv", {"quantity": "depth", "value": "1,5", "unit": "mm"}, "comma"),
        ("insertion.csv", {"quantity": "depth", "value": "5", "unit": "N"}, "unit 'N' is none of depth"),
        ("closure.csv", {"quantity": "closure_time", "value": "5", "unit": "um"}, "none of closure_time"),
        ("insertion.csv", {"quantity": "depth", "value": "5", "unit": "um", "skin": "Parafilm M"}, "parafilm"),
        ("insertion.csv", {"quantity": "depth", "value": "5", "unit": "um", "skin": "bovine udder"}, "bovine"),
        ("healing_timecourse.csv", {"quantity": "vegf_direction", "value": "1", "unit": "sign", "species": "dog"}, "dog"),
    ],
)
def test_what_would_have_to_be_guessed_is_unreadable(file, told, says):
    assert says in read(file, **told)[UNREADABLE]


def test_skin_on_a_bed_of_something_else_is_skin():
    told = {"quantity": "depth", "value": "5", "unit": "um", "skin": "human skin on silicone"}
    assert UNREADABLE not in read("insertion.csv", **told)


def test_a_row_that_cannot_be_read_is_refused_with_its_reason(tmp_path):
    head = (MEASUREMENTS / "insertion.csv").read_text(encoding="utf-8").splitlines()[0]
    with (tmp_path / "insertion.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, head.split(","))
        table.writeheader()
        usual = {"source": "x", "skin": "human", "device": "array", "needle_length_um": "600", "quantity": "depth"}
        table.writerows(
            {**usual, "value": value, "unit": unit} for value, unit in (("0.4", "mm"), ("400", "um"), ("1,5", "mm"))
        )
    found = validate(tmp_path, draws=20)["files"]["insertion.csv"]
    assert [row["measured"] for row in found["predictions"]] == [400.0, 400.0]
    assert [row["reason"] for row in found["not_predicted"]] == ["value '1,5': a comma in a number is never guessed"]


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("Impedance", "impedance"),
        ("transcutaneous electrical resistance", "impedance"),
        ("methylene blue", "dye"),
        ("optical coherence tomography", "OCT"),
        ("H&E histology", "histology"),
        ("TEWL (Tewameter)", "TEWL"),
        ("smell", "smell"),
    ],
)
def test_a_read_out_is_known_by_its_words(written, means):
    assert read("closure.csv", quantity="closure_time", value="5", unit="h", readout=written)["readout"] == means


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("Redness", "erythema"),
        ("edema", "oedema"),
        ("post-inflammatory hyperpigmentation", "pih"),
        ("joy", "joy"),
        ("pih", "pih"),
    ],
)
def test_an_event_is_known_by_its_words(written, means):
    assert read("adverse_rates.csv", event=written)["event"] == means


def test_per_cent_in_a_column_of_shares_are_hundredths():
    assert read("adverse_rates.csv", event="pih", rate="30%")["rate"] == "0.3"
    assert read("outcomes.csv", responders_fraction="80 %")["responders_fraction"] == "0.8"


@pytest.mark.parametrize(
    ("told", "means"),
    [
        ({"readout": "VAS 0-10", "value": "2.8", "unit": "cm"}, ("vas_0_100", "28")),
        ({"readout": "vas_0_100", "value": "28", "unit": "1"}, ("vas_0_100", "28")),
        ({"readout": "share_adequate", "value": "85", "unit": "%"}, ("share_adequate", "0.85")),
        ({"readout": "minimal_effective_time", "value": "1.5", "unit": "h"}, ("minimal_effective_time", "90")),
    ],
)
def test_pain_and_times_of_creams_are_in_one_unit(told, means):
    found = read("numbness.csv", test="Microneedling", **told)
    assert (found["readout"], found["value"], found["test"]) == (*means, "needling")


def test_columns_are_known_by_other_names():
    assert columns("insertion.csv", ["Study", "Skin", "Needle length (mm)", "Units"]) == [
        "source",
        "skin",
        "needle_length_mm",
        "unit",
    ]
    assert (
        read("insertion.csv", needle_length_mm="1.5", quantity="depth", value="1", unit="um")["needle_length_um"] == "1500"
    )
    assert columns("closure.csv", ["source", "study"]) == ["source", "study"]  # the one that is there stays
    assert columns("permeability_intact.csv", ["Chemical", "MW"]) == ["compound", "mw_g_mol"]
