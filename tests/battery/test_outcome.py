"""Every concern, in every kind of zone, for every phototype, gets an answer."""

from typing import get_args

import numpy as np
import pytest

from dermatwin.case.document import Patient, Phototype, Zone
from dermatwin.core import Luck
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.rows.outcome import Driver
from dermatwin.flows import LAYERS, Channels, Punctures, TissueHistory
from dermatwin.history import stranger
from dermatwin.outcome import Belief, Course, answer, concerns, read_out
from dermatwin.outcome.response import DERMIS, HAIR, NONE, PIGMENT, SCAR, SURFACE
from dermatwin.skin.section import Skin

CONCERNS = tuple(concerns(Evidence.packaged()))
COUNT = 8
SITES = ("cheek", "periorbital", "upper_lip", "neck", "abdomen", "thigh", "scalp", "hand")
ONES = np.ones(COUNT)
STATES = (
    "danger",
    "neutrophils",
    "mitogens",
    "vegf",
    "fibroblasts",
    "myofibroblasts",
    "pigment_drive",
    "vessels",
    "hyaluronan",
    "collagen_iii",
    "collagen_i",
    "collagen",
    "collagen_mature",
    "elastin",
    "elastotic_debris",
    "epidermis",
)


@pytest.fixture(scope="module")
def draws():
    return Draws(Evidence.packaged(), Luck(1, COUNT))


def history():
    time = np.arange(0.0, 200.0)
    rise = np.where(time > 0.0, 0.2 * np.exp(-time / 60.0), 0.0)[None, None, :, None]
    shape = (COUNT, len(LAYERS), 1)
    return TissueHistory(
        "z",
        time,
        np.array([0.0]),
        STATES,
        np.ones((COUNT, len(LAYERS), 200, len(STATES))) + rise,
        np.full(shape, 0.4),
        np.full(shape, 0.1),
        np.zeros((COUNT, len(LAYERS)), int),
    )


def parts(site, phototype):
    needles = np.ones((COUNT, 2))
    skin = Skin(
        "z",
        site,
        "human",
        True,
        0.01 * ONES,
        0.08 * ONES,
        0.2 * ONES,
        1.5 * ONES,
        ONES,
        0.1 * ONES,
        10 * ONES,
        32 * ONES,
        ONES,
        40.0,
        "female",
        phototype,
        False,
        ONES,
    )
    punctures = Punctures(
        "z",
        0,
        300 * ONES,
        300 * ONES,
        ONES,
        needles,
        needles,
        0.2 * needles,
        0.1 * needles,
        needles,
        np.ones((COUNT, 4)),
        0.3 * ONES,
    )
    time = np.linspace(0.0, 96.0, 9)
    channels = Channels(
        "z",
        0,
        time,
        300 * ONES,
        ONES,
        0.05 * ONES,
        np.ones((COUNT, 9)),
        np.full((COUNT, 9), 12.0),
        np.full((COUNT, 4), 20.0),
    )
    return skin, punctures, channels


def test_every_driver_of_a_concern_is_one_that_is_computed():
    assert set(get_args(Driver)) == {SCAR, SURFACE, PIGMENT, DERMIS, HAIR, NONE}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("phototype", get_args(Phototype))
def test_every_concern_gets_an_answer(site, phototype, draws):
    zone = Zone.model_validate(
        {"zone": "cheek", "name": "z", "area": "40 cm^2", "concerns": [{"concern": c} for c in CONCERNS]}
    )
    patient = Patient.model_validate({"age": "40 yr", "sex": "female", "phototype": phototype})
    skin, punctures, channels = parts(site, phototype)
    found = read_out(
        zone, stranger(patient, draws.evidence), skin, Course(history(), [punctures], [channels]), Belief(draws)
    )
    assert {a.concern for a in found.answers} == set(CONCERNS)
    numbered = {r.detail.concern for r in found.readings if r.quantity == "relative_improvement"}
    assert numbered == {a.concern for a in found.answers if a.kind == "number"}
    said = {n.path.partition(".")[2] for n in found.notices}
    assert {a.concern for a in found.answers} <= said
    keys = [(r.name, r.time) for r in found.readings]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("concern", CONCERNS)
def test_numbers_name_their_studies(concern, draws):
    given = answer(concern, draws)
    assert given.sources
    assert set(given.sources) <= set(draws.evidence.sources)
    assert given.kind != "number" or given.grade in ("A", "D")


@pytest.mark.parametrize(
    ("scale", "severity", "word"),
    [
        ("no_such_scale", 3.0, "is not known"),
        ("gais", 3.0, "does not measure a severity"),
        ("lemperle", 7.0, "outside the range"),
        (None, None, "not given"),
        ("own_score", None, "give a severity"),
    ],
)
def test_a_scale_that_cannot_be_used_is_said_so(scale, severity, word, draws):
    record = {"concern": "wrinkles", **({"scale": scale} if scale else {}), **({"severity": severity} if severity else {})}
    zone = Zone.model_validate({"zone": "cheek", "name": "z", "area": "40 cm^2", "concerns": [record]})
    patient = Patient.model_validate({"age": "40 yr", "sex": "female", "phototype": "III"})
    skin, punctures, channels = parts("cheek", "III")
    found = read_out(
        zone, stranger(patient, draws.evidence), skin, Course(history(), [punctures], [channels]), Belief(draws)
    )
    assert any(word in n.message for n in found.notices)


def test_a_given_severity_is_the_baseline(draws):
    zone = Zone.model_validate(
        {
            "zone": "cheek",
            "name": "z",
            "area": "40 cm^2",
            "concerns": [{"concern": "acne_scar", "scale": "goodman_baron_quantitative", "severity": 20}],
        }
    )
    patient = Patient.model_validate({"age": "40 yr", "sex": "female", "phototype": "III"})
    skin, punctures, channels = parts("cheek", "III")
    found = read_out(
        zone, stranger(patient, draws.evidence), skin, Course(history(), [punctures], [channels]), Belief(draws)
    )
    pairs = {r.name: r.values for r in found.readings if r.time == 84.0}
    expected = np.maximum(-20.0 * pairs["trial_mean_relative_improvement[acne_scar]"], -20.0)
    assert pairs["trial_mean_scale_change[goodman_baron_quantitative]"] == pytest.approx(expected)
    assert found.sources["relative_improvement[acne_scar]"]
