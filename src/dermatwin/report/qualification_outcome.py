"""Results of trials on the page of the scores: by concern on one footing, and how far the pooled effects can be doubted.

The figures by concern are those of `validation.groups`, the doubts those of the record of the fit; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..evidence import Evidence
from ..outcome.doubts import Doubt, other_priors, unprinted_trials
from . import words

FILE = "outcomes.csv"
FEW = 10  # values below which a share inside is not judged
RELIABLE = 0.05  # share of the draws that a reweighted answer should rest on
ALL = "all"


def groups(found: Mapping[str, Any], share: Callable[[float | None], str]) -> list[dict[str, Any]]:
    """Tables of a file's rows on one footing, one per heading; groups without any value are left to the directions."""
    return [
        {"heading": heading, "lines": [_line(name, entry, share) for name, entry in entries.items()]}
        for heading, entries in found.get("groups", {}).items()
    ]


def _line(name: str, entry: Mapping[str, Any], share: Callable[[float | None], str]) -> dict[str, Any]:
    def value(key: str) -> str:
        return words.NOTHING if entry[key] is None else words.fixed(entry[key], 2)

    return {
        "name": "All together" if name == ALL else words.sentence(name).rstrip("."),
        "last": name == ALL,
        "studies": entry["studies"],
        "rows": entry["rows"],
        "coverage": share(entry["coverage_80"]),
        "error": value("mean_abs_error"),
        "own": value("baseline"),
        "all": value("baseline_of_all"),
        "measured": value("measured"),
        "predicted": value("predicted"),
        "sign": share(entry["sign_accuracy"]),
        "signs": entry["directions"],
        "verdict": _verdict(entry),
        "tone": _tone(entry),
    }


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


def doubts(evidence: Evidence) -> list[dict[str, Any]]:
    """What the pooled effect of needling alone would be under other priors, and had some results not been printed."""
    priors, unprinted = other_priors(evidence), unprinted_trials(evidence)
    return [
        {
            "title": "Other priors",
            "lines": _doubted(priors),
            "concerns": _concerns(priors),
            "thin": False,
            "note": "Each line is a fit of its own in which one prior was stretched. What moves little was measured; what "
            "moves much is the prior.",
        },
        {
            "title": "Results that were never printed",
            "lines": _doubted(unprinted),
            "concerns": _concerns(unprinted),
            "thin": any(d.counting is not None and d.counting < RELIABLE for d in unprinted),
            "note": "Had results without significance been printed only so often as compared with those with it, the draws "
            "would have to be weighed anew. Nobody knows how often; a run believes the share publication_shrink of "
            "what is printed.",
        },
    ]


def _concerns(found: Sequence[Doubt]) -> list[str]:
    return [words.sentence(name).rstrip(".") for name in found[0].effects]


def _doubted(found: Sequence[Doubt]) -> list[dict[str, Any]]:
    return [
        {
            "name": words.sentence(d.assumed).rstrip("."),
            "cells": [(words.fixed(middle, 2), words.interval(low, high, 2)) for low, middle, high in d.effects.values()],
            "between": words.fixed(d.between_studies, 2),
            "thin": d.counting is not None and d.counting < RELIABLE,
            "counting": "" if d.counting is None else f"{100 * d.counting:.1f}{words.NARROW}%",
        }
        for d in found
    ]
