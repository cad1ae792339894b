"""One page on how the twin compares with measurements, made from the scores of `validation.validate`.

File by file: figures by quantity beside those of a naive baseline, every measured value beside its band, and every row
that is not predicted with the reason. Then where the measurements contradict each other, and what a fit to them could not
see. Nothing is computed anew; what the page judges in words it judges by the rules that are written out in `judged`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...evidence import Evidence
from ...evidence.rows.knowledge import TensionRow
from .. import words
from ..page import environment
from . import trials
from .fit import Fitted, fitted
from .judged import Judged, judged
from .measured import Block, Study, blocks, study_of
from .reliability import Reliability, reliability
from .tension import Tension, tension
from .told import factor, share, times

FILES = {
    "insertion.csv": "Needles going in",
    "closure.csv": "Channels closing",
    "permeation_microneedle.csv": "Passage through needled skin",
    "permeability_intact.csv": "Permeability of intact skin",
    "permeability_intact_medians.csv": "Permeability in two other collections",
    "healing_timecourse.csv": "Healing",
    "numbness.csv": "Numbness",
    "outcomes.csv": "Results of trials",
    "adverse_rates.csv": "Pain, redness and harm",
}

TIED = 0.02  # difference of two coverages that is worth a sentence


@dataclass(frozen=True)
class Total:
    """How much of everything there is, over all files."""

    rows: int
    scored: int
    missing: int
    studies: int
    banded: int
    inside: str
    failed: int


@dataclass(frozen=True)
class Overview:
    """One line of the table of files."""

    id: str
    title: str
    name: str
    rows: int
    scored: int
    half: str
    four_fifths: str
    coverage: str
    by_study: str
    counted: int
    studies: int
    unseen: str
    width: str
    factor: str
    score: str
    sign: str
    signs: int
    sign_by_study: str
    sign_studies: int
    nearer: str


@dataclass(frozen=True)
class Reason:
    """Rows without a prediction for one reason: the studies with their lines."""

    reason: str
    rows: int
    studies: list[tuple[str, str]]


@dataclass(frozen=True)
class Refused:
    """One line of the table of what is not predicted, over all files: a reason, and how many rows of which file."""

    reason: str
    rows: int
    files: list[tuple[str, str, int]]  # anchor, title, rows


@dataclass(frozen=True)
class File:
    """The chapter of one file."""

    id: str
    name: str
    title: str
    sentences: list[str]
    quantities: list[Judged]
    groups: list[trials.Grouped]
    blocks: list[Block]
    wrong: list[Study]
    reasons: list[Reason]
    missing: int


@dataclass(frozen=True)
class Page:
    """What the page shows."""

    total: Total
    files: list[File]
    overview: list[Overview]
    plots: list[Reliability]
    refused: list[Refused]
    tensions: list[Tension]
    fits: list[Fitted]
    doubts: list[trials.Doubted]
    left_aside: Mapping[str, str]
    provenance: Mapping[str, Any]


def render(scores: Mapping[str, Any], evidence: Evidence) -> str:
    """The page as HTML: self-contained, no script; the same scores give the same bytes.

    `scores` is what `validate()` returns (or its JSON); sources, tensions and posteriors are those of `evidence`, which was
    scored.
    """
    page = Page(
        total=_total(scores),
        files=[_file(name, found, evidence) for name, found in scores["files"].items()],
        overview=[_overview(name, found) for name, found in scores["files"].items()],
        plots=[plot for name, found in scores["files"].items() if (plot := _plot(name, found))],
        refused=refused(scores["files"]),
        tensions=[tension(row, scores, evidence) for row in evidence.rows(TensionRow)],
        fits=[fitted(posterior, evidence) for posterior in evidence.posteriors],
        doubts=trials.doubts(evidence) if trials.FILE in scores["files"] else [],
        left_aside=scores.get("left_aside", {}),
        provenance=scores["provenance"],
    )
    return environment().get_template("qualification.html").render(**vars(page))


def _total(scores: Mapping[str, Any]) -> Total:
    files = scores["files"].values()
    predictions = [entry for found in files for entry in found["predictions"]]
    banded = [entry["inside"] for entry in predictions if entry["scale"] != "sign"]
    rows_read = sum(found["rows"] for found in files)
    return Total(
        rows=rows_read,
        scored=len(predictions),
        missing=rows_read - len(predictions),
        studies=len({entry["source"] for entry in predictions}),
        banded=len(banded),
        inside=share(sum(banded) / len(banded)) if banded else words.NOTHING,
        failed=sum(found["failed"] for found in files),
    )


def _overview(name: str, found: Mapping[str, Any]) -> Overview:
    """A file in one line: only figures that a file's rows share, whatever their units."""
    quantities = found["quantities"].values()
    nearer = [q["better_than_baseline"] for q in quantities if q["better_than_baseline"] is not None]
    return Overview(
        id=_anchor(name),
        title=FILES.get(name, name),
        name=name,
        rows=found["rows"],
        scored=found["scored"],
        half=share(found["coverage_50"]),
        four_fifths=share(found["coverage_80"]),
        coverage=share(found["coverage_90"]),
        by_study=share(found["by_study"]["coverage_90"]),
        counted=found["counted"]["coverage"],
        studies=found["studies"]["coverage"],
        unseen=share(found["not_leaning"]["coverage_90"]),
        width=factor(None if found["width_decades"] is None else 10.0 ** found["width_decades"]),
        factor=factor(found["median_factor"]),
        score=times(found["baseline"]["crps_ratio"]),
        sign=share(found["sign_accuracy"]),
        signs=found["counted"]["sign"],
        sign_by_study=share(found["by_study"]["sign_accuracy"]),
        sign_studies=found["studies"]["sign"],
        nearer=f"{sum(nearer)} of {len(nearer)}" if nearer else words.NOTHING,
    )


def _file(name: str, found: Mapping[str, Any], evidence: Evidence) -> File:
    predictions = found["predictions"]
    wrong = [entry for entry in predictions if entry["scale"] == "sign" and entry["sign_right"] is False]
    return File(
        id=_anchor(name),
        name=name,
        title=FILES.get(name, name),
        sentences=_sentences(found),
        quantities=[judged(key, entry) for key, entry in found["quantities"].items()],
        groups=trials.groups(found),
        blocks=blocks(predictions, evidence),
        wrong=[study_of(entry, evidence) for entry in wrong],
        reasons=reasons(found["not_predicted"]),
        missing=len(found["not_predicted"]),
    )


def _ties(found: Mapping[str, Any]) -> list[str]:
    """What coverage is once ties are shared out, where that is another number."""
    if not _tied(found):
        return []
    levels = ", ".join(f"{share(found[f'shared_{level}'])} of {level}{words.NARROW}%" for level in (50, 80, 90))
    return [f"With ties between draws and counts shared out, bounds left aside, the bands hold {levels}."]


def _tied(found: Mapping[str, Any]) -> bool:
    """Whether ties make a difference that is seen."""
    pairs = ((found[f"coverage_{level}"], found[f"shared_{level}"]) for level in (50, 80, 90))
    return any(None not in pair and abs(pair[0] - pair[1]) > TIED for pair in pairs)


def _sentences(found: Mapping[str, Any]) -> list[str]:
    """The words beside a file's figures."""
    texts = [f"{words.count(found['scored'], 'row')} of {found['rows']} are predicted."]
    if found["counted"]["coverage"]:
        texts.append(
            f"{share(found['coverage_90'])} of {words.count(found['counted']['coverage'], 'value')} lie inside "
            f"their 90{words.NARROW}% band, {share(found['coverage_50'])} inside that of 50{words.NARROW}%."
        )
        texts += _ties(found)
    leaning = sum(entry["leans_on_itself"] for entry in found["predictions"])
    if leaning:
        texts.append(f"In {words.count(leaning, 'row')} the study is itself among the sources of the prediction: no test.")
    if found["failed"]:
        texts.append(f"On {words.count(found['failed'], 'row')} the computation broke.")
    return texts


def reasons(missing: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Rows without a prediction by reason, the most frequent first; under each the studies with their lines."""
    grouped: dict[str, dict[tuple[str, str], list[int]]] = {}
    for entry in missing:
        place = entry["source"], _room(entry["file"])
        grouped.setdefault(entry["reason"], {}).setdefault(place, []).append(entry["row"])
    found = [
        Reason(
            words.sentence(reason),
            sum(map(len, studies.values())),
            [(study, f"{room}{runs(lines)}") for (study, room), lines in studies.items()],
        )
        for reason, studies in grouped.items()
    ]
    return sorted(found, key=lambda group: -group.rows)


def refused(files: Mapping[str, Any]) -> list[Refused]:
    """Reasons for which rows are not predicted, over all files, the most frequent first."""
    grouped: dict[str, dict[str, int]] = {}
    for name, found in files.items():
        for entry in found["not_predicted"]:
            own = grouped.setdefault(entry["reason"], {})
            own[name] = own.get(name, 0) + 1
    lines = [
        Refused(
            words.sentence(reason),
            sum(own.values()),
            [(_anchor(name), FILES.get(name, name), rows) for name, rows in own.items()],
        )
        for reason, own in grouped.items()
    ]
    return sorted(lines, key=lambda line: -line.rows)


def _plot(name: str, found: Mapping[str, Any]) -> Reliability | None:
    return reliability(FILES.get(name, name), found["predictions"])


def _room(file: str) -> str:
    """What stands before the lines of a file that is not the table of its kind: 'unfitted '."""
    return "unfitted " if file.startswith("unfitted_") else ""


def runs(lines: Iterable[int]) -> str:
    """Line numbers, those in a row as a range: '3, 7–9'."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][1] + 1:
            found[-1][1] = line
        else:
            found.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}{words.DASH}{last}" for first, last in found)


def _anchor(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name.removesuffix(".csv"))
