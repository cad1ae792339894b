"""Tables of joint draws: one row per draw, one column per effect, and a block of rows for each study that was left out.

Beside each lies its record: how the fit was made, what it said, what it stands on.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from ..core.errors import EvidenceError, Fault
from .plain import parsed
from .reading import text_of

EFFECTS, EFFECTS_RECORD = "outcome_effects.csv", "outcome_effects.yaml"  # of the trials, and how they were pooled
KEY = ("without", "draw")
ALL = ""  # the block in which every study took part


@dataclass(frozen=True)
class Joint:
    """Joint draws (draw, name) by what was left out."""

    names: tuple[str, ...]
    blocks: dict[str, np.ndarray] = field(repr=False)


def names_in(file: str, content: bytes) -> tuple[str, ...]:
    """The names of the columns of draws, without reading them."""
    header, _, _ = text_of(file, content).partition("\n")
    return tuple(next(csv.reader([header]), ())[len(KEY) :])


def read_joint(file: str, content: bytes) -> Joint:
    """A table of joint draws; EvidenceError for a cell that is no finite number, or without the block of all studies."""
    header, *lines = list(csv.reader(io.StringIO(text_of(file, content), newline=""))) or [[]]
    if tuple(header[: len(KEY)]) != KEY:
        raise EvidenceError([Fault(f"{file}:1", ",".join(header[: len(KEY)]), f"must begin with {','.join(KEY)}")])
    blocks: dict[str, list[list[float]]] = {}
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=2):
        try:
            values = [float(cell) for cell in line[len(KEY) :]]
        except ValueError as error:
            faults.append(Fault(f"{file}:{number}", "", str(error)))
            continue
        if len(line) != len(header) or not math.isfinite(sum(values)):
            faults.append(
                Fault(f"{file}:{number}", "", "has another number of cells than the header, or one that is not finite")
            )
        blocks.setdefault(line[0] if line else "", []).append(values)
    if not faults and ALL not in blocks:
        faults = [Fault(file, "", "lacks the draws in which every study took part")]
    if faults:
        raise EvidenceError(faults)
    return Joint(tuple(header[len(KEY) :]), {name: np.array(rows) for name, rows in blocks.items()})


def read_record(file: str, content: bytes, needed: Iterable[str]) -> dict[str, Any]:
    """The record of a fit; EvidenceError where it is none, or lacks a section that is needed."""
    import yaml

    try:
        record = parsed(text_of(file, content))
    except yaml.YAMLError as error:
        raise EvidenceError([Fault(file, "", f"is not YAML ({getattr(error, 'problem', None) or error})")]) from None
    if not isinstance(record, dict):
        raise EvidenceError([Fault(file, "", "is not the record of a fit; write lines of 'key: value'")])
    if missing := [name for name in needed if name not in record]:
        raise EvidenceError([Fault(file, "", f"is not the record of a fit: it lacks {', '.join(missing)}")])
    return cast(dict[str, Any], record)
