"""Planning: for each concern of each zone the default course that this person may have, or the reason why there is none.

    default course of the concern -> region of the trials -> depth of the zone -> device -> phototype -> screening

Every proposal is screened as it would be run. A concern that is referred, has no default or is stopped never becomes a
course. Left out: a search over courses, and the expected result (the twin computes it from the proposal's case).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..case import Case, Zone
from ..core.errors import CaseError, Fault
from ..core.units import factor
from ..core.vocabulary import DARK_PHOTOTYPES
from ..device import Device
from ..evidence import Evidence, weakest
from ..screening import Finding, Screening, allowance, depth_guidance, screen
from ..screening.agent import agent_of
from ..screening.concern import require_names
from ..screening.product import contents
from ..screening.target import Target, targets
from ..skin import regions
from .build import build, passes, with_concerns
from .course import DefaultCourse, default_courses
from .depth import Depth, choose_depth, choose_device
from .merge import merge
from .proposal import Proposal, ProposalVerdict, Reason


@dataclass(frozen=True)
class Plan:
    """All proposals, one case that merges those that agree (None if there is none), and its screening."""

    proposals: tuple[Proposal, ...]
    case: Case | None
    screening: Screening
    warnings: tuple[str, ...] = ()


def propose(case: Case, evidence: Evidence | None = None) -> Plan:
    """Proposals for every concern and one merged case, screened.

    evidence : beliefs, devices, courses and rules other than the packaged ones.
    Raises CaseError for a concern that the evidence does not know.
    """
    known = evidence or Evidence.packaged()
    proposals = plan(case, known)
    merged, warnings = merge(case, proposals, known)
    screening = screen(merged if merged is not None else case, known)
    return Plan(proposals, merged, screening, (*warnings, *_set_aside(case, known)))


def _set_aside(case: Case, evidence: Evidence) -> tuple[str, ...]:
    """What of the given case the plan does not look at."""
    topicals = [topical for topical in case.course.topicals if agent_of(topical, evidence) is None]
    aside = [contents(topical, evidence).name for topical in topicals]
    aside += [adjunct.adjunct for adjunct in case.course.adjuncts]
    idle = [zone.key for zone in case.zones if zone.treated and not zone.concerns]
    return (
        *(f"{key}: no concern is named, nothing is planned" for key in idle),
        *(f"{name}: not planned with; add it to the case if a clinician wants it" for name in aside),
    )


def default_case(case: Case, evidence: Evidence | None = None) -> Case:
    """One runnable case with the depth of each zone; CaseError with every reason if no course can be proposed."""
    found = propose(case, evidence)
    if found.case is None:
        raise CaseError(
            [Fault(f"zones.{p.zone}.{p.concern}", p.verdict, "; ".join(r.text for r in p.reasons)) for p in found.proposals]
            or [Fault("zones", "", "name at least one concern to plan for")]
        )
    return found.case


def plan(case: Case, evidence: Evidence | None = None) -> tuple[Proposal, ...]:
    """A proposal for every concern of every treated zone; CaseError for a concern that the evidence does not know."""
    known = evidence or Evidence.packaged()
    require_names(case, known)
    return tuple(
        _proposal(case, target, concern, known)
        for target in targets(case, known)
        for concern in dict.fromkeys(target.concerns)
    )


def _proposal(case: Case, target: Target, concern: str, evidence: Evidence) -> Proposal:
    course = default_courses(evidence).get(concern)
    if course is None:
        return _unplanned(target, concern)
    refusal = _refusal(case, target, course)
    if refusal is not None:
        return refusal
    guide = depth_guidance(target.site, evidence, target.region)
    assert guide is not None  # every region of the default courses has a row
    depth = choose_depth(course, guide, case.patient.phototype, evidence)
    chosen = choose_device(case, course, depth, evidence)
    if chosen is None:
        return _without(target, course, "no_default", f"no device of the catalogue sets {depth.first:g} mm for it")
    proposal = _course(case, target, course, depth, chosen, evidence)
    grade = weakest([course.grade, course.depth_grade, guide.grade])
    return _screened(replace(proposal, grade=grade), case, target, evidence)


def _refusal(case: Case, target: Target, course: DefaultCourse) -> Proposal | None:
    """Why there is no course for a concern in a zone, before depth is looked at."""
    if case.patient.species != "human":
        return _without(target, course, "no_default", "default courses are for people")
    if course.decision != "course":
        return _without(target, course, course.decision, course.advice)
    if target.region not in course.regions:
        place = target.region or "a site that is not in the catalogue"
        return _without(
            target,
            course,
            "no_default",
            f"no default for {course.concern} on {target.site} ({place}); trials speak of: {', '.join(course.regions)}",
        )
    return None


def _unplanned(target: Target, concern: str) -> Proposal:
    """A concern of which the table of default courses says nothing."""
    why = f"the table of default courses does not speak of {concern}"
    return Proposal(target.key, concern, "no_default", "VL", "E", (Reason(why),))


def _without(target: Target, course: DefaultCourse, verdict: ProposalVerdict, why: str) -> Proposal:
    notes = [Reason(why, course.sources)] + ([Reason(course.note, course.sources)] if course.note else [])
    return Proposal(
        target.key,
        course.concern,
        verdict,
        course.confidence,
        course.grade,
        tuple(notes),
        adjunct=course.adjunct,
        read_at=course.read_at,
    )


def _course(
    case: Case, target: Target, course: DefaultCourse, depth: Depth, chosen: tuple[Device, bool], evidence: Evidence
) -> Proposal:
    device, own = chosen
    interval, reasons = _interval(case, target, course, evidence)
    warnings = []
    length = min(depth.first, device.max_length)
    record = case.course.device if own else device.id
    settings = {target.key: {"needle_length": f"{length:.10g} mm", "passes": passes(device.kind, evidence)}}
    zone = with_concerns(target.zone, [course.concern])
    built = build(
        case,
        [zone],
        settings,
        record if isinstance(record, str) else record.model_dump(mode="json"),
        course.sessions,
        interval,
        max(course.read_at, default=0),
        evidence,
    )
    if not own:
        warnings.append(f"the device of the case does not do for this course; {device.name} stands in")
    if length < depth.aim:
        warnings.append(
            f"the case holds one length for all sessions: {length:g} mm; up to {depth.aim:g} mm later if no "
            "pigment change follows"
            if length == depth.first
            else f"the device reaches {length:g} mm only"
        )
    week = factor("week", "d")
    advice = (Reason(course.advice, course.sources),) if course.advice else ()
    return Proposal(
        target.key,
        course.concern,
        "course",
        course.confidence,
        course.grade,
        (*depth.reasons, *reasons, *advice),
        (*depth.warnings, *warnings),
        depth=min(depth.aim, device.max_length),
        first_depth=length,
        depth_range=(depth.low, depth.high),
        sessions=course.sessions,
        sessions_range=course.sessions_range,
        interval=interval,
        interval_range=(course.interval_range[0] * week, course.interval_range[1] * week),
        device=device.id,
        endpoint=course.endpoint,
        read_at=course.read_at,
        adjunct=course.adjunct,
        numbing=_numbing(case, target.zone, length, evidence),
        case=built,
    )


def _interval(case: Case, target: Target, course: DefaultCourse, evidence: Evidence) -> tuple[float, list[Reason]]:
    """Interval [d]; longer where pigment is at risk, within the range of the trials."""
    low, high = course.sessions_range
    reasons = [
        Reason(
            f"{course.sessions} sessions ({low}-{high}), {course.interval:g} weeks apart "
            f"({course.interval_range[0]:g}-{course.interval_range[1]:g})",
            course.sources,
        )
    ]
    weeks = course.interval
    if case.patient.phototype in DARK_PHOTOTYPES and regions(evidence)[target.region].paced_for_pigment:
        weeks = min(weeks + evidence.value("pigment_interval_extra", "week"), course.interval_range[1])
    if weeks > course.interval:
        reasons.append(Reason(f"phototype {case.patient.phototype}: {weeks:g} weeks apart", ("skin_of_colour_chapter",)))
    return weeks * factor("week", "d"), reasons


def _numbing(case: Case, zone: Zone, length: float, evidence: Evidence) -> str:
    if length <= evidence.value("numbing_depth", "mm"):
        return f"{length:g} mm: numbing is seldom needed"
    limit, strength = allowance(case.patient, evidence), evidence.value("numbing_cream_strength", "1")
    weight = f"{limit.weight:g} kg" + (", assumed: weigh the person" if limit.weight_assumed else "")
    return (
        f"at most {limit.cream(strength):.2g} g of a lidocaine {strength:.0%} cream in all ({limit.lidocaine:.3g} mg at "
        f"{weight}), off before the first needle; this zone has {zone.area:g} cm2"
    )


def _screened(proposal: Proposal, case: Case, target: Target, evidence: Evidence) -> Proposal:
    """The proposal after screening what would be run, with all concerns of the zone in sight."""
    assert proposal.case is not None
    whole = proposal.case.model_copy(update={"zones": [target.zone]})
    found = [f for f in screen(whole, evidence).findings if f.level != "info"]
    ours = [f for f in found if f.concern in ("", proposal.concern) or f.level == "hard_stop"]
    stops = [f for f in ours if f.stops]
    others = [f"{f.concern}: {f.title}" for f in found if f not in ours]
    if not stops:
        return replace(proposal, warnings=(*proposal.warnings, *(_said(f) for f in ours), *others))
    reasons = tuple(Reason(_said(f), f.sources) for f in stops)
    return replace(
        proposal,
        verdict="stop",
        case=None,
        depth=None,
        first_depth=None,
        depth_range=None,
        sessions=None,
        interval=None,
        sessions_range=None,
        interval_range=None,
        device="",
        numbing="",
        reasons=reasons,
        warnings=tuple(_said(f) for f in ours if not f.stops),
    )


def _said(finding: Finding) -> str:
    until = f" (until {finding.until})" if finding.until else ""
    return f"{finding.title}: {finding.reason}. {finding.action}{until}"
