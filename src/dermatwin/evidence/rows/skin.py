"""Places on a body or an animal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from ...core.vocabulary import Species
from .cells import Id, Word, Words
from .row import Link, Row

Region = Literal["face", "neck", "scalp", "hand", "foot", "body", "whole"]
"""Regions of a person that depths, default courses and rules speak of."""


class SiteRow(Row):
    """One site of a species, by the name and the aliases under which a case may call it."""

    table: ClassVar[str] = "sites"
    key: ClassVar[tuple[str, ...]] = ("species", "site")
    called: ClassVar[tuple[str, ...]] = ("site", "label", "aliases")
    apart: ClassVar[tuple[str, ...]] = ("species",)

    site: Id
    label: Word
    region: Literal["face", "neck", "scalp", "hand", "foot", "body", "whole", "animal"]
    species: Species
    backing: Literal["bone", "cartilage", "muscle", "fat"]
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
