"""Laws of units: what is parsed is what was meant."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dermatwin.core.factors import factors
from dermatwin.core.tabulate import tabulated
from dermatwin.core.units import CANONICAL, factor, is_unit, measured, parse, plain_unit


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
        ("1.5mm", "length", 1.5),
        ("1,5 mm", "length", 1.5),
        ("0,500 mm", "length", 0.5),
        ("½ mm", "length", 0.5),
        ("1½mm", "length", 1.5),
        ("1500 μm", "length", 1.5),
        ("−30 mins", "time", -0.5),
        ("6 wk", "course_time", 42.0),
        ("6wks", "course_time", 42.0),
        ("6 Weeks", "course_time", 42.0),
        ("4 per cent", "fraction", 0.04),
        ("0,5 %", "fraction", 0.005),
        ("60 cm2", "area", 60.0),
        ("60cm²", "area", 60.0),
        ("60 sq cm", "area", 60.0),
        ("2 mg per cm2", "areal_dose", 2.0),
        ("250 per cm²", "number_density", 250.0),
        ("42y", "age", 42.0),
        ("42 years old", "age", 42.0),
        ("137 lbs", "body_mass", 62.1421547),
        ("9 st 8 lb", "body_mass", 60.7813776),
        ("9st", "body_mass", 57.1526386),
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
        ("0.5-1.0 mm", "is a range; give one value, such as '0.5 mm' or '1.0 mm'"),
        ("0,5 – 1 mm", "is a range; give one value, such as '0.5 mm' or '1 mm'"),
        ("0.5 to 1 mm", "is a range"),
        ("between 0.5 and 1 mm", "is a range"),
        ("0.5 mm - 1 mm", "is a range; give one value, such as '0.5 mm' or '1 mm'"),
        ("1,500 um", "may be '1.500 um' or '1500 um'; write the one that is meant"),
        ("1.500,5 mm", "not a quantity"),
        ("1.5 ± 0.2 mm", "a value with a spread"),
        ("about 1.5 mm", "is not exact"),
        ("<1 mm", "is not exact"),
        ("1.5 MM", "not a unit of length"),
        ("1.5 cm^-1", "not a unit of length"),
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


@pytest.mark.parametrize(
    ("text", "quantity", "says"),
    [
        ("4-weekly", "course_time", "says how often; write the time from one to the next: '4 weeks'"),
        ("monthly", "course_time", "says how often; write the time from one to the next: '4 weeks' or '1 month'"),
        ("fortnightly", "course_time", "from one to the next: '1 fortnight'"),
        ("every 4 weeks", "course_time", "says how often; write the time from one to the next, such as '4 weeks'"),
        ("3 m", "course_time", "m is a metre: write 'months' or 'min'"),
        ("4-6 weeks", "course_time", "is a range; give one value, such as '4 weeks' or '6 weeks'"),
        ("2 g", "areal_dose", "write the amount per area of skin: 1 g on 100 cm\\^2 is '10 mg/cm\\^2'"),
        ("pea-sized", "areal_dose", "is an amount by eye; weigh it"),
        ("a pea", "length", "is not a quantity"),
        ("1 h 30 min", "time", "is two quantities; write one, with a decimal point"),
        ("9 st 20 lb", "body_mass", "is two quantities"),
        ("9 st 8 lb", "areal_mass", "is two quantities"),
        ("42", "age", "has no unit; write for example '42 yr'"),
    ],
)
def test_habits_of_speech_are_answered_with_the_right_form(text, quantity, says):
    with pytest.raises(ValueError, match=says):
        parse(text, quantity)


@given(number=st.decimals(0, 999, places=2), unit=st.sampled_from(["mm", "cm", "um"]), gap=st.sampled_from(["", " ", "  "]))
@settings(max_examples=25, deadline=None)
def test_a_decimal_comma_is_a_point(number, unit, gap):
    assert parse(f"{number}{gap}{unit}".replace(".", ","), "length") == parse(f"{number} {unit}", "length")


def test_every_factor_of_the_table_is_the_registry_s():
    """Whatever is read from the table is what the registry of units says, to the last digits of its arithmetic."""
    odd = {pair: value for pair, value in factors().items() if not math.isclose(value, measured(*pair), rel_tol=1e-15)}
    assert not odd


def test_the_table_is_whole():
    """Every unit of it is set against every target of it, and every canonical unit is one: it is written again as it is."""
    targets = {target for _, target in factors()}
    units = {unit for unit, _ in factors()} | targets
    assert {pair for pair, _ in tabulated(units, targets) if len(set(pair)) > 1} == set(factors())
    alone = {plain_unit(unit) for unit in CANONICAL.values()} - targets
    assert not [(unit, goal) for goal in alone for unit in units - {goal} if _converts(unit, goal)]


def _converts(unit, goal):
    try:
        return bool(measured(unit, goal))
    except ValueError:
        return False


def test_a_pair_that_the_table_lacks_is_asked_of_the_registry():
    assert ("furlong", "mm") not in factors()
    assert factor("furlong", "mm") == measured("furlong", "mm") > 0.0
    with pytest.raises(ValueError, match="cannot be expressed"):
        factor("mm", "h")
