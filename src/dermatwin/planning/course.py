"""The literature's default course for each concern, as data: `default_courses.csv`.

A default is a starting point for a clinician, not a guideline: no consensus on depth or number of sessions exists. For
some concerns the table refers to another treatment, has no default, or stops; those never become a course.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..evidence import Tables, view
from ..evidence.rows.planning import Confidence, Decision, DefaultCourseRow


@dataclass(frozen=True)
class DefaultCourse:
    """What trials do for one concern. Depths in mm, intervals in weeks; ranges are (low, high)."""

    concern: str
    decision: Decision
    regions: tuple[str, ...]  # regions of the body for which the trials speak
    depth: float
    depth_range: tuple[float, float]
    depth_grade: str  # evidence of the depth; `grade` is that of the sessions and of the effect
    device_kinds: tuple[str, ...]
    sessions: int
    sessions_range: tuple[int, int]
    interval: float
    interval_range: tuple[float, float]
    endpoint: str  # what the operator sees when it is enough
    read_at: tuple[int, ...]  # weeks after the last session
    severe: Literal["more_sessions", "refer"] | None  # what a grade at the worse end of its scale changes
    adjuncts: tuple[str, ...]
    confidence: Confidence
    advice: str
    grade: str
    sources: tuple[str, ...]
    note: str


@view
def default_courses(tables: Tables) -> Mapping[str, DefaultCourse]:
    """Every concern's default, by concern."""
    return {row.concern: _course(row) for row in tables.rows(DefaultCourseRow)}


def _course(row: DefaultCourseRow) -> DefaultCourse:
    """The course of a row; where there is none, its numbers are nought."""
    return DefaultCourse(
        concern=row.concern,
        decision=row.decision,
        regions=row.regions,
        depth=row.depth_mm or 0.0,
        depth_range=(row.depth_low_mm or 0.0, row.depth_high_mm or 0.0),
        depth_grade=row.depth_grade or "",
        device_kinds=row.device_kinds,
        sessions=row.sessions or 0,
        sessions_range=(row.sessions_low or 0, row.sessions_high or 0),
        interval=row.interval_weeks or 0.0,
        interval_range=(row.interval_low_weeks or 0.0, row.interval_high_weeks or 0.0),
        endpoint=row.endpoint,
        read_at=row.read_at_weeks,
        severe=row.severe,
        adjuncts=row.adjuncts,
        confidence=row.confidence,
        advice=row.advice,
        grade=row.grade,
        sources=row.source,
        note=row.note,
    )
