"""What to expect, day by day, as so many of ten people like this one; and how often something goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...naming import Detail
from ...screening.product import name_of
from ...twin import Endpoint
from .about import About, Treated
from .order import numbed
from .tolerated import refused

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
COVERED = "downtime_makeup"


@dataclass(frozen=True)
class Sign:
    """Of ten people, how many still have a sign on each day."""

    name: str
    counts: list[str]


@dataclass(frozen=True)
class Expected:
    """What one zone is like after a session; `sessions` says after which where they differ in settings or numbing."""

    zone: str
    sessions: str
    sentences: list[str]
    signs: list[Sign]
    notes: str


def expected(about: About) -> list[Expected]:
    """Every treated zone for which the run has durations."""
    every = (_zone(treated, alike, about) for treated in about.zones for alike in _alike(treated, about))
    return [found for found in every if found.signs or found.sentences]


def _alike(treated: Treated, about: About) -> list[list[int]]:
    """Numbers of the sessions, those of like settings and numbing together, in the order of the first of each."""
    found: dict[str, list[int]] = {}
    settings = treated.run.settings
    for session in range(len(about.days)):
        numbing = [name_of(topical) for topical in numbed(session, treated.key, about)]
        stated = "" if settings is None else settings.at(session).model_dump_json()
        found.setdefault(f"{stated} {numbing}", []).append(session + 1)
    return list(found.values())


def _zone(treated: Treated, alike: list[int], about: About) -> Expected:
    """One zone after the first of its sessions that are alike."""
    number = alike[0]
    signs = [(name, end) for name in SIGNS if (end := _after(name, number, treated, about)) is not None]
    shown = [Sign(about.tongue.say(SIGNS[name]), [_of_ten(_still(end, day), about) for day in DAYS]) for name, end in signs]
    sentences = list(_sentences(treated, number, about))
    return Expected(treated.name, _sessions(alike, about), sentences, shown, about.notes.mark(_cited(signs)))


def _sessions(alike: list[int], about: About) -> str:
    """'session 1', 'sessions 2 and 3'; nothing where all sessions are alike."""
    if len(alike) == len(about.days):
        return ""
    numbers = about.tongue.listing([about.tongue.number(number) for number in alike])
    return about.tongue.many("session {numbers}", "sessions {numbers}", len(alike), numbers=numbers)


def _cited(signs: list[tuple[str, Endpoint]]) -> list[str]:
    return list(dict.fromkeys(source for _, end in signs for source in end.pooled))


def _after(name: str, session: int, treated: Treated, about: About) -> Endpoint | None:
    return next(iter(about.run.find(name, treated.key, Detail(session=session))), None)


def _still(end: Endpoint, day: int) -> float:
    """Share of people in whom a sign lasts beyond a day."""
    good = end.values[np.isfinite(end.values)]
    return float(np.mean(good > (day or EVENING))) if good.size else float("nan")


def _of_ten(share: float, about: About) -> str:
    if not np.isfinite(share):
        return ""
    count = round(OF_TEN * share)
    return about.tongue.number(count)


def _sentences(treated: Treated, session: int, about: About) -> Iterator[str]:
    covers = treated.site.on_face or treated.site.region.name == "neck"
    end = _after(COVERED, session, treated, about) if covers else None
    if end is not None:
        yield from _covered(end, about)
    pain = _after("pain_vas", session, treated, about)
    if any(refused(topical, about) for topical in numbed(session - 1, treated.key, about)):
        yield about.tongue.say("How much it hurts depends on what numbs: the cream of the course is not for you.")
    elif pain is not None and np.isfinite(pain.band).all():
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
