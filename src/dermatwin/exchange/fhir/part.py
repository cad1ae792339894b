"""The part of a case that a resource stands for, written beside it, so that what dermatwin wrote comes back equal.

An extension holds the place in the case and the plain value there. It counts only where the resource still says what
dermatwin would write of that value: what somebody changed in the meantime is read like anybody's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .elements import listing, mapping

URL = "urn:dermatwin:case-part"
PLAN, RUN = "plan", "run"
"""Places of what stands in the plan of treatment (the care plan holds it whole), and of what was computed of it."""


@dataclass(frozen=True)
class Part:
    """A place in a case, and the plain value there."""

    place: str
    value: Any = None
    day: str = ""  # from which the words of time were counted back

    def extension(self) -> list[dict[str, Any]]:
        """As an element of a resource."""
        said = {key: entry for key, entry in vars(self).items() if entry not in (None, "")}
        return [{"url": URL, "valueString": json.dumps(said, ensure_ascii=False)}]


def part_of(body: Mapping[str, Any]) -> Part | None:
    """The part that a resource carries; None where it carries none that can be read."""
    for one in listing(body.get("extension")):
        if mapping(one).get("url") == URL and isinstance(mapping(one).get("valueString"), str):
            try:
                said = json.loads(one["valueString"])
            except (ValueError, RecursionError):
                return None
            if isinstance(said, dict) and isinstance(said.get("place"), str):
                return Part(said["place"], said.get("value"), str(said.get("day", "")))
    return None


_OF_OTHERS = frozenset({"id", "meta", "text", "subject", "patient", "extension", "implicitRules", "language"})
"""What servers change or add, and what points elsewhere: says nothing of the line itself."""


def still_says(body: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    """Whether a resource says what was written, neither less nor more."""
    keys = (body.keys() | written.keys()) - _OF_OTHERS
    return all(body.get(key) == written.get(key) for key in keys)
