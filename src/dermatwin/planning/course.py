"""The literature's default course for each concern, as data: `default_courses.csv`.

A default is a starting point for a clinician, not a guideline: no consensus on depth or number of sessions exists. For
some concerns the table refers to another treatment, has no default, or stops; those never become a course.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ..evidence import Evidence

Decision = Literal["course", "refer", "no_default", "stop"]


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
    adjunct: str
    confidence: str  # H, M, L, VL
    advice: str
    grade: str
    sources: tuple[str, ...]
    note: str


@lru_cache(maxsize=1)
def default_courses() -> dict[str, DefaultCourse]:
    """Every concern's default, by concern."""
    return {row["concern"]: _course(row) for row in Evidence.packaged().table("default_courses")}


def _course(row: dict[str, str]) -> DefaultCourse:
    def number(column: str) -> float:
        return float(row[column] or 0.0)

    decision: Decision = row["decision"]  # type: ignore[assignment]
    return DefaultCourse(
        concern=row["concern"],
        decision=decision,
        regions=_words(row["regions"]),
        depth=number("depth_mm"),
        depth_range=(number("depth_low_mm"), number("depth_high_mm")),
        depth_grade=row["depth_grade"],
        device_kinds=_words(row["device_kinds"]),
        sessions=int(number("sessions")),
        sessions_range=(int(number("sessions_low")), int(number("sessions_high"))),
        interval=number("interval_weeks"),
        interval_range=(number("interval_low_weeks"), number("interval_high_weeks")),
        endpoint=row["endpoint"],
        read_at=tuple(int(week) for week in _words(row["read_at_weeks"])),
        adjunct=row["adjunct"],
        confidence=row["confidence"],
        advice=row["advice"],
        grade=row["grade"],
        sources=_words(row["source"]),
        note=row["note"],
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(";") if part.strip())
