"""Numbness: how much of the nerves is blocked around the needling, when it begins, and how long it stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import marked
from ..figures.marked import Course, Mark
from ..figures.panel import Axis, Line
from ..figures.scales import tick_labels, time_ticks
from . import lookup
from .delivery_field import draws_of
from .lookup import Band, band

if TYPE_CHECKING:
    from ...delivery import Numbness
    from ...evidence import Draws
    from ...twin import Run, ZoneRun

MINUTES = 60.0
TICKS = (10, 15, 20, 30, 60, 120, 180, 240, 360, 720)
FADED = 20.0  # % of block that is nearly over
AFTER, LONGEST = 30.0, 300.0  # minutes shown after the needling at least and at most


@dataclass(frozen=True)
class Told:
    """One number about numbness, in words."""

    label: str
    value: str
    range: str


@dataclass(frozen=True)
class Zone:
    """Numbness in one zone, first session."""

    name: str
    figure: Markup
    facts: list[Told]
    sentence: str
    note: str
    grade: str


@dataclass(frozen=True)
class Numbed:
    """Every zone in which something numbs."""

    zones: list[Zone]

    @property
    def sentences(self) -> list[str]:
        """What is said beside the chapter."""
        return [zone.sentence for zone in self.zones]


def numbness(run: Run) -> Numbed | None:
    """One chart per zone in which something numbs, first session; None where nothing does."""
    draws = draws_of(run)
    zones = [zone for zone in run.zones if zone.numb]
    if draws is None or not zones:
        return None
    return Numbed([_zone(run, zone, draws) for zone in zones])


def _zone(run: Run, zone: ZoneRun, draws: Draws) -> Zone:
    from ...delivery.numbness import duration, onset, time_to_numb

    numb, level = zone.numb[0], draws.median("numb_block", "1")
    starts, stays = onset(numb, draws), duration(numb, draws)
    ready, wait = _share_numb(numb, level, 0.0), time_to_numb(numb, draws)
    reached = float(np.isfinite(starts).mean())
    name, since = lookup.zone_name(zone), "after wiping off" if numb.remove is not None else "from the needling on"
    facts = [
        Told("Numb when the needling starts", f"{_percent(ready)} of people", ""),
        Told("Begins after application", *_written(band(starts, "min"), reached)),
        Told(f"Stays {since}", *_stays(band(stays, "min"), numb, level)),
    ]
    until = (
        f"it takes {_minutes(wait)} until {_percent(draws.median('numb_people', '1'))} are"
        if np.isfinite(wait)
        else f"only {_percent(reached)} ever become so"
    )
    return Zone(
        name,
        marked.draw(_course(numb, name, level, starts)),
        facts,
        f"{_started(name, numb, ready)}; {until}.",
        f"Line: median; band: 5–95{words.NARROW}% of people. Called numb where at least {_percent(level)} "
        "of the nerves that carry pain are blocked.",
        lookup.grade_of(run, "numbness_onset"),
    )


def _share_numb(numb: Numbness, level: float, hour: float) -> float:
    at = np.array([np.interp(hour, numb.time, values) for values in numb.block])
    return float((at > level).mean())


def _percent(share: float) -> str:
    return words.with_unit(words.fixed(100.0 * share, 0), "%")


def _written(found: Band, reached: float) -> tuple[str, str]:
    if not found.known:
        return "never", ""
    only = f", in the {_percent(reached)} who become numb" if reached < 1.0 else ""
    return words.with_unit(found.value, "min"), (f"({found.range})" if found.range else "") + only


def _stays(found: Band, numb: Numbness, level: float) -> tuple[str, str]:
    open_ended = bool((numb.block[:, -1] > level).any())
    return words.with_unit(found.value, "min"), (f"({found.range})" if found.range else "") + (
        ", at least: some are numb to the end of what was computed" if open_ended else ""
    )


def _started(name: str, numb: Numbness, ready: float) -> str:
    first = f"{name}: {_percent(ready)} of people are numb when the needling starts"
    return first + (f", {_minutes(-MINUTES * numb.apply)} after application" if numb.apply < 0.0 else "")


def _minutes(minutes: float) -> str:
    return f"{minutes:.0f}{words.NARROW}min"


def _course(numb: Numbness, name: str, level: float, starts: np.ndarray) -> Course:
    time = MINUTES * numb.time
    low, middle, high = (100.0 * curve for curve in lookup.bands(numb.block))
    first, last = MINUTES * numb.apply, _end(numb, time, high)
    ticks = time_ticks(first, last, 7, TICKS)
    begins = first + float(np.median(np.where(np.isnan(starts), np.inf, starts)))
    marks = [Mark(first, "put on", "session"), Mark(0.0, "needling", "needling")]
    if numb.remove is not None:
        marks.append(Mark(MINUTES * numb.remove, "wiped off", "session"))
    if np.isfinite(begins):
        marks.append(Mark(begins, "half are numb", "level tip"))
    now, most = (words.number(float(value)) for value in (np.interp(0.0, time, middle), middle.max()))
    said = f"median block {now} % at the needling, highest {most} %"
    return Course(
        f"{name}: share of pain nerves that is blocked",
        said,
        Line(time, middle, low, high),
        Axis(first, last, ticks, tick_labels(ticks), "minutes from the needling"),
        100.0 * level,
        "numb",
        marks,
        (first, last if numb.remove is None else MINUTES * numb.remove),
        "on the skin",
    )


def _end(numb: Numbness, time: np.ndarray, high: np.ndarray) -> float:
    """Minute at which the chart ends: when the block has faded in nearly everybody."""
    busy = time[high > FADED]
    faded = float(busy[-1]) if busy.size else 0.0
    removed = 0.0 if numb.remove is None else MINUTES * numb.remove
    wanted = min(max(faded, removed + AFTER, AFTER), LONGEST, float(time[-1]))
    return 30.0 * float(np.ceil(wanted / 30.0)) if wanted < time[-1] else wanted
