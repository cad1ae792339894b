"""Chapter 3: how the channels close: one mouth to scale, open cross-section, open skin, water loss, meanings of 'closed'."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import mouths, panel, rows
from ..figures.mouths import Mouth
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import Scale
from . import lookup
from .lookup import Band
from .piece import NO_FIGURE, Chart

if TYPE_CHECKING:
    from ...flows import Channels
    from ...twin import Run, ZoneRun

FIRST_HOURS, FIRST_MINUTE = 96.0, 1.0 / 60.0
TICKS = ((1.0 / 60.0, "1 min"), (1.0 / 6.0, "10 min"), (1.0, "1 h"), (6.0, "6 h"), (24.0, "1 day"), (96.0, "4 days"))
READOUT_WORDS = {
    "TEWL": ("Water loss", "TEWL back to where it was"),
    "dye": ("Dye", "a dye no longer enters"),
    "impedance": ("Impedance", "electrical resistance is back"),
    "OCT": ("OCT", "no gap is seen by light"),
}
PERMEANT_WORDS = {
    "makeup_pigment": ("Pigment of make-up", "grains of this size stay out"),
    "protein": ("Proteins", "molecules of this size stay out"),
    "bacterium": ("Bacteria", "by size alone; no promise of sterility"),
}
PERMEANT_CLOSURE = "closure_time_for"
HOURS = (0.0, 1.0, 6.0, 24.0, 72.0)
LEAST_SHARE = 0.001  # of the first cross-section; less is written as such
PER_CHART = 3


@dataclass(frozen=True)
class Row:
    """One meaning of 'closed' in one zone; the name stands in the first row of its `span`."""

    first: bool
    span: int
    name: str
    meaning: str
    zone: str
    band: Band
    remark: str
    grade: str
    figure: Markup


@dataclass(frozen=True)
class Closure:
    """Times until closed, on one axis."""

    rows: list[Row]
    many: bool  # zones
    axis: Markup


@dataclass(frozen=True)
class Closing:
    """What the chapter shows."""

    charts: list[Chart]
    strips: list[Chart]
    closure: Closure
    sentences: list[str]


def closing(run: Run) -> Closing | None:
    """Courses of the first four days and closure times; None where nothing is needled."""
    zones = lookup.treated(run)
    if not zones:
        return None
    groups = [zones[first : first + PER_CHART] for first in range(0, len(zones), PER_CHART)]
    charts = [chart for group in groups for chart in (_open(group), _tewl(group), _area(group))]
    return Closing(charts, _strips(zones), _closure(run, zones), _sentences(zones))


def _axis(channels: Channels) -> Axis:
    """Time on a logarithmic axis: the first minutes and the fourth day both matter."""
    last = min(FIRST_HOURS, float(channels.time[-1]))
    shown = [(hours, label.replace(" ", words.SPACE)) for hours, label in TICKS if hours <= last]
    return Axis(FIRST_MINUTE, last, [t for t, _ in shown], [label for _, label in shown], "after the session", log=True)


def _open(zones: tuple[ZoneRun, ...]) -> Chart:
    lines = [_line(zone, 100.0 * zone.channels[0].open_fraction, number, len(zones)) for number, zone in enumerate(zones, 1)]
    chart = _panel("Open cross-section of the channels over four days", lines, zones, ("%", "% open"))
    return Chart("Open cross-section of the channels", "just after the needling = 100\u202f%", panel.draw(chart))


def _tewl(zones: tuple[ZoneRun, ...]) -> Chart:
    lines = [_line(zone, zone.channels[0].tewl, number, len(zones)) for number, zone in enumerate(zones, 1)]
    before = float(np.median([np.nanmedian(zone.skin.tewl) for zone in zones]))
    chart = _panel("Transepidermal water loss over four days", lines, zones, ("g/m²/h", "g/m²/h"))
    drawn = panel.draw(replace(chart, reference=before, reference_label="before"))
    return Chart("Water loss through the skin (TEWL)", "dashed: before treatment", drawn)


def _area(zones: tuple[ZoneRun, ...]) -> Chart:
    lines = [_line(zone, 100.0 * zone.channels[0].open_area, number, len(zones)) for number, zone in enumerate(zones, 1)]
    title = "Share of the skin surface that is open channel over four days"
    chart = _panel(title, lines, zones, ("%", "% of the surface"))
    return Chart("Skin that is open channel", "share of its surface", panel.draw(chart))


def _panel(title: str, lines: list[Line], zones: tuple[ZoneRun, ...], units: tuple[str, str]) -> Panel:
    """A panel over the first days; its unit in words, and on the axis."""
    said, drawn = units
    axis = _axis(zones[0].channels[0])
    return Panel(title, _described(lines, said), lines, axis, drawn, zero=True, width=450.0, height=230.0)


def _strips(zones: tuple[ZoneRun, ...]) -> list[Chart]:
    """One strip per zone that has channels, all to one scale."""
    widths = [2.0 * lookup.band(zone.channels[0].radius).middle for zone in zones]
    widest = max((width for width in widths if width > 0.0), default=0.0)
    found = (_mouths(zone, width, widest) for zone, width in zip(zones, widths, strict=True))
    return [strip for strip in found if strip is not None]


def _mouths(zone: ZoneRun, width: float, widest: float) -> Chart | None:
    """The mouth of one typical channel at chosen hours, its area in proportion to the open cross-section."""
    channels = zone.channels[0]
    low, middle, high = lookup.bands(channels.open_fraction)
    hours = [hour for hour in HOURS if hour <= channels.time[-1]]
    if not (width > 0.0 and np.isfinite(middle).all() and hours):
        return None
    at = [[float(np.interp(hour, channels.time, curve)) for curve in (low, middle, high)] for hour in hours]
    found = [_mouth(hour, width, shares) for hour, shares in zip(hours, at, strict=True)]
    name = lookup.zone_name(zone)
    said = "; ".join(f"{mouth.time}: {mouth.note} open ({mouth.range})" for mouth in found)
    figure = mouths.draw(found, widest, f"{name}: the mouth of one channel over three days, to scale", said)
    note = "area still open, to scale; outlined: 5\u2060–\u206095\u202f%"
    return Chart(f"{name}: one channel from above", note, figure)


def _mouth(hour: float, width: float, shares: list[float]) -> Mouth:
    """One moment: a diameter goes with the root of the open cross-section."""
    low, middle, high = shares
    narrow, typical, wide = (width * float(np.sqrt(max(share, 0.0))) for share in (low, middle, high))
    first, last = (_share(share).removesuffix("%").removesuffix(words.NARROW) for share in (low, high))
    band = first if first == last else f"{first}–{last}"
    return Mouth(words.given(hour, "h"), narrow, typical, wide, _share(middle), "" if band == "100" else band)


def _share(share: float) -> str:
    """A share in percent, two digits, nothing finer than a thousandth."""
    if share >= 1.0 - LEAST_SHARE:
        return words.with_unit("100", "%")
    return words.with_unit("<0.1", "%") if share < LEAST_SHARE else words.quantity(100.0 * share, "%")


def _line(zone: ZoneRun, values: np.ndarray, number: int, count: int) -> Line:
    low, middle, high = lookup.bands(values)
    return Line(zone.channels[0].time, middle, low, high, lookup.zone_name(zone) if count > 1 else "", number)


def _described(lines: list[Line], unit: str) -> str:
    said = [
        f"{line.label or 'Median'}: from {words.number(float(line.middle[0]))} to "
        f"{words.number(float(line.middle[-1]))} {unit}"
        for line in lines
        if np.isfinite(line.middle).all()
    ]
    return "; ".join(said)


def _closure(run: Run, zones: tuple[ZoneRun, ...]) -> Closure:
    """Closure time by read-out, then by what stays out, on one logarithmic axis, zone by zone."""
    kinds = [*_readouts(run, zones), *_permeants(run, zones)]
    known = [b for kind in kinds for b, _ in kind.found if b.known and b.low > 0.0]
    if not known:
        return Closure([], False, NO_FIGURE)
    scale = Scale(
        10.0 ** np.floor(np.log10(min(b.low for b in known))),
        10.0 ** np.ceil(np.log10(max(b.high for b in known))),
        0.0,
        1.0,
        log=True,
    )
    axis = rows.axis(scale, [(t, words.given(t, "h")) for t in scale.ticks(5)], "Hours, logarithmic")
    return Closure([row for kind in kinds for row in _rows(kind, zones, scale)], len(zones) > 1, axis)


@dataclass(frozen=True)
class _Kind:
    """One meaning of 'closed': words, grade, and for each zone its band and the times of all people."""

    name: str
    meaning: str
    grade: str
    found: list[tuple[Band, np.ndarray]]


def _readouts(run: Run, zones: tuple[ZoneRun, ...]) -> Iterator[_Kind]:
    """What an instrument would call closed."""
    from ...flows import READOUTS

    for n, readout in enumerate(READOUTS):
        times = [zone.channels[0].closure_time[:, n] for zone in zones]
        name, meaning = READOUT_WORDS.get(readout, (readout, ""))
        grade = lookup.grade_of(run, f"closure_time_{readout.lower()}")
        yield _Kind(name, meaning, grade, [(lookup.band(values, "h"), values) for values in times])


def _permeants(run: Run, zones: tuple[ZoneRun, ...]) -> Iterator[_Kind]:
    """What no longer enters, by its size, where the run has it for every zone."""
    for detail in lookup.unique(e.detail for e in run.endpoints if e.quantity == PERMEANT_CLOSURE):
        found = [lookup.first(run, PERMEANT_CLOSURE, zone.zone.key, detail) for zone in zones]
        if all(endpoint is not None for endpoint in found):
            name, meaning = PERMEANT_WORDS.get(detail.text, (words.title(detail.text), "by size alone"))
            bands = [(lookup.of(e), np.asarray(e.values)) for e in found if e is not None]
            yield _Kind(name, meaning, lookup.grade_of(run, PERMEANT_CLOSURE), bands)


def _rows(kind: _Kind, zones: tuple[ZoneRun, ...], scale: Scale) -> Iterator[Row]:
    for number, (zone, (found, times)) in enumerate(zip(zones, kind.found, strict=True)):
        name = lookup.zone_name(zone)
        yield Row(
            first=number == 0,
            span=len(zones),
            name=kind.name,
            meaning=kind.meaning,
            zone=name if len(zones) > 1 else "",
            band=found,
            remark=_never(times),
            grade=kind.grade,
            figure=rows.row(
                scale,
                rows.Interval(found.low, found.middle, found.high),
                f"{kind.name}, {name}: {found.text}",
                tone=number % PER_CHART + 1,
            ),
        )


def _never(times: np.ndarray) -> str:
    """Channels that never close are outside every band: said, not hidden."""
    share = float(np.isinf(times).mean()) if times.size else 0.0
    return f"never in {words.number(100.0 * share)}{words.NARROW}%" if share > 0.0 else ""


def _sentences(zones: tuple[ZoneRun, ...]) -> list[str]:
    bands = [lookup.band(zone.channels[0].closure_time[:, n], "h") for zone in zones for n in range(4)]
    known = [b for b in bands if b.known]
    if not known:
        return []
    low, high = min(b.middle for b in known), max(b.middle for b in known)
    return [
        f"What counts as closed depends on what is measured: from {words.lapse(low / 24.0)} to {words.lapse(high / 24.0)}.",
        "Channels drawn are those of the first session.",
    ]
