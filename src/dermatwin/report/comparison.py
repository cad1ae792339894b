"""One page that sets arms side by side: what differs, the difference person by person, each arm by itself, and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import filterfalse
from typing import TYPE_CHECKING, Any

from . import words
from .arms import besides, paired, settings, together
from .chapters import certainty, limits, lookup, opening
from .page import environment

if TYPE_CHECKING:
    from ..twin import Run
    from ..twin.contrast import Contrast

WORST = ("ok", "caution", "stop")


def render_comparison(found: Contrast, *, left_out: Sequence[str] = ()) -> str:
    """The page of a comparison; `left_out` are paths of settings that were dropped to make the arms.

    Everything shown comes from the runs; user text is escaped. The same comparison gives the same bytes. No script, no
    request to a network, light and printed from one style sheet.
    """
    chapters = {
        "settings": settings.settings(found, left_out),
        "paired": paired.paired(found),
        "together": together.together(found),
        "besides": besides.besides(found),
        "limits": _limits(found),
        "sure": _sure(found),
    }
    present = [name for name, content in chapters.items() if content]
    numbers = {name: number for number, name in enumerate(present, start=1)}
    return (
        environment()
        .get_template("comparison.html")
        .render(head=_head(found), numbers=numbers, labels=found.labels, run=found.runs[0], **chapters)
    )


def _head(found: Contrast) -> dict[str, Any]:
    """Who, the verdict of the screening over all arms, and the few large numbers of every arm."""
    heads = [opening.opening(run) for run in found.runs]
    verdict = max((head["verdict"] for head in heads), key=WORST.index)
    several = len({zone.zone.key for run in found.runs for zone in lookup.treated(run)}) > 1
    columns = [label for label, _ in heads[0]["columns"] if all(label in dict(head["columns"]) for head in heads)]
    notes = [_note(found, heads, label) for label in columns]
    rows = [
        {"arm": label, "tone": number, "detail": row.name if several else "", "figures": [_figure(row, c) for c in columns]}
        for number, (label, run, head) in enumerate(zip(found.labels, found.runs, heads, strict=True), start=1)
        for row, zone in zip(head["rows"], run.zones, strict=True)
        if zone.punctures
    ]
    return {
        "person": heads[0]["person"],
        "courses": lookup.unique(_rhythm(run) for run in found.runs),
        "verdict": verdict,
        "verdict_name": opening.VERDICT_NAMES[verdict],
        "verdict_words": opening.VERDICTS[verdict],
        "findings": _findings(found, heads),
        "columns": list(zip(columns, notes, strict=True)),
        "rows": rows,
        "failed": [f"{label}: {head['failed']}" for label, head in zip(found.labels, heads, strict=True) if head["failed"]],
    }


def _rhythm(run: Run) -> str:
    """Sessions of the course, which the arms may share though their devices differ."""
    days = lookup.session_days(run)
    return f"{words.count(len(days), 'session')}{opening.rhythm(days)}, from {words.day(run.case.course.start)}"


def _figure(row: opening.Row, label: str) -> opening.Figure | None:
    return next((figure for figure in row.figures if figure is not None and figure.label == label), None)


def _note(found: Contrast, heads: list[dict[str, Any]], label: str) -> str:
    """The remark of a column where all arms share it: said once, at its head."""
    notes = {figure.note for head in heads for row in head["rows"] if (figure := _figure(row, label))}
    return notes.pop() if len(notes) == 1 else ""


def _findings(found: Contrast, heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Findings of the screening without repeats, with the arms that they are about where that is not all."""
    merged: list[tuple[dict[str, Any], list[str]]] = []
    for label, head in zip(found.labels, heads, strict=True):
        for finding in head["findings"]:
            arms = next((arms for known, arms in merged if known == finding), None)
            if arms is None:
                merged.append((finding, [label]))
            elif label not in arms:
                arms.append(label)
    return [{**finding, "arms": _of(arms, found)} for finding, arms in merged]


def _limits(found: Contrast) -> dict[str, Any]:
    """Notices of all arms by topic, each said once, with the arms that it is about where that is not all."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for label, run in zip(found.labels, found.runs, strict=True):
        for group in limits.limits(run)["groups"]:
            said = groups.setdefault(group["title"], [])
            for notice in filterfalse(settings.in_table, group["notices"]):
                same = next((entry for entry in said if entry["notice"] == notice), None)
                if same is None:
                    said.append({"notice": notice, "arms": [label]})
                else:
                    same["arms"].append(label)
    ordered = sorted(groups, key=lambda title: limits.ORDER.index(title) if title in limits.ORDER else len(limits.ORDER))
    return {
        "groups": [
            {
                "title": title,
                "notices": [
                    {**entry["notice"], "arms": _of(entry["arms"], found)}
                    for entry in sorted(groups[title], key=lambda entry: entry["notice"]["field"])
                ],
            }
            for title in ordered
            if groups[title]
        ]
    }


def _of(arms: Sequence[str], found: Contrast) -> str:
    return "" if len(arms) == len(found.labels) else " and ".join(arms)


def _sure(found: Contrast) -> dict[str, Any]:
    """Grades in words, where the comparison comes from, and every source behind an arm."""
    sure = [certainty.certainty(run) for run in found.runs]
    sources = {source["id"]: source for part in sure for source in part["sources"]}
    return {
        "grades": sure[0]["grades"],
        "provenance": sure[0]["provenance"],
        "titles": _titles(found.runs, found.labels),
        "sources": sorted(sources.values(), key=lambda source: source["citation"].lower()),
    }


def _titles(runs: Sequence[Run], labels: Sequence[str]) -> list[tuple[str, str]]:
    """Titles of the cases behind the arms; one where they share it."""
    titles = [run.case.title for run in runs]
    if len(set(titles)) == 1:
        return [("Case", titles[0])] if titles[0] else []
    return [(label, title or words.NOTHING) for label, title in zip(labels, titles, strict=True)]
