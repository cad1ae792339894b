"""What to expect, day by day, as so many of ten people like this one; and how often something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...naming import Detail
from ...twin import Endpoint
from .about import About, Treated

SIGNS = {
    "redness_duration": "Redness",
    "swelling_duration": "Swelling",
    "soreness_duration": "Soreness",
    "bruise_duration": "Blood under the skin",
    "downtime_unnoticeable": "Others notice",
}
DAYS = (0, 1, 2, 3, 5, 7, 10, 14)  # d after a session; day 0 is six hours after it
EVENING = 0.25  # d
OF_TEN = 10
MOST, HALF = 9, 5  # of ten
LONGEST = 60  # d
FIRST = Detail(session=1)
COVERED = "downtime_makeup"


@dataclass(frozen=True)
class Sign:
    """Of ten people, how many still have a sign on each day."""

    name: str
    counts: list[str]


@dataclass(frozen=True)
class Expected:
    """What one zone is like after the first session."""

    zone: str
    sentences: list[str]
    signs: list[Sign]
    notes: str


def expected(about: About) -> list[Expected]:
    """Every treated zone for which the run has durations."""
    return [found for treated in about.zones if (found := _zone(treated, about)).signs or found.sentences]


def _zone(treated: Treated, about: About) -> Expected:
    signs = [(name, end) for name in SIGNS if (end := _first(name, treated, about)) is not None]
    shown = [Sign(about.tongue.say(SIGNS[name]), [_of_ten(_still(end, day), about) for day in DAYS]) for name, end in signs]
    return Expected(treated.name, list(_sentences(treated, about)), shown, about.notes.mark(_cited(signs)))


def _cited(signs: list[tuple[str, Endpoint]]) -> list[str]:
    return list(dict.fromkeys(source for _, end in signs for source in end.pooled))


def _first(name: str, treated: Treated, about: About) -> Endpoint | None:
    return next(iter(about.run.find(name, treated.key, FIRST)), None)


def _still(end: Endpoint, day: int) -> float:
    """Share of people in whom a sign lasts beyond a day."""
    good = end.values[np.isfinite(end.values)]
    return float(np.mean(good > (day or EVENING))) if good.size else float("nan")


def _of_ten(share: float, about: About) -> str:
    if not np.isfinite(share):
        return ""
    count = round(OF_TEN * share)
    return about.tongue.number(count)


def _sentences(treated: Treated, about: About) -> Iterator[str]:
    end = _first(COVERED, treated, about) if treated.site.on_face or treated.site.region.name == "neck" else None
    if end is not None:
        yield from _covered(end, about)
    pain = _first("pain_vas", treated, about)
    if pain is not None and np.isfinite(pain.band).all():
        low, middle, high = (about.tongue.number(round(value)) for value in pain.band)
        yield about.tongue.say(
            "Pain of the session: about {middle} of 10; between {low} and {high} in 9 of 10 people like you.",
            middle=middle,
            low=low,
            high=high,
        )


def _covered(end: Endpoint, about: About) -> Iterator[str]:
    """By which day make-up covers the redness in at least half, and in nearly all."""
    told: set[int] = set()
    for wanted in (HALF, MOST):
        day = next((day for day in range(1, LONGEST) if OF_TEN * (1.0 - _still(end, day)) >= wanted), None)
        if day is None or day in told:
            continue
        told.add(day)
        count = int(OF_TEN * (1.0 - _still(end, day)) + 1e-9)
        yield about.tongue.many(
            "In {people} of 10 people like you the redness can be covered by the day after.",
            "In {people} of 10 people like you the redness can be covered by day {count}.",
            day,
            people=about.tongue.number(count),
        )
