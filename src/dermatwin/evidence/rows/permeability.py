"""What records of intact skin say of compounds and of laboratories, and measured chemistry of those compounds."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Count, Grade, Positive, SourceId, Sources, Word, Words
from .row import Link, Row, Wrong


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


class CompoundRow(Row):
    """A compound of laboratories: its other names, and its structure with what follows from it.

    A row without a structure gives names to a compound that the records or the table of actives hold.
    """

    table: ClassVar[str] = "compounds"
    key: ClassVar[tuple[str, ...]] = ("compound",)

    compound: Word
    names: Words
    smiles: str
    mw_g_mol: Positive | None
    crippen_log_p: float | None
    source: Sources
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A structure has a mass and a computed log P."""
        for name, value in (("mw_g_mol", self.mw_g_mol), ("crippen_log_p", self.crippen_log_p)):
            if (value is None) == bool(self.smiles):
                yield Wrong(name, "is empty beside a structure" if self.smiles else "stands without a structure")

    def links(self) -> Iterator[Link]:
        """Names alone belong to a compound that is held elsewhere."""
        if not self.smiles:
            yield Link("compound", self.compound, ("measurements/permeability_intact.compound", "actives.active"))


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
