"""Each page: its title, for whom it is, and the record that its template shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import clock, complications, consent, expect, findings, flags, order
from .about import About, about, steps
from .tongue import Tongue

if TYPE_CHECKING:
    import jinja2

    from ...twin import Run

TEMPLATES = Path(__file__).parents[1] / "templates" / "sheets"


@dataclass(frozen=True)
class Before:
    """The days before a session."""

    personal: list[findings.Plain]
    days: list[clock.Stretch]
    steps: list[tuple[str, str]]


@dataclass(frozen=True)
class Aftercare:
    """The days after a session, and when to call."""

    personal: list[findings.Plain]
    days: list[clock.Stretch]
    flags: list[flags.Flag]


@dataclass(frozen=True)
class Page:
    """A page to be filled."""

    title: str
    fill: Callable[[About], Any]
    patient: bool = True


def _before(made: About) -> Before:
    told = [(made.tongue.say(row.instruction), made.notes.mark(row.source)) for row in steps(made.run, "before")]
    return Before(findings.plain(made, "before"), clock.stretches(made, "before"), told)


def _aftercare(made: About) -> Aftercare:
    return Aftercare(
        findings.plain(made, "aftercare"), clock.stretches(made, "aftercare"), flags.red_flags(made.run, made.tongue)
    )


PAGES = {
    "before": Page("Before your sessions", _before),
    "session": Page("Session order", order.orders, patient=False),
    "aftercare": Page("After your sessions", _aftercare),
    "expect": Page("What to expect", expect.expected),
    "consent": Page("Facts for your consent", consent.consent),
    "complications": Page("When something goes wrong", complications.complications, patient=False),
}


def page(run: Run, name: str, tongue: Tongue) -> str:
    """One page as HTML; where something stood in English for want of a translation, the page says so at its top."""
    apart = replace(tongue, missing=set())
    text = _rendered(run, name, apart, False)
    return _rendered(run, name, apart, True) if apart.missing else text


def _rendered(run: Run, name: str, tongue: Tongue, incomplete: bool) -> str:
    made, known = about(run, tongue), PAGES[name]
    return (
        environment()
        .get_template(f"{name}.html")
        .render(
            about=made,
            case=run.case,
            content=known.fill(made),
            days=[tongue.day(day) for day in made.days],
            expected_days=expect.DAYS,
            incomplete=incomplete,
            many=tongue.many,
            name=name,
            patient=known.patient,
            say=tongue.say,
            title=tongue.say(known.title),
            style=_style(),
            tongue=tongue,
        )
    )


@lru_cache(maxsize=1)
def _style() -> str:
    return (TEMPLATES / "sheet.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates of the sheets, made once."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # within an attribute or a title there is no place for a mark of language
    made.filters["plain"] = str  # pyright: ignore[reportUnknownMemberType]
    return made
