"""Whether the program answers, for whoever looks after it; says nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse


def healthy(request: HttpRequest) -> HttpResponse:
    """204."""
    return HttpResponse(status=204)
