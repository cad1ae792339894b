"""Chapter 8: what can go wrong, how often with its interval, and the signs for which to call at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from ...evidence.records import RISK
from .. import words
from ..figures import rows
from ..figures.scales import Scale
from ..sheets import EMERGENCY, signs
from . import lookup
from .lookup import Band
from .piece import NO_FIGURE

if TYPE_CHECKING:
    from ...outcome import Counts, Tally
    from ...twin import Endpoint, Run

PRODUCT = "granuloma_risk"  # the risk that only a product on open channels brings
SCALE = Scale(0.01, 100.0, 0.0, 1.0, log=True)
"""Percent, logarithmic: risks of a course lie between one in ten thousand and certainty."""


@dataclass(frozen=True)
class Row:
    """One risk in one zone; the name stands in the first row of its `span`."""

    first: bool
    span: int
    name: str
    counted: str
    zone: str
    band: Band
    grade: str
    figure: Markup


@dataclass(frozen=True)
class Flag:
    """A sign for which to call."""

    sign: str
    cause: str
    when: str
    action: str
    meanwhile: str
    urgent: bool


@dataclass(frozen=True)
class Risk:
    """What the chapter shows."""

    rows: list[Row]
    many: bool  # zones
    flags: list[Flag]
    sentences: list[str]
    axis: Markup


def risk(run: Run) -> Risk | None:
    """Risks by zone on one axis, what was counted in trials, and the red flags of the evidence; None for an animal."""
    if not lookup.human(run):
        return None
    zones = lookup.treated(run)
    keys = {zone.zone.key for zone in zones}
    quantities = run.evidence.quantities
    found = [e for e in run.endpoints if quantities[e.quantity].kind == RISK and e.zone in keys and lookup.of(e).known]
    ticks = [(t, words.with_unit(words.given(t), "%")) for t in SCALE.ticks(5)]
    axis = rows.axis(SCALE, ticks, "Risk over the whole course, logarithmic") if found else NO_FIGURE
    return Risk(_rows(run, found, len(zones)), len(zones) > 1, _flags(run), _sentences(found), axis)


def _rows(run: Run, found: list[Endpoint], zones: int) -> list[Row]:
    made = []
    for name in lookup.unique(e.quantity for e in found):
        same = [e for e in found if e.quantity == name]
        for number, e in enumerate(same):
            b = lookup.of(e)
            shown = rows.Interval(b.low, b.middle, b.high) if b.high > 0.0 else None
            made.append(
                Row(
                    first=number == 0,
                    span=len(same),
                    name=_event(run, name),
                    counted=_counted(e, b),
                    zone=words.title(e.zone) if zones > 1 else "",
                    band=b,
                    grade=e.grade,
                    figure=rows.row(SCALE, shown, f"{_event(run, name)}: {b.text}", tone=number % 3 + 1),
                )
            )
    return made


def _counted(e: Endpoint, band: Band) -> str:
    """What trials counted; a risk of nothing says why it is nothing."""
    said = counted(e.counts) if e.counts is not None else ""
    if e.quantity == PRODUCT and band.high == 0.0:
        return "; ".join(filter(None, (said, "no product meets open channels in this course")))
    return said


def _event(run: Run, name: str) -> str:
    """The event in words, without 'Risk of'."""
    text = lookup.quantity_title(run, name).removeprefix("Risk of ").removesuffix(", whole course").removesuffix(" risk")
    return words.title(text.removeprefix("a ").removeprefix("an "))


def counted(counts: Counts) -> str:
    """What the trials behind a risk counted: '14 of 316 people in 10 studies'; never seen is a bound and not zero."""
    needled = counts.needled
    said = []
    if needled.people:
        said.append(_never(counts) if counts.upper is not None else _tally(needled, "people", "study", "studies"))
    if counts.reviewed.people:
        said.append(_tally(counts.reviewed, "counted", "review", "reviews"))
    if counts.heated.people:
        said.append(_tally(counts.heated, "people", "radiofrequency study", "radiofrequency studies"))
    return "; ".join(said)


def _never(counts: Counts) -> str:
    upper = words.with_unit(words.number(100.0 * (counts.upper or 0.0)), "%")
    studies = words.count(counts.needled.studies, "study", "studies")
    return f"never seen in {_people(counts.needled)} of {studies}: at most {upper}"


def _people(tally: Tally) -> str:
    return words.count(tally.people, "person", "people")


def _tally(tally: Tally, of: str, one: str, many: str) -> str:
    return f"{tally.events} of {tally.people} {of} in {words.count(tally.studies, one, many)}"


def _flags(run: Run) -> list[Flag]:
    """Signs with their window, possible cause and what to do, emergencies first."""
    return [
        Flag(
            sign=words.sentence(row.sign).rstrip("."),
            cause=row.possible_cause,
            when=when,
            action=row.action,
            meanwhile=row.meanwhile,
            urgent=row.action == EMERGENCY,
        )
        for row, when in signs(run)
    ]


def _sentences(found: list[Endpoint]) -> list[str]:
    if not found:
        return ["The run holds no figures for side effects; the signs below hold all the same."]
    return [
        "Over the whole course, on a logarithmic axis.",
        "Under each event stands what was counted: needling trials first, then reviews, whose people may be the same, and "
        "radiofrequency needles. Trials that saw nothing unexpected count as zero of an event that they do not name.",
        "Never seen does not mean never: 'at most' is the rate that so many people exclude at 95"
        f"{words.NARROW}%. The band on the right belongs to this course on this skin.",
    ]
