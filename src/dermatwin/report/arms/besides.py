"""Every arm by itself: medians and bands of each endpoint, arm under arm on a scale of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from .. import words
from ..chapters import lookup
from ..chapters.lookup import Band
from ..figures import panel, rows
from ..figures.scales import Scale, cover, tick_labels
from .story import Line, groups, short

if TYPE_CHECKING:
    from ...twin.contrast import Contrast

DECADES = 1e4  # times between the ends of a logarithmic row at most; what is less runs off its left end
LOGARITHMIC = 30.0  # times between the ends of all bands from which a row is logarithmic


@dataclass(frozen=True)
class Arm:
    """One arm of an endpoint."""

    name: str
    tone: int
    band: Band
    failed: str
    figure: Markup


@dataclass(frozen=True)
class Arms:
    """One endpoint, arm under arm on an axis of its own."""

    title: str
    note: str
    grade: str
    arms: list[Arm]
    axis: Markup


@dataclass(frozen=True)
class Group:
    """Endpoints of one topic."""

    title: str
    lines: list[Arms]


def besides(found: Contrast) -> list[Group]:
    """Groups of endpoints, each with a row per arm and an axis."""
    return [Group(title, [_line(found, line) for line in lines]) for title, lines in groups(found)]


def _line(found: Contrast, line: Line) -> Arms:
    bands = [lookup.of(arm) for arm in line.row.arms]
    scale = _scale([band for band in bands if band.known])
    ticks = scale.ticks(4)
    labels = [f"{tick:g}" for tick in ticks] if scale.log else tick_labels(ticks)
    arms = [
        _arm(label, number, band, scale, line)
        for number, (label, band) in enumerate(zip(short(found.labels), bands, strict=True))
    ]
    axis = rows.axis(scale, list(zip(ticks, labels, strict=True)), f"{line.title}, {bands[0].printed_unit}")
    return Arms(line.title, line.note, line.row.grade, arms, axis)


def _arm(label: str, number: int, band: Band, scale: Scale, line: Line) -> Arm:
    failed = line.row.arms[number].failed
    tone = number % panel.TONES + 1
    figure = rows.row(
        scale,
        rows.Interval(*band.ends),
        f"{line.title}, {label}: {band.text}",
        reference=0.0 if scale.low < 0.0 else None,
        tone=tone,
    )
    return Arm(label, tone, band, words.count(failed, "person", "people") if failed else "", figure)


def _scale(bands: list[Band]) -> Scale:
    """Linear with zero on it; logarithmic where arms are far apart and none of them reaches zero."""
    if not bands:
        return Scale(0.0, 1.0, 0.0, 1.0)
    low, high = min(band.low for band in bands), max(band.high for band in bands)
    middle = min(band.middle for band in bands)
    if middle > 0.0 and low >= 0.0 and high > LOGARITHMIC * middle:
        return Scale(max(0.9 * low, high / DECADES), 1.1 * high, 0.0, 1.0, log=True)
    return Scale(*cover([low, high], zero=True, around=0.0), 0.0, 1.0)
