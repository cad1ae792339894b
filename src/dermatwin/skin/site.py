"""Anatomical sites: the places on a body (or an animal) for which the evidence holds a section of skin.

The catalogue is `sites.csv`. Whether a place is part of the face, and whose dermis and vessels stand for its own, is said
by the region that it lies in (`regions.csv`), and everybody asks here. A site belongs to one species; animals share names
(`back`, `ear`) with one another and are told apart by species. Names and aliases are matched without regard to case,
accents, spaces, hyphens, apostrophes, plural and side; they share one vocabulary with the places of histories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.spelling import tokens
from ..core.vocabulary import SIDES
from ..evidence import Tables, view
from ..evidence.rows.history import EVERYWHERE
from ..evidence.rows.skin import RegionRow, SiteRow
from ..evidence.tables import HasTables
from ..history import places

if TYPE_CHECKING:
    from .section import Skin

HUMAN, FACE = "human", "face"
SIDE_WORDS = frozenset(tokens(" ".join(SIDES)))
_SMALL = frozenset({"the", "my", "a", "of", "on", "side", "half"})


@dataclass(frozen=True)
class Site:
    """One place on the body. `backing` is what lies below the skin: bone, cartilage, muscle or fat.

    `scars` says whether raised scars are commoner there: usual or prone, a member of `scar_site_factor`.
    """

    name: str
    label: str
    region: RegionRow  # what it is a part of, and whose measurements stand for its own
    species: str
    backing: str
    scars: str = "usual"
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
        Site(row.site, row.label, known[row.region], row.species, row.backing, row.scars, row.aliases, row.note)
        for row in tables.rows(SiteRow)
    )
    return {site.key: site for site in found}


def find_site(text: str, species: str, evidence: Tables | HasTables) -> Site:
    """The site called `text` of a species, by name or alias, on either side; KeyError with what would be right otherwise.

    A place of `places.csv` that is no site of its own ('eye area', 'arm') is asked about, never taken for one.
    """
    names = _names(evidence, species)
    for words in (_bare(text), _without_side(text)):
        if words in names:
            return sites(evidence)[names[words]]
    raise KeyError(_unknown(text, species, evidence))


def site_of(skin: Skin, evidence: Tables | HasTables) -> Site:
    """The site whose section some skin is."""
    return find_site(skin.site, skin.species, evidence)


@view
def _names(tables: Tables, species: str) -> Mapping[tuple[str, ...], str]:
    """Comparable words of every name, label and alias -> key of the site, for one species."""
    return {
        _bare(word): site.key
        for site in sites(tables).values()
        if site.species == species
        for word in (*site.aliases, site.label, site.name)
    }


def _bare(text: str) -> tuple[str, ...]:
    """Comparable words of a name, without the small ones."""
    return tuple(word for word in tokens(text.replace("_", " ")) if word not in _SMALL)


def _without_side(text: str) -> tuple[str, ...]:
    """A name without the words for a side: skin is the same on both."""
    return tuple(word for word in _bare(text) if word not in SIDE_WORDS)


def _unknown(text: str, species: str, evidence: Tables | HasTables) -> str:
    """Why a name is no site, and what would be."""
    names, known = _names(evidence, species), sites(evidence)
    if not names:
        return f"{species!r} has no skin in the catalogue of sites"
    if species == HUMAN and (asked := _asked(text, evidence)):
        return f"{text!r} {asked}"
    listed = sorted({site.name for site in known.values() if site.species == species})
    return f"{text!r} is not a site of {species} skin; {_near(text, names, known)}known: {', '.join(listed)}"


def _asked(text: str, evidence: Tables | HasTables) -> str:
    """What to write for a place that is no site of its own, or for several places; '' where none is named."""
    known = places(evidence)
    named = known.all_named(tokens(text.replace("_", " ")))
    if len(named) > 1:
        return f"names {' and '.join(place.replace('_', ' ') for place in named)}; write a zone for each"
    if not named or not any(_bare(" ".join(name)) == _without_side(text) for name, _ in known.names):
        return ""
    if EVERYWHERE in known.covers[named[0]]:
        return "is no place; write a zone for each that is needled"
    covered = _parts(known.covers[named[0]], evidence)
    if not covered:
        return "is a place of which no skin is known here: nothing can be computed for it"
    told = [site.name if site.label == site.name else f"{site.name} ({site.label})" for site in covered]
    return f"is no site of its own; write the one that is meant: {' or '.join(told)}"


def _parts(covered: frozenset[str], evidence: Tables | HasTables) -> list[Site]:
    """Sites by name, without one that stands for the whole of a region of which there are parts."""
    found = [site for site in sites(evidence).values() if site.species == HUMAN and site.name in covered]
    split = [site.region.name for site in found if site.name != site.region.name]
    return [site for site in found if site.name != site.region.name or site.name not in split]


def _near(text: str, names: Mapping[tuple[str, ...], str], known: Mapping[str, Site]) -> str:
    from difflib import get_close_matches

    written = {" ".join(words): key for words, key in names.items()}
    close = dict.fromkeys(written[word] for word in get_close_matches(" ".join(_without_side(text)), written, n=3))
    return f"did you mean {' or '.join(known[key].name for key in close)}? " if close else ""
