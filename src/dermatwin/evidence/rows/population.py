"""Virtual people as data: how each of their properties is distributed, and how ranks of two of them go together."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field

from ...core.vocabulary import PHOTOTYPES
from .cells import ConcernName, Grade, Id, NotNegative, Ref, ScaleId, Sources, Unit, Word
from .row import Link, Row, Wrong

Variable = Literal["age", "sex", "phototype", "severity", "body_weight", "smoking", "diabetes", "medicine"]
"""What a population says of a person. The thickness of a site is not among it: skin draws it from age, sex and site."""

VARIABLES: tuple[Variable, ...] = get_args(Variable)
NUMBERS: tuple[Variable, ...] = ("age", "severity", "body_weight")
PresetName = Annotated[Word, Ref.of("population_presets.preset")]


class PresetRow(Row):
    """One population by name: whom it is like, what bothers them, and the scale on which their severity is told."""

    table: ClassVar[str] = "population_presets"
    key: ClassVar[tuple[str, ...]] = ("preset",)

    preset: Id
    label: Word
    concern: ConcernName
    scale: ScaleId
    source: Sources
    note: str


class PopulationRow(Row):
    """The distribution of one property in one population: a number within its ends with mean and sd of the people
    (of a lognormal: median and sd of ln, before it is cut off), or the share of people of a category."""

    table: ClassVar[str] = "population"
    key: ClassVar[tuple[str, ...]] = ("preset", "variable", "category")
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (("low", "value"), ("value", "high"))

    preset: PresetName
    variable: Variable
    category: str
    distribution: Literal["normal", "lognormal", "share"]
    value: float
    spread: NotNegative | None
    low: float
    high: float
    unit: Unit
    grade: Grade
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """Numbers have a spread, shares lie within 0-1, categories are those of the variable."""
        yield from super().laws()
        number = self.variable in NUMBERS
        if number == (self.distribution == "share"):
            right = "normal or lognormal" if number else "share"
            yield Wrong("distribution", f"does not go with {self.variable}; choose {right}")
        if number and not self.spread:
            yield Wrong("spread", f"is empty; {self.variable} needs one")
        if not number and not 0.0 <= self.value <= 1.0:
            yield Wrong("value", "is no share of people")
        if self.distribution == "lognormal" and self.low <= 0.0:
            yield Wrong("low", "must be positive for a lognormal")
        if number and not self.low < self.high:
            yield Wrong("high", "is not above low")
        known = {"phototype": PHOTOTYPES, "sex": ("female",), "body_weight": ("female", "male")}.get(self.variable)
        if known is not None and self.category not in known:
            yield Wrong("category", f"is not one of {', '.join(known)}")

    def links(self) -> Iterator[Link]:
        """A medicine is a concept of the vocabulary."""
        if self.variable == "medicine":
            yield Link("category", self.category, ("vocabulary.concept",))


class RankRow(Row):
    """How the ranks of two properties go together in a population (Spearman's correlation)."""

    table: ClassVar[str] = "population_ranks"
    key: ClassVar[tuple[str, ...]] = ("preset", "first", "second")

    preset: PresetName
    first: Variable
    second: Variable
    rank: Annotated[float, Field(ge=-0.95, le=0.95)]
    grade: Grade
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """Two different variables, each pair written one way round."""
        if VARIABLES.index(self.first) >= VARIABLES.index(self.second):
            yield Wrong("second", f"does not come after {self.first}; the order is {', '.join(VARIABLES)}")
        if "medicine" in (self.first, self.second):
            yield Wrong(
                "second" if self.second == "medicine" else "first", "is not tied to anything: medicines are drawn apart"
            )
