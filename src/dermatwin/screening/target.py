"""What a rule looks at: one zone of the case with the device, needle length, products and adjuncts that reach it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..case import Case, CustomDevice, Settings, Topical, Zone
from ..evidence import Evidence

if TYPE_CHECKING:
    from ..device import Device


@dataclass(frozen=True)
class Target:
    """One treated zone, resolved."""

    zone: Zone
    site: str  # name in the catalogue of sites, or the case's own word where it is not in it
    region: str  # name in the table of regions; empty if unknown
    by_session: tuple[Settings, ...]  # of every session; empty where the case has none
    device_text: str
    device: Device | None  # None if the catalogue does not know it
    described_device: bool
    topicals: tuple[Topical, ...]
    adjuncts: tuple[str, ...]

    @property
    def key(self) -> str:
        """The zone's key in the case."""
        return self.zone.key

    @property
    def deepest(self) -> float | None:
        """The longest needle length of all sessions, mm."""
        return max((settings.needle_length for settings in self.by_session), default=None)

    @property
    def most_passes(self) -> int:
        """The most passes of a session; 0 where none are stated."""
        return max((settings.passes or 0 for settings in self.by_session), default=0)

    @property
    def when_deepest(self) -> str:
        """The sessions with the longest needles, in words: 'in session 2, 3'; empty where all are alike."""
        lengths = [settings.needle_length for settings in self.by_session]
        sessions = [str(number) for number, length in enumerate(lengths, start=1) if length == self.deepest]
        return "" if len(sessions) == len(lengths) else f" in session {', '.join(sessions)}"

    @property
    def concerns(self) -> tuple[str, ...]:
        """Concerns of the zone."""
        return tuple(record.concern for record in self.zone.concerns)


def targets(case: Case, evidence: Evidence) -> tuple[Target, ...]:
    """The treated zones of a case."""
    return tuple(_target(case, zone, evidence) for zone in case.zones if zone.treated)


def _target(case: Case, zone: Zone, evidence: Evidence) -> Target:
    settings = case.course.settings.get(zone.key)
    _, site, region = locate(zone.zone, case.patient.species, evidence)
    text, device, described = _device((settings.device if settings else None) or case.course.device, evidence)
    topicals = tuple(t for t in case.course.topicals if t.zones is None or zone.key in t.zones)
    adjuncts = tuple(
        f"{a.adjunct.replace('_', ' ')} {a.detail}".strip()
        for a in case.course.adjuncts
        if a.zones is None or zone.key in a.zones
    )
    by_session = () if settings is None else tuple(map(settings.at, range(len(case.session_days))))
    return Target(zone, site, region, by_session, text, device, described, topicals, adjuncts)


def locate(text: str, species: str, evidence: Evidence) -> tuple[bool, str, str]:
    """Whether a place is in the catalogue of sites, its name there and its region."""
    from ..skin import find_site

    try:
        site = find_site(text, species, evidence)
    except KeyError:
        return False, text, ""
    return True, site.name, site.region.name


def _device(device: str | CustomDevice, evidence: Evidence) -> tuple[str, Device | None, bool]:
    """Words that name a device, its record, and whether the case describes it."""
    from ..device import describe, find

    if isinstance(device, CustomDevice):
        return f"{device.name} {device.kind}", describe(device, evidence), True
    try:
        found = find(device, evidence)
    except KeyError:
        return device, None, False
    return f"{found.name} {found.id}", found, False
