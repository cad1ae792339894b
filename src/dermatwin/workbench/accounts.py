"""Signing in: nobody signs up, nobody gets mail, everything that happens is noted."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from . import audit
from .factor import just_set_up
from .models import User


class Adapter(DefaultAccountAdapter):
    """The library's way in, closed to strangers; this house sends no mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are entered by the administrator."""
        return False

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Who has just come in for the first time sets up their second factor without being asked once more."""
        user = self.request.user if self.request else None
        return not (isinstance(user, User) and just_set_up(user))

    def send_mail(self, *args: Any, **options: Any) -> None:
        """No request leaves the machine."""

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """No request leaves the machine."""

    def add_message(self, *args: Any, **options: Any) -> None:
        """The pages say for themselves what happened."""


def listen() -> None:
    """Note what the sign-in library tells of."""
    from allauth.mfa import signals as factors
    from django.contrib.auth import signals

    signals.user_logged_in.connect(_signed_in, dispatch_uid="workbench")
    signals.user_logged_out.connect(_signed_out, dispatch_uid="workbench")
    signals.user_login_failed.connect(_failed, dispatch_uid="workbench")
    factors.authentication_failed.connect(_factor_failed, dispatch_uid="workbench")
    factors.authenticator_added.connect(_factor_added, dispatch_uid="workbench")
    factors.authenticator_removed.connect(_factor_removed, dispatch_uid="workbench")


def _signed_in(user: User, **signal: Any) -> None:
    audit.note(user, audit.Deed("signed in", "account", str(user.pk)))


def _signed_out(user: User | None, **signal: Any) -> None:
    if user is not None:
        audit.note(user, audit.Deed("signed out", "account", str(user.pk)))


def _failed(credentials: dict[str, Any], **signal: Any) -> None:
    name = str(credentials.get("username", ""))[:60]
    audit.note(None, audit.Deed("not signed in", "account", details={"tried": name}))


def _factor_failed(user: User, **signal: Any) -> None:
    audit.note(user, audit.Deed("second factor refused", "account", str(user.pk)))


def _factor_added(user: User, **signal: Any) -> None:
    audit.note(user, audit.Deed("second factor added", "account", str(user.pk)))


def _factor_removed(user: User, **signal: Any) -> None:
    audit.note(user, audit.Deed("second factor removed", "account", str(user.pk)))
