"""Numbing that goes with a course: how much cream is allowed, and a given cream put right.

Grams and times are the plan's own: too much is cut to what label and body weight allow, too long or too late is moved. What
cannot be put right (an allergy, an area beyond the label, a person too young) leaves the cream out and says why, and the
course stands without it. Nothing else of the given topicals is touched.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..case import Case, Topical, Zone
from ..core.units import factor
from ..evidence import Evidence
from ..screening import Screening, allowance, screen
from ..screening.agent import Agent, agent_of
from ..screening.product import name_of
from .proposal import Reason

BEFORE_NEEDLING = -1.0 / 12.0  # h: five minutes to take it off and clean the skin
ROOM = 1e-9
DOSE_STEP = 0.01  # mg/cm2, rounded down


@dataclass(frozen=True)
class Numbed:
    """A numbing cream as it is planned, None where it is left out, and what was changed and why."""

    topical: Topical | None
    remarks: tuple[Reason, ...] = ()


def sentence(case: Case, zone: Zone, length: float, evidence: Evidence) -> str:
    """How much of a usual cream this person may have, or that none is needed at this needle length [mm]."""
    if length <= evidence.value("numbing_depth", "mm"):
        return f"{length:g} mm: numbing is seldom needed"
    limit, strength = allowance(case.patient, evidence), evidence.value("numbing_cream_strength", "1")
    weight = f"{limit.weight:g} kg" + (", assumed: weigh the person" if limit.weight_assumed else "")
    return (
        f"at most {limit.cream(strength):.2g} g of a lidocaine {strength:.0%} cream in all ({limit.lidocaine:.3g} mg at "
        f"{weight}), off before the first needle; this zone has {zone.area:g} cm2"
    )


def creams(case: Case, keys: Sequence[str], count: int, evidence: Evidence) -> list[Topical]:
    """The numbing creams of a case, on these zones and the first `count` sessions."""
    return [found for topical in case.course.topicals if (found := _cream(case, topical, keys, count, evidence)) is not None]


def _cream(case: Case, topical: Topical, keys: Sequence[str], count: int, evidence: Evidence) -> Topical | None:
    if agent_of(topical, evidence, case.patient.age) is None:
        return None
    zones = [key for key in keys if topical.zones is None or key in topical.zones]
    sessions = topical.sessions if topical.sessions is None else [s for s in topical.sessions if s <= count]
    return topical.model_copy(update={"zones": zones, "sessions": sessions}) if zones and sessions != [] else None


def put_right(case: Case, evidence: Evidence) -> tuple[Case, tuple[Reason, ...]]:
    """A case whose numbing creams keep to label and body weight, and what was changed; other products stay."""
    found = [_numbed(case, topical, evidence) for topical in case.course.topicals]
    mended = _with(case, [one.topical for one in found if one.topical is not None])
    remarks = tuple(remark for one in found for remark in one.remarks)
    kept = mended.course.topicals
    while kept and (stops := _caused(mended, evidence)):
        left = kept.pop()
        said = "; ".join(dict.fromkeys(f"{f.title}: {f.reason}" for f in stops.at("hard_stop", "soft_stop")))
        sources = tuple(dict.fromkeys(s for f in stops.at("hard_stop", "soft_stop") for s in f.sources))
        remarks += (Reason(f"{name_of(left)} is left out: {said}", sources),)
        mended = _with(mended, kept)
    return mended, remarks


def _with(case: Case, topicals: list[Topical]) -> Case:
    return case.model_copy(update={"course": case.course.model_copy(update={"topicals": list(topicals)})})


def _caused(case: Case, evidence: Evidence) -> Screening | None:
    """What stops a case only because of its creams; None where nothing does."""
    bare = set(screen(_with(case, []), evidence).findings)
    found = screen(case, evidence)
    ours = tuple(finding for finding in found.findings if finding.stops and finding not in bare)
    return Screening("stop", ours) if ours else None


def _numbed(case: Case, topical: Topical, evidence: Evidence) -> Numbed:
    agent = agent_of(topical, evidence, case.patient.age)
    if agent is None:
        return Numbed(topical)
    less, remarks = _lighter(case, topical, agent, evidence)
    timed, also = _timed(less, agent)
    return Numbed(timed, (*remarks, *also))


def _lighter(case: Case, topical: Topical, agent: Agent, evidence: Evidence) -> tuple[Topical, tuple[Reason, ...]]:
    """No more cream than label and body weight allow on the area that it covers."""
    area = sum(zone.area for zone in case.zones if topical.zones is None or zone.key in topical.zones)
    limit = allowance(case.patient, evidence)
    share = agent.strengths.get("lidocaine")
    by_weight = limit.cream(share) * factor("g", "mg") if share else None
    most = min((mass for mass in (by_weight, agent.max_mass) if mass is not None), default=None)
    if not most or topical.dose * area <= most * (1.0 + ROOM):
        return topical, ()
    given, allowed = topical.dose * area * factor("mg", "g"), most * factor("mg", "g")
    said = (
        f"{name_of(topical)}: {given:.3g} g on {area:g} cm2 is more than allowed; cut to {allowed:.3g} g in all "
        f"({limit.weight:g} kg): a thinner layer numbs less, so numb and treat a part of the area in each session where it "
        "does not do"
    )
    dose = math.floor(most / area / DOSE_STEP) * DOSE_STEP
    return topical.model_copy(update={"dose": dose}), (Reason(said, (*limit.sources, *agent.sources)),)


def _timed(topical: Topical, agent: Agent) -> tuple[Topical, tuple[Reason, ...]]:
    """On long enough and not too long, off before the first needle."""
    off = topical.remove if topical.remove is not None and topical.remove <= 0.0 else BEFORE_NEEDLING
    on = min(topical.apply, off - agent.min_time)
    if agent.max_time is not None:
        on = max(on, off - agent.max_time)
    if on >= off:
        return topical, ()
    if (on, off) == (topical.apply, topical.remove):
        return topical, ()
    said = f"{name_of(topical)}: put on {_minutes(-on)} before the needling and taken off {_minutes(-off)} before it"
    return topical.model_copy(update={"apply": on, "remove": off}), (Reason(f"{said}, as its label says", agent.sources),)


def _minutes(hours: float) -> str:
    return f"{hours * factor('h', 'min'):.0f} min"
