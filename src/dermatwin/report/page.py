"""One self-contained page from a run: chapters are made, templates lay them out, nothing is fetched and nothing runs."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import words

if TYPE_CHECKING:
    import jinja2

    from ..twin import Run

TEMPLATES = Path(__file__).parent / "templates"


def render(run: Run) -> str:
    """The report of a run as one HTML page.

    Everything shown comes from the run; user text is escaped. The same run gives the same bytes. No script, no request
    to a network, light and printed from one style sheet.
    """
    from .chapters import certainty, closing, course, delivery, healing, limits, needle, opening, recovery, result, risk

    chapters = {
        "course": course.course(run),
        "needle": needle.needle(run),
        "closing": closing.closing(run),
        "delivery": delivery.delivery(run),
        "healing": healing.healing(run),
        "recovery": recovery.recovery(run),
        "result": result.result(run),
        "risk": risk.risk(run),
        "limits": limits.limits(run),
        "certainty": certainty.certainty(run),
    }
    present = [name for name, content in chapters.items() if content is not None]
    numbers = {name: number for number, name in enumerate(present, start=1)}
    return environment().get_template("page.html").render(opening=opening.opening(run), numbers=numbers, run=run, **chapters)


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The templates with the style sheet and the words that every page may use; made once."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["style"] = Markup((TEMPLATES / "style.css").read_text(encoding="utf-8"))
    environment.globals["words"] = words
    return environment
