"""What `dermatwin` offers, and what it costs to ask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dermatwin

EXAMPLE = Path(__file__).parents[2] / "examples" / "kalluri_2011.yaml"
PICTURES = ("contourpy", "PIL")
HEAVY = ("numpy", "pint", "numba", "scipy", "xarray", "pydantic", "pydantic_core", "yaml", "jinja2", "h5netcdf", *PICTURES)
TYPER = {"pydantic", "pydantic_core"}  # typer itself reads the arguments of a verb with pydantic
NAMES = [
    "Case",
    "Contrast",
    "Run",
    "__version__",
    "compare",
    "explain",
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


@pytest.mark.slow
@pytest.mark.parametrize(("report", "pictures"), [("--no-report", set()), ("--report", set(PICTURES))])
def test_what_draws_is_loaded_for_a_page_alone(report, pictures, tmp_path):
    loaded = after_verb("simulate", EXAMPLE, "--draws", 2, "--out", tmp_path / "run", report)
    assert (tmp_path / "run" / "summary.json").exists()
    assert loaded & set(PICTURES) == pictures
