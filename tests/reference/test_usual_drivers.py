"""What stands for the reference course where it is not simulated agrees with the course itself."""

import numpy as np
import pytest

from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.outcome import response
from dermatwin.outcome.risks import _pigment_dose
from dermatwin.twin.simulate import usual_course

KINDS = ("scar", "surface", "pigment", "dermis", "hair")
APART = 1.4  # medians of a heavy-tailed quantity over 400 people scatter by about a tenth


@pytest.fixture(scope="module")
def draws():
    return Draws(Evidence.packaged(), Luck(1, 400))


@pytest.fixture(scope="module")
def usual(draws):
    return usual_course(draws)


@pytest.mark.parametrize("kind", KINDS)
def test_the_usual_driver_is_the_median_of_the_reference_course(kind, draws, usual):
    day = np.array([usual.sessions[-1] + draws.median("reference_followup", "d")])
    found = np.median(np.maximum(response._raw(kind, usual, day, draws), 0.0))
    name = f"driver_reference[{kind}]"
    stated = draws.median(name, draws.evidence.parameters[name].unit)
    assert stated / APART < found < stated * APART, f"{name} is {found:.3g}"


def test_the_usual_pigment_drive_is_the_median_of_the_reference_course(draws, usual):
    found = np.median(_pigment_dose(usual))
    stated = draws.median("pigment_drive_reference", "d")
    assert stated / APART < found < stated * APART, f"pigment_drive_reference is {found:.3g}"


@pytest.mark.parametrize(("name", "unit"), [("inflammation", "mm*d"), ("cut_vessels", "1/cm^2"), ("clearing", "d")])
def test_the_usual_injury_is_the_median_of_the_reference_course(name, unit, draws, usual):
    values = getattr(usual, name)
    found = np.median(values if values.ndim == 1 else values[:, 0])
    stated = draws.median(f"simulated_reference[{name}]", unit)
    assert stated / APART < found < stated * APART, f"simulated_reference[{name}] is {found:.3g}"
