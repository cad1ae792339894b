"""Dose guards of a run: anaesthetic applied and absorbed against its limits, excipients that channels let in.

Applied masses are those of the screening, which stops; here they stand beside what the simulation says is taken up. All
zones of a session count together, and the session with the largest uptake is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .. import delivery
from ..case import Case
from ..case.document import Topical
from ..core.units import factor
from ..delivery import Guard
from ..evidence import Draws, Evidence
from ..screening import allowance
from ..screening.agent import agent_of
from .run import ZoneRun


@dataclass(frozen=True)
class Taken:
    """Uptake of anaesthetics [mg] by session and agent, (person,) each."""

    mass: Mapping[tuple[int, str], np.ndarray]

    def plus(self, other: Taken) -> Taken:
        """Of the same people, other zones."""
        found = dict(self.mass)
        for key, mass in other.mass.items():
            found[key] = found[key] + mass if key in found else mass
        return Taken(found)

    def then(self, others: Sequence[Taken]) -> Taken:
        """Of the same zones, other people behind these."""
        return Taken(
            {key: np.concatenate([mass, *(other.mass[key] for other in others)]) for key, mass in self.mass.items()}
        )


def taken(zone: ZoneRun) -> Taken:
    """What the body takes up of anaesthetics in one zone."""
    found = Taken({})
    for exposure in zone.exposures:
        if exposure.at_nerves is not None:
            mass = exposure.amount[:, -1, -1] * zone.zone.area * factor("ug", "mg")
            found = found.plus(Taken({(exposure.session, exposure.active): mass}))
    return found


def guards(
    case: Case, zones: Sequence[ZoneRun], draws: Draws, swallowed: Taken | None = None, everybody: Draws | None = None
) -> tuple[Guard, ...]:
    """Every guard of a run, the gravest first.

    swallowed : uptake of everybody; left out, that of the people of `zones`. everybody : the draws of these people.
    """
    if swallowed is None:
        swallowed = Taken({})
        for zone in zones:
            swallowed = swallowed.plus(taken(zone))
    absorbed = _absorbed(case, swallowed, everybody or draws)
    found = [*_applied(case, draws), *absorbed, *_excipients(case, zones, draws)]
    rank = {"stop": 0, "caution": 1, "ok": 2}
    return tuple(sorted(found, key=lambda guard: rank[guard.verdict]))


def _applied(case: Case, draws: Draws) -> tuple[Guard, ...]:
    """Of the fullest session: products that numb, their area and time."""
    sessions = [_applications(case, number + 1, draws.evidence) for number in range(len(case.session_days))]
    if not any(sessions):
        return ()
    fullest = max(sessions, key=lambda applied: sum(application.product for application in applied))
    return delivery.applied_guards(fullest, allowance(case.patient, draws.evidence), draws)


def _applications(case: Case, session: int, evidence: Evidence) -> list[delivery.Application]:
    found: list[delivery.Application] = []
    for topical in case.course.topicals:
        agent = agent_of(topical, evidence, case.patient.age)
        if agent is None or (topical.sessions is not None and session not in topical.sessions):
            continue
        area = sum(zone.area for zone in case.zones if topical.zones is None or zone.key in topical.zones)
        hours = None if topical.remove is None else topical.remove - topical.apply
        found.append(delivery.Application(agent, topical.dose * area, area, hours, _on_channels(topical)))
    return found


def _on_channels(topical: Topical) -> bool:
    return topical.remove is None or topical.remove > max(topical.apply, 0.0)


def _in_session(topical: Topical, session: int) -> bool:
    return topical.sessions is None or session + 1 in topical.sessions


def _absorbed(case: Case, swallowed: Taken, draws: Draws) -> tuple[Guard, ...]:
    """Uptake by agent, of all zones together, in the session with the largest."""
    sessions: dict[int, dict[str, np.ndarray]] = {}
    for (session, agent), mass in swallowed.mass.items():
        sessions.setdefault(session, {})[agent] = mass
    if not sessions:
        return ()
    largest = max(sessions.values(), key=lambda found: _middle(sum(found.values(), np.zeros(1))))
    return delivery.absorbed_guards(largest, allowance(case.patient, draws.evidence).weight, draws)


def _middle(values: np.ndarray) -> float:
    """Median of those who were computed; zero where nobody was."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else 0.0


def _excipients(case: Case, zones: Sequence[ZoneRun], draws: Draws) -> Iterator[Guard]:
    """Of every product that lies on open channels, in the zone and session that lets most in."""
    for topical in case.course.topicals:
        where = [zone for zone in zones if zone.channels and (topical.zones is None or zone.zone.key in topical.zones)]
        numbing = agent_of(topical, draws.evidence, case.patient.age) is not None
        if not where or not _on_channels(topical) or numbing:
            continue
        put = [(zone, channels) for zone in where for channels in zone.channels if _in_session(topical, channels.session)]
        zone, channels = max(put, key=lambda pair: float(np.median(pair[1].open_area[:, 0])) * pair[0].zone.area)
        doses = delivery.excipient_doses(topical, channels, zone.skin, draws)
        product = delivery.product_in(topical, draws.evidence)
        yield from delivery.excipient_guards(product, doses, zone.zone.area, draws.evidence)
