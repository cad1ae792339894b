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

_QUANTITY = re.compile(r"(?P<number>[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?)(?P<unit>(\s.*|[A-Za-zµ%/].*)?)", re.DOTALL)
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
_SIGNS = str.maketrans({"²": "^2", "³": "^3", "μ": "µ", "−": "-", "\u00a0": " ", "\u202f": " "})
_PER = re.compile(r"(?<=[A-Za-z0-9])\s+per\s+(?!cent\b)")
_SQUARE = re.compile(r"\b(?:sq\.?|square)\s*(?=[cm]?m\b)(\w+)")
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
    value = _value(words, CANONICAL[quantity])
    if value is None and quantity == "body_mass":
        value = _stones(words)
    if value is None:
        raise ValueError(_wrong(words, quantity))
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value


def _value(words: str, target: str) -> float | None:
    """A number with a unit as a number in `target`; None where the words are no quantity of its dimension."""
    match = _QUANTITY.fullmatch(words)
    unit = "" if match is None else match["unit"].strip()
    if match is None or not (unit or target == "1"):
        return None
    try:
        return float(match["number"]) * factor(unit or "1", target)
    except ValueError:
        return None


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
