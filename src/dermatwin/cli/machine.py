"""Output for machines: one JSON document on standard output and nothing else there."""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any


def emit(data: Any) -> None:
    """Print one JSON document; a number that is not finite becomes null, for JSON has no other word for it."""
    print(json.dumps(plain(data), indent=2, allow_nan=False))


@contextlib.contextmanager
def only_json(enabled: bool) -> Iterator[None]:
    """While computing for a machine, whatever anybody prints goes to standard error."""
    with contextlib.redirect_stdout(sys.stderr) if enabled else contextlib.nullcontext():
        yield


def plain(value: Any) -> Any:
    """Records, arrays, dates and paths as what JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(entry) for entry in (sorted(value) if isinstance(value, (set, frozenset)) else value)]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if hasattr(value, "model_dump"):
        return plain(value.model_dump(mode="json"))
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, (date, Path)):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
