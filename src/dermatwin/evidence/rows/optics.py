"""Light, the eye, the screen, blood, and skin as it was measured."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from .cells import Count, NotNegative, Positive, Share, Sources, Word
from .row import Row

Wavelength = Annotated[float, Field(ge=200.0, le=2000.0)]


class ColourConstantRow(Row):
    """A constant of a colour standard."""

    table: ClassVar[str] = "optics/colour_space"
    key: ClassVar[tuple[str, ...]] = ("name",)

    name: Literal[
        "x_red",
        "x_green",
        "x_blue",
        "y_red",
        "y_green",
        "y_blue",
        "z_red",
        "z_green",
        "z_blue",
        "srgb_linear_limit",
        "srgb_linear_slope",
        "srgb_offset",
        "srgb_exponent",
        "srgb_full",
        "lab_lightness_slope",
        "lab_lightness_offset",
        "lab_red_green",
        "lab_yellow_blue",
        "lab_cube_root_knee",
        "ita_lightness",
    ]
    value: Positive
    source: Sources


class ObserverRow(Row):
    """The standard observer and daylight at one wavelength."""

    table: ClassVar[str] = "optics/observer"
    key: ClassVar[tuple[str, ...]] = ("wavelength_nm",)

    wavelength_nm: Wavelength
    x_bar: float
    y_bar: float
    z_bar: float
    d65: Positive
    source: Sources


class HaemoglobinRow(Row):
    """Molar extinction of haemoglobin at one wavelength, base ten."""

    table: ClassVar[str] = "optics/haemoglobin"
    key: ClassVar[tuple[str, ...]] = ("wavelength_nm",)

    wavelength_nm: Wavelength
    oxyhaemoglobin: NotNegative
    deoxyhaemoglobin: NotNegative
    unit: Literal["1/cm/(mol/L)"]
    source: Sources


class TypologyRow(Row):
    """A class of skin colour by its typology angle, the lightest first."""

    table: ClassVar[str] = "optics/typology"
    key: ClassVar[tuple[str, ...]] = ("word",)

    word: Word = Field(alias="class")
    above_deg: Annotated[float, Field(ge=-90.0, le=90.0)]
    source: Sources


class MeasuredColourRow(Row):
    """The colour of one person's skin."""

    table: ClassVar[str] = "optics/measured_colour"
    key: ClassVar[tuple[str, ...]] = ("subject",)

    subject: Count
    l_star: Annotated[float, Field(ge=0.0, le=100.0)]
    a_star: float
    b_star: float
    source: Sources


class MeasuredReflectanceRow(Row):
    """Reflectance of people's skin at one wavelength: the range, and its quarters."""

    table: ClassVar[str] = "optics/measured_reflectance"
    key: ClassVar[tuple[str, ...]] = ("wavelength_nm",)
    ascending: ClassVar[tuple[tuple[str, str], ...]] = (
        ("low", "quarter"),
        ("quarter", "median"),
        ("median", "three_quarters"),
        ("three_quarters", "high"),
    )

    wavelength_nm: Wavelength
    low: Share
    quarter: Share
    median: Share
    three_quarters: Share
    high: Share
    unit: Literal["1"]
    source: Sources
