"""A follow-up as plain data: `follow.json`, and what `dermatwin follow --json` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ..twin.summary import INTENT
from .coming import Coming
from .follow import CourseBand, Follow
from .forecast import Foreseen
from .judged import Judged
from .triage import Triage


def told(found: Follow) -> dict[str, Any]:
    """Everything that a page shows, with the weights of the people, rounded to six digits."""
    return {
        "title": found.planned.title,
        "intent": INTENT,
        "verdict": found.screening.verdict,
        "day": found.day,
        "done": list(found.done),
        "level": found.level,
        "triage": [_triage(one) for one in found.triage],
        "observations": [_judged(one) for one in found.observations],
        "asked": [{"path": one.path, "found": one.found, "expected": one.expected} for one in found.asked],
        "forecast": [_foreseen(one) for one in found.forecast],
        "moved": [
            {"what": one.title, "shift_sd": _number(one.shift), "spread_left": _number(one.narrowed)} for one in found.moved
        ],
        "awaited": found.awaited,
        "next": [_coming(one) for one in found.coming],
        "courses": [_course(one) for one in found.courses],
        "people": {
            "seed": found.seed,
            "draws": found.draws,
            "effective": _number(found.effective),
            "believed": _number(found.weighed.exponent),
            "weights": [_number(weight) for weight in found.weights],
        },
        "provenance": {**found.run.provenance, "draws": found.draws},
    }


def _triage(one: Triage) -> dict[str, Any]:
    return {
        "note": one.noted.symptom,
        "zone": one.noted.zone,
        "time_days": one.noted.time,
        "session": one.session,
        "hours_since": _number(one.hours),
        "level": one.level,
        "advice": [vars(advice) | {"sources": list(advice.sources)} for advice in one.advice],
        "denied": list(one.denied),
        "remarks": list(one.remarks),
    }


def _judged(one: Judged) -> dict[str, Any]:
    seen = one.seen
    return {
        "path": seen.where,
        "name": seen.name.text,
        "title": seen.title,
        "zone": seen.zone,
        "time_days": seen.day,
        "session": None if seen.session is None else seen.session + 1,
        "value": _number(seen.value),
        "unit": seen.unit,
        "by": seen.reader,
        "error": None if seen.sure is None else _number(seen.sure.error),
        "error_on": None if seen.sure is None else seen.sure.form,
        "p05": _number(one.low),
        "median": _number(one.median),
        "p95": _number(one.high),
        "status": one.status,
        "share": _number(one.share),
        "side": one.side,
        "words": one.words,
        "look_for": one.look_for,
        "learnt": one.learnt,
        "left_out": seen.left_out,
    }


def _foreseen(one: Foreseen) -> dict[str, Any]:
    return {
        "name": one.name.text,
        "title": one.title,
        "zone": one.zone,
        "unit": one.unit,
        "before": [_number(value) for value in one.before],
        "after": [_number(value) for value in one.after],
        "width_left": _number(one.narrowed),
        "moved_half_widths": _number(one.moved),
    }


def _coming(one: Coming) -> dict[str, Any]:
    return {
        "name": one.ask.name.text,
        "title": one.title,
        "zone": one.ask.zone,
        "time_days": one.ask.day,
        "by": one.reader,
        "narrows_by": _number(one.narrowing),
    }


def _course(one: CourseBand) -> Mapping[str, Any]:
    bands = {
        f"{when}_{name}": [_number(value) for value in row]
        for when, rows in (("before", one.before), ("after", one.after))
        for name, row in zip(("p05", "median", "p95"), rows, strict=True)
    }
    return {"name": one.name.text, "zone": one.zone, "unit": one.unit, "days": [_number(day) for day in one.days], **bands}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{float(value):.6g}")
