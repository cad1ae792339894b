"""A little of the campaign: a few tries of each part, and that it notices what it looks for."""

import json
from dataclasses import replace

import numpy as np
import pytest

from campaign import documents, kills
from campaign.cases import broken_in, broken_in_summary, drawn, luck_of, tried
from campaign.mutations import DIFFERENT, MUTATIONS, REFUSED, SAME, Mutated, dumped
from campaign.page import Results, page
from dermatwin.evidence import Evidence
from dermatwin.twin import summarise
from dermatwin.twin.summary import to_json

EVIDENCE = Evidence.packaged()


@pytest.mark.parametrize("number", range(3))
def test_a_random_case_keeps_every_invariant(number):
    shown = tried(7, number, 6, EVIDENCE)
    assert shown.broken == ()
    assert shown.endpoints > 20


def test_a_random_case_can_be_made_again_and_cases_differ():
    first, again, other = (drawn(luck_of(7, number, 1), EVIDENCE).document for number in (0, 0, 1))
    assert first == again != other


def test_broken_runs_are_noticed(small_run):
    assert list(broken_in(small_run)) == []
    end, *rest = small_run.endpoints
    endless = replace(end, values=np.where(np.arange(end.values.size) == 0, np.inf, end.values))
    assert any("infinite" in line for line in broken_in(replace(small_run, endpoints=(endless, *rest))))
    told = summarise(small_run)
    assert list(broken_in_summary(to_json(told))) == []
    told["endpoints"][0]["p05"], told["endpoints"][1]["median"] = 1e9, None
    assert len(list(broken_in_summary(json.dumps(told)))) == 2
    assert "no JSON" in next(broken_in_summary('{"a": NaN}'))


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A sound document, its file and the case that it makes."""
    path = tmp_path_factory.mktemp("documents") / "case.yaml"
    tree = documents.tree_of("case", luck_of(7, 3, 2))
    path.write_text(dumped(tree), encoding="utf-8")
    return tree, path, documents.through("case", path)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_a_mutated_document_is_refused_or_seen(sound, mutation):
    tree, path, before = sound
    luck = luck_of(7, 4, 2)
    found = [mutated for mutated in (mutation(tree, luck) for _ in range(6)) if mutated is not None]
    assert found
    for mutated in found:
        path.write_bytes(mutated.content)
        assert documents.judged("case", mutated, before, path).wrong == "", mutated.note


@pytest.mark.parametrize(
    ("expect", "change", "wrong"),
    [
        (REFUSED, {}, "accepted in silence"),
        (DIFFERENT, {}, "the change is not seen"),
        (SAME, {"title": "x"}, "something else"),
    ],
)
def test_silence_is_noticed(sound, expect, change, wrong):
    tree, path, before = sound
    path.write_text(dumped({**tree, **change}), encoding="utf-8")
    assert wrong in documents.judged("case", Mutated("none", expect, b""), before, path).wrong


@pytest.mark.parametrize("name", ["screen", "resolve"])
def test_an_exception_is_noticed(sound, name, monkeypatch):
    tree, path, before = sound

    def broken(*_):
        raise KeyError("of our own")

    path.write_text(dumped(tree), encoding="utf-8")
    monkeypatch.setattr(documents, name, broken)
    assert "KeyError: 'of our own'" in documents.judged("case", Mutated("none", SAME, b""), before, path).wrong


def test_stored_runs_and_tables_of_evidence_are_mutated(tmp_path):
    shop = documents.Workshop(tmp_path, 7)
    numbers = [
        n for n in range(200) if documents.KINDS[int(luck_of(7, n, 2).integers(len(documents.KINDS)))] in ("run", "evidence")
    ]
    found = [shop.tried(number) for number in numbers[1:13]]
    assert {one.kind for one in found} == {"run", "evidence"}
    assert [one.line for one in found if one.wrong] == []
    assert any(one.what == "refused" for one in found)


def test_a_killed_run_is_judged_and_what_is_broken_is_noticed(tmp_path):
    shop = kills.Workshop(tmp_path, ["reread"])
    try:
        found = [shop.tried(7, number) for number in (1, 2)]
        assert [one.line for one in found if one.wrong] == []
        old = shop.folder / "old" / "reread"
        (old / "summary.json").write_text("half")
        after, wrong = kills._seen(old.parent, old, old, "old")
        assert after == "broken"
        assert any("summary.json" in line for line in wrong)
        assert any("thesis.txt of somebody else is gone" in line for line in wrong)
    finally:
        shop.close()


def test_the_page_tells_what_was_tried_and_found():
    told = Results(7, 6, asked={"cases": 1000}, wrong=["cases:3: a mass is negative"])
    told.cases.append(tried(7, 0, 6, EVIDENCE))
    written = page(told)
    assert "| cases | 1000 | 1 | 1 | 0 |" in written
    assert "- cases:3: a mass is negative" in written
