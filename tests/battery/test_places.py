"""One answer to 'is this the face?', asked by everybody who speaks of faces; and places in words of daily use."""

from dataclasses import replace
from importlib import import_module
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import course_of, document, treated
from dermatwin.case import case_of as read_case
from dermatwin.core import Luck
from dermatwin.core.spelling import identifier
from dermatwin.evidence import Draws, Evidence
from dermatwin.evidence.store import DATA
from dermatwin.flows import TissueHistory
from dermatwin.outcome.events import series_of
from dermatwin.planning import plan
from dermatwin.report.sheets import steps
from dermatwin.screening import depth_guidance, rule_book, screen
from dermatwin.screening.match import in_group
from dermatwin.screening.target import targets
from dermatwin.skin import find_site, regions, section_of, sites

EVIDENCE = Evidence.packaged()
risks = import_module("dermatwin.outcome.risks")  # the package calls a function so
HUMAN = [site.name for site in sites(EVIDENCE).values() if site.species == "human"]
FACE = {"forehead", "glabella", "temple", "periorbital", "nose", "cheek", "zygoma", "upper_lip", "chin", "jaw", "face"}


def told_before(site: str) -> str:
    """What the sheet for the days before tells somebody who is treated there, with no more of a run than it asks for."""
    case = treated(zone=site, length="0.5 mm")
    skin = section_of(case.zones[0], case.patient, Draws(EVIDENCE, Luck(1, 1)))
    run = SimpleNamespace(
        case=case, evidence=EVIDENCE, zones=(SimpleNamespace(zone=case.zones[0], skin=skin, punctures=(None,)),)
    )
    return " ".join(row.instruction for row in steps(run, "before"))  # type: ignore[arg-type]


def warned_of_cold_sores(site: str) -> bool:
    found = screen(treated(zone=site, conditions=["history of cold sores"]), EVIDENCE).findings
    return any(f.rule == "herpes_history" and f.level == "caution" for f in found)


def grouped(site: str, group: str) -> bool:
    (target,) = targets(treated(zone=site), EVIDENCE)
    return in_group(rule_book(EVIDENCE), group, target)


def marked(site: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """How much likelier dark marks are there than on the cheek, the injury being the same."""
    monkeypatch.setattr(risks, "_pigment_injury", lambda *_: np.ones(1))
    draws = Draws(EVIDENCE, Luck(1, 1, frozenset()))
    person, history = treated().patient, cast("TissueHistory", None)
    places = (section_of(treated(zone=name).zones[0], person, draws) for name in (site, "cheek"))
    here, cheek = (float(risks.pigment_hazard(person, skin, history, draws)[0]) for skin in places)
    return here / cheek


@pytest.mark.parametrize("site", HUMAN)
def test_everybody_agrees_whether_a_site_is_on_the_face(site, monkeypatch):
    found = find_site(site, "human", EVIDENCE)
    answers = {
        "catalogue": found.on_face,
        "sheets": "cold sores" in told_before(site),
        "screening of histories": warned_of_cold_sores(site),
        "rules": grouped(site, "face"),
        "customary depths": found.region.depth_zone == "face",
        "hazard of pigment": site != "scalp" and marked(site, monkeypatch) == 1.0,
        "counts of pigment": found.region.name != "scalp" and series_of(EVIDENCE, site) == "face",
    }
    assert set(answers.values()) == {site in FACE}, answers


def test_a_hand_is_never_told_what_is_meant_for_faces():
    for site in ("hands", "palm"):
        assert "cold sores" not in told_before(site)
        assert series_of(EVIDENCE, site) == "body"
        assert find_site(site, "human", EVIDENCE).region.vessels == "hand"


def test_lids_and_lips_are_the_face_and_scalp_and_neck_are_not():
    words = {
        "eyelid": True,
        "under eye": True,
        "lip": True,
        "cheekbone": True,
        "scalp": False,
        "neck": False,
        "upper chest": False,
    }
    assert {word: find_site(word, "human", EVIDENCE).on_face for word in words} == words


def test_the_scalp_has_the_vessels_and_the_pigment_of_the_face_and_the_dermis_of_the_body():
    scalp = regions(EVIDENCE)["scalp"]
    assert (scalp.vessels, scalp.pigment, scalp.dermis, scalp.paced_for_pigment) == ("face", "face", "body", False)


def test_the_cheekbone_is_marked_as_the_cheek_and_the_body_twice_as_likely(monkeypatch):
    assert marked("zygoma", monkeypatch) == marked("scalp", monkeypatch) == 1.0
    assert marked("hands", monkeypatch) == marked("neck", monkeypatch) == 2.0


def test_what_a_trial_does_not_say_of_its_zone_is_the_reference():
    assert [series_of(EVIDENCE, zone) for zone in ("unknown", "mixed", "abdomen", "neck")] == [
        "face",
        "body",
        "body",
        "body",
    ]


def test_a_region_may_be_moved_by_a_table_alone(tmp_path):
    """The hand counted among faces: a row, and the sheets, the bleeding and the hazard of pigment all follow."""
    header, *rows = (DATA / "regions.csv").read_text(encoding="utf-8").splitlines()
    (hand,) = (row for row in rows if row.startswith("hand,"))
    moved = hand.replace(",body,hand,body,", ",body,face,face,")
    assert moved != hand
    (tmp_path / "regions.csv").write_text(f"{header}\n{moved}\n", encoding="utf-8")
    laid = Evidence.read(tmp_path)
    assert find_site("hands", "human", laid).region.vessels == "face"
    assert series_of(laid, "hands") == "face"
    assert depth_guidance("somewhere", laid, "foot") == replace(depth_guidance("hands", laid), by_region=True)


# ---- names of daily use --------------------------------------------------------------------------------------------------

NAMED = {
    "left cheek": "cheek",
    "crow's feet": "periorbital",
    "crow’s feet": "periorbital",
    "upper lip": "upper_lip",
    "décolleté": "decollete",
    "hands": "hands",
    "back of hands": "hands",
    "backs of the hands": "hands",
    "nasolabial folds": "cheek",
    "neck lines": "neck",
    "belly": "abdomen",
    "jowls": "jaw",
    "full face": "face",
    "left side of the face": "face",
    "under eyes": "periorbital",
}


@pytest.mark.parametrize("said", NAMED)
def test_a_site_is_called_as_people_call_it(said):
    assert find_site(said, "human", EVIDENCE).name == NAMED[said]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (
            "eye area",
            "is no site of its own; write the one that is meant: forehead or periorbital (periorbital skin outside",
        ),
        ("around the eyes", "is no site of its own; write the one that is meant: forehead or periorbital"),
        ("smile lines", "is no site of its own; write the one that is meant: periorbital (periorbital skin outside the "),
        ("left arm", "is no site of its own; write the one that is meant: volar_forearm (volar forearm) or dorsal_forearm"),
        ("chest", "is no site of its own; write the one that is meant: decollete or breast"),
        ("bikini line", "is a place of which no skin is known here: nothing can be computed for it"),
        ("all over", "is no place; write a zone for each that is needled"),
        ("cheeks and chin", "names cheek and chin; write a zone for each"),
        ("face, neck", "names face and neck; write a zone for each"),
        ("forhead", "is not a site of human skin; did you mean forehead"),
        ("left", "is not a site of human skin; known: abdomen, "),
    ],
)
def test_a_place_that_is_no_site_is_asked_about(said, answer):
    with pytest.raises(KeyError) as refused:
        find_site(said, "human", EVIDENCE)
    assert refused.value.args[0].startswith(f"{said!r} {answer}")


CALLED = sorted({(word, site.name) for site in sites(EVIDENCE).values() if site.species == "human"
                 for word in (site.name, *site.aliases)})  # fmt: skip


def dressed(draw, word: str) -> str:
    """A name with a side somewhere, in any spacing, case and accent."""
    side, behind = draw(st.sampled_from(["", "left", "right", "both", "bilateral"])), draw(st.booleans())
    said = f"{word} {side}" if behind else f"{side} {word}"
    said = draw(st.sampled_from([" ", "  ", "-", "_", " - "])).join(said.replace("_", " ").split())
    said = draw(st.sampled_from([str, str.upper, str.title, str.swapcase]))(said)
    return said.replace("e", draw(st.sampled_from(["e", "é", "ê"])), 1)


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(CALLED))
def test_side_case_spacing_and_accents_do_not_change_the_site(data, called):
    word, site = called
    assert find_site(dressed(data.draw, word), "human", EVIDENCE).name == site
    assert find_site(identifier(dressed(data.draw, word)), "human", EVIDENCE).name == site


LIDS = ("eyelid", "eye lid", "lid", "eyelids", "upper eyelid", "lower eyelid", "lower lid", "upper lids", "under eye",
        "under the eyes", "undereye", "tear trough", "lash line", "eye bags", "eye socket", "palpebral")  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(LIDS), st.booleans())
def test_no_wording_of_an_eyelid_escapes_the_stop(data, word, as_name):
    said = dressed(data.draw, word)
    zone = {"zone": "periorbital", "name": said} if as_name else {"zone": said}
    course = {**course_of(said), "settings": {said: {"needle_length": "0.2 mm"}}}
    case = read_case(document(zones=[{**zone, "area": "4 cm^2", "concerns": [{"concern": "fine_lines"}]}], course=course))
    rules = {finding.rule: finding.level for finding in screen(case, EVIDENCE).findings}
    assert rules["orbital_rim"] == "hard_stop"
    assert [p.verdict for p in plan(case, EVIDENCE)] == ["stop"]
