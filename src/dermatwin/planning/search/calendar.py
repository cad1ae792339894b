"""Days on which nothing may be seen, beside the days on which a course shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from ...case import Case
from .candidate import Candidate


def clashes(case: Case, candidate: Candidate, downtime: Sequence[float]) -> float:
    """Number of days to be kept free on which a session is done or still seen; downtime [d] by session."""
    if case.accepts is None:
        return 0.0
    kept = {day for free in case.accepts.keep_free for day in _days(free.start, free.end or free.start)}
    if not kept:
        return 0.0
    shown = {day for number, lasts in enumerate(downtime) for day in _seen(case, candidate, number, lasts)}
    return float(len(kept & shown))


def session_date(case: Case, candidate: Candidate, number: int) -> date:
    """The day of a session, counted from 0."""
    return case.course.start + timedelta(days=number * candidate.interval)


def _seen(case: Case, candidate: Candidate, number: int, lasts: float) -> list[date]:
    begin = session_date(case, candidate, number)
    return _days(begin, begin + timedelta(days=math.ceil(lasts)))


def _days(start: date, end: date) -> list[date]:
    return [start + timedelta(days=number) for number in range((end - start).days + 1)]
