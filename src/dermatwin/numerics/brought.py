"""Machine code that came with the package: compiled when the wheel was made, for a named level of processor.

The levels are those of the x86-64 psABI: what every processor of a level can do, and no more. Code is brought for one
version of Python and one of numba, each file with the digest of its source and of its own bytes; where any of these, the
operating system or the processor is another, nothing is found and the function is compiled here as ever. What is brought
is read and never written, except by whoever makes a wheel (`make wheel`).

Source: x86-64 psABI 1.0, section 3.1.1, microarchitecture levels.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numba
from llvmlite import binding
from numba.core import config

FOLDER = "DERMATWIN_MACHINE_CODE"
"""Environment variable: where machine code is looked for instead of beside the sources."""

MAKING = "DERMATWIN_MAKE_MACHINE_CODE"
"""Environment variable: the level that is being made; what is compiled is written there, too."""

_SECOND = ("cx16", "sahf", "popcnt", "sse3", "sse4.1", "sse4.2", "ssse3")
_THIRD = (*_SECOND, "avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe", "xsave")
LEVELS: dict[str, tuple[str, ...]] = {"x86-64-v3": _THIRD, "x86-64-v2": _SECOND}
"""Level -> what a processor must be able to do, the best first; names of LLVM."""


@lru_cache(maxsize=1)
def level() -> str:
    """The best level that this processor has; nothing where numba was told for which processor to compile."""
    making = os.environ.get(MAKING, "")
    if making or any(getattr(config, name) is not None for name in ("CPU_NAME", "CPU_FEATURES")):
        return making
    return next(iter(levels(binding.get_host_cpu_features())), "")


def levels(able: Mapping[str, bool]) -> list[str]:
    """The levels of a processor that is able to do this, the best first."""
    return [name for name, needed in LEVELS.items() if all(able.get(one, False) for one in needed)]


def folder() -> Path:
    """Where the machine code of this level, Python and numba is, if any was brought."""
    root = Path(os.environ.get(FOLDER) or Path(__file__).parents[1] / "machine_code")
    return root / f"{level() or 'none'}-py{sys.version_info.major}{sys.version_info.minor}-numba{numba.__version__}"


def makes() -> bool:
    """Whether what is compiled is to be brought by a wheel."""
    return bool(os.environ.get(MAKING))


if __name__ == "__main__":
    print(*levels(binding.get_host_cpu_features()), sep="\n")
