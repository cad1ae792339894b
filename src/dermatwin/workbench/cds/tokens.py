"""Tokens of clinical systems: a signed JWT for this very address, minutes old, shown once.

Checked in this order: form, client and key, algorithm (the key's own), signature, audience, times, first use. What fails is
told to nobody but the log. Source: CDS Hooks 2.0, "Trusting CDS Clients".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from django.db import IntegrityError, transaction

from ..models import SpentToken
from .clients import Client, Key, decoded

LONGEST = 8_000  # letters of a token
LIFE = 300  # s between iat and exp; CDS Hooks: no more than five minutes
SKEW = 30  # s that clocks may differ
_HASHES = {"RS256": SHA256, "RS384": SHA384, "ES256": SHA256, "ES384": SHA384}


class NotAccepted(Exception):
    """A token that opens nothing; the words are for the log."""


@dataclass(frozen=True)
class Shown:
    """A token as it was shown: the header and claims that it says, what is signed, and by what."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


def accepted(token: str, audience: str, known: Mapping[str, Client], now: datetime | None = None) -> Client:
    """The client of a token; raises `NotAccepted`. The token is spent."""
    shown = _read(token)
    client, key = _who(shown, known)
    _require_signature(shown, key)
    _require_here(shown.claims, audience)
    expires = _require_now(shown.claims, (now or datetime.now(UTC)).timestamp())
    _spend(client, shown.claims, expires)
    return client


def _read(token: str) -> Shown:
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3:
        raise NotAccepted("no token")
    try:
        header, claims = (json.loads(decoded(part)) for part in parts[:2])
        signature = decoded(parts[2])
    except (ValueError, RecursionError):
        raise NotAccepted("no token") from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or "crit" in header:
        raise NotAccepted("no token")
    return Shown(header, claims, f"{parts[0]}.{parts[1]}".encode("ascii"), signature)


def _who(shown: Shown, known: Mapping[str, Client]) -> tuple[Client, Key]:
    iss, kid, algorithm = shown.claims.get("iss"), shown.header.get("kid"), shown.header.get("alg")
    client = known.get(iss) if isinstance(iss, str) else None
    if client is None:
        raise NotAccepted("issuer not known")
    key = client.keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise NotAccepted("key not known")
    if algorithm not in key.algorithms:
        raise NotAccepted("algorithm not allowed")
    return client, key


def _require_signature(shown: Shown, key: Key) -> None:
    hashed = _HASHES[shown.header["alg"]]()
    try:
        if isinstance(key.key, ec.EllipticCurvePublicKey):
            half = (key.key.key_size + 7) // 8
            if len(shown.signature) != 2 * half:
                raise InvalidSignature
            r, s = (int.from_bytes(part, "big") for part in (shown.signature[:half], shown.signature[half:]))
            key.key.verify(encode_dss_signature(r, s), shown.signed, ec.ECDSA(hashed))
        else:
            key.key.verify(shown.signature, shown.signed, padding.PKCS1v15(), hashed)
    except InvalidSignature:
        raise NotAccepted("signature wrong") from None


def _require_here(claims: Mapping[str, Any], audience: str) -> None:
    said = claims.get("aud")
    if audience not in (said if isinstance(said, list) else [said]):
        raise NotAccepted("for another address")


def _require_now(claims: Mapping[str, Any], now: float) -> float:
    """The moment at which a token expires; it lives minutes, and lives now."""
    exp, iat, nbf = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)
    for one in (exp, iat, nbf):
        if isinstance(one, bool) or not isinstance(one, int | float) or not 0 <= one < 1e11:
            raise NotAccepted("no times")
    assert isinstance(exp, int | float)
    assert isinstance(iat, int | float)
    if exp + SKEW <= now:
        raise NotAccepted("expired")
    if max(iat, nbf) - SKEW > now:
        raise NotAccepted("not yet valid")
    if not 0 < exp - iat <= LIFE:
        raise NotAccepted("lives too long")
    return float(exp)


def _spend(client: Client, claims: Mapping[str, Any], expires: float) -> None:
    """Note that a token was shown; raises `NotAccepted` for one that was shown before."""
    name = claims.get("jti")
    if not isinstance(name, str) or not 1 <= len(name) <= 200:
        raise NotAccepted("no number")
    SpentToken.objects.filter(expires_at__lt=datetime.fromtimestamp(expires - 2 * (LIFE + SKEW), UTC)).delete()
    digest = sha256(json.dumps([client.iss, name]).encode()).hexdigest()
    until = datetime.fromtimestamp(expires + 2 * SKEW, UTC)
    try:
        with transaction.atomic():
            SpentToken.objects.create(digest=digest, expires_at=until)
    except IntegrityError:
        raise NotAccepted("shown before") from None
