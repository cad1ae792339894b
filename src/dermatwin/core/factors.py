"""Factors between the units that cases and evidence use, kept as a table: the registry of units is slow to build.

The table holds what the registry says and nothing else; a pair that it lacks is asked of the registry. It is written again,
with more units where some are named, by `python -m dermatwin.core.tabulate [UNIT ...]`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("factors.csv")
COLUMNS = ("unit", "target", "factor")

Pair = tuple[str, str]
"""A unit and the unit to express it in, both as the registry spells them."""


@lru_cache(maxsize=1)
def factors() -> Mapping[Pair, float]:
    """Every factor of the table [target per unit]; a table that is gone or damaged raises, it is part of the program."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    return {(unit, target): float(number) for unit, target, number in rows}
