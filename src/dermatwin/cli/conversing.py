"""A conversation on standard input: one line for each answer, typed or piped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from ..case.address import printable
from ..core.errors import CaseError, Fault

if TYPE_CHECKING:
    from ..interview import Ask, Talk

T = TypeVar("T")


def converse(talk: Talk[T]) -> T:
    """Ask what a conversation asks until it has an end; CaseError where the input ends before."""
    ask = next(talk)
    while True:
        try:
            answer = _answer(ask)
        except EOFError:
            said = f"ended before it was answered: {ask.text}; nothing was written"
            raise CaseError([Fault("standard input", "", said)]) from None
        try:
            ask = talk.send(answer)
        except StopIteration as end:
            return end.value


def _answer(ask: Ask) -> str:
    if ask.heading:
        print(f"\n== {ask.heading} ==")
    if ask.fault:
        print(f"  ! {ask.fault}")
    answer = input(_shown(ask))
    if not sys.stdin.isatty():
        print(printable(answer))  # nobody typed it: the transcript says what was taken for which question
    return answer


def _shown(ask: Ask) -> str:
    if "\n" in ask.fits:
        return f"{ask.text}\n{ask.fits}\n> "
    return f"{ask.text} [{ask.fits}]: " if ask.fits else f"{ask.text}: "
