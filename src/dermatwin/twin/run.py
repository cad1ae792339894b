"""The Run: everything that one simulation produced, immutable, with look-ups by name.

What is made of a run (its summary, its arrays, its folder) stands in modules that know it; it knows none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..case import Case, Settings, Zone
from ..core.errors import CaseError, Fault, Notice
from ..delivery import Guard, Numbness
from ..device import Device
from ..evidence import Evidence
from ..flows import Channels, Curve, Exposure, Punctures, TissueHistory
from ..naming import NOTHING, Detail
from ..screening import Screening
from ..skin import Skin
from .endpoints import Endpoint
from .names import read_name


@dataclass(frozen=True)
class ZoneRun:
    """What happened in one zone; one entry per treatment session where it says so."""

    zone: Zone
    skin: Skin
    device: Device | None  # None where the zone is not treated
    settings: Settings | None
    punctures: tuple[Punctures, ...]  # per session
    channels: tuple[Channels, ...]  # per session
    exposures: tuple[Exposure, ...]  # per session, product and active
    history: TissueHistory
    numb: tuple[Numbness, ...] = ()  # per session in which something numbs

    @property
    def set_first(self) -> Settings | None:
        """The settings of the first session; None where the zone is not treated."""
        return None if self.settings is None else self.settings.at(0)


@dataclass(frozen=True)
class Beyond:
    """People beyond those whose stages a run keeps: of them it has every endpoint and nothing else."""

    people: int  # all together, those who keep their stages included
    failed: Mapping[str, int]  # of those beyond, people of whom healing failed, by zone


@dataclass(frozen=True)
class Everybody:
    """One endpoint of everybody, as a run on disk keeps it that does not keep everybody's stages."""

    quantity: str
    detail: str
    zone: str
    time: float | None  # d after the first session
    values: np.ndarray  # (person,)


@dataclass(frozen=True)
class Run:
    """One simulated course: case, screening, stage results, endpoints, curves, notices, provenance."""

    case: Case
    screening: Screening
    zones: tuple[ZoneRun, ...]
    endpoints: tuple[Endpoint, ...]
    curves: tuple[Curve, ...]
    notices: tuple[Notice, ...]
    provenance: dict[str, Any]
    evidence: Evidence = field(repr=False)
    guards: tuple[Guard, ...] = ()  # doses against their limits, the gravest first
    reference: TissueHistory | None = field(default=None, repr=False)  # the trials' usual course under the same draws
    beyond: Beyond | None = None  # None where the stages of everybody are kept

    @property
    def failed(self) -> dict[str, int]:
        """People of whom healing failed, by zone: counted, never dropped."""
        more: Mapping[str, int] = {} if self.beyond is None else self.beyond.failed
        found = {zone.zone.key: int((zone.history.status != 0).any(axis=1).sum()) for zone in self.zones}
        return {zone: count + more.get(zone, 0) for zone, count in found.items()}

    def zone(self, key: str) -> ZoneRun:
        """The results of one zone."""
        return next(zone for zone in self.zones if zone.zone.key == key)

    def find(self, quantity: str, zone: str | None = None, detail: Detail = NOTHING) -> tuple[Endpoint, ...]:
        """Endpoints of a quantity in time order: those of one zone or of all, of one detail or of every one.

        The detail may stand in the text, as in the name of an endpoint: 'pain_vas[2]'. Raises CaseError, which says what
        would be right, for a text that names nothing.
        """
        try:
            named = read_name(quantity, self.evidence)
        except ValueError as error:
            raise CaseError([Fault("name", repr(quantity), str(error))]) from None
        wanted = {named.detail, detail} - {NOTHING}
        found = [
            e for e in self.endpoints if e.quantity == named.quantity and wanted <= {e.detail} and zone in (None, e.zone)
        ]
        return tuple(sorted(found, key=lambda e: (e.zone, e.time_days or 0.0)))

    def curve(self, quantity: str, zone: str, session: int | None = None, detail: Detail = NOTHING) -> Curve:
        """One time course; `session` counts from 0, where the course counts hours from one."""
        wanted = quantity, zone, session, detail
        return next(c for c in self.curves if (c.quantity, c.zone, c.session, c.detail) == wanted)
