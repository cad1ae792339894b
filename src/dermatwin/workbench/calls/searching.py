"""Courses proposed: the literature's usual one at once, others by a search; each becomes a plan that may be signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction

from ...case import Case
from ...core.errors import CaseError, Fault
from ...planning import propose
from ...planning.plan import Plan as Found
from ...planning.search import search, to_dict
from ..models import Consultation, Plan, Search, User, Zone
from .document import digest, read, text_of
from .known import evidence


def usual(consultation: Consultation, case: Case, user: User) -> Plan:
    """The literature's usual course as a plan; CaseError with every reason where there is none."""
    found = propose(case, evidence())
    if found.case is None:
        raise CaseError([Fault(f"{p.zone}, {p.concern}", "", "; ".join(r.text for r in p.reasons)) for p in found.proposals])
    offer = {"kind": "usual", "warnings": list(found.warnings), "proposals": [_plain(p.to_dict()) for p in found.proposals]}
    return _plan(consultation, found.case, {"origin": "usual", "made_by": user, "course": _said(found), "offer": offer})


def _plain(proposal: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in proposal.items() if name != "case"}


def _said(found: Found) -> str:
    """The usual course in words, zone by zone."""
    courses = [p for p in found.proposals if p.verdict == "course"]
    return "; ".join(
        f"{p.zone} for {p.concern}: {p.sessions} sessions, {p.interval:g} days apart, {p.depth:g} mm".replace("_", " ")
        for p in courses
    )


def look_for_courses(job: Search, tell: Callable[[float, str], None]) -> None:
    """Search, and keep every offer as a plan."""
    case = read(job.case_text, planned=True)
    found = search(case, job.draws, job.seed, budget=job.budget, evidence=evidence(), progress=tell)
    told = to_dict(found)
    cases = [offer.pop("case") for offer in told["offers"]]
    with transaction.atomic():
        Search.objects.filter(pk=job.pk).update(result=told, reason=found.reason)
        for offered, told_offer, _ in zip(found.offers, told["offers"], cases, strict=True):
            common = {"origin": "search", "made_by": job.asked_by, "search": job}
            _plan(job.consultation, offered.case, {**common, "course": told_offer["course"], "offer": told_offer})


def _where(consultation: Consultation) -> str:
    named = ", ".join(str(zone) for zone in Zone.objects.filter(consultation=consultation))
    return named[:1].upper() + named[1:]


def _plan(consultation: Consultation, case: Case, more: dict[str, Any]) -> Plan:
    text = text_of(case)
    start: date = case.course.start
    kind = more["offer"]["kind"]
    return Plan.objects.create(
        patient=consultation.patient,
        consultation=consultation,
        title=f"{_where(consultation)}: {kind} course"[:200],
        case_text=text,
        case_sha256=digest(text),
        start=start,
        **more,
    )
