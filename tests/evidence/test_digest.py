"""Digests: the same for the same things said otherwise, another for anything else."""

from dataclasses import replace

import pytest

from dermatwin.evidence import Evidence
from dermatwin.evidence.digest import Digests, File, joined, of_bytes, of_code, of_prior, of_rows, parted, read_digests

CODE = b'''
LIMIT = 0.25
"""Where it ends."""

def depth(force: float, stiff: bool = False) -> float:
    return (force ** 1.5) / 1e3 if not stiff else LIMIT
'''
SAME = [
    CODE.replace(b"LIMIT = 0.25", b"LIMIT = .25  # mm"),
    CODE.replace(b'"""Where it ends."""', b""),
    CODE.replace(b'"""Where it ends."""', b'"""Where the needle ends."""'),
    CODE.replace(b"(force ** 1.5) / 1e3", b"force**1.5/1_000.0"),
    b'"""States the law."""\n' + CODE,
    CODE.replace(b"-> float:\n", b'-> float:\n    """Depth [mm]."""\n'),
    CODE.replace(b"force: float, stiff: bool = False", b"\n    force: float,\n    stiff: bool = False,\n"),
    CODE.replace(b"\n", b"\r\n"),
    b"\xef\xbb\xbf" + CODE,
]
OTHER = [
    CODE.replace(b"0.25", b"0.26"),
    CODE.replace(b"1.5", b"1"),
    CODE.replace(b"not stiff", b"stiff"),
    CODE.replace(b"= False", b"= True"),
    CODE.replace(b"** 1.5", b"* 1.5"),
    CODE.replace(b"LIMIT", b"limit"),
    CODE.replace(b"0.25", b"'0.25'"),
    CODE.replace(b"LIMIT = 0.25\n", b"LIMIT = 0.25\nprint(LIMIT)\n"),
    b"",
    b"def",
]


@pytest.mark.parametrize("source", SAME)
def test_code_that_says_the_same_has_the_same_digest(source):
    assert source != CODE
    assert of_code(source) == of_code(CODE)


def test_code_that_says_something_else_has_another():
    assert len({of_code(source) for source in (CODE, *OTHER)}) == len(OTHER) + 1
    assert of_code(b"def") == ""


ROWS = [
    {"line": "2", "source": "a2001", "value": "5", "sd": "", "note": "as printed"},
    {"line": "3", "source": "b2002", "value": "7", "sd": "1", "note": ""},
]


def changed(number, **cells):
    return [{**row, **(cells if n == number else {})} for n, row in enumerate(ROWS)]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[::-1],
        [dict(reversed(row.items())) for row in ROWS],
        changed(0, note="read from a figure"),
        changed(1, line="9"),
        changed(0, value=" 5 "),
        [{**row, "temperature": ""} for row in ROWS],
    ],
)
def test_rows_that_say_the_same_have_the_same_digest(rows):
    assert of_rows(rows) == of_rows(ROWS)


def test_rows_that_say_something_else_have_another():
    others = [
        changed(0, value="5.0"),
        changed(0, source="a2001b"),
        changed(0, sd="2"),
        changed(1, sd=""),
        ROWS[:1],
        [*ROWS, ROWS[0]],
        [{**row, "temperature": "32"} for row in ROWS],
    ]
    assert len({of_rows(rows) for rows in (ROWS, *others)}) == len(others) + 1


def test_a_row_belongs_to_each_of_its_studies():
    text = "source,value\na2001; b2002,5\nb2002,7\n"
    found = File(text.encode()).studies
    assert found == {
        "a2001": of_rows([{"source": "a2001; b2002", "value": "5"}]),
        "b2002": of_rows([{"source": "a2001; b2002", "value": "5"}, {"source": "b2002", "value": "7"}]),
    }


def test_a_prior_is_its_distribution():
    prior = Evidence.packaged().prior["puncture_toughness"]
    same = replace(prior, grade="A", sources=("nobody",), note="", symbol="G", stage="elsewhere", informed=True)
    assert of_prior(same) == of_prior(prior)
    others = [
        replace(prior, **{field: value})
        for field, value in {
            "name": "other",
            "value": prior.value * 1.01,
            "unit": "J/m^2",
            "distribution": "normal",
            "knowledge": prior.knowledge + 1e-9,
            "person": prior.person + 0.1,
            "chance": prior.chance + 0.1,
            "low": prior.low * 0.99,
            "high": prior.high * 1.01,
        }.items()
    ]
    assert len({of_prior(p) for p in (prior, *others)}) == len(others) + 1


def test_a_file_that_is_gone_has_no_digest(tmp_path):
    gone = File.read(tmp_path / "nothing.csv")
    assert (gone.content, gone.raw, gone.studies) == (None, "", {})
    assert of_bytes(b"a\r\nb") == of_bytes(b"a\nb") != of_bytes(b"a b")


def test_digests_are_read_from_a_record_without_the_rest(tmp_path):
    kept = Digests(
        "needling", {"a": "01", "b[face:x]": "1e5"}, {}, {"m/c.csv d2001": "ff"}, {"s.csv": "00"}, {}, {"s.csv": "aa"}
    )
    section = "".join(
        f"  {name}: {text}\n"
        if "\n" not in text
        else f"  {name}: |\n" + "".join(f"    {line}\n" for line in text.splitlines())
        for name, text in ((name, text or "''") for name, text in kept.as_record().items())
    )
    path = tmp_path / "fit.yaml"
    path.write_text(f"made_by: us\nodd: [1,\ndigests:\n{section}probe: |\n  x: 1.0\n", encoding="utf-8")
    assert read_digests(path) == kept


@pytest.mark.parametrize(
    "text", ["made_by: us\n", "digests:\n  fit: x\n", "digests:\n  fit: [\n", "digests:\n", "digests: {}\n"]
)
def test_a_record_without_digests_has_none(text, tmp_path):
    (tmp_path / "fit.yaml").write_text(text, encoding="utf-8")
    assert read_digests(tmp_path / "fit.yaml") is None


def test_lines_come_back_as_they_went():
    lines = {"b": "2", "a c": "1"}
    assert joined(lines) == "a c: 1\nb: 2\n"
    assert parted(joined(lines)) == lines
    assert parted(joined({})) == {}
