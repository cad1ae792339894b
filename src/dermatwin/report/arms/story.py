"""The rows of a comparison in the order in which they are told, and how each of them is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...naming import Detail
from .. import words
from ..chapters import lookup, subject
from ..paired import title_of

if TYPE_CHECKING:
    from ...twin.contrast import Contrast, Contrasted

RESULT = "Result"
GROUPS = (
    (
        "Needles and channels",
        (
            "in_situ_depth",
            "residual_depth",
            "puncture_density",
            "injured_volume",
            "open_area_at_0_h",
            "open_area_at_1_h",
            "open_area_at_6_h",
            "open_area_at_24_h",
            "closure_time_tewl",
        ),
    ),
    (
        "Session and recovery",
        (
            "bleeding_fraction",
            "bleeding_endpoint",
            "needling_time",
            "pain_vas",
            "downtime_makeup",
            "downtime_unnoticeable",
            "swelling_duration",
            "pih_risk",
            "tram_track_risk",
        ),
    ),
    (RESULT, ("relative_improvement", "scale_change")),
)


@dataclass(frozen=True)
class Line:
    """One row of the story: its name, a remark (zone, scale, time), and the numbers."""

    title: str
    note: str
    row: Contrasted


def short(labels: Sequence[str]) -> list[str]:
    """Names for narrow places: what stands before a comma, where that still tells the arms apart."""
    heads = [label.partition(",")[0] for label in labels]
    return [head if heads.count(head) == 1 else label for head, label in zip(heads, labels, strict=True)]


def groups(found: Contrast) -> list[tuple[str, list[Line]]]:
    """Rows of the story by topic; topics without rows are left out."""
    several = len({row.first.zone for row in found.story}) > 1
    told = [
        (title, [_line(found, row, several) for name in names for row in found.story if row.first.quantity == name])
        for title, names in GROUPS
    ]
    return [(title, lines) for title, lines in told if lines]


def _line(found: Contrast, row: Contrasted, several: bool) -> Line:
    first, notes = row.first, [words.title(row.first.zone)] if several else []
    if first.detail == Detail(session=first.detail.session):
        title, _, rest = re.sub(r"(?<=\d)-(?=\d)", words.DASH, title_of(first)).partition(", ")
        return Line(title, ", ".join([rest, *notes] if rest else notes), row)
    run = found.runs[0]
    lower = subject.better_is_lower(run, first.quantity, first.detail)
    notes = [subject.subject(run, first.quantity, first.detail), *notes]
    notes += [f"{words.lapse(first.time_days)} after the first session"] if first.time_days else []
    notes += [f"{'less' if lower else 'more'} is better"] if lower is not None else []
    return Line(lookup.quantity_title(run, first.quantity), ", ".join(notes), row)
