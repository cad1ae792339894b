"""Runs: how far they are, what came of them, their report and sheets.

Progress is an event stream that answers once and lets the browser ask again: no thread of the server is held by somebody who
only looks, and a reload or a restart changes nothing.
"""

from __future__ import annotations

import json
import mimetypes
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from ...twin.folder import REPORT
from ..calls import results
from ..deeds import tell, user_of
from ..jobs.tasks import ask
from ..models import Job, Run, Search
from .found import consultation_of

AGAIN = 1000  # ms until the browser asks again
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def run(request: HttpRequest, patient: UUID, run: UUID) -> HttpResponse:
    """How far a run is, or what it came to."""
    job = _run_of(patient, run)
    context: dict[str, Any] = {"patient": job.plan.patient, "plan": job.plan, "job": job}
    if job.state == "done":
        told = results.summary(job)
        context |= {"summary": told, "zones": results.results(told), "files": results.files(job)}
    return render(request, "workbench/run.html", context)


def _run_of(patient: UUID, run: UUID) -> Run:
    return get_object_or_404(Run.objects.select_related("plan__patient"), pk=run, plan__patient=patient)


def run_again(request: HttpRequest, patient: UUID, run: UUID) -> HttpResponse:
    """Ask once more for what failed."""
    failed = _run_of(patient, run)
    job = Run.objects.create(
        plan=failed.plan, case_text=failed.case_text, draws=failed.draws, seed=failed.seed, asked_by=user_of(request)
    )
    ask(job)
    tell(request, record=job.pk)
    return redirect("run", patient, job.pk)


def run_events(request: HttpRequest, patient: UUID, run: UUID) -> HttpResponse:
    """How far a run is, for the script of its page."""
    return _event(_run_of(patient, run))


def search_events(request: HttpRequest, patient: UUID, consultation: UUID, search: UUID) -> HttpResponse:
    """How far a search is, for the script of its page."""
    seen = consultation_of(patient, consultation)
    return _event(get_object_or_404(Search, pk=search, consultation=seen))


def _event(job: Job) -> HttpResponse:
    told = {"state": job.state, "share": round(job.share, 3), "doing": job.doing, "over": job.over}
    body = f"retry: {AGAIN}\ndata: {json.dumps(told)}\n\n"
    return HttpResponse(body, content_type="text/event-stream; charset=utf-8")


def run_report(request: HttpRequest, patient: UUID, run: UUID) -> HttpResponse:
    """The report of a run, as the command line writes it."""
    return _page_of(_run_of(patient, run), REPORT)


def run_file(request: HttpRequest, patient: UUID, run: UUID, name: str) -> HttpResponse:
    """A sheet, the calendar, or the summary of a run."""
    return _page_of(_run_of(patient, run), name)


def _page_of(job: Run, name: str) -> HttpResponse:
    content = results.content(job, name) if job.state == "done" else None
    if content is None:
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    response = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    if kind == "text/html":
        return page_as_written(content)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def page_as_written(content: bytes) -> HttpResponse:
    """A page that the twin wrote, with a policy that allows exactly what it brings along."""
    response = HttpResponse(content, content_type="text/html; charset=utf-8")
    response._csp_replace = {"style-src": _styles(content), "img-src": ["data:"], "script-src": ["'none'"]}  # type: ignore[attr-defined]
    return response


def _styles(page: bytes) -> list[str]:
    """Exactly the style sheets of a page that the twin wrote, by their digests: the page brings them along."""
    digests = (b64encode(sha256(style).digest()).decode() for style in _STYLE.findall(page))
    return [f"'sha256-{digest}'" for digest in digests] or ["'none'"]
