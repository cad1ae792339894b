"""Chapter 9: where the case leaves the evidence, said once each and grouped by what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...evidence.records import RISK
from .. import words
from . import lookup

if TYPE_CHECKING:
    from ...core.errors import Notice
    from ...twin import Run

ORDER = (
    "The person",
    "Skin",
    "The course",
    "Needles and channels",
    "Products",
    "Healing",
    "Recovery",
    "The result",
    "Risks",
    "Other",
)
_PERCENT = re.compile(r"\d+(?:\.\d+)?(?=\s?%)")
_TOPICS = (
    (r"^patient", "The person"),
    (r"alarm$", "Risks"),
    (r"downtime|erythema|oedema|pain", "Recovery"),
    (r"topical|product|exposure|delivery", "Products"),
    (r"punctures|channels|insertion|barrier|closure", "Needles and channels"),
    (r"healing|history", "Healing"),
    (r"^zones", "Skin"),
    (r"^course", "The course"),
)


@dataclass(frozen=True)
class Said:
    """One notice, with what it is about where that is not everything."""

    message: str
    field: str
    about: str
    source: str


@dataclass(frozen=True)
class Topic:
    """Notices about one thing."""

    title: str
    notices: list[Said]


@dataclass(frozen=True)
class Limits:
    """What the chapter shows."""

    groups: list[Topic]
    count: int


def limits(run: Run) -> Limits:
    """Notices without repeats: what is said of several places, or with other percentages, becomes one."""
    same: dict[tuple[str, str, str], list[Notice]] = {}
    for notice in run.notices:
        same.setdefault((_PERCENT.sub("#", notice.message), notice.source, _field(run, notice.path)), []).append(notice)
    groups: dict[str, list[Said]] = {}
    for (_, source, field), found in same.items():
        places = lookup.unique(place for n in found if (place := _zone(run, n.path)))
        message = words.sentence(_joined([n.message for n in found]))
        about = words.listing([words.name(p) for p in places]) if len(places) < len(run.zones) else ""
        groups.setdefault(_topic(run, found[0].path), []).append(
            Said(message, words.title(field) if field else "", about, source)
        )
    return Limits([Topic(title, groups[title]) for title in in_order(groups)], len(same))


def in_order(titles: Iterable[str]) -> list[str]:
    """Titles of topics in the order in which they are told."""
    return sorted(titles, key=lambda title: ORDER.index(title) if title in ORDER else len(ORDER))


def _topic(run: Run, path: str) -> str:
    last = path.rpartition(".")[2]
    if any(last == concern.concern for zone in run.case.zones for concern in zone.concerns):
        return "The result"
    if last in run.evidence.quantities and run.evidence.quantities[last].kind == RISK:
        return "Risks"
    return next((title for pattern, title in _TOPICS if re.search(pattern, path)), "Other")


def _zone(run: Run, path: str) -> str:
    """The zone that a path names."""
    parts = re.split(r"[.@/]", path)
    return next((zone.key for zone in run.case.zones if zone.key in parts), "")


def _field(run: Run, path: str) -> str:
    """The last part of a path, where it says more than the zone and the chapter."""
    last = re.split(r"[.@/]", path)[-1].strip("0123456789")
    known = (
        {zone.key for zone in run.case.zones}
        | {zone.zone for zone in run.case.zones}
        | {"healing", "patient", "course", "delivery", ""}
    )
    return "" if last in known else last


def _joined(messages: list[str]) -> str:
    """One sentence for several that differ in a percentage: '8-17 %'."""
    first = messages[0]
    found = [_PERCENT.findall(message) for message in messages]
    if len(set(messages)) == 1 or any(len(numbers) != 1 for numbers in found):
        return first
    values = [float(numbers[0]) for numbers in found]
    return _PERCENT.sub(words.interval(min(values), max(values), 0), first)
