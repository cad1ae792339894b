"""What stands for the reference course where it is not simulated agrees with the course itself."""

import numpy as np
import pytest

from dermatwin import healing, insertion
from dermatwin import skin as sections
from dermatwin.case.document import Settings
from dermatwin.core import Luck
from dermatwin.device import find as find_device
from dermatwin.evidence import Draws, Evidence
from dermatwin.outcome import reference_course, response
from dermatwin.outcome.risks import _pigment_dose
from dermatwin.twin.stages import usual_course

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


LENGTHS = (0.25, 0.5, 1.0, 2.0, 2.5)  # mm, beside the reference course's own
YEAR = 336.0  # d after the last session


@pytest.fixture(scope="module")
def few():
    return Draws(Evidence.packaged(), Luck(1, 150))


def needled(length, draws, horizon):
    """The reference course with needles of another length."""
    course = reference_course(draws)
    density = f"{draws.median('reference_density', '1/cm^2'):g} 1/cm^2"
    settings = Settings.model_validate({"needle_length": f"{length:g} mm", "density": density})
    skin = sections.section_of(course.zone, course.person.patient, draws)
    device = find_device(course.device, draws.evidence)
    punctures = [insertion.insert(device, settings, skin, draws, n) for n in range(len(course.session_days))]
    return healing.heal(punctures, course.session_days, skin, course.person, horizon, draws)


def driven(kind, history, after, draws):
    return np.maximum(response._raw(kind, history, history.sessions[-1] + np.atleast_1d(after), draws), 0.0)


@pytest.fixture(scope="module")
def of_length(few):
    horizon = reference_course(few).horizon
    return {length: needled(length, few, horizon) for length in (*LENGTHS, few.median("reference_needle_length", "mm"))}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", LENGTHS)
def test_what_another_length_makes_of_a_driver_is_what_the_twin_makes_of_it(kind, length, few, of_length):
    own, usual = (
        driven(kind, of_length[mm], 84.0, few)[:, 0] for mm in (length, few.median("reference_needle_length", "mm"))
    )
    floor = 0.1 * few.median(f"driver_reference[{kind}]", few.evidence.parameters[f"driver_reference[{kind}]"].unit)
    found = np.median((own / np.maximum(usual, 1e-9))[usual > floor])
    stated = few.median(f"driver_at_length[{kind}:{length:g}]", "1")
    assert found == pytest.approx(stated, rel=APART - 1.0, abs=0.02), f"driver_at_length[{kind}:{length:g}] is {found:.3g}"


@pytest.mark.parametrize("kind", ["surface", "pigment"])
def test_a_driver_that_goes_again_goes_as_in_the_twin(kind, few):
    course = reference_course(few)
    history = needled(few.median("reference_needle_length", "mm"), few, course.session_days[-1] + YEAR)
    first, last = np.median(driven(kind, history, np.array([84.0, YEAR]), few), axis=0)
    found = (YEAR - 84.0) / np.log2(first / last)
    assert found == pytest.approx(few.median(f"driver_fade[{kind}]", "d"), rel=APART - 1.0)
