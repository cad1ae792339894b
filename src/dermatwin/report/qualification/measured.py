"""Measured beside predicted: forests of rows that share a scale and a unit, and squares where there are too many of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from ...evidence import Evidence
from .. import words
from ..figures import rows, scales, svg
from ..figures.rows import Interval
from ..figures.scales import Scale
from .told import as_stated, band, decade, title, unit, written

Entry = Mapping[str, Any]
"""One scored row, as `validation.scoring.plain` gives it."""

MANY = 24  # rows of a quantity that are drawn one by one; beyond, one mark each in a square
WORST = 8  # of many rows, those that are named
SIDE = 330.0  # px
RATE = "rate"  # kind of answer whose quantities, one for every event, share an axis


@dataclass(frozen=True)
class Study:
    """Where a scored row comes from."""

    study: str
    line: int
    about: str
    citation: str
    quantity: str


@dataclass(frozen=True)
class Measured(Study):
    """One measured value beside its prediction."""

    inside: bool
    measured: str
    predicted: str
    band: str
    figure: Markup


@dataclass(frozen=True)
class Block:
    """Rows on one axis: those of one scale and one unit."""

    title: str
    unit: str
    axis: Markup
    groups: list[tuple[str, list[Measured]]]  # quantity, its rows
    squares: list[tuple[str, str, Markup]]  # quantity with too many rows, how its rows are shown, figure


def blocks(predictions: Sequence[Entry], evidence: Evidence) -> list[Block]:
    """The forests of some predictions, one per scale and unit; directions have none."""
    grouped: dict[tuple[str, str, str], dict[str, list[Entry]]] = {}
    for entry in predictions:
        if entry["scale"] != "sign":
            alike = entry["kind"] if entry["kind"] == RATE else entry["quantity"]
            key = entry["scale"], entry["unit"], "" if entry["unit"] else alike
            grouped.setdefault(key, {}).setdefault(entry["quantity"], []).append(entry)
    return [_block(unit, quantities, evidence) for (_, unit, _), quantities in grouped.items()]


def _block(stated: str, quantities: Mapping[str, list[Entry]], evidence: Evidence) -> Block:
    power = _power([entry for entries in quantities.values() for entry in entries])
    quantities = {name: [_times(entry, 10.0**-power) for entry in entries] for name, entries in quantities.items()}
    scale = scale_of([entry for entries in quantities.values() for entry in entries])
    shown = {
        name: entries if len(entries) <= MANY else sorted(entries, key=_badness, reverse=True)[:WORST]
        for name, entries in quantities.items()
    }
    groups = [(title(name), [_row(entry, evidence, scale) for entry in entries]) for name, entries in shown.items()]
    squares = [
        (
            title(name),
            f"{words.count(len(entries), 'row')}; below, the {WORST} furthest off",
            square(entries, scale, title(name)),
        )
        for name, entries in quantities.items()
        if len(entries) > MANY
    ]
    printed = "" if stated in ("", "1") else unit(stated)
    if power:
        printed = f"10{words.unit(f'^{power}')}{words.NARROW}{printed}"
    name = groups[0][0] if len(groups) == 1 else f"Values, {printed}" if printed else "Shares"
    return Block(name, printed if len(groups) == 1 else "", rows.axis(scale, labelled(scale), "Axis"), groups, squares)


def _power(entries: Sequence[Entry]) -> int:
    """The power of ten in which very small or large values are written, 0 for all others: a multiple of three."""
    middles = [abs(entry["measured"]) for entry in entries if entry["measured"]]
    power = 3 * round(math.log10(float(np.median(middles))) / 3.0) if middles else 0
    return power if abs(power) > 3 else 0


def _times(entry: Entry, by: float) -> Entry:
    return {**entry, **{key: entry[key] * by for key in ("measured", "median", "p05", "p95")}}


def labelled(scale: Scale, most: int = 6) -> list[tuple[float, str]]:
    """Ticks of an axis with their words; of many only some have words."""
    ticks = scale.ticks(5)
    if not scale.log:
        return list(zip(ticks, scales.tick_labels(ticks), strict=True))
    step = math.ceil(len(ticks) / most)
    return [(tick, "" if number % step else decade(tick)) for number, tick in enumerate(ticks)]


def _badness(entry: Entry) -> float:
    return -1.0 if entry["error"] is None else entry["error"]


def scale_of(entries: Sequence[Entry]) -> Scale:
    """An axis that holds measured values and medians; a logarithmic one has whole decades, and cuts bands that go far."""
    if entries[0]["scale"] != "log":
        ends = [entry[key] for entry in entries for key in ("measured", "median", "p05", "p95")]
        return Scale(*scales.cover(ends, zero=True), 0.0, 1.0)
    middles = [entry[key] for entry in entries for key in ("measured", "median") if entry[key] > 0.0] or [1.0]
    bands = [entry[key] for entry in entries for key in ("p05", "p95") if entry[key] > 0.0] or middles
    low = min(min(middles), max(min(bands), min(middles) / 10.0))
    high = max(max(middles), min(max(bands), max(middles) * 10.0))
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    return Scale(10.0**first, 10.0 ** max(last, first + 1), 0.0, 1.0, log=True)


def study_of(entry: Entry, evidence: Evidence) -> Study:
    """Where a scored row comes from."""
    source = evidence.sources.get(entry["source"])
    about = entry["about"].replace(" um", " µm").replace("_", " ")
    return Study(entry["source"], entry["row"], about, source.citation if source else "", title(entry["quantity"]))


def _row(entry: Entry, evidence: Evidence, scale: Scale) -> Measured:
    """One measured value beside its prediction."""
    low, middle, high, measured = (entry[key] for key in ("p05", "median", "p95", "measured"))
    ends = {"upper": (scale.low, measured), "lower": (measured, scale.high)}.get(entry["bound"], (measured, measured))
    text = {"upper": "≤ ", "lower": "≥ "}.get(entry["bound"], "") + as_stated(measured)
    label = f"{entry['source']}: measured {text}, predicted {written(middle, scale)} ({band(low, high, scale)})"
    figure = rows.row(
        scale,
        Interval(low, middle, high),
        label,
        tone=1 if entry["inside"] else 2,
        observed=(Interval(ends[0], measured, ends[1]),),
    )
    return Measured(
        **vars(study_of(entry, evidence)),
        inside=entry["inside"],
        measured=text,
        predicted=written(middle, scale),
        band=band(low, high, scale),
        figure=figure,
    )


def square(entries: Sequence[Entry], scale: Scale, name: str) -> Markup:
    """Predicted against measured, a mark with its band for each row; on the diagonal the twin is right."""
    left, top, foot = 34.0, 22.0, 34.0
    x = Scale(scale.low, scale.high, left, SIDE - 16.0, scale.log)
    y = Scale(scale.low, scale.high, SIDE - foot, top, scale.log)
    parts = [
        *_frame(x, y, left),
        svg.tag("line", x1=x.at(x.low), y1=y.at(y.low), x2=x.at(x.high), y2=y.at(y.high), class_="reference"),
    ]
    parts += [_mark(entry, x, y) for entry in sorted(entries, key=lambda entry: not entry["inside"])]
    missed = sum(not entry["inside"] for entry in entries)
    return svg.figure(
        SIDE,
        SIDE,
        parts,
        f"{name}: predicted against measured",
        f"{len(entries)} rows with their 90 % bands; {missed} miss the diagonal",
        "square",
    )


def _frame(x: Scale, y: Scale, left: float) -> list[Markup]:
    parts = [
        svg.tag("text", "predicted", x=0.0, y=8.0, class_="axis-name"),
        svg.tag("text", "measured", x=x.end, y=SIDE - 3.0, class_="axis-name end"),
    ]
    for tick, label in labelled(x):
        parts += [
            svg.tag("line", x1=x.at(tick), x2=x.at(tick), y1=y.start, y2=y.end, class_="grid"),
            svg.tag("line", x1=x.start, x2=x.end, y1=y.at(tick), y2=y.at(tick), class_="grid"),
            svg.tag("text", label, x=x.at(tick), y=y.start + 14.0, class_="tick middle"),
            svg.tag("text", label, x=left - 4.0, y=y.at(tick) + 3.8, class_="tick end"),
        ]
    return parts


def _mark(entry: Entry, x: Scale, y: Scale) -> Markup:
    place, tone = x.at(entry["measured"]), 1 if entry["inside"] else 2
    low, high = y.at(entry["p05"]), y.at(entry["p95"])
    return svg.tag(
        "g",
        svg.tag("title", ", ".join(filter(None, (entry["source"], entry["about"])))),
        svg.tag("line", x1=place, x2=place, y1=low, y2=high, class_=f"whisker tone-{tone}"),
        svg.tag("circle", cx=place, cy=y.at(entry["median"]), r=2.4, class_=f"spot tone-{tone}"),
    )
