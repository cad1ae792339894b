"""One self-contained page from a run: chapters are made, templates lay them out, nothing is fetched and nothing runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import words

if TYPE_CHECKING:
    import jinja2

    from ..twin import Run
    from .chapters.certainty import Certainty
    from .chapters.closing import Closing
    from .chapters.course import Course
    from .chapters.delivery import Delivery
    from .chapters.healing import Healing
    from .chapters.limits import Limits
    from .chapters.needle import Needled
    from .chapters.recovery import Recovery
    from .chapters.result import Result
    from .chapters.risk import Risk

TEMPLATES = Path(__file__).parent / "templates"


def render(run: Run) -> str:
    """The report of a run as one HTML page.

    Everything shown comes from the run; user text is escaped. The same run gives the same bytes. No script, no request
    to a network, light and printed from one style sheet.
    """
    from .chapters.opening import opening

    chapters = vars(_chapters(run))
    present = [name for name, content in chapters.items() if content is not None]
    numbers = {name: number for number, name in enumerate(present, start=1)}
    return environment().get_template("page.html").render(opening=opening(run), numbers=numbers, run=run, **chapters)


@dataclass(frozen=True)
class Chapters:
    """What the page shows below its head, in the order in which it is told; None: nothing to tell."""

    course: Course
    needle: Needled | None
    closing: Closing | None
    delivery: Delivery | None
    healing: Healing | None
    recovery: Recovery | None
    result: Result | None
    risk: Risk | None
    limits: Limits
    certainty: Certainty


def _chapters(run: Run) -> Chapters:
    from .chapters import certainty, closing, course, delivery, healing, limits, needle, recovery, result, risk

    return Chapters(
        course.course(run),
        needle.needle(run),
        closing.closing(run),
        delivery.delivery(run),
        healing.healing(run),
        recovery.recovery(run),
        result.result(run),
        risk.risk(run),
        limits.limits(run),
        certainty.certainty(run),
    )


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
