"""Planning: for each concern of each zone the default course that this person may have, or the reason why there is none.

    default course of the concern -> region of the trials -> grade -> depth of the zone -> device -> thickness of the skin ->
    interval -> numbing -> screening -> what goes beside it, screened

Every proposal is screened as it would be run. A concern that is referred, has no default or is stopped never becomes a
course. What is the plan's own to choose (grams and times of a numbing cream) is put right and said; the interval is the one
that screening asks for. Left out: a search over courses, and the expected result (the twin computes it from the proposal's
case).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..case import Case
from ..core.errors import CaseError, Fault
from ..core.units import factor
from ..device import Device
from ..evidence import Evidence, weakest
from ..screening import Finding, Screening, depth_guidance, rule_book, screen
from ..screening.agent import agent_of
from ..screening.known import require_names
from ..screening.pace import SOURCES as PACE_SOURCES
from ..screening.pace import interval, pigment_risks
from ..screening.product import contents
from ..screening.target import Target, targets
from .beside import beside
from .build import build, passes, settings_of, with_concerns
from .course import DefaultCourse, default_courses
from .depth import Depth, because, choose_depth, choose_device, shortened
from .merge import merge
from .numbing import put_right, sentence
from .proposal import Proposal, ProposalVerdict, Reason, said
from .severity import Severity, severity_of
from .thickness import SOURCES as THICKNESS
from .thickness import bearable


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


@dataclass(frozen=True)
class _Wanted:
    """One concern of one treated zone of a person, and what puts pigment at risk there."""

    case: Case
    target: Target
    concern: str
    risks: tuple[Finding, ...]
    evidence: Evidence

    @property
    def severity(self) -> Severity:
        """How bad it is, by the first grade that the case gives it."""
        records = [record for record in self.target.zone.concerns if record.concern == self.concern]
        graded = next((record for record in records if record.severity is not None), records[0])
        return severity_of(graded, self.evidence)

    @property
    def alone(self) -> Case:
        """The case with this zone only."""
        return self.case.model_copy(update={"zones": [self.target.zone]})


def plan(case: Case, evidence: Evidence | None = None) -> tuple[Proposal, ...]:
    """A proposal for every concern of every treated zone; CaseError for a concern that the evidence does not know."""
    known = evidence or Evidence.packaged()
    require_names(case, known)
    found, book = screen(case, known).findings, rule_book(known)
    return tuple(
        _proposal(_Wanted(case, target, concern, pigment_risks(found, target.key, book), known))
        for target in targets(case, known)
        for concern in dict.fromkeys(target.concerns)
    )


def _proposal(wanted: _Wanted) -> Proposal:
    target, evidence = wanted.target, wanted.evidence
    course = default_courses(evidence).get(wanted.concern)
    if course is None:
        return _unplanned(target, wanted.concern)
    refusal = _refusal(wanted, course)
    if refusal is not None:
        return refusal
    guide = depth_guidance(target.site, evidence, target.region)
    assert guide is not None  # every region of the default courses has a row
    depth = choose_depth(course, guide, wanted.severity, wanted.risks, evidence)
    chosen = choose_device(wanted.case, course, depth, evidence)
    if chosen is None:
        return _without(wanted, course, "no_default", f"no device of the catalogue sets {depth.first:g} mm for it")
    proposal = _course(wanted, course, _borne(wanted, depth, chosen[0]), chosen)
    grade = weakest([course.grade, course.depth_grade, guide.grade])
    return _screened(replace(proposal, grade=grade), wanted, course)


def _refusal(wanted: _Wanted, course: DefaultCourse) -> Proposal | None:
    """Why there is no course for a concern in a zone, before depth is looked at."""
    target = wanted.target
    if wanted.case.patient.species != "human":
        return _without(wanted, course, "no_default", "default courses are for people")
    if course.decision != "course":
        return _without(wanted, course, course.decision, course.advice)
    if course.severe == "refer" and wanted.severity == "severe":
        return _without(wanted, course, "refer", f"severe by its grade: {course.advice}")
    if target.region not in course.regions:
        place = target.region or "a site that is not in the catalogue"
        said = f"no default for {course.concern} on {target.site} ({place}); trials speak of: {', '.join(course.regions)}"
        return _without(wanted, course, "no_default", said)
    return None


def _unplanned(target: Target, concern: str) -> Proposal:
    """A concern of which the table of default courses says nothing."""
    why = f"the table of default courses does not speak of {concern}"
    return Proposal(target.key, concern, "no_default", "VL", "E", (Reason(why),))


def _without(wanted: _Wanted, course: DefaultCourse, verdict: ProposalVerdict, why: str) -> Proposal:
    notes = [Reason(why, course.sources)] + ([Reason(course.note, course.sources)] if course.note else [])
    proposal = Proposal(
        wanted.target.key, course.concern, verdict, course.confidence, course.grade, tuple(notes), read_at=course.read_at
    )
    return _beside(proposal, wanted.alone, course, wanted.evidence)


def _borne(wanted: _Wanted, depth: Depth, device: Device) -> Depth:
    """The depth that the skin of a person like this one bears."""
    aim = min(depth.aim, device.max_length)
    least = max(depth.low, device.min_length)
    found = bearable(device, aim, least, wanted.target.zone, wanted.case.patient, wanted.evidence)
    borne = depth if found.kept else _warned(depth, found.length)
    if found.length >= aim:
        return borne
    said = (
        f"{found.length:g} mm instead of {aim:g} mm: at {wanted.case.patient.age:g} years the skin here is thin, and the "
        "tips of longer needles would pass through the dermis in half of the people or more (computed)"
    )
    return shortened(borne, found.length, Reason(said, THICKNESS))


def _warned(depth: Depth, length: float) -> Depth:
    """The depth with the warning that even the least of the course goes too deep."""
    said = (
        f"even {length:g} mm, the least that counts as this course, passes through the dermis in half of the people like "
        "this one or more (computed): a clinician decides whether to needle here"
    )
    return replace(depth, warnings=(*depth.warnings, said))


def _course(wanted: _Wanted, course: DefaultCourse, depth: Depth, chosen: tuple[Device, bool]) -> Proposal:
    device, own = chosen
    case, target, evidence = wanted.case, wanted.target, wanted.evidence
    paced, count = _interval(wanted, course), _count(wanted, course)
    aim, first = min(depth.aim, device.max_length), min(depth.first, device.max_length)
    record = case.course.device if own else device.id
    built, changed = put_right(
        build(
            case,
            [with_concerns(target.zone, [course.concern])],
            {target.key: settings_of(aim, first, passes(device.kind, evidence), count)},
            record if isinstance(record, str) else record.model_dump(mode="json"),
            count,
            paced.days,
            max(course.read_at, default=0),
            evidence,
        ),
        evidence,
    )
    warnings = [] if own else [f"the device of the case does not do for this course; {device.name} stands in"]
    warnings += [f"the device reaches {aim:g} mm only"] if aim < depth.aim else []
    advice = (Reason(course.advice, course.sources),) if course.advice else ()
    return Proposal(
        target.key,
        course.concern,
        "course",
        course.confidence,
        course.grade,
        (*depth.reasons, _counted(wanted, course, count), *paced.reasons, *advice),
        (*depth.warnings, *warnings, *map(str, changed)),
        depth=aim,
        first_depth=first,
        depth_range=(depth.low, depth.high),
        sessions=count,
        sessions_range=course.sessions_range,
        interval=paced.days,
        interval_range=paced.range,
        device=device.id,
        endpoint=course.endpoint,
        read_at=course.read_at,
        numbing=sentence(built, target.zone, max(aim, first), evidence),
        case=built,
    )


def _count(wanted: _Wanted, course: DefaultCourse) -> int:
    """Sessions: the customary number, the least for what is mild, the most for what is severe."""
    low, high = course.sessions_range
    if course.severe == "more_sessions" and wanted.severity == "severe":
        return high
    return low if wanted.severity == "mild" else course.sessions


def _counted(wanted: _Wanted, course: DefaultCourse, count: int) -> Reason:
    low, high = course.sessions_range
    weeks, (least, most) = course.interval, course.interval_range
    graded = "" if count == course.sessions else f"; {wanted.severity} by its grade (assumed)"
    said = f"{count} sessions ({low}-{high}{graded}), customary {weeks:g} weeks apart ({least:g}-{most:g})"
    return Reason(said, course.sources)


@dataclass(frozen=True)
class _Paced:
    """Days between sessions, the range that agrees with it, and why it is not the customary one."""

    days: float
    range: tuple[float, float]
    reasons: tuple[Reason, ...] = ()


def _interval(wanted: _Wanted, course: DefaultCourse) -> _Paced:
    """The interval that screening asks for: longer where pigment is at risk, for every concern."""
    week = factor("week", "d")
    low, high = (end * week for end in course.interval_range)
    usual, asked = (
        interval(course.concern, wanted.target.region, wanted.evidence, at_risk=at_risk)
        for at_risk in (False, bool(wanted.risks))
    )
    assert usual is not None
    assert asked is not None  # a course has an interval
    if asked == usual:
        return _Paced(usual, (low, high))
    said = f"{because(wanted.risks)}: {asked / week:g} weeks apart"
    beyond = f", on purpose longer than the {high / week:g} weeks of the trials" if asked > high else ""
    return _Paced(asked, (asked, max(asked, high)), (Reason(said + beyond, PACE_SOURCES),))


def _beside(proposal: Proposal, case: Case, course: DefaultCourse, evidence: Evidence) -> Proposal:
    """The proposal with what trials put beside it, as far as this person may have it."""
    found = beside(case, course.adjuncts, evidence)
    refused = (f"{one.name} is left out: {'; '.join(one.refused)}" for one in found if one.refused)
    return replace(
        proposal, beside=tuple(one.words for one in found if not one.refused), warnings=(*proposal.warnings, *refused)
    )


def _screened(proposal: Proposal, wanted: _Wanted, course: DefaultCourse) -> Proposal:
    """The proposal after screening what would be run, with all concerns of the zone in sight."""
    assert proposal.case is not None
    whole = proposal.case.model_copy(update={"zones": [wanted.target.zone]})
    found = [f for f in screen(whole, wanted.evidence).findings if f.level != "info"]
    ours = [f for f in found if f.concern in ("", proposal.concern) or f.level == "hard_stop"]
    stops = [f for f in ours if f.stops]
    others = [f"{f.concern}: {f.title}" for f in found if f not in ours]
    if not stops:
        told = replace(proposal, warnings=(*proposal.warnings, *others), findings=tuple(ours))
        return _beside(told, proposal.case, course, wanted.evidence)
    return Proposal(
        proposal.zone,
        proposal.concern,
        "stop",
        proposal.confidence,
        proposal.grade,
        tuple(Reason(said(f), f.sources) for f in stops),
        findings=tuple(f for f in ours if not f.stops),
        on_hold=all(f.level == "soft_stop" for f in stops),
        endpoint=proposal.endpoint,
        read_at=proposal.read_at,
    )
