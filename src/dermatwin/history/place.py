"""Places that a history names, and whether a place and a zone meet.

A place of `places.csv` covers sites of the catalogue ('chest' the decollete and the breast), a whole region, everything
('all over'), or none that is ever needled ('earlobe'). The names of sites are places as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ..evidence import Tables, view
from ..evidence.rows.history import EVERYWHERE, REGION, PlaceRow
from ..evidence.rows.skin import SiteRow
from .language import tokens

_HUMAN = "human"
_WHOLE = "body"
"""The site that stands for a body of which no part is named: no place by itself."""


@dataclass(frozen=True, eq=False)
class Places:
    """Names of places, longest first, and the sites that each place covers."""

    names: tuple[tuple[tuple[str, ...], str], ...]
    covers: Mapping[str, frozenset[str]]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of a name."""
        return frozenset(word for name, _ in self.names for word in name)

    def named(self, read: tuple[str, ...]) -> str:
        """The place that some words name (the longest name counts), else empty."""
        return next((place for name, place in self.names if _stands(name, read)), "")

    def all_named(self, read: tuple[str, ...]) -> tuple[str, ...]:
        """Every place that some words name, in their order; a word belongs to the longest name in which it stands."""
        free = [True] * len(read)
        found: dict[int, str] = {}
        for name, place in self.names:
            for start in range(len(read) - len(name) + 1):
                here = slice(start, start + len(name))
                if read[here] == name and all(free[here]):
                    free[here] = [False] * len(name)
                    found[start] = place
        return tuple(dict.fromkeys(found[start] for start in sorted(found)))

    def meets(self, place: str, site: str) -> bool | None:
        """Whether a place reaches a site; None where nobody knows the place."""
        covered = self.covers.get(place)
        return None if covered is None else site in covered or EVERYWHERE in covered


@view
def places(tables: Tables) -> Places:
    """The places of some evidence."""
    human = [row for row in tables.rows(SiteRow) if row.species == _HUMAN and row.site != _WHOLE]
    regions = {row.site: row.region for row in human}
    names = [(tokens(word), row.site) for row in human for word in (row.site, row.label, *row.aliases)]
    covers = {site: _within(site, regions) for site in regions}
    for row in tables.rows(PlaceRow):
        names += [(tokens(word), row.place) for word in (row.place.replace("_", " "), *row.names)]
        covers[row.place] = frozenset().union(*(_sites(word, regions) for word in row.sites))
    return Places(tuple(sorted(((name, place) for name, place in names if name), key=lambda one: -len(one[0]))), covers)


def _within(site: str, regions: Mapping[str, str]) -> frozenset[str]:
    """A site covers itself; a site that is named like its region covers the region, and is reached from all of it."""
    region = regions[site]
    if site == region:
        return frozenset(other for other in regions if regions[other] == region)
    return frozenset({site, *(other for other in regions if other == region)})


def _sites(word: str, regions: Mapping[str, str]) -> frozenset[str]:
    if word == EVERYWHERE:
        return frozenset({EVERYWHERE})
    if word.startswith(REGION):
        return frozenset(site for site, region in regions.items() if region == word.removeprefix(REGION))
    return _within(word, regions)


def _stands(name: tuple[str, ...], read: tuple[str, ...]) -> bool:
    return any(read[start : start + len(name)] == name for start in range(len(read) - len(name) + 1))
