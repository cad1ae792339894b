"""The recipes of CONTRIBUTING.md: what is data is made and run as written there; of the rest, a missing step is named."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
from chain import CASES, read

import dermatwin as package
from builders import dermatwin
from dermatwin.evidence import Evidence
from dermatwin.report.page import TEMPLATES, Chapters

ROOT = Path(__file__).parents[2]
SOURCE = Path(package.__file__).parent
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
COMMANDS = [line for language, _, text in BLOCKS if language == "sh" for line in text.splitlines()]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A folder in which everything was done that the recipes of data say, in their order."""
    folder = tmp_path_factory.mktemp("recipes")
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        for language, name, text in BLOCKS:
            if name:
                Path(name).parent.mkdir(parents=True, exist_ok=True)
                Path(name).write_text(text, encoding="utf-8")
            elif language == "sh":
                for line in text.splitlines():
                    if line.startswith("dermatwin "):
                        dermatwin(*shlex.split(line)[1:])
    return folder


class TestData:
    def test_every_recipe_of_data_is_there(self):
        tables = {name for _, name, _ in BLOCKS if name}
        assert {f"house/{name}" for name in TABLES} | {"house.case.yaml"} == tables

    def test_the_device_is_known(self, house):
        told = dermatwin("explain", "house pen", "--evidence", house / "house", "--json")
        assert json.loads(told.stdout)["facts"]["needle_count"] == 16

    def test_the_product_is_delivered_and_the_concern_answered(self, house):
        summary = json.loads((house / "runs" / "house" / "summary.json").read_text(encoding="utf-8"))
        names = {endpoint["name"] for endpoint in summary["endpoints"]}
        assert {"dermal_amount[ectoin]", "relative_improvement[house_lines]"} <= names

    def test_the_concern_has_its_course(self, house):
        told = dermatwin("plan", house / "house.case.yaml", "--evidence", house / "house", "--json")
        (proposal,) = json.loads(told.stdout)["proposals"]
        assert (proposal["concern"], proposal["depth"], proposal["sessions"]) == ("house_lines", 0.5, 4)

    def test_the_population_is_drawn(self, house):
        assert "The house’s own clinic" in (house / "runs" / "people.html").read_text(encoding="utf-8").replace("&#39;", "’")

    def test_the_rule_fires(self, house):
        words = "patient.conditions=[thyroidectomy 2 months ago]"
        told = dermatwin(
            "screen", house / "house.case.yaml", "--evidence", house / "house", "--set", words, "--json", status=3
        )
        assert "house_surgery" in {finding["rule"] for finding in json.loads(told.stdout)["findings"]}


TABLES = (
    "sources.csv",
    "population_presets.csv",
    "population.csv",
    "population_ranks.csv",
    "devices.csv",
    "actives.csv",
    "active_properties.csv",
    "products.csv",
    "concerns.csv",
    "default_courses.csv",
    "vocabulary.csv",
    "screening_rules.yaml",
)


@pytest.mark.parametrize("command", [line.partition("#")[0].split() for line in COMMANDS], ids=" ".join)
def test_every_command_that_is_told_exists(command):
    """Programs of the project: verbs, targets of make, modules and files."""
    if command[0] == "make":
        assert re.search(rf"^{command[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    elif command[:2] == ["python", "-m"]:
        assert (SOURCE.parent / command[2].replace(".", "/")).with_suffix(".py").exists() or (
            SOURCE.parent / command[2].replace(".", "/") / "__main__.py"
        ).exists()
    elif command[0] == "python":
        assert (ROOT / command[1]).exists()
    else:
        assert command[0] in ("dermatwin", "git")


CHAPTERS = [field.name for field in fields(Chapters)]


@pytest.mark.parametrize("name", CHAPTERS)
class TestChapters:
    def test_has_its_function(self, name):
        module = SOURCE / "report" / "chapters" / f"{name}.py"
        assert module.exists(), f"write {module.relative_to(ROOT)} with a function {name}(run)"
        found = import_module(f"dermatwin.report.chapters.{name}")
        assert callable(getattr(found, name, None)), f"{module.relative_to(ROOT)} has no function {name}(run)"

    def test_has_its_template(self, name):
        template = TEMPLATES / f"{name}.html"
        assert template.exists(), f"write {template.relative_to(ROOT)}"
        text = template.read_text(encoding="utf-8")
        assert f'id="{name}"' in text, f"{template.name} has no <section id={name!r}>"
        assert f"numbers.{name}" in text, f"{template.name} does not begin with rail(numbers.{name}, ...)"

    def test_stands_in_the_page(self, name):
        page = (TEMPLATES / "page.html").read_text(encoding="utf-8")
        assert f'{{% include "{name}.html" %}}' in page, f"include {name}.html in templates/page.html"


def test_chapters_stand_in_the_order_of_the_page():
    page = (TEMPLATES / "page.html").read_text(encoding="utf-8")
    assert [name for name in re.findall(r'include "(\w+)\.html"', page) if name != "opening"] == CHAPTERS


def test_every_quantity_is_yielded_by_a_stage_or_used_by_another():
    quantities = Evidence.packaged().quantities
    used = {name for quantity in quantities.values() for name in quantity.uses}
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    named = set(re.findall(r"\w+", code))
    yielded = {row["name"].partition("[")[0] for name in CASES for row in read(name)}
    idle = set(quantities) - used - named - yielded
    assert idle == set(TOLD_OTHERWISE), f"neither in a stage's readings nor used by another: {sorted(idle)}"


TOLD_OTHERWISE = {
    "absorbed_share_of_limit": "the share of a guard",
    "expected_narrowing": "of a measurement that could be made (follow)",
    "lidocaine_allowance": "the limit of a guard",
    "planned_interval": "part of a proposal",
    "planned_needle_length": "part of a proposal",
    "split_thickness_delay": "of wounds that fits and validation ask about",
    "steroid_loss": "of wounds that fits and validation ask about",
    "surprise_of_observation": "what is said of an observation (follow)",
    "trial_reading": "what raters of a simulated trial read (trial)",
}
"""Quantities that are explained but leave the twin in another form than a reading."""
