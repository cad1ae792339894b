"""The scales of the field, and what can be answered for each concern."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Grade, Id, Positive, Ref, ScaleId, Sources, Unit, Word, Words
from .row import Row, Wrong

ScaleKind = Literal["severity", "category", "count", "hair", "instrument", "histology", "quality_of_life", "symptom"]
Rater = Literal["clinician", "patient", "patient or clinician", "instrument", "laboratory"]
Answer = Literal["number", "no_evidence", "refer"]
Driver = Literal["scar", "surface", "pigment", "dermis", "hair", "none"]
"""Which tissue change drives the response of a concern."""


class ScaleRow(Row):
    """One outcome scale; a limit that does not exist or is not known is empty, and so is a direction that is not stated.

    grades : words for grades, each behind its number ('3 moderate').
    """

    table: ClassVar[str] = "scales"
    key: ClassVar[tuple[str, ...]] = ("id",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("low", "high"), ("low", "typical"), ("typical", "high"))

    id: Id
    title: Word
    aliases: Words
    grades: tuple[Annotated[str, Field(pattern=r"^\d+(\.\d+)? \S.*$")], ...]
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

    @property
    def named(self) -> dict[str, float]:
        """Words for grades in small letters, with their numbers."""
        return {word.casefold(): float(number) for number, _, word in (grade.partition(" ") for grade in self.grades)}

    def laws(self) -> Iterator[Wrong]:
        """Every grade that has a word lies on the scale."""
        yield from super().laws()
        for word, number in self.named.items():
            if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
                yield Wrong("grades", f"puts {word} at {number:g}, off the scale")


class ConcernRow(Row):
    """What bothers a person: whether the evidence allows a number, the trials it is pooled with, what drives a response.

    aliases : names of daily use; a name that several concerns carry is never guessed, a case is asked which is meant.
    """

    table: ClassVar[str] = "concerns"
    key: ClassVar[tuple[str, ...]] = ("concern",)

    concern: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    label: Word
    aliases: Words
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
