"""Laws of names: spelled in one place, read back in one place, and taken apart nowhere else."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dermatwin
from dermatwin.barrier import PERMEANTS
from dermatwin.core.errors import CaseError
from dermatwin.evidence import Evidence
from dermatwin.flows import LAYERS, Curve
from dermatwin.naming import KINDS, NOTHING, Detail, Name, joined, parts, split
from dermatwin.outcome import concerns, scales
from dermatwin.twin import simulate
from dermatwin.twin.names import read_name

EVIDENCE = Evidence.packaged()
CODE = Path(dermatwin.__file__).parent
OF_KIND = {kind: sorted(q.name for q in EVIDENCE.quantities.values() if q.detail == kind) for kind in ("", *KINDS)}
words = st.text("abcdefghijklmnopqrstuvwxyz 0123456789_-", min_size=1).filter(str.strip)


def detail_of(kind):
    """Every detail of a kind that exists."""
    named = {"layer": LAYERS, "permeant": PERMEANTS, "concern": sorted(concerns(EVIDENCE)), "active": None, "session": None}
    if kind == "session":
        return st.integers(1, 400).map(lambda number: Detail(session=number))
    if kind == "active":
        return words.map(lambda name: Detail(active=name))
    if kind == "scale":
        concern = st.none() | st.sampled_from(sorted(concerns(EVIDENCE)))
        return st.builds(Detail, scale=st.sampled_from(sorted(scales(EVIDENCE))), concern=concern)
    return st.sampled_from([replace(NOTHING, **{kind: name}) for name in named[kind]]) if kind else st.just(NOTHING)


names = st.sampled_from([kind for kind in OF_KIND if OF_KIND[kind]]).flatmap(
    lambda kind: st.builds(Name, st.sampled_from(OF_KIND[kind]), detail_of(kind) | st.just(NOTHING))
)


@given(name=names)
def test_what_is_spelled_is_read_back(name):
    assert read_name(name.text, EVIDENCE) == name


@given(base=words, inside=words)
def test_brackets_are_put_on_and_taken_off(base, inside):
    assert split(joined(base, inside)) == (base, inside)
    assert joined(base, "") == base


@given(members=st.lists(words, min_size=1, max_size=3))
def test_members_are_told_apart(members):
    assert parts(":".join(members)) == tuple(members)
    assert parts("") == ()


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("pain_vas[x]", "pain_vas takes the number of a session, such as pain_vas[2]"),
        ("pain_vas[0]", "pain_vas takes the number of a session"),
        ("pain_vas[02]", "pain_vas takes the number of a session"),
        ("pain_vas[]", "is not a quantity that the twin predicts; did you mean pain_vas"),
        ("pain_vas[2", "is not a quantity that the twin predicts; did you mean pain_vas"),
        ("in_situ_depth[1]", "in_situ_depth takes no detail in brackets"),
        ("collagen_density[fat]", "takes a layer of the skin, such as collagen_density[papillary_dermis]; one of epidermis"),
        ("closure_time_for[dust]", "one of makeup_pigment, protein, bacterium"),
        ("relative_improvement[melsma]", "takes a concern, such as relative_improvement[acne_scar]; did you mean melasma"),
        ("scale_change[mas]", "takes a scale, such as scale_change[masi]; did you mean masi"),
        ("scale_change[masi:nothing]", "takes a scale"),
        ("scale_change[masi:]", "takes a scale"),
        (f"pain_vas[{'9' * 5000}]", "takes the number of a session"),
        ("pane_vas", "did you mean pain_vas"),
    ],
)
def test_a_name_of_nothing_is_refused_with_what_would_be_right(text, right):
    with pytest.raises(ValueError, match=re.escape(right)):
        read_name(text, EVIDENCE)


def test_every_kind_of_detail_occurs_in_the_catalogue_and_every_reading_keeps_to_it(small_run):
    assert all(OF_KIND.values())
    for found in (*small_run.endpoints, *small_run.curves):
        kind, detail = EVIDENCE.quantities[found.quantity].detail, found.detail
        given_ = {name for name, value in vars(detail).items() if value is not None}
        assert given_ == ({kind} if kind else set()), found.name
        if isinstance(found, Curve) or kind != "active":
            assert read_name(found.name, EVIDENCE) == Name(found.quantity, detail)


def test_endpoints_are_found_by_quantity_by_detail_and_by_name(small_run):
    every, second = small_run.find("pain_vas"), small_run.find("pain_vas", "cheek", Detail(session=2))
    assert len(every) == 2
    assert second == small_run.find("pain_vas[2]", "cheek") == every[1:]
    assert small_run.find("pain_vas[3]") == ()
    assert small_run.find("pain_vas[2]", "cheek", Detail(session=1)) == ()
    for text in ("pain_vas[two]", "pain"):
        with pytest.raises(CaseError, match="pain_vas"):
            small_run.find(text)


def test_an_observation_of_nothing_is_a_fault_of_the_case(make_case):
    seen = {"quantity": "pain_vas[first]", "zone": "cheek", "value": 3, "unit": "1"}
    with pytest.raises(CaseError, match=r"observations\.0\.quantity: 'pain_vas\[first\]' .*such as pain_vas\[2\]"):
        simulate(make_case(observations=[seen]), draws=2)


def test_two_concerns_on_one_scale_keep_names_of_their_own(make_case):
    one, other = "acne_scar", "acne_scar_rolling"
    scale = "goodman_baron_quantitative"
    concern = [{"concern": c, "scale": scale, "severity": 16} for c in (one, other)]
    concern.append({"concern": one, "scale": "goodman_baron_qualitative", "severity": 3})
    run = simulate(make_case(zones=[{"zone": "cheek", "area": "50 cm^2", "concerns": concern}]), draws=4)
    found = {(e.quantity, e.detail) for e in run.endpoints if e.detail.scale or e.detail.concern}
    assert {detail for quantity, detail in found if quantity == "scale_change"} == {
        Detail(scale=scale),
        Detail(scale=scale, concern=other),
        Detail(scale="goodman_baron_qualitative"),
    }
    assert {detail.concern for quantity, detail in found if quantity == "relative_improvement"} == {one, other}
    times = [(e.quantity, e.detail, e.time_days) for e in run.endpoints if e.detail.concern]
    assert len(times) == len(set(times))


# Nothing outside naming.py takes a name apart --------------------------------------------------------------------------

TAKEN_APART = (
    *("partition", "rpartition", "split", "rsplit", "strip", "rstrip", "lstrip", "find", "index", "replace", "count"),
    *("removesuffix", "removeprefix", "startswith", "endswith", "match", "search", "fullmatch", "findall"),
)
GUESSED = ("isdigit", "isdecimal", "isnumeric")
OTHERWISE = ("case/address.py",)  # reads addresses of fields


def literal(node: ast.AST) -> str:
    """The fixed text of a string, formatted or not, or of some of them; '' for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal(part) if isinstance(part, ast.Constant) else "\0" for part in node.values)
    return "".join(literal(part) for part in node.elts) if isinstance(node, (ast.Tuple, ast.List)) else ""


def taken_apart(tree: ast.AST):
    """Lines on which a text is taken apart at brackets, or asked whether it is a number."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            pattern = isinstance(node.func.value, ast.Name) and node.func.value.id == "re"  # there a bracket is a class
            marks = (r"\[", r"\]") if pattern else ("[", "]")
            at_brackets = any(mark in literal(argument) for argument in node.args for mark in marks)
            if node.func.attr in GUESSED or (node.func.attr in TAKEN_APART and at_brackets):
                yield node.lineno
        elif isinstance(node, ast.Compare) and {"[", "]"} & {literal(side) for side in (node.left, *node.comparators)}:
            yield node.lineno


def composed(tree: ast.AST):
    """Names of quantities with a detail that are written out instead of spelled."""
    for node in ast.walk(tree):
        base, bracket, _ = literal(node).partition("[")
        if bracket and base in EVIDENCE.quantities and base not in EVIDENCE.families:
            yield node.lineno, literal(node)


def parsed():
    """Every source file of the package but the one place, with its tree."""
    for path in sorted(CODE.rglob("*.py")):
        if path != CODE / "naming.py":
            yield path.relative_to(CODE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_no_other_place_takes_a_name_apart():
    found = [f"{name}:{line}" for name, tree in parsed() if name not in OTHERWISE for line in taken_apart(tree)]
    assert not found


def test_no_other_place_spells_a_name():
    found = [f"{name}:{line} {text}" for name, tree in parsed() for line, text in composed(tree)]
    assert not found


@pytest.mark.parametrize(
    "planted",
    [
        'base = name.partition("[")[0]',
        'inside = name.split("[")[1].rstrip("]")',
        'found = [n for n in names if n.startswith(f"{family}[")]',
        'known = name.removesuffix("[*]")',
        "session = int(text) if text.isdigit() else 0",
        'plain = "[" not in name',
        'cut = name.endswith(("]", "x"))',
        r'both = re.split(r"\[|\]", name)',
    ],
)
def test_the_watch_sees_what_is_planted(planted):
    assert list(taken_apart(ast.parse(planted)))


@pytest.mark.parametrize("planted", ['name = f"pain_vas[{number + 1}]"', 'run.find("collagen_density[papillary_dermis]")'])
def test_the_watch_sees_a_name_that_is_written_out(planted):
    assert list(composed(ast.parse(planted)))
