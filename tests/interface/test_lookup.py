"""Catalogues are listed, and every entry of them is explained by any of its names."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import dermatwin
from dermatwin.core import CaseError
from dermatwin.core.spelling import identifier, letters_of
from dermatwin.evidence import Evidence
from dermatwin.explanation import explain
from dermatwin.lookup import CATALOGUES, entries, is_named, stands_in
from dermatwin.screening import rule_book

EVIDENCE = Evidence.packaged()


@pytest.mark.parametrize("kind", CATALOGUES)
def test_every_entry_is_listed_once_and_explained_by_its_name(kind):
    found = entries(kind, EVIDENCE)
    names = [entry.name for entry in found]
    assert names
    assert kind == "sites" or len(set(names)) == len(names)  # animals share names of sites
    for entry in found[:: max(1, len(found) // 20)]:
        told = explain(f"{kind.removesuffix('s')}:{entry.name}", EVIDENCE) if kind not in ("devices", "sites") else None
        assert told is None or (told.kind, told.name, told.title) == (kind.removesuffix("s"), entry.name, entry.title)


def test_rules_are_those_of_the_book():
    assert [entry.name for entry in entries("rules", EVIDENCE)] == [rule.id for rule in rule_book(EVIDENCE).rules]


@pytest.mark.parametrize(
    ("word", "kind", "name"), [("EMLA", "product", "emla_cream"), ("xarelto", "concept", "rivaroxaban")]
)
def test_any_name_finds_it(word, kind, name):
    told = explain(word, EVIDENCE)
    assert (told.kind, told.name) == (kind, name)


def test_a_name_of_several_says_so_and_may_be_told_apart():
    assert "concept" in explain("EMLA", EVIDENCE).also
    assert explain("concept:EMLA", EVIDENCE).kind == "concept"
    assert explain("rule:pregnancy", EVIDENCE).facts["level"] == "hard_stop"
    with pytest.raises(CaseError, match="is not a name that dermatwin knows"):
        explain("rule:prgnancy", EVIDENCE)


def test_the_verb_lists_for_people_and_for_machines():
    assert "skinpen-precision" in dermatwin("list", "devices").stdout
    told = json.loads(dermatwin("list", "scales", "--json").stdout)
    assert {entry["name"] for entry in told} == {entry.name for entry in entries("scales", EVIDENCE)}
    fault = dermatwin("list", "device", status=1).stderr
    assert fault.startswith("KIND: device is no catalogue")
    assert "did you mean 'devices'?" in fault


@given(st.text(max_size=12), st.sampled_from(["", " ", "'", "_", "–", "É", "½", "ß"]))
@settings(deadline=None)
def test_letters_never_hide_a_name(text, more):
    """What is looked at first may say yes too often, never no: texts of one identifier have the same letters."""
    for other in (f" {text}{more}", text.replace(" ", "-"), text.upper(), identifier(text.casefold())):
        if identifier(other.casefold()) == identifier(text.casefold()):
            assert letters_of(other) == letters_of(text)
            assert is_named(other, ("something else", text))


def test_a_concept_is_explained_without_a_fit():
    seen = replace(EVIDENCE)
    assert explain("warfarin", seen).kind == "concept"
    assert "posteriors" not in vars(seen)
    explain("in_situ_depth", seen)
    assert "posteriors" in vars(seen)


@pytest.mark.parametrize("written", ["id: pregnan\\x63y", "id: pregnancy"])
def test_a_rule_is_looked_for_where_its_letters_may_stand(written):
    class Layer:
        names = ("screening_rules.yaml",)

        def read(self, name):
            return written.encode()

    assert stands_in("Pregnancy", "screening_rules.yaml", [Layer()])
    assert stands_in("elsewhere", "screening_rules.yaml", [Layer()]) == ("\\" in written)
