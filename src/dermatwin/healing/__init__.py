"""The wound's reaction network: what a course of needling does to cells, mediators and tissue, layer by layer.

What needs the compiled kernel is imported on first use: a command that does not heal does not wait for the compiler,
and the kernel can be generated anew while the old one does not fit.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .person import slows_barrier
    from .read_out import curves, readings
    from .tissue import heal

__all__ = ["curves", "heal", "readings", "slows_barrier"]

_HOME = {"heal": "tissue", "curves": "read_out", "readings": "read_out", "slows_barrier": "person"}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
