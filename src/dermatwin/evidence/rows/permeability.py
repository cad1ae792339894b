"""What records of intact skin say of compounds and of laboratories, and measured chemistry of those compounds."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Count, Grade, Positive, SourceId, Sources, Word
from .row import Row


class CompoundPermeabilityRow(Row):
    """Permeability of a compound that has records of its own, as the fit left it."""

    table: ClassVar[str] = "compound_permeability"
    key: ClassVar[tuple[str, ...]] = ("compound",)

    compound: Word
    log10_permeability_cm_h: float
    sd: Positive
    records: Count
    studies: Annotated[tuple[SourceId, ...], Field(min_length=1)]


class PermeabilityStudyRow(Row):
    """What a laboratory adds of its own to log10 of a permeability, in the fit without some compounds."""

    table: ClassVar[str] = "permeability_studies"
    key: ClassVar[tuple[str, ...]] = ("without", "study")

    without: str
    study: SourceId
    mean: float
    sd: Positive


class CompoundPropertyRow(Row):
    """A measured property of a compound of the records."""

    table: ClassVar[str] = "compound_properties"
    key: ClassVar[tuple[str, ...]] = ("compound", "property")

    compound: Word
    property: Literal["log_kow", "pka_acid", "pka_base"]
    value: float
    unit: Literal["1"]
    grade: Grade
    source: Sources
    note: str
