"""Who read and wrote what: a log that only grows, each entry bound to the one before it.

    hash(n) = HMAC-SHA256(audit.key, fields of n | hash(n-1))

The key stands in the folder, not in the database: whoever can write the database alone cannot mend the chain after a change.
The database refuses changes of rows by triggers (`triggers.py`). What the chain cannot show by itself is that its newest
entries were cut off: every backup and `dermatwin serve --check` say how long it is and how it ends, to compare with later.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from threading import RLock
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction

from .models import AuditEntry

if TYPE_CHECKING:
    from .models import User

BEGINNING = "0" * 64
_TURN = RLock()
_LOCK = 0x6465726D  # PostgreSQL's advisory lock of the chain: any number that nobody else uses
_FIELDS = ("number", "at", "user", "name", "role", "action", "what", "record", "patient", "details", "previous")


@dataclass(frozen=True)
class Deed:
    """What is to be noted: `action` in one word, `what` it was done to, ids where there are any."""

    action: str
    what: str
    record: str = ""
    patient: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def note(user: User | None, deed: Deed) -> AuditEntry:
    """Append an entry; within a transaction it is kept or lost with the rest of it."""
    with _turn(), transaction.atomic():
        _wait_for_turn()
        last = AuditEntry.objects.order_by("-number").first()
        entry = AuditEntry(
            number=last.number + 1 if last else 1,
            at=datetime.now(UTC).isoformat(timespec="microseconds"),
            user=str(user.pk) if user else "",
            name=user.name if user else "",
            role=user.role if user else "",
            action=deed.action,
            what=deed.what,
            record=deed.record,
            patient=deed.patient,
            details=json.dumps(deed.details, sort_keys=True, ensure_ascii=False) if deed.details else "",
            previous=last.hash if last else BEGINNING,
        )
        entry.hash = _hash(entry)
        entry.save()
    return entry


def _turn() -> AbstractContextManager[Any]:
    """Threads that share one connection, as those of a database in memory do, take turns here."""
    shared = connection.vendor == "sqlite" and connection.is_in_memory_db()  # pyright: ignore[reportAttributeAccessIssue]
    return _TURN if shared else nullcontext()


def _wait_for_turn() -> None:
    """One writer at a time: SQLite's transactions begin that way, PostgreSQL is asked to."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _hash(entry: AuditEntry) -> str:
    told = json.dumps([getattr(entry, name) for name in _FIELDS], ensure_ascii=False)
    return hmac.new(_key(), told.encode(), sha256).hexdigest()


def _key() -> bytes:
    return settings.FOLDER.secret("audit.key").encode()


@dataclass(frozen=True)
class Chain:
    """What a look through the whole chain found: its length, its end, and every entry that is not as it was written."""

    length: int
    end: str
    broken: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out or put in."""
        return not self.broken


def verify() -> Chain:
    """Look through the whole chain."""
    previous, number, broken = BEGINNING, 0, list[str]()
    for entry in AuditEntry.objects.order_by("number").iterator():
        broken += _faults(entry, number, previous)
        previous, number = entry.hash, entry.number
    return Chain(number, previous, tuple(broken))


def _faults(entry: AuditEntry, before: int, previous: str) -> Iterator[str]:
    if entry.number != before + 1:
        yield f"entry {before + 1} is missing"
    elif entry.previous != previous:
        yield f"entry {entry.number} does not follow entry {before}"
    if not hmac.compare_digest(entry.hash, _hash(entry)):
        yield f"entry {entry.number} is not as it was written"
