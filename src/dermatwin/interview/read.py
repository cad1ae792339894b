"""How an answer is read; ValueError says what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..case.words import day as day_of
from ..core.printing import printable
from ..core.spelling import closest
from ..core.wording import decimal

Reader = Callable[[str], Any]

ITEM, WHICH = 200, 120
"""Characters of an item of a history and of what is named beside an answer, at most."""

_NUMBER = re.compile(r"\d+([.,]\d+)?")
_ANSWERS = {"y": "yes", "yes": "yes", "n": "no", "no": "no", "s": "not asked", "skip": "not asked"}


def quantity(kind: Any, unit: str) -> Reader:
    """A quantity as the case file takes it; a bare number has this unit."""
    return partial(_quantity, TypeAdapter[float](kind), unit)


def _quantity(adapter: TypeAdapter[float], unit: str, answer: str) -> str:
    text = f"{answer} {unit}" if _NUMBER.fullmatch(answer) else answer
    try:
        adapter.validate_python(text)
    except ValidationError as error:
        raise ValueError(f"'{printable(answer)}' {error.errors()[0]['msg']}") from None
    return decimal(text)


def optional(read: Reader) -> Reader:
    """The same, or None for an empty answer."""
    return lambda answer: read(answer) if answer else None


def spoken(read: Callable[[str], str], known: Collection[str], answer: str) -> str:
    """What a word of daily use means; one of `known` unless the reader itself refuses what it does not know."""
    try:
        found = read(answer)
    except ValueError as error:
        raise ValueError(f"'{printable(answer)}' {error}") from None
    if known and found not in known:
        raise ValueError(f"'{printable(answer)}' is not one of {', '.join(known)}{closest(answer, known)}")
    return found


def reply(answer: str) -> str:
    """Yes, no, or skip."""
    found = _ANSWERS.get(answer.casefold())
    if found is None:
        raise ValueError(f"'{printable(answer)}' is not an answer here; type yes, no, or skip")
    return found


def whole(low: int, high: int, answer: str) -> int:
    """A whole number within limits."""
    if not re.fullmatch(r"\d{1,6}", answer) or not low <= int(answer) <= high:
        raise ValueError(f"'{printable(answer)}' is not a whole number from {low} to {high}")
    return int(answer)


def day(answer: str) -> str:
    """A day of the calendar, as the case file writes it."""
    found = spoken(day_of, (), answer)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found):
            return date.fromisoformat(found).isoformat()
    except ValueError:
        raise ValueError(f"'{found}' is not a day of the calendar; type for example 2026-01-12") from None
    raise ValueError(f"'{printable(answer)}' is not a date; type for example 2026-01-12")


def text(longest: int, answer: str) -> str:
    """Some words, short enough for a case."""
    if len(answer) > longest:
        raise ValueError(f"the answer has {len(answer)} characters; at most {longest} fit")
    return answer


def several(read: Reader, answer: str) -> list[Any]:
    """Answers between commas, each read by itself; none twice."""
    parts = [part.strip() for part in answer.split(",") if part.strip()]
    return list(dict.fromkeys(read(part) for part in parts))
