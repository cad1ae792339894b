"""The language of a sheet: whole sentences with named places from a catalogue; dates, numbers and plurals by locale.

Catalogues are `locale/<language>/LC_MESSAGES/dermatwin_sheets.po`; English is the language of the sentences themselves.
What a catalogue lacks stands in English and is remembered, so that a page can say so.
"""

from __future__ import annotations

import gettext
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...core.errors import CaseError, Fault
from ...core.spelling import closest

if TYPE_CHECKING:
    from babel import Locale
    from babel.messages.catalog import Catalog

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "dermatwin_sheets"
ENGLISH = "en"
BRITISH = "en_GB"
HOURS_AT_MOST = 72  # h; longer stretches are spelt in days
WEEK = 7  # d
NARROW = "\u202f"


class English(str):
    """Words that stand in English on a page of another language; a template marks them, so that they are read aloud so."""

    __slots__ = ()

    def __html__(self) -> str:
        from markupsafe import Markup

        return Markup('<span lang="en">{}</span>').format(str(self))


@dataclass(frozen=True)
class Catalogue:
    """The sentences of one language."""

    sentences: gettext.NullTranslations
    known: frozenset[str]


@dataclass(frozen=True)
class Tongue:
    """One language in use; `missing` gathers what stood in English for want of a translation."""

    language: str
    locale: Locale
    catalogue: Catalogue
    missing: set[str] = field(default_factory=set[str])

    def say(self, sentence: str, /, **values: Any) -> str:
        """A sentence with its places filled."""
        text = self.catalogue.sentences.gettext(sentence) if sentence else ""
        return self._spoken(sentence, text.format(**values) if values else text)

    def many(self, one: str, more: str, count: int, /, **values: Any) -> str:
        """A sentence about so many things; `{count}` is their number."""
        text = self.catalogue.sentences.ngettext(one, more, count)
        return self._spoken(one, text.format(count=self.number(count), **values))

    def quoted(self, text: str) -> str:
        """Words that screening put together for clinicians: they stand as they are, in English."""
        if not text or self.language == ENGLISH:
            return text
        self.missing.add(text)
        return English(text)

    def _spoken(self, sentence: str, text: str) -> str:
        """The text of a sentence, marked and remembered where its catalogue lacks it."""
        if not sentence or self.language == ENGLISH or sentence in self.catalogue.known:
            return text
        self.missing.add(sentence)
        return English(text)

    def number(self, value: float) -> str:
        """A number as people of the language write it, with up to two decimals."""
        from babel.numbers import format_decimal

        return format_decimal(value, format="#,##0.##", locale=self.locale)

    def amount(self, value: float, unit: str) -> str:
        """A number with its unit."""
        return f"{self.number(value)}{NARROW}{unit}"

    def day(self, when: date) -> str:
        """A date with its year."""
        from babel.dates import format_date

        return format_date(when, format="medium", locale=self.locale)

    def short(self, when: date) -> str:
        """A date without its year."""
        from babel.dates import format_skeleton

        return format_skeleton("MMMd", when, locale=self.locale)

    def lasting(self, hours: float) -> str:
        """A stretch of time: '24 hours', '7 days', '2 weeks'."""
        if hours <= HOURS_AT_MOST:
            return self.many("{count} hour", "{count} hours", math.ceil(hours))
        days = math.ceil(hours / 24.0)
        if days > WEEK and days % WEEK == 0:
            return self.many("{count} week", "{count} weeks", days // WEEK)
        return self.many("{count} day", "{count} days", days)

    def listing(self, words: list[str]) -> str:
        """'a, b and c'."""
        from babel.lists import format_list

        return format_list(words, locale=self.locale) if words else ""


def languages() -> tuple[str, ...]:
    """Languages in which sheets can be written."""
    return (ENGLISH, *sorted(path.parts[-3] for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def tongue(language: str = ENGLISH) -> Tongue:
    """A language by its code; CaseError for one that no catalogue holds."""
    from babel import Locale

    require_language(language)
    return Tongue(language, Locale.parse(BRITISH if language == ENGLISH else language), _catalogue(language))


def require_language(language: str) -> None:
    """CaseError for a language that no catalogue holds."""
    known = languages()
    if language not in known:
        near = closest(language, known) or f"; known are {', '.join(known)}"
        raise CaseError([Fault("--language", repr(language), f"is not a language of the sheets{near}")])


@lru_cache(maxsize=8)
def _catalogue(language: str) -> Catalogue:
    from babel.messages.mofile import write_mo

    if language == ENGLISH:
        return Catalogue(gettext.NullTranslations(), frozenset())
    read, compiled = catalogue_of(language), io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    said = {_first(message.id) for message in read if message.id and _first(message.string)}
    return Catalogue(gettext.GNUTranslations(compiled), frozenset(said))


def _first(text: str | Sequence[str] | None) -> str:
    """A message, or the singular of one that has a plural; '' for none."""
    return text if isinstance(text, str) else text[0] if text else ""


def catalogue_of(language: str) -> Catalog:
    """The catalogue of a language as babel reads it."""
    from babel.messages.pofile import read_po

    with path_of(language).open("rb") as stream:
        return read_po(stream, locale=language, domain=DOMAIN)


def path_of(language: str) -> Path:
    """The file of a catalogue."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"
