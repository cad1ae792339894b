"""Laws of the anamnesis: a no never adds a stop, a yes never helps, and silence changes nothing but what is listed."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import treated
from dermatwin.evidence import Evidence
from dermatwin.history import anamnesis
from dermatwin.screening import Screening, screen

EVIDENCE = Evidence.packaged()
NAMES = sorted(anamnesis(EVIDENCE))
VERDICTS = ("ok", "caution", "stop")
HISTORY = ["warfarin", "eczema", "haemophilia", "cold sores", "keloid on the chest", "glimmering toes", "no diabetes"]

some = st.lists(st.sampled_from(NAMES), max_size=6, unique=True)
history = st.lists(st.sampled_from(HISTORY), max_size=3, unique=True)


def stops(found: Screening) -> set[tuple[str, str, str]]:
    return {(finding.rule, finding.level, finding.reason) for finding in found.at("hard_stop", "soft_stop")}


def answered(conditions: list[str], **answers: Any) -> Screening:
    return screen(treated(conditions=conditions, anamnesis=answers), EVIDENCE)


@settings(max_examples=60, deadline=None)
@given(history, some, some)
def test_a_no_never_adds_a_stop(conditions: list[str], yes: list[str], no: list[str]) -> None:
    before = dict.fromkeys(yes, "yes")
    assert stops(
        answered(conditions, **dict.fromkeys(no, "no"), **{k: v for k, v in before.items() if k not in no})
    ) <= stops(answered(conditions, **{k: v for k, v in before.items() if k not in no}))


@settings(max_examples=40, deadline=None)
@given(history, some)
def test_a_no_takes_back_nothing_that_is_written(conditions: list[str], no: list[str]) -> None:
    assert stops(answered(conditions)) <= stops(answered(conditions, **dict.fromkeys(no, "no")))


@settings(max_examples=40, deadline=None)
@given(history, some, st.sampled_from(NAMES))
def test_a_yes_never_improves_the_verdict(conditions: list[str], yes: list[str], more: str) -> None:
    before = dict.fromkeys((name for name in yes if name != more), "yes")
    first, then = answered(conditions, **before), answered(conditions, **before, **{more: "yes"})
    assert VERDICTS.index(then.verdict) >= VERDICTS.index(first.verdict)
    assert stops(first) <= stops(then)


@settings(max_examples=40, deadline=None)
@given(history, some, some)
def test_what_is_answered_is_never_listed_as_not_asked(conditions: list[str], yes: list[str], no: list[str]) -> None:
    answers = {**dict.fromkeys(yes, "yes"), **dict.fromkeys(no, "no")}
    listed = {one.id for one in answered(conditions, **answers).not_asked}
    assert not listed & set(answers)


@settings(max_examples=25, deadline=None)
@given(history, some)
def test_silence_changes_no_finding(conditions: list[str], silent: list[str]) -> None:
    assert answered(conditions, **dict.fromkeys(silent, "not asked")).findings == answered(conditions).findings


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(NAMES), st.text(max_size=60))
def test_any_words_beside_a_yes_are_read_without_error_and_keep_its_stops(name: str, which: str) -> None:
    if "which" in anamnesis(EVIDENCE)[name].details:
        plain = {finding.rule for finding in answered([], **{name: "yes"}).at("hard_stop", "soft_stop")}
        said = answered([], **{name: {"answer": "yes", "which": which}})
        assert plain <= {finding.rule for finding in said.at("hard_stop", "soft_stop")}
