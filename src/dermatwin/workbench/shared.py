"""What every template may use: the clinic, what the person may do, the ways that are open to them."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest

from .models import Clinic, User
from .rights import PAGES, ROLES

WAYS = (
    ("today", "Today"),
    ("patients", "Patients"),
    ("due", "Due"),
    ("incidents", "Incidents"),
    ("outcome", "Outcome"),
    ("catalogue", "Catalogue"),
    ("erasures", "Erasures"),
    ("audit", "Audit log"),
    ("users", "People here"),
)
"""Main pages, in the order of the bar at the top."""


def shared(request: HttpRequest) -> dict[str, Any]:
    """Context of every page."""
    user = request.user if hasattr(request, "user") and isinstance(request.user, User) else None
    may = {right.replace(".", "_"): user is not None and user.may(right) for right in ROLES}
    ways = [(name, said) for name, said in WAYS if user and user.may(PAGES[name].get or "")]
    return {"clinic": _clinic(), "may": may, "ways": ways if user else []}


def _clinic() -> Clinic | None:
    """The clinic; nothing where the database is away, so that the page that says so can be drawn."""
    try:
        return Clinic.objects.first()
    except DatabaseError:
        return None
