"""Actives, what is known of their molecules, products, what else is in them, and what needling does for them."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ...core.vocabulary import Vehicle
from .cells import Grade, Id, NotNegative, Ph, Positive, Ref, Share, SourceId, Sources, Unit, Word, Words
from .row import Link, Row, Wrong

ActiveName = Annotated[Word, Ref.of("actives.active")]
ProductId = Annotated[Word, Ref.of("products.id")]

Family = Literal[
    "anaesthetic",
    "antioxidant",
    "brightener",
    "corticosteroid",
    "drug",
    "fragrance",
    "growth factor",
    "hair growth",
    "humectant",
    "iridoid glycoside",
    "lipolytic",
    "NSAID",
    "peel",
    "peptide",
    "peptide complex",
    "photosensitiser prodrug",
    "polymer humectant",
    "protein",
    "retinoid",
    "tracer",
    "vesicle",
]
"""What an active is. An anaesthetic is guarded and a growth factor hardly enters a channel; the rest are words."""

Verdict = Literal["enhanced", "not enhanced", "clinical benefit", "negative trial", "no trial"]
Property = Literal[
    "log_kow", "pka_acid", "pka_base", "water_solubility", "stokes_radius", "aqueous_diffusivity", "melting_point", "log_d"
]
UNITS: dict[str, str] = {
    "log_kow": "1",
    "log_d": "1",
    "pka_acid": "1",
    "pka_base": "1",
    "water_solubility": "ug/cm^3",
    "stokes_radius": "nm",
    "aqueous_diffusivity": "cm^2/h",
    "melting_point": "degC",
}
"""Property -> the unit in which it is used; what is written may be any unit of that kind."""


class ActiveRow(Row):
    """One active. Columns that end in `_unconfirmed` are for reading; those that end in `_added` have a source."""

    table: ClassVar[str] = "actives"
    key: ClassVar[tuple[str, ...]] = ("active",)
    called: ClassVar[tuple[str, ...]] = ("active", "aliases_added")

    source: Sources
    active: Word
    family: Family = Field(alias="class")
    smiles: str
    mw_g_mol: Positive
    crippen_log_p: float | None
    tpsa_a2: NotNegative | None
    hbd: Annotated[int, Field(ge=0)] | None
    solute_radius_a: Positive | None
    stokes_radius_nm_unconfirmed: Positive | None
    log_kow_unconfirmed: float | None
    pka_unconfirmed: str
    typical_dose_text: str
    kind: str
    note: str
    aliases_added: Words
    log_kow_added: float | None
    log_kow_origin_added: Literal["measured", "calculated"] | None
    log_kow_source_added: tuple[SourceId, ...]
    pka_added: float | None
    pka_kind_added: Literal["acid", "base", "charged"] | None
    pka_source_added: tuple[SourceId, ...]

    def laws(self) -> Iterator[Wrong]:
        """What is added says how it is known."""
        for column, beside in (
            ("log_kow_added", ("log_kow_origin_added", "log_kow_source_added")),
            ("pka_added", ("pka_kind_added", "pka_source_added")),
        ):
            if getattr(self, column) is not None:
                yield from (Wrong(other, f"is empty; {column} needs it") for other in beside if not getattr(self, other))
        if self.pka_kind_added == "charged" and self.pka_added is not None:
            yield Wrong("pka_added", "does not go with a molecule that is always charged; leave it empty")

    def needs(self) -> Iterator[Link]:
        """What an anaesthetic is guarded and judged by: its potency against lidocaine, its poisonous level, its volume."""
        of_an_anaesthetic = ("relative_potency", "signs_plasma_level", "distribution_volume")
        for family in of_an_anaesthetic if self.family == "anaesthetic" else ():
            yield Link("active", f"{family}[{self.active}]", ("parameters.name",))


class ActivePropertyRow(Row):
    """One fact about an active; of several of one property the first counts, of acids the strongest, of bases likewise."""

    table: ClassVar[str] = "active_properties"
    key: ClassVar[tuple[str, ...]] = ("active", "property", "value")
    replaces: ClassVar[tuple[str, ...]] = ("active", "property")

    active: ActiveName
    property: Property
    value: float
    unit: Unit
    grade: Grade
    source: Sources
    note: str

    def conversions(self) -> Iterator[tuple[str, str]]:
        """The unit in which a property is used."""
        yield "unit", UNITS[self.property]


class ProductRow(Row):
    """One product: its actives with their mass shares, in the same order."""

    table: ClassVar[str] = "products"
    key: ClassVar[tuple[str, ...]] = ("id",)
    called: ClassVar[tuple[str, ...]] = ("id", "name", "aliases")

    id: Id
    name: Word
    aliases: Words
    active: tuple[ActiveName, ...]
    strength: tuple[Share, ...]
    vehicle: Vehicle
    ph: Ph | None
    sterile: bool
    kind: Literal["anaesthetic", "serum", "gel", "prp", "growth_factor", "tracer", "plain"]
    source: Sources
    grade: Grade
    note: str

    def laws(self) -> Iterator[Wrong]:
        """A strength for each active, all of them within the product."""
        if len(self.active) != len(self.strength):
            yield Wrong("strength", f"has {len(self.strength)} strengths for {len(self.active)} actives; write one for each")
        elif sum(self.strength) > 1.0:
            yield Wrong("strength", "is more than the whole product; write mass shares, such as 0.04")


class ExcipientRow(Row):
    """One inactive ingredient; a row without one says that the product has none."""

    table: ClassVar[str] = "excipients"
    key: ClassVar[tuple[str, ...]] = ("product", "excipient")
    replaces: ClassVar[tuple[str, ...]] = ("product",)

    product: ProductId
    excipient: str
    mass_share: Share | None
    molar_mass: Positive | None
    log_kow: float | None
    source: Sources
    grade: Grade
    note: str

    def laws(self) -> Iterator[Wrong]:
        """Share and molar mass of what is named, and of nothing else."""
        for column in ("mass_share", "molar_mass"):
            if self.excipient and getattr(self, column) is None:
                yield Wrong(column, "is empty; it needs a number")
            if not self.excipient and getattr(self, column) is not None:
                yield Wrong(column, "belongs to no excipient; name one, or leave it empty")


class ClaimRow(Row):
    """What has been shown, or not, about needling with an active or a product."""

    table: ClassVar[str] = "active_evidence"
    key: ClassVar[tuple[str, ...]] = ("active", "claim")

    active: Annotated[Word, Ref.of("actives.active", "products.id")]
    claim: Word
    verdict: Verdict
    source: Sources
    note: str
