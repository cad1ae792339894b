"""The generated table of what stands behind every quantity: what runs of some cases read, and how the first one is split.

    python -m dermatwin.twin.reads CASE...      writes evidence/data/reads.csv

A member of a family that was read stands for the family, since another site, sex or product reads another member. How the
spread is split is the mean over the endpoints of a quantity in the first case. Quantities that no run reads out keep what
is typed in their catalogue.
"""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ..case import Case, load_case
from ..core.vocabulary import SOURCES
from ..evidence import Evidence
from ..evidence.rows.provenance import ReadRow
from ..evidence.rows.row import columns_of
from ..evidence.store import DATA
from ..naming import EVERY, joined, split
from .run import Run
from .simulate import simulate
from .weight import DIGITS, FAMILIES, MOST_CARRIERS, Weight

TARGET = DATA / "reads.csv"
FEW = 4  # numerical: people; what is read does not depend on them
MANY = 200  # numerical: people behind a split


def reads_of(cases: Iterable[Case], evidence: Evidence) -> dict[str, frozenset[str]]:
    """Quantity -> what runs of these cases read for it, families as a whole; quantities without any left out."""
    found: dict[str, frozenset[str]] = {}
    for case in cases:
        run = simulate(case, draws=FEW, evidence=evidence)
        for one in (*run.endpoints, *run.curves):
            if one.reads:
                found[one.quantity] = found.get(one.quantity, frozenset()) | frozenset(map(_whole, one.reads))
    return found


def splits_of(run: Run) -> dict[str, dict[str, str]]:
    """Quantity -> columns of its split: mean shares over its endpoints, and what carries most of them most often."""
    weights: dict[str, list[Weight]] = {}
    for end in run.endpoints:
        if end.weight is not None:
            weights.setdefault(end.quantity, []).append(end.weight)
    return {quantity: _columns(found) for quantity, found in weights.items()}


def table(reads: dict[str, frozenset[str]], splits: dict[str, dict[str, str]]) -> str:
    """The text of the table, quantities in the order of their names."""
    text = io.StringIO()
    file = csv.DictWriter(text, list(columns_of(ReadRow)), restval="", lineterminator="\n")
    file.writeheader()
    for quantity, names in sorted(reads.items()):
        file.writerow({"quantity": quantity, "reads": ";".join(sorted(names)), **splits.get(quantity, {})})
    return text.getvalue()


def _whole(name: str) -> str:
    family, member = split(name)
    return joined(family, EVERY) if member else name


def _columns(weights: Sequence[Weight]) -> dict[str, str]:
    grades, spreads = (np.mean([getattr(one, name) for one in weights], axis=0) for name in ("grades", "spreads"))
    named = zip((*map(str.lower, FAMILIES["grade"]), *SOURCES), (*grades, *spreads), strict=True)
    carried: Counter[str] = Counter()
    for one in weights:
        carried.update({carrier.name: carrier.share for carrier in one.carried_by})  # type: ignore[arg-type]
    most = sorted(carried, key=lambda name: (-carried[name], name))[:MOST_CARRIERS]
    return {**{column: f"{share:.{DIGITS}f}" for column, share in named}, "carried_by": ";".join(most)}


def main(words: Sequence[str] | None = None) -> int:
    """Write the table from the cases that are named."""
    paths = sys.argv[1:] if words is None else list(words)
    if not paths:
        print("name case files; the first one is split", file=sys.stderr)
        return 1
    cases, evidence = [load_case(Path(path)) for path in paths], Evidence.packaged()
    text = table(reads_of(cases, evidence), splits_of(simulate(cases[0], draws=MANY, split=True, evidence=evidence)))
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.name}: {text.count(chr(10)) - 1} quantities")
    return 0


if __name__ == "__main__":
    sys.exit(main())
