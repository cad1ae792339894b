"""Chapter 3: how the channels close, by the open cross-section, by water loss and by four meanings of 'closed'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import words
from ..figures import panel, rows
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import Scale
from . import lookup

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
PER_CHART = 3


def closing(run: Run) -> dict[str, Any] | None:
    """Courses of the first four days and closure times; None where nothing is needled."""
    zones = lookup.treated(run)
    if not zones:
        return None
    groups = [zones[first : first + PER_CHART] for first in range(0, len(zones), PER_CHART)]
    return {
        "charts": [chart for group in groups for chart in (_open(group), _tewl(group))],
        "closure": _closure(run, zones),
        "sentences": _sentences(zones),
    }


def _axis(channels: Channels) -> Axis:
    """Time on a logarithmic axis: the first minutes and the fourth day both matter."""
    last = min(FIRST_HOURS, float(channels.time[-1]))
    shown = [(hours, label.replace(" ", words.SPACE)) for hours, label in TICKS if hours <= last]
    return Axis(FIRST_MINUTE, last, [t for t, _ in shown], [label for _, label in shown], "after the session", log=True)


def _open(zones: tuple[ZoneRun, ...]) -> dict[str, Any]:
    lines = [_line(zone, 100.0 * zone.channels[0].open_fraction, number, len(zones)) for number, zone in enumerate(zones, 1)]
    return {
        "title": "Open cross-section of the channels",
        "note": "just after the needling = 100\u202f%",
        "figure": panel.draw(
            Panel(
                "Open cross-section of the channels over four days",
                _described(lines, "%"),
                lines,
                _axis(zones[0].channels[0]),
                "% open",
                zero=True,
                width=450.0,
                height=230.0,
            )
        ),
    }


def _tewl(zones: tuple[ZoneRun, ...]) -> dict[str, Any]:
    lines = [_line(zone, zone.channels[0].tewl, number, len(zones)) for number, zone in enumerate(zones, 1)]
    before = float(np.median([np.nanmedian(zone.skin.tewl) for zone in zones]))
    return {
        "title": "Water loss through the skin (TEWL)",
        "note": "dashed: before treatment",
        "figure": panel.draw(
            Panel(
                "Transepidermal water loss over four days",
                _described(lines, "g/m²/h"),
                lines,
                _axis(zones[0].channels[0]),
                "g/m²/h",
                zero=True,
                reference=before,
                reference_label="before",
                width=450.0,
                height=230.0,
            )
        ),
    }


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


def _closure(run: Run, zones: tuple[ZoneRun, ...]) -> dict[str, Any]:
    """Closure time by read-out on a logarithmic axis, zone by zone."""
    from ...flows import READOUTS

    bands = [[lookup.band(zone.channels[0].closure_time[:, n], "h") for n in range(len(READOUTS))] for zone in zones]
    known = [b for row in bands for b in row if b.known and b.low > 0.0]
    if not known:
        return {"rows": [], "axis": ""}
    scale = Scale(
        10.0 ** np.floor(np.log10(min(b.low for b in known))),
        10.0 ** np.ceil(np.log10(max(b.high for b in known))),
        0.0,
        1.0,
        log=True,
    )
    found = []
    for n, readout in enumerate(READOUTS):
        name, meaning = READOUT_WORDS.get(readout, (readout, ""))
        for number, zone in enumerate(zones):
            b = bands[number][n]
            found.append(
                {
                    "first": number == 0,
                    "span": len(zones),
                    "name": name,
                    "meaning": meaning,
                    "zone": lookup.zone_name(zone) if len(zones) > 1 else "",
                    "band": b,
                    "remark": _never(zone.channels[0].closure_time[:, n]),
                    "grade": lookup.grade_of(run, f"closure_time_{readout.lower()}"),
                    "figure": rows.row(
                        scale,
                        rows.Interval(b.low, b.middle, b.high),
                        f"{name}, {lookup.zone_name(zone)}: {b.text}",
                        tone=number % PER_CHART + 1,
                    ),
                }
            )
    return {
        "rows": found,
        "many": len(zones) > 1,
        "axis": rows.axis(scale, [(t, words.given(t, "h")) for t in scale.ticks(5)], "Hours, logarithmic"),
    }


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
