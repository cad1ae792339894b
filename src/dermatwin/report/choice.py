"""One page of the courses that a search found: the front, what each offer is worth, any two beside one another.

Which two stand beside one another the reader chooses by radio buttons and the style sheet alone: no script runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from ..planning.search import course_in_words, instead
from ..planning.search.calendar import session_date
from ..planning.search.plain import grounds
from . import words
from .chapters.opening import said_person
from .figures import svg
from .figures.scales import Scale
from .page import environment

if TYPE_CHECKING:
    from ..evidence import Source
    from ..planning.search import Found, Marginal, Offer, Worth

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 620.0, 340.0, 44.0, 120.0, 16.0, 42.0
LIMIT = 1.08  # room above the largest value
TICKS = 5
KINDS = {
    "gentle": "least downtime and harm among those with a fair share of the largest gain",
    "balanced": "nearest to the best of everything",
    "thorough": "largest gain",
    "usual": "the literature's default, to compare with",
}
"""Kind of offer -> what it stands for."""


@dataclass(frozen=True)
class Line:
    """One line of the comparison: what, one value for each offer."""

    title: str
    values: list[str]


@dataclass(frozen=True)
class Choices:
    """One offer with what its choices are worth."""

    kind: str
    meaning: str
    course: str
    dates: str
    changes: list[tuple[str, str, str, str]]
    notes: list[str]


def render_choice(found: Found) -> str:
    """The page of a search. The same search gives the same bytes; no script, no request to a network."""
    offers = found.offers
    return (
        environment()
        .get_template("choice.html")
        .render(
            found=found,
            person=said_person(found.case.patient),
            kinds=[offer.kind for offer in offers],
            lines=list(_lines(found)) if offers else [],
            front=_front(found) if offers else None,
            choices=[_choices(offer, found) for offer in offers],
            instead=instead(found),
            done=0 if found.space is None else found.space.done,
            weakest=_grade(found),
            sources=_sources(found),
        )
    )


def _grade(found: Found) -> str:
    return grounds(found.offers[0].worth, found.space.evidence)["grade"] if found.space and found.offers else "E"


def _sources(found: Found) -> list[Source]:
    if found.space is None:
        return []
    known = found.space.evidence.sources
    named = {source for offer in found.offers for source in grounds(offer.worth, found.space.evidence)["sources"]}
    return sorted((known[name] for name in named if name in known), key=lambda source: source.citation.lower())


def _lines(found: Found) -> Iterator[Line]:
    """Everything that can be told of an offer in a word or a number."""
    assert found.space is not None
    offers, space = found.offers, found.space
    threshold = space.evidence.value("responder_threshold", "1")
    yield Line("Course", [course_in_words(offer, found) for offer in offers])
    yield Line("Better by, mean of all concerns", [_shares(offer.worth.gain) for offer in offers])
    for zone, concern in offers[0].worth.gains:
        name = words.title(concern.replace("_", " "))
        yield Line(f"{name}, {zone.replace('_', ' ')}", [_shares(offer.worth.gains[zone, concern]) for offer in offers])
    yield Line(
        f"At least {threshold:.0%} better", [f"{100 * offer.worth.reaches(threshold):.0f} of 100" for offer in offers]
    )
    yield Line("Days until make-up covers it, all sessions", [_days(offer.worth.downtime) for offer in offers])
    yield Line("Lasting pigment or scar", [_risk(offer.worth.harm) for offer in offers])
    yield Line("Visits", [str(offer.worth.visits) for offer in offers])
    yield Line("First to last session", [words.count(round(offer.worth.days / 7), "week") for offer in offers])


def _band(values: np.ndarray) -> tuple[float, float, float]:
    good = values[np.isfinite(values)]
    low, high = np.quantile(good, [0.05, 0.95])
    return float(low), float(good.mean()), float(high)


def _shares(values: np.ndarray) -> str:
    low, mean, high = (100.0 * one for one in _band(values))
    return f"{mean:.0f} % ({words.fixed(low, 0)} to {words.fixed(high, 0)})"


def _days(values: np.ndarray) -> str:
    low, mean, high = _band(values)
    return f"{mean:.1f} ({low:.1f} to {high:.1f})"


def _risk(values: np.ndarray) -> str:
    low, mean, high = (100.0 * one for one in _band(values))
    return f"{mean:.2g} of 100 ({low:.1g} to {high:.2g})"


def _choices(offer: Offer, found: Found) -> Choices:
    assert found.space is not None
    days = [words.day(session_date(found.space, offer.candidate, n)) for n in range(found.space.done, offer.candidate.count)]
    notes = [f"Not offered, only compared: {'; '.join(offer.outside)}."] if offer.outside else []
    notes += ["Test spot first: pigment is at risk here."] if offer.test_spot else []
    if not offer.on_front:
        notes.append("Another course is at least as good in everything and better in something.")
    return Choices(
        offer.kind,
        "as planned until now, to compare with" if offer.kind == "usual" and found.space.done else KINDS[offer.kind],
        course_in_words(offer, found),
        ", ".join(days),
        [_change(one) for one in offer.marginals],
        [*notes, *(words.sentence(fence) for fence in offer.fences)],
    )


def _change(one: Marginal) -> tuple[str, str, str, str]:
    return (
        f"{one.change} (more than is accepted)" if one.outside else one.change,
        f"{_signed(100 * one.gain)} % (more in {100 * one.gains_more:.0f} of 100)",
        f"{_signed(one.downtime)} days",
        f"{_signed(100 * one.harm)} of 100",
    )


def _signed(value: float) -> str:
    return f"{'+' if value > 0.0 else ''}{words.fixed(value, 1)}"


def _front(found: Found) -> Markup:
    """Gain over downtime; every course of the front, the offers named."""
    assert found.space is not None
    points = [(worth.objectives[1], 100.0 * worth.objectives[0]) for _, worth in found.front]
    named = [(offer.kind, *_place(offer.worth)) for offer in found.offers]
    nothing = 0.0 if found.nothing is None else 100.0 * found.nothing.objectives[0]
    most_days = LIMIT * max([x for x, _ in points] + [x for _, x, _, _ in named] + [1.0])
    most_gain = LIMIT * max([y for _, y in points] + [y for _, _, y, _ in named] + [1.0])
    x, y = Scale(0.0, most_days, LEFT, WIDTH - RIGHT), Scale(min(0.0, nothing), most_gain, HEIGHT - BOTTOM, TOP)
    parts = [*_axes(x, y, most_days, most_gain), *_nothing(x, y, nothing)]
    parts += [svg.tag("circle", cx=x.at(a), cy=y.at(b), r=3.0, class_="front-dot") for a, b in points]
    parts += list(_named(x, y, named))
    said = "; ".join(
        f"{kind}: {gain:.0f} % better, {days:.1f} days, harm {harm:.2g} of 100" for kind, days, gain, harm in named
    )
    return svg.figure(WIDTH, HEIGHT, parts, "Gain over downtime", said, "front")


def _place(worth: Worth) -> tuple[float, float, float]:
    """Downtime [d], gain [%] and harm [of 100]."""
    gain, downtime, harm, _ = worth.objectives
    return downtime, 100.0 * gain, 100.0 * harm


def _axes(x: Scale, y: Scale, days: float, gain: float) -> Iterator[Markup]:
    for tick in _ticks(gain):
        yield svg.tag("line", x1=x.start, x2=x.end, y1=y.at(tick), y2=y.at(tick), class_="grid" if tick else "axis")
        yield svg.tag("text", f"{tick:g}", x=x.start - 6.0, y=y.at(tick) + 3.8, class_="tick end")
    for tick in _ticks(days):
        yield svg.tag("line", x1=x.at(tick), x2=x.at(tick), y1=y.start, y2=y.start + 4.0, class_="axis")
        yield svg.tag("text", f"{tick:g}", x=x.at(tick), y=y.start + 16.0, class_="tick middle")
    yield svg.tag("text", "days until make-up covers it, all sessions", x=x.end, y=HEIGHT - 8.0, class_="axis-name end")
    yield svg.tag("text", "% better", x=0.0, y=TOP - 4.0, class_="axis-name")


def _ticks(most: float) -> np.ndarray:
    """Round values from 0 up to the most."""
    raw = most / TICKS
    step = 10.0 ** np.floor(np.log10(raw))
    step *= next(m for m in (1.0, 2.0, 2.5, 5.0, 10.0) if m * step >= raw)
    return np.arange(0.0, most + 1e-9, step)


def _nothing(x: Scale, y: Scale, gain: float) -> list[Markup]:
    return [
        svg.tag("line", x1=x.start, x2=x.end, y1=y.at(gain), y2=y.at(gain), class_="reference"),
        svg.tag("text", "nothing done", x=x.end + 6.0, y=y.at(gain) + 3.8, class_="note"),
    ]


def _named(x: Scale, y: Scale, named: Sequence[tuple[str, float, float, float]]) -> Iterator[Markup]:
    """Dots of the offers with their names; names that would lie on one another are moved apart."""
    taken = list[tuple[float, float]]()
    for kind, days, gain, harm in sorted(named, key=lambda one: one[2]):
        left, top = x.at(days) + 9.0, y.at(gain) + 4.0
        while any(abs(top - other) < 14.0 and abs(left - beside) < 110.0 for beside, other in taken):
            top -= 14.0
        taken.append((left, top))
        yield svg.tag("circle", cx=x.at(days), cy=y.at(gain), r=5.5, class_=f"offer-dot offer-{kind}")
        yield svg.tag("text", f"{kind}, harm {harm:.2g} of 100", x=left, y=top, class_="name halo")
