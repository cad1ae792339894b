"""Words that a table may use are the words that something reads: a vocabulary at the gate and its reader never part."""

from __future__ import annotations

from typing import get_args

import pytest

from dermatwin import naming
from dermatwin.core.spelling import tokens
from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.advice import ClockRow
from dermatwin.evidence.rows.delivery import UNITS, Property
from dermatwin.evidence.rows.every import KINDS
from dermatwin.evidence.rows.history import PlaceRow
from dermatwin.evidence.rows.knowledge import ReadingRow, Way
from dermatwin.evidence.rows.outcome import ConcernRow, Driver
from dermatwin.evidence.rows.parameters import DetailKind
from dermatwin.evidence.rows.planning import Decision
from dermatwin.evidence.rows.row import columns_of
from dermatwin.evidence.rows.skin import SiteRow
from dermatwin.outcome import response
from dermatwin.planning.proposal import ProposalVerdict
from dermatwin.report.sheets.clock import WAITING
from dermatwin.validation import biopsy, healing
from dermatwin.validation.rows import REQUIRED

EVIDENCE = Evidence.packaged()
CONCERNS = (
    "fine_lines wrinkles acne_scar_rolling acne_scar_boxcar acne_scar_icepick acne_scar pores hyperpigmentation melasma "
    "sun_spots laxity striae texture tone surgical_scar burn_scar hair_loss_aga active_acne dark_circles "
    "post_inflammatory_hyperpigmentation vitiligo keloid rosacea actinic_keratosis sun_damage neck_wrinkles "
    "decollete_wrinkles hair_loss_other"
)
"""What cases have been written with: a name that goes would break them."""


def test_every_way_of_predicting_is_one_that_something_predicts_by():
    assert set(get_args(Way)) == set(healing.WAYS) | set(biopsy.WAYS)
    assert {row.way for row in EVIDENCE.rows(ReadingRow) if row.way} <= set(get_args(Way))


def test_every_driver_is_one_that_responds_and_has_its_usual_size():
    read = {response.SCAR, response.SURFACE, response.PIGMENT, response.DERMIS, response.HAIR, response.NONE}
    assert set(get_args(Driver)) == read
    assert {f"driver_reference[{driver}]" for driver in read - {response.NONE}} <= EVIDENCE.parameters.keys()


def test_every_decision_of_a_course_is_one_that_a_proposal_can_carry():
    assert set(get_args(Decision)) <= set(get_args(ProposalVerdict))


def test_every_kind_of_detail_is_one_that_a_name_can_be_written_with():
    assert get_args(DetailKind) == naming.KINDS


def test_every_waiting_time_of_a_sheet_is_one_that_is_worked_out():
    assert {row.computed for row in EVIDENCE.rows(ClockRow) if row.computed} == set(WAITING)


def test_every_property_of_an_active_has_a_unit():
    assert set(get_args(Property)) == set(UNITS)


@pytest.mark.parametrize("name", REQUIRED)
def test_columns_that_scoring_needs_are_columns_of_the_table(name):
    (kind,) = (kind for kind in KINDS if f"{kind.table}.csv" == f"measurements/{name}")
    assert set(REQUIRED[name]) <= set(columns_of(kind))


def test_concerns_that_cases_were_written_with_are_still_there():
    assert {row.concern for row in EVIDENCE.rows(ConcernRow)} >= set(CONCERNS.split())


def test_sites_and_places_of_histories_are_one_vocabulary_and_no_word_is_of_two():
    named = [(row.site, tokens(word)) for row in EVIDENCE.rows(SiteRow) if row.species == "human"
             for word in {row.site.replace("_", " "), row.label, *row.aliases}]  # fmt: skip
    named += [(row.place, tokens(word)) for row in EVIDENCE.rows(PlaceRow)
              for word in {row.place.replace("_", " "), *row.names}]  # fmt: skip
    owners: dict[tuple[str, ...], set[str]] = {}
    for owner, word in named:
        owners.setdefault(word, set()).add(owner)
    assert {word: found for word, found in owners.items() if len(found) > 1} == {("body",): {"body", "trunk"}}
