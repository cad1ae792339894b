"""People who work here, and the audit log."""

from __future__ import annotations

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from ..audit import verify
from ..deeds import tell, user_of
from ..factor import has_second_factor
from ..forms.users import UserForm
from ..models import AuditEntry, User
from .found import page_of


def audit(request: HttpRequest) -> HttpResponse:
    """The log, newest first; `?verify` looks through the whole chain."""
    rows = AuditEntry.objects.order_by("-number")
    wanted = {name: request.GET.get(name, "").strip()[:60] for name in ("patient", "name", "action")}
    for name, value in wanted.items():
        rows = rows.filter(**{name: value}) if value else rows
    context = {"page": page_of(request, rows, 50), "wanted": wanted, "chain": verify() if "verify" in request.GET else None}
    return render(request, "workbench/audit.html", context)


def users(request: HttpRequest) -> HttpResponse:
    """Who works here."""
    people = [(user, has_second_factor(user)) for user in User.objects.all()]
    return render(request, "workbench/users.html", {"people": people})


def user_new(request: HttpRequest) -> HttpResponse:
    """Enter somebody."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        tell(request, record=form.save().pk, role=form.cleaned_data["role"])
        return redirect("users")
    context = {"form": form, "title": "New person", "action": "Enter", "back": "users"}
    return render(request, "workbench/form_page.html", context)


def user_edit(request: HttpRequest, user: UUID) -> HttpResponse:
    """Change somebody's role, password or second factor, or close their account. Nobody closes their own."""
    known = get_object_or_404(User, pk=user)
    form = UserForm(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        if known.pk == user_of(request).pk and not (known.is_active and known.role == user_of(request).role):
            form.add_error(None, "Somebody else has to change your own role or close your own account.")
        else:
            return _changed(request, form)
    context = {"form": form, "title": f"{known.username}", "action": "Save", "back": "users"}
    return render(request, "workbench/form_page.html", context)


def _changed(request: HttpRequest, form: UserForm) -> HttpResponse:
    user = form.save()
    if form.cleaned_data.get("reset_factor"):
        Authenticator.objects.filter(user_id=user.pk).delete()
        messages.info(request, f"{user.name} sets up a new second factor at the next sign-in.")
    tell(request, role=user.role, active=user.is_active, changed=sorted(form.changed_data))
    return redirect("users")


def account(request: HttpRequest) -> HttpResponse:
    """One's own account."""
    return render(request, "workbench/account.html", {"factor": has_second_factor(user_of(request))})
