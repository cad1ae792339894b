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
COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SITTINGS = r"(?:treatments?|sessions?|sittings?|times)"
_HOW_OFTEN = (
    r"(?<![\d.] )\bx ?(\d+)\b(?! ?(?:[x\u00d7]|[cm]m|um))",  # 'x5', not '11 x 11' or 'x 2 cm'
    rf"\b(\d+) +(?:\w+ly +|needling +|microneedling +)?{_SITTINGS}",
    r"\b(\d{1,2}) ?[x\u00d7](?! ?\d)(?!\w)",  # '4x', not '2x2 cm'
)
PERIODS = {"day": 1.0, "d": 1.0, "week": 7.0, "wk": 7.0, "month": 28.0}
_INTERVALS = (
    (r"every other day", 2.0),
    (r"monthly|four-weekly|4-weekly", 28.0),
    (r"fortnightly|2-weekly|biweekly", 14.0),
    (r"weekly", 7.0),
)
USUAL_INTERVAL = 28.0
PENS, ROLLERS = ("pen-12",), ("roller-192", "roll-cit-3")
WORDS = {"pen": "pen needling", "roller": "roller needling", "rf_needle": "RF needling"}
"""Kinds of devices as a procedure names them; any other is needling."""
ALONE = re.compile(r"^(?:mn|microneedling|needling|frm|fmr|pen|roller)(?:_(?:alone|only|saline|control))?$")
"""Names of arms that were needled with nothing beside."""
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
    """Number of sessions: 'x5', '5x', '5 sessions', 'four monthly sessions', 'once'; one where nothing is said."""
    text = re.sub(
        rf"\b({'|'.join(COUNTED)})\b", lambda word: str(COUNTED.index(word[1].lower()) + 1), text, flags=re.IGNORECASE
    )
    found = next((match for pattern in _HOW_OFTEN if (match := re.search(pattern, text))), None)
    if found:
        return min(max(int(found[1]), 1), 60)
    return next((count for word, count in NUMBER_WORDS.items() if re.search(rf"\b{word}\b", text)), 1)


def interval_of(text: str) -> float:
    """Days between sessions: 'every 2 weeks', 'monthly'; four weeks where nothing is said."""
    found = re.search(r"every\s+(\d+)\s*(day|d|week|wk|month)", text)
    if found:
        return max(float(found[1]) * PERIODS[found[2]], 0.5)
    return next((days for pattern, days in _INTERVALS if re.search(pattern, text)), USUAL_INTERVAL)


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
