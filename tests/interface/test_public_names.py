"""What `dermatwin` offers, and what it costs to ask."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dermatwin

EXAMPLE = Path(__file__).parents[2] / "examples" / "kalluri_2011.yaml"
PICTURES = ("contourpy", "PIL")
HEAVY = (
    "numpy",
    "pint",
    "numba",
    "scipy",
    "xarray",
    "pydantic",
    "pydantic_core",
    "yaml",
    "jinja2",
    "h5netcdf",
    "fhir",
    *PICTURES,
)
TYPER = {"pydantic", "pydantic_core"}  # typer itself reads the arguments of a verb with pydantic
NAMES = [
    "Case",
    "Contrast",
    "Run",
    "__version__",
    "compare",
    "explain",
    "follow",
    "load_case",
    "plan",
    "recall",
    "screen",
    "simulate",
    "summarise",
    "to_tree",
    "validate",
    "write_run",
]


def loaded_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return set(done.stdout.split("\n")[-2].split()) & set(HEAVY)


def test_public_names():
    assert sorted(dermatwin.__all__) == sorted(NAMES)
    assert set(NAMES) <= set(dir(dermatwin))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there(name):
    assert getattr(dermatwin, name) is not None


def test_functions_live_where_they_are_documented():
    from dermatwin.screening import load_case, screen
    from dermatwin.twin import simulate

    assert (dermatwin.load_case, dermatwin.screen, dermatwin.simulate) == (load_case, screen, simulate)


def test_no_such_name():
    with pytest.raises(AttributeError, match="has no attribute 'simulte'"):
        dermatwin.simulte  # noqa: B018


def test_import_is_light():
    assert loaded_after("import dermatwin") == set()


@pytest.mark.parametrize("room", ["core", "evidence", "skin", "device"])
def test_every_door_of_a_room_opens(room):
    """Also where it opens later: a module of the room that had the name of a door would stand in its place."""
    code = (
        f"import dermatwin.{room} as room, importlib, pkgutil\n"
        "for module in pkgutil.iter_modules(room.__path__): importlib.import_module(f'{room.__name__}.{module.name}')\n"
        "print(*(name for name in room.__all__ if type(getattr(room, name)).__name__ == 'module'))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
    with pytest.raises(AttributeError, match=f"module 'dermatwin.{room}' has no attribute 'dor'"):
        getattr(importlib.import_module(f"dermatwin.{room}"), "dor")  # noqa: B009


def test_version_is_light():
    assert loaded_after("import dermatwin; dermatwin.__version__") == set()


def after_verb(*arguments: object) -> set[str]:
    """What a verb of the program loads."""
    words = ["dermatwin", *map(str, arguments)]
    return loaded_after(
        f"import sys\nfrom dermatwin.cli import main\nsys.argv = {words!r}\ntry:\n    main()\nexcept SystemExit:\n    pass"
    )


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [("--help", set()), ("--version", set()), ("simulate --help", TYPER), ("explain --help", TYPER)],
)
def test_help_is_light(arguments, allowed):
    assert after_verb(*arguments.split()) <= allowed


READ = {"pydantic", "pydantic_core", "yaml"}
"""What reading a case and the tables of the evidence takes: no luck is drawn, no number computed for many people."""

COMPUTED = READ | {"numpy", "scipy"}
NUMBED = EXAMPLE.with_name("alam_2014.yaml")
"""A person with a cream and a longer course."""


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (("screen", EXAMPLE), READ),
        (("screen", EXAMPLE, "--json"), READ),
        (("screen", NUMBED), READ),
        (("screen", EXAMPLE.parents[1] / "tests" / "cases" / "several_zones.yaml", "--details"), READ),
        (("explain", "keloid"), READ),  # no fit is read for what is no number
        (("explain", "in_situ_depth"), COMPUTED),
        (("plan", NUMBED), COMPUTED),  # needles a few people
    ],
    ids=lambda value: " ".join(Path(part).stem for part in value) if isinstance(value, tuple) else "",
)
def test_an_answer_without_a_simulation_loads_what_it_reads(arguments, allowed):
    assert after_verb(*arguments) <= allowed


def test_a_screening_needs_no_home(tmp_path):
    """Neither a home nor a place to write: nothing is kept between two calls."""
    words = [sys.executable, "-m", "dermatwin", "screen", str(EXAMPLE), "--json"]
    ours = {key: value for key, value in os.environ.items() if key not in ("HOME", "XDG_CACHE_HOME")}
    tmp_path.chmod(0o500)
    homes = [os.environ, ours, ours | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}]
    said = {subprocess.run(words, capture_output=True, check=True, env=home, cwd=EXAMPLE.parent).stdout for home in homes}
    assert len(said) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("report", "pictures"), [("--no-report", set()), ("--report", set(PICTURES))])
def test_what_draws_is_loaded_for_a_page_alone(report, pictures, tmp_path):
    loaded = after_verb("simulate", EXAMPLE, "--draws", 2, "--out", tmp_path / "run", report)
    assert (tmp_path / "run" / "summary.json").exists()
    assert loaded & set(PICTURES) == pictures
