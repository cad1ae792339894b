"""Places in a case: 'zones.cheek.area' for people, a tuple of keys and indices inside.

An entry of `zones` is addressed by its key (its name, or else its zone) where that says which one; any other list
entry by its number, counted from 0.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..core.printing import printable
from ..core.spelling import identifier

Loc = tuple[str | int, ...]

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def dotted(loc: Sequence[str | int], raw: Any) -> str:
    """The dotted path of a place in the plain values `raw`."""
    words, here, parent = [], raw, None
    for part in loc:
        key = _keys(here)[part] if parent == "zones" and isinstance(part, int) and isinstance(here, list) else None
        words.append(key or printable(str(part)))
        here, parent = child(here, part), part
    return ".".join(words)


def located(path: str, raw: Any) -> Loc:
    """The place that a dotted path means in `raw`; LookupError with a reason if a list has no such entry."""
    loc: list[str | int] = []
    here: Any = raw
    for word in path.split("."):
        part: str | int = _entry(here, word, loc) if isinstance(here, list) else _named(word, loc)
        loc.append(part)
        here = child(here, part)
    return tuple(loc)


def _entry(entries: list[Any], word: str, loc: list[str | int]) -> int:
    if loc == ["zones"] and identifier(word) in (keys := _keys(entries)):
        return keys.index(identifier(word))
    if word.isdecimal() and int(word) < len(entries):
        return int(word)
    place = ".".join(map(str, loc))
    raise LookupError(f"{place} has {len(entries)} entries, counted from 0, and none is called '{printable(word)}'")


def _keys(zones: list[Any]) -> list[str | None]:
    """Each zone's key, None where it has none of its own."""
    found = [_key(zone) for zone in zones]
    return [key if found.count(key) == 1 else None for key in found]


def _key(zone: Any) -> str | None:
    if not isinstance(zone, dict):
        return None
    key = zone.get("name") or zone.get("zone")
    name = identifier(key) if isinstance(key, str) else ""
    return name if _NAME.fullmatch(name) else None


def _named(word: str, loc: list[str | int]) -> str:
    """A key of a mapping; settings stand under the names of zones as keys."""
    return identifier(word) if loc == ["course", "settings"] else word


def child(here: Any, part: str | int) -> Any:
    """What stands inside plain values under a key or a number; None where nothing does."""
    if isinstance(here, dict):
        return here.get(part)
    return here[part] if isinstance(here, list) and isinstance(part, int) and part < len(here) else None
