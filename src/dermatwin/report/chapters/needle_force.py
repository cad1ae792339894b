"""The force on one needle while it goes in, with the band over all draws, and the dimple that it leaves under its plate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from .. import words
from ..figures import panel
from ..figures.panel import Axis, Line, Panel
from ..figures.scales import multiples, nice_step, tick_labels
from . import lookup

if TYPE_CHECKING:
    from ...insertion import ForceCourse
    from ...twin import Run, ZoneRun

BAND = (0.05, 0.95)


def course_of(run: Run, zone: ZoneRun) -> ForceCourse | None:
    """Force courses of the first session, from the same draws as the run; None where the run does not say which."""
    if zone.device is None or zone.set_first is None or not {"seed", "draws", "vary"} <= run.provenance.keys():
        return None
    from ...core import Luck
    from ...evidence import Draws
    from ...insertion import force_course

    known = run.provenance
    draws = Draws(run.evidence, Luck(int(known["seed"]), int(known.get("kept", known["draws"])), frozenset(known["vary"])))
    return force_course(zone.device, zone.set_first, zone.skin, draws, zone.punctures[0].session)


def typical(course: ForceCourse) -> int | None:
    """The draw that lies nearest to the medians of both forces, the way and the depth; None if none pierces."""
    good = np.flatnonzero(course.pierced & np.isfinite(course.force).all(axis=1))
    if not good.size:
        return None
    traits = (course.puncture_force, course.final_force, course.way[:, -1], course.in_situ_depth)
    far = [np.abs(np.log(np.maximum(t[good], 1e-12) / np.maximum(np.median(t[good]), 1e-12))) for t in traits]
    return int(good[np.argmin(np.sum(far, axis=0))])


def envelope(course: ForceCourse, way: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """5 and 95 % of the force over draws at each way; a needle that has come to rest keeps its force."""
    known = np.isfinite(course.way).all(axis=1) & np.isfinite(course.force).all(axis=1)
    at = [np.interp(way, w, f) for w, f in zip(course.way[known], course.force[known], strict=True)]
    low, high = np.quantile(np.array(at), BAND, axis=0)
    return low, high


@dataclass(frozen=True)
class ForceChart:
    """The force on one needle, with the words for it."""

    title: str
    note: str
    words: str
    figure: Markup


def force_chart(zone: ZoneRun, course: ForceCourse) -> ForceChart | None:
    """The chart of force against the way of the tip."""
    number = typical(course)
    if number is None:
        return None
    way, force = course.way[number], course.force[number]
    low, high = envelope(course, way)
    gives, last, depth = (float(v[number]) for v in (course.puncture_force, course.final_force, course.in_situ_depth))
    ticks = multiples(0.0, float(way[-1]), nice_step(float(way[-1]), 6))
    said = (
        f"A typical needle presses a dimple until the skin gives way at {words.quantity(gives, 'N')}; "
        f"at its deepest, {words.quantity(depth, 'mm')} in the skin, it feels {words.quantity(last, 'N')}."
    )
    axis = Axis(0.0, float(way[-1]), ticks, tick_labels(ticks), "mm, way of the tip since it touched the skin")
    chart = Panel(
        f"{lookup.zone_name(zone)}: force on one needle while it goes in",
        said,
        [Line(way, force, low, high)],
        axis,
        "N",
        zero=True,
        reference=gives,
        width=450.0,
        height=230.0,
    )
    return ForceChart(
        "Force on one needle",
        "a typical needle; dotted: the skin gives way",
        f"{said} Band: 5–95\u202f% of all draws.",
        panel.draw(chart),
    )
