"""Machine code that comes with a wheel: found where it fits, compiled anew where it does not, the same answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dermatwin.numerics import brought

LEVEL = brought.level()
SECOND, THIRD = (dict.fromkeys(brought.LEVELS[f"x86-64-v{number}"], True) for number in (2, 3))
INSIDE = """
import numpy as np
from dermatwin.pattern.polygon import contains
corners = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0]])
print(contains(corners, np.array([[0.5, 0.5], [2.5, 0.5], [1.9, 0.99]])).tolist())
"""


def run(code: Path, cache: Path, level: str = "", source: str = INSIDE) -> str:
    """What a fresh process says, with machine code looked for in a folder, and what it compiles kept in another."""
    makes = {brought.MAKING: level, "NUMBA_CPU_NAME": level, "NUMBA_CPU_FEATURES": ""} if level else {}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    found = subprocess.run(
        [sys.executable, "-c", source],
        env={**plain, **makes, brought.FOLDER: str(code), "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not found.stderr
    return found.stdout


def compiled(cache: Path) -> list[Path]:
    return [*cache.rglob("*.nbc")]


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    """Machine code as a wheel would bring it, for the best of this processor's levels; none where it has none."""
    folder = tmp_path_factory.mktemp("code")
    if LEVEL:
        assert run(folder, folder / "cache", LEVEL) == "[True, False, True]\n"
        assert not compiled(folder / "cache")  # it went to the folder of the wheel
    return folder


def test_a_processor_has_the_best_level_of_all_that_it_is_able_to_do():
    assert brought.levels(THIRD) == ["x86-64-v3", "x86-64-v2"]
    assert brought.levels({**THIRD, "fma": False}) == ["x86-64-v2"]
    assert brought.levels(SECOND) == ["x86-64-v2"]
    assert brought.levels({**SECOND, "popcnt": False}) == []


def test_what_is_brought_is_not_compiled(code, tmp_path):
    assert run(code, tmp_path) == "[True, False, True]\n"
    assert len(compiled(tmp_path)) == (0 if LEVEL else 3)


def test_where_nothing_is_brought_it_is_compiled(tmp_path):
    assert run(tmp_path / "nothing", tmp_path / "cache") == "[True, False, True]\n"
    assert len(compiled(tmp_path / "cache")) == 3


@pytest.mark.parametrize("harm", ["shortened", "changed", "emptied"])
def test_what_is_damaged_is_compiled(code, tmp_path, harm):
    damaged = tmp_path / "code"
    for path in code.rglob("*.nb?"):
        content = path.read_bytes()
        middle = len(content) // 2
        spoilt = {"shortened": content[:-7], "emptied": b"", "changed": content[:middle] + b"\x00!" + content[middle + 2 :]}
        (damaged / path.parent.name).mkdir(parents=True, exist_ok=True)
        (damaged / path.parent.name / path.name).write_bytes(spoilt[harm])
    assert run(damaged, tmp_path / "cache") == "[True, False, True]\n"
    assert len(compiled(tmp_path / "cache")) == 3


def test_where_the_processor_was_named_by_hand_nothing_is_brought(code, tmp_path):
    named = "import os\nos.environ.update(NUMBA_CPU_NAME='generic', NUMBA_CPU_FEATURES='')\n"
    assert run(code, tmp_path, source=named + INSIDE) == "[True, False, True]\n"
    assert len(compiled(tmp_path)) == 3


def test_what_is_compiled_is_said_to_who_listens_and_to_nobody_else(code, tmp_path):
    hear = "import logging, sys\nlogging.basicConfig(level=logging.INFO, stream=sys.stdout, format='%(message)s')\n"
    told = run(tmp_path / "nothing", tmp_path, source=hear + INSIDE)
    assert told.splitlines()[:-1] == [f"compiling once for this machine: {name}" for name in ("contains", "cut", "between")]
    quiet = run(code, tmp_path / "other", source=hear + INSIDE)
    assert quiet == ("[True, False, True]\n" if LEVEL else told)
