"""What people write where a quantity is asked for, and what would be right: decimal commas, ranges, habits of speech.

A number that can mean only one thing is read; one that may mean two ('1,500 mm'), a range or a habit of speech ('monthly')
is answered with what could be written instead. Nothing here knows the size of a unit.
"""

from __future__ import annotations

import re

_COMMA = re.compile(r"(?<![\d.,])([-+]?)(\d*),(\d+)(?![\d.,])")
_HALVES = {"½": "5", "¼": "25", "¾": "75"}
_HALF = re.compile(r"(?<![\d.,])(\d*)\s?([½¼¾])(?![\d½¼¾])")
_NUMBER, _UNIT = r"[-+]?\d*[.,]?\d+", r"[A-Za-z%µ][A-Za-z%µ/ ]*?"
_RANGE = re.compile(rf"({_NUMBER})\s*({_UNIT})?\s*(?:-|–|—|\bto\b|\band\b|\.\.+|…)\s*({_NUMBER})\s*(\D.*)?", re.IGNORECASE)
_BETWEEN = re.compile(r"(between|from)\s+", re.IGNORECASE)
_ABOUT = re.compile(r"[~≈<>≤≥]|\b(about|around|approx|circa|ca|up to|at least|at most|less than|more than)\b", re.IGNORECASE)
_SPREAD = re.compile(r"(?<=.)(±|\+/?-)")
_TWICE = re.compile(rf"{_NUMBER}\s*{_UNIT}\s+{_NUMBER}\s*{_UNIT}")
_RHYTHM = re.compile(rf"({_NUMBER})?[\s-]*(daily|weekly|fortnightly|monthly|yearly)", re.IGNORECASE)
_EVERY = re.compile(r"\b(every|each|once|twice)\b", re.IGNORECASE)
_PERIODS = {"daily": "day", "weekly": "week", "fortnightly": "fortnight", "monthly": "month", "yearly": "year"}
_LUMP = re.compile(r"\b(pea|fingertip|finger tip|ftu|pump|drop|dab|dollop|blob|coin|layer)", re.IGNORECASE)
_THOUSANDS = 3
"""Digits behind a comma that may also part thousands."""


def decimal(text: str) -> str:
    """Text whose number has a decimal point: '1,5 mm' and '1½ mm' are 1.5 mm; as it is where a comma may part thousands."""
    match = _COMMA.search(text)
    if match is not None and not _is_doubtful(match):
        text = f"{text[: match.start()]}{match[1]}{match[2] or '0'}.{match[3]}{text[match.end() :]}"
    return _HALF.sub(lambda half: f"{half[1] or '0'}.{_HALVES[half[2]]} ", text).strip()


def _is_doubtful(match: re.Match[str]) -> bool:
    """Whether a comma may part thousands: three digits follow, and what stands before is no nought."""
    return len(match[3]) == _THOUSANDS and match[2].strip("0") != ""


def misread(text: str, target: str) -> str:
    """Why a text is no single quantity, and what could be written in place of it; '' where nothing is known of its form."""
    found = (_two_numbers(text), _one_of(text, target), _not_exact(text), _how_often(text), _lump(text, target))
    return next(filter(None, found), "")


def _two_numbers(text: str) -> str:
    """A comma that may stand for a point or part thousands."""
    match = _COMMA.search(text)
    if match is None or not _is_doubtful(match):
        return ""
    unit = text[match.end() :].strip()
    point, thousands = (f"{match[1]}{match[2]}{joint}{match[3]} {unit}".strip() for joint in (".", ""))
    return f"may be '{point}' or '{thousands}'; write the one that is meant"


def _one_of(text: str, target: str) -> str:
    """A range: both its ends, of which one may be meant."""
    match = _RANGE.fullmatch(_BETWEEN.sub("", text))
    if match is None:
        return ""
    unit = (match[4] or match[2] or target).strip()
    low, high = f"{decimal(match[1])} {match[2] or unit}", f"{decimal(match[3])} {unit}"
    return f"is a range; give one value, such as '{low}' or '{high}'"


def _not_exact(text: str) -> str:
    if _SPREAD.search(text):
        return "is a value with a spread; write the value alone"
    if _TWICE.fullmatch(text):
        return "is two quantities; write one, with a decimal point"
    return "is not exact; write one value" if _ABOUT.search(text) and re.search(r"\d", text) else ""


def _how_often(text: str) -> str:
    """A rhythm in place of a time: '4-weekly', 'every 4 weeks', 'monthly'."""
    said, match = "says how often; write the time from one to the next", _RHYTHM.fullmatch(text)
    if match is None:
        return f"{said}, such as '4 weeks'" if _EVERY.search(text) else ""
    period = _PERIODS[match[2].casefold()]
    if match[1]:
        return f"{said}: '{match[1]} {period}s'"
    return f"{said}: '4 weeks' or '1 month'" if period == "month" else f"{said}: '1 {period}'"


def _lump(text: str, target: str) -> str:
    """An amount by eye, where an amount per area is asked for."""
    if not target.endswith("/cm^2") or _LUMP.search(text) is None:
        return ""
    return f"is an amount by eye; weigh it and write the amount per area of skin, such as '2 {target}'"


def doubt(unit: str, quantity: str) -> str:
    """What to write in place of a unit that means something else than was asked for; '' where nothing is known of it."""
    if quantity in ("course_time", "time") and unit == "m":
        return "m is a metre: write 'months' or 'min'"
    if quantity == "areal_dose" and unit in ("g", "mg", "ug", "ml", "mL"):
        return "write the amount per area of skin: 1 g on 100 cm^2 is '10 mg/cm^2'"
    return ""
