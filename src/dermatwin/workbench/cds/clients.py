"""Which clinical systems may ask: a JSON file, named by DERMATWIN_CDS_CLIENTS, with the public keys of each.

    {"clients": [{"name": "Hospital", "iss": "https://ehr.example",
                  "keys": [{"kty": "EC", "crv": "P-384", "kid": "1", "x": "...", "y": "..."}]}]}

Keys are JSON Web Keys (RFC 7517). A key decides its algorithm; an address of keys in a token is never followed. The file is
read again when it changes; one that cannot be read lets nobody in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ...core.errors import CaseError, Fault

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey
LEAST_BITS = 2048
_CURVES: dict[str, tuple[ec.EllipticCurve, str]] = {"P-256": (ec.SECP256R1(), "ES256"), "P-384": (ec.SECP384R1(), "ES384")}
_RSA = ("RS256", "RS384")
_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Key:
    """A public key, and the algorithms that a token may name with it."""

    key: PublicKey
    algorithms: tuple[str, ...]


@dataclass(frozen=True)
class Client:
    """A clinical system: what it is called here, how it names itself in its tokens, its keys by id."""

    name: str
    iss: str
    keys: Mapping[str, Key]


def clients(path: str) -> Mapping[str, Client]:
    """The clients of a file, by their `iss`; empty where none is named. CaseError where the file is wrong."""
    if not path:
        return {}
    try:
        return _read(path, Path(path).stat().st_mtime_ns)
    except OSError as error:
        raise CaseError([Fault("DERMATWIN_CDS_CLIENTS", path, f"cannot be read: {error.strerror}")]) from None


@lru_cache(maxsize=4)
def _read(path: str, changed: int) -> Mapping[str, Client]:
    try:
        with Path(path).open("rb") as stream:
            told = json.loads(stream.read(_MOST_BYTES))
        entries = told["clients"]
        assert isinstance(entries, list)
    except (ValueError, KeyError, TypeError, AssertionError, RecursionError):
        raise CaseError([Fault("DERMATWIN_CDS_CLIENTS", path, "is not JSON with a list 'clients'")]) from None
    found: dict[str, Client] = {}
    faults: list[Fault] = []
    for number, entry in enumerate(entries):
        place = f"{path}: clients.{number}"
        if (client := _client(entry, place, faults)) is None:
            continue
        if client.iss in found:
            faults.append(Fault(f"{place}.iss", client.iss, "names a client that is there already"))
        found[client.iss] = client
    if faults:
        raise CaseError(faults)
    return found


def _client(entry: Any, place: str, faults: list[Fault]) -> Client | None:
    told = entry if isinstance(entry, dict) else {}
    name, iss, keys = told.get("name"), told.get("iss"), told.get("keys")
    if not (isinstance(name, str) and name and isinstance(iss, str) and iss and isinstance(keys, list) and keys):
        faults.append(Fault(place, "", "needs name, iss and keys"))
        return None
    return Client(name[:60], iss, dict(_keys(keys, place, faults)))


def _keys(keys: list[Any], place: str, faults: list[Fault]) -> Iterator[tuple[str, Key]]:
    seen = set[str]()
    for number, told in enumerate(keys):
        where = f"{place}.keys.{number}"
        try:
            kid, key = told["kid"], _key(told)
            if not isinstance(kid, str) or not kid or kid in seen:
                raise ValueError("needs a 'kid' of its own")
            seen.add(kid)
            yield kid, key
        except (KeyError, TypeError) as error:
            faults.append(Fault(where, "", f"is no JSON Web Key: lacks {error}"))
        except ValueError as error:
            faults.append(Fault(where, "", str(error)))


def _key(told: Mapping[str, Any]) -> Key:
    """A public key; ValueError for one that is private, weak, or of another kind."""
    if "d" in told:
        raise ValueError("is a private key: hand over the public one, and make a new pair")
    if told["kty"] == "RSA":
        key: PublicKey = rsa.RSAPublicNumbers(_number(told["e"]), _number(told["n"])).public_key()
        if key.key_size < LEAST_BITS:
            raise ValueError(f"has {key.key_size} bits; at least {LEAST_BITS}")
        return Key(key, _RSA)
    if told["kty"] == "EC" and told["crv"] in _CURVES:
        curve, algorithm = _CURVES[told["crv"]]
        return Key(ec.EllipticCurvePublicNumbers(_number(told["x"]), _number(told["y"]), curve).public_key(), (algorithm,))
    raise ValueError("is of another kind than RSA, EC P-256 or EC P-384")


def _number(said: Any) -> int:
    return int.from_bytes(decoded(said), "big")


def decoded(said: Any) -> bytes:
    """Bytes of base64url without padding; ValueError for anything else."""
    if not isinstance(said, str) or not said or set(said) - _LETTERS:
        raise ValueError("is not base64url")
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
