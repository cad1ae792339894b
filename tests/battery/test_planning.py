"""Every concern on every site in every phototype: a course that runs, or a refusal with its reason. Never both."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any, get_args

import pytest

from builders import PERSON, case_of, course_of, dermatwin
from dermatwin.case import Case, dump_case
from dermatwin.case.document import Phototype
from dermatwin.core import CaseError
from dermatwin.device import describe, find
from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.planning import DefaultCourseRow, DepthRow
from dermatwin.evidence.rows.screening import AnaestheticRow
from dermatwin.outcome import concerns
from dermatwin.planning import Proposal, default_case, default_courses, plan, propose
from dermatwin.screening import depth_guidance, screen
from dermatwin.screening.depth import deep_concerns
from dermatwin.skin import find_site, sites

EVIDENCE = Evidence.packaged()

CONCERNS = tuple(concerns(EVIDENCE))
PHOTOTYPES = get_args(Phototype)
HUMAN = [site.name for site in sites(EVIDENCE).values() if site.species == "human"]


def case(zones: dict[str, list[str]], device: Any = "pen-12", course: Any = (), **patient: Any) -> Case:
    """One session nowhere yet: what is to be planned for."""
    return case_of(
        patient={**PERSON, "phototype": "II", "body_weight": "65 kg", **patient},
        zones=[
            {"zone": zone, "area": "60 cm^2", "concerns": [{"concern": c} for c in concerns]}
            for zone, concerns in zones.items()
        ],
        course=course_of(count=1, device=device, **dict(course)),
    )


def only(zone: str, concern: str, **more: Any) -> Proposal:
    (proposal,) = plan(case({zone: [concern]}, **more))
    return proposal


def test_every_concern_has_one_row() -> None:
    assert set(default_courses(EVIDENCE)) == set(CONCERNS)
    assert len(EVIDENCE.rows(DefaultCourseRow)) == len(CONCERNS)


@pytest.mark.parametrize("kind", [DefaultCourseRow, DepthRow, AnaestheticRow])
def test_rows_rest_on_what_may_be_used(kind: Any) -> None:
    assert all("unconfirmed" not in row.source for row in EVIDENCE.rows(kind))


@pytest.mark.parametrize("site", HUMAN)
def test_every_site_has_a_depth_row(site: str) -> None:
    found = find_site(site, "human", EVIDENCE)
    assert depth_guidance(found.name, EVIDENCE, found.region.name) is not None


@pytest.mark.parametrize("concern", CONCERNS)
def test_every_site_and_phototype_gets_an_answer(concern: str) -> None:
    for site, phototype in product(HUMAN, ("II", "V")):
        check(only(site, concern, phototype=phototype), site, concern, phototype)


@pytest.mark.parametrize("phototype", PHOTOTYPES)
def test_every_concern_on_the_cheek_in_every_phototype(phototype: str) -> None:
    for concern in CONCERNS:
        check(only("cheek", concern, phototype=phototype), "cheek", concern, phototype)


def check(proposal: Proposal, site: str, concern: str, phototype: str) -> None:
    where = (site, concern, phototype)
    decision = default_courses(EVIDENCE)[concern].decision
    assert proposal.reasons, where
    assert all(reason.text and reason.sources for reason in proposal.reasons), where
    assert (proposal.case is not None) is (proposal.verdict == "course"), where
    if decision != "course":
        assert proposal.verdict == decision, where
    if proposal.verdict != "course":
        assert proposal.depth is None, where
        assert proposal.sessions is None, where
        return
    runs(proposal, where, phototype)


def runs(proposal: Proposal, where: Any, phototype: str) -> None:
    case, course = proposal.case, default_courses(EVIDENCE)[proposal.concern]
    assert case is not None
    assert screen(case).verdict != "stop", where
    site = find_site(proposal.zone, "human", EVIDENCE)
    guide = depth_guidance(site.name, EVIDENCE, site.region.name)
    assert guide is not None
    length = case.course.settings[proposal.zone].needle_length
    assert length <= guide.column(deep=proposal.concern in deep_concerns(EVIDENCE))[1] + 1e-9, where
    assert length <= course.depth_range[1], where
    given = case.course.device
    device = find(given, EVIDENCE) if isinstance(given, str) else describe(given, EVIDENCE)
    assert device.min_length <= length <= device.max_length, where
    assert device.kind.name in course.device_kinds, where
    low, high = course.sessions_range
    assert low <= len(case.session_days) <= high, where
    assert proposal.depth is not None
    assert proposal.first_depth is not None
    assert proposal.first_depth <= proposal.depth, where
    assert case.horizon >= max(case.session_days) + 7 * max(proposal.read_at), where
    if phototype in ("IV", "V", "VI"):
        assert any("Phototype" in reason.text for reason in proposal.reasons), where


@pytest.mark.parametrize(
    ("concern", "verdict", "word"),
    [
        ("acne_scar_icepick", "refer", "TCA CROSS"),
        ("burn_scar", "refer", "specialist"),
        ("sun_spots", "no_default", "diagnose"),
        ("dark_circles", "no_default", "cause"),
        ("active_acne", "stop", "calm the acne"),
        ("keloid", "stop", "specialist"),
        ("vitiligo", "refer", "Koebner"),
        ("rosacea", "refer", "calm"),
        ("actinic_keratosis", "refer", "diagnosis"),
        ("hair_loss_other", "refer", "diagnose"),
        ("post_inflammatory_hyperpigmentation", "no_default", "quiet the cause"),
        ("sun_damage", "no_default", "actinic keratoses"),
        ("decollete_wrinkles", "no_default", "no trial"),
    ],
)
def test_never_a_course_where_the_table_refers(concern: str, verdict: str, word: str) -> None:
    found = only("cheek", concern)
    assert found.verdict == verdict
    assert found.sources
    assert word in " ".join(reason.text for reason in found.reasons)


@pytest.mark.parametrize(("zone", "concern"), [("cheek", "hair_loss_aga"), ("cheek", "striae"), ("scalp", "wrinkles")])
def test_no_default_where_no_trial_was(zone: str, concern: str) -> None:
    assert only(zone, concern).verdict == "no_default"


def test_darker_skin_begins_shallower_and_waits_longer() -> None:
    light, dark = only("cheek", "acne_scar_rolling"), only("cheek", "acne_scar_rolling", phototype="V")
    assert light.first_depth == pytest.approx(1.5)
    assert dark.first_depth == pytest.approx(1.1)  # 0.75 x 1.5 = 1.125, down to a step of 0.05
    assert dark.depth == light.depth
    assert (light.interval, dark.interval) == (28.0, 42.0)


@pytest.mark.parametrize(
    "patient", [{"pregnant": True}, {"conditions": ["haemophilia"]}, {"medications": ["isotretinoin"]}, {"age": "19 yr"}]
)
def test_a_stopped_person_gets_no_course(patient: dict[str, Any]) -> None:
    found = propose(case({"cheek": ["wrinkles"], "forehead": ["fine_lines"]}, **patient))
    assert [p.verdict for p in found.proposals] == ["stop", "stop"]
    assert found.case is None
    assert found.screening.verdict == "stop"


def test_a_hard_stop_beside_a_soft_one_is_not_for_anybody_to_decide() -> None:
    (found,) = plan(case({"cheek": ["wrinkles"]}, medications=["warfarin"], conditions=["haemophilia"]))
    assert (found.verdict, found.on_hold) == ("stop", False)


def test_what_waits_for_a_decision_is_said_in_other_words(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(dump_case(case_of(patient={**PERSON, "medications": ["warfarin"]})), encoding="utf-8")
    told = dermatwin("plan", path, status=3).stdout
    assert "not before a clinician has decided" in told
    assert "do not treat" not in told


def test_a_recorded_reason_opens_a_soft_stop() -> None:
    base = case({"cheek": ["wrinkles"]}, medications=["warfarin"])
    assert (plan(base)[0].verdict, plan(base)[0].on_hold) == ("stop", True)
    opened = Case.model_validate(
        {
            **base.model_dump(mode="json"),
            "overrides": [{"rule": "anticoagulant", "reason": "the prescriber agrees", "by": "Dr X"}],
        }
    )
    assert plan(opened)[0].verdict == "course"


@pytest.mark.parametrize("concern", ["keloid", "vitiligo", "rosacea", "actinic_keratosis"])
def test_a_disease_in_a_zone_stops_its_other_concerns_and_no_other_zone(concern: str) -> None:
    found = propose(case({"cheek": ["wrinkles", concern], "forehead": ["fine_lines"]}))
    assert [p.verdict for p in found.proposals][::2] == ["stop", "course"]
    assert found.case is not None
    assert [zone.key for zone in found.case.zones] == ["forehead"]
    assert screen(case({"cheek": ["wrinkles", concern]})).verdict == "stop"


def test_lines_of_the_neck_have_a_course_there_and_nowhere_else() -> None:
    found = only("neck", "neck_wrinkles")
    assert (found.verdict, found.depth, found.sessions) == ("course", 0.5, 4)
    assert only("cheek", "neck_wrinkles").verdict == "no_default"


def test_active_acne_stops_the_other_concerns_of_its_zone() -> None:
    found = plan(case({"cheek": ["acne_scar_rolling", "active_acne"], "forehead": ["fine_lines"]}))
    assert [(p.zone, p.verdict) for p in found] == [("cheek", "stop"), ("cheek", "stop"), ("forehead", "course")]


def test_eyelids_get_no_course() -> None:
    assert only("eyelid", "fine_lines").verdict == "stop"
    assert only("periorbital", "fine_lines").verdict == "course"


def test_the_given_settings_and_products_are_not_taken_over() -> None:
    found = propose(
        case(
            {"cheek": ["wrinkles"]},
            course={
                "settings": {"cheek": {"needle_length": "3 mm"}},
                "topicals": [
                    {"product": "vitamin C serum", "dose": "2 mg/cm^2", "apply": "0 min"},
                    {"product": "lidocaine 4 % cream", "dose": "10 mg/cm^2", "apply": "-30 min", "remove": "0 min"},
                ],
                "adjuncts": [{"adjunct": "prp"}],
            },
        )
    )
    assert found.case is not None
    assert [topical.product for topical in found.case.course.topicals] == ["lidocaine 4 % cream"]
    assert found.case.course.adjuncts == []
    assert found.case.course.settings["cheek"].needle_length == pytest.approx(1.5)
    assert any("vitamin C" in warning for warning in found.warnings)
    assert any("prp" in warning for warning in found.warnings)


def cream(product: str = "lidocaine 4 % cream", **changes: Any) -> dict[str, Any]:
    usual = {"product": product, "dose": "20 mg/cm^2", "apply": "-40 min", "remove": "-5 min"}
    return {"topicals": [{**usual, **changes}]}


def test_too_much_cream_is_cut_to_what_is_allowed_and_said() -> None:
    found = only("cheek", "wrinkles", course=cream(dose="200 mg/cm^2"))  # 12 g of 4 % are 480 mg; 292.5 mg at 65 kg
    assert found.verdict == "course"
    assert found.case is not None
    (topical,) = found.case.course.topicals
    assert topical.dose * 60.0 * 0.04 == pytest.approx(292.5, abs=0.05)
    assert topical.dose * 60.0 * 0.04 <= 292.5
    assert any("12 g on 60 cm2 is more than allowed; cut to 7.31 g" in warning for warning in found.warnings)


def test_creams_of_several_zones_are_cut_together() -> None:
    found = propose(case({"cheek": ["wrinkles"], "forehead": ["wrinkles"]}, course=cream(dose="100 mg/cm^2")))
    assert found.case is not None
    (topical,) = found.case.course.topicals
    assert topical.zones == ["cheek", "forehead"]
    assert topical.dose * 120.0 * 0.04 == pytest.approx(292.5, abs=0.1)
    assert not [finding for finding in found.screening.findings if finding.rule.startswith("anaesthetic") and finding.stops]
    assert any("cut to 7.31 g" in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("times", "planned"),
    [
        ({"apply": "-40 min", "remove": None}, (-40.0, -5.0)),
        ({"apply": "-40 min", "remove": "30 min"}, (-40.0, -5.0)),
        ({"apply": "-400 min", "remove": "-5 min"}, (-305.0, -5.0)),  # LMX4: five hours at most
        ({"apply": "-10 min", "remove": "-5 min"}, (-35.0, -5.0)),  # and half an hour at least
    ],
)
def test_wrong_times_of_a_cream_are_put_right_and_said(times: dict[str, Any], planned: tuple[float, float]) -> None:
    found = only("cheek", "wrinkles", course=cream("LMX4", **times))
    assert found.case is not None
    (topical,) = found.case.course.topicals
    assert topical.remove is not None
    assert (topical.apply * 60.0, topical.remove * 60.0) == pytest.approx(planned)
    assert any("LMX4: put on" in warning for warning in found.warnings) is (times != {})


def test_a_cream_that_keeps_to_its_label_is_left_as_it_is() -> None:
    found = only("cheek", "wrinkles", course=cream())
    assert found.case is not None
    (topical,) = found.case.course.topicals
    assert (topical.dose, topical.apply, topical.remove) == (20.0, pytest.approx(-2.0 / 3.0), pytest.approx(-1.0 / 12.0))
    assert not any("lidocaine" in warning for warning in found.warnings)


def test_a_cream_that_is_not_tolerated_is_left_out_and_the_course_stands() -> None:
    found = only("cheek", "wrinkles", course=cream(), allergies=["lidocaine"])
    assert found.verdict == "course"
    assert found.case is not None
    assert found.case.course.topicals == []
    assert any("lidocaine 4 % cream is left out" in warning for warning in found.warnings)


def test_of_several_creams_those_go_that_stop_the_course() -> None:
    ester, amide = (cream(name)["topicals"][0] for name in ("Ametop", "lidocaine 4 % cream"))
    for order in ([ester, amide], [amide, ester]):
        found = only("cheek", "wrinkles", course={"topicals": order}, allergies=["lidocaine"])
        assert found.case is not None
        assert [topical.product for topical in found.case.course.topicals] == ["Ametop"]
        assert not any("Ametop is left out" in warning for warning in found.warnings)


def test_of_creams_that_are_too_much_together_the_last_of_them_goes_and_no_other() -> None:
    first, second = (
        cream(name, dose="100 mg/cm^2", sessions=[1])["topicals"][0] for name in ("lidocaine 4 % cream", "LMX4")
    )
    later = cream("lidocaine 5 % cream", sessions=[2])["topicals"][0]
    found = only("cheek", "wrinkles", course={"topicals": [first, second, later]})
    assert found.case is not None
    assert [topical.product for topical in found.case.course.topicals] == ["lidocaine 4 % cream", "lidocaine 5 % cream"]
    assert [warning.split(" is left out")[0] for warning in found.warnings] == ["LMX4"]


@pytest.mark.parametrize("allergy", ["lidocaine", "EMLA", "amide anaesthetics"])
def test_no_cream_is_recommended_to_a_person_who_may_not_have_it(allergy: str) -> None:
    free, found = (only("cheek", "wrinkles", allergies=allergies) for allergies in ([], [allergy]))
    assert free.numbing.startswith("at most 7.3 g of a lidocaine 4% cream")
    assert found.numbing.startswith("not with lidocaine 4 % cream: ")
    assert found.numbing.endswith("a clinician names what numbs instead")
    assert allergy in found.numbing
    assert " g of a " not in found.numbing


def graded(concern: str, scale: str | None, severity: float, zone: str = "cheek", **more: Any) -> Proposal:
    given = case({zone: [concern]}, **more).model_dump(mode="json")
    given["zones"][0]["concerns"] = [{"concern": concern, "severity": severity, **({"scale": scale} if scale else {})}]
    (proposal,) = plan(Case.model_validate(given))
    return proposal


def test_the_grade_changes_sessions_and_depth_as_far_as_it_says_anything() -> None:
    mild, usual, severe = (graded("wrinkles", "lemperle", grade) for grade in (1, 3, 5))
    assert (mild.sessions, usual.sessions, severe.sessions) == (3, 4, 4)
    assert (mild.depth, usual.depth, severe.depth) == (0.5, 1.5, 1.5)
    assert [graded("acne_scar", "goodman_baron_qualitative", grade).sessions for grade in (2, 3, 4)] == [3, 4, 6]
    assert graded("acne_scar", "goodman_baron_quantitative", 60).sessions == 4  # a score of many points says no grade
    severe = graded("acne_scar", "goodman_baron_qualitative", 4)
    assert any("severe by its grade (assumed)" in reason.text for reason in severe.reasons)


@pytest.mark.parametrize("scale", ["aa_laxity_modified", None])
def test_severe_laxity_is_referred(scale: str | None) -> None:
    """A grade without a scale is one of the usual scale of its concern."""
    assert graded("laxity", scale, 1).verdict == "course"
    found = graded("laxity", scale, 4)
    assert found.verdict == "refer"
    assert "does not lift" in found.reasons[0].text


def test_thin_skin_is_needled_less_deep() -> None:
    young, old = (only("cheek", "acne_scar", age=f"{age} yr") for age in (30, 85))
    assert young.depth == pytest.approx(1.5)
    assert old.depth is not None
    assert 1.0 <= old.depth < 1.5
    assert any("the skin here is thin" in reason.text for reason in old.reasons)
    assert old.case is not None
    assert old.case.course.settings["cheek"].needle_length == old.depth


def test_skin_that_does_not_even_bear_the_least_of_the_course_is_said() -> None:
    """Boxcar scars are needled 1.5 mm deep or more, which in the very old is deeper than half of the dermis there is."""
    told = "even 1.5 mm, the least that counts as this course, passes through the dermis in half of the people"
    young, old = (only("cheek", "acne_scar_boxcar", age=f"{age} yr") for age in (30, 90))
    assert (young.depth, old.depth) == (1.5, 1.5)
    assert not any(told in warning for warning in young.warnings)
    assert [warning for warning in old.warnings if warning.startswith(told)]


@pytest.mark.parametrize(
    "patient", [{"phototype": "V"}, {"conditions": ["melasma"]}, {"conditions": ["post-inflammatory hyperpigmentation"]}]
)
def test_what_puts_pigment_at_risk_makes_the_first_session_shallower_and_the_interval_longer(
    patient: dict[str, Any],
) -> None:
    found = propose(case({"cheek": ["acne_scar_rolling"]}, **patient))
    assert found.case is not None
    settings = found.case.course.settings["cheek"]
    assert (settings.at(0).needle_length, settings.at(1).needle_length) == (pytest.approx(1.1), pytest.approx(1.5))
    assert found.case.session_days[1] == 42.0


@pytest.mark.parametrize("concern", CONCERNS)
def test_the_plan_is_what_screening_asks_for(concern: str) -> None:
    """No plan draws a caution about its own intervals, depth or cream, whatever the concern."""
    own = {"pigment_pace", "depth_beyond_concern", "depth_beyond_table", "depth_stop", "short_interval", "anaesthetic_time"}
    for phototype in ("II", "V"):
        for zone in ("cheek", "neck", "abdomen", "scalp"):
            found = propose(case({zone: [concern]}, course=cream(dose="300 mg/cm^2"), phototype=phototype))
            if found.case is not None:
                assert not own & {finding.rule for finding in found.screening.findings}, (zone, phototype)


def test_nothing_is_proposed_beside_a_course_that_this_person_may_not_have() -> None:
    free = only("cheek", "hyperpigmentation")
    assert any(text.startswith("tranexamic acid (off label on needled skin") for text in free.beside)
    allergic = only("cheek", "hyperpigmentation", allergies=["tranexamic acid"])
    assert not any(text.startswith("tranexamic acid") for text in allergic.beside)
    assert any(text.startswith("tranexamic acid is left out") for text in allergic.warnings)


def test_light_is_not_advised_beside_a_photosensitiser() -> None:
    assert any("LED" in text for text in only("cheek", "active_acne").beside)
    found = only("cheek", "active_acne", medications=["doxycycline 100 mg"])
    assert found.beside == ()
    assert any("LED" in text and "doxycycline" in text for text in found.warnings)


def test_zones_are_merged_with_their_own_depth() -> None:
    found = default_case(case({"cheek": ["acne_scar_rolling"], "forehead": ["fine_lines"], "periorbital": ["wrinkles"]}))
    depths = {key: setting.needle_length for key, setting in found.course.settings.items()}
    assert depths == {"cheek": pytest.approx(1.5), "forehead": pytest.approx(0.5), "periorbital": pytest.approx(0.5)}
    assert found.session_days == (0.0, 28.0, 56.0, 84.0)
    assert screen(found).verdict != "stop"


def test_what_does_not_agree_is_named() -> None:
    found = propose(case({"cheek": ["wrinkles"], "scalp": ["hair_loss_aga"]}))
    assert found.case is not None
    assert [zone.key for zone in found.case.zones] == ["cheek"]
    assert any("scalp" in warning for warning in found.warnings)


def test_melasma_is_not_needled_at_the_depth_of_scars() -> None:
    found = propose(case({"cheek": ["acne_scar_rolling", "melasma"]}))
    assert found.case is not None
    assert [record.concern for record in found.case.zones[0].concerns] == ["acne_scar_rolling"]
    assert any("melasma" in warning for warning in found.warnings)
    both = default_case(case({"cheek": ["texture", "melasma"]}))
    assert [record.concern for record in both.zones[0].concerns] == ["texture", "melasma"]
    assert both.course.settings["cheek"].needle_length <= 0.5


def test_uneven_tone_is_driven_by_pigment_and_makes_a_course_shallower() -> None:
    alone, beside = (default_case(case({"cheek": ["acne_scar", *more]})) for more in ([], ["tone"]))
    assert [record.concern for record in beside.zones[0].concerns] == ["acne_scar", "tone"]
    assert beside.course.settings["cheek"].needle_length < alone.course.settings["cheek"].needle_length


def test_a_fixed_roller_is_replaced_where_it_is_too_long() -> None:
    found = only("forehead", "wrinkles", device="dermaroller-mf8")  # 1.5 mm only; the forehead bears 1.0
    assert found.case is not None
    assert found.device != "dermaroller-mf8"
    assert any("stands in" in warning for warning in found.warnings)


def test_a_described_device_is_kept() -> None:
    own = {
        "kind": "pen",
        "name": "my pen",
        "needle_count": 12,
        "needle_diameter": "0.25 mm",
        "tip_diameter": "15 um",
        "max_length": "2 mm",
    }
    found = propose(case({"cheek": ["wrinkles"], "forehead": ["fine_lines"]}, device=own))
    assert found.case is not None
    assert not isinstance(found.case.course.device, str)
    assert found.case.course.device.name == "my pen"
    assert all(setting.device is None for setting in found.case.course.settings.values())


def test_nothing_to_plan_is_an_error_with_reasons() -> None:
    with pytest.raises(CaseError, match="TCA CROSS"):
        default_case(case({"cheek": ["acne_scar_icepick"]}))
    with pytest.raises(CaseError, match="concern"):
        default_case(case({"cheek": []}))


def test_animals_are_not_planned_for() -> None:
    assert only("back", "texture", species="pig").verdict == "no_default"


def test_a_plan_is_plain_data() -> None:
    import json

    for proposal in plan(case({"cheek": ["wrinkles", "sun_spots"]})):
        json.dumps(proposal.to_dict())
