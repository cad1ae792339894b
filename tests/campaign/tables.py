"""Mutations of a folder of one's own evidence: tables changed cell by cell, column by column, byte by byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from .mutations import ANY, CONTROLS, REFUSED, SAME, Mutated

Table = list[list[str]]
Change = Callable[[Table, np.random.Generator], tuple[str, str, Table] | None]


def mutate(folder: Path, luck: np.random.Generator) -> Mutated | None:
    """Change one table of a folder in place; None where the drawn mutation does not fit it."""
    path = _pick(luck, sorted(folder.rglob("*.csv")))
    if luck.random() < 0.35:
        found = _of_bytes(path, luck)
    else:
        table = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        changed = _pick(luck, CHANGES)(table, luck)
        if changed is None:
            return None
        name, expect, made = changed
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(made)
        found = Mutated(name, expect, text.getvalue().encode("utf-8", "surrogatepass"))
    path.write_bytes(found.content)
    return Mutated(found.name, found.expect, found.content, f"{path.name} {found.note}".strip())


def _pick(luck: np.random.Generator, options: Iterable[Any]) -> Any:
    return list(options)[int(luck.integers(len(options)))]


def _cell(table: Table, luck: np.random.Generator, wanted: Callable[[str], bool]) -> tuple[int, int] | None:
    options = [(r, c) for r in range(1, len(table)) for c, text in enumerate(table[r]) if wanted(text)]
    return options[int(luck.integers(len(options)))] if options else None


def _is_number(text: str) -> bool:
    try:
        return bool(text) and float(text) == float(text)
    except ValueError:
        return False


def _with(table: Table, place: tuple[int, int], text: str) -> Table:
    made = [list(row) for row in table]
    made[place[0]][place[1]] = text
    return made


def absurd_number(table: Table, luck: np.random.Generator) -> tuple[str, str, Table] | None:
    """A number that is none, or beyond all bounds."""
    place = _cell(table, luck, _is_number)
    if place is None or table[0][place[1]] in ("id", "sessions", "title_or_citation", "note", "phototypes"):
        return None
    return "absurd number in a table", REFUSED, _with(table, place, _pick(luck, ("nan", "inf", "-inf", "1e308", "1e400")))


def text_for_a_number(table: Table, luck: np.random.Generator) -> tuple[str, str, Table] | None:
    """Words where a number stood."""
    place = _cell(table, luck, _is_number)
    if place is None or table[0][place[1]] in ("sessions", "phototypes"):
        return None
    return (
        "text for a number in a table",
        REFUSED,
        _with(table, place, _pick(luck, ("about two", "2 mm", "1;2", "0x10", "--1"))),
    )


def negative_number(table: Table, luck: np.random.Generator) -> tuple[str, str, Table] | None:
    """Below zero; a logarithm may be."""
    place = _cell(table, luck, lambda text: _is_number(text) and float(text) > 0)
    if place is None or table[0][place[1]] in ("sessions", "value", "crippen_log_p"):
        return None
    return "negative number in a table", REFUSED, _with(table, place, f"-{table[place[0]][place[1]]}")


def other_cell(table: Table, luck: np.random.Generator) -> tuple[str, str, Table] | None:
    """Nothing, a word or another number in any cell."""
    place = _cell(table, luck, lambda text: True)
    assert place is not None
    return (
        "another cell in a table",
        ANY,
        _with(table, place, _pick(luck, ("", " ", "x", "0", "1e-320", "-", "yes", ";", "a;;b"))),
    )


def unknown_source(table: Table, luck: np.random.Generator) -> tuple[str, str, Table] | None:
    """A source that nobody has listed, or none."""
    if "source" not in table[0] or "title_or_citation" in table[0]:
        return None
    place = int(luck.integers(1, len(table))), table[0].index("source")
    return "unknown source in a table", REFUSED, _with(table, place, _pick(luck, ("", "somebody_1899", "zz;yy")))


def control_character(table: Table, luck: np.random.Generator) -> tuple[str, str, Table] | None:
    """A character that is no text."""
    place = _cell(table, luck, bool)
    assert place is not None
    text = table[place[0]][place[1]]
    return "control character in a table", REFUSED, _with(table, place, text[:1] + _pick(luck, CONTROLS) + text[1:])


def header(table: Table, luck: np.random.Generator) -> tuple[str, str, Table]:
    """A column renamed, doubled or left out of the head."""
    made, place = [list(row) for row in table], int(luck.integers(len(table[0])))
    kind = int(luck.integers(3))
    made[0] = [
        [*made[0][:place], made[0][place] + "_x", *made[0][place + 1 :]],
        [*made[0][:place], made[0][place - 1], *made[0][place + 1 :]],
        [*made[0][:place], *made[0][place + 1 :]],
    ][kind]
    return "head of a table", REFUSED, made


def extra_cells(table: Table, luck: np.random.Generator) -> tuple[str, str, Table]:
    """More cells in a row than there are columns."""
    made = [list(row) for row in table]
    made[-1] += ["x"] * int(luck.integers(1, 50))
    return "too many cells in a row", REFUSED, made


def twice(table: Table, luck: np.random.Generator) -> tuple[str, str, Table]:
    """A row twice."""
    return "row twice in a table", ANY, [*table, table[-1]]


def no_column(table: Table, luck: np.random.Generator) -> tuple[str, str, Table]:
    """A column with all that stands in it."""
    place = int(luck.integers(len(table[0])))
    return "column dropped", ANY, [[*row[:place], *row[place + 1 :]] for row in table]


def long_cell(table: Table, luck: np.random.Generator) -> tuple[str, str, Table] | None:
    """A text of a megabyte."""
    place = _cell(table, luck, bool)
    assert place is not None
    return "very long cell", ANY, _with(table, place, "ab " * int(_pick(luck, (10_000, 60_000, 400_000))))


CHANGES: tuple[Change, ...] = (
    absurd_number,
    text_for_a_number,
    negative_number,
    other_cell,
    unknown_source,
    control_character,
    header,
    extra_cells,
    twice,
    no_column,
    long_cell,
)


def _of_bytes(path: Path, luck: np.random.Generator) -> Mutated:
    content = path.read_bytes()
    place = int(luck.integers(len(content)))
    kind = int(luck.integers(8))
    if kind == 0:
        return Mutated("another dress of a table", SAME, content.replace(b"\n", b"\r\n"), "crlf")
    if kind == 1:
        return Mutated("another dress of a table", SAME, b"\xef\xbb\xbf" + content, "bom")
    if kind == 2:
        return Mutated("table in another encoding", REFUSED, content.decode().encode(_pick(luck, ("utf-16", "utf-32"))))
    if kind == 3:
        junk = _pick(luck, (b"\x00", b"\xff\xfe", b"\x80", b"\xed\xa0\x80"))
        return Mutated("bytes in a table that are no text", REFUSED, content[:place] + junk + content[place:])
    if kind == 4:
        return Mutated("table truncated", ANY, content[:place])
    if kind == 5:
        return Mutated("table empty", REFUSED, b"")
    if kind == 6:
        flip = bytes([content[place] ^ (1 << int(luck.integers(8)))])
        return Mutated("a bit of a table flipped", ANY, content[:place] + flip + content[place + 1 :], f"byte {place}")
    quoted = _pick(luck, (b'"', b'""",', b"\n\n\n", b'"\n', b"," * 100, b"\r"))
    return Mutated("quotes and commas in a table", ANY, content[:place] + quoted + content[place:], f"byte {place}")
