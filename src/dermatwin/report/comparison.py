"""One page that sets arms side by side: what differs, the difference person by person, each arm by itself, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import filterfalse
from typing import TYPE_CHECKING

from . import words
from .arms import besides, paired, settings, together
from .chapters import certainty, limits, lookup, opening
from .chapters.piece import Chart
from .page import environment

if TYPE_CHECKING:
    from ..evidence import Source
    from ..twin import Run
    from ..twin.contrast import Contrast

WORST = ("ok", "caution", "stop")


def render_comparison(found: Contrast, *, left_out: Sequence[str] = ()) -> str:
    """The page of a comparison; `left_out` are paths of settings that were dropped to make the arms.

    Everything shown comes from the runs; user text is escaped. The same comparison gives the same bytes. No script, no
    request to a network, light and printed from one style sheet.
    """
    chapters = Chapters(
        settings.settings(found, left_out),
        paired.paired(found),
        together.together(found),
        besides.besides(found),
        _limits(found),
        _sure(found),
    )
    present = [name for name, content in vars(chapters).items() if content]
    numbers = {name: number for number, name in enumerate(present, start=1)}
    page = environment().get_template("comparison.html")
    return page.render(head=_head(found), numbers=numbers, labels=found.labels, run=found.runs[0], **vars(chapters))


@dataclass(frozen=True)
class Row:
    """The large numbers of one arm in one zone."""

    arm: str
    tone: int
    detail: str
    figures: list[opening.Figure | None]


@dataclass(frozen=True)
class Finding(opening.Finding):
    """One finding of the screening, with the arms that it is about where that is not all."""

    arms: str = ""


@dataclass(frozen=True)
class Head:
    """What the head of the page shows."""

    person: str
    courses: list[str]
    verdict: str
    verdict_name: str
    verdict_words: str
    findings: list[Finding]
    columns: list[tuple[str, str]]  # label, remark
    rows: list[Row]
    failed: list[str]


@dataclass(frozen=True)
class Said(limits.Said):
    """One notice, with the arms that it is about where that is not all."""

    arms: str = ""


@dataclass(frozen=True)
class Topic:
    """Notices of all arms about one thing."""

    title: str
    notices: list[Said]


@dataclass(frozen=True)
class Limits:
    """Where the arms leave the evidence."""

    groups: list[Topic]


@dataclass(frozen=True)
class Sure:
    """How sure the numbers are, and where they come from."""

    grades: list[tuple[str, str]]
    provenance: list[tuple[str, str]]
    titles: list[tuple[str, str]]
    sources: list[Source]


@dataclass(frozen=True)
class Chapters:
    """What the page shows below its head."""

    settings: settings.Settings
    paired: paired.Paired
    together: list[Chart]
    besides: list[besides.Group]
    limits: Limits
    sure: Sure


def _head(found: Contrast) -> Head:
    """Who, the verdict of the screening over all arms, and the few large numbers of every arm."""
    heads = [opening.opening(run) for run in found.runs]
    verdict = max((head.verdict for head in heads), key=WORST.index)
    several = len({zone.zone.key for run in found.runs for zone in lookup.treated(run)}) > 1
    columns = [label for label, _ in heads[0].columns if all(label in dict(head.columns) for head in heads)]
    notes = [_note(heads, label) for label in columns]
    rows = [
        Row(label, number, row.name if several else "", [_figure(row, column) for column in columns])
        for number, (label, run, head) in enumerate(zip(found.labels, found.runs, heads, strict=True), start=1)
        for row, zone in zip(head.rows, run.zones, strict=True)
        if zone.punctures
    ]
    return Head(
        person=heads[0].person,
        courses=lookup.unique(_rhythm(run) for run in found.runs),
        verdict=verdict,
        verdict_name=opening.VERDICT_NAMES[verdict],
        verdict_words=opening.VERDICTS[verdict],
        findings=_findings(found, heads),
        columns=list(zip(columns, notes, strict=True)),
        rows=rows,
        failed=[f"{label}: {head.failed}" for label, head in zip(found.labels, heads, strict=True) if head.failed],
    )


def _rhythm(run: Run) -> str:
    """Sessions of the course, which the arms may share though their devices differ."""
    days = lookup.session_days(run)
    return f"{words.count(len(days), 'session')}{opening.rhythm(days)}, from {words.day(run.case.course.start)}"


def _figure(row: opening.Row, label: str) -> opening.Figure | None:
    return next((figure for figure in row.figures if figure is not None and figure.label == label), None)


def _note(heads: list[opening.Opening], label: str) -> str:
    """The remark of a column where all arms share it: said once, at its head."""
    notes = {figure.note for head in heads for row in head.rows if (figure := _figure(row, label))}
    return notes.pop() if len(notes) == 1 else ""


def _findings(found: Contrast, heads: list[opening.Opening]) -> list[Finding]:
    """Findings of the screening without repeats, with the arms that they are about where that is not all."""
    arms_of: dict[opening.Finding, list[str]] = {}
    for label, head in zip(found.labels, heads, strict=True):
        for finding in dict.fromkeys(head.findings):
            arms_of.setdefault(finding, []).append(label)
    return [Finding(**vars(finding), arms=_of(arms, found)) for finding, arms in arms_of.items()]


def _limits(found: Contrast) -> Limits:
    """Notices of all arms by topic, each said once, with the arms that it is about where that is not all."""
    topics: dict[str, dict[limits.Said, list[str]]] = {}
    for label, run in zip(found.labels, found.runs, strict=True):
        for topic in limits.limits(run).groups:
            for notice in filterfalse(settings.in_table, topic.notices):
                topics.setdefault(topic.title, {}).setdefault(notice, []).append(label)
    return Limits([Topic(title, _said(topics[title], found)) for title in limits.in_order(topics)])


def _said(arms_of: dict[limits.Said, list[str]], found: Contrast) -> list[Said]:
    ordered = sorted(arms_of, key=lambda notice: notice.field)
    return [Said(**vars(notice), arms=_of(arms_of[notice], found)) for notice in ordered]


def _of(arms: Sequence[str], found: Contrast) -> str:
    return "" if len(arms) == len(found.labels) else " and ".join(arms)


def _sure(found: Contrast) -> Sure:
    """Grades in words, where the comparison comes from, and every source behind an arm."""
    sure = [certainty.certainty(run) for run in found.runs]
    sources = lookup.unique(source for part in sure for source in part.sources)
    return Sure(
        sure[0].grades,
        sure[0].provenance,
        _titles(found.runs, found.labels),
        sorted(sources, key=lambda source: source.citation.lower()),
    )


def _titles(runs: Sequence[Run], labels: Sequence[str]) -> list[tuple[str, str]]:
    """Titles of the cases behind the arms; one where they share it."""
    titles = [run.case.title for run in runs]
    if len(set(titles)) == 1:
        return [("Case", titles[0])] if titles[0] else []
    return [(label, title or words.NOTHING) for label, title in zip(labels, titles, strict=True)]
