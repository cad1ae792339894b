"""Nothing asks for the packaged evidence behind one's back: only the outermost doors name it, all else is handed it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import dermatwin
from dermatwin.case import load_case
from dermatwin.device import catalogue
from dermatwin.evidence import Evidence
from dermatwin.evidence.store import DATA
from dermatwin.explanation import explain
from dermatwin.planning import propose
from dermatwin.report import render, sheets
from dermatwin.screening import screen
from dermatwin.twin import compare, simulate, summarise
from dermatwin.twin.arms import device_arms
from dermatwin.validation import validate
from dermatwin.validation.rows import REQUIRED

SOURCE = Path(dermatwin.__file__).parent
EXAMPLES = Path(__file__).parents[2] / "examples"
DOORS = {
    "calibration/__main__.py",
    "cli/options.py",
    "evidence/store.py",
    "explanation.py",
    "following/follow.py",
    "healing/equations.py",
    "planning/plan.py",
    "planning/search/seek.py",
    "report/sheets/messages.py",
    "screening/reading.py",
    "screening/screen.py",
    "trial/loading.py",
    "twin/contrast.py",
    "twin/reads.py",
    "twin/recall.py",
    "twin/simulate.py",
    "twin/what_if.py",
    "validation/validate.py",
    "workbench/calls/known.py",
}


def modules(word: str) -> dict[str, ast.Module]:
    """Modules in which a word stands, by their path."""
    texts = {path: path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py")}
    return {path.relative_to(SOURCE).as_posix(): ast.parse(text) for path, text in texts.items() if word in text}


def test_only_doors_name_the_packaged_evidence() -> None:
    found = {
        place
        for place, tree in modules("packaged").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "packaged" and ast.unparse(node.value) == "Evidence"
    }
    assert found == DOORS


def test_evidence_may_be_left_out_at_doors_only() -> None:
    found = {
        place
        for place, tree in modules("evidence").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "evidence" in _optional(node.args)
    }
    handed_on = {"onward.py"}  # to the doors of following and planning
    assert {place for place in found - DOORS - handed_on if not place.startswith("cli/")} == set()


def _optional(arguments: ast.arguments) -> set[str]:
    named = [*arguments.posonlyargs, *arguments.args]
    plain = named[len(named) - len(arguments.defaults) :]
    keyed = [one for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is not None]
    return {one.arg for one in (*plain, *keyed)}


@pytest.fixture
def apart(monkeypatch, tmp_path: Path) -> Evidence:
    """Evidence read anew from the packaged folder, with a few rows to score; the packaged one can no longer be asked for."""
    monkeypatch.setattr(Evidence, "packaged", staticmethod(_refused))
    few = tmp_path / "few" / "measurements"
    few.mkdir(parents=True)
    for name in REQUIRED:
        lines = (DATA / "measurements" / name).read_text(encoding="utf-8").splitlines()
        (few / name).write_text("\n".join(lines[:4]) + "\n", encoding="utf-8")
    return Evidence.read(DATA, few.parent, alone=True)


def _refused() -> Evidence:
    raise AssertionError("somebody asks for the packaged evidence instead of the one in use")


def test_every_door_does_its_work_with_the_evidence_that_it_is_handed(apart: Evidence, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="instead of the one in use"):
        screen(load_case(EXAMPLES / "dogra_2014.yaml"))
    case = load_case(EXAMPLES / "dogra_2014.yaml")
    assert screen(case, apart).findings
    assert propose(case, apart).proposals
    run = simulate(case, draws=8, evidence=apart)
    assert run.provenance["evidence"] == apart.fingerprint
    assert render(run)
    assert sheets(run)
    arms = device_arms(case, ["roller-192", "skinpen-precision"], apart)
    assert compare(list(arms.values()), list(arms), draws=8, evidence=apart).rows
    assert explain("roller-192", apart).kind == "device"
    assert validate(apart, draws=20, out=tmp_path / "scores")["files"].keys() == REQUIRED.keys()


def test_read_by_itself_the_packaged_folder_is_the_packaged_evidence(tmp_path: Path) -> None:
    packaged, again = Evidence.packaged(), Evidence.read(DATA, alone=True)
    assert again.parameters == packaged.parameters
    assert again.quantities == packaged.quantities
    assert catalogue(again) == catalogue(packaged)
    assert again.fingerprint == packaged.fingerprint
    assert (again.overlays, packaged.overlays) == ((), ())
    case = load_case(EXAMPLES / "dogra_2014.yaml")
    one, other = (summarise(simulate(case, draws=5, evidence=which)) for which in (again, packaged))
    assert one == other
