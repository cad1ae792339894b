"""dermatwin: a digital twin of microneedled skin.

    from dermatwin import load_case, simulate
    run = simulate(load_case("case.yaml"))

Names are imported when they are first used, so that `import dermatwin` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .case import Case
    from .explanation import explain
    from .following import follow
    from .planning import plan
    from .screening import load_case, screen
    from .twin import Contrast, Run, compare, recall, simulate, summarise, to_tree, write_run
    from .validation import validate

    __version__: str

_HOMES = {
    "Case": "case",
    "load_case": "screening",
    "explain": "explanation",
    "follow": "following",
    "plan": "planning",
    "screen": "screening",
    "Contrast": "twin",
    "Run": "twin",
    "compare": "twin",
    "recall": "twin",
    "simulate": "twin",
    "summarise": "twin",
    "to_tree": "twin",
    "write_run": "twin",
    "validate": "validation",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("dermatwin")
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module 'dermatwin' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
