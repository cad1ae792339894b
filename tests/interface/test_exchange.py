"""`dermatwin export sbml` and `export petab`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from xml.etree import ElementTree

import pytest

from builders import dermatwin
from dermatwin.healing import exchange

CASE = Path(__file__).parents[2] / "examples" / "dogra_2014.yaml"


run = partial(dermatwin, "export")


class TestSbml:
    def test_prints_the_reference_course(self):
        root = ElementTree.fromstring(run("sbml").stdout)
        assert root.tag == "{http://www.sbml.org/sbml/level3/version2/core}sbml"
        assert len(root.findall(".//{*}event")) == 4

    def test_a_case_a_zone_a_layer_a_piece_and_a_person(self, tmp_path):
        out = tmp_path / "model.xml"
        arguments = ("sbml", CASE, "--zone", "cheek", "--layer", "epidermis", "--piece", "mean", "--draw", 3, "--seed", 4)
        assert json.loads(run(*arguments, "--out", out, "--json").stdout) == {"written": str(out)}
        text = out.read_text(encoding="utf-8")
        assert "cheek, epidermis, person 3 of seed 4" in text
        assert json.loads(run(*arguments, "--json").stdout) == {"sbml": text}
        assert "exists already" in run(*arguments, "--out", out, status=1).stderr
        run(*arguments, "--out", out, "--force")

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--layer", "fat"), "--layer: 'fat' is not one of epidermis"),
            (("--piece", "half"), "--piece: 'half'"),
            (("--zone", "cheek"), "--zone: needs a case"),
            ((CASE, "--zone", "scalp"), "is not a zone of the case; one of cheek"),
            (("--set", "horizon=1 d"), "--set: needs a case"),
        ],
    )
    def test_wrong_input(self, arguments, words):
        assert words in run("sbml", *arguments, status=1).stderr


class TestPetab:
    def test_writes_a_folder_and_never_over_another(self, tmp_path):
        out = tmp_path / "problem"
        assert json.loads(run("petab", "--out", out, "--json").stdout)["measurements"] > 0
        assert {path.name for path in out.iterdir()} == {
            "contents.json",
            "problem.yaml",
            "model.xml",
            "parameters.tsv",
            "conditions.tsv",
            "observables.tsv",
            "measurements.tsv",
            "left_out.tsv",
            "problem_v2.yaml",
            *(f"{name}_v2.tsv" for name in ("parameters", "conditions", "experiments", "observables", "measurements")),
        }
        assert "earlier" in run("petab", "--out", out, status=1).stderr
        run("petab", "--out", out, "--force")
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "mine.txt").touch()
        run("petab", "--out", tmp_path / "other", "--force", status=1)


@pytest.mark.parametrize("arguments", [("sbml",), ("petab", "--out", "problem")])
def test_without_the_extra_it_says_what_to_install(arguments, monkeypatch, tmp_path):
    def missing(name):
        raise ImportError(name)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(exchange, "import_module", missing)
    found = run(*arguments, status=1).stderr
    assert "pip install 'dermatwin[exchange]'" in found
    assert len(found.splitlines()) == 1
    assert not list(tmp_path.iterdir())
