"""Chapter 5: the tissue over the whole course, from platelets to collagen, in one layer, zone by zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import words
from ..figures import panel
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import DAY_STEPS, time_ticks
from . import lookup

if TYPE_CHECKING:
    from ...twin import Run, ZoneRun

LAYER = "papillary_dermis"
PER_CHART = 3
WEEK = 7.0


@dataclass(frozen=True)
class Course:
    """One time course to show: names of curves in order of preference, the state behind it, words, baseline."""

    title: str
    curves: tuple[str, ...]
    state: str
    layer: str
    baseline: float | None
    unit: str
    factor: float = 1.0


_TISSUE = "% of baseline"
_PEAK = "% of a full wound’s peak"
GROUPS: tuple[tuple[str, str, tuple[Course, ...]], ...] = (
    ("Inflammation", "Cells that clean up, and the alarm that calls them.", (
        Course("Platelets", (), "platelets", LAYER, None, _PEAK, 100.0),
        Course("Neutrophils", (), "neutrophils", LAYER, None, _PEAK, 100.0),
        Course("Macrophages, inflammatory (M1)", (), "macrophages_m1", LAYER, None, _PEAK, 100.0),
        Course("Macrophages, repairing (M2)", (), "macrophages_m2", LAYER, None, _PEAK, 100.0),
    )),
    ("Repair", "Signals and cells that build new tissue.", (
        Course("TGF-β1", (), "tgf_beta_1", LAYER, None, _PEAK, 100.0),
        Course("TGF-β3", (), "tgf_beta_3", LAYER, None, _PEAK, 100.0),
        Course("VEGF", (), "vegf", LAYER, None, _PEAK, 100.0),
        Course("Activated fibroblasts", (), "fibroblasts", LAYER, None, _PEAK, 100.0),
        Course("Myofibroblasts", (), "myofibroblasts", LAYER, None, _PEAK, 100.0),
        Course("Small vessels", (), "vessels", LAYER, 100.0, _TISSUE, 100.0),
    )),
    ("New tissue", "What stays for months.", (
        Course("Collagen III", ("collagen_iii",), "collagen_iii", LAYER, 100.0, _TISSUE, 100.0),
        Course("Collagen I, new", ("collagen_i",), "collagen_i", LAYER, 100.0, _TISSUE, 100.0),
        Course("Collagen I, mature", ("collagen_mature",), "collagen_mature", LAYER, 100.0, _TISSUE, 100.0),
        Course("Elastin, working", ("elastin",), "elastin", LAYER, 100.0, _TISSUE, 100.0),
        Course("Hyaluronan", ("hyaluronan",), "hyaluronan", LAYER, 100.0, _TISSUE, 100.0),
        Course("Epidermis, thickness", ("epidermal_thickness",), "epidermis", "epidermis", 100.0, _TISSUE, 100.0),
    )),
)


def healing(run: Run) -> dict[str, Any] | None:
    """Small multiples of the healing; None where nothing is needled."""
    zones = lookup.treated(run)
    if not zones:
        return None
    sets = [zones[first:first + PER_CHART] for first in range(0, len(zones), PER_CHART)]
    groups = [{"title": title, "note": note, "charts": [c for courses_of in sets for course in courses
                                                        if (c := _chart(run, course, courses_of))]}
              for title, note, courses in GROUPS]
    return {"layer": words.name(LAYER), "groups": [g for g in groups if g["charts"]], "sentences": _sentences(run, zones)}


def _values(run: Run, course: Course, zone: ZoneRun) -> tuple[np.ndarray, np.ndarray] | None:
    """Times and values (draw, time) of a course: the named curve, else the state in its layer."""
    from ...flows import LAYERS

    for name in course.curves:
        found = lookup.curves(run, name, f"{name}[{course.layer}]", zone=zone.zone.key)
        if found:
            return found[0].time, course.factor * found[0].values
    history = zone.history
    if course.state not in history.states:
        return None
    return history.time, course.factor * history.state(course.state)[:, LAYERS.index(course.layer), :]


def _chart(run: Run, course: Course, zones: tuple[ZoneRun, ...]) -> dict[str, Any] | None:
    lines = []
    for number, zone in enumerate(zones, start=1):
        found = _values(run, course, zone)
        if found is None:
            continue
        time, values = found
        low, middle, high = lookup.bands(values)
        if np.isfinite(middle).any():
            lines.append(Line(time, middle, low, high, lookup.zone_name(zone) if len(zones) > 1 else "", number))
    if not lines:
        return None
    axis = week_axis(float(lines[0].x[0]), float(lines[0].x[-1]))
    peak = max(float(np.nanmax(line.middle)) for line in lines)
    return {"title": course.title, "figure": panel.draw(Panel(
        f"{course.title} over the course", f"Highest median {words.number(peak)} {course.unit}.", lines, axis, course.unit,
        zero=course.baseline is None, reference=course.baseline, marks=lookup.session_days(run)))}


def week_axis(low: float, high: float) -> Axis:
    """A time axis in weeks (days for a short course)."""
    if high - low <= 2.0 * WEEK:
        ticks = time_ticks(low, high, 7, (1, 2))
        return Axis(low, high, ticks, [words.number(t) for t in ticks], "days after the first session")
    ticks = time_ticks(low, high, 6, [d for d in DAY_STEPS if d % 7 == 0])
    return Axis(low, high, ticks, [words.number(t / WEEK, 3) for t in ticks], "weeks after the first session")


def _sentences(run: Run, zones: tuple[ZoneRun, ...]) -> list[str]:
    from ...flows import LAYERS

    said = ["Fine vertical lines mark the sessions; the shaded band holds 90 of 100 possible people."]
    layer = LAYERS.index(LAYER)
    for zone in zones[:PER_CHART]:
        share = lookup.band(100.0 * zone.history.activated_fraction[:, layer, 0], "%")
        if share.known:
            said.append(f"{lookup.zone_name(zone)}: a session sets healing going in {share.text} of the {words.name(LAYER)}; "
                        "the curves are for that part.")
    return said
