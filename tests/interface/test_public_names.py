"""What `dermatwin` offers, and what it costs to ask."""

from __future__ import annotations

import subprocess
import sys

import pytest

import dermatwin

HEAVY = ("numpy", "pint", "numba", "scipy", "xarray", "pydantic", "pydantic_core", "yaml", "jinja2", "h5netcdf")
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
        timeout=60,
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
    from dermatwin.case import load_case
    from dermatwin.screening import screen
    from dermatwin.twin import simulate

    assert (dermatwin.load_case, dermatwin.screen, dermatwin.simulate) == (load_case, screen, simulate)


def test_no_such_name():
    with pytest.raises(AttributeError, match="has no attribute 'simulte'"):
        dermatwin.simulte  # noqa: B018


def test_import_is_light():
    assert loaded_after("import dermatwin") == set()


def test_version_is_light():
    assert loaded_after("import dermatwin; dermatwin.__version__") == set()


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [("--help", set()), ("--version", set()), ("simulate --help", TYPER), ("explain --help", TYPER)],
)
def test_help_is_light(arguments, allowed):
    code = (
        "import sys\nfrom dermatwin.cli import main\nsys.argv = ['dermatwin', *" + repr(arguments.split()) + "]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass"
    )
    assert loaded_after(code) <= allowed
