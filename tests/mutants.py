"""Small faults put into the code one by one: does a test notice? `make mutants`.

    python tests/mutants.py --count 60 --seed 1 twin outcome planning

A mutant is one changed place: a comparison, an operator, a sign, a number, `and` for `or`, a missing `not`, a value that is
not returned. A seeded sample of all places is tried, each in a copy of the tree with the tests of its package; a mutant
that every test passes has survived. Fits are let through although the code they stand on has changed, so that values are
what is tested and not digests. What survived and was judged to change nothing stands in `EQUIVALENT` with its reason.
The report is `docs/mutants.md`.

Left out: kernels that are compiled (their changes would be compiled for minutes), texts, types and what only raises.
Ready-made tools were left aside: they replace every function by a switch, which numba cannot compile and which changes what
the fits were confirmed against.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "dermatwin"
REPORT = ROOT / "docs" / "mutants.md"
WAIT = 900  # s; a mutant that never ends is noticed
NONE_COLLECTED = 5  # pytest's status where no test is of the kind

CHAIN = ["verification/test_glue.py", "reference/test_chain.py"]
TESTS = {
    "twin": [
        *CHAIN,
        "laws/test_twin.py",
        "laws/test_contrast.py",
        "interface/test_run_folder.py",
        "interface/test_stored_run.py",
        "interface/test_reread.py",
        "interface/test_compare.py",
        "verification/test_healing_export.py",
        "laws/test_names.py",
        "interface/test_own_evidence.py",
    ],
    "outcome": [
        "verification/test_outcome.py",
        "laws/test_outcome.py",
        "laws/test_recovery.py",
        "laws/test_appearance.py",
        "verification/test_appearance.py",
        "verification/test_pain.py",
        *CHAIN,
        "battery/test_outcome.py",
        "battery/test_recovery_and_risk.py",
        "statistics/test_outcome.py",
        "verification/test_validate_outcomes.py",
    ],
    "planning": ["verification/test_planning.py", "battery/test_planning.py"],
    "history": [
        "battery/test_history.py",
        "battery/test_anamnesis.py",
        "laws/test_anamnesis.py",
        "evidence/test_gate.py",
        "laws/test_history.py",
        "battery/test_vignettes.py",
        "battery/test_public_cases.py",
        "laws/test_noise.py",
        "battery/test_screening.py",
    ],
    "interview": ["interface/test_interview.py"],
    "screening": [
        "battery/test_anamnesis.py",
        "battery/test_screening.py",
        "battery/test_vignettes.py",
        "battery/test_public_cases.py",
        "laws/test_screening.py",
        "verification/test_guard.py",
        "battery/test_planning.py",
        "interface/test_own_evidence.py",
    ],
}
"""Tests that know a package best, the quick ones first; those that name it come after them."""

EQUIVALENT: dict[str, str] = {
    "planning/course.py, _course: `0` -> `1`": "stands in for a number of sessions where the row refers and none is made",
    "planning/merge.py, _case: `0` -> `1`": "what is merged has a course, and so a number of sessions",
    "planning/merge.py, _case: `0.0` -> `1.0`": "what is merged has a course, and so an interval",
    "history/state.py, _reached: `return False` -> `return None`": "asked for its truth alone",
    "screening/agent.py, _with_strength: `True` -> `False`": "both have one length, which the line before asks for",
    "outcome/counts.py, counts: `0` -> `1`": "of people; rows without a number of people are no counts",
}
"""Survivor -> why no test can notice it."""

COMPARED = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
COMPUTED = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.Pow: "*"}


@dataclass(frozen=True)
class Mutant:
    """One changed place: the text that is there and the text that takes its place."""

    file: str  # below src/dermatwin
    function: str
    line: int
    begin: int  # characters from the start of the file
    end: int
    old: str
    new: str

    @property
    def name(self) -> str:
        """How the report calls it."""
        return f"{self.file}, {self.function}: `{_short(self.old)}` -> `{_short(self.new)}`"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 70 else f"{plain[:67]}..."


def mutants(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    text = path.read_text(encoding="utf-8")
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    lines = text.splitlines()

    def at(line: int, column: int) -> int:
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    found = []
    for function, node in _inside(ast.parse(text)):
        for part, new in _changes(node, text):
            begin, end = at(part.lineno, part.col_offset), at(part.end_lineno, part.end_col_offset)
            name = path.relative_to(SOURCE).as_posix()
            found.append(Mutant(name, function, part.lineno, begin, end, text[begin:end], new))
    return found


def _inside(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every node within a function that is run as it stands, with the function's name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            if not any("njit" in ast.unparse(one) for one in node.decorator_list):
                for part in node.body:
                    yield from _with(part, node.name)
        elif isinstance(node, ast.ClassDef):
            yield from _inside(node)


def _with(node: ast.AST, function: str) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, (ast.Raise, ast.JoinedStr, ast.FunctionDef)):
        return
    yield function, node
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield from _with(part, function)


def _changes(node: ast.AST, text: str) -> Iterator[tuple[ast.AST, str]]:
    def said(part: ast.AST) -> str:
        return ast.get_source_segment(text, part) or ast.unparse(part)

    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARED:
        yield node, f"{said(node.left)} {COMPARED[type(node.ops[0])]} {said(node.comparators[0])}"
    elif isinstance(node, ast.BinOp) and type(node.op) in COMPUTED and not _is_text(node):
        yield node, f"({said(node.left)}) {COMPUTED[type(node.op)]} ({said(node.right)})"
    elif isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        yield node, f"({word.join(f'({said(value)})' for value in node.values)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
        yield node, f"({said(node.operand)})"
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield node, repr(node.value + 1)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield node, repr(not node.value)
    elif isinstance(node, ast.Return) and node.value is not None and said(node.value) != "None":
        yield node, "return None"
    elif isinstance(node, ast.IfExp):
        yield node, f"({said(node.orelse)} if {said(node.test)} else {said(node.body)})"


def _is_text(node: ast.BinOp) -> bool:
    return any(isinstance(side, (ast.JoinedStr, ast.List, ast.Tuple)) for side in (node.left, node.right)) or any(
        isinstance(side, ast.Constant) and isinstance(side.value, str) for side in (node.left, node.right)
    )


def sample(packages: list[str], count: int, seed: int) -> list[Mutant]:
    """A seeded sample over packages, as many of each as far as there are, in turns."""
    luck, chosen = random.Random(seed), []
    for package in packages:
        every = [one for path in sorted((SOURCE / package).rglob("*.py")) for one in mutants(path)]
        chosen.append(luck.sample(every, min(len(every), -(-count // len(packages)))))
    return [one for turn in zip_longest(*chosen) for one in turn if one is not None][:count]


def survives(mutant: Mutant, tree: Path) -> bool:
    """Whether all tests of the package pass with the mutant in a copy of the tree: the quick ones, then the slow ones."""
    path = tree / "src" / "dermatwin" / mutant.file
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: mutant.begin] + mutant.new + text[mutant.end :], encoding="utf-8")
    told = {**os.environ, "PYTHONPATH": str(tree / "src"), "DERMATWIN_STALE_FITS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return all(_pass(tree, mutant.file.partition("/")[0], kind, told) for kind in ("not slow", "slow"))
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(text, encoding="utf-8")


def _pass(tree: Path, package: str, kind: str, told: dict[str, str]) -> bool:
    """Whether the tests of a package that are marked so pass; none of that kind is no failure."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", kind, *concerned(package)]
    done = subprocess.run(command, cwd=tree, env=told, capture_output=True, timeout=WAIT, check=False)
    return done.returncode in (0, NONE_COLLECTED)


def concerned(package: str) -> list[str]:
    """Files of tests for a package: those that know it best, then all that name it."""
    best = [f"tests/{name}" for name in TESTS[package]]
    paths = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    naming = [path for path in paths if f"dermatwin.{package}" in (ROOT / path).read_text(encoding="utf-8")]
    return list(dict.fromkeys([*best, *naming]))


def main() -> None:
    """Try a sample, and write the report."""
    told = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    told.add_argument("packages", nargs="*", default=list(TESTS))
    told.add_argument("--count", type=int, default=60)
    told.add_argument("--seed", type=int, default=1)
    told.add_argument("--out", type=Path, default=REPORT)
    given = told.parse_args()
    packages, left = given.packages or list(TESTS), []
    tried = sample(packages, given.count, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "runs", "dist", ".*_cache"))
        for number, mutant in enumerate(tried, start=1):
            lives = survives(mutant, tree)
            left += [mutant] if lives else []
            print(f"{number:4d}  {'SURVIVED' if lives else 'noticed '}  {mutant.name}", flush=True)
            given.out.write_text(report(packages, given.seed, tried[:number], left), encoding="utf-8")


def report(packages: list[str], seed: int, tried: list[Mutant], left: list[Mutant]) -> str:
    """The page."""
    lines = [
        "# Mutants",
        "",
        f"Written by `make mutants`: {len(tried)} small faults (seed {seed}) put one by one into {', '.join(packages)}; "
        f"{len(tried) - len(left)} were noticed by a test.",
        "",
        "| package | tried | noticed |",
        "|---|---|---|",
    ]
    for package in packages:
        here = [one for one in tried if one.file.startswith(f"{package}/")]
        lost = [one for one in left if one.file.startswith(f"{package}/")]
        lines.append(f"| {package} | {len(here)} | {len(here) - len(lost)} |")
    lines += ["", "## Survivors", ""]
    lines += [f"- {one.name}" + (f": {why}" if (why := EQUIVALENT.get(one.name)) else "") for one in left] or ["None."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
