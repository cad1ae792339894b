"""The difference person by person: every other arm as a multiple of the first, on one axis, and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from .. import words
from ..figures import panel, rows
from ..figures.scales import Scale
from ..paired import Said, said
from .story import Line, groups, short

if TYPE_CHECKING:
    from ...twin.contrast import Contrast, Difference

LEAST, MOST = 1e-2, 1e2  # multiples that are drawn; what lies beyond runs off the edge
NICE = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
MANY = 7  # labels on the axis


@dataclass(frozen=True)
class Entry:
    """One endpoint of one arm against the first; the title stands in the first row of its `span`."""

    first: bool
    span: int
    title: str
    note: str
    arm: str
    tone: int
    said: Said
    grade: str
    figure: Markup | None


@dataclass(frozen=True)
class Group:
    """Endpoints of one topic; `drawn` where one of them is a multiple."""

    title: str
    drawn: bool
    lines: list[Entry]


@dataclass(frozen=True)
class Paired:
    """Every other arm against the first."""

    groups: list[Group]
    axis: Markup
    first: str
    many: bool  # other arms


def paired(found: Contrast) -> Paired:
    """Groups of rows, one row for every endpoint and arm but the first."""
    told = groups(found)
    ratios = [d.ratio for _, lines in told for line in lines for d in line.row.differences if d.ratio is not None]
    scale = _scale(ratios)
    shown = [
        Group(
            title,
            any(d.ratio for line in lines for d in line.row.differences),
            [entry for line in lines for entry in _entries(found, line, scale)],
        )
        for title, lines in told
    ]
    return Paired(shown, _axis(scale), found.labels[0], len(found.labels) > 2)


def _scale(ratios: list[tuple[float, float, float]]) -> Scale:
    """A logarithmic axis around 1 that holds all bands, as far as that can be drawn."""
    low = min([0.5, *(ratio[0] for ratio in ratios)])
    high = max([2.0, *(ratio[2] for ratio in ratios)])
    return Scale(max(0.9 * low, LEAST), min(1.1 * high, MOST), 0.0, 1.0, log=True)


def _axis(scale: Scale) -> Markup:
    inside = [value for value in NICE if scale.low <= value <= scale.high]
    if len(inside) > MANY:
        inside = [value for value in inside if math.log10(value).is_integer()]
    return rows.axis(scale, [(value, f"×{words.NARROW}{value:g}") for value in inside], "Multiples of the first arm")


def _entries(found: Contrast, line: Line, scale: Scale) -> list[Entry]:
    entries = []
    for number, (label, difference) in enumerate(zip(short(found.labels)[1:], line.row.differences, strict=True), start=1):
        text = said(line.row, number)
        entries.append(
            Entry(
                first=number == 1,
                span=len(line.row.differences),
                title=line.title,
                note=line.note,
                arm=label,
                tone=number % panel.TONES + 1,
                said=text,
                grade=line.row.grade,
                figure=_figure(difference, scale, f"{line.title}, {label}: {text.text}", number),
            )
        )
    return entries


def _figure(found: Difference, scale: Scale, title: str, number: int) -> Markup | None:
    """The multiple with its band; nothing for a difference that is no multiple."""
    if found.ratio is None or not found.people:
        return None
    return rows.row(scale, rows.Interval(*found.ratio), title, reference=1.0, tone=number % panel.TONES + 1)
