"""The scales of the field, and what can be answered for each concern."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Grade, Id, Positive, Ref, ScaleId, Sources, Unit, Word
from .row import Row, Wrong

ScaleKind = Literal["severity", "category", "count", "hair", "instrument", "histology", "quality_of_life", "symptom"]
Rater = Literal["clinician", "patient", "patient or clinician", "instrument", "laboratory"]
Answer = Literal["number", "no_evidence", "refer"]
Driver = Literal["scar", "surface", "pigment", "dermis", "hair", "none"]
"""Which tissue change drives the response of a concern."""


class ScaleRow(Row):
    """One outcome scale; a limit that does not exist or is not known is empty, and so is a direction that is not stated."""

    table: ClassVar[str] = "scales"
    key: ClassVar[tuple[str, ...]] = ("id",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("low", "high"), ("low", "typical"), ("typical", "high"))

    id: Id
    title: Word
    kind: ScaleKind
    low: float | None
    high: float | None
    direction: Literal["lower", "higher"] | None
    step: Positive | None
    unit: Unit
    rater: Rater
    minimal_change: Positive | None
    typical: float | None
    grade: Grade
    source: Sources
    note: str


class ConcernRow(Row):
    """What bothers a person: whether the evidence allows a number, the trials it is pooled with, what drives a response."""

    table: ClassVar[str] = "concerns"
    key: ClassVar[tuple[str, ...]] = ("concern",)

    concern: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    label: Word
    answer: Answer
    pool: Annotated[Word, Ref.of("outcome_effects.concern")]
    driver: Driver
    default_scale: ScaleId | None
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A number has a driver."""
        if self.answer == "number" and self.driver == "none":
            yield Wrong("driver", "drives nothing; a number needs one of scar, surface, pigment, dermis, hair")
