"""The stages of one zone, and of the reference course, chained over the treatment sessions.

    needle -> channel -> delivery, at every session; then healing over the whole course

Nothing flows back. Each stage sees only its inputs and the draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .. import barrier, delivery, healing, insertion, outcome
from .. import skin as sections
from ..case import Case, Topical, Zone
from ..device import find as find_device
from ..evidence import Draws
from ..flows import Channels, Exposure, Punctures, TissueHistory
from ..history import Person
from .resolve import ZonePlan
from .run import ZoneRun

Progress = Callable[[float, str], None]
HUMAN = "human"


def untold(share: float, what: str) -> None:
    """Progress of which nobody wants to hear."""


def part_of(tell: Progress, number: int, count: int) -> Progress:
    """The progress of one of several parts of equal size."""
    return lambda share, what: tell((number + share) / count, what)


def needs_usual(case: Case) -> bool:
    """Whether answers of a case are set against the reference course."""
    return case.patient.species == HUMAN and any(zone.concerns for zone in case.zones)


def usual_course(draws: Draws) -> TissueHistory:
    """The usual course of the trials, healed under the same draws: what is unknown of the network then cancels."""
    course = outcome.reference_course(draws)
    skin = sections.section_of(course.zone, course.person.patient, draws)
    device = find_device(course.device, draws.evidence)
    punctures = [insertion.insert(device, course.settings, skin, draws, n) for n in range(len(course.session_days))]
    return healing.heal(punctures, course.session_days, skin, course.person, course.horizon, draws)


def run_zone(case: Case, who: Person, plan: ZonePlan, draws: Draws, tell: Progress) -> ZoneRun:
    """All stages of one zone."""
    zone, days = plan.zone, case.session_days
    skin = sections.section_of(zone, who.patient, draws)
    tell(0.05, f"{zone.key}: needles")
    punctures = _needle(plan, skin, draws, len(days))
    covered = case.course.aftercare.occlusion or 0.0
    soothed = healing.slows_barrier(who, draws.evidence)
    channels = tuple(barrier.close(p, skin, draws, covered_h=covered, anti_inflammatory=soothed) for p in punctures)
    tell(0.15, f"{zone.key}: delivery")
    exposures = tuple(_deliver(case, zone, channels, skin, draws))
    numb = tuple(_numb(exposures, draws))
    tell(0.4, f"{zone.key}: healing")
    history = healing.heal(punctures, days, skin, who, case.horizon, draws)
    return ZoneRun(zone, skin, plan.device, plan.settings, punctures, channels, exposures, history, numb)


def _needle(plan: ZonePlan, skin: sections.Skin, draws: Draws, sessions: int) -> tuple[Punctures, ...]:
    if plan.device is None or plan.settings is None:
        return ()
    return tuple(insertion.insert(plan.device, plan.settings, skin, draws, session) for session in range(sessions))


def _deliver(
    case: Case, zone: Zone, channels: tuple[Channels, ...], skin: sections.Skin, draws: Draws
) -> Iterator[Exposure]:
    for channel in channels:
        for topical in case.course.topicals:
            if _applies(topical, zone.key, channel.session):
                yield from delivery.deliver(topical, channel, skin, draws)


def _numb(exposures: tuple[Exposure, ...], draws: Draws) -> Iterator[delivery.Numbness]:
    """The block of nerves in every session in which something numbs."""
    for session in sorted({exposure.session for exposure in exposures}):
        found = delivery.numb([exposure for exposure in exposures if exposure.session == session], draws)
        if found is not None:
            yield found


def _applies(topical: Topical, zone: str, session: int) -> bool:
    here = topical.zones is None or zone in topical.zones
    return here and (topical.sessions is None or session + 1 in topical.sessions)
