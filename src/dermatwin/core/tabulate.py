"""`python -m dermatwin.core.tabulate [UNIT ...]`: the table of factors written again from the registry, with more units.

Every unit of the table is set against every target of it; a new unit is a source, and a target where `CANONICAL` says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from .factors import COLUMNS, TABLE, Pair, factors
from .units import CANONICAL, measured, plain_unit


def tabulated(units: Iterable[str], targets: Iterable[str]) -> Iterator[tuple[Pair, float]]:
    """The factor of every unit to every target of its dimension, in the order of their names."""
    goals = sorted(set(targets))
    for unit in sorted(set(units)):
        for target in goals:
            try:
                yield (unit, target), measured(unit, target)
            except ValueError:
                continue


def main(more: Iterable[str] = ()) -> None:
    """Write the table."""
    known = factors()
    targets = {target for _, target in known} | {plain_unit(unit) for unit in CANONICAL.values()}
    units = {unit for unit, _ in known} | targets | {plain_unit(unit) for unit in more}
    rows = (f"{unit},{target},{number!r}\n" for (unit, target), number in tabulated(units, targets) if unit != target)
    TABLE.write_text(",".join(COLUMNS) + "\n" + "".join(rows), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
