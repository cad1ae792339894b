"""Every sentence of the sheets, from code, templates and evidence, as the template that catalogues are made from.

`python -m dermatwin.report.sheets.messages` writes it to `locale/dermatwin_sheets.pot` and updates every catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...evidence import Evidence
from ...evidence.rows.advice import AlternativeRow, CareStepRow, ClockRow, ComplicationRow, PreparationRow, RedFlagRow
from ...evidence.rows.outcome import ConcernRow
from ...evidence.rows.planning import DefaultCourseRow
from ...evidence.rows.row import Row
from ...evidence.rows.skin import SiteRow
from ...screening import rule_book
from ...skin.site import HUMAN
from .about import SIDES
from .clock import WAITING
from .consent import CONFIDENCE, GRADES, NO_COURSE
from .expect import SIGNS
from .findings import LEVELS
from .order import PURPOSES
from .pages import PAGES, TEMPLATES, environment
from .tongue import DOMAIN, ENGLISH, LOCALE, catalogue_of, languages, path_of

HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
POT = LOCALE / f"{DOMAIN}.pot"
DATA: dict[type[Row], tuple[str, ...]] = {
    ClockRow: ("instruction",),
    CareStepRow: ("instruction",),
    RedFlagRow: ("sign", "action", "meanwhile"),
    PreparationRow: ("preparation", "note"),
    ComplicationRow: ("complication", "plain", "signs", "first_steps", "refer_to", "urgency"),
    AlternativeRow: ("alternative",),
    DefaultCourseRow: ("endpoint",),
    ConcernRow: ("label",),
}
"""Columns of evidence that a page prints."""

Message = str | tuple[str, str]
"""A sentence, or its singular and plural."""


def messages(evidence: Evidence) -> dict[Message, list[str]]:
    """Every message with the places where it stands, in a fixed order."""
    found: dict[Message, list[str]] = {}
    for place, message in (*_of_code(), *_of_templates(), *_of_words(), *_of_evidence(evidence)):
        places = found.setdefault(message, [])
        if place not in places:
            places.append(place)
    return found


def _of_code() -> Iterator[tuple[str, Message]]:
    from babel.messages.extract import extract

    for path in sorted(Path(__file__).parent.glob("*.py")):
        with path.open("rb") as stream:
            for _, said, *_ in extract("python", stream, keywords={"say": None, "many": (1, 2)}):
                yield f"report/sheets/{path.name}", _message(said)


def _of_templates() -> Iterator[tuple[str, Message]]:
    from jinja2.ext import extract_from_ast

    for path in sorted(TEMPLATES.glob("*.html")):
        tree = environment().parse(path.read_text(encoding="utf-8"))
        for _, _, said in extract_from_ast(tree, ("say", "many")):
            yield f"report/templates/sheets/{path.name}", _message(said)


def _message(said: Any) -> Message:
    """What an extractor found: literals alone, or with None for what is not one."""
    literal = tuple(text for text in ((said,) if isinstance(said, str) else said) if text is not None)
    return literal[0] if len(literal) == 1 else (literal[0], literal[1])


def _of_words() -> Iterator[tuple[str, Message]]:
    """Sentences that code keeps in tables of its own."""
    waiting = (sentence for _, sentence in WAITING.values())
    titles = (page.title for page in PAGES.values())
    tables = (
        *SIDES.values(),
        *LEVELS.values(),
        *PURPOSES.values(),
        *SIGNS.values(),
        *CONFIDENCE.values(),
        NO_COURSE,
        *GRADES.values(),
    )
    yield from (("report/sheets", sentence) for sentence in (*titles, *tables, *waiting))


def _of_evidence(evidence: Evidence) -> Iterator[tuple[str, Message]]:
    for kind, columns in DATA.items():
        for row in evidence.rows(kind):
            for column in columns:
                cell = getattr(row, column)
                yield from ((f"evidence/data/{kind.table}.csv", text) for text in _texts(cell))
    for row in evidence.rows(SiteRow):
        if row.species == HUMAN:
            yield "evidence/data/sites.csv", row.label
    for rule in rule_book(evidence).rules:
        yield from (("evidence/data/screening_rules.yaml", text) for text in rule.plain.values())


def _texts(cell: str | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, (cell,) if isinstance(cell, str) else cell))


def template(evidence: Evidence) -> str:
    """The template of catalogues as text."""
    return _written(evidence, {})


def catalogue(language: str, evidence: Evidence) -> str:
    """A catalogue as text, brought up to date: what is translated stays, new messages are empty, what is gone goes."""
    known = catalogue_of(language)
    told = {message.id: message.string for message in known if message.id and message.string}
    return HEADER.format(language=language, plural=known.plural_forms) + _written(evidence, told)


def _written(evidence: Evidence, told: Mapping[Any, Any]) -> str:
    from io import BytesIO

    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    made = Catalog(project="dermatwin", domain=DOMAIN, fuzzy=False)
    for message, places in messages(evidence).items():
        made.add(message, told.get(message), locations=[(place, 0) for place in places], flags=_flags(message))
    stream = BytesIO()
    write_po(stream, made, include_lineno=False, omit_header=True, width=100)
    return stream.getvalue().decode("utf-8")


def _flags(message: Message) -> tuple[str, ...]:
    return ("python-brace-format",) if "{" in str(message) else ()


if __name__ == "__main__":
    PACKAGED = Evidence.packaged()
    POT.write_text(template(PACKAGED), encoding="utf-8")
    for language in languages():
        if language != ENGLISH:
            path_of(language).write_text(catalogue(language, PACKAGED), encoding="utf-8")
