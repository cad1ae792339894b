"""One case out of several proposals: zones whose sessions agree are treated together, each at its own depth.

Sessions agree where the trials' ranges of count and interval overlap. In a zone with several concerns the one with the
best evidence sets the course; a concern of pigment makes it shallower where their depths overlap and is left out where
they do not. Whatever does not fit is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from ..case import Case
from ..device import catalogue
from ..evidence import Evidence
from ..evidence.rows.outcome import ConcernRow, Driver
from ..evidence.rows.planning import Confidence
from .build import build, settings_of, with_concerns
from .numbing import put_right
from .proposal import Proposal

PIGMENT: Driver = "pigment"
CONFIDENCE: tuple[Confidence, ...] = get_args(Confidence)


def merge(case: Case, proposals: tuple[Proposal, ...], evidence: Evidence) -> tuple[Case | None, tuple[str, ...]]:
    """A case for all zones that agree with the first, and remarks on what was left out; None if nothing is proposed."""
    courses, leads, warnings = _courses(proposals), *_led(proposals, evidence)
    if not leads:
        return None, tuple(warnings)
    merged, changed = put_right(_case(case, leads, courses, evidence), evidence)
    told = {warning for lead in leads for warning in lead.warnings}
    return merged, (*warnings, *(text for text in map(str, changed) if text not in told))


def groups(proposals: tuple[Proposal, ...], evidence: Evidence) -> tuple[tuple[Proposal, ...], ...]:
    """Proposals that are treated together, by zone, the one that sets the course of its zone first."""
    courses = _courses(proposals)
    return tuple((lead, *_followers(lead, courses, evidence)) for lead in _led(proposals, evidence)[0])


def _courses(proposals: tuple[Proposal, ...]) -> list[Proposal]:
    return [proposal for proposal in proposals if proposal.verdict == "course"]


def _followers(lead: Proposal, courses: list[Proposal], evidence: Evidence) -> list[Proposal]:
    return [p for p in courses if p is not lead and p.zone == lead.zone and _fits(p, lead, evidence)]


def _led(proposals: tuple[Proposal, ...], evidence: Evidence) -> tuple[list[Proposal], list[str]]:
    """The proposal that sets the course of each zone, of zones whose sessions agree, and what was left out."""
    courses, leads = _courses(proposals), list[Proposal]()
    warnings = [f"{p.zone}: {p.concern}: {p.verdict}, not in the course" for p in proposals if p.verdict != "course"]
    for zone in dict.fromkeys(proposal.zone for proposal in courses):
        here = [proposal for proposal in courses if proposal.zone == zone]
        lead = min(here, key=lambda p: CONFIDENCE.index(p.confidence))
        warnings += [_shared(p, lead, evidence) for p in here if p is not lead]
        if _agree([*leads, lead]):
            leads.append(lead)
        else:
            warnings.append(
                f"{zone}: the sessions of {lead.concern} do not agree with those of {leads[0].concern}; "
                "it needs a course of its own"
            )
    return leads, warnings


def _shared(proposal: Proposal, lead: Proposal, evidence: Evidence) -> str:
    """What becomes of a concern in a zone that another concern leads."""
    if _fits(proposal, lead, evidence):
        return f"{proposal.zone}: {proposal.concern} has the course of {lead.concern}"
    return (
        f"{proposal.zone}: {proposal.concern} asks for a shallower course than {lead.concern} and is left out; "
        "a clinician must choose between them"
    )


def _fits(proposal: Proposal, lead: Proposal, evidence: Evidence) -> bool:
    """Whether a concern can be treated at the depth of the one that leads its zone; only pigment minds more depth."""
    if not _of_pigment(proposal, evidence):
        return True
    assert proposal.depth_range is not None
    assert lead.depth_range is not None
    return proposal.depth_range[1] >= lead.depth_range[0]


def _of_pigment(proposal: Proposal, evidence: Evidence) -> bool:
    return any(row.driver == PIGMENT for row in evidence.rows(ConcernRow) if row.concern == proposal.concern)


def _agree(leads: list[Proposal]) -> bool:
    return all(low <= high for low, high in (common(leads, "sessions_range"), common(leads, "interval_range")))


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def _case(case: Case, leads: list[Proposal], courses: list[Proposal], evidence: Evidence) -> Case:
    first = leads[0]
    count = int(_within(first.sessions or 0, common(leads, "sessions_range")))
    interval = _within(max(lead.interval or 0.0 for lead in leads), common(leads, "interval_range"))
    device = _device(first)
    together = {lead.zone: [lead, *_followers(lead, courses, evidence)] for lead in leads}
    zones = [with_concerns(case.zone(zone), [p.concern for p in found]) for zone, found in together.items()]
    settings = {lead.zone: _settings(lead, together[lead.zone], first, count, evidence) for lead in leads}
    read_at = max(max(lead.read_at, default=0) for lead in leads)
    return build(case, zones, settings, device, count, interval, read_at, evidence)


def _settings(lead: Proposal, together: list[Proposal], first: Proposal, count: int, evidence: Evidence) -> dict[str, Any]:
    """Settings of a zone: the lead's, as shallow as a concern of pigment asks, with its own device where it differs."""
    assert lead.case is not None
    limits = shallow(together, evidence)
    device = catalogue(evidence).get(lead.device)
    least = 0.0 if device is None else device.min_length
    aim, gentle = (max(min([depth or 0.0, *limits]), least) for depth in (lead.depth, lead.first_depth))
    usual = lead.case.course.settings[lead.zone].passes
    assert usual is not None  # every proposal states its passes
    settings = settings_of(aim, gentle, usual, count)
    if _device(lead) != _device(first):
        settings["device"] = _device(lead)
    return settings


def shallow(together: Sequence[Proposal], evidence: Evidence) -> list[float]:
    """Depths [mm] that concerns of pigment among those of a zone do not bear to be passed."""
    return [p.depth_range[1] for p in together if _of_pigment(p, evidence) and p.depth_range is not None]


def common(leads: Sequence[Proposal], name: str) -> tuple[float, float]:
    """Where the ranges of all proposals overlap."""
    ranges = [getattr(lead, name) for lead in leads]
    return max(low for low, _ in ranges), min(high for _, high in ranges)


def _device(proposal: Proposal) -> Any:
    """A proposal's device as a case writes it."""
    assert proposal.case is not None
    device = proposal.case.course.device
    return device if isinstance(device, str) else device.model_dump(mode="json", exclude_none=True)
