"""A search as plain data for JSON, and in words."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...evidence import Evidence, weakest
from .calendar import session_date
from .candidate import weeks
from .offer import Marginal, Offer, name_of
from .seek import Found
from .worth import Worth

BAND = (0.05, 0.5, 0.95)  # numerical: shares of people


def to_dict(found: Found) -> dict[str, Any]:
    """What was found, with bands over people, grade and sources of every offer."""
    space = found.space
    return {
        "offers": [] if space is None else [_offer(offer, found) for offer in found.offers],
        "nothing_done": None if found.nothing is None else {"gain": _band(found.nothing.gain)},
        "reason": found.reason,
        "instead": instead(found),
        "left_out": [] if space is None else list(space.notes),
        "searched": {
            "courses": 0 if space is None else space.size,
            "looked_at": list(found.tried),
            "people": found.people,
            "refused": found.refused,
            "held": 0 if space is None else space.done,
            "different_people": found.different,
            "interrupted": found.interrupted,
        },
    }


def instead(found: Found) -> list[dict[str, Any]]:
    """Concerns that get no course, with what there is instead and why."""
    return [
        {
            "zone": p.zone,
            "concern": p.concern,
            "verdict": p.verdict,
            "on_hold": p.on_hold,
            "reasons": [str(r) for r in p.reasons],
        }
        for p in found.plan.proposals
        if p.verdict != "course"
    ]


def course_in_words(offer: Offer, found: Found) -> str:
    """The course of an offer in one line."""
    assert found.space is not None
    candidate, space = offer.candidate, found.space
    own = space.devices[candidate.device]
    each = "; ".join(
        f"{zone.key} later" if needling is None else f"{zone.key} {needling.length:g} mm, {needling.passes} passes"
        for zone, needling in zip(space.zones, candidate.zones, strict=True)
    )
    beside = space.beside[candidate.beside]
    also = f"; with {name_of(beside)}" if beside is not None else ""
    coming, more = candidate.count - space.done, "more " if space.done else ""
    apart = f", {weeks(candidate.interval):g} weeks apart" if candidate.count > 1 else ""
    sessions = f"1 {more}session" if coming == 1 else f"{coming} {more}sessions"
    return f"{sessions}{apart}, {own.device.name}: {each}{also}"


def _offer(offer: Offer, found: Found) -> dict[str, Any]:
    assert found.space is not None
    evidence, worth = found.space.evidence, offer.worth
    threshold = evidence.value("responder_threshold", "1")
    return {
        "kind": offer.kind,
        "course": course_in_words(offer, found),
        "dates": [
            session_date(found.space, offer.candidate, number).isoformat()
            for number in range(found.space.done, offer.candidate.count)
        ],
        "gain": _band(worth.gain),
        "gain_by_concern": {f"{zone}.{concern}": _band(gain) for (zone, concern), gain in worth.gains.items()},
        "chance_of_a_response": {"better_by": threshold, "chance": _digits(worth.reaches(threshold))},
        "downtime_days": _band(worth.downtime),
        "lasting_harm": _band(worth.harm),
        "harms": {name: _band(risk) for name, risk in worth.harms.items()},
        "visits": worth.visits,
        "gains_more_than_nothing_in": _digits(offer.over_nothing),
        "against_usual": None if offer.against_usual is None else _marginal(offer.against_usual),
        "one_changed": [_marginal(one) for one in offer.marginals],
        "fences": list(offer.fences),
        "on_front": offer.on_front,
        "not_kept": list(offer.outside),
        "test_spot_first": offer.test_spot,
        **grounds(worth, evidence),
        "case": offer.case.model_dump(mode="json"),
    }


def grounds(worth: Worth, evidence: Evidence) -> dict[str, Any]:
    """The weakest grade and the sources of all that was read."""
    return {
        "grade": weakest([evidence.grade_of(name) for name in worth.reads] or ["E"]),
        "sources": sorted(evidence.behind(worth.reads)),
    }


def _marginal(one: Marginal) -> dict[str, Any]:
    return {name: _digits(value) if isinstance(value, float) else value for name, value in vars(one).items()}


def _band(values: np.ndarray) -> dict[str, Any]:
    good = values[np.isfinite(values)]
    low, middle, high = np.quantile(good, BAND) if good.size else (np.nan,) * 3
    mean = float(good.mean()) if good.size else float("nan")
    numbers = {"mean": mean, "p05": low, "median": middle, "p95": high}
    return {**{name: _digits(value) for name, value in numbers.items()}, "failed_draws": int(values.size - good.size)}


def _digits(value: float) -> float | None:
    return float(f"{value:.6g}") if np.isfinite(value) else None
