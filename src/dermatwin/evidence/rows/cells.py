"""Types of cells: what a column may hold, and what its cells point at.

A column is typed by an annotation. An empty cell is None where None is allowed (`Blank` says another value), a column of
several values is a tuple and written with semicolons, a `Ref` names a row of another table, a `Unit` is one that exists.
The last two are looked up by the gate, which sees all tables; everything else is checked cell by cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from ...core.vocabulary import PHOTOTYPES

SAID = "said"
"""Type of an error of a type's own reader, which says in words what would be right."""


@dataclass(frozen=True)
class Ref:
    """The cell is a name that stands in one of these columns: 'concerns.concern'."""

    to: tuple[str, ...]

    @staticmethod
    def of(*columns: str) -> Ref:
        """A reference to one of some columns of other tables."""
        return Ref(columns)


@dataclass(frozen=True)
class UnitName:
    """The cell names a unit ('1' for a pure number)."""


@dataclass(frozen=True)
class Blank:
    """What an empty cell stands for."""

    value: Any


Word = Annotated[str, Field(min_length=1)]
"""Text that must be there."""

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=60)]
"""The name of a row: small letters, digits, and what joins them."""

Words = tuple[Word, ...]
"""Words between semicolons; none where the cell is empty."""

Unit = Annotated[Word, UnitName()]

SourceId = Annotated[str, Ref.of("sources.source")]
Sources = Annotated[tuple[SourceId, ...], Field(min_length=1)]
"""Who says so: ids of the register of sources, at least one."""

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
NotNegative = Annotated[float, Field(ge=0.0)]
Spread = Annotated[NotNegative, Blank(0.0)]
Count = Annotated[int, Field(ge=1)]
Year = Annotated[int, Field(ge=1800, le=2200)]
Age = Annotated[float, Field(ge=0.0, le=150.0)]
"""Years of a person's life."""

Ph = Annotated[float, Field(ge=0.0, le=14.0)]

ConcernName = Annotated[Word, Ref.of("concerns.concern")]
ScaleId = Annotated[Word, Ref.of("scales.id")]
ParameterName = Annotated[Word, Ref.of("parameters.name")]
QuantityName = Annotated[Word, Ref.of("quantities.name")]

Grade = Literal["A", "B", "C", "D", "E"]
_TYPES = "|".join(PHOTOTYPES)
PhototypeRange = Annotated[str, Field(pattern=rf"^(|({_TYPES})(-({_TYPES}))?)$")]
"""'III-V', 'IV', or nothing."""
