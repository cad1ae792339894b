"""Results of trials on the page of the scores: by concern on one footing, and how far the pooled effects can be doubted.

The figures by concern are those of `validation.groups`, the doubts those of the record of the fit; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...evidence import Evidence
from ...outcome.doubts import Doubt, other_priors, unprinted_trials
from .. import words
from .told import share

FILE = "outcomes.csv"
FEW = 10  # values below which a share inside is not judged
RELIABLE = 0.05  # share of the draws that a reweighted answer should rest on
ALL = "all"


@dataclass(frozen=True)
class Line:
    """One group of rows on one footing."""

    name: str
    last: bool  # all together
    studies: int
    rows: int
    coverage: str
    error: str
    own: str
    all: str
    measured: str
    predicted: str
    sign: str
    signs: int
    verdict: str
    tone: str


@dataclass(frozen=True)
class Grouped:
    """A file's rows by one heading."""

    heading: str
    lines: list[Line]


@dataclass(frozen=True)
class Assumed:
    """The pooled effects under one assumption: middles with their bands, concern by concern."""

    name: str
    cells: list[tuple[str, str]]
    between: str
    thin: bool  # rests on too few draws
    counting: str


@dataclass(frozen=True)
class Doubted:
    """What the pooled effects would be under other assumptions of one kind."""

    title: str
    lines: list[Assumed]
    concerns: list[str]
    thin: bool
    note: str


def groups(found: Mapping[str, Any]) -> list[Grouped]:
    """Tables of a file's rows on one footing, one per heading; groups without any value are left to the directions."""
    return [
        Grouped(heading, [_line(name, entry) for name, entry in entries.items()])
        for heading, entries in found.get("groups", {}).items()
    ]


def _line(name: str, entry: Mapping[str, Any]) -> Line:
    def value(key: str) -> str:
        return words.NOTHING if entry[key] is None else words.fixed(entry[key], 2)

    return Line(
        name="All together" if name == ALL else words.sentence(name).rstrip("."),
        last=name == ALL,
        studies=entry["studies"],
        rows=entry["rows"],
        coverage=share(entry["coverage_80"]),
        error=value("mean_abs_error"),
        own=value("baseline"),
        all=value("baseline_of_all"),
        measured=value("measured"),
        predicted=value("predicted"),
        sign=share(entry["sign_accuracy"]),
        signs=entry["directions"],
        verdict=_verdict(entry),
        tone=_tone(entry),
    )


def _nearer(entry: Mapping[str, Any]) -> bool | None:
    """Whether the twin is nearer than both means of other studies; None without a value."""
    if entry["mean_abs_error"] is None or entry["baseline"] is None:
        return None
    return bool(entry["mean_abs_error"] < min(entry["baseline"], entry["baseline_of_all"]))


def _verdict(entry: Mapping[str, Any]) -> str:
    nearer = _nearer(entry)
    if nearer is None:
        return "Directions only" if entry["directions"] else words.NOTHING
    said = "nearer than other studies' means" if nearer else "no nearer than other studies' means"
    few = f"; {words.count(entry['rows'], 'value')}, too few to judge" if entry["rows"] < FEW else ""
    return words.sentence(said + few)


def _tone(entry: Mapping[str, Any]) -> str:
    nearer = _nearer(entry)
    return "open" if nearer is None else "inside" if nearer else "outside"


def doubts(evidence: Evidence) -> list[Doubted]:
    """What the pooled effect of needling alone would be under other priors, and had some results not been printed."""
    priors, unprinted = other_priors(evidence), unprinted_trials(evidence)
    return [
        Doubted(
            "Other priors",
            _doubted(priors),
            _concerns(priors),
            thin=False,
            note="Each line is a fit of its own in which one prior was stretched. What moves little was measured; what "
            "moves much is the prior.",
        ),
        Doubted(
            "Results that were never printed",
            _doubted(unprinted),
            _concerns(unprinted),
            thin=any(d.counting is not None and d.counting < RELIABLE for d in unprinted),
            note="Had results without significance been printed only so often as compared with those with it, the draws "
            "would have to be weighed anew. Nobody knows how often; a run believes the share publication_shrink of "
            "what is printed.",
        ),
    ]


def _concerns(found: Sequence[Doubt]) -> list[str]:
    return [words.sentence(name).rstrip(".") for name in found[0].effects]


def _doubted(found: Sequence[Doubt]) -> list[Assumed]:
    return [
        Assumed(
            name=words.sentence(d.assumed).rstrip("."),
            cells=[(words.fixed(middle, 2), words.interval(low, high, 2)) for low, middle, high in d.effects.values()],
            between=words.fixed(d.between_studies, 2),
            thin=d.counting is not None and d.counting < RELIABLE,
            counting="" if d.counting is None else f"{100 * d.counting:.1f}{words.NARROW}%",
        )
        for d in found
    ]
