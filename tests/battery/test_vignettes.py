"""What people write, and what comes of it: each rule fires, its near miss, denial, past and elsewhere do not.

The vignettes are data (`vignettes.yaml`). A hard stop means now and here: past or elsewhere is at most a soft stop, what
words leave open is a soft stop that asks, what is denied or a relative's never stops, what nobody knows is never ok.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from dermatwin.case import Case
from dermatwin.evidence import Evidence
from dermatwin.history import person
from dermatwin.screening import RuleBook, Screening, rule_book, screen
from dermatwin.screening.match import Asked, apply
from dermatwin.screening.records import COMPUTED
from dermatwin.screening.target import targets

EVIDENCE = Evidence.packaged()
BLOCKS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("vignettes.yaml").read_text(encoding="utf-8"))
ALSO = {"not_known", "read_as", "no_rule"}
"""Findings beside the rules and the computed ones that an override can name."""
WARNS = ("hard_stop", "soft_stop", "caution")
HOUR = {"apply": "-60 min", "remove": "0 min"}


class Vignette(NamedTuple):
    """Some words in a list, the course, and the level at which a rule must come; none where it must keep quiet."""

    rule: str
    list: str
    words: str
    level: str | None
    course: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.rule}-{self.words}-{self.level or 'quiet'}"


def vignettes() -> list[Vignette]:
    found = []
    for block in BLOCKS:
        rule, where, course = block["rule"], block.get("in", "conditions"), block.get("with", {})
        found += [Vignette(rule, where, words, level, course) for words, level in block.get("fires", {}).items()]
        found += [Vignette(rule, where, words, None, course) for words in block.get("quiet", ())]
    return found


VIGNETTES = vignettes()


def topicals(course: dict[str, Any]) -> list[dict[str, Any]]:
    if "numb" in course:
        return [{"product": course["numb"], "dose": course.get("dose", "20 mg/cm^2"), **HOUR}]
    if "product" in course:
        return [{"product": course["product"], "dose": "2 mg/cm^2", "apply": "0 min"}]
    return course.get("topicals", [course["topical"]] if "topical" in course else [])


def case(course: dict[str, Any], **history: Any) -> Case:
    """An ordinary person with a history, and the course that a vignette sets."""
    zone = {"zone": course.get("zone", "cheek"), "area": course.get("area", "60 cm^2")}
    zone |= {"name": course["name"]} if "name" in course else {}
    zone["concerns"] = [{"concern": course.get("concern", "wrinkles")}]
    settings = {"needle_length": course.get("length", "1 mm"), "passes": course.get("passes", 6), "hand_speed": "3 cm/s"}
    return Case.model_validate(
        {
            "patient": {
                "age": course.get("age", "40 yr"),
                "sex": "female",
                "phototype": course.get("phototype", "II"),
                "body_weight": course.get("weight", "65 kg"),
                "sun": course.get("sun", "usual"),
                "anamnesis": course.get("anamnesis", {}),
                **history,
            },
            "zones": [zone],
            "course": {
                "device": course.get("device", "pen-12"),
                "start": "2026-01-12",
                "sessions": {"count": 3, "interval": course.get("interval", "4 weeks")},
                "settings": {course.get("name", zone["zone"]): settings},
                "topicals": topicals(course),
                "adjuncts": [{"adjunct": course["adjunct"]}] if "adjunct" in course else [],
                "aftercare": {"sun_protection": course.get("protected", True)},
            },
        }
    )


@lru_cache(maxsize=2000)
def _screened(where: str, words: str, course: str) -> Screening:
    return screen(case(yaml.safe_load(course), **{where: [words]}), EVIDENCE)


def screened(vignette: Vignette) -> Screening:
    return _screened(vignette.list, vignette.words, yaml.safe_dump(vignette.course))


def levels(found: Screening, rule: str) -> list[str]:
    return [finding.level for finding in found.findings if finding.rule == rule]


def test_there_are_enough() -> None:
    assert len(VIGNETTES) >= 180
    assert len({vignette.name + str(vignette.course) + vignette.list for vignette in VIGNETTES}) == len(VIGNETTES)


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.name)
def test_what_must_come_comes_and_nothing_else(vignette: Vignette) -> None:
    came = levels(screened(vignette), vignette.rule)
    if vignette.level is None:
        assert not set(came) & set(WARNS), came
    else:
        assert came[:1] == [vignette.level]  # gravest first


# ---- the book ----------------------------------------------------------------------------------------------------------


def test_no_vignette_expects_a_rule_that_does_not_exist() -> None:
    known = {rule.id for rule in rule_book(EVIDENCE).rules} | COMPUTED | ALSO
    assert {vignette.rule for vignette in VIGNETTES} <= known


def test_every_computed_finding_has_a_vignette() -> None:
    of_one_s_own = {"depth_no_guidance"}  # every packaged region has a customary depth
    of_records = {"not_confirmed", "not_in_record"}  # of what was taken from a record: tests/interface/test_fhir_import.py
    assert {vignette.rule for vignette in VIGNETTES if vignette.level} >= (COMPUTED | ALSO) - of_one_s_own - of_records


@pytest.mark.parametrize("rule", rule_book(EVIDENCE).rules, ids=lambda rule: rule.id)
def test_a_rule_that_is_taken_out_is_missed(rule: Any) -> None:
    """At its own level: with the rule some vignette holds, and in the book without it the same vignette fails."""
    book = rule_book(EVIDENCE)
    without = replace(book, rules=tuple(other for other in book.rules if other.id != rule.id))
    own = [vignette for vignette in VIGNETTES if (vignette.rule, vignette.level) == (rule.id, rule.level)]
    assert any(rule.level in _levels_in(book, one, rule.id) and not _levels_in(without, one, rule.id) for one in own)


def _levels_in(book: RuleBook, vignette: Vignette, rule: str) -> list[str]:
    one = case(vignette.course, **{vignette.list: [vignette.words]})
    who = person(one.patient, one.course, EVIDENCE)
    found, _ = apply(Asked(one, who, targets(one, EVIDENCE), book, EVIDENCE))
    return [finding.level for finding in found if finding.rule == rule]


LOUD = [rule.id for rule in rule_book(EVIDENCE).rules if rule.level != "info" and any(clause.facts for clause in rule.when)]


@pytest.mark.parametrize("rule", LOUD)
def test_every_rule_on_a_history_has_words_at_which_it_keeps_quiet(rule: str) -> None:
    quiet = [vignette for vignette in VIGNETTES if vignette.rule == rule and vignette.level is None]
    assert quiet


# ---- principles --------------------------------------------------------------------------------------------------------

SAID = sorted({(one.list, one.words) for one in VIGNETTES if one.level in WARNS and one.words != "none"})
FREE = [(where, words) for where, words in SAID if not set("?;,:") & set(words) and not words.startswith("no ")]


@pytest.mark.parametrize(("where", "words"), [pair for pair in FREE if pair[0] != "allergies"])
def test_a_relative_s_is_never_a_stop(where: str, words: str) -> None:
    found = screen(case({}, **{where: [f"family history: {words}"]}), EVIDENCE)
    assert not found.at("hard_stop", "soft_stop")


@pytest.mark.parametrize(("where", "words"), SAID)
def test_nothing_that_warns_is_taken_back_by_a_second_item(where: str, words: str) -> None:
    """Two at once: what one item says stands beside what another says."""
    alone = {(one.rule, one.level) for one in _screened(where, words, "{}").findings if one.level in WARNS}
    second = "hypothyroidism" if where != "allergies" else "pollen"
    both = screen(case({}, **{where: [words, f"no {second}", second]}), EVIDENCE)
    assert alone <= {(one.rule, one.level) for one in both.findings}


TOGETHER = [
    ("conditions", "eczema and psoriasis", {"eczema_psoriasis": "soft_stop", "koebner_elsewhere": "caution"}),
    ("conditions", "pregnant; cold sore today", {"pregnancy": "hard_stop", "active_herpes": "hard_stop"}),
    (
        "conditions",
        "keloid on the chest, active acne on the face",
        {"keloid_tendency": "soft_stop", "active_acne": "hard_stop"},
    ),
    ("conditions", "no diabetes but HIV", {"diabetes": None, "blood_borne_infection": "caution"}),
    ("conditions", "mother has lupus, I have diabetes", {"autoimmune": None, "diabetes": "soft_stop"}),
    ("conditions", "type 2 diabetes on warfarin", {"diabetes": "soft_stop", "anticoagulant": "soft_stop"}),
    ("medications", "aspirin and warfarin", {"anticoagulant": "soft_stop"}),
    ("medications", "warfarin stopped, now Eliquis", {"anticoagulant": "soft_stop"}),
    ("medications", "isotretinoin until 2019, tretinoin cream", {"isotretinoin_oral": None, "topical_retinoid": "caution"}),
    ("allergies", "nickel and latex", {"metal_allergy": "hard_stop", "latex_allergy": "caution"}),
    (
        "allergies",
        "penicillin, chlorhexidine, lidocaine",
        {"antiseptic_allergy": "caution", "anaesthetic_allergy": "caution"},
    ),
    (
        "recent_procedures",
        "Botox last week and peel 2 weeks ago",
        {"recent_injection": "soft_stop", "recent_peel": "caution"},
    ),
]


@pytest.mark.parametrize(("where", "words", "wanted"), TOGETHER, ids=lambda value: value if isinstance(value, str) else "")
def test_two_in_one_item(where: str, words: str, wanted: dict[str, str | None]) -> None:
    found = screen(case({}, **{where: [words]}), EVIDENCE)
    for rule, level in wanted.items():
        came = levels(found, rule)
        assert (came[:1] == [level]) if level else not set(came) & set(WARNS), (rule, came)
