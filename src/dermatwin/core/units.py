"""Units: parsed at the door, one canonical unit per quantity inside, units on everything that leaves.

`CANONICAL` is the only table of units in dermatwin. A quantity is named by what it is, not by its dimension, so that a
healing time (days) and a delivery time (hours) each keep the unit in which the field speaks of them.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

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
_SPELLINGS = {"%": "percent", "weeks": "week", "wk": "week", "months": "month", "years": "year", "yr": "year"}


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
    """Multiplier that turns a number in `unit` into one in `target`; ValueError if dimensions or zeros differ (degC, K)."""
    if unit == target:
        return 1.0
    if not _UNIT.fullmatch(unit):
        raise ValueError(f"{unit!r} is not a unit")
    import pint

    units: Any = registry()
    try:
        zero, one = (float(units.Quantity(n, _plain(unit)).to(_plain(target)).magnitude) for n in (0.0, 1.0))
    except (pint.errors.PintError, AttributeError, TypeError) as error:
        raise ValueError(f"{unit!r} cannot be expressed in {target!r}") from error
    if zero:
        raise ValueError(f"{unit!r} cannot be expressed in {target!r} by a factor")
    return one


def parse(text: str, quantity: str) -> float:
    """Read '1.5 mm' as a number in the canonical unit of `quantity`.

    Raises ValueError with a message that says what would be right: no number, no unit, an unknown unit or a unit of
    another dimension.
    """
    target = CANONICAL[quantity]
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"is not a quantity; write a number and a unit, such as '1 {target}'")
    number, unit = match["number"], match["unit"].strip()
    if not unit and target != "1":
        raise ValueError(f"has no unit; write for example '{number} {target}'")
    try:
        value = float(number) * factor(unit or "1", target)
    except ValueError:
        raise ValueError(
            f"has the unit {unit!r}, which is not a unit of {quantity.replace('_', ' ')}; "
            f"write for example '{number} {target}'"
        ) from None
    if not math.isfinite(value):
        raise ValueError("is not a finite number")
    return value


@lru_cache(maxsize=512)
def is_unit(unit: str) -> bool:
    """Whether the text names a unit ('1' for a pure number)."""
    import pint

    if not _UNIT.fullmatch(unit):
        return False
    try:
        registry().Unit(_plain(unit))
    except (pint.errors.PintError, AttributeError, TypeError, ValueError):
        return False
    return True


def _plain(unit: str) -> str:
    """Spellings of people -> spellings of the registry."""
    words = unit.strip()
    if words in ("", "1"):
        return "dimensionless"
    if words.startswith("/"):
        words = f"1{words}"
    return _SPELLINGS.get(words, words.replace("%", "percent").replace("µ", "u"))
