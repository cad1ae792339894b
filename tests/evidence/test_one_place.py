"""Facts that are data stand in no list of the code: sites, phototypes, kinds of device, anaesthetics, weeks of reading."""

import ast
import re
from pathlib import Path

import pytest

from dermatwin.core.vocabulary import DARK_PHOTOTYPES, PHOTOTYPES, REFERENCE_PHOTOTYPE, phototype_steps
from dermatwin.delivery.solute import solutes
from dermatwin.device import kinds
from dermatwin.evidence import Evidence
from dermatwin.evidence.stale import CODE
from dermatwin.evidence.timetable import reading_days
from dermatwin.screening import rule_book
from dermatwin.skin import regions, sites

EVIDENCE = Evidence.packaged()
FACTS = {
    "sites": ({site.name for site in sites(EVIDENCE).values()}, {"validation/experiment.py"}),
    "regions": (set(regions(EVIDENCE)), {"validation/experiment.py"}),
    "phototypes": (set(PHOTOTYPES) - {"I", "V"}, {"core/vocabulary.py", "report/words.py"}),
    "kinds of device": (set(kinds(EVIDENCE)), {"validation/arms.py", "validation/protocol.py", "validation/usual.py"}),
    "anaesthetics": ({name for name, solute in solutes(EVIDENCE).items() if solute.numbs}, set()),
}
"""What no list may hold two of, and the files that may all the same: they read free text of publications, or spell words."""


def lists_in(path: Path) -> list[tuple[int, set[str]]]:
    """Words that stand together in a literal of a file: a tuple, list, set or mapping, or the ways of a pattern."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            found.append(
                (node.lineno, {e.value for e in node.elts if isinstance(e, ast.Constant) and isinstance(e.value, str)})
            )
        elif isinstance(node, ast.Dict):
            found.append(
                (node.lineno, {k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str)})
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "|" in node.value:
            found.append((node.lineno, set(re.findall(r"\w+", node.value))))
    return found


@pytest.mark.parametrize("fact", FACTS)
def test_no_list_in_the_code_repeats_a_table(fact):
    words, allowed = FACTS[fact]
    lists = (
        (f"{path.relative_to(CODE)}:{line}", sorted(found & words))
        for path in sorted(CODE.rglob("*.py"))
        if path.relative_to(CODE).as_posix() not in allowed
        for line, found in lists_in(path)
    )
    assert [(where, found) for where, found in lists if len(found) > 1] == []


def test_dark_types_are_darker_than_the_reference_one_and_all_of_them():
    assert tuple(p for p in PHOTOTYPES if phototype_steps(p) > 0) == DARK_PHOTOTYPES
    assert phototype_steps(REFERENCE_PHOTOTYPE) == 0
    assert [phototype_steps(p) for p in PHOTOTYPES] == [-2, -1, 0, 1, 2, 3]


def test_the_rule_of_pigment_means_the_same_dark_skin():
    rule = rule_book(EVIDENCE).rule("dark_phototype")
    assert rule is not None
    assert [tuple(clause.phototypes or ()) for clause in rule.when] == [DARK_PHOTOTYPES]


def test_results_are_read_on_the_days_of_the_evidence():
    assert reading_days(EVIDENCE) == [28.0, 84.0, 182.0, 364.0]
    sooner = EVIDENCE.believing(**{"reading_week[1]": 6.0})
    assert reading_days(sooner) == [42.0, 84.0, 182.0, 364.0]
