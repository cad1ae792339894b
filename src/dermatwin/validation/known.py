"""The table of known values, `known_values.csv`: what every packaged row measured, as the scores read it.

python -m dermatwin.validation.known
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from ..evidence import DATA
from .laboratory import Laboratory
from .naive import file_of
from .prediction import Prediction, Scored
from .scoring import answers, score
from .validate import predictor, scored

FILE = "known_values.csv"
DRAWS = 60  # what was measured does not hang on them
COLUMNS = ("place", "of", "source", "quantity", "scale", "bound", "value", "footing", "share", "concern", "arm")


def written(scored: Iterable[Scored]) -> str:
    """The table of known values of scored rows, as text."""
    out = io.StringIO(newline="")
    table: csv.DictWriter[str] = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(_known(entry) for entry in scored)
    return out.getvalue()


def _known(entry: Scored) -> dict[str, str]:
    p, common = entry.prediction, entry.prediction.common
    cells = {
        "place": f"{entry.row.file}:{entry.row.line}",
        "of": file_of(entry.row),
        "source": entry.row["source"],
        "quantity": p.quantity,
        "scale": p.scale,
        "bound": p.bound,
        "value": f"{p.measured:.6g}",
    }
    if common is None or not common.kind:
        return cells
    return cells | {"footing": common.kind, "share": f"{p.measured / common.size:.6g}"} | common.groups


def packaged() -> Iterator[Scored]:
    """Every packaged row as it is scored."""
    believed, tables, _ = scored(None)
    laboratory = Laboratory(believed, DRAWS)
    for name, rows in tables.items():
        for row, answer in answers(rows, predictor(name, laboratory)):
            if isinstance(answer, Prediction):
                yield score(row, answer)


def main() -> None:
    """Write the table anew."""
    (DATA / FILE).write_text(written(packaged()), encoding="utf-8")


if __name__ == "__main__":
    main()
