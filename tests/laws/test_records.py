"""Any record: a fault that is told, or a review in which no resource is lost, nothing is confirmed and nothing is denied."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.exchange.fhir import case_in, parse_record, review
from dermatwin.history import LISTS, person_in

RECORD = json.loads((Path(__file__).parents[2] / "examples" / "records" / "everything.json").read_text(encoding="utf-8"))
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-10, 10)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["coding", "text", "code", "reference"]), inner)
    ),
    max_leaves=4,
)
WORDS = ["active", "resolved", "entered-in-error", "2020-02", "Patient/other", "#x", "icd10cm", "\u202e", "x" * 3000, ""]


def places(value: Any, here: tuple = ()) -> list[tuple]:
    """Every place in a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(place for key, entry in inside for place in places(entry, (*here, key)))]


PLACES = [place for place in places(RECORD) if place]


def changed(place: tuple, value: Any) -> Any:
    record = deepcopy(RECORD)
    here = record
    for key in place[:-1]:
        here = here[key]
    here[place[-1]] = value
    return record


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(PLACES), value=ODD | st.sampled_from(WORDS))
def test_a_record_with_something_odd_in_it(place, value):
    evidence = Evidence.packaged()
    try:
        record = parse_record(json.dumps(changed(place, value)).encode(), "record.json")
        found = review(record, date(2026, 1, 12), evidence)
    except CaseError:  # a fault that is told
        return
    assert {line.record for line in found.lines} == {one.name for one in record.resources}
    assert all(line.reason or line.outcome == "mapped" for line in found.lines)
    case = case_in(found, evidence)
    items = [item for name in LISTS for item in getattr(case.patient, name)]
    assert all(item.origin is not None and item.origin.confirmed is None for item in items)
    assert all(fact.status != "denied" for fact in person_in(case, evidence).facts)
