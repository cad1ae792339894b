"""Anatomical sites: the places on a body (or an animal) for which the evidence holds a section of skin.

The catalogue is `sites.csv`. Whether a place is part of the face, and whose dermis and vessels stand for its own, is said
by the region that it lies in (`regions.csv`), and everybody asks here. A site belongs to one species; animals share names
(`back`, `ear`) with one another and are told apart by species. Names and aliases are matched without regard to case,
spaces, hyphens and plural.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..evidence import Tables, view
from ..evidence.rows.skin import RegionRow, SiteRow
from ..evidence.tables import HasTables
from .section import Skin

HUMAN, FACE = "human", "face"


@dataclass(frozen=True)
class Site:
    """One place on the body. `backing` is what lies below the skin: bone, cartilage, muscle or fat."""

    name: str
    label: str
    region: RegionRow  # what it is a part of, and whose measurements stand for its own
    species: str
    backing: str
    aliases: tuple[str, ...] = ()
    note: str = ""

    @property
    def key(self) -> str:
        """The name under which parameters and the catalogue know this site: `cheek`, `pig_ear`."""
        return self.name if self.species == HUMAN else f"{self.species}_{self.name}"

    @property
    def on_face(self) -> bool:
        """Whether what is said of faces holds here: not of the neck, the scalp or a hand."""
        return self.region.name == FACE

    @property
    def over_bone(self) -> bool:
        """Whether bone lies directly below the skin (with next to no fat or muscle between)."""
        return self.backing == "bone"


@view
def regions(tables: Tables) -> Mapping[str, RegionRow]:
    """Every region by its name."""
    return {row.name: row for row in tables.rows(RegionRow)}


@view
def sites(tables: Tables) -> Mapping[str, Site]:
    """Every site of the catalogue by its key; human sites carry their plain name."""
    known = regions(tables)
    found = (
        Site(row.site, row.label, known[row.region], row.species, row.backing, row.aliases, row.note)
        for row in tables.rows(SiteRow)
    )
    return {site.key: site for site in found}


def find_site(text: str, species: str, evidence: Tables | HasTables) -> Site:
    """The site called `text` (a name or an alias) of a species; KeyError with suggestions if there is none."""
    names = _names(evidence, species)
    word = _plain(text)
    for candidate in (word, word.removesuffix("s")):
        if candidate in names:
            return sites(evidence)[names[candidate]]
    raise KeyError(_unknown(text, species, evidence))


def site_of(skin: Skin, evidence: Tables | HasTables) -> Site:
    """The site whose section some skin is."""
    return find_site(skin.site, skin.species, evidence)


@view
def _names(tables: Tables, species: str) -> Mapping[str, str]:
    """Plain spelling of every name, label and alias -> key of the site, for one species."""
    return {
        _plain(word): site.key
        for site in sites(tables).values()
        if site.species == species
        for word in (*site.aliases, site.label, site.name)
    }


def _plain(text: str) -> str:
    return "_".join(text.strip().casefold().replace("-", " ").replace("_", " ").split())


def _unknown(text: str, species: str, evidence: Tables | HasTables) -> str:
    from difflib import get_close_matches

    names, known = _names(evidence, species), sites(evidence)
    if not names:
        return f"{species!r} has no skin in the catalogue of sites"
    close = dict.fromkeys(names[word] for word in get_close_matches(_plain(text), names, n=3))
    hint = f"did you mean {' or '.join(known[key].name for key in close)}? " if close else ""
    listed = sorted({site.name for site in known.values() if site.species == species})
    return f"{text!r} is not a site of {species} skin; {hint}known: {', '.join(listed)}"
