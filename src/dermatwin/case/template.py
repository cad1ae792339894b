"""The commented case file that `dermatwin new` writes.

Values come from `template.yaml`, explanations from the schema, so that a range or an allowed value in a comment is
always the one that is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from .address import Loc
from .reading import read_file
from .schema import limits, spec_at
from .writing import inline

Line = tuple[str, str]  # what is written, what explains it
Names = tuple[tuple[str, ...], tuple[str, ...]]  # of concerns, of kinds of device

HEAD = """\
# A case for dermatwin: who is treated, where, with what, and what was seen.
# Quantities carry units: 1.5 mm, 4 weeks, 2 mg/cm^2. Days are written 2026-01-12.
# Lines behind a '# ' mark are optional: take the mark away to use them.
# dermatwin screen THIS.yaml     may this person be treated?
# dermatwin simulate THIS.yaml   what happens, from the needle to the result?
# A file may build on another one with 'base: other.yaml': what is written here wins.
"""

_VALUES = Path(__file__).with_name("template.yaml")
_COLUMN = 46  # where the explanations begin
_SWITCHED_OFF = "#"


def template(concerns: Sequence[str] = (), kinds: Sequence[str] = ()) -> str:
    """A commented case file that is a valid case as it stands, with the names that concerns and devices may have."""
    lines: list[Line] = []
    names = (tuple(concerns), tuple(kinds))
    for key, value in read_file(_VALUES).value.items():
        if isinstance(value, dict) or key in ("zones", "horizon"):
            lines.append(("", ""))
        lines += _entry(key, value, (), names)
    return HEAD + "".join(f"{text.ljust(_COLUMN)}  # {words}\n" if words else f"{text}\n" for text, words in lines)


def _entry(key: str, value: Any, loc: Loc, names: Names) -> Iterator[Line]:
    """Lines of one key with its value and its explanation; a switched-off one behind comment marks."""
    name = key.lstrip(_SWITCHED_OFF)
    lines = _lines(name, value, (*loc, name), names)
    return _indented("# ", lines) if key.startswith(_SWITCHED_OFF) else lines


def _lines(name: str, value: Any, loc: Loc, names: Names) -> Iterator[Line]:
    words = _explanation(loc, names)
    if isinstance(value, dict):
        yield f"{name}:", words
        for key, inner in value.items():
            yield from _indented("  ", _entry(key, inner, loc, names))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield f"{name}:", words
        for record in value:
            inside = (line for key, inner in record.items() for line in _entry(key, inner, (*loc, 0), names))
            yield from _indented("  - ", [next(inside)])
            yield from _indented("    ", inside)
    else:
        yield f"{name}: {inline(value)}", words


def _indented(start: str, lines: Iterable[Line]) -> Iterator[Line]:
    return ((f"{start}{text}", words) for text, words in lines)


def _explanation(loc: Loc, names: Names) -> str:
    spec = spec_at(loc, *names)
    words, allowed = spec.get("description", ""), limits(spec)
    return words if not allowed or words.endswith(allowed) else f"{words}; {allowed}"
