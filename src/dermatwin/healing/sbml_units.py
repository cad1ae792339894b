"""Units of the evidence as SBML unit definitions: '1/d' becomes `per_d` = (86400 s)^-1."""

from __future__ import annotations

import re
from typing import Any

from ..core.units import registry
from .exchange import library

DIMENSIONLESS = "dimensionless"
_BASE = {
    "second": "second",
    "meter": "metre",
    "kilogram": "kilogram",
    "gram": "gram",
    "kelvin": "kelvin",
    "mole": "mole",
    "ampere": "ampere",
    "candela": "candela",
}


def unit_id(unit: str) -> str:
    """Identifier of a unit: '1/d' -> per_d; SBML's own word for a pure number."""
    if unit == "1":
        return DIMENSIONLESS
    words = unit.replace("%", "percent")
    words = re.sub(r"^1?\s*/", "per_", words).replace("/", "_per_").replace("^", "")
    return re.sub(r"\W+", "_", words)


def define(model: Any, unit: str) -> str:
    """Make sure that the model knows a unit; returns its identifier."""
    name = unit_id(unit)
    if name == DIMENSIONLESS or model.getUnitDefinition(name) is not None:
        return name
    definition = model.createUnitDefinition()
    definition.setId(name)
    definition.setName(unit)
    for symbol, power in registry().Unit(unit)._units.items():
        _factor(definition, symbol, float(power))  # pyright: ignore[reportArgumentType]
    return name


def _factor(definition: Any, symbol: str, power: float) -> None:
    """One factor of a unit, such as d^-1, in the base units of SBML: the first of them carries the size."""
    libsbml, units = library("libsbml"), registry()
    size = units.Quantity(1.0, symbol).to_base_units()
    bases: dict[str, Any] = {_BASE[str(base)]: exponent for base, exponent in size.unit_items()} or {DIMENSIONLESS: 1}
    for number, (base, exponent) in enumerate(bases.items()):
        part = definition.createUnit()
        part.setKind(libsbml.UnitKind_forName(base))
        part.setExponent(float(exponent * power))
        part.setScale(0)
        part.setMultiplier(float(size.magnitude ** (1.0 / exponent)) if number == 0 else 1.0)


def of_formula(model: Any, rule: Any) -> str:
    """Identifier of the unit that a rule's right-hand side has, by libSBML; a pure number where none of ours fits."""
    libsbml = library("libsbml")
    model.populateListFormulaUnitsData()  # or libSBML answers for the model as it was at its first question
    found = rule.getDerivedUnitDefinition()
    if found is None:
        return DIMENSIONLESS
    for definition in model.getListOfUnitDefinitions():
        if libsbml.UnitDefinition.areEquivalent(found, definition):
            return definition.getId()
    return DIMENSIONLESS
