"""Doors of a room that open when somebody first walks through: what stands behind them is imported then and not before.

Who screens a case draws no luck and needs no arrays, and importing those takes a sixth of the whole answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def later(room: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a room: each name is taken from its module of the room when it is first asked for, and kept.

    homes : name -> module. A name must differ from every module of the room: an imported module would stand in its place.
    """

    def opened(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        found = getattr(import_module(f"{room}.{homes[name]}"), name)
        setattr(sys.modules[room], name, found)
        return found

    return opened
