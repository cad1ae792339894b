"""Days on which nothing may be seen, beside the days on which a course shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from .candidate import Candidate, days_of
from .space import Space


def clashes(space: Space, candidate: Candidate, downtime: Sequence[float]) -> float:
    """Number of days to be kept free on which a session to come is done or still seen; downtime [d] by session to come."""
    case = space.case
    if case.accepts is None:
        return 0.0
    kept = {day for free in case.accepts.keep_free for day in _days(free.start, free.end or free.start)}
    if not kept:
        return 0.0
    shown = {day for number, lasts in enumerate(downtime, space.done) for day in _seen(space, candidate, number, lasts)}
    return float(len(kept & shown))


def session_date(space: Space, candidate: Candidate, number: int) -> date:
    """The day of a session, counted from 0."""
    return space.case.course.start + timedelta(days=days_of(candidate, space)[number])


def _seen(space: Space, candidate: Candidate, number: int, lasts: float) -> list[date]:
    begin = session_date(space, candidate, number)
    return _days(begin, begin + timedelta(days=math.ceil(lasts)))


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]
