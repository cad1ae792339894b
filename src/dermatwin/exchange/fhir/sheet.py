"""A review as a file: a table of lines for people who tick them off, or plain data."""

from __future__ import annotations

import csv
import io
import json

from ...case import dump_values
from .line import Line
from .review import Review

_COLUMNS = (
    "outcome",
    "record",
    "says",
    "codes",
    "states",
    "status",
    "since",
    "until",
    "stands",
    "reads",
    "by",
    "place",
    "reason",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(review: Review) -> str:
    """A row for each line, for a spreadsheet; what would be a formula there is quoted."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_cell(line, column) for column in _COLUMNS] for line in review.lines)
    return stream.getvalue()


def as_yaml(review: Review) -> str:
    """The whole review as YAML."""
    return dump_values(json.loads(as_json(review)))


def as_json(review: Review) -> str:
    """The whole review as JSON."""
    return json.dumps(review.to_dict(), indent=2, ensure_ascii=False) + "\n"


def _cell(line: Line, column: str) -> str:
    value = getattr(line, column)
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
