"""What is customary: a course for each concern, needle lengths for each zone."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import ConcernName, Count, Grade, NotNegative, Positive, Sources, Word
from .device import KindName
from .row import Row, Wrong
from .skin import RegionName

Decision = Literal["course", "refer", "no_default", "stop"]
Confidence = Literal["H", "M", "L", "VL"]

_OF_A_COURSE = (
    "regions",
    "depth_mm",
    "depth_low_mm",
    "depth_high_mm",
    "depth_grade",
    "device_kinds",
    "sessions",
    "sessions_low",
    "sessions_high",
    "interval_weeks",
    "interval_low_weeks",
    "interval_high_weeks",
    "endpoint",
)


class DefaultCourseRow(Row):
    """What trials do for one concern, or why there is no course for it.

    severe : what a grade at the worse end of its scale changes; empty where nothing is known. adjuncts : what trials put
        beside the needling; whether a person may have it is for screening to say.
    """

    table: ClassVar[str] = "default_courses"
    key: ClassVar[tuple[str, ...]] = ("concern",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (
        ("depth_low_mm", "depth_mm"),
        ("depth_mm", "depth_high_mm"),
        ("sessions_low", "sessions"),
        ("sessions", "sessions_high"),
        ("interval_low_weeks", "interval_weeks"),
        ("interval_weeks", "interval_high_weeks"),
    )

    concern: ConcernName
    decision: Decision
    regions: tuple[RegionName, ...]
    depth_column: Literal["conservative", "deep"]
    depth_mm: Positive | None
    depth_low_mm: Positive | None
    depth_high_mm: Positive | None
    depth_grade: Grade | None
    device_kinds: tuple[KindName, ...]
    sessions: Count | None
    sessions_low: Count | None
    sessions_high: Count | None
    interval_weeks: Positive | None
    interval_low_weeks: Positive | None
    interval_high_weeks: Positive | None
    endpoint: str
    read_at_weeks: tuple[Annotated[int, Field(ge=0)], ...]
    severe: Literal["more_sessions", "refer"] | None
    adjuncts: tuple[str, ...]
    confidence: Confidence
    advice: str
    grade: Grade
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A course is described in full, its numbers within their ranges; what is no course says why."""
        yield from super().laws()
        if self.decision == "course":
            yield from (
                Wrong(column, "is empty; a course needs it")
                for column in _OF_A_COURSE
                if getattr(self, column) in (None, "", ())
            )
        elif not self.advice:
            yield Wrong("advice", "is empty; say why there is no course")


class DepthRow(Row):
    """Customary needle lengths in a zone: for surface work, for scars and deep lines, and where it stops."""

    table: ClassVar[str] = "depth_by_zone"
    key: ClassVar[tuple[str, ...]] = ("zone",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (
        ("conservative_low_mm", "conservative_high_mm"),
        ("deep_low_mm", "deep_high_mm"),
        ("deep_high_mm", "stop_above_mm"),
    )

    zone: Word
    sites: Annotated[tuple[Word, ...], Field(min_length=1)]
    conservative_low_mm: NotNegative
    conservative_high_mm: Positive
    deep_low_mm: NotNegative
    deep_high_mm: Positive
    stop_above_mm: Positive
    grade: Grade
    source: Sources
    note: str
