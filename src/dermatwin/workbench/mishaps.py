"""What goes wrong is told in one page each, without insides: refused, not found, overtaken, broken."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .deeds import noted
from .models import Fixed, Overtaken

log = logging.getLogger("dermatwin.workbench")


class Refused(PermissionDenied):
    """Somebody is signed in and may not."""


class Told:
    """Middleware: exceptions that have a page of their own."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Note refusals after whatever was undone is undone."""
        response = self.view(request)
        if response.status_code == 403 and request.user.is_authenticated:
            noted(request, "refused", right=request.__dict__.get("refused", ""))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A page for what is nobody's fault."""
        if isinstance(error, Overtaken):
            return overtaken(request, error)
        if isinstance(error, Fixed):
            return _page(request, 409, "This cannot be changed", f"{str(error).capitalize()}.")
        return None


def overtaken(request: HttpRequest, error: Overtaken) -> HttpResponse:
    """Two people on one record: the later one is told who was first, and sees what they had typed."""
    kept: Any = type(error.record)._default_manager.get(pk=error.record.pk)
    last = kept.versions.select_related("history_user").first()
    typed = {name: value for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "version")}
    context = {"typed": typed, "who": last and last.history_user, "when": last and last.history_date}
    return render(request, "workbench/overtaken.html", context, status=409)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404."""
    return _page(request, 404, "Not found", "There is nothing at this address, or not any more.")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    return _page(request, 403, "Not for your role", "Your role does not have the right to this. That you asked is noted.")


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400."""
    return _page(request, 400, "This could not be read", "The request was not one that this program sends.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that does not come from us, or comes too late."""
    return _page(request, 403, "This form is no longer valid", "Go back, load the page again and send it once more.")


def broken(request: HttpRequest) -> HttpResponse:
    """500; or 503 where the disk is full or read only, or the database is away. The number stands in the log, too."""
    error, number = sys.exc_info()[1], uuid4().hex[:8]
    log.error("fault %s: %s", number, error)
    if isinstance(error, OperationalError | OSError):
        said = "Nothing was saved. The disk may be full or read only, or the database is not reachable."
        return _page(request, 503, "The workbench cannot write", said, number)
    said = "This is a fault of the program. Nothing was saved. Tell whoever looks after it the number below."
    return _page(request, 500, "Something went wrong", said, number)


def _page(request: HttpRequest, status: int, title: str, said: str, number: str = "") -> HttpResponse:
    return render(request, "workbench/mishap.html", {"title": title, "said": said, "number": number}, status=status)
