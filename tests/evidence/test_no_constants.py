"""Numbers are data: no biological constant stands in the code of the science packages."""

import ast
from pathlib import Path

import pytest

import dermatwin

ROOT = Path(dermatwin.__file__).parent
PACKAGES = (
    "skin",
    "device",
    "pattern",
    "insertion",
    "barrier",
    "delivery",
    "healing",
    "outcome",
    "screening",
    "planning",
    "following",
)
PLAIN = {0, 1, 2, 3, 4, 5, 6, 0.5, 0.25, 0.1, 0.01, 0.001, 10, 100, 1000, 1e4, 1e6, 60, 24, 7, 12, 31}  # counts, tens, dates
TOLERANCE = 1e-5  # smaller numbers are numerical tolerances, not biology
GENERATED = {"kernel_generated.py"}


def literals(tree):
    """Numeric literals with their lines; sizes of caches do not count."""
    caches = {
        id(keyword.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "maxsize"
    }
    for node in ast.walk(tree):
        if id(node) not in caches and isinstance(node, ast.Constant) and type(node.value) in (int, float):
            yield abs(node.value), node.lineno


def files():
    return sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py") if p.name not in GENERATED)


def test_there_are_files_to_look_at():
    assert len(files()) >= len(PACKAGES)


@pytest.mark.parametrize("path", files(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_no_constant_stands_in_code(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [
        f"line {line}: {lines[line - 1].strip()}"
        for value, line in literals(ast.parse("\n".join(lines)))
        if value not in PLAIN and value > TOLERANCE and "# numerical" not in lines[line - 1]
    ]
    assert not found, "numbers that belong into evidence:\n" + "\n".join(found)
