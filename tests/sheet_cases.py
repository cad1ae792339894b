"""Ten cases whose sheets differ, as plain data, and their runs, each made once."""

from __future__ import annotations

from functools import cache
from typing import Any

from builders import PERSON, case_of, course_of
from dermatwin.twin import Run, simulate

LMX = {"product": "lidocaine 4 % cream", "dose": "20 mg/cm^2", "apply": "-45 min", "remove": "-5 min"}
GEL = {"product": "sterile hyaluronic acid gel", "dose": "5 mg/cm^2", "apply": "0 min"}
WEIGHT = {"body_weight": "65 kg"}


def _zone(site: str, concern: str, area: str = "40 cm^2") -> dict[str, Any]:
    return {"zone": site, "area": area, "concerns": [{"concern": concern}]}


CASES: dict[str, dict[str, Any]] = {
    "face": {"course": course_of("cheek", topicals=[LMX, GEL])},
    "scalp": {
        "zones": [_zone("scalp", "hair_loss_aga", "80 cm^2")],
        "course": course_of(
            "scalp",
            settings={"needle_length": "0.6 mm"},
            topicals=[{"product": "minoxidil 5 % solution", "dose": "2 mg/cm^2", "apply": "24 h"}],
        ),
    },
    "abdomen": {"zones": [_zone("abdomen", "striae", "150 cm^2")], "course": course_of("abdomen")},
    "allergies": {
        "patient": {**PERSON, **WEIGHT, "allergies": ["chlorhexidine", "latex", "lidocaine", "hyaluronic acid"]},
        "course": course_of("neck", topicals=[LMX, GEL]),
        "zones": [_zone("neck", "wrinkles")],
    },
    "dark": {"patient": {**PERSON, **WEIGHT, "phototype": "V", "conditions": ["melasma"]}, "course": course_of("cheek")},
    "shallower": {
        "course": course_of(
            "cheek", settings={"needle_length": "1.5 mm", "changes": [{"sessions": [1], "needle_length": "0.75 mm"}]}
        )
    },
    "two_zones": {
        "zones": [_zone("forehead", "wrinkles"), _zone("thigh", "striae", "120 cm^2")],
        "course": course_of(
            "forehead",
            "thigh",
            settings={"needle_length": "1 mm"},
            topicals=[
                {**LMX, "zones": ["thigh"], "sessions": [1]},
                {"product": "niacinamide 4 % serum", "dose": "2 mg/cm^2", "apply": "0 min", "zones": ["forehead"]},
                {**GEL, "zones": ["thigh"], "sessions": [2]},
            ],
        ),
    },
    "crows_feet": {
        "zones": [_zone("periorbital", "fine_lines", "12 cm^2")],
        "course": course_of("periorbital", settings={"needle_length": "0.5 mm"}),
        "patient": {**PERSON, **WEIGHT, "conditions": ["overactive thyroid"], "allergies": ["alcohol"]},
    },
    "personal": {
        "patient": {
            **PERSON,
            **WEIGHT,
            "smoker": True,
            "conditions": ["history of cold sores"],
            "medications": ["doxycycline", "ibuprofen"],
            "allergies": ["hyaluronic acid", "chlorhexidine"],
        },
        "zones": [_zone("upper_lip", "wrinkles", "12 cm^2")],
        "course": course_of(
            "upper_lip",
            settings={"needle_length": "1 mm"},
            topicals=[
                {"product": "LMX4", "dose": "100 mg/cm^2", "apply": "-30 min", "remove": "0 min"},
                {"product": "hyaluronic acid gel", "dose": "10 mg/cm^2", "apply": "0 min"},
            ],
        ),
    },
    "many_findings": {
        "patient": {
            **PERSON,
            **WEIGHT,
            "phototype": "IV",
            "sun": "strong",
            "conditions": ["type 2 diabetes", "faints at needles", "mother has keloids", "pacemaker", "epilepsy"],
            "medications": ["warfarin", "isotretinoin until 2025-12-01", "tretinoin cream"],
            "allergies": ["plasters", "frobnicate"],
        },
        "course": course_of("cheek", count=1),
        "overrides": [{"rule": "diabetes", "reason": "HbA1c 48 mmol/mol last week", "by": "Dr Muster"}],
    },
}


@cache
def run_of(name: str) -> Run:
    """The run of a case, few people, no split."""
    return simulate(case_of(**CASES[name]), draws=8, seed=2, split=False)
