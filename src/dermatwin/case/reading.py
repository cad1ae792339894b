"""YAML text to plain values, with nothing in it that could surprise.

The reader knows mappings, lists and scalars and nothing else: no tags, anchors, aliases or merge keys, one document,
no key twice, and limits on size, depth and number of values that hold before anything is expanded. Plain scalars are
read by the rules of `scalar`; what YAML 1.1 would make of `no`, `on`, `1:30`, `017` or a date stays the text that was
written. Every fault is collected with its place; only broken syntax ends the reading.
"""

from __future__ import annotations

import math
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ..core.errors import CaseError, Fault

MAX_BYTES = 1 << 20
MAX_DEPTH = 20
MAX_VALUES = 20_000

Loc = tuple[str | int, ...]

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", "+.inf"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf"), -math.inf),
}
_YAML = "tag:yaml.org,2002:"  # what '!!' stands for
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass
class Tree:
    """What a file says, as plain values, with the faults of its reading by place."""

    value: Any = None
    faults: list[tuple[Loc, Fault]] = field(default_factory=list)


def scalar(text: str) -> Any:
    """The value of a plain (unquoted) scalar: null, true or false, a number, or else the text itself."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def read_file(path: Path) -> Tree:
    """Read one YAML file; raises `CaseError` where there is nothing to go on with."""
    return read_text(_decode(_bytes(path), path), str(path))


def read_text(text: str, name: str) -> Tree:
    """Read YAML text; `name` stands for it in messages."""
    try:
        return _Composer(yaml.parse(text, Loader=yaml.SafeLoader), name).document()
    except yaml.YAMLError as error:
        raise _refusal(name, _syntax(error)) from None


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refusal(str(path), "is a folder; name the case file in it")
        if not stat.S_ISREG(status.st_mode):
            raise _refusal(str(path), "is not an ordinary file")
        if status.st_size > MAX_BYTES:
            raise _refusal(str(path), f"has {status.st_size:,} bytes; a case has at most {MAX_BYTES:,}")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        broken = os.path.islink(path)
        raise _refusal(str(path), "is a link to a file that does not exist" if broken else "does not exist") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise _refusal(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(content) > MAX_BYTES:
        raise _refusal(str(path), f"is too large; a case has at most {MAX_BYTES:,} bytes")
    return content


def _decode(content: bytes, path: Path) -> str:
    if b"\0" in content:
        raise _refusal(str(path), "is binary, not text")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(str(path), f"is not UTF-8 text (line {line}); save it as UTF-8") from None
    if not text.strip():
        raise _refusal(str(path), "is empty; `dermatwin new` writes a case to start from")
    return text


def _syntax(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        problem = error.problem or error.context or "is not YAML"
        hint = "; indent with spaces" if "'\\t'" in problem else ""
        return f"{_place(error.problem_mark)}: {problem}{hint}"
    if isinstance(error, yaml.reader.ReaderError):
        return f"position {error.position}: holds a control character"
    return f"is not YAML: {error}"


def _place(mark: yaml.Mark) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}"


def _refusal(name: str, why: str) -> CaseError:
    return CaseError([Fault(name, "", why)])


class _Composer:
    """Builds plain values from the parser's events, counting as it goes."""

    def __init__(self, events: Iterator[Any], name: str) -> None:
        self._events, self._name = events, name
        self._tree, self._count = Tree(), 0

    def document(self) -> Tree:
        """The one document of the stream."""
        self._next()  # start of the stream
        first = self._next()
        if isinstance(first, yaml.StreamEndEvent):
            raise _refusal(self._name, "is empty; `dermatwin new` writes a case to start from")
        self._tree.value = self._value(self._next(), ())
        self._next()  # end of the document
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise _refusal(self._name, f"{_place(after.start_mark)}: a second document begins; a file holds one case")
        return self._tree

    def _next(self) -> Any:
        return next(self._events)

    def _value(self, event: Any, loc: Loc) -> Any:
        self._limit(event, loc)
        if isinstance(event, yaml.AliasEvent):
            self._fault(loc, event, f"*{event.anchor}", "is an alias; write the value out, or build on a file with 'base'")
            return None
        if event.anchor is not None:
            self._fault(loc, event, f"&{event.anchor}", "is an anchor; a case has none")
        if event.tag not in (None, "!"):
            self._fault(loc, event, event.tag.replace(_YAML, "!!"), "is a YAML tag; a case has plain values only")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loc)
        return scalar(event.value) if event.implicit[0] else event.value

    def _limit(self, event: Any, loc: Loc) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            raise _refusal(self._name, f"{_place(event.start_mark)}: more than {MAX_VALUES:,} values")
        if len(loc) > MAX_DEPTH:
            raise _refusal(self._name, f"{_place(event.start_mark)}: nested more than {MAX_DEPTH} deep")

    def _sequence(self, loc: Loc) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._value(event, (*loc, len(items))))
        return items

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        items: dict[str, Any] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, loc)
            value = self._value(self._next(), (*loc, key))
            if key in lines:
                self._fault((*loc, key), event, "", f"is given twice, first in line {lines[key]}")
            else:
                items[key], lines[key] = value, event.start_mark.line + 1
        return items

    def _key(self, event: Any, loc: Loc) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise _refusal(self._name, f"{_place(event.start_mark)}: a key must be a name")
        self._limit(event, loc)
        if event.anchor is not None or event.tag not in (None, "!"):
            self._fault((*loc, event.value), event, "", "has a key with an anchor or a tag; a case has none")
        return event.value

    def _fault(self, loc: Loc, event: Any, found: str, expected: str) -> None:
        place = ".".join(str(part) for part in loc) or self._name
        self._tree.faults.append((loc, Fault(place, found, f"{expected} ({_place(event.start_mark)})")))
