"""Chapter 5: the tissue over the whole course, from platelets to collagen, zone by zone.

Tissue is shown over the whole course; cells that come and go within days after every session are shown after the first
one, where they can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...naming import Detail
from .. import words
from ..figures import panel
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import DAY_STEPS, tick_labels, time_ticks
from . import healing_field, lookup
from .healing_field import Failure, Film
from .piece import Chart

if TYPE_CHECKING:
    from ...twin import Run, ZoneRun

LAYER = "papillary_dermis"
PER_CHART = 3
WEEK = 7.0
SOON, LATER = 14.0, 56.0  # days shown: after the first session, and of repair after the last one


@dataclass(frozen=True)
class Course:
    """One time course to show: a curve of a layer, else a state of the network in it."""

    title: str
    quantity: str
    state: str = ""
    layer: str = LAYER
    baseline: float | None = None
    unit: str = "% of a full wound’s peak"
    factor: float = 100.0


def _cell(title: str, state: str) -> Course:
    return Course(title, f"mean_{state}", state)


def _tissue(title: str, state: str, layer: str = LAYER) -> Course:
    return Course(title, f"mean_{state}", state, layer, 100.0, "% of baseline")


def _collagen(where: str, layer: str) -> Course:
    return Course(f"All collagen, {where}", "collagen_density", "", layer, 0.0, "% change", 1.0)


@dataclass(frozen=True)
class Group:
    """Courses that belong together; `soon` after the first session, or `later` days after the last one."""

    title: str
    note: str
    courses: tuple[Course, ...]
    soon: float | None = None
    later: float | None = None

    def until(self, run: Run) -> float:
        """Last day that is shown."""
        if self.soon is not None:
            return min(self.soon, run.case.horizon)
        last = lookup.session_days(run)[-1] + self.later if self.later is not None else run.case.horizon
        return min(last, run.case.horizon)


GROUPS = (
    Group(
        "Inflammation",
        "the two weeks after the first session; it comes back after each",
        (
            _cell("Neutrophils", "neutrophils"),
            _cell("Macrophages, inflammatory (M1)", "macrophages_m1"),
            _cell("Macrophages, repairing (M2)", "macrophages_m2"),
        ),
        soon=SOON,
    ),
    Group(
        "Repair",
        "signals and cells that build new tissue, until eight weeks after the last session",
        (
            _cell("TGF-β1", "tgf_beta_1"),
            _cell("TGF-β3", "tgf_beta_3"),
            _cell("VEGF", "vegf"),
            _cell("Activated fibroblasts", "fibroblasts"),
            _cell("Myofibroblasts", "myofibroblasts"),
            _tissue("Small vessels", "vessels"),
        ),
        later=LATER,
    ),
    Group(
        "New tissue",
        "what stays for months",
        (
            _collagen("papillary dermis", LAYER),
            _collagen("upper reticular dermis", "upper_reticular_dermis"),
            _tissue("Collagen III", "collagen_iii"),
            _tissue("Collagen I, young", "collagen_i"),
            _tissue("Collagen I, mature", "collagen_mature"),
            _tissue("Elastin, working", "elastin"),
            _tissue("Hyaluronan", "hyaluronan"),
            _tissue("Epidermis, thickness", "epidermis", "epidermis"),
        ),
    ),
)


@dataclass(frozen=True)
class Charts:
    """The charts of one group of courses."""

    title: str
    note: str
    charts: list[Chart]


@dataclass(frozen=True)
class Healing:
    """What the chapter shows."""

    groups: list[Charts]
    sentences: list[str]
    field: Film | Failure | None


def healing(run: Run) -> Healing | None:
    """Small multiples of the healing; None where nothing is needled."""
    zones = lookup.treated(run)
    if not zones:
        return None
    sets = [zones[first : first + PER_CHART] for first in range(0, len(zones), PER_CHART)]
    groups = [
        Charts(
            group.title,
            group.note,
            [c for part in sets for course in group.courses if (c := _chart(run, course, part, group.until(run)))],
        )
        for group in GROUPS
    ]
    return Healing([g for g in groups if g.charts], _sentences(run, zones), healing_field.healing_field(run))


def _values(run: Run, course: Course, zone: ZoneRun) -> tuple[np.ndarray, np.ndarray] | None:
    """Times and values (draw, time) of a course: the named curve, else the state in its layer."""
    from ...flows import LAYERS

    found = lookup.curve(run, course.quantity, zone.zone.key, detail=Detail(layer=course.layer))
    if found is not None:
        return found.time, course.factor * found.values
    history = zone.history
    if course.state not in history.states:
        return None
    return history.time, course.factor * history.state(course.state)[:, LAYERS.index(course.layer), :]


def _chart(run: Run, course: Course, zones: tuple[ZoneRun, ...], until: float) -> Chart | None:
    lines = []
    for number, zone in enumerate(zones, start=1):
        found = _values(run, course, zone)
        if found is None:
            continue
        low, middle, high = lookup.bands(found[1])
        if np.isfinite(middle).any():
            lines.append(Line(found[0], middle, low, high, lookup.zone_name(zone) if len(zones) > 1 else "", number))
    if not lines:
        return None
    peak = max(float(np.nanmax(line.middle)) for line in lines)
    chart = Panel(
        f"{course.title} over the course",
        f"Highest median {words.number(peak)} {course.unit}.",
        lines,
        week_axis(0.0, until),
        course.unit,
        zero=course.baseline is None,
        reference=course.baseline,
        marks=lookup.session_days(run),
    )
    return Chart(course.title, "", panel.draw(chart))


def week_axis(low: float, high: float) -> Axis:
    """A time axis in weeks (days for a short stretch)."""
    if high - low <= 3.0 * WEEK:
        ticks = time_ticks(low, high, 7, (1, 2, 3, 7))
        return Axis(low, high, ticks, tick_labels(ticks), "days after the first session")
    ticks = time_ticks(low, high, 6, [d for d in DAY_STEPS if d % 7 == 0])
    return Axis(low, high, ticks, tick_labels([t / WEEK for t in ticks]), "weeks after the first session")


def _sentences(run: Run, zones: tuple[ZoneRun, ...]) -> list[str]:
    from ...flows import LAYERS

    said = [
        f"Cells and signals are those of the {words.name(LAYER)}. A fine vertical line marks a session; the band holds "
        "nine of ten possible people."
    ]
    layer = LAYERS.index(LAYER)
    for zone in zones[:PER_CHART]:
        share = lookup.band(100.0 * zone.history.activated_fraction[:, layer, 0], "%")
        if share.known:
            said.append(f"{lookup.zone_name(zone)}: one session sets healing going in {share.text} of that layer.")
    return said
