"""Whether the free name of a zone speaks of another place than its site."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.vocabulary import ASSUMPTION
from ..evidence import Evidence
from ..history import places
from ..history.language import tokens
from .records import Finding
from .target import Target


def place_check(zone: Target, evidence: Evidence) -> Iterator[Finding]:
    """A question where a zone is named after one place and laid on another."""
    if zone.zone.name is None:
        return
    known = places(evidence)
    named = known.named(tokens(zone.zone.name.replace("_", " ")))
    if named and known.meets(named, zone.site) is False:
        yield Finding(
            "name_of_zone",
            "soft_stop",
            "A zone is named after another place than its site",
            f"{zone.key}: the name says {named.replace('_', ' ')}, the site is {zone.site.replace('_', ' ')}",
            "Say which is meant: depth, thickness and rules follow the site",
            zone=zone.key,
            sources=(ASSUMPTION,),
        )
