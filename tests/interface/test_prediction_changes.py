"""The page of what changed in the predictions: the same rows compared, what is worse told, the reason beside it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from dermatwin.core import CaseError
from dermatwin.validation.changes import AFTER, BEFORE, PAGE, REASONS, figures, keep, main, page, read, same

FOLDER = Path(__file__).parents[2] / "docs" / "prediction-changes"


def predicted(row=2, **changes):
    usual = {
        "row": row,
        "source": f"one{row}",
        "quantity": "depth",
        "measured": 10.0,
        "bound": "",
        "scale": "log",
        "error": 0.3,
        "narrowest": 0.5,
        "crps": 0.2,
        "sign_right": None,
        "p05": 1.0,
        "p95": 100.0,
    }
    return {**usual, **changes}


def scores(*rows, refused=(), name="insertion.csv"):
    found = {
        "rows": len(rows) + len(refused),
        "baseline": {"crps_ratio": 0.9},
        "quantities": {quantity: {"crps_ratio": 0.9} for quantity in dict.fromkeys(row["quantity"] for row in rows)},
        "not_predicted": [{"reason": reason} for reason in refused],
        "predictions": list(rows),
    }
    return {"files": {name: found}, "provenance": {"draws": 200, "seed": 1}}


def kept(*rows, **more):
    return json.loads(keep(scores(*rows, **more)))


def worse(text):
    """The lines of the table of what became worse, as cells."""
    part = text.split("## What became worse")[1].split("\n## ")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("| ")][1:]


def test_what_is_kept_is_what_is_compared():
    found = kept(predicted(), refused=["no value", "no value"])["files"]["insertion.csv"]
    assert found["head"] == {"rows": 3, "crps_ratio": 0.9, "ratios": {"depth": 0.9}, "refused": {"no value": 2}}
    assert found["predicted"] == [list(predicted().values())]


def test_nothing_changed_is_said():
    once = kept(predicted())
    text = page(once, once, [])
    assert "Nothing by more than 2 %." in text
    assert "→" not in text


def test_a_row_that_is_new_makes_nothing_better_or_worse():
    text = page(kept(predicted()), kept(predicted(), predicted(3, error=2.0, narrowest=None)), [])
    assert worse(text) == []
    assert "| insertion.csv | 1 → 2 | 1 → 2 | 1 | 100 % |" in text
    assert "| insertion.csv | depth | 1 | 0 % | 0 % | 0 % | 100 |" in text.split("## Predicted only now")[1]


def test_what_became_worse_is_told_with_its_reason_the_worst_first():
    old, new = kept(predicted(), predicted(3)), kept(predicted(error=0.6, crps=0.21), predicted(3, error=0.6, crps=0.21))
    reasons = [
        {"file": "insertion.csv", "quantity": "depth", "reason": "the skin is tougher"},
        {"file": "closure.csv", "quantity": "", "reason": "another file"},
    ]
    first, second = worse(page(old, new, reasons))
    assert first == ["insertion.csv", "depth", "2", "factor", "2 → 3.98", "the skin is tougher"]
    assert second[3:] == ["crps", "0.2 → 0.21", "the skin is tougher"]
    assert worse(page(old, new, []))[0][-1] == "not explained"
    assert worse(page(new, old, [])) == []


def test_a_coverage_is_worse_the_farther_it_is_from_its_level():
    inside, outside = predicted(narrowest=0.5), predicted(narrowest=None)
    (before, after) = ([inside] * 9 + [outside], [inside] * 10)
    found = {figure.name: figure for figure in figures(list(zip(before, after, strict=True)))}
    assert found["in 90 %"].worse == pytest.approx(0.1)
    assert found["in 50 %"].worse == pytest.approx(0.1)
    back = {figure.name: figure for figure in figures(list(zip(after, before, strict=True)))}
    assert back["in 90 %"].worse == 0.0


def test_a_bound_has_no_distance():
    pairs = [(predicted(bound="upper", error=0.0), predicted(bound="upper", error=0.0)), (predicted(), predicted())]
    assert next(figure for figure in figures(pairs) if figure.name == "factor").after == pytest.approx(10.0**0.3)


def test_rows_alike_are_paired_in_their_order():
    before, after = [predicted(error=0.1), predicted(error=0.2)], [predicted(error=0.3), predicted(error=0.4)]
    assert [(old["error"], new["error"]) for old, new in same(before, after)] == [(0.1, 0.3), (0.2, 0.4)]
    assert same(before, [predicted(measured=11.0)]) == []


def test_the_reasons_for_refusal_stand_with_their_rows():
    text = page(kept(predicted(), refused=["no value"] * 3), kept(predicted(), refused=["no value", "a patch"]), [])
    assert "| no value | 3 → 1 |" in text
    assert "| a patch | 0 → 1 |" in text


def test_the_command_keeps_and_writes(tmp_path):
    folder = tmp_path / "prediction-changes"
    folder.mkdir()
    (tmp_path / "scores.json").write_text(json.dumps(scores(predicted())), encoding="utf-8")
    (folder / REASONS).write_text("file,quantity,reason\n", encoding="utf-8")
    for name in (BEFORE, AFTER):
        main(["keep", str(tmp_path / "scores.json"), str(folder / name)])
    main(["page", str(folder)])
    assert "## insertion.csv" in (tmp_path / PAGE).read_text(encoding="utf-8")
    (folder / AFTER).unlink()
    with pytest.raises(CaseError, match=r"after\.json"):
        read(folder)


def test_the_page_is_what_the_stored_scores_give():
    """`make changes` scores anew and makes it; of stored scores: python -m dermatwin.validation.changes page FOLDER."""
    before, after, reasons = read(FOLDER)
    assert (FOLDER.parent / PAGE).read_text(encoding="utf-8") == page(before, after, reasons)
    with (FOLDER / REASONS).open(newline="", encoding="utf-8") as stream:
        given = list(csv.DictReader(stream))
    quantities = {name: {row[2] for row in file["predicted"]} | {""} for name, file in after["files"].items()}
    assert [row for row in given if row["file"] and row["quantity"] not in quantities[row["file"]]] == []
