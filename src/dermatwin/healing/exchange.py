"""The optional libraries behind the export of the network."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ..core.errors import CaseError, Fault

EXTRA = "exchange"


def library(name: str) -> Any:
    """An optional library; CaseError that says what to install where it is missing."""
    try:
        return import_module(name)
    except ImportError:
        raise CaseError(
            [
                Fault(
                    "export",
                    "",
                    f"needs {name!r}, which is not installed; install the extra {EXTRA!r} "
                    f"(pip install 'dermatwin[{EXTRA}]')",
                )
            ]
        ) from None
