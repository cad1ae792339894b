"""Signing: a plan becomes fixed, its sessions get their days, and the plan that it replaces ends."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from .calls.document import read
from .jobs.tasks import ask
from .models import Plan, Run, ScreeningResult, Session, User


def standing(plan: Plan) -> Plan | None:
    """The signed plan of the person that another one would replace."""
    return Plan.objects.filter(patient=plan.patient, signed_at__isnull=False, superseded_by=None).first()


def sign(plan: Plan, user: User, screening: ScreeningResult) -> None:
    """Put a name under a plan; whoever calls has looked that it may be signed."""
    before = standing(plan)
    plan.screening, plan.supersedes = screening, before
    plan.signed_by, plan.signed_at, plan.signed_name = user, timezone.now(), user.name
    plan.save()
    if before is not None:
        _drop(before)
    _plan_sessions(plan, user)
    if not Run.objects.filter(plan=plan).exists():
        simulated(plan, user)


def _drop(plan: Plan) -> None:
    """Sessions of a plan that ends and that were not held."""
    for session in Session.objects.filter(plan=plan, state="planned"):
        session.state = "dropped"
        session.save()


def _plan_sessions(plan: Plan, user: User) -> None:
    case = read(plan.case_text)
    for number, day in enumerate(case.session_days, start=1):
        when = case.course.start + timedelta(days=round(day))
        Session.objects.create(plan=plan, patient=plan.patient, number=number, planned_for=when, made_by=user)


def simulated(plan: Plan, user: User) -> Run:
    """Have a plan simulated, as the command line would."""
    job = Run.objects.create(plan=plan, case_text=plan.case_text, asked_by=user)
    ask(job)
    return job
