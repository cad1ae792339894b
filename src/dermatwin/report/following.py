"""One page of a course under way: what to do, what was seen and foreseen, the new forecast, what to measure next.

Made like every page: from the record alone, user text escaped, no script, no request to a network, one style sheet for the
screen and for paper. The band that was foreseen of everybody like her is drawn pale and dashed, that of her solid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from . import words
from .chapters.piece import Chart
from .figures import panel, rows
from .figures.panel import Axis, Line, Panel
from .figures.scales import Scale, cover, time_ticks
from .page import environment

if TYPE_CHECKING:
    from ..evidence import Source
    from ..following import Follow, Triage
    from ..following.follow import CourseBand
    from ..following.forecast import Foreseen
    from ..following.judged import Judged

WIDTH, HEIGHT = 450.0, 240.0
WEEK = 7.0
LEVELS = {"urgent": ("stop", "Urgent"), "contact": ("caution", "Call the clinic"), "reassure": ("ok", "As expected")}
"""Level -> the tone of the verdict, and its word."""

WORDS = {
    "stop": "a symptom asks for help now",
    "caution": "somebody has to look at it",
    "ok": "what was told is expected at this time",
}
STATUS = {
    "expected": "as expected",
    "early": "sooner than expected",
    "late": "later than expected",
    "high": "high",
    "low": "low",
    "act": "a reason to act",
    "not predicted": "not foreseen",
}


def render_follow(found: Follow) -> str:
    """The page of a follow-up; the same record gives the same bytes."""
    chapters = {
        "triage": _notes(found),
        "seen": _seen(found),
        "courses": _charts(found),
        "forecast": _rows(found),
        "sure": True,
    }
    numbers = {name: number for number, name in enumerate((name for name, held in chapters.items() if held), start=1)}
    page = environment().get_template("follow.html")
    return page.render(
        head=_head(found),
        numbers=numbers,
        run=found.run,
        said=_said(found),
        sources=_sources(found),
        provenance=_told(found),
        **chapters,
    )


@dataclass(frozen=True)
class Head:
    """What the head of the page shows."""

    title: str
    person: str
    course: str
    verdict: str
    name: str
    words: str
    asked: list[str]


@dataclass(frozen=True)
class Row:
    """One number with its two bands."""

    title: str
    zone: str
    before: str
    after: str
    width: str
    figure: Markup
    axis: Markup


def _head(found: Follow) -> Head:
    tone, name = LEVELS[found.level] if found.level is not None else ("ok", "No symptom noted")
    said = WORDS[tone] if found.level is not None else "nobody told of any"
    count = len(found.case.session_days)
    patient = found.case.patient
    return Head(
        title=found.planned.title or "A course under way",
        person=f"{'Woman' if patient.sex == 'female' else 'Man'} of {patient.age:g}, phototype {patient.phototype}",
        course=f"Day {found.day:g} of a course of {words.count(count, 'session')} that began on "
        f"{words.day(found.case.course.start)}; {len(found.done)} held",
        verdict=tone,
        name=name,
        words=said,
        asked=[f"{one.path}: {one}".partition(": ")[2] for one in found.asked],
    )


def _notes(found: Follow) -> list[tuple[str, str, str, Triage]]:
    """Notes of symptoms, the gravest first: tone, word, time in words, the note."""
    order = list(LEVELS)
    ordered = sorted(found.triage, key=lambda one: order.index(one.level))
    return [(*LEVELS[one.level], _when(one), one) for one in ordered]


def _when(one: Triage) -> str:
    if one.hours is None or one.session is None:
        return "nobody told when"
    return f"{words.lapse(one.hours / 24.0)} after session {one.session}"


def _seen(found: Follow) -> list[tuple[Judged, str, str, str]]:
    """Observations with the value and the band in words, and what is said of them."""
    rows_of: list[tuple[Judged, str, str, str]] = []
    for one in found.observations:
        value = words.given(one.seen.value, one.seen.unit)
        band = (
            f"{words.number(one.median)} ({words.interval(one.low, one.high)})" if np.isfinite(one.median) else words.NOTHING
        )
        rows_of.append((one, value, band, "asked about" if one.asked is not None else STATUS[one.status]))
    return rows_of


def _charts(found: Follow) -> list[Chart]:
    return [_chart(found, one) for one in found.courses]


def _chart(found: Follow, one: CourseBand) -> Chart:
    """Observations over the bands, before and after."""
    several = len({zone.key for zone in found.case.zones}) > 1
    title = words.title(one.title) + (f", {words.name(one.zone)}" if several else "")
    held = [day for day in found.case.session_days if day <= found.day]
    last = min(float(one.days[-1]), max([found.day, *(seen.seen.day for seen in one.observations), *held]) + 2.0 * WEEK)
    shown = one.days <= last
    lines = [
        Line(one.days[shown], one.before[1, shown], one.before[0, shown], one.before[2, shown], "before", 2),
        Line(one.days[shown], one.after[1, shown], one.after[0, shown], one.after[2, shown], "after", 1),
    ]
    points = [
        (
            seen.seen.day,
            np.nan,
            seen.seen.value,
            np.nan,
            f"day {seen.seen.day:g}: {seen.seen.value:g}, {STATUS[seen.status]}",
        )
        for seen in one.observations
    ]
    ticks = time_ticks(0.0, last, 6, (1, 2, 5, 7, 14, 28, 56))
    axis = Axis(0.0, last, ticks, [f"{tick:g}" for tick in ticks], "days after the first session")
    said = "; ".join(point[4] for point in points)
    chart = Panel(
        title,
        f"Two bands over time with what was seen: {said}",
        lines,
        axis,
        words.unit(one.unit),
        zero=True,
        marks=list(found.case.session_days),
        points=points,
        width=WIDTH,
        height=HEIGHT,
    )
    return Chart(title, "dashed: people like her; solid: her, after what was seen; diamonds: seen", panel.draw(chart))


def _rows(found: Follow) -> list[Row]:
    return [_row(one) for one in found.forecast]


def _row(one: Foreseen) -> Row:
    scale = 100.0 if one.shown == "percent" else 1.0
    unit = "%" if one.shown == "percent" else one.unit
    before, after = ([scale * value for value in band] for band in (one.before, one.after))
    low, high = cover([np.array([*before, *after])], zero=True)
    axis = Scale(low, high, 0.0, 1.0)
    ticks = axis.ticks(4)
    figure = rows.row(
        axis,
        rows.Interval(*after),
        f"After {_band(after, unit)}, before {_band(before, unit)}",
        group=rows.Interval(*before),
    )
    labels = [(tick, f"{tick:g}".replace("-", words.MINUS)) for tick in ticks]
    width = f"{100.0 * one.narrowed:.0f}{words.NARROW}%"
    return Row(
        words.title(one.title),
        words.name(one.zone),
        _band(before, unit),
        _band(after, unit),
        width,
        figure,
        rows.axis(axis, labels, f"Axis {words.unit(unit)}".strip()),
    )


def _band(band: list[float], unit: str) -> str:
    return f"{words.number(band[1])} ({words.span(band[0], band[2], unit)})"


def _said(found: Follow) -> list[str]:
    """How much is known of her, what moved, what to measure."""
    return list(_sentences(found))


def _sentences(found: Follow) -> Iterator[str]:
    yield f"{found.effective:.0f} of {found.draws} possible people speak for her; nothing that all people share was changed."
    if found.weighed.exponent < 1.0:
        share = f"{100.0 * found.weighed.exponent:.0f}{words.NARROW}%"
        yield f"Only {share} of what was observed is believed, or too few would be left: bands are wider than need be."
    if found.moved:
        yield (
            "What moved most: "
            + "; ".join(
                f"{one.title} ({f'{one.shift:+.1f}'.replace('-', words.MINUS)} standard deviations)" for one in found.moved
            )
            + "."
        )
    for one in found.coming[:3]:
        yield (
            f"Measure next: {one.title} by the {one.reader} on day {one.ask.day:g} would narrow {found.awaited} by "
            f"{100.0 * one.narrowing:.0f}{words.NARROW}% in the mean."
        )
    if found.awaited and not found.coming:
        yield f"Nothing that can be measured until then narrows {found.awaited}."


def _sources(found: Follow) -> list[Source]:
    """Sources of the triage and of the errors of the readers."""
    known = found.run.evidence.sources
    ids = {name for note in found.triage for advice in note.advice for name in advice.sources}
    ids |= {name for one in found.observations if one.seen.sure is not None for name in one.seen.sure.sources}
    return sorted((known[name] for name in ids if name in known), key=lambda source: source.citation.lower())


def _told(found: Follow) -> list[tuple[str, str]]:
    told = {**found.run.provenance, "draws": found.draws}
    return [(words.title(words.name(name)), words.recorded(value)) for name, value in told.items()]
