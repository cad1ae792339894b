"""Sheets in other languages: whole sentences, from catalogues that agree with the template."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

import pytest

from dermatwin.evidence import Evidence
from dermatwin.evidence.rows.advice import ClockRow, RedFlagRow
from dermatwin.report import sheets
from dermatwin.report.sheets import languages
from dermatwin.report.sheets.about import about
from dermatwin.report.sheets.calendar import calendar
from dermatwin.report.sheets.messages import POT, catalogue, messages, template
from dermatwin.report.sheets.pages import PAGES, page
from dermatwin.report.sheets.tongue import Tongue, catalogue_of, path_of, tongue
from dermatwin.screening import rule_book
from dermatwin.skin import sites
from sheet_cases import CASES, run_of

EVIDENCE = Evidence.packaged()
OTHERS = [code for code in languages() if code != "en"]
NOTICE = "Some sentences of this page are not translated yet and stand in English."


@cache
def known() -> frozenset[str]:
    return frozenset(message if isinstance(message, str) else message[0] for message in messages(EVIDENCE))


@dataclass(frozen=True)
class Heard(Tongue):
    """A language that remembers every sentence that it was asked for."""

    asked: set[str] = field(default_factory=set)

    def say(self, sentence, /, **values):
        self.asked.update({sentence} - {""})
        return super().say(sentence, **values)

    def many(self, one, more, count, /, **values):
        self.asked.add(one)
        return super().many(one, more, count, **values)


def heard() -> Heard:
    usual = tongue()
    return Heard(usual.language, usual.locale, usual.catalogue)


def test_there_are_german_and_spanish():
    assert {"de", "es"} <= set(OTHERS)


def test_the_template_is_what_the_sheets_say():
    assert POT.read_text(encoding="utf-8") == template(EVIDENCE)


@pytest.mark.parametrize("name", CASES)
def test_everything_that_is_said_stands_in_the_template(name):
    for title in PAGES:
        said = heard()
        page(run_of(name), title, said)
        assert said.asked
        assert said.asked <= known(), (title, said.asked - known())
    said = heard()
    calendar(run_of(name), said)
    assert said.asked
    assert said.asked <= known()


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_brought_up_to_date_is_the_same(language):
    assert path_of(language).read_text(encoding="utf-8") == catalogue(language, EVIDENCE)


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_holds_the_messages_of_the_template_and_their_places(language):
    found = {message.id: message for message in catalogue_of(language) if message.id}
    assert set(found) == set(messages(EVIDENCE))
    for message in found.values():
        texts = (message.string,) if isinstance(message.string, str) else message.string
        ids = (message.id,) if isinstance(message.id, str) else message.id
        if not any(texts):
            continue
        assert all(texts), message.id
        for text, source in zip(texts, ids, strict=True):
            assert set(re.findall(r"\{(\w+)\}", text)) == set(re.findall(r"\{(\w+)\}", source)), message.id
        assert not message.fuzzy


@pytest.mark.parametrize("language", OTHERS)
def test_the_page_for_the_days_after_is_complete(language):
    """Whoever is treated wherever: every sentence that the page can print."""
    translated = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalogue_of(language)
        if any(message.string)
    }
    wanted = {row.instruction for row in EVIDENCE.rows(ClockRow) if row.phase == "aftercare"}
    wanted |= {text for row in EVIDENCE.rows(RedFlagRow) for text in (row.sign, row.action, row.meanwhile) if text}
    wanted |= {rule.plain["aftercare"] for rule in rule_book(EVIDENCE).rules if "aftercare" in rule.plain}
    wanted |= {site.label for site in sites(EVIDENCE).values() if site.species == "human"}
    assert not wanted - translated


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("name", CASES)
def test_pages_for_patients_say_nothing_in_english_after_a_session(name, language):
    for title in ("aftercare", "expect"):
        said = tongue(language)
        text = page(run_of(name), title, said)
        assert tongue(language).say(NOTICE) not in text
        assert f'lang="{language}"' in text


def test_what_is_not_translated_stands_in_english_and_the_page_says_so():
    text = page(run_of("personal"), "session", tongue("de"))
    assert "Einige Sätze dieser Seite sind noch nicht übersetzt und stehen auf Englisch." in text
    assert "History of cold sores" in text


def test_dates_numbers_and_plurals_are_those_of_the_language():
    german, spanish = (sheets(run_of("face"), language) for language in ("de", "es"))
    assert "12.01.2026" in german["before.html"]
    assert "12 ene 2026" in spanish["before.html"]
    assert "1,5\u202fmm" in german["session.html"]
    assert (tongue("de").lasting(1), tongue("de").lasting(24)) == ("1 Stunde", "24 Stunden")
    assert (tongue("es").lasting(168), tongue("en").lasting(336)) == ("7 días", "2 weeks")
    assert "SUMMARY:Microneedling\\, Sitzung 1 von 2" in german["calendar.ics"]


@pytest.mark.parametrize("language", OTHERS)
def test_lines_of_the_calendar_are_short_whatever_the_letters(language):
    for line in sheets(run_of("face"), language)["calendar.ics"].split("\r\n"):
        assert len(line.encode()) <= 75


def test_a_zone_that_the_case_names_keeps_its_name():
    made = about(run_of("two_zones"), tongue("de"))
    assert [treated.name for treated in made.zones] == ["Stirn", "Oberschenkel"]
