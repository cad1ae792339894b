"""Every concern, in every kind of zone, for every phototype, gets an answer."""

from typing import get_args

import numpy as np
import pytest

from builders import channels_of, draws_of, history_of, person_of, punctures_of, skin_of, zone_of
from dermatwin.case.document import Phototype
from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.outcome import Driver
from dermatwin.outcome import Belief, Course, answer, concerns, read_out
from dermatwin.outcome.response import DERMIS, HAIR, NONE, PIGMENT, SCAR, SURFACE

CONCERNS = tuple(concerns(Evidence.packaged()))
COUNT = 8
SITES = ("cheek", "periorbital", "upper_lip", "neck", "abdomen", "thigh", "scalp", "hand")
COURSE = Course(history_of(COUNT, sessions=(0.0,), horizon=199.0), [punctures_of(COUNT)], [channels_of(COUNT)])


@pytest.fixture(scope="module")
def draws():
    return draws_of(COUNT, 1)


def test_every_driver_of_a_concern_is_one_that_is_computed():
    assert set(get_args(Driver)) == {SCAR, SURFACE, PIGMENT, DERMIS, HAIR, NONE}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("phototype", get_args(Phototype))
def test_every_concern_gets_an_answer(site, phototype, draws):
    zone = zone_of("cheek", *CONCERNS)
    found = read_out(
        zone, person_of(phototype=phototype), skin_of(COUNT, site=site, phototype=phototype), COURSE, Belief(draws)
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
        ("norwood_hamilton", 3.0, "does not measure a severity"),
        ("lemperle", 7.0, "outside the range"),
        (None, None, "not given"),
        ("own_score", None, "give a severity"),
    ],
)
def test_a_scale_that_cannot_be_used_is_said_so(scale, severity, word, draws):
    record = {"concern": "wrinkles", **({"scale": scale} if scale else {}), **({"severity": severity} if severity else {})}
    zone = zone_of(concerns=[record])
    found = read_out(zone, person_of(), skin_of(COUNT), COURSE, Belief(draws))
    assert any(word in n.message for n in found.notices)


def test_a_given_severity_is_the_baseline(draws):
    zone = zone_of(concerns=[{"concern": "acne_scar", "scale": "goodman_baron_quantitative", "severity": 20}])
    found = read_out(zone, person_of(), skin_of(COUNT), COURSE, Belief(draws))
    pairs = {r.name: r.values for r in found.readings if r.time == 84.0}
    expected = np.maximum(-20.0 * pairs["trial_mean_relative_improvement[acne_scar]"], -20.0)
    assert pairs["trial_mean_scale_change[goodman_baron_quantitative]"] == pytest.approx(expected)
    assert found.sources["relative_improvement[acne_scar]"]


@pytest.mark.parametrize("concern", [c for c, row in concerns(Evidence.packaged()).items() if row.answer != "number"])
def test_what_gets_no_number_is_named_as_not_computed_and_everything_else_is_computed(concern, draws):
    alone, beside = (
        read_out(zone_of("cheek", *more, "wrinkles"), person_of(), skin_of(COUNT), COURSE, Belief(draws))
        for more in ([], [concern])
    )
    (said,) = [notice for notice in beside.notices if notice.path == f"cheek.{concern}"][:1]
    assert said.message.startswith("not computed: ")
    assert said.source
    assert {r.name for r in alone.readings} <= {r.name for r in beside.readings}
