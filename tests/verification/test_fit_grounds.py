"""Everything that runs and everything that is read while a fit is probed is named among what the fit stands on.

A fresh process watches: functions of Python as they are called, compiled ones as they can be reached from a module that
ran, names in capitals that a function which ran took from another module, and files as they are opened.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dermatwin.calibration.grounds import GROUNDS
from dermatwin.evidence.stale import CODE

PLUMBING = {
    "calibration/__init__.py",
    "calibration/probe.py",
    "calibration/sampler.py",  # finds what the model says
    "case/checks.py",  # raise, and leave alone what passes
    "case/diary.py",
    "validation/usual.py",  # leaves packaged rows as they are
    "case/quantity.py",
    "core/checks.py",
    "history/anamnesis.py",
    "numerics/kept.py",  # keeps what was compiled
    "numerics/brought.py",
    "evidence/joint.py",  # carry values from files to the model
    "evidence/layers.py",
    "evidence/making.py",
    "evidence/plain.py",
    "evidence/posterior.py",
    "evidence/reading.py",
    "evidence/store.py",
    "evidence/tables.py",
    *(path.relative_to(CODE).as_posix() for path in (CODE / "evidence/rows").glob("*.py")),
}
BESIDE = {
    "core/chance.py"  # a fit's luck is given
}
CHECKED = {"anamnesis.csv"}  # its questions are names that a case may use; none is asked
WATCH = """
import ast, json, sys
from pathlib import Path
from numba.core.dispatcher import Dispatcher
from dermatwin.calibration import probe
from dermatwin.calibration.grounds import GROUNDS
from dermatwin.evidence import Evidence
from dermatwin.evidence.plain import parsed
from dermatwin.evidence.stale import CODE
from dermatwin.evidence.store import DATA

fit, plumbing = sys.argv[1], sys.argv[2:]
evidence = Evidence.packaged(even_stale=True)
assert evidence.parameters  # the fits in force are read before, and so is what numbers are called
assert evidence.quantities
with (DATA / GROUNDS[fit].table).open(encoding="utf-8") as lines:
    table = probe.Table.read(lines)
studies = parsed((DATA / GROUNDS[fit].record).read_text(encoding="utf-8"))["studies"]
opened, ran = set(), {}


def on_open(event, words):
    if event == "open" and str(words[0]).startswith(str(DATA)):
        opened.add(Path(words[0]).relative_to(DATA).as_posix())


def on_call(frame, event, word):
    if event == "call" and frame.f_code.co_filename.startswith(str(CODE)):
        ran.setdefault(frame.f_code.co_filename, set()).update(frame.f_code.co_names)


sys.addaudithook(on_open)
sys.setprofile(on_call)
found = probe.probe(fit, table, studies, evidence)
sys.setprofile(None)
modules = {m.__file__: m for name, m in list(sys.modules.items()) if name.startswith("dermatwin.")}


def compiled(path):
    named = vars(modules[path]).values()
    return {v.py_func.__code__.co_filename for v in named if isinstance(v, Dispatcher)}


def constants(path):
    for node in ast.walk(ast.parse(Path(path).read_bytes())):
        taken = {n.name for n in node.names if n.name.isupper()} & ran[path] if isinstance(node, ast.ImportFrom) else ()
        if taken and node.level:
            package = modules[path].__name__.split(".")[: -node.level or None]
            module = sys.modules.get(".".join([*package, *filter(None, [node.module])]))
            if module is not None and not module.__file__.endswith("__init__.py"):
                yield module.__file__


ran = {path: names for path, names in ran.items() if Path(path).relative_to(CODE).as_posix() not in plumbing}
needed = {*ran, *(other for path in ran for other in (*compiled(path), *constants(path)))}
print(json.dumps([sorted(Path(p).relative_to(CODE).as_posix() for p in needed), sorted(opened), sorted(found.levels)]))
"""


@pytest.fixture(scope="module", params=sorted(GROUNDS))
def watched(request):
    done = subprocess.run(
        [sys.executable, "-c", WATCH, request.param, *PLUMBING], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return GROUNDS[request.param], *json.loads(done.stdout)


def test_what_runs_and_what_is_read_is_named(watched):
    grounds, ran, opened, levels = watched
    assert len(levels) > 1
    named = set(grounds.programs(CODE))
    assert set(ran) - named - BESIDE == set()
    assert {path for path in opened if not path.startswith("measurements/")} - CHECKED <= set(grounds.tables)
    assert set(grounds.measured) <= set(opened)


def test_what_is_named_is_there():
    for grounds in GROUNDS.values():
        assert all((CODE / path).is_file() for path in grounds.programs(CODE))
        assert all((CODE / name).exists() for name in grounds.model)
        assert len(grounds.programs(CODE)) >= len(grounds.model)
        assert Path(grounds.record).suffix == ".yaml"
