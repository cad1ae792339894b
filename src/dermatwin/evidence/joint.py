"""Tables of joint draws: one row per draw, one column per effect, and a block of rows for each study that was left out.

Beside each lies its record: how the fit was made, what it said, what it stands on.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ..core.errors import EvidenceError, Fault
from .plain import parsed
from .reading import text_of

if TYPE_CHECKING:
    import numpy as np

EFFECTS, EFFECTS_RECORD = "outcome_effects.csv", "outcome_effects.yaml"  # of the trials, and how they were pooled
KEY = ("without", "draw")
Line = tuple[int, str]
"""A line of a file with its number."""

ALL = ""  # the block in which every study took part


class Blocks(Mapping[str, "np.ndarray"]):
    """Draws (draw, name) by what was left out, each block made of its lines when first asked for.

    EvidenceError where a cell of the block is no finite number.
    """

    def __init__(self, file: str, width: int, lines: Mapping[str, Sequence[Line]]) -> None:
        self._file, self._width, self._lines = file, width, lines
        self._read: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        import numpy as np

        if name not in self._read:
            rows, faults = _numbers(self._file, self._width, self._lines[name])
            if faults:
                raise EvidenceError(faults)
            self._read[name] = np.array(rows)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)


@dataclass(frozen=True)
class Joint:
    """Joint draws (draw, name) by what was left out."""

    names: tuple[str, ...]
    blocks: Mapping[str, np.ndarray] = field(repr=False)


def names_in(file: str, content: bytes) -> tuple[str, ...]:
    """The names of the columns of draws, without reading them."""
    header, _, _ = text_of(file, content).partition("\n")
    return tuple(next(csv.reader([header]), ())[len(KEY) :])


def read_joint(file: str, content: bytes, *, trusted: bool = False) -> Joint:
    """A table of joint draws; EvidenceError for a cell that is no finite number, or without the block of all studies.

    trusted : it has passed the gate; a block is read, and looked at, when somebody asks for it.
    """
    first, *lines = text_of(file, content).splitlines() or [""]
    header = _cells(first)
    if tuple(header[: len(KEY)]) != KEY:
        raise EvidenceError([Fault(f"{file}:1", ",".join(header[: len(KEY)]), f"must begin with {','.join(KEY)}")])
    of_blocks: dict[str, list[Line]] = {}
    for number, line in enumerate(lines, start=2):
        of_blocks.setdefault(line.partition(",")[0].strip('"'), []).append((number, line))
    faults = [] if trusted else sorted(_faults(file, len(header), of_blocks.values()), key=_line)
    if not faults and ALL not in of_blocks:
        faults = [Fault(file, "", "lacks the draws in which every study took part")]
    if faults:
        raise EvidenceError(faults)
    return Joint(tuple(header[len(KEY) :]), Blocks(file, len(header), of_blocks))


def _faults(file: str, width: int, blocks: Iterable[Sequence[Line]]) -> Iterator[Fault]:
    for lines in blocks:
        yield from _numbers(file, width, lines)[1]


def _numbers(file: str, width: int, lines: Sequence[Line]) -> tuple[list[list[float]], list[Fault]]:
    """The draws of some lines, and what is wrong with them."""
    rows: list[list[float]] = []
    faults: list[Fault] = []
    for number, line in lines:
        cells = _cells(line)
        try:
            rows.append([float(cell) for cell in cells[len(KEY) :]])
        except ValueError as error:
            faults.append(Fault(f"{file}:{number}", "", str(error)))
            continue
        if len(cells) != width or not math.isfinite(sum(rows[-1])):
            said = "has another number of cells than the header, or one that is not finite"
            faults.append(Fault(f"{file}:{number}", "", said))
    return rows, faults


def _cells(line: str) -> list[str]:
    return next(csv.reader([line]), list[str]())


def _line(fault: Fault) -> int:
    return int(fault.path.rpartition(":")[2])


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
