"""One question of a conversation, asked until its answer can be read."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Ask:
    """What is to be asked: the question, what fits, what was wrong with the answer before, and what opens a new part."""

    text: str
    fits: str = ""
    fault: str = ""
    heading: str = ""


Talk = Generator[Ask, str, T]
"""A conversation: yields what is asked, takes each answer as it was typed, returns what came of it."""


def asked(text: str, read: Callable[[str], T], fits: str = "", heading: str = "") -> Talk[T]:
    """Ask until `read` takes the answer; it raises ValueError with what would be right."""
    fault = ""
    while True:
        answer = yield Ask(text, fits, fault, heading)
        try:
            return read(answer.strip())
        except ValueError as error:
            fault, heading = str(error), ""


def listed(text: str, read: Callable[[str], T], fits: str = "", heading: str = "") -> Talk[list[T]]:
    """Ask for one after another until an empty answer."""
    found: list[T] = []
    while True:
        one = yield from asked(text, lambda answer: read(answer) if answer else None, fits, "" if found else heading)
        if one is None:
            return found
        found.append(one)
