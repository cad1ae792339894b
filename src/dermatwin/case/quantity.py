"""Field types for quantities with units: text such as '1.5 mm' at the door, a canonical number inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ..core.units import CANONICAL, parse

MAX_TEXT = 80  # characters of a quantity; a longer text is refused before it is taken apart
PATTERN = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*[A-Za-z%µμ²³^/0-9*. -]*$"


@dataclass(frozen=True)
class Quantity:
    """Marks a float field as one quantity of `CANONICAL`, limited to low..high in its canonical unit."""

    kind: str
    low: float
    high: float
    example: str

    @property
    def unit(self) -> str:
        """The canonical unit."""
        return CANONICAL[self.kind]

    @property
    def limits(self) -> str:
        """The range in words: '0.1-3.5 mm'."""
        ends = f"{self.low:g} to {self.high:g}" if self.low < 0.0 else f"{self.low:g}-{self.high:g}"
        return f"{ends}{self._suffix}"

    @property
    def _suffix(self) -> str:
        return "" if self.unit == "1" else f" {self.unit}"

    def read(self, value: Any) -> float:
        """Text (or, for a pure number, a number) to the canonical number."""
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise self._wrong(f"is not a quantity; write for example '{self.example}'")
        if isinstance(value, (int, float)) and self.unit != "1":
            raise self._wrong(f"has no unit; write for example '{self.example}'")
        text = str(value)
        if len(text) > MAX_TEXT:
            raise self._wrong(f"is too long for a quantity; write for example '{self.example}'")
        try:
            number = parse(text, self.kind)
        except ValueError as error:
            raise self._wrong(str(error)) from None
        if not self.low <= number <= self.high:
            raise self._wrong(f"is outside {self.limits}")
        return number

    def write(self, number: float) -> str:
        """The shortest text that reads back as exactly this number."""
        return f"{repr(float(number)).removesuffix('.0')}{self._suffix}"

    @staticmethod
    def _wrong(why: str) -> PydanticCustomError:
        return PydanticCustomError("quantity", "{why}", {"why": why})

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        writer = core_schema.plain_serializer_function_ser_schema(self.write, return_schema=core_schema.str_schema())
        return core_schema.no_info_before_validator_function(self.read, core_schema.float_schema(), serialization=writer)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: Any) -> dict[str, Any]:
        kinds = "string" if self.unit != "1" else ["string", "number"]
        return {"type": kinds, "pattern": PATTERN, "description": self.limits, "unit": self.unit, "examples": [self.example]}


Age = Annotated[float, Quantity("age", 0.0, 120.0, "34 yr")]
Area = Annotated[float, Quantity("area", 0.01, 20000.0, "60 cm^2")]
BodyMass = Annotated[float, Quantity("body_mass", 0.1, 400.0, "70 kg")]
NeedleLength = Annotated[float, Quantity("length", 0.1, 3.5, "1.5 mm")]
TrackSpacing = Annotated[float, Quantity("length", 0.1, 100.0, "9 mm")]
SmallLength = Annotated[float, Quantity("length", 0.0001, 100.0, "0.25 mm")]
Coordinate = Annotated[float, Quantity("length", 0.0, 500.0, "12 mm")]
Speed = Annotated[float, Quantity("speed", 0.1, 500.0, "3 cm/s")]
Frequency = Annotated[float, Quantity("frequency", 1.0, 500.0, "100 Hz")]
Force = Annotated[float, Quantity("force", 0.01, 100.0, "2 N")]
Density = Annotated[float, Quantity("number_density", 0.1, 20000.0, "250 /cm^2")]
Interval = Annotated[float, Quantity("course_time", 0.5, 400.0, "4 weeks")]
CourseTime = Annotated[float, Quantity("course_time", -400.0, 3700.0, "24 weeks")]
Clock = Annotated[float, Quantity("time", -336.0, 336.0, "-30 min")]
Downtime = Annotated[float, Quantity("course_time", 0.0, 60.0, "2 d")]
Horizon = Annotated[float, Quantity("course_time", 1.0, 1100.0, "52 weeks")]
Dose = Annotated[float, Quantity("areal_dose", 0.0001, 500.0, "2 mg/cm^2")]
Fraction = Annotated[float, Quantity("fraction", 0.0, 1.0, "4 %")]
