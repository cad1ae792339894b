"""The words of a treatment: device, needle length, how many sessions how far apart, where.

Free text such as '1.5 mm dermaroller x5 monthly; biopsy 8 weeks after last' becomes a case that the twin can run. What is
not said is taken from wide priors' medians and from the device's usual handling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..case import Case
from ..device import Device, catalogue
from ..evidence import Draws, Evidence
from .experiment import site_of
from .rows import Row

NUMBER_WORDS = {"once": 1, "twice": 2, "thrice": 3}
COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SITTINGS = r"(?:treatments?|sessions?|sittings?|times)"
_RATE = r"(?! ?(?:/|per\b|an?\b|each\b|dai?ly\b|magnif|objective|passes\b|in (?:each|all|every)\b))"
"""What does not follow a number of sessions: 'x2/week', '10 times a day', 'x10 magnification', '10x in each direction'."""
_COURSE = (
    r"(?= ?(?:$|[;,.()]|(?:every|at|over|with)\b|in \d|\d+ ?(?:d|days|wk|weeks)\b"
    r"|(?:\w+-)?\w*(?:week|month|fortnight)ly\b|\w*needling\b|treat|sess|sitt))"
)
"""What may follow '4x' where it counts sessions: a pause, an interval, what was done; not a thing that is four times so."""
_HOW_OFTEN = (
    rf"(?<![\d.] )(?<!\w)[x\u00d7] ?(\d+)\b(?! ?(?:[x\u00d7]|[cm]m|um)){_RATE}",  # 'x5', not '11 x 11' or 'x 2 cm'
    rf"\b(\d+) +(?:\w+ly +|needling +|microneedling +)?{_SITTINGS}\b{_RATE}",
    rf"\b(\d{{1,2}}) ?[x\u00d7](?! ?\d)(?!\w){_COURSE}",  # '4x', not '2x2 cm', '10x magnification' or '2x/week'
)
PERIODS = {"day": 1.0, "d": 1.0, "week": 7.0, "wk": 7.0, "w": 7.0, "month": 28.0}
PERIOD = r"(days?|d|weeks?|wks?|w|months?)\b"
_NUMBER = r"(\d+(?:\.\d+)?)(?: ?(?:-|\u2013|to|or) ?(\d+(?:\.\d+)?))?"
_APART = (
    rf"\b(?:every|each|q) ?{_NUMBER}[ -]?{PERIOD}",  # 'every 2 weeks', 'every 2-3 weeks', 'q4w'
    rf"\b{_NUMBER}[ -]?{PERIOD} (?:apart|intervals?)\b",  # '4 weeks apart', 'at 4-week intervals'
    rf"\bintervals? of {_NUMBER}[ -]?{PERIOD}",
    r"\b(\d+)()-(week|month)ly\b",  # 'three-weekly', not '6 weekly treatments'
)
_INTERVALS = (
    (r"every (?:other|second) day", 2.0),
    (r"every (?:other|second) week", 14.0),
    (r"every (?:other|second) month", 56.0),
    (r"every third week", 21.0),
    (r"monthly|every month", 28.0),
    (r"fortnight|bi-?weekly", 14.0),
    (r"(?:twice|two times|2 ?x) ?(?:a|per|/|each)? ?week", 3.5),
    (r"weekly|every week|once a week|once per week", 7.0),
    (r"\bdaily|every day", 1.0),
)
USUAL_INTERVAL = 28.0
MOST_SESSIONS = 60  # as many as a case may have
PENS, ROLLERS = ("pen-12",), ("roller-192", "roll-cit-3")
WORDS = {"pen": "pen needling", "roller": "roller needling", "rf_needle": "RF needling"}
"""Kinds of devices as a procedure names them; any other is needling."""
PEN = re.compile(r"\b(pen|dermapen|skinpen|motori[sz]ed|automated|exceed|stamp)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Protocol:
    """One course as it is described."""

    device: str
    length_mm: float
    sessions: int
    interval_d: float
    site: str
    species: str


def protocol_of(row: Row, species: str, draws: Draws) -> Protocol:
    """Read the course of a row."""
    text = row["procedure"]
    length = re.search(r"(\d+(?:\.\d+)?)\s*mm", text)
    micro = re.search(r"(\d{2,4})(?:/\d+)?\s*um", text)
    stated = float(length[1]) if length else float(micro[1]) / 1000.0 if micro else None
    usual = draws.median("experiment_needle_length[roller]", "mm") if not PEN.search(text) else 1.5
    length_mm = stated or usual
    device = _device(PENS if PEN.search(text) else ROLLERS, length_mm, draws.evidence)
    site = site_of(f"{row['site']} {text}", species, draws.evidence)
    reached = min(max(length_mm, device.min_length), device.max_length)
    return Protocol(device.id, reached, sessions_of(text), interval_of(text), "cheek" if site == "face" else site, species)


def _device(ids: tuple[str, ...], length: float, evidence: Evidence) -> Device:
    """The first of some devices that reaches the length, else the last."""
    known = [catalogue(evidence)[name] for name in ids]
    return next((device for device in known if device.min_length <= length <= device.max_length), known[-1])


def sessions_of(text: str) -> int:
    """Number of sessions: 'x5', '5x', '5 sessions', 'four monthly sessions', 'weekly for 12 weeks', 'once'; else one."""
    told = _in_figures(text)
    found = next((match for pattern in _HOW_OFTEN if (match := re.search(pattern, told))), None)
    if found:
        return min(max(int(found[1]), 1), MOST_SESSIONS)
    lasted, interval = re.search(rf"\bfor (\d+) ?{PERIOD}", told), _stated_interval(told)
    if lasted and interval:
        return min(max(round(float(lasted[1]) * days_of(lasted[2]) / interval), 1), MOST_SESSIONS)
    return next((count for word, count in NUMBER_WORDS.items() if re.search(rf"\b{word}\b(?! an?\b| per\b)", told)), 1)


def interval_of(text: str) -> float:
    """Days between sessions: 'every 2 weeks', 'every three weeks', '4 weeks apart', 'monthly'; else four weeks.

    The middle of a range; half a day at the least.
    """
    return _stated_interval(_in_figures(text)) or USUAL_INTERVAL


def _stated_interval(told: str) -> float | None:
    found = next((match for pattern in _APART if (match := re.search(pattern, told))), None)
    if found:
        middle = 0.5 * (float(found[1]) + float(found[2] or found[1]))
        return max(middle * days_of(found[3]), 0.5)
    return next((days for pattern, days in _INTERVALS if re.search(pattern, told)), None)


def days_of(period: str) -> float:
    """Days of a period's name in one or many: 'wk', 'weeks'."""
    return PERIODS[period if period in PERIODS else period.removesuffix("s")]


def _in_figures(text: str) -> str:
    """The text in lower case, its numbers from one to twelve in figures."""
    return re.sub(rf"\b({'|'.join(COUNTED)})\b", lambda word: str(COUNTED.index(word[1]) + 1), text.lower())


def case_of(protocol: Protocol, horizon: float) -> Case:
    """The course as a case of one zone."""
    sessions = {"count": protocol.sessions}
    last = protocol.interval_d * (protocol.sessions - 1)
    return Case.model_validate(
        {
            "patient": {"age": "35 yr", "sex": "female", "phototype": "III", "species": protocol.species},
            "zones": [{"zone": protocol.site, "area": "25 cm^2"}],
            "course": {
                "device": protocol.device,
                "start": "2026-01-01",
                "sessions": sessions | ({"interval": f"{protocol.interval_d} d"} if protocol.sessions > 1 else {}),
                "settings": {protocol.site: {"needle_length": f"{protocol.length_mm:g} mm"}},
            },
            "horizon": f"{max(horizon, last + 7.0, 30.0):g} d",
        }
    )
