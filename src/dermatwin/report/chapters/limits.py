"""Chapter 9: where the case leaves the evidence, said once each and grouped by what it is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import words

if TYPE_CHECKING:
    from ...twin import Run

_TOPICS = (("patient", "The person"), ("zones", "Zones"), ("course", "The course"), ("delivery", "Products"),
           ("topical", "Products"), ("outcome", "The result"), ("healing", "Healing"), ("barrier", "Channels"),
           ("insertion", "Needles"))


def limits(run: Run) -> dict[str, Any]:
    """Notices without repeats: the same message about several places becomes one."""
    places: dict[tuple[str, str], list[str]] = {}
    for notice in run.notices:
        places.setdefault((notice.message, notice.source), []).append(notice.path)
    groups: dict[str, list[dict[str, str]]] = {}
    for (message, source), paths in places.items():
        about = words.listing(list(dict.fromkeys(place for path in paths if (place := _place(run, path)))))
        groups.setdefault(_topic(paths[0]), []).append({"message": words.sentence(message), "about": about, "source": source})
    return {"groups": [{"title": title, "notices": found} for title, found in groups.items()],
            "count": len(places)}


def _topic(path: str) -> str:
    head = re.split(r"[.\[]", path)[0]
    return next((title for start, title in _TOPICS if head.startswith(start)), words.title(head) or "The case")


def _place(run: Run, path: str) -> str:
    """The zone that a path names, or the last part of the path in words."""
    for zone in run.case.zones:
        if re.search(rf"(^|[.\[@/]){re.escape(zone.key)}($|[.\]/])", path):
            return words.name(zone.key)
    return ""
