"""From what the type checker found to what a person needs: where, what was found, what would be right."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..core.errors import Fault
from ..core.printing import printable, unprintable_in
from ..core.spelling import closest
from .address import Loc, dotted
from .schema import example, keys_at, limits, required_at, spec_at

PlacedFault = tuple[Loc, Fault]


def faults_of(error: ValidationError, raw: Any) -> Iterator[PlacedFault]:
    """Every fault of a failed validation of the plain values `raw`, with its place."""
    for detail in error.errors(include_url=False):
        loc, here, branches = _place(detail, raw)
        if branches and not _belongs(branches, detail, here):
            continue
        yield loc, _fault(detail, loc, here, raw, bool(branches))


def mended(raw: Any, places: list[Loc]) -> Any:
    """A copy of plain values in which faulty places are filled with examples, so that the rest can be checked."""
    copy = copied(raw) if isinstance(raw, dict) else example(spec_at(()))
    for loc in places:
        _mend(copy, loc)
    return copy


def copied(value: Any) -> Any:
    """Plain values again, none of them shared with the first."""
    if isinstance(value, dict):
        return {key: copied(entry) for key, entry in value.items()}
    return [copied(entry) for entry in value] if isinstance(value, list) else value


def unreadable(raw: Any, loc: Loc = ()) -> Iterator[PlacedFault]:
    """Keys and texts with characters that are no text: they would reach a terminal or a page as orders to it."""
    inside = raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ()
    for key, value in inside:
        for text in (key, value):
            found = unprintable_in(text) if isinstance(text, str) else None
            if found is not None:
                place = ".".join(printable(str(part)) for part in (*loc, key))
                said = f"holds the character U+{ord(found):04X}, which is no text; take it out"
                yield (*loc, key), Fault(place, "", said)
        yield from unreadable(value, (*loc, key))


def shown(value: Any) -> str:
    """A found value as a person would write it, short and printable."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    text = printable(str(value))
    return text if text.strip() == text and text else f"'{text}'"


def _place(detail: ErrorDetails, raw: Any) -> tuple[Loc, Any, tuple[str, ...]]:
    """Place in the document, value there, and the branches of unions that the checker names on the way."""
    here: Any = raw
    loc: list[str | int] = []
    branches: list[str] = []
    for number, part in enumerate(detail["loc"]):
        if _holds(here, part):
            here = here[part]
            loc.append(part)
        elif detail["type"] == "missing" and number == len(detail["loc"]) - 1:
            loc.append(part)
        else:
            branches.append(str(part))
    return tuple(loc), here, tuple(branches)


def _belongs(branches: tuple[str, ...], detail: ErrorDetails, here: Any) -> bool:
    """Whether an error is about the form that was meant, of 'a name or a description'."""
    if branches[-1].endswith("str"):
        return not isinstance(here, dict)
    return detail["type"] != "model_type"


def _fault(detail: ErrorDetails, loc: Loc, here: Any, raw: Any, union: bool) -> Fault:
    path, kind = dotted(loc, raw) or "case", detail["type"]
    if kind == "missing":
        return Fault(path, "", f"is missing{_what_fits(loc)}")
    if kind == "extra_forbidden":
        known = keys_at(loc[:-1])
        return Fault(path, "", f"is not a known key{closest(str(loc[-1]), known) or '; known are ' + ', '.join(known)}")
    return Fault(path, shown(here), _expected(detail, loc, here, union))


def _expected(detail: ErrorDetails, loc: Loc, here: Any, union: bool) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        spec = spec_at(loc)
        allowed = tuple((limits(spec) or str(spec.get("const"))).split(", "))
        return f"is not one of {', '.join(allowed)}{closest(str(here), allowed)}"
    if kind in ("greater_than_equal", "less_than_equal"):
        return f"is outside {limits(spec_at(loc))}"
    if kind in ("string_too_short", "string_too_long"):
        end = f"at least {context['min_length']}" if "min_length" in context else f"at most {context['max_length']}"
        return f"has {len(str(here))} characters; it needs {end}"
    if kind in ("too_short", "too_long"):
        end = f"at least {context['min_length']}" if "min_length" in context else f"at most {context['max_length']}"
        return f"with {len(here)} entries; it needs {end}"
    if union and kind == "string_type":
        return "is not a name from the catalogue or a mapping that describes it"
    return _WORDS.get(kind, detail["msg"])


_WORDS = {
    "bool_type": "is not true or false",
    "int_type": "is not a whole number",
    "int_from_float": "is not a whole number",
    "float_type": "is not a number",
    "finite_number": "is not a finite number",
    "string_type": "is not text; put it in quotes if it is meant as text",
    "string_unicode": "is not proper text",
    "string_pattern_mismatch": "is not a name; use letters, digits and spaces, beginning with a letter",
    "list_type": "is not a list; write [a, b] or lines that begin with '- '",
    "dict_type": "is not a mapping; write lines of 'key: value'",
    "model_type": "is not a mapping; write lines of 'key: value'",
}


def _what_fits(loc: Loc) -> str:
    spec = spec_at(loc)
    if "examples" in spec:
        return f"; write for example '{spec['examples'][0]}'"
    allowed = limits(spec)
    return f"; one of {allowed}" if "enum" in spec else f"; allowed is {allowed}" if allowed else ""


def _mend(copy: Any, loc: Loc) -> None:
    here: Any = copy
    for part in loc[:-1]:
        here = here[part] if _holds(here, part) else None
    if not loc or not isinstance(here, (dict, list)):
        return
    last: Any = loc[-1]
    if isinstance(here, dict) and last not in required_at(loc[:-1]):
        here.pop(last, None)
    else:
        here[last] = example(spec_at(loc))


def _holds(here: Any, part: str | int) -> bool:
    return part in here if isinstance(here, dict) else isinstance(here, list) and isinstance(part, int) and part < len(here)
