"""Nothing is served that was not asked for by somebody who may: the gate stands before every view.

    URL -> its page in the table of rights -> signed in? -> second factor? -> right for this method? -> view -> audit

A POST is whole or nothing: the view and its entry in the audit log are one transaction, undone where anything fails, unless
the view says that its refusal is to be kept (`deeds.keep`). Ids in a URL are noted with it; a view says more with
`deeds.tell`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse

from .deeds import noted
from .factor import needs_second_factor
from .mishaps import Refused
from .models import User
from .rights import NOBODY, OPEN, PAGES, Page

_SAFE = ("GET", "HEAD")


class Gate:
    """Middleware, the innermost."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request: a POST in one transaction with its entry, a GET with its entry behind it."""
        if request.method in _SAFE:
            response = self.view(request)
            if _is_read(request, response):
                noted(request, "read")
            return response
        with transaction.atomic():
            response = self.view(request)
            if _is_written(request, response):
                noted(request, "write")
            if response.status_code >= 400 and "kept" not in request.__dict__:
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Let through, send to the way in, or refuse."""
        page = _page(request)
        right = page.right(request.method or "")
        if right == NOBODY:
            raise Http404
        if right is None:
            return HttpResponseNotAllowed([method for method in ("GET", "POST") if page.right(method)])
        if right == OPEN:
            return None
        if not isinstance(request.user, User):
            return _to_sign_in(request)
        if not page.before_second_factor and needs_second_factor(request.user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        if not request.user.may(right):
            request.__dict__["refused"] = right
            raise Refused(right)
        request.__dict__["right"] = right
        return None


def _is_read(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether somebody got to see what is not their own, on a page that does not ask by itself."""
    by_itself = response.get("Content-Type", "").startswith("text/event-stream")
    return request.__dict__.get("right", "self") != "self" and response.status_code < 400 and not by_itself


def _is_written(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a form was taken: one that was not is shown again and changed nothing."""
    return "right" in request.__dict__ and 300 <= response.status_code < 400


def _page(request: HttpRequest) -> Page:
    match = request.resolver_match
    return PAGES.get(match.view_name if match else "", Page(NOBODY, NOBODY))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    wanted = {"next": request.get_full_path()} if request.method in _SAFE else {}
    return HttpResponseRedirect(f"{reverse('account_login')}{'?' if wanted else ''}{urlencode(wanted)}")
