"""No page is kept by a browser or a proxy: Back shows nothing to the next person at this screen."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


class Unstored:
    """Middleware: `no-store` on everything that does not say otherwise."""

    def __init__(self, view: Callable[[HttpRequest], HttpResponse]) -> None:
        self.view = view

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers."""
        response = self.view(request)
        if "immutable" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "no-store"
        response["X-Frame-Options"] = "DENY"
        response["Permissions-Policy"] = _POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
