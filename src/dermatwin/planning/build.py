"""From a proposal to a case that runs: one zone or several, device, dates, depths, numbing; nothing else is kept.

Of the given course the start, the device, the numbing creams and the aftercare are kept; its settings, other products
and adjuncts are not, because a plan must not smuggle in what nobody asked it to weigh.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..case import Case, Zone
from ..case.document import ConcernRecord
from ..core.units import factor
from ..device import Kind
from ..evidence import Evidence
from .numbing import creams


def build(
    case: Case,
    zones: Sequence[Zone],
    settings: dict[str, dict[str, Any]],
    device: Any,
    count: int,
    interval: float,
    read_at: int,
    evidence: Evidence,
) -> Case:
    """A runnable case. `interval` in days, `read_at` in weeks after the last session."""
    keys = [zone.key for zone in zones]
    data = case.model_dump(mode="json")
    data["title"] = f"Plan for {', '.join(keys)}"
    data["description"] = "Proposed from the literature's default courses; a clinician decides."
    data["sources"], data["observations"] = [], []
    data["zones"] = [zone.model_dump(mode="json") for zone in zones]
    data["course"] = {
        "device": device,
        "start": data["course"]["start"],
        "settings": settings,
        "sessions": {"count": count, "interval": f"{interval:.10g} d"},
        "topicals": [topical.model_dump(mode="json") for topical in creams(case, keys, count, evidence)],
        "aftercare": data["course"]["aftercare"],
    }
    last = (count - 1) * interval + read_at * factor("week", "d")
    data["horizon"] = f"{max(case.horizon, last):.10g} d"
    return Case.model_validate(data)


def with_concerns(zone: Zone, concerns: Sequence[str]) -> Zone:
    """The zone with only these of its concerns."""
    kept: list[ConcernRecord] = [record for record in zone.concerns if record.concern in concerns]
    return zone.model_copy(update={"concerns": kept})


def settings_of(aim: float, first: float, passes: int, count: int) -> dict[str, Any]:
    """Settings with this needle length [mm], a shallower first session where it differs."""
    usual: dict[str, Any] = {"needle_length": f"{aim:.10g} mm", "passes": passes}
    if first < aim and count > 1:
        return {**usual, "changes": [{"sessions": [1], "needle_length": f"{first:.10g} mm"}]}
    return {**usual, "needle_length": f"{min(first, aim):.10g} mm"}


def passes(kind: Kind, evidence: Evidence) -> int:
    """Customary number of passes of a kind of device."""
    return int(evidence.value(f"planned_passes[{kind.parameters}]", "1"))
