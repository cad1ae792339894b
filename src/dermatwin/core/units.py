"""Units: parsed at the door, one canonical unit per quantity inside, units on everything that leaves.

`CANONICAL` is the only table of units in dermatwin. A quantity is named by what it is, not by its dimension, so that a
healing time (days) and a delivery time (hours) each keep the unit in which the field speaks of them.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .factors import factors
from .wording import decimal, doubt, misread

if TYPE_CHECKING:
    import pint

CANONICAL: dict[str, str] = {
    "length": "mm",
    "area": "cm^2",
    "number_density": "1/cm^2",
    "time": "h",
    "course_time": "d",
    "age": "yr",
    "rate": "1/d",
    "repair_rate": "1/h",
    "speed": "mm/s",
    "frequency": "Hz",
    "force": "N",
    "toughness": "N/mm",
    "stress": "MPa",
    "mass": "mg",
    "body_mass": "kg",
    "areal_dose": "mg/cm^2",
    "areal_mass": "ug/cm^2",
    "molar_mass": "g/mol",
    "permeability": "cm/h",
    "diffusivity": "cm^2/h",
    "water_flux": "g/m^2/h",
    "fraction": "1",
    "temperature": "degC",
}
"""Quantity -> the one unit in which it lives inside dermatwin."""

ALLOWED: dict[str, tuple[str, ...]] = {
    "length": ("nm", "um", "mm", "cm", "m", "in"),
    "area": ("mm^2", "cm^2", "dm^2", "m^2", "in^2"),
    "number_density": ("1/mm^2", "1/cm^2", "1/m^2", "1/in^2"),
    "time": ("s", "min", "h", "d"),
    "course_time": ("min", "h", "d", "week", "fortnight", "month", "yr"),
    "age": ("d", "week", "month", "yr"),
    "speed": ("um/s", "mm/s", "cm/s", "m/s", "mm/min", "cm/min", "m/min", "in/s"),
    "frequency": ("Hz", "kHz", "1/s", "1/min", "1/h"),
    "force": ("uN", "mN", "N", "kN", "gf", "kgf", "lbf"),
    "body_mass": ("g", "kg", "lb", "stone"),
    "areal_dose": ("ug/cm^2", "mg/cm^2", "g/cm^2", "mg/mm^2", "mg/m^2", "g/m^2", "kg/m^2", "mg/in^2", "g/in^2"),
    "fraction": ("1", "%", "permille", "ppm", "g/g", "mg/g", "ug/g", "mg/mg", "g/kg", "mg/kg"),
}
"""Quantity of a case -> units that the field writes it in; what has the same dimension and another meaning is none of them
(degrees are no share, bits neither, and a revolution is one stroke, not 2 pi radians)."""

_QUANTITY = re.compile(r"(?P<number>[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)(?P<unit>(\s.*|[A-Za-zµ%‰/(].*)?)", re.DOTALL)
_SYMBOL = r"[A-Za-zµ%]{1,20}(\^-?\d)?"
_UNIT = re.compile(rf"1|(1?\s*/\s*)?{_SYMBOL}(\s*[*/ ]\s*{_SYMBOL}){{0,5}}")
_OWN_UNITS = ("percent = 0.01 = pct",)
_SPELLINGS = {
    **dict.fromkeys(("%", "per cent"), "percent"),
    **dict.fromkeys(("d", "days"), "day"),
    **dict.fromkeys(("weeks", "wk", "wks"), "week"),
    **dict.fromkeys(("months", "mo", "mos", "mth", "mths"), "month"),
    **dict.fromkeys(("years", "yr", "yrs", "y", "years old", "year old", "yrs old", "yo", "y/o"), "year"),
    **dict.fromkeys(("hrs", "hours"), "hour"),
    **dict.fromkeys(("mins", "minutes"), "minute"),
    **dict.fromkeys(("lbs", "pounds"), "pound"),
    **dict.fromkeys(("st", "stones"), "stone"),
    **dict.fromkeys(("kgs", "kilos", "kilo"), "kg"),
}
_COUNTED = (
    "rev revs revolution revolutions round rounds rotation rotations turn turns cycle cycles stroke strokes beat beats",
    "puncture punctures hole holes channel channels needle needles stamp stamps time times x count counts",
)
_ONES = {name: "1" for names in _COUNTED for name in names.split()}
_NAMES = {
    **_ONES,
    **{
        f"{prefix}{name}{end}": f"{short}{symbol}"
        for prefix, short in {
            "": "",
            "nano": "n",
            "micro": "u",
            "milli": "m",
            "centi": "c",
            "deci": "d",
            "kilo": "k",
        }.items()
        for name, symbol in {
            **dict.fromkeys(("metre", "meter"), "m"),
            **dict.fromkeys(("gram", "gramme"), "g"),
            "newton": "N",
            "hertz": "Hz",
        }.items()
        for end in ("", "s")
    },
    **dict.fromkeys(("micron", "microns", "um"), "um"),
    **dict.fromkeys(("mcg", "microg", "ug"), "ug"),
    **dict.fromkeys(("gr", "gm", "gms", "grs"), "g"),
    **dict.fromkeys(("inch", "inches", "in"), "in"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks", "wk", "wks"), "week"),
    **dict.fromkeys(("fortnight", "fortnights"), "fortnight"),
    **dict.fromkeys(("month", "months", "mo", "mos", "mth", "mths"), "month"),
    **dict.fromkeys(("a", "year", "years", "yr", "yrs", "y", "yo"), "yr"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lb"),
    **dict.fromkeys(("st", "stone", "stones"), "stone"),
    **dict.fromkeys(("kgs", "kilos", "kilo", "KG", "Kg"), "kg"),
    **dict.fromkeys(("pct", "percent"), "%"),
    **dict.fromkeys(("hz", "cps"), "Hz"),
    **dict.fromkeys(("gf", "gram-force", "gramforce"), "gf"),
}
"""Symbols and names of people -> the symbol of `ALLOWED`; looked up as written first, then in small letters."""
_WHOLE = {
    **dict.fromkeys(("rpm", "r/min", "spm", "cpm", "bpm"), "1/min"),
    **dict.fromkeys(("rps", "r/s"), "1/s"),
    **dict.fromkeys(("years old", "year old", "yrs old", "y/o", "y.o.", "yr.", "yrs."), "yr"),
    **dict.fromkeys(("per cent", "% w/w", "%w/w", "% (w/w)", "w/w", "% by weight"), "%"),
    **dict.fromkeys(("‰", "per mille", "per mil"), "permille"),
}
_TOKEN = re.compile(r"(?P<symbol>[A-Za-zµ%‰-]+?)(\^?(?P<power>-?\d))?")
_SIGNS = str.maketrans({"²": "^2", "³": "^3", "μ": "µ", "−": "-", "\u00a0": " ", "\u202f": " "})
_PER = re.compile(r"(?<=[A-Za-z0-9])\s+per\s+(?!cent\b|mill?e?\b)")
_SQUARE = re.compile(r"\b(?:sq\.?|square)\s*(?=(?:[cm]?m|(?:centi|milli)?met(?:re|er)s?|in|inch|inches)\b)(\w+)")
_POWER = re.compile(r"\b([cm]?m)([23])\b")
_STONES = re.compile(r"(?P<stones>\d+)\s*(st|stones?)\s*(?P<pounds>\d+(\.\d+)?)\s*(lbs?|pounds?)", re.IGNORECASE)


@lru_cache(maxsize=1)
def registry() -> pint.UnitRegistry[Any]:
    """The unit registry (pint), built on first use: importing it costs a third of a second."""
    import pint

    units: pint.UnitRegistry[Any] = pint.UnitRegistry()
    if "percent" not in units:
        for definition in _OWN_UNITS:
            units.define(definition)
    return units


@lru_cache(maxsize=512)
def factor(unit: str, target: str) -> float:
    """Multiplier that turns a number in `unit` into one in `target`; ValueError if dimensions or zeros differ (degC, K).

    It stands in a table for the units in use (`factors`); any other pair is asked of the registry.
    """
    if unit == target:
        return 1.0
    if not _UNIT.fullmatch(unit):
        raise ValueError(f"{unit!r} is not a unit")
    known = factors().get((plain_unit(unit), plain_unit(target)))
    return measured(unit, target) if known is None else known


def measured(unit: str, target: str) -> float:
    """The factor as the registry says it; raises as `factor` does."""
    import pint

    units: Any = registry()
    try:
        zero, one = (float(units.Quantity(n, plain_unit(unit)).to(plain_unit(target)).magnitude) for n in (0.0, 1.0))
    except (pint.errors.PintError, AttributeError, TypeError) as error:
        raise ValueError(f"{unit!r} cannot be expressed in {target!r}") from error
    if zero:
        raise ValueError(f"{unit!r} cannot be expressed in {target!r} by a factor")
    return one


def parse(text: str, quantity: str) -> float:
    """Read '1.5 mm' as a number in the canonical unit of `quantity`; so are '1,5mm', '60 cm2', '9 st 8 lb'.

    Raises ValueError with a message that says what would be right: no number, no unit, an unknown unit or a unit of
    another dimension, a range, a number that may mean two things.
    """
    words = _plainly(text)
    value = _value(words, quantity)
    if value is None and quantity == "body_mass":
        value = _stones(words)
    if value is None:
        raise ValueError(_wrong(words, quantity))
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value


def _value(words: str, quantity: str) -> float | None:
    """A number with a unit as a number in the canonical unit; None where the words are no quantity of this kind."""
    match, target = _QUANTITY.fullmatch(words), CANONICAL[quantity]
    unit = "" if match is None else match["unit"].strip()
    if match is None or not (unit or target == "1"):
        return None
    if quantity not in ALLOWED:
        return _converted(float(match["number"]), unit or "1", target)
    known = unit_of(unit or "1", quantity)
    return None if known is None else float(match["number"]) * _times(known, target)


def _converted(number: float, unit: str, target: str) -> float | None:
    try:
        return number * factor(unit, target)
    except ValueError:
        return None


def unit_of(words: str, quantity: str) -> str | None:
    """The unit of `ALLOWED` that words name ('microns', 'strokes per minute'); None if they name none of this quantity."""
    written = " ".join(_plainly(words).split())
    found = _WHOLE.get(written.casefold()) or _symbols(written)
    return found if found in ALLOWED[quantity] else None


def _symbols(written: str) -> str:
    """A product or quotient of units in symbols: 'mg/cm^2' of 'milligrams per cm2'; '' where it has another form."""
    above, *below = [part.strip() for part in written.split("/")]
    if len(below) > 1 or (not below and above.casefold() in _ONES):
        return ""  # a stroke per minute is a rate; a stroke alone is no unit
    upper, lower = _symbol(above or "1"), _symbol(below[0]) if below else ""
    if not below and (match := re.fullmatch(r"(.+)\^-(\d)", upper)):
        return f"1/{match[1]}^{match[2]}" if match[2] != "1" else f"1/{match[1]}"
    return f"{upper}/{lower}" if below else upper


def _symbol(word: str) -> str:
    """One unit with its power; as it is written where nobody knows it."""
    match = _TOKEN.fullmatch(word)
    if match is None:
        return word
    name = match["symbol"].replace("µ", "u")
    symbol = name if name in _SYMBOLS else _NAMES.get(name, _NAMES.get(name.casefold(), name))
    return f"{symbol}^{match['power']}" if match["power"] else symbol


_SYMBOLS = frozenset(part.partition("^")[0] for units in ALLOWED.values() for unit in units for part in unit.split("/"))


@lru_cache(maxsize=512)
def _times(unit: str, target: str) -> float:
    """The factor of a unit of `ALLOWED`."""
    registered = _REGISTERED.get(unit, unit)
    if plain_unit(registered) == plain_unit(target):
        return 1.0
    return _OWN.get(unit) or factor(registered, target)


_OWN = {"permille": 1e-3, "ppm": 1e-6, "gf": 9.80665e-3, "kgf": 9.80665, "lbf": 4.4482216152605}
_REGISTERED = {
    "in": "inch",
    "in^2": "inch^2",
    "1/in^2": "1/inch^2",
    "in/s": "inch/s",
    "mg/in^2": "mg/inch^2",
    "g/in^2": "g/inch^2",
    "lb": "pound",
    "yr": "year",
}
"""What the registry calls a unit otherwise; `_OWN` what it does not know, as a factor to the canonical unit."""


def _stones(words: str) -> float | None:
    """A weight in stones and fewer pounds than make one, in kg."""
    match = _STONES.fullmatch(words)
    if match is None or float(match["pounds"]) >= factor("stone", "pound"):
        return None
    return float(match["stones"]) * factor("stone", "kg") + float(match["pounds"]) * factor("pound", "kg")


def _wrong(words: str, quantity: str) -> str:
    """Why words are not a quantity of this kind, and what would be right."""
    target, match = CANONICAL[quantity], _QUANTITY.fullmatch(words)
    if match is not None and not match["unit"].strip():
        return f"has no unit; write for example '{match['number']} {target}'"
    if said := misread(words, target):
        return said
    if match is None:
        return f"is not a quantity; write a number and a unit, such as '1 {target}'"
    unit = match["unit"].strip()
    better = doubt(unit, quantity) or f"write for example '{match['number']} {target}'"
    return f"has the unit {unit!r}, which is not a unit of {quantity.replace('_', ' ')}; {better}"


@lru_cache(maxsize=512)
def is_unit(unit: str) -> bool:
    """Whether the text names a unit ('1' for a pure number)."""
    import pint

    if not _UNIT.fullmatch(unit):
        return False
    try:
        registry().Unit(plain_unit(unit))
    except (pint.errors.PintError, AttributeError, TypeError, ValueError):
        return False
    return True


def plain_unit(unit: str) -> str:
    """Spellings of people -> spellings of the registry."""
    words = unit.strip()
    if words.casefold() in _SPELLINGS:
        return _SPELLINGS[words.casefold()]
    if words in ("", "1"):
        return "dimensionless"
    if words.startswith("/"):
        words = f"1{words}"
    return words.replace("%", "percent").replace("µ", "u")


def _plainly(text: str) -> str:
    """Signs and words for powers and quotients as the registry writes them."""
    words = _PER.sub("/", " ".join(text.translate(_SIGNS).split()))
    return decimal(_POWER.sub(r"\1^\2", _SQUARE.sub(r"\1^2", words)))
