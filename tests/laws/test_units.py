"""Laws of units: what is parsed is what was meant."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dermatwin.core.units import CANONICAL, factor, is_unit, parse


@given(number=st.floats(1e-6, 1e6), unit=st.sampled_from(["um", "mm", "cm", "m", "µm", "inch"]))
@settings(max_examples=25, deadline=None)
def test_a_length_means_the_same_in_every_unit(number, unit):
    millimetres = parse(f"{number!r} {unit}", "length")
    back = millimetres * factor("mm", unit)
    assert math.isclose(back, number, rel_tol=1e-12)


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("1.5 mm", "length", 1.5),
        ("1500 um", "length", 1.5),
        ("3 cm/s", "speed", 30.0),
        ("-30 min", "time", -0.5),
        ("4 weeks", "course_time", 28.0),
        ("2 mg/cm^2", "areal_dose", 2.0),
        ("4 %", "fraction", 0.04),
        ("250 /cm^2", "number_density", 250.0),
        ("34 yr", "age", 34.0),
        ("70kg", "body_mass", 70.0),
        ("100 Hz", "frequency", 100.0),
        ("10 kJ/m^2", "toughness", 10.0),
    ],
)
def test_spellings_of_the_field(text, quantity, value):
    assert parse(text, quantity) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1.5", "has no unit"),
        ("1.5 kg", "not a unit of length"),
        ("", "not a quantity"),
        ("nan mm", "not a quantity"),
        ("1e400 mm", "not a finite number"),
        ("1.5 __import__", "not a unit"),
        ("5 (((", "not a unit"),
        ("1 2", "not a unit"),
        ("mm 5", "not a quantity"),
        ("1,5 mm", "not a quantity"),
    ],
)
def test_what_is_not_a_length_says_what_would_be(text, says):
    with pytest.raises(ValueError, match=says):
        parse(text, "length")


def test_scales_with_another_zero_have_no_factor():
    with pytest.raises(ValueError, match="cannot be expressed in 'degC' by a factor"):
        factor("K", "degC")
    assert factor("K", "K") == 1.0


def test_every_canonical_unit_is_a_unit():
    assert all(is_unit(unit) for unit in CANONICAL.values())
