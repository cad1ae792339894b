"""Places on a body or an animal."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from ...core.vocabulary import Phototype, Species
from .cells import Grade, Id, Ref, Sources, Word, Words
from .row import Link, Row

RegionName = Annotated[Word, Ref.of("regions.name")]
"""Regions that sites lie in, and that depths, default courses and rules speak of."""


class RegionRow(Row):
    """One region of a body, and whose measurements stand for it where it has none of its own.

    dermis, vessels, pigment : the series (members of families of parameters) of the dermis, of capillaries, of dark marks
    after an injury. depth_zone : the row of customary needle lengths for sites without one of their own.
    paced_for_pigment : whether sessions are set further apart where pigment is at risk.
    """

    table: ClassVar[str] = "regions"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: Id
    label: Word
    dermis: Word
    vessels: Word
    pigment: Word
    depth_zone: Annotated[Word, Ref.of("depth_by_zone.zone")] | None
    paced_for_pigment: bool
    note: str

    def needs(self) -> Iterator[Link]:
        """The parameters of each series."""
        apart = () if self.dermis == "animal" else ("dermis_method_factor",)  # one mean for a species, whatever the method
        families = {
            "dermis": ("papillary_dermis_share", *apart),
            "vessels": ("capillary_loop_density", "superficial_plexus_length"),
            "pigment": ("pih_site_factor",),
        }
        for column, names in families.items():
            for name in names:
                yield Link(column, f"{name}[{getattr(self, column)}]", ("parameters.name",))


class SiteRow(Row):
    """One site of a species, by the name and the aliases under which a case may call it."""

    table: ClassVar[str] = "sites"
    key: ClassVar[tuple[str, ...]] = ("species", "site")
    called: ClassVar[tuple[str, ...]] = ("site", "label", "aliases")
    apart: ClassVar[tuple[str, ...]] = ("species",)

    site: Id
    label: Word
    region: RegionName
    species: Species
    backing: Literal["bone", "cartilage", "muscle", "fat"]
    scars: Literal["usual", "prone"]
    aliases: Words
    note: str

    @property
    def place(self) -> str:
        """The name under which parameters know this site: `cheek`, `pig_ear`."""
        return self.site if self.species == "human" else f"{self.species}_{self.site}"

    def needs(self) -> Iterator[Link]:
        """Thickness of each layer, water loss and follicles of the site; temperature of its region."""
        dermis = (f"{self.place}:female", f"{self.place}:male") if self.species == "human" else (self.place,)
        single = ("stratum_corneum_thickness", "viable_epidermis_thickness", "tewl_baseline", "follicle_density")
        names = [f"{family}[{self.place}]" for family in single] + [f"dermis_thickness[{member}]" for member in dermis]
        for name in (*names, f"skin_temperature[{self.region}]"):
            yield Link("region" if name.startswith("skin_temperature") else "site", name, ("parameters.name",))


class PhototypeRow(Row):
    """What a phototype means, in words that a person can answer: how the skin takes the first strong sun of a year."""

    table: ClassVar[str] = "phototypes"
    key: ClassVar[tuple[str, ...]] = ("phototype",)

    phototype: Phototype
    label: Word
    source: Sources
    grade: Grade
    note: str
