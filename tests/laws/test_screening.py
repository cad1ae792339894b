"""Laws of screening: nothing undoes a hard stop, more history never helps, what was written is never dropped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import treated
from dermatwin.evidence import Evidence
from dermatwin.screening import rule_book, screen
from dermatwin.screening.records import LEVELS

VERDICTS = ("ok", "caution", "stop")
HISTORY = [
    "warfarin",
    "eczema",
    "no eczema",
    "haemophilia",
    "isotretinoin stopped 8 months ago",
    "levothyroxine",
    "botox",
    "recurrent cold sores",
    "tinea",
    "diabetes",
    "keloid",
    "glimmering toes",
    "laser 3 weeks ago",
    "nickel allergy",
]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(HISTORY), max_size=4), st.sampled_from(HISTORY))
def test_more_history_never_improves_the_verdict(history: list[str], more: str) -> None:
    before, after = screen(treated(conditions=history)), screen(treated(conditions=[*history, more]))
    assert VERDICTS.index(after.verdict) >= VERDICTS.index(before.verdict)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(HISTORY), min_size=1, max_size=5, unique=True),
    st.sampled_from(["conditions", "medications", "allergies", "recent_procedures"]),
)
def test_every_item_of_the_history_is_spoken_of(history: list[str], field: str) -> None:
    reasons = [finding.reason for finding in screen(treated(**{field: history})).findings]
    for item in history:
        assert any(item in reason for reason in reasons), item


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60).filter(lambda text: text.strip()))
def test_any_text_is_read_without_error(text: str) -> None:
    screen(treated(conditions=[text], medications=[{"name": "aspirin", "note": text}]))


@pytest.mark.parametrize(
    "rule", [rule for rule in rule_book(Evidence.packaged()).rules if rule.hard], ids=lambda rule: rule.id
)
def test_no_override_undoes_a_hard_stop(rule: Any) -> None:
    override = {"rule": rule.id, "reason": "a reason that was recorded", "by": "Dr X"}
    hard = treated(pregnant=True, overrides=[{**override, "rule": "pregnancy"}, override])
    found = screen(hard)
    assert found.verdict == "stop"
    assert any(finding.rule == "override_refused" for finding in found.findings)
    assert not any(finding.overridden for finding in found.findings)


def test_a_soft_stop_needs_a_reason_and_then_is_a_caution() -> None:
    assert screen(treated(medications=["warfarin"])).verdict == "stop"
    found = screen(
        treated(
            medications=["warfarin"],
            overrides=[{"rule": "anticoagulant", "reason": "the prescriber agrees, shallow course", "by": "Dr X"}],
        )
    )
    assert found.verdict == "caution"
    (finding,) = [finding for finding in found.findings if finding.rule == "anticoagulant"]
    assert finding.overridden
    assert "the prescriber agrees" in finding.override_reason


def test_an_override_does_not_reach_another_rule() -> None:
    found = screen(
        treated(
            medications=["warfarin", "isotretinoin"],
            overrides=[{"rule": "anticoagulant", "reason": "the prescriber agrees", "by": "Dr X"}],
        )
    )
    assert found.verdict == "stop"


def test_an_override_of_no_rule_is_remarked() -> None:
    found = screen(treated(overrides=[{"rule": "anticoagulants", "reason": "a typing error here", "by": "Dr X"}]))
    assert found.verdict == "caution"
    assert any(finding.rule == "override_unused" for finding in found.findings)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from(HISTORY), max_size=4))
def test_findings_are_sorted_and_have_sources(history: list[str]) -> None:
    findings = screen(treated(conditions=history)).findings
    assert [LEVELS.index(f.level) for f in findings] == sorted(LEVELS.index(f.level) for f in findings)
    assert all(finding.sources and finding.reason and finding.title for finding in findings)
