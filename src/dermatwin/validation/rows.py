"""Rows of measurements: read from any folder that holds some of the known files, unseen studies included."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..core.errors import CaseError, Fault
from ..evidence import Evidence
from ..evidence.layers import Layer
from ..evidence.reading import MAX_BYTES
from . import usual

REQUIRED: dict[str, tuple[str, ...]] = {
    "insertion.csv": ("source", "skin", "device", "needle_length_um", "quantity", "value", "unit", "kind"),
    "closure.csv": ("source", "skin", "device", "needle_length_um", "readout", "quantity", "value", "unit", "kind"),
    "permeation_microneedle.csv": ("source", "skin", "permeant", "mw_g_mol", "quantity", "value_treated", "unit", "kind"),
    "permeability_intact.csv": ("source", "compound", "log10_kp_cm_s", "layer", "neat", "mw_g_mol", "crippen_log_p"),
    "permeability_intact_medians.csv": ("source", "compound", "log10_kp_epidermis_cm_s", "log10_kp_dermis_cm_s"),
    "healing_timecourse.csv": ("source", "species", "procedure", "quantity", "time_d", "value", "unit", "kind"),
    "outcomes.csv": (
        "source",
        "arm_id",
        "indication",
        "role",
        "outcome_scale",
        "sessions",
        "interval_days",
        "change_mean",
        "relative_change",
        "responders_fraction",
        "direction",
    ),
    "numbness.csv": ("source", "product", "time_min", "test", "readout", "value", "kind"),
    "adverse_rates.csv": ("source", "population_n", "events_n", "rate", "event", "zone", "phototypes", "arm_kind"),
}
"""Known files and the columns without which a row cannot be read; other columns may be missing."""

WORDING = {
    "trials.csv": "the sources' wording; its machine-readable form is outcomes.csv",
    "adverse_events.csv": "the sources' wording; its machine-readable form is adverse_rates.csv",
}
"""Files of the evidence folder that are for reading, not for scoring."""

ROOM = "measurements"
UNFITTED = "unfitted_"  # before the name of a file of rows that no fit has read
ABSURD = 1e100


@dataclass(frozen=True)
class Row:
    """One measurement: its file, its line in it (the header is line 1) and its cells.

    beside : the rows of its study in that file, itself among them: the arms of one experiment.
    """

    file: str
    line: int
    cells: dict[str, str]
    beside: tuple[Row, ...] = field(default=(), compare=False, repr=False)

    def __getitem__(self, column: str) -> str:
        """The cell as text, '' where the column is missing."""
        return self.cells.get(column, "")

    def number(self, column: str) -> float | None:
        """The cell as a finite number of a size that can be squared, or None where it is empty or is not one."""
        try:
            value = float(self[column])
        except ValueError:
            return None
        return value if math.isfinite(value) and abs(value) < ABSURD else None

    @property
    def tags(self) -> frozenset[str]:
        """The tags of the `kind` column."""
        return frozenset(t.strip() for t in self["kind"].split(";") if t.strip())

    @property
    def sources(self) -> frozenset[str]:
        """The ids of the sources that the row rests on."""
        return frozenset(s.strip() for s in self["source"].split(";") if s.strip())


def read_folder(folder: Path) -> dict[str, list[Row]]:
    """All known files in a folder; CaseError with every fault when there is none, or one cannot be read."""
    if not folder.is_dir():
        raise CaseError([Fault("--evidence", str(folder), "is not a folder")])
    found = {name: folder / name for name in REQUIRED if (folder / name).exists()}
    if not found:
        raise CaseError([Fault("--evidence", str(folder), f"holds none of {', '.join(REQUIRED)}")])
    faults: list[Fault] = []
    tables = {name: _read(path, faults) for name, path in found.items()}
    if faults:
        raise CaseError(faults)
    return tables


def is_evidence(folder: Path) -> bool:
    """Whether a folder is one of evidence: with a room for measurements, or with files of which none is a measurement.

    A folder with measurements at its top is one of measurements; what else is in it is left aside.
    """
    if not folder.is_dir():
        return False
    loose = any((folder / name).exists() for name in REQUIRED)
    return (folder / ROOM).is_dir() or (not loose and any(Layer.packaged(folder).names))


def measured(evidence: Evidence, *, own: bool = False, unfitted: bool = False) -> dict[str, list[Row]]:
    """Rows of the measurements of some evidence; with `own`, only those laid over the packaged ones, where any are.

    unfitted : with the rows that no fit may read (`measurements/unfitted_*`), each called by that file.
    """
    layers = evidence.tables.layers
    over = [layer for layer in layers[1:] if any(name.startswith(f"{ROOM}/") for name in layer.names)]
    tables: dict[str, list[Row]] = {}
    faults: list[Fault] = []
    for layer in over if own and over else layers:
        for name in REQUIRED:
            for called in (name, f"{UNFITTED}{name}")[: 2 if unfitted else 1]:
                if f"{ROOM}/{called}" in layer.names:
                    text = layer.read(f"{ROOM}/{called}").decode("utf-8-sig")
                    tables.setdefault(name, []).extend(_parsed(name, called, text, faults, called))
    if faults:
        raise CaseError(faults)
    return tables


def left_aside(folder: Path) -> dict[str, str]:
    """CSV files of a folder that are not scored, each with the reason."""
    return {
        path.name: WORDING.get(path.name, "no measurements that the twin predicts")
        for path in sorted(folder.glob("*.csv"))
        if path.name not in REQUIRED
    }


def _read(path: Path, faults: list[Fault]) -> list[Row]:
    try:
        if not path.is_file():
            raise OSError("is not a file")
        if path.stat().st_size > MAX_BYTES:
            raise OSError(f"is larger than {MAX_BYTES // 2**20} MiB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(str(path), "", f"cannot be read: {error}"))
        return []
    return _parsed(path.name, str(path), text, faults, foreign=True)


def _parsed(name: str, where: str, text: str, faults: list[Fault], called: str = "", *, foreign: bool = False) -> list[Row]:
    """The rows of a file; those of other people in the words of the evidence."""
    reader = csv.DictReader(io.StringIO(text))
    if foreign and reader.fieldnames is not None:
        reader.fieldnames = usual.columns(name, reader.fieldnames)
    missing = [column for column in REQUIRED[name] if column not in (reader.fieldnames or ())]
    if missing:
        faults.append(Fault(where, "", f"lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}"))
        return []
    rows = [_row(called or name, reader.line_num, cells, faults) for cells in reader]
    return among([replace(row, cells=usual.cells(name, row.cells)) for row in rows] if foreign else rows)


def among(rows: Sequence[Row]) -> list[Row]:
    """The rows, each with those of its study beside it."""
    studies: dict[str, list[Row]] = {}
    for row in rows:
        studies.setdefault(row["source"], []).append(row)
    return [replace(row, beside=tuple(studies[row["source"]])) for row in rows]


def _row(file: str, line: int, cells: dict[str | None, str | None], faults: list[Fault]) -> Row:
    if None in cells or None in cells.values():
        faults.append(Fault(f"{file}:{line}", "", "has another number of cells than the header"))
    return Row(file, line, {str(k): (v or "").strip() for k, v in cells.items() if k is not None and isinstance(v, str)})
