"""Which database: the embedded one of the folder, or the PostgreSQL that DATABASE_URL names."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from .folder import Folder

_PATIENCE = 20  # seconds that a writer waits for another one
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"


def database(folder: Folder, url: str = "") -> dict[str, Any]:
    """The entry `default` of DATABASES; raises ValueError for an address that is none of PostgreSQL."""
    return _postgres(url) if url else _embedded(folder)


def _embedded(folder: Folder) -> dict[str, Any]:
    """Write-ahead log, so that readers never wait; every write is on the disk before a page says so."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder.database),
        "OPTIONS": {"timeout": _PATIENCE, "transaction_mode": "IMMEDIATE", "init_command": _PRAGMAS},
        "TEST": {"NAME": None},
    }


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ValueError("DATABASE_URL is not of the form postgresql://user:password@host:5432/name")
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
        "CONN_HEALTH_CHECKS": True,
    }
