"""Days of the calendar in a case that counts from its first session: 2026-01-15 of a course begun on the 12th is 3 d."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ..core.errors import Fault
from .address import Loc
from .faults import PlacedFault, shown

LISTS = ("observations", "symptoms", "held")
"""Lists of a case whose entries may be dated."""


def counted(tree: Any, day: Callable[[str], str]) -> list[PlacedFault]:
    """Put days after the first session where days of the calendar stand; faults where that cannot be said.

    tree : plain values of a case, changed in place. day : reads a day of the calendar as 2026-01-12, leaves any other text
    as it is and raises ValueError where it may be two.
    """
    faults: list[PlacedFault] = []
    start = _iso(_inside(tree, "course", "start"))
    for name in LISTS:
        entries = _inside(tree, name)
        for number, entry in enumerate(entries if isinstance(entries, list) else ()):
            written = entry.get("time") if isinstance(entry, dict) else None
            if isinstance(written, str):
                try:
                    entry["time"] = _after(start, written, day(written))
                except ValueError as error:
                    faults.append(_fault((name, number, "time"), written, str(error)))
    return faults


def _after(start: date | None, written: str, read: str) -> str:
    """Days after the first session; the text as it was where it is no day of the calendar."""
    told = _iso(read)
    if told is None or start is None:
        return written
    days = (told - start).days
    if days < 0:
        raise ValueError(f"is before the first session, {start}; count such a time with a sign: '{days} d'")
    return f"{days} d"


def _iso(text: Any) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else text if isinstance(text, date) else None
    except ValueError:
        return None


def _inside(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _fault(loc: Loc, found: str, expected: str) -> PlacedFault:
    return loc, Fault(".".join(map(str, loc)), shown(found), expected)
