"""What the twin says an observation should show: values of every person at its place, its day and its session.

Grades of redness and swelling are read from the courses on a scale of the eye,

    g = x/x_1 below what is noticed, else 1 + (g_peak - 1) ln(x/x_1)/ln(x_peak/x_1),  within 0-4,

1 is what is just noticed (x_1), g_peak the largest of the usual course (x_peak); what they are for an eye is assumed. Days
off work are those until make-up may go on, a score is the severity before treatment and the change since.
"""

from __future__ import annotations

import numpy as np

from ..case import Zone
from ..core.units import factor
from ..evidence import Evidence
from ..flows import Curve
from ..naming import Detail, Name
from ..outcome import concerns
from ..twin import Endpoint, Run
from ..twin.comparison import NEAR

GRADED = {"redness_grade": ("erythema_rise", "redness"), "swelling_grade": ("oedema", "swelling")}
INSTEAD = {"days_off_work": "downtime_makeup", "score": "scale_change"}
"""Quantity of an observation -> the one of a run from which it is read."""

TOP = 4  # grade


def values_at(run: Run, name: Name, zone: str, day: float | None, session: int | None) -> np.ndarray | None:
    """Values (draw,) of a quantity in a zone on a day, after a session counted from 0; None where the run has none."""
    if name.quantity in GRADED:
        quantity, sign = GRADED[name.quantity]
        course = _on_curve(run, Name(quantity), zone, day, session)
        return None if course is None else graded(course, sign, run.evidence)
    found = INSTEAD.get(name.quantity, name.quantity)
    values = _on_curve(run, Name(found, name.detail), zone, day, session)
    if values is None:
        end = _endpoint(run, found, name.detail, zone, day)
        values = None if end is None else end.values
    if values is None or name.quantity != "score":
        return values
    start = severity_of(run, zone, name.detail.scale)
    return None if start is None else start + values


def reads_of(run: Run, name: Name, zone: str) -> frozenset[str]:
    """Names of what was read for a quantity of a zone."""
    found = GRADED[name.quantity][0] if name.quantity in GRADED else INSTEAD.get(name.quantity, name.quantity)
    reads = [curve.reads for curve in run.curves if curve.quantity == found and curve.zone == zone]
    reads += [end.reads for end in run.endpoints if end.quantity == found and end.zone == zone]
    return frozenset[str]().union(*reads)


def graded(course: np.ndarray, sign: str, evidence: Evidence) -> np.ndarray:
    """A sign as an eye would grade it, 0-4; shape as given."""
    if sign == "redness":
        first, peak = evidence.value("noticeable_erythema", "1"), evidence.value("erythema_reference_peak", "1")
    else:
        first, peak = evidence.value("noticeable_swelling", "1"), 1.0
    top = evidence.value(f"usual_peak_grade[{sign}]", "1")
    seen = np.maximum(course, 0.0) / first
    steps = 1.0 + (top - 1.0) * np.log(np.maximum(seen, 1.0)) / np.log(peak / first)
    return np.minimum(np.where(seen < 1.0, seen, steps), TOP)


def severity_of(run: Run, zone: str, scale: str | None) -> float | None:
    """The score before treatment on a scale, where the case says it."""
    return before(run.case.zone(zone), scale, run.evidence)


def before(zone: Zone, scale: str | None, evidence: Evidence) -> float | None:
    """The same of a zone of a case; a concern without a scale is read on its usual one."""
    usual = concerns(evidence)
    scored = ((one.scale or usual[one.concern].default_scale, one.severity) for one in zone.concerns if one.concern in usual)
    return next((severity for read_on, severity in scored if read_on == scale and severity is not None), None)


def session_on(days: tuple[float, ...], day: float) -> int | None:
    """The last session that was held by a day, counted from 0; None before the first."""
    return max((number for number, held in enumerate(days) if held <= day), default=None)


def _on_curve(run: Run, name: Name, zone: str, day: float | None, session: int | None) -> np.ndarray | None:
    if day is None:
        return None
    detail = Detail() if name.detail.session is not None else name.detail
    found = [c for c in run.curves if c.quantity == name.quantity and c.zone == zone and c.detail == detail]
    after = [curve for curve in found if curve.session is not None and curve.session == session]
    if after and session is not None:
        hours = (day - run.case.session_days[session]) * factor("d", "h")
        return _read(after[0], hours)
    whole = [curve for curve in found if curve.session is None]
    return _read(whole[0], day) if whole and day <= whole[0].time[-1] else None


def _read(curve: Curve, time: float) -> np.ndarray:
    """A course at a time, straight between samples; at its ends where it was not followed further."""
    place = int(np.clip(np.searchsorted(curve.time, time), 1, len(curve.time) - 1))
    before, after = curve.time[place - 1], curve.time[place]
    share = float(np.clip((time - before) / (after - before), 0.0, 1.0))
    return curve.values[:, place - 1] * (1.0 - share) + curve.values[:, place] * share


def _endpoint(run: Run, quantity: str, detail: Detail, zone: str, day: float | None) -> Endpoint | None:
    if quantity not in run.evidence.quantities:
        return None
    ends = [e for e in run.endpoints if e.quantity == quantity and e.zone == zone and detail in (Detail(), e.detail)]
    if not ends:
        return None
    if day is None or detail.session is not None:
        return ends[0]
    best = min(ends, key=lambda end: abs((end.time_days or 0.0) - day))
    off = abs((best.time_days or 0.0) - day)
    return best if best.time_days is None or off <= max(1.0, NEAR * abs(day)) else None
