"""Planning against values worked out by hand from the tables."""

from __future__ import annotations

import pytest

from builders import PERSON, case_of, course_of
from dermatwin.evidence import Evidence
from dermatwin.planning import Plan, default_courses, propose
from dermatwin.planning.depth import choose_depth, fits
from dermatwin.screening import Finding, depth_guidance

EVIDENCE = Evidence.packaged()
DARK = (Finding("dark_phototype", "caution", "Phototype IV-VI", "pigment after needling is likelier"),)


@pytest.mark.parametrize(
    ("concern", "site", "risks", "aim", "first"),
    [
        ("acne_scar_rolling", "cheek", (), 1.5, 1.5),  # trials 1.5; cheek bears 2.5
        ("acne_scar_rolling", "cheek", DARK, 1.5, 1.1),  # 0.75 x 1.5 = 1.125 -> 1.10
        ("acne_scar_rolling", "forehead", (), 1.0, 1.0),  # forehead bears 1.0, the least of the trials
        ("acne_scar_rolling", "forehead", DARK, 1.0, 1.0),  # already the least of the trials
        ("acne_scar_boxcar", "nose", (), 0.75, 0.75),  # nose bears 0.75, below the trials' 1.5
        ("acne_scar_boxcar", "nose", DARK, 0.75, 0.75),
        ("wrinkles", "periorbital", (), 0.5, 0.5),
        ("fine_lines", "periorbital", (), 0.25, 0.25),
        ("fine_lines", "cheek", DARK, 0.5, 0.35),  # 0.375 -> 0.35
        ("melasma", "cheek", (), 0.25, 0.25),
        ("striae", "abdomen", (), 1.5, 1.5),
        ("hair_loss_aga", "scalp", (), 0.6, 0.6),
    ],
)
def test_depth(concern: str, site: str, risks: tuple[Finding, ...], aim: float, first: float) -> None:
    guide = depth_guidance(site, EVIDENCE)
    assert guide is not None
    found = choose_depth(default_courses(EVIDENCE)[concern], guide, "usual", risks, EVIDENCE)
    assert (found.aim, found.first) == (pytest.approx(aim), pytest.approx(first))


def test_a_zone_below_the_trials_is_said() -> None:
    guide = depth_guidance("nose", EVIDENCE)
    assert guide is not None
    assert (
        "expect less than trials"
        in choose_depth(default_courses(EVIDENCE)["acne_scar_boxcar"], guide, "usual", (), EVIDENCE).warnings[0]
    )


@pytest.mark.parametrize(("device", "ok"), [("dermaroller-mf8", False), ("dermaroller-cit8", False), ("pen-12", True)])
def test_fixed_rollers_fit_only_their_length(device: str, ok: bool) -> None:
    from dermatwin.device import find

    course, guide = default_courses(EVIDENCE)["acne_scar_rolling"], depth_guidance("forehead", EVIDENCE)  # 1.0 mm
    assert guide is not None
    assert fits(find(device, EVIDENCE), course, choose_depth(course, guide, "usual", (), EVIDENCE)) is ok


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


def planned(zones: dict[str, list[str]], device: str = "pen-12", **patient: str) -> Plan:
    """The plan of a woman of phototype II for concerns by zone."""
    return propose(
        case_of(
            patient={**PERSON, "phototype": "II", "body_weight": "65 kg", **patient},
            zones=[
                {"zone": zone, "area": "60 cm^2", "concerns": [{"concern": name} for name in names]}
                for zone, names in zones.items()
            ],
            course=course_of(count=1, device=device),
        )
    )


@pytest.mark.parametrize("device", ["pen-36", "pen-12", "skinpen-precision"])
def test_a_device_that_does_is_kept_without_a_word(device: str) -> None:
    found = planned({"cheek": ["acne_scar_rolling"]}, device)
    assert found.case is not None
    assert (found.proposals[0].device, found.case.course.device) == (device, device)
    assert not found.proposals[0].warnings
    assert not found.warnings


def test_another_stands_in_for_a_device_that_does_not() -> None:
    """Fine lines are treated by pen or stamp: a stamp does, a roller does not."""
    kept, other = (planned({"cheek": ["fine_lines"]}, device).proposals[0] for device in ("stamp-35", "roller-192"))
    assert (kept.device, kept.warnings) == ("stamp-35", ())
    assert other.device != "roller-192"
    assert [word for word in other.warnings if word.startswith("the device of the case does not do for this course")]


def test_only_a_treated_zone_without_a_concern_is_set_aside() -> None:
    found = planned({"cheek": ["acne_scar_rolling"], "forehead": []})
    assert found.warnings == ("forehead: no concern is named, nothing is planned",)


def test_a_place_that_no_trial_treated_is_named() -> None:
    (proposal,) = planned({"cheek": ["hair_loss_aga"]}).proposals
    assert proposal.reasons[0].text == "no default for hair_loss_aga on cheek (face); trials speak of: scalp"


def test_dark_skin_has_a_shallower_first_session() -> None:
    """A quarter off 1.5 mm, rounded down to 0.05 mm."""
    found = planned({"cheek": ["acne_scar_rolling"]}, phototype="V")
    assert found.case is not None
    settings = found.case.course.settings["cheek"]
    assert [settings.at(session).needle_length for session in range(3)] == [pytest.approx(1.1), 1.5, 1.5]


@pytest.mark.parametrize(("zone", "lead", "first"), [("cheek", "wrinkles", 1.5), ("neck", "wrinkles", 1.0)])
@pytest.mark.parametrize("pigment", ["melasma", "hyperpigmentation"])
def test_pigment_holds_the_depth_of_its_zone_to_what_it_bears(zone: str, lead: str, first: float, pigment: str) -> None:
    """Pigment is needled 0.25-0.5 mm deep, so that a lead that goes deeper comes down to 0.5 mm."""
    found = planned({zone: [lead, pigment]})
    assert found.case is not None
    assert next(p.first_depth for p in found.proposals if p.concern == lead) == first
    assert found.case.course.settings[zone].needle_length == 0.5


def test_sessions_of_two_zones_are_those_that_suit_both() -> None:
    """Scars 3-6 sessions every 2-6 weeks, wrinkles 3-4 every 4-6 weeks: four, four weeks apart; read 26 weeks after them."""
    found = planned({"cheek": ["acne_scar_rolling"], "forehead": ["wrinkles"]})
    assert found.case is not None
    sessions = found.case.course.sessions
    assert (sessions.count, sessions.interval) == (4, 28.0)
    assert found.case.horizon >= 3 * 28.0 + 26 * 7.0
