"""Who does nothing is signed out, by the clock of the server. What a page asks by itself does not count."""

from __future__ import annotations

from collections.abc import Callable
from time import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

SEEN, BEGUN = "seen", "begun"
_BY_THEMSELVES = "text/event-stream"


class SignedOutWhenIdle:
    """Middleware behind the one that says who is signed in."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign out who was away too long or has been here too long; remember that the others were here."""
        if request.user.is_authenticated:
            now = time()
            session = request.session
            away, here = now - session.get(SEEN, now), now - session.setdefault(BEGUN, now)
            if away > settings.IDLE.total_seconds() or here > settings.LONGEST.total_seconds():
                logout(request)
                messages.info(request, "You were signed out, because nothing had happened for a while.")
            elif _BY_THEMSELVES not in request.headers.get("Accept", ""):
                session[SEEN] = now
        return self.view(request)
