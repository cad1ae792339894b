"""When something in a history was, from its dates or from its words, against when the needling is.

A day may be given as a date, as words ("stopped 8 months ago", "in 2020", "March 2024"), or not at all. Words count back
from the first session; where a day is needed and nobody knows it, that is read against going on.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from math import floor

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS = {word: number for number, word in enumerate(_NUMBERS)} | {"a": 1, "an": 1, "couple of": 2, "few": 3, "last": 1}
_UNIT = r"(day|week|wk|month|mnth|mth|mo|year|yr)s?"
_AGO = re.compile(rf"(\d{{1,6}}(?:\.\d{{1,3}})?|{'|'.join(_WORDS)})\s*{_UNIT}\s+(?:ago|back|earlier|prior)")
_LAST = re.compile(rf"\b(?:last|past)\s+{_UNIT}\b")
_YESTERDAY = re.compile(r"\byesterday\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_YEAR = re.compile(rf"\b({'|'.join(_MONTHS)})[a-z]*\.?\s+((?:19|20)\d\d)\b")
_ISO = re.compile(r"\b((?:19|20)\d\d)-(\d{1,2})-(\d{1,2})\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NAMES = {"wk": "week", "mnth": "month", "mth": "month", "mo": "month", "yr": "year"}
_YEAR_MONTHS = 12  # numerical: the calendar
_IN_MONTHS = {"month": 1, "year": _YEAR_MONTHS}
_IN_DAYS = {"day": 1, "week": 7}


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
        return shifted(day, self.count, self.unit)

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


def shifted(day: date, count: int, unit: str) -> date:
    """A day some days, weeks, months or years later (earlier where the count is negative), within the calendar."""
    try:
        if unit in _IN_DAYS:
            return day + timedelta(days=count * _IN_DAYS[unit])
        months = day.year * _YEAR_MONTHS + day.month - 1 + count * _IN_MONTHS[unit]
        year, month = divmod(months, _YEAR_MONTHS)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError):
        return date.min if count < 0 else date.max


def spoken_day(text: str, start: date) -> date | None:
    """The last day that a text can mean, counted back from the first session; None if it names none before it.

    Of a month or a year its last day counts, of several days the latest.
    """
    written = text.casefold()
    days = [*_counted_back(written, start), *_named(written)]
    before = [day for day in days if day <= start]
    return max(before, default=None)


def _counted_back(written: str, start: date) -> list[date]:
    found = [shifted(start, -floor(_number(match[1])), _NAMES.get(match[2], match[2])) for match in _AGO.finditer(written)]
    found += [shifted(start, -1, _NAMES.get(match[1], match[1])) for match in _LAST.finditer(written)]
    return [*found, *(start - timedelta(days=1) for _ in _YESTERDAY.finditer(written))]


def _named(written: str) -> list[date]:
    exact = [day for match in _ISO.finditer(written) if (day := _date(*map(int, match.groups()))) is not None]
    if exact:
        return exact
    months = [_month_end(int(match[2]), _MONTHS.index(match[1]) + 1) for match in _MONTH_YEAR.finditer(written)]
    return months or [date(int(year), _YEAR_MONTHS, 31) for year in _YEAR.findall(written)]


def _number(text: str) -> float:
    return float(_WORDS.get(text, 0)) if text in _WORDS else float(text)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


@dataclass(frozen=True)
class Timing:
    """Whether a question's time holds for a fact, until when, and what has to be said about it."""

    holds: bool
    until: str = ""
    remark: str = ""
