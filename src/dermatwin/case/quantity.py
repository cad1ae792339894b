"""Field types for quantities with units: text such as '1.5 mm' at the door, a canonical number inside."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..core.units import CANONICAL, parse

PATTERN = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*[A-Za-z%µ^/0-9*. -]*$"


def quantity(kind: str, low: float, high: float, example: str) -> Any:
    """A pydantic field type for one quantity of `CANONICAL`, limited to low..high in its canonical unit."""
    unit = CANONICAL[kind]
    words = "" if unit == "1" else f" {unit}"

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise PydanticCustomError("quantity", "is not a quantity; write for example '{example}'", {"example": example})
        if isinstance(value, (int, float)) and unit != "1":
            raise PydanticCustomError("quantity", "has no unit; write for example '{example}'", {"example": example})
        try:
            number = parse(str(value), kind)
        except ValueError as error:
            raise PydanticCustomError("quantity", "{why}", {"why": str(error)}) from None
        if not low <= number <= high:
            raise PydanticCustomError("quantity", "is outside {low:g}-{high:g}{unit}",
                                      {"low": low, "high": high, "unit": words})
        return number

    return Annotated[
        float,
        BeforeValidator(read),
        PlainSerializer(lambda number: f"{number:.10g}{words}", return_type=str),
        WithJsonSchema({"type": "string" if unit != "1" else ["string", "number"], "pattern": PATTERN,
                        "description": f"quantity with a unit, {low:g} to {high:g}{words}", "examples": [example]}),
    ]


Age = quantity("age", 0.0, 120.0, "34 yr")
Area = quantity("area", 0.01, 20000.0, "60 cm^2")
BodyMass = quantity("body_mass", 0.1, 400.0, "70 kg")
NeedleLength = quantity("length", 0.1, 3.5, "1.5 mm")
SmallLength = quantity("length", 0.0001, 100.0, "0.25 mm")
Speed = quantity("speed", 0.1, 500.0, "3 cm/s")
Frequency = quantity("frequency", 1.0, 500.0, "100 Hz")
Force = quantity("force", 0.01, 100.0, "2 N")
Density = quantity("number_density", 0.1, 20000.0, "250 /cm^2")
Interval = quantity("course_time", 0.5, 400.0, "4 weeks")
CourseTime = quantity("course_time", -400.0, 3700.0, "24 weeks")
Clock = quantity("time", -336.0, 336.0, "-30 min")
Horizon = quantity("course_time", 1.0, 1100.0, "52 weeks")
Dose = quantity("areal_dose", 0.0001, 500.0, "2 mg/cm^2")
Fraction = quantity("fraction", 0.0, 1.0, "4 %")
