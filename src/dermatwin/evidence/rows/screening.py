"""Tables behind screening: topical anaesthetics and their labels, and what somebody calls a contraindication."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from .cells import SAID, Age, Grade, NotNegative, Positive, Share, Sources, Word
from .row import Link, Row


def _drug(text: object) -> object:
    """'lidocaine:0.025' as a drug and its mass share, which may be left open: 'lidocaine:'."""
    if not isinstance(text, str):
        return text
    name, colon, share = (part.strip() for part in text.partition(":"))
    if not name or not colon:
        raise PydanticCustomError(
            SAID, "is not a drug with its mass share; write for example 'lidocaine:0.04' or 'lidocaine:'"
        )
    return name, share or None


Drug = Annotated[tuple[Word, Share | None], BeforeValidator(_drug)]
"""A drug and the share of the product's mass that it makes up; None where the product does not say."""


class AnaestheticRow(Row):
    """What the label of an anaesthetic allows for a range of age; an empty limit is none that the label gives."""

    table: ClassVar[str] = "anaesthetics"
    key: ClassVar[tuple[str, ...]] = ("agent", "age_from_yr")
    replaces: ClassVar[tuple[str, ...]] = ("agent",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("age_from_yr", "age_below_yr"),)

    agent: Word
    names: Annotated[tuple[Word, ...], Field(min_length=1)]
    classes: Annotated[tuple[Literal["amide", "ester"], ...], Field(min_length=1)]
    actives: Annotated[tuple[Drug, ...], Field(min_length=1)]
    age_from_yr: Age
    age_below_yr: Age
    max_grams: NotNegative | None
    max_area_cm2: NotNegative | None
    max_hours: NotNegative | None
    min_minutes: Positive
    occlusion: Literal["labelled", "no"]
    mass_guard: Literal["soft_stop", "hard_stop"]
    grade: Grade
    source: Sources
    note: str

    def links(self) -> Iterator[Link]:
        """Drugs are actives."""
        return (Link("actives", name, ("actives.active",)) for name, _ in self.actives)


class ContraindicationRow(Row):
    """One condition as labels and reviews name it, with what they say; rules of screening carry it out."""

    table: ClassVar[str] = "contraindications"
    key: ClassVar[tuple[str, ...]] = ("condition",)

    source: Sources
    condition: Word
    level: Literal["absolute", "relative", "precaution"]
    rule: Word
    note: str
