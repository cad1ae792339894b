"""A zone's layered section: which site it is and how thick, stiff and tight the skin is there for this person."""

from typing import TYPE_CHECKING

from ..core.later import later
from .site import Site, find_site, regions, site_of, sites

if TYPE_CHECKING:
    from .anatomy import section_of
    from .reading import readings
    from .section import LAYERED, Skin

__getattr__ = later(__name__, {"LAYERED": "section", "Skin": "section", "readings": "reading", "section_of": "anatomy"})

__all__ = ["LAYERED", "Site", "Skin", "find_site", "readings", "regions", "section_of", "site_of", "sites"]
