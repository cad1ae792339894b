"""When something happened, against when the needling is.

A history item has dates, or words about dates ("stopped 8 months ago"), or neither. A rule asks for one of three things:
it holds now, it held ever, or it was within a window before the course. Unknown dates are read against going on.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from ..case import Item
from .words import Match, has_begun_only, is_past

_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_WORD_NUMBERS = {word: number for number, word in enumerate(_WORDS)}
_AGO = re.compile(r"(\d+|a|an|" + "|".join(_WORD_NUMBERS) + r")\s*(day|week|wk|month|mo|year|yr)s?\s+ago")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_UNITS = {"wk": "week", "mo": "month", "yr": "year"}
_YEAR_MONTHS = 12  # numerical: the calendar
_MONTHS = {"month": 1, "year": _YEAR_MONTHS}
_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True)
class Window:
    """A length of time on the calendar: '6 months', '2 weeks', '3 days'."""

    count: int
    unit: str

    @staticmethod
    def read(text: str) -> Window:
        """Read '6 months'; ValueError if it is no whole number of days, weeks, months or years."""
        match = re.fullmatch(r"(\d+) (day|week|month|year)s?", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a window; write for example '6 months'")
        return Window(int(match[1]), match[2])

    def after(self, day: date) -> date:
        """The day on which the window that opened on `day` has passed."""
        return _shift(day, self.count, self.unit)

    def before(self, day: date) -> date:
        """The day on which the window that closes on `day` opens."""
        return _shift(day, -self.count, self.unit)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def _shift(day: date, count: int, unit: str) -> date:
    if unit in _DAYS:
        return day + timedelta(days=count * _DAYS[unit])
    months = day.year * _YEAR_MONTHS + day.month - 1 + count * _MONTHS[unit]
    year, month = divmod(months, _YEAR_MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Span:
    """When an item of the history holds. `event` marks a procedure, which happens on one day."""

    begin: date | None
    end: date | None
    past: bool  # the words say that it is over
    event: bool

    @property
    def over_by_words(self) -> bool:
        """Over, but nobody said since when."""
        return self.past and self.end is None


def span_of(item: Item, match: Match, field: str, start: date) -> Span:
    """The span of an item, from its dates or else from its words."""
    event = field == "recent_procedures"
    words = _end_from_words(item, match, event or field == "medications", start)
    end = item.until or (item.since if event else None) or words
    return Span(item.since, end, is_past(match.clause) or match.state == "past", event)


def _end_from_words(item: Item, match: Match, dated_is_past: bool, start: date) -> date | None:
    if has_begun_only(match.clause) or not (dated_is_past or is_past(match.clause)):
        return None
    text = f"{item.name}; {item.note}".casefold()
    ago = _AGO.search(text)
    if ago:
        count = int(ago[1]) if ago[1].isdigit() else _WORD_NUMBERS.get(ago[1], 1)
        return _shift(start, -count, _UNITS.get(ago[2], ago[2]))
    years = [int(year) for year in _YEAR.findall(text)]
    last = date(max(years) + 1, 1, 1) - timedelta(days=1) if years else None
    return last if last and last < start else None


@dataclass(frozen=True)
class Timing:
    """Whether a rule's time holds for a span, until when, and what has to be said about it."""

    holds: bool
    until: str = ""
    remark: str = ""


def timing(span: Span, time: str, window: Window | None, start: date, last: date) -> Timing:
    """Whether an item with this span falls under a rule for needling between `start` and `last`."""
    if time == "ever":
        return Timing(True)
    if span.begin and span.begin > (window.after(last) if window else last):
        return Timing(False, remark=f"begins on {span.begin.isoformat()}, after the course")
    if window is None:
        return _now(span, start)
    return _within(span, window, start)


def _now(span: Span, start: date) -> Timing:
    if span.end is None:
        return Timing(False, remark="it is written as past") if span.past else Timing(True)
    if span.end < start:
        return Timing(False, remark=f"it ended on {span.end.isoformat()}")
    return Timing(True, until=span.end.isoformat())


def _within(span: Span, window: Window, start: date) -> Timing:
    if span.end is None:
        remark = "the date is not given" if span.past or span.event else ""
        return Timing(True, until=f"{window} after {'it' if span.event else 'the last use'}", remark=remark)
    clear = window.after(span.end)
    if clear <= start:
        return Timing(False, remark=f"the {window} ended on {clear.isoformat()}")
    return Timing(True, until=clear.isoformat(), remark=f"last on {span.end.isoformat()}")
