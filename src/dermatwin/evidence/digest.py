"""Short digests of what a fit stands on: priors, rows, tables and code, each by what it says and not by how it is spelt.

A prior is its value, unit, distribution, spreads and range; grade, source and note are not looked at. A row is its filled
cells but for remarks, whatever the order of rows and columns. Code is its syntax tree without docstrings, comments and
layout, so that the formatter and prose change nothing. Digests tell that something changed, never what it was before.
They stand in a fit's record as text, a line each, so that they are read in no time.
"""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, cast

from .plain import parsed
from .records import Parameter

BYTES = 6  # of a digest
REMARKS = frozenset({"note", "title"})
"""Columns that no fit reads."""
SECTION = "digests"
ABSENT = "none"  # the digest of a prior that a model looked for in vain
Row = Mapping[str, str]


@dataclass(frozen=True)
class Digests:
    """Digests of everything that a fit stands on.

    fit : its name. fitted, held : of the priors that it varied and of those that it held at their medians, by parameter.
    rows : of the rows that took part, by file and study ('measurements/closure.csv gupta2011'). tables, model : of what a
    table of the evidence and a file of the package say, by path. contents : of the bytes of all these files.
    """

    fit: str
    fitted: dict[str, str]
    held: dict[str, str]
    rows: dict[str, str]
    tables: dict[str, str]
    model: dict[str, str]
    contents: dict[str, str]

    @staticmethod
    def of_record(section: Mapping[str, str]) -> Digests:
        """From the section of a record; KeyError or ValueError where it is not one."""
        return Digests(section["fit"], *(parted(section[entry.name]) for entry in fields(Digests)[1:]))

    def as_record(self) -> dict[str, str]:
        """The section of a record."""
        return {"fit": self.fit} | {entry.name: joined(getattr(self, entry.name)) for entry in fields(self)[1:]}


def joined(lines: Mapping[str, str]) -> str:
    """Names and what belongs to them as text, a line each, in the order of the names."""
    return "".join(f"{name}: {lines[name]}\n" for name in sorted(lines))


def parted(text: str) -> dict[str, str]:
    """The inverse of `joined`; ValueError for a line that is not one."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, said = line.split(": ")
        found[name] = said
    return found


def read_digests(path: Path) -> Digests | None:
    """The digests of a fit's record in a file."""
    return digests_in(path.read_text(encoding="utf-8"))


def digests_in(record: str) -> Digests | None:
    """The digests of a fit's record, without reading the rest of it; None where it holds none."""
    import yaml

    _, head, rest = f"\n{record}".partition(f"\n{SECTION}:\n")
    section = "\n".join(_indented(rest.splitlines()))
    try:
        return Digests.of_record(parsed(section)) if head else None
    except (KeyError, TypeError, ValueError, yaml.YAMLError):
        return None


def _indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith(" "):
            return
        yield line


def of_prior(parameter: Parameter | None) -> str:
    """Digest of a parameter's distribution before any fit, or that there is none: a model may ask for that, too."""
    if parameter is None:
        return ABSENT
    p = parameter
    return _short(repr((p.name, p.value, p.unit, p.distribution, p.knowledge, p.person, p.chance, p.low, p.high)).encode())


def of_rows(rows: Iterable[Row]) -> str:
    """Digest of the filled cells of some rows but for remarks and line numbers, in whatever order rows and columns are."""
    return _short("\n".join(sorted(_cells(row) for row in rows)).encode())


def _cells(row: Row) -> str:
    said = ((str(name), str(cell).strip()) for name, cell in row.items() if name not in REMARKS and name != "line")
    return repr(sorted((name, cell) for name, cell in said if cell))


def of_code(source: bytes) -> str:
    """Digest of a Python file's syntax tree without docstrings, comments and layout; '' where it is no program.

    Fields that are empty are left out: releases of Python differ in which of them they have, and a record serves all.
    """
    try:
        return _short(_tree(ast.parse(source)).encode())
    except SyntaxError:
        return ""


def _tree(node: Any) -> str:
    if isinstance(node, ast.AST):
        parts = (f"{name}={_tree(value)}" for name, value in ast.iter_fields(node) if name != "kind" and not _empty(value))
        return f"{type(node).__name__}({','.join(parts)})"
    if isinstance(node, list):
        return f"[{','.join(_tree(one) for one in cast(list[Any], node) if not _is_prose(one))}]"
    return repr(node)


def _empty(value: Any) -> bool:
    return value is None or value == []


def _is_prose(node: Any) -> bool:
    """Whether a statement is a text that nobody reads but people: a docstring, or what stands below a constant."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def of_bytes(content: bytes) -> str:
    """Digest of a file as it is, but for how its lines end."""
    return _short(content.replace(b"\r\n", b"\n"))


def _short(content: bytes) -> str:
    return blake2b(content, digest_size=BYTES).hexdigest()


@dataclass(frozen=True)
class File:
    """A file that a fit stands on, read once however many fits do; `content` is None where it is gone.

    over : the same table in the layers that were laid over it.
    """

    content: bytes | None
    over: tuple[bytes, ...] = ()

    @staticmethod
    def read(path: Path) -> File:
        """The file at a path."""
        try:
            return File(path.read_bytes())
        except OSError:
            return File(None)

    @cached_property
    def raw(self) -> str:
        """Digest of its bytes; '' where it is gone, or where more than one layer holds some of it."""
        return "" if self.content is None or self.over else of_bytes(self.content)

    @cached_property
    def code(self) -> str:
        """Digest of what it says as a program."""
        return of_code(self.content or b"")

    @cached_property
    def rows(self) -> list[dict[str, str]]:
        """Its rows as a table, those of every layer."""
        texts = (content.decode("utf-8-sig", "replace") for content in (self.content or b"", *self.over))
        return [row for text in texts for row in csv.DictReader(io.StringIO(text, newline=""))]

    @cached_property
    def table(self) -> str:
        """Digest of what it says as a table."""
        return of_rows(self.rows)

    @cached_property
    def studies(self) -> dict[str, str]:
        """Digest of the rows of each study, by the ids in its column `source`."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            for study in {name.strip() for name in (row.get("source") or "").split(";")}:
                found.setdefault(study, []).append(row)
        return {study: of_rows(rows) for study, rows in found.items()}
