"""What is handed on is named: long lists of parameters are records, and so is what a page hands to its template."""

from __future__ import annotations

import ast
from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup

import dermatwin
from dermatwin.report.chapters.piece import Chart
from dermatwin.report.page import environment
from dermatwin.report.sheets.pages import environment as sheet_environment

CODE = Path(dermatwin.__file__).parent
MOST = 8  # parameters
KERNELS = ("numerics/", "healing/kernel_generated.py", "healing/gpu.py")  # compiled: arrays one by one
VERBS = "cli/"  # one parameter for each option


def functions(folder=""):
    """Every function below a folder of the package: where it stands, and its tree."""
    for path in sorted((CODE / folder).rglob("*.py")):
        place = path.relative_to(CODE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{place}:{node.lineno} {node.name}", node


def parameters(function):
    """Names of all parameters."""
    given = function.args
    return [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs) if a.arg not in ("self", "cls")]


def compiled(function):
    """Whether numba compiles a function."""
    return any(
        any(word in ast.unparse(decorator) for word in ("njit", "kept(", "cuda.jit"))
        for decorator in function.decorator_list
    )


def free(function):
    """Whether a function gives plain dictionaries with fixed keys, or does not say what it gives."""
    told = function.returns is not None and "Any" in ast.unparse(function.returns)
    given = [node.value for node in ast.walk(function) if isinstance(node, ast.Return)]
    keyed = [sum(isinstance(key, ast.Constant) for key in value.keys) for value in given if isinstance(value, ast.Dict)]
    return told or any(count > 1 for count in keyed)


def test_no_function_takes_more_than_a_handful():
    found = [
        f"{place}: {len(parameters(function))}"
        for place, function in functions()
        if len(parameters(function)) > MOST and not place.startswith((*KERNELS, VERBS)) and not compiled(function)
    ]
    assert not found


def test_what_a_page_hands_to_its_template_is_typed():
    assert not [place for place, function in functions("report") if free(function)]


@pytest.mark.parametrize(
    "planted",
    [
        "def chart(run) -> dict[str, Any]:\n    return found",
        'def chart(run) -> object:\n    return {"title": "", "figure": run}',
    ],
)
def test_the_watch_sees_what_is_planted(planted):
    assert free(ast.parse(planted).body[0])


@pytest.mark.parametrize("pages", [environment, sheet_environment])
def test_a_misspelled_field_of_a_record_stops_a_page(pages):
    chart = Chart("Title", "note", Markup("<svg/>"))
    assert pages().from_string("{{ chart.title }}").render(chart=chart) == "Title"
    with pytest.raises(jinja2.UndefinedError, match="titel"):
        pages().from_string("{{ chart.titel }}").render(chart=chart)
