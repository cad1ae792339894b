"""Sheets of a plan with its dates, to read and on paper; its dates for a calendar; the clinic's outcome."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ...core.errors import CaseError
from ...report.sheets import languages
from ..calls import outcome as outcomes
from ..calls import printed
from ..models import Patient
from .found import plan_of
from .runs import page_as_written


def plan_sheets(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """What is handed out, in the language of the person or another."""
    found = plan_of(patient, plan)
    context = {
        "patient": found.patient,
        "plan": found,
        "run": printed.last_run(found),
        "titles": printed.TITLES,
        "language": _language(request, found.patient),
        "languages": languages(),
    }
    return render(request, "workbench/plan_sheets.html", context)


def _language(request: HttpRequest, person: Patient) -> str:
    wanted = request.GET.get("language") or person.language
    return wanted if wanted in languages() else "en"


def plan_sheet(request: HttpRequest, patient: UUID, plan: UUID, sheet: str) -> HttpResponse:
    """One sheet as a page."""
    found = plan_of(patient, plan)
    run = printed.last_run(found)
    text = printed.page(run, sheet, _language(request, found.patient)) if run and sheet in printed.TITLES else None
    if text is None:
        raise Http404
    return page_as_written(text.encode())


def plan_sheet_paper(request: HttpRequest, patient: UUID, plan: UUID, sheet: str) -> HttpResponse:
    """One sheet as PDF."""
    found = plan_of(patient, plan)
    run = printed.last_run(found)
    try:
        paper = printed.on_paper(run, sheet, _language(request, found.patient)) if run and sheet in printed.TITLES else None
    except CaseError as error:
        context = {"title": "No PDF here", "said": "; ".join(fault.expected for fault in error.faults)}
        return render(request, "workbench/mishap.html", context, status=501)
    if paper is None:
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="{sheet}.pdf"'}
    return HttpResponse(paper, content_type="application/pdf", headers=headers)


def plan_dates(request: HttpRequest, patient: UUID, plan: UUID) -> HttpResponse:
    """The dates of the course for a calendar."""
    found = plan_of(patient, plan)
    run = printed.last_run(found)
    dates = printed.dates(run, _language(request, found.patient)) if run else None
    if dates is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="course.ics"'}
    return HttpResponse(dates, content_type="text/calendar; charset=utf-8", headers=headers)


def outcome(request: HttpRequest) -> HttpResponse:
    """The clinic's own courses against what was foreseen of them."""
    found = outcomes.outcome()
    context = {"found": found, "drawing": outcomes.drawn(found) if found.count else "", "few": outcomes.FEW}
    return render(request, "workbench/outcome.html", context)
