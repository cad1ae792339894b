"""The Run: everything that one simulation produced, immutable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..case import Case, Observation, Settings, Zone
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

if TYPE_CHECKING:
    import xarray as xr


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


@dataclass(frozen=True)
class Comparison:
    """An observation beside the prediction of the same quantity."""

    observation: Observation
    title: str
    unit: str
    low: float
    median: float
    high: float
    inside: bool  # the band holds the value, or a value that the bound allows
    endpoint: Endpoint

    @property
    def independent(self) -> bool:
        """Whether the prediction stands on other studies alone; where not, agreement is no test of the twin."""
        return self.observation.source not in self.endpoint.sources


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

    def comparisons(self) -> tuple[Comparison, ...]:
        """Every observation of the case beside its prediction."""
        from .comparison import compare_observations

        return compare_observations(self)

    def summary(self) -> dict[str, Any]:
        """The run as plain data: what `summary.json` holds."""
        from .summary import summarise

        return summarise(self)

    def dataset(self) -> xr.Dataset:
        """The run as labelled arrays with units: dims draw, zone, layer, time and those of single processes."""
        from .dataset import to_dataset

        return to_dataset(self)

    def write(
        self,
        folder: Path | str,
        *,
        force: bool = False,
        report: str | None = None,
        sheets: Mapping[str, str] | None = None,
        store: bool = False,
    ) -> Path:
        """Write the run folder, whole or not at all; returns its path."""
        from .folder import write_run

        return write_run(self, Path(folder), force=force, report=report, sheets=sheets or {}, store=store)


def band(values: np.ndarray, axis: int = 0) -> np.ndarray:
    """5 %, 50 % and 95 % quantiles over draws, NaN draws left out: shape (3, ...)."""
    return np.nanquantile(values, (0.05, 0.5, 0.95), axis=axis)
