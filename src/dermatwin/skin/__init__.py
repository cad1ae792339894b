"""A zone's layered section: which site it is and how thick, stiff and tight the skin is there for this person."""

from .anatomy import section_of
from .readings import readings
from .section import Skin
from .site import Site, find_site, regions, site_of, sites

__all__ = ["Site", "Skin", "find_site", "readings", "regions", "section_of", "site_of", "sites"]
