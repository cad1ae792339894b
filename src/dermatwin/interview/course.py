"""Who is treated, where, and with what: the first part of a conversation, up to the anamnesis."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import Any

from ..case.quantity import Age, Area, BodyMass, Interval, NeedleLength
from ..case.words import phototype as phototype_of
from ..case.words import sex as sex_of
from ..core.spelling import identifier
from ..core.units import parse
from ..core.vocabulary import PHOTOTYPES
from ..device import Device, find
from ..evidence import Evidence, words
from ..evidence.rows.outcome import ConcernRow
from ..evidence.rows.skin import PhototypeRow
from ..screening import depth_guidance
from ..skin import Site, find_site
from .ask import Talk, asked, listed
from .read import ITEM, day, optional, quantity, several, spoken, text, whole

_MOST_SESSIONS = 20
_AHEAD, _FARTHEST = 364.0, 1100.0  # days that a twin looks ahead, unless a course is longer; and at most
_AFTER = 168.0  # days after a long course


def who(evidence: Evidence) -> Talk[dict[str, Any]]:
    """Age, sex, phototype and weight."""
    age = yield from asked("Age in years", quantity(Age, "yr"), heading="The person")
    sex = yield from asked("Sex", partial(spoken, sex_of, ("female", "male")), "female or male")
    phototype = yield from asked(
        "Phototype: how the skin takes strong sun", partial(spoken, phototype_of, PHOTOTYPES), _phototypes(evidence)
    )
    weight = yield from asked("Body weight in kg", optional(quantity(BodyMass, "kg")), "empty: not known")
    return {"age": age, "sex": sex, "phototype": phototype} | ({"body_weight": weight} if weight else {})


def _phototypes(evidence: Evidence) -> str:
    return "\n".join(f"{row.phototype:>5}  {row.label}" for row in evidence.rows(PhototypeRow))


def where(evidence: Evidence) -> Talk[list[dict[str, Any]]]:
    """The zones: site, area, concerns; at least one."""
    found: list[dict[str, Any]] = []
    while True:
        read = partial(_site, evidence, [zone["zone"] for zone in found])
        if found:
            site = yield from asked("Name the next site", optional(read), "empty: no more")
        else:
            site = yield from asked("Name the site that is treated", read, "such as cheek", "The skin")
        if site is None:
            return found
        area = yield from asked(f"Area of the {site.label} that is treated, in cm2", quantity(Area, "cm^2"))
        names = yield from asked("What bothers the person there", partial(several, _concern(evidence)), _concerns(evidence))
        found.append({"zone": site.name, "area": area, "concerns": [{"concern": name} for name in names]})


def _site(evidence: Evidence, taken: list[str], answer: str) -> Site:
    try:
        site = find_site(answer, "human", evidence)
    except KeyError as error:
        raise ValueError(error.args[0]) from None
    if site.name in taken:
        raise ValueError(f"{site.name} is a zone already; name another site, or none")
    return site


def _concern(evidence: Evidence) -> Any:
    return partial(spoken, words(evidence).concerns.entry, ())


def _concerns(evidence: Evidence) -> str:
    names = ", ".join(row.concern for row in evidence.rows(ConcernRow))
    return f"several with commas between; empty: none; known: {names}"


def how(zones: list[dict[str, Any]], today: date, evidence: Evidence) -> Talk[dict[str, Any]]:
    """Device, days, needle lengths, and what is done beside the needling."""
    device = yield from asked("Device", partial(_device, evidence), "such as pen-12; dermatwin list devices", "The course")
    start = yield from asked("Day of the first session", optional(day), f"year-month-day; empty: today, {today.isoformat()}")
    count = yield from asked("Number of sessions", partial(whole, 1, _MOST_SESSIONS))
    interval = (
        "4 weeks" if count == 1 else (yield from asked("Weeks from one session to the next", partial(_interval, count)))
    )
    usual = int(evidence.value(f"planned_passes[{device.kind.parameters}]", "1"))
    settings: dict[str, Any] = {}
    for zone in zones:
        length = yield from asked(
            f"Needle length for the {zone['zone'].replace('_', ' ')}, in mm",
            partial(_length, device),
            _customary(zone, device, evidence),
        )
        passes = yield from asked(
            "Passes", optional(partial(whole, 1, 100)), f"empty: {usual}, customary for a {device.kind.label}"
        )
        settings[zone["zone"]] = {"needle_length": length, "passes": passes or usual}
    beside = yield from asked(
        "Other treatments beside the needling", partial(several, _adjunct), "such as led light, prp; empty: none"
    )
    return {
        "device": device.id,
        "start": start or today.isoformat(),
        "sessions": {"count": count} | ({"interval": interval} if count > 1 else {}),
        "settings": settings,
        "adjuncts": [{"adjunct": name} for name in beside],
    }


def horizon(course: dict[str, Any]) -> str:
    """How far ahead the twin looks: a year, or half a year beyond a long course."""
    last = (course["sessions"]["count"] - 1) * _days(course["sessions"].get("interval", "0 d"))
    return f"{min(max(_AHEAD, last + _AFTER), _FARTHEST):g} d"


def _days(text: str) -> float:
    return parse(text, "course_time")


def _device(evidence: Evidence, answer: str) -> Device:
    try:
        return find(answer, evidence)
    except KeyError as error:
        raise ValueError(error.args[0]) from None


def _interval(count: int, answer: str) -> str:
    text = quantity(Interval, "weeks")(answer)
    if (count - 1) * _days(text) >= _FARTHEST:
        raise ValueError(f"'{text}' puts the last of {count} sessions {_FARTHEST:g} days or more after the first")
    return text


def _length(device: Device, answer: str) -> str:
    length = quantity(NeedleLength, "mm")(answer)
    if not device.min_length <= parse(length, "length") <= device.max_length:
        raise ValueError(f"'{length}' is outside the range of {device.name}, {device.min_length:g}-{device.max_length:g} mm")
    return length


def _customary(zone: dict[str, Any], device: Device, evidence: Evidence) -> str:
    guide = depth_guidance(zone["zone"], evidence, find_site(zone["zone"], "human", evidence).region.name)
    reach = f"the device reaches {device.min_length:g}-{device.max_length:g} mm"
    if guide is None:
        return reach
    (low, high), (deep, deepest) = guide.conservative, guide.deep
    return f"customary there {low:g}-{high:g} mm, for scars {deep:g}-{deepest:g} mm; {reach}"


def _adjunct(answer: str) -> str:
    name = identifier(answer)
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", name):
        raise ValueError(f"'{answer}' is not the name of a treatment; type for example led light")
    return name


def others() -> Talk[dict[str, list[str]]]:
    """What no question asked for."""
    parts = {
        "conditions": "Another illness or skin condition",
        "medications": "Another medicine, cream or supplement",
        "allergies": "Another allergy",
        "recent_procedures": "Another treatment in the last months",
    }
    found: dict[str, list[str]] = {}
    for name, question in parts.items():
        heading = "Anything else" if name == "conditions" else ""
        found[name] = yield from listed(question, partial(text, ITEM), "one at a time; empty: no more", heading)
    return found
