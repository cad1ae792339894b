"""What people are told: steps before, at and after a session, and signs for which to call."""

from __future__ import annotations

from typing import ClassVar, Literal

from .cells import Grade, Id, NotNegative, Sources, Word
from .row import Row


class CareStepRow(Row):
    """One instruction of a sheet, in hours around the session; `computed` names the waiting time that stands beside it."""

    table: ClassVar[str] = "care_steps"
    key: ClassVar[tuple[str, ...]] = ("phase", "instruction")
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("from_h", "to_h"),)

    phase: Literal["before", "session", "aftercare"]
    from_h: float
    to_h: float
    applies_if: Literal["always", "dark", "face", "anaesthetic"]
    instruction: Word
    source: Sources
    grade: Grade
    computed: Literal["no_makeup_before", "no_actives_before"] | None


class RedFlagRow(Row):
    """One sign for which to call, its window in hours after the session (open where `to_h` is empty), and what to do."""

    table: ClassVar[str] = "red_flags"
    key: ClassVar[tuple[str, ...]] = ("id",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("from_h", "to_h"),)

    id: Id
    sign: Word
    from_h: NotNegative
    to_h: NotNegative | None
    possible_cause: Word
    action: Literal["emergency", "call the clinic the same day", "call the clinic within days"]
    meanwhile: str
    source: Sources
    grade: Grade
    note: str
