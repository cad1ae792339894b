"""CDS Hooks: a clinical system asks over a record that it hands along; the screening answers with cards. Nothing is kept.

Off (404) unless DERMATWIN_CDS_CLIENTS names who may ask. Nobody signs in, no cookie counts: every request shows a token of
its own (`cds/tokens.py`), so that a form of another site can do nothing here. The log gets who asked, which service, what
was answered and a digest of the person's id there; no words of a record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from ...core.errors import CaseError
from ...exchange import hooks
from ..calls.known import evidence
from ..cds.clients import Client, clients
from ..cds.limits import Limit
from ..cds.tokens import NotAccepted, accepted
from ..deeds import keep, noted

BY_CLIENT, BY_ADDRESS = Limit(120), Limit(30)
"""Requests of a client; requests of an address that showed no good token."""

_BEARER = "Bearer "
_ASKED, _REFUSED = "asked", "not let in"
View = Callable[..., HttpResponse]


def for_clients(view: View) -> View:
    """Let through who shows a token for this very address; everybody else is refused without a reason."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, **ids: str) -> HttpResponse:
        known = _known()
        keep(request)
        if not known:
            raise Http404
        try:
            client = accepted(_token(request), _address(request), known)
        except NotAccepted as error:
            return _not_let_in(request, str(error))
        if not BY_CLIENT.lets(client.iss):
            return _too_often()
        return view(request, client, **ids)

    return guarded


def _known() -> Any:
    """Who may ask; nobody where their file is wrong: the start says so (`checks.py`)."""
    try:
        return clients(settings.CDS_CLIENTS)
    except CaseError:
        return {}


def _not_let_in(request: HttpRequest, why: str) -> HttpResponse:
    if not BY_ADDRESS.lets(request.META.get("REMOTE_ADDR", "")):
        return _too_often()
    noted(request, _REFUSED, why=why)
    return JsonResponse({"error": "the token is not accepted"}, status=401, headers={"WWW-Authenticate": "Bearer"})


def _too_often() -> HttpResponse:
    """Not noted: nobody fills the log from outside."""
    return JsonResponse({"error": "too many requests"}, status=429, headers={"Retry-After": "60"})


def _token(request: HttpRequest) -> str:
    said = request.headers.get("Authorization", "")
    return said.removeprefix(_BEARER) if said.startswith(_BEARER) else ""


def _address(request: HttpRequest) -> str:
    """The address that a token has to be for: ours, as it is known outside."""
    base = settings.ADDRESS.rstrip("/") if settings.HTTPS else f"{request.scheme}://{request.get_host()}"
    return f"{base}{request.path}"


@for_clients
def services(request: HttpRequest, client: Client) -> HttpResponse:
    """What can be asked."""
    noted(request, _ASKED, client=client.name, status=200)
    return JsonResponse(hooks.discovery())


@for_clients
def service(request: HttpRequest, client: Client, service: str) -> HttpResponse:
    """Cards over a record: 200, or 400, 404, 412 with a reason."""
    body = _body(request)
    if isinstance(body, hooks.Answer):
        return _answered(request, client, body)
    return _answered(request, client, _asked(service, body), body)


def _asked(service: str, body: Any) -> hooks.Answer:
    try:
        return hooks.answer(service, body, date.today(), evidence())
    except RecursionError:
        return hooks.Answer(400, {"error": "the body is nested too deep"})


@for_clients
def feedback(request: HttpRequest, client: Client, service: str) -> HttpResponse:
    """What became of cards; kept in the log by the ids of the cards, without the words that were written to it."""
    body = _body(request)
    if isinstance(body, hooks.Answer):
        return _answered(request, client, body)
    found, outcomes = hooks.feedback(service, body)
    told = [f"{one.card} {one.outcome}" for one in outcomes[:20]]
    return _answered(request, client, found, None, outcomes=told)


def _body(request: HttpRequest) -> Any:
    """The body as plain data, or the answer to one that cannot be read."""
    if request.content_type not in ("application/json", "application/fhir+json"):
        return hooks.Answer(400, {"error": "the body is to be application/json"})
    try:
        return json.loads(request.body, parse_constant=_no_constant)
    except RequestDataTooBig:
        return hooks.Answer(413, {"error": f"the body has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes"})
    except (ValueError, RecursionError):
        return hooks.Answer(400, {"error": "the body is not JSON"})


def _no_constant(word: str) -> Any:
    raise ValueError(word)


def _answered(request: HttpRequest, client: Client, found: hooks.Answer, body: Any = None, **more: Any) -> HttpResponse:
    cards = found.body.get("cards")
    counted = {"cards": len(cards)} if isinstance(cards, list) else {}
    noted(request, _ASKED, client=client.name, status=found.status, **counted, **_whom(client, body), **more)
    return JsonResponse(found.body, status=found.status)


def _whom(client: Client, body: Any) -> dict[str, str]:
    """A digest that tells one person of a client from another, and names nobody."""
    context = body.get("context") if isinstance(body, dict) else None
    person = context.get("patientId") if isinstance(context, dict) else None
    if not isinstance(person, str):
        return {}
    return {"person": sha256(json.dumps([client.iss, person]).encode()).hexdigest()[:16]}
