"""The evidence that this clinic believes, and lists of its names for the forms."""

from __future__ import annotations

from functools import lru_cache

from ...device import catalogue
from ...evidence import Evidence
from ...evidence.rows.outcome import ConcernRow, ScaleRow
from ...skin import sites

Choice = tuple[str, str]


def evidence() -> Evidence:
    """What the twin believes here."""
    return Evidence.packaged()


@lru_cache(maxsize=1)
def concerns() -> tuple[Choice, ...]:
    """Concerns by name, as people say them."""
    return tuple((row.concern, row.label) for row in evidence().rows(ConcernRow))


@lru_cache(maxsize=1)
def scales() -> tuple[Choice, ...]:
    """Scales by id."""
    return tuple((row.id, row.title) for row in evidence().rows(ScaleRow))


@lru_cache(maxsize=1)
def devices() -> tuple[Choice, ...]:
    """Devices of the catalogue by id."""
    return tuple((device.id, device.name) for device in catalogue(evidence()).values())


@lru_cache(maxsize=1)
def places() -> dict[str, str]:
    """Sites of a person's skin: name -> what it is called."""
    return {site.name: site.label for site in sites(evidence()).values() if site.species == "human"}
