"""How numbers, units, dates and names are written in a report: one place, so that a page never shows two spellings.

Medians carry two significant digits, bands are rounded to the precision that their width deserves, a minus is a minus
sign, a range is written with an en dash ('12–34'; with 'to' where a bound is negative), and a unit follows after a
narrow no-break space.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from typing import Any

NARROW = "\u202f"  # narrow no-break space, between a number and its unit and between groups of thousands
SPACE = "\u00a0"  # no-break space, between a number and a word
MINUS = "\u2212"
DASH = "\u2013"
NOTHING = "\u2013"  # shown where there is no number

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_WRITTEN = {
    "1": "",
    "%": "%",
    "percent": "%",
    "d": "days",
    "h": "h",
    "degC": "°C",
    "deg": "°",
    "1/d": "per day",
    "1/cm^2": "per cm²",
    "wk": "weeks",
    "week": "weeks",
}
_ACRONYMS = {
    "tewl": "TEWL",
    "oct": "OCT",
    "prp": "PRP",
    "led": "LED",
    "pih": "PIH",
    "hsv": "HSV",
    "aga": "AGA",
    "masi": "MASI",
    "mmasi": "mMASI",
    "ecca": "ECCA",
    "gais": "GAIS",
    "posas": "POSAS",
    "vss": "VSS",
    "vegf": "VEGF",
    "tgf": "TGF",
    "mmp": "MMP",
    "iii": "III",
    "ii": "II",
    "iv": "IV",
    "vas": "VAS",
    "uv": "UV",
    "asas": "ASAS",
    "oh": "OH",
}


def number(value: float | None, digits: int = 2) -> str:
    """A number with `digits` significant digits, never in scientific notation between 0.001 and a million."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return fixed(value, _decimals(value, digits))


def given(value: float, of: str = "1") -> str:
    """A number that somebody stated, with its unit and without digits that nobody stated: '1.5 mm', '60 cm2'."""
    text = f"{value:.4g}" if abs(value) < 1e4 else f"{value:.0f}"
    return with_unit(text.replace("-", MINUS), of)


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals; negative `decimals` round to tens, hundreds ..."""
    if not math.isfinite(value):
        return NOTHING
    rounded = round(value, decimals)
    if rounded == 0.0:
        rounded = 0.0
    if 0.0 < abs(rounded) < 1e-4 or abs(rounded) >= 1e7:
        return _power(rounded)
    text = f"{abs(rounded):,.{max(decimals, 0)}f}"
    whole, _, rest = text.partition(".")
    whole = whole.replace(",", NARROW) if len(whole) > 5 else whole.replace(",", "")
    return (MINUS if rounded < 0 else "") + whole + (f".{rest}" if rest else "")


def _power(value: float) -> str:
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    power = str(int(exponent)).translate(_SUPERSCRIPT)
    return f"{mantissa.replace('-', MINUS)}{NARROW}×{NARROW}10{power}"


def _decimals(value: float, digits: int) -> int:
    """Decimals that show `digits` significant digits of a value."""
    if value == 0.0 or not math.isfinite(value):
        return 0
    return min(digits - 1 - math.floor(math.log10(abs(value))), 12)


def decimals_for(low: float, high: float, *more: float) -> int:
    """Decimals that a band deserves: two digits of its width, at most three of its largest bound, one below ten."""
    known = [v for v in (low, high, *more) if math.isfinite(v)]
    width = max(known, default=0.0) - min(known, default=0.0)
    largest = max((abs(v) for v in known), default=0.0)
    if width <= 0.0:
        return max(_decimals(largest, 2), 0)
    least = 1 if largest < 10.0 else 0
    return max(min(_decimals(width, 2), _decimals(largest, 3)), least)


def interval(low: float, high: float, decimals: int | None = None) -> str:
    """A range: '12–34', or '−3 to 5' where a bound is negative; one number where both round to the same."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return NOTHING
    places = decimals_for(low, high) if decimals is None else decimals
    first, last = fixed(low, places), fixed(high, places)
    if first == last:
        return first
    joint = " to " if round(low, places) < 0 or round(high, places) < 0 else DASH
    return f"{first}{joint}{last}"


def unit(text: str) -> str:
    """A unit as it is printed: 'ug/cm^2' -> 'µg/cm²', '1' -> ''."""
    if text in _WRITTEN:
        return _WRITTEN[text]
    text = re.sub(r"\bu(?=[gmlL])", "µ", text).replace("**", "^").replace("*", "·").replace("degC", "°C")
    text = re.sub(r"\^(-?\d+)", lambda match: match[1].translate(_SUPERSCRIPT), text)
    return re.sub(r"^1\s*/\s*", "per ", text)


def with_unit(text: str, of: str) -> str:
    """A written number with its unit: '1.5 mm', '12 %', and '28°' without a space."""
    written = unit(of)
    return f"{text}{'' if written == '°' else NARROW}{written}" if written and text != NOTHING else text


def quantity(value: float | None, of: str, digits: int = 2) -> str:
    """A number with its unit."""
    return with_unit(number(value, digits), of)


def span(low: float, high: float, of: str) -> str:
    """A range with its unit."""
    return with_unit(interval(low, high), of)


def name(text: str) -> str:
    """An identifier as words: 'acne_scar_rolling' -> 'acne scar rolling', acronyms kept."""
    words = text.replace("_", " ").split()
    return " ".join(_ACRONYMS.get(word.lower(), word) for word in words)


def title(text: str) -> str:
    """Words with a capital at the start."""
    words = name(text) if "_" in text or text.islower() else text
    return words[:1].upper() + words[1:]


def listing(items: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def count(number_of: int, noun: str, plural: str | None = None) -> str:
    """'1 session', '4 sessions'."""
    return f"{number_of:,} {noun if number_of == 1 else plural or noun + 's'}".replace(",", NARROW)


def day(when: date, year: bool = True) -> str:
    """'12 January 2026' -> '12 Jan 2026'; without the year where the context gives it."""
    return f"{when.day}{SPACE}{when:%b}" + (f" {when.year}" if year else "")


def after(start: date, days: float) -> date:
    """The date so many days later."""
    return start + timedelta(days=round(days))


def lapse(days: float) -> str:
    """A stretch of time in the unit that people would use: '35 min', '6 h', '3 days', '12 weeks'."""
    if not math.isfinite(days):
        return NOTHING
    hours = days * 24.0
    if abs(hours) < 1e-3:
        return "at once"
    for limit, size, short in ((1.0, 1.0 / 60.0, "min"), (48.0, 1.0, "h")):
        if abs(hours) < limit:
            return f"{_short(hours / size)}{SPACE}{short}"
    if abs(days) < 14 or abs(days / 7 - round(days / 7)) > 0.05:
        shown = _short(days)
        return f"{shown}{SPACE}{'day' if shown == '1' else 'days'}"
    return f"{round(days / 7)}{SPACE}weeks"


def _short(value: float) -> str:
    """Two digits (three from a hundred on), no zero after the point."""
    return number(value, 2 if abs(value) < 100 else 3).removesuffix(".0")


def sentence(text: str) -> str:
    """A remark with a capital at its start and a full stop at its end."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def recorded(value: Any) -> str:
    """An entry of the provenance: a list item by item, what was laid over the evidence by its name, rows and digest."""
    if isinstance(value, (list, tuple)):
        return ", ".join(recorded(one) for one in value)
    if isinstance(value, dict):
        held = ", ".join(f"{name(table)} {rows}" for table, rows in value["rows"].items())
        return f"{value['name']}: {held or 'nothing'} (digest {value['digest']})"
    return str(value)
