"""Files of evidence as they are written: tables of text, documents of YAML, with the line on which everything stands.

Nothing is believed here: a file that is no such thing is one fault, said with its place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from ..core.errors import EvidenceError, Fault

MAX_BYTES = 50 * 2**20


@dataclass(frozen=True)
class Sheet:
    """A table of text: its columns, and the cells of each row with the line on which it begins (the header is line 1)."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]


@dataclass(frozen=True)
class Document:
    """A YAML file as plain values, and where they stand."""

    file: str
    value: Any
    node: Any = field(repr=False)

    def line(self, place: tuple[str | int, ...]) -> int:
        """The line on which the value at a place begins, or what is around it."""
        node = self.node
        for step in place:
            inner = _inside(node, step)
            if inner is None:
                break
            node = inner
        return 1 if node is None else node.start_mark.line + 1

    def twice(self) -> Iterator[Fault]:
        """Keys that a mapping holds twice, of which a reader would see only one."""
        yield from _twice(self.node, self.file)


def text_of(file: str, content: bytes) -> str:
    """The text of a file; EvidenceError where it is too large or no text."""
    if len(content) > MAX_BYTES:
        raise EvidenceError([Fault(file, "", f"is larger than {MAX_BYTES // 2**20} MiB")])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise EvidenceError([Fault(f"{file}:{line}", "", "is not UTF-8 text; save it as UTF-8")]) from None
    if "\0" in text:
        raise EvidenceError([Fault(file, "", "is binary, not text")])
    return text


def read_sheet(file: str, content: bytes) -> Sheet:
    """A CSV file; EvidenceError with every row that has another number of cells than the header."""
    reader = csv.reader(io.StringIO(text_of(file, content), newline=""))
    rows: list[tuple[int, list[str]]] = []
    begun = 0
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                rows.append((begun + 1, cells))
            begun = reader.line_num
    except csv.Error as error:
        raise EvidenceError([Fault(f"{file}:{reader.line_num}", "", f"cannot be read as a table ({error})")]) from None
    if not rows:
        raise EvidenceError([Fault(file, "", "is empty; its first line names the columns")])
    columns = tuple(name.strip() for name in rows[0][1])
    odd = [
        Fault(f"{file}:{line}", "", f"has {len(cells)} cells, the header {len(columns)}; put a text with commas in quotes")
        for line, cells in rows[1:]
        if len(cells) != len(columns)
    ]
    if odd:
        raise EvidenceError(odd)
    return Sheet(file, columns, tuple(rows[1:]))


def read_document(file: str, content: bytes) -> Document:
    """A YAML file; EvidenceError where it is not one."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader: Any = base(text_of(file, content))
    try:
        node = loader.get_single_node()
        value = None if node is None else loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = file if mark is None else f"{file}:{mark.line + 1}"
        raise EvidenceError([Fault(where, "", f"is not YAML ({getattr(error, 'problem', None) or error})")]) from None
    finally:
        loader.dispose()
    return Document(file, value, node)


def _inside(node: Any, step: str | int) -> Any:
    """The node below a node; None where there is none."""
    below: Any = node.value
    parts = cast(list[Any], below) if isinstance(below, list) else []
    if parts and isinstance(step, int) and node.id == "sequence":
        return parts[step] if step < len(parts) else None
    if node.id == "mapping":
        return next((value for key, value in parts if key.value == step), None)
    return None


def _twice(node: Any, file: str) -> Iterator[Fault]:
    if node is None or node.id == "scalar":
        return
    seen: set[str] = set()
    for entry in node.value:
        if node.id == "mapping":
            key, inner = entry
            if key.value in seen:
                yield Fault(f"{file}:{key.start_mark.line + 1}", str(key.value), "stands here twice; take one out")
            seen.add(str(key.value))
        else:
            inner = entry
        yield from _twice(inner, file)
