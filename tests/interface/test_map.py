"""The verb that draws where needles land."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

import pytest

from builders import dermatwin

SOUND = Path(__file__).parent / "malformed" / "sound.yaml"
SMALL = ("--set", "zones.cheek.area=4 cm^2")


run = partial(dermatwin, "map")


def test_writes_every_contact_and_says_what_they_amount_to(tmp_path):
    path = tmp_path / "map.csv"
    found = json.loads(run(SOUND, *SMALL, "--out", path, "--json").stdout)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert list(rows[0]) == ["x_mm", "y_mm", "pass", "needle", "slit_mm"]
    assert len(rows) == found["statistics"]["contacts"] > 1000
    assert {int(row["pass"]) for row in rows} == set(range(1, 7))
    assert {int(row["needle"]) for row in rows} == set(range(1, 13))
    assert all(0.0 <= float(row[name]) <= 20.0 for row in rows for name in ("x_mm", "y_mm"))
    assert found["statistics"]["area_cm2"] == pytest.approx(4.0)
    assert found["written"] == str(path)
    assert "exists already" in run(SOUND, *SMALL, "--out", path, status=1).stderr
    run(SOUND, *SMALL, "--out", path, "--force")


def test_the_same_seed_draws_the_same_map(tmp_path):
    texts = []
    for number, seed in enumerate((5, 5, 6)):
        run(SOUND, *SMALL, "--out", tmp_path / f"{number}.csv", "--seed", seed)
        texts.append((tmp_path / f"{number}.csv").read_text(encoding="utf-8"))
    assert texts[0] == texts[1] != texts[2]


def test_for_people():
    page = run(SOUND, *SMALL).stdout
    assert all(word in page for word in ("zone cheek", "contact density", "two or more", "Nothing was written"))


def test_a_zone_drawn_by_hand():
    outline = "zones.cheek.outline=[[0 mm, 0 mm], [30 mm, 0 mm], [0 mm, 40 mm]]"
    found = json.loads(run(SOUND, "--set", "zones.cheek.area=6 cm^2", "--set", outline, "--json").stdout)
    assert found["outline"] == "drawn"
    assert found["statistics"]["area_cm2"] == pytest.approx(6.0)
    assert found["statistics"]["edge_shortfall"] > 0.0


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--zone", "nose"), "--zone: nose is not a zone of this case, which has cheek, forehead"),
        (("--zone", "forehead"), "--zone: forehead is not treated"),
        (("--set", "course.settings.cheek.density=250 /cm^2"), "leaves open how the device is moved"),
        (("--set", "zones.cheek.area=20000 cm^2"), "more than a map holds"),
        (("--set", "course.device=pen-13"), "course.device: "),
    ],
)
def test_what_cannot_be_drawn(more, message):
    assert message in run(SOUND, *more, status=1).stderr
