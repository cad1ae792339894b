"""Parameters and the catalogue of computed quantities, file by file of a stage."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from ...naming import EVERY, split
from ..records import NUMBER, PERCENT
from .cells import Grade, QuantityName, Sources, Spread, Unit, Word
from .row import Link, Row, Wrong

DetailKind = Literal["session", "layer", "active", "permeant", "concern", "scale"]
"""What a quantity is told apart by, beyond its name."""


class ParameterRow(Row):
    """One number with unit, distribution, range, grade and source; `name[member]` is one of a family."""

    table: ClassVar[str] = "parameters/*"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\[[^\[\]]+\])?$", max_length=120)]
    symbol: str
    value: float
    unit: Unit
    distribution: Literal["fixed", "lognormal", "normal", "uniform"]
    knowledge: Spread
    person: Spread
    chance: Spread
    low: float
    high: float
    grade: Grade
    source: Sources
    note: str

    @property
    def family(self) -> str:
        """The name without its member."""
        return split(self.name)[0]

    def laws(self) -> Iterator[Wrong]:
        """A value within its range, a spread where there is a distribution, and none where there is not."""
        spread = any((self.knowledge, self.person, self.chance))
        if not self.low <= self.value <= self.high:
            yield Wrong("value", f"is outside its range {self.low:g} to {self.high:g}")
        if self.distribution == "lognormal" and self.low <= 0.0:
            yield Wrong("low", "must be positive for a lognormal")
        if self.distribution == "fixed" and spread:
            yield Wrong("distribution", "has a spread; choose lognormal, normal or uniform")
        if self.distribution != "fixed" and not (spread and self.low < self.high):
            yield Wrong("distribution", "needs a spread and a range with a width")


class QuantityRow(Row):
    """One computed quantity: how it is computed, from which parameters (`family[*]` is all of a family) and quantities."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    table: ClassVar[str] = "quantities/*"
    ending: ClassVar[str] = ".yaml"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]*$", max_length=120)]
    title: Word
    unit: Unit
    equation: Word
    parameters: tuple[Word, ...] = ()
    uses: tuple[QuantityName, ...] = ()
    note: str = ""
    lower_is_better: bool | None = None
    detail: DetailKind | None = None
    shown: Literal["number", "percent"] = NUMBER
    kind: Literal["risk"] | None = None

    def laws(self) -> Iterator[Wrong]:
        """Nothing is computed from itself, and only a pure number is a share."""
        if self.name in self.uses:
            yield Wrong("uses", "holds the quantity itself; take it out")
        if self.shown == PERCENT and self.unit != "1":
            yield Wrong("shown", f"does not go with {self.unit}; only a pure number is read as a share")

    def links(self) -> Iterator[Link]:
        """Parameters by their names; of a family, that it has members."""
        for name in self.parameters:
            family, member = split(name)
            whole = member == EVERY
            yield Link("parameters", family if whole else name, ("parameters.family" if whole else "parameters.name",))
