"""What a request does, as the audit log tells it: who, which page, the ids in its address, and what a view adds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from .audit import Deed, note
from .models import User


def user_of(request: HttpRequest) -> User:
    """Who is signed in; behind the gate there is always somebody."""
    assert isinstance(request.user, User)
    return request.user


def tell(request: HttpRequest, **details: Any) -> None:
    """More for the entry that the gate writes: `record`, `patient`, or anything that belongs to what was done."""
    request.__dict__.setdefault("told", {}).update(details)


def keep(request: HttpRequest) -> None:
    """What is written stays although the answer refuses: a record that could not be read, a token that was shown."""
    request.__dict__["kept"] = True


def noted(request: HttpRequest, action: str, **more: Any) -> None:
    """Write the entry of a request."""
    user = request.user if isinstance(request.user, User) else None
    note(user, _deed(request, action, more))


def _deed(request: HttpRequest, action: str, more: dict[str, Any]) -> Deed:
    match = request.resolver_match
    ids = {name: str(value) for name, value in (match.kwargs if match else {}).items()}
    told = {**request.__dict__.get("told", {}), **more}
    patient = str(told.pop("patient", "") or ids.pop("patient", ""))
    record = str(told.pop("record", "") or (list(ids.values()) or [patient])[-1])
    page = (match.view_name if match else None) or request.path[:60]
    return Deed(action, page, record[:36], patient[:36], told)
