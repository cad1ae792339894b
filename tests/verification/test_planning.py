"""Planning against values worked out by hand from the tables."""

from __future__ import annotations

import pytest

from dermatwin.evidence import Evidence
from dermatwin.planning import default_courses
from dermatwin.planning.depth import choose_depth, fits
from dermatwin.screening import depth_guidance

EVIDENCE = Evidence.packaged()


@pytest.mark.parametrize(
    ("concern", "site", "phototype", "aim", "first"),
    [
        ("acne_scar_rolling", "cheek", "II", 1.5, 1.5),  # trials 1.5; cheek bears 2.5
        ("acne_scar_rolling", "cheek", "VI", 1.5, 1.1),  # 0.75 x 1.5 = 1.125 -> 1.10
        ("acne_scar_rolling", "forehead", "II", 1.0, 1.0),  # forehead bears 1.0, the least of the trials
        ("acne_scar_rolling", "forehead", "V", 1.0, 1.0),  # already the least of the trials
        ("acne_scar_boxcar", "nose", "II", 0.75, 0.75),  # nose bears 0.75, below the trials' 1.5
        ("acne_scar_boxcar", "nose", "IV", 0.75, 0.75),
        ("wrinkles", "periorbital", "I", 0.5, 0.5),
        ("fine_lines", "periorbital", "I", 0.25, 0.25),
        ("fine_lines", "cheek", "IV", 0.5, 0.35),  # 0.375 -> 0.35
        ("melasma", "cheek", "III", 0.25, 0.25),
        ("striae", "abdomen", "II", 1.5, 1.5),
        ("hair_loss_aga", "scalp", "II", 0.6, 0.6),
    ],
)
def test_depth(concern: str, site: str, phototype: str, aim: float, first: float) -> None:
    guide = depth_guidance(site, EVIDENCE)
    assert guide is not None
    found = choose_depth(default_courses(EVIDENCE)[concern], guide, phototype, EVIDENCE)
    assert (found.aim, found.first) == (pytest.approx(aim), pytest.approx(first))


def test_a_zone_below_the_trials_is_said() -> None:
    guide = depth_guidance("nose", EVIDENCE)
    assert guide is not None
    assert (
        "expect less than trials"
        in choose_depth(default_courses(EVIDENCE)["acne_scar_boxcar"], guide, "II", EVIDENCE).warnings[0]
    )


@pytest.mark.parametrize(("device", "ok"), [("dermaroller-mf8", False), ("dermaroller-cit8", False), ("pen-12", True)])
def test_fixed_rollers_fit_only_their_length(device: str, ok: bool) -> None:
    from dermatwin.device import find

    course, guide = default_courses(EVIDENCE)["acne_scar_rolling"], depth_guidance("forehead", EVIDENCE)  # 1.0 mm
    assert guide is not None
    assert fits(find(device, EVIDENCE), course, choose_depth(course, guide, "II", EVIDENCE)) is ok


def test_default_courses_of_the_reference() -> None:
    """Sessions and weeks of the reference table, read once more by hand."""
    table = {name: (c.sessions_range, c.interval, c.confidence) for name, c in default_courses(EVIDENCE).items()}
    assert table["fine_lines"] == ((3, 4), 4.0, "M")
    assert table["acne_scar_rolling"] == ((3, 6), 4.0, "H")
    assert table["acne_scar_boxcar"] == ((4, 6), 4.0, "M")
    assert table["hair_loss_aga"] == ((12, 12), 1.0, "M")
    assert table["pores"] == ((3, 3), 4.0, "L")
    assert default_courses(EVIDENCE)["acne_scar_icepick"].decision == "refer"
    assert default_courses(EVIDENCE)["sun_spots"].decision == "no_default"
    assert default_courses(EVIDENCE)["active_acne"].decision == "stop"


def test_a_proposal_is_as_weak_as_its_weakest_part() -> None:
    from dermatwin.case import Case
    from dermatwin.planning import plan

    def grade(zone: str, concern: str) -> str:
        (proposal,) = plan(
            Case.model_validate(
                {
                    "patient": {"age": "40 yr", "sex": "male", "phototype": "II"},
                    "zones": [{"zone": zone, "area": "60 cm^2", "concerns": [{"concern": concern}]}],
                    "course": {"device": "pen-12", "start": "2026-01-12", "sessions": {"count": 1}, "settings": {}},
                }
            )
        )
        return proposal.grade

    assert grade("cheek", "acne_scar_rolling") == "E"  # depths by zone are of clinic grade
    assert grade("scalp", "hair_loss_aga") == "B"  # depth A, zone B
