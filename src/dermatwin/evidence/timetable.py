"""When results are read: the field's custom, as parameters that every reader of results shares."""

from __future__ import annotations

from .store import Evidence


def reading_days(evidence: Evidence) -> list[float]:
    """Days after the last session on which results are read, in order; those of the family `reading_week`."""
    return sorted(evidence.value(week.name, "d") for week in evidence.family("reading_week").values())
