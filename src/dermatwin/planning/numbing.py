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
from ..screening import Allowance, Finding, allowance, screen
from ..screening.agent import Agent, agent_of
from ..screening.product import name_of
from .proposal import Reason

BEFORE_NEEDLING = -1.0 / 12.0  # h: five minutes to take it off and clean the skin
ROOM = 1e-9
DOSE_STEP = 0.01  # mg/cm2, rounded down
THIN = 1.0  # mg/cm2: whether a person may have a cream is asked of the person and the label, not of the grams


@dataclass(frozen=True)
class Numbed:
    """A numbing cream as it is planned, None where it is left out, and what was changed and why."""

    topical: Topical | None
    remarks: tuple[Reason, ...] = ()


def sentence(case: Case, zone: Zone, length: float, evidence: Evidence) -> str:
    """How much of a usual cream this person may have, why not, or that none is needed at this needle length [mm].

    case : what would be run, in which the cream is screened.
    """
    if length <= evidence.value("numbing_depth", "mm"):
        return f"{length:g} mm: numbing is seldom needed"
    limit, strength = allowance(case.patient, evidence), evidence.value("numbing_cream_strength", "1")
    usual = _usual(case, zone, limit, strength, evidence)
    if stops := _caused(case, [usual], evidence):
        return f"not with {name_of(usual)}: {_said(stops)}; a clinician names what numbs instead"
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
    """A case whose numbing creams keep to label and body weight, and what was changed; other products stay.

    A cream that stops the case by itself is left out. Of creams that stop it only together, the last one that takes part in
    it is left out, until nothing stops.
    """
    found = [_numbed(case, topical, evidence) for topical in case.course.topicals]
    remarks = [remark for one in found for remark in one.remarks]
    kept = [one.topical for one in found if one.topical is not None]
    for cream in _numbing(kept, evidence):
        if stops := _caused(case, [cream], evidence):
            kept.remove(cream)
            remarks.append(_left_out(cream, stops))
    while stops := _caused(case, _numbing(kept, evidence), evidence):
        cream = _part_of(stops, case, _numbing(kept, evidence), evidence)
        kept.remove(cream)
        remarks.append(_left_out(cream, stops))
    return _with(case, kept), tuple(remarks)


def _numbing(topicals: Sequence[Topical], evidence: Evidence) -> list[Topical]:
    return [topical for topical in topicals if agent_of(topical, evidence) is not None]


def _part_of(stops: tuple[Finding, ...], case: Case, creams: list[Topical], evidence: Evidence) -> Topical:
    """The last cream without which a case is stopped otherwise, or not at all."""
    backwards = range(len(creams) - 1, -1, -1)
    changes = (n for n in backwards if _caused(case, [*creams[:n], *creams[n + 1 :]], evidence) != stops)
    return creams[next(changes, -1)]


def _with(case: Case, topicals: Sequence[Topical]) -> Case:
    return case.model_copy(update={"course": case.course.model_copy(update={"topicals": list(topicals)})})


def _caused(case: Case, creams: Sequence[Topical], evidence: Evidence) -> tuple[Finding, ...]:
    """What stops the course of a case with nothing on the skin but some creams, and does not stop it without them."""
    if not creams:
        return ()
    bare = set(screen(_with(case, []), evidence).findings)
    return tuple(f for f in screen(_with(case, creams), evidence).findings if f.stops and f not in bare)


def _left_out(cream: Topical, stops: tuple[Finding, ...]) -> Reason:
    sources = tuple(dict.fromkeys(source for finding in stops for source in finding.sources))
    return Reason(f"{name_of(cream)} is left out: {_said(stops)}", sources)


def _said(stops: tuple[Finding, ...]) -> str:
    return "; ".join(dict.fromkeys(f"{finding.title}: {finding.reason}" for finding in stops))


def _usual(case: Case, zone: Zone, limit: Allowance, strength: float, evidence: Evidence) -> Topical:
    """The usual cream on a zone, no more than is allowed, as long before the needling as its label says."""
    dose = min(THIN, limit.cream(strength) * factor("g", "mg") / zone.area)
    times = {"apply": f"{BEFORE_NEEDLING:.10g} h", "remove": f"{BEFORE_NEEDLING:.10g} h"}
    named = {"product": f"lidocaine {100.0 * strength:g} % cream", "zones": [zone.key]}
    cream = Topical.model_validate({**named, **times, "dose": f"{dose:.10g} mg/cm^2"})
    agent = agent_of(cream, evidence, case.patient.age)
    return cream if agent is None else _timed(cream, agent)[0]


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
