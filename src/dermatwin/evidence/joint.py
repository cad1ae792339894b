"""Tables of joint draws: one row per draw, one column per effect, and a block of rows for each study that was left out."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass, field

import numpy as np

from ..core.errors import EvidenceError, Fault
from .reading import text_of

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
