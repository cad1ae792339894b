"""Signs for which to call, each with its window in words, emergencies first."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...evidence.rows.advice import RedFlagRow
from ...twin import Run
from .about import applies
from .tongue import HOURS_AT_MOST, WEEK, Tongue, tongue

EMERGENCY = "emergency"
OF_NUMBING = "numbing_toxicity"


@dataclass(frozen=True)
class Flag:
    """A sign as it stands on a page."""

    sign: str
    when: str
    action: str
    meanwhile: str
    urgent: bool


def signs(run: Run, language: Tongue | None = None) -> list[tuple[RedFlagRow, str]]:
    """Rows of red flags with their windows."""
    found = [(row, window(row.from_h, row.to_h, language)) for row in run.evidence.rows(RedFlagRow)]
    return sorted(found, key=lambda pair: pair[0].action != EMERGENCY)


def red_flags(run: Run, language: Tongue) -> list[Flag]:
    """The same in the language of a page; what a numbing cream brings only where the course has one."""
    say = language.say
    return [
        Flag(say(row.sign), when, say(row.action), say(row.meanwhile), row.action == EMERGENCY)
        for row, when in signs(run, language)
        if row.id != OF_NUMBING or applies(run, "anaesthetic")
    ]


def window(start: float, last: float | None, language: Tongue | None = None) -> str:
    """Hours after a session in words: 'first 24 hours', 'day 3 to week 39', 'from day 7'."""
    said = language or tongue()
    end = math.inf if last is None else last
    if start > 0.0:
        first = _when(start, said)
        return (
            said.say("from {first}", first=first)
            if math.isinf(end)
            else said.say("{first} to {last}", first=first, last=_when(end, said))
        )
    if math.isinf(end):
        return said.say("at any time")
    if end <= HOURS_AT_MOST:
        return said.say("first {lasting}", lasting=said.lasting(end))
    return said.say("until {last}", last=_when(end, said))


def _when(hours: float, said: Tongue) -> str:
    """'day 3', from the fourth week on 'week 8'."""
    days = round(hours / 24.0)
    if days < 4 * WEEK:
        return said.say("day {number}", number=said.number(days))
    return said.say("week {number}", number=said.number(round(days / WEEK)))
