"""A trial that was read and checked: its document, one case for each arm, the population and the scale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..case import Case, Zone
from ..evidence import Evidence
from ..outcome import Scale
from ..population import Preset
from .document import Arm, TrialDocument

MISSED = "one session missed"


@dataclass(frozen=True)
class Plan:
    """A trial that can be run. The cases hold some person in place of those who will be drawn."""

    document: TrialDocument
    cases: Mapping[str, Case]  # by arm; of a needled arm also the same without its middle session, under `missed_name`
    preset: Preset
    scale: Scale
    concern: str
    evidence: Evidence

    @property
    def zone(self) -> Zone:
        """The zone that is read."""
        return next(iter(self.cases.values())).zones[0]

    @property
    def sessions(self) -> int:
        """Sessions of the longest arm."""
        return max((len(case.session_days) for case in self.cases.values() if case.zones[0].treated), default=0)

    @property
    def compared(self) -> tuple[Arm, Arm]:
        """The two arms of the main comparison."""
        return self.document.compared

    @property
    def exclude(self) -> frozenset[str]:
        """Studies that nothing here leans on."""
        return frozenset(self.document.leave_out)

    @property
    def reading_days(self) -> tuple[float, ...]:
        """Days on which the pool is read: visits, and the ends of their windows."""
        days = {d for v in self.document.visits for d in (v.time - v.window, v.time, v.time + v.window) if d > 0.0}
        return tuple(sorted(days))

    @property
    def lot(self) -> int:
        """People of a lot."""
        return max(self.document.pool.lot or 0, self.document.people)


def missed_name(arm: str) -> str:
    """The name of an arm with its middle session missed."""
    return f"{arm}, {MISSED}"
